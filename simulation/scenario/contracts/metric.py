"""A metric: whose service it is of, and what follows from that for a clause that measures it.

A definition is all that is described of a metric; how it is counted is its half in `outcome`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from pydantic import Field

from simulation.scenario.contracts.windows import ScoringWindow
from simulation.scenario.problems import Refusal
from simulation.scenario.quantities import Real
from simulation.scenario.queues.promises import Formula
from simulation.scenario.queues.queue import Queue

Level = Annotated[Real, Field(ge=0, le=10_000_000)]
"""A level of a metric: a share, of ASA seconds, of BACKLOG_AGE hours."""


@dataclass(frozen=True)
class OwnField:
    """A field of clauses that only some metrics take.

    called, example: of one that the metric needs, what is missing without it and what to write; else empty
    """

    name: str
    called: str = ""
    example: str = ""

    @property
    def is_needed(self) -> bool:
        """Whether the metric cannot do without."""
        return bool(self.called)


def needed(name: str) -> OwnField:
    """A field that a metric cannot do without."""
    return OwnField(name, name, name)


def _nothing(_: object) -> Refusal | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What a clause can measure.

    word:               as documents write it
    is_ceiling:         it is better the lower it is
    is_share:           it never exceeds 1
    is_in_time:         it is a share in time, as the target of hyper-care is, which takes its target's place
    is_of_closed_hours: it may count something while the queue is closed
    takes:              the fields of a clause that are its own
    too_short:          windows that hold none of it, and why
    queue_lacks:        what its queue lacks, without which it never counts anything
    teams_lack:         what all its teams lack, in plain data, without which it never counts anything
    beyond_days:        why the days that a run keeps do not tell it; None where they do
    """

    word: str = field(kw_only=False)
    is_ceiling: bool = False
    is_share: bool = True
    is_in_time: bool = False
    is_of_closed_hours: bool = False
    takes: tuple[OwnField, ...] = ()
    too_short: Mapping[ScoringWindow, str] = field(default_factory=dict)
    queue_lacks: Callable[[Queue], Refusal | None] = _nothing
    teams_lack: Callable[[Sequence[Mapping[str, Any]]], Refusal | None] = _nothing
    beyond_days: str | None = None

    is_of_a_queue: ClassVar[bool] = True
    """Whether a clause has to name its queue, and says whose service of it; else it is the vendor's own."""
    is_of_contacts: ClassVar[bool] = False
    """Whether a vendor's portion of the queue's contacts can be watched."""
    is_ordered: ClassVar[bool] = False
    """Whether people are held against what the locked forecast orders."""
    is_by_window: ClassVar[bool] = False
    """Whether it has one figure a window: nothing of its intervals can be left out or weighed."""
    is_drawn: ClassVar[bool] = False
    """Whether no floor gives it: drawn by the clause's id, and its own fields say how the luck is read."""

    def has(self, name: str) -> bool:
        """Whether a clause's field is one of its own."""
        return any(one.name == name for one in self.takes)

    def shared_refused(self, queue: str, formula: object, *, is_given: bool) -> Refusal | None:
        """Why a vendor's own cannot be told of a queue that others may answer too; None where it can.

        formula: of the clause, else of the queue, in plain data. is_given: every contact is some vendor's from its
        arrival on
        """
        return None


@dataclass(frozen=True, kw_only=True)
class OfContacts(Metric):
    """Of a queue's contacts.

    is_answered: of answered ones only, which have a vendor whoever else might have answered them
    """

    is_answered: bool = False

    is_of_contacts = True

    def shared_refused(self, queue: str, formula: object, *, is_given: bool) -> Refusal | None:
        by_formula = self.has("formula") and formula == Formula.ANSWERED_OVER_ANSWERED
        if is_given or self.is_answered or by_formula:
            return None
        message = f"other vendors may answer {queue} too, and whose a contact is that nobody answered cannot be told"
        mend = "write scope: QUEUE, formula: ANSWERED_OVER_ANSWERED, or choice: ALLOCATION in the queue's route"
        return Refusal(message, mend)


@dataclass(frozen=True, kw_only=True)
class OfWholeQueue(Metric):
    """Of a whole queue, which is not counted by vendor."""

    def shared_refused(self, queue: str, formula: object, *, is_given: bool) -> Refusal | None:
        message = f"other vendors may answer {queue} too, and {self.word} of each is not counted apart"
        return Refusal(message, "write scope: QUEUE, or leave the queue to this vendor alone")


@dataclass(frozen=True, kw_only=True)
class OfOrders(Metric):
    """Of the teams that may answer the queue, all that they do together: ordered is what the locked forecast requires
    of them."""

    is_of_closed_hours: bool = True
    beyond_days: str | None = "staffing is held against the order by interval"

    is_ordered = True


@dataclass(frozen=True, kw_only=True)
class OfTeams(Metric):
    """Of the vendor's teams, which are its own whoever else answers the queue; without one of all queues that the
    contract covers."""

    is_of_closed_hours: bool = True

    is_of_a_queue = False


@dataclass(frozen=True, kw_only=True)
class OfWindows(OfTeams):
    """Of the vendor's teams, one figure a window."""

    is_by_window = True


@dataclass(frozen=True, kw_only=True)
class Drawn(OfWindows):
    """Of the vendor, and of no floor."""

    beyond_days: str | None = "its figures are drawn by its id"

    is_drawn = True
