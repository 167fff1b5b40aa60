"""Simulating on this machine for one person at a terminal: processes that stop with it, and a word when it compiles."""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from server.processes import begin_simulating, cores
from server.terminal import say
from simulation.experiment import Experiment, shards, simulate
from simulation.outcome.result import Result
from simulation.scenario.scenario import Scenario

COMPILING = "compiling the simulation, once on this machine: up to a minute"


def simulate_locally(
    scenario: Scenario,
    experiment: Experiment,
    *,
    workers: int | None,
    floor: str,
    on_progress: Callable[[int, int], None],
) -> Result:
    if floor == "kernel":
        compile_for(scenario)
    processes = min(workers or cores(), len(shards(scenario, experiment)))
    if processes == 1:
        return simulate(scenario, experiment, floor=floor, on_progress=on_progress)
    executor = ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=begin_simulating, initargs=(os.getpid(),)
    )
    try:
        return simulate(
            scenario, experiment, workers=processes, floor=floor, executor=executor, on_progress=on_progress
        )
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()  # what is half done is of no use to anyone
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def compile_for(scenario: Scenario) -> None:
    """Makes what code a scenario needs, here and once: each of several processes would make it for itself."""
    from simulation.world import floor_code

    needed = floor_code.needed_by(scenario)
    if not floor_code.is_compiled(needed):
        say(COMPILING)
        for entry in needed:
            floor_code.address_of_code(entry)


def announce_compiling() -> None:
    """A word that workers are about to."""
    from simulation.world.floor_code import ALWAYS, is_compiled

    if not is_compiled(ALWAYS):
        say(COMPILING)
