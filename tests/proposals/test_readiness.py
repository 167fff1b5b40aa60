"""Volume moves on only when the vendor is ready: the schedule against a recursion by hand, and simulated."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.comparison import Simulated
from simulation.experiment import Experiment, simulate
from simulation.proposals.joining import Part, joined
from simulation.proposals.readiness import Readiness, ReadinessReport, Standings, StepStanding, delayed, gated
from simulation.proposals.reading import load_proposal, load_request
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import Amount, Share
from simulation.studies.study import Asked, Point, StudyRefusedError, conduct
from simulation.study_kinds import KINDS, StudyKind
from tests.proposals.test_joining import REQUEST, STEPS, proposal, request

START = date(2026, 9, 28)


def stepped(weeks: list[int], horizon: int = 12) -> Scenario:
    """Steps at the starts of some weeks, each of a larger share."""
    steps = ", ".join(
        f"{{from: {START + timedelta(weeks=week)}, share: {(k + 1) / len(weeks)}}}" for k, week in enumerate(weeks)
    )
    of = load_request(REQUEST.replace("weeks: 2", f"weeks: {horizon}") + f"transition: {{steps: [{steps}]}}\n")
    return joined(of, [Part(proposal(of))])


def standings(scenario: Scenario, there: list[float], wanted: list[float]) -> Standings:
    """As if the vendor had these FTE at the starts of the weeks, whatever comes when, and each step wanted these."""
    found = []
    for s, step in enumerate(scenario.transitions[0].steps):
        week = (step.from_ - START).days // 7
        if step.from_ < scenario.horizon.end:
            share = Share.of(there[week] >= wanted[s], 1)
            amount = Amount(there[week], None, None)
            found.append(StepStanding(0, s, step.from_, wanted[s], amount, share, Share.of(1, 1), share))
    return Standings(tuple(found))


def by_hand(planned: list[int], there: list[float], wanted: list[float]) -> list[int | None]:
    """Each step at the first week from which on, later than planned as those before it, its people are there."""
    found: list[int | None] = []
    delay = 0
    for s, week in enumerate(planned):
        while week + delay < len(there) and there[week + delay] < wanted[s]:
            delay += 1
        found.append(week + delay if week + delay < len(there) else None)
    return found


def conducted(study: Readiness, there: list[float], wanted: list[float]) -> ReadinessReport:
    known: dict[str, Standings] = {}
    while isinstance(step := study.ask(known), Asked):
        (point,) = step.points
        assert point.name not in known
        known[point.name] = standings(point.scenario, there, wanted)
    assert isinstance(step, ReadinessReport)
    assert len(known) * study.experiment.replications <= study.most_replications()
    return step


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 11), min_size=1, max_size=3, unique=True).map(sorted),
    st.lists(st.integers(0, 10), min_size=12, max_size=12),
    st.lists(st.integers(0, 10), min_size=3, max_size=3),
)
def test_the_schedule_is_the_recursion_s(planned: list[int], there: list[int], wanted: list[int]) -> None:
    scenario = stepped(planned)
    study = Readiness(document=canonical(scenario), experiment=Experiment(replications=1))
    report = conducted(study, [float(one) for one in there], [float(one) for one in wanted])
    expected = by_hand(planned, [float(one) for one in there], [float(one) for one in wanted])
    weeks = [None if one.gated is None else (one.gated - START).days // 7 for one in report.steps]
    assert weeks == expected
    assert report.is_ready == (None not in expected)
    later = gated(scenario, report).transitions[0].steps
    for step, week in zip(later, expected, strict=True):
        assert week is None or step.from_ == START + timedelta(weeks=week)
        assert week is not None or step.from_ >= scenario.horizon.end


def test_a_ready_plan_stays_as_it_is_and_says_nothing() -> None:
    scenario = stepped([0, 2])
    report = conducted(Readiness(document=canonical(scenario)), [9.0] * 12, [1.0, 2.0])
    assert report.is_ready
    assert report.schedules == 1
    assert [one.delay_weeks for one in report.steps] == [0, 0]
    assert [one.lacks for one in report.steps] == [None, None]
    assert gated(scenario, report) == scenario


PEOPLE = """\
vendor:
  id: acme
  sites: [{id: hall, country: PH}]
  teams:
    - id: desk
      site: hall
      skills: [{queue: mail}]
      workforce:
        headcount: 10
        hiring: {training_weeks: 2}
        classes: [{start: 2026-10-05, size: 40}]
pricing: [{kind: PER_PAID_HOUR, rate: 12}]
"""
MAIL = """\
name: Mail
start: 2026-09-28
weeks: 8
timezone: Etc/UTC
queues:
  - id: mail
    channel: EMAIL
    hours: [{days: [MON, TUE, WED, THU, FRI], open: "08:00", close: "16:00"}]
    demand: {weekly_volume: 3000}
    handling: {distribution: DETERMINISTIC, mean_seconds: 600}
    turnaround: {target_hours: 24, share: 0.9}
transition: {steps: [{from: 2026-09-28, share: 0.2}, {from: 2026-10-12, share: 1}], confidence: 0.9}
experiment: {replications: 4}
"""


def test_simulated_a_step_waits_for_the_class_whose_people_it_needs() -> None:
    """3,000 of ten minutes are 500 hours, 12.5 FTE; as what comes late on a Friday is due when it is closed, 43 are
    required, and 9 for a fifth of it. Ten are there; forty more start on October 5th and train for two weeks, so all of
    it can come on October 19th, a week later than planned."""
    of = load_request(MAIL)
    scenario = joined(of, [Part(load_proposal(PEOPLE, of))])
    assert of.transition is not None
    study = Readiness(document=canonical(scenario), experiment=of.experiment, confidence=of.transition.confidence)

    def simulated(point: Point) -> Simulated:
        return Simulated(point.scenario, simulate(point.scenario, point.experiment))

    report = conduct(study, simulated)
    assert isinstance(report, ReadinessReport)
    first, second = report.steps
    assert (first.planned, first.gated) == (date(2026, 9, 28), date(2026, 9, 28))
    assert (second.planned, second.gated, second.delay_weeks) == (date(2026, 10, 12), date(2026, 10, 19), 1)
    assert report.schedules == 2
    assert second.planned_ready is not None
    assert second.planned_ready.mean == 0
    assert second.standing is not None
    assert second.standing.effective_fte.mean == pytest.approx(50)
    assert second.standing.required_fte == pytest.approx(43, abs=1)
    assert second.lacks is not None
    assert second.lacks.startswith("staffed in 0 %, 10.0 of 43")
    assert report.is_ready


def test_steps_that_are_never_ready_are_told_with_what_they_lack() -> None:
    report = conducted(Readiness(document=canonical(stepped([0, 2]))), [5.0] * 12, [1.0, 9.0])
    first, second = report.steps
    assert not report.is_ready
    assert first.gated == START
    assert (second.gated, second.delay_weeks) == (None, None)
    assert second.lacks == "staffed in 0 %, 5.0 of 9.0 FTE on average"
    assert second.standing is not None
    assert second.standing.start == START + timedelta(weeks=11)


def test_steps_later_than_the_horizon_begin_with_its_end() -> None:
    scenario = stepped([11])
    assert delayed(scenario, ((4,),)).transitions[0].steps[0].from_ == scenario.horizon.end


def test_a_scenario_without_steps_is_refused() -> None:
    of = request()
    study = Readiness(document=canonical(joined(of, [Part(proposal(of))])))
    with pytest.raises(StudyRefusedError, match="no transition"):
        study.ask({})


def test_readings_are_stored_as_text_and_read_again() -> None:
    of = request(STEPS)
    study = Readiness(document=canonical(joined(of, [Part(proposal(of))])), experiment=Experiment(replications=2))
    step = study.ask({})
    assert isinstance(step, Asked)
    reading = study.read(Simulated(study.scenario, simulate(study.scenario, study.experiment)))
    assert study.restored(Standings, study.stored(Standings, reading)) == reading
    assert [(one.transition, one.step) for one in reading.steps] == [(0, 0), (0, 1)]
    assert KINDS[StudyKind.READINESS].model_validate_json(study.model_dump_json()) == study
