"""The hiring pipeline of a team: requisitions, people found, classes.

A requisition waits its lead time, one lognormal draw keyed by team and number, by the scenario's wall clock, so that
whole days end at the hour at which they began, and finds floor(heads x fill_rate + u) people, u keyed alike, who are
the same people whenever it is placed. Those found wait, first come first served, for a day on which a class can start
(`Hiring.starts_class_on`), from its midnight of the scenario's zone on; with `classes_per_month` one class each. As
many start as class size, `max_up_per_week` and the site's trainers, training seats and seats leave room for; the others
wait for the next such day.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import exp, floor, log1p, sqrt
from statistics import NormalDist

from simulation.outcome.counting.counters import HEADS, FlowField, StockField
from simulation.scenario.people.classes import HiringReason
from simulation.scenario.people.hiring import Hiring
from simulation.scenario.vendors import Site
from simulation.world.people.people import Instant, People, Process
from simulation.world.people.persons import HIRED_FOR, Persons, joined
from simulation.world.randomness import Purpose


class Places:
    """What a site's teams share: its seats, its classrooms, its trainers."""

    def __init__(self, site: Site, teams: Sequence[People], given_agents: int = 0) -> None:
        self._site, self._teams, self._given_agents = site, teams, given_agents

    def room(self) -> int | None:
        """How many more people could start training now; None for any number."""
        free = []
        if self._site.trainers is not None and self._site.trainers <= sum(t.classes_in_training for t in self._teams):
            return 0
        if self._site.training_seats is not None:
            free.append(self._site.training_seats - sum(team.heads(StockField.IN_TRAINING) for team in self._teams))
        if self._site.places is not None:
            free.append(self._site.places - self._given_agents - sum(team.heads(*HEADS) for team in self._teams))
        return max(min(free), 0) if free else None


@dataclass
class Order:
    """A requisition that has not been filled: when its people could start, and how many of its heads are replacements.

    fill_rate: share of the heads that it will likely find. is_step: whether it is a step up of REACTIVE.
    """

    due: int
    heads: int
    replacements: int
    fill_rate: float
    is_step: bool

    @property
    def likely(self) -> float:
        """The heads it will likely find."""
        return self.heads * self.fill_rate


@dataclass
class Found:
    """People who wait for a class, and how many of them come in place of others."""

    people: Persons
    replacements: int

    def taken(self, heads: int) -> "Found":
        """The first so many of them, who wait no longer."""
        first = Found(self.people[:heads], min(self.replacements, heads))
        self.people, self.replacements = self.people[heads:], self.replacements - first.replacements
        return first

    def call_off(self, heads: int) -> None:
        """The last so many of them do not come."""
        self.people = self.people[: len(self.people) - heads]
        self.replacements = min(self.replacements, len(self.people))


@lru_cache(maxsize=256)
def _class_days(hiring: Hiring, start: date, days: int) -> list[int]:
    """Days of a scenario on which classes can start, the same in all of its replications."""
    return [day for day in range(days) if hiring.starts_class_on(start + timedelta(days=day))]


class Pipeline:
    """The hiring of one team.

    stepped_up: heads that REACTIVE's steps up found, or likely will, less those that its steps down took back.
    """

    def __init__(self, people: People, hiring: Hiring, places: Places) -> None:
        self.people, self.hiring, self._places = people, hiring, places
        self.orders: list[Order] = []
        self.waiting: list[Found] = []
        self._days = _class_days(hiring, people.grid.start, len(people.grid.dates))
        self._mornings: list[int] = people.grid.days.tolist()
        self.stepped_up = 0.0
        self._dates = people.joining.dates
        self._requisitions = 0
        self._taking_in = False
        self._tried = -1
        self._started: dict[int, int] = {}
        self._likely_due: dict[int, int] = {}

    def requisition(self, heads: int, replacements: int = 0, *, is_step: bool = False) -> None:
        """Asks for so many heads, some of them in place of people who left or will leave."""
        due = self.likely_due(int(self.people.env.now))
        order = Order(due, heads, replacements, self.hiring.fill_rate, is_step)
        self.orders.append(order)
        self.stepped_up += order.likely if is_step else 0.0
        self.people.env.process(self._requisition_process(self._requisitions, order))
        self._requisitions += 1

    def take_back(self, heads: float) -> None:
        """So many heads of the steps up count no more; of steps taken back whole no luck to come does."""
        self.stepped_up = max(self.stepped_up - heads, 0.0)
        for order in self.orders:
            order.is_step = order.is_step and self.stepped_up > 0

    @property
    def state(self) -> object:
        """What is under way, to see whether it has changed."""
        return self._tried, [(order.due, order.heads) for order in self.orders], [len(f.people) for f in self.waiting]

    @property
    def is_under_way(self) -> bool:
        """Whether a requisition is open, or somebody waits for a class."""
        return bool(self.orders or self.waiting)

    def call_off(self, heads: float) -> float:
        """Takes back so many heads at most, of what open requisitions will likely find, then of people who wait for a
        class, the latest first; gives how many."""
        left = heads
        for order in reversed(self.orders):
            fewer = min(order.heads, floor(left / order.fill_rate)) if order.fill_rate else 0
            order.heads, left = order.heads - fewer, left - fewer * order.fill_rate
        for found in reversed(self.waiting):
            fewer = min(len(found.people), floor(left))
            found.call_off(fewer)
            left -= fewer
        self.waiting = [found for found in self.waiting if len(found.people)]
        return heads - left

    def class_day(self, at: int) -> int | None:
        """The first day of the scenario, at or after an instant, on which a class can start; None: none is left, or
        the vendor leaves."""
        if self.people.is_closing:
            return None
        day = bisect_left(self._mornings, at)
        place = bisect_left(self._days, max(day, self._tried + 1))
        return self._days[place] if place < len(self._days) else None

    def likely_due(self, asked: int) -> int:
        """When people asked for at an instant could start a class, after the mean lead time."""
        if asked not in self._likely_due:  # policies ask again and again of the same weeks
            self._likely_due[asked] = self.people.grid.later(asked, self.hiring.mean_lead)
        return self._likely_due[asked]

    def _requisition_process(self, number: int, order: Order) -> Process:
        """It waits its lead time; whom it finds waits for a class."""
        people = self.people
        now = int(people.env.now)
        due = people.grid.later(now, self._lead_time(number))
        if due > now:
            yield Instant(people.env, due)
        self.orders.remove(order)
        part = people.draws.uniform(Purpose.FILL, people.team.id, number)
        found = floor(round(order.likely, 9) + part)
        people.count(FlowField.REQUISITIONED, order.heads)
        people.count(FlowField.FOUND, found)
        if order.is_step:
            self.stepped_up = max(self.stepped_up + found - order.likely, 0.0)
        if found:
            self.waiting.append(Found(people.joining.requisitioned(number, found), min(order.replacements, found)))
            if not self._taking_in:
                people.env.process(self._intake_process())

    def _lead_time(self, number: int) -> int:
        cv = self.hiring.lead_time_weeks.cv
        luck = self.people.draws.uniform(Purpose.LEAD_TIME, self.people.team.id, number)
        spread = sqrt(log1p(cv * cv))
        return round(self.hiring.mean_lead * exp(spread * NormalDist().inv_cdf(luck) - spread * spread / 2))

    def _intake_process(self) -> Process:
        """Classes start as long as somebody waits."""
        env, grid = self.people.env, self.people.grid
        self._taking_in = True
        while self.waiting:
            day = self.class_day(int(env.now))
            if day is None:
                return
            if grid.days[day] > env.now:
                yield Instant(env, int(grid.days[day]))
            one_a_day = self.hiring.classes_per_month is not None
            while self._open_class(day) and not one_a_day:
                pass
            if one_a_day or self.waiting:
                self._tried = day
        self._taking_in = False

    def _open_class(self, day: int) -> bool:
        """One class starts now, if there is room for it."""
        heads = self._room(day // 7)
        if heads <= 0:
            return False
        taken = []
        while heads:
            taken.append(self.waiting[0].taken(heads))
            heads -= len(taken[-1].people)
            self.waiting = [found for found in self.waiting if len(found.people)]
        people, replacements = joined([found.people for found in taken]), sum(found.replacements for found in taken)
        people["hired"] = HIRED_FOR[HiringReason.GROWTH]
        people["hired"][:replacements] = HIRED_FOR[HiringReason.REPLACEMENT]
        self.people.joining.start(people, self._dates[day])
        self._started[day // 7] = self._started.get(day // 7, 0) + len(people)
        self.people.hire(people, replacements)
        return True

    def _room(self, week: int) -> int:
        """How many of those who wait can start a class now."""
        heads = sum(len(found.people) for found in self.waiting)
        bounds = [self._places.room(), self.hiring.class_size]
        most = self.people.workforce.ramp.max_up_per_week
        bounds.append(None if most is None else most - self._started.get(week, 0))
        return min([heads, *(bound for bound in bounds if bound is not None)])
