"""Which failures a person can mend: each becomes the lines that say how. Everything else is a mistake of ours."""

import errno
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from server.database.errors import DatabaseError
from server.listening import ServingError
from server.operators import AdministrationError, WrongOptionError
from server.remote import RemoteError
from server.settings import SettingsError
from server.store.audit import OrganisationClosedError
from server.tables.rescoring import RescoringError
from server.tables.statement import StatementRequestError
from server.workers.simulators import UnavailableError
from simulation.history.problems import HistoryError, UnreplayableError
from simulation.history.refusals import MissingExtraError, UnforecastableError
from simulation.outcome.asking_price import PriceError
from simulation.outcome.money.rounding import AmountError
from simulation.scenario.problems import ScenarioError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What a full disk, a used up share of it or a file at its limit answers."""


@dataclass(frozen=True)
class Failure:
    lines: tuple[str, ...]
    wrong_usage: bool = False


def expected(error: Exception) -> Failure | None:
    """What to say of a failure; None for one that nobody foresaw."""
    match error:
        case ScenarioError() | HistoryError():
            return Failure(tuple(map(str, error.problems)), wrong_usage=True)
        case SettingsError() | WrongOptionError() | StatementRequestError() | RescoringError():
            return Failure((str(error),), wrong_usage=True)
        case RemoteError():
            return Failure(error.lines, wrong_usage=error.wrong_usage)
        case UnforecastableError():
            return Failure(error.lines, wrong_usage=True)
        case MissingExtraError():
            return Failure((str(error),))
        case PriceError() | AmountError() | UnreplayableError():
            return Failure((str(error),), wrong_usage=True)
        case DatabaseError() | ServingError() | AdministrationError() | UnavailableError():
            return Failure((str(error),))
        case OrganisationClosedError():
            return Failure(("the organisation is being deleted; `springtide organisation delete` ends it",))
        case BrokenProcessPool():
            return Failure(("a simulating process was killed; free memory or take fewer of them with --workers",))
        case MemoryError():
            return Failure(("no memory is left; free some, take fewer --workers, or simulate fewer weeks or queues",))
        case BrokenPipeError():
            return Failure(())
        case OSError(errno=number) if number in FULL:
            what = (error.strerror or str(error)).lower()
            return Failure((f"{error.filename or 'the output'}: {what}; free space or write it to another place",))
    return None
