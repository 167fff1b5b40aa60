"""Times of teams by day that contracts and costs ask for, and that the counters by day do not tell.

They are the hours of the night and of public holidays, those on overtime or of the bench that are productive, those of
people past nesting, and those of people in training. Which of them a scenario has says `asked_times`.

Of hours that are billed up to a cap, those over it are the dear ones first: a premium is charged for

    max(0, its hours - (productive - billable hours of the line))

of each interval, or of each day. In proportion instead a vendor would earn more by staffing the night beyond the cap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.counts import by_day
from simulation.outcome.counting.counters import GroupField, TimeField
from simulation.outcome.money.billable_hours import Billing
from simulation.scenario.contracts.billable import CapBy
from simulation.scenario.contracts.night import Night
from simulation.scenario.grid import DAY, MINUTE, Grid, day_number
from simulation.scenario.people.public_holidays import public_holidays
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Site, Team

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]
_G, _T = GroupField, TimeField

MINUTES_A_DAY = 24 * 60


class Time(StrEnum):
    """Which of a team's time."""

    PAID = "PAID"
    PRODUCTIVE = "PRODUCTIVE"
    PAST_NESTING = "PAST_NESTING"  # productive, but that of people in nesting
    OVERTIME = "OVERTIME"  # paid
    SURGE = "SURGE"  # paid
    PRODUCTIVE_OVERTIME = "PRODUCTIVE_OVERTIME"
    PRODUCTIVE_SURGE = "PRODUCTIVE_SURGE"
    OVERRUN = "OVERRUN"  # productive, and nobody pays it: agents who finish a contact after their hours
    TRAINING_GROWTH = "TRAINING_GROWTH"
    TRAINING_REPLACEMENT = "TRAINING_REPLACEMENT"


OF_DAYS = {
    Time.PAID: GroupField.ROSTERED,
    Time.PRODUCTIVE: GroupField.ON_FLOOR,
    Time.OVERTIME: GroupField.OVERTIME,
    Time.SURGE: GroupField.SURGE,
}
"""What the counters of teams by day tell, too."""
FOLDS = {Time.TRAINING_GROWTH: 7, Time.TRAINING_REPLACEMENT: 7}
"""How many counts a microsecond is, where it is not one: a week's pay is counted by the day, a seventh of it each."""


@dataclass(frozen=True)
class ChargedTime:
    """Time of a team, by its place: all of it, that of the night or that of public holidays."""

    team: int
    time: Time
    night: Night | None = None
    on_holidays: bool = False

    @property
    def parts(self) -> tuple["ChargedTime", ...]:
        """Itself."""
        return (self,)

    @property
    def is_whole(self) -> bool:
        """Whether it is that of all hours."""
        return self.night is None and not self.on_holidays

    @property
    def fold(self) -> int:
        """How many counts a microsecond is."""
        return FOLDS.get(self.time, 1)

    @property
    def told(self) -> str:
        """It in words."""
        time = self.time.value.lower().replace("_", " ")
        if self.night is not None:
            return f"{time} time from {self.night.from_} to {self.night.to}"
        return f"{time} time on holidays" if self.on_holidays else f"{time} time"


@dataclass(frozen=True)
class CappedTime:
    """Of times that a premium makes dearer what is billed with a line's capped hours."""

    parts: tuple[ChargedTime, ...]
    billing: Billing

    @property
    def team(self) -> int:
        """The place of the first team."""
        return self.parts[0].team

    @property
    def fold(self) -> int:
        """That of its parts."""
        return self.parts[0].fold

    @property
    def told(self) -> str:
        """It in words."""
        return f"{self.parts[0].told} up to a cap"


Asked = ChargedTime | CappedTime
"""What is asked for, by day."""


def when(asked: ChargedTime, scenario: Scenario, grid: Grid) -> Bool | None:
    """Bool (intervals,): those that begin in the night or on a holiday, by the clock of the team's site; None: all."""
    if asked.is_whole:
        return None
    team = scenario.teams[asked.team]
    site = next(site for vendor in scenario.vendors for site in vendor.sites if site.id == team.site)
    readings = grid.clock(site.timezone or scenario.timezone).readings(grid.interval_starts)
    if asked.night is not None:
        night = np.array([asked.night.holds(minute) for minute in range(MINUTES_A_DAY)])
        return np.asarray(night[readings // MINUTE % MINUTES_A_DAY])
    return np.isin(readings // DAY, _holidays(team, site, grid))


def _holidays(team: Team, site: Site, grid: Grid) -> list[int]:
    own = team.workforce.holidays if team.workforce is not None else None
    calendar = site.country if own is None or own.calendar is None else own.calendar
    years = grid.dates[0].year - 1, grid.dates[-1].year + 1  # the site's clock may be a day ahead or behind
    dates = public_holidays(calendar, *years) | set(own.extra if own is not None else ())
    return [day_number(day) for day in dates]


def count_times(
    asked: Sequence[Asked], masks: Mapping[ChargedTime, Bool | None], groups: Int64, times: Int64, cuts: Int64
) -> Int64:
    """Int64 (replications, days, asked), agent microseconds.

    masks: `when` of each part. groups: Int64 (replications, intervals, teams, GroupField). times: Int64 (replications,
    intervals, teams, TimeField). cuts: Int64 (days + 1,), each day's first interval.
    """
    found = np.zeros((len(groups), len(cuts) - 1, len(asked)), np.int64)
    for place, one in enumerate(asked):
        spent = np.zeros(groups.shape[:2], np.int64)
        for part in one.parts:
            own, mask = _spent(part.time, groups[:, :, part.team], times[:, :, part.team]), masks[part]
            spent += own if mask is None else own * mask
        if isinstance(one, CappedTime):
            found[:, :, place] = _billed(one.billing, spent, groups, times, cuts)
        else:
            found[:, :, place] = _of_days(spent, cuts)
    return found


def _billed(billing: Billing, dear: Int64, groups: Int64, times: Int64, cuts: Int64) -> Int64:
    """Int64 (replications, days): of the dear time of intervals what the unbilled one leaves."""
    worked = Time.PRODUCTIVE if billing.rule.nesting else Time.PAST_NESTING
    productive = sum((_spent(worked, groups[:, :, t], times[:, :, t]) for t in billing.teams), np.zeros(1, np.int64))
    unbilled = productive - groups[:, :, billing.teams, _G.BILLABLE].sum(axis=2)
    if billing.rule.cap_by is CapBy.INTERVAL:
        return _of_days(np.maximum(dear - unbilled, 0), cuts)
    billed: Int64 = np.maximum(_of_days(dear, cuts) - _of_days(unbilled, cuts), 0)
    return billed


def _of_days(spent: Int64, cuts: Int64) -> Int64:
    return by_day(spent[..., None], cuts)[..., 0]


def _spent(time: Time, of_floor: Int64, further: Int64) -> Int64:
    """Int64 (replications, intervals). Of the overtime and the bench that were planned on the floor, what an outage or
    time off keeps from it counts no more where not even they are left on it."""
    on_floor = of_floor[..., _G.ON_FLOOR]
    match time:
        case Time.PAID:
            found = of_floor[..., _G.ROSTERED]
        case Time.PRODUCTIVE:
            found = on_floor
        case Time.PAST_NESTING:
            found = on_floor - further[..., _T.NESTING]
        case Time.OVERTIME:
            found = of_floor[..., _G.OVERTIME]
        case Time.SURGE:
            found = of_floor[..., _G.SURGE]
        case Time.PRODUCTIVE_OVERTIME:
            found = np.minimum(further[..., _T.OVERTIME_ON_FLOOR], on_floor)
        case Time.PRODUCTIVE_SURGE:
            found = np.minimum(further[..., _T.SURGE_ON_FLOOR], on_floor)
        case Time.OVERRUN:
            away = of_floor[..., _G.ABSENT] + of_floor[..., _G.IN_OFFICE] + of_floor[..., _G.MENTORING]
            found = on_floor + away + of_floor[..., _G.UNAVAILABLE] - of_floor[..., _G.ROSTERED]
        case Time.TRAINING_GROWTH:
            found = further[..., _T.TRAINING_GROWTH]
        case Time.TRAINING_REPLACEMENT:
            found = further[..., _T.TRAINING_REPLACEMENT]
    return np.asarray(found)
