"""The limit search, against Erlang's formula and against curves whose limit is known."""

import math
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import NormalDist

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
from simulation.studies.limit import Limit, LimitSearch, Varied, certain
from simulation.studies.readings import Reading
from simulation.studies.study import Asked, Point, conduct, conduct_together
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
    assert answer.breaks_at == pytest.approx(answer.limit + 0.01)
    # half of the fortnights are above the mean, so the limit is where the mean reaches the target
    assert answer.limit - 0.015 <= erlang_limit() <= answer.breaks_at + 0.015
    assert answer.surely_holds_at is not None
    assert answer.surely_breaks_at is not None
    assert answer.surely_holds_at <= erlang_limit() < answer.surely_breaks_at
    assert answer.breaks_first is not None
    assert (answer.breaks_first.clause, answer.breaks_first.queue) == (None, "calls")


def found(
    holds: Callable[[int, float], bool], draws: int = 40, **given: object
) -> tuple[Limit, dict[str, Reading], LimitSearch]:
    """The limit of a plan of which a draw, by number, holds at a value or not; and what was asked."""
    search = LimitSearch(document=document(), experiment=Experiment(replications=draws), **given)
    known: dict[str, Reading] = {}
    while isinstance(step := search.ask(known), Asked):
        for point in step.points:
            assert point.name not in known
            value, number = point.name.split(" draw ")
            assert point.experiment == Experiment(replications=1, seed=1 + int(number))
            known[point.name] = reading([holds(int(number), float(value))])
    return step, known, search


def breaking(values: Sequence[float]) -> Callable[[int, float], bool]:
    """Draws that hold up to values of their own."""
    return lambda draw, value: value <= values[draw]


def held_at(values: Sequence[float], value: float) -> float:
    return sum(one >= value for one in values) / len(values)


@pytest.mark.parametrize("until", [0.5, 0.8, 0.9, 0.95])
@pytest.mark.parametrize(("mean", "spread"), [(0.75, 0.1), (1.0, 0.02), (1.3, 0.3), (2.5, 0.0)])
def test_the_limit_is_the_quantile_of_the_draws_own_break_values(until: float, mean: float, spread: float) -> None:
    chance = random.Random(f"{until} {mean}")
    for draws in (1, 40):
        values = [chance.gauss(mean, spread) for _ in range(draws)]
        answer, _, _ = found(breaking(values), draws, until=until)
        assert answer.limit is not None
        assert answer.breaks_at is not None
        assert answer.breaks_at == pytest.approx(answer.limit + 0.025)
        assert held_at(values, answer.limit) >= until > held_at(values, answer.breaks_at)
        for one in answer.tried:
            assert one.holds.mean == pytest.approx(held_at(values[: one.replications], one.value))
            assert one.is_enough is (one.value <= answer.limit)
        assert answer.reversals == 0


def test_a_limit_takes_hardly_more_replications_than_two_values_tried_on_all_draws() -> None:
    spent = []
    for number in range(12):
        chance = random.Random(number)
        _, known, _ = found(breaking([chance.gauss(0.72, 0.05) for _ in range(40)]))
        spent.append(len(known))
    assert sum(spent) / len(spent) < 2.5 * 40
    assert max(spent) < 4 * 40


def test_the_interval_of_a_limit_is_that_of_order_statistics() -> None:
    # of 40 draws, none may fail at 90 % for sure: 0.9^40 = 1.5 %; 9 have to for the contrary: 1.6 %, 8 have 4.2 %
    assert certain(40, 0.9) == (0, 9)
    assert certain(20, 0.9) == (-1, 6)
    assert certain(1, 0.5) == (-1, 2)  # one draw tells nothing for sure
    values = [0.8 + 0.01 * draw for draw in range(40)]
    answer, _, _ = found(breaking(values))
    assert (answer.limit, answer.breaks_at) == (0.825, 0.85)
    assert answer.surely_holds_at is not None
    assert answer.surely_breaks_at is not None
    assert answer.surely_holds_at <= 0.8
    assert answer.surely_breaks_at > 0.88
    few, _, _ = found(breaking(values), 20)
    assert few.surely_holds_at is None


@pytest.mark.parametrize(("draws", "until"), [(40, 0.9), (40, 0.5), (100, 0.95), (12, 0.7)])
def test_the_interval_holds_the_true_limit_as_often_as_it_says_and_is_no_wider(draws: int, until: float) -> None:
    def chance(counts: range) -> float:
        """That so many draws fail at the true limit."""
        return sum(math.comb(draws, n) * (1 - until) ** n * until ** (draws - n) for n in counts)

    most, fewest = certain(draws, until)
    assert chance(range(most + 1, fewest)) >= 0.95
    assert chance(range(most + 2)) > 0.025
    assert chance(range(fewest - 1, draws + 1)) > 0.025


@pytest.mark.slow
def test_intervals_of_shares_hold_the_true_ones_though_trying_ends_when_enough_is_known() -> None:
    for mean, until in ((1.08, 0.5), (0.75, 0.9)):
        law = NormalDist(mean, 0.06)
        held: dict[float, list[bool]] = {}
        for number in range(100):
            chance = random.Random(number)
            answer, _, _ = found(breaking([chance.gauss(mean, 0.06) for _ in range(40)]), until=until)
            for one in answer.tried:
                true = 1 - law.cdf(one.value)
                held.setdefault(one.value, []).append(one.holds.lower <= true <= one.holds.upper)
        often = [share for each in held.values() for share in each if len(each) >= 30]
        assert sum(often) / len(often) > 0.93


def test_a_plan_that_does_not_hold_as_it_is_is_looked_for_below() -> None:
    values = [0.83 if draw % 3 else 1.2 for draw in range(40)]
    answer, _, _ = found(breaking(values))
    assert (answer.limit, answer.breaks_at) == (0.825, 0.85)
    (planned,) = (one for one in answer.tried if one.value == 1)
    assert planned.replications >= 8
    assert answer.as_planned == planned.holds
    assert planned.holds.mean == pytest.approx(held_at(values[: planned.replications], 1))


def test_a_plan_that_holds_everywhere_or_nowhere_has_no_limit() -> None:
    everywhere, _, _ = found(lambda draw, value: True)
    assert (everywhere.limit, everywhere.breaks_at) == (4.0, None)
    nowhere, _, _ = found(lambda draw, value: False)
    assert (nowhere.limit, nowhere.breaks_at, nowhere.surely_breaks_at) == (None, 0.05, 0.05)


def test_replications_that_fail_earlier_and_hold_later_are_found_and_counted_as_failed() -> None:
    def holds(draw: int, value: float) -> bool:
        return not 1.16 < value < 1.24 if 4 <= draw < 14 else value <= 1.21

    answer, _, _ = found(holds, until=0.9)
    assert answer.limit == 1.15  # and not 1.2, where those that held at 1.275 turn out to fail
    assert answer.reversals > 4


def test_draws_that_hold_at_worse_values_are_tried_at_the_limit_too() -> None:
    answer, known, _ = found(breaking([0.7] * 10 + [0.9] * 30), until=0.9)
    assert answer.limit == 0.7
    assert sum(f"{answer.limit:.6g} draw {draw}" in known for draw in range(10, 40)) >= 4


def test_what_cannot_be_varied_is_refused_before_anything_is_simulated() -> None:
    with pytest.raises(RefusedError, match="no absence"):
        LimitSearch(document=document(), vary=Varied.ABSENCE).ask({})


def test_the_bound_of_replications_holds() -> None:
    for mean in (0.06, 1.04, 3.9):
        for spread in (0.0, 0.5, 3.0):
            chance = random.Random(f"{mean} {spread}")
            _, known, search = found(breaking([chance.gauss(mean, spread) for _ in range(40)]))
            assert len(known) <= search.most_replications()


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

    def counted(points: Sequence[Point]) -> Iterator[Simulated]:
        nonlocal spent
        spent += len(points)
        yield from simulated_here.each(points)

    began, cpu = time.monotonic(), cpu_seconds()
    with local_study(2, "kernel") as simulated_here:
        answer: Limit = conduct_together(search, counted)
    seconds, cpu = time.monotonic() - began, cpu_seconds() - cpu
    told = f"{seconds:.1f} s, {cpu:.1f} s of CPU, {spent} replications, {cores()} cores"
    print(f"\nlimit search on retail-peak: {told}: {answer}")
    assert seconds < 60


def cpu_seconds() -> float:
    """Of this process and of those that have ended."""
    return sum(os.times()[:4])
