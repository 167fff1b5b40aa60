"""Resolvers that are called directly answer as they did through Strawberry."""

from typing import Any

import pytest
import strawberry
from graphql import GraphQLObjectType
from strawberry.schema.config import StrawberryConfig

from server.graphql.admission import Admission
from server.graphql.answering import HideBugs, Schema
from server.graphql.direct import resolve_directly
from server.graphql.runs import Run
from server.graphql.scalars import SCALARS
from server.graphql.scenarios import Scenario
from server.graphql.schema import Mutation, Query, Subscription, schema
from tests.server.api import Client


@strawberry.type
class Kinds:
    plain: int = 3

    @strawberry.field
    def own(self) -> int:
        return self.plain + 1

    @strawberry.field
    def scaled(self, of_many: int = 2, by_name: str | None = None) -> str:
        return f"{self.plain * of_many} {by_name}"

    @strawberry.field
    async def later(self) -> int:
        return self.plain + 2

    @strawberry.field
    def several(self, numbers: list[int]) -> list[int]:
        return numbers

    @strawberry.field
    def told(self, info: strawberry.Info) -> str:
        return info.field_name


@strawberry.type
class Root:
    @strawberry.field
    def kinds(self) -> Kinds:
        return Kinds()


ASKED = '{ kinds { plain own scaled other: scaled(ofMany: 5, byName: "x") later several(numbers: [1, 2]) told } }'
ANSWER = {"plain": 3, "own": 4, "scaled": "6 None", "other": "15 x", "later": 5, "several": [1, 2], "told": "told"}


@pytest.mark.parametrize("is_direct", [False, True])
async def test_every_kind_of_resolver_answers_alike(is_direct: bool) -> None:
    made = strawberry.Schema(Root)
    if is_direct:
        resolve_directly(made._schema)
    result = await made.execute(ASKED)
    assert (result.data, result.errors) == ({"kinds": ANSWER}, None)


def test_what_takes_its_object_first_and_plain_arguments_is_direct() -> None:
    kinds = strawberry.Schema(Root)._schema
    before = {name: field.resolve for name, field in fields(kinds).items()}
    resolve_directly(kinds)
    changed = {name for name, field in fields(kinds).items() if field.resolve is not before[name]}
    assert changed == set(fields(kinds))


def fields(made: Any) -> Any:
    found = made.type_map["Kinds"]
    assert isinstance(found, GraphQLObjectType)
    return found.fields


async def test_the_outcomes_of_a_run_are_the_same_either_way(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await client.finished_run()
    direct = await client.ask("Outcomes", run=run)
    slow = Schema(
        Query,
        Mutation,
        Subscription,
        types=[Run, Scenario],
        extensions=[Admission, HideBugs],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    monkeypatch.setattr(schema, "_schema", slow._schema)
    assert await client.ask("Outcomes", run=run) == direct
    assert direct["node"]["outcomes"]["queues"][0]["total"]["serviceLevel"]["confidenceInterval"]["lower"] > 0
