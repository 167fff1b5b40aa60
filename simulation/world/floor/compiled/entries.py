"""Which entries of the kernel a scenario needs, so that they can be made before it is simulated."""

from simulation.scenario.event_kinds import EventKind
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import handling_multipliers
from simulation.world.floor.compiled import layout
from simulation.world.floor.compiled.code import ALWAYS
from simulation.world.floor.compiled.host import KernelPlan
from simulation.world.floor.plan import floor_plan


def needed_by(scenario: Scenario) -> tuple[str, ...]:
    """The entries that simulating a scenario calls."""
    queues = scenario.queues
    grid = Grid.of(scenario)
    needed = [*ALWAYS, KernelPlan(floor_plan(scenario, grid, handling_multipliers(scenario, grid))).advance]
    if any(queue.backlog.volume for queue in queues):
        needed.append("begin_with")
    if any(queue.hours or queue.closed for queue in queues):
        needed.append("clear")
    if any(event.kind is EventKind.OUTAGE for event in scenario.events):
        needed.append("fail")
    if any(queue.outbound is not None or queue.concurrency.slots > 1 for queue in queues):
        needed += [*layout.RARE_ENTRIES.values(), "open_line"]
    return tuple(needed)
