"""The evaluation against figures by hand: a shop without chance, and comparisons made without it."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from simulation.comparison import Compared, Simulated, compare
from simulation.experiment import Experiment, simulate
from simulation.proposals.board import Board, BoardCandidate, Figure
from simulation.proposals.evaluation import AT_ONCE, Evaluation, Mix, Offer
from simulation.proposals.joining import Part, joined
from simulation.proposals.proposal import Proposal, offered
from simulation.proposals.reading import load_request, proposal_from_data
from simulation.proposals.request import Request
from simulation.proposals.trials import Trial
from simulation.scenario.changing.change import altered
from simulation.scenario.contracts.costs import ClientCost
from simulation.studies.study import Asked, Point, StudyRefusedError, conduct
from simulation.study_kinds import KINDS, StudyKind
from tests.proposals.test_joining import STEPS, proposal, request

CERTAIN = """\
name: Certain
start: 2026-06-01
weeks: 1
timezone: Etc/UTC
queues:
  - id: calls
    hours: [{days: [MON, TUE, WED, THU, FRI], open: "08:00", close: "18:00"}]
    demand: {series: {start: "2026-06-01T08:00", minutes: 60, volumes: [0]}, batches: []}
    handling: {distribution: DETERMINISTIC, mean_seconds: 600}
  - id: files
    channel: CASE
    demand: {weekly_volume: 0, batches: [{on: [MON], at: "08:00", volume: 60}]}
    handling: {distribution: DETERMINISTIC, mean_seconds: 600}
    turnaround: {target_hours: 4, share: 0.9}
    target: {threshold_seconds: 14400, share: 0.9}
terms:
  at_risk: {share: 0.2}
  slas:
    - {id: files, metric: TURNAROUND_MET, queue: files, target: 0.9, window: WEEK, credits: [{below: 0.9, share: 1}]}
experiment: {replications: 3, seed: 9}
stresses: [{longer_handling: {factor: 2}}, {mass_absence: {}}]
"""
"""About sixty files come on Monday at eight; an agent does six an hour."""


def simulated(point: Point) -> Simulated:
    return Simulated(point.scenario, simulate(point.scenario, point.experiment))


def files(of: Request, agents: int, rate: float = 10) -> Proposal:
    team = {
        "id": "desk",
        "site": "hall",
        "skills": [{"queue": "calls"}, {"queue": "files"}],
        "staffing": {"agents": agents},
    }
    vendor = {"id": "acme", "sites": [{"id": "hall", "country": "PH"}], "teams": [team]}
    return proposal_from_data({"vendor": vendor, "pricing": [{"kind": "PER_PAID_HOUR", "rate": rate}]}, of)


def board_of(of: Request, offers: Mapping[str, Proposal], **more: Any) -> Board:
    board = conduct(Evaluation.of(of, offers, **more), simulated)
    assert isinstance(board, Board)
    return board


def named(board: Board, name: str) -> BoardCandidate:
    (found,) = (one for one in board.candidates if one.name == name)
    return found


@pytest.fixture(scope="module")
def by_hand() -> Board:
    of = load_request(CERTAIN)
    return board_of(of, {"five": files(of, 5), "two": files(of, 2), "one": files(of, 1)})


def test_who_does_the_files_in_time_meets_every_clause(by_hand: Board) -> None:
    """Five agents do some 60 files in two hours, two in five, one in ten; twice as slow, five need four hours."""
    assert [named(by_hand, name).holds.mean for name in ("five", "two", "one")] == [1, 0, 0]
    (two,) = (one for one in named(by_hand, "two").service if one.queue == "files")
    assert two.share.mean == pytest.approx(48 / 60, abs=0.1)  # 12 an hour for four hours
    assert by_hand.baseline == "five"
    assert by_hand.weeks == 1


def test_cost_and_credits_are_those_of_the_contract_by_hand(by_hand: Board) -> None:
    """A week of 168 paid hours at 10 each; one fifth of it is at risk, and all of that is lost by who misses."""
    for name, agents, is_missed in (("five", 5, False), ("two", 2, True), ("one", 1, True)):
        candidate = named(by_hand, name)
        charged = agents * 168 * 10
        assert candidate.credits is not None
        assert candidate.cost is not None
        assert candidate.credits.at_risk == pytest.approx(0.2 * charged)
        assert candidate.credits.expected.mean == pytest.approx(0.2 * charged if is_missed else 0)
        assert candidate.credits.p95 == pytest.approx(0.2 * charged if is_missed else 0)
        assert candidate.cost.mean == pytest.approx(charged * (0.8 if is_missed else 1))


def test_stress_tests_are_those_of_the_request(by_hand: Board) -> None:
    (longer,) = named(by_hand, "five").stresses
    assert longer.stress == "longer_handling"
    assert named(by_hand, "five").untried[0].name == "mass_absence"  # nobody can stay away: agents are given
    of = load_request(CERTAIN)
    point = altered(joined(of, [Part(files(of, 5))]), of.stresses[0].test.changes(joined(of, [Part(files(of, 5))])))
    result = simulate(point.scenario, of.experiment)
    decision = result.settlement.decision
    assert decision is not None
    assert decision.all_met is not None
    assert longer.holds.mean == decision.all_met.share


def test_differences_are_those_of_the_baseline(by_hand: Board) -> None:
    assert named(by_hand, "five").differences == ()
    found = {(one.figure, one.queue): one for one in named(by_hand, "two").differences}
    assert found[Figure.HOLDS, None].effect.mean == -1
    assert found[Figure.COST, None].effect.mean == pytest.approx(2 * 1680 * 0.8 - 5 * 1680)
    assert found[Figure.CREDITS, None].effect.mean == pytest.approx(0.2 * 2 * 1680)


@pytest.fixture(scope="module")
def shop() -> tuple[Request, dict[str, Proposal]]:
    of = request()
    return of, {"a": proposal(of, "acme", 7), "b": proposal(of, "beta", 8), "c": proposal(of, "acme", 9)}


MIXES = [
    Mix.model_validate({"name": "70/30", "parts": [{"proposal": "a", "share": 0.7}, {"proposal": "b", "share": 0.3}]}),
    Mix.model_validate({"name": "a, then b", "parts": [{"proposal": "a"}, {"proposal": "b", "after_seconds": 30}]}),
    Mix.model_validate({"name": "all a", "parts": [{"proposal": "a", "share": 1}, {"proposal": "b", "share": 0}]}),
]


@pytest.fixture(scope="module")
def mixed(shop: tuple[Request, dict[str, Proposal]]) -> Board:
    of, offers = shop
    return board_of(of, offers, mixes=MIXES, baseline="a")


def test_the_board_has_every_proposal_and_mix_on_the_same_draws(
    shop: tuple[Request, dict[str, Proposal]], mixed: Board
) -> None:
    assert [one.name for one in mixed.candidates] == ["a", "b", "c", "70/30", "a, then b", "all a"]
    assert mixed.replications == 4
    of, offers = shop
    alone = [joined(of, [Part(offers[name])]) for name in ("a", "b")]
    pair = [Simulated(one, simulate(one, of.experiment)) for one in alone]
    by_comparison = {
        (one.subject.queue, one.measure): one.gap for one in compare(*pair).differences if one.subject.team is None
    }
    found = {(one.figure, one.queue): one.effect for one in named(mixed, "b").differences}
    gap = by_comparison["calls", "service_level"]
    assert found[Figure.SERVICE, "calls"].mean == gap.mean
    assert (found[Figure.SERVICE, "calls"].lower, found[Figure.SERVICE, "calls"].upper) == gap.confidence_interval()
    assert found[Figure.COST, None].mean == by_comparison[None, Compared.CLIENT_COST].mean


def test_a_mix_of_all_and_nothing_is_on_the_board_as_the_one_alone(mixed: Board) -> None:
    one, other = named(mixed, "a"), named(mixed, "all a")
    assert (one.digest, one.holds, one.service, one.cost, one.credits) == (
        *(other.digest, other.holds, other.service, other.cost),
        other.credits,
    )
    assert not any(difference.is_real for difference in other.differences)


def test_what_is_offered_gives_the_board_of_what_was_tested(
    shop: tuple[Request, dict[str, Proposal]], mixed: Board
) -> None:
    of, offers = shop
    again = board_of(of, {name: offered(one) for name, one in offers.items()}, mixes=MIXES, baseline="a")
    assert Evaluation.stored(Board, again) == Evaluation.stored(Board, mixed)


def test_what_a_client_pays_besides_is_in_the_cost(shop: tuple[Request, dict[str, Proposal]]) -> None:
    of, offers = shop
    board = board_of(of, {"a": offers["a"]}, client_cost=ClientCost(retained_per_month=30_000))
    without = board_of(of, {"a": offers["a"]})
    costs = [one.candidates[0].cost for one in (board, without)]
    assert costs[0] is not None
    assert costs[1] is not None
    # three days of September and eleven of October
    assert costs[0].mean - costs[1].mean == pytest.approx(30_000 * (3 / 30 + 11 / 31), abs=0.01)


def test_a_mix_that_the_world_does_not_allow_is_told_with_its_reason() -> None:
    of = request(STEPS)
    board = board_of(of, {"a": proposal(of), "b": proposal(of, "beta")}, mixes=MIXES[:1])
    (untried,) = board.untried
    assert untried.name == "70/30"
    assert "goes to one vendor" in untried.reason


def test_the_ramp_of_people_who_come_too_late_is_found() -> None:
    of = request()
    people = {"headcount": 1, "hiring": {"lead_time_weeks": {"mean": 1.5}}}
    own = proposal(of).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    own["vendor"]["teams"][0] |= {"workforce": people, "policies": [{"kind": "HIRE_UP_TO"}]}
    del own["vendor"]["teams"][0]["staffing"]
    board = board_of(of, {"late": proposal_from_data(own, of), "there": proposal(of)})
    late = named(board, "late")
    assert {"SHORT_OF_PEOPLE", "TOO_LATE_TO_HIRE"} <= {one.code for one in late.ramp}
    (strength,) = late.strengths
    assert strength.vendor == "acme"
    assert strength.reached.mean == 0
    assert strength.weeks is None
    assert strength.counted_weeks == 2
    assert strength.short_weeks.mean == 2
    assert named(board, "there").strengths == ()


def test_steps_of_the_study_are_bounded_and_their_points_named_once(
    shop: tuple[Request, dict[str, Proposal]],
) -> None:
    of, offers = shop
    many = Evaluation.of(of, {f"p{k}": offers["a"] for k in range(30)})
    known: dict[str, Trial] = {}
    first = many.ask(known)
    assert isinstance(first, Asked)
    assert len(first.points) == AT_ONCE
    trial = many.read(simulated(first.points[0]))
    known |= {point.name: trial for point in first.points}
    second = many.ask(known)
    assert isinstance(second, Asked)
    assert len(second.points) == 10
    assert not set(known) & {point.name for point in second.points}
    assert many.most_replications() == 30 * 4


def test_readings_and_the_board_are_stored_as_text_and_read_again(mixed: Board, by_hand: Board) -> None:
    for board in (mixed, by_hand):
        assert Evaluation.restored(Board, Evaluation.stored(Board, board)) == board
    of = load_request(CERTAIN)
    study = Evaluation.of(of, {"five": files(of, 5)})
    asked = study.ask({})
    assert isinstance(asked, Asked)
    trial = study.read(simulated(asked.points[0]))
    assert study.restored(Trial, study.stored(Trial, trial)) == trial
    assert KINDS[StudyKind.EVALUATION].model_validate_json(study.model_dump_json()) == study


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mixes": [{"name": "x", "parts": [{"proposal": "a"}, {"proposal": "z"}]}]}, "no proposal is 'z'; write a"),
        ({"mixes": [{"name": "a", "parts": [{"proposal": "a"}, {"proposal": "a"}]}]}, "two candidates 'a'"),
        ({"baseline": "none"}, "there is no candidate 'none'"),
        ({"offers": []}, "at least 1"),
    ],
)
def test_what_names_nothing_is_refused(
    shop: tuple[Request, dict[str, Proposal]], changes: dict[str, Any], message: str
) -> None:
    of, offers = shop
    data = {**Evaluation.of(of, {"a": offers["a"]}).model_dump(), **changes}
    with pytest.raises(ValidationError, match=message):
        Evaluation.model_validate(data)


def test_what_can_nowhere_be_simulated_is_refused() -> None:
    of = request()
    broken = Offer(id="a", document="{}")
    study = Evaluation(document=Evaluation.of(of, {"a": proposal(of)}).document, offers=(broken,))
    with pytest.raises(StudyRefusedError, match="nothing can be simulated"):
        study.ask({})


def test_the_experiment_is_the_request_s() -> None:
    of = request()
    assert Evaluation.of(of, {"a": proposal(of)}).experiment == Experiment(replications=4, seed=7)
