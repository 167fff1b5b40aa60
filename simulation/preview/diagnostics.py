"""What a planner would want to hear of a plan before it is simulated: where it cannot hold, and by how much.

Of each week: planned against required people, load against their time on the floor, heads against seats. Of each
interval: given agents against required ones. Of each queue: targets that no number of agents meets. A plan without
warnings may still fail: chance, and how people's shifts lie within a week, is for the simulation to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np

from simulation.outcome.report.strength import ENOUGH
from simulation.preview.people import ExpectedPeople
from simulation.scenario.grid import HOUR, WEEK, Grid
from simulation.scenario.queues.queue import Queue
from simulation.scenario.reading.notes import notes
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Staffing, Team
from simulation.world.demand.cells import Float64
from simulation.world.planning.requirement import FULL_TIME, Requirement
from simulation.world.planning.seats import seats_of
from simulation.world.planning.shrinkage import Shrinkage


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "ERROR"
    """There is no valid scenario: nothing can be worked out."""
    WARNING = "WARNING"
    """The plan does not hold as it stands."""
    NOTE = "NOTE"
    """Allowed, and may surprise."""


class Finding(StrEnum):
    """What is found."""

    SHORT_OF_PEOPLE = "SHORT_OF_PEOPLE"
    """Planned people are fewer than the forecast requires."""
    TOO_LATE_TO_HIRE = "TOO_LATE_TO_HIRE"
    """Weeks are short before anybody asked for now could be in production."""
    SHORT_OF_AGENTS = "SHORT_OF_AGENTS"
    """Given agents are fewer than the forecast requires."""
    OVER_OCCUPIED = "OVER_OCCUPIED"
    """The load leaves planned people busier than the occupancy ceiling."""
    OVER_CAPACITY = "OVER_CAPACITY"
    """There is more work than planned people have time."""
    SHORT_OF_SEATS = "SHORT_OF_SEATS"
    """More heads are expected at a site than it has seats."""
    SEATS_BIND = "SEATS_BIND"
    """Seats keep the shifts that are fitted to the requirement below it."""
    OUT_OF_REACH = "OUT_OF_REACH"
    """No number of agents meets the target."""
    NOTED = "NOTED"
    """What is allowed and may surprise."""


@dataclass(frozen=True)
class Diagnostic:
    """One thing found: how bad, what, in words with its mend, and the place in the document."""

    severity: Severity
    code: Finding
    message: str
    path: str


def diagnostics(scenario: Scenario, grid: Grid, requirement: Requirement, people: ExpectedPeople) -> list[Diagnostic]:
    """All that is found, in the document's order."""
    return [
        *_of_queues(scenario),
        *_of_teams(scenario, grid, requirement, people),
        *_of_work(scenario, grid, requirement, people),
        *_of_sites(scenario, grid, people),
        *_of_rosters(scenario, grid, requirement),
        *(Diagnostic(Severity.NOTE, Finding.NOTED, one.message, one.path) for one in notes(scenario)),
    ]


def _warning(code: Finding, message: str, path: str) -> Diagnostic:
    return Diagnostic(Severity.WARNING, code, message, path)


def _of_queues(scenario: Scenario) -> Iterator[Diagnostic]:
    for queue in scenario.queues:
        best, why = _best(queue)
        wanted = max([queue.target.share, *(period.share for period in queue.target.periods)])
        if best < wanted:
            message = f"the target of {wanted:.4g} is out of reach: {why} leave {best:.4g} at best; lower the share"
            yield _warning(Finding.OUT_OF_REACH, message, f"queues.{queue.id}.target.share")
        turnaround, handling = queue.turnaround, queue.handling.mean / 3600
        if turnaround is not None and turnaround.target_hours is not None and turnaround.target_hours < handling:
            message = f"work is due in {turnaround.target_hours:g} h and takes {handling:.3g} h; write more hours"
            yield _warning(Finding.OUT_OF_REACH, message, f"queues.{queue.id}.turnaround.target_hours")


def _best(queue: Queue) -> tuple[float, str]:
    """The highest service level that there can be, with any number of agents, and what keeps it down."""
    if queue.outbound is None:
        return 1.0, ""
    tries, connect = queue.outbound.max_attempts, queue.outbound.connect
    return 1 - (1 - connect) ** tries, f"{tries} attempts of which {connect:g} connect"


def _of_teams(scenario: Scenario, grid: Grid, requirement: Requirement, people: ExpectedPeople) -> Iterator[Diagnostic]:
    for vendor in scenario.vendors:
        for team in vendor.teams:
            t = next(place for place, one in enumerate(scenario.teams) if one.id == team.id)
            at = f"vendors.{vendor.id}.teams.{team.id}"
            if team.staffing is not None:
                yield from _of_given(team.staffing, grid, requirement.team_agents[:, t], f"{at}.staffing.agents")
                continue
            required, there = requirement.fte(t), people.effective[:, t]
            short = np.flatnonzero(there < ENOUGH * required)
            if not len(short):
                continue
            worst = int(short[np.argmax((required - there)[short])])
            told = (
                f"{_weeks(len(short), len(required))} short, at worst that of {_first(grid, worst)}:"
                f" {there[worst]:.1f} of {required[worst]:.1f} FTE"
            )
            mend = "hire, move or lend people, or take work from the team"
            yield _warning(Finding.SHORT_OF_PEOPLE, f"{told}; {mend}", f"{at}.workforce")
            late = short[short < people.soonest[t]]
            if len(late) and np.isfinite(people.soonest[t]):
                told = f"{_weeks(len(late), len(required))} short before week {people.soonest[t]:g}"
                message = f"{told}, when somebody asked for at the start could be there; use overtime, surge or moves"
                yield _warning(Finding.TOO_LATE_TO_HIRE, message, f"{at}.workforce.hiring")


def _of_given(staffing: Staffing, grid: Grid, required: Float64, at: str) -> Iterator[Diagnostic]:
    """Agents that are given, interval by interval."""
    agents = np.broadcast_to(np.array(staffing.agents, np.float64), grid.intervals)
    short = required > agents + 0.01
    if short.any():
        worst = int((required - agents).argmax())
        when = f"{grid.instant(int(grid.interval_starts[worst])):%Y-%m-%d %H:%M}"
        told = f"{int(short.sum()):,} of {grid.intervals:,} intervals short, at worst that of {when}"
        message = f"{told}: {agents[worst]:.0f} of {required[worst]:.1f} agents; write more agents"
        yield _warning(Finding.SHORT_OF_AGENTS, message, at)


def _of_work(scenario: Scenario, grid: Grid, requirement: Requirement, people: ExpectedPeople) -> Iterator[Diagnostic]:
    """A team's load over its time on the floor, by week."""
    assert requirement.work is not None  # it is of a scenario
    weeks, lengths = len(grid.weeks) - 1, grid.interval_lengths / HOUR
    spent = np.zeros((grid.intervals, len(scenario.teams)))
    for q, own in enumerate(requirement.work.split):
        own.divide(requirement.work.loads[:, q] * lengths, spent)
    load = np.add.reduceat(spent, np.searchsorted(grid.week_of_interval, np.arange(weeks)))
    ceilings = {queue.id: queue.target.max_occupancy for queue in scenario.queues}
    for vendor in scenario.vendors:
        for team in vendor.teams:
            t = next(place for place, one in enumerate(scenario.teams) if one.id == team.id)
            there = _on_floor(team, grid, people.effective[:, t])
            busy = np.divide(load[:, t], there, out=np.where(load[:, t] > 0, np.inf, 0.0), where=there > 0)
            ceiling = min(ceilings[skill.queue] for skill in team.skills)
            worst, at = int(busy.argmax()), f"vendors.{vendor.id}.teams.{team.id}"
            when = f"at worst in that of {_first(grid, worst)}"
            if busy[worst] > 1:
                told = f"{_weeks(int((busy > 1).sum()), weeks)} bring more work than there is time, {when}"
                message = f"{told}: {load[worst, t]:.0f} hours of work, {there[worst]:.0f} on the floor; add people"
                yield _warning(Finding.OVER_CAPACITY, message, at)
            elif busy[worst] > ceiling:
                told = f"{_weeks(int((busy > ceiling).sum()), weeks)} are busier than {100 * ceiling:.0f} %, {when}"
                message = f"{told}: {100 * busy[worst]:.0f} %; add people, or raise max_occupancy"
                yield _warning(Finding.OVER_OCCUPIED, message, at)


def _on_floor(team: Team, grid: Grid, fte: Float64) -> Float64:
    """Float64 (weeks,): hours on the floor of FTE; of given agents they are all."""
    crew, days = team.workforce, np.diff(grid.weeks) / WEEK
    if crew is None:
        return np.asarray(fte * FULL_TIME * days)
    firsts = [grid.start + timedelta(weeks=week) for week in range(len(fte))]
    present = np.array([1 - Shrinkage.of(crew, first).lost for first in firsts])
    return np.asarray(fte * crew.hours_per_week * present * days)


def _of_sites(scenario: Scenario, grid: Grid, people: ExpectedPeople) -> Iterator[Diagnostic]:
    for vendor in scenario.vendors:
        for site in vendor.sites:
            if site.places is None:
                continue
            here = [t for t, team in enumerate(scenario.teams) if team.site == site.id]
            heads = people.heads[:, here].sum(axis=1)
            over = np.flatnonzero(heads > site.places + 0.5)
            if len(over):
                worst = int(np.argmax(heads))
                message = (
                    f"{_weeks(len(over), len(heads))} with more people than seats, at worst that of"
                    f" {_first(grid, worst)}: {heads[worst]:.0f} heads on {site.places} seats; policies will hire fewer"
                )
                yield _warning(Finding.SHORT_OF_SEATS, message, f"vendors.{vendor.id}.sites.{site.id}.seats")


def _of_rosters(scenario: Scenario, grid: Grid, requirement: Requirement) -> Iterator[Diagnostic]:
    """Fitted shifts keep every rule; of these only seats can leave a week short, so they are told of."""
    for vendor in scenario.vendors:
        for team in vendor.teams:
            site = next(site for site in vendor.sites if site.id == team.site)
            t = next(place for place, one in enumerate(scenario.teams) if one.id == team.id)
            seats = seats_of(scenario, site, requirement, t)
            if team.workforce is None or team.shifts or seats is None:
                continue
            present = np.array([1 - Shrinkage.of(team.workforce, day).lost for day in grid.dates])
            at_work = requirement.team_agents[:, t] / present[grid.day_of_interval]
            weeks = np.unique(grid.week_of_interval[at_work > seats + 1e-6])
            if len(weeks):
                worst = int(at_work.argmax())
                when = f"{grid.instant(int(grid.interval_starts[worst])):%Y-%m-%d %H:%M}"
                message = (
                    f"no shifts meet the requirement of {_weeks(len(weeks), len(grid.weeks) - 1)}, as seats bind: at "
                    f"worst {at_work[worst]:.0f} people at work on {when}, on {seats:.0f} seats; give the site more "
                    "seats or a remote_share, or take work from the team"
                )
                yield _warning(Finding.SEATS_BIND, message, f"vendors.{vendor.id}.sites.{site.id}.seats")


def _weeks(some: int, all_of_them: int) -> str:
    return f"{some} of {all_of_them} weeks"


def _first(grid: Grid, week: int) -> str:
    return str(grid.start + timedelta(weeks=week))
