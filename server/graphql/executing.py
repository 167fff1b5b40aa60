"""How an operation is executed: as graphql-core does, and by a shorter way where objects are only read.

An object all of whose wanted fields are plain (`direct.plain`), down to its leaves, is read without a path, an `Info`
and a look at what could be awaited for each of them. Whatever goes wrong there is left to the long way, which does it
again, saying where.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    is_leaf_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from server.graphql.direct import plain
from server.graphql.limits import MOST_FIELDS, OverBudgetError

Read = Callable[[Any], Any]
Reads = tuple[tuple[str, Read], ...]


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Also counts the fields of an answer as they are resolved, which nothing else interrupts."""

    resolved = 0

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._reads: dict[int, tuple[Any, Reads | None]] = {}

    def build_per_event_executor(self, payload: Any) -> Any:
        """Each event of a subscription has selections and a count of its own."""
        executor: Any = super().build_per_event_executor(payload)
        executor._reads, executor._relevant_sub_fields, executor.resolved = {}, {}, 0
        return executor

    def execute_fields(self, parent_type: Any, source_value: Any, path: Any, fields: Any, *rest: Any) -> Any:
        self.count(len(fields))
        reads = self.reads(parent_type, fields)
        if reads is not None:
            found = tried(lambda: {name: read(source_value) for name, read in reads})
            if found is not None:
                return found
        return super().execute_fields(parent_type, source_value, path, fields, *rest)

    def complete_iterable_value(
        self, item_type: GraphQLOutputType, details: Any, info: Any, path: Any, items: Iterable[Any], *rest: Any
    ) -> Any:
        listed, item = list(items), self.completed(item_type, details)
        if item is not None:
            found = tried(lambda: [item(each) for each in listed])
            if found is not None:
                return found
        return super().complete_iterable_value(item_type, details, info, path, listed, *rest)

    def count(self, fields: int) -> None:
        self.resolved += fields
        if self.resolved > MOST_FIELDS:
            raise OverBudgetError(f"The answer has more than {MOST_FIELDS} fields; ask for less at once.")

    def reads(self, parent: GraphQLObjectType, fields: Mapping[str, Any]) -> Reads | None:
        """How to read each of the fields that a selection wants; None where one of them is not plain."""
        known = self._reads.get(id(fields))
        if known is None:
            found = [(name, self.read(parent, details)) for name, details in fields.items()]
            reads = tuple((name, read) for name, read in found if read)
            known = self._reads[id(fields)] = fields, reads if len(reads) == len(found) else None
        return known[1]  # kept with the selection itself, so that its id stays its own

    def read(self, parent: GraphQLObjectType, details: Any) -> Read | None:
        name = details[0].node.name.value
        if name == "__typename":
            return lambda _: parent.name
        field = self.schema.get_field(parent, name)
        value_of = None if field is None else plain(field)
        if field is None or value_of is None:
            return None
        leaf = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        if is_leaf_type(leaf):
            return leaf_in(value_of, leaf, isinstance(field.type, GraphQLNonNull))
        complete = self.completed(field.type, details)
        return complete and (lambda source: complete(value_of(source)))

    def completed(self, kind: GraphQLOutputType, details: Any) -> Read | None:
        """How a value of this type becomes what is answered; None where that may take more than the value."""
        if isinstance(kind, GraphQLNonNull):
            inner = self.completed(kind.of_type, details)
            return inner and needed(inner)
        if isinstance(kind, GraphQLList):
            inner = self.completed(kind.of_type, details)
            return inner and each_of(inner)
        if isinstance(kind, GraphQLObjectType):
            return self.object_of(kind, details)
        return leaf_of(kind) if is_leaf_type(kind) else None

    def object_of(self, kind: GraphQLObjectType, details: Any) -> Read | None:
        fields = self.collect_subfields(kind, details)[0]
        reads = self.reads(kind, fields)
        is_of: Callable[..., Any] | None = kind.is_type_of
        if reads is None:
            return None

        known: set[type] = set()

        def read(source: Any) -> Any:
            if source is None:
                return None
            if type(source) not in known:
                if is_of is not None and not is_of(source, None):
                    raise TypeError
                known.add(type(source))
            self.count(len(reads))
            return {name: read(source) for name, read in reads}

        return read


def tried(short_way: Callable[[], Any]) -> Any:
    """What it answers; None where it does not come to its end."""
    try:
        return short_way()
    except OverBudgetError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, the long way meets it again and says where
        return None


def needed(inner: Read) -> Read:
    def complete(value: Any) -> Any:
        told = inner(value)
        if told is None:
            raise TypeError
        return told

    return complete


def each_of(inner: Read) -> Read:
    def complete(value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            raise TypeError
        return [inner(each) for each in value]

    return complete


def leaf_of(leaf: GraphQLLeafType) -> Read:
    return leaf_in(lambda value: value, leaf, is_needed=False)


def leaf_in(value_of: Read, leaf: GraphQLLeafType, is_needed: bool) -> Read:
    """Most of what is read: in one call."""
    coerce = leaf.coerce_output_value

    def read(source: Any) -> Any:
        value = value_of(source)
        if value is None and not is_needed:
            return None
        told = None if value is None else coerce(value)
        if told is None:
            raise TypeError
        return told

    return read
