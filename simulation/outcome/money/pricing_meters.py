"""What a line of pricing counts: of every kind with units, by its kind, how the counters by day tell them.

Of kinds that the counters by day do not tell, `asked_times.TIMES` says which times they charge for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from operator import mul

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import GroupField, QueueField
from simulation.outcome.money.asked_times import asked_by
from simulation.outcome.money.meters import MICROSECONDS_AN_HOUR, Counted, Meter, plain, seats
from simulation.scenario.contracts.attribution import Served
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.contracts.pricing_kinds import PricingKind
from simulation.scenario.money import decimal_of
from simulation.scenario.vendors import Team

Int64 = NDArray[np.int64]

FULL_TIME_HOURS = 40.0
"""A week, of given agents."""
_G, _Q = GroupField, QueueField


def meter_of(
    pricing: Pricing, hours: Pricing | None, queues: Sequence[str], served: Served, counted: Counted
) -> Meter | None:
    """Of a line of pricing and the queues that it charges for; None for a kind without units. `hours`: the line that
    charges for what a premium makes dearer, None of other kinds."""
    kind = pricing.counted_kind
    if not kind.definition.has_units:
        return None
    if kind in METERS:
        meter = METERS[kind](Work.of(pricing, counted, queues, served))
    else:
        meter = _of_times(pricing, hours, queues, served, counted)
    more = None if pricing.multiplier is None else decimal_of(pricing.multiplier) - 1
    return replace(meter, is_average=kind.definition.is_average, named=kind.definition.unit, more=more)


def _of_times(
    pricing: Pricing, hours: Pricing | None, queues: Sequence[str], served: Served, counted: Counted
) -> Meter:
    places = {team.id: t for t, team in enumerate(counted.scenario.teams)}
    asked = asked_by(pricing, hours, queues, served, places)
    return Meter(tuple((counted.time(one), Decimal(1)) for one in asked), MICROSECONDS_AN_HOUR * asked[0].fold)


@dataclass(frozen=True, eq=False)
class Work:
    """Whose work a line charges for.

    queues, teams: their places. is_alone: nobody else may answer these queues
    """

    pricing: Pricing
    counted: Counted
    queues: Sequence[int]
    teams: Sequence[int]
    is_alone: bool

    @classmethod
    def of(cls, pricing: Pricing, counted: Counted, queues: Sequence[str], served: Served) -> "Work":
        """Of a line and the queues that it charges for."""
        scenario, of_queues = counted.scenario, served.teams_of(queues)
        return cls(
            pricing,
            counted,
            [q for q, queue in enumerate(scenario.queues) if queue.id in queues],
            [t for t, team in enumerate(scenario.teams) if team.id in of_queues],
            served.is_alone(queues),
        )

    def of_queues(self, field: QueueField) -> Int64:
        """Int64 (replications, days)."""
        return np.asarray(self.counted.queues[:, :, self.queues, field].sum(axis=2))

    def of_teams(self, field: GroupField) -> Int64:
        """Int64 (replications, days)."""
        return np.asarray(self.counted.teams[:, :, self.teams, field].sum(axis=2))


def full_time(team: Team) -> Decimal:
    """A team's full-time hours a week."""
    return decimal_of(team.workforce.hours_per_week if team.workforce is not None else FULL_TIME_HOURS)


def _fte(work: Work) -> Meter:
    """Regular paid time over full-time hours: with different ones each team's time weighs as the others' hours, so that
    nothing is divided here."""
    teams = {t: full_time(work.counted.scenario.teams[t]) for t in work.teams}
    hours = set(teams.values())
    parts = []
    for own in sorted(hours):
        times = work.counted.teams[:, :, [t for t, full in teams.items() if full == own]]
        regular = times[..., _G.ROSTERED] - times[..., _G.OVERTIME] - times[..., _G.SURGE]
        parts.append((regular.sum(axis=2), reduce(mul, hours - {own}, Decimal(1))))
    return Meter(tuple(parts), MICROSECONDS_AN_HOUR * reduce(mul, hours, Decimal(1)))


def _seats(work: Work) -> Meter:
    return seats(sum((work.counted.heads(t) for t in work.teams), np.zeros((1, 1), np.int64)))


def _paid(work: Work) -> Meter:
    return plain(work.of_teams(_G.ROSTERED), MICROSECONDS_AN_HOUR)


def _productive(work: Work) -> Meter:
    return plain(work.of_teams(_G.ON_FLOOR if work.pricing.billable is None else _G.BILLABLE), MICROSECONDS_AN_HOUR)


def _minutes(work: Work) -> Meter:
    """Of one contact at a time a team's busy time is its contacts' handling time, each minute in the month in which it
    passes."""
    days = work.of_queues(_Q.HANDLE_TIME) if work.is_alone else work.of_teams(_G.BUSY)
    return plain(days, MICROSECONDS_AN_HOUR / 60)


def _contacts(work: Work) -> Meter:
    return plain(work.of_queues(_Q.HANDLED) if work.is_alone else work.of_teams(_G.HANDLED))


def _resolutions(work: Work) -> Meter:
    return plain(work.of_queues(_Q.ARRIVED_ANSWERED) - work.of_queues(_Q.REPEATED))


METERS: Mapping[PricingKind, Callable[[Work], Meter]] = {
    PricingKind.PER_FTE_MONTH: _fte,
    PricingKind.PER_SEAT_MONTH: _seats,
    PricingKind.PER_PAID_HOUR: _paid,
    PricingKind.PER_PRODUCTIVE_HOUR: _productive,
    PricingKind.PER_HANDLED_MINUTE: _minutes,
    PricingKind.PER_CONTACT: _contacts,
    PricingKind.PER_RESOLUTION: _resolutions,
}
"""By kind."""
