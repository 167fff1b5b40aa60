"""Terms and handles of a plan: overtime, the bench, vendors' shares, and what can be moved at all."""

from datetime import date
from functools import cache

import pytest

from simulation.presets import preset_text
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario
from simulation.studies.staffing.decisions import Decision
from simulation.studies.staffing.handles import (
    BenchAgents,
    Handle,
    MonthTargets,
    OvertimeHours,
    VendorShare,
    handles,
)
from simulation.studies.staffing.hiring_plan import HiringPlan
from simulation.studies.staffing.options import Objective, What
from simulation.studies.staffing.plan_search import BASED, LATE, PROBED, SHARPENED, TRIED
from simulation.studies.staffing.search import StaffingSearch
from simulation.studies.staffing.setting import Setting
from simulation.studies.staffing.terms import Split
from tests.studies.staffed import hiring_centre


@cache
def peak() -> Scenario:
    return load(preset_text("retail-peak"))


@cache
def setting(vendor: str | None = None) -> Setting:
    return Setting(peak(), Objective.CLIENT_COST if vendor is None else Objective.VENDOR_MARGIN, vendor)


@cache
def plan() -> HiringPlan:
    return HiringPlan.of_requirement(setting(), 0.1)


def of_kind(kind: type[Handle], owner: str) -> list[Handle]:
    return [one for one in handles(setting(), plan()) if isinstance(one, kind) and one.owner == owner]


def decided(moved: HiringPlan, what: What) -> list[Decision]:
    return [one for one in moved.decided(setting()).decisions if one.what is what]


def late(moved: HiringPlan, what: What) -> HiringPlan:
    (decision,) = decided(moved, what)
    return moved.delayed(decision, setting().grid.start)


@pytest.mark.parametrize("number", range(len(handles(setting(), plan()))))
def test_every_handle_changes_the_scenario_and_can_be_moved_back(number: int) -> None:
    handle = handles(setting(), plan())[number]
    moved = handle.moved(plan(), handle.probe)
    assert canonical(moved.applied(peak())) != canonical(plan().applied(peak()))
    assert canonical(handle.moved(moved, -handle.probe).applied(peak())) == canonical(plan().applied(peak()))


def test_a_plan_as_given_leaves_the_terms_alone() -> None:
    assert not [one for what in (What.OVERTIME, What.BENCH, What.SPLIT) for one in decided(plan(), what)]
    applied = plan().applied(peak())
    assert [team.workforce and team.workforce.overtime for team in applied.teams] == [
        team.workforce and team.workforce.overtime for team in peak().teams
    ]
    assert [queue.route for queue in applied.queues] == [queue.route for queue in peak().queues]


def test_overtime_is_bounded_or_gone_and_given_again_where_nobody_decides() -> None:
    (handle,) = of_kind(OvertimeHours, "manila-voice")
    less = handle.moved(plan(), -handle.step)
    (decision,) = decided(less, What.OVERTIME)
    assert (decision.hours, decision.by) == (4.0, date(2026, 9, 28))
    assert decision.heads == round(4.0 * setting().there[setting().place_of("manila-voice")].heads[0] / 40)
    people = less.applied(peak()).teams[setting().place_of("manila-voice")].workforce
    assert people is not None
    assert people.overtime is not None
    assert (people.overtime.max_hours_per_week, people.overtime.max_share) == (4.0, 0.12)
    none = handle.moved(plan(), handle.least).applied(peak()).teams[setting().place_of("manila-voice")].workforce
    assert none is not None
    assert none.overtime is None
    assert late(less, What.OVERTIME).is_like(plan())


def test_a_bench_is_bounded_or_never_called() -> None:
    (handle,), t = of_kind(BenchAgents, "manila-voice"), setting().place_of("manila-voice")
    less, none = (handle.moved(plan(), units).applied(peak()).teams[t] for units in (-handle.step, handle.least))
    assert less.workforce is not None
    assert less.workforce.surge is not None
    assert less.workforce.surge.agents == 18
    assert [policy.kind for policy in less.policies] == ["PLAN", "SURGE"]
    assert [policy.kind for policy in none.policies] == ["PLAN"]
    assert late(handle.moved(plan(), -handle.step), What.BENCH).is_like(plan())


def test_vendors_share_a_queue_otherwise_from_the_dates_of_its_allocation() -> None:
    handle = of_kind(VendorShare, "own")[1]
    moved = handle.moved(plan(), 10)
    shares = [entry.shares for entry in moved.applied(peak()).queues[3].route.allocation]
    assert shares == [{"andes": 0.7, "own": 0.3}, {"andes": 0.8, "own": 0.2}, {"andes": 0.7, "own": 0.3}]
    (decision,) = decided(moved, What.SPLIT)
    assert (decision.by, decision.team, decision.queue) == (date(2026, 11, 16), "own-mail", "email")
    assert decision.share == pytest.approx(0.2)
    entries = late(moved, What.SPLIT).applied(peak()).queues[3].route.allocation
    assert [(entry.from_, entry.shares["own"]) for entry in entries] == [
        (None, 0.3),
        (date(2026, 11, 16), 0.3),
        (date(2026, 11, 23), 0.2),
        (date(2027, 1, 4), 0.3),
    ]


def test_late_shares_from_the_start_are_the_given_ones_for_a_week() -> None:
    moved = of_kind(VendorShare, "own")[0].moved(plan(), -30)
    entries = late(moved.decided(setting()), What.SPLIT).applied(peak()).queues[3].route.allocation
    assert [(entry.from_, entry.shares.get("own")) for entry in entries[:2]] == [(None, 0.3), (date(2026, 10, 5), None)]


def test_targets_are_not_raised_before_anybody_asked_for_can_be_there() -> None:
    early, *later = [one for one in of_kind(MonthTargets, "manila-voice") if isinstance(one, MonthTargets)]
    assert (early.weeks[0], early.most, early.probe) == (date(2026, 9, 28), 0, -early.step)
    assert all(one.most > 0 for one in later)  # who is asked for at the start is there on 23 November


def test_nobody_gives_more_of_a_queue_than_it_has() -> None:
    split = Split(None, {"one": 0.5, "two": 0.3, "three": 0.2}, "COUNTED")
    all_taken = split.moved("one", "two", 0.4).moved("one", "three", 0.4)
    assert all_taken.shares == {"one": 0.0, "two": 0.7, "three": 0.3}
    assert all_taken.told()["shares"] == {"two": 0.7, "three": 0.3}
    assert split.moved("one", "three", -0.4).shares == {"one": 0.7, "two": 0.3, "three": 0.0}


def test_a_vendor_decides_on_its_own_people_alone() -> None:
    own = HiringPlan.of_requirement(setting("pacific"), 0.1)
    owners = {one.owner for one in handles(setting("pacific"), own)}
    assert owners == {"manila-voice", "manila-chat"}
    assert not own.terms.splits


def test_no_plan_has_more_handles_than_its_cost_is_judged_by() -> None:
    search = StaffingSearch(document=canonical(peak()))
    most = search.most_replications() - StaffingSearch(document=canonical(hiring_centre())).most_replications()
    own = len(handles(setting(), plan())) * (PROBED + 3 * LATE)
    assert most > 0
    assert search.most_replications() >= own + (2 + SHARPENED) * TRIED + BASED + search.proving
