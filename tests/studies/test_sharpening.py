"""Plans moved along slopes from simulated runs: the least cost, beside every plan that can be reached."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from simulation.scenario.grid import Int64
from simulation.studies.staffing.decisions import in_force
from simulation.studies.staffing.handles import ClassSize, MonthTargets, handles
from simulation.studies.staffing.hiring_plan import HiringPlan
from simulation.studies.staffing.options import Objective, What
from simulation.studies.staffing.outcomes import Trial
from simulation.studies.staffing.setting import Setting
from simulation.studies.staffing.sharpening import Aim, Slopes
from tests.studies.staffed import hiring_centre

HANDLES = [ClassSize("desk", step, -20, 20, place) for place, step in enumerate((1, 2, 1))]
RAISE = np.array([[0.010, 0.000, 0.004], [0.000, 0.006, 0.005]])
"""Of the margins of two windows, a head of each handle."""
COST = np.array([90.0, 40.0, 70.0])
LUCK = np.random.default_rng(5).normal(0, 0.03, (2, 40))


def trial(heads: Int64) -> Trial:
    """Of a plan moved by so many heads, where everything is a line."""
    margins = LUCK + np.array([[-0.02], [-0.01]]) + (RAISE @ heads)[:, None]
    held = tuple((margins > 0).all(axis=0).tolist())
    cost = tuple((1000 + COST @ heads + 100 * LUCK[0]).tolist())
    return Trial(tuple(tuple(row) for row in margins.tolist()), held, cost, cost)


def slopes() -> Slopes:
    probes = [trial(handle.step * np.eye(3, dtype=np.int64)[number]) for number, handle in enumerate(HANDLES)]
    return Slopes(HANDLES, trial(np.zeros(3, np.int64)), probes)


def move_from(heads: Int64, wanted: float, far: float, believed: Slopes | None = None) -> Int64:
    at = trial(heads)
    return (believed or slopes()).best_move(at, at.standing, heads, Aim(wanted, np.zeros(0)), far)


@pytest.mark.parametrize("wanted", [0.3, 0.5, 0.7])
def test_the_move_is_about_the_cheapest_of_all_that_are_probable_enough(wanted: float) -> None:
    none = np.zeros(3, np.int64)
    move = move_from(none, wanted, far=4)
    steps = np.array([handle.step for handle in HANDLES])
    reached = [np.array(one) * steps for one in product(range(-2, 5), repeat=3)]
    enough = [one for one in reached if trial(one).standing.chance >= wanted]
    cheapest = min(float(COST @ one) for one in enough)
    assert trial(move).standing.chance >= wanted - 1e-9
    assert float(COST @ move) <= cheapest + 40  # less than a step of any handle


def test_a_plan_that_is_more_probable_than_wanted_becomes_cheaper() -> None:
    many = np.full(3, 6, np.int64)
    move = move_from(many, 0.5, far=4)
    assert float(COST @ move) < 0
    assert trial(many + move).standing.chance >= 0.5


def test_no_handle_moves_beyond_its_room_or_too_far() -> None:
    assert (np.abs(move_from(np.zeros(3, np.int64), 0.99, far=1)) <= [1, 2, 1]).all()
    assert (move_from(np.full(3, 20, np.int64), 0.99, far=4) <= 0).all()


def test_a_trial_that_went_otherwise_corrects_the_slopes() -> None:
    none, moved = np.zeros(3, np.int64), np.array([0, 4, 0])
    believed = slopes()
    before = move_from(none, 0.5, 4, believed)
    worse = Trial(trial(none).margins, trial(none).held, trial(moved).cost, trial(moved).cost)
    believed.correct(trial(none), worse, moved)  # the second handle costs as before and lifts nothing
    after = move_from(none, 0.5, 4, believed)
    assert before[1] > 0
    assert after[1] < before[1]


def of_sites(heads: Int64) -> Trial:
    """The same where a head of the first handle works at one site, of the others at another."""
    one = trial(heads)
    here, there = 600.0 + 10 * heads[0], 400.0 + 10 * (heads[1] + heads[2])
    return replace(one, hours=((here,) * 40, (there,) * 40))


def test_a_share_of_a_site_is_kept_where_another_is_dearer() -> None:
    none = np.zeros(3, np.int64)
    probes = [of_sites(handle.step * np.eye(3, dtype=np.int64)[number]) for number, handle in enumerate(HANDLES)]
    at = of_sites(none)
    bound, free = (
        Slopes(HANDLES, at, probes).best_move(at, at.standing, none, Aim(0.5, np.array([most, 1.0])), far=6)
        for most in (0.58, 1.0)
    )
    hours = of_sites(bound).mean_hours
    assert hours[0] / hours.sum() <= 0.58 + 1e-9
    assert of_sites(free).mean_hours[0] / of_sites(free).mean_hours.sum() > 0.58
    assert float(COST @ bound) > float(COST @ free)


def test_a_few_replications_are_told_beside_the_many_of_a_base() -> None:
    none, moved = np.zeros(3, np.int64), np.array([2, 2, 0])
    few = trial(moved)
    few = replace(few, margins=tuple(row[:5] for row in few.margins), held=few.held[:5], cost=few.cost[:5])
    assert few.beside(trial(none)).chance == pytest.approx(trial(moved).standing.chance)


def test_a_handle_of_targets_moves_one_month() -> None:
    scenario = hiring_centre(weeks=8)
    setting = Setting(scenario, Objective.CLIENT_COST, None)
    plan = HiringPlan.of_requirement(setting, 0.1)
    first = next(one for one in handles(setting, plan) if isinstance(one, MonthTargets))
    more = first.moved(plan, 2)
    weeks = setting.grid.dates[::7]
    apart = [in_force(more.targets["desk"], day) - in_force(plan.targets["desk"], day) for day in weeks]
    assert apart == [2] * 4 + [0] * 4  # March 2026 ends in the middle of the fifth week, which is mostly April's


def test_a_plan_of_what_is_required_asks_for_what_is_missing_at_the_peak() -> None:
    scenario = hiring_centre(weeks=8, headcount=6)
    setting = Setting(scenario, Objective.CLIENT_COST, None)
    plan = HiringPlan.of_requirement(setting, 0.1)
    required = setting.required_heads[:, 0] * 1.1
    last = setting.grid.dates[-7]
    assert in_force(plan.targets["desk"], last) == pytest.approx(required[-1], abs=0.51)
    stays = setting.there[0].heads
    hired = sum(one.heads for one in plan.decisions if one.what is What.HIRE)
    assert hired == pytest.approx((required[-1] - stays[-1]) / 0.9, abs=2)
