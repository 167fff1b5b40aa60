"""Everything of a scenario document is read typed and written typed: there and back it is the same document."""

from typing import Any

from graphql import GraphQLObjectType, GraphQLOutputType, build_schema, get_named_type, is_leaf_type

from server.graphql.schema import schema_text
from simulation.presets import preset_text, presets
from simulation.scenario.reading.canonical import digest
from simulation.scenario.reading.document import load
from tests.scenario.what_if import CENTRE
from tests.server.api import Client

SCHEMA = build_schema(schema_text())
MAKE = """mutation($source: ScenarioSourceInput!) { createScenario(input: {source: $source}) {
  scenario { id digest } userErrors { path message } } }"""


def everything(kind: GraphQLOutputType) -> str:
    """A selection of every field, down to the leaves."""
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    assert isinstance(named, GraphQLObjectType)
    return f"{{ {' '.join(f'{name} {everything(field.type)}' for name, field in named.fields.items())} }}"


DEFINITION = SCHEMA.get_type("ScenarioDefinition")
assert isinstance(DEFINITION, GraphQLObjectType)
READ = f"query($id: ID!) {{ scenario(id: $id) {{ definition {everything(DEFINITION)} }} }}"


def given(value: Any) -> Any:
    """An answer as an input takes it: without what is null."""
    if isinstance(value, dict):
        return {name: given(item) for name, item in value.items() if item is not None}
    return [given(item) for item in value] if isinstance(value, list) else value


TEXTS = [CENTRE, *(preset_text(preset.id) for preset in presets())]


async def test_a_scenario_read_typed_and_written_typed_is_the_same(client: Client) -> None:
    for text in TEXTS:
        made = (await client.ask(MAKE, source={"document": text}))["createScenario"]
        assert made["userErrors"] == []
        read = await client.ask(READ, id=made["scenario"]["id"])
        again = (await client.ask(MAKE, source={"scenario": given(read["scenario"]["definition"])}))["createScenario"]
        assert again["userErrors"] == []
        assert again["scenario"]["digest"] == made["scenario"]["digest"] == digest(load(text))
