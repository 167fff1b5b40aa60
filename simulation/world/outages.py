"""Outages: when which teams lose which share of their agents, and how many work again before the end.

An outage has a given start, or comes at a rate: a Poisson process by the clock of the struck site (of the platform, of
the scenario) with `per_year` expected in every calendar year, evenly over the time of its `months`. A month's number is
the inverse Poisson distribution at one keyed uniform, so a higher rate keeps the outages of a lower one and adds some,
and each is where it is whatever the horizon. At the scenario's start nothing is out but what its events say: those at a
rate begin within the horizon. Hours are lognormal with mean and cv, one draw an outage; both are drawn by replication.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp, log1p, sqrt
from statistics import NormalDist

import numpy as np

from simulation.scenario.calendar import MonthName
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.events import Event, InService
from simulation.scenario.grid import HOUR, MINUTE, Grid, Int64
from simulation.scenario.lasting import Lasting
from simulation.scenario.scenario import Scenario
from simulation.world.arrivals import poisson_counts
from simulation.world.randomness import Draws, Purpose
from simulation.world.stages import agent_groups

A_MONTH = timedelta(days=31)


@dataclass(frozen=True)
class Outage:
    """One outage. Instants in microseconds; begins may lie before the start, ends after the horizon.

    groups: those of the struck teams. lost: share of their agents that cannot work from the beginning, and
    after_failover from `fails_over` on, until the end. requeue: contacts in service are offered again. luck: what
    makes whole agents of shares of them, over all groups together.
    """

    groups: tuple[int, ...]
    begins: int
    fails_over: int
    ends: int
    lost: float
    after_failover: float
    requeue: bool
    luck: float

    def working(self, agents: Int64, at: int) -> Int64:
        """Of agents, Int64 (intervals, groups), those who can work, from an instant during the outage on.

        Of the struck groups, in their order, the first ones together have floor(their share of agents + luck).
        """
        share = 1.0 - (self.lost if at < self.fails_over else self.after_failover)
        struck = list(self.groups)
        there = agents.copy()
        together = np.floor(np.cumsum(agents[:, struck] * share, axis=1) + self.luck)
        there[:, struck] = np.minimum(np.diff(together.astype(np.int64), axis=1, prepend=0), agents[:, struck])
        return there


def outages(scenario: Scenario, grid: Grid, draws: Draws) -> list[Outage]:
    """A replication's outages by their beginning; a start is local time of the struck site, else of the scenario."""
    if not any(event.kind is EventKind.OUTAGE for event in scenario.events):
        return []
    found = []
    known: dict[str, int] = {}
    of_group = [scenario.teams[one.team] for one in agent_groups(scenario)]
    for event in scenario.events:
        if event.kind is not EventKind.OUTAGE or event.hours is None:
            continue
        name = f"{event.site}/{event.team}/{event.start}"
        known[name] = known.get(name, -1) + 1
        groups = tuple(
            g for g, team in enumerate(of_group) if event.team in (None, team.id) and event.site in (None, team.site)
        )
        drawn = _drawn(event, event.hours, _zone(event, scenario), grid, draws, f"{name}/{known[name]}")
        found += [_outage(event, groups, *one) for one in drawn]
    return sorted(found, key=lambda outage: outage.begins)


def _outage(event: Event, groups: tuple[int, ...], begins: int, ends: int, luck: float) -> Outage:
    fails_over, again = ends, 0.0
    if event.failover_minutes is not None:
        fails_over, again = begins + round(event.failover_minutes * MINUTE), event.failover_share or 0.0
    after_failover, requeue = event.share * (1 - again), event.in_service is InService.REQUEUED
    return Outage(groups, begins, min(fails_over, ends), ends, event.share, after_failover, requeue, luck)


def _zone(event: Event, scenario: Scenario) -> str | None:
    """The time zone of what is struck; None for the scenario's."""
    site = next((team.site for team in scenario.teams if team.id == event.team), event.site)
    sites = (one for vendor in scenario.vendors for one in vendor.sites)
    return next((one.timezone for one in sites if one.id == site), None)


def _drawn(
    event: Event, hours: Lasting, zone: str | None, grid: Grid, draws: Draws, name: str
) -> Iterator[tuple[int, int, float]]:
    """(begins, ends, luck) of an event's outages."""

    def drawn(begins: int, *numbers: int) -> tuple[int, int, float]:
        ends = begins + _lasts(hours, draws.uniform(Purpose.OUTAGE_HOURS, name, *numbers))
        return begins, ends, draws.uniform(Purpose.OUTAGE_LUCK, name, *numbers)

    if event.start is not None:
        yield drawn(grid.us(event.start, zone))
        return
    for month, expected in _months(event, grid):
        first, after = (grid.us(datetime(day.year, day.month, 1), zone) for day in (month, month + A_MONTH))
        number = month.year * 12 + month.month
        uniform = draws.uniform(Purpose.OUTAGE, name, number)
        for k in range(int(poisson_counts(np.array([uniform]), np.array([expected]))[0])):
            begins = first + int(draws.uniform(Purpose.OUTAGE_START, name, number, k) * (after - first))
            if 0 <= begins < grid.horizon:
                yield drawn(begins, number, k)


def _months(event: Event, grid: Grid) -> Iterator[tuple[date, float]]:
    """First days of the months that touch the horizon in some time zone, and the outages expected in each."""
    month = (grid.dates[0] - timedelta(days=1)).replace(day=1)
    while month <= grid.dates[-1] + timedelta(days=1):
        lengths = {name: monthrange(month.year, m)[1] for m, name in enumerate(MonthName, 1)}
        into = event.months or tuple(MonthName)
        if MonthName.of(month) in into:
            days = sum(lengths[name] for name in into)
            yield month, (event.per_year or 0.0) * lengths[MonthName.of(month)] / days
        month = (month + A_MONTH).replace(day=1)


def _lasts(hours: Lasting, luck: float) -> int:
    """Microseconds: lognormal, at least one."""
    spread = sqrt(log1p(hours.cv * hours.cv))
    return max(round(hours.mean * HOUR * exp(spread * NormalDist().inv_cdf(luck) - spread * spread / 2)), 1)
