"""People whom one team lends to another: they stay who they are, with their luck, their tenure and their way back.

At the midnight that begins `start` as many of those past nesting go as are there, by lot, but not who has been told to
go; they come to the other team, in training first where `training_weeks` says so. At the midnight that ends `until`
those who are still there go back, and need no training. While they are away they serve what the other team serves, by
its learning curve and its attrition; whom a class's `until` releases is released wherever he is.
"""

from datetime import timedelta

import numpy as np

from simulation.outcome.counting.counters import FlowField, StockField
from simulation.scenario.people.classes import Move
from simulation.world.people.people import NO_TRAINING, Instant, People, Process
from simulation.world.people.persons import Persons, Rows, lots
from simulation.world.randomness import Purpose


def lend(move: Move, number: int, source: People, target: People) -> None:
    """A move, the number-th into its target: its process, and what planners know of it beforehand."""
    env, grid = target.env, target.grid
    begin, end = grid.midnight(move.start), grid.horizon
    if move.until is not None:
        end = min(grid.midnight(move.until + timedelta(days=1)), grid.horizon)
    ready = grid.midnight(move.start + timedelta(weeks=move.training_weeks))
    if begin >= grid.horizon:
        return
    source.transfers += [(begin, -move.heads), (end, move.heads)]
    target.transfers += [(begin, move.heads), (end, -move.heads)]
    env.process(_move_process(move, number, source, target, begin, ready, end))


def _move_process(move: Move, number: int, source: People, target: People, begin: int, ready: int, end: int) -> Process:
    """They go, and come back."""
    if begin > 0:
        yield Instant(target.env, begin)
    there = _chosen(source, f"{target.team.id}/{move.start}/{number}", move.heads)
    at_home = source.persons["skills"][there]
    away = target.enter(_transferred(source, there, target, 0), ready if ready > begin else NO_TRAINING)
    if end >= target.grid.horizon:
        return
    yield Instant(target.env, end)
    left = target.persons["stage"][away] >= 0
    source.enter(_transferred(target, away[left], source, at_home[left]))


def _chosen(source: People, name: str, heads: int) -> Rows:
    """The rows of those who go."""
    persons = source.persons
    free = np.flatnonzero((persons["stage"] == StockField.TENURED) & ~persons["noticed"])
    order = np.argsort(lots(source.draws, Purpose.MOVE, name, persons[free]), kind="stable")
    return np.sort(free[order[:heads]])


def _transferred(source: People, rows: Rows, target: People, skills: int | Rows) -> Persons:
    """People as they come from one team to another, out of the first."""
    now = int(source.env.now)
    people = source.persons[rows]
    began = people["since"].copy()
    people["luck"] = people["luck"] - source.hazard.spent(people, began, now)
    people["since"], people["skills"], people["hired"] = now, skills, 0
    source.go(rows, FlowField.MOVED_OUT)
    target.count(FlowField.MOVED_IN, len(rows))
    return people
