"""Records as plain data for storage, and beside it the figures of every replication, as one array."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from math import inf, isfinite
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.estimates import Chance, Estimate
from simulation.outcome.records import Form, Telling, fields_of, plain

Float64 = NDArray[np.float64]
Record = TypeVar("Record")


def figures(values: Float64) -> list[float | None]:
    """Figures for JSON: undefined ones as null."""
    return [None if value != value else value for value in values.tolist()]


class FigureWriter:
    """Collects the figures of estimates, one after the other; figures that were there before are kept once."""

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}
        self._count = 0

    def place(self, values: Float64) -> int:
        """Where they begin."""
        kept = values.astype("<f8").tobytes()
        if kept not in self._places:
            self._places[kept] = self._count
            self._count += len(values)
        return self._places[kept]

    def to_bytes(self) -> bytes:
        """Every figure, little-endian float64."""
        return b"".join(self._places)


def plain_estimate(total: Estimate, figures: FigureWriter) -> list[float | None]:
    """An estimate, JSON-able: how many replications, where the figures and their denominators begin, None without, and
    between which ends it can lie, None where it has no end."""
    least, most = (end if isfinite(end) else None for end in total.possible)
    under = None if total.under is None else figures.place(total.under)
    return [len(total.over), figures.place(total.over), under, least, most]


def read_estimate(kept: Sequence[Any], figures: Float64) -> Estimate:
    """What `plain_estimate` wrote."""
    count, over, under, least, most = kept
    possible = -inf if least is None else least, inf if most is None else most
    return Estimate(figures[over : over + count], None if under is None else figures[under : under + count], possible)


class Stored(NamedTuple):
    """The ways of a kind of value to plain data and back; the figures of its estimates stand apart."""

    write: Callable[[Any, FigureWriter], Any]
    read: Callable[[Any, Float64], Any]


class _Storage(Telling[Stored]):
    def single(self, kind: Any) -> Stored:
        if kind is Estimate:
            return Stored(plain_estimate, read_estimate)
        if kind is Chance:
            return Stored(lambda chance, _: [chance.successes, chance.trials], lambda stored, _: Chance(*stored))
        if issubclass(plain(kind), StrEnum):
            return Stored(lambda value, _: value.value, lambda kept, _: kind(kept))
        if issubclass(plain(kind), date):
            return Stored(lambda value, _: value.isoformat(), lambda kept, _: kind.fromisoformat(kept))
        return Stored(_as_is, _as_is)

    def optional(self, inner: Stored) -> Stored:
        write, read = inner
        return Stored(
            lambda value, figures: None if value is None else write(value, figures),
            lambda kept, figures: None if kept is None else read(kept, figures),
        )

    def several(self, item: Stored) -> Stored:
        write, read = item
        return Stored(
            lambda values, figures: [write(value, figures) for value in values],
            lambda kept, figures: tuple([read(value, figures) for value in kept]),
        )

    def record(self, record: type) -> Stored:
        fields = [(field.name, field.value, self.of(field.kind)) for field in fields_of(record, Form.STORED)]
        return Stored(
            lambda value, figures: {name: stored.write(of(value), figures) for name, of, stored in fields},
            # a field that came later has its default
            lambda kept, figures: record(
                **{name: stored.read(kept[name], figures) for name, _, stored in fields if name in kept}
            ),
        )


def _as_is(value: Any, _: object) -> Any:
    return value


_STORAGE = _Storage()


def plain_record(record: object, figures: FigureWriter) -> dict[str, Any]:
    """A record of `settlement` or `scaling`, JSON-able; its figures go to the writer."""
    written: dict[str, Any] = _STORAGE.of(type(record)).write(record, figures)
    return written


def read_record(kind: type[Record], kept: Mapping[str, Any], figures: Float64) -> Record:
    """What `plain_record` wrote."""
    read: Record = _STORAGE.of(kind).read(kept, figures)
    return read
