"""The floor compiled: the rules of `floor_simpy`, event by event, over whole numbers in flat memory.

The host keeps every array; the kernel gets one table of their addresses and sees raw pointers and integers only,
because touching array objects costs a multiple of the work itself (reference counting at every touch). Busy agents
sit in a four-ary heap of int64: end time in the high bits, slot in the low ones. Patience needs no timers: who has
given up is found at the head of the line when it is next looked at, and booked at the time it happened. Who would come
again must be found by then: before the first of those in line could be back, all lines are looked through.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from simulation.world.floor.compiled.layout import *

INT64, INT32, FLOAT64 = types.CPointer(types.int64), types.CPointer(types.int32), types.CPointer(types.float64)


@intrinsic
def pointer(typing_context: Any, address: Any) -> Any:
    """An address of whole numbers as a pointer to them."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return INT64(types.int64), generate


def _load_fixed(builder: Any, array: Any, place: Any) -> Any:
    """Loads what nobody writes during a call: told so, LLVM keeps it in a register while other memory is written."""
    loaded = builder.load(builder.gep(array, [place]))
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


@intrinsic
def fixed(typing_context: Any, array: Any, place: Any) -> Any:
    """`array[place]` of whole numbers that stay as they are during a call from the host."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _load_fixed(builder, arguments[0], arguments[1])

    return types.int64(INT64, types.int64), generate


def _pointer_intrinsic(kind: Any) -> Any:
    """A compiled function that gives the address at a place of a table as a typed pointer."""

    @intrinsic
    def at(typing_context: Any, table: Any, place: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            address = _load_fixed(builder, arguments[0], arguments[1])
            return builder.inttoptr(address, context.get_value_type(signature.return_type))

        return kind(INT64, types.int64), generate

    return at


@intrinsic
def _leading_zeros(typing_context: Any, value: Any) -> Any:
    """Of a 64-bit number; 64 for 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], context.get_constant(types.boolean, False))

    return types.int64(types.int64), generate


@intrinsic
def _fetch(typing_context: Any, array: Any, place: Any) -> Any:
    """Asks for the line of cache with `array[place]` before it is needed; gives nothing of use."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        whole = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [arguments[0].type, whole, whole, whole])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        read, keep, data = whole(0), whole(3), whole(1)
        builder.call(prefetch, [builder.gep(arguments[0], [arguments[1]]), read, keep, data])
        return context.get_constant(types.int64, 0)

    return types.int64(INT64, types.int64), generate


int64s, int32s, float64s = _pointer_intrinsic(INT64), _pointer_intrinsic(INT32), _pointer_intrinsic(FLOAT64)


@intrinsic
def _invoke(typing_context: Any, address: Any, table: Any, arguments: Any) -> Any:
    """Calls rare code at an address: what is not linked in is not compiled where nobody needs it, and once only."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        given = [values[1], *cgutils.unpack_tuple(builder, values[2])]
        kind = ir.FunctionType(ir.IntType(64), [value.type for value in given])
        return builder.call(builder.inttoptr(values[0], kind.as_pointer()), given)

    return types.int64(types.int64, INT64, arguments), generate


CODE: dict[str, Callable[..., int]] = {}
"""What is called by its address, from the host or as rare code: with a pointer, mostly the table, and whole numbers."""


def entry(code: Callable[..., int]) -> Callable[..., int]:
    """Marks a function as an entry; it is compiled when somebody first needs it."""
    CODE[code.__name__] = code
    return code


# called by compiled code alone: a way in from Python for each would take a quarter of the time to compile
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
compiled = njit(**_OPTIONS)
inlined = njit(**_OPTIONS, inline="never", forceinline=True)


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
    at, child = 0, 1
    while child + 4 <= size:  # which of four is the least is nobody's guess, so it is found without a branch
        first, second = min(heap[child], heap[child + 1]), min(heap[child + 2], heap[child + 3])
        best = min(first, second)
        in_first = np.int64(heap[child + 1] < heap[child])
        in_second = 2 + np.int64(heap[child + 3] < heap[child + 2])
        least = child + (in_second if second < first else in_first)
        if best >= last:
            heap[at] = last
            return
        heap[at] = best
        at, child = least, 4 * least + 1
    if child < size:  # fewer than four
        least, best = child, heap[child]
        for other in range(child + 1, size):
            if heap[other] < best:
                least, best = other, heap[other]
        if best < last:
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
    octave = max(63 - WAIT_BITS - _leading_zeros(ms), 0)
    return min((octave << WAIT_BITS) + (ms >> octave), WAIT_BINS - 1)


@inlined
def _bits(table, purpose, q, number):
    """`Streams.bits`."""
    stream = int64s(table, STREAM)[purpose * fixed(int64s(table, PLAN), QUEUES) + q]
    return _mix(np.uint64(stream) ^ _mix(np.uint64(number)))


@inlined
def _uniform(table, purpose, q, number):
    """`Streams.uniform`."""
    return (np.float64(_bits(table, purpose, q, number) >> np.uint64(11)) + 0.5) * 2.0**-53


@inlined
def _unit(table, kind, random_bits):
    """`distributions.draw` from the table of one kind."""
    return _quantile(float64s(table, TABLES), kind * LEVELS * (CELLS + 1), random_bits)


@inlined
def _quantile(tables, base, random_bits):
    """`distributions.draw` from the table that begins at a place."""
    rest = np.int64(random_bits >> np.uint64(11))
    shift, scale = 53 - LEVEL_BITS, 2.0 ** (LEVEL_BITS - 53)
    for _ in range(LEVELS - 1):
        if rest >> shift != CELLS - 1:
            break
        rest &= (np.int64(1) << shift) - 1
        shift -= LEVEL_BITS
        base += CELLS + 1
        scale *= 2.0**LEVEL_BITS
    cell = rest >> shift
    part = np.float64(rest & ((np.int64(1) << shift) - 1)) * scale
    low = tables[base + cell]
    return low + part * (tables[base + cell + 1] - low)


@inlined
def _child(number, origin):
    """`floor.child`."""
    return np.int64(_mix(np.uint64(number) ^ _mix(np.uint64(origin))) >> np.uint64(1))


@inlined
def _is_rare(table):
    """Whether anything but arrivals and completions happens; what depends on it is left out where that is known."""
    return fixed(int64s(table, PLAN), RARE) != 0


@inlined
def _is_plain(table, q):
    """Whether on arrival at a queue nothing but serving and waiting happens."""
    return not _is_rare(table) or int64s(table, QUEUE)[q * Q + Q_PLAIN] != 0


@inlined
def _interval(table, when):
    """The interval of an instant up to now; the first one for what came before the start."""
    clock, plan = int64s(table, CLOCK), int64s(table, PLAN)
    row = clock[ROW]
    return row if when >= row * fixed(plan, INTERVAL) else max(when, 0) // fixed(plan, INTERVAL)


@inlined
def _count(table, when, q, field, by):
    """Add to a counter of the interval of an instant; what arrived before the start is in no interval."""
    if when >= 0:
        clock, plan = int64s(table, CLOCK), int64s(table, PLAN)
        interval = _interval(table, when) if when < clock[ROW_END] else when // fixed(plan, INTERVAL)
        int64s(table, QUEUE_ROWS)[(interval * fixed(plan, QUEUES) + q) * QUEUE_FIELDS + field] += by


@inlined
def _has_portions(table, q):
    """Whether some of a queue's contacts are counted by themselves too."""
    queue = int64s(table, QUEUE)
    return queue[q * Q + Q_PORTIONS] < queue[(q + 1) * Q + Q_PORTIONS]


@inlined
def _is_in_portion(table, k, line, g):
    plan = int64s(table, PLAN)
    if int64s(table, PORTION_LINES)[k * fixed(plan, LINES) + line]:
        return True
    return g >= 0 and int64s(table, PORTION_GROUPS)[k * fixed(plan, GROUPS) + g] != 0


@compiled
def _count_portions(table, when, line, g, field, by):
    """`_count` of the portions that a contact is in; g: the group whose answering puts it into one, or -1."""
    plan, queue, rows = int64s(table, PLAN), int64s(table, QUEUE), int64s(table, PORTION_ROWS)
    q = int64s(table, LINE)[line * LN + LN_QUEUE]
    if when < 0:
        return
    row = when // fixed(plan, INTERVAL) * fixed(plan, PORTIONS)
    for k in range(queue[q * Q + Q_PORTIONS], queue[(q + 1) * Q + Q_PORTIONS]):
        if _is_in_portion(table, k, line, g):
            rows[(row + k) * QUEUE_FIELDS + field] += by


@compiled
def _count_in_time(table, arrives, wait, line, g, field):
    """Of the portions that a contact is in, each by its own threshold."""
    plan, queue, rows = int64s(table, PLAN), int64s(table, QUEUE), int64s(table, PORTION_ROWS)
    q = int64s(table, LINE)[line * LN + LN_QUEUE]
    row = arrives // fixed(plan, INTERVAL) * fixed(plan, PORTIONS)
    for k in range(queue[q * Q + Q_PORTIONS], queue[(q + 1) * Q + Q_PORTIONS]):
        if wait <= int64s(table, PORTION)[k] and _is_in_portion(table, k, line, g):
            rows[(row + k) * QUEUE_FIELDS + field] += 1


@inlined
def _log(table, q, number, arrives, g, begins, ends):
    clock, plan, log = int64s(table, CLOCK), int64s(table, PLAN), int64s(table, LOG)
    if fixed(plan, LOGGING) == 0:
        return
    at = clock[LOGGED] * LOG_STRIDE
    log[at] = q
    log[at + 1] = number
    log[at + 2] = arrives
    log[at + 3] = g
    log[at + 4] = begins
    log[at + 5] = ends
    clock[LOGGED] += 1


# -- new contacts ----------------------------------------------------------------------------------------------------


@entry
def draw_streams(columns, purposes, owners, key):
    """`Draws.streams`; columns: addresses of the purposes, of the owners' keys and of the streams to be written."""
    key, streams = np.uint64(key), int64s(columns, 2)
    for p in range(purposes):
        of_purpose = _mix(key ^ np.uint64(int64s(columns, 0)[p]))
        for o in range(owners):
            streams[p * owners + o] = np.int64(_mix(of_purpose ^ np.uint64(int64s(columns, 1)[o])))
    return 0


@entry
def draw_uniforms(columns, count, stream):
    """`Draws.uniforms`; columns: addresses of the numbers and of the uniforms to be written."""
    numbers, uniforms = int64s(columns, 0), float64s(columns, 1)
    for k in range(count):
        drawn = _mix(np.uint64(stream) ^ _mix(np.uint64(numbers[k])))
        uniforms[k] = (np.float64(drawn >> np.uint64(11)) + 0.5) * 2.0**-53
    return 0


@entry
def count_arrivals(columns, count):
    """`arrivals.poisson_counts`; columns: addresses of uniforms, means, exp(-mean) and of the counts to be written.

    Probabilities relative to the mode's are added up to both ends, then from the least until they reach the uniform.
    """
    uniforms, means, nothing, counts = (
        float64s(columns, 0), float64s(columns, 1), float64s(columns, 2), int64s(columns, 3),
    )  # fmt: skip
    for k in range(count):
        uniform, mean = uniforms[k], means[k]
        counts[k] = 0
        if uniform <= nothing[k]:
            continue
        lowest = highest = np.int64(mean)
        least = total = most = 1.0
        while lowest > 0 and least > NEGLIGIBLE:
            least *= lowest / mean
            total += least
            lowest -= 1
        while most > NEGLIGIBLE:
            highest += 1
            most *= mean / highest
            total += most
        reached, number = least, lowest
        while reached < uniform * total and number < highest:
            number += 1
            least *= mean / number
            reached += least
        counts[k] = number
    return 0


@entry
def draw_arrivals(cells, columns, first, last, base, place_bits, at):
    """`QueueArrivals.between` from place `at` on: time since `base` above the place, numbers, origins and work.

    cells: the streams of positions, work and automation, addresses of the cells' start, length, minute, interval and
    count; of the mean work by interval and the table of its quantiles; of how much of a draw automation takes and
    fails, 0 without any, and of the contacts it settles. columns: addresses of the keys, numbers, origins and work.
    Gives the place after the last contact.
    """
    stream, working, automated = np.uint64(cells[0]), np.uint64(cells[1]), np.uint64(cells[2])
    starts, lengths, minutes, intervals = int64s(cells, 3), int64s(cells, 4), int64s(cells, 5), int64s(cells, 6)
    counts, means, quantiles = int64s(cells, 7), float64s(cells, 8), float64s(cells, 9)
    takes, failing, settled, columns = int64s(cells, 10), int64s(cells, 11), int64s(cells, 12), pointer(columns)
    keys, numbers, origins, works = int64s(columns, 0), int64s(columns, 1), int64s(columns, 2), int64s(columns, 3)
    for cell in range(first, last):
        start, length, number = starts[cell] - base, np.float64(lengths[cell]), minutes[cell] << NUMBER_BITS
        mean, taken = means[intervals[cell]], np.uint64(takes[cell]) if cells[10] else np.uint64(0)
        begins = at
        for k in range(counts[cell]):
            name, origin = _mix(np.uint64(number + k)), np.int64(0)
            if taken > np.uint64(0):
                drawn = _mix(automated ^ name)
                if drawn < taken:
                    if drawn << np.uint64(HALF) >= np.uint64(failing[cell]):
                        settled[cell] += 1
                        continue
                    origin = BOT_FAILURE
            position = np.float64(_mix(stream ^ name) >> np.uint64(11)) * 2.0**-53
            keys[at] = (start + np.int64(position * length)) << place_bits | at
            numbers[at], origins[at] = number + k, origin
            at += 1
        for place in range(begins, at):  # by itself, as what follows looks up a table, which goes one by one
            works[place] = np.int64(_mix(working ^ _mix(np.uint64(numbers[place]))))
        for place in range(begins, at):
            works[place] = max(np.int64(np.rint(_quantile(quantiles, 0, np.uint64(works[place])) * mean)), 1)
    return at


@entry
def sort_out(columns, ends, count, base, place_bits):
    """Contacts by their sorted keys: arrivals, queues, numbers, origins and work in the order of time.

    columns: addresses of the sorted keys, numbers, origins and work by place, then of arrivals, queues, numbers,
    origins and work to be written. ends: of one past the last place of every queue.
    """
    keys, given, came, lasts = int64s(columns, 0), int64s(columns, 1), int64s(columns, 2), int64s(columns, 3)
    arrives, queues, numbers, origins = int64s(columns, 4), int64s(columns, 5), int64s(columns, 6), int64s(columns, 7)
    works, places_end = int64s(columns, 8), pointer(ends)
    for i in range(count):
        place = keys[i] & ((1 << place_bits) - 1)
        q = 0
        while place >= places_end[q]:
            q += 1
        arrives[i] = base + (keys[i] >> place_bits)
        queues[i], numbers[i], origins[i], works[i] = q, given[place], came[place], lasts[place]
    return 0


# -- what comes back, and when ---------------------------------------------------------------------------------------


@inlined
def _comes_first(visits, one, other):
    """Of two contacts that return together: by queue, then number."""
    queues = visits[one * R + R_QUEUE] - visits[other * R + R_QUEUE]
    return queues < 0 or (queues == 0 and visits[one * R + R_NUMBER] < visits[other * R + R_NUMBER])


@inlined
def _first_child(times, child, size):
    """Of up to four children of a heap by time, from `child` on, the one of the least time."""
    if child + 4 <= size:
        first, second = min(times[child], times[child + 1]), min(times[child + 2], times[child + 3])
        in_first = np.int64(times[child + 1] < times[child])
        in_second = 2 + np.int64(times[child + 3] < times[child + 2])
        return child + (in_second if second < first else in_first)
    least = child
    for other in range(child + 1, size):
        if times[other] < times[least]:
            least = other
    return least


@inlined
def _next_return(table):
    """When the next contact of the interval under way returns."""
    clock, plan = int64s(table, CLOCK), int64s(table, PLAN)
    if clock[TOGETHER] > 0:
        return clock[NOW]
    if clock[RETURNING] == 0:
        return np.int64(NEVER)
    return clock[ROW] * fixed(plan, INTERVAL) + (int64s(table, RETURN_TIMES)[0] >> VISIT_BITS)


@inlined
def _return_today(table, at, visit):
    """A contact returns in the interval under way."""
    clock, plan = int64s(table, CLOCK), int64s(table, PLAN)
    key = (at - clock[ROW] * fixed(plan, INTERVAL)) << VISIT_BITS | visit
    _push(int64s(table, RETURN_TIMES), clock[RETURNING], key)
    clock[RETURNING] += 1
    clock[SOON] = min(clock[SOON], at)


@compiled
def _push_return(table, at, visit):
    """Into the heap of the interval under way, or on the list of another one, the last for what is too late."""
    clock, plan, listed, later = int64s(table, CLOCK), int64s(table, PLAN), int64s(table, LISTED), int64s(table, LATER)
    if at < clock[ROW_END]:
        _return_today(table, at, visit)
        return
    interval = fixed(plan, HORIZON) // fixed(plan, INTERVAL) + 1
    if at < fixed(plan, HORIZON):
        interval = at // fixed(plan, INTERVAL)
    listed[visit * LI + LI_AT] = at
    listed[visit * LI + LI_NEXT] = later[interval]
    later[interval] = visit + 1


@inlined
def _list_returns(table):
    """An interval has begun: those who return in it."""
    listed, visit = int64s(table, LISTED), int64s(table, LATER)[int64s(table, CLOCK)[ROW]] - 1
    while visit >= 0:
        _return_today(table, listed[visit * LI + LI_AT], visit)
        visit = listed[visit * LI + LI_NEXT] - 1


@inlined
def _gather(table, now):
    """Whoever returns now, in a heap by queue and number; at most instants it is one."""
    clock, keys = int64s(table, CLOCK), int64s(table, RETURN_TIMES)
    together, visits = int64s(table, RETURN_AT), int64s(table, RETURNS)
    offset = now - clock[ROW] * fixed(int64s(table, PLAN), INTERVAL)
    while clock[RETURNING] > 0 and keys[0] >> VISIT_BITS == offset:
        visit = keys[0] & ((1 << VISIT_BITS) - 1)
        _pop(keys, clock[RETURNING])
        clock[RETURNING] -= 1
        at = clock[TOGETHER]
        clock[TOGETHER] += 1
        while at > 0 and _comes_first(visits, visit, together[(at - 1) >> 1]):
            together[at] = together[(at - 1) >> 1]
            at = (at - 1) >> 1
        together[at] = visit


@inlined
def _pop_return(table):
    """Of those who return together, the first."""
    clock, together, visits = int64s(table, CLOCK), int64s(table, RETURN_AT), int64s(table, RETURNS)
    top = together[0]
    clock[TOGETHER] -= 1
    size = clock[TOGETHER]
    last = together[size]
    at, child = np.int64(0), np.int64(1)
    while child < size:
        if child + 1 < size and _comes_first(visits, together[child + 1], together[child]):
            child += 1
        if not _comes_first(visits, together[child], last):
            break
        together[at] = together[child]
        at, child = child, 2 * child + 1
    together[at] = last
    return top


@compiled
def _push_timer(table, at, place):
    """Into a four-ary heap by time."""
    clock, times, places = int64s(table, CLOCK), int64s(table, TIMER_TIMES), int64s(table, TIMER_AT)
    clock[SOON] = min(clock[SOON], at)
    k = clock[TIMERS]
    clock[TIMERS] += 1
    while k > 0 and times[(k - 1) >> 2] > at:
        parent = (k - 1) >> 2
        times[k], places[k] = times[parent], places[parent]
        k = parent
    times[k], places[k] = at, place


@compiled
def _pop_timer(table):
    """The place in line whose patience ends first."""
    clock, times, places = int64s(table, CLOCK), int64s(table, TIMER_TIMES), int64s(table, TIMER_AT)
    top = places[0]
    clock[TIMERS] -= 1
    size = clock[TIMERS]
    at, place = times[size], places[size]
    k, child = np.int64(0), np.int64(1)
    while child < size:
        child = _first_child(times, child, size)
        if at <= times[child]:
            break
        times[k], places[k] = times[child], places[child]
        k, child = child, 4 * child + 1
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
    queue = int64s(table, QUEUE)
    closes = int64s(table, CLOSES)
    end = queue[(q + 1) * Q + Q_OPENS]
    k = _last_not_after(closes, queue[q * Q + Q_OPENS], end, at) + 1
    return max(at, int64s(table, OPENS)[k]) if k < end else np.int64(NEVER)


@inlined
def _due_by(table, q, arrives):
    """`QueueRules.due_by`."""
    queue = int64s(table, QUEUE)
    first, end = queue[q * Q + Q_DUE], queue[(q + 1) * Q + Q_DUE]
    if first == end:
        return arrives
    times = int64s(table, DUE_TIMES)
    k = max(_last_not_after(times, first, end, arrives), first)
    return int64s(table, DUE_VALUES)[k] + int64s(table, DUE_SLOPES)[k] * (arrives - times[k])


@inlined
def _counts_due(table, q, due):
    """Whether work due then is counted as due."""
    queue = int64s(table, QUEUE)
    promised = queue[q * Q + Q_DUE] != queue[(q + 1) * Q + Q_DUE]
    return promised and due >= 0 and due < fixed(int64s(table, PLAN), HORIZON)


@inlined
def _patience(table, q, number, at):
    """When a contact that comes at an instant gives up."""
    kind = int64s(table, QUEUE)[q * Q + Q_PATIENCE]
    if kind < 0:
        return np.int64(NEVER)
    drawn = _unit(table, kind, _bits(table, D_PATIENCE, q, number)) * float64s(table, CHANCE)[q * P + P_PATIENCE]
    return at + max(np.int64(np.rint(drawn)), 0)


@compiled
def _come(table, at, q, number, origin, work):
    """A contact comes (again) at an instant or at the next opening; with `work` 0 its own is drawn."""
    clock, plan = int64s(table, CLOCK), int64s(table, PLAN)
    at = _opening(table, q, at)
    if at >= fixed(plan, HORIZON):
        return
    clock[FREE_RETURNS] -= 1
    visit = int64s(table, RETURN_FREE)[clock[FREE_RETURNS]]
    visits = int64s(table, RETURNS)
    visits[visit * R + R_QUEUE] = q
    visits[visit * R + R_NUMBER] = number
    visits[visit * R + R_ORIGIN] = origin
    visits[visit * R + R_WORK] = work
    _push_return(table, at, visit)


@compiled
def _call_again(table, slot, now):
    """A record that an attempt has not reached waits for the next; beyond the horizon it is not made."""
    clock, queue, slots, visits = (
        int64s(table, CLOCK),
        int64s(table, QUEUE),
        int64s(table, SLOT),
        int64s(table, RETURNS),
    )
    line = slots[slot * S + S_LINE]
    q = int64s(table, LINE)[line * LN + LN_QUEUE]
    clock[FREE_RETURNS] -= 1
    visit = int64s(table, RETURN_FREE)[clock[FREE_RETURNS]]
    visits[visit * R + R_QUEUE] = q
    visits[visit * R + R_NUMBER] = slots[slot * S + S_NUMBER]
    visits[visit * R + R_ORIGIN] = -(slots[slot * S + S_STATE] >> STATE_BITS)
    visits[visit * R + R_WORK] = slots[slot * S + S_WORK]
    visits[visit * R + R_ARRIVES] = slots[slot * S + S_ARRIVES]
    visits[visit * R + R_LINE] = line
    visits[visit * R + R_DUE] = slots[slot * S + S_SINCE]
    _push_return(table, _opening(table, q, now + queue[q * Q + Q_RETRY]), visit)


@inlined
def _work(table, q, number, interval):
    """The work of a contact that arrives in an interval: its own draw."""
    mean = float64s(table, MEAN_WORK)[interval * fixed(int64s(table, PLAN), QUEUES) + q]
    drawn = _unit(table, int64s(table, QUEUE)[q * Q + Q_WORK], _bits(table, D_WORK, q, number)) * mean
    return max(np.int64(np.rint(drawn)), 1)


@inlined
def _delay(table, purpose, q, number, mean):
    return max(np.int64(np.rint(_unit(table, 0, _bits(table, purpose, q, number)) * mean)), 1)


@compiled
def _retry(table, q, number, arrives, work, now):
    """Abandoned or blocked, some try again: the same work, patience of its own."""
    chance = float64s(table, CHANCE)
    if _uniform(table, D_RETRIAL, q, number) < chance[q * P + P_RETRIAL]:
        delay = _delay(table, D_RETRIAL_DELAY, q, number, chance[q * P + P_RETRIAL_MEAN])
        if work == 0:
            work = _work(table, q, number, _interval(table, arrives))
        _come(table, now + delay, q, _child(number, RETRIAL), RETRIAL, work)


@compiled
def _follow_up(table, slot, now):
    """A handled contact goes on to another queue, is done again, or comes back unresolved; or is done with."""
    plan, queue, chance, slots = (
        int64s(table, PLAN), int64s(table, QUEUE), float64s(table, CHANCE), int64s(table, SLOT),
    )  # fmt: skip
    g, number = slots[slot * S + S_GROUP], slots[slot * S + S_NUMBER]
    q = int64s(table, LINE)[slots[slot * S + S_LINE] * LN + LN_QUEUE]
    first, end = queue[q * Q + Q_TRANSFERS], queue[(q + 1) * Q + Q_TRANSFERS]
    if first < end:
        luck = _uniform(table, D_TRANSFER, q, number)
        for k in range(first, end):
            if luck < float64s(table, TRANSFER_SHARE)[k]:
                _come(table, now, int64s(table, TRANSFER_TO)[k], _child(number, TRANSFER), TRANSFER, 0)
                return
    rework = chance[q * P + P_REWORK]
    if rework > 0 and _uniform(table, D_REWORK, q, number) < rework:
        if _has_portions(table, q):  # whose the defect is, whoever does it again
            _count_portions(table, now, slots[slot * S + S_LINE], g, OFFERED_ORIGIN + REWORK, 1)
        _come(table, now, q, _child(number, REWORK), REWORK, 0)
        return
    repeat = chance[q * P + P_REPEAT]
    resolution = float64s(table, RESOLUTION)[g * fixed(plan, QUEUES) + q]
    if repeat <= 0 or _uniform(table, D_RESOLUTION, q, number) < resolution:
        return
    if _uniform(table, D_REPEAT, q, number) < repeat:
        delay = _delay(table, D_REPEAT_DELAY, q, number, chance[q * P + P_REPEAT_MEAN])
        if delay <= queue[q * Q + Q_WINDOW] and slots[slot * S + S_STATE] & CALLS_BACK == 0:
            _count(table, slots[slot * S + S_ARRIVES], q, REPEATED, 1)
            if _has_portions(table, q):
                _count_portions(table, slots[slot * S + S_ARRIVES], slots[slot * S + S_LINE], g, REPEATED, 1)
        _come(table, now + delay, q, _child(number, REPEAT), REPEAT, 0)


# -- waiting and giving up -------------------------------------------------------------------------------------------


@inlined
def _book_abandoned(table, line, number, arrives, when):
    """Book a contact that gave up at `when`."""
    plan, queue, rows = int64s(table, PLAN), int64s(table, QUEUE), int64s(table, QUEUE_ROWS)
    q, wait = int64s(table, LINE)[line * LN + LN_QUEUE], when - arrives
    rows[(_interval(table, when) * fixed(plan, QUEUES) + q) * QUEUE_FIELDS + ABANDONED] += 1
    row = (_interval(table, arrives) * fixed(plan, QUEUES) + q) * QUEUE_FIELDS
    rows[row + ARRIVED_ABANDONED] += 1
    rows[row + ABANDONED_WAIT] += wait
    if wait <= queue[q * Q + Q_THRESHOLD]:
        rows[row + ABANDONED_IN_TIME] += 1
    if wait <= queue[q * Q + Q_SHORT]:
        rows[row + ABANDONED_SHORT] += 1
    if not _is_plain(table, q) and _has_portions(table, q):
        _count_portions(table, arrives, line, np.int64(-1), ARRIVED_ABANDONED, 1)
        _count_in_time(table, arrives, wait, line, np.int64(-1), ABANDONED_IN_TIME)
        if wait <= queue[q * Q + Q_SHORT]:
            _count_portions(table, arrives, line, np.int64(-1), ABANDONED_SHORT, 1)
    _log(table, q, number, arrives, -1, -1, when)


@inlined
def _leave_line(table, line, at):
    """The contact at `waiting[at]` no longer waits; its place is passed over when the head comes there."""
    lines, queue, waiting = int64s(table, LINE), int64s(table, QUEUE), int64s(table, WAITING)
    lines[line * LN + LN_COUNT] -= 1
    q = lines[line * LN + LN_QUEUE]
    if not _is_plain(table, q):
        queue[q * Q + Q_WAITING] -= 1
        queue[q * Q + Q_ARRIVALS] -= waiting[at + W_ARRIVES]
    waiting[at + W_GIVES_UP] = GONE
    if _is_rare(table) and queue[q * Q + Q_TIMED] == WHO_TRIES_AGAIN:
        int64s(table, CLOCK)[HOPEFUL] -= 1


@inlined
def _hope(table, line, place, q, at):
    """The contact at `waiting[at]` may come again if nobody answers; giving up is an event only if it is `QUICK`."""
    clock, waiting = int64s(table, CLOCK), int64s(table, WAITING)
    if clock[SETTLES] == NEVER:
        looks = clock[NOW] + fixed(int64s(table, PLAN), LOOKS)
        clock[SETTLES], clock[SOON] = looks, min(clock[SOON], looks)
    clock[HOPEFUL] += 1
    delay, gives_up = _bits(table, D_RETRIAL_DELAY, q, waiting[at + W_NUMBER]), waiting[at + W_GIVES_UP]
    if delay >> np.uint64(64 - QUICK) == np.uint64(0) and gives_up < NEVER:
        _push_timer(table, gives_up, place * fixed(int64s(table, PLAN), LINES) + line)


@compiled
def _lose(table, line, at):
    """The contact at `waiting[at]` has given up, and may come again."""
    waiting = int64s(table, WAITING)
    q, number, arrives = int64s(table, LINE)[line * LN + LN_QUEUE], waiting[at + W_NUMBER], waiting[at + W_ARRIVES]
    gives_up = waiting[at + W_GIVES_UP]
    _book_abandoned(table, line, number, arrives, gives_up)
    _leave_line(table, line, at)
    if _is_rare(table):
        _retry(table, q, number, arrives, waiting[at + W_WORK], gives_up)


@compiled
def _settle_hopeful(table, now):
    """Who gave up before now does, before one of them could be back."""
    clock, lines, waiting, queue = (
        int64s(table, CLOCK),
        int64s(table, LINE),
        int64s(table, WAITING),
        int64s(table, QUEUE),
    )
    for line in range(fixed(int64s(table, PLAN), LINES)):
        if queue[lines[line * LN + LN_QUEUE] * Q + Q_TIMED] != WHO_TRIES_AGAIN:
            continue
        for place in range(lines[line * LN + LN_HEAD], lines[line * LN + LN_TAIL]):
            at = (lines[line * LN + LN_OFFSET] + (place & lines[line * LN + LN_MASK])) * W
            if waiting[at + W_GIVES_UP] < now and waiting[at + W_GIVES_UP] != GONE:
                _lose(table, line, at)
    clock[SETTLES] = np.int64(NEVER) if clock[HOPEFUL] == 0 else now + fixed(int64s(table, PLAN), LOOKS)


@inlined
def _head(table, line, now):
    """Where the longest waiting contact of a line stands, or -1; drops those who gave up before now."""
    clock, lines, waiting = int64s(table, CLOCK), int64s(table, LINE), int64s(table, WAITING)
    head, tail = lines[line * LN + LN_HEAD], lines[line * LN + LN_TAIL]
    offset, mask = lines[line * LN + LN_OFFSET], lines[line * LN + LN_MASK]
    while head < tail:
        at = (offset + (head & mask)) * W
        gives_up = waiting[at + W_GIVES_UP]
        if gives_up >= now:
            lines[line * LN + LN_HEAD] = head
            return at
        if gives_up != GONE:
            _lose(table, line, at)
        head += 1
    lines[line * LN + LN_HEAD] = head
    if fixed(int64s(table, PLAN), LINES) <= 64:
        clock[LINES_BUSY] &= ~(np.int64(1) << line)
    return -1


@inlined
def _heed(table, line, place, q, at):
    """Of a contact that has joined a line and may give up: what hangs on that."""
    waiting, timed = int64s(table, WAITING), int64s(table, QUEUE)[q * Q + Q_TIMED]
    if timed == EVERYBODY and waiting[at + W_GIVES_UP] < NEVER:
        _push_timer(table, waiting[at + W_GIVES_UP], place * fixed(int64s(table, PLAN), LINES) + line)
    elif timed == WHO_TRIES_AGAIN:
        _hope(table, line, place, q, at)


@inlined
def _join_line(table, line, number, arrives, gives_up, work, due, calls_back):
    clock, lines, waiting = int64s(table, CLOCK), int64s(table, LINE), int64s(table, WAITING)
    q = lines[line * LN + LN_QUEUE]
    if gives_up == UNDRAWN:
        gives_up = _patience(table, q, number, arrives)
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
    clock[LINES_BUSY] |= np.int64(1) << (line & 63)
    queue = int64s(table, QUEUE)
    if not _is_plain(table, q):
        queue[q * Q + Q_WAITING] += 1
        queue[q * Q + Q_ARRIVALS] += arrives
    if _is_rare(table):
        _heed(table, line, tail, q, at)


@compiled
def _give_up(table, now):
    """A contact's patience ends, if it still waits."""
    lines, waiting, plan = int64s(table, LINE), int64s(table, WAITING), int64s(table, PLAN)
    place = _pop_timer(table)
    line, place = place % fixed(plan, LINES), place // fixed(plan, LINES)
    if place < lines[line * LN + LN_HEAD]:
        return
    at = (lines[line * LN + LN_OFFSET] + (place & lines[line * LN + LN_MASK])) * W
    if waiting[at + W_GIVES_UP] != now:  # gone, or another contact put at the head of the line
        return
    q, number, arrives = lines[line * LN + LN_QUEUE], waiting[at + W_NUMBER], waiting[at + W_ARRIVES]
    _leave_line(table, line, at)
    _book_abandoned(table, line, number, arrives, now)
    _retry(table, q, number, arrives, waiting[at + W_WORK], now)


# -- agents ----------------------------------------------------------------------------------------------------------


@inlined
def _begin(table, line, since, number, arrives, work, state, slowed, busy, g, now):
    """An agent of group g, already taken off the free ones, begins a contact; `busy` 1 if it is the only one in hand.

    state: of the slot, the bits of a call-back, an agent with chats or a record; slowed: factor on the handling time.
    """
    clock, plan, group = int64s(table, CLOCK), int64s(table, PLAN), int64s(table, GROUP)
    queue, rows, speed = int64s(table, QUEUE), int64s(table, QUEUE_ROWS), float64s(table, SPEED)
    q, interval = int64s(table, LINE)[line * LN + LN_QUEUE], clock[ROW]
    arrived_in = _interval(table, arrives)
    if work == 0:
        work = _work(table, q, number, arrived_in)
    pace, handling = speed[g * fixed(plan, QUEUES) + q], work
    if pace != 1.0 or slowed != 1.0:
        handling = max(np.int64(np.rint(work * pace * slowed)), 1)
    clock[FREE_SLOTS] -= 1
    slot, slots = int64s(table, FREE)[clock[FREE_SLOTS]], int64s(table, SLOT)
    at = slot * S
    slots[at + S_GROUP] = g
    slots[at + S_LINE] = line
    slots[at + S_NUMBER] = number
    slots[at + S_BEGINS] = now
    slots[at + S_ARRIVES] = arrives
    slots[at + S_SINCE] = since
    slots[at + S_WORK] = work
    slots[at + S_STATE] = state
    _push(int64s(table, HEAP), clock[BUSY], min(now + handling, LAST_TIME) << SLOT_BITS | slot)
    clock[BUSY] += 1
    group[g * G + G_BUSY] += busy
    queue[q * Q + Q_IN_SERVICE] += 1
    group_row = (interval * fixed(plan, GROUPS) + g) * GROUP_FIELDS
    int64s(table, GROUP_ROWS)[group_row + G_ROW_BUSY] += busy * (clock[ROW_END] - now)
    wait = now - arrives
    row = (interval * fixed(plan, QUEUES) + q) * QUEUE_FIELDS
    if state & CALLS_BACK:
        rows[row + CALLBACKS_SERVED] += 1
        rows[row + CALLBACK_DELAY] += wait
        return
    rows[row + ANSWERED] += 1
    if arrives < 0:
        return
    row = (arrived_in * fixed(plan, QUEUES) + q) * QUEUE_FIELDS
    rows[row + ARRIVED_ANSWERED] += 1
    rows[row + ANSWERED_WAIT] += wait
    if wait <= queue[q * Q + Q_THRESHOLD]:
        rows[row + ANSWERED_IN_TIME] += 1
    if not _is_plain(table, q) and _has_portions(table, q):
        _count_portions(table, arrives, line, g, ARRIVED_ANSWERED, 1)
        _count_portions(table, arrives, line, g, ANSWERED_WAIT, wait)
        _count_in_time(table, arrives, wait, line, g, ANSWERED_IN_TIME)
    day = int64s(table, DAY)[arrived_in]
    int32s(table, WAITS)[(day * fixed(plan, QUEUES) + q) * WAIT_BINS + _wait_bin(wait)] += 1


@inlined
def _take(table, line, at, g, now):
    """The agent taken off the free ones of group g takes the contact at the head of a line, if it can be reached."""
    lines, waiting = int64s(table, LINE), int64s(table, WAITING)
    q, number = lines[line * LN + LN_QUEUE], waiting[at + W_NUMBER]
    arrives, calls_back = waiting[at + W_ARRIVES], waiting[at + W_CALLS_BACK] if _is_rare(table) else np.int64(0)
    lines[line * LN + LN_HEAD] += 1
    _leave_line(table, line, at)
    if calls_back and _uniform(table, D_CALLBACK_SUCCESS, q, number) >= float64s(table, CHANCE)[q * P + P_SUCCESS]:
        _count(table, now, q, CALLBACKS_FAILED, 1)
        _log(table, q, number, arrives, -1, -1, now)
        return False
    since, work = waiting[at + W_SINCE], waiting[at + W_WORK]
    _begin(table, line, since, number, arrives, work, calls_back * CALLS_BACK, 1.0, 1, g, now)
    return True


@inlined
def _is_shut(table, q, now):
    """Whether a queue whose records are called is closed."""
    return int64s(table, QUEUE)[q * Q + Q_KIND] == CALLED and _opening(table, q, now) != now


@inlined
def _next_for(table, g, in_hand, now):
    """The line whose head an agent of group g takes next, or -1.

    in_hand: contacts that the agent has already, in groups that serve chats or call records; -1 in others.
    """
    plan, group, queue, lines = int64s(table, PLAN), int64s(table, GROUP), int64s(table, QUEUE), int64s(table, LINE)
    serve, after, waiting = int64s(table, SERVE), int64s(table, AFTER), int64s(table, WAITING)
    best, first, priority = np.int64(-1), np.int64(NEVER), np.int64(-1)
    if int64s(table, CLOCK)[LINES_BUSY] & group[g * G + G_LINES] == 0:
        return best
    entry = group[g * G + G_SERVES]
    while serve[entry + V_LINE] >= 0:
        if best >= 0 and serve[entry + V_PRIORITY] != priority:
            break
        priority = serve[entry + V_PRIORITY]
        line = serve[entry + V_LINE]
        if lines[line * LN + LN_HEAD] < lines[line * LN + LN_TAIL]:
            at = _head(table, line, now)
            if at >= 0:
                q = lines[line * LN + LN_QUEUE]
                turn = waiting[at + W_SINCE] if queue[q * Q + Q_IMMEDIATE] else waiting[at + W_DUE]
                if (
                    waiting[at + W_SINCE] + after[g * fixed(plan, LINES) + line] <= now
                    and turn < first
                    and (in_hand < 0 or (in_hand < queue[q * Q + Q_SLOTS] and not _is_shut(table, q, now)))
                ):
                    best, first = line, turn
        entry += V
    return best


@inlined
def _take_free(table, g, count):
    """So many of the longest free agents of a group are free no more."""
    clock, group = int64s(table, CLOCK), int64s(table, GROUP)
    group[g * G + G_HEAD] += count
    if group[g * G + G_HEAD] == group[g * G + G_TAIL] and fixed(int64s(table, PLAN), GROUPS) <= 64:
        clock[GROUPS_FREE] &= ~(np.int64(1) << g)


@inlined
def _free_group(table, line, waited):
    """Among the groups with a free agent that are eligible after so long a wait: by step, then by choice; or -1."""
    group, lines = int64s(table, GROUP), int64s(table, LINE)
    choice, idle = int64s(table, CHOICE), int64s(table, IDLE)
    entry = lines[line * LN + LN_CHOICES]
    least_occupied = lines[line * LN + LN_LEAST]
    chosen, tier, since, occupancy = np.int64(-1), np.int64(-1), np.int64(0), 0.0
    clock = int64s(table, CLOCK)
    if clock[GROUPS_FREE] & lines[line * LN + LN_GROUPS] == 0:
        return chosen
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
        _take_free(table, chosen, 1)
    return chosen


@inlined
def _join_free(table, g, now):
    """An agent of group g has nothing to do."""
    group, idle = int64s(table, GROUP), int64s(table, IDLE)
    tail = group[g * G + G_TAIL]
    idle[group[g * G + G_OFFSET] + (tail & group[g * G + G_MASK])] = now
    group[g * G + G_TAIL] = tail + 1
    int64s(table, CLOCK)[GROUPS_FREE] |= np.int64(1) << (g & 63)


# -- agents with chats, and calls to records --------------------------------------------------------------------------


@compiled
def _stand_ready(table, agent, now):
    """An agent with chats in hand may take more, after those who have had so many for longer."""
    chatters, levels = int64s(table, CHATTER), int64s(table, LEVEL)
    at, most = agent * CH, fixed(int64s(table, PLAN), MOST_SLOTS)
    chatters[at + CH_SINCE] = now
    if chatters[at + CH_COUNT] >= most:
        return
    level = (chatters[at + CH_GROUP] * most + chatters[at + CH_COUNT]) * 2
    last = levels[level + 1]
    chatters[at + CH_READY], chatters[at + CH_BEFORE], chatters[at + CH_NEXT] = 1, last, -1
    if last >= 0:
        chatters[last * CH + CH_NEXT] = agent
    else:
        levels[level] = agent
    levels[level + 1] = agent


@compiled
def _ask(table, agent):
    """An agent with chats in hand is no longer ready."""
    chatters, levels = int64s(table, CHATTER), int64s(table, LEVEL)
    at = agent * CH
    if not chatters[at + CH_READY]:
        return
    level = (chatters[at + CH_GROUP] * fixed(int64s(table, PLAN), MOST_SLOTS) + chatters[at + CH_COUNT]) * 2
    before, after = chatters[at + CH_BEFORE], chatters[at + CH_NEXT]
    if before >= 0:
        chatters[before * CH + CH_NEXT] = after
    else:
        levels[level] = after
    if after >= 0:
        chatters[after * CH + CH_BEFORE] = before
    else:
        levels[level + 1] = before
    chatters[at + CH_READY] = 0


@inlined
def _forget(table, agent):
    """An agent has no chat any more."""
    clock = int64s(table, CLOCK)
    int64s(table, CHATTER_FREE)[clock[FREE_CHATTERS]] = agent
    clock[FREE_CHATTERS] += 1


@compiled
def _ready_for(table, line, waited, now):
    """The group and the agent, -1 for one without chats, who are asked first, no longer ready; or (-1, -1)."""
    group, lines, queue, plan = int64s(table, GROUP), int64s(table, LINE), int64s(table, QUEUE), int64s(table, PLAN)
    choice, idle, chatters, levels = (
        int64s(table, CHOICE), int64s(table, IDLE), int64s(table, CHATTER), int64s(table, LEVEL),
    )  # fmt: skip
    q = lines[line * LN + LN_QUEUE]
    if queue[q * Q + Q_KIND] != CHATS:
        shut = _is_shut(table, q, now)
        return np.int64(-1) if shut else _free_group(table, line, waited), np.int64(-1)
    entry = lines[line * LN + LN_CHOICES]
    chosen, agent, tier, in_hand, best = np.int64(-1), np.int64(-1), np.int64(-1), np.int64(0), 0.0
    while choice[entry + C_GROUP] >= 0 and (chosen < 0 or choice[entry + C_TIER] == tier):
        g = choice[entry + C_GROUP]
        head, one, has = group[g * G + G_HEAD], np.int64(-1), np.int64(0)
        if choice[entry + C_AFTER] > waited:
            has = queue[q * Q + Q_SLOTS]
        elif head == group[g * G + G_TAIL]:
            has = 1
            while has < queue[q * Q + Q_SLOTS] and levels[(g * fixed(plan, MOST_SLOTS) + has) * 2] < 0:
                has += 1
        if has < queue[q * Q + Q_SLOTS]:
            since = idle[group[g * G + G_OFFSET] + (head & group[g * G + G_MASK])]
            if has > 0:
                one = levels[(g * fixed(plan, MOST_SLOTS) + has) * 2]
                since = chatters[one * CH + CH_SINCE]
            by = np.float64(since)
            if lines[line * LN + LN_LEAST]:
                by = group[g * G + G_BUSY] / group[g * G + G_FLOOR]
            if chosen < 0 or has < in_hand or (has == in_hand and by < best):
                chosen, agent, tier, in_hand, best = g, one, choice[entry + C_TIER], has, by
        entry += C
    if agent >= 0:
        _ask(table, agent)
    elif chosen >= 0:
        _take_free(table, chosen, 1)
    return chosen, agent


@inlined
def _be_busy(table, g, now, by):
    """So many agents of a group more, or fewer, are busy from now on."""
    clock = int64s(table, CLOCK)
    int64s(table, GROUP)[g * G + G_BUSY] += by
    row = (clock[ROW] * fixed(int64s(table, PLAN), GROUPS) + g) * GROUP_FIELDS
    int64s(table, GROUP_ROWS)[row + G_ROW_BUSY] += by * (clock[ROW_END] - now)


@compiled
def _begin_chat(table, line, since, number, arrives, work, calls_back, g, agent, now):
    """An agent of group g, with chats in hand unless it is -1, begins another; says which agent that now is."""
    clock, chatters = int64s(table, CLOCK), int64s(table, CHATTER)
    q = int64s(table, LINE)[line * LN + LN_QUEUE]
    if agent < 0:
        clock[FREE_CHATTERS] -= 1
        agent = int64s(table, CHATTER_FREE)[clock[FREE_CHATTERS]]
        for field in range(CH):
            chatters[agent * CH + field] = 0
        chatters[agent * CH + CH_GROUP] = g
    others = chatters[agent * CH + CH_COUNT]
    chatters[agent * CH + CH_COUNT] += 1
    slowed = 1.0 + float64s(table, CHANCE)[q * P + P_SLOWDOWN] * np.float64(others)
    state = calls_back * CALLS_BACK | (agent + 1) << STATE_BITS
    _begin(table, line, since, number, arrives, work, state, slowed, np.int64(others == 0), g, now)
    return agent


@inlined
def _await(table, q, arrives, by):
    """So many records more, or fewer, wait outside of any line."""
    queue = int64s(table, QUEUE)
    queue[q * Q + Q_WAITING] += by
    queue[q * Q + Q_ARRIVALS] += by * arrives


@compiled
def _call(table, line, number, arrives, work, due, attempts, g, now):
    """An agent of group g begins an attempt to reach a record."""
    clock, slots = int64s(table, CLOCK), int64s(table, SLOT)
    q = int64s(table, LINE)[line * LN + LN_QUEUE]
    speed = float64s(table, SPEED)[g * fixed(int64s(table, PLAN), QUEUES) + q]
    lasts = max(np.int64(np.rint(int64s(table, QUEUE)[q * Q + Q_LASTS] * speed)), 1)
    clock[FREE_SLOTS] -= 1
    slot = int64s(table, FREE)[clock[FREE_SLOTS]]
    at = slot * S
    slots[at + S_GROUP] = g
    slots[at + S_LINE] = line
    slots[at + S_NUMBER] = number
    slots[at + S_BEGINS] = now
    slots[at + S_ARRIVES] = arrives
    slots[at + S_SINCE] = due
    slots[at + S_WORK] = work
    slots[at + S_STATE] = CALLING | (attempts + 1) << STATE_BITS
    _push(int64s(table, HEAP), clock[BUSY], min(now + lasts, LAST_TIME) << SLOT_BITS | slot)
    clock[BUSY] += 1
    _be_busy(table, g, now, 1)
    _await(table, q, arrives, 1)


@compiled
def _give(table, line, since, number, arrives, work, due, calls_back, g, agent, now):
    """An agent who is not ready begins a contact, or an attempt to reach one; says who has chats in hand by it."""
    kind = int64s(table, QUEUE)[int64s(table, LINE)[line * LN + LN_QUEUE] * Q + Q_KIND]
    if kind == CHATS:
        return _begin_chat(table, line, since, number, arrives, work, calls_back, g, agent, now)
    if kind == CALLED:
        _call(table, line, number, arrives, work, due, calls_back, g, now)
    else:
        _begin(table, line, since, number, arrives, work, calls_back * CALLS_BACK, 1.0, 1, g, now)
    return np.int64(-1)


@entry
def find_agent(table, line, since, number, arrives, work, due, attempts, now):
    """Gives a contact that does not wait in line to a ready agent, if there is one."""
    g, agent = _ready_for(table, line, now - since, now)
    if g < 0:
        return 0
    agent = _give(table, line, since, number, arrives, work, due, attempts, g, agent, now)
    if agent >= 0:
        _stand_ready(table, agent, now)
    return 1


@compiled
def _take_head(table, line, g, agent, now):
    """The agent takes the contact at the head of a line: (whether it was reached, who has chats in hand then)."""
    lines, waiting = int64s(table, LINE), int64s(table, WAITING)
    at = (lines[line * LN + LN_OFFSET] + (lines[line * LN + LN_HEAD] & lines[line * LN + LN_MASK])) * W
    q, number = lines[line * LN + LN_QUEUE], waiting[at + W_NUMBER]
    arrives, calls_back = waiting[at + W_ARRIVES], waiting[at + W_CALLS_BACK]
    lines[line * LN + LN_HEAD] += 1
    _leave_line(table, line, at)
    if (
        calls_back
        and int64s(table, QUEUE)[q * Q + Q_KIND] != CALLED
        and _uniform(table, D_CALLBACK_SUCCESS, q, number) >= float64s(table, CHANCE)[q * P + P_SUCCESS]
    ):
        _count(table, now, q, CALLBACKS_FAILED, 1)
        _log(table, q, number, arrives, -1, -1, now)
        return False, agent
    since, work, due = waiting[at + W_SINCE], waiting[at + W_WORK], waiting[at + W_DUE]
    return True, _give(table, line, since, number, arrives, work, due, calls_back, g, agent, now)


@entry
def seek(table, g, agent, line, now):
    """An agent of group g, with chats in hand unless it is -1, takes waiting work as long as some fits.

    line: where the first of it is, -1 where that is to be found.
    """
    queue, lines, chatters = int64s(table, QUEUE), int64s(table, LINE), int64s(table, CHATTER)
    if line < 0:
        line = _next_for(table, g, chatters[agent * CH + CH_COUNT] if agent >= 0 else np.int64(0), now)
    while line >= 0:
        reached, agent = _take_head(table, line, g, agent, now)
        if reached and queue[lines[line * LN + LN_QUEUE] * Q + Q_KIND] != CHATS:
            return 0
        line = _next_for(table, g, chatters[agent * CH + CH_COUNT] if agent >= 0 else np.int64(0), now)
    if agent >= 0:
        _stand_ready(table, agent, now)
    else:
        _join_free(table, g, now)
    return 0


@entry
def send_agents(table, line, now):
    """Groups have become eligible, or records may be called: those who wait longest take their ready agents."""
    while True:
        at = _head(table, line, now)
        if at < 0:
            return 0
        g, agent = _ready_for(table, line, now - int64s(table, WAITING)[at + W_SINCE], now)
        if g < 0:
            return 0
        reached, agent = _take_head(table, line, g, agent, now)
        if not reached:
            _invoke(table[SEEK], table, (g, agent, np.int64(-1), now))
        elif agent >= 0:
            _stand_ready(table, agent, now)


@inlined
def _be_free(table, g, now):
    """An agent of group g, on the floor, takes waiting work or joins the free ones."""
    lines, queue = int64s(table, LINE), int64s(table, QUEUE)
    in_hand = np.int64(0) if _is_rare(table) and int64s(table, GROUP)[g * G + G_RARE] else np.int64(-1)
    while True:
        line = _next_for(table, g, in_hand, now)
        if line < 0:
            _join_free(table, g, now)
            return
        if in_hand == 0 and queue[lines[line * LN + LN_QUEUE] * Q + Q_KIND] != ALONE:
            _invoke(table[SEEK], table, (g, np.int64(-1), line, now))
            return
        at = (lines[line * LN + LN_OFFSET] + (lines[line * LN + LN_HEAD] & lines[line * LN + LN_MASK])) * W
        if _take(table, line, at, g, now):
            return


# -- events ----------------------------------------------------------------------------------------------------------


@inlined
def _end_service(table, slot, due, busy, now):
    """Book a service that ends now, and what follows from it; `busy` 1 if its agent has no other contact in hand."""
    clock, plan, group, queue = int64s(table, CLOCK), int64s(table, PLAN), int64s(table, GROUP), int64s(table, QUEUE)
    slots, rows, group_rows = int64s(table, SLOT), int64s(table, QUEUE_ROWS), int64s(table, GROUP_ROWS)
    at = slot * S
    g, begins = slots[at + S_GROUP], slots[at + S_BEGINS]
    q = int64s(table, LINE)[slots[at + S_LINE] * LN + LN_QUEUE]
    interval = clock[ROW]
    group[g * G + G_BUSY] -= busy
    queue[q * Q + Q_IN_SERVICE] -= 1
    row = (interval * fixed(plan, QUEUES) + q) * QUEUE_FIELDS
    rows[row + HANDLED] += 1
    rows[row + HANDLE_TIME] += now - begins
    group_row = (interval * fixed(plan, GROUPS) + g) * GROUP_FIELDS
    group_rows[group_row + G_ROW_BUSY] -= busy * (clock[ROW_END] - now)
    group_rows[group_row + G_ROW_HANDLED] += 1
    if not _is_plain(table, q) and _has_portions(table, q):
        _count_portions(table, now, slots[at + S_LINE], g, HANDLED, 1)
    if not _is_plain(table, q) and now <= due and _counts_due(table, q, due):
        _count(table, due, q, DUE_MET, 1)
        if _has_portions(table, q):
            _count_portions(table, due, slots[at + S_LINE], np.int64(-1), DUE_MET, 1)
    _log(table, q, slots[at + S_NUMBER], slots[at + S_ARRIVES], g, begins, now)
    if _is_rare(table) and queue[q * Q + Q_FOLLOWS]:
        _follow_up(table, slot, now)
    int64s(table, FREE)[clock[FREE_SLOTS]] = slot
    clock[FREE_SLOTS] += 1


@inlined
def _go(table, g, now):
    """An agent of group g, with nothing in hand, leaves the floor."""
    clock, group = int64s(table, CLOCK), int64s(table, GROUP)
    group[g * G + G_LEAVING] -= 1
    group[g * G + G_FLOOR] -= 1
    row = (clock[ROW] * fixed(int64s(table, PLAN), GROUPS) + g) * GROUP_FIELDS
    int64s(table, GROUP_ROWS)[row + G_ROW_FLOOR] -= clock[ROW_END] - now


@inlined
def _leaves(table, slot):
    """Whether the agent of a slot leaves the floor after it, with nothing else in hand."""
    group, slots = int64s(table, GROUP), int64s(table, SLOT)
    at = slots[slot * S + S_GROUP] * G
    if group[at + G_OWN]:
        return slots[slot * S + S_STATE] & LEAVES != 0
    return group[at + G_LEAVING] > group[at + G_CHOSEN]


@compiled
def _miss(table, slot, now):
    """An attempt to reach a record has ended in vain: it will be called again, or is given up."""
    queue, slots = int64s(table, QUEUE), int64s(table, SLOT)
    number, arrives = slots[slot * S + S_NUMBER], slots[slot * S + S_ARRIVES]
    line = slots[slot * S + S_LINE]
    q = int64s(table, LINE)[line * LN + LN_QUEUE]
    _count(table, now, q, ATTEMPTS, 1)
    if slots[slot * S + S_STATE] >> STATE_BITS < queue[q * Q + Q_ATTEMPTS]:
        _call_again(table, slot, now)
        return
    _await(table, q, arrives, -1)
    if arrives >= 0:
        _book_abandoned(table, line, number, arrives, now)
    else:  # of the opening backlog, whose arrivals no interval owns
        _count(table, now, q, ABANDONED, 1)
        _log(table, q, number, arrives, -1, -1, now)


@compiled
def _end_attempt(table, slot, now):
    """An attempt ends: the agent serves the record reached, or is done with it."""
    clock, slots = int64s(table, CLOCK), int64s(table, SLOT)
    at = slot * S
    g, number, arrives, state = (
        slots[at + S_GROUP], slots[at + S_NUMBER], slots[at + S_ARRIVES], slots[at + S_STATE],
    )  # fmt: skip
    q = int64s(table, LINE)[slots[at + S_LINE] * LN + LN_QUEUE]
    attempt = _child(number, (state >> STATE_BITS) - 1)
    int64s(table, FREE)[clock[FREE_SLOTS]] = slot
    clock[FREE_SLOTS] += 1
    if _uniform(table, D_CONNECTION, q, attempt) < float64s(table, CHANCE)[q * P + P_CONNECT]:
        _count(table, now, q, ATTEMPTS, 1)
        _await(table, q, arrives, -1)
        due, work = slots[at + S_SINCE], slots[at + S_WORK]
        _begin(table, slots[at + S_LINE], due, number, arrives, work, state & ~CALLING, 1.0, 0, g, now)
        return
    leaves = _leaves(table, slot)
    _be_busy(table, g, now, -1)
    _miss(table, slot, now)
    if leaves:
        _go(table, g, now)
    else:
        _invoke(table[SEEK], table, (g, np.int64(-1), np.int64(-1), now))


@compiled
def _end_chat(table, slot, now):
    """A chat ends; its agent seeks further work, or leaves with the last one."""
    group, slots, chatters = int64s(table, GROUP), int64s(table, SLOT), int64s(table, CHATTER)
    g, agent = slots[slot * S + S_GROUP], (slots[slot * S + S_STATE] >> STATE_BITS) - 1
    at = agent * CH
    _ask(table, agent)
    chatters[at + CH_COUNT] -= 1
    rest = chatters[at + CH_COUNT]
    q = int64s(table, LINE)[slots[slot * S + S_LINE] * LN + LN_QUEUE]
    _end_service(table, slot, _due_by(table, q, slots[slot * S + S_SINCE]), np.int64(rest == 0), now)
    leaves = chatters[at + CH_STATE] & LEAVES
    if not leaves and not group[g * G + G_OWN] and group[g * G + G_LEAVING] > group[g * G + G_CHOSEN]:
        chatters[at + CH_STATE] |= LEAVES
        group[g * G + G_CHOSEN] += 1
        leaves = LEAVES
    if rest == 0:
        _forget(table, agent)
        agent = np.int64(-1)
    if not leaves:
        _invoke(table[SEEK], table, (g, agent, np.int64(-1), now))
    elif rest == 0:
        group[g * G + G_CHOSEN] -= 0 if group[g * G + G_OWN] else 1
        _go(table, g, now)


@entry
def complete_rare(table, slot, now):
    """What ends is a chat, an attempt or the service of a record."""
    slots = int64s(table, SLOT)
    q = int64s(table, LINE)[slots[slot * S + S_LINE] * LN + LN_QUEUE]
    if slots[slot * S + S_STATE] & CALLING:
        _end_attempt(table, slot, now)
    elif int64s(table, QUEUE)[q * Q + Q_KIND] == CHATS:
        _end_chat(table, slot, now)
    else:
        g, leaves = slots[slot * S + S_GROUP], _leaves(table, slot)
        _end_service(table, slot, slots[slot * S + S_SINCE], 1, now)
        if leaves:
            _go(table, g, now)
        else:
            _invoke(table[SEEK], table, (g, np.int64(-1), np.int64(-1), now))
    return 0


@inlined
def _complete(table, slot, now):
    """A contact ends, or an attempt to reach one."""
    slots = int64s(table, SLOT)
    if _is_rare(table) and slots[slot * S + S_STATE] >> (STATE_BITS - 1):
        _invoke(table[COMPLETE_RARE], table, (slot, now))
        return
    q = int64s(table, LINE)[slots[slot * S + S_LINE] * LN + LN_QUEUE]
    due = now if _is_plain(table, q) else _due_by(table, q, slots[slot * S + S_SINCE])
    g, leaves = slots[slot * S + S_GROUP], _leaves(table, slot)
    _end_service(table, slot, due, 1, now)
    if leaves:
        _go(table, g, now)
    else:
        _be_free(table, g, now)


@inlined
def _comes_before(table, one, other):
    """Of two slots that end together: by queue, then number."""
    slots, lines = int64s(table, SLOT), int64s(table, LINE)
    first, second = lines[slots[one * S + S_LINE] * LN + LN_QUEUE], lines[slots[other * S + S_LINE] * LN + LN_QUEUE]
    return first < second or (first == second and slots[one * S + S_NUMBER] < slots[other * S + S_NUMBER])


@compiled
def _complete_together(table, slot, now):
    """The contact of a slot taken off the heap and all others that end now, by queue and number."""
    clock, heap, ending = int64s(table, CLOCK), int64s(table, HEAP), int64s(table, SCRATCH)
    ending[0] = slot
    count = 1
    while clock[BUSY] > 0 and heap[0] >> SLOT_BITS == now:
        slot = heap[0] & SLOT_MASK
        _pop(heap, clock[BUSY])
        clock[BUSY] -= 1
        at = count
        while at > 0 and _comes_before(table, slot, ending[at - 1]):
            ending[at] = ending[at - 1]
            at -= 1
        ending[at] = slot
        count += 1
    for k in range(count):
        _complete(table, ending[k], now)


@inlined
def _complete_next(table, now):
    """The contact that ends now; more than one at an instant is rare."""
    clock, heap = int64s(table, CLOCK), int64s(table, HEAP)
    slot = heap[0] & SLOT_MASK
    _pop(heap, clock[BUSY])
    clock[BUSY] -= 1
    _fetch(int64s(table, SLOT), (heap[0] & SLOT_MASK) * S)
    if clock[BUSY] > 0 and heap[0] >> SLOT_BITS == now:
        _complete_together(table, slot, now)
    else:
        _complete(table, slot, now)


@inlined
def _next_step(table, index):
    """When the next contact reaches an overflow step, NEVER if none waits for it."""
    step, lines, waiting = int64s(table, STEP), int64s(table, LINE), int64s(table, WAITING)
    at = index * T
    line = step[at + T_LINE]
    step[at + T_NEXT] = max(step[at + T_NEXT], lines[line * LN + LN_HEAD])
    if step[at + T_NEXT] >= lines[line * LN + LN_TAIL]:
        return np.int64(NEVER)
    place = (lines[line * LN + LN_OFFSET] + (step[at + T_NEXT] & lines[line * LN + LN_MASK])) * W
    return waiting[place + W_SINCE] + step[at + T_AFTER]


@compiled
def _overflow(table, index, now):
    """A contact reaches an overflow step: the longest waiting takes an agent who has become eligible and is free."""
    step = int64s(table, STEP)
    line = step[index * T + T_LINE]
    step[index * T + T_NEXT] += 1
    if int64s(table, QUEUE)[int64s(table, LINE)[line * LN + LN_QUEUE] * Q + Q_KIND] != ALONE:
        _invoke(table[SEND_AGENTS], table, (line, now))
        return
    at = _head(table, line, now)
    if at >= 0:
        g = _free_group(table, line, now - int64s(table, WAITING)[at + W_SINCE])
        if g >= 0 and not _take(table, line, at, g, now):
            _be_free(table, g, now)


@compiled
def _allocate(table, q, number, now):
    """The line of a contact: the queue's only one, or one by the allocation in force; -1: not offered here."""
    queue, entries, shares = int64s(table, QUEUE), int64s(table, ALLOCATION), float64s(table, SHARES)
    first, end = queue[q * Q + Q_ALLOCATIONS], queue[(q + 1) * Q + Q_ALLOCATIONS]
    line = queue[q * Q + Q_FIRST_LINE]
    entry = end - 1
    while entry >= first and entries[entry * A + A_BEGINS] > now:
        entry -= 1
    if entry < first:
        return line
    at, count, chosen = entries[entry * A + A_SHARES], entries[entry * A + A_COUNT], 0
    if entries[entry * A + A_COUNTED] == 0:
        luck = _uniform(table, D_ALLOCATION, q, number)
        for k in range(count - 1):
            chosen += luck >= shares[at + k]
        return line + chosen if chosen < queue[q * Q + Q_LINES] else -1
    counts, total = int64s(table, ALLOCATED), np.int64(0)
    for k in range(count):
        total += counts[at + k]
    lack = 0.0
    for k in range(count):
        here = shares[at + k] * np.float64(total + 1) - np.float64(counts[at + k])
        if k == 0 or here > lack:
            chosen, lack = k, here
    counts[at + chosen] += 1
    return line + chosen if chosen < queue[q * Q + Q_LINES] else -1


@inlined
def _is_long(table, q, line, now):
    """Whether the expected wait, those ahead x mean handling / slots of agents, is over the call-back's threshold."""
    plan, queue, lines, group = int64s(table, PLAN), int64s(table, QUEUE), int64s(table, LINE), int64s(table, GROUP)
    choice, agents = int64s(table, CHOICE), np.int64(0)
    entry = lines[line * LN + LN_CHOICES]
    while choice[entry + C_GROUP] >= 0:
        agents += group[choice[entry + C_GROUP] * G + G_FLOOR]
        entry += C
    mean = np.int64(np.rint(float64s(table, MEAN_WORK)[_interval(table, now) * fixed(plan, QUEUES) + q]))
    return (lines[line * LN + LN_COUNT] + 1) * mean > queue[q * Q + Q_OVER] * queue[q * Q + Q_SLOTS] * agents


@compiled
def _visit(table, q, number, origin, work, gives_up, now):
    """A contact arrives: it is offered elsewhere, blocked, served, turns away or waits."""
    plan, queue, chance = int64s(table, PLAN), int64s(table, QUEUE), float64s(table, CHANCE)
    row = (int64s(table, CLOCK)[ROW] * fixed(plan, QUEUES) + q) * QUEUE_FIELDS
    rows = int64s(table, QUEUE_ROWS)
    line = _allocate(table, q, number, now)
    if line < 0:
        return
    rows[row + OFFERED] += 1
    watched = _has_portions(table, q)
    if watched:
        _count_portions(table, now, line, np.int64(-1), OFFERED, 1)
    if origin > 0:
        rows[row + OFFERED_ORIGIN + origin] += 1
    due = _due_by(table, q, now)
    if _counts_due(table, q, due):
        _count(table, due, q, DUE, 1)
        if watched:
            _count_portions(table, due, line, np.int64(-1), DUE, 1)
    if queue[q * Q + Q_WAITING] + queue[q * Q + Q_IN_SERVICE] >= queue[q * Q + Q_MOST]:
        rows[row + BLOCKED] += 1
        if watched:
            _count_portions(table, now, line, np.int64(-1), BLOCKED, 1)
        _log(table, q, number, now, -1, -1, now)
        _retry(table, q, number, now, work, now)
        return
    if queue[q * Q + Q_KIND] != ALONE:
        if _invoke(table[FIND_AGENT], table, (line, now, number, now, work, due, np.int64(0), now)):
            return
    else:
        g = _free_group(table, line, 0)
        if g >= 0:
            _begin(table, line, now, number, now, work, 0, 1.0, 1, g, now)
            return
    balking = chance[q * P + P_BALKING]
    if balking > 0 and _uniform(table, D_BALKING, q, number) < balking:
        _book_abandoned(table, line, number, now, now)
        _retry(table, q, number, now, work, now)
        return
    calls_back = 0
    if (
        queue[q * Q + Q_OVER] >= 0
        and _is_long(table, q, line, now)
        and _uniform(table, D_CALLBACK, q, number) < chance[q * P + P_ACCEPT]
    ):
        rows[row + CALLBACKS] += 1
        if watched:
            _count_portions(table, now, line, np.int64(-1), CALLBACKS, 1)
        calls_back, gives_up = 1, np.int64(NEVER)
    _join_line(table, line, number, now, gives_up, work, due, calls_back)


@inlined
def _wants(table, q):
    """What must grow before a contact of queue q can arrive."""
    clock, plan, queue, lines = int64s(table, CLOCK), int64s(table, PLAN), int64s(table, QUEUE), int64s(table, LINE)
    first = queue[q * Q + Q_FIRST_LINE]
    for line in range(first, first + queue[q * Q + Q_LINES]):
        if lines[line * LN + LN_TAIL] - lines[line * LN + LN_HEAD] > lines[line * LN + LN_MASK]:
            return LINE_FULL
    return TIMERS_FULL if clock[TIMERS] >= fixed(plan, MOST_TIMERS) else DONE


@inlined
def _visit_plainly(table, q, number, origin, work, gives_up, now):
    """`_visit` where nothing but serving and waiting can happen, without what rarer rules need."""
    line = int64s(table, QUEUE)[q * Q + Q_FIRST_LINE]
    rows = int64s(table, QUEUE_ROWS)
    row = (int64s(table, CLOCK)[ROW] * fixed(int64s(table, PLAN), QUEUES) + q) * QUEUE_FIELDS
    rows[row + OFFERED] += 1
    if origin > 0:
        rows[row + OFFERED_ORIGIN + origin] += 1
    g = _free_group(table, line, 0)
    if g >= 0:
        _begin(table, line, now, number, now, work, 0, 1.0, 1, g, now)
    else:
        _join_line(table, line, number, now, gives_up, work, now, 0)


@inlined
def _next_contact(table):
    """Of the next contact of the trace: queue, number, origin, work and when it gives up, these two as far as drawn."""
    i = int64s(table, CLOCK)[NEXT]
    work, gives_up = np.int64(0), np.int64(UNDRAWN)
    if table[WORK] != 0:
        work = int64s(table, WORK)[i]
    if table[GIVES_UP] != 0:
        gives_up = int64s(table, GIVES_UP)[i]
    return int64s(table, OF_QUEUE)[i], int64s(table, NUMBER)[i], int64s(table, ORIGIN)[i], work, gives_up


@inlined
def _arrive(table, now):
    """The next contact of the trace arrives; says what must grow first, DONE when it is there."""
    q, number, origin, work, gives_up = _next_contact(table)
    wanted = _wants(table, q)
    if wanted != DONE:
        return wanted
    int64s(table, CLOCK)[NEXT] += 1
    if int64s(table, QUEUE)[q * Q + Q_PLAIN]:
        _visit_plainly(table, q, number, origin, work, gives_up, now)
    else:
        _visit(table, q, number, origin, work, gives_up, now)
    return DONE


@inlined
def _arrive_plainly(table, now):
    """As `_arrive`, where nothing but serving and waiting can happen: apart from it, so that no rarer code is made."""
    lines = int64s(table, LINE)
    q, number, origin, work, gives_up = _next_contact(table)
    line = int64s(table, QUEUE)[q * Q + Q_FIRST_LINE]
    if lines[line * LN + LN_TAIL] - lines[line * LN + LN_HEAD] > lines[line * LN + LN_MASK]:
        return LINE_FULL
    int64s(table, CLOCK)[NEXT] += 1
    _visit_plainly(table, q, number, origin, work, gives_up, now)
    return DONE


@entry
def join_again(table, visit, now):
    """A record may be called again: at once, or from the end of its line."""
    lines, visits, waiting = int64s(table, LINE), int64s(table, RETURNS), int64s(table, WAITING)
    at = visit * R
    q, line, number, arrives = (
        visits[at + R_QUEUE], visits[at + R_LINE], visits[at + R_NUMBER], visits[at + R_ARRIVES],
    )  # fmt: skip
    work, due, attempts = visits[at + R_WORK], visits[at + R_DUE], -visits[at + R_ORIGIN]
    _await(table, q, arrives, -1)
    if _invoke(table[FIND_AGENT], table, (line, now, number, arrives, work, due, attempts, now)):
        return 0
    place = lines[line * LN + LN_TAIL]
    _join_line(table, line, number, arrives, np.int64(NEVER), work, due, attempts)
    waiting[(lines[line * LN + LN_OFFSET] + (place & lines[line * LN + LN_MASK])) * W + W_SINCE] = now
    return 0


@compiled
def _return(table, now):
    """A contact comes back; says what must grow first, DONE when it is there."""
    clock, visits = int64s(table, CLOCK), int64s(table, RETURNS)
    _gather(table, now)
    at = int64s(table, RETURN_AT)[0] * R
    wanted = _wants(table, visits[at + R_QUEUE])
    if wanted != DONE:
        return wanted
    if clock[RETURNED] >= fixed(int64s(table, PLAN), MOST_RETURNED):
        return LOG_FULL
    clock[RETURNED] += 1
    visit = _pop_return(table)
    int64s(table, RETURN_FREE)[clock[FREE_RETURNS]] = visit
    clock[FREE_RETURNS] += 1
    if visits[at + R_ORIGIN] < 0:
        _invoke(table[JOIN_AGAIN], table, (visit, now))
        return DONE
    q, number, origin, work = visits[at + R_QUEUE], visits[at + R_NUMBER], visits[at + R_ORIGIN], visits[at + R_WORK]
    if clock[RETURNING] > 0:
        _fetch(visits, (int64s(table, RETURN_TIMES)[0] & ((1 << VISIT_BITS) - 1)) * R)
    if int64s(table, QUEUE)[q * Q + Q_PLAIN]:
        _visit_plainly(table, q, number, origin, work, np.int64(UNDRAWN), now)
    else:
        _visit(table, q, number, origin, work, np.int64(UNDRAWN), now)
    return DONE


@compiled
def _live_plainly(table, until):
    """Everything before `until`, a time in the interval under way, where contacts only arrive and end."""
    clock, heap, arrivals = int64s(table, CLOCK), int64s(table, HEAP), int64s(table, ARRIVES)
    if _is_rare(table):  # never so: told it, LLVM leaves out below whatever only rarer things need
        return DONE
    while True:
        ends = heap[0] >> SLOT_BITS if clock[BUSY] > 0 else np.int64(NEVER)
        arrives = arrivals[clock[NEXT]] if clock[NEXT] < clock[LOADED] else np.int64(NEVER)
        if min(ends, arrives) >= until:
            return DONE
        if ends <= arrives:
            _complete_next(table, ends)
        else:
            wanted = _arrive_plainly(table, arrives)
            if wanted != DONE:
                return wanted


@compiled
def _happen_soon(table, now):
    """What is due at the instant `SOON`, and when it is to be looked again; says what must grow first."""
    clock, wanted = int64s(table, CLOCK), DONE
    timers = int64s(table, TIMER_TIMES)
    if clock[TIMERS] > 0 and timers[0] == now:
        _give_up(table, now)
    elif clock[SETTLES] == now:
        _settle_hopeful(table, now)
    elif _next_return(table) == now:
        wanted = _return(table, now)
    soon = min(clock[SETTLES], _next_return(table))
    if clock[TIMERS] > 0:
        soon = min(soon, timers[0])
    clock[SOON] = soon
    return wanted


@compiled
def _live(table, until):
    """Everything before `until`, a time in the interval under way, in the order of time."""
    clock, plan = int64s(table, CLOCK), int64s(table, PLAN)
    heap, arrivals = int64s(table, HEAP), int64s(table, ARRIVES)
    never = np.int64(NEVER)
    if not _is_rare(table):  # never so, as in `_live_plainly`
        return DONE
    while True:
        ends = heap[0] >> SLOT_BITS if clock[BUSY] > 0 else never
        arrives = arrivals[clock[NEXT]] if clock[NEXT] < clock[LOADED] else never
        now = min(min(ends, arrives), clock[SOON])
        if fixed(plan, STEPS) > 0:
            overflows, index = never, 0
            for k in range(fixed(plan, STEPS)):
                at = max(_next_step(table, k), clock[NOW])  # over if another, put at the head, was not so far
                if at < overflows:
                    overflows, index = at, k
            if overflows <= now and overflows < until and overflows != ends:
                clock[NOW] = overflows
                _overflow(table, index, overflows)
                continue
        if now >= until:
            return DONE
        if clock[FREE_RETURNS] <= clock[BUSY] + clock[HOPEFUL]:  # whoever is served or waits now may come back
            return RETURNS_FULL
        clock[NOW] = now
        wanted = DONE
        if ends == now:
            _complete_next(table, now)
        elif clock[SOON] == now:
            wanted = _happen_soon(table, now)
        else:
            wanted = _arrive(table, now)
        if wanted != DONE:
            return wanted


@inlined
def _fail_all(table):
    """The outages that come with the next row of agents; says whether there was room."""
    clock, failures = int64s(table, CLOCK), int64s(table, FAILURES)
    while clock[FAILED] < clock[FAILURES_GIVEN] and failures[clock[FAILED] * F + F_ROW] == clock[STAFFED]:
        if not clock[READY_TO_FAIL] and not _has_room_to_fail(table):
            return False
        clock[READY_TO_FAIL] = 0
        _invoke(table[FAIL], table, (clock[FAILED], failures[clock[FAILED] * F + F_REQUEUE]))
        clock[FAILED] += 1
    return True


@inlined
def _has_room_to_fail(table):
    """Whether all who are served may wait again, or come back; a log must always be made longer first."""
    clock, plan, lines = int64s(table, CLOCK), int64s(table, PLAN), int64s(table, LINE)
    room = min(clock[FREE_SLOTS], clock[FREE_RETURNS] - clock[HOPEFUL] - 1 if fixed(plan, RARE) else clock[FREE_SLOTS])
    if fixed(plan, RARE):
        room = min(room, fixed(plan, MOST_TIMERS) - clock[TIMERS])
    for line in range(fixed(plan, LINES)):
        room = min(room, lines[line * LN + LN_MASK] + 1 - (lines[line * LN + LN_TAIL] - lines[line * LN + LN_HEAD]))
    return room >= clock[BUSY] and fixed(plan, LOGGING) == 0


@inlined
def _staff_what_is_due(table, until):
    """Rows of agents whose instant has come; says what must grow first."""
    clock, instants = int64s(table, CLOCK), int64s(table, AGENTS_AT)
    while clock[STAFFED] < clock[ROWS_GIVEN] and instants[clock[STAFFED]] == clock[NOW]:
        if clock[NOW] >= until and not clock[STAFF_DUE]:
            return DONE
        if not _fail_all(table):
            return FAILURE_FULL
        if not _staff(table):
            return SLOTS_FULL
        clock[STAFF_DUE] = 0
    return DONE


@inlined
def _next_stop(table, until):
    """`until`, or before it the next row of agents or the end of the interval."""
    clock, instants = int64s(table, CLOCK), int64s(table, AGENTS_AT)
    due = instants[clock[STAFFED]] if clock[STAFFED] < clock[ROWS_GIVEN] else np.int64(NEVER)
    return min(min(until, due), clock[ROW_END])


@inlined
def _stop_at(table, stop):
    """Everything before a stop has happened."""
    clock, plan = int64s(table, CLOCK), int64s(table, PLAN)
    clock[NOW] = stop
    if stop == clock[ROW_END] and stop > clock[ROW] * fixed(plan, INTERVAL):
        _turn_row(table, stop)


@entry
def advance(table, until):
    """Staffing that is due and everything strictly before `until`; says what must grow first, DONE at the end."""
    while True:
        wanted = _staff_what_is_due(table, until)
        if wanted != DONE:
            return wanted
        stop = _next_stop(table, until)
        wanted = _live(table, stop)
        if wanted != DONE:
            return wanted
        _stop_at(table, stop)
        if stop == until:
            return DONE


@entry
def advance_plainly(table, until):
    """As `advance`, of a plan in which contacts only arrive and end."""
    if _is_rare(table):  # never so: told it, LLVM leaves out below whatever only rarer things need
        return DONE
    while True:
        wanted = _staff_what_is_due(table, until)
        if wanted != DONE:
            return wanted
        stop = _next_stop(table, until)
        wanted = _live_plainly(table, stop)
        if wanted != DONE:
            return wanted
        _stop_at(table, stop)
        if stop == until:
            return DONE


@compiled
def _turn_row(table, now):
    """An interval ends and the next begins."""
    clock, plan, group, queue = int64s(table, CLOCK), int64s(table, PLAN), int64s(table, GROUP), int64s(table, QUEUE)
    for q in range(fixed(plan, QUEUES)):
        if not queue[q * Q + Q_IMMEDIATE]:
            age = queue[q * Q + Q_WAITING] * now - queue[q * Q + Q_ARRIVALS]
            _count(table, now - 1, q, WAITING_AGE, age)
    if now == fixed(plan, HORIZON):
        return
    clock[ROW] += 1
    clock[ROW_END] = min(now + fixed(plan, INTERVAL), fixed(plan, HORIZON))
    if fixed(plan, RARE):
        _list_returns(table)
    rows = int64s(table, GROUP_ROWS)
    for g in range(fixed(plan, GROUPS)):
        row = (clock[ROW] * fixed(plan, GROUPS) + g) * GROUP_FIELDS
        rows[row + G_ROW_BUSY] += group[g * G + G_BUSY] * (clock[ROW_END] - now)
        rows[row + G_ROW_FLOOR] += group[g * G + G_FLOOR] * (clock[ROW_END] - now)


@entry
def find_longest(table, now):
    """For every agent with chats the slot of the one that has run longest; then by queue and number."""
    clock, heap, slots, chatters = (
        int64s(table, CLOCK), int64s(table, HEAP), int64s(table, SLOT), int64s(table, CHATTER),
    )  # fmt: skip
    for first in (True, False):
        for k in range(clock[BUSY]):
            slot = heap[k] & SLOT_MASK
            agent = _agent_of(table, slot)
            if agent < 0:
                continue
            longest = chatters[agent * CH + CH_LONGEST]
            earlier = slots[slot * S + S_BEGINS] - slots[longest * S + S_BEGINS]
            if first or earlier < 0 or (earlier == 0 and _comes_before(table, slot, longest)):
                chatters[agent * CH + CH_LONGEST] = slot
    return 0


@inlined
def _agent_of(table, slot):
    """The agent with chats whose slot this is, or -1."""
    slots = int64s(table, SLOT)
    q = int64s(table, LINE)[slots[slot * S + S_LINE] * LN + LN_QUEUE]
    is_chat = int64s(table, QUEUE)[q * Q + Q_KIND] == CHATS
    return (slots[slot * S + S_STATE] >> STATE_BITS) - 1 if is_chat else np.int64(-1)


@inlined
def _draw_lot(table, least, found, count, slot):
    """Among the least draws found so far, at most `count`, is that of a slot, or it is not; says how many there are."""
    slots, lines = int64s(table, SLOT), int64s(table, LINE)
    luck = _bits(table, D_LEAVING, lines[slots[slot * S + S_LINE] * LN + LN_QUEUE], slots[slot * S + S_NUMBER])
    # the heap's top is the greatest draw of the least ones; their lowest bits, of which luck has no need, name them
    key = -(np.int64(luck >> np.uint64(1)) & ~np.int64(SLOT_MASK) | slot)
    if found < count:
        _push(least, found, key)
        return found + 1
    if key > least[0]:
        _pop(least, found)
        _push(least, found - 1, key)
    return found


@compiled
def _mark_drawn(table, least, found, mark):
    """Mark the agents whose lots have been drawn; says how many of them were to leave."""
    slots, chatters, leaving = int64s(table, SLOT), int64s(table, CHATTER), np.int64(0)
    for k in range(found):
        slot = -least[k] & SLOT_MASK
        agent = _agent_of(table, slot)
        if agent >= 0:
            _ask(table, agent)
            leaving += chatters[agent * CH + CH_STATE] & LEAVES
            chatters[agent * CH + CH_STATE] |= mark
        else:
            leaving += slots[slot * S + S_STATE] & LEAVES
            slots[slot * S + S_STATE] |= mark
    return leaving


@compiled
def _mark(table, g, count, taken, mark):
    """Mark, of the busy agents of a group whose state has none of the bits `taken`, those with the least draws.

    An agent with chats has the draw of the one that has run longest. Says how many of the marked were to leave.
    """
    clock, heap, slots = int64s(table, CLOCK), int64s(table, HEAP), int64s(table, SLOT)
    chatters, least = int64s(table, CHATTER), int64s(table, SCRATCH)
    found, has_chats = np.int64(0), fixed(int64s(table, PLAN), MOST_SLOTS) > 1
    if count == 0:
        return np.int64(0)
    if has_chats:
        _invoke(table[FIND_LONGEST], table, (clock[NOW],))
    for k in range(clock[BUSY]):
        slot = heap[k] & SLOT_MASK
        at = slot * S
        if slots[at + S_GROUP] != g:
            continue
        state = slots[at + S_STATE]
        if has_chats:
            agent = _agent_of(table, slot)
            if agent >= 0:
                if chatters[agent * CH + CH_LONGEST] != slot:
                    continue
                state = chatters[agent * CH + CH_STATE]
        if state & taken:
            continue
        found = _draw_lot(table, least, found, count, slot)
    return _mark_drawn(table, least, found, mark)


@compiled
def _staff(table):
    """Bring every group to its number of agents in the next row of `AGENTS`; says whether there was room."""
    clock, plan, group, rows = (
        int64s(table, CLOCK),
        int64s(table, PLAN),
        int64s(table, GROUP),
        int64s(table, GROUP_ROWS),
    )
    agents, first = int64s(table, AGENTS), clock[STAFFED] * fixed(plan, GROUPS)
    most = clock[BUSY]
    for g in range(fixed(plan, GROUPS)):
        most += agents[first + g] * fixed(plan, MOST_SLOTS)
    if most > clock[BUSY] + clock[FREE_SLOTS]:
        return False
    clock[STAFFED] += 1
    now = clock[NOW]
    for g in range(fixed(plan, GROUPS)):
        at = g * G
        change = agents[first + g] - (group[at + G_FLOOR] - group[at + G_LEAVING])
        if change == 0:
            continue
        floor = group[at + G_FLOOR]
        if change > 0:
            if not group[at + G_OWN]:
                stay = min(change, group[at + G_LEAVING] - group[at + G_CHOSEN])
                group[at + G_LEAVING] -= stay
                change -= stay
            for _ in range(change):
                group[at + G_FLOOR] += 1
                _be_free(table, g, now)
        else:
            free = min(-change, group[at + G_TAIL] - group[at + G_HEAD])
            _take_free(table, g, free)
            group[at + G_FLOOR] -= free
            group[at + G_LEAVING] += -change - free
            if group[at + G_OWN]:
                _mark(table, g, -change - free, LEAVES, LEAVES)
        rows[(clock[ROW] * fixed(plan, GROUPS) + g) * GROUP_FIELDS + G_ROW_FLOOR] += (
            (group[at + G_FLOOR] - floor) * (clock[ROW_END] - now)
        )  # fmt: skip
    return True


@inlined
def _share_out(table, failure):
    """How many free and busy agents of each group an outage strikes: the free ones are gone, of the others its quota.

    After the groups' shares stands the luck of `Floor.fail`. Says how many busy ones are struck.
    """
    plan, group, shares = int64s(table, PLAN), int64s(table, GROUP), float64s(table, STRUCK)
    first = failure * (fixed(plan, GROUPS) + 1)
    reached, gone, struck = shares[first + fixed(plan, GROUPS)], np.int64(0), np.int64(0)
    for g in range(fixed(plan, GROUPS)):
        at = g * G
        group[at + G_QUOTA], group[at + G_FIRST], group[at + G_FOUND] = 0, struck, 0
        if shares[first + g] > 0:
            idle, busy = group[at + G_TAIL] - group[at + G_HEAD], group[at + G_BUSY]
            idle_reached = reached + shares[first + g] * idle
            reached = idle_reached + shares[first + g] * busy
            between = np.int64(np.floor(idle_reached))
            _lose_free(table, g, min(between - gone, idle))
            group[at + G_QUOTA] = min(np.int64(np.floor(reached)) - between, busy)
            struck += group[at + G_QUOTA]
            gone = np.int64(np.floor(reached))
    return struck


@inlined
def _draw_lots(table):
    """Of each group's busy agents those with the least draws, as many as its quota, into the scratch."""
    clock, group, heap, slots = int64s(table, CLOCK), int64s(table, GROUP), int64s(table, HEAP), int64s(table, SLOT)
    has_chats = fixed(int64s(table, PLAN), MOST_SLOTS) > 1
    if has_chats:
        _invoke(table[FIND_LONGEST], table, (clock[NOW],))
    for k in range(clock[BUSY]):
        slot = heap[k] & SLOT_MASK
        at = slots[slot * S + S_GROUP] * G
        if group[at + G_QUOTA] == 0:
            continue
        if has_chats:
            agent = _agent_of(table, slot)
            if agent >= 0 and int64s(table, CHATTER)[agent * CH + CH_LONGEST] != slot:
                continue
        least = pointer(table[SCRATCH] + 8 * group[at + G_FIRST])
        group[at + G_FOUND] = _draw_lot(table, least, group[at + G_FOUND], group[at + G_QUOTA], slot)


@inlined
def _lose_free(table, g, count):
    """So many free agents of a group are gone."""
    clock, group = int64s(table, CLOCK), int64s(table, GROUP)
    _take_free(table, g, count)
    group[g * G + G_FLOOR] -= count
    row = (clock[ROW] * fixed(int64s(table, PLAN), GROUPS) + g) * GROUP_FIELDS
    int64s(table, GROUP_ROWS)[row + G_ROW_FLOOR] -= count * (clock[ROW_END] - clock[NOW])


@inlined
def _strike(table, g):
    """Mark the busy agents of a group whose lots have been drawn as struck."""
    clock, plan, group, rows = (
        int64s(table, CLOCK),
        int64s(table, PLAN),
        int64s(table, GROUP),
        int64s(table, GROUP_ROWS),
    )
    at = g * G
    count = group[at + G_FOUND]
    leaving = _mark_drawn(table, pointer(table[SCRATCH] + 8 * group[at + G_FIRST]), count, IS_STRUCK)
    group[at + G_BUSY] -= count
    group[at + G_FLOOR] -= count
    row, rest = (clock[ROW] * fixed(plan, GROUPS) + g) * GROUP_FIELDS, clock[ROW_END] - clock[NOW]
    rows[row + G_ROW_BUSY] -= count * rest
    rows[row + G_ROW_FLOOR] -= count * rest
    if group[at + G_OWN]:
        group[at + G_LEAVING] -= leaving
    else:
        yet = group[at + G_LEAVING] - group[at + G_CHOSEN]
        group[at + G_CHOSEN] -= leaving
        group[at + G_LEAVING] = max(0, yet - (count - leaving)) + group[at + G_CHOSEN]


@inlined
def _place_in_time(table, slot):
    """Since when a contact in service has waited; a record since it arrived."""
    slots = int64s(table, SLOT)
    q = int64s(table, LINE)[slots[slot * S + S_LINE] * LN + LN_QUEUE]
    is_record = int64s(table, QUEUE)[q * Q + Q_KIND] == CALLED
    return slots[slot * S + S_ARRIVES] if is_record else slots[slot * S + S_SINCE]


@inlined
def _due_of(table, slot):
    """When a contact in service is due."""
    slots = int64s(table, SLOT)
    q, since = int64s(table, LINE)[slots[slot * S + S_LINE] * LN + LN_QUEUE], slots[slot * S + S_SINCE]
    return since if int64s(table, QUEUE)[q * Q + Q_KIND] == CALLED else _due_by(table, q, since)


@compiled
def _sort_by_wait(table, struck, count):
    """Slots by since when their contacts wait, then number."""
    slots = int64s(table, SLOT)
    for k in range(count):  # the greatest on top, so that the least is left at the front
        _push(struck, k, -(_place_in_time(table, struck[k]) << SLOT_BITS | struck[k]))
    for size in range(count, 0, -1):
        latest = -struck[0]
        _pop(struck, size)
        struck[size - 1] = latest
    for k in range(count):
        since, slot = struck[k] >> SLOT_BITS, struck[k] & SLOT_MASK
        at = k
        while (
            at > 0
            and _place_in_time(table, struck[at - 1]) == since
            and slots[struck[at - 1] * S + S_NUMBER] > slots[slot * S + S_NUMBER]
        ):
            struck[at] = struck[at - 1]
            at -= 1
        struck[at] = slot


@inlined
def _sort_struck(table, struck, count):
    """Slots of contacts that are offered again: by queue, then since when they wait, then number."""
    slots, lines, first = int64s(table, SLOT), int64s(table, LINE), np.int64(0)
    for q in range(fixed(int64s(table, PLAN), QUEUES)):
        end = first
        for k in range(first, count):
            slot = struck[k]
            if lines[slots[slot * S + S_LINE] * LN + LN_QUEUE] == q:
                struck[k], struck[end] = struck[end], slot
                end += 1
        _sort_by_wait(table, pointer(table[SCRATCH] + 8 * first), end - first)
        first = end


@inlined
def _sweep(table):
    """Take the struck contacts out of the heap, sorted, into the scratch; says how many."""
    clock, heap, slots, struck = int64s(table, CLOCK), int64s(table, HEAP), int64s(table, SLOT), int64s(table, SCRATCH)
    busy, count = clock[BUSY], np.int64(0)
    clock[BUSY] = 0
    for k in range(busy):
        key = heap[k]
        slot = key & SLOT_MASK
        agent = _agent_of(table, slot)
        state = int64s(table, CHATTER)[agent * CH + CH_STATE] if agent >= 0 else slots[slot * S + S_STATE]
        if state & IS_STRUCK == 0:
            _push(heap, clock[BUSY], key)
            clock[BUSY] += 1
            continue
        struck[count] = slot
        count += 1
    _sort_struck(table, struck, count)
    return count


@inlined
def _join_head(table, slot, now):
    """A contact broken off waits again, before all others of its line."""
    lines, queue, waiting = int64s(table, LINE), int64s(table, QUEUE), int64s(table, WAITING)
    slots, step, plan = int64s(table, SLOT), int64s(table, STEP), int64s(table, PLAN)
    line = slots[slot * S + S_LINE]
    q = lines[line * LN + LN_QUEUE]
    number = _child(slots[slot * S + S_NUMBER], REQUEUED)
    gives_up = _patience(table, q, number, now)
    place = lines[line * LN + LN_HEAD] - 1
    at = (lines[line * LN + LN_OFFSET] + (place & lines[line * LN + LN_MASK])) * W
    waiting[at + W_SINCE] = _place_in_time(table, slot)
    waiting[at + W_ARRIVES] = now
    waiting[at + W_GIVES_UP] = gives_up
    waiting[at + W_WORK] = slots[slot * S + S_WORK]
    waiting[at + W_NUMBER] = number
    waiting[at + W_DUE] = _due_of(table, slot)
    waiting[at + W_CALLS_BACK] = 0
    lines[line * LN + LN_HEAD] = place
    lines[line * LN + LN_COUNT] += 1
    int64s(table, CLOCK)[LINES_BUSY] |= np.int64(1) << (line & 63)
    if not _is_plain(table, q):
        queue[q * Q + Q_WAITING] += 1
        queue[q * Q + Q_ARRIVALS] += now
    if _is_rare(table):
        _heed(table, line, place, q, at)
    for k in range(fixed(plan, STEPS)):  # those at the head may not have reached every step yet
        if step[k * T + T_LINE] == line:
            step[k * T + T_NEXT] = place
            while _next_step(table, k) <= now:
                step[k * T + T_NEXT] += 1


@compiled
def _offer_again(table, slot, now):
    """A contact broken off is offered again; says whether a ready agent has taken it."""
    slots, lines, queue = int64s(table, SLOT), int64s(table, LINE), int64s(table, QUEUE)
    line, work = slots[slot * S + S_LINE], slots[slot * S + S_WORK]
    number, since = _child(slots[slot * S + S_NUMBER], REQUEUED), _place_in_time(table, slot)
    q = lines[line * LN + LN_QUEUE]
    _count(table, now, q, OFFERED, 1)
    if _has_portions(table, q):
        _count_portions(table, now, line, np.int64(-1), OFFERED, 1)
    _count(table, now, q, OFFERED_ORIGIN + REQUEUED, 1)
    if queue[q * Q + Q_KIND] != ALONE:
        due = _due_of(table, slot)
        return _invoke(table[FIND_AGENT], table, (line, since, number, now, work, due, np.int64(0), now)) > 0
    g = _free_group(table, line, now - since)
    if g >= 0:
        _begin(table, line, since, number, now, work, 0, 1.0, 1, g, now)
    return g >= 0


@entry
def fail(table, failure, requeue):
    """Of each group the share in a row of `STRUCK` of its agents is gone; their contacts are lost or offered again."""
    clock, plan, queue, lines = int64s(table, CLOCK), int64s(table, PLAN), int64s(table, QUEUE), int64s(table, LINE)
    slots, free, struck = int64s(table, SLOT), int64s(table, FREE), int64s(table, SCRATCH)
    now, chatters = clock[NOW], int64s(table, CHATTER)
    if _share_out(table, failure) == 0:
        return 0
    _draw_lots(table)
    for g in range(fixed(plan, GROUPS)):
        if int64s(table, GROUP)[g * G + G_FOUND] > 0:
            _strike(table, g)
    count = _sweep(table)
    for k in range(count):
        at = struck[k] * S
        q, agent = lines[slots[at + S_LINE] * LN + LN_QUEUE], _agent_of(table, struck[k])
        if slots[at + S_STATE] & CALLING:
            _miss(table, struck[k], now)
            continue
        if agent >= 0:
            chatters[agent * CH + CH_COUNT] -= 1
            if chatters[agent * CH + CH_COUNT] == 0:
                _forget(table, agent)
        queue[q * Q + Q_IN_SERVICE] -= 1
        _count(table, now, q, LOST, 1)
        _log(table, q, slots[at + S_NUMBER], slots[at + S_ARRIVES], slots[at + S_GROUP], slots[at + S_BEGINS], now)
    if requeue:
        for k in range(count):
            if slots[struck[k] * S + S_STATE] & CALLING == 0 and _offer_again(table, struck[k], now):
                slots[struck[k] * S + S_STATE] |= SERVED
        for k in range(count - 1, -1, -1):
            if slots[struck[k] * S + S_STATE] & (CALLING | SERVED) == 0:
                _join_head(table, struck[k], now)
    for k in range(count):
        free[clock[FREE_SLOTS]] = struck[k]
        clock[FREE_SLOTS] += 1
    return 0


@entry
def open_line(table, line):
    """Records of a line may be called from now on."""
    return _invoke(table[SEND_AGENTS], table, (line, int64s(table, CLOCK)[NOW]))


@entry
def begin_with(table, columns, count):
    """The opening backlog joins its lines; columns: addresses of its queues, numbers, arrivals and works."""
    queue = int64s(table, QUEUE)
    queues, numbers = int64s(pointer(columns), 0), int64s(pointer(columns), 1)
    arrivals, works = int64s(pointer(columns), 2), int64s(pointer(columns), 3)
    for k in range(count):
        q, number, arrives = queues[k], numbers[k], arrivals[k]
        line = _allocate(table, q, number, arrives)
        if line < 0:  # it is here, whatever share of the others is not
            line = queue[q * Q + Q_FIRST_LINE]
        queue[q * Q + Q_BACKLOG] += 1
        due = _due_by(table, q, arrives)
        if _counts_due(table, q, due):
            _count(table, due, q, DUE, 1)
            if _has_portions(table, q):
                _count_portions(table, due, line, np.int64(-1), DUE, 1)
        _join_line(table, line, number, arrives, np.int64(NEVER), works[k], due, 0)
    return 0


@entry
def clear(table, line, when):
    """Who gave up before `when` is booked at that time, who still waits then at `when`; call-backs stay in line."""
    lines, waiting = int64s(table, LINE), int64s(table, WAITING)
    q = lines[line * LN + LN_QUEUE]
    for place in range(lines[line * LN + LN_HEAD], lines[line * LN + LN_TAIL]):
        at = (lines[line * LN + LN_OFFSET] + (place & lines[line * LN + LN_MASK])) * W
        if waiting[at + W_GIVES_UP] != GONE and not waiting[at + W_CALLS_BACK]:
            number, gives_up = waiting[at + W_NUMBER], min(waiting[at + W_GIVES_UP], when)
            _book_abandoned(table, line, number, waiting[at + W_ARRIVES], gives_up)
            arrives, work = waiting[at + W_ARRIVES], waiting[at + W_WORK]
            _leave_line(table, line, at)
            _retry(table, q, number, arrives, work, gives_up)
    return 0


@inlined
def _settle(table, line, when):
    """Books everyone in line who gave up before `when`, and how long the others have waited by then."""
    lines, waiting = int64s(table, LINE), int64s(table, WAITING)
    q = lines[line * LN + LN_QUEUE]
    for place in range(lines[line * LN + LN_HEAD], lines[line * LN + LN_TAIL]):
        at = (lines[line * LN + LN_OFFSET] + (place & lines[line * LN + LN_MASK])) * W
        gives_up, number, arrives = waiting[at + W_GIVES_UP], waiting[at + W_NUMBER], waiting[at + W_ARRIVES]
        if gives_up == GONE:
            continue
        if gives_up < when:
            _book_abandoned(table, line, number, arrives, gives_up)
            continue
        if not waiting[at + W_CALLS_BACK] or int64s(table, QUEUE)[q * Q + Q_KIND] == CALLED:
            _count(table, arrives, q, WAITED_SO_FAR, when - arrives)
        _log(table, q, number, arrives, -1, -1, -1)


@entry
def close(table):
    """At the horizon: settles every line, and writes who waited and who was being served at every interval's end."""
    plan, queue, rows = int64s(table, PLAN), int64s(table, QUEUE), int64s(table, QUEUE_ROWS)
    for line in range(fixed(plan, LINES)):
        _settle(table, line, fixed(plan, HORIZON))
    intervals = (fixed(plan, HORIZON) + fixed(plan, INTERVAL) - 1) // fixed(plan, INTERVAL)
    for q in range(fixed(plan, QUEUES)):
        waiting, served = queue[q * Q + Q_BACKLOG], np.int64(0)
        for interval in range(intervals):
            row = (interval * fixed(plan, QUEUES) + q) * QUEUE_FIELDS
            left = rows[row + ANSWERED] + rows[row + ABANDONED] + rows[row + BLOCKED] + rows[row + CALLBACKS]
            waiting += rows[row + OFFERED] - left
            served += rows[row + ANSWERED] + rows[row + CALLBACKS_SERVED] - rows[row + HANDLED] - rows[row + LOST]
            rows[row + WAITING_AT_END], rows[row + SERVED_AT_END] = waiting, served
    return 0
