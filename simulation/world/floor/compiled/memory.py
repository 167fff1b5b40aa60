"""The compiled floor's memory: the arrays that the kernel sees, the table of their addresses, and how they grow."""

import ctypes
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import Int64
from simulation.world.floor.compiled import layout

_LINE = 8
"""Numbers in a line of the processor's cache."""
_RING_HEAD, _RING_TAIL, _RING_OFFSET, _RING_MASK = 0, 1, 2, 3


class Memory:
    """Flat arrays by their place in the kernel's table, which they must outlive; who grows moves.

    slab: begins with the table; then arrays, one after the other, each at its part. arrays: those that stand alone, or
    have been asked for. address: of the slab.
    """

    def __init__(self, slab: Int64, parts: dict[int, slice], arrays: dict[int, Int64], address: int) -> None:
        self.table, self.arrays, self.address = slab[: layout.TABLE], arrays, address
        self._slab, self._parts = slab, parts

    @classmethod
    def empty(cls) -> "Memory":
        """No array yet."""
        slab = np.zeros(layout.TABLE, np.int64)
        return cls(slab, {}, {}, address(slab))

    def __getitem__(self, place: int) -> Int64:
        found = self.arrays.get(place)
        if found is None:
            found = self.arrays[place] = self._slab[self._parts[place]]
        return found

    def own(self, place: int, array: Int64) -> None:
        """Keep an array and put its address in the kernel's table."""
        if not array.flags.c_contiguous:
            raise ValueError("the kernel reads contiguous arrays only")
        self.arrays[place] = array.reshape(-1)
        self.table[place] = address(array)

    @property
    def clock(self) -> Int64:
        """The scalars that change."""
        return self[layout.CLOCK]

    @property
    def scalars(self) -> Int64:
        """The scalars of the plan, and the capacities."""
        return self[layout.PLAN]

    @property
    def groups(self) -> Int64:
        """A row a group."""
        return self[layout.GROUP].reshape(-1, layout.G)

    @property
    def lines(self) -> Int64:
        """A row a line."""
        return self[layout.LINE].reshape(-1, layout.LN)

    def make_slots(self, needed: int) -> None:
        """Room for so many busy agents."""
        have = len(self[layout.HEAP])
        if needed <= have:
            return
        if needed > layout.SLOT_MASK:
            raise OverflowError(f"{needed:,} agents on the floor; the floor holds at most {layout.SLOT_MASK:,}")
        more = min(max(needed, 2 * have), layout.SLOT_MASK) - have
        for place, stride in ((layout.HEAP, 1), (layout.SCRATCH, 1), (layout.FREE, 1), (layout.SLOT, layout.S)):
            self._enlarge(place, more * stride)
        self._free(layout.FREE, layout.FREE_SLOTS, have, more)
        if self.scalars[layout.MOST_SLOTS] > 1:
            self._enlarge(layout.CHATTER, more * layout.CH)
            self._enlarge(layout.CHATTER_FREE, more)
            self._free(layout.CHATTER_FREE, layout.FREE_CHATTERS, have, more)

    def make_returns(self, needed: int) -> None:
        """Room for so many more contacts that come back."""
        if needed <= self.clock[layout.FREE_RETURNS]:
            return
        have = len(self[layout.RETURN_TIMES])
        more = max(needed, have)
        places = (layout.RETURN_TIMES, layout.RETURN_AT, layout.RETURN_FREE)
        for place, stride in (
            *((place, 1) for place in places),
            (layout.RETURNS, layout.R),
            (layout.LISTED, layout.LI),
        ):
            self._enlarge(place, more * stride)
        self._free(layout.RETURN_FREE, layout.FREE_RETURNS, have, more)

    def make_timers(self, size: int) -> None:
        """Room for so many timers."""
        more = size - int(self.scalars[layout.MOST_TIMERS])
        if more <= 0:
            return
        self._enlarge(layout.TIMER_TIMES, more)
        self._enlarge(layout.TIMER_AT, more)
        self.scalars[layout.MOST_TIMERS] = size

    def make_log(self, more: int) -> None:
        """Room for so many more rows of the log."""
        self._enlarge(layout.LOG, more * layout.LOG_STRIDE)

    def make_waiting(self, more: Int64 | int) -> None:
        """Room for so many more in every line."""
        lines = self.lines
        needed = lines[:, layout.LN_TAIL] - lines[:, layout.LN_HEAD] + more
        if (needed > lines[:, layout.LN_MASK] + 1).any():
            self.make_lines(needed.tolist())

    def make_idle(self, needed: Sequence[int]) -> None:
        """Room for so many idle agents of every group."""
        self._make_rings(layout.IDLE, 1, self.groups[:, layout.G_HEAD : layout.G_MASK + 1], needed)

    def make_lines(self, needed: Sequence[int]) -> None:
        """Room for so many contacts in every line."""
        self._make_rings(layout.WAITING, layout.W, self.lines[:, layout.LN_HEAD : layout.LN_MASK + 1], needed)

    def _make_rings(self, place: int, stride: int, rings: Int64, needed: Sequence[int]) -> None:
        """Move the rings of all entities into new memory, each with room for what it needs (a power of two)."""
        sizes = [
            max(1 << (int(need) - 1).bit_length() if need > 0 else 1, int(mask) + 1)
            for need, mask in zip(needed, rings[:, _RING_MASK], strict=True)
        ]
        old, new = self[place].reshape(-1, stride), aligned(sum(sizes) * stride).reshape(-1, stride)
        offset = 0
        for ring, size in zip(rings, sizes, strict=True):
            held = np.arange(ring[_RING_HEAD], ring[_RING_TAIL])
            new[offset + (held & (size - 1))] = old[ring[_RING_OFFSET] + (held & ring[_RING_MASK])]
            ring[_RING_OFFSET], ring[_RING_MASK] = offset, size - 1
            offset += size
        self.own(place, new)

    def _enlarge(self, place: int, more: int) -> None:
        old = self[place]
        new = aligned(len(old) + more)
        new[: len(old)] = old
        self.own(place, new)

    def _free(self, place: int, count: int, first: int, more: int) -> None:
        """Put new places on their list of free ones."""
        free = int(self.clock[count])
        self[place][free : free + more] = np.arange(first, first + more)
        self.clock[count] += more


class Mould:
    """A floor's memory at its beginning, made once and cast for every replication: what changes is copied at once."""

    def __init__(self, memory: Memory, shared: Collection[int]) -> None:
        """shared: the places of the arrays that never change."""
        self._shared = {place: memory[place] for place in shared}
        changing = {place: array for place, array in memory.arrays.items() if place not in self._shared}
        table, self._moves = memory.table.copy(), np.zeros(layout.TABLE, np.int64)
        self._parts, begins = dict[int, slice](), _in_lines(table)
        for place, array in changing.items():
            self._parts[place] = slice(begins, begins + len(array))
            table[place], self._moves[place] = begins * array.itemsize, 1
            begins += _in_lines(array)
        self._slab = np.zeros(begins, np.int64)
        self._slab[: layout.TABLE] = table
        for place, part in self._parts.items():
            self._slab[part] = changing[place]

    def cast(self) -> Memory:
        """A memory of its own."""
        slab = aligned(len(self._slab))
        slab[:] = self._slab
        begins = address(slab)
        slab[: layout.TABLE] += self._moves * begins
        return Memory(slab, self._parts, dict(self._shared), begins)


_ANYTHING = ctypes.c_char * 0


def aligned(count: int) -> Int64:
    """Zeros that begin with a line of the processor's cache: a row of eight never lies in two of them."""
    zeros = np.zeros(count + _LINE, np.int64)
    begins = -address(zeros) % (_LINE * zeros.itemsize) // zeros.itemsize
    return zeros[begins : begins + count]


def _in_lines(array: Int64) -> int:
    """Numbers that an array takes in whole lines of cache."""
    return -(-len(array) // _LINE) * _LINE


def address(array: NDArray[Any]) -> int:
    """Where the memory of an array that may be written begins; `ndarray.ctypes` says the same ten times slower."""
    return ctypes.addressof(_ANYTHING.from_buffer(array.data))


def signed(word: int) -> int:
    """64 bits as a signed number, as the kernel takes them."""
    return word - (1 << 64) if word >> 63 else word
