"""Nine to five stays nine to five on the wall, through both clock changes of a year, north and south."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulation.outcome.counters import GroupField, QueueField
from simulation.replication import World, replicate
from tests.world.sketch import sketch

ZONES = ["America/New_York", "Europe/Berlin", "Australia/Sydney"]
WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI"]
NINE_TO_FIVE = {"days": WEEKDAYS, "open": "09:00", "close": "17:00"}


@pytest.mark.parametrize("zone", ZONES)
def test_shifts_and_profiles_stay_local_through_both_clock_changes(zone: str) -> None:
    scenario = sketch(
        start="2026-01-05",
        zone="UTC",
        site_zone=zone,
        weeks=52,
        demand={"weekly_volume": 2000, "time_of_day_weights": [{"weights": {"09:00": 1.0, "13:00": 2.0}}]},
        queue={"hours": [NINE_TO_FIVE], "timezone": zone},
        team={"workforce": {"headcount": 12}, "shifts": [{"start": "09:00", "hours": 8, "days": WEEKDAYS}]},
    )
    world = World.of(scenario)
    counters = replicate(world, 1, 0)
    local = [world.grid.instant(int(at)).astimezone(ZoneInfo(zone)) for at in world.grid.interval_starts]
    works = np.array([time.weekday() < 5 and 9 <= time.hour < 17 for time in local])
    assert len({time.utcoffset() for time in local}) == 2  # both changes lie in the year

    rostered = counters.groups[:, 0, GroupField.ROSTERED] / world.grid.interval_lengths
    offered = counters.queues[:, 0, QueueField.OFFERED]
    assert rostered.tolist() == pytest.approx((12.0 * works).tolist())
    assert not offered[~works].any()
    afternoon = np.array([time.hour >= 13 for time in local])
    for month in range(1, 13):
        here = works & np.array([time.month == month for time in local])
        assert offered[here & afternoon].sum() / offered[here].sum() == pytest.approx(2 / 3, abs=0.03)


@pytest.mark.parametrize("zone", ZONES)
def test_what_is_required_stays_local_too(zone: str) -> None:
    scenario = sketch(start="2026-01-05", zone="UTC", weeks=52, queue={"hours": [NINE_TO_FIVE], "timezone": zone})
    world = World.of(scenario)
    local = [world.grid.instant(int(at)).astimezone(ZoneInfo(zone)) for at in world.grid.interval_starts]
    works = [time.weekday() < 5 and 9 <= time.hour < 17 for time in local]
    assert (world.requirement.agents[:, 0] > 0).tolist() == works
