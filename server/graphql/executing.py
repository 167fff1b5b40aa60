"""How an operation is executed: as graphql-core does, and by a shorter way where objects are only read.

Objects all of whose wanted fields are plain (`direct.plain`), down to their leaves, are read field by field and not
object by object: the values of one field of all of a list's items are fetched and completed together, without a path,
an `Info` and a look at what could be awaited for each of them. Whatever goes wrong there is left to the long way, which
does it again, saying where.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from types import NoneType
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
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
Read = Callable[[Values], Values]
"""From what many objects are, or have in a field, to what is answered of each."""

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
        self._reads: dict[int, tuple[Any, Read | None]] = {}

    def build_per_event_executor(self, payload: Any) -> Any:
        """Each event of a subscription has selections and a count of its own."""
        executor: Any = super().build_per_event_executor(payload)
        executor._reads, executor._relevant_sub_fields, executor.resolved = {}, {}, 0
        return executor

    def execute_fields(self, parent_type: Any, source_value: Any, path: Any, fields: Any, *rest: Any) -> Any:
        self.count(len(fields))
        read = self.reads(parent_type, fields)
        if read is not None:
            found = tried(read, [source_value])
            if found is not None:
                return found[0]
        return super().execute_fields(parent_type, source_value, path, fields, *rest)

    def complete_iterable_value(
        self, item_type: GraphQLOutputType, details: Any, info: Any, path: Any, items: Iterable[Any], *rest: Any
    ) -> Any:
        listed, complete = list(items), self.completed(item_type, details)
        if complete is not None:
            found = tried(complete, listed)
            if found is not None:
                return found
        return super().complete_iterable_value(item_type, details, info, path, listed, *rest)

    def count(self, fields: int) -> None:
        self.resolved += fields
        if self.resolved > MOST_FIELDS:
            raise OverBudgetError(f"The answer has more than {MOST_FIELDS} fields; ask for less at once.")

    def reads(self, parent: GraphQLObjectType, fields: Mapping[str, Any]) -> Read | None:
        """How to read what a selection wants of objects; None where one of its fields is not plain."""
        known = self._reads.get(id(fields))
        if known is None:
            columns: list[Read] = []
            for details in fields.values():
                column = self.read(parent, details)
                if column is None:
                    break
                columns.append(column)
            read = partial(rows, list(fields), columns) if len(columns) == len(fields) else None
            known = self._reads[id(fields)] = fields, read
        return known[1]  # kept with the selection itself, so that its id stays its own

    def read(self, parent: GraphQLObjectType, details: Any) -> Read | None:
        """One field of many objects."""
        name = details[0].node.name.value
        if name == "__typename":
            return lambda sources: [parent.name] * len(sources)
        field = self.schema.get_field(parent, name)
        value_of = None if field is None else plain(field)
        complete = None if field is None or value_of is None else self.completed(field.type, details)
        if field is None or value_of is None or complete is None:
            return None
        if field.args:
            try:
                given = get_argument_values(
                    field, details[0].node, self.variable_values, details[0].fragment_variable_values
                )
            except GraphQLError:
                return None
            value_of = partial(with_arguments, value_of, given)
        return partial(column, value_of, complete)

    def completed(self, kind: GraphQLOutputType, details: Any) -> Read | None:
        """How values of this type become what is answered; None where that may take more than the values."""
        if isinstance(kind, GraphQLNonNull):
            inner = self.completed(kind.of_type, details)
            return inner and partial(needed, inner)
        if isinstance(kind, GraphQLList):
            inner = self.completed(kind.of_type, details)
            return inner and partial(lists, inner)
        if isinstance(kind, GraphQLObjectType):
            fields = self.collect_subfields(kind, details)[0]
            read = self.reads(kind, fields)
            return read and partial(self.objects, kind, len(fields), read)
        return leaf_of(kind) if is_leaf_type(kind) else None

    def objects(self, kind: GraphQLObjectType, fields: int, read: Read, values: Values) -> Values:
        there = [value for value in values if value is not None]
        if kind.is_type_of is not None:
            is_of: Callable[..., Any] = kind.is_type_of
            if not all(is_of(one, None) for one in {type(value): value for value in there}.values()):
                raise TypeError
        self.count(fields * len(there))
        told = read(there)
        return told if len(there) == len(values) else in_places(values, told)


def tried(short_way: Read, values: Values) -> Values | None:
    """What it answers; None where it does not come to its end."""
    try:
        return short_way(values)
    except OverBudgetError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, the long way meets it again and says where
        return None


def rows(names: Sequence[str], columns: Sequence[Read], sources: Values) -> Values:
    return [dict(zip(names, row, strict=True)) for row in zip(*[read(sources) for read in columns], strict=True)]


def column(value_of: Callable[[Any], Any], complete: Read, sources: Values) -> Values:
    return complete(list(map(value_of, sources)))


def with_arguments(value_of: Callable[..., Any], given: Mapping[str, Any], source: Any) -> Any:
    return value_of(source, **given)


def needed(inner: Read, values: Values) -> Values:
    told = inner(values)
    for each in told:
        if each is None:
            raise TypeError
    return told


def lists(inner: Read, values: Values) -> Values:
    """The items of all of the lists together."""
    there = [value for value in values if value is not None]
    if not all(isinstance(value, list | tuple) for value in there):
        raise TypeError
    told = iter(inner(list(chain.from_iterable(there))))
    return in_places(values, [list(islice(told, len(value))) for value in there])


def in_places(values: Values, told: Values) -> Values:
    """What is told of those that are there, and None of the others."""
    rest = iter(told)
    return [None if value is None else next(rest) for value in values]


def leaf_of(leaf: GraphQLLeafType) -> Read:
    if isinstance(leaf, GraphQLEnumType):
        return partial(words, leaf.coerce_output_value)
    return partial(leaves, leaf.coerce_output_value, AS_THEY_ARE.get(leaf.name, frozenset()))


def leaves(coerce: Callable[[Any], Any], as_they_are: frozenset[type], values: Values) -> Values:
    if as_they_are.issuperset(map(type, values)):
        return values
    return [None if value is None else sound(coerce(value)) for value in values]


def words(coerce: Callable[[Any], Any], values: Values) -> Values:
    """Of an enum, which has few."""
    told = {value: None if value is None else sound(coerce(value)) for value in set(values)}
    return [told[value] for value in values]


def sound(value: Any) -> Any:
    if value is None:
        raise TypeError
    return value
