"""Whether an operation may run: read, budgeted and validated, in a time that its length bounds."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse
from strawberry.extensions import SchemaExtension

from server.graphql.executing import Plans
from server.graphql.limits import MOST_TOKENS, OverBudgetError, check_budget, check_length, check_variables
from server.graphql.validation import check_comparisons, errors_in

CACHED_DOCUMENTS = 128
CACHED_CHARACTERS = 5_000
UNREAD = parse("{ __typename }")
"""Stands in for a document that cannot be read."""


@dataclass(frozen=True)
class Read:
    document: DocumentNode = UNREAD
    errors: list[GraphQLError] = field(default_factory=list)
    plans: Plans = field(default_factory=dict)
    """of its selections, kept with a document that is right"""


class Right(NamedTuple):
    read: Read
    cost_varies: bool
    """with its variables"""


class Reader:
    """Reads documents and says what is wrong with them, remembering those that were right."""

    def __init__(self) -> None:
        self._right: OrderedDict[str, Right] = OrderedDict()

    def read(self, query: str) -> Read:
        known = self._right.get(query)
        if known:
            self._right.move_to_end(query)
            return known.read if selects_alike(query) else Read(known.read.document)
        try:
            check_length(query)
            return Read(parse(query, max_tokens=MOST_TOKENS))
        except GraphQLError as error:
            return Read(errors=[error])

    def errors(self, schema: GraphQLSchema, query: str, read: Read, variables: Mapping[str, Any]) -> list[GraphQLError]:
        if read.errors:
            return read.errors
        known = self._right.get(query)
        try:
            check_variables(variables)
            if known and not known.cost_varies:
                return []
            cost_varies = check_budget(schema, read.document, variables)
            if known:
                return []
            check_comparisons(read.document)
        except OverBudgetError as refusal:
            return [refusal]
        errors = errors_in(schema, read.document)
        if not errors:
            self.remember(query, Right(read, cost_varies))
        return errors

    def remember(self, query: str, right: Right) -> None:
        if len(query) > CACHED_CHARACTERS:
            return
        self._right[query] = right
        if len(self._right) > CACHED_DOCUMENTS:
            self._right.popitem(last=False)


def selects_alike(query: str) -> bool:
    """Whether it selects the same whatever its variables are: without any directive."""
    return "@" not in query


class Admission(SchemaExtension):
    """Refusals are left for validation to report, because an error raised while parsing kills a WebSocket's stream."""

    reader: ClassVar[Reader] = Reader()

    def on_operation(self) -> Iterator[None]:
        self.execution_context.context = self.execution_context.context.for_operation()
        yield

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        self.read = self.reader.read(context.query or "")
        if self.read.errors:
            context._provided_operation_name = None  # there is no public way to set the name
        context.graphql_document = self.read.document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        schema = context.schema._schema  # as Strawberry's own validation extensions do: it has no public name
        context.pre_execution_errors = self.reader.errors(
            schema, context.query or "", self.read, context.variables or {}
        )
        yield
