"""Outages: when which teams lose which share of their agents, and how many work again before the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulation.scenario.events import EventKind, InService
from simulation.scenario.grid import HOUR, MINUTE, Grid
from simulation.scenario.scenario import Scenario
from simulation.world.stages import agent_groups


@dataclass(frozen=True)
class Outage:
    """One outage. Instants in microseconds; begins may lie before the start, ends after the horizon.

    groups: those of the struck teams. lost: share of their agents that cannot work from the beginning, and
    after_failover from `fails_over` on, until the end. requeue: contacts in service are offered again.
    """

    groups: tuple[int, ...]
    begins: int
    fails_over: int
    ends: int
    lost: float
    after_failover: float
    requeue: bool

    def working(self, at: int) -> float:
        """Share of the struck teams' agents who can work at an instant."""
        if not self.begins <= at < self.ends:
            return 1.0
        return 1.0 - (self.lost if at < self.fails_over else self.after_failover)


def outages(scenario: Scenario, grid: Grid) -> list[Outage]:
    """A scenario's outages by their beginning; a start is local time of the struck site, else of the scenario."""
    found = []
    teams = scenario.teams
    of_group = [teams[one.team] for one in agent_groups(scenario)]
    sites = {site.id: site for vendor in scenario.vendors for site in vendor.sites}
    for event in scenario.events:
        if event.kind is not EventKind.OUTAGE or event.hours is None:
            continue
        groups = tuple(
            g for g, team in enumerate(of_group) if event.team in (None, team.id) and event.site in (None, team.site)
        )
        one_team = next((team for team in teams if team.id == event.team), None)
        site = sites.get(event.site or (one_team.site if one_team else ""))
        begins = grid.us(event.start, site.timezone if site else None)
        ends = begins + round(event.hours * HOUR)
        fails_over, again = ends, 0.0
        if event.failover_minutes is not None:
            fails_over, again = begins + round(event.failover_minutes * MINUTE), event.failover_share or 0.0
        lost, requeue = event.share, event.in_service is InService.REQUEUED
        found.append(Outage(groups, begins, fails_over, ends, lost, lost * (1 - again), requeue))
    return sorted(found, key=lambda outage: outage.begins)


def working_shares(outages: Sequence[Outage], groups: int, at: int) -> list[float]:
    """Share of every group's agents who can work at an instant; several outages at once strike independently."""
    shares = [1.0] * groups
    for outage in outages:
        for g in outage.groups:
            shares[g] *= outage.working(at)
    return shares
