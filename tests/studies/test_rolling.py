"""Plans rolled forward: without chance the rest of the plan is the plan's own, and what is told takes its place."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import HEADS, FlowField, Int64, StockField
from simulation.scenario.problems import Path, RefusedError
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.studies.actuals import Actuals
from simulation.studies.plan_report import PlanDriver
from simulation.studies.rolling import roll_forward
from simulation.world.world import World
from tests.world.crew import all_living

Data = dict[str, Any]
START, WEEKS = date(2026, 11, 2), 14
PIPELINE = {
    "headcount": 20,
    "tenure_weeks": {"bands": [{"from_week": 2, "heads": 5}, {"from_week": 30, "heads": 15}]},
    "hiring": {"lead_time_weeks": {"mean": 2}, "training_weeks": 2},
    "nesting": {"weeks": 2, "multiplier": 1.5},
    "learning": {"shape": "AHT", "new_hire_multiplier": 1.6, "time_constant_weeks": 8},
    "classes": [
        {"start": "2026-10-26", "size": 4},
        {"start": "2026-11-23", "size": 6},
        {"start": "2026-12-14", "size": 3, "until": "2027-01-10"},
    ],
}
HIRING = {**PIPELINE, "classes": []}
PLAN = {"kind": "PLAN", "heads": {"2026-11-02": 20, "2026-12-28": 29}}


def plan(workforce: Data, *, policies: Sequence[Data] = (), others: Sequence[Data] = (), **queue: Any) -> Scenario:
    """A desk whose people nobody leaves: nothing about them is left to chance."""
    own = {
        "id": "desk",
        "site": "leeds",
        "skills": [{"queue": "calls"}],
        "workforce": workforce,
        "policies": list(policies),
    }
    shifts = [{"start": "08:00", "hours": 8, "days": ["MON", "TUE", "WED", "THU", "FRI"]}]
    teams = [{**team, "shifts": shifts} for team in ({key: value for key, value in own.items() if value}, *others)]
    return from_data(
        {
            "name": "Plan", "start": str(START), "weeks": WEEKS, "timezone": "Europe/London",
            "queues": [{"id": "calls", "demand": {"weekly_volume": 20}, "handling": {"mean_seconds": 60}, **queue}],
            "vendors": [{"id": "acme", "sites": [{"id": "leeds", "country": "GB"}], "teams": teams}],
        }
    )  # fmt: skip


def walk(scenario: Scenario) -> Int64:
    """Int64 (weeks + 1, teams, stocks and flows) of one replication, without a floor."""
    return np.stack([table for table, _ in all_living(scenario)], axis=1)


def read(data: Data) -> Actuals:
    return Actuals.model_validate(data)


def assert_the_rest_is_the_same(before: Scenario, after: Scenario, week: int) -> None:
    """Every stock of every remaining week, planned and effective FTE with them; flows of the weeks under way later."""
    old, new = walk(before)[week:], walk(after)
    stocks = [*HEADS, StockField.PLANNED_FTE]
    assert np.array_equal(old[:, :, stocks], new[:, :, stocks])
    assert np.allclose(old[:, :, StockField.EFFECTIVE_FTE], new[:, :, StockField.EFFECTIVE_FTE], rtol=2e-6, atol=2)
    flows = [FlowField.GRADUATED, FlowField.RELEASED, FlowField.LEFT_PRODUCTION]
    assert np.array_equal(old[:-1, :, flows], new[:-1, :, flows])


@pytest.mark.parametrize("week", [1, 2, 4, 5, 7, 9, 11])
def test_without_chance_the_rest_of_the_plan_is_the_plan_s_own(week: int) -> None:
    """In training, nesting and past it, classes to come and temporaries to go; nothing is told but the date."""
    before = plan(PIPELINE)
    rolled = roll_forward(before, START + timedelta(weeks=week), Actuals())
    assert rolled.report == ()
    assert rolled.scenario.weeks == WEEKS - week
    assert_the_rest_is_the_same(before, rolled.scenario, week)


@pytest.mark.parametrize("nesting", [None, {"weeks": 2, "multiplier": 1.5}])
def test_people_past_nesting_who_have_an_end_keep_it(nesting: Data | None) -> None:
    """They nest for a day once more: heads are the same in every week that is left, at its start."""
    temporary = {"start": "2026-11-09", "size": 7, "until": "2027-01-03", "training_weeks": 1}
    before = plan({"headcount": 20, "classes": [temporary], **({"nesting": nesting} if nesting else {})})
    after = roll_forward(before, START + timedelta(weeks=6), Actuals()).scenario
    heads = [walk(one)[:, 0, list(HEADS)].sum(axis=1).tolist() for one in (before, after)]
    assert heads[0][6:] == heads[1] == [27, 27, 27, *[20] * 6]


@pytest.mark.parametrize(("week", "told"), [
    (1, {"requisitions": [{"due": "2026-12-14", "heads": 9}]}),
    (7, {"classes": [{"start": "2026-12-14", "heads": 9}]}),
    (9, {"classes": [{"start": "2026-12-14", "heads": 9}]}),
])  # fmt: skip
def test_what_policies_have_under_way_comes_as_it_was_told(week: int, told: Data) -> None:
    """The plan wants 29 from 28 December: nine are asked for in time, and trained from 14 December on."""
    before = plan(HIRING, policies=[PLAN])
    actuals = read({"teams": {"desk": {"headcount": 20, **told}}})
    after = roll_forward(before, START + timedelta(weeks=week), actuals).scenario
    assert walk(before)[WEEKS, 0, list(HEADS)].sum() == 29
    assert_the_rest_is_the_same(before, after, week)


def test_people_who_are_lent_go_back_when_they_would_have() -> None:
    mail = {"id": "mail", "site": "leeds", "skills": [{"queue": "calls"}], "workforce": {"headcount": 9}}
    move = {"from": "mail", "heads": 3, "start": "2026-11-16", "until": "2026-12-20", "training_weeks": 1}
    before = plan({"headcount": 20, "moves": [move]}, others=[mail])
    for week in (1, 4):
        after = roll_forward(before, START + timedelta(weeks=week), Actuals()).scenario
        assert_the_rest_is_the_same(before, after, week)


def test_the_forecast_is_kept_to_the_contact() -> None:
    demand = {"weekly_volume": 700, "growth_per_year": 0.3, "season": {"months": {"DEC": 1.5}}}
    before = plan(
        {"headcount": 9}, demand={**demand, "events": [{"name": "Sale", "start": "2026-12-24", "multiplier": 2}]}
    )
    after = roll_forward(before, START + timedelta(weeks=3), Actuals()).scenario
    old, new = World.of(before), World.of(after)
    first = np.searchsorted(old.grid.interval_starts, old.grid.weeks[3])
    volumes = [
        np.bincount(world.cells[0].interval, world.cells[0].volume, world.grid.intervals) for world in (old, new)
    ]
    assert volumes[1] == pytest.approx(volumes[0][first:], rel=1e-12)
    assert old.requirement.agents[first:] == pytest.approx(new.requirement.agents)


def test_a_week_keeps_the_error_of_the_forecast_that_it_had() -> None:
    error = {"cv_by_lead_weeks": {"1": 0.02, "4": 0.08, "13": 0.17}}
    before = plan({"headcount": 9}, demand={"weekly_volume": 700, "forecast_error": error})
    after = roll_forward(before, START + timedelta(weeks=2), Actuals()).scenario.queues[0].demand.forecast_error
    assert after is not None
    leads = {int(lead): cv for lead, cv in after.cv_by_lead_weeks.items()}
    assert leads == pytest.approx({1: 0.06, 2: 0.08, 11: 0.17})


def test_given_agents_and_fees_that_are_over_are_cut_off() -> None:
    data = {
        "name": "Given", "start": "2026-10-19", "weeks": 2, "timezone": "Europe/London", "interval_minutes": 60,
        "queues": [{"id": "calls", "demand": {"weekly_volume": 20}, "handling": {"mean_seconds": 60}}],
        "vendors": [{
            "id": "acme", "sites": [{"id": "leeds", "country": "GB"}],
            "teams": [{"id": "desk", "site": "leeds", "skills": [{"queue": "calls"}],
                       "staffing": {"agents": list(range(337))}}],
            "contracts": [{"pricing": [{"kind": "ONE_OFF", "at": "2026-10-20", "amount": 5},
                                       {"kind": "ONE_OFF", "at": "2026-10-27", "amount": 7}]}],
        }],
        "events": [{"kind": "OUTAGE", "site": "leeds", "start": "2026-10-20T09:00", "hours": 2},
                   {"kind": "OUTAGE", "site": "leeds", "start": "2026-10-28T09:00", "hours": 2}],
    }  # fmt: skip
    after = roll_forward(from_data(data), date(2026, 10, 26), Actuals()).scenario
    staffing = after.teams[0].staffing
    assert staffing is not None
    assert staffing.agents == tuple(range(169, 337))  # a clock change: 25 October has 25 hours
    assert [line.amount for line in after.vendors[0].contracts[0].pricing] == [7]
    assert [str(event.start) for event in after.events] == ["2026-10-28 09:00:00"]


def test_actuals_take_the_place_of_the_plan_and_are_reported_beside_it() -> None:
    """Five weeks at 700, then 20 heads with a yearly rate of 1: 20 exp(-35/365) = 18.17 are expected, 15 are there."""
    mail: Data = {"channel": "EMAIL", "turnaround": {"target_hours": 24}, "target": {"threshold_seconds": 86_400}}
    before = plan(
        {"headcount": 20, "attrition": {"annual_rate": 1.0}, "absence": {"daily_probability": 0.04}},
        demand={"weekly_volume": 700}, **mail,
    )  # fmt: skip
    actuals = read(
        {
            "queues": {"calls": {"offered": 3850, "handling_seconds": 66, "backlog": {"volume": 40}}},
            "teams": {"desk": {"headcount": 15, "absence": 0.05}},
        }
    )
    rolled = roll_forward(before, START + timedelta(weeks=5), actuals)
    assert rolled.scenario.queues[0].backlog.volume == 40
    workforce = rolled.scenario.teams[0].workforce
    assert workforce is not None
    assert workforce.headcount == 15
    found = {line.driver: (line.planned, line.actual) for line in rolled.report}
    assert found == {
        PlanDriver.VOLUME: (pytest.approx(3500), 3850),
        PlanDriver.HANDLING: (60, 66),
        PlanDriver.BACKLOG: (0, 40),
        PlanDriver.HEADS: (pytest.approx(20 * np.exp(-35 / 365)), 15),
        PlanDriver.ABSENCE: (pytest.approx(0.04), 0.05),
    }
    assert rolled.report[0].relative == pytest.approx(0.1)


def test_heads_that_are_told_are_divided_as_the_plan_expects_them() -> None:
    """Five of 4 and fifteen of 32 weeks: of twelve a quarter is new."""
    after = roll_forward(plan(PIPELINE | {"classes": []}), START + timedelta(weeks=2), read(
        {"teams": {"desk": {"headcount": 12}}}
    )).scenario.teams[0].workforce  # fmt: skip
    assert after is not None
    assert after.tenure_weeks is not None
    assert after.tenure_weeks.bands is not None
    assert [(band.from_week, band.heads) for band in after.tenure_weeks.bands] == [(4, 3), (32, 9)]


REFUSED: dict[str, tuple[date, Data, Path, str]] = {
    "a date before": (date(2026, 11, 2), {}, ("at",), "is not within the plan"),
    "a date after": (date(2027, 2, 8), {}, ("at",), "is not within the plan"),
    "no such queue": (date(2026, 11, 9), {"queues": {"cals": {}}}, ("actuals", "queues", "cals"), "there is no queue"),
    "no such team": (date(2026, 11, 9), {"teams": {"dsk": {}}}, ("actuals", "teams", "dsk"), "there is no team"),
    "work of calls": (
        date(2026, 11, 9), {"queues": {"calls": {"backlog": {"volume": 3}}}},
        ("actuals", "queues", "calls", "backlog"), "no work of VOICE waits",
    ),
    "a class to come": (
        date(2026, 11, 9), {"teams": {"desk": {"headcount": 3, "classes": [{"start": "2026-11-23", "heads": 3}]}}},
        ("actuals", "teams", "desk", "classes", 0), "is not before",
    ),
    "a class that is past": (
        date(2026, 12, 7), {"teams": {"desk": {"headcount": 3, "classes": [{"start": "2026-10-26", "heads": 3}]}}},
        ("actuals", "teams", "desk", "classes", 0), "past nesting",
    ),
    "a requisition that is over": (
        date(2026, 12, 7), {"teams": {"desk": {"headcount": 3, "requisitions": [{"due": "2026-11-30", "heads": 3}]}}},
        ("actuals", "teams", "desk", "requisitions", 0, "due"), "is over",
    ),
    "bands that do not add up": (
        date(2026, 12, 7), {"teams": {"desk": {"headcount": 3, "tenure": [{"from_week": 0, "heads": 4}]}}},
        ("actuals", "teams", "desk", "tenure"), "do not sum",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_at_its_place(case: str) -> None:
    at, data, path, message = REFUSED[case]
    with pytest.raises(RefusedError) as refused:
        roll_forward(plan(PIPELINE), at, read(data))
    assert [(one.at, message in one.message) for one in refused.value.refusals] == [(path, True)]


def test_what_nobody_can_know_is_asked_for_all_at_once() -> None:
    mail: Data = {"channel": "EMAIL", "target": {"threshold_seconds": 86_400}}
    with pytest.raises(RefusedError) as refused:
        roll_forward(plan(HIRING, policies=[PLAN], **mail), START + timedelta(weeks=1), Actuals())
    assert [one.at for one in refused.value.refusals] == [
        ("actuals", "queues", "calls", "backlog"), ("actuals", "teams", "desk", "headcount"),
    ]  # fmt: skip
