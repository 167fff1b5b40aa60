"""Resolvers called directly, where Strawberry's own way to them has nothing to do.

For every field of every object Strawberry makes an `Info`, looks its arguments' names up and chains its extensions;
most fields have none of these, and an answer has thousands of fields.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    get_nullable_type,
    is_leaf_type,
)
from strawberry import Info
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

DEFINITION = "strawberry-definition"
PLAIN = "springtide-plain"


def resolve_directly(schema: GraphQLSchema) -> None:
    """Every field whose arguments are what GraphQL reads."""
    for made in schema.type_map.values():
        if isinstance(made, GraphQLObjectType):
            for field in made.fields.values():
                told = field.extensions.get(DEFINITION)
                if isinstance(told, StrawberryField) and not (told.extensions or told.is_subscription):
                    field.resolve = direct(field, told) or field.resolve


def direct(field: GraphQLField, told: StrawberryField) -> Callable[..., Any] | None:
    resolver = told.base_resolver
    if resolver is None:
        return read_by(field, attrgetter(told.python_name))
    function: Any = resolver.wrapped_func
    takes_leaves = all(is_leaf(argument.type) for argument in field.args.values())
    if not (callable(function) and takes_leaves and has_its_object_first(resolver)):
        return None
    for argument in field.args.values():
        argument.out_name = argument.extensions[DEFINITION].python_name
    if resolver.info_parameter is not None:
        name = resolver.info_parameter.name
        return lambda source, info, **given: function(source, **given, **{name: Info(_raw_info=info, _field=told)})
    if resolver.is_async:
        return lambda source, info, **given: function(source, **given)
    return read_by(field, function)


def read_by(field: GraphQLField, value_of: Callable[..., Any]) -> Callable[..., Any]:
    """The field takes nothing but its object and arguments, and no time."""
    field.extensions = {**field.extensions, PLAIN: value_of}
    return lambda source, info, **given: value_of(source, **given)


def plain(field: GraphQLField) -> Callable[..., Any] | None:
    """What gives the value of a field that is only read, of its object and arguments."""
    found: Callable[..., Any] | None = field.extensions.get(PLAIN)
    return found


def is_leaf(kind: GraphQLInputType) -> bool:
    """Or a list of them: what graphql-core makes of it is what the resolver takes."""
    own = get_nullable_type(kind)
    return is_leaf(own.of_type) if isinstance(own, GraphQLList) else is_leaf_type(own)


def has_its_object_first(resolver: StrawberryResolver[Any]) -> bool:
    own = resolver.self_parameter or resolver.root_parameter or resolver.parent_parameter
    return own is not None and own.name == next(iter(resolver.signature.parameters))
