"""Enums of the schema, each value described: the scenario's closed sets, and the words of runs and outcomes."""

import inspect
from collections.abc import Mapping
from enum import Enum, EnumMeta
from typing import Any, TypeVar

import strawberry

from simulation.scenario.docstrings import documented

Words = TypeVar("Words", bound=EnumMeta)

VALUES: Mapping[str, Mapping[str, str]] = {
    "Weekday": {
        "MON": "Monday.", "TUE": "Tuesday.", "WED": "Wednesday.", "THU": "Thursday.",
        "FRI": "Friday.", "SAT": "Saturday.", "SUN": "Sunday.",
    },
    "MonthName": {
        "JAN": "The month of January.", "FEB": "The month of February.", "MAR": "The month of March.",
        "APR": "The month of April.", "MAY": "The month of May.", "JUN": "The month of June.",
        "JUL": "The month of July.", "AUG": "The month of August.", "SEP": "The month of September.",
        "OCT": "The month of October.", "NOV": "The month of November.", "DEC": "The month of December.",
    },
    "RunStatus": {
        "QUEUED": "Waiting for a worker.",
        "RUNNING": "A worker simulates it.",
        "SUCCEEDED": "Its outcomes are there.",
        "FAILED": "It ended without outcomes; `failure` says why.",
        "CANCELLED": "It was cancelled.",
    },
    "OrganisationKind": {
        "CLIENT": "It buys services.",
        "VENDOR": "It sells services.",
    },
}  # fmt: skip
"""Descriptions of values whose enum gives none below them."""


def describe(words: Words, description: str = "", name: str | None = None) -> Words:
    """Makes a closed set of the program an enum of the schema, described as given or by its own docstring."""
    strawberry.enum(words, name=name, description=description or inspect.cleandoc(words.__doc__ or ""))
    texts = {**VALUES.get(words.__name__, {}), **documented(words)}
    definition: Any = words
    for value in definition.__strawberry_definition__.values:
        value.description = texts[value.name]
    return words


def enum_of(name: str, description: str, values: Mapping[str, str]) -> Any:
    """An enum of the schema from its values (in lower case) and their descriptions."""
    members = {value.upper(): strawberry.enum_value(value, description=says) for value, says in values.items()}
    made: Any = Enum
    words = made(name, members)
    return strawberry.enum(words, description=description)
