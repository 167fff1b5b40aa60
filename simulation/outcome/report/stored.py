"""Figures and records as plain data for storage: undefined figures as null, every replication's with them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from math import inf, isfinite
from operator import attrgetter
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


def array_of(values: Iterable[float | None]) -> Float64:
    """What `figures` wrote."""
    return np.array(list(values), np.float64)  # which takes None for NaN


def plain_estimate(total: Estimate) -> dict[str, Any]:
    """An estimate, JSON-able; of figures that are all alike, as credits of a clause that is always met, one is kept,
    and of where it can lie the ends that are finite."""
    return {
        "over": _kept(total.over),
        "under": None if total.under is None else _kept(total.under),
        "possible": [end if isfinite(end) else None for end in total.possible],
    }


def read_estimate(total: Mapping[str, Any]) -> Estimate:
    """What `plain_estimate` wrote."""
    least, most = total["possible"]
    possible = -inf if least is None else least, inf if most is None else most
    return Estimate(_read(total["over"]), None if total["under"] is None else _read(total["under"]), possible)


def _kept(values: Float64) -> list[float | None] | dict[str, Any]:
    alike = len(values) > 1 and bool((values == values[0]).all())
    return {"each": float(values[0]), "times": len(values)} if alike else figures(values)


def _read(kept: list[float | None] | Mapping[str, Any]) -> Float64:
    return np.full(kept["times"], kept["each"]) if isinstance(kept, Mapping) else array_of(kept)


class Stored(NamedTuple):
    """The ways of a kind of value to plain data and back."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


class _Storage(Telling[Stored]):
    def single(self, kind: Any) -> Stored:
        if kind is Estimate:
            return Stored(plain_estimate, read_estimate)
        if kind is Chance:
            return Stored(lambda chance: [chance.successes, chance.trials], lambda stored: Chance(*stored))
        if issubclass(plain(kind), StrEnum):
            return Stored(attrgetter("value"), kind)
        if issubclass(plain(kind), date):
            return Stored(kind.isoformat, kind.fromisoformat)
        return Stored(_as_is, _as_is)

    def optional(self, inner: Stored) -> Stored:
        write, read = inner
        return Stored(
            lambda value: None if value is None else write(value), lambda kept: None if kept is None else read(kept)
        )

    def several(self, item: Stored) -> Stored:
        write, read = item
        return Stored(lambda values: [write(value) for value in values], lambda kept: tuple(map(read, kept)))

    def record(self, record: type) -> Stored:
        fields = [(field.name, field.value, self.of(field.kind)) for field in fields_of(record, Form.STORED)]
        return Stored(
            lambda value: {name: stored.write(of(value)) for name, of, stored in fields},
            # a field that came later has its default
            lambda kept: record(**{name: stored.read(kept[name]) for name, _, stored in fields if name in kept}),
        )


def _as_is(value: Any) -> Any:
    return value


_STORAGE = _Storage()


def plain_record(record: object) -> dict[str, Any]:
    """A record of `settlement` or `scaling`, JSON-able."""
    written: dict[str, Any] = _STORAGE.of(type(record)).write(record)
    return written


def read_record(kind: type[Record], kept: Mapping[str, Any]) -> Record:
    """What `plain_record` wrote."""
    read: Record = _STORAGE.of(kind).read(kept)
    return read
