"""Meters: what is counted day by day in whole numbers, and how many of these make one unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import STAYS, GroupField, PayrollField
from simulation.outcome.counting.locked import LockedDays
from simulation.outcome.money.asked_times import charged_times
from simulation.outcome.money.charged_times import Asked
from simulation.scenario.contracts.attribution import Served
from simulation.scenario.contracts.windows import Window
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]

MICROSECONDS_AN_HOUR = Decimal(3_600_000_000)
DAYS_A_WEEK = 7
_G = GroupField


@dataclass(frozen=True, eq=False)
class Meter:
    """Counts of the days and their weights.

    parts: Int64 (replications, days), and what one of them weighs
    unit:  weighted counts that make one unit; of a weekly average, one unit for a week
    is_average: units are a month's average, charged by the share of the month that the horizon has
    named: what a unit is called
    more:  of a premium, the share of the rate that a unit costs more: multiplier - 1
    """

    parts: tuple[tuple[Int64, Decimal], ...]
    unit: Decimal
    is_average: bool = False
    named: str = ""
    more: Decimal | None = None

    @property
    def times(self) -> Decimal:
        """The share of the rate that a unit is charged at."""
        return Decimal(1) if self.more is None else self.more

    @property
    def replications(self) -> int:
        """How many there are."""
        return len(self.parts[0][0])

    def units(self, first: int, end: int) -> list[Decimal]:
        """Weighted counts of the days [first, end) in every replication."""
        columns = [(days[:, first:end].sum(axis=1).tolist(), weight) for days, weight in self.parts]
        return [
            sum((Decimal(one[r]) * weight for one, weight in columns), Decimal(0)) for r in range(self.replications)
        ]

    def scales(self, month: Window, month_days: int) -> tuple[Decimal, Decimal]:
        """How many weighted counts are one unit of a band in a month, and how many are charged as one unit."""
        if not self.is_average:
            return self.unit, self.unit
        return (self.unit * (month.end - month.first) / DAYS_A_WEEK, self.unit * month_days / DAYS_A_WEEK)


@dataclass(frozen=True, eq=False)
class Counted:
    """What was counted of a scenario by day.

    queues: Int64 (replications, days, queues, QueueField). teams: Int64 (replications, days, teams, GroupField)
    times: Int64 (replications, days, `charged_times`), what contracts and costs ask for besides
    locked: what forecasts locked
    exits:  Int64 (replications, vendors), the day on which a vendor's handover begins, STAYS where none does
    payroll: Int64 (replications, days, teams, PayrollField)
    """

    scenario: Scenario
    queues: Int64
    teams: Int64
    times: Int64
    locked: LockedDays
    exits: Int64
    payroll: Int64

    def hours_capped(self, queues: Sequence[str], served: Served) -> tuple[Meter, Meter]:
        """Productive and ordered hours of the teams that may answer some queues."""
        teams = [t for t, team in enumerate(self.scenario.teams) if team.id in served.teams_of(queues)]
        productive, ordered = (self.teams[:, :, teams, field].sum(axis=2) for field in (_G.ON_FLOOR, _G.ORDERED))
        return plain(productive, MICROSECONDS_AN_HOUR), plain(ordered, MICROSECONDS_AN_HOUR)

    def time(self, asked: Asked) -> Int64:
        """Int64 (replications, days), agent microseconds."""
        return self.times[:, :, self._asked.index(asked)]

    @cached_property
    def _asked(self) -> tuple[Asked, ...]:
        return charged_times(self.scenario)

    def ends(self, vendor: int) -> Int64:
        """Int64 (replications,): the day, by number, on which a vendor, by its place, is there no more: the first after
        its handover, or after the horizon."""
        name, days = self.scenario.vendors[vendor].id, self.teams.shape[1]
        exits = [one for one in self.scenario.events if one.kind is EventKind.VENDOR_EXIT and one.vendor == name]
        begins = self.exits[:, vendor]
        if not exits:
            return np.full(len(begins), days)
        return np.where(begins == STAYS, days, np.minimum(begins + DAYS_A_WEEK * (exits[0].handover_weeks or 0), days))

    def heads(self, team: int) -> Int64:
        """Int64 (replications, days): everybody on a team's payroll on a day; of given agents the most, until
        their vendor is there no more."""
        described = self.scenario.teams[team]
        if described.workforce is None:
            owner = next(v for v, one in enumerate(self.scenario.vendors) if described.id in {t.id for t in one.teams})
            days = np.arange(self.teams.shape[1])
            return np.where(days < self.ends(owner)[:, None], described.heads, 0).astype(np.int64)
        return self.payroll[:, :, team, PayrollField.HEADS]


def plain(days: Int64, unit: Decimal = Decimal(1)) -> Meter:
    """Of counts by day that weigh alike."""
    return Meter(((days, Decimal(1)),), unit)


def seats(heads: Int64) -> Meter:
    """Of heads by day, charged by the month."""
    return Meter(((heads, Decimal(1)),), Decimal(DAYS_A_WEEK), is_average=True)
