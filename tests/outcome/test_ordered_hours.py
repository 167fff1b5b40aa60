"""Billable hours and clauses about staffing, held by hand against what the locked forecast orders."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.experiment import Experiment, simulate
from simulation.outcome.counting.counters import TimeField
from simulation.outcome.report.document import document
from simulation.scenario.grid import Grid
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import expected_cells
from simulation.world.planning.locked import locked
from tests.outcome.agreed import HOUR, G, agreed, clause, clauses_of, invoices, path, settled
from tests.outcome.counted import blank
from tests.outcome.forecasted import SEPTEMBER, held, level, version


def capped(by: str, cap: float = 1.05, **changes: Any) -> Scenario:
    pricing = {"kind": "PER_PRODUCTIVE_HOUR", "rate": 10, "billable": {"cap": cap, "cap_by": by}}
    return agreed(held(pricing=[pricing]), forecasts=[version(sep=3000)], **(SEPTEMBER | changes))


@pytest.mark.parametrize(("by", "charged"), [("DAY", 504.0), ("INTERVAL", 402.0)])
def test_hours_over_the_cap_are_not_billed(by: str, charged: float) -> None:
    """On 1 September 4 agents are there for 12 hours and 1 agent for the other 12, 60 hours; 2 are ordered in each. By
    day 1.05 x 48 = 50.4 h are billed at 10; by interval 12 x 2.1 + 12 x 1 = 37.2 h, and 3 more in the second day's
    first hours, of which 1.05 x 2 = 2.1 and 0.9 count: 40.2 h. By day those 3 are within the second day's cap."""
    described = capped(by, days=2)
    counters = blank(described)
    counters.groups[:12, 0, G.ON_FLOOR], counters.groups[12:24, 0, G.ON_FLOOR] = 4 * HOUR, HOUR
    if by == "INTERVAL":
        counters.groups[24, 0, G.ON_FLOOR], counters.groups[25, 0, G.ON_FLOOR] = 21 * HOUR // 10, 9 * HOUR // 10
    (month,) = invoices(settled(described, counters))
    assert month["PER_PRODUCTIVE_HOUR"] == charged


def test_billable_and_ordered_hours_are_reported_of_the_team() -> None:
    described = capped("DAY", days=1)
    found = document(settled(described, path(described, team_on_floor=60 * HOUR)))["teams"]
    assert [found[0]["total"][name]["mean"] for name in ("productive_hours", "billable_hours", "ordered_hours")] == [
        60.0,
        50.4,
        48.0,
    ]
    assert found[1]["total"]["ordered_hours"]["mean"] == 0.0


def test_the_cap_is_of_all_teams_of_the_line_and_each_has_its_part() -> None:
    """A second team of acme may answer calls, so that half of the order is its; 30 and 60 hours in one hour of the day:
    50.4 are billed, a third and two thirds of them."""
    data = capped("DAY", days=1).model_dump(mode="json", by_alias=True, exclude_none=True)
    team = data["vendors"][0]["teams"][0]
    data["vendors"][0]["teams"].append(team | {"id": "phones-too"})
    described = from_data(data)
    counters = blank(described)
    counters.groups[0, :2, G.ON_FLOOR] = 30 * HOUR, 60 * HOUR
    found = settled(described, counters)
    assert invoices(found)[0]["PER_PRODUCTIVE_HOUR"] == 504.0
    parts = [team["total"]["billable_hours"]["mean"] for team in document(found)["teams"]]
    assert parts == pytest.approx([16.8, 33.6, 0.0])


@pytest.mark.parametrize(("cap", "charged"), [(1.05, 480.0), (0.5, 240.0)])
def test_hours_in_nesting_are_left_out_before_the_cap(cap: float, charged: float) -> None:
    """60 productive hours, 12 of them in nesting, 48 ordered: 48 at 10, under the cap of 50.4; at most 24 at 10."""
    described = capped("DAY", cap, days=1)
    data = described.model_dump(mode="json", by_alias=True, exclude_none=True)
    data["vendors"][0]["contracts"][0]["pricing"][0]["billable"]["nesting"] = False
    past = from_data(data)
    counters = path(past, team_on_floor=60 * HOUR)
    counters.times[0, 0, TimeField.NESTING] = 12 * HOUR
    assert invoices(settled(past, counters))[0]["PER_PRODUCTIVE_HOUR"] == charged


def test_billable_hours_are_those_that_a_line_without_nesting_pays() -> None:
    """Two days of 60 productive hours, 12 in nesting on the first: 48 + 60 at 10, and 108 hours are shown."""
    pricing = {"kind": "PER_PRODUCTIVE_HOUR", "rate": 10, "billable": {"nesting": False}}
    described = agreed({"pricing": [pricing]}, start="2026-09-01", days=2)
    counters = path(described, team_on_floor=60 * HOUR, team_nesting={0: 12 * HOUR})
    found = settled(described, counters)
    assert invoices(found)[0]["invoice"] == 1080.0
    assert document(found)["teams"][0]["total"]["billable_hours"]["mean"] == 108.0


def test_a_baseline_counts_productive_hours_whatever_another_line_bills_of_them() -> None:
    """60 hours, of which the cap bills 50.4 at 10. The baseline of 50 a month is one of 50 / 30 for a day, at 30 / 30,
    and 60 - 50 / 30 = 58 1/3 hours more are at 3: 175."""
    baseline = {"kind": "BASELINE", "unit": "PRODUCTIVE_HOURS", "baseline": {"2026-09": 50}, "base_charge": 30}
    hourly = {"kind": "PER_PRODUCTIVE_HOUR", "rate": 10, "billable": {"cap": 1.05}}
    pricing = [hourly, baseline | {"arc": [{"rate": 3}]}]
    described = agreed(held(pricing=pricing), forecasts=[version(sep=3000)], **(SEPTEMBER | {"days": 1}))
    (month,) = invoices(settled(described, path(described, team_on_floor=60 * HOUR)))
    assert month == {"PER_PRODUCTIVE_HOUR": 504.0, "BASELINE": 176.0, "invoice": 680.0}


laws = settings(max_examples=15, deadline=None)


@pytest.mark.slow
@laws
@given(st.lists(st.integers(0, 6), min_size=48, max_size=48), st.integers(0, 47), st.integers(1, 9), st.data())
def test_a_vendor_cannot_raise_its_invoice_by_staffing_beyond_the_cap(
    agents: list[int], hour: int, more: int, data: st.DataObject
) -> None:
    """More people never lower it, and those beyond the cap add nothing; it is never over cap x ordered."""
    by = data.draw(st.sampled_from(["DAY", "INTERVAL"]))
    described = capped(by, days=2)
    counters, fuller = blank(described), blank(described)
    counters.groups[:48, 0, G.ON_FLOOR] = np.array(agents) * HOUR
    fuller.groups[:] = counters.groups
    fuller.groups[hour, 0, G.ON_FLOOR] += more * HOUR
    before, after = (invoices(settled(described, one))[0]["invoice"] for one in (counters, fuller))
    assert before <= after <= 10 * 1.05 * 96
    over = agents[hour] * 1.0 >= 2.1 if by == "INTERVAL" else sum(agents[hour // 24 * 24 :][:24]) >= 50.4
    assert not over or after == before


NIGHT = {"kind": "NIGHT", "multiplier": 1.5}


def at_night(by: str, **billable: Any) -> Scenario:
    pricing = {"kind": "PER_PRODUCTIVE_HOUR", "rate": 10, "billable": {"cap": 1.0, "cap_by": by} | billable}
    return agreed(held(pricing=[pricing, NIGHT]), forecasts=[version(sep=3000)], **(SEPTEMBER | {"days": 1}))


@pytest.mark.parametrize(
    ("by", "agents", "charged", "more"),
    [
        ("DAY", [2] * 24, 480, 80),  # 16 of 48 hours are of the night, from 22:00 to 06:00
        ("DAY", [3] * 24, 480, 0),  # 24 of 72, and 24 of them are not billed
        ("DAY", [2] * 22 + [5] * 2, 480, 80),  # 22 of 54, 6 not billed
        ("DAY", [2] * 12 + [3] * 5 + [2] * 7, 480, 55),  # 16 of 53, 5 not billed
        ("DAY", [9] * 6 + [0] * 16 + [9] * 2, 480, 240),  # 72 of 72, 24 not billed: all that is billed is of the night
        ("INTERVAL", [3] * 24, 480, 80),  # two in each of the night's 8 hours
        ("INTERVAL", [1] * 6 + [9] * 18, 420, 50),  # 6 x 1 + 2 x 2 hours
    ],
)
def test_a_premium_is_of_billed_hours_the_dear_ones_unpaid_first(
    by: str, agents: list[int], charged: float, more: float
) -> None:
    """Two are ordered in every hour, and no more is billed at 10, at night 5 more."""
    described = at_night(by)
    counters = blank(described)
    counters.groups[:, 0, G.ON_FLOOR] = np.array(agents) * HOUR
    (month,) = invoices(settled(described, counters))
    assert month == {"PER_PRODUCTIVE_HOUR": charged, "NIGHT": more, "invoice": charged + more}


def test_ordered_overtime_is_dear_too_and_of_all_teams_of_its_queues() -> None:
    """60 hours of one team and 12 of another that it shares calls with, 20 and 4 of them on overtime; 48 are ordered
    and billed, so that 24 are not: all overtime. With 6 hours less of the others 18 are not: 6 x 10 x 0.5."""
    crew = {"headcount": 30, "overtime": {}}
    data = capped("DAY", 1.0, days=1).model_dump(mode="json", by_alias=True, exclude_none=True)
    team = data["vendors"][0]["teams"][0] | {"workforce": crew}
    del team["staffing"]
    data["vendors"][0]["teams"] = [team, team | {"id": "phones-too"}]
    data["vendors"][0]["contracts"][0]["pricing"] += [{"kind": "OVERTIME", "multiplier": 1.5, "only": "ORDERED"}]
    described = from_data(data)
    dear = {"team_overtime_on_floor": 20 * HOUR, "second_on_floor": 12 * HOUR, "second_overtime_on_floor": 4 * HOUR}
    amounts = [
        invoices(settled(described, path(described, team_on_floor=hours * HOUR, **dear)))[0] for hours in (60, 54)
    ]
    assert [month["OVERTIME"] for month in amounts] == [0.0, 30.0]
    assert [month["PER_PRODUCTIVE_HOUR"] for month in amounts] == [480.0, 480.0]


def test_hours_in_nesting_are_neither_over_the_cap_nor_dear() -> None:
    """3 agents in every hour, one of them in nesting: 48 hours are billed, all 16 of the night with them."""
    described = at_night("DAY", nesting=False)
    counters = blank(described)
    counters.groups[:, 0, G.ON_FLOOR], counters.times[:, 0, TimeField.NESTING] = 3 * HOUR, HOUR
    assert invoices(settled(described, counters))[0]["NIGHT"] == 80.0


@pytest.mark.slow
@laws
@given(st.lists(st.integers(0, 6), min_size=24, max_size=24), st.integers(0, 23), st.integers(1, 9), st.data())
def test_nor_by_staffing_dear_hours_beyond_the_cap(
    agents: list[int], hour: int, more: int, data: st.DataObject
) -> None:
    """With a premium of the night more people beyond the cap, by day or by night, never raise the invoice; within it
    they never lower it."""
    by = data.draw(st.sampled_from(["DAY", "INTERVAL"]))
    described = at_night(by)
    counters, fuller = blank(described), blank(described)
    counters.groups[:, 0, G.ON_FLOOR] = np.array(agents) * HOUR
    fuller.groups[:] = counters.groups
    fuller.groups[hour, 0, G.ON_FLOOR] += more * HOUR
    before, after = (invoices(settled(described, one))[0]["invoice"] for one in (counters, fuller))
    most, there = (2, agents[hour]) if by == "INTERVAL" else (48, sum(agents))
    assert there < most or after <= before
    assert there + more > most or after >= before


def staffed(**changes: Any) -> Scenario:
    metric = clause(metric="LINE_ADHERENCE", staffed_from=0.95, staffed_to=1.05, target=0.9, window="WEEK", **changes)
    return agreed(held(slas=[metric]), forecasts=[version(sep=3000)], start="2026-09-01", days=7)


def test_line_adherence_is_the_share_of_intervals_within_the_band() -> None:
    """Two agents are ordered in each of 168 hours. 100 hours have 2, 20 have 1.9 (on the edge), 20 have 2.1 (on the
    other), 10 have 1.89, 18 have 3: 140 / 168. Nobody's calls are needed for that, and pooling does no harm."""
    described = staffed()
    counters = blank(described)
    people = np.concatenate([[2.0] * 100, [1.9] * 20, [2.1] * 20, [1.89] * 10, [3.0] * 18])
    counters.groups[:, 0, G.ON_FLOOR] = np.rint(people * HOUR)
    assert level(settled(described, counters)) == 140 / 168


def test_intervals_without_an_order_are_not_scored() -> None:
    """Open from 08:00 to 20:00: 12 of 24 hours have an order; who is there at night counts neither way."""
    data = staffed().model_dump(mode="json", by_alias=True, exclude_none=True)
    data["queues"][0]["hours"] = [{"open": "08:00", "close": "20:00"}]
    described = from_data(data)
    counters = blank(described)
    counters.groups[:, 0, G.ON_FLOOR] = 2 * HOUR
    found = settled(described, counters)
    value = clauses_of(found)["sl"].windows[0].value
    assert value.under is not None
    assert (value.over.tolist(), value.under.tolist()) == ([84.0], [84.0])


def test_staffing_delivered_counts_no_hour_over_the_order() -> None:
    """Of 48 ordered on each of 7 days: on the first 4 agents for 12 hours and none for 12: 24 of 48; else 2 agents:
    48 of 48. (24 + 6 x 48) / 336."""
    metric = clause(metric="STAFFING_DELIVERED", of="LOCKED", window="WEEK")
    described = agreed(held(slas=[metric]), forecasts=[version(sep=3000)], start="2026-09-01", days=7)
    counters = blank(described)
    counters.groups[:12, 0, G.ON_FLOOR], counters.groups[24:, 0, G.ON_FLOOR] = 4 * HOUR, 2 * HOUR
    assert level(settled(described, counters)) == pytest.approx(312 / 336, rel=1e-15)


def test_an_order_is_at_the_locked_aht_whoever_does_the_work() -> None:
    """60 chats an hour of 600 s, two at a time: 300 s of an agent each, 5 Erlang, or 10 of slots; at 90 % of them busy
    at most, with a target that nobody misses, 12 slots are needed, 6 agents in each of 24 hours. That two at once are a
    fifth slower, and this team a quarter, is in the locked AHT. Cases are not in the forecast: nothing is ordered."""
    chats = version(sep=43_200, aht=600)
    data = agreed(held(), forecasts=[chats], start="2026-09-01", days=1).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    target = {"threshold_seconds": 1_000_000, "share": 0.01, "max_occupancy": 0.9}
    data["queues"][0] |= {"channel": "CHAT", "concurrency": {"slots": 2, "slowdown": 0.2}, "target": target}
    data["vendors"][0]["teams"][0]["skills"] = [{"queue": "calls", "speed": 1.25}]
    data["vendors"][0]["teams"].append(data["vendors"][1]["teams"][0] | {"id": "clerks", "site": "acme-site"})
    data["vendors"][0]["contracts"][0]["slas"] = [clause(counts={"exclude": ["FORECAST"]})]
    data["vendors"][0]["contracts"][0]["forecast_lock"]["relief"] = {"over": 0.1}
    described = from_data(data)
    grid = Grid.of(described)
    ordered = locked(described, grid, expected_cells(described, grid)).ordered
    assert (ordered.sum(axis=0) // HOUR).tolist() == [144, 0, 0]


def test_a_run_is_settled_against_its_locks() -> None:
    """Through the floor: what is ordered is the requirement of the locked forecast, and no more is billed."""
    described = capped("INTERVAL", days=2)
    found = simulate(described, Experiment(replications=3, seed=7), floor="simpy")
    totals = document(found)["teams"][0]["total"]
    assert totals["ordered_hours"]["mean"] == 96.0
    assert totals["billable_hours"]["mean"] == pytest.approx(96 * 1.05)
    assert totals["productive_hours"]["mean"] == 192.0
    assert invoices(found)[0]["invoice"] == 1008.0


@pytest.mark.parametrize(("both", "share"), [(False, 0.5), (True, 0.75)])
def test_of_a_whole_queue_those_people_count_who_have_an_order(both: bool, share: float) -> None:
    """Acme and best answer half of the calls each, an order of one agent each. Acme's is there for 12 hours of 24,
    best's always: 12 of 24 hours ordered where acme alone has a lock, else 36 of 48."""
    delivered = clause(id="line", metric="STAFFING_DELIVERED", target=0.9, scope="QUEUE")
    data = agreed(held(slas=[delivered]), forecasts=[version(sep=3000)], **(SEPTEMBER | {"days": 1})).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    del data["queues"][1]
    data["vendors"][1]["teams"][0]["skills"] = [{"queue": "calls"}]
    data["queues"][0]["route"] = {"choice": "ALLOCATION", "allocation": [{"shares": {"acme": 0.5, "best": 0.5}}]}
    if both:
        data["vendors"][1]["contracts"] = [
            {"pricing": [{"kind": "PER_CONTACT", "rate": 2}]} | {"forecast_lock": {"lock_days": 60}}
        ]
    described = from_data(data)
    counters = blank(described)
    counters.groups[:12, 0, G.ON_FLOOR] = HOUR
    counters.groups[:, 1, G.ON_FLOOR] = HOUR
    assert clauses_of(settled(described, counters))["line"].windows[0].value.mean == share
