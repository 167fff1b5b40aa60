"""Handovers: how the people of a vendor that leaves go, step by step."""

import numpy as np

from simulation.world.exits import Exit
from simulation.world.people.people import Instant, People, Process
from simulation.world.people.persons import lots
from simulation.world.randomness import Purpose


def leave(people: People, one: Exit) -> None:
    """A team of the vendor leaves: its process, and when it ceases to hire."""
    people.closes = people.grid.midnight(one.start)
    if people.closes < people.grid.horizon:
        people.env.process(_exit_process(people, one))


def _exit_process(people: People, one: Exit) -> Process:
    """Everybody is told the day on which to go."""
    if people.closes > 0:
        yield Instant(people.env, people.closes)
    persons = people.persons
    there = people.present(np.arange(len(persons), dtype=np.int64))
    by_lot = there[np.argsort(lots(people.draws, Purpose.RELEASE, people.team.id, persons[there]), kind="stable")]
    people.tell(there)
    for k, day in enumerate(one.steps):
        going = by_lot[round(len(by_lot) * k / one.weeks) : round(len(by_lot) * (k + 1) / one.weeks)]
        people.release(going, people.grid.midnight(day))
