"""The compiled floor's host: it describes the plan to the kernel, gives it room, and reads the books at the end."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from simulation.outcome.counting.counters import Counters, Int64, QueueField
from simulation.scenario.queues.times import Distribution
from simulation.world.demand.arrivals import Trace
from simulation.world.demand.distributions import quantile_table
from simulation.world.floor.compiled import layout
from simulation.world.floor.compiled.code import address_of_code, code
from simulation.world.floor.compiled.memory import Memory, Mould, address, signed
from simulation.world.floor.floor import Attempts, Failures, Float64, Floor, FloorPlan, QueueRules, Streams, borders
from simulation.world.randomness import name_keys

_PURPOSES = np.array(Streams.PURPOSES, np.int64)
_ENDLESS = 1 << 40
"""More contacts than ever wait."""
_MORE_LOG = 4096


_EMPTY = (
    *(layout.SLOT, layout.FREE, layout.HEAP, layout.SCRATCH, layout.LOG, layout.IDLE, layout.WAITING, layout.ARRIVES),
    *(layout.AGENTS, layout.CHATTER, layout.CHATTER_FREE, layout.RETURN_TIMES, layout.RETURN_AT, layout.RETURNS),
    *(
        layout.RETURN_FREE,
        layout.LISTED,
        layout.TIMER_TIMES,
        layout.TIMER_AT,
        layout.AGENTS_AT,
        layout.FAILURES,
        layout.STRUCK,
    ),
)
"""What a floor begins without."""
_CHANGING = (layout.STEP, layout.ALLOCATED, layout.SPEED, layout.RESOLUTION)
"""Of what the plan says, what a replication changes."""


class KernelPlan:
    """A floor plan as the kernel's arrays: made once a scenario, with the memory in which its floors begin."""

    def __init__(self, plan: FloorPlan) -> None:
        self.memory = Memory.empty()
        self.scalars = np.zeros(layout.PLAN_FIELDS, np.int64)
        self.groups = np.zeros((plan.groups, layout.G), np.int64)
        self.lines = np.zeros((len(plan.lines), layout.LN), np.int64)
        self.queues = np.zeros((len(plan.queues) + 1, layout.Q), np.int64)
        self.groups[:, layout.G_OWN] = plan.own_contact
        self.groups[:, layout.G_RARE] = [_is_rare(plan, g) for g in range(plan.groups)]
        self.scalars[: layout.STEPS] = len(plan.queues), plan.groups, len(plan.lines), plan.interval, plan.horizon
        self.scalars[layout.MOST_SLOTS] = max(rules.slots for rules in plan.queues)
        delay = min((rules.retrial[1] for rules in plan.queues if rules.retrial), default=0.0)
        quick = quantile_table(Distribution.EXPONENTIAL, 1.0).reshape(-1)[layout.CELLS >> layout.QUICK]
        self.scalars[layout.LOOKS] = max(int(delay * quick) - 1, 1)
        self._own(layout.DAY, plan.day_of_interval)
        self._own_floats(layout.SPEED, plan.speed)
        self._own_floats(layout.RESOLUTION, plan.resolution)
        self._list_routes(plan)
        self._list_rules(plan)
        followed = self.queues[:, [layout.Q_FOLLOWS, layout.Q_TIMED]].any()
        self.scalars[layout.RARE] = followed or self.scalars[layout.STEPS] or not self.queues[:-1, layout.Q_PLAIN].all()
        self.advance = "advance" if self.scalars[layout.RARE] else "advance_plainly"
        """The entry by which its floors live."""
        shared = [place for place in self.memory.arrays if place not in _CHANGING]
        self._begin(plan)
        self.mould = Mould(self.memory, shared)

    def _own(self, place: int, array: Int64) -> None:
        self.memory.own(place, np.ascontiguousarray(array, np.int64))

    def _own_floats(self, place: int, array: Float64) -> None:
        self.memory.own(place, np.ascontiguousarray(array, np.float64).reshape(-1).view(np.int64))

    def _list_routes(self, plan: FloorPlan) -> None:
        """Routes as flat lists: per line its choices, per group what it serves, each closed by -1."""
        choices: list[tuple[int, ...]] = []
        serves: list[tuple[int, ...]] = []
        steps: list[tuple[int, ...]] = []
        after = np.zeros((plan.groups, len(plan.lines)), np.int64)
        for n, line in enumerate(plan.lines):
            self.lines[n, layout.LN_QUEUE] = line.queue
            self.lines[n, layout.LN_CHOICES] = len(choices) * layout.C
            self.lines[n, layout.LN_LEAST] = line.least_occupied
            self.lines[n, layout.LN_GROUPS] = _bits(line.groups)
            choices += [*zip(line.groups, line.tiers, line.after, strict=True), (-1, -1, -1)]
            after[list(line.groups), n] = line.after
            steps += [(n, wait, 0) for wait in sorted({wait for wait in line.after if wait > 0})]
        for g, served in enumerate(plan.serves):
            self.groups[g, layout.G_SERVES] = len(serves) * layout.V
            self.groups[g, layout.G_LINES] = _bits(line for _, line in served)
            serves += [*served, (-1, -1)]
        self._own(layout.CHOICE, np.array(choices, np.int64))
        self._own(layout.SERVE, np.array(serves, np.int64))
        self._own(layout.AFTER, after)
        self._own(layout.STEP, np.array(steps, np.int64).reshape(-1, layout.T))
        self.scalars[layout.STEPS] = len(steps)

    def _list_rules(self, plan: FloorPlan) -> None:
        """Queues' rules as rows; what is of several entries lies one queue after the other, each row its beginning."""
        k = layout
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
            row, timed = self.queues[q], rules.most is not None or rules.callback is not None
            row[k.Q_IMMEDIATE], row[k.Q_THRESHOLD], row[k.Q_SHORT] = rules.immediate, rules.threshold, rules.short
            row[k.Q_TIMED] = k.EVERYBODY if timed else k.WHO_TRIES_AGAIN if rules.retrial else k.NOBODY
            watched = any(portion.queue == q for portion in plan.portions)
            rare = timed or watched or rules.balking or rules.due or rules.allocation or rules.slots > 1
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
        self._list_portions(plan)

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
            self.queues[q + 1, layout.Q_ALLOCATIONS] = len(entries)
        self._own(layout.ALLOCATION, np.array(entries, np.int64).reshape(-1, layout.A))
        self._own(layout.ALLOCATED, np.zeros(len(shares), np.int64))
        self._own_floats(layout.SHARES, np.array(shares))

    def _list_portions(self, plan: FloorPlan) -> None:
        of_queue = np.array([portion.queue for portion in plan.portions], np.int64)
        self.queues[:, layout.Q_PORTIONS] = np.searchsorted(of_queue, np.arange(len(self.queues)))
        self.scalars[layout.PORTIONS] = len(plan.portions)
        self._own(layout.PORTION, np.array([portion.threshold for portion in plan.portions], np.int64))
        for place, count, name in (
            (layout.PORTION_LINES, len(plan.lines), "lines"),
            (layout.PORTION_GROUPS, plan.groups, "groups"),
        ):
            flags = np.zeros((len(plan.portions), count), np.int64)
            for flag, portion in zip(flags, plan.portions, strict=True):
                flag[list(getattr(portion, name))] = 1
            self._own(place, flags)

    def _begin(self, plan: FloorPlan) -> None:
        """An empty floor at the start, with room for a small centre."""
        k, memory, nothing = layout, self.memory, np.zeros(0, np.int64)
        own = {k.PLAN: self.scalars, k.GROUP: self.groups, k.LINE: self.lines, k.QUEUE: self.queues}
        own[k.CLOCK] = np.zeros(k.CLOCK_FIELDS, np.int64)
        own[k.CLOCK][k.ROW_END] = min(plan.interval, plan.horizon)
        own[k.CLOCK][[k.SETTLES, k.SOON]] = layout.NEVER
        own[k.STREAM] = np.zeros(len(Streams.PURPOSES) * len(plan.queues), np.int64)
        own[k.LEVEL] = np.full((plan.groups, int(self.scalars[k.MOST_SLOTS]), 2), -1, np.int64)
        for place in _EMPTY:
            own[place] = nothing
        for place, array in own.items():
            memory.own(place, array)
        if self.groups[:, k.G_RARE].any():
            for place, entry in k.RARE_ENTRIES.items():
                memory.table[place] = address_of_code(entry)
        memory.make_slots(256)
        memory.make_idle([128] * plan.groups)
        memory.make_lines([128] * len(plan.lines))
        if self.scalars[k.RARE]:
            memory.own(k.LATER, np.zeros(plan.horizon // plan.interval + 2, np.int64))
            memory.make_returns(512)
            memory.make_timers(256)


@lru_cache(maxsize=4)
def kernel_plan(plan: FloorPlan) -> KernelPlan:
    """Made once a plan."""
    return KernelPlan(plan)


class KernelFloor(Floor):
    """See `Floor`. What a trace leaves undrawn of patience and work the kernel draws when it needs it."""

    def __init__(self, plan: FloorPlan, counters: Counters, streams: Streams, *, keep_log: bool = False) -> None:
        self.counters = counters
        self.log: list[tuple[int, ...]] = []
        self._plan = plan
        self._keep_log = keep_log
        described = kernel_plan(plan)
        self._advance = described.advance
        self._memory = memory = described.mould.cast()
        self._clock, self._groups = memory.clock, memory.groups
        memory.scalars[layout.LOGGING] = keep_log
        memory.scalars[layout.MOST_RETURNED] = 0 if keep_log else _ENDLESS
        _draw_streams(streams, memory[layout.STREAM])
        memory.table[layout.QUEUE_ROWS] = address(counters.queues)
        memory.table[layout.PORTION_ROWS] = address(counters.portions)
        memory.table[layout.GROUP_ROWS] = address(counters.groups)
        memory.table[layout.WAITS] = address(counters.waits)

    def load(self, trace: Trace) -> None:
        if self._clock[layout.NEXT] != self._clock[layout.LOADED]:
            raise RuntimeError("the contacts loaded before have not all arrived")
        self._memory.own(layout.ARRIVES, trace.arrives)
        self._memory.own(layout.OF_QUEUE, trace.queue)
        self._memory.own(layout.NUMBER, trace.number)
        self._memory.own(layout.ORIGIN, trace.origin)
        self._memory.table[layout.GIVES_UP] = self._memory.table[layout.WORK] = 0
        for place, column in ((layout.GIVES_UP, trace.gives_up), (layout.WORK, trace.work)):
            if len(column) == len(trace):
                self._memory.own(place, column)
        self._clock[layout.NEXT], self._clock[layout.LOADED] = 0, len(trace)
        self._make_log(len(trace))

    def begin_with(self, backlog: Trace) -> None:
        self._memory.make_waiting(
            np.bincount(backlog.queue, minlength=len(self._plan.queues))[self._memory.lines[:, layout.LN_QUEUE]]
        )
        work = backlog.work if backlog.drawn else np.zeros_like(backlog.number)
        own = [np.ascontiguousarray(column) for column in (backlog.queue, backlog.number, backlog.arrives, work)]
        columns = np.array([address(column) for column in own], np.int64)
        code("begin_with")(self._memory.address, address(columns), len(backlog))
        self._make_log(len(backlog))

    def staff(self, agents: Int64, instants: Int64 | None = None, failures: Failures | None = None) -> None:
        most, now = agents.max(axis=0), int(self._clock[layout.NOW])
        if (most > self._groups[:, layout.G_MASK] + 1).any():
            self._memory.make_idle(most.tolist())
        self._memory.own(layout.AGENTS, np.ascontiguousarray(agents))
        self._memory.own(
            layout.AGENTS_AT, borders(now, len(agents), self._plan.interval) if instants is None else instants
        )
        self._clock[layout.STAFFED], self._clock[layout.ROWS_GIVEN] = 0, len(agents)
        self._clock[layout.FAILED] = self._clock[layout.FAILURES_GIVEN] = 0
        if failures is not None:
            self._strike(failures)
        self._clock[layout.STAFF_DUE] = 1
        self.advance(now)

    def _strike(self, failures: Failures) -> None:
        """Tells the kernel of outages."""
        memory = self._memory
        memory.table[layout.FAIL] = address_of_code("fail")
        memory.own(layout.FAILURES, np.stack([failures.rows, failures.requeue.astype(np.int64)], axis=1))
        memory.own(layout.STRUCK, np.column_stack([failures.shares, failures.luck]).view(np.int64))
        self._clock[layout.FAILURES_GIVEN] = len(failures.rows)

    def open(self, queue: int) -> None:
        for line in self._plan.queues[queue].lines:
            code("open_line")(self._memory.address, line)

    def pace(self, speed: Float64, resolution: Float64) -> None:
        self._memory[layout.SPEED].view(np.float64)[:] = speed.reshape(-1)
        self._memory[layout.RESOLUTION].view(np.float64)[:] = resolution.reshape(-1)

    def fail(self, groups: Sequence[int], share: float, luck: float, requeue: bool) -> None:
        marked = np.zeros(self._plan.groups + 1)
        marked[list(groups)] = share
        marked[-1] = luck
        self._memory.own(layout.STRUCK, marked.view(np.int64))
        self._make_room_to_fail()
        code("fail")(self._memory.address, 0, requeue)

    def _make_room_to_fail(self) -> None:
        """All who are served may wait again, or come back."""
        memory, busy = self._memory, int(self._clock[layout.BUSY])
        memory.make_slots(2 * busy)
        memory.make_timers(int(self._clock[layout.TIMERS]) + busy)
        memory.make_returns(busy + self._hopeful + 1)
        self._make_log(busy)
        memory.make_waiting(busy)

    def clear(self, queue: int) -> None:
        for line in self._plan.queues[queue].lines:
            waiting = int(self._memory.lines[line, layout.LN_COUNT])
            self._memory.make_returns(waiting + int(self._clock[layout.BUSY]) + self._hopeful + 1)
            code("clear")(self._memory.address, line, int(self._clock[layout.NOW]))

    def advance(self, until: int) -> None:
        while (wanted := code(self._advance)(self._memory.address, until)) != layout.DONE:
            self._give(wanted)

    def finish(self) -> None:
        code("close")(self._memory.address)
        records: list[tuple[int, ...]] = []
        if any(rules.outbound is not None for rules in self._plan.queues):
            records = self._settle_records()
        if self._keep_log:
            self._read_log(records)

    def _give(self, wanted: int) -> None:
        """Room that the kernel needs before it can go on."""
        memory = self._memory
        busy = int(self._clock[layout.BUSY])
        if wanted == layout.LINE_FULL:
            memory.make_waiting(1)
        elif wanted == layout.RETURNS_FULL:
            memory.make_returns(busy + self._hopeful + 1)
        elif wanted == layout.TIMERS_FULL:
            memory.make_timers(2 * int(memory.scalars[layout.MOST_TIMERS]))
        elif wanted == layout.FAILURE_FULL:
            self._make_room_to_fail()
            self._clock[layout.READY_TO_FAIL] = 1
        elif wanted == layout.SLOTS_FULL:
            row = memory[layout.AGENTS].reshape(-1, self._plan.groups)[self._clock[layout.STAFFED]]
            memory.make_slots(int(busy + row.sum() * memory.scalars[layout.MOST_SLOTS]))
        else:
            memory.scalars[layout.MOST_RETURNED] += _MORE_LOG
            self._make_log(_MORE_LOG)

    @property
    def _hopeful(self) -> int:
        return int(self._clock[layout.HOPEFUL])

    def _make_log(self, more: int) -> None:
        if self._keep_log:
            self._memory.make_log(more)

    def _settle_records(self) -> list[tuple[int, ...]]:
        """Books how long the records out of line have waited: those being called, and those to be called again."""
        k = layout
        called = self._in_service(calling=True)[:, [k.S_LINE, k.S_NUMBER, k.S_ARRIVES]]
        visits = self._memory[k.RETURNS].reshape(-1, k.R).copy()
        visits[self._memory[k.RETURN_FREE][: self._clock[k.FREE_RETURNS]], k.R_ORIGIN] = 0
        later = visits[visits[:, k.R_ORIGIN] < 0][:, [k.R_LINE, k.R_NUMBER, k.R_ARRIVES]]
        records = np.concatenate([called, later])
        records[:, 0] = self._memory.lines[records[:, 0], k.LN_QUEUE]
        for q, _, arrives in records.tolist():
            if arrives >= 0:  # the opening backlog's arrivals are in no interval
                row = self.counters.queues[arrives // self._plan.interval, q]
                row[QueueField.WAITED_SO_FAR] += self._plan.horizon - arrives
        return [tuple(record) for record in records.tolist()]

    def _in_service(self, *, calling: bool) -> Int64:
        """Slots of the contacts in service, or of the attempts under way."""
        busy = self._memory[layout.HEAP][: int(self._clock[layout.BUSY])] & layout.SLOT_MASK
        slots = self._memory[layout.SLOT].reshape(-1, layout.S)[busy]
        found: Int64 = slots[(slots[:, layout.S_STATE] & layout.CALLING != 0) == calling]
        return found

    def _read_log(self, records: Sequence[tuple[int, ...]]) -> None:
        logged = int(self._clock[layout.LOGGED])
        rows = self._memory[layout.LOG].reshape(-1, layout.LOG_STRIDE)[:logged]
        self.log = [tuple(row) for row in rows.tolist()]
        fields = [layout.S_LINE, layout.S_NUMBER, layout.S_ARRIVES, layout.S_GROUP, layout.S_BEGINS]
        for line, *row in self._in_service(calling=False)[:, fields].tolist():
            self.log.append((self._plan.lines[line].queue, *row, -1))
        self.log += [(*record, -1, -1, -1) for record in records]


def _is_rare(plan: FloorPlan, g: int) -> bool:
    """Whether a group serves chats, or calls records."""
    served = (plan.queues[plan.lines[line].queue] for _, line in plan.serves[g])
    return any(rules.slots > 1 or rules.outbound is not None for rules in served)


def _draw_streams(streams: Streams, keys: Int64) -> None:
    """`Streams.keys` by compiled code, one after the other."""
    columns = np.array([address(_PURPOSES), address(name_keys(streams.queues)), address(keys)], np.int64)
    code("draw_streams")(address(columns), len(_PURPOSES), len(streams.queues), signed(streams.draws.key))


def _bits(places: Iterable[int]) -> int:
    """One bit a place, modulo 64, as a signed number."""
    mask = 0
    for place in places:
        mask |= 1 << (place % 64)
    return signed(mask)
