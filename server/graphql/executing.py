"""How an operation is executed: as graphql-core does, and by a shorter way where objects are only read.

Objects all of whose wanted fields are plain (`direct.plain`), down to their leaves, are read field by field and not
object by object: the values of one field of all of a list's items are fetched and completed together, without a path,
an `Info` and a look at what could be awaited for each of them. Whatever goes wrong there is left to the long way, which
does it again, saying where. How a selection is read is worked out once for as long as its document is remembered.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, islice, repeat
from types import NoneType
from typing import Any

from graphql import (
    FieldNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLID,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    is_leaf_type,
)
from graphql.execution.values import get_argument_values
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from server.graphql.direct import plain
from server.graphql.limits import MOST_FIELDS, OverBudgetError

Values = Sequence[Any]
Read = Callable[["Executor", Values], Values]
"""From what many objects are, or have in a field, to what is answered of each."""
Plans = dict[tuple[object, ...], Read | None]
"""By type and selection of one document; None where it takes the long way."""

AS_THEY_ARE: Mapping[str, frozenset[type]] = {
    GraphQLString.name: frozenset((str, NoneType)),
    GraphQLID.name: frozenset((str, NoneType)),
    GraphQLBoolean.name: frozenset((bool, NoneType)),
}
"""By scalar, Python's types of values that are answered unchanged."""


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Also counts the fields of an answer as they are resolved, which nothing else interrupts."""

    resolved = 0

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.plans: Plans = {}

    def build_per_event_executor(self, payload: Any) -> Any:
        """Each event of a subscription has selections and a count of its own."""
        executor: Any = super().build_per_event_executor(payload)
        executor._relevant_sub_fields, executor.resolved = {}, 0
        return executor

    def execute_fields(self, parent_type: Any, source_value: Any, path: Any, fields: Any, *rest: Any) -> Any:
        self.count(len(fields))
        return super().execute_fields(parent_type, source_value, path, fields, *rest)

    def collect_and_execute_subfields(
        self, return_type: GraphQLObjectType, details: Any, path: Any, result: Any, *rest: Any
    ) -> Any:
        found = self.tried(return_type, details, [result])
        if found is not None:
            return found[0]
        return super().collect_and_execute_subfields(return_type, details, path, result, *rest)

    def complete_iterable_value(
        self, item_type: GraphQLOutputType, details: Any, info: Any, path: Any, items: Iterable[Any], *rest: Any
    ) -> Any:
        listed = list(items)
        found = self.tried(item_type, details, listed)
        if found is not None:
            return found
        return super().complete_iterable_value(item_type, details, info, path, listed, *rest)

    def count(self, fields: int) -> None:
        self.resolved += fields
        if self.resolved > MOST_FIELDS:
            raise OverBudgetError(f"The answer has more than {MOST_FIELDS} fields; ask for less at once.")

    def tried(self, kind: GraphQLOutputType, details: Any, values: Values) -> Values | None:
        """What the short way answers; None where there is none, or it does not come to its end."""
        key = (kind, *(id(each.node) for each in details))
        if key not in self.plans:
            self.plans[key] = self.completed(kind, details)
        read = self.plans[key]
        if read is None:
            return None
        try:
            return read(self, values)
        except OverBudgetError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the long way meets it again and says where
            return None

    def completed(self, kind: GraphQLOutputType, details: Any) -> Read | None:
        """How values of this type become what is answered; None where that may take more than the values."""
        if isinstance(kind, GraphQLNonNull):
            inner = self.completed(kind.of_type, details)
            return inner and partial(needed, inner)
        if isinstance(kind, GraphQLList):
            inner = self.completed(kind.of_type, details)
            return inner and partial(lists, inner)
        if isinstance(kind, GraphQLObjectType):
            return self.object_of(kind, details)
        return leaf_of(kind) if is_leaf_type(kind) else None

    def object_of(self, kind: GraphQLObjectType, details: Any) -> Read | None:
        columns: dict[str, Read] = {}
        for name, field_details in self.collect_subfields(kind, details)[0].items():
            read = self.field_of(kind, field_details)
            if read is None:
                return None
            columns[name] = read
        return partial(objects, kind.is_type_of, list(columns), list(columns.values()))

    def field_of(self, parent: GraphQLObjectType, details: Any) -> Read | None:
        """One field of many objects."""
        node = details[0].node
        if node.name.value == "__typename":
            return partial(names_of, parent.name)
        field = self.schema.get_field(parent, node.name.value)
        value_of = None if field is None else plain(field)
        complete = None if field is None or value_of is None else self.completed(field.type, details)
        if field is None or value_of is None or complete is None:
            return None
        if field.args:
            return partial(asked_of, value_of, field, node, complete)
        return partial(read_of, value_of, complete)


def objects(
    is_of: Callable[..., Any] | None, names: Sequence[str], columns: Sequence[Read], executor: Executor, values: Values
) -> Values:
    there = [value for value in values if value is not None]
    if is_of is not None and not all(is_of(one, None) for one in {type(value): value for value in there}.values()):
        raise TypeError
    executor.count(len(names) * len(there))
    rows = zip(*[read(executor, there) for read in columns], strict=True)
    told = list(map(dict, map(zip, repeat(names), rows)))  # in half the time of a comprehension
    return told if len(there) == len(values) else in_places(values, told)


def names_of(name: str, _: Executor, sources: Values) -> Values:
    return [name] * len(sources)


def read_of(value_of: Callable[[Any], Any], complete: Read, executor: Executor, sources: Values) -> Values:
    return complete(executor, list(map(value_of, sources)))


def asked_of(
    value_of: Callable[..., Any],
    field: GraphQLField,
    node: FieldNode,
    complete: Read,
    executor: Executor,
    sources: Values,
) -> Values:
    given = get_argument_values(field, node, executor.variable_values)
    return complete(executor, [value_of(source, **given) for source in sources])


def needed(inner: Read, executor: Executor, values: Values) -> Values:
    told = inner(executor, values)
    for each in told:
        if each is None:
            raise TypeError
    return told


def lists(inner: Read, executor: Executor, values: Values) -> Values:
    """The items of all of the lists together."""
    there = [value for value in values if value is not None]
    if not all(isinstance(value, list | tuple) for value in there):
        raise TypeError
    told = iter(inner(executor, list(chain.from_iterable(there))))
    return in_places(values, [list(islice(told, len(value))) for value in there])


def in_places(values: Values, told: Values) -> Values:
    """What is told of those that are there, and None of the others."""
    rest = iter(told)
    return [None if value is None else next(rest) for value in values]


def leaf_of(leaf: GraphQLLeafType) -> Read:
    if isinstance(leaf, GraphQLEnumType):
        return partial(words, leaf.coerce_output_value)
    return partial(leaves, leaf.coerce_output_value, AS_THEY_ARE.get(leaf.name, frozenset()))


def leaves(coerce: Callable[[Any], Any], as_they_are: frozenset[type], _: Executor, values: Values) -> Values:
    if as_they_are.issuperset(map(type, values)):
        return values
    told = [None if value is None else coerce(value) for value in values]
    for value, own in zip(values, told, strict=True):
        if own is None and value is not None:
            raise TypeError
    return told


def words(coerce: Callable[[Any], Any], _: Executor, values: Values) -> Values:
    """Of an enum, which has few."""
    told = {value: None if value is None else coerce(value) for value in set(values)}
    return [told[value] for value in values]
