"""Objects that are read field by field answer as they do one by one, wherever something is missing or goes wrong."""

import json
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import numpy as np
import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from server.graphql.admission import Admission
from server.graphql.answering import Schema
from server.graphql.direct import resolve_directly
from server.graphql.executing import Executor
from server.graphql.json_text import encoded
from server.graphql.scalars import SCALARS, FloatColumn


@strawberry.enum
class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@strawberry.interface
class Named:
    name: str | None


@strawberry.type
class Leaf(Named):
    number: int
    colour: Colour | None = None

    @strawberry.field
    def times(self, factor: int = 2) -> int:
        if factor == 13:
            raise ValueError(f"no {factor} times {self.number}")
        return factor * self.number

    @strawberry.field
    def odd(self) -> str:
        return None if self.number % 2 == 0 else "odd"  # type: ignore[return-value]  # what must not be


@strawberry.type
class Branch(Named):
    leaves: list[Leaf]
    rows: list[list[Leaf] | None]
    best: Leaf | None
    since: datetime
    column: FloatColumn

    @strawberry.field
    async def later(self) -> Leaf | None:
        return self.best

    @strawberry.field
    def anything(self) -> Named | None:
        return self.best


def branches() -> list[Branch]:
    leaves = [Leaf(name="a", number=1, colour=Colour.RED), Leaf(name=None, number=2), Leaf(name="c", number=3)]
    instant = datetime(2026, 3, 1, 4, 5, 6, 7, UTC)
    column = FloatColumn(np.array([1.0, np.nan, 0.1]))
    return [
        Branch(
            name="x",
            leaves=leaves,
            rows=[leaves[:1], None, [], leaves[1:]],
            best=leaves[2],
            since=instant,
            column=column,
        ),
        Branch(
            name="y",
            leaves=[],
            rows=[],
            best=None,
            since=instant.astimezone(timezone(timedelta(hours=2))),
            column=FloatColumn(column[::-1]),
        ),
    ]


@strawberry.type
class Root:
    @strawberry.field
    def tree(self) -> list[Branch]:
        return branches()

    @strawberry.field
    async def best(self) -> Branch | None:
        return branches()[0]

    @strawberry.field
    def named(self, names: list[str], colours: list[Colour] | None = None) -> list[str]:
        return [*names, *(colour.value for colour in colours or ())]


CONFIG = StrawberryConfig(scalar_map=SCALARS)
LONG = strawberry.Schema(Root, config=CONFIG)
SHORT = Schema(Root, config=CONFIG, execution_context_class=Executor, extensions=[Admission])
resolve_directly(SHORT._schema)


async def both(query: str, **variables: Any) -> tuple[Any, Any]:
    """What is answered the long way and the short way, as its client reads it, and where it went wrong."""
    found = []
    for made in (LONG, SHORT):
        result = await made.execute(query, variables)
        places = sorted((error.path or [] for error in result.errors or ()), key=str)
        found.append(json.loads(encoded([result.data, places])))
    return found[0], found[1]


@pytest.mark.parametrize(
    "query",
    [
        "{ tree { name leaves { name number colour __typename } } }",
        "{ tree { rows { number colour } best { times triple: times(factor: 3) } since column } }",
        "{ best { ... on Branch { name ...R } leaves { number } leaves { name } } } fragment R on Branch { since }",
        "{ tree { later { name times } anything { __typename name ... on Leaf { number } } } }",
        "{ tree { leaves { odd } } }",
        "{ tree { name best { odd number } } best { leaves { times(factor: 13) } } }",
        '{ named(names: ["a", "b"], colours: [RED, BLUE]) again: named(names: []) }',
    ],
)
async def test_an_answer_is_the_same_either_way(query: str) -> None:
    for _ in range(2):  # as it is read first, and as it is remembered
        long, short = await both(query)
        assert short == long


async def test_an_error_in_a_list_is_told_with_its_place() -> None:
    _, told = await both("{ best { leaves { number odd } } }")
    assert told == [{"best": None}, [["best", "leaves", 1, "odd"]]]


async def test_what_is_remembered_of_a_document_is_nothing_of_its_variables() -> None:
    query = "query ($f: Int!, $n: [String!]!) { tree { leaves { times(factor: $f) } } named(names: $n) }"
    for factor, names in ((5, ["a"]), (7, []), (13, ["b", "c"])):
        long, short = await both(query, f=factor, n=names)
        assert short == long
    query = "query ($s: Boolean!) { tree { name @skip(if: $s) leaves { number @include(if: $s) name } } }"
    for skips in (True, False, True):
        long, short = await both(query, s=skips)
        assert short == long


async def test_a_selection_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out = list[str]()
    field_of = Executor.field_of

    def counted(executor: Executor, parent: Any, details: Any) -> Any:
        worked_out.append(details[0].node.name.value)
        return field_of(executor, parent, details)

    monkeypatch.setattr(Executor, "field_of", counted)
    for _ in range(3):
        await SHORT.execute("{ tree { leaves { number name } } } # once")
    assert sorted(worked_out) == ["leaves", "name", "number"]
