"""One answer to one query or mutation; and what of an error a client is told.

What Strawberry's extensions do around a stream of events (`schema`) is done here in one pass: for a small query their
ways in and out took longer than all the rest.
"""

import logging
from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, get_operation_ast
from graphql import ExecutionResult as Executed
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import MaskErrors
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from server.database.connecting import LOST
from server.graphql.admission import Admission, Read
from server.graphql.context import Context
from server.graphql.deadline import in_time
from server.graphql.executing import Executor
from server.graphql.observed import count, notice
from server.logs import current

logger = logging.getLogger("springtide.graphql")

MISTAKES = (CannotGetOperationTypeError, InvalidOperationTypeError, MissingQueryError)
"""Of a client, in what Strawberry raises for them."""


def is_bug(error: GraphQLError) -> bool:
    """Whether an error is ours: what a client typed wrong comes as a GraphQLError all the way down."""
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause is not None and not isinstance(cause, MISTAKES)


class HideBugs(MaskErrors):
    """A bug reaches the log with its trace, and the client with the id of its request and nothing else.

    That the database is gone is none: whoever asked or watched is told to come back.
    """

    def __init__(self) -> None:
        super().__init__(should_mask_error=is_bug)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        if isinstance(error.original_error, LOST):
            logger.warning("no database: %s", error.original_error)
            return GraphQLError(
                "The database is not reached; try again in a moment.",
                nodes=error.nodes,
                path=error.path,
                extensions={"code": "UNAVAILABLE"},
            )
        request_id = current("request_id")
        logger.error("bug at %s", where(error), exc_info=error.original_error)
        return GraphQLError(
            f"Something went wrong on the server; its log has it under {request_id}.",
            nodes=error.nodes,
            path=error.path,
            extensions={"code": "INTERNAL", "requestId": request_id},
        )


def where(error: GraphQLError) -> str:
    return ".".join(map(str, error.path or ()))


class Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Bugs are logged where they are hidden; a client's errors are the client's."""

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Context | None = None,
        root_value: object = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """A subscription, which has no one answer, is as little allowed as what is not in the allowed types."""
        if not query:
            raise MissingQueryError
        variables = variable_values or {}
        read = Admission.reader.read(query)
        operation = None if read.errors else operation_of(read.document, operation_name)
        if operation is not None:
            check_kind(operation, allowed_operation_types)
        notice(operation)
        errors = Admission.reader.errors(self._schema, query, read, variables)
        result: ExecutionResult = PreExecutionError(None, errors)
        if not errors:
            result = await self.execute_read(read, variables, context_value, operation_name)
        if result.errors:
            HideBugs()._process_result(result)
            count(result.errors)
        if operation is not None and operation.operation.value == "mutation" and context_value is not None:
            context_value.doorkeeper.doubt()  # it may have changed what somebody may do
        return result

    async def execute_read(
        self, read: Read, variables: dict[str, Any], context: Context | None, operation_name: str | None
    ) -> ExecutionResult:
        try:
            async with in_time():
                executor = Executor.build(self._schema, read.document, None, context, variables, operation_name)
                if isinstance(executor, list):
                    return PreExecutionError(None, executor)
                assert isinstance(executor, Executor)
                executor.plans = read.plans
                found: Any = executor.execute_operation()
                result = found if isinstance(found, Executed) else await found
        except Exception as error:  # noqa: BLE001 - a bug, whatever it is: told to the log, and hidden from the client
            told = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
            return PreExecutionError(None, [told])
        return ExecutionResult(result.data, result.errors)


def operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """None where a document has several and nobody says which, which its execution refuses."""
    found = get_operation_ast(document, name)
    if found is None and name is not None:
        raise CannotGetOperationTypeError(name)
    return found


def check_kind(operation: OperationDefinitionNode, allowed: Iterable[OperationType] | None) -> None:
    kind = OperationType(operation.operation.value)
    if kind is OperationType.SUBSCRIPTION or kind not in (allowed or OperationType):
        raise InvalidOperationTypeError(kind)
