"""Engines that do as their document says, so that tests of the worker decide what happens to each shard."""

import json
import os
import signal
import struct
import time
from pathlib import Path
from typing import Any

from server.store.outcomes import Packed, pack
from server.workers.simulators import Engine


def document(log: Path, *, shards: int = 6, **behaviour: Any) -> str:
    """Shards of one replication, `seconds` each; `raises_at`, `dies_at` and `dies_once_at` name a shard."""
    return json.dumps({"log": str(log), "shards": shards, **behaviour})


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
    time.sleep(wanted.get("seconds", 0))
    if number == wanted.get("raises_at"):
        raise ArithmeticError(f"shard {number} cannot be")
    dies = number == wanted.get("dies_at")
    if number == wanted.get("dies_once_at") and not log.with_suffix(".died").exists():
        log.with_suffix(".died").touch()
        dies = True
    if dies:
        os.kill(os.getpid(), signal.SIGKILL)
    return struct.pack("<q", number)


def enough(text: str, experiment: str, finished: list[bytes]) -> bool:
    return len(finished) >= int(json.loads(text)["enough"])


def conclude(text: str, experiment: str, finished: list[bytes]) -> Packed:
    numbers = [struct.unpack("<q", shard)[0] for shard in finished]
    column = struct.pack(f"<{len(numbers)}d", *numbers)
    return pack({"numbers": numbers}, [("queue", "orders", "day", "offered", "mean", column)], b"")


def contacts(shard: bytes) -> int:
    return 10


def warm_up() -> None:
    pass


OBEDIENT = Engine("test-1", plan, simulate, enough, conclude, contacts, warm_up)


def simulated(log: Path) -> list[int]:
    """The numbers of the shards that were begun, in order, repeated ones repeatedly."""
    return [int(line) for line in log.read_text().splitlines()] if log.exists() else []
