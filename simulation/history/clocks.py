"""From readings of a file's clock to instants: hours that a clock change skips or repeats, offsets, and mixed zones."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.grid import DAY, MINUTE, LocalClock, local_clock

Int64 = NDArray[np.int64]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = np.iinfo(np.int64).min
DAY_MINUTES = 1440


def clock_over(zone: ZoneInfo, first: int, last: int) -> LocalClock:
    """The wall clock of a zone around readings from `first` to `last`, in minutes since 1970-01-01T00:00."""
    return local_clock(zone, _EPOCH, first * MINUTE - 3 * DAY, last * MINUTE + 3 * DAY)


def instants_of(zone: ZoneInfo, readings: Int64) -> tuple[Int64, Int64]:
    """The first and, where a clock change repeats it, the second instant at which a clock shows each reading.

    Readings and instants in minutes since 1970-01-01T00:00, of the wall and of UTC. `NEVER` for the first of a reading
    that a clock change skips, and for the second of one that comes once.
    """
    clock = clock_over(zone, int(readings.min()), int(readings.max()))
    first, second = np.full(len(readings), NEVER), np.full(len(readings), NEVER)
    wanted = readings * MINUTE
    ends = np.append(clock.begins[1:], clock.end)
    for begin, end, shift in zip(clock.begins.tolist(), ends.tolist(), clock.shifts.tolist(), strict=True):
        instant = wanted - shift
        inside = (instant >= begin) & (instant < end)
        again = inside & (first != NEVER)
        second[again] = instant[again] // MINUTE
        first[inside & ~again] = instant[inside & ~again] // MINUTE
    return first, second


def readings_of(zone: ZoneInfo, instants: Int64) -> Int64:
    """What the wall clock of a zone shows at instants, both in minutes since 1970-01-01T00:00."""
    clock = clock_over(zone, int(instants.min()), int(instants.max()))
    return clock.readings(instants * MINUTE) // MINUTE
