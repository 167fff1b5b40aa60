"""The schema as a contract: committed, described, and kept with those who rely on it."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    parse,
    validate,
)

from server.cli import proposals, requests
from server.graphql.schema import schema_text
from tests.server.api import operations

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "schema.graphql"


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(COMMITTED.read_text())


def own_types(schema: GraphQLSchema) -> list[object]:
    builtin = {"String", "Int", "Float", "Boolean", "ID"}
    return [each for name, each in schema.type_map.items() if not name.startswith("__") and name not in builtin]


def test_the_committed_schema_is_the_one_served() -> None:
    assert COMMITTED.read_text() == schema_text(), "run `python -m tests.golden`"


@pytest.mark.parametrize("name", operations())
def test_an_operation_that_clients_rely_on_is_valid(schema: GraphQLSchema, name: str) -> None:
    assert validate(schema, parse(operations()[name])) == []


@pytest.mark.parametrize("module", [requests, proposals])
def test_what_the_command_line_asks_is_valid(schema: GraphQLSchema, module: ModuleType) -> None:
    asked = [
        text for text in vars(module).values() if isinstance(text, str) and text.startswith(("query(", "mutation("))
    ]
    assert len(asked) > 5
    assert [error.message for text in asked for error in validate(schema, parse(text))] == []


def test_every_type_field_argument_and_value_is_described(schema: GraphQLSchema) -> None:
    bare = []
    for each in own_types(schema):
        bare += [str(each)] if not getattr(each, "description", None) else []
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            bare += [f"{each}.{name}" for name, field in each.fields.items() if not field.description]
        if isinstance(each, GraphQLObjectType):
            bare += [
                f"{each}.{name}({argument})"
                for name, field in each.fields.items()
                for argument, told in field.args.items()
                if not told.description
            ]
        if isinstance(each, GraphQLEnumType):
            bare += [f"{each}.{name}" for name, value in each.values.items() if not value.description]
    assert bare == []


def test_mutations_take_one_input_and_answer_with_a_nullable_payload(schema: GraphQLSchema) -> None:
    assert schema.mutation_type is not None
    for name, field in schema.mutation_type.fields.items():
        stem = name[0].upper() + name[1:]
        assert {argument: str(told.type) for argument, told in field.args.items()} == {"input": f"{stem}Input!"}
        assert str(field.type) == f"{stem}Payload"
        payload = schema.get_type(f"{stem}Payload")
        assert isinstance(payload, GraphQLObjectType)
        assert str(payload.fields["userErrors"].type) == "[UserError!]!"


def test_connections_have_nodes_edges_page_info_and_a_total(schema: GraphQLSchema) -> None:
    connections = [each for name, each in schema.type_map.items() if name.endswith("Connection")]
    assert len(connections) == 11
    for each in connections:
        assert isinstance(each, GraphQLObjectType)
        assert set(each.fields) == {"nodes", "edges", "pageInfo", "totalCount"}
        assert all(isinstance(field.type, GraphQLNonNull) for field in each.fields.values())


def test_a_model_of_alternatives_is_a_one_of_input(schema: GraphQLSchema) -> None:
    one_of = {
        name for name, each in schema.type_map.items() if isinstance(each, GraphQLInputObjectType) and each.is_one_of
    }
    of_models = {"ScenarioChangeInput", "SeasonInput", "TenureInput"}
    assert one_of == of_models | {"ScenarioSourceInput", "ImportFileInput", "StudyBaseInput", "StressInput"}


def test_a_map_is_a_list_of_keys_and_values(schema: GraphQLSchema) -> None:
    demand, entry = schema.get_type("DemandInput"), schema.get_type("WeekdayFloatEntryInput")
    assert isinstance(demand, GraphQLInputObjectType)
    assert isinstance(entry, GraphQLInputObjectType)
    assert str(demand.fields["weekdayWeights"].type) == "[WeekdayFloatEntryInput!]"
    assert {name: str(field.type) for name, field in entry.fields.items()} == {"key": "Weekday!", "value": "Float!"}


def test_agents_are_a_list_so_that_one_number_does_too(schema: GraphQLSchema) -> None:
    staffing = schema.get_type("StaffingInput")
    assert isinstance(staffing, GraphQLInputObjectType)
    assert str(staffing.fields["agents"].type) == "[Int!]!"


def test_the_web_process_loads_neither_the_compiler_nor_the_simulator() -> None:
    asks = "import sys, server.app; print(sorted({'numba', 'simpy', 'scipy.stats'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout == "[]\n"
