"""What the horizon covers: staffing, targets, hours, demand, events and transitions that do not lie outside of it."""

from collections.abc import Iterator
from datetime import date, timedelta

from simulation.scenario.calendar import MONTH_NAMES, MonthName
from simulation.scenario.checks.workforces import dates_refused
from simulation.scenario.events import Event
from simulation.scenario.horizon import Horizon
from simulation.scenario.problems import Path, Refusal
from simulation.scenario.queues.queue import Queue
from simulation.scenario.transitions import Transition
from simulation.scenario.vendors import Team


def team_refused(team: Team, horizon: Horizon) -> Iterator[Refusal]:
    """Staffing that does not cover the horizon, classes that cannot be what they say, and plans for a time after it."""
    if team.staffing is not None and len(team.staffing.agents) not in (1, horizon.intervals):
        yield Refusal(
            f"has {len(team.staffing.agents)} entries, the horizon has {horizon.intervals} intervals",
            f"write one number, or {horizon.intervals} of them",
            ("staffing", "agents"),
        )
    if team.workforce is not None:
        yield from (one.below(("workforce",)) for one in dates_refused(team.workforce, horizon))
    for p, policy in enumerate(team.policies):
        if policy.heads and all(period.first >= horizon.end for period in policy.heads):
            yield _outside("every target", horizon, ("policies", p, "heads"))


def queue_refused(queue: Queue, horizon: Horizon) -> Iterator[Refusal]:
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


def event_refused(event: Event, horizon: Horizon) -> Iterator[Refusal]:
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
    elif event.kind.rules.begun is not None and first < horizon.start:
        what, instead = event.kind.rules.begun
        yield Refusal(what, f"{instead}, and write {horizon.start} or later", ("start",))


def transition_refused(transition: Transition, horizon: Horizon) -> Iterator[Refusal]:
    """Transitions that begin after the horizon."""
    first = transition.steps[0].from_
    if first > horizon.end:  # a day of grace, as for events: the date is local to the queue
        yield _outside(f"the first step, {first},", horizon, ("steps", 0, "from"))


def _outside(what: str, horizon: Horizon, at: Path) -> Refusal:
    last = horizon.end - timedelta(days=1)
    return Refusal(f"{what} lies outside the horizon, {horizon.start} to {last}", "move it or the scenario's start", at)
