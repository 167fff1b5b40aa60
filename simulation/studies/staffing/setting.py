"""What a hiring plan of a scenario turns on: options, who is there anyway, hours required, who serves what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from simulation.scenario.grid import HOUR, Grid
from simulation.scenario.scenario import Scenario
from simulation.studies.staffing.expected_people import Expected, TeamOutlook, given_hours
from simulation.studies.staffing.options import Objective, What, options
from simulation.studies.staffing.terms import Terms
from simulation.world.demand.cells import Float64, expected_cells, handling_multipliers
from simulation.world.planning.requirement import Requirement
from simulation.world.planning.splits import splits

RESERVE = 0.5
"""What an hour of teams of a later step is worth: contacts wait before they get there."""


@dataclass(frozen=True)
class Limits:
    """Limits of a plan besides those of the scenario.

    site_shares: the most of all hours on the floor that a site may have, by its id; without: which of the scenario's
    own limits are not counted, to find the one that binds
    """

    site_shares: Mapping[str, float] = field(default_factory=dict)
    without: str = ""


class Setting:
    """Everything about a scenario that a hiring plan turns on; made once a search."""

    def __init__(
        self,
        scenario: Scenario,
        objective: Objective,
        vendor: str | None,
        blocks: Sequence[tuple[int, tuple[int, ...]]] = (),
    ) -> None:
        self.scenario, self.grid = scenario, Grid.of(scenario)
        self.terms = Terms.of(scenario, vendor)
        self.blocks = [(q, weeks) for q, weeks in blocks if not scenario.queues[q].route.allocation and len(weeks) > 1]
        self.weeks = len(self.grid.weeks) - 1
        self.required_of_teams = self._by_week(self._requirement.team_agents)
        self.options = options(scenario, self.grid, objective, vendor, self.required_of_teams)

    @cached_property
    def outlooks(self) -> dict[int, TeamOutlook]:
        """Of teams with people, by place."""
        people = [t for t, team in enumerate(self.scenario.teams) if team.workforce is not None]
        return {t: TeamOutlook(self.scenario.teams[t], self.scenario, self.grid) for t in people}

    @cached_property
    def there(self) -> dict[int, Expected]:
        """Who is there whatever is decided, by team with people."""
        return {t: outlook.there() for t, outlook in self.outlooks.items()}

    @cached_property
    def required(self) -> Float64:
        """Float64 (weeks, queues): hours on the floor that the targets require."""
        return self._by_week(self._requirement.agents)

    @cached_property
    def required_heads(self) -> Float64:
        """Float64 (weeks, teams): heads of the team's mean hours that the targets require, 0 of given agents."""
        found = np.zeros((self.weeks, len(self.scenario.teams)))
        for t, outlook in self.outlooks.items():
            people = outlook.people
            found[:, t] = self._requirement.fte(t) * people.hours_per_week / people.mean_hours
        return found

    def place_of(self, team: str) -> int:
        """Of a team, by its id."""
        return next(t for t, one in enumerate(self.scenario.teams) if one.id == team)

    def places(self, t: int) -> float:
        """Heads for which the site of a team has seats; infinite where it has enough for any."""
        sites = (site for vendor in self.scenario.vendors for site in vendor.sites)
        found = next(site.places for site in sites if site.id == self.scenario.teams[t].site)
        return np.inf if found is None else float(found)

    @cached_property
    def _requirement(self) -> Requirement:
        scenario, grid = self.scenario, self.grid
        cells, multipliers = expected_cells(scenario, grid), handling_multipliers(scenario, grid)
        return Requirement.of(scenario, grid, cells, multipliers)

    def _by_week(self, agents: Float64) -> Float64:
        """Hours of a week from agents by interval."""
        hours = np.zeros((self.weeks, agents.shape[1]))
        np.add.at(hours, self.grid.week_of_interval, agents * (self.grid.interval_lengths / HOUR)[:, None])
        return hours

    @cached_property
    def serving(self) -> list[list[int]]:
        """By queue the places of teams that may serve it."""
        return [list(split.teams) for split in splits(self.scenario, self.grid)]

    @cached_property
    def worth(self) -> Float64:
        """Float64 (queues, teams): of an hour of a team for a queue, 0 where it does not serve it."""
        found = np.zeros((len(self.scenario.queues), len(self.scenario.teams)))
        for q, teams in enumerate(self.serving):
            late = [step.teams for step in self.scenario.queues[q].route.steps if step.after_seconds > 0]
            reserve = {name for names in late for name in names}
            for t in teams:
                found[q, t] = RESERVE if self.scenario.teams[t].id in reserve else 1.0
        return found

    @cached_property
    def hour_prices(self) -> list[float]:
        """By queue: what a further hour on the floor costs at least, of the teams about whose people is decided; the
        dearest of all where none of them is the queue's."""
        of_team: dict[int, float] = {}
        for option in self.options:
            hours = float(option.adds.floor.sum())
            if option.what in (What.HIRE, What.CLASS) and hours > 0:
                of_team[option.team] = min(of_team.get(option.team, np.inf), option.price / hours)
        dearest = max([*of_team.values(), 1.0])
        return [min((of_team.get(t, dearest) for t in teams), default=dearest) for teams in self.serving]

    @cached_property
    def vendor_shares(self) -> list[list[tuple[list[int], Float64]]]:
        """By queue under allocation, by vendor: its teams, and Float64 (weeks,), its share; nothing for the others."""
        found: list[list[tuple[list[int], Float64]]] = []
        for queue, split in zip(self.scenario.queues, splits(self.scenario, self.grid), strict=True):
            parts = []
            for vendor in self.scenario.vendors if queue.route.allocation else ():
                ids = {team.id for team in vendor.teams}
                own = [t for t in split.teams if self.scenario.teams[t].id in ids]
                if own:
                    by_interval = split.shares[:, own].sum(axis=1)[split.row]
                    weekly = np.bincount(self.grid.week_of_interval, by_interval, self.weeks)
                    parts.append((own, weekly / np.bincount(self.grid.week_of_interval, minlength=self.weeks)))
            found.append(parts)
        return found

    def supply(self, t: int) -> Float64:
        """Float64 (weeks,): effective hours of a team that are there whatever is decided."""
        return self.there[t].effective if t in self.there else given_hours(self.scenario.teams[t], self.grid)

    def expected(self, t: int, amounts: Float64) -> Expected:
        """The people of a team with a plan's amounts."""
        total = self.there[t]
        for option, amount in zip(self.options, amounts.tolist(), strict=True):
            if option.team == t and amount:
                total = total.plus(option.adds.times(amount))
        return total
