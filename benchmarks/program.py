"""One measurement in a process of its own: `python -m benchmarks.program NAME CASE`, JSON on stdout.

CPU seconds are the process's own, from a described case to its figures, after imports and compiling. What the
hand-written programs draw is inside their time; the kernel alone meets contacts drawn before.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from importlib import import_module

import numpy as np

from benchmarks.centre import Centre, case, counted, drawn
from simulation.experiment import Experiment, simulate, simulate_shard
from simulation.outcome.counting.counters import Counters
from simulation.replication import replicate
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.scenario import Scenario
from simulation.world.floor.floor import Streams
from simulation.world.randomness import Draws
from simulation.world.world import World

Measured = tuple[float, float]
"""Contacts, and seconds."""
HAND_WRITTEN = ("textbook_simpy", "tuned_simpy", "pushed_simpy", "ciw_model")


def step(scenario: Scenario, repeat: int) -> Measured:
    """The whole `simulate` step: calendar and volumes, SimPy, keyed draws, the floor, statistics, the result."""
    began = time.process_time()
    result = simulate(scenario, Experiment(replications=repeat))
    seconds = time.process_time() - began
    return repeat * sum(queue.totals["offered"].mean or 0.0 for queue in result.queues), seconds


def replication(scenario: Scenario, repeat: int) -> Measured:
    """One replication by itself: calendar and volumes, the replication, its statistics, as bytes."""
    document, contacts, seconds = canonical(scenario), 0.0, 0.0
    for seed in range(repeat):
        began = time.process_time()
        simulate_shard(document, Experiment(replications=1, seed=seed), range(1))
        seconds += time.process_time() - began
        contacts += World.of(scenario).expected_contacts
    return contacts, seconds


def kernel(scenario: Scenario, repeat: int) -> Measured:
    """The compiled floor alone, with contacts drawn and staffing known before."""
    from simulation.world.floor.compiled.host import KernelFloor

    world = World.of(scenario)
    contacts, seconds = drawn(world), 0.0
    staffing = np.array(Centre.of(world).staffing)
    for _ in range(repeat):
        floor = KernelFloor(world.plan, _counters(world), Streams(Draws(1, 0), [q.id for q in scenario.queues]))
        floor.load(contacts)
        began = time.process_time()
        floor.staff(staffing)
        floor.advance(world.grid.horizon)
        seconds += time.process_time() - began
        floor.finish()
    return len(contacts) * repeat, seconds


def workers(scenario: Scenario, repeat: int, processes: int) -> Measured:
    """An experiment on some processes, by the clock on the wall."""
    began = time.perf_counter()
    simulate(scenario, Experiment(replications=repeat), workers=processes)
    return repeat * World.of(scenario).expected_contacts, time.perf_counter() - began


def hand_written(module: str, scenario: Scenario, repeat: int) -> Measured:
    program, centre = import_module(f"benchmarks.{module}"), Centre.of(World.of(scenario))
    contacts, seconds = 0, 0.0
    for seed in range(repeat):
        began = time.process_time()
        counts = program.simulate(centre, seed)
        seconds += time.process_time() - began
        contacts += int(counts[:, 0].sum())
    return contacts, seconds


def agreement(scenario: Scenario) -> dict[str, object]:
    """What each program counts of the very same contacts: by queue offered, answered, abandoned, in time."""
    world = World.of(scenario)
    centre, contacts = Centre.of(world), drawn(world)
    counts = {"springtide": counted(replicate(world, 1, 0)).tolist()}
    for module in HAND_WRITTEN[:3]:
        counts[module] = import_module(f"benchmarks.{module}").replay(centre, contacts).tolist()
    return {"counts": counts}


def _counters(world: World) -> Counters:
    grid, queues, groups = world.grid, len(world.plan.queues), world.plan.groups
    days, weeks = len(grid.days) - 1, len(grid.weeks) - 1
    return Counters.zeros(intervals=grid.intervals, days=days, weeks=weeks, queues=queues, groups=groups, teams=groups)


PROGRAMS: dict[str, Callable[[Scenario, int], Measured]] = {
    "step": step,
    "replication": replication,
    "kernel": kernel,
    "one worker": lambda scenario, repeat: workers(scenario, repeat, 1),
    "two workers": lambda scenario, repeat: workers(scenario, repeat, 2),
    **{name: lambda scenario, repeat, name=name: hand_written(name, scenario, repeat) for name in HAND_WRITTEN},
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("program", choices=[*PROGRAMS, "agreement"])
    parser.add_argument("case", choices=["a", "b"])
    parser.add_argument("--days", type=int)
    parser.add_argument("--weeks", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=1)
    asked = parser.parse_args()
    scenario = case(asked.case, days=asked.days, weeks=asked.weeks)
    if asked.program == "agreement":
        print(json.dumps(agreement(scenario)))
        return
    replicate(World.of(case(asked.case, days=1)), 1, 0)  # compiled code is loaded
    contacts, seconds = PROGRAMS[asked.program](scenario, asked.repeat)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"contacts": contacts, "seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main()
