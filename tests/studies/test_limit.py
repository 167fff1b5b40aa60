"""The limit search, against Erlang's formula and against curves whose limit is known."""

import time
from collections.abc import Callable

import pytest

from server.processes import cores
from server.studying import local_study
from simulation.comparison import Simulated
from simulation.erlang import Erlang
from simulation.experiment import Experiment, simulate
from simulation.presets import preset_text
from simulation.scenario.problems import RefusedError
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from simulation.studies.limit import Limit, LimitSearch, Varied
from simulation.studies.readings import Reading
from simulation.studies.study import Asked, Point, conduct
from tests.studies.shops import document, reading, shop, simulated

CALLS_A_WEEK, AGENTS, HANDLING = 20_160, 16, 300.0  # two a minute, ten Erlangs
STEADY = f"""
name: Steady
start: 2026-11-02
weeks: 2
timezone: UTC
queues:
  - id: calls
    demand: {{weekly_volume: {CALLS_A_WEEK}}}
    handling: {{distribution: EXPONENTIAL, mean_seconds: {HANDLING}}}
    target: {{threshold_seconds: 20, share: 0.8}}
vendors:
  - id: desk
    kind: IN_HOUSE
    sites: [{{id: office, country: GB, timezone: UTC}}]
    teams: [{{id: agents, site: office, skills: [{{queue: calls}}], staffing: {{agents: {AGENTS}}}}}]
"""


def erlang_limit() -> float:
    """The factor on volume at which Erlang C gives 80 % in 20 s."""
    low, high = 1.0, 1.59
    while high - low > 1e-6:
        middle = (low + high) / 2
        queue = Erlang(middle * CALLS_A_WEEK / 604_800, HANDLING, AGENTS, None)
        low, high = (middle, high) if queue.service_level(20) >= 0.8 else (low, middle)
    return low


@pytest.mark.slow
def test_the_limit_of_one_queue_is_erlangs() -> None:
    search = LimitSearch(
        document=document(load(STEADY)), experiment=Experiment(replications=20), until=0.5, fineness=0.01
    )
    answer: Limit = conduct(search, lambda point: Simulated(point.scenario, simulate(point.scenario, point.experiment)))
    assert answer.limit is not None
    assert answer.breaks_at is not None
    assert answer.breaks_at - answer.limit <= 0.01
    # half of the fortnights are above the mean, so the limit is where the mean reaches the target
    assert answer.limit - 0.015 <= erlang_limit() <= answer.breaks_at + 0.015
    assert answer.breaks_first is not None
    assert (answer.breaks_first.clause, answer.breaks_first.queue) == (None, "calls")


def found(holds: Callable[[float], float], **given: object) -> tuple[Limit, list[str]]:
    """The limit of a plan of which such a share holds at each value, the same replications first, and what was asked.

    A replication of number r of a block holds where (r + 1/2) / n is under the share.
    """
    search = LimitSearch(document=document(), **given)
    known: dict[str, Reading] = {}
    while isinstance(step := search.ask(known), Asked):
        (point,) = step.points
        assert point.name not in known
        n = point.experiment.replications
        value = float(point.name.split()[0])
        known[point.name] = reading([(r + 0.5) / n < holds(value) for r in range(n)])
    return step, list(known)


def test_a_limit_that_is_known_is_found_and_what_lies_beyond_it() -> None:
    answer, asked = found(lambda value: 1.0 if value <= 1.2345 else 0.0)
    assert answer.limit is not None
    assert answer.breaks_at is not None
    assert answer.limit <= 1.2345 < answer.breaks_at <= answer.limit + 0.025
    assert answer.surely_breaks_at == answer.breaks_at
    assert answer.surely_holds_at is None  # 16 that hold are clear enough to go on, and no proof of 90 %
    assert answer.reversals == 0
    # a value at which nothing holds needs one block, one at which all holds needs two
    assert f"{answer.breaks_at:.6g} block 1" not in asked
    assert f"{answer.limit:.6g} block 1" in asked
    assert f"{answer.limit:.6g} block 2" not in asked


def test_a_plan_that_does_not_hold_as_it_is_is_looked_for_below() -> None:
    answer, _ = found(lambda value: 1.0 if value <= 0.83 else 0.3)
    assert answer.limit is not None
    assert answer.breaks_at is not None
    assert answer.limit <= 0.83 < answer.breaks_at
    assert answer.as_planned.mean == pytest.approx(0.3, abs=0.06)


def test_a_plan_that_holds_everywhere_or_nowhere_has_no_limit() -> None:
    everywhere, _ = found(lambda value: 1.0)
    assert (everywhere.limit, everywhere.breaks_at) == (4.0, None)
    nowhere, _ = found(lambda value: 0.0)
    assert (nowhere.limit, nowhere.breaks_at) == (None, 0.05)


def test_a_doubtful_limit_is_said_to_be_doubtful() -> None:
    answer, _ = found(lambda value: max(0.0, 1.0 - (value - 1.0)), experiment=Experiment(replications=40))
    assert answer.limit is not None
    assert answer.limit == pytest.approx(1.1, abs=0.03)
    near = [one for one in answer.tried if abs(one.value - 1.1) < 0.04]
    assert near
    assert not any(one.is_certain for one in near)
    assert all(one.replications == 40 for one in near)


def test_replications_that_fail_earlier_and_hold_later_are_counted() -> None:
    search = LimitSearch(document=document(), experiment=Experiment(replications=8), until=0.5)
    known = {"1 block 0": reading([True] * 6 + [False] * 2), "1.1 block 0": reading([False] * 4 + [True] * 4)}
    while isinstance(step := search.ask(known), Asked):
        known[step.points[0].name] = reading([True] * 3 + [False] * 5)
    assert step.reversals == 2 + 3


def test_what_cannot_be_varied_is_refused_before_anything_is_simulated() -> None:
    with pytest.raises(RefusedError, match="no absence"):
        LimitSearch(document=document(), vary=Varied.ABSENCE).ask({})


def test_the_bound_of_replications_holds() -> None:
    for share in (0.0, 0.89):
        for until in (1.04, 3.9, 0.06):
            search = LimitSearch(document=document(), experiment=Experiment(replications=40))
            known: dict[str, Reading] = {}
            spent = 0
            while isinstance(step := search.ask(known), Asked):
                (point,) = step.points
                spent += point.experiment.replications
                n = point.experiment.replications
                holds = share if float(point.name.split()[0]) > until else 0.9
                known[point.name] = reading([(r + 0.5) / n < holds for r in range(n)])
            assert spent <= search.most_replications()


@pytest.mark.slow
def test_the_limit_of_a_shop_breaks_its_clause_first() -> None:
    scenario = shop(**{"vendors.acme.teams.desk.staffing.agents": "3"})
    search = LimitSearch(document=document(scenario), experiment=Experiment(replications=10), fineness=0.1)
    answer: Limit = conduct(search, simulated)
    assert answer.limit is not None
    assert answer.breaks_first is not None
    assert answer.breaks_first.clause == "level"


@pytest.mark.bar
def test_a_limit_search_on_the_retail_peak_ends_in_under_a_minute() -> None:
    scenario = load(preset_text("retail-peak"))
    search = LimitSearch(document=canonical(scenario))
    spent = 0
    began = time.monotonic()
    with local_study(2, "kernel") as simulate_point:

        def counted(point: Point) -> Simulated:
            nonlocal spent
            spent += point.experiment.replications
            return simulate_point(point)

        answer: Limit = conduct(search, counted)
    seconds = time.monotonic() - began
    print(f"\nlimit search on retail-peak: {seconds:.1f} s, {spent} replications, {cores()} cores: {answer}")
    assert seconds < 60
