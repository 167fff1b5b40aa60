"""What is wanted of each queue's service, and whether it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.tables.words import wanted

if TYPE_CHECKING:
    from simulation.scenario.scenario import Scenario


@dataclass(frozen=True)
class Goal:
    """A queue's service level against its target, or its turnaround against the share wanted of it."""

    measure: str
    wanted: str
    """as people say it"""
    share: float
    """over the horizon: the mean over its days"""
    weekly: Sequence[float]

    def missed_by(self, level: float | None) -> bool:
        return level is not None and level < self.share


def goals(scenario: "Scenario") -> dict[str, Goal]:
    """By queue, as the scaling report has them."""
    from simulation.outcome.report.scaling import daily_targets, mean_target, service_measure, weekly_targets  # heavy
    from simulation.scenario.grid import Grid

    dates, found = Grid.of(scenario).dates, {}
    for queue in scenario.queues:
        daily = daily_targets(scenario, queue, dates)
        share = mean_target(daily)
        found[queue.id] = Goal(
            service_measure(queue), wanted(queue, share), share, tuple(weekly_targets(daily).tolist())
        )
    return found
