"""One replication: the only place that orders the steps.

`replicate` lets a `World` live once. SimPy decides and the floor serves, behind it: it lives up to an instant when
somebody looks at what it has counted, and at the end.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from functools import partial

import numpy as np
import simpy
from numpy.typing import NDArray

from simulation.outcome.counting.counters import PLANNED_TIMES, Counters, GroupField, QueueField, StockField, TimeField
from simulation.outcome.money.exit_rights import handover_after
from simulation.scenario.grid import Int64
from simulation.world.demand.arrivals import Counting, QueueArrivals, Trace, TraceRoom, contained, drawn_counts, trace
from simulation.world.exits import awaited
from simulation.world.externals import external_luck
from simulation.world.floor.behind import FloorBehind
from simulation.world.floor.breakdowns import Breakdowns, Working
from simulation.world.floor.floor import Floor, FloorPlan, Streams
from simulation.world.floor.plan import opening_backlog
from simulation.world.floor.wakes import Wake
from simulation.world.management import manage
from simulation.world.people.attendance import Extra
from simulation.world.people.team import DayRoster, Team, Teams
from simulation.world.randomness import Draws
from simulation.world.world import World

Drawing = Callable[[Sequence[QueueArrivals], int, int], Trace]
Morning = Callable[[int], Int64]
"""Begins a day, by number: Int64 (intervals, groups), agents on the floor, counted as planned."""

EXTENDED = {TimeField.OVERTIME_ON_FLOOR: Extra.OVERTIME_ON_FLOOR, TimeField.SURGE_ON_FLOOR: Extra.SURGE_ON_FLOOR}
"""Where a day's rosters say what is counted."""


class FloorBody(StrEnum):
    """Which body serves the contacts: the compiled kernel, or plain SimPy; both count the same."""

    KERNEL = "kernel"
    SIMPY = "simpy"


def replicate(world: World, seed: int, number: int, body: FloorBody = FloorBody.KERNEL) -> Counters:
    """Replication `number` (from 0) of an experiment with `seed`: what it counted, its groups added up by team.

    A vendor whose exit follows the right to leave it is there to the end at first. Where the right arises, the
    replication lives once more, with the same luck and that vendor's exit at its date; the earliest exit first.
    """
    counted = _counted(world, seed, number, body)
    waiting = awaited(world.scenario)
    while waiting:
        starts = {vendor: handover_after(world.scenario, vendor, counted, world.locked) for vendor in waiting}
        start, vendor = min(((day, vendor) for vendor, day in starts.items() if day is not None), default=(None, ""))
        if start is None or start >= world.grid.dates[-1] + timedelta(days=1):
            break
        world = world.without(vendor, start)
        counted = _counted(world, seed, number, body)
        waiting = awaited(world.scenario)
    return counted


def _counted(world: World, seed: int, number: int, body: FloorBody) -> Counters:
    room = world.rooms.pop() if world.rooms else None
    counted = replicate_logged(world, seed, number, body, keep_log=False, room=room).counters
    for place, group in enumerate(world.groups):
        if group.stage is StockField.NESTING:
            counted.times[:, group.team, TimeField.NESTING] += counted.groups[:, place, GroupField.ON_FLOOR]
    luck = external_luck(world.scenario, world.grid, Draws(seed, number))
    by_team = counted.by_team(world.coverage.firsts)
    if by_team is not counted.groups:
        world.rooms.append(counted.groups)
    return replace(counted, groups=by_team, luck=luck, exits=world.exit_days)


def replicate_logged(
    world: World, seed: int, number: int, body: FloorBody, *, keep_log: bool = True, room: Int64 | None = None
) -> Floor:
    """As `replicate`, but gives the floor, whose `log` holds every contact's row (see `floor.LOG_COLUMNS`).

    room: for what is counted of agent groups, as of `Counters.groups`; left out: its own.
    """
    scenario, grid, plan = world.scenario, world.grid, world.plan
    draws = Draws(seed, number)
    counters = Counters.zeros(
        intervals=grid.intervals,
        days=len(grid.days) - 1,
        weeks=len(grid.weeks) - 1,
        queues=len(plan.queues),
        groups=plan.groups,
        teams=len(scenario.teams),
        portions=len(plan.portions),
        room=room,
    )
    floor = _floor(world, counters, draws, body, keep_log)
    if any(queue.backlog.volume for queue in scenario.queues):
        floor.begin_with(opening_backlog(scenario, plan, draws, drawn=body is FloorBody.SIMPY))
    env = simpy.Environment(0)
    behind = FloorBehind(env, floor)
    traces = world.trace_rooms.pop() if world.trace_rooms else TraceRoom()
    counted, drawn = _arriving(body, traces)
    arrivals = [
        QueueArrivals(queue, cells, multipliers, draws, scenario.busyness_correlation, counted)
        for queue, cells, multipliers in zip(scenario.queues, world.cells, world.multipliers, strict=True)
    ]
    pace = np.ones((grid.intervals, plan.groups) if world.pace_changes else (1, plan.groups))
    outages = world.outage_events.drawn(draws)
    struck = Breakdowns(outages, plan.groups, grid.interval) if outages else world.unbroken
    morning = _morning(world, env, draws, behind, pace)
    env.process(_staffing_process(env, world, morning, arrivals, behind, struck, drawn))
    env.run(until=grid.horizon)
    behind.end()
    floor.finish()
    world.trace_rooms.append(traces)
    world.coverage.count(counters, pace)
    if any(queue.containment for queue in scenario.queues):
        counters.queues[:, :, QueueField.CONTAINED] = contained(arrivals, grid.intervals)
    return floor


def _morning(
    world: World, env: simpy.Environment, draws: Draws, behind: FloorBehind, pace: NDArray[np.float64]
) -> Morning:
    """How days begin: as given, or with people, whose processes start now.

    pace: Float64 (intervals, groups), to be filled with the groups' handling multipliers where they change.
    """
    given, firsts = world.given, world.first_of_day
    if given is not None:
        behind.counters.groups[..., GroupField.ROSTERED] = given * world.grid.interval_lengths[:, None]
        return lambda day: given[firsts[day] : firsts[day + 1]]
    teams = _teams(world, env, draws, behind)
    return lambda day: _of_people(world, teams.today(day), behind, pace, day)


def _teams(world: World, env: simpy.Environment, draws: Draws, behind: FloorBehind) -> Teams:
    """Teams that live, and whoever manages them."""
    scenario, grid, counters = world.scenario, world.grid, behind.counters
    teams = [
        Team(
            env,
            team,
            roster,
            grid,
            draws,
            counters.headcount[:, t],
            required=world.requirement.team_agents[:, t],
            strikes=[strike for strike in world.strikes if strike.site == team.site],
            shocks=[shock for shock in world.shocks if shock.team == team.id],
            new_work=world.new_work[:, t],
            payroll=counters.payroll[:, t],
        )
        for t, (team, roster) in enumerate(zip(scenario.teams, world.rosters, strict=True))
    ]
    if world.is_managed:
        people = [team.people for team in teams]
        manage(env, scenario, grid, people, world.requirement, counters, behind.catch_up)
    return Teams(teams)


def _of_people(world: World, rosters: DayRoster, behind: FloorBehind, pace: NDArray[np.float64], day: int) -> Int64:
    """A day's rosters and pace told to the floor and its counters."""
    counters = behind.counters
    first, last = world.first_of_day[day : day + 2]
    counters.groups[first:last, :, PLANNED_TIMES[0] : PLANNED_TIMES[-1] + 1] = rosters.planned.T
    _note(counters.times, first, last, rosters)
    if world.pace_changes:
        pace[first:last] = rosters.speed * world.new_work_of_groups[day]
        speed, resolution = (own[:, None] for own in (rosters.speed, rosters.resolution))
        behind.tell(lambda floor: floor.pace(world.pace.on(day) * speed, world.plan.resolution * resolution))
    return rosters.agents.T


def _note(times: Int64, first: int, last: int, rosters: DayRoster) -> None:
    """What a day's rosters say that only contracts ask for, into its intervals [first, last)."""
    times[first, :, TimeField.TRAINING_GROWTH : TimeField.TRAINING_REPLACEMENT + 1] = rosters.training
    if rosters.extra.any():
        for field, place in EXTENDED.items():
            times[first:last, :, field] = rosters.extra[place].T


def _floor(world: World, counters: Counters, draws: Draws, body: FloorBody, keep_log: bool) -> Floor:
    streams = Streams(draws, [queue.id for queue in world.scenario.queues])
    if body is FloorBody.SIMPY:
        from simulation.world.floor.plain.floor_simpy import SimpyFloor

        return SimpyFloor(world.plan, counters, streams, keep_log=keep_log)
    from simulation.world.floor.compiled.host import KernelFloor  # the plain floor needs no machine code

    return KernelFloor(world.plan, counters, streams, keep_log=keep_log)


def _arriving(body: FloorBody, room: TraceRoom) -> tuple[Counting, Drawing]:
    """How contacts are counted and drawn: for the compiled floor by compiled code, without patience, which it draws by
    the same names for those who wait."""
    if body is FloorBody.SIMPY:
        return drawn_counts, trace
    from simulation.world.floor.compiled.arrivals import kernel_counts, kernel_trace

    return kernel_counts, partial(kernel_trace, room)


def _staffing_process(
    env: simpy.Environment,
    world: World,
    morning: Morning,
    arrivals: list[QueueArrivals],
    behind: FloorBehind,
    struck: Breakdowns,
    drawn: Drawing,
) -> Generator[simpy.Event, None, None]:
    """Each morning the day's contacts and agents, after closing the end of waiting, at an opening the first calls."""
    grid, plan, rows = world.grid, world.plan, behind.counters.groups
    today = np.zeros((0, plan.groups), np.int64)
    first = day = 0
    for wake, until in world.wakes.with_turns(struck.turns):
        at = wake.at
        yield env.timeout(at - env.now)
        interval = at // grid.interval
        if interval == world.first_of_day[day]:
            if world.loads[day]:
                behind.tell(partial(_load, arrivals, drawn, interval, world.loads[day]))
            first, today = interval, morning(day)
            day += 1
        wanted = today[interval - first : -(-until // grid.interval) - first]
        working = struck.working(wanted, at, until)
        if working.unavailable is not None:
            rows[interval : interval + len(wanted), :, GroupField.UNAVAILABLE] += working.unavailable
        behind.tell(partial(_staff, plan, working, wake))


def _load(arrivals: Sequence[QueueArrivals], drawn: Drawing, first: int, last: int, floor: Floor) -> None:
    """Contacts of the intervals [first, last) come."""
    floor.load(drawn(arrivals, first, last))


def _staff(plan: FloorPlan, working: Working, wake: Wake, floor: Floor) -> None:
    """Agents come and go; who waits in a queue that has closed gives up if nobody is left, and calls begin."""
    floor.staff(working.agents, working.instants, working.failures)
    for q in wake.shut:
        if not any(working.agents[0, g] for line in plan.queues[q].lines for g in plan.lines[line].groups):
            floor.clear(q)
    for q in wake.opening:
        floor.open(q)
