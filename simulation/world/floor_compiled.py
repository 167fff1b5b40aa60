"""The compiled floor's host: it keeps the kernel's arrays, lets them grow, and reads the books at the end."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from simulation.outcome.counters import Counters, Int32, Int64, QueueField
from simulation.scenario.grid import HOUR
from simulation.scenario.queues import Distribution
from simulation.world import floor_kernel as kernel
from simulation.world.arrivals import QueueArrivals, Trace, trace
from simulation.world.distributions import quantile_table
from simulation.world.floor import Attempts, Float64, FloorPlan, QueueRules, Streams

_RING_HEAD, _RING_TAIL, _RING_OFFSET, _RING_MASK = 0, 1, 2, 3
_ENDLESS = 1 << 40
"""More contacts than ever wait."""
_MORE_LOG = 4096


class KernelPlan:
    """A floor plan as the kernel's arrays: made once a scenario, copied where a replication changes them."""

    def __init__(self, plan: FloorPlan) -> None:
        self.arrays: dict[int, Int64] = {}
        self.scalars = np.zeros(kernel.PLAN_FIELDS, np.int64)
        self.groups = np.zeros((plan.groups, kernel.G), np.int64)
        self.lines = np.zeros((len(plan.lines), kernel.LN), np.int64)
        self.queues = np.zeros((len(plan.queues) + 1, kernel.Q), np.int64)
        self.groups[:, kernel.G_OWN] = plan.own_contact
        self.groups[:, kernel.G_RARE] = [_is_rare(plan, g) for g in range(plan.groups)]
        self.scalars[: kernel.STEPS] = len(plan.queues), plan.groups, len(plan.lines), plan.interval, plan.horizon
        self.scalars[kernel.MOST_SLOTS] = max(rules.slots for rules in plan.queues)
        self._own(kernel.DAY, plan.day_of_interval)
        self._own_floats(kernel.SPEED, plan.speed)
        self._own_floats(kernel.RESOLUTION, plan.resolution)
        self._list_routes(plan)
        self._list_rules(plan)
        followed = self.queues[:, kernel.Q_FOLLOWS].any()
        self.scalars[kernel.RARE] = followed or self.scalars[kernel.STEPS] or not self.queues[:-1, kernel.Q_PLAIN].all()

    def _own(self, place: int, array: Int64) -> None:
        self.arrays[place] = np.ascontiguousarray(array, np.int64)

    def _own_floats(self, place: int, array: Float64) -> None:
        self.arrays[place] = np.ascontiguousarray(array, np.float64).reshape(-1).view(np.int64)

    def _list_routes(self, plan: FloorPlan) -> None:
        """Routes as flat lists: per line its choices, per group what it serves, each closed by -1."""
        choices: list[tuple[int, ...]] = []
        serves: list[tuple[int, ...]] = []
        steps: list[tuple[int, ...]] = []
        after = np.zeros((plan.groups, len(plan.lines)), np.int64)
        for n, line in enumerate(plan.lines):
            self.lines[n, kernel.LN_QUEUE] = line.queue
            self.lines[n, kernel.LN_CHOICES] = len(choices) * kernel.C
            self.lines[n, kernel.LN_LEAST] = line.least_occupied
            self.lines[n, kernel.LN_GROUPS] = _bits(line.groups)
            choices += [*zip(line.groups, line.tiers, line.after, strict=True), (-1, -1, -1)]
            after[list(line.groups), n] = line.after
            steps += [(n, wait, 0) for wait in sorted({wait for wait in line.after if wait > 0})]
        for g, served in enumerate(plan.serves):
            self.groups[g, kernel.G_SERVES] = len(serves) * kernel.V
            self.groups[g, kernel.G_LINES] = _bits(line for _, line in served)
            serves += [*served, (-1, -1)]
        self._own(kernel.CHOICE, np.array(choices, np.int64))
        self._own(kernel.SERVE, np.array(serves, np.int64))
        self._own(kernel.AFTER, after)
        self._own(kernel.STEP, np.array(steps, np.int64).reshape(-1, kernel.T))
        self.scalars[kernel.STEPS] = len(steps)

    def _list_rules(self, plan: FloorPlan) -> None:
        """Queues' rules as rows; what is of several entries lies one queue after the other, each row its beginning."""
        k = kernel
        tables = [quantile_table(Distribution.EXPONENTIAL, 1.0)]

        def kind(table: Float64) -> int:
            """The place of a table; one table for all that use it stays in the cache of the processor."""
            for place, known in enumerate(tables):
                if known is table:
                    return place
            tables.append(table)
            return len(tables) - 1

        chances = np.zeros((len(plan.queues), k.P))
        for q, rules in enumerate(plan.queues):
            row, tried = self.queues[q], rules.retrial is not None
            row[k.Q_IMMEDIATE], row[k.Q_THRESHOLD], row[k.Q_SHORT] = rules.immediate, rules.threshold, rules.short
            row[k.Q_TIMED] = tried or rules.most is not None or rules.callback is not None
            rare = row[k.Q_TIMED] or rules.balking or rules.due or rules.allocation or rules.slots > 1
            row[k.Q_PLAIN] = rules.immediate and not rare
            row[k.Q_FOLLOWS] = bool(rules.transfers or rules.rework or rules.repeat)
            row[k.Q_MOST] = _ENDLESS if rules.most is None else rules.most
            row[k.Q_FIRST_LINE], row[k.Q_LINES] = rules.lines[0], len(rules.lines)
            row[k.Q_WORK] = kind(rules.work)
            row[k.Q_PATIENCE] = -1 if rules.patience is None else kind(rules.patience)
            row[k.Q_OVER] = -1 if rules.callback is None else rules.callback[0]
            row[k.Q_KIND] = k.CALLED if rules.outbound else k.CHATS if rules.slots > 1 else k.ALONE
            row[k.Q_SLOTS] = rules.slots
            called = rules.outbound or Attempts(0, 0.0, 0, 0)
            row[k.Q_ATTEMPTS], row[k.Q_RETRY], row[k.Q_LASTS] = called.most, called.retry, called.lasts
            row[k.Q_WINDOW] = 0 if rules.repeat is None else rules.repeat[2]
            retrial, repeat, callback = rules.retrial or (0, 0), rules.repeat or (0, 0), rules.callback or (0, 0, 0)
            own = rules.balking, *retrial, *repeat[:2], rules.rework, *callback[1:], rules.mean_patience
            chances[q] = *own, rules.slowdown, called.connect
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
            self.queues[1:, beginnings] = np.cumsum([len(part) for part in parts])
            self._own(place, np.concatenate(parts))

    def _list_allocations(self, queues: Sequence[QueueRules]) -> None:
        entries: list[tuple[int, int, int, int]] = []
        shares: list[float] = []
        for q, rules in enumerate(queues):
            for entry in rules.allocation:
                entries.append((entry.begins, int(entry.counted), len(shares), len(entry.cumulative)))
                shares += np.diff(entry.cumulative, prepend=0.0).tolist() if entry.counted else entry.cumulative
            self.queues[q + 1, kernel.Q_ALLOCATIONS] = len(entries)
        self._own(kernel.ALLOCATION, np.array(entries, np.int64).reshape(-1, kernel.A))
        self._own(kernel.ALLOCATED, np.zeros(len(shares), np.int64))
        self._own_floats(kernel.SHARES, np.array(shares))


@lru_cache(maxsize=4)
def kernel_plan(plan: FloorPlan) -> KernelPlan:
    """Made once a plan."""
    return KernelPlan(plan)


class KernelFloor:
    """See `Floor`. Of a trace without `work` the kernel draws each contact's work and patience when it needs them."""

    def __init__(self, plan: FloorPlan, counters: Counters, streams: Streams, *, keep_log: bool = False) -> None:
        self.counters = counters
        self.log: list[tuple[int, ...]] = []
        self._plan = plan
        self._keep_log = keep_log
        self._table = np.zeros(kernel.TABLE, np.int64)
        self._address = _address(self._table)
        self._arrays: dict[int, Int64] = {}  # keeps alive what the table points to
        self._opening = np.zeros(len(plan.queues), np.int64)
        self._begin_from(kernel_plan(plan))
        self._scalars[kernel.LOGGING] = keep_log
        self._scalars[kernel.MOST_RETURNED] = 0 if keep_log else _ENDLESS
        self._clock = self._own(kernel.CLOCK, np.zeros(kernel.CLOCK_FIELDS, np.int64))
        self._clock[kernel.ROW_END] = min(plan.interval, plan.horizon)
        keys = [streams.keys[purpose] for purpose in streams.PURPOSES]
        self._own(kernel.STREAM, np.array(keys, np.uint64).view(np.int64))
        self._own(kernel.QUEUE_ROWS, counters.queues)
        self._own(kernel.GROUP_ROWS, counters.groups)
        self._table[kernel.WAITS] = _address(counters.waits)
        self._begin_empty()

    def _begin_from(self, given: KernelPlan) -> None:
        for place, array in given.arrays.items():
            self._own(place, array)
        self._scalars = self._own(kernel.PLAN, given.scalars.copy())
        self._groups = self._own(kernel.GROUP, given.groups.copy())
        self._lines = self._own(kernel.LINE, given.lines.copy())
        self._queues = self._own(kernel.QUEUE, given.queues.copy())
        for place in (kernel.STEP, kernel.ALLOCATED, kernel.SPEED, kernel.RESOLUTION):
            self._own(place, given.arrays[place].copy())

    def _begin_empty(self) -> None:
        k, nothing = kernel, np.zeros(0, np.int64)
        for place in (k.SLOT, k.FREE, k.HEAP, k.SCRATCH, k.LOG, k.IDLE, k.WAITING, k.ARRIVES, k.AGENTS):
            self._own(place, nothing)
        for place in (
            k.CHATTER,
            k.CHATTER_FREE,
            k.RETURN_TIMES,
            k.RETURN_AT,
            k.RETURNS,
            k.RETURN_FREE,
            k.TIMER_TIMES,
            k.TIMER_AT,
        ):
            self._own(place, nothing)
        self._own(k.STRUCK, np.zeros(self._plan.groups, np.int64))
        self._own(k.LEVEL, np.full((self._plan.groups, int(self._scalars[k.MOST_SLOTS]), 2), -1, np.int64))
        if self._groups[:, k.G_RARE].any():
            for place, code in kernel.rare_code().items():
                self._table[place] = code.address
        self._grow_slots(256)
        self._grow_idle([16] * self._plan.groups)
        self._grow_lines([64] * len(self._plan.lines))
        if self._scalars[k.RARE]:
            self._grow_returns(512)
            self._grow_timers(256)

    def load(self, trace: Trace) -> None:
        if self._clock[kernel.NEXT] != self._clock[kernel.LOADED]:
            raise RuntimeError("the contacts loaded before have not all arrived")
        self._own(kernel.ARRIVES, trace.arrives)
        self._own(kernel.OF_QUEUE, trace.queue)
        self._own(kernel.NUMBER, trace.number)
        self._own(kernel.ORIGIN, trace.origin)
        self._table[kernel.GIVES_UP] = self._table[kernel.WORK] = 0
        if trace.drawn:
            self._own(kernel.GIVES_UP, trace.gives_up)
            self._own(kernel.WORK, trace.work)
        self._clock[kernel.NEXT], self._clock[kernel.LOADED] = 0, len(trace)
        self._grow_log(len(trace))

    def begin_with(self, backlog: Trace) -> None:
        work = backlog.work if backlog.drawn else np.zeros_like(backlog.number)
        rows = (column.tolist() for column in (backlog.queue, backlog.number, backlog.arrives, work))
        for q, number, arrives, own_work in zip(*rows, strict=True):
            line = kernel.allocate(self._address, q, number, arrives)
            if line < 0:  # it is here, whatever share of the others is not
                line = self._plan.queues[q].lines[0]
            self._make_room(line)
            kernel.begin_with(self._address, line, number, arrives, own_work)
        self._opening += np.bincount(backlog.queue, minlength=len(self._plan.queues))
        self._grow_log(len(backlog))

    def staff(self, agents: Int64) -> None:
        most = agents.max(axis=0)
        if (most > self._groups[:, kernel.G_MASK] + 1).any():
            self._grow_idle(most.tolist())
        self._own(kernel.AGENTS, np.ascontiguousarray(agents))
        self._clock[kernel.STAFFED], self._clock[kernel.ROWS_GIVEN] = 0, len(agents)
        self._clock[kernel.STAFF_DUE] = 1
        self.advance(int(self._clock[kernel.NOW]))

    def open(self, queue: int) -> None:
        for line in self._plan.queues[queue].lines:
            kernel.open_line(self._address, line)

    def pace(self, speed: Float64, resolution: Float64) -> None:
        self._arrays[kernel.SPEED].view(np.float64)[:] = speed.reshape(-1)
        self._arrays[kernel.RESOLUTION].view(np.float64)[:] = resolution.reshape(-1)

    def fail(self, groups: Sequence[int], share: float, requeue: bool) -> None:
        busy = int(self._clock[kernel.BUSY])
        marked = self._arrays[kernel.STRUCK]
        marked[:] = 0
        marked[list(groups)] = 1
        self._grow_slots(2 * busy)
        self._grow_timers(int(self._clock[kernel.TIMERS]) + busy)
        self._grow_returns(busy + 1)
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
            elif wanted == kernel.SLOTS_FULL:
                row = self._arrays[kernel.AGENTS].reshape(-1, self._plan.groups)[self._clock[kernel.STAFFED]]
                self._grow_slots(int(self._clock[kernel.BUSY] + row.sum() * self._scalars[kernel.MOST_SLOTS]))
            else:
                self._scalars[kernel.MOST_RETURNED] += _MORE_LOG
                self._grow_log(_MORE_LOG)

    def finish(self) -> None:
        for line in range(len(self._plan.lines)):
            kernel.settle(self._address, line, self._plan.horizon)
        self._settle_records()
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
        self._table[place] = _address(array)
        return array

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
        if self._scalars[kernel.MOST_SLOTS] > 1:
            self._enlarge(kernel.CHATTER, more * kernel.CH)
            self._enlarge(kernel.CHATTER_FREE, more)
            self._free(kernel.CHATTER_FREE, kernel.FREE_CHATTERS, have, more)

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

    def _settle_records(self) -> None:
        """Books how long the records out of line have waited: those being called, and those to be called again."""
        k = kernel
        called = self._in_service(calling=True)[:, [k.S_LINE, k.S_NUMBER, k.S_ARRIVES]]
        visits = self._arrays[k.RETURNS].reshape(-1, k.R)[self._arrays[k.RETURN_AT][: self._clock[k.RETURNING]]]
        later = visits[visits[:, k.R_ORIGIN] < 0][:, [k.R_LINE, k.R_NUMBER, k.R_ARRIVES]]
        self._records = np.concatenate([called, later])
        self._records[:, 0] = self._lines[self._records[:, 0], k.LN_QUEUE]
        for q, _, arrives in self._records.tolist():
            if arrives >= 0:  # the opening backlog's arrivals are in no interval
                row = self.counters.queues[arrives // self._plan.interval, q]
                row[QueueField.WAITED_SO_FAR] += self._plan.horizon - arrives

    def _in_service(self, *, calling: bool) -> Int64:
        """Slots of the contacts in service, or of the attempts under way."""
        busy = self._arrays[kernel.HEAP][: int(self._clock[kernel.BUSY])] & kernel.SLOT_MASK
        slots = self._arrays[kernel.SLOT].reshape(-1, kernel.S)[busy]
        found: Int64 = slots[(slots[:, kernel.S_STATE] & kernel.CALLING != 0) == calling]
        return found

    def _read_log(self) -> None:
        logged = int(self._clock[kernel.LOGGED])
        rows = self._arrays[kernel.LOG].reshape(-1, kernel.LOG_STRIDE)[:logged]
        self.log = [tuple(row) for row in rows.tolist()]
        fields = [kernel.S_LINE, kernel.S_NUMBER, kernel.S_ARRIVES, kernel.S_GROUP, kernel.S_BEGINS]
        for line, *row in self._in_service(calling=False)[:, fields].tolist():
            self.log.append((self._plan.lines[line].queue, *row, -1))
        self.log += [(*record, -1, -1, -1) for record in self._records.tolist()]


def _is_rare(plan: FloorPlan, g: int) -> bool:
    """Whether a group serves chats, or calls records."""
    served = (plan.queues[plan.lines[line].queue] for _, line in plan.serves[g])
    return any(rules.slots > 1 or rules.outbound is not None for rules in served)


def kernel_trace(queues: Sequence[QueueArrivals], first_interval: int, last_interval: int) -> Trace:
    """`arrivals.trace` without patience and work, drawn by compiled code where no automation sorts contacts out."""
    ranges = [queue.cells_between(first_interval, last_interval) for queue in queues]
    pairs = list(zip(queues, ranges, strict=True))
    starts = [queue.cells.start[first:last] for queue, (first, last) in pairs if first < last]
    base, latest = min(map(np.min, starts), default=0), max(map(np.max, starts), default=0)
    counts = [int(queue.counts[first:last].sum()) for queue, (first, last) in pairs]
    total, ends = sum(counts), np.cumsum(counts, dtype=np.int64)
    place_bits = total.bit_length()
    fits = int(latest - base + HOUR).bit_length() + place_bits < 64
    if not fits or any(queue.is_contained(*cells) for queue, cells in pairs):
        return trace(queues, first_interval, last_interval, drawn=False)
    keys, given, arrives, whose, number = (np.empty(total, np.int64) for _ in range(5))
    columns = np.array([_address(column) for column in (keys, given, arrives, whose, number)], np.int64)
    for queue, (first, last), end, count in zip(queues, ranges, ends.tolist(), counts, strict=True):
        own = (queue.cells.start, queue.cells.length, queue.minutes, queue.counts)
        cells = np.array([_address(column) for column in own], np.int64)
        stream = int(np.uint64(queue.position).view(np.int64))
        kernel.draw_arrivals(_address(cells), _address(columns), first, last, stream, base, place_bits, end - count)
    keys.sort()
    kernel.sort_out(_address(columns), _address(ends), total, base, place_bits)
    undrawn = np.zeros(0, np.int64)
    return Trace(arrives, whose, number, undrawn, undrawn, np.zeros(total, np.int64))


def _address(array: Int64 | Int32) -> int:
    """Where an array's memory begins; `ndarray.ctypes` says the same several times slower."""
    return int(array.__array_interface__["data"][0])


def _bits(places: Iterable[int]) -> int:
    """One bit a place, modulo 64, as a signed number."""
    mask = 0
    for place in places:
        mask |= 1 << (place % 64)
    return mask - (1 << 64) if mask >> 63 else mask
