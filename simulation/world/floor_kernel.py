"""The floor compiled: the rules of `floor_simpy`, event by event, over whole numbers in flat memory.

The host keeps every array; the kernel gets one table of their addresses and sees raw pointers and integers only,
because touching array objects costs a multiple of the work itself (reference counting at every touch). Busy agents
sit in a four-ary heap of int64: end time in the high bits, slot in the low ones. Patience needs no timers: who has
given up is found at the head of the line when it is next looked at, and booked at the time it happened.
"""

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from simulation.outcome import counters
from simulation.outcome.counters import GroupField, QueueField
from simulation.world.arrivals import NEVER
from simulation.world.distributions import CELLS, LEVEL_BITS, LEVELS

SLOT_BITS = 17
"""Up to 131,072 busy agents; the other 46 bits of a heap key hold 814 days of microseconds."""
SLOT_MASK = (1 << SLOT_BITS) - 1
LAST_TIME = (1 << 46) - 1

# The table of addresses: which array stands where.
CLOCK, PLAN, GROUP, QUEUE, CHANCE, LINE, SLOT, FREE, HEAP, WAITING, IDLE = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
CHOICE, SERVE, AFTER, SPEED, RESOLUTION, STEP, DAY, STREAM, TABLES, MEAN_WORK = 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
OPENS, CLOSES, DUE_TIMES, DUE_VALUES, DUE_SLOPES, TRANSFER_TO, TRANSFER_SHARE = 21, 22, 23, 24, 25, 26, 27
ALLOCATION, ALLOCATED, SHARES = 28, 29, 30
RETURN_TIMES, RETURN_AT, RETURNS, RETURN_FREE, TIMER_TIMES, TIMER_AT = 31, 32, 33, 34, 35, 36
QUEUE_ROWS, GROUP_ROWS, WAITS, AGENTS, LOG, SCRATCH = 37, 38, 39, 40, 41, 42
ARRIVES, OF_QUEUE, NUMBER, GIVES_UP, WORK, ORIGIN = 43, 44, 45, 46, 47, 48
TABLE = 49

# clock: scalars that change
NOW, NEXT, LOADED, BUSY, FREE_SLOTS, LOGGED, RETURNING, FREE_RETURNS, TIMERS, RETURNED = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
# plan: scalars that stay, and the capacities that the host lets grow
QUEUES, GROUPS, LINES, INTERVAL, HORIZON, STEPS, LOGGING, MOST_TIMERS, MOST_RETURNED = 0, 1, 2, 3, 4, 5, 6, 7, 8
# group: stride 10; its free agents are a ring of the times since when; OWN: cut agents are certain individuals
G, G_BUSY, G_FLOOR, G_LEAVING, G_CHANGED, G_OWN, G_SERVES = 10, 0, 1, 2, 3, 4, 5
G_HEAD, G_TAIL, G_OFFSET, G_MASK = 6, 7, 8, 9
# queue: stride 20. TIMED: its abandonments are events of their own; PLAIN: nothing else happens on arrival either
Q, Q_IMMEDIATE, Q_PLAIN, Q_TIMED, Q_FOLLOWS, Q_THRESHOLD, Q_SHORT, Q_MOST, Q_WINDOW, Q_OVER = (
    20,
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
)
Q_FIRST_LINE, Q_LINES, Q_IN_SERVICE, Q_WAITING, Q_ARRIVALS = 9, 10, 11, 12, 13
Q_OPENS, Q_DUE, Q_TRANSFERS, Q_ALLOCATIONS, Q_PATIENCE, Q_WORK = 14, 15, 16, 17, 18, 19
# chances of a queue: stride 9, float
P, P_BALKING, P_RETRIAL, P_RETRIAL_MEAN, P_REPEAT, P_REPEAT_MEAN, P_REWORK, P_ACCEPT, P_SUCCESS, P_PATIENCE = (
    9, 0, 1, 2, 3, 4, 5, 6, 7, 8,
)  # fmt: skip
# line: stride 8; a ring of waiting contacts, COUNT of whom really wait
LN, LN_HEAD, LN_TAIL, LN_OFFSET, LN_MASK, LN_QUEUE, LN_CHOICES, LN_LEAST, LN_COUNT = 8, 0, 1, 2, 3, 4, 5, 6, 7
# waiting contact: stride 7
W, W_SINCE, W_ARRIVES, W_GIVES_UP, W_WORK, W_NUMBER, W_DUE, W_CALLS_BACK = 7, 0, 1, 2, 3, 4, 5, 6
# slot of a busy agent: stride 12; STRUCK by an outage, then 2 once its contact is served anew
S, S_GROUP, S_QUEUE, S_NUMBER, S_BEGINS, S_ARRIVES, S_LEAVES, S_DUE, S_WORK = 12, 0, 1, 2, 3, 4, 5, 6, 7
S_CALLS_BACK, S_STRUCK, S_LINE, S_SINCE = 8, 9, 10, 11
# choice of a line: stride 3; serve of a group: stride 2; overflow step of a line: stride 3; allocation: stride 3
C, C_GROUP, C_TIER, C_AFTER = 3, 0, 1, 2
V, V_PRIORITY, V_LINE = 2, 0, 1
T, T_LINE, T_AFTER, T_NEXT = 3, 0, 1, 2
A, A_BEGINS, A_COUNTED, A_SHARES = 3, 0, 1, 2
# contact that returns: stride 5
R, R_QUEUE, R_NUMBER, R_ORIGIN, R_WORK, R_GIVES_UP = 5, 0, 1, 2, 3, 4
LOG_STRIDE = 6

# Origins and purposes of draws, in the order of `floor.Origin` and `floor.Streams.PURPOSES`.
RETRIAL, REPEAT, TRANSFER, REWORK, REQUEUED = 1, 2, 3, 4, 6
D_LEAVING, D_PATIENCE, D_WORK, D_BALKING, D_RETRIAL, D_RETRIAL_DELAY, D_TRANSFER, D_REWORK = 0, 1, 2, 3, 4, 5, 6, 7
D_RESOLUTION, D_REPEAT, D_REPEAT_DELAY, D_CALLBACK, D_CALLBACK_SUCCESS, D_ALLOCATION = 8, 9, 10, 11, 12, 13

GONE = -NEVER
"""In place of `gives_up`: no longer in line."""

# What `advance` wants before it can go on.
DONE, LINE_FULL, RETURNS_FULL, TIMERS_FULL, LOG_FULL = 0, 1, 2, 3, 4

# Columns of the counters. Numba's cache notices edits of this file only, so they are written here and compared below.
QUEUE_COLUMNS = (
    "OFFERED ANSWERED ABANDONED BLOCKED HANDLED HANDLE_TIME ARRIVED_ANSWERED ARRIVED_ABANDONED ANSWERED_IN_TIME "
    "ABANDONED_IN_TIME ABANDONED_SHORT ANSWERED_WAIT ABANDONED_WAIT WAITED_SO_FAR OFFERED_RETRIAL OFFERED_REPEAT "
    "OFFERED_TRANSFER OFFERED_REWORK OFFERED_BOT_FAILURE OFFERED_REQUEUED CONTAINED CALLBACKS CALLBACKS_SERVED "
    "CALLBACKS_FAILED CALLBACK_DELAY REPEATED DUE DUE_MET LOST WAITING IN_SERVICE WAITING_AGE "
    "EXPECTED REQUIRED EFFECTIVE"
)
OFFERED, ANSWERED, ABANDONED, BLOCKED, HANDLED, HANDLE_TIME = 0, 1, 2, 3, 4, 5
ARRIVED_ANSWERED, ARRIVED_ABANDONED, ANSWERED_IN_TIME, ABANDONED_IN_TIME, ABANDONED_SHORT = 6, 7, 8, 9, 10
ANSWERED_WAIT, ABANDONED_WAIT, WAITED_SO_FAR, OFFERED_ORIGIN = 11, 12, 13, 13
CALLBACKS, CALLBACKS_SERVED, CALLBACKS_FAILED, CALLBACK_DELAY, REPEATED, DUE, DUE_MET, LOST = (
    21,
    22,
    23,
    24,
    25,
    26,
    27,
    28,
)
WAITING_AGE, QUEUE_FIELDS = 31, 35
GROUP_COLUMNS = (
    "BUSY ON_FLOOR HANDLED ROSTERED ABSENT OVERTIME SURGE LEAVE IN_OFFICE MENTORING REQUIRED EFFECTIVE "
    "OVER_85 OVER_90 OVER_95"
)
G_ROW_BUSY, G_ROW_FLOOR, G_ROW_HANDLED, GROUP_FIELDS = 0, 1, 2, 15
WAIT_BITS, WAIT_BINS = 4, 512
_LAYOUT = (QUEUE_COLUMNS, GROUP_COLUMNS, WAIT_BITS, WAIT_BINS)
_COUNTERS = (" ".join(QueueField.__members__), " ".join(GroupField.__members__), counters.WAIT_BITS, counters.WAIT_BINS)
if _LAYOUT != _COUNTERS:
    raise ImportError("the counters' layout has changed; write the new one into the kernel's file too")

INT64, INT32, FLOAT64 = types.CPointer(types.int64), types.CPointer(types.int32), types.CPointer(types.float64)


def _pointer_intrinsic(pointer: Any) -> Any:
    """A compiled function that takes an address and gives it back as a typed pointer."""

    @intrinsic
    def at(typing_context: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return pointer(types.int64), generate

    return at


int64s, int32s, float64s = _pointer_intrinsic(INT64), _pointer_intrinsic(INT32), _pointer_intrinsic(FLOAT64)

compiled = njit(cache=True, error_model="numpy", nogil=True)
inlined = njit(error_model="numpy", nogil=True, inline="never", forceinline=True)


@inlined
def _push(heap, size, key):
    """Insert into a four-ary heap."""
    at = size
    while at > 0:
        parent = (at - 1) >> 2
        if heap[parent] <= key:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = key


@inlined
def _pop(heap, size):
    """Remove the top of a four-ary heap of `size` keys."""
    last = heap[size - 1]
    size -= 1
    at = 0
    while True:
        child = 4 * at + 1
        if child >= size:
            break
        least, best = child, heap[child]
        for other in range(child + 1, min(child + 4, size)):
            if heap[other] < best:
                least, best = other, heap[other]
        if best >= last:
            break
        heap[at] = best
        at = least
    heap[at] = last


@inlined
def _mix(value):
    """`randomness.mix`."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@inlined
def _wait_bin(wait):
    """`counters.wait_bin`."""
    ms = wait // 1000
    octave = 0
    while ms >> octave >= 2 << WAIT_BITS:
        octave += 1
    return min((octave << WAIT_BITS) + (ms >> octave), WAIT_BINS - 1)


@inlined
def _bits(table, purpose, q, number):
    """`Streams.bits`."""
    stream = int64s(table[STREAM])[purpose * int64s(table[PLAN])[QUEUES] + q]
    return _mix(np.uint64(stream) ^ _mix(np.uint64(number)))


@inlined
def _uniform(table, purpose, q, number):
    """`Streams.uniform`."""
    return (np.float64(_bits(table, purpose, q, number) >> np.uint64(11)) + 0.5) * 2.0**-53


@inlined
def _unit(table, kind, random_bits):
    """`distributions.draw` from the table of one kind."""
    tables = float64s(table[TABLES])
    rest = np.int64(random_bits >> np.uint64(11))
    shift, base = 53 - LEVEL_BITS, kind * LEVELS * (CELLS + 1)
    for _ in range(LEVELS - 1):
        if rest >> shift != CELLS - 1:
            break
        rest &= (np.int64(1) << shift) - 1
        shift -= LEVEL_BITS
        base += CELLS + 1
    cell = rest >> shift
    part = np.float64(rest & ((np.int64(1) << shift) - 1)) * 2.0 ** np.float64(-shift)
    low = tables[base + cell]
    return low + part * (tables[base + cell + 1] - low)


@inlined
def _child(number, origin):
    """`floor.child`."""
    return np.int64(_mix(np.uint64(number) ^ _mix(np.uint64(origin))) >> np.uint64(1))


@inlined
def _count(table, when, q, field, by):
    """Add to a counter of the interval of an instant; what arrived before the start is in no interval."""
    if when >= 0:
        plan = int64s(table[PLAN])
        int64s(table[QUEUE_ROWS])[(when // plan[INTERVAL] * plan[QUEUES] + q) * QUEUE_FIELDS + field] += by


@inlined
def _book_agents(table, g, now):
    """Book the group's agent time since its last change; it lies within one interval."""
    group = int64s(table[GROUP])
    at = g * G
    since = group[at + G_CHANGED]
    if now > since:
        plan = int64s(table[PLAN])
        rows = int64s(table[GROUP_ROWS])
        row = (since // plan[INTERVAL] * plan[GROUPS] + g) * GROUP_FIELDS
        rows[row + G_ROW_BUSY] += group[at + G_BUSY] * (now - since)
        rows[row + G_ROW_FLOOR] += group[at + G_FLOOR] * (now - since)
        group[at + G_CHANGED] = now


@inlined
def _log(table, q, number, arrives, g, begins, ends):
    clock, plan, log = int64s(table[CLOCK]), int64s(table[PLAN]), int64s(table[LOG])
    if plan[LOGGING] == 0:
        return
    at = clock[LOGGED] * LOG_STRIDE
    log[at] = q
    log[at + 1] = number
    log[at + 2] = arrives
    log[at + 3] = g
    log[at + 4] = begins
    log[at + 5] = ends
    clock[LOGGED] += 1


# -- what comes back, and when ---------------------------------------------------------------------------------------


@inlined
def _comes_first(visits, one, other):
    """Of two contacts that return together: by queue, then number."""
    queues = visits[one * R + R_QUEUE] - visits[other * R + R_QUEUE]
    return queues < 0 or (queues == 0 and visits[one * R + R_NUMBER] < visits[other * R + R_NUMBER])


@compiled
def _push_return(table, at, visit):
    """Into a binary heap by time, then queue and number."""
    clock, visits = int64s(table[CLOCK]), int64s(table[RETURNS])
    times, places = int64s(table[RETURN_TIMES]), int64s(table[RETURN_AT])
    k = clock[RETURNING]
    clock[RETURNING] += 1
    while k > 0:
        parent = (k - 1) >> 1
        if times[parent] < at or (times[parent] == at and _comes_first(visits, places[parent], visit)):
            break
        times[k], places[k] = times[parent], places[parent]
        k = parent
    times[k], places[k] = at, visit


@compiled
def _pop_return(table):
    """The contact that returns first."""
    clock, visits = int64s(table[CLOCK]), int64s(table[RETURNS])
    times, places = int64s(table[RETURN_TIMES]), int64s(table[RETURN_AT])
    top = places[0]
    clock[RETURNING] -= 1
    size = clock[RETURNING]
    at, visit = times[size], places[size]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= size:
            break
        if child + 1 < size and (
            times[child + 1] < times[child]
            or (times[child + 1] == times[child] and _comes_first(visits, places[child + 1], places[child]))
        ):
            child += 1
        if at < times[child] or (at == times[child] and _comes_first(visits, visit, places[child])):
            break
        times[k], places[k] = times[child], places[child]
        k = child
    times[k], places[k] = at, visit
    return top


@compiled
def _push_timer(table, at, place):
    """Into a binary heap by time."""
    clock, times, places = int64s(table[CLOCK]), int64s(table[TIMER_TIMES]), int64s(table[TIMER_AT])
    k = clock[TIMERS]
    clock[TIMERS] += 1
    while k > 0 and times[(k - 1) >> 1] > at:
        parent = (k - 1) >> 1
        times[k], places[k] = times[parent], places[parent]
        k = parent
    times[k], places[k] = at, place


@compiled
def _pop_timer(table):
    clock, times, places = int64s(table[CLOCK]), int64s(table[TIMER_TIMES]), int64s(table[TIMER_AT])
    top = places[0]
    clock[TIMERS] -= 1
    size = clock[TIMERS]
    at, place = times[size], places[size]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= size:
            break
        if child + 1 < size and times[child + 1] < times[child]:
            child += 1
        if at <= times[child]:
            break
        times[k], places[k] = times[child], places[child]
        k = child
    times[k], places[k] = at, place
    return top


@inlined
def _last_not_after(sorted_values, first, end, value):
    """The last place from `first` to `end` - 1 whose value is not over `value`, or first - 1."""
    low, high = first, end
    while low < high:
        middle = (low + high) >> 1
        if sorted_values[middle] <= value:
            low = middle + 1
        else:
            high = middle
    return low - 1


@inlined
def _opening(table, q, at):
    """`QueueRules.opening`."""
    queue = int64s(table[QUEUE])
    closes = int64s(table[CLOSES])
    end = queue[(q + 1) * Q + Q_OPENS]
    k = _last_not_after(closes, queue[q * Q + Q_OPENS], end, at) + 1
    return max(at, int64s(table[OPENS])[k]) if k < end else np.int64(NEVER)


@inlined
def _due_by(table, q, arrives):
    """`QueueRules.due_by`."""
    queue = int64s(table[QUEUE])
    first, end = queue[q * Q + Q_DUE], queue[(q + 1) * Q + Q_DUE]
    if first == end:
        return arrives
    times = int64s(table[DUE_TIMES])
    k = max(_last_not_after(times, first, end, arrives), first)
    return int64s(table[DUE_VALUES])[k] + int64s(table[DUE_SLOPES])[k] * (arrives - times[k])


@inlined
def _counts_due(table, q, due):
    """Whether work due then is counted as due."""
    queue = int64s(table[QUEUE])
    promised = queue[q * Q + Q_DUE] != queue[(q + 1) * Q + Q_DUE]
    return promised and due >= 0 and due < int64s(table[PLAN])[HORIZON]


@inlined
def _patience(table, q, number, at):
    """When a contact that comes at an instant gives up."""
    kind = int64s(table[QUEUE])[q * Q + Q_PATIENCE]
    if kind < 0:
        return np.int64(NEVER)
    drawn = _unit(table, kind, _bits(table, D_PATIENCE, q, number)) * float64s(table[CHANCE])[q * P + P_PATIENCE]
    return at + max(np.int64(np.rint(drawn)), 0)


@compiled
def _come(table, at, q, number, origin, work):
    """A contact comes (again) at an instant or at the next opening; with `work` 0 its own is drawn."""
    clock, plan, queue = int64s(table[CLOCK]), int64s(table[PLAN]), int64s(table[QUEUE])
    at = _opening(table, q, at)
    if at >= plan[HORIZON]:
        return
    if work == 0:
        mean = float64s(table[MEAN_WORK])[at // plan[INTERVAL] * plan[QUEUES] + q]
        drawn = _unit(table, queue[q * Q + Q_WORK], _bits(table, D_WORK, q, number)) * mean
        work = max(np.int64(np.rint(drawn)), 1)
    gives_up = _patience(table, q, number, at)
    clock[FREE_RETURNS] -= 1
    visit = int64s(table[RETURN_FREE])[clock[FREE_RETURNS]]
    visits = int64s(table[RETURNS])
    visits[visit * R + R_QUEUE] = q
    visits[visit * R + R_NUMBER] = number
    visits[visit * R + R_ORIGIN] = origin
    visits[visit * R + R_WORK] = work
    visits[visit * R + R_GIVES_UP] = gives_up
    _push_return(table, at, visit)


@inlined
def _delay(table, purpose, q, number, mean):
    return max(np.int64(np.rint(_unit(table, 0, _bits(table, purpose, q, number)) * mean)), 1)


@compiled
def _retry(table, q, number, work, now):
    """Abandoned or blocked, some try again: the same work, patience of its own."""
    chance = float64s(table[CHANCE])
    if _uniform(table, D_RETRIAL, q, number) < chance[q * P + P_RETRIAL]:
        delay = _delay(table, D_RETRIAL_DELAY, q, number, chance[q * P + P_RETRIAL_MEAN])
        _come(table, now + delay, q, _child(number, RETRIAL), RETRIAL, work)


@compiled
def _follow_up(table, slot, now):
    """A handled contact goes on to another queue, is done again, or comes back unresolved; or is done with."""
    plan, queue, chance, slots = (
        int64s(table[PLAN]), int64s(table[QUEUE]), float64s(table[CHANCE]), int64s(table[SLOT]),
    )  # fmt: skip
    g, q, number = slots[slot * S + S_GROUP], slots[slot * S + S_QUEUE], slots[slot * S + S_NUMBER]
    first, end = queue[q * Q + Q_TRANSFERS], queue[(q + 1) * Q + Q_TRANSFERS]
    if first < end:
        luck = _uniform(table, D_TRANSFER, q, number)
        for k in range(first, end):
            if luck < float64s(table[TRANSFER_SHARE])[k]:
                _come(table, now, int64s(table[TRANSFER_TO])[k], _child(number, TRANSFER), TRANSFER, 0)
                return
    rework = chance[q * P + P_REWORK]
    if rework > 0 and _uniform(table, D_REWORK, q, number) < rework:
        _come(table, now, q, _child(number, REWORK), REWORK, 0)
        return
    repeat = chance[q * P + P_REPEAT]
    if repeat <= 0 or _uniform(table, D_RESOLUTION, q, number) < float64s(table[RESOLUTION])[g * plan[QUEUES] + q]:
        return
    if _uniform(table, D_REPEAT, q, number) < repeat:
        delay = _delay(table, D_REPEAT_DELAY, q, number, chance[q * P + P_REPEAT_MEAN])
        if delay <= queue[q * Q + Q_WINDOW] and slots[slot * S + S_CALLS_BACK] == 0:
            _count(table, slots[slot * S + S_ARRIVES], q, REPEATED, 1)
        _come(table, now + delay, q, _child(number, REPEAT), REPEAT, 0)


# -- waiting and giving up -------------------------------------------------------------------------------------------


@inlined
def _book_abandoned(table, q, number, arrives, when):
    """Book a contact that gave up at `when`."""
    plan, queue, rows = int64s(table[PLAN]), int64s(table[QUEUE]), int64s(table[QUEUE_ROWS])
    wait = when - arrives
    rows[(when // plan[INTERVAL] * plan[QUEUES] + q) * QUEUE_FIELDS + ABANDONED] += 1
    row = (arrives // plan[INTERVAL] * plan[QUEUES] + q) * QUEUE_FIELDS
    rows[row + ARRIVED_ABANDONED] += 1
    rows[row + ABANDONED_WAIT] += wait
    if wait <= queue[q * Q + Q_THRESHOLD]:
        rows[row + ABANDONED_IN_TIME] += 1
    if wait <= queue[q * Q + Q_SHORT]:
        rows[row + ABANDONED_SHORT] += 1
    _log(table, q, number, arrives, -1, -1, when)


@inlined
def _leave_line(table, line, at):
    """The contact at `waiting[at]` no longer waits; its place is passed over when the head comes there."""
    lines, queue, waiting = int64s(table[LINE]), int64s(table[QUEUE]), int64s(table[WAITING])
    q = lines[line * LN + LN_QUEUE]
    lines[line * LN + LN_COUNT] -= 1
    queue[q * Q + Q_WAITING] -= 1
    queue[q * Q + Q_ARRIVALS] -= waiting[at + W_ARRIVES]
    waiting[at + W_GIVES_UP] = GONE


@inlined
def _head(table, line, now):
    """Where the longest waiting contact of a line stands, or -1; drops those who gave up before now."""
    lines, waiting = int64s(table[LINE]), int64s(table[WAITING])
    head, tail = lines[line * LN + LN_HEAD], lines[line * LN + LN_TAIL]
    offset, mask = lines[line * LN + LN_OFFSET], lines[line * LN + LN_MASK]
    while head < tail:
        at = (offset + (head & mask)) * W
        gives_up = waiting[at + W_GIVES_UP]
        if gives_up >= now:
            lines[line * LN + LN_HEAD] = head
            return at
        if gives_up != GONE:
            q = lines[line * LN + LN_QUEUE]
            _book_abandoned(table, q, waiting[at + W_NUMBER], waiting[at + W_ARRIVES], gives_up)
            _leave_line(table, line, at)
        head += 1
    lines[line * LN + LN_HEAD] = head
    return -1


@inlined
def _join_line(table, line, number, arrives, gives_up, work, due, calls_back):
    lines, queue, waiting = int64s(table[LINE]), int64s(table[QUEUE]), int64s(table[WAITING])
    tail = lines[line * LN + LN_TAIL]
    at = (lines[line * LN + LN_OFFSET] + (tail & lines[line * LN + LN_MASK])) * W
    waiting[at + W_SINCE] = arrives
    waiting[at + W_ARRIVES] = arrives
    waiting[at + W_GIVES_UP] = gives_up
    waiting[at + W_WORK] = work
    waiting[at + W_NUMBER] = number
    waiting[at + W_DUE] = due
    waiting[at + W_CALLS_BACK] = calls_back
    lines[line * LN + LN_TAIL] = tail + 1
    lines[line * LN + LN_COUNT] += 1
    q = lines[line * LN + LN_QUEUE]
    queue[q * Q + Q_WAITING] += 1
    queue[q * Q + Q_ARRIVALS] += arrives
    if queue[q * Q + Q_TIMED] and gives_up < NEVER:
        _push_timer(table, gives_up, tail * int64s(table[PLAN])[LINES] + line)


@compiled
def _give_up(table, now):
    """A contact's patience ends, if it still waits."""
    lines, waiting, plan = int64s(table[LINE]), int64s(table[WAITING]), int64s(table[PLAN])
    place = _pop_timer(table)
    line, place = place % plan[LINES], place // plan[LINES]
    if place < lines[line * LN + LN_HEAD]:
        return
    at = (lines[line * LN + LN_OFFSET] + (place & lines[line * LN + LN_MASK])) * W
    if waiting[at + W_GIVES_UP] != now:  # gone, or another contact put at the head of the line
        return
    q, number, arrives = lines[line * LN + LN_QUEUE], waiting[at + W_NUMBER], waiting[at + W_ARRIVES]
    _leave_line(table, line, at)
    _book_abandoned(table, q, number, arrives, now)
    _retry(table, q, number, waiting[at + W_WORK], now)


# -- agents ----------------------------------------------------------------------------------------------------------


@inlined
def _begin(table, line, since, number, arrives, work, due, calls_back, g, now):
    """An agent of group g, already taken off the free ones, begins a contact."""
    clock, plan, group = int64s(table[CLOCK]), int64s(table[PLAN]), int64s(table[GROUP])
    slots, free, heap = int64s(table[SLOT]), int64s(table[FREE]), int64s(table[HEAP])
    queue, rows, speed = int64s(table[QUEUE]), int64s(table[QUEUE_ROWS]), float64s(table[SPEED])
    q = int64s(table[LINE])[line * LN + LN_QUEUE]
    _book_agents(table, g, now)
    group[g * G + G_BUSY] += 1
    queue[q * Q + Q_IN_SERVICE] += 1
    handling = max(np.int64(np.rint(work * speed[g * plan[QUEUES] + q])), 1)
    clock[FREE_SLOTS] -= 1
    slot = free[clock[FREE_SLOTS]]
    at = slot * S
    slots[at + S_GROUP] = g
    slots[at + S_QUEUE] = q
    slots[at + S_NUMBER] = number
    slots[at + S_BEGINS] = now
    slots[at + S_ARRIVES] = arrives
    slots[at + S_LEAVES] = 0
    slots[at + S_DUE] = due
    slots[at + S_WORK] = work
    slots[at + S_CALLS_BACK] = calls_back
    slots[at + S_STRUCK] = 0
    slots[at + S_LINE] = line
    slots[at + S_SINCE] = since
    _push(heap, clock[BUSY], min(now + handling, LAST_TIME) << SLOT_BITS | slot)
    clock[BUSY] += 1
    wait = now - arrives
    row = (now // plan[INTERVAL] * plan[QUEUES] + q) * QUEUE_FIELDS
    if calls_back:
        rows[row + CALLBACKS_SERVED] += 1
        rows[row + CALLBACK_DELAY] += wait
        return
    rows[row + ANSWERED] += 1
    if arrives < 0:
        return
    arrived_in = arrives // plan[INTERVAL]
    row = (arrived_in * plan[QUEUES] + q) * QUEUE_FIELDS
    rows[row + ARRIVED_ANSWERED] += 1
    rows[row + ANSWERED_WAIT] += wait
    if wait <= queue[q * Q + Q_THRESHOLD]:
        rows[row + ANSWERED_IN_TIME] += 1
    day = int64s(table[DAY])[arrived_in]
    int32s(table[WAITS])[(day * plan[QUEUES] + q) * WAIT_BINS + _wait_bin(wait)] += 1


@inlined
def _take(table, line, at, g, now):
    """The agent taken off the free ones of group g takes the contact at the head of a line, if it can be reached."""
    lines, waiting = int64s(table[LINE]), int64s(table[WAITING])
    q, number = lines[line * LN + LN_QUEUE], waiting[at + W_NUMBER]
    arrives, calls_back = waiting[at + W_ARRIVES], waiting[at + W_CALLS_BACK]
    lines[line * LN + LN_HEAD] += 1
    _leave_line(table, line, at)
    if calls_back and _uniform(table, D_CALLBACK_SUCCESS, q, number) >= float64s(table[CHANCE])[q * P + P_SUCCESS]:
        _count(table, now, q, CALLBACKS_FAILED, 1)
        _log(table, q, number, arrives, -1, -1, now)
        return False
    work, due, since = waiting[at + W_WORK], waiting[at + W_DUE], waiting[at + W_SINCE]
    _begin(table, line, since, number, arrives, work, due, calls_back, g, now)
    return True


@inlined
def _next_for(table, g, now):
    """The line whose head an agent of group g takes next, or -1."""
    plan, group, queue, lines = int64s(table[PLAN]), int64s(table[GROUP]), int64s(table[QUEUE]), int64s(table[LINE])
    serve, after, waiting = int64s(table[SERVE]), int64s(table[AFTER]), int64s(table[WAITING])
    best, first, priority = np.int64(-1), np.int64(NEVER), np.int64(-1)
    entry = group[g * G + G_SERVES]
    while serve[entry + V_LINE] >= 0:
        if best >= 0 and serve[entry + V_PRIORITY] != priority:
            break
        priority = serve[entry + V_PRIORITY]
        line = serve[entry + V_LINE]
        if lines[line * LN + LN_HEAD] < lines[line * LN + LN_TAIL]:
            at = _head(table, line, now)
            if at >= 0:
                immediate = queue[lines[line * LN + LN_QUEUE] * Q + Q_IMMEDIATE]
                turn = waiting[at + W_SINCE] if immediate else waiting[at + W_DUE]
                if waiting[at + W_SINCE] + after[g * plan[LINES] + line] <= now and turn < first:
                    best, first = line, turn
        entry += V
    return best


@inlined
def _be_free(table, g, now):
    """An agent of group g, on the floor, takes waiting work or joins the free ones."""
    group, lines = int64s(table[GROUP]), int64s(table[LINE])
    while True:
        line = _next_for(table, g, now)
        if line < 0:
            idle = int64s(table[IDLE])
            tail = group[g * G + G_TAIL]
            idle[group[g * G + G_OFFSET] + (tail & group[g * G + G_MASK])] = now
            group[g * G + G_TAIL] = tail + 1
            return
        at = (lines[line * LN + LN_OFFSET] + (lines[line * LN + LN_HEAD] & lines[line * LN + LN_MASK])) * W
        if _take(table, line, at, g, now):
            return


@inlined
def _free_group(table, line, waited):
    """Among the groups with a free agent that are eligible after so long a wait: by step, then by choice; or -1."""
    group, lines = int64s(table[GROUP]), int64s(table[LINE])
    choice, idle = int64s(table[CHOICE]), int64s(table[IDLE])
    entry = lines[line * LN + LN_CHOICES]
    least_occupied = lines[line * LN + LN_LEAST]
    chosen, tier, since, occupancy = np.int64(-1), np.int64(-1), np.int64(0), 0.0
    while choice[entry + C_GROUP] >= 0:
        if chosen >= 0 and choice[entry + C_TIER] != tier:
            break
        g = choice[entry + C_GROUP]
        head = group[g * G + G_HEAD]
        if choice[entry + C_AFTER] <= waited and head < group[g * G + G_TAIL]:
            if least_occupied:
                here = group[g * G + G_BUSY] / group[g * G + G_FLOOR]
                if chosen < 0 or here < occupancy:
                    chosen, tier, occupancy = g, choice[entry + C_TIER], here
            else:
                free_since = idle[group[g * G + G_OFFSET] + (head & group[g * G + G_MASK])]
                if chosen < 0 or free_since < since:
                    chosen, tier, since = g, choice[entry + C_TIER], free_since
        entry += C
    if chosen >= 0:
        group[chosen * G + G_HEAD] += 1
    return chosen


# -- events ----------------------------------------------------------------------------------------------------------


@inlined
def _complete(table, slot, now):
    """A contact ends; its agent leaves, takes the next or becomes free."""
    clock, plan, group, queue = int64s(table[CLOCK]), int64s(table[PLAN]), int64s(table[GROUP]), int64s(table[QUEUE])
    slots, free = int64s(table[SLOT]), int64s(table[FREE])
    at = slot * S
    g, q, begins, due = slots[at + S_GROUP], slots[at + S_QUEUE], slots[at + S_BEGINS], slots[at + S_DUE]
    leaves = slots[at + S_LEAVES] == 1 if group[g * G + G_OWN] else group[g * G + G_LEAVING] > 0
    _book_agents(table, g, now)
    group[g * G + G_BUSY] -= 1
    queue[q * Q + Q_IN_SERVICE] -= 1
    interval = now // plan[INTERVAL]
    rows = int64s(table[QUEUE_ROWS])
    row = (interval * plan[QUEUES] + q) * QUEUE_FIELDS
    rows[row + HANDLED] += 1
    rows[row + HANDLE_TIME] += now - begins
    int64s(table[GROUP_ROWS])[(interval * plan[GROUPS] + g) * GROUP_FIELDS + G_ROW_HANDLED] += 1
    if now <= due and _counts_due(table, q, due):
        _count(table, due, q, DUE_MET, 1)
    _log(table, q, slots[at + S_NUMBER], slots[at + S_ARRIVES], g, begins, now)
    if queue[q * Q + Q_FOLLOWS]:
        _follow_up(table, slot, now)
    free[clock[FREE_SLOTS]] = slot
    clock[FREE_SLOTS] += 1
    if leaves:
        group[g * G + G_LEAVING] -= 1
        group[g * G + G_FLOOR] -= 1
    else:
        _be_free(table, g, now)


@inlined
def _comes_before(slots, one, other):
    """Of two slots that end together: by queue, then number."""
    queues = slots[one * S + S_QUEUE] - slots[other * S + S_QUEUE]
    return queues < 0 or (queues == 0 and slots[one * S + S_NUMBER] < slots[other * S + S_NUMBER])


@inlined
def _complete_all(table, now):
    """All contacts that end now, by queue and number; more than one at an instant is rare."""
    clock, heap, slots = int64s(table[CLOCK]), int64s(table[HEAP]), int64s(table[SLOT])
    slot = heap[0] & SLOT_MASK
    _pop(heap, clock[BUSY])
    clock[BUSY] -= 1
    if clock[BUSY] == 0 or heap[0] >> SLOT_BITS != now:
        _complete(table, slot, now)
        return
    ending = int64s(table[SCRATCH])
    ending[0] = slot
    count = 1
    while clock[BUSY] > 0 and heap[0] >> SLOT_BITS == now:
        slot = heap[0] & SLOT_MASK
        _pop(heap, clock[BUSY])
        clock[BUSY] -= 1
        at = count
        while at > 0 and _comes_before(slots, slot, ending[at - 1]):
            ending[at] = ending[at - 1]
            at -= 1
        ending[at] = slot
        count += 1
    for k in range(count):
        _complete(table, ending[k], now)


@inlined
def _next_step(table, index):
    """When the next contact reaches an overflow step, NEVER if none waits for it."""
    step, lines, waiting = int64s(table[STEP]), int64s(table[LINE]), int64s(table[WAITING])
    at = index * T
    line = step[at + T_LINE]
    step[at + T_NEXT] = max(step[at + T_NEXT], lines[line * LN + LN_HEAD])
    if step[at + T_NEXT] >= lines[line * LN + LN_TAIL]:
        return np.int64(NEVER)
    place = (lines[line * LN + LN_OFFSET] + (step[at + T_NEXT] & lines[line * LN + LN_MASK])) * W
    return waiting[place + W_SINCE] + step[at + T_AFTER]


@inlined
def _overflow(table, index, now):
    """A contact reaches an overflow step: the longest waiting takes an agent who has become eligible and is free."""
    step = int64s(table[STEP])
    line = step[index * T + T_LINE]
    step[index * T + T_NEXT] += 1
    at = _head(table, line, now)
    if at >= 0:
        g = _free_group(table, line, now - int64s(table[WAITING])[at + W_SINCE])
        if g >= 0 and not _take(table, line, at, g, now):
            _be_free(table, g, now)


@compiled
def _allocate(table, q, number, now):
    """The line of a contact: the queue's only one, or one by the allocation in force."""
    queue, entries, shares = int64s(table[QUEUE]), int64s(table[ALLOCATION]), float64s(table[SHARES])
    first, end = queue[q * Q + Q_ALLOCATIONS], queue[(q + 1) * Q + Q_ALLOCATIONS]
    line, count = queue[q * Q + Q_FIRST_LINE], queue[q * Q + Q_LINES]
    entry = end - 1
    while entry >= first and entries[entry * A + A_BEGINS] > now:
        entry -= 1
    if entry < first:
        return line
    at, chosen = entries[entry * A + A_SHARES], 0
    if entries[entry * A + A_COUNTED] == 0:
        luck = _uniform(table, D_ALLOCATION, q, number)
        for k in range(count - 1):
            chosen += luck >= shares[at + k]
        return line + chosen
    counts, total = int64s(table[ALLOCATED]), np.int64(0)
    for k in range(count):
        total += counts[at + k]
    lack = 0.0
    for k in range(count):
        here = shares[at + k] * np.float64(total + 1) - np.float64(counts[at + k])
        if k == 0 or here > lack:
            chosen, lack = k, here
    counts[at + chosen] += 1
    return line + chosen


@inlined
def _is_long(table, q, line, now):
    """Whether the expected wait, those ahead x mean handling / agents, is over the call-back's threshold."""
    plan, queue, lines, group = int64s(table[PLAN]), int64s(table[QUEUE]), int64s(table[LINE]), int64s(table[GROUP])
    choice, agents = int64s(table[CHOICE]), np.int64(0)
    entry = lines[line * LN + LN_CHOICES]
    while choice[entry + C_GROUP] >= 0:
        agents += group[choice[entry + C_GROUP] * G + G_FLOOR]
        entry += C
    mean = np.int64(np.rint(float64s(table[MEAN_WORK])[now // plan[INTERVAL] * plan[QUEUES] + q]))
    return (lines[line * LN + LN_COUNT] + 1) * mean > queue[q * Q + Q_OVER] * agents


@inlined
def _visit(table, q, number, origin, work, gives_up, now):
    """A contact arrives: it is blocked, served, turns away or waits."""
    plan, queue, chance = int64s(table[PLAN]), int64s(table[QUEUE]), float64s(table[CHANCE])
    row = (now // plan[INTERVAL] * plan[QUEUES] + q) * QUEUE_FIELDS
    rows = int64s(table[QUEUE_ROWS])
    rows[row + OFFERED] += 1
    if origin > 0:
        rows[row + OFFERED_ORIGIN + origin] += 1
    line, due = queue[q * Q + Q_FIRST_LINE], now
    plain = queue[q * Q + Q_PLAIN]
    if not plain:
        due = _due_by(table, q, now)
        if _counts_due(table, q, due):
            _count(table, due, q, DUE, 1)
        if queue[q * Q + Q_WAITING] + queue[q * Q + Q_IN_SERVICE] >= queue[q * Q + Q_MOST]:
            rows[row + BLOCKED] += 1
            _log(table, q, number, now, -1, -1, now)
            _retry(table, q, number, work, now)
            return
        line = _allocate(table, q, number, now)
    g = _free_group(table, line, 0)
    if g >= 0:
        _begin(table, line, now, number, now, work, due, 0, g, now)
        return
    calls_back = 0
    if not plain:
        balking = chance[q * P + P_BALKING]
        if balking > 0 and _uniform(table, D_BALKING, q, number) < balking:
            _book_abandoned(table, q, number, now, now)
            _retry(table, q, number, work, now)
            return
        if (
            queue[q * Q + Q_OVER] >= 0
            and _is_long(table, q, line, now)
            and _uniform(table, D_CALLBACK, q, number) < chance[q * P + P_ACCEPT]
        ):
            rows[row + CALLBACKS] += 1
            calls_back, gives_up = 1, np.int64(NEVER)
    _join_line(table, line, number, now, gives_up, work, due, calls_back)


@inlined
def _wants(table, q):
    """What must grow before a contact of queue q can arrive."""
    clock, plan, queue, lines = int64s(table[CLOCK]), int64s(table[PLAN]), int64s(table[QUEUE]), int64s(table[LINE])
    first = queue[q * Q + Q_FIRST_LINE]
    for line in range(first, first + queue[q * Q + Q_LINES]):
        if lines[line * LN + LN_TAIL] - lines[line * LN + LN_HEAD] > lines[line * LN + LN_MASK]:
            return LINE_FULL
    return TIMERS_FULL if clock[TIMERS] >= plan[MOST_TIMERS] else DONE


@compiled
def advance(addresses, until):
    """Everything strictly before `until`, in the order of time; says what must grow first, DONE at the end."""
    table = int64s(addresses)
    clock, plan = int64s(table[CLOCK]), int64s(table[PLAN])
    heap, arrivals = int64s(table[HEAP]), int64s(table[ARRIVES])
    returns, timers = int64s(table[RETURN_TIMES]), int64s(table[TIMER_TIMES])
    steps = plan[STEPS]
    never = np.int64(NEVER)
    while True:
        ends = heap[0] >> SLOT_BITS if clock[BUSY] > 0 else never
        arrives = arrivals[clock[NEXT]] if clock[NEXT] < clock[LOADED] else never
        returning = returns[0] if clock[RETURNING] > 0 else never
        gives_up = timers[0] if clock[TIMERS] > 0 else never
        overflows, index = never, 0
        for k in range(steps):
            at = _next_step(table, k)
            if at < overflows:
                overflows, index = at, k
        now = min(min(ends, overflows), min(arrives, min(returning, gives_up)))
        if now >= until:
            break
        if clock[FREE_RETURNS] <= clock[BUSY]:  # whoever is served now may come back
            return RETURNS_FULL
        if ends == now:
            _complete_all(table, now)
        elif overflows == now:
            _overflow(table, index, now)
        elif gives_up == now:
            _give_up(table, now)
        elif returning == now:
            visits = int64s(table[RETURNS])
            at = int64s(table[RETURN_AT])[0] * R
            wanted = _wants(table, visits[at + R_QUEUE])
            if wanted != DONE:
                return wanted
            if clock[RETURNED] >= plan[MOST_RETURNED]:
                return LOG_FULL
            clock[RETURNED] += 1
            visit = _pop_return(table)
            int64s(table[RETURN_FREE])[clock[FREE_RETURNS]] = visit
            clock[FREE_RETURNS] += 1
            q, number, origin = visits[at + R_QUEUE], visits[at + R_NUMBER], visits[at + R_ORIGIN]
            _visit(table, q, number, origin, visits[at + R_WORK], visits[at + R_GIVES_UP], now)
        else:
            i = clock[NEXT]
            q = int64s(table[OF_QUEUE])[i]
            wanted = _wants(table, q)
            if wanted != DONE:
                return wanted
            clock[NEXT] = i + 1
            number, origin = int64s(table[NUMBER])[i], int64s(table[ORIGIN])[i]
            _visit(table, q, number, origin, int64s(table[WORK])[i], int64s(table[GIVES_UP])[i], now)
    clock[NOW] = until
    for g in range(plan[GROUPS]):
        _book_agents(table, g, until)
    if until % plan[INTERVAL] == 0 or until == plan[HORIZON]:
        queue = int64s(table[QUEUE])
        for q in range(plan[QUEUES]):
            if not queue[q * Q + Q_IMMEDIATE]:
                age = queue[q * Q + Q_WAITING] * until - queue[q * Q + Q_ARRIVALS]
                _count(table, until - 1, q, WAITING_AGE, age)
    return DONE


@inlined
def _mark_leavers(table, g, count):
    """Mark, of the busy agents of a group that stay, those with the least draws: they leave after their contact."""
    clock, heap, slots = int64s(table[CLOCK]), int64s(table[HEAP]), int64s(table[SLOT])
    for _ in range(count):
        chosen, least = np.int64(-1), np.uint64(0)
        for k in range(clock[BUSY]):
            at = (heap[k] & SLOT_MASK) * S
            if slots[at + S_GROUP] == g and slots[at + S_LEAVES] == 0:
                luck = _bits(table, D_LEAVING, slots[at + S_QUEUE], slots[at + S_NUMBER])
                if chosen < 0 or luck < least:
                    chosen, least = at, luck
        slots[chosen + S_LEAVES] = 1


@compiled
def staff(addresses):
    """Bring every group to the number of agents in `AGENTS`."""
    table = int64s(addresses)
    clock, plan, group, agents = int64s(table[CLOCK]), int64s(table[PLAN]), int64s(table[GROUP]), int64s(table[AGENTS])
    now = clock[NOW]
    for g in range(plan[GROUPS]):
        at = g * G
        change = agents[g] - (group[at + G_FLOOR] - group[at + G_LEAVING])
        if change == 0:
            continue
        _book_agents(table, g, now)
        if change > 0:
            if not group[at + G_OWN]:
                stay = min(change, group[at + G_LEAVING])
                group[at + G_LEAVING] -= stay
                change -= stay
            for _ in range(change):
                group[at + G_FLOOR] += 1
                _be_free(table, g, now)
        else:
            free = min(-change, group[at + G_TAIL] - group[at + G_HEAD])
            group[at + G_HEAD] += free
            group[at + G_FLOOR] -= free
            group[at + G_LEAVING] += -change - free
            if group[at + G_OWN]:
                _mark_leavers(table, g, -change - free)


@inlined
def _strike(table, g, share):
    """Mark the busy agents of a group whom an outage strikes, those with the least draws; take off the free ones."""
    clock, heap, slots, group = int64s(table[CLOCK]), int64s(table[HEAP]), int64s(table[SLOT]), int64s(table[GROUP])
    at = g * G
    free = np.int64(np.rint(share * (group[at + G_TAIL] - group[at + G_HEAD])))
    count = np.int64(np.rint(share * group[at + G_BUSY]))
    leaving = np.int64(0)
    for _ in range(count):
        chosen, least = np.int64(-1), np.uint64(0)
        for k in range(clock[BUSY]):
            slot = (heap[k] & SLOT_MASK) * S
            if slots[slot + S_GROUP] == g and slots[slot + S_STRUCK] == 0:
                luck = _bits(table, D_LEAVING, slots[slot + S_QUEUE], slots[slot + S_NUMBER])
                if chosen < 0 or luck < least:
                    chosen, least = slot, luck
        slots[chosen + S_STRUCK] = 1
        leaving += slots[chosen + S_LEAVES]
    group[at + G_HEAD] += free
    group[at + G_BUSY] -= count
    group[at + G_FLOOR] -= free + count
    if group[at + G_OWN]:
        group[at + G_LEAVING] -= leaving
    else:
        group[at + G_LEAVING] = max(0, group[at + G_LEAVING] - count)


@inlined
def _waited_longer(slots, one, other):
    """Of two contacts that are offered again: by queue, then since when they wait, then number."""
    a, b = one * S, other * S
    if slots[a + S_QUEUE] != slots[b + S_QUEUE]:
        return slots[a + S_QUEUE] < slots[b + S_QUEUE]
    if slots[a + S_SINCE] != slots[b + S_SINCE]:
        return slots[a + S_SINCE] < slots[b + S_SINCE]
    return slots[a + S_NUMBER] < slots[b + S_NUMBER]


@inlined
def _sweep(table):
    """Take the struck contacts out of the heap, sorted, into the scratch; says how many."""
    clock, heap, slots, struck = int64s(table[CLOCK]), int64s(table[HEAP]), int64s(table[SLOT]), int64s(table[SCRATCH])
    busy, count = clock[BUSY], np.int64(0)
    clock[BUSY] = 0
    for k in range(busy):
        key = heap[k]
        slot = key & SLOT_MASK
        if slots[slot * S + S_STRUCK] == 0:
            _push(heap, clock[BUSY], key)
            clock[BUSY] += 1
            continue
        at = count
        while at > 0 and _waited_longer(slots, slot, struck[at - 1]):
            struck[at] = struck[at - 1]
            at -= 1
        struck[at] = slot
        count += 1
    return count


@inlined
def _join_head(table, slot, now):
    """A contact broken off waits again, before all others of its line."""
    lines, queue, waiting = int64s(table[LINE]), int64s(table[QUEUE]), int64s(table[WAITING])
    slots, step, plan = int64s(table[SLOT]), int64s(table[STEP]), int64s(table[PLAN])
    q, line = slots[slot * S + S_QUEUE], slots[slot * S + S_LINE]
    number = _child(slots[slot * S + S_NUMBER], REQUEUED)
    gives_up = _patience(table, q, number, now)
    place = lines[line * LN + LN_HEAD] - 1
    at = (lines[line * LN + LN_OFFSET] + (place & lines[line * LN + LN_MASK])) * W
    waiting[at + W_SINCE] = slots[slot * S + S_SINCE]
    waiting[at + W_ARRIVES] = now
    waiting[at + W_GIVES_UP] = gives_up
    waiting[at + W_WORK] = slots[slot * S + S_WORK]
    waiting[at + W_NUMBER] = number
    waiting[at + W_DUE] = slots[slot * S + S_DUE]
    waiting[at + W_CALLS_BACK] = 0
    lines[line * LN + LN_HEAD] = place
    lines[line * LN + LN_COUNT] += 1
    queue[q * Q + Q_WAITING] += 1
    queue[q * Q + Q_ARRIVALS] += now
    if queue[q * Q + Q_TIMED] and gives_up < NEVER:
        _push_timer(table, gives_up, place * plan[LINES] + line)
    for k in range(plan[STEPS]):  # those at the head may not have reached every step yet
        if step[k * T + T_LINE] == line:
            step[k * T + T_NEXT] = place
            while _next_step(table, k) <= now:
                step[k * T + T_NEXT] += 1


@compiled
def fail(addresses, share, requeue):
    """A share of the agents of the groups marked in `AGENTS` is gone; their contacts are lost or offered again."""
    table = int64s(addresses)
    clock, plan, queue = int64s(table[CLOCK]), int64s(table[PLAN]), int64s(table[QUEUE])
    slots, free, struck = int64s(table[SLOT]), int64s(table[FREE]), int64s(table[SCRATCH])
    marked, now = int64s(table[AGENTS]), clock[NOW]
    for g in range(plan[GROUPS]):
        if marked[g]:
            _book_agents(table, g, now)
            _strike(table, g, share)
    count = _sweep(table)
    for k in range(count):
        at = struck[k] * S
        q = slots[at + S_QUEUE]
        queue[q * Q + Q_IN_SERVICE] -= 1
        _count(table, now, q, LOST, 1)
        _log(table, q, slots[at + S_NUMBER], slots[at + S_ARRIVES], slots[at + S_GROUP], slots[at + S_BEGINS], now)
    if requeue:
        for k in range(count):
            at = struck[k] * S
            q, line, since = slots[at + S_QUEUE], slots[at + S_LINE], slots[at + S_SINCE]
            _count(table, now, q, OFFERED, 1)
            _count(table, now, q, OFFERED_ORIGIN + REQUEUED, 1)
            g = _free_group(table, line, now - since)
            if g >= 0:
                number, work, due = _child(slots[at + S_NUMBER], REQUEUED), slots[at + S_WORK], slots[at + S_DUE]
                _begin(table, line, since, number, now, work, due, 0, g, now)
                slots[at + S_STRUCK] = 2
        for k in range(count - 1, -1, -1):
            if slots[struck[k] * S + S_STRUCK] == 1:
                _join_head(table, struck[k], now)
    for k in range(count):
        free[clock[FREE_SLOTS]] = struck[k]
        clock[FREE_SLOTS] += 1


@compiled
def begin_with(addresses, line, number, arrives, work):
    """A contact of the opening backlog joins its line."""
    table = int64s(addresses)
    q = int64s(table[LINE])[line * LN + LN_QUEUE]
    due = _due_by(table, q, arrives)
    if _counts_due(table, q, due):
        _count(table, due, q, DUE, 1)
    _join_line(table, line, number, arrives, np.int64(NEVER), work, due, 0)


@compiled
def allocate(addresses, q, number, now):
    """The line of a contact of the opening backlog."""
    return _allocate(int64s(addresses), q, number, now)


@compiled
def clear(addresses, line, when):
    """Who gave up before `when` is booked at that time, who still waits then at `when`; call-backs stay in line."""
    table = int64s(addresses)
    lines, waiting = int64s(table[LINE]), int64s(table[WAITING])
    q = lines[line * LN + LN_QUEUE]
    for place in range(lines[line * LN + LN_HEAD], lines[line * LN + LN_TAIL]):
        at = (lines[line * LN + LN_OFFSET] + (place & lines[line * LN + LN_MASK])) * W
        if waiting[at + W_GIVES_UP] != GONE and not waiting[at + W_CALLS_BACK]:
            number, gives_up = waiting[at + W_NUMBER], min(waiting[at + W_GIVES_UP], when)
            _book_abandoned(table, q, number, waiting[at + W_ARRIVES], gives_up)
            _leave_line(table, line, at)
            _retry(table, q, number, waiting[at + W_WORK], gives_up)


@compiled
def settle(addresses, line, when):
    """Books everyone in line who gave up before `when`, and how long the others have waited by then."""
    table = int64s(addresses)
    lines, waiting = int64s(table[LINE]), int64s(table[WAITING])
    q = lines[line * LN + LN_QUEUE]
    for place in range(lines[line * LN + LN_HEAD], lines[line * LN + LN_TAIL]):
        at = (lines[line * LN + LN_OFFSET] + (place & lines[line * LN + LN_MASK])) * W
        gives_up, number, arrives = waiting[at + W_GIVES_UP], waiting[at + W_NUMBER], waiting[at + W_ARRIVES]
        if gives_up == GONE:
            continue
        if gives_up < when:
            _book_abandoned(table, q, number, arrives, gives_up)
            continue
        if not waiting[at + W_CALLS_BACK]:
            _count(table, arrives, q, WAITED_SO_FAR, when - arrives)
        _log(table, q, number, arrives, -1, -1, -1)
