"""Persons: one row each, named by a key that is the same in every scenario and replication."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.people.classes import HiringReason
from simulation.world.randomness import Draws, Purpose, bits, mix_array, name_key, unit

Persons = NDArray[np.void]
Rows = NDArray[np.int64]
Float64 = NDArray[np.float64]

LONG_AGO = -(1 << 60)
NEVER = 1 << 60
GONE = -1

PERSON = np.dtype(
    [
        ("key", np.uint64),  # who it is
        ("stage", np.int8),  # a StockField, or GONE
        ("started", np.int64),  # first instant of training
        ("trained", np.int64),  # ... past training
        ("settled", np.int64),  # ... past nesting
        ("until", np.int64),  # released for certain
        ("luck", np.float64),  # hazard that the person still stands, from `since` on
        ("since", np.int64),
        ("leaves", np.int64),  # when that is used up
        ("pass_share", np.float64),  # probability of passing the training, as everybody knows it
        ("passes", np.bool_),  # ... and whether the person does
        ("hours", np.float64),  # paid hours a week
        ("skills", np.int8),  # which of the team's sets of queues
        ("temporary", np.bool_),
        ("noticed", np.bool_),  # has been told to go
        ("hired", np.int8),  # why, as HIRED_FOR numbers it
    ],
    align=True,
)
"""A person's columns. Instants in microseconds; LONG_AGO and NEVER stand for those beyond reach."""
HIRED_FOR = {HiringReason.GROWTH: 1, HiringReason.REPLACEMENT: 2}
"""Why a person was hired; 0: was there at the start, or is lent."""
_ROW = np.dtype((np.void, PERSON.itemsize))


def named(name: str, heads: int, draws: Draws) -> Persons:
    """People who come together under one name: each with a key, the luck of attrition and the luck of training.

    What is not drawn is that of experienced people who stay; the caller sets what is otherwise.
    """
    people = np.zeros(heads, PERSON)
    number = np.arange(heads, dtype=np.int64)
    people["key"] = mix_array(np.uint64(name_key(name)) ^ mix_array(number.astype(np.uint64)))
    people["luck"] = -np.log(draws.uniforms(Purpose.ATTRITION, name, number))
    for column in ("started", "trained", "settled"):
        people[column] = LONG_AGO
    for column in ("until", "leaves"):
        people[column] = NEVER
    people["pass_share"] = 1.0
    people["passes"] = True
    return people


def joined(parts: Sequence[Persons]) -> Persons:
    """People one after the other; as bytes, since NumPy joins rows column by column."""
    return np.concatenate([np.ascontiguousarray(part).view(_ROW) for part in parts]).view(PERSON)


def lots(draws: Draws, purpose: Purpose, owner: str, people: Persons) -> Float64:
    """Float64 (people,): one uniform a person, the same whoever else draws."""
    return unit(bits(draws.stream(purpose, owner), people["key"].copy()))
