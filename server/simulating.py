"""Simulating on this machine for one person at a terminal: processes that stop with it, and a word when it compiles."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import FrameType

from server.processes import begin_simulating, cores
from server.terminal import say
from simulation.experiment import Experiment, shards, simulate
from simulation.outcome.report.result import Result
from simulation.outcome.shards.summary import ShardSummary
from simulation.scenario.scenario import Scenario

COMPILING = "compiling the simulation, once on this machine: up to a minute"


def simulate_locally(
    scenario: Scenario,
    experiment: Experiment,
    *,
    workers: int | None,
    floor: str,
    on_progress: Callable[[int, int], None],
    on_summary: Callable[[ShardSummary], None] | None = None,
) -> Result:
    if floor == "kernel":
        compile_for(scenario)
    processes = min(workers or cores(), len(shards(scenario, experiment)))
    with other_processes(processes - 1) as executor:
        return simulate(
            scenario,
            experiment,
            workers=processes,
            floor=floor,
            executor=executor,
            on_progress=on_progress,
            on_summary=on_summary,
        )


@contextmanager
def other_processes(count: int) -> Iterator[ProcessPoolExecutor | None]:
    """So many that simulate beside this one, none where there are to be none; they end with the context."""
    if not count:
        yield None
        return
    executor = ProcessPoolExecutor(
        count, multiprocessing.get_context("spawn"), initializer=begin_simulating, initargs=(os.getpid(),)
    )
    with hearing_interrupts() as heard:
        try:
            yield executor
        except BaseException as error:
            for process in multiprocessing.active_children():
                process.terminate()  # what is half done is of no use to anyone
            # a Ctrl-C ends a child that has only begun, which may be noticed first
            if isinstance(error, BrokenProcessPool) and heard.wait(0.2):
                raise KeyboardInterrupt from None
            raise
        finally:
            executor.shutdown(cancel_futures=True)


@contextmanager
def hearing_interrupts() -> Iterator[threading.Event]:
    """An event that a Ctrl-C sets, besides what it does anyway."""
    heard, usual = threading.Event(), signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(usual):
        yield heard
        return

    def hear(number: int, frame: FrameType | None) -> None:
        heard.set()
        usual(number, frame)

    signal.signal(signal.SIGINT, hear)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, usual)


def compile_for(scenario: Scenario) -> None:
    """Makes what code a scenario needs, here and once: each of several processes would make it for itself."""
    from simulation.world.floor.compiled.code import address_of_code, is_compiled
    from simulation.world.floor.compiled.entries import needed_by

    needed = needed_by(scenario)
    if not is_compiled(needed):
        say(COMPILING)
        for entry in needed:
            address_of_code(entry)


def announce_compiling(tell: Callable[[str], None]) -> None:
    """A word that workers are about to."""
    from simulation.world.floor.compiled.code import USUAL, is_compiled

    if not is_compiled(USUAL):
        tell(COMPILING)
