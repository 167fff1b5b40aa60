"""The people of a team: who is in training, in nesting, past it, who comes and who goes, on the scenario's clock.

Everybody has keyed luck, an amount of hazard that the person stands, and leaves when it is used up (`attrition`): so a
higher rate makes the same people leave sooner, and a further class changes nobody else's life. Who comes together goes
through the stages together: training, nesting, production; those who fail at the end of training go. What happens at
the horizon's own instant is outside the horizon.

The headcount walk is kept as it goes: an event at instant t counts in the stocks of every week that starts at t or
later, and in the flows of the week in which it falls, a week's end belonging to it and its start not. So to the head

    heads(k) + hired + moved_in - moved_out - left - failed - released = heads(k + 1).

What happens at the start is in the first stocks and in no flow. The payroll is kept by day beside it, so that money is
booked on the day: a class that starts on the scenario's first day is hired then, one before it was hired before.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Generator, Sequence
from heapq import heappop, heappush

import numpy as np
import simpy

from simulation.outcome.counting.counters import FTE_UNIT, HEADS, FlowField, Int64, PayrollField, StockField
from simulation.scenario.grid import HOUR, Grid
from simulation.scenario.people.classes import HiringReason
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.vendors import Team
from simulation.world.people.attrition import Hazard, Shock
from simulation.world.people.crew import TeamToday
from simulation.world.people.joining import Joining
from simulation.world.people.learning import Pace
from simulation.world.people.persons import GONE, HIRED_FOR, NEVER, PERSON, Float64, Persons, Rows, joined
from simulation.world.people.standing import Standing
from simulation.world.randomness import Draws

Process = Generator[simpy.Event, None, None]

NO_TRAINING = -1
PRODUCTION = frozenset({StockField.NESTING, StockField.TENURED})


class Instant(simpy.Event):
    """An event at an instant of the clock, before all timeouts of that instant."""

    def __init__(self, env: simpy.Environment, at: int) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        env.schedule(self, simpy.events.URGENT, at - env.now)


class People:
    """The people of one team with a workforce in one replication; its processes run on `env` from construction on.

    headcount: Int64 (weeks + 1, fields), this team's part of the counters, written as people come and go.
    payroll: Int64 (days, PayrollField), likewise; left out: it is of nobody's interest.

    shocks: of the team's attrition. usual_hazard: without them, as planners know it. new_work: Float64 (days,),
    handling multiplier of the team's work while its vendor learns some of it; left out: 1.

    coming: given classes that have not begun. transfers: (instant,
    heads) of the people whom other teams will lend or take back, negative where they go. bench: people lent by the
    vendor today. closes: when the vendor begins to leave, and nobody is hired or lent any more. training: paid time
    of a week, microseconds, of the hired who are in training now, by reason in HIRED_FOR's order.
    """

    def __init__(
        self,
        env: simpy.Environment,
        team: Team,
        workforce: Workforce,
        grid: Grid,
        draws: Draws,
        headcount: Int64,
        shocks: Sequence[Shock] = (),
        new_work: Float64 | None = None,
        payroll: Int64 | None = None,
    ) -> None:
        self.env, self.grid, self.draws, self.team, self.workforce = env, grid, draws, team, workforce
        self.joining = Joining(team, workforce, grid, draws)
        self.hazard = Hazard(workforce.attrition, grid, shocks)
        self.usual_hazard = Hazard(workforce.attrition, grid) if shocks else self.hazard
        self.pace = Pace(workforce)
        self.new_work = np.ones(len(grid.dates)) if new_work is None else new_work
        self._persons: Persons = np.zeros(0, PERSON)
        self._changes = 0
        self._leaving: list[tuple[int, int]] = []
        self.coming: list[Persons] = []
        self.transfers: list[tuple[int, int]] = []
        self.bench = 0
        self.closes = NEVER
        self._standing = Standing(team, workforce, self.pace, grid.days[:-1])
        self._headcount, self._weeks = headcount, grid.weeks.tolist()
        self._payroll = np.zeros((len(grid.dates), len(PayrollField)), np.int64) if payroll is None else payroll
        self._days = grid.days.tolist()
        self._heads: dict[int, int] = dict.fromkeys(HEADS, 0)
        self._classrooms: list[int] = []
        self.training = [0] * len(HIRED_FOR)
        self.enter(self.joining.at_the_start())
        for entry, people in self.joining.classes():
            env.process(self._class_process(people, entry.reason))
        env.process(self._end_process())

    @property
    def persons(self) -> Persons:
        """Everybody who ever was with the team, as they are now."""
        self._let_go()
        return self._persons

    @property
    def changes(self) -> int:
        """How often somebody came, went, moved on or was told to go: whoever keeps something of the persons looks."""
        self._let_go()
        return self._changes

    def heads(self, *stages: StockField) -> int:
        """Heads in some stages now."""
        self._let_go()
        return sum(self._heads[stage] for stage in stages)

    @property
    def in_production(self) -> int:
        """Heads past training now."""
        return self.heads(StockField.NESTING, StockField.TENURED)

    @property
    def classes_in_training(self) -> int:
        """Classes whose training has begun and not ended."""
        return sum(trained > self.env.now for trained in self._classrooms)

    def _class_process(self, people: Persons, reason: HiringReason) -> Process:
        """A given class: its people come on its first day, or have come."""
        start = int(people["started"][0])
        if start >= self.grid.horizon:
            return
        if start < 0:
            self.open_class(people)
            return
        if start > 0:
            self.coming.append(people)
            yield Instant(self.env, start)
            self.coming = [others for others in self.coming if others is not people]
        self.hire(people, len(people) if reason is HiringReason.REPLACEMENT else 0)

    @property
    def is_closing(self) -> bool:
        """Whether the vendor leaves."""
        return bool(self.env.now >= self.closes)

    def hire(self, people: Persons, replacements: int) -> None:
        """A class begins now, so many of it in place of people who left or will leave; none where the vendor leaves."""
        if self.is_closing:
            return
        self._payroll[bisect_right(self._days, self.env.now) - 1, PayrollField.HIRED] += len(people)
        self.count(FlowField.HIRED, len(people))
        self.count(FlowField.HIRED_REPLACEMENT, replacements)
        self.open_class(people)

    def open_class(self, people: Persons) -> None:
        """People are in training, or as far beyond it as their dates say."""
        trained = int(people["trained"][0])
        self._classrooms.append(trained)
        self.enter(people, trained if trained > 0 else NO_TRAINING)

    def enter(self, people: Persons, ready: int = NO_TRAINING) -> Rows:
        """People join the team now, in training until `ready`, or past it where that lies behind; their rows."""
        first, now = len(self.persons), int(self.env.now)
        people = people.copy()
        people["stage"], people["leaves"] = GONE, self.hazard.leaving(people)
        self._persons = joined([self._persons, people])
        rows = np.arange(first, first + len(people), dtype=np.int64)
        self._to(rows, StockField.IN_TRAINING)
        if ready == now:
            self._examine(rows)
        self._advance(self.present(rows), ready)
        leaves = people["leaves"]
        for place in np.flatnonzero(leaves < self.grid.horizon).tolist():
            heappush(self._leaving, (int(leaves[place]), first + place))
        settled = people["settled"]
        ahead = {ready, *settled[settled > now].tolist()}
        self.env.process(self._stages_process(rows, ready, sorted(at for at in ahead if now < at < self.grid.horizon)))
        until = people["until"]
        for at in np.unique(until[until < self.grid.horizon]).tolist():
            self.release(rows[until == at], at)
        return rows

    def tell(self, rows: Rows) -> None:
        """People are told that they will go."""
        self.persons["noticed"][rows] = True
        self._changes += 1

    def release(self, rows: Rows, at: int) -> None:
        """People will be released at an instant, if they are still there then."""
        until = self.persons["until"]
        until[rows] = np.minimum(until[rows], at)
        self._changes += 1
        if len(rows) and at < self.grid.horizon:
            self.env.process(self._release_process(rows, at))

    def _stages_process(self, rows: Rows, ready: int, instants: Sequence[int]) -> Process:
        """People who came together pass from training to nesting and on."""
        for at in instants:
            yield Instant(self.env, at)
            if at == ready:
                self._examine(rows)
            self._advance(self.present(rows), ready)

    def _let_go(self) -> None:
        """Whose luck is used up by now has gone, each at the instant of the person's own luck.

        Nobody sees it before somebody looks, so that looking is all that it takes: an event each would cost more than
        what it does.
        """
        leaving, now = self._leaving, self.env.now
        while leaving and leaving[0][0] <= now:
            at, row = heappop(leaving)
            stage = self._persons["stage"][row]
            if stage != GONE:
                in_training = stage == StockField.IN_TRAINING
                left = FlowField.LEFT_TRAINING if in_training else FlowField.LEFT_PRODUCTION
                self.go(np.array([row]), left, at)

    def _end_process(self) -> Process:
        """At the end nobody looks any more."""
        yield Instant(self.env, self.grid.horizon - 1)
        self._let_go()

    def _release_process(self, rows: Rows, at: int) -> Process:
        """Those of them who are still there are released at an instant."""
        yield Instant(self.env, at)
        there = self.present(rows)
        self._payroll[bisect_left(self._days, at) - 1, PayrollField.RELEASED] += len(there)
        self.go(there, FlowField.RELEASED)

    def _examine(self, rows: Rows) -> None:
        """Training ends: who has not passed goes."""
        there = self.present(rows)
        passes = self.persons["passes"][there]
        self.go(there[~passes], FlowField.FAILED_TRAINING)
        self.count(FlowField.GRADUATED, int(passes.sum()))

    def _advance(self, rows: Rows, ready: int) -> None:
        """People enter the stage in which they now are."""
        now = self.env.now
        if now < ready:
            return  # in which they are already
        settled = self.persons["settled"][rows] <= now
        self._to(rows[settled], StockField.TENURED)
        self._to(rows[~settled], StockField.NESTING)

    def go(self, rows: Rows, flow: FlowField, at: int | None = None) -> None:
        """People are no longer with the team, from now or an earlier instant on."""
        self.count(flow, len(rows), at)
        self._to(rows, GONE, at)

    def present(self, rows: Rows) -> Rows:
        """Those who are with the team."""
        there: Rows = rows[self.persons["stage"][rows] != GONE]
        return there

    def _to(self, rows: Rows, stage: int, at: int | None = None) -> None:
        if not len(rows):
            return
        at = int(self.env.now) if at is None else at
        stages = self._persons["stage"]
        left = stages[rows].tolist()
        week, day = bisect_left(self._weeks, at), bisect_left(self._days, at)
        for before in set(left):
            self._stock(before, -left.count(before), week, day)
        self._stock(stage, len(rows), week, day)
        if stage == StockField.IN_TRAINING:
            self._train(rows, 1)
        elif StockField.IN_TRAINING in left:
            self._train(rows[stages[rows] == StockField.IN_TRAINING], -1)
        stages[rows] = stage
        self._changes += 1
        if stage in PRODUCTION:
            self._standing.forget()
        elif not PRODUCTION.isdisjoint(left):
            self._standing.without_some()

    def _stock(self, stage: int, heads: int, week: int, day: int) -> None:
        """Heads enter a stage, or leave it where negative: in the stock of every week, and day, from these on."""
        if stage != GONE:
            self._heads[stage] += heads
            self._headcount[week:, stage] += heads
            self._payroll[day:, PayrollField.HEADS] += heads
            if stage == StockField.IN_TRAINING:
                self._payroll[day:, PayrollField.TRAINEES] += heads

    def _train(self, rows: Rows, sign: int) -> None:
        """People begin training, or end it where negative."""
        hired, hours = self._persons["hired"][rows], self._persons["hours"][rows]
        for reason, number in enumerate(HIRED_FOR.values()):
            if number in hired:
                self.training[reason] += sign * int(np.rint(hours[hired == number] * HOUR).sum())

    def count(self, flow: FlowField, heads: int, at: int | None = None) -> None:
        """Heads of a flow, in the week that ends now, or then, or is under way; none has ended or is under way at the
        start."""
        week = bisect_left(self._weeks, self.env.now if at is None else at) - 1
        if week >= 0:
            self._headcount[week, flow] += heads

    def today(self, day: int) -> TeamToday:
        """How the team stands on the morning of day `day` of the scenario, which begins now."""
        today = self._standing.today(self.persons, day, self.bench if self.bench and not self.is_closing else 0)
        if day % 7 == 0:
            week = self._headcount[day // 7]
            paid = [today.crew.fte[0] + today.bench, *today.crew.fte[1:]]
            effective = [fte / speed / self.new_work[day] for fte, speed in zip(paid, today.speed, strict=True)]
            week[StockField.PLANNED_FTE] = round(sum(paid) * FTE_UNIT)
            week[StockField.EFFECTIVE_FTE] = round(sum(effective) * FTE_UNIT)
            week[StockField.OVER_UNDER_FTE] = week[StockField.EFFECTIVE_FTE] - week[StockField.REQUIRED_FTE]
        return today
