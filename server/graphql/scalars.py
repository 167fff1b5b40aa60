"""Scalars of the schema: instants with an offset, dates, document values, and columns of figures sent as one list."""

import json
from datetime import UTC, date, datetime
from typing import NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from simulation.outcome.report.result import Float64

FloatColumn = NewType("FloatColumn", Float64)
DateTimeColumn = NewType("DateTimeColumn", list[str])
DocumentValue = NewType("DocumentValue", object)
LocalDateTime = NewType("LocalDateTime", datetime)


def instant_of(value: object) -> datetime:
    if not isinstance(value, str):
        raise GraphQLError(f"DateTime must be text such as 2026-09-28T00:00:00-04:00, not {value!r}.")
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise GraphQLError(f"DateTime cannot read {value!r}; write 2026-09-28T00:00:00-04:00.") from None
    if instant.tzinfo is None:
        raise GraphQLError(f"DateTime {value!r} has no offset; end it with Z or an offset such as -04:00.")
    try:
        instant.astimezone(UTC)
    except OverflowError:
        raise GraphQLError(f"DateTime {value!r} lies outside the years 1 to 9999 in UTC; write one inside.") from None
    return instant


def local_time_of(value: object) -> datetime:
    try:
        time = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        time = None
    if time is None or time.tzinfo is not None:
        raise GraphQLError(f"LocalDateTime cannot read {value!r}; write it without an offset, as 2026-11-27T07:00.")
    return time


def date_of(value: object) -> date:
    if not isinstance(value, str):
        raise GraphQLError(f"Date must be text such as 2026-09-28, not {value!r}.")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise GraphQLError(f"Date cannot read {value!r}; write 2026-09-28.") from None


def instant_out(instant: datetime) -> datetime | str:
    """One of the database is written with the rest of the answer, in a tenth of the time that its text takes."""
    if instant.tzinfo is UTC:
        return instant
    if instant.tzinfo is None:
        raise ValueError("an instant without an offset reached the API")
    return instant.isoformat()


def document_text(value: object) -> str:
    """A document value as text of a scenario document: text is read as YAML, anything else is JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def unreadable(_: object) -> object:
    raise GraphQLError("A column is only ever an answer, not an argument.")


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant in ISO 8601 with its offset, such as 2026-11-27T09:30:00-05:00.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=instant_out,
        parse_value=instant_of,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar date, such as 2026-11-27.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=date.isoformat,
        parse_value=date_of,
    ),
    LocalDateTime: strawberry.scalar(
        name="LocalDateTime",
        description="A local date and time without an offset, such as 2026-11-27T07:00; its field says in which zone.",
        serialize=lambda time: time.isoformat(timespec="minutes"),
        parse_value=local_time_of,
    ),
    FloatColumn: strawberry.scalar(
        name="FloatColumn",
        description="A list of numbers, one a point in time, sent as one JSON array; null where a figure is undefined.",
        parse_value=unreadable,
    ),
    DateTimeColumn: strawberry.scalar(
        name="DateTimeColumn",
        description="A list of instants, one a point in time, sent as one JSON array of DateTime texts.",
        parse_value=unreadable,
    ),
    DocumentValue: strawberry.scalar(
        name="DocumentValue",
        description="A value of a scenario document: a number, boolean, list or object; text is read as YAML.",
    ),
}
