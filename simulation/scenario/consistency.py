"""What must agree between the parts of a scenario: names, lengths, dates and sizes.

Names are checked in the plain data, so that they are checked too where other things are wrong; lengths, dates and
sizes in those parts that are valid in themselves.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from simulation.scenario.agreements import contracts_refused, term_refused
from simulation.scenario.calendar import MONTH_NAMES, MonthName
from simulation.scenario.channels import DEFERRED, DEFERRED_CHANNELS
from simulation.scenario.clauses import Clause
from simulation.scenario.costs import costs_refused
from simulation.scenario.currencies import currencies_refused
from simulation.scenario.demand import Batch, Demand, DemandEvent
from simulation.scenario.destinations import destinations_refused
from simulation.scenario.entries import entries, ids
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.events import Event
from simulation.scenario.exits import exits_refused
from simulation.scenario.following import circles_refused, followers, most_tries, with_followers
from simulation.scenario.horizon import Horizon
from simulation.scenario.payroll import dates_refused, moves_refused
from simulation.scenario.pricing import Pricing
from simulation.scenario.problems import Path, Refusal, choose, shown
from simulation.scenario.queues import Queue
from simulation.scenario.transitions import Transition
from simulation.scenario.vendors import Team

MOST_CONTACTS = 200_000_000
"""Contacts of all queues over the horizon in one replication."""
MOST_ROWS = 20_000_000
"""Intervals of the horizon times queues and teams: a result holds its figures for each."""


def names_refused(document: Mapping[str, Any]) -> Iterator[Refusal]:
    """Ids given twice, references to nothing, and queues that nobody can serve."""
    queues = list(entries(document.get("queues"), ("queues",)))
    vendors = list(entries(document.get("vendors"), ("vendors",)))
    teams = [entry for path, vendor in vendors for entry in entries(vendor.get("teams"), (*path, "teams"))]
    sites = [entry for path, vendor in vendors for entry in entries(vendor.get("sites"), (*path, "sites"))]
    for kind, named in (("queue", queues), ("vendor", vendors), ("team", teams), ("site", sites)):
        yield from _twice(kind, named)
    yield from _sites_refused(vendors)
    yield from moves_refused(vendors)
    yield from _skills_refused(teams, ids(queues))
    yield from _routes_refused(queues, teams)
    yield from destinations_refused(document)
    yield from exits_refused(document)
    yield from currencies_refused(document)
    yield from contracts_refused(document)
    yield from costs_refused(document)
    yield from _shares_refused(queues)


def _twice(kind: str, named: Iterable[tuple[Path, Mapping[str, Any]]]) -> Iterator[Refusal]:
    seen: set[str] = set()
    for path, entry in named:
        name = entry.get("id")
        if isinstance(name, str):
            if name in seen:
                yield Refusal(f"there is already a {kind} {shown(name)}", "give each its own id", (*path, "id"))
            seen.add(name)


def _sites_refused(vendors: Iterable[tuple[Path, Mapping[str, Any]]]) -> Iterator[Refusal]:
    for path, vendor in vendors:
        known = ids(entries(vendor.get("sites"), path))
        for team_path, team in entries(vendor.get("teams"), (*path, "teams")):
            site = team.get("site")
            if isinstance(site, str) and site not in known:
                yield Refusal(f"this vendor has no site {shown(site)}", choose(site, known), (*team_path, "site"))


def _skills_refused(teams: Iterable[tuple[Path, Mapping[str, Any]]], known: Collection[str]) -> Iterator[Refusal]:
    for path, team in teams:
        seen: set[str] = set()
        for skill_path, skill in entries(team.get("skills"), (*path, "skills")):
            queue = skill.get("queue")
            if not isinstance(queue, str):
                continue
            if queue not in known:
                yield Refusal(f"there is no queue {shown(queue)}", choose(queue, known), (*skill_path, "queue"))
            elif queue in seen:
                yield Refusal(
                    f"the team already has skill {shown(queue)}", "name each queue once", (*skill_path, "queue")
                )
            seen.add(queue)


def _routes_refused(
    queues: Sequence[tuple[Path, Mapping[str, Any]]], teams: Sequence[tuple[Path, Mapping[str, Any]]]
) -> Iterator[Refusal]:
    queue_ids, team_ids = ids(queues), ids(teams)
    skills = [(team.get("id"), _skills(team, queue_ids)) for _, team in teams]
    for path, queue in queues:
        name = queue.get("id")
        if not isinstance(name, str):
            continue
        able = [team_id for team_id, served in skills if served is None or name in served]
        yield from _steps_refused(path, queue, team_ids, able)
        if not able:
            yield Refusal("nobody can serve this queue", f"add {{queue: {name}}} to the skills of a team", path)


def _shares_refused(queues: Sequence[tuple[Path, Mapping[str, Any]]]) -> Iterator[Refusal]:
    """Demand that is a share of no queue, or of itself in the end."""
    known = ids(queues)
    sources = {queue.get("id"): _source(queue) for _, queue in queues if isinstance(queue.get("id"), str)}
    for path, queue in queues:
        source, at = _source(queue), (*path, "demand", "share_of")
        if source is not None and source not in known:
            others = [name for name in known if name != queue.get("id")]
            yield Refusal(f"there is no queue {shown(source)}", choose(source, others), at)
        seen: list[str] = []
        while source is not None and source not in seen:
            seen.append(source)
            source = sources.get(source)
        if queue.get("id") in seen:
            yield Refusal("leads back to this queue", "give one queue of the circle a volume of its own", at)


def _source(queue: Mapping[str, Any]) -> str | None:
    demand = queue.get("demand")
    source = demand.get("share_of") if isinstance(demand, Mapping) else None
    return source if isinstance(source, str) else None


def _skills(team: Mapping[str, Any], known: Collection[str]) -> set[str] | None:
    """The queues a team serves; None where its skills are wrong in themselves, so that they may mean any."""
    skills = team.get("skills")
    if not isinstance(skills, list | tuple):
        return None
    served = [skill.get("queue") if isinstance(skill, Mapping) else None for skill in skills]
    named = {queue for queue in served if isinstance(queue, str) and queue in known}
    return named if all(isinstance(queue, str) and queue in known for queue in served) else None


def _steps_refused(
    path: Path, queue: Mapping[str, Any], team_ids: Collection[str], able: Sequence[Any]
) -> Iterator[Refusal]:
    route, name = queue.get("route"), queue["id"]
    steps = route.get("steps") if isinstance(route, Mapping) else None
    for step_path, step in entries(steps, (*path, "route", "steps")):
        named = step.get("teams")
        for t, team_id in enumerate(named if isinstance(named, list | tuple) else ()):
            at = (*step_path, "teams", t)
            if isinstance(team_id, str) and team_id not in team_ids:
                yield Refusal(f"there is no team {shown(team_id)}", choose(team_id, team_ids), at)
            elif isinstance(team_id, str) and team_id not in able:
                mend = f"add {{queue: {name}}} to the skills of {team_id}, or leave the team out"
                yield Refusal(f"team {team_id} lacks the skill {name}", mend, at)


def parts_refused(
    horizon: Horizon,
    queues: Mapping[int, Queue],
    teams: Mapping[tuple[int, int], Team],
    events: Mapping[int, Event],
    transitions: Mapping[int, Transition],
    terms: Mapping[Path, Pricing | Clause],
) -> Iterator[Refusal]:
    """Parts by position (teams by vendor too, terms of contracts by path) that do not agree with the horizon."""
    by_id = {queue.id: queue for queue in queues.values()}
    for q, queue in queues.items():
        yield from _within(("queues", q), _queue_refused(queue, horizon))
        yield from _within(("queues", q), _shared_batches_refused(queue, by_id))
    for (v, t), team in teams.items():
        yield from _within(("vendors", v, "teams", t), _team_refused(team, horizon))
    for e, event in events.items():
        yield from _within(("events", e), _event_refused(event, horizon))
        yield from _within(("events", e), _leavers_refused(event, teams.values()))
    for t, transition in transitions.items():
        yield from _within(("transitions", t), _transition_refused(transition, horizon))
    for path, term in terms.items():
        yield from _within(path, term_refused(term, by_id, horizon))
    yield from _volume_refused(queues, by_id, teams.values(), events.values(), horizon)
    yield from _size_refused(len(queues), len(teams), horizon)


def _within(path: Path, refused: Iterator[Refusal]) -> Iterator[Refusal]:
    return (one.below(path) for one in refused)


def _team_refused(team: Team, horizon: Horizon) -> Iterator[Refusal]:
    """Staffing that does not cover the horizon, classes that cannot be what they say, and plans for a time after it."""
    if team.staffing is not None and len(team.staffing.agents) not in (1, horizon.intervals):
        yield Refusal(
            f"has {len(team.staffing.agents)} entries, the horizon has {horizon.intervals} intervals",
            f"write one number, or {horizon.intervals} of them",
            ("staffing", "agents"),
        )
    if team.workforce is not None:
        yield from _within(("workforce",), dates_refused(team.workforce, horizon))
    for p, policy in enumerate(team.policies):
        if policy.heads and all(period.first >= horizon.end for period in policy.heads):
            yield _outside("every target", horizon, ("policies", p, "heads"))


def _queue_refused(queue: Queue, horizon: Horizon) -> Iterator[Refusal]:
    """Hours and demand that lie outside the horizon altogether."""
    demand = queue.demand
    if horizon.days >= 7 and not any(queue.opens_on(horizon.start + timedelta(days=d)) for d in range(horizon.days)):
        yield Refusal("is never open in the horizon", "give it hours on some day of it", ("hours",))
    if demand.series is not None:
        span = timedelta(minutes=demand.series.minutes) * len(demand.series.volumes)
        first, last = demand.series.start.date(), (demand.series.start + span).date()
        # a day of grace either side: the series is local to the queue, the horizon to the scenario
        if last < horizon.start - timedelta(days=1) or first > horizon.end:
            yield _outside(f"the series covers {first} to {last}", horizon, ("demand", "series", "start"))
    if demand.volumes is not None and all(p.last < horizon.start or p.first >= horizon.end for p in demand.volumes):
        yield _outside("every period of volumes", horizon, ("demand", "volumes"))
    if queue.route.allocation:
        begins = queue.route.allocation[0].from_
        if begins is not None and begins > horizon.start:
            mend = f"write {horizon.start} or earlier, or leave `from` out"
            yield Refusal("nothing is allocated before", mend, ("route", "allocation", 0, "from"))
    due = queue.turnaround.due if queue.turnaround is not None else None
    if due is not None and not any(queue.working_day(due, month) for month in _months(horizon)):
        yield Refusal(f"no month of the horizon has a {due}", "name another working day", ("turnaround", "due"))


def _months(horizon: Horizon) -> Iterator[date]:
    """First days of the months of the horizon and of the year after."""
    month = horizon.start.replace(day=1)
    while month < horizon.end + timedelta(days=366):
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _event_refused(event: Event, horizon: Horizon) -> Iterator[Refusal]:
    """Events that lie outside the horizon altogether."""
    if event.start is None or event.ends is None:
        of_year = {MonthName.of(month) for month in _months(horizon) if month < horizon.end}
        if event.months and not of_year & set(event.months):
            mend = f"name one of {', '.join(sorted(of_year, key=MONTH_NAMES.index))}"
            yield Refusal("none of these months has a day in the horizon", mend, ("months",))
        return
    first, last = event.start.date(), event.ends.date()
    # a day of grace either side: the event is local to its site, the horizon to the scenario
    if last < horizon.start - timedelta(days=1) or first > horizon.end:
        yield _outside(f"the event, {first} to {last},", horizon, ("start",))
    elif event.kind is EventKind.VENDOR_EXIT and first < horizon.start:
        mend = f"count the heads and shares that are left, and write {horizon.start} or later"
        yield Refusal("the handover has begun before the start", mend, ("start",))


def _leavers_refused(event: Event, teams: Iterable[Team]) -> Iterator[Refusal]:
    """Attrition of a team that nobody leaves."""
    team = next((team for team in teams if team.id == event.team), None)
    if event.kind is not EventKind.ATTRITION or team is None:
        return
    if team.workforce is None:
        yield Refusal(f"the agents of {team.id} are given, nobody leaves", "name a team with a workforce", ("team",))
    elif team.workforce.attrition is None:
        yield Refusal(f"nobody leaves {team.id}", "add attrition to its workforce", ("team",))


def _transition_refused(transition: Transition, horizon: Horizon) -> Iterator[Refusal]:
    """Transitions that begin after the horizon."""
    first = transition.steps[0].from_
    if first > horizon.end:  # a day of grace, as for events: the date is local to the queue
        yield _outside(f"the first step, {first},", horizon, ("steps", 0, "from"))


def _shared_batches_refused(queue: Queue, by_id: Mapping[str, Queue]) -> Iterator[Refusal]:
    """An immediate queue that has a share of another's batches."""
    source = next((of for of in _lineage(queue, by_id)[1:] if of.demand.batches), None)
    if source is not None and queue.channel not in DEFERRED_CHANNELS:
        mend = f"write channel {DEFERRED}, or give the queue a volume of its own"
        at: Path = ("demand", "share_of")
        yield Refusal(f"contacts by {queue.channel} do not arrive in batches, those of {source.id} do", mend, at)


def _lineage(queue: Queue, by_id: Mapping[str, Queue]) -> list[Queue]:
    """The queue, the one it is a share of, and so on; a circle is left where it closes."""
    line = [queue]
    while (source := by_id.get(line[-1].demand.share_of or "")) is not None and source not in line:
        line.append(source)
    return line


def _outside(what: str, horizon: Horizon, at: Path) -> Refusal:
    last = horizon.end - timedelta(days=1)
    return Refusal(f"{what} lies outside the horizon, {horizon.start} to {last}", "move it or the scenario's start", at)


def _volume_refused(
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
    lineages = {name: _lineage(queue, by_id) for name, queue in by_id.items()}
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


def _size_refused(queues: int, teams: int, horizon: Horizon) -> Iterator[Refusal]:
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
    days = (horizon.start + timedelta(days=d) for d in range(horizon.days))
    return sum(_rough_day(demand, day, (day - horizon.start).days) for day in days)


def _rough_day(demand: Demand, day: date, number: int) -> float:
    volume = (demand.weekly_volume or 0) / 7 * float((1 + demand.growth_per_year) ** (number / 365))
    if demand.volumes is not None:
        covering = [period for period in demand.volumes if period.first <= day <= period.last]
        narrowest = min(covering, key=lambda period: period.days, default=None)
        volume = demand.volumes[narrowest] / narrowest.days if narrowest is not None else 0.0
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
