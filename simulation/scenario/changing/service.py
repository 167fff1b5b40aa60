"""Changes of how contacts are served: handling, patience, targets, hours, and who gets them."""

from typing import Any

from pydantic import Field

from simulation.scenario.calendar import Day
from simulation.scenario.changing.alteration import Alteration
from simulation.scenario.changing.demand import plain
from simulation.scenario.changing.draft import Draft, Part, count, percent, subject, times
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Id, PositiveFactor, PositiveShare, Seconds, Share
from simulation.scenario.queues.opening_hours import Opening
from simulation.scenario.queues.routes import Choice


class ScaleHandling(Alteration):
    """Multiply the handling time of a queue."""

    queue: Id | None = None
    """The queue's id; left out: every queue."""
    factor: PositiveFactor
    """What to multiply it by, such as 1.1 for a tenth longer."""

    def alter(self, draft: Draft) -> str:
        for path, queue in draft.queues(self.queue):
            scale_time(draft, ((*path, "handling"), queue["handling"]), self.factor)
        return f"handling time of {subject('queue', self.queue)} x {self.factor:g}"


class ScalePatience(Alteration):
    """Multiply how long contacts of a queue wait before they abandon."""

    queue: Id | None = None
    """The queue's id; left out: every queue whose contacts abandon."""
    factor: PositiveFactor
    """What to multiply it by, such as 0.8 for a fifth shorter."""

    def alter(self, draft: Draft) -> str:
        parts = [(path, queue) for path, queue in draft.queues(self.queue) if "patience" in queue]
        if not parts:
            message = f"nobody abandons {subject('queue', self.queue)}: it has no patience"
            refuse(message, "name a queue with patience, or leave the change out", ("queue",))
        for path, queue in parts:
            scale_time(draft, ((*path, "patience"), queue["patience"]), self.factor)
        return f"patience of {subject('queue', self.queue)} x {self.factor:g}"


def scale_time(draft: Draft, part: Part, factor: float) -> None:
    """Multiplies a random time, whichever way it is given."""
    path, given = part
    if "mean_seconds" in given:
        draft.put((*path, "mean_seconds"), times(given["mean_seconds"], factor))
    elif "values" in given:
        draft.put((*path, "values"), [times(value, factor) for value in given["values"]])
    else:
        points = [{**point, "seconds": times(point["seconds"], factor)} for point in given["quantiles"]]
        draft.put((*path, "quantiles"), points)


class SetTarget(Alteration):
    """Want another service level of a queue. What contracts promise stays as it is."""

    queue: Id | None = None
    """The queue's id; left out: every queue."""
    share: PositiveShare | None = None
    """Share of contacts wanted in time; left out: as it is. Dates with a share of their own keep it."""
    threshold_seconds: Seconds | None = None
    """Seconds of waiting within which a contact is answered in time; left out: as it is."""

    def alter(self, draft: Draft) -> str:
        wanted = {name: getattr(self, name) for name in ("share", "threshold_seconds")}
        given = {name: value for name, value in wanted.items() if value is not None}
        if not given:
            refuse("nothing is to become of the target", "add share, threshold_seconds or both", ("share",))
        for path, _ in draft.queues(self.queue):
            for name, value in given.items():
                draft.put((*path, "target", name), value)
        share = f" {percent(self.share)}" if self.share is not None else ""
        within = f" within {count(self.threshold_seconds, 'second')}" if self.threshold_seconds is not None else ""
        return f"target of {subject('queue', self.queue)}:{share}{within}"


class SetHours(Alteration):
    """Open a queue at other hours."""

    queue: Id
    """The queue's id."""
    hours: tuple[Opening, ...] = ()
    """When it is open; left out: round the clock."""

    def alter(self, draft: Draft) -> str:
        ((path, _),) = draft.queues(self.queue)
        draft.put((*path, "hours"), [plain(opening) for opening in self.hours] or None)
        return f"hours of {self.queue}: {'; '.join(map(_hours, self.hours)) or 'round the clock'}"


def _hours(opening: Opening) -> str:
    days = "daily" if len(opening.days) == 7 else " ".join(opening.days)
    since = f" from {opening.from_}" if opening.from_ is not None else ""
    until = f" to {opening.to}" if opening.to is not None else ""
    return f"{days} {opening.open}-{opening.close}{since}{until}"


class SetAllocation(Alteration):
    """Give vendors other shares of the contacts of a queue."""

    queue: Id
    """The queue's id."""
    shares: dict[Id, Share] = Field(min_length=1)
    """Share of each vendor, by its id; they sum to 1."""
    from_: Day | None = Field(default=None, alias="from")
    """First local date of the queue on which it holds, in place of all later entries; left out: always."""

    def alter(self, draft: Draft) -> str:
        ((path, queue),) = draft.queues(self.queue)
        before = self._before(queue)
        kind = {"kind": before[-1]["kind"]} if before and "kind" in before[-1] else {}
        begins = {"from": self.from_.isoformat()} if self.from_ is not None else {}
        draft.put((*path, "route", "choice"), Choice.ALLOCATION.value)
        draft.put((*path, "route", "allocation"), [*before, {**begins, "shares": dict(self.shares), **kind}])
        shares = ", ".join(f"{vendor} {percent(share)}" for vendor, share in self.shares.items())
        return f"allocation of {self.queue}: {shares}{f' from {self.from_}' if self.from_ else ''}"

    def _before(self, queue: dict[str, Any]) -> list[dict[str, Any]]:
        """The entries that still hold before the date."""
        entries = queue.get("route", {}).get("allocation", [])
        if self.from_ is None:
            return []
        if not entries:
            message = f"{self.queue} is not allocated to vendors before {self.from_}"
            refuse(message, "leave `from` out, so that it holds always", ("from",))
        return [entry for entry in entries if entry.get("from", "") < self.from_.isoformat()]
