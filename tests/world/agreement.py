"""Both bodies of the floor on one centre: same contacts, same agents, same instants, same counters."""

import numpy as np

from simulation.world.floor.compiled.host import KernelFloor
from simulation.world.floor.floor import Floor
from simulation.world.floor.plain.floor_simpy import SimpyFloor
from tests.world.centres import Centre


def assert_agree(centre: Centre) -> Floor:
    plain, compiled = centre.run(SimpyFloor), centre.run(KernelFloor)
    ours, theirs = {row[:2]: row for row in plain.log}, {row[:2]: row for row in compiled.log}
    differing = [(ours.get(n), theirs.get(n)) for n in ours.keys() | theirs.keys() if ours.get(n) != theirs.get(n)]
    assert not differing, f"(queue, number, arrives, group, begins, ends), plain and compiled: {differing[:3]}"
    assert len(plain.log) == len(ours), "a contact ends twice"
    for name in ("queues", "portions", "groups", "waits"):
        np.testing.assert_array_equal(getattr(plain.counters, name), getattr(compiled.counters, name), name)
    return plain
