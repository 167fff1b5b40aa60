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

SLOT_BITS = 17
"""Up to 131,072 busy agents; the other 46 bits of a heap key hold 814 days of microseconds."""
SLOT_MASK = (1 << SLOT_BITS) - 1
LAST_TIME = (1 << 46) - 1

# The table of addresses: which array stands where.
CLOCK, PLAN, GROUP, QUEUE, SLOT, FREE, HEAP, LINE, IDLE = 0, 1, 2, 3, 4, 5, 6, 7, 8
CHOICE, SERVE, AFTER, SPEED, STEP, DAY, STREAM = 9, 10, 11, 12, 13, 14, 15
QUEUE_ROWS, GROUP_ROWS, WAITS, AGENTS, LOG, SCRATCH = 16, 17, 18, 19, 20, 21
ARRIVES, OF_QUEUE, NUMBER, GIVES_UP, WORK = 22, 23, 24, 25, 26
TABLE = 27

# clock: scalars that change
NOW, NEXT, LOADED, BUSY, FREE_SLOTS, LOGGED = 0, 1, 2, 3, 4, 5
# plan: scalars that stay
QUEUES, GROUPS, INTERVAL, STEPS, LOGGING = 0, 1, 2, 3, 4
# group: stride 10; its free agents are a ring of the times since when; OWN: cut agents are certain individuals
G, G_BUSY, G_FLOOR, G_LEAVING, G_CHANGED, G_OWN, G_SERVES = 10, 0, 1, 2, 3, 4, 5
G_HEAD, G_TAIL, G_OFFSET, G_MASK = 6, 7, 8, 9
# queue: stride 8; its line is a ring too
Q, Q_HEAD, Q_TAIL, Q_OFFSET, Q_MASK, Q_THRESHOLD, Q_SHORT, Q_CHOICES, Q_LEAST = 8, 0, 1, 2, 3, 4, 5, 6, 7
# slot of a busy agent: stride 8
S, S_GROUP, S_QUEUE, S_NUMBER, S_BEGINS, S_ARRIVES, S_LEAVES = 8, 0, 1, 2, 3, 4, 5
# waiting contact: stride 4
L, L_ARRIVES, L_GIVES_UP, L_WORK, L_NUMBER = 4, 0, 1, 2, 3
# choice of a queue: stride 3; serve of a group: stride 2; overflow step of a queue: stride 3
C, C_GROUP, C_TIER, C_AFTER = 3, 0, 1, 2
V, V_PRIORITY, V_QUEUE = 2, 0, 1
T, T_QUEUE, T_AFTER, T_NEXT = 3, 0, 1, 2
LOG_STRIDE = 6

# Columns of the counters. Numba's cache notices edits of this file only, so they are written here and compared below.
QUEUE_COLUMNS = (
    "OFFERED ANSWERED ABANDONED BLOCKED HANDLED HANDLE_TIME ARRIVED_ANSWERED ARRIVED_ABANDONED ANSWERED_IN_TIME "
    "ABANDONED_IN_TIME ABANDONED_SHORT ANSWERED_WAIT ABANDONED_WAIT WAITED_SO_FAR WAITING IN_SERVICE"
)
OFFERED, ANSWERED, ABANDONED, HANDLED, HANDLE_TIME = 0, 1, 2, 4, 5
ARRIVED_ANSWERED, ARRIVED_ABANDONED, ANSWERED_IN_TIME, ABANDONED_IN_TIME, ABANDONED_SHORT = 6, 7, 8, 9, 10
ANSWERED_WAIT, ABANDONED_WAIT, WAITED_SO_FAR, QUEUE_FIELDS = 11, 12, 13, 16
GROUP_COLUMNS = "BUSY ON_FLOOR HANDLED ROSTERED ABSENT"
G_ROW_BUSY, G_ROW_FLOOR, G_ROW_HANDLED, GROUP_FIELDS = 0, 1, 2, 5
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
    clock, log = int64s(table[CLOCK]), int64s(table[LOG])
    at = clock[LOGGED] * LOG_STRIDE
    log[at] = q
    log[at + 1] = number
    log[at + 2] = arrives
    log[at + 3] = g
    log[at + 4] = begins
    log[at + 5] = ends
    clock[LOGGED] += 1


@inlined
def _book_abandoned(table, q, waiting, at, when):
    """Book the contact at `waiting[at]`, which gave up at `when`."""
    plan, queue, rows = int64s(table[PLAN]), int64s(table[QUEUE]), int64s(table[QUEUE_ROWS])
    arrives = waiting[at + L_ARRIVES]
    wait = when - arrives
    rows[(when // plan[INTERVAL] * plan[QUEUES] + q) * QUEUE_FIELDS + ABANDONED] += 1
    row = (arrives // plan[INTERVAL] * plan[QUEUES] + q) * QUEUE_FIELDS
    rows[row + ARRIVED_ABANDONED] += 1
    rows[row + ABANDONED_WAIT] += wait
    if wait <= queue[q * Q + Q_THRESHOLD]:
        rows[row + ABANDONED_IN_TIME] += 1
    if wait <= queue[q * Q + Q_SHORT]:
        rows[row + ABANDONED_SHORT] += 1
    if plan[LOGGING]:
        _log(table, q, waiting[at + L_NUMBER], arrives, -1, -1, when)


@inlined
def _head(table, q, now):
    """Where the longest waiting contact of a queue stands in the line, or -1; drops those who gave up before now."""
    queue, waiting = int64s(table[QUEUE]), int64s(table[LINE])
    head, tail = queue[q * Q + Q_HEAD], queue[q * Q + Q_TAIL]
    offset, mask = queue[q * Q + Q_OFFSET], queue[q * Q + Q_MASK]
    while head < tail:
        at = (offset + (head & mask)) * L
        gives_up = waiting[at + L_GIVES_UP]
        if gives_up >= now:
            queue[q * Q + Q_HEAD] = head
            return at
        _book_abandoned(table, q, waiting, at, gives_up)
        head += 1
    queue[q * Q + Q_HEAD] = head
    return -1


@inlined
def _begin(table, q, number, arrives, work, g, now):
    """An agent of group g, already taken off the free ones, begins a contact."""
    clock, plan, group = int64s(table[CLOCK]), int64s(table[PLAN]), int64s(table[GROUP])
    slots, free, heap = int64s(table[SLOT]), int64s(table[FREE]), int64s(table[HEAP])
    queue, rows, speed = int64s(table[QUEUE]), int64s(table[QUEUE_ROWS]), float64s(table[SPEED])
    _book_agents(table, g, now)
    group[g * G + G_BUSY] += 1
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
    _push(heap, clock[BUSY], min(now + handling, LAST_TIME) << SLOT_BITS | slot)
    clock[BUSY] += 1
    wait = now - arrives
    rows[(now // plan[INTERVAL] * plan[QUEUES] + q) * QUEUE_FIELDS + ANSWERED] += 1
    arrived_in = arrives // plan[INTERVAL]
    row = (arrived_in * plan[QUEUES] + q) * QUEUE_FIELDS
    rows[row + ARRIVED_ANSWERED] += 1
    rows[row + ANSWERED_WAIT] += wait
    if wait <= queue[q * Q + Q_THRESHOLD]:
        rows[row + ANSWERED_IN_TIME] += 1
    day = int64s(table[DAY])[arrived_in]
    int32s(table[WAITS])[(day * plan[QUEUES] + q) * WAIT_BINS + _wait_bin(wait)] += 1


@inlined
def _take(table, q, at, g, now):
    """The agent taken off the free ones of group g takes the contact at the head of a queue's line."""
    queue, waiting = int64s(table[QUEUE]), int64s(table[LINE])
    queue[q * Q + Q_HEAD] += 1
    _begin(table, q, waiting[at + L_NUMBER], waiting[at + L_ARRIVES], waiting[at + L_WORK], g, now)


@inlined
def _be_free(table, g, now):
    """An agent of group g, on the floor, takes waiting work or joins the free ones."""
    plan, group, queue = int64s(table[PLAN]), int64s(table[GROUP]), int64s(table[QUEUE])
    serve, after, waiting = int64s(table[SERVE]), int64s(table[AFTER]), int64s(table[LINE])
    best, best_at, longest, priority = -1, -1, np.int64(NEVER), np.int64(-1)
    entry = group[g * G + G_SERVES]
    while serve[entry + V_QUEUE] >= 0:
        if best >= 0 and serve[entry + V_PRIORITY] != priority:
            break
        priority = serve[entry + V_PRIORITY]
        q = serve[entry + V_QUEUE]
        if queue[q * Q + Q_HEAD] < queue[q * Q + Q_TAIL]:
            at = _head(table, q, now)
            if at >= 0:
                arrives = waiting[at + L_ARRIVES]
                if arrives + after[g * plan[QUEUES] + q] <= now and arrives < longest:
                    best, best_at, longest = q, at, arrives
        entry += V
    if best >= 0:
        _take(table, best, best_at, g, now)
    else:
        idle = int64s(table[IDLE])
        tail = group[g * G + G_TAIL]
        idle[group[g * G + G_OFFSET] + (tail & group[g * G + G_MASK])] = now
        group[g * G + G_TAIL] = tail + 1


@inlined
def _free_group(table, q, waited):
    """Among the groups with a free agent that are eligible after so long a wait: by step, then by choice; or -1."""
    group, queue = int64s(table[GROUP]), int64s(table[QUEUE])
    choice, idle = int64s(table[CHOICE]), int64s(table[IDLE])
    entry = queue[q * Q + Q_CHOICES]
    least_occupied = queue[q * Q + Q_LEAST]
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


@inlined
def _complete(table, slot, now):
    """A contact ends; its agent leaves, takes the next or becomes free."""
    clock, plan, group = int64s(table[CLOCK]), int64s(table[PLAN]), int64s(table[GROUP])
    slots, free = int64s(table[SLOT]), int64s(table[FREE])
    at = slot * S
    g, q, begins = slots[at + S_GROUP], slots[at + S_QUEUE], slots[at + S_BEGINS]
    free[clock[FREE_SLOTS]] = slot
    clock[FREE_SLOTS] += 1
    _book_agents(table, g, now)
    group[g * G + G_BUSY] -= 1
    interval = now // plan[INTERVAL]
    rows = int64s(table[QUEUE_ROWS])
    row = (interval * plan[QUEUES] + q) * QUEUE_FIELDS
    rows[row + HANDLED] += 1
    rows[row + HANDLE_TIME] += now - begins
    int64s(table[GROUP_ROWS])[(interval * plan[GROUPS] + g) * GROUP_FIELDS + G_ROW_HANDLED] += 1
    if plan[LOGGING]:
        _log(table, q, slots[at + S_NUMBER], slots[at + S_ARRIVES], g, begins, now)
    leaves = slots[at + S_LEAVES] == 1 if group[g * G + G_OWN] else group[g * G + G_LEAVING] > 0
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
    step, queue, waiting = int64s(table[STEP]), int64s(table[QUEUE]), int64s(table[LINE])
    at = index * T
    q = step[at + T_QUEUE]
    step[at + T_NEXT] = max(step[at + T_NEXT], queue[q * Q + Q_HEAD])
    if step[at + T_NEXT] >= queue[q * Q + Q_TAIL]:
        return np.int64(NEVER)
    place = (queue[q * Q + Q_OFFSET] + (step[at + T_NEXT] & queue[q * Q + Q_MASK])) * L
    return waiting[place + L_ARRIVES] + step[at + T_AFTER]


@inlined
def _overflow(table, index, now):
    """A contact reaches an overflow step: the longest waiting takes an agent who has become eligible and is free."""
    step = int64s(table[STEP])
    q = step[index * T + T_QUEUE]
    step[index * T + T_NEXT] += 1
    at = _head(table, q, now)
    if at >= 0:
        g = _free_group(table, q, now - int64s(table[LINE])[at + L_ARRIVES])
        if g >= 0:
            _take(table, q, at, g, now)


@inlined
def _arrive(table, now):
    """The next contact of the trace arrives."""
    clock, plan, queue = int64s(table[CLOCK]), int64s(table[PLAN]), int64s(table[QUEUE])
    i = clock[NEXT]
    clock[NEXT] = i + 1
    q = int64s(table[OF_QUEUE])[i]
    number, work = int64s(table[NUMBER])[i], int64s(table[WORK])[i]
    int64s(table[QUEUE_ROWS])[(now // plan[INTERVAL] * plan[QUEUES] + q) * QUEUE_FIELDS + OFFERED] += 1
    g = _free_group(table, q, 0)
    if g >= 0:
        _begin(table, q, number, now, work, g, now)
        return
    waiting = int64s(table[LINE])
    tail = queue[q * Q + Q_TAIL]
    at = (queue[q * Q + Q_OFFSET] + (tail & queue[q * Q + Q_MASK])) * L
    waiting[at + L_ARRIVES] = now
    waiting[at + L_GIVES_UP] = int64s(table[GIVES_UP])[i]
    waiting[at + L_WORK] = work
    waiting[at + L_NUMBER] = number
    queue[q * Q + Q_TAIL] = tail + 1


@compiled
def advance(addresses, until):
    """Everything strictly before `until`: completions, overflow steps and arrivals in the order of time."""
    table = int64s(addresses)
    clock, plan = int64s(table[CLOCK]), int64s(table[PLAN])
    heap, arrivals = int64s(table[HEAP]), int64s(table[ARRIVES])
    steps = plan[STEPS]
    while True:
        ends = heap[0] >> SLOT_BITS if clock[BUSY] > 0 else np.int64(NEVER)
        arrives = arrivals[clock[NEXT]] if clock[NEXT] < clock[LOADED] else np.int64(NEVER)
        overflows, index = np.int64(NEVER), 0
        for k in range(steps):
            at = _next_step(table, k)
            if at < overflows:
                overflows, index = at, k
        now = min(ends, overflows, arrives)
        if now >= until:
            break
        if ends == now:
            _complete_all(table, now)
        elif overflows == now:
            _overflow(table, index, now)
        else:
            _arrive(table, now)
    clock[NOW] = until
    for g in range(plan[GROUPS]):
        _book_agents(table, g, until)


@inlined
def _mark_leavers(table, g, count):
    """Mark, of the busy agents of a group that stay, those with the least draws: they leave after their contact."""
    clock, heap = int64s(table[CLOCK]), int64s(table[HEAP])
    slots, stream = int64s(table[SLOT]), int64s(table[STREAM])
    for _ in range(count):
        chosen, least = np.int64(-1), np.uint64(0)
        for k in range(clock[BUSY]):
            at = (heap[k] & SLOT_MASK) * S
            if slots[at + S_GROUP] == g and slots[at + S_LEAVES] == 0:
                luck = _mix(np.uint64(stream[slots[at + S_QUEUE]]) ^ _mix(np.uint64(slots[at + S_NUMBER])))
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


@compiled
def clear(addresses, q, when):
    """Who gave up before `when` is booked at that time, who still waits then at `when`."""
    table = int64s(addresses)
    queue, waiting = int64s(table[QUEUE]), int64s(table[LINE])
    for place in range(queue[q * Q + Q_HEAD], queue[q * Q + Q_TAIL]):
        at = (queue[q * Q + Q_OFFSET] + (place & queue[q * Q + Q_MASK])) * L
        _book_abandoned(table, q, waiting, at, min(waiting[at + L_GIVES_UP], when))
    queue[q * Q + Q_HEAD] = queue[q * Q + Q_TAIL]


@compiled
def settle(addresses, q, when):
    """Books everyone in line who gave up before `when`, and how long the others have waited by then."""
    table = int64s(addresses)
    plan, queue, waiting = int64s(table[PLAN]), int64s(table[QUEUE]), int64s(table[LINE])
    rows = int64s(table[QUEUE_ROWS])
    for place in range(queue[q * Q + Q_HEAD], queue[q * Q + Q_TAIL]):
        at = (queue[q * Q + Q_OFFSET] + (place & queue[q * Q + Q_MASK])) * L
        if waiting[at + L_GIVES_UP] < when:
            _book_abandoned(table, q, waiting, at, waiting[at + L_GIVES_UP])
            continue
        arrives = waiting[at + L_ARRIVES]
        rows[(arrives // plan[INTERVAL] * plan[QUEUES] + q) * QUEUE_FIELDS + WAITED_SO_FAR] += when - arrives
        if plan[LOGGING]:
            _log(table, q, waiting[at + L_NUMBER], arrives, -1, -1, -1)
    queue[q * Q + Q_HEAD] = queue[q * Q + Q_TAIL]
