"""What a Dask worker computes of a run: a shard, by the engine that asked for it and by no other."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.workers.simulators import UnavailableError, guarded, unless_raised


@dataclass(frozen=True)
class OtherEngine:
    """In place of a shard: who was to simulate it has another engine."""

    where: str
    version: str


_ONE_AT_A_TIME = threading.Lock()
"""Shards of one process use one world of their scenario, made for them in turn."""


def simulate_there(
    expected: str, installed: Callable[[], str], function: Callable[..., object], arguments: tuple[object, ...]
) -> object:
    """On a Dask worker."""
    from distributed import get_worker

    if installed() != expected:
        return OtherEngine(f"worker {get_worker().address}", installed())
    with _ONE_AT_A_TIME:
        return guarded(function, arguments)


def of_this_engine(value: object, version: str) -> object:
    if isinstance(value, OtherEngine):
        raise UnavailableError(skewed(version, {value.where: value.version}))
    return unless_raised(value)


def skewed(version: str, others: Mapping[str, object]) -> str:
    told = ", ".join(
        f"{who} has {f'none ({reason_of(found)})' if isinstance(found, BaseException) else found}"
        for who, found in others.items()
    )
    return f"this worker has engine {version}, but Dask's {told}; install one version of springtide on all of them"


def reason_of(error: BaseException) -> str:
    return (str(error) or type(error).__name__).strip().split("\n")[0]
