"""Locked forecasts worked out by hand: which version is locked, how it is spread, what it relieves."""

from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import Counters
from simulation.scenario.grid import Grid
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import expected_cells
from simulation.world.planning.locked import locked
from tests.outcome.agreed import HOUR, SECOND, G, Q, agreed, clause, clauses_of, path, settled
from tests.outcome.forecasted import RATE, SEPTEMBER, held, level, version


def relieved(relief: dict[str, Any], *versions: dict[str, Any], lock_days: int = 60) -> Scenario:
    forecasts = list(versions) or [version(sep=3000)]
    return agreed(held(relief, lock_days), forecasts=forecasts, **SEPTEMBER)


def with_first_day(described: Scenario, **first: int) -> Counters:
    """100 calls a day, all in time, but for the first day's."""
    columns: dict[str, int] = {
        "offered": 100,
        "answered_in_time": 100,
        "handled": 100,
        "handle_time": 100 * 300 * SECOND,
    }
    changed = {name: dict.fromkeys(range(1, 30), value) for name, value in columns.items()}
    changed |= {name: {0: 0} for name in first if name not in changed}
    for name, value in first.items():
        changed[name][0] = value
    return path(described, **changed)


def test_a_day_on_the_limit_stays_and_one_contact_more_leaves() -> None:
    """100 a day are locked, 10 % over is 110. On 1 September none of the calls is in time: 110 stay, so 2,900 of 3,010
    are; 111 leave, and 2,900 of 2,900 are."""
    described = relieved({"over": 0.1})
    assert level(settled(described, with_first_day(described, offered=110))) == pytest.approx(2900 / 3010, rel=1e-15)
    assert level(settled(described, with_first_day(described, offered=111))) == 1.0


def test_only_first_attempts_are_held_against_the_lock() -> None:
    """120 offered, 6 tried again, 4 came back unsolved: 110 first attempts stay, of 120 offered the day would leave. Of
    those whom a bot could not help the first attempt at people is new."""
    changes = {"offered": 120, "offered_retrial": 6, "offered_repeat": 4, "offered_bot_failure": 50}
    first, every = relieved({"over": 0.1}), relieved({"over": 0.1, "counts": "OFFERED"})
    assert level(settled(first, with_first_day(first, **changes))) == pytest.approx(2900 / 3020, rel=1e-15)
    assert level(settled(every, with_first_day(every, **changes))) == 1.0


def test_longer_handling_than_the_locked_one_relieves() -> None:
    """300 s are locked, 5 % over is 315 s: 100 calls of 31,500 s in all stay, a microsecond more leaves."""
    described = relieved({"aht_over": 0.05})
    on_it = {"offered": 100, "handled": 100, "handle_time": 31_500 * SECOND}
    assert level(settled(described, with_first_day(described, **on_it))) == pytest.approx(29 / 30, rel=1e-15)
    over = on_it | {"handle_time": 31_500 * SECOND + 1}
    assert level(settled(described, with_first_day(described, **over))) == 1.0


@pytest.mark.parametrize(("lock_days", "limit"), [(60, 110), (32, 110), (31, 220), (0, 220)])
def test_the_version_in_force_at_the_lock_counts_and_no_later_one(lock_days: int, limit: int) -> None:
    """June says 3,000 and August, issued on the 1st, 6,000. September is locked on 3 July, on 31 July, on 1 August
    itself, on 1 September: June, June, August, August."""
    versions = [version(sep=3000), version("august", "2026-08-01", sep=6000)]
    described = relieved({"over": 0.1}, *versions, lock_days=lock_days)
    assert level(settled(described, with_first_day(described, offered=limit))) == pytest.approx(2900 / (2900 + limit))
    assert level(settled(described, with_first_day(described, offered=limit + 1))) == 1.0


def test_a_version_that_leaves_a_month_out_does_not_end_the_one_that_covers_it() -> None:
    """July's version is of October alone: June's stays in force for September."""
    versions = [version(sep=3000), version("july", "2026-07-01", oct=9000)]
    described = relieved({"over": 0.1}, *versions)
    assert level(settled(described, with_first_day(described, offered=111))) == 1.0


def test_relief_is_of_each_replication_by_itself() -> None:
    """111 calls in one replication, 110 in the other: 100 % and 2,900 / 3,010."""
    described = relieved({"over": 0.1})
    found = settled(described, with_first_day(described, offered=111), with_first_day(described, offered=110))
    value = clauses_of(found)["sl"].windows[0].value
    assert value.under is not None
    assert (value.over / value.under).tolist() == [1.0, 2900 / 3010]


@pytest.mark.parametrize(("granularity", "leaves"), [("INTERVAL", 1), ("DAY", 0), ("WEEK", 0), ("MONTH", 0)])
def test_periods_are_of_the_granularity(granularity: str, leaves: int) -> None:
    """110 calls in the first hour of the month, none in time; 4.17 are locked there, 100 in the day, 700 in the week:
    only the hour leaves, with it all of the day's calls."""
    described = relieved({"over": 0.1, "granularity": granularity})
    counters = path(described)
    counters.queues[0, 0, Q.OFFERED] = 110
    counters.queues[24:48, 0, [Q.OFFERED, Q.ANSWERED_IN_TIME]] = 4
    assert level(settled(described, counters)) == (1.0 if leaves else 96 / 206)


def test_a_week_and_a_month_leave_as_a_whole() -> None:
    """The first week has 771 calls, over 1.1 x 700 = 770, the month 3,071 of 3,300: by week the other 23 days stay, all
    in time; by month nothing leaves, 71 of 3,071 were late."""
    for granularity, value in (("WEEK", 1.0), ("MONTH", 3000 / 3071)):
        described = relieved({"over": 0.1, "granularity": granularity})
        counters = path(described, offered=100, answered_in_time=100)
        counters.queues[0, 0, Q.OFFERED] = 171
        assert level(settled(described, counters)) == pytest.approx(value, rel=1e-15)


def test_fewer_contacts_relieve_staffing_and_no_service() -> None:
    """89 calls on the first day, 10 % under is 90. The level keeps the day, 0 of 89 in time; of the staffing the day
    leaves, on which nobody was there. With 90 it stays: 29 of 30 days were delivered."""
    relief = {"under": 0.1}
    staffing = clause(id="staff", metric="STAFFING_DELIVERED", counts={"exclude": ["FORECAST"]})
    contract = held(relief, slas=[clause(counts={"exclude": ["FORECAST"]}), staffing])
    described = agreed(contract, forecasts=[version(sep=3000)], **SEPTEMBER)
    for calls, delivered in ((89, 1.0), (90, 29 / 30)):
        counters = with_first_day(described, offered=calls)
        counters.groups[24:, 0, G.ON_FLOOR] = 2 * HOUR
        found = settled(described, counters)
        assert level(found) == pytest.approx(2900 / (2900 + calls), rel=1e-15)
        assert level(found, "staff") == pytest.approx(delivered, rel=1e-15)


def volumes_of(described: Scenario) -> np.ndarray[Any, Any]:
    """Locked calls by day."""
    grid = Grid.of(described)
    found = locked(described, grid, expected_cells(described, grid)).volumes[0, :, 0]
    return np.bincount(grid.day_of_interval, found) / 1e6


def test_a_month_is_spread_by_weekday_month_profile_and_hour() -> None:
    """Open Monday to Friday, Mondays weigh 2, the first working day 3 times as much: 1 September, a Tuesday, 3; 4
    Mondays 2 each, 17 other days 1 each: 28 parts of 2,800. Season, growth and events are none of the forecast's. From
    12:00 on three quarters of an hour's weight: 9 hours of it come to as much as 12."""
    demand = {
        "weekly_volume": 5,
        "weekday_weights": {"MON": 2},
        "month_profile": {"WD1": 3},
        "time_of_day_weights": [{"weights": {"00:00": 1, "12:00": 3}}],
        "season": {"months": {"SEP": 7}},
        "growth_per_year": 1.0,
        "events": [{"name": "Sale", "start": "2026-09-10", "multiplier": 4}],
        "shocks": [{"start": "2026-09-11T10:00", "hours": 1, "add": 500}],
    }
    data = agreed(held(), forecasts=[version(sep=2800)], **SEPTEMBER).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    days = ["MON", "TUE", "WED", "THU", "FRI"]
    data["queues"][0] |= {"demand": demand, "hours": [{"days": days, "open": "00:00", "close": "24:00"}]}
    described = from_data(data)
    by_day = volumes_of(described)
    wanted = [0.0 if day.weekday() > 4 else 200.0 if day.weekday() == 0 else 100.0 for day in described.horizon.dates]
    wanted[0] = 300.0
    assert by_day.tolist() == pytest.approx(wanted, abs=1e-6)
    grid = Grid.of(described)
    first = locked(described, grid, expected_cells(described, grid)).volumes[0, :24, 0] / 1e6
    assert (first[:12].sum(), first[12:].sum()) == pytest.approx((75.0, 225.0), abs=1e-5)


def test_a_date_of_the_forecast_replaces_its_part_of_the_month() -> None:
    data = version(sep=3000)
    data["queues"]["calls"]["volumes"]["2026-09-15"] = 400
    by_day = volumes_of(agreed(held(), forecasts=[data], **SEPTEMBER))
    assert by_day.tolist() == pytest.approx([100.0] * 14 + [400.0] + [100.0] * 15, abs=1e-6)


def test_a_queue_without_weights_is_spread_as_its_volume_lies_on_average() -> None:
    """A series of four weeks: 30 calls at noon and 10 at one on Mondays, half of that on Tuesdays, else none. September
    begins on a Tuesday: 4 Mondays of 2 parts, 5 Tuesdays of 1: 13 parts of 1,300; three quarters of each at noon."""
    week = np.zeros(168)
    week[[12, 13, 36, 37]] = 30, 10, 15, 5  # Monday and Tuesday
    series = {"start": "2026-08-31T00:00", "minutes": 60, "volumes": np.tile(week, 5).tolist()}
    data = agreed(held(), forecasts=[version(sep=1300)], **SEPTEMBER).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    data["queues"][0]["demand"] = {"series": series}
    described = from_data(data)
    by_day = volumes_of(described)
    wanted = [{0: 200.0, 1: 100.0}.get(day.weekday(), 0.0) for day in described.horizon.dates]
    assert by_day.tolist() == pytest.approx(wanted, abs=1e-5)
    grid = Grid.of(described)
    hours = locked(described, grid, expected_cells(described, grid)).volumes[0, :24, 0] / 1e6
    assert (hours[12], hours[13]) == pytest.approx((75.0, 25.0), abs=1e-5)


def test_a_contract_of_another_vendor_may_lock_the_same_queue_earlier() -> None:
    """Acme locks 60 days before, 3,000; best 20 days before, 6,000; 150 calls on the first day leave acme's level
    alone, as they are over 110 and under 220."""
    levels = [clause(id=name, scope="QUEUE", counts={"exclude": ["FORECAST"]}) for name in ("early", "late")]
    versions = [version(sep=3000), version("august", "2026-08-01", sep=6000)]
    both = [held({"over": 0.1}, lock, slas=[one]) for lock, one in zip((60, 20), levels, strict=True)]
    data = agreed(both[0], {"pricing": [RATE]}, forecasts=versions, **SEPTEMBER).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    data["vendors"][1]["teams"][0]["skills"].append({"queue": "calls"})
    data["vendors"][1]["contracts"] = [both[1]]
    described = from_data(data)
    found = settled(described, with_first_day(described, offered=150))
    assert [level(found, name) for name in ("early", "late")] == [1.0, pytest.approx(2900 / 3050)]
