"""Changes of how many contacts come, and when."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from simulation.scenario.calendar import Clock
from simulation.scenario.changing.alteration import Alteration
from simulation.scenario.changing.draft import Draft, Part, count, percent, subject, times
from simulation.scenario.problems import choose, refuse, shown
from simulation.scenario.quantities import Factor, Id, Label, Real, Whole
from simulation.scenario.queues.demand import DemandEvent, Shock

DAY_MINUTES = 1440


class ScaleDemand(Alteration):
    """Multiply the expected volume of a queue, shocks and batches included."""

    queue: Id | None = None
    """The queue's id; left out: every queue. A share of another queue's demand follows that queue."""
    factor: Factor
    """What to multiply its volume by, such as 1.2 for a fifth more."""

    def alter(self, draft: Draft) -> str:
        for path, queue in draft.queues(self.queue):
            for name, scaled in SCALES.items():
                given = queue["demand"].get(name)
                if given is not None and not (name == "share" and self.queue is None):
                    draft.put((*path, "demand", name), scaled(given, self.factor))
        return f"demand of {subject('queue', self.queue)} x {self.factor:g}"


SCALES: Mapping[str, Callable[[Any, float], Any]] = {
    "weekly_volume": times,
    "volumes": lambda volumes, factor: {period: times(volume, factor) for period, volume in volumes.items()},
    "series": lambda series, factor: {**series, "volumes": [times(volume, factor) for volume in series["volumes"]]},
    "share": times,
    "shocks": lambda shocks, factor: [{**shock, "add": times(shock["add"], factor)} for shock in shocks],
    "batches": lambda batches, factor: [{**batch, "volume": times(batch["volume"], factor)} for batch in batches],
}
"""How each part of a queue's volume is scaled; every queue has one of the first four."""


class ShiftDemand(Alteration):
    """Move what comes within the day: weights by time of day, series, shocks and batches. Dates of events stay."""

    queue: Id | None = None
    """The queue's id; left out: every queue that has any of them. A share of another queue's demand follows that."""
    minutes: Annotated[Whole, Field(ge=1 - DAY_MINUTES, lt=DAY_MINUTES)]
    """Minutes later, or below 0 earlier. What weights move past midnight goes round to the other end of the day."""

    def alter(self, draft: Draft) -> str:
        moved = [self._moved(draft, part) for part in draft.queues(self.queue)]
        if not any(moved):
            message = f"demand of {subject('queue', self.queue)} has no times to move"
            refuse(message, "name a queue with time_of_day_weights, a series, shocks or batches", ("queue",))
        later = f"{count(abs(self.minutes), 'minute')} {'later' if self.minutes >= 0 else 'earlier'}"
        return f"demand of {subject('queue', self.queue)} {later}"

    def _moved(self, draft: Draft, part: Part) -> int:
        path, queue = part
        demand = queue["demand"]
        found = {
            "time_of_day_weights": [self._turned(entry) for entry in demand.get("time_of_day_weights", ())],
            "series": demand.get("series") and self._started(demand["series"]),
            "shocks": [self._started(shock) for shock in demand.get("shocks", ())],
            "batches": [self._within_its_day(queue["id"], batch) for batch in demand.get("batches", ())],
        }
        for name, value in found.items():
            if value:
                draft.put((*path, "demand", name), value)
        return sum(map(bool, found.values()))

    def _turned(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        weights = {_clock(Clock(at).minutes + self.minutes): weight for at, weight in entry["weights"].items()}
        return {**entry, "weights": dict(sorted(weights.items()))}

    def _started(self, given: Mapping[str, Any]) -> dict[str, Any]:
        start = datetime.fromisoformat(given["start"]) + timedelta(minutes=self.minutes)
        return {**given, "start": start.isoformat(timespec="minutes")}

    def _within_its_day(self, queue: str, batch: Mapping[str, Any]) -> dict[str, Any]:
        minutes = Clock(batch["at"]).minutes + self.minutes
        if not 0 <= minutes < DAY_MINUTES:
            message = f"the batch of {queue} at {batch['at']} would fall on another day"
            refuse(message, "write fewer minutes, or set the batches' days and times", ("minutes",))
        return {**batch, "at": _clock(minutes)}


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes % DAY_MINUTES, 60)
    return f"{hour:02}:{minute:02}"


class SetGrowth(Alteration):
    """Let the volume of a queue grow by another share a year."""

    queue: Id | None = None
    """The queue's id; left out: every queue with a weekly volume."""
    growth_per_year: Annotated[Real, Field(gt=-1, le=10)]
    """Growth of volume in a year, compounded by day from the start: 0.08 is 8 % more."""

    def alter(self, draft: Draft) -> str:
        parts = draft.queues(self.queue)
        growing = [path for path, queue in parts if queue["demand"].get("weekly_volume") is not None]
        if not growing:
            message = f"{subject('queue', self.queue)} has no weekly volume that could grow"
            refuse(message, "name a queue with weekly_volume, or scale the demand", ("queue",))
        for path in growing:
            draft.put((*path, "demand", "growth_per_year"), self.growth_per_year)
        return f"demand of {subject('queue', self.queue)} grows by {percent(self.growth_per_year)} a year"


class AddDemandEvent(Alteration):
    """Add a dated multiplier of demand: a sale, a campaign, a recall."""

    queue: Id | None = None
    """The queue's id; left out: every queue but shares of another's demand, which follow it."""
    event: DemandEvent
    """The event."""

    def alter(self, draft: Draft) -> str:
        for path, queue in draft.queues(self.queue):
            if self.queue is not None or "share_of" not in queue["demand"]:
                draft.add((*path, "demand", "events"), plain(self.event))
        event, of = self.event, subject("queue", self.queue)
        return f"{event.name}: demand of {of} x {event.multiplier:g} from {event.start} for {count(event.days, 'day')}"


class RemoveDemandEvent(Alteration):
    """Remove a dated multiplier of demand."""

    queue: Id | None = None
    """The queue's id; left out: every queue that has it."""
    name: Label
    """The event's name, as the scenario writes it."""

    def alter(self, draft: Draft) -> str:
        parts = draft.queues(self.queue)
        known = {event["name"]: None for _, queue in parts for event in queue["demand"].get("events", ())}
        if self.name not in known:
            message = f"{subject('queue', self.queue)} has no event {shown(self.name)}"
            refuse(message, choose(self.name, known) if known else "leave the change out", ("name",))
        for path, queue in parts:
            events = queue["demand"].get("events", ())
            others = [event for event in events if event["name"] != self.name]
            if len(others) < len(events):
                draft.put((*path, "demand", "events"), others)
        return f"demand of {subject('queue', self.queue)} without {self.name}"


class AddShock(Alteration):
    """Add contacts that come on top for some hours: an outage, a recall, a broadcast."""

    queue: Id
    """The queue's id."""
    shock: Shock
    """The shock."""

    def alter(self, draft: Draft) -> str:
        ((path, _),) = draft.queues(self.queue)
        draft.add((*path, "demand", "shocks"), plain(self.shock))
        shock = self.shock
        when = f"from {shock.start.isoformat(timespec='minutes')} for {count(shock.hours, 'hour')}"
        return f"{count(shock.add, 'contact')} more of {self.queue} {when}"


def plain(part: Any) -> Any:
    """A part of a scenario as plain data, defaults left out."""
    return part.model_dump(mode="json", by_alias=True, exclude_defaults=True)
