"""The compiled floor's host: it keeps the kernel's arrays, lets them grow, and reads the books at the end."""

from collections.abc import Sequence

import numpy as np

from simulation.outcome.counters import Counters, Int64, QueueField
from simulation.world import floor_kernel as kernel
from simulation.world.arrivals import Trace
from simulation.world.floor import FloorPlan

_RING_HEAD, _RING_TAIL, _RING_OFFSET, _RING_MASK = 0, 1, 2, 3


class KernelFloor:
    """See `Floor`. `leaving` holds a stream key per queue (see `leaving_streams`)."""

    def __init__(self, plan: FloorPlan, counters: Counters, leaving: Sequence[int], *, keep_log: bool = False) -> None:
        self.counters = counters
        self.log: list[tuple[int, ...]] = []
        self._plan = plan
        self._keep_log = keep_log
        self._table = np.zeros(kernel.TABLE, np.int64)
        self._address = self._table.ctypes.data
        self._arrays: dict[int, Int64] = {}  # keeps alive what the table points to
        self._clock = self._own(kernel.CLOCK, np.zeros(6, np.int64))
        self._groups = self._own(kernel.GROUP, np.zeros((plan.groups, kernel.G), np.int64))
        self._groups[:, kernel.G_OWN] = plan.own_contact
        self._queues = self._own(kernel.QUEUE, np.zeros((plan.queues, kernel.Q), np.int64))
        self._queues[:, kernel.Q_THRESHOLD] = plan.threshold
        self._queues[:, kernel.Q_SHORT] = plan.short
        self._own(kernel.AGENTS, np.zeros(plan.groups, np.int64))
        self._own(kernel.DAY, np.ascontiguousarray(plan.day_of_interval))
        self._own(kernel.STREAM, np.array(leaving, np.uint64).view(np.int64))
        self._own(kernel.SPEED, np.ascontiguousarray(plan.speed).view(np.int64))
        self._own(kernel.QUEUE_ROWS, counters.queues)
        self._own(kernel.GROUP_ROWS, counters.groups)
        self._table[kernel.WAITS] = counters.waits.ctypes.data
        self._list_routes()
        for place in (kernel.SLOT, kernel.FREE, kernel.HEAP, kernel.SCRATCH, kernel.LOG, kernel.IDLE, kernel.LINE):
            self._own(place, np.zeros(0, np.int64))
        self._grow_slots(256)
        self._grow_idle([16] * plan.groups)
        self._grow_lines([64] * plan.queues)
        for place in (kernel.ARRIVES, kernel.OF_QUEUE, kernel.NUMBER, kernel.GIVES_UP, kernel.WORK):
            self._own(place, np.zeros(1, np.int64))

    def load(self, trace: Trace) -> None:
        if self._clock[kernel.NEXT] != self._clock[kernel.LOADED]:
            raise RuntimeError("the contacts loaded before have not all arrived")
        self._own(kernel.ARRIVES, trace.arrives)
        self._own(kernel.OF_QUEUE, trace.queue)
        self._own(kernel.NUMBER, trace.number)
        self._own(kernel.GIVES_UP, trace.gives_up)
        self._own(kernel.WORK, trace.work)
        self._clock[kernel.NEXT], self._clock[kernel.LOADED] = 0, len(trace)
        in_line = self._queues[:, kernel.Q_TAIL] - self._queues[:, kernel.Q_HEAD]
        needed = in_line + np.bincount(trace.queue, minlength=self._plan.queues)
        if (needed > self._queues[:, kernel.Q_MASK] + 1).any():
            self._grow_lines(needed.tolist())
        if self._keep_log:
            room = np.zeros(len(trace) * kernel.LOG_STRIDE, np.int64)
            self._own(kernel.LOG, np.concatenate([self._arrays[kernel.LOG], room]))

    def staff(self, agents: Sequence[int]) -> None:
        wanted = self._arrays[kernel.AGENTS]
        wanted[:] = agents
        if (wanted > self._groups[:, kernel.G_MASK] + 1).any():
            self._grow_idle(wanted.tolist())
        self._grow_slots(int(self._clock[kernel.BUSY] + wanted.sum()))
        kernel.staff(self._address)

    def clear(self, queue: int) -> None:
        kernel.clear(self._address, queue, int(self._clock[kernel.NOW]))

    def advance(self, until: int) -> None:
        kernel.advance(self._address, until)

    def finish(self) -> None:
        for q in range(self._plan.queues):
            kernel.settle(self._address, q, self._plan.horizon)
        rows = self.counters.queues
        left = rows[:, :, QueueField.ANSWERED] + rows[:, :, QueueField.ABANDONED] + rows[:, :, QueueField.BLOCKED]
        rows[:, :, QueueField.WAITING] = np.cumsum(rows[:, :, QueueField.OFFERED] - left, axis=0)
        begun_less_ended = rows[:, :, QueueField.ANSWERED] - rows[:, :, QueueField.HANDLED]
        rows[:, :, QueueField.IN_SERVICE] = np.cumsum(begun_less_ended, axis=0)
        if self._keep_log:
            self._read_log()

    def _own(self, place: int, array: Int64) -> Int64:
        """Keep an array and put its address in the kernel's table."""
        if not array.flags.c_contiguous:
            raise ValueError("the kernel reads contiguous arrays only")
        self._arrays[place] = array
        self._table[place] = array.ctypes.data
        return array

    def _list_routes(self) -> None:
        """Routes as flat lists: per queue its choices, per group what it serves, each closed by -1."""
        plan = self._plan
        choices: list[tuple[int, ...]] = []
        serves: list[tuple[int, ...]] = []
        steps: list[tuple[int, ...]] = []
        after = np.zeros((plan.groups, plan.queues), np.int64)
        for q, route in enumerate(plan.choices):
            self._queues[q, kernel.Q_CHOICES] = len(choices) * kernel.C
            self._queues[q, kernel.Q_LEAST] = route.least_occupied
            choices += [*zip(route.groups, route.tiers, route.after, strict=True), (-1, -1, -1)]
            after[list(route.groups), q] = route.after
            steps += [(q, wait, 0) for wait in sorted({wait for wait in route.after if wait > 0})]
        for g, served in enumerate(plan.serves):
            self._groups[g, kernel.G_SERVES] = len(serves) * kernel.V
            serves += [*served, (-1, -1)]
        self._own(kernel.CHOICE, np.array(choices, np.int64))
        self._own(kernel.SERVE, np.array(serves, np.int64))
        self._own(kernel.AFTER, after)
        self._own(kernel.STEP, np.array(steps, np.int64).reshape(-1, kernel.T))
        scalars = [plan.queues, plan.groups, plan.interval, len(steps), int(self._keep_log)]
        self._own(kernel.PLAN, np.array(scalars, np.int64))

    def _grow_slots(self, needed: int) -> None:
        """Room for so many busy agents."""
        have = len(self._arrays[kernel.HEAP])
        if needed <= have:
            return
        if needed > kernel.SLOT_MASK:
            raise OverflowError(f"{needed:,} agents on the floor; the floor holds at most {kernel.SLOT_MASK:,}")
        size = min(max(needed, 2 * have), kernel.SLOT_MASK)
        more = np.zeros(size - have, np.int64)
        for place, stride in ((kernel.HEAP, 1), (kernel.SCRATCH, 1), (kernel.FREE, 1), (kernel.SLOT, kernel.S)):
            self._own(place, np.concatenate([self._arrays[place], np.repeat(more, stride)]))
        free = int(self._clock[kernel.FREE_SLOTS])
        self._arrays[kernel.FREE][free : free + size - have] = np.arange(have, size)
        self._clock[kernel.FREE_SLOTS] += size - have

    def _grow_idle(self, needed: Sequence[int]) -> None:
        self._grow_rings(kernel.IDLE, 1, self._groups[:, kernel.G_HEAD : kernel.G_MASK + 1], needed)

    def _grow_lines(self, needed: Sequence[int]) -> None:
        self._grow_rings(kernel.LINE, kernel.L, self._queues[:, kernel.Q_HEAD : kernel.Q_MASK + 1], needed)

    def _grow_rings(self, place: int, stride: int, rings: Int64, needed: Sequence[int]) -> None:
        """Move the rings of all entities into new memory, each with room for what it needs (a power of two)."""
        sizes = [
            max(1 << (int(need) - 1).bit_length() if need > 0 else 1, int(mask) + 1)
            for need, mask in zip(needed, rings[:, _RING_MASK], strict=True)
        ]
        old, new = self._arrays[place].reshape(-1, stride), np.zeros((sum(sizes), stride), np.int64)
        offset = 0
        for ring, size in zip(rings, sizes, strict=True):
            held = np.arange(ring[_RING_HEAD], ring[_RING_TAIL])
            new[offset + (held & (size - 1))] = old[ring[_RING_OFFSET] + (held & ring[_RING_MASK])]
            ring[_RING_OFFSET], ring[_RING_MASK] = offset, size - 1
            offset += size
        self._own(place, new)

    def _read_log(self) -> None:
        logged = int(self._clock[kernel.LOGGED])
        rows = self._arrays[kernel.LOG].reshape(-1, kernel.LOG_STRIDE)[:logged]
        self.log = [tuple(row) for row in rows.tolist()]
        slots = self._arrays[kernel.SLOT].reshape(-1, kernel.S)
        fields = [kernel.S_QUEUE, kernel.S_NUMBER, kernel.S_ARRIVES, kernel.S_GROUP, kernel.S_BEGINS]
        busy = self._arrays[kernel.HEAP][: int(self._clock[kernel.BUSY])] & kernel.SLOT_MASK
        self.log += [(*slots[slot, fields].tolist(), -1) for slot in busy.tolist()]
