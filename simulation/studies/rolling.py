"""A plan rolled forward: a scenario that starts at a later date with what really was, its forecast and pipeline kept.

The calendar begins at the date and ends where the plan ended. Dates stay dates, so seasons, events, contracts, targets
and given classes to come are as they were. What counts from the start is carried over:

- growth: weekly volumes x (1 + growth_per_year)^(days / 365), and grow on
- forecast error: leads are shorter by the weeks that are over, so a week keeps the error of the forecast it had
- people in production: those of the start, and of classes past nesting, in tenure bands older by the time that is over
- classes in training and nesting: on their dates, with the heads that are left; so are classes past nesting that have
  an end, queues or hours of their own (on the plan's nesting weeks: the people nest for their last day once more, or
  without nesting are hired on the first day)
- requisitions on the way: classes of heads x fill rate on the first day on which one can start
- people lent: counted at home and lent anew from the first day, trained already where their training is over
- given agents by interval, fees and events that are over: cut off

What actuals do not say is as the plan expects it: people less expected attrition (`world.people.known`). Not carried
over: what policies remember (rows of weeks, weeks of the bench used up), notices given, earn-backs and rows of misses
under way, and the years after which a target is ratcheted, which count from the new start.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from simulation.scenario.grid import WEEK, Grid
from simulation.scenario.people.policies import Basis, PolicyKind
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.problems import Path, Refusal, RefusedError, choose
from simulation.scenario.queues.channels import DEFERRED_CHANNELS
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team
from simulation.studies.actuals import Actuals, TeamActuals
from simulation.studies.plan_report import PlanLine, plan_report
from simulation.world.people.attrition import Hazard
from simulation.world.people.joining import Joining
from simulation.world.people.known import Known
from simulation.world.people.persons import Float64, Persons
from simulation.world.randomness import Draws

Data = dict[str, Any]
DAYS_A_YEAR = 365.0
LONGEST_TENURE = 5000.0
"""Weeks; of people who learn no more."""
MOST_BANDS = 40
HIRE_OR_RELEASE = frozenset({PolicyKind.PLAN, PolicyKind.HIRE_UP_TO, PolicyKind.REACTIVE})
"""Policies of which nobody knows what they did without being told."""


@dataclass(frozen=True)
class Rolled:
    """The scenario from the date on, and how the time before it went: plan against actual."""

    scenario: Scenario
    report: tuple[PlanLine, ...]


def roll_forward(scenario: Scenario, at: date, actuals: Actuals, *, name: str | None = None) -> Rolled:
    """The scenario from a date within its horizon on, after its start, with these actuals.

    Raises RefusedError with everything that is missing or does not fit, at `at` or within `actuals`; ScenarioError
    where what is left is no valid scenario, such as a clause whose only whole window has begun.
    """
    refused = list(_refused(scenario, at, actuals))
    if refused:
        raise RefusedError(*refused)
    data = canonical_data(scenario)
    over = (at - scenario.start).days
    left = scenario.horizon.days - over
    data |= {"name": name or f"{scenario.name} from {at}", "start": str(at)}
    data.pop("weeks", None)
    data.pop("days", None)
    data |= {"weeks": left // 7} if left % 7 == 0 else {"days": left}
    for queue, item in zip(scenario.queues, data["queues"], strict=True):
        _demand_on(item, over)
        own = actuals.queues.get(queue.id)
        if own is not None and own.backlog is not None:
            item["backlog"] = own.backlog.model_dump(mode="json")
    grid, described = Grid.of(scenario), {team.id: team for team in scenario.teams}
    for vendor in data["vendors"]:
        for item in vendor["teams"]:
            _team_on(item, described[item["id"]], grid, at, actuals.teams.get(item["id"], TeamActuals()))
        for contract in vendor.get("contracts", ()):
            contract["pricing"] = [line for line in contract.get("pricing", ()) if line.get("at", str(at)) >= str(at)]
    kept = [event.ends is None or event.ends.date() > at for event in scenario.events]
    data["events"] = [item for item, is_kept in zip(data.get("events", ()), kept, strict=True) if is_kept]
    return Rolled(from_data(data), plan_report(scenario, grid, at, actuals))


def _refused(scenario: Scenario, at: date, actuals: Actuals) -> Iterator[Refusal]:
    end = scenario.horizon.end
    if not scenario.start < at < end:
        mend = f"write a date from {scenario.start + timedelta(days=1)} to {end - timedelta(days=1)}"
        yield Refusal(f"{at} is not within the plan after its start", mend, ("at",))
        return
    for kind, known in (("queues", [one.id for one in scenario.queues]), ("teams", [one.id for one in scenario.teams])):
        for named in getattr(actuals, kind):
            if named not in known:
                yield Refusal(f"there is no {kind[:-1]} {named}", choose(named, known), ("actuals", kind, named))
    for queue in scenario.queues:
        is_deferred, own = queue.channel in DEFERRED_CHANNELS, actuals.queues.get(queue.id)
        told = None if own is None else own.backlog
        path: Path = ("actuals", "queues", queue.id, "backlog")
        if is_deferred and told is None:
            yield Refusal("the work that waits is not known", f"write what waits on {at}, {{volume: 0}} for none", path)
        if told is not None and told.volume and not is_deferred:
            yield Refusal(f"no work of {queue.channel} waits over night", "remove it", path)
    for team in scenario.teams:
        yield from (one.below(("actuals", "teams", team.id)) for one in _team_refused(team, at, actuals))
    for event in scenario.events:
        if event.vendor is not None and event.start is not None and event.start.date() < at:
            message = f"{event.vendor} has begun to hand over on {event.start.date()}"
            yield Refusal(message, f"write {event.start.date()} or an earlier date", ("at",))


def _team_refused(team: Team, at: date, actuals: Actuals) -> Iterator[Refusal]:
    own, crew = actuals.teams.get(team.id), team.workforce
    if crew is None:
        if own is not None:
            yield Refusal("its agents are given", "remove it, or change the scenario's staffing")
        return
    told = own or TeamActuals()
    if told.headcount is None and any(policy.kind in HIRE_OR_RELEASE for policy in team.policies):
        mend = f"write the heads in production on {at}"
        yield Refusal("how many its policies have hired or released is not known", mend, ("headcount",))
    if told.tenure is not None and told.headcount != sum(band.heads for band in told.tenure):
        yield Refusal("the bands do not sum to headcount", "write bands that do", ("tenure",))
    for c, entry in enumerate(told.classes):
        if entry.start >= at:
            yield Refusal(f"{entry.start} is not before {at}", "leave classes to come to the plan", ("classes", c))
        elif not _is_apart(crew, _planned(crew, entry.start), entry.start, at):
            mend = "count its people in headcount and remove the class"
            yield Refusal("its people are past nesting", mend, ("classes", c))
    for r, requisition in enumerate(told.requisitions):
        if crew.hiring is None:
            yield Refusal("the team does not hire", "remove it", ("requisitions", r))
        elif requisition.due < at:
            yield Refusal(f"{requisition.due} is over", f"write {at} or later", ("requisitions", r, "due"))


def _demand_on(item: Data, over: int) -> None:
    demand = item["demand"]
    growth = demand.get("growth_per_year")
    if growth and "weekly_volume" in demand:
        demand["weekly_volume"] = float(demand["weekly_volume"] * (1 + growth) ** (over / DAYS_A_YEAR))
    error = demand.get("forecast_error") or {}
    leads = sorted((int(lead), cv) for lead, cv in (error.get("cv_by_lead_weeks") or {}).items())
    weeks = over // 7
    if leads and weeks:
        at_once = float(np.interp(1 + weeks, [lead for lead, _ in leads], [cv for _, cv in leads]))
        later = {str(lead - weeks): cv for lead, cv in leads if lead > weeks + 1}
        error["cv_by_lead_weeks"] = {"1": at_once, **later}


def _team_on(item: Data, team: Team, grid: Grid, at: date, actual: TeamActuals) -> None:
    crew = team.workforce
    if crew is None:
        agents = item["staffing"]["agents"]
        if isinstance(agents, list) and len(agents) > 1:
            item["staffing"]["agents"] = agents[int(np.searchsorted(grid.interval_starts, grid.midnight(at))) :]
        return
    data, now = item["workforce"], grid.midnight(at)
    joining = Joining(team, crew, grid, Draws(0, 0))
    groups = [(None, joining.at_the_start()), *joining.classes()]
    production: list[tuple[Float64, Float64]] = []
    classes = []
    told = {entry.start: entry for entry in actual.classes}
    for c, (entry, people) in enumerate(groups):
        there = _expected(people, crew, grid, now)
        if entry is None:
            production.append((_weeks(people, now), there))
        elif entry.start >= at:
            classes.append(data["classes"][c - 1])
        elif _is_apart(crew, entry, entry.start, at):
            heads = told.pop(entry.start).heads if entry.start in told else round(float(there.sum()))
            classes += _class_on(data["classes"][c - 1], crew, entry.start, at, heads)
        else:
            production.append((_weeks(people, now), there))
    classes += [line for entry in told.values() for line in _class_on({}, crew, entry.start, at, entry.heads)]
    classes += [line for one in actual.requisitions for line in _requisitioned(crew, one.due, one.heads, grid)]
    data["classes"] = classes
    bands = actual.tenure and [(band.from_week, band.heads) for band in actual.tenure]
    found = bands or list(_bands(production, actual.headcount))
    data["headcount"] = int(sum(heads for _, heads in found))
    data["tenure_weeks"] = {"bands": [{"from_week": week, "heads": int(heads)} for week, heads in found]}
    if not found or (crew.tenure_weeks is None and len(found) == 1 and found[0][0] == LONGEST_TENURE):
        data.pop("tenure_weeks")
    data["moves"] = list(_moves_on(crew, data.get("moves", ()), at))


def _expected(people: Persons, crew: Workforce, grid: Grid, now: int) -> Float64:
    """How many of each person are expected to be on the payroll at an instant."""
    known = Known(people, np.ones(len(people)), 0, Hazard(crew.attrition, grid))
    return known.expected(now, Basis.PAYROLL)


def _weeks(people: Persons, now: int) -> Float64:
    """Weeks since the end of nesting."""
    return np.minimum((now - people["settled"].astype(np.float64)) / WEEK, LONGEST_TENURE)


def _bands(production: list[tuple[Float64, Float64]], headcount: int | None) -> Iterator[tuple[float, int]]:
    """Tenure bands of whole heads: the expected ones, or so many in their proportions; those of longest tenure last."""
    weeks = np.concatenate([own for own, _ in production])
    there = np.concatenate([own for _, own in production])
    edges, place = np.unique(np.round(weeks, 6), return_inverse=True)
    if len(edges) > MOST_BANDS:
        edges = edges[np.linspace(0, len(edges) - 1, MOST_BANDS).astype(np.int64)]
        place = np.searchsorted(edges, np.round(weeks, 6), "right") - 1
    heads: Float64 = np.bincount(place, there, len(edges)).astype(np.float64)
    total = float(heads.sum())
    wanted = round(total) if headcount is None else headcount
    if not total:  # nobody was expected: whoever is there is new
        edges, heads, total = np.zeros(1), np.ones(1, np.float64), 1.0
    whole = np.diff(np.rint(np.cumsum(heads) / total * wanted), prepend=0.0)
    for week, own in zip(edges.tolist(), whole.tolist(), strict=True):
        if own:
            yield week, int(own)


def _planned(crew: Workforce, start: date) -> Any:
    return next((entry for entry in crew.classes if entry.start == start), None)


def _is_apart(crew: Workforce, entry: Any, start: date, at: date) -> bool:
    """Whether people of a class are still told apart: before the end of nesting, or by terms of their own."""
    weeks = (
        (crew.hiring.training_weeks if crew.hiring is not None else 0) if entry is None else crew.training_weeks(entry)
    )
    is_special = entry is not None and bool(entry.until or entry.queues or entry.hours_per_week)
    return is_special or start + timedelta(weeks=weeks + crew.nesting_weeks) > at


def _class_on(data: Data, crew: Workforce, start: date, at: date, heads: int) -> Iterator[Data]:
    """A class that has begun, with the heads that are left."""
    if not heads or str(data.get("until") or at) < str(at):
        return
    usual = crew.hiring.training_weeks if crew.hiring is not None else 0
    weeks = data.get("training_weeks", usual)
    trained = start + timedelta(weeks=weeks)
    made = {**data, "start": str(start), "size": heads}
    if trained <= at:
        made.pop("graduates", None)
    elif made.get("graduates") is not None:
        made["graduates"] = min(made["graduates"], heads)
    if trained + timedelta(weeks=crew.nesting_weeks) <= at:
        again = timedelta(weeks=crew.nesting_weeks) - timedelta(days=1)
        made |= {"start": str(at - again if crew.nesting_weeks else at), "training_weeks": 0}
    yield made


def _requisitioned(crew: Workforce, due: date, heads: int, grid: Grid) -> Iterator[Data]:
    hiring = crew.hiring
    assert hiring is not None  # else it is refused
    day, end = due, grid.dates[-1]
    while day < end and not hiring.starts_class_on(day):
        day += timedelta(days=1)
    found = round(heads * hiring.fill_rate)
    if found and hiring.starts_class_on(day):
        yield {"start": str(day), "size": found, "training_weeks": hiring.training_weeks}


def _moves_on(crew: Workforce, moves: Any, at: date) -> Iterator[Data]:
    """Moves to come, and those under way from the first day on; who stays for good is counted where they are."""
    for move, item in zip(crew.moves, moves, strict=True):
        trained = move.start + timedelta(weeks=move.training_weeks)
        if move.start >= at:
            yield item
        elif move.until is None or move.until >= at:
            yield {**item, "start": str(at), "training_weeks": max(-(-(trained - at).days // 7), 0)}
