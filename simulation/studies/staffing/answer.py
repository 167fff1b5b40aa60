"""What a staffing search answers."""

from dataclasses import dataclass
from datetime import date

from simulation.studies.readings import Amount, Share
from simulation.studies.staffing.options import What


@dataclass(frozen=True)
class TeamAgents:
    """The least agents of a team with given staffing."""

    id: str
    """The team's id."""
    agents: tuple[int, ...]
    """Agents on the floor, one an interval."""


@dataclass(frozen=True)
class Target:
    """Heads that a team plans to have past training."""

    team: str
    """The team's id."""
    start: date
    """The date from which it holds, until the team's next one."""
    heads: int
    """How many."""


@dataclass(frozen=True)
class PlannedClass:
    """A given class as the plan wants it."""

    team: str
    """The team's id."""
    start: date
    """The first day of training."""
    heads: int
    """How many start; 0: it is not held."""
    until: date | None
    """The last day of temporary people; null where they stay."""


@dataclass(frozen=True)
class TeamOvertime:
    """How much overtime a team may work."""

    team: str
    """The team's id."""
    hours: float
    """Most hours a head and week; 0: none."""


@dataclass(frozen=True)
class TeamBench:
    """How much of its bench a team may call."""

    team: str
    """The team's id."""
    agents: int
    """Most agents; 0: it is not called."""


@dataclass(frozen=True)
class VendorPart:
    """A vendor's share of a queue's work from a date on."""

    queue: str
    """The queue's id."""
    start: date | None
    """The date from which it holds, until the queue's next one; null: from the start."""
    vendor: str
    """The vendor's id."""
    share: float
    """Share of the contacts that arrive."""


@dataclass(frozen=True)
class Late:
    """What comes of the plan if a decision is made a week late; of overtime and the bench, which have no dates, if it
    is not made. Told by what changes on some of the proof's draws."""

    all_met: Share
    """Probability that every clause is met."""
    cost: Amount | None
    """The client's cost; null where nothing has a price."""


@dataclass(frozen=True)
class DatedDecision:
    """A decision of the plan and the price of missing it."""

    by: date
    """The last day on which it serves."""
    what: What
    """What is decided."""
    team: str
    """About whose people, by the team's id; of a split, the vendor's first team that serves the queue."""
    heads: int
    """About how many; of overtime and of a split, as many as its hours and its work are worth."""
    hours: float | None
    """Of overtime: most hours a head and week; else null."""
    queue: str | None
    """Of a split: the queue's id; else null."""
    share: float | None
    """Of a split: the share of the queue's work that the vendor gets; else null."""
    if_late: Late | None
    """What comes of being a week late; null where it cannot be, and where the search ended without a plan."""


@dataclass(frozen=True)
class Plan:
    """A hiring plan."""

    targets: tuple[Target, ...]
    """Heads of the teams that hire, by date."""
    classes: tuple[PlannedClass, ...]
    """Given classes, in the size of the plan."""
    overtime: tuple[TeamOvertime, ...]
    """Of the teams that may work overtime."""
    bench: tuple[TeamBench, ...]
    """Of the teams that call a bench."""
    shares: tuple[VendorPart, ...]
    """Of the queues that vendors share by allocation."""
    decisions: tuple[DatedDecision, ...]
    """What to decide, by date."""


@dataclass(frozen=True)
class Shortfall:
    """Why there is no such plan, and what there is instead."""

    binding: str
    """The limit that binds, in words."""
    nearest_confidence: float
    """The highest confidence that a plan within the limits was seen to have; its proof stands beside it."""
    nearest_cost: float | None
    """The least cost of a plan that has the confidence, where it is the budget that binds; else null."""


@dataclass(frozen=True)
class StaffingAnswer:
    """The least agents, and the least-cost hiring plan that keeps every clause with a confidence."""

    teams: tuple[TeamAgents, ...]
    """Of teams with given staffing."""
    plan: Plan | None
    """Of teams with people; null where there are none to decide on."""
    document: str
    """The scenario that carries it out, as canonical JSON."""
    confidence: float | None
    """The confidence asked for; null where there is no plan to prove."""
    met: Share | None
    """Probability that every clause is met, or without clauses every queue's target over the horizon, with fresh
    draws; null where nothing was proven."""
    cost: Amount | None
    """The client's cost with these draws; null where nothing has a price."""
    margin: Amount | None
    """The vendor's margin with these draws, where it is what the plan is for; else null."""
    decide_by: date | None
    """When the first decision has to be made; null where there is none."""
    shortfall: Shortfall | None
    """Why the confidence is not reached; null where it is proven."""
