"""Why one scenario comes out otherwise than another: its drivers swapped one by one, on the same draws.

From the baseline's document each driver's parts are replaced by the candidate's, one driver after the other in the
order of `Cause`, and what has become of the document is simulated each time. A step is what its driver adds to
all before it, so the steps add up to the whole difference: of cost, of FTE, and of the share of replications that hold.
What a driver is worth depends on what stands before it; the order is the planner's: what comes, who is there, what is
agreed. Where a document half swapped is no valid scenario (a new queue that no team serves yet), its driver is joined
with the next ones until it is. Parts that are alike in both are no step.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from simulation.comparison import Simulated, paired_gap, paired_share_gap
from simulation.outcome.counting.estimates import Estimate
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.differences import differences
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import Amount, Effect, Float64, Share, reading_of
from simulation.studies.study import Asked, Point, Study, StudyRefusedError
from simulation.world.planning.requirement import FULL_TIME

Data = dict[str, Any]


class Cause(StrEnum):
    """What a scenario's outcome follows from."""

    CALENDAR = "CALENDAR"
    """When it starts, how long it lasts, its clock and intervals."""
    DEMAND = "DEMAND"
    """How many contacts come: volumes, seasons, events of demand, automation, backlog."""
    HANDLING = "HANDLING"
    """How long they take: handling times and chats at once."""
    CUSTOMERS = "CUSTOMERS"
    """How they behave and what is promised to them: patience, returns, hours, targets, routes, transitions."""
    PEOPLE = "PEOPLE"
    """Who is there: heads, shifts, policies, skills, sites."""
    HAPPENINGS = "HAPPENINGS"
    """Outages, mass absence, exits of vendors."""
    CONTRACT = "CONTRACT"
    """What is agreed and paid: contracts, locked forecasts, wages, the client's own cost."""
    OTHER = "OTHER"
    """Names, labels and all else."""


ROOT = {
    Cause.CALENDAR: ("start", "weeks", "days", "timezone", "interval_minutes"),
    Cause.DEMAND: ("busyness_correlation",),
    Cause.CUSTOMERS: ("transitions",),
    Cause.HAPPENINGS: ("events",),
    Cause.CONTRACT: ("client_cost", "forecasts", "exchange_rates", "clients"),
}
OF_QUEUE = {
    Cause.DEMAND: ("demand", "containment", "backlog"),
    Cause.HANDLING: ("handling", "concurrency"),
}
"""Of a queue the rest is of customers."""
OF_TEAM = {Cause.CONTRACT: ("cost",)}
"""Of a team the rest is of people."""
OF_VENDOR = {Cause.PEOPLE: ("sites",), Cause.CONTRACT: ("contracts", "currency", "kind")}
"""Of a vendor, its teams aside."""


@dataclass(frozen=True)
class Explained:
    """What is kept of a point: what came of each replication, in order."""

    held: tuple[bool, ...]
    """Whether every clause was met in all its whole windows; without clauses, every target."""
    cost: tuple[float, ...] | None
    """The client's cost in the scenario's currency; null where nothing has a price."""
    fte: tuple[float, ...]
    """Paid FTE of all teams, the mean over the horizon."""


@dataclass(frozen=True)
class Step:
    """What some drivers add to all before them."""

    causes: tuple[Cause, ...]
    """The drivers; several where a document with one of them alone is no valid scenario."""
    changed: tuple[str, ...]
    """What of them differs, in words; of more than twenty places the first twenty."""
    holds: Share
    """Share of replications that hold with it."""
    holding_effect: Effect
    """By how much that is more than before it."""
    fte: Amount
    """Paid FTE with it."""
    fte_effect: Effect
    """By how much that is more than before it."""
    cost: Amount | None
    """The client's cost with it; null where nothing has a price."""
    cost_effect: Effect | None
    """By how much that is more than before it; null where either has no price."""


@dataclass(frozen=True)
class Explanation:
    """The whole difference, step by step."""

    replications: int
    """How many of each scenario, on the same draws."""
    baseline: Step
    """The baseline itself, with effects of nothing."""
    steps: tuple[Step, ...]
    """In the order in which drivers were swapped; the last one ends at the candidate."""


MOST_TOLD = 20
BASELINE = "baseline"


@dataclass(frozen=True)
class _Mixed:
    """A document on the way from the baseline to the candidate."""

    name: str
    causes: tuple[Cause, ...]
    changed: tuple[str, ...]
    scenario: Scenario


class Explaining(Study):
    """How a candidate, the document of the study, comes to differ from a baseline."""

    reading: ClassVar = Explained
    answer: ClassVar = Explanation

    baseline: str
    """The scenario that it is held against, as canonical JSON."""

    def most_replications(self) -> int:
        """Of the baseline and every driver."""
        return (1 + len(Cause)) * self.experiment.replications

    def read(self, simulated: Simulated) -> Explained:
        """What came of each replication."""
        kept = reading_of(simulated)
        return Explained(kept.held, kept.cost, tuple(_fte(simulated).tolist()))

    def ask(self, known: Mapping[str, Explained]) -> Asked | Explanation:
        """The baseline and all mixed documents at once; then the explanation."""
        mixed = list(self._mixed())
        points = [Point(one.name, _told(one.causes), one.scenario, self.experiment) for one in mixed]
        if any(point.name not in known for point in points):
            return Asked(points)
        first, *others = mixed
        steps, before = list[Step](), known[first.name]
        for one in others:
            steps.append(_step(one, before, known[one.name]))
            before = known[one.name]
        nothing = _step(first, known[first.name], known[first.name])
        return Explanation(self.experiment.replications, nothing, tuple(steps))

    def _mixed(self) -> Iterator[_Mixed]:
        """The baseline, then after each swap a valid scenario; the last is the candidate. Raises StudyRefusedError."""
        begun, ended = load(self.baseline), self.scenario
        if begun.currency != ended.currency:
            message = (
                f"one scenario counts in {begun.currency}, the other in {ended.currency}; explain those of one currency"
            )
            raise StudyRefusedError(message)
        data, wanted = canonical_data(begun), canonical_data(ended)
        yield _Mixed(BASELINE, (), (), begun)
        waiting: tuple[Cause, ...] = ()
        since = data
        for cause in Cause:
            data = swapped(data, wanted, cause)
            if data == since:
                continue
            waiting = (*waiting, cause)
            scenario = ended if data == wanted else _valid(data)
            if scenario is not None:
                changed = tuple(one.summary for one in differences(since, data))
                yield _Mixed(" ".join(waiting).lower(), waiting, changed[:MOST_TOLD], scenario)
                since, waiting = data, ()


def swapped(data: Data, wanted: Data, cause: Cause) -> Data:
    """Canonical data with a driver's parts as another document has them; OTHER makes it that document."""
    if cause is Cause.OTHER:
        return wanted
    made = _taken(data, wanted, ROOT.get(cause, ()))
    rest = (cause is Cause.CUSTOMERS, [*sum(OF_QUEUE.values(), ()), "id", "name"])
    made["queues"] = _each(data["queues"], wanted["queues"], OF_QUEUE.get(cause, ()), rest)
    vendors = []
    for vendor in data["vendors"]:
        other = _named(wanted["vendors"], vendor["id"])
        if other is None:
            vendors.append(vendor)
            continue
        changed = _taken(vendor, other, OF_VENDOR.get(cause, ()))
        people = (cause is Cause.PEOPLE, ["cost", "id"])
        changed["teams"] = _each(vendor["teams"], other["teams"], OF_TEAM.get(cause, ()), people)
        vendors.append(changed)
    return {**made, "vendors": vendors}


def _each(
    items: Sequence[Data], others: Sequence[Data], names: Sequence[str], rest: tuple[bool, Sequence[str]]
) -> list[Data]:
    """Items with some parts as their namesakes have them, or all but some."""
    takes_rest, kept = rest
    found = []
    for item in items:
        other = _named(others, item["id"])
        if other is None:
            found.append(item)
            continue
        own = [name for name in {**item, **other} if name not in kept] if takes_rest else names
        found.append(_taken(item, other, own))
    return found


def _named(items: Sequence[Data], name: str) -> Data | None:
    return next((item for item in items if item["id"] == name), None)


def _taken(item: Data, other: Data, names: Sequence[str]) -> Data:
    """With some parts as another has them, or left out where it leaves them out."""
    made = {name: value for name, value in item.items() if name not in names}
    return made | {name: other[name] for name in names if name in other}


def _valid(data: Data) -> Scenario | None:
    try:
        return from_data(data)
    except ScenarioError:
        return None


def _told(causes: Sequence[Cause]) -> str:
    return ", ".join(cause.lower() for cause in causes) or "as the baseline has it"


def _fte(simulated: Simulated) -> Float64:
    """Float64 (replications,): paid hours over those of an FTE in the horizon, of all teams together."""
    weeks = len(simulated.scenario.horizon.dates) / 7
    found = np.zeros(simulated.result.replications)
    for team, result in zip(simulated.scenario.teams, simulated.result.teams, strict=True):
        hours = FULL_TIME if team.workforce is None else team.workforce.hours_per_week
        found = found + result.totals["paid_hours"].over / (hours * weeks)
    return found


def _step(one: _Mixed, before: Explained, after: Explained) -> Step:
    held = [np.asarray(each.held, np.float64) for each in (before, after)]
    fte = [np.asarray(each.fte) for each in (before, after)]
    both = None
    if before.cost is not None and after.cost is not None:
        both = paired_gap(Estimate(np.asarray(before.cost)), Estimate(np.asarray(after.cost)))
    paid = paired_gap(Estimate(fte[0]), Estimate(fte[1]))
    assert paid is not None  # paid hours are known of every replication
    return Step(
        causes=one.causes,
        changed=one.changed,
        holds=Share.of(sum(after.held), len(after.held)),
        holding_effect=Effect.of(paired_share_gap(*held), most=1),
        fte=Amount.of(fte[1]),
        fte_effect=Effect.of(paid),
        cost=None if after.cost is None else Amount.of(np.asarray(after.cost)),
        cost_effect=None if both is None else Effect.of(both),
    )
