"""Typed changes over the API: the same as in the simulation, in the names of the schema."""

from typing import Any

from graphql import GraphQLInputObjectType, build_schema
from strawberry.utils.str_converters import to_camel_case

from server.graphql.schema import schema_text
from simulation.scenario.changing.change import ALTERATIONS, Change, altered, name_of, read_changes
from simulation.scenario.reading.canonical import digest
from simulation.scenario.reading.document import load
from simulation.scenario.reading.tree import model_in
from simulation.scenario.reading.yaml_text import read
from tests.scenario.what_if import BY_HAND, CENTRE, HAPPENINGS
from tests.server.api import Client

SCHEMA = build_schema(schema_text())
FORK = """mutation($input: CreateScenarioInput!) { createScenario(input: $input) {
  scenario { digest changes { path paths summary } } userErrors { code message path } } }"""
FIRST = {next(iter(change)): change for change, _, _ in reversed(BY_HAND)}
CHANGES = [*FIRST.values(), {"add_event": {"event": read(HAPPENINGS[0][0]).data}}]
"""One of each kind."""


def typed(annotation: Any, data: Any) -> Any:
    """Plain data as an input: camelCase, maps as lists of keys and values, a number of hours that is certain."""
    if isinstance(data, list):
        return [typed(annotation, item) for item in data]
    model = model_in(annotation)
    if model is not None:
        given = data if isinstance(data, dict) else {"mean": data}
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        return {to_camel_case(key): typed(fields[key].annotation, value) for key, value in given.items()}
    return [{"key": key, "value": value} for key, value in data.items()] if isinstance(data, dict) else data


async def test_a_typed_change_is_the_one_of_the_simulation(client: Client) -> None:
    assert len(CHANGES) == len(ALTERATIONS)
    base, scenario = await client.create_scenario(CENTRE), load(CENTRE)
    for change in CHANGES:
        given = typed(Change, change)
        made = (await client.ask(FORK, input={"source": {"scenarioId": base}, "changes": [given]}))["createScenario"]
        done = altered(scenario, read_changes([change]))
        assert made["userErrors"] == [], given
        assert made["scenario"]["digest"] == digest(done.scenario), given
        assert made["scenario"]["changes"] == [
            {"path": told.path, "paths": list(told.paths), "summary": told.summary} for told in done.told
        ]


def test_every_change_is_in_the_schema_in_the_words_of_its_model() -> None:
    one = SCHEMA.get_type("ScenarioChangeInput")
    assert isinstance(one, GraphQLInputObjectType)
    assert one.is_one_of
    assert set(one.fields) == {to_camel_case(name_of(kind)) for kind in ALTERATIONS}
    for kind in ALTERATIONS:
        given = SCHEMA.get_type(f"{kind.__name__}Input")
        assert isinstance(given, GraphQLInputObjectType)
        described = {
            to_camel_case(field.alias or name): kind.meanings()[name] for name, field in kind.model_fields.items()
        }
        assert {name: field.description for name, field in given.fields.items()} == described


async def test_what_is_refused_is_named_in_the_names_of_the_schema(client: Client) -> None:
    changes: list[dict[str, Any]] = [
        {"setTarget": {"queue": "orders", "thresholdSeconds": -1}},
        {"setAllocation": {"queue": "mail", "shares": [{"key": "big_vendor", "value": 2.0}]}},
        {"setAllocation": {"queue": "mail", "shares": [{"key": "own", "value": 0.5}] * 2}},
        {"addClass": {"team": "home", "trainingClass": {"start": "2026-10-05", "size": 0, "trainingWeeks": 400}}},
    ]
    seen = [
        (await client.ask(FORK, input={"source": {"document": CENTRE}, "changes": [one]}))["createScenario"][
            "userErrors"
        ]
        for one in changes
    ]
    assert [[error["path"] for error in errors] for errors in seen] == [
        ["changes.0.setTarget.thresholdSeconds"],
        ["changes.0.setAllocation.shares.big_vendor"],
        ["changes.0.setAllocation.shares.own"],
        ["changes.0.addClass.trainingClass.size", "changes.0.addClass.trainingClass.trainingWeeks"],
    ]
    assert {error["code"] for errors in seen for error in errors} == {"INVALID_CHANGE"}
