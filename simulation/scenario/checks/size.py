"""How large a scenario may be: contacts of a replication, as they may be expected, and figures of a result."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from simulation.scenario.calendar import MonthName, Period
from simulation.scenario.checks.following import circles_refused, followers, most_tries, with_followers
from simulation.scenario.checks.lineage import lineage_of
from simulation.scenario.events import Event
from simulation.scenario.horizon import Horizon
from simulation.scenario.problems import Path, Refusal
from simulation.scenario.queues.demand import Batch, Demand, DemandEvent
from simulation.scenario.queues.queue import Queue
from simulation.scenario.vendors import Team

MOST_CONTACTS = 200_000_000
"""Contacts of all queues over the horizon in one replication."""
MOST_ROWS = 20_000_000
"""Intervals of the horizon times queues and teams: a result holds its figures for each."""


def volume_refused(
    queues: Mapping[int, Queue],
    by_id: Mapping[str, Queue],
    teams: Collection[Team],
    events: Collection[Event],
    horizon: Horizon,
) -> Iterator[Refusal]:
    """More contacts than one replication can hold, those that follow from others included."""
    shares = followers(by_id, teams)
    places = {queue.id: q for q, queue in queues.items()}
    endless = list(circles_refused(by_id, teams, places))
    yield from endless
    lineages = {name: lineage_of(queue, by_id) for name, queue in by_id.items()}
    fresh = {
        name: _rough_volume(lineage, horizon) * _rough_rise(lineage, events, horizon)
        for name, lineage in lineages.items()
    }
    if sum(fresh.values()) > MOST_CONTACTS:
        yield _too_many(sum(fresh.values()), "expected", "lower the volumes or shorten the horizon", ("queues",))
        return
    if endless:
        return
    followed = with_followers(fresh, shares)
    if sum(followed.values()) > MOST_CONTACTS:
        mend = "lower the volumes, or the shares of transfers, defects and returns"
        yield _too_many(sum(followed.values()), "expected with all that follow from them", mend, ("queues",))
        return
    for name, queue in by_id.items():
        tried = followed[name] * most_tries(queue, horizon)
        if tried > MOST_CONTACTS:
            mend = "lower the probability, or write a longer mean_delay_minutes"
            yield _too_many(tried, "possible if nobody is answered", mend, ("queues", places[name], "retrial"))


def _too_many(contacts: float, why: str, mend: str, at: Path) -> Refusal:
    most = f"at most {MOST_CONTACTS / 1e6:,.0f} million fit"
    return Refusal(f"some {contacts / 1e6:,.0f} million contacts are {why}, {most}", mend, at)


def size_refused(queues: int, teams: int, horizon: Horizon) -> Iterator[Refusal]:
    """More intervals, queues and teams than memory can hold."""
    rows = horizon.intervals * (queues + teams)
    if rows > MOST_ROWS:
        message = (
            f"{horizon.intervals:,} intervals of {queues + teams:,} queues and teams make {rows / 1e6:,.1f} million, "
            f"at most {MOST_ROWS / 1e6:,.0f} million fit"
        )
        yield Refusal(message, "write fewer weeks, longer intervals, or fewer queues and teams", ("queues",))


def _rough_volume(lineage: Sequence[Queue], horizon: Horizon) -> float:
    """Expected contacts of the first queue of a lineage, weekdays and opening hours left aside."""
    demand = lineage[0].demand
    extra = sum(shock.add for shock in demand.shocks) + sum(_rough_batches(batch, horizon) for batch in demand.batches)
    own = (demand.share or 0) * _rough_volume(lineage[1:], horizon) if lineage[1:] else _rough_own(demand, horizon)
    return (own + extra) * (1 + (demand.forecast_error.bias if demand.forecast_error is not None else 0))


def _rough_rise(lineage: Sequence[Queue], events: Iterable[Event], horizon: Horizon) -> float:
    """Factor of the client's outages on the first queue of a lineage, as if its volume lay evenly; a series may not."""
    names, is_even, rise = {queue.id for queue in lineage}, lineage[-1].demand.series is None, 1.0
    for event in events:
        if event.demand_multiplier is not None and event.hours is not None:
            share = min(event.hours.mean / (24 * horizon.days), 1.0) if is_even else 1.0
            if not event.queues or names & set(event.queues):
                rise *= 1 + max(event.demand_multiplier - 1, 0.0) * share
    return rise


def _rough_batches(batch: Batch, horizon: Horizon) -> float:
    a_month = sum(on.startswith("WD") for on in batch.on)
    return batch.volume * (a_month * horizon.days / 30 + (len(batch.on) - a_month) * horizon.days / 7)


def _rough_own(demand: Demand, horizon: Horizon) -> float:
    if demand.series is not None:
        return sum(demand.series.volumes) * max((_event_factor(event, None) for event in demand.events), default=1.0)
    given = None if demand.volumes is None else _rough_given(demand.volumes)
    days = (horizon.start + timedelta(days=d) for d in range(horizon.days))
    return sum(_rough_day(demand, given, day, (day - horizon.start).days) for day in days)


def _rough_given(volumes: Mapping[Period, float]) -> dict[date, float]:
    """The volume of each date that periods cover, the narrowest period's."""
    by_date: dict[date, float] = {}
    for period in sorted(volumes, key=lambda period: -period.days):
        first, days = period.first, period.days
        by_date |= dict.fromkeys((first + timedelta(days=d) for d in range(days)), volumes[period] / days)
    return by_date


def _rough_day(demand: Demand, given: Mapping[date, float] | None, day: date, number: int) -> float:
    if given is None:
        volume = (demand.weekly_volume or 0) / 7 * float((1 + demand.growth_per_year) ** (number / 365))
    else:
        volume = given.get(day, 0.0)
    if demand.season is not None:
        volume *= (demand.season.months or {}).get(MonthName.of(day), 1.0)
        volume *= (demand.season.weeks or {}).get(str(day.isocalendar().week), 1.0)
    for event in demand.events:
        volume *= _event_factor(event, day)
    return volume


def _event_factor(event: DemandEvent, day: date | None) -> float:
    if event.included or (day is not None and not 0 <= (day - event.start).days < event.days):
        return 1.0
    return max(event.multiplier, 1.0) if day is None else event.multiplier
