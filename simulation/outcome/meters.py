"""What a line of pricing counts, day by day in whole numbers, and how many of them make one unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, reduce
from operator import mul

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.charged_times import Asked, asked_by, charged_times
from simulation.outcome.counters import STAYS, GroupField, PayrollField, QueueField
from simulation.outcome.locked import LockedDays
from simulation.scenario.attribution import Served
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.money import decimal_of
from simulation.scenario.pricing import KIND_OF_UNIT, ONCE, Pricing, PricingKind
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team
from simulation.scenario.windows import Window

Int64 = NDArray[np.int64]

MICROSECONDS_AN_HOUR = Decimal(3_600_000_000)
DAYS_A_WEEK = 7
FULL_TIME_HOURS = 40.0
"""A week, of given agents."""
_G = GroupField


@dataclass(frozen=True, eq=False)
class Meter:
    """Counts of the days and their weights.

    parts: Int64 (replications, days), and what one of them weighs
    unit:  weighted counts that make one unit; of a weekly average, one unit for a week
    is_average: units are a month's average, charged by the share of the month that the horizon has
    times: the share of the rate that a unit is charged at: of a premium, multiplier - 1
    """

    parts: tuple[tuple[Int64, Decimal], ...]
    unit: Decimal
    is_average: bool = False
    times: Decimal = Decimal(1)

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

    def meter(self, pricing: Pricing, hours: Pricing | None, queues: Sequence[str], served: Served) -> Meter | None:
        """Of a line of pricing and the queues that it charges for; None for a kind without units. `hours`: the line
        that charges for what a premium makes dearer, None of other kinds.

        Raises KeyError for a kind that nothing is counted of.
        """
        kind = KIND_OF_UNIT[pricing.unit] if pricing.unit is not None else pricing.kind
        if kind in ONCE:
            return None
        teams = [(t, team) for t, team in enumerate(self.scenario.teams) if team.id in served.teams_of(queues)]
        asked = asked_by(pricing, hours, queues, served, {team.id: t for t, team in enumerate(self.scenario.teams)})
        if asked:
            unit = MICROSECONDS_AN_HOUR * (DAYS_A_WEEK if kind is PricingKind.PER_TRAINING_HOUR else 1)
            times = Decimal(1) if pricing.multiplier is None else decimal_of(pricing.multiplier) - 1
            return Meter(tuple((self.time(one), Decimal(1)) for one in asked), unit, times=times)
        if kind is PricingKind.PER_FTE_MONTH:
            return self._fte(teams)
        if kind is PricingKind.PER_SEAT_MONTH:
            return seats(sum((self.heads(t) for t, _ in teams), np.zeros((1, 1), np.int64)))
        places = [q for q, queue in enumerate(self.scenario.queues) if queue.id in queues]
        if kind is PricingKind.PER_RESOLUTION:
            own = self.queues[:, :, places]
            solved = own[..., QueueField.ARRIVED_ANSWERED] - own[..., QueueField.REPEATED]
            return Meter(((solved.sum(axis=2), Decimal(1)),), Decimal(1))
        by_queue, by_team, unit = METERS[kind]
        by_team = by_team if pricing.billable is None else _G.BILLABLE
        if by_queue is not None and served.is_alone(queues):
            counted = self.queues[:, :, places, by_queue].sum(axis=2)
        else:
            counted = self.teams[:, :, [t for t, _ in teams], by_team].sum(axis=2)
        return Meter(((counted, Decimal(1)),), unit)

    def hours_capped(self, queues: Sequence[str], served: Served) -> tuple[Meter, Meter]:
        """Productive and ordered hours of the teams that may answer some queues."""
        teams = [t for t, team in enumerate(self.scenario.teams) if team.id in served.teams_of(queues)]
        productive, ordered = (self.teams[:, :, teams, field].sum(axis=2) for field in (_G.ON_FLOOR, _G.ORDERED))
        one = Meter(((productive, Decimal(1)),), MICROSECONDS_AN_HOUR)
        return one, Meter(((ordered, Decimal(1)),), MICROSECONDS_AN_HOUR)

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

    def _fte(self, teams: Sequence[tuple[int, Team]]) -> Meter:
        """Regular paid time over full-time hours: with different ones each team's time weighs as the others' hours,
        so that nothing is divided here."""
        hours = {full_time(team) for _, team in teams}
        parts = []
        for own in sorted(hours):
            places = [t for t, team in teams if full_time(team) == own]
            times = self.teams[:, :, places]
            regular = times[..., _G.ROSTERED] - times[..., _G.OVERTIME] - times[..., _G.SURGE]
            parts.append((regular.sum(axis=2), reduce(mul, hours - {own}, Decimal(1))))
        return Meter(tuple(parts), MICROSECONDS_AN_HOUR * reduce(mul, hours, Decimal(1)), is_average=True)


def seats(heads: Int64) -> Meter:
    """Of heads by day, charged by the month."""
    return Meter(((heads, Decimal(1)),), Decimal(DAYS_A_WEEK), is_average=True)


def full_time(team: Team) -> Decimal:
    """A team's full-time hours a week."""
    return decimal_of(team.workforce.hours_per_week if team.workforce is not None else FULL_TIME_HOURS)


METERS: Mapping[PricingKind, tuple[QueueField | None, GroupField, Decimal]] = {
    PricingKind.PER_PAID_HOUR: (None, _G.ROSTERED, MICROSECONDS_AN_HOUR),
    PricingKind.PER_PRODUCTIVE_HOUR: (None, _G.ON_FLOOR, MICROSECONDS_AN_HOUR),
    PricingKind.PER_HANDLED_MINUTE: (QueueField.HANDLE_TIME, _G.BUSY, MICROSECONDS_AN_HOUR / 60),
    PricingKind.PER_CONTACT: (QueueField.HANDLED, _G.HANDLED, Decimal(1)),
}
"""The counter of the queues, where they are the vendor's alone, else that of its teams, and what one unit of it is. Of
one contact at a time a team's busy time is its contacts' handling time, each minute in the month in which it passes."""
