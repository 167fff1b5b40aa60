"""Both bodies of the floor on one centre: same contacts, same agents, same instants, same counters."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import GroupField, QueueField
from simulation.world.floor.compiled.host import KernelFloor
from simulation.world.floor.floor import Floor
from simulation.world.floor.plain.floor_simpy import SimpyFloor
from tests.world.centres import Centre

FIELDS: Mapping[str, Callable[[int], str]] = {
    "queues": lambda place: QueueField(place).name,
    "portions": lambda place: f"portion field {place}",
    "groups": lambda place: GroupField(place).name,
    "waits": lambda place: f"bin {place}",
}


def assert_agree(centre: Centre) -> Floor:
    plain, compiled = centre.run(SimpyFloor), centre.run(KernelFloor)
    ours, theirs = {row[:2]: row for row in plain.log}, {row[:2]: row for row in compiled.log}
    differing = [(ours.get(n), theirs.get(n)) for n in ours.keys() | theirs.keys() if ours.get(n) != theirs.get(n)]
    assert not differing, f"(queue, number, arrives, group, begins, ends), plain and compiled: {differing[:3]}"
    assert len(plain.log) == len(ours), "a contact ends twice"
    for name in FIELDS:
        counted = differing_counters(name, getattr(plain.counters, name), getattr(compiled.counters, name))
        assert not counted, "; ".join(counted)
    return plain


def differing_counters(name: str, plain: NDArray[Any], compiled: NDArray[Any], most: int = 5) -> list[str]:
    """What the bodies count differently, by period, entity and field."""
    assert plain.shape == compiled.shape
    return [
        f"{name}: period {at[0]}, entity {at[1]}, {FIELDS[name](at[2])!s}:"
        f" plain {plain[tuple(at)]}, compiled {compiled[tuple(at)]}"
        for at in np.argwhere(plain != compiled)[:most].tolist()
    ]
