"""What a study does not try, and why."""

from collections.abc import Callable
from dataclasses import dataclass

from simulation.scenario.problems import RefusedError, ScenarioError
from simulation.scenario.scenario import Scenario


@dataclass(frozen=True)
class Untried:
    """Something that cannot be tried on the scenario."""

    name: str
    """What it is."""
    reason: str
    """Why not."""


def made_or_reason(make: Callable[[], Scenario]) -> Scenario | str:
    """A scenario, or why it cannot be made, in one line."""
    try:
        return make()
    except RefusedError as error:
        return "; ".join(dict.fromkeys(one.message for one in error.refusals))
    except ScenarioError as error:
        return "; ".join(dict.fromkeys(one.message for one in error.problems))
