"""Agents for a scenario that was drafted from a history: as many as its targets require, interval by interval."""

import numpy as np

from simulation.scenario.grid import Grid
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.scenario.sources import Confidence
from simulation.world.demand.cells import expected_cells, handling_multipliers
from simulation.world.planning.requirement import Requirement

SOURCE = {"source": "as the targets require by interval, from expected volumes", "confidence": Confidence.ASSUMED.value}


def staffed_as_required(scenario: Scenario) -> Scenario:
    """The scenario with other agents in every team whose agents are given: in each interval the least whole number that
    is at least what `world.planning.requirement` asks of the team from expected volumes, 0 where it asks for none.

    One number for all the time, enough for the busiest slot, made a team of 75 FTE of a need of 12.
    """
    grid = Grid.of(scenario)
    required = Requirement.of(scenario, grid, expected_cells(scenario, grid), handling_multipliers(scenario, grid))
    data = canonical_data(scenario)
    sources = dict(data.get("sources", {}))
    whole = {
        team.id: [int(n) for n in np.ceil(np.round(required.team_agents[:, t], 6)).tolist()]
        for t, team in enumerate(scenario.teams)
    }
    for vendor in data["vendors"]:
        for team in vendor["teams"]:
            if "staffing" in team and any(whole[team["id"]]):
                team["staffing"] = {**team["staffing"], "agents": whole[team["id"]]}
                sources[f"vendors.{vendor['id']}.teams.{team['id']}.staffing.agents"] = SOURCE
    return from_data({**data, "sources": sources}, file=scenario.name)
