"""Resolvers called directly, where Strawberry's own way to them has nothing to do.

For every field of every object Strawberry makes an `Info`, looks its arguments' names up and chains its extensions;
most fields have none of these, and an answer has thousands of fields.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_nullable_type, is_leaf_type
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

DEFINITION = "strawberry-definition"
PLAIN = "springtide-plain"


def resolve_directly(schema: GraphQLSchema) -> None:
    """Every field that takes nothing but its object, and arguments that are what GraphQL reads."""
    for made in schema.type_map.values():
        if isinstance(made, GraphQLObjectType):
            for field in made.fields.values():
                told = field.extensions.get(DEFINITION)
                if isinstance(told, StrawberryField) and not (told.extensions or told.is_subscription):
                    field.resolve = direct(field, told) or field.resolve


def direct(field: GraphQLField, told: StrawberryField) -> Callable[..., Any] | None:
    if value_of := plainly(field, told):
        field.extensions = {**field.extensions, PLAIN: value_of}
        return lambda source, info: value_of(source)
    resolver = told.base_resolver
    takes_leaves = all(is_leaf_type(get_nullable_type(each.type)) for each in field.args.values())
    if resolver is None or wants_more(resolver) or not takes_leaves:
        return None
    function: Callable[..., Any] = resolver
    if not field.args:
        return lambda source, info: function(source)  # something to wait for
    for argument in field.args.values():
        argument.out_name = argument.extensions[DEFINITION].python_name
    return lambda source, info, **arguments: function(source, **arguments)


def plainly(field: GraphQLField, told: StrawberryField) -> Callable[[Any], Any] | None:
    """What gives the field's value at once for an object and nothing else; None where it takes more, or time."""
    resolver = told.base_resolver
    if resolver is None:
        return attrgetter(told.python_name)
    if field.args or resolver.is_async or wants_more(resolver):
        return None
    function: Any = resolver.wrapped_func
    return function if callable(function) else None


def plain(field: GraphQLField) -> Callable[[Any], Any] | None:
    """What gives the value of a field that is only read."""
    found: Callable[[Any], Any] | None = field.extensions.get(PLAIN)
    return found


def wants_more(resolver: StrawberryResolver[Any]) -> bool:
    """Whether it takes anything but its object, first, and arguments."""
    own = resolver.self_parameter or resolver.root_parameter or resolver.parent_parameter
    return own is None or own.name != next(iter(resolver.signature.parameters)) or resolver.info_parameter is not None
