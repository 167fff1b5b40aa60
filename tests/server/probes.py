"""Every place of a schema that takes an id, a cursor or a key, found by walking, and an operation that fills it in.

What the walk cannot fill in by itself it asks to be taught, so that no field is left out in silence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

SAMPLES = {
    "Boolean": "false",
    "Date": '"2026-11-02"',
    "DateTime": f'"{(datetime.now(UTC) + timedelta(days=30)).isoformat()}"',
    "Float": "0.5",
    "ID": '"x"',
    "Int": "1",
    "String": '"x"',
}
"""A literal of every scalar that an argument may have to be given."""
CURSORS = ("after", "before")
KEY, VERSION = "idempotencyKey", "expectedVersion"
DEEPEST = 3

Taking = GraphQLArgument | GraphQLInputField


class UntaughtError(AssertionError):
    """The schema has something that no probe reaches."""


@dataclass(frozen=True)
class Probe:
    place: str
    """root field and arguments, as in `startRun.input.scenarioId`"""
    operation: str
    """takes the text to be tried as `$tried`"""
    kind: str
    """query, mutation or subscription"""

    @property
    def is_cursor(self) -> bool:
        return self.place.rpartition(".")[2] in CURSORS


def id_probes(schema: GraphQLSchema) -> list[Probe]:
    """A probe of every argument of a root field that takes an id or a cursor; of one with a version two."""
    return [probe for probe in _probes(schema, is_id) for probe in _versions(probe)]


def key_places(schema: GraphQLSchema) -> set[str]:
    """Where mutations take an idempotency key."""
    return {probe.place for probe in _probes(schema, lambda name, given: name == KEY)}


def is_id(name: str, given: Taking) -> bool:
    kind = get_named_type(given.type).name
    return kind == "ID" or (kind == "String" and (name in CURSORS or bool(re.search(r"Ids?$", name))))


def node_kinds(schema: GraphQLSchema) -> set[str]:
    node = schema.get_type("Node")
    assert isinstance(node, GraphQLInterfaceType)
    return {kind.name for kind in schema.get_possible_types(node)}


def nested_places(schema: GraphQLSchema) -> list[str]:
    """Arguments of other fields than the roots' that take an id or a cursor."""
    roots = {kind for kind in (schema.query_type, schema.mutation_type, schema.subscription_type) if kind}
    return [
        f"{kind.name}.{name}.{argument}"
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType) and kind not in roots and not kind.name.startswith("__")
        for name, field in kind.fields.items()
        for argument, given in field.args.items()
        if any(_paths(argument, given, is_id, frozenset()))
    ]


def _probes(schema: GraphQLSchema, wanted: "Wanted") -> Iterator[Probe]:
    roots = {"query": schema.query_type, "mutation": schema.mutation_type, "subscription": schema.subscription_type}
    for kind, root in roots.items():
        for name, field in (root.fields if root else {}).items():
            for argument, given in field.args.items():
                for path, taken in _paths(argument, given, wanted, frozenset()):
                    arguments = _arguments(field, path)
                    selection = _selection(field, DEEPEST)
                    variable = f"$tried: {get_named_type(taken.type).name}!"
                    yield Probe(
                        ".".join((name, *path)), f"{kind} Tried({variable}) {{ {name}({arguments}){selection} }}", kind
                    )


def _versions(probe: Probe) -> Iterator[Probe]:
    yield probe
    if f"{VERSION}: 1" in probe.operation:
        yield replace(probe, operation=probe.operation.replace(f"{VERSION}: 1", f"{VERSION}: 99"))


class Wanted(Protocol):
    """What a place is chosen by."""

    def __call__(self, name: str, given: Taking) -> bool: ...


def _paths(
    name: str, given: Taking, wanted: "Wanted", within: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], Taking]]:
    named = get_named_type(given.type)
    if wanted(name, given):
        yield (name,), given
    elif isinstance(named, GraphQLInputObjectType) and named.name not in within:
        for below, field in named.fields.items():
            for path, taken in _paths(below, field, wanted, within | {named.name}):
                yield (name, *path), taken


def _arguments(field: GraphQLField, path: tuple[str, ...]) -> str:
    """The required arguments and the one on the path."""
    return ", ".join(
        f"{name}: {_on_path(given.type, path[1:]) if name == path[0] else _sample(given.type)}"
        for name, given in field.args.items()
        if name == path[0] or is_required_argument(given) or name == VERSION
    )


def _on_path(kind: object, path: tuple[str, ...]) -> str:
    match kind:
        case GraphQLNonNull():
            return _on_path(kind.of_type, path)
        case GraphQLList():
            return f"[{_on_path(kind.of_type, path)}]"
        case GraphQLInputObjectType():
            others = {} if kind.is_one_of else kind.fields
            given = [
                f"{name}: {_sample(field.type)}"
                for name, field in others.items()
                if name != path[0] and (is_required_input_field(field) or name == VERSION)
            ]
            return f"{{{', '.join([f'{path[0]}: {_on_path(kind.fields[path[0]].type, path[1:])}', *given])}}}"
    return "$tried"


def _sample(kind: object) -> str:
    match kind:
        case GraphQLNonNull():
            return _sample(kind.of_type)
        case GraphQLList():
            return f"[{_sample(kind.of_type)}]"
        case GraphQLEnumType():
            return str(next(iter(kind.values)))
        case GraphQLInputObjectType() if kind.is_one_of:
            name, field = next(item for item in kind.fields.items() if is_leaf_type(get_named_type(item[1].type)))
            return f"{{{name}: {_sample(field.type)}}}"
        case GraphQLInputObjectType():
            required = {name: field for name, field in kind.fields.items() if is_required_input_field(field)}
            return f"{{{', '.join(f'{name}: {_sample(field.type)}' for name, field in required.items())}}}"
    if str(kind) not in SAMPLES:
        raise UntaughtError(f"teach SAMPLES a literal of {kind}")
    return SAMPLES[str(kind)]


def _selection(field: GraphQLField, depth: int) -> str:
    """Every field without required arguments, some levels deep; of anything with a global id that id."""
    named = get_named_type(field.type)
    if is_leaf_type(named):
        return ""
    if isinstance(named, GraphQLUnionType) or depth == 0:
        return " { __typename }"
    assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
    if named.name == "Node" or any(interface.name == "Node" for interface in named.interfaces):
        return " { __typename id }"
    below = [
        f"{name}{_selection(field, depth - 1)}"
        for name, field in named.fields.items()
        if not any(is_required_argument(argument) for argument in field.args.values())
    ]
    return f" {{ __typename {' '.join(below)} }}"
