"""Engines that do as their document says, so that tests of the worker decide what happens to each shard."""

import json
import os
import resource
import signal
import struct
import time
from pathlib import Path
from typing import Any

from server.store.outcomes import Packed, pack
from server.workers.simulators import Engine
from simulation.outcome.shards.figures_so_far import FiguresSoFar


def document(log: Path, *, shards: int = 6, **behaviour: Any) -> str:
    """Shards of one replication, `seconds` each; `raises_at`, `dies_at` and `dies_once_at` name a shard.

    `by` says how it dies: SIGKILL unless given, another signal, EXIT, or MEMORY, which raises. `size` is bytes a shard.
    """
    return json.dumps({"log": str(log), "shards": shards, **behaviour})


def installed() -> str:
    """As another release would have it, where a process was started so."""
    return os.environ.get("SPRINGTIDE_TEST_ENGINE", "test-1")


def plan(text: str, experiment: str) -> list[range]:
    wanted = json.loads(text)
    if wanted.get("plan_raises"):
        raise ValueError("no such queue")
    return [range(number, number + 1) for number in range(wanted["shards"])]


def simulate(text: str, experiment: str, replications: range) -> bytes:
    wanted, number = json.loads(text), replications.start
    log = Path(wanted["log"])
    with log.open("a") as file:
        file.write(f"{number}\n")
    with log.with_suffix(".workers").open("a") as file:
        file.write(f"{os.getppid()}\n")
    began = time.monotonic()
    time.sleep(wanted.get("seconds", 0))
    with log.with_suffix(".spans").open("a") as file:
        file.write(f"{began} {time.monotonic()}\n")
    if number == wanted.get("raises_at"):
        raise ArithmeticError(f"shard {number} cannot be")
    dies = number == wanted.get("dies_at")
    if number == wanted.get("dies_once_at") and not log.with_suffix(".died").exists():
        log.with_suffix(".died").touch()
        dies = True
    if dies:
        die(wanted.get("by", "SIGKILL"))
    return struct.pack("<q", number).ljust(wanted.get("size", 8), b"\0")


def die(by: str) -> None:
    if by == "EXIT":
        os._exit(3)
    if by == "MEMORY":
        limits = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, limits[1]))
        try:
            bytearray(64 << 30)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, limits)
    else:
        os.kill(os.getpid(), signal.Signals[by])


def enough(text: str, experiment: str, finished: list[bytes]) -> bool:
    return len(finished) >= int(json.loads(text)["enough"])


def conclude(text: str, experiment: str, finished: list[bytes]) -> Packed:
    numbers = [struct.unpack("<q", shard[:8])[0] for shard in finished]
    column = struct.pack(f"<{len(numbers)}d", *numbers)
    return pack({"numbers": numbers}, [("queue", "orders", "day", "offered", "mean", column)], b"")


def contacts(shard: bytes) -> int:
    return 10


def glance(text: str, shard: bytes) -> int:
    if json.loads(text).get("glance_raises"):
        raise ArithmeticError("it cannot be told")
    return int(struct.unpack("<q", shard[:8])[0])


def so_far(text: str, glances: list[int]) -> str:
    return FiguresSoFar(len(glances), (), None, None).to_json()


def warm_up() -> None:
    pass


OBEDIENT = Engine("test-1", installed, plan, simulate, enough, conclude, contacts, glance, so_far, warm_up)


def workers_of(log: Path) -> set[int]:
    """The processes that had its shards simulated by children of theirs."""
    return set(map(int, log.with_suffix(".workers").read_text().split()))


def spans_of(log: Path) -> list[tuple[float, float]]:
    """When each shard began and ended, in order; one clock for all processes of a machine."""
    lines = log.with_suffix(".spans").read_text().splitlines()
    return sorted((float(line.split()[0]), float(line.split()[1])) for line in lines)


def simulated(log: Path) -> list[int]:
    """The numbers of the shards that were begun, in order, repeated ones repeatedly."""
    return [int(line) for line in log.read_text().splitlines()] if log.exists() else []
