"""What happens around a scenario's teams: people lent between them, hiring at their sites, policies that decide,
vendors who leave."""

from collections.abc import Callable, Sequence

import numpy as np
import simpy

from simulation.outcome.counting.counters import FTE_UNIT, Counters, StockField
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Site
from simulation.world.exits import exits
from simulation.world.people.handovers import leave
from simulation.world.people.moves import lend
from simulation.world.people.people import People
from simulation.world.people.pipeline import Pipeline, Places
from simulation.world.planning.requirement import Requirement
from simulation.world.policies.deciders import begin
from simulation.world.policies.planner import Planner
from simulation.world.policies.seen import Seen


def manage(
    env: simpy.Environment,
    scenario: Scenario,
    grid: Grid,
    crews: Sequence[People | None],
    requirement: Requirement,
    counters: Counters,
    catch_up: Callable[[], None],
) -> None:
    """Starts what a replication's teams have around them; `crews` by team, None where agents are given. catch_up:
    brings the floor's counters up to now.

    Writes their requirement into the counters' headcount.
    """
    seen = Seen(env, grid, scenario.queues, requirement, counters, catch_up)
    by_id = {people.team.id: people for people in crews if people is not None}
    places = {site.id: _places(site, scenario, by_id) for vendor in scenario.vendors for site in vendor.sites}
    for number, people in enumerate(crews):
        if people is None:
            continue
        counters.headcount[:-1, number, StockField.REQUIRED_FTE] = np.rint(requirement.fte(number) * FTE_UNIT)
        for m, move in enumerate(people.workforce.moves):
            lend(move, m, by_id[move.from_], people)
        hiring = people.workforce.hiring
        pipeline = Pipeline(people, hiring, places[people.team.site]) if hiring is not None else None
        begin(Planner(number, people, pipeline, seen, people.team.policies))
    vendors = {vendor.id: vendor for vendor in scenario.vendors}
    for one in exits(scenario):
        for team in vendors[one.vendor].teams:
            if team.id in by_id:
                leave(by_id[team.id], one)


def _places(site: Site, scenario: Scenario, crews: dict[str, People]) -> Places:
    teams = [team for team in scenario.teams if team.site == site.id]
    given = sum(team.heads for team in teams if team.workforce is None)
    return Places(site, [crews[team.id] for team in teams if team.workforce is not None], given)
