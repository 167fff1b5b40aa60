"""Which part of a site's seats a team has: they are divided by the teams' highest requirements."""

from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Site
from simulation.world.planning.requirement import Requirement


def seats_of(scenario: Scenario, site: Site, requirement: Requirement, number: int) -> float | None:
    """A team's part of its site's seats, by the teams' highest requirements; None where there are any number.

    number: of the team in the scenario.
    """
    if site.places is None:
        return None
    peaks = requirement.team_agents.max(axis=0)
    if not peaks[number]:
        return float(site.places)
    sharing = [peak for team, peak in zip(scenario.teams, peaks.tolist(), strict=True) if team.site == site.id]
    return float(site.places * peaks[number] / sum(sharing))
