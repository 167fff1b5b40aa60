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
from functools import cached_property
from math import exp, log1p, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from simulation.scenario.calendar import MonthName
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.events import Event, InService
from simulation.scenario.grid import HOUR, MINUTE, Grid
from simulation.scenario.lasting import Lasting
from simulation.scenario.scenario import Scenario
from simulation.world.demand.arrivals import poisson_counts
from simulation.world.randomness import Draws, Purpose, unit
from simulation.world.stages import agent_groups

A_MONTH = timedelta(days=31)


class Outage(NamedTuple):
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


@dataclass(frozen=True)
class _Source:
    """An event as its outages come of it; begins: its given start, None at a rate."""

    event: Event
    hours: Lasting
    groups: tuple[int, ...]
    zone: str | None
    name: str
    begins: int | None

    @cached_property
    def certain(self) -> Outage | None:
        """The one outage but for its luck, if it has a given start and length."""
        return None if self.begins is None or self.hours.cv else _outage(self, self.begins, 0.5, 0.0)


@dataclass(frozen=True, eq=False)
class OutageEvents:
    """A scenario's outages before chance comes in; a start is local time of the struck site, else of the scenario."""

    grid: Grid
    given: tuple[_Source, ...]
    at_a_rate: tuple[_Source, ...]

    @classmethod
    def of(cls, scenario: Scenario, grid: Grid) -> "OutageEvents":
        """All outages of a scenario."""
        sources = list(_sources(scenario, grid))
        given = tuple(source for source in sources if source.begins is not None)
        return cls(grid, given, tuple(source for source in sources if source.begins is None))

    def drawn(self, draws: Draws) -> list[Outage]:
        """A replication's outages by their beginning."""
        names = tuple(source.name for source in self.given)
        purposes = Purpose.OUTAGE_HOURS, Purpose.OUTAGE_LUCK
        lucks = unit(draws.streams(purposes, names)).tolist() if names else ((), ())
        found = [
            _outage(source, source.begins or 0, hours, luck)
            if source.certain is None
            else source.certain._replace(luck=luck)
            for source, hours, luck in zip(self.given, *lucks, strict=True)
        ]
        for source in self.at_a_rate:
            found += _drawn(source, self.grid, draws)
        return sorted(found, key=lambda outage: outage.begins)


def _sources(scenario: Scenario, grid: Grid) -> Iterator[_Source]:
    known: dict[str, int] = {}
    of_group = [scenario.teams[one.team] for one in agent_groups(scenario)]
    for event in scenario.events:
        if event.kind is not EventKind.OUTAGE or event.hours is None:
            continue
        name, zone = f"{event.site}/{event.team}/{event.start}", _zone(event, scenario)
        known[name] = known.get(name, -1) + 1
        groups = tuple(
            g for g, team in enumerate(of_group) if event.team in (None, team.id) and event.site in (None, team.site)
        )
        begins = None if event.start is None else grid.us(event.start, zone)
        yield _Source(event, event.hours, groups, zone, f"{name}/{known[name]}", begins)


def _outage(source: _Source, begins: int, hours: float, luck: float) -> Outage:
    """One of a source's outages; `hours` and `luck`: its two draws."""
    event, ends = source.event, begins + _lasts(source.hours, hours)
    fails_over, again = ends, 0.0
    if event.failover_minutes is not None:
        fails_over, again = begins + round(event.failover_minutes * MINUTE), event.failover_share or 0.0
    after_failover, requeue = event.share * (1 - again), event.in_service is InService.REQUEUED
    return Outage(source.groups, begins, min(fails_over, ends), ends, event.share, after_failover, requeue, luck)


def _zone(event: Event, scenario: Scenario) -> str | None:
    """The time zone of what is struck; None for the scenario's."""
    site = next((team.site for team in scenario.teams if team.id == event.team), event.site)
    sites = (one for vendor in scenario.vendors for one in vendor.sites)
    return next((one.timezone for one in sites if one.id == site), None)


def _drawn(source: _Source, grid: Grid, draws: Draws) -> Iterator[Outage]:
    """The outages of an event at a rate."""
    name = source.name
    for month, expected in _months(source.event, grid):
        first, after = (grid.us(datetime(day.year, day.month, 1), source.zone) for day in (month, month + A_MONTH))
        number = month.year * 12 + month.month
        uniform = draws.uniform(Purpose.OUTAGE, name, number)
        for k in range(int(poisson_counts(np.array([uniform]), np.array([expected]))[0])):
            begins = first + int(draws.uniform(Purpose.OUTAGE_START, name, number, k) * (after - first))
            if 0 <= begins < grid.horizon:
                hours, luck = (
                    draws.uniform(purpose, name, number, k) for purpose in (Purpose.OUTAGE_HOURS, Purpose.OUTAGE_LUCK)
                )
                yield _outage(source, begins, hours, luck)


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
    if hours.cv == 0:
        return max(round(hours.mean * HOUR), 1)
    spread = sqrt(log1p(hours.cv * hours.cv))
    return max(round(hours.mean * HOUR * exp(spread * NormalDist().inv_cdf(luck) - spread * spread / 2)), 1)
