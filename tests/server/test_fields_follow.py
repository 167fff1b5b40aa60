"""A scenario field is described once, in its model: JSON Schema and GraphQL have it in the model's words."""

from collections.abc import Iterator

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, build_schema
from strawberry.utils.str_converters import to_camel_case

from server.graphql.scenario_types import ROOT_NAMES
from server.graphql.schema import schema_text
from simulation.scenario.quantities import Described
from simulation.scenario.reading.canonical import json_schema
from simulation.scenario.reading.tree import model_in
from simulation.scenario.scenario import Scenario

SCHEMA = json_schema()
TYPES = build_schema(schema_text()).type_map


def models(root: type[Described]) -> Iterator[type[Described]]:
    """A model and those inside of its fields."""
    yield root
    for field in root.model_fields.values():
        inner = model_in(field.annotation)
        if inner is not None:
            yield from models(inner)


def documented(model: type[Described]) -> dict[str, str]:
    """What the JSON Schema says of every field; of one that has no words but its model's, these."""
    shape = SCHEMA if model is Scenario else SCHEMA["$defs"][model.__name__]
    (properties,) = (form["properties"] for form in (shape, *shape.get("anyOf", ())) if "properties" in form)
    return {
        name: form.get("description") or SCHEMA["$defs"][form["$ref"].split("/")[-1]]["description"]
        for name, form in properties.items()
    }


MODELS = list(dict.fromkeys(models(Scenario)))


@pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
def test_every_field_is_in_the_schemas_in_the_words_of_its_model(model: type[Described]) -> None:
    meanings = model.meanings()
    described = {field.alias or name: meanings[name] for name, field in model.model_fields.items()}
    output_name, input_name = ROOT_NAMES.get(model, (model.__name__, f"{model.__name__}Input"))
    output, given = TYPES[output_name], TYPES[input_name]
    assert isinstance(output, GraphQLObjectType)
    assert isinstance(given, GraphQLInputObjectType)
    in_camel_case = {to_camel_case(name): says for name, says in described.items()}
    assert documented(model) == described
    assert {name: field.description for name, field in output.fields.items()} == in_camel_case
    assert {name: field.description for name, field in given.fields.items()} == in_camel_case
