"""Which failures a person can mend: each becomes the lines that say how. Everything else is a mistake of ours."""

from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from server.administration import OrganisationKindError
from server.database.errors import DatabaseError
from server.listening import ServingError
from server.settings import SettingsError
from simulation.scenario.problems import ScenarioError


@dataclass(frozen=True)
class Failure:
    lines: tuple[str, ...]
    wrong_usage: bool = False


def expected(error: Exception) -> Failure | None:
    """What to say of a failure; None for one that nobody foresaw."""
    match error:
        case ScenarioError():
            return Failure(tuple(map(str, error.problems)), wrong_usage=True)
        case SettingsError():
            return Failure((str(error),), wrong_usage=True)
        case DatabaseError() | ServingError() | OrganisationKindError():
            return Failure((str(error),))
        case BrokenProcessPool():
            return Failure(("a simulating process was killed; free memory or take fewer of them with --workers",))
        case BrokenPipeError():
            return Failure(())
    return None
