"""A field of a result's record is told by storage, the document, its JSON Schema and GraphQL, from one definition."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from server.graphql.records import Schema
from server.graphql.scalars import SCALARS
from simulation.outcome.counting.estimates import NOT_NEGATIVE, Chance, Estimate
from simulation.outcome.records import Beside, ByColumn, Listed, Unpromised
from simulation.outcome.report.document import told
from simulation.outcome.report.document_schema import Shapes
from simulation.outcome.report.parts import read_column
from simulation.outcome.report.stored import FigureWriter, plain_record, read_record
from simulation.scenario.quantities import Id


class Colour(StrEnum):
    DEEP_RED = "deep_red"


@dataclass(frozen=True, eq=False)
class Part:
    """A part of it."""

    day: date
    """Its day."""
    share: float
    """Its
    share."""


@dataclass(frozen=True, eq=False)
class Whole:
    """All that a record can hold."""

    id: Id
    """Whose it is."""
    colour: Colour
    """DEEP_RED."""
    paid: Estimate | None
    """Money."""
    kept: Annotated[Chance, Unpromised()]
    """How often."""
    start: datetime
    """When."""
    owner: Annotated[Id | None, Listed("owners")]
    """Who."""
    best: Annotated[Part, Beside("best")]
    """The best part."""
    parts: Annotated[tuple[Part, ...], ByColumn()]
    """All parts."""


WHOLE = Whole(
    id="it",
    colour=Colour.DEEP_RED,
    paid=Estimate(np.array([1.0, 3.0]), possible=NOT_NEGATIVE),
    kept=Chance(1, 2),
    start=datetime(2026, 11, 1, 8, tzinfo=UTC),
    owner="acme",
    best=Part(date(2026, 11, 2), 0.75),
    parts=(Part(date(2026, 11, 2), 0.75), Part(date(2026, 11, 3), 0.25)),
)
BARE = Whole("it", Colour.DEEP_RED, None, Chance(0, 2), WHOLE.start, None, WHOLE.best, ())


@pytest.mark.parametrize("whole", [WHOLE, BARE], ids=["whole", "bare"])
def test_a_record_comes_back_from_storage_as_it_was(whole: Whole) -> None:
    writer = FigureWriter()
    kept = json.loads(json.dumps(plain_record(whole, writer)))
    again = read_record(Whole, kept, read_column(writer.to_bytes()))
    assert (again.id, again.colour, again.kept, again.start) == (whole.id, whole.colour, whole.kept, whole.start)
    assert again.colour is Colour.DEEP_RED
    assert (again.owner, again.best.day) == (whole.owner, whole.best.day)
    assert told(again) == told(whole)
    if whole.paid is not None and again.paid is not None:
        assert (again.paid.over.tolist(), again.paid.possible) == ([1.0, 3.0], NOT_NEGATIVE)


def test_the_document_tells_lists_and_columns_where_it_is_said() -> None:
    shown = told(WHOLE)
    assert list(shown) == ["id", "colour", "paid", "kept", "start", "owners", "best", "day", "share"]
    assert shown["paid"]["mean"] == 2.0
    assert shown["kept"]["mean"] == 0.5
    assert (shown["colour"], shown["start"]) == ("deep_red", "2026-11-01T08:00:00+00:00")
    assert shown["best"] == {"day": "2026-11-02", "share": 0.75}
    assert (shown["owners"], shown["day"], shown["share"]) == (["acme"], ["2026-11-02", "2026-11-03"], [0.75, 0.25])
    assert (told(BARE)["owners"], told(BARE)["day"], told(BARE)["paid"]) == ([], [], None)


@pytest.mark.parametrize("whole", [WHOLE, BARE], ids=["whole", "bare"])
def test_the_json_schema_is_that_of_the_document(whole: Whole) -> None:
    model = Shapes().of(Whole)
    model.model_validate(told(whole))
    with pytest.raises(ValueError, match="further"):
        model.model_validate({**told(whole), "further": 1})


def test_the_json_schema_says_what_the_record_says() -> None:
    schema = Shapes().of(Whole).model_json_schema()
    assert (schema["title"], schema["description"]) == ("WholeShape", "All that a record can hold.")
    texts = {name: field["description"] for name, field in schema["properties"].items()}
    assert (texts["paid"], texts["owners"], texts["share"]) == ("Money.", "Who.", "Its share.")
    assert texts["colour"] == "deep_red."


def test_graphql_serves_what_the_record_holds() -> None:
    told_type = Schema().of(Whole).type

    def whole() -> Any:
        return WHOLE

    whole.__annotations__ = {"return": told_type}
    query = strawberry.type(type("Query", (), {"whole": strawberry.field(resolver=whole)}))
    schema = strawberry.Schema(query, config=StrawberryConfig(scalar_map=SCALARS))
    answered = schema.execute_sync(
        "{ whole { id paid { mean } kept { mean } owner bestDay bestShare parts { day share } } }"
    )
    assert answered.errors is None
    assert answered.data == {
        "whole": {
            "id": "it",
            "paid": {"mean": 2.0},
            "kept": {"mean": 0.5},
            "owner": "acme",
            "bestDay": "2026-11-02",
            "bestShare": 0.75,
            "parts": [{"day": "2026-11-02", "share": 0.75}, {"day": "2026-11-03", "share": 0.25}],
        }
    }
    text = schema.as_str()
    assert '"""Money."""\n  paid: Figure\n' in text
    assert '"""How often."""\n  kept: Probability\n' in text
    assert '"""When."""\n  start: DateTime!\n' in text


NOTHING = np.empty(0)


@dataclass(frozen=True)
class Grown:
    """A record that has grown since some were stored."""

    old: float
    """There from the first."""
    new: float = 2.0
    """Came later."""


def test_what_was_stored_before_a_field_came_is_read_with_its_default() -> None:
    assert read_record(Grown, {"old": 1.0}, NOTHING) == Grown(1.0, 2.0)
    with pytest.raises(TypeError, match="old"):
        read_record(Grown, {"new": 1.0}, NOTHING)
