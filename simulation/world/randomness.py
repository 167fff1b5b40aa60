"""Keyed randomness: a draw is named by what it is for and whose it is, never by the order of events.

Every draw is a function of (seed, replication, purpose, owner, number), so the same contact or person has the same
luck in every scenario that shares it, whatever else happens. The function is two rounds of the splitmix64 finaliser
(Steele, Lea and Flood 2014; Stafford's variant 13), written once for whole arrays and once for single numbers: both
give the same bits.
"""

import hashlib
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB
_TO_UNIT = 2.0**-53


class Purpose(IntEnum):
    """What a draw is for; the numbers are part of every result and are never reused."""

    VOLUME = 1  # contacts of a demand cell
    ARRIVAL = 2  # when in its cell a contact arrives
    PATIENCE = 3
    WORK = 4  # a contact's handling time at unit speed
    LEAVING = 5  # which busy agents go when agents are cut
    WHOLE_AGENTS = 6  # the fraction of an agent, by team and day
    ATTRITION = 8
    BUSYNESS = 10  # a queue's day; without an owner, what the day has in common for all queues
    FORECAST_HORIZON = 11  # a queue's forecast error, what all weeks have in common
    FORECAST_WEEK = 12  # ... what is a week's own
    CONTAINMENT = 13  # whether automation takes a contact, and whether it fails
    BALKING = 30
    RETRIAL = 31
    RETRIAL_DELAY = 32
    TRANSFER = 33
    REWORK = 34
    RESOLUTION = 35
    REPEAT = 36
    REPEAT_DELAY = 37
    CALLBACK = 38
    CALLBACK_SUCCESS = 39
    ALLOCATION = 40
    BACKLOG = 41
    CONNECTION = 42  # whether an attempt to call connects
    LEAD_TIME = 50  # of a requisition
    FILL = 51  # the fraction of a head that a requisition finds
    TRAINING_PASS = 52  # whether a person passes
    RELEASE = 53  # who goes when a team shrinks
    MOVE = 54  # who is lent to another team
    ABSENCE = 60  # a person's day
    ABSENCE_DAY = 61  # what a team's people have in common on a day
    MASS_ABSENCE = 62  # whether an event takes a person
    OVERTIME = 63  # whether a person accepts it on a day
    TIME_OFF = 64  # ... takes voluntary time off
    OUTAGE = 70  # how many outages of an event begin in a month
    OUTAGE_START = 71  # when in its month one begins
    OUTAGE_HOURS = 72  # how long one lasts
    OUTAGE_LUCK = 73  # what makes whole agents of the share that it strikes
    EXTERNAL = 80  # a clause's window whose figure no simulation gives, by the date on which it begins


def mix(value: int) -> int:
    """One splitmix64 finalisation of a 64-bit number."""
    value = (value + _GOLDEN) & _MASK
    value = ((value ^ (value >> 30)) * _MIX_1) & _MASK
    value = ((value ^ (value >> 27)) * _MIX_2) & _MASK
    return value ^ (value >> 31)


def mix_array(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """`mix` of every element."""
    values = values + np.uint64(_GOLDEN)
    shifted = values >> np.uint64(30)  # two arrays are enough: memory costs more than the arithmetic
    values ^= shifted
    values *= np.uint64(_MIX_1)
    np.right_shift(values, np.uint64(27), out=shifted)
    values ^= shifted
    values *= np.uint64(_MIX_2)
    np.right_shift(values, np.uint64(31), out=shifted)
    values ^= shifted
    return values


@lru_cache(maxsize=100_000)
def name_key(name: str) -> int:
    """A 64-bit number for an entity's id, the same in every process and version."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


@lru_cache(maxsize=16)
def _numbers(purposes: tuple[Purpose, ...]) -> NDArray[np.uint64]:
    return np.array(purposes, np.uint64)


@lru_cache(maxsize=64)
def name_keys(names: tuple[str, ...]) -> NDArray[np.uint64]:
    """`name_key` of each."""
    return np.array([name_key(name) for name in names], np.uint64)


class Draws:
    """All draws of one replication; holds no state but its key.

    Parameters: `seed` of the experiment, `replication` number from 0. Uniforms lie in the open interval (0, 1) with
    53 bits.
    """

    def __init__(self, seed: int, replication: int) -> None:
        self.key = mix(mix(seed & _MASK) ^ replication)
        """Names the replication."""

    def stream(self, purpose: Purpose, owner: str = "") -> int:
        """The 64-bit key of one purpose and owner (an entity's id)."""
        return mix(mix(self.key ^ purpose) ^ name_key(owner))

    def streams(self, purposes: tuple[Purpose, ...], owners: tuple[str, ...]) -> NDArray[np.uint64]:
        """`stream` of every purpose and owner, (purposes, owners)."""
        mixed = mix_array(np.uint64(self.key) ^ _numbers(purposes))
        return mix_array(mixed[:, None] ^ name_keys(owners))

    def uniform(self, purpose: Purpose, owner: str, *numbers: int) -> float:
        """One uniform, named by up to any count of whole numbers (which person, which day)."""
        key = self.stream(purpose, owner)
        for number in numbers:
            key = mix(key ^ mix(number & _MASK))
        return ((key >> 11) + 0.5) * _TO_UNIT

    def uniforms(self, purpose: Purpose, owner: str, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        """`uniform(purpose, owner, number)` for every number."""
        return unit(bits(self.stream(purpose, owner), numbers.astype(np.uint64)))


def bits(stream: int, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """64 random bits for every number of a stream."""
    return bits_of_mixed(stream, mix_array(numbers))


def bits_of_mixed(stream: int, mixed: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """`bits(stream, numbers)` of numbers already mixed by `mix_array`: mixed once, they serve many streams."""
    return mix_array(np.uint64(stream) ^ mixed)


def unit(random_bits: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Bits as uniforms in (0, 1)."""
    return ((random_bits >> np.uint64(11)).astype(np.float64) + 0.5) * _TO_UNIT
