"""The records of a result, walked: what they hold is said once, by dataclasses with a docstring below each field.

What is stored, the result document, its JSON Schema and the GraphQL types are made of these: a telling says what each
kind of value becomes, and the walk does the rest. Where a form tells a field otherwise, the field's annotation says so.
Annotations are kept plain: `Estimate`, `Chance`, `bool`, `int`, `float`, `str`, `Id`, `date`, `datetime`, `StrEnum`s,
records, `X | None` and `tuple[X, ...]`.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, is_dataclass, replace
from enum import Enum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from simulation.outcome.counting.estimates import Chance, Estimate
from simulation.scenario.docstrings import documented

Told = TypeVar("Told")


class Form(Enum):
    """Where a result is told."""

    STORED = "stored"
    DOCUMENT = "document"
    GRAPHQL = "graphql"


@dataclass(frozen=True)
class Field:
    """A field as a form tells it: its name and kind there, its value from the record, and where its text stands."""

    name: str
    kind: Any
    value: Callable[[Any], Any]
    place: tuple[type, str]

    @property
    def text(self) -> str:
        """The docstring below the field, in one line."""
        record, name = self.place
        return documented(record)[name].replace("\n", " ")


class Otherwise(ABC):
    """How one form tells a field otherwise; stands in the field's `Annotated`."""

    form: ClassVar[Form]

    @abstractmethod
    def told(self, field: Field) -> Iterable[Field]:
        """What the form tells instead."""


class Unpromised(Otherwise):
    """GraphQL calls it nullable, though it is always there: what is promised there cannot be taken back."""

    form = Form.GRAPHQL

    def told(self, field: Field) -> Iterable[Field]:
        return [replace(field, kind=field.kind | None)]


@dataclass(frozen=True)
class Beside(Otherwise):
    """GraphQL tells a record's fields beside it, with a word before their names."""

    word: str
    form = Form.GRAPHQL

    def told(self, field: Field) -> Iterable[Field]:
        for inner in fields_of(field.kind, self.form):
            yield replace(inner, name=f"{self.word}_{inner.name}", value=_through(field.value, inner.value))


class ByColumn(Otherwise):
    """The document tells, beside it, each field of a tuple's records as a list."""

    form = Form.DOCUMENT

    def told(self, field: Field) -> Iterable[Field]:
        for inner in fields_of(get_args(field.kind)[0], self.form):
            yield replace(inner, kind=_many(inner.kind), value=_of_each(field.value, inner.value))


@dataclass(frozen=True)
class Listed(Otherwise):
    """The document tells what may be left out as a list of one or none, by a name in the plural."""

    name: str
    form = Form.DOCUMENT

    def told(self, field: Field) -> Iterable[Field]:
        return [replace(field, name=self.name, kind=_many(_unless_none(field.kind)), value=_one_or_none(field.value))]


def _many(kind: Any) -> Any:
    return tuple[kind, ...]


def _through(outer: Callable[[Any], Any], inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda record: inner(outer(record))


def _of_each(records: Callable[[Any], Any], value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda record: [value(one) for one in records(record)]


def _one_or_none(value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda record: [] if value(record) is None else [value(record)]


def fields_of(record: type, form: Form) -> tuple[Field, ...]:
    """The fields of a record as a form tells them, in order."""
    told: list[Field] = []
    for name, annotation in get_type_hints(record, include_extras=True).items():
        marks = getattr(annotation, "__metadata__", ())
        rest = tuple(mark for mark in marks if not isinstance(mark, Otherwise))
        kind = annotation if len(rest) == len(marks) else _annotated(annotation.__origin__, rest)
        field = Field(name, kind, attrgetter(name), (record, name))
        otherwise = [mark for mark in marks if isinstance(mark, Otherwise) and mark.form is form]
        told += otherwise[0].told(field) if otherwise else [field]
    return tuple(told)


def _annotated(kind: Any, marks: tuple[Any, ...]) -> Any:
    return Annotated[(kind, *marks)] if marks else kind


def says(record: type) -> str:
    """What a record is."""
    return inspect.cleandoc(record.__doc__ or "").replace("\n", " ")


class Telling(ABC, Generic[Told]):
    """One form of all records; what it makes of each is made once."""

    def __init__(self) -> None:
        self._records: dict[type, Told] = {}

    def of(self, kind: Any) -> Told:
        """What an annotation becomes."""
        origin = get_origin(kind)
        if origin is tuple:
            return self.several(self.of(get_args(kind)[0]))
        if origin in (Union, UnionType):
            return self.optional(self.of(_unless_none(kind)))
        if not _is_record(kind):
            return self.single(kind)
        if kind not in self._records:
            self._records[kind] = self.record(kind)
        return self._records[kind]

    @abstractmethod
    def single(self, kind: Any) -> Told:
        """Of a figure, text, number or time."""

    @abstractmethod
    def optional(self, inner: Told) -> Told:
        """Of what may be None."""

    @abstractmethod
    def several(self, item: Told) -> Told:
        """Of a tuple."""

    @abstractmethod
    def record(self, record: type) -> Told:
        """Of a record's fields."""


def _is_record(kind: Any) -> bool:
    return is_dataclass(kind) and kind not in (Estimate, Chance)


def _unless_none(kind: Any) -> Any:
    (inner,) = (each for each in get_args(kind) if each is not NoneType)
    return inner


def plain(kind: Any) -> type:
    """The class of a single value, without what its annotation adds."""
    bare: type = kind.__origin__ if get_origin(kind) is Annotated else kind
    return bare
