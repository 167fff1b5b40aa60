"""The compiled floor's host: it keeps the kernel's arrays, lets them grow, and reads the books at the end."""

from collections.abc import Sequence

import numpy as np

from simulation.outcome.counters import Counters, Int64, QueueField
from simulation.scenario.queues import Distribution
from simulation.world import floor_kernel as kernel
from simulation.world.arrivals import Trace
from simulation.world.distributions import quantile_table
from simulation.world.floor import Float64, FloorPlan, QueueRules, Streams

_RING_HEAD, _RING_TAIL, _RING_OFFSET, _RING_MASK = 0, 1, 2, 3
_ENDLESS = 1 << 40
"""More contacts than ever wait."""
_MORE_LOG = 4096


class KernelFloor:
    """See `Floor`."""

    def __init__(self, plan: FloorPlan, counters: Counters, streams: Streams, *, keep_log: bool = False) -> None:
        self.counters = counters
        self.log: list[tuple[int, ...]] = []
        self._plan = plan
        self._keep_log = keep_log
        self._table = np.zeros(kernel.TABLE, np.int64)
        self._address = self._table.ctypes.data
        self._arrays: dict[int, Int64] = {}  # keeps alive what the table points to
        self._opening = np.zeros(len(plan.queues), np.int64)
        self._clock = self._own(kernel.CLOCK, np.zeros(10, np.int64))
        scalars = [
            len(plan.queues),
            plan.groups,
            len(plan.lines),
            plan.interval,
            plan.horizon,
            0,
            int(keep_log),
            0,
            0 if keep_log else _ENDLESS,
        ]
        self._scalars = self._own(kernel.PLAN, np.array(scalars, np.int64))
        self._groups = self._own(kernel.GROUP, np.zeros((plan.groups, kernel.G), np.int64))
        self._groups[:, kernel.G_OWN] = plan.own_contact
        self._lines = self._own(kernel.LINE, np.zeros((len(plan.lines), kernel.LN), np.int64))
        self._queues = self._own(kernel.QUEUE, np.zeros((len(plan.queues) + 1, kernel.Q), np.int64))
        self._own(kernel.AGENTS, np.zeros(plan.groups, np.int64))
        self._own(kernel.DAY, np.ascontiguousarray(plan.day_of_interval))
        keys = [streams.keys[purpose] for purpose in streams.PURPOSES]
        self._own(kernel.STREAM, np.array(keys, np.uint64).view(np.int64))
        self._own_floats(kernel.SPEED, plan.speed)
        self._own_floats(kernel.RESOLUTION, plan.resolution)
        self._own(kernel.QUEUE_ROWS, counters.queues)
        self._own(kernel.GROUP_ROWS, counters.groups)
        self._table[kernel.WAITS] = counters.waits.ctypes.data
        self._list_routes()
        self._list_rules()
        for place in (kernel.SLOT, kernel.FREE, kernel.HEAP, kernel.SCRATCH, kernel.LOG, kernel.IDLE, kernel.WAITING):
            self._own(place, np.zeros(0, np.int64))
        for place in (kernel.RETURN_TIMES, kernel.RETURN_AT, kernel.RETURNS, kernel.RETURN_FREE):
            self._own(place, np.zeros(0, np.int64))
        for place in (kernel.TIMER_TIMES, kernel.TIMER_AT):
            self._own(place, np.zeros(0, np.int64))
        self._grow_slots(256)
        self._grow_returns(512)
        self._grow_timers(256)
        self._grow_idle([16] * plan.groups)
        self._grow_lines([64] * len(plan.lines))
        for place in (kernel.ARRIVES, kernel.OF_QUEUE, kernel.NUMBER, kernel.GIVES_UP, kernel.WORK, kernel.ORIGIN):
            self._own(place, np.zeros(1, np.int64))

    def load(self, trace: Trace) -> None:
        if self._clock[kernel.NEXT] != self._clock[kernel.LOADED]:
            raise RuntimeError("the contacts loaded before have not all arrived")
        self._own(kernel.ARRIVES, trace.arrives)
        self._own(kernel.OF_QUEUE, trace.queue)
        self._own(kernel.NUMBER, trace.number)
        self._own(kernel.GIVES_UP, trace.gives_up)
        self._own(kernel.WORK, trace.work)
        self._own(kernel.ORIGIN, trace.origin)
        self._clock[kernel.NEXT], self._clock[kernel.LOADED] = 0, len(trace)
        self._grow_log(len(trace))

    def begin_with(self, backlog: Trace) -> None:
        rows = (column.tolist() for column in (backlog.queue, backlog.number, backlog.arrives, backlog.work))
        for q, number, arrives, work in zip(*rows, strict=True):
            line = kernel.allocate(self._address, q, number, arrives)
            self._make_room(line)
            kernel.begin_with(self._address, line, number, arrives, work)
        self._opening += np.bincount(backlog.queue, minlength=len(self._plan.queues))
        self._grow_log(len(backlog))

    def staff(self, agents: Sequence[int]) -> None:
        wanted = self._arrays[kernel.AGENTS]
        wanted[:] = agents
        if (wanted > self._groups[:, kernel.G_MASK] + 1).any():
            self._grow_idle(wanted.tolist())
        self._grow_slots(int(self._clock[kernel.BUSY] + wanted.sum()))
        kernel.staff(self._address)

    def pace(self, speed: Float64, resolution: Float64) -> None:
        self._own_floats(kernel.SPEED, speed)
        self._own_floats(kernel.RESOLUTION, resolution)

    def fail(self, groups: Sequence[int], share: float, requeue: bool) -> None:
        busy = int(self._clock[kernel.BUSY])
        marked = self._arrays[kernel.AGENTS]
        marked[:] = 0
        marked[list(groups)] = 1
        self._grow_slots(2 * busy)
        self._grow_timers(int(self._clock[kernel.TIMERS]) + busy)
        self._grow_log(busy)
        for line in range(len(self._plan.lines)):
            self._make_room(line, busy)
        kernel.fail(self._address, share, requeue)

    def clear(self, queue: int) -> None:
        for line in self._plan.queues[queue].lines:
            self._grow_returns(int(self._lines[line, kernel.LN_COUNT]) + int(self._clock[kernel.BUSY]) + 1)
            kernel.clear(self._address, line, int(self._clock[kernel.NOW]))

    def advance(self, until: int) -> None:
        while True:
            wanted = kernel.advance(self._address, until)
            if wanted == kernel.DONE:
                return
            if wanted == kernel.LINE_FULL:
                for line in range(len(self._plan.lines)):
                    self._make_room(line)
            elif wanted == kernel.RETURNS_FULL:
                self._grow_returns(int(self._clock[kernel.BUSY]) + 1)
            elif wanted == kernel.TIMERS_FULL:
                self._grow_timers(2 * int(self._scalars[kernel.MOST_TIMERS]))
            else:
                self._scalars[kernel.MOST_RETURNED] += _MORE_LOG
                self._grow_log(_MORE_LOG)

    def finish(self) -> None:
        for line in range(len(self._plan.lines)):
            kernel.settle(self._address, line, self._plan.horizon)
        rows, f = self.counters.queues, QueueField
        left = rows[:, :, f.ANSWERED] + rows[:, :, f.ABANDONED] + rows[:, :, f.BLOCKED] + rows[:, :, f.CALLBACKS]
        rows[:, :, f.WAITING] = self._opening + np.cumsum(rows[:, :, f.OFFERED] - left, axis=0)
        begun = rows[:, :, f.ANSWERED] + rows[:, :, f.CALLBACKS_SERVED]
        rows[:, :, f.IN_SERVICE] = np.cumsum(begun - rows[:, :, f.HANDLED] - rows[:, :, f.LOST], axis=0)
        if self._keep_log:
            self._read_log()

    def _own(self, place: int, array: Int64) -> Int64:
        """Keep an array and put its address in the kernel's table."""
        if not array.flags.c_contiguous:
            raise ValueError("the kernel reads contiguous arrays only")
        self._arrays[place] = array
        self._table[place] = array.ctypes.data
        return array

    def _own_floats(self, place: int, array: Float64) -> None:
        self._own(place, np.ascontiguousarray(array, np.float64).reshape(-1).view(np.int64))

    def _list_routes(self) -> None:
        """Routes as flat lists: per line its choices, per group what it serves, each closed by -1."""
        plan = self._plan
        choices: list[tuple[int, ...]] = []
        serves: list[tuple[int, ...]] = []
        steps: list[tuple[int, ...]] = []
        after = np.zeros((plan.groups, len(plan.lines)), np.int64)
        for n, line in enumerate(plan.lines):
            self._lines[n, kernel.LN_QUEUE] = line.queue
            self._lines[n, kernel.LN_CHOICES] = len(choices) * kernel.C
            self._lines[n, kernel.LN_LEAST] = line.least_occupied
            choices += [*zip(line.groups, line.tiers, line.after, strict=True), (-1, -1, -1)]
            after[list(line.groups), n] = line.after
            steps += [(n, wait, 0) for wait in sorted({wait for wait in line.after if wait > 0})]
        for g, served in enumerate(plan.serves):
            self._groups[g, kernel.G_SERVES] = len(serves) * kernel.V
            serves += [*served, (-1, -1)]
        self._own(kernel.CHOICE, np.array(choices, np.int64))
        self._own(kernel.SERVE, np.array(serves, np.int64))
        self._own(kernel.AFTER, after)
        self._own(kernel.STEP, np.array(steps, np.int64).reshape(-1, kernel.T))
        self._scalars[kernel.STEPS] = len(steps)

    def _list_rules(self) -> None:
        """Queues' rules as rows; what is of several entries lies one queue after the other, each row its beginning."""
        k, plan = kernel, self._plan
        tables = [quantile_table(Distribution.EXPONENTIAL, 1.0)]
        chances = np.zeros((len(plan.queues), k.P))
        for q, rules in enumerate(plan.queues):
            row, tried = self._queues[q], rules.retrial is not None
            row[k.Q_IMMEDIATE], row[k.Q_THRESHOLD], row[k.Q_SHORT] = rules.immediate, rules.threshold, rules.short
            row[k.Q_TIMED] = tried or rules.most is not None or rules.callback is not None
            row[k.Q_PLAIN] = not (row[k.Q_TIMED] or rules.balking or rules.due or rules.allocation)
            row[k.Q_FOLLOWS] = bool(rules.transfers or rules.rework or rules.repeat)
            row[k.Q_MOST] = _ENDLESS if rules.most is None else rules.most
            row[k.Q_FIRST_LINE], row[k.Q_LINES] = rules.lines[0], len(rules.lines)
            row[k.Q_WORK], row[k.Q_PATIENCE] = len(tables), -1
            tables.append(rules.work)
            if rules.patience is not None:
                row[k.Q_PATIENCE] = len(tables)
                tables.append(rules.patience)
            row[k.Q_OVER] = -1 if rules.callback is None else rules.callback[0]
            row[k.Q_WINDOW] = 0 if rules.repeat is None else rules.repeat[2]
            retrial, repeat, callback = rules.retrial or (0, 0), rules.repeat or (0, 0), rules.callback or (0, 0, 0)
            chances[q] = rules.balking, *retrial, *repeat[:2], rules.rework, *callback[1:], rules.mean_patience
        self._own_floats(k.CHANCE, chances)
        self._own_floats(k.TABLES, np.stack(tables))
        self._own_floats(k.MEAN_WORK, np.stack([rules.mean_work for rules in plan.queues], axis=1))
        self._list(k.Q_OPENS, {k.OPENS: [r.opens for r in plan.queues], k.CLOSES: [r.closes for r in plan.queues]})
        nothing = (np.zeros(0, np.int64),) * 3
        due = list(zip(*(rules.due or nothing for rules in plan.queues), strict=True))
        self._list(k.Q_DUE, dict(zip((k.DUE_TIMES, k.DUE_VALUES, k.DUE_SLOPES), map(list, due), strict=True)))
        transfers = [np.array([to for to, _ in rules.transfers], np.int64) for rules in plan.queues]
        self._list(k.Q_TRANSFERS, {k.TRANSFER_TO: transfers})
        shares = [share for rules in plan.queues for _, share in rules.transfers]
        self._own_floats(k.TRANSFER_SHARE, np.array(shares))
        self._list_allocations(plan.queues)

    def _list(self, beginnings: int, columns: dict[int, list[Int64]]) -> None:
        """One array a column, the queues' parts one after the other; `beginnings` says where each queue's is."""
        for place, parts in columns.items():
            self._queues[1:, beginnings] = np.cumsum([len(part) for part in parts])
            self._own(place, np.ascontiguousarray(np.concatenate(parts), np.int64))

    def _list_allocations(self, queues: Sequence[QueueRules]) -> None:
        entries: list[tuple[int, int, int]] = []
        shares: list[float] = []
        for q, rules in enumerate(queues):
            for entry in rules.allocation:
                entries.append((entry.begins, int(entry.counted), len(shares)))
                shares += np.diff(entry.cumulative, prepend=0.0).tolist() if entry.counted else entry.cumulative
            self._queues[q + 1, kernel.Q_ALLOCATIONS] = len(entries)
        self._own(kernel.ALLOCATION, np.array(entries, np.int64).reshape(-1, kernel.A))
        self._own(kernel.ALLOCATED, np.zeros(len(shares), np.int64))
        self._own_floats(kernel.SHARES, np.array(shares))

    def _enlarge(self, place: int, more: int) -> None:
        self._own(place, np.concatenate([self._arrays[place], np.zeros(more, np.int64)]))

    def _grow_slots(self, needed: int) -> None:
        """Room for so many busy agents."""
        have = len(self._arrays[kernel.HEAP])
        if needed <= have:
            return
        if needed > kernel.SLOT_MASK:
            raise OverflowError(f"{needed:,} agents on the floor; the floor holds at most {kernel.SLOT_MASK:,}")
        more = min(max(needed, 2 * have), kernel.SLOT_MASK) - have
        for place, stride in ((kernel.HEAP, 1), (kernel.SCRATCH, 1), (kernel.FREE, 1), (kernel.SLOT, kernel.S)):
            self._enlarge(place, more * stride)
        self._free(kernel.FREE, kernel.FREE_SLOTS, have, more)

    def _grow_returns(self, needed: int) -> None:
        """Room for so many more contacts that come back."""
        if needed <= self._clock[kernel.FREE_RETURNS]:
            return
        have = len(self._arrays[kernel.RETURN_TIMES])
        more = max(needed, have)
        places = (kernel.RETURN_TIMES, kernel.RETURN_AT, kernel.RETURN_FREE)
        for place, stride in (*((place, 1) for place in places), (kernel.RETURNS, kernel.R)):
            self._enlarge(place, more * stride)
        self._free(kernel.RETURN_FREE, kernel.FREE_RETURNS, have, more)

    def _free(self, place: int, count: int, first: int, more: int) -> None:
        """Put new places on their list of free ones."""
        free = int(self._clock[count])
        self._arrays[place][free : free + more] = np.arange(first, first + more)
        self._clock[count] += more

    def _grow_timers(self, size: int) -> None:
        more = size - int(self._scalars[kernel.MOST_TIMERS])
        if more <= 0:
            return
        self._enlarge(kernel.TIMER_TIMES, more)
        self._enlarge(kernel.TIMER_AT, more)
        self._scalars[kernel.MOST_TIMERS] = size

    def _grow_log(self, more: int) -> None:
        if self._keep_log:
            self._enlarge(kernel.LOG, more * kernel.LOG_STRIDE)

    def _make_room(self, line: int, more: int = 1) -> None:
        """Room for more in a line."""
        needed = int(self._lines[line, kernel.LN_TAIL] - self._lines[line, kernel.LN_HEAD]) + more
        if needed > self._lines[line, kernel.LN_MASK] + 1:
            self._grow_lines([needed if n == line else 0 for n in range(len(self._plan.lines))])

    def _grow_idle(self, needed: Sequence[int]) -> None:
        self._grow_rings(kernel.IDLE, 1, self._groups[:, kernel.G_HEAD : kernel.G_MASK + 1], needed)

    def _grow_lines(self, needed: Sequence[int]) -> None:
        self._grow_rings(kernel.WAITING, kernel.W, self._lines[:, kernel.LN_HEAD : kernel.LN_MASK + 1], needed)

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
