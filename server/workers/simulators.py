"""Warm processes that compute for a worker, so that its own loop is always free to keep its lease."""

import asyncio
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from server.processes import begin_simulating
from server.store.outcomes import Packed

SETTLE_SECONDS = 1.0
LOOK_SECONDS = 0.05

Value = TypeVar("Value")


@dataclass(frozen=True)
class Engine:
    """Functions of a canonical document and an experiment's JSON. Each is found by name in another process."""

    version: str
    installed: Callable[[], str]
    """the version that is found where it is called, perhaps on another machine"""
    plan: Callable[[str, str], list[range]]
    """the shards, in order"""
    simulate: Callable[[str, str, range], bytes]
    """a shard"""
    enough: Callable[[str, str, list[bytes]], bool]
    """whether the first shards answer the experiment"""
    conclude: Callable[[str, str, list[bytes]], Packed]
    """the result of the first shards, ready to be stored"""
    contacts: Callable[[bytes], int]
    """how many contacts a shard simulated"""
    glance: Callable[[str, bytes], Any]
    """what figures so far need of a shard: little, and quickly found"""
    so_far: Callable[[str, list[Any]], str]
    """figures so far, as JSON, from glances in the order of their shards"""
    warm_up: Callable[[], None]
    """what makes the first shard of a process as quick as the next"""


class EngineError(Exception):
    """The engine raised; its message is the run's failure."""


class UnavailableError(Exception):
    """Nobody can simulate just now, for a reason that no run is to blame for."""


class Shards(Protocol):
    """Where shards are simulated: the processes of this machine, or a cluster."""

    @property
    def in_flight(self) -> int:
        """How many to ask for at once, so that nobody waits for work."""

    @property
    def ready(self) -> bool:
        """Whether a run may be claimed."""

    async def run(self, function: Callable[..., Value], *arguments: object) -> Value:
        """Raises EngineError, UnavailableError, and BrokenExecutor when the process died that computed."""

    async def settle(self) -> None:
        """Let go of what is computed for nobody."""

    def renew(self) -> None:
        """Replace what died."""


class Simulators:
    """A pool of processes that is replaced when one of them dies; `BrokenProcessPool` tells that it has."""

    def __init__(self, processes: int, warm_up: Callable[[], None]) -> None:
        self.processes = processes
        self.in_flight = processes + 1
        self.ready = True
        self._warm_up = warm_up
        self._busy: set[Future[object]] = set()
        self._open()

    async def run(self, function: Callable[..., Value], *arguments: object) -> Value:
        try:
            future = self._pool.submit(guarded, function, arguments)
        except BrokenProcessPool:  # it broke while nobody computed
            self.renew()
            future = self._pool.submit(guarded, function, arguments)
        self._busy.add(future)
        future.add_done_callback(self._busy.discard)
        return cast("Value", unless_raised(await asyncio.wrap_future(future)))

    async def settle(self) -> None:
        """Let go of what is computed for nobody: wait for it a little, then end its processes."""
        deadline = asyncio.get_running_loop().time() + SETTLE_SECONDS
        while self._busy:
            if asyncio.get_running_loop().time() > deadline:
                self._busy.clear()
                self.renew()
            await asyncio.sleep(LOOK_SECONDS)

    def renew(self) -> None:
        self.close()
        self._open()

    def close(self) -> None:
        # until Python 3.14 an executor has no public way to end processes that are busy
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()

    def _open(self) -> None:
        self._pool = ProcessPoolExecutor(
            self.processes, multiprocessing.get_context("spawn"), initializer=begin_simulating, initargs=(os.getpid(),)
        )
        for _ in range(self.processes):
            self._pool.submit(guarded, self._warm_up, ())


@dataclass(frozen=True)
class Raised:
    """An exception as text: not every one survives the way between processes, and one that does not breaks the pool."""

    message: str


def unless_raised(value: object) -> object:
    """What was computed, after it has come from another process."""
    if isinstance(value, Raised):
        raise EngineError(value.message)
    return value


def guarded(function: Callable[..., object], arguments: tuple[object, ...]) -> object:
    try:
        return function(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever a scenario makes the engine raise is that run's failure alone
        return Raised(f"{type(error).__name__}: {error}")
