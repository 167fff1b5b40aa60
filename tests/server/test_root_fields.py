"""Every root field says what it needs before it does anything: walked over the schema, so that a new one is met too."""

from contextlib import aclosing
from typing import Any, NoReturn
from uuid import UUID

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    get_named_type,
)

from server.access import Bearer, Doorkeeper
from server.graphql.context import Context
from server.graphql.schema import schema, schema_text
from server.store.organisations import Role, Scope

GRAPH = build_schema(schema_text())
KINDS = {"query": GRAPH.query_type, "mutation": GRAPH.mutation_type, "subscription": GRAPH.subscription_type}
ROOTS = [(kind, name) for kind, root in KINDS.items() if root for name in root.fields]
MUTATIONS = [name for kind, name in ROOTS if kind == "mutation"]
FOR_ANYBODY = {"viewer"}
"""Asks only who asks."""
FOR_VIEWERS = {"exportOutcomes"}
"""A link to what whoever makes it may read."""
VALUES = {"ID": '"x"', "String": '"x"', "Int": "1", "Float": "0.5", "Boolean": "true"} | {
    "DateTime": '"2026-11-27T09:30:00Z"',
    "Date": '"2026-11-27"',
    "LocalDateTime": '"2026-11-27T09:30"',
    "DocumentValue": "1",
}


class Untouched:
    """Stands where the database is, and must not be asked."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"{name} of the database was reached before anything was checked")


def literal(kind: Any) -> str:
    """The smallest value that the schema takes for an input."""
    match kind:
        case GraphQLNonNull():
            return literal(kind.of_type)
        case GraphQLList():
            return f"[{literal(kind.of_type)}]"
        case GraphQLEnumType():
            return str(next(iter(kind.values)))
        case GraphQLScalarType():
            return VALUES[kind.name]
        case GraphQLInputObjectType():
            wanted = {name: field.type for name, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull)}
            if kind.is_one_of:
                name, field = next(iter(kind.fields.items()))
                wanted = {name: field.type}
            return "{" + ", ".join(f"{name}: {literal(of)}" for name, of in wanted.items()) + "}"
    raise TypeError(kind)


def operation(kind: str, name: str) -> str:
    root = KINDS[kind]
    assert root is not None
    field = root.fields[name]
    needed = {at: told.type for at, told in field.args.items() if isinstance(told.type, GraphQLNonNull)}
    arguments = ", ".join(f"{at}: {literal(of)}" for at, of in needed.items())
    below = "" if isinstance(get_named_type(field.type), GraphQLScalarType | GraphQLEnumType) else " { __typename }"
    return f"{kind} {{ {name}{f'({arguments})' if arguments else ''}{below} }}"


def bearer(role: Role, *scopes: Scope) -> Bearer:
    return Bearer(
        UUID(int=1), UUID(int=2), is_member=False, role=role, scopes=frozenset(scopes), expires_at=None, label=""
    )


async def answer(kind: str, name: str, who: Bearer | None) -> list[str]:
    """The codes of the errors of a root field; one that is no refusal is NONE or what its resolver met instead."""
    untouched: Any = Untouched()
    context = Context(Doorkeeper(untouched), untouched, who, untouched, untouched)
    text = operation(kind, name)
    if kind == "subscription":
        stream: Any = await schema.subscribe(text, context_value=context)
        async with aclosing(stream) as results:
            result = await anext(results)
    else:
        result = await schema.execute(text, context_value=context)
    return [str((error.extensions or {}).get("code")) for error in result.errors or []]


@pytest.mark.parametrize(("kind", "name"), ROOTS)
async def test_without_signing_in_a_root_field_refuses(kind: str, name: str) -> None:
    assert await answer(kind, name, None) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize(("kind", "name"), [root for root in ROOTS if root[1] not in FOR_ANYBODY])
async def test_a_root_field_needs_exactly_one_scope(kind: str, name: str) -> None:
    """Refused to whoever lacks it, and to nobody who has it: so it is the scope that was checked."""
    assert await answer(kind, name, bearer(Role.ADMIN)) == ["FORBIDDEN"]
    without = [s for s in Scope if await answer(kind, name, bearer(Role.ADMIN, *set(Scope) - {s})) == ["FORBIDDEN"]]
    assert len(without) == 1
    assert await answer(kind, name, bearer(Role.ADMIN, *without)) != ["FORBIDDEN"]


@pytest.mark.parametrize("name", [name for name in MUTATIONS if name not in FOR_VIEWERS])
async def test_a_mutation_refuses_a_viewer(name: str) -> None:
    assert await answer("mutation", name, bearer(Role.VIEWER, *Role.VIEWER.scopes)) == ["FORBIDDEN"]


def test_there_are_roots_to_walk() -> None:
    assert len(MUTATIONS) >= 8
    assert {kind for kind, _ in ROOTS} == {"query", "mutation", "subscription"}


def reachable(start: str) -> set[str]:
    """Names of the types that an answer of this type may hold."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        kind = GRAPH.type_map[name]
        if name in found or not isinstance(kind, GraphQLObjectType):
            continue
        found.add(name)
        waiting += [get_named_type(field.type).name for field in kind.fields.values()]
    return found


@pytest.mark.parametrize("start", ["Viewer", "CreateTokenPayload", "RemoveMemberPayload", "MemberConnection"])
def test_what_needs_no_reading_leads_to_nothing_that_does(start: str) -> None:
    assert reachable(start) & {"Run", "Scenario", "Outcomes"} == set()
