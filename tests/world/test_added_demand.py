"""Demand beside the profile: shares of another queue, shocks, batches."""

from datetime import datetime
from typing import Any

import numpy as np
import pytest

from simulation.scenario.grid import HOUR, MINUTE, Grid
from simulation.scenario.scenario import Scenario
from simulation.world.demand.arrivals import NUMBER_BITS, QueueArrivals, trace
from simulation.world.demand.cells import BATCH_MINUTE, Cells, closings, expected_cells, handling_multipliers
from simulation.world.randomness import Draws
from tests.world.sketch import sketch

NINE_TO_FIVE = [{"days": ["MON", "TUE", "WED", "THU", "FRI"], "open": "09:00", "close": "17:00"}]


def by_hour(scenario: Scenario, q: int = 0) -> list[float]:
    grid = Grid.of(scenario)
    cells = expected_cells(scenario, grid)[q]
    return list(np.bincount(cells.start // HOUR, cells.volume, grid.horizon // HOUR))


def batches_of(scenario: Scenario, q: int = 0) -> list[tuple[datetime, float]]:
    """Local times at which batches arrive, and the contacts expected."""
    grid = Grid.of(scenario)
    cells = expected_cells(scenario, grid)[q]
    at_once = cells.length == 0
    assert (cells.interval == cells.start // grid.interval).all()
    assert (np.diff(cells.start) >= 0).all()
    return [
        (grid.instant(start).replace(tzinfo=None), volume)
        for start, volume in zip(cells.start[at_once].tolist(), cells.volume[at_once].tolist(), strict=True)
    ]


def mail(demand: dict[str, Any], **calendar: Any) -> Scenario:
    queue = {"channel": "EMAIL", "hours": calendar.pop("hours", NINE_TO_FIVE), "closed": calendar.pop("closed", [])}
    return sketch(demand={"weekly_volume": 0, **demand}, queue=queue, **calendar)


def test_a_shock_lies_evenly_on_the_open_part_of_its_hours() -> None:
    shock = {"start": "2026-06-01T16:00", "hours": 18, "add": 60}
    scenario = sketch(demand={"weekly_volume": 400, "shocks": [shock]}, queue={"hours": NINE_TO_FIVE}, days=2)

    # open from 16:00 to 17:00 and from 09:00 to 10:00: 30 contacts an hour on top of ten
    assert by_hour(scenario)[9:18] == pytest.approx([10] * 7 + [40, 0])
    assert by_hour(scenario)[33:42] == pytest.approx([40] + [10] * 7 + [0])


def test_a_shock_takes_no_event_and_reaches_past_the_horizon_with_its_part() -> None:
    shock = {"start": "2026-06-01T18:00", "hours": 12, "add": 120}
    sale = {"name": "Sale", "start": "2026-06-01", "multiplier": 3.0}
    scenario = sketch(demand={"weekly_volume": 168, "shocks": [shock], "events": [sale]}, days=1)

    assert by_hour(scenario) == pytest.approx([3.0] * 18 + [13.0] * 6)


def test_a_shock_begins_by_the_queue_s_own_clock() -> None:
    shock = {"start": "2026-06-01T18:30", "hours": 1, "add": 60}
    scenario = sketch(demand={"weekly_volume": 0, "shocks": [shock]}, queue={"timezone": "Asia/Manila"}, days=1)

    assert by_hour(scenario)[9:13] == pytest.approx([0, 30, 30, 0])


def test_a_shock_in_closed_hours_is_lost() -> None:
    shock = {"start": "2026-06-01T18:00", "hours": 3, "add": 60}
    scenario = sketch(demand={"weekly_volume": 0, "shocks": [shock]}, queue={"hours": NINE_TO_FIVE}, days=2)

    assert sum(by_hour(scenario)) == 0


def test_batches_arrive_on_days_of_the_week_and_working_days_of_the_month() -> None:
    batch = {"on": ["SAT", "WD1", "WD-1"], "at": "06:00", "volume": 900}
    scenario = mail({"batches": [batch]}, start="2026-05-28", days=7, closed=["2026-06-01"])

    # the last working day of May is Friday the 29th; the first of June is Tuesday the 2nd, as Monday is closed
    six = [datetime(2026, 5, 29, 6), datetime(2026, 5, 30, 6), datetime(2026, 6, 2, 6)]
    assert batches_of(scenario) == [(at, 900) for at in six]


def test_a_day_named_twice_has_one_batch_and_two_batches_at_one_time_are_one() -> None:
    first = {"on": ["MON", "WD1"], "at": "06:00", "volume": 10}
    second = {"on": ["MON", "TUE"], "at": "06:00", "volume": 5}
    scenario = mail({"batches": [first, second]}, days=3)

    assert batches_of(scenario) == [(datetime(2026, 6, 1, 6), 15), (datetime(2026, 6, 2, 6), 5)]


def test_a_closed_date_loses_its_batch_and_hours_do_not_matter() -> None:
    batch = {"on": ["MON", "TUE", "SUN"], "at": "23:45", "volume": 10}
    scenario = mail({"batches": [batch]}, closed=["2026-06-02"])

    assert batches_of(scenario) == [(datetime(2026, 6, 1, 23, 45), 10), (datetime(2026, 6, 7, 23, 45), 10)]


def test_a_batch_in_the_hour_that_a_clock_change_skips_arrives_at_the_change() -> None:
    scenario = mail(
        {"batches": [{"on": ["SUN"], "at": "02:30", "volume": 10}]}, start="2026-03-07", days=2, zone="America/New_York"
    )

    assert batches_of(scenario) == [(datetime(2026, 3, 8, 3), 10)]


def test_a_batch_s_contacts_come_at_one_instant_under_names_of_their_own() -> None:
    scenario = mail({"weekly_volume": 3000, "batches": [{"on": ["MON"], "at": "09:30", "volume": 400}]}, days=1)
    grid = Grid.of(scenario)
    cells, multipliers = expected_cells(scenario, grid)[0], handling_multipliers(scenario, grid)[0]
    counts = []
    for replication in range(200):
        arrivals = QueueArrivals(scenario.queues[0], cells, multipliers, Draws(1, replication))
        drawn = trace([arrivals], 0, grid.intervals)
        in_batch = drawn.number >> NUMBER_BITS >= BATCH_MINUTE
        counts.append(int(in_batch.sum()))
        assert set(drawn.arrives[in_batch].tolist()) == {570 * MINUTE}
        assert len(set(drawn.number.tolist())) == len(drawn)
        assert (np.diff(drawn.arrives) >= 0).all()
    assert np.mean(counts) == pytest.approx(400, abs=4 * 20 / np.sqrt(200))  # Poisson: sd is the root of the mean
    assert np.var(counts) == pytest.approx(400, rel=4 * np.sqrt(2 / 200))


def with_share(demand: dict[str, Any], share: dict[str, Any], **calendar: Any) -> Scenario:
    """Orders by phone, and a second queue whose demand is a share of theirs."""
    base = sketch(demand=demand, **calendar).model_dump(mode="json", by_alias=True)
    second = {"id": "second", "handling": {"mean_seconds": 300}, **share}
    skills = [{"queue": "orders"}, {"queue": "second"}]
    base["vendors"][0]["teams"][0]["skills"] = skills
    return Scenario.model_validate({**base, "queues": [second, *base["queues"]]})


def test_a_share_of_a_queue_has_its_volume_hour_by_hour_and_takes_none_away() -> None:
    demand = {
        "weekly_volume": 7000,
        "weekday_weights": {"MON": 2.0},
        "time_of_day_weights": [{"weights": {"00:00": 1, "12:00": 3}}],
        "events": [{"name": "Sale", "start": "2026-06-02", "multiplier": 2.0}],
        "shocks": [{"start": "2026-06-03T09:00", "hours": 1, "add": 500}],
    }
    scenario = with_share(demand, {"demand": {"share_of": "orders", "share": 0.2}})

    assert by_hour(scenario, 0) == pytest.approx([0.2 * volume for volume in by_hour(scenario, 1)])
    assert by_hour(scenario, 1) == pytest.approx(by_hour(sketch(demand=demand)))


def test_a_share_keeps_its_own_hours_events_and_shocks() -> None:
    own = {
        "share_of": "orders",
        "share": 0.5,
        "events": [{"name": "Campaign", "start": "2026-06-02", "multiplier": 3.0}],
        "shocks": [{"start": "2026-06-01T10:00", "hours": 1, "add": 7}],
    }
    hours = [{"open": "10:00", "close": "12:00"}]
    scenario = with_share({"weekly_volume": 7 * 240}, {"demand": own, "hours": hours}, days=2)

    assert by_hour(scenario, 0)[10:12] == pytest.approx([12, 5])
    assert by_hour(scenario, 0)[34:36] == pytest.approx([15, 15])
    assert sum(by_hour(scenario, 0)) == pytest.approx(12 + 5 + 15 + 15)  # what comes while it is closed is lost
    assert closings(scenario, Grid.of(scenario))[0].tolist() == [12 * HOUR, 36 * HOUR]


def test_a_share_of_a_share_in_another_zone_takes_batches_too() -> None:
    base = mail({"weekly_volume": 400, "batches": [{"on": ["TUE"], "at": "06:00", "volume": 100}]}, days=2)
    data = base.model_dump(mode="json", by_alias=True)
    chain = [
        {
            "id": name,
            "channel": "CASE",
            "timezone": "Asia/Manila",
            "handling": {"mean_seconds": 60},
            "demand": {"share_of": of, "share": 0.5},
        }
        for name, of in (("first", "second"), ("second", "orders"))
    ]
    data["queues"] = [*chain, *data["queues"]]
    data["vendors"][0]["teams"][0]["skills"] = [{"queue": queue["id"]} for queue in data["queues"]]
    scenario = Scenario.model_validate(data)

    assert batches_of(scenario, 0) == [(datetime(2026, 6, 2, 6), 25)]
    assert by_hour(scenario, 0) == pytest.approx([volume / 4 for volume in by_hour(scenario, 2)])


def test_a_cell_knows_the_queue_s_date_and_the_scenario_s_week() -> None:
    scenario: Scenario = sketch(queue={"timezone": "Asia/Manila"}, days=8)
    grid = Grid.of(scenario)
    cells: Cells = expected_cells(scenario, grid)[0]
    local = [datetime(1970, 1, 1).toordinal() + int(day) for day in cells.day]
    manila = grid.clock("Asia/Manila").readings(cells.start) // (24 * HOUR)
    assert cells.day.tolist() == manila.tolist()
    assert local[0] == datetime(2026, 6, 1).toordinal()
    assert local[-1] == datetime(2026, 6, 9).toordinal()
    assert cells.week.tolist() == [0] * (7 * 48) + [1] * 48
