"""How many new contacts are expected, known before anything of the floor is."""

from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.world.demand.bounds import bounded
from simulation.world.demand.cells import expected_cells
from simulation.world.demand.client_outages import actual_cells


def expected_work(scenario: Scenario) -> float:
    """`expected_contacts`, at least one a day, queue and team, as an empty day takes its time, too."""
    days = len(Grid.of(scenario).days) - 1
    return max(expected_contacts(scenario), days * (len(scenario.queues) + len(scenario.teams)))


def expected_contacts(scenario: Scenario) -> float:
    """Expected new contacts of one replication. Raises ScenarioError where they are more than one can hold."""
    grid = Grid.of(scenario)
    cells = bounded(grid, actual_cells(scenario, grid, expected_cells(scenario, grid)))
    return float(sum(own.volume.sum() for own in cells))
