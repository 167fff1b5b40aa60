"""What an operation was and how it went, for the metrics and the log."""

from collections import Counter
from collections.abc import Iterable, Iterator

from graphql import GraphQLError, OperationDefinitionNode, get_operation_ast
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import StreamExecutionResult

from server.graphql.admission import UNREAD
from server.metrics import ERRORS, OPERATIONS
from server.requests import asked

LONGEST_NAME = 100
UNTOLD = "INVALID"
"""The code of an error that has none: what the language itself refused."""


class Observed(SchemaExtension):
    """The first of the extensions, so that it sees what the others have made of the answer."""

    streamed: bool = False

    def on_operation(self) -> Iterator[None]:
        self.streamed = False
        yield
        if not self.streamed:
            count(getattr(self.execution_context.result, "errors", None) or ())

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        self.streamed = True
        yield
        count(getattr(result, "errors", None) or ())

    def on_validate(self) -> Iterator[None]:
        yield
        document = self.execution_context.graphql_document
        if document is not None and document is not UNREAD:
            notice(get_operation_ast(document, self.execution_context.operation_name))


def notice(operation: OperationDefinitionNode | None) -> None:
    if operation is None:  # it could not be read, or nobody said which
        return
    kind = operation.operation.value
    OPERATIONS.labels(kind).inc()
    if request := asked.get():
        request.kind, request.name = kind, operation.name.value[:LONGEST_NAME] if operation.name else ""


def count(errors: Iterable[GraphQLError]) -> None:
    for code, number in Counter(str((error.extensions or {}).get("code", UNTOLD)) for error in errors).items():
        ERRORS.labels(code).inc(number)
