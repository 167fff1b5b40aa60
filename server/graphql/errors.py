"""Expected failures as data: what a mutation refused, and where."""

import hashlib
import json
import re
from collections.abc import Iterable
from enum import StrEnum

import strawberry

from server.graphql.enums import describe
from server.graphql.standings import Limit
from server.graphql.standings import shown as shown_limit
from server.graphql.standings import told as told_limit
from server.store.limits import LimitReachedError
from simulation.scenario.problems import Problem

MOST_ERRORS = 100


@describe
class UserErrorCode(StrEnum):
    """Why an input was refused."""

    INVALID_SCENARIO = "INVALID_SCENARIO"
    """The scenario document is not valid; `path` leads to the place in the document."""
    INVALID_PROPOSAL = "INVALID_PROPOSAL"
    """The proposal is not valid, or does not fit its request; `path` leads to the place in the document."""
    INVALID_CHANGE = "INVALID_CHANGE"
    """A change does not fit the scenario it is made to; `path` leads to it in the input."""
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    """A value of the input is not possible; `path` leads to it in the input."""
    TOO_LARGE = "TOO_LARGE"
    """An input is longer than what is taken; its message names the limit."""
    NOT_FOUND = "NOT_FOUND"
    """There is nothing of that id here."""
    INVALID_FILE = "INVALID_FILE"
    """A file cannot be imported; the message names row and column where they are known."""
    CONFLICT = "CONFLICT"
    """It has changed since it was read; the payload has it as it is now."""
    LOCKED = "LOCKED"
    """The scenario is locked: it is neither changed nor deleted, but others can be made from it."""
    IN_USE = "IN_USE"
    """The scenario belongs to a proposal or a request, and is not changed or deleted by itself."""
    WRONG_KIND = "WRONG_KIND"
    """Only organisations of another kind do so: clients put out requests, vendors answer them."""
    REQUEST_CLOSED = "REQUEST_CLOSED"
    """The request takes no more of this: it is closed, awarded or withdrawn."""
    SEALED = "SEALED"
    """What is offered may not be opened before the request closes."""
    NOT_TESTED = "NOT_TESTED"
    """No run by the request's experiment has simulated this version of the proposal."""
    NOT_SUBMITTED = "NOT_SUBMITTED"
    """Nothing of the proposal stands."""
    KEY_REUSED = "KEY_REUSED"
    """The idempotencyKey came with another input before; a key belongs to one input."""
    FINISHED = "FINISHED"
    """The run has already ended."""
    ALREADY_EXISTS = "ALREADY_EXISTS"
    """There is one of this kind already."""
    BEYOND_OWN_RIGHTS = "BEYOND_OWN_RIGHTS"
    """Whoever asks may not do so much themselves, and so cannot let others do it."""
    LAST_ADMINISTRATOR = "LAST_ADMINISTRATOR"
    """Nobody would be left who may administer the organisation."""
    UNFINISHED = "UNFINISHED"
    """A run has not ended yet."""
    HAS_RUNS = "HAS_RUNS"
    """The scenario has runs, and nobody said that they may go with it."""
    LIMIT_REACHED = "LIMIT_REACHED"
    """The organisation has used what it may use; `limit` says of what, and what is left."""


@strawberry.type(description="One thing wrong with an input: what is wrong, and what to write instead.")
class UserError:
    code: UserErrorCode = strawberry.field(description="What kind of refusal it is.")
    message: str = strawberry.field(description="What is wrong and what mends it, in one line.")
    path: str | None = strawberry.field(
        description="Where: a dotted path in the scenario document, or in the input; null for all of it."
    )
    limit: Limit | None = strawberry.field(
        default=None, description="The limit that is reached; null for any other refusal."
    )


class RefusedError(Exception):
    """Leaves a transaction undone; caught where its payload is made."""

    def __init__(self, *errors: UserError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


def user_error(code: UserErrorCode, message: str, path: str | None = None) -> UserError:
    return UserError(code=code, message=message, path=path)


def limit_errors(error: LimitReachedError) -> list[UserError]:
    return [
        UserError(
            code=UserErrorCode.LIMIT_REACHED,
            message=told_limit(standing, error.needed[standing.limit]),
            path=None,
            limit=shown_limit(standing),
        )
        for standing in error.reached
    ]


def problem_errors(
    problems: Iterable[Problem], code: UserErrorCode = UserErrorCode.INVALID_SCENARIO
) -> list[UserError]:
    return [user_error(code, told(problem), problem.path or None) for problem in problems]


def at_most(errors: list[UserError]) -> list[UserError]:
    """The first hundred and, if there are more, how many."""
    more = len(errors) - MOST_ERRORS
    if more <= 1:  # one more is as short as the line that would count it
        return errors
    return [*errors[:MOST_ERRORS], user_error(errors[0].code, f"and {more} more; mend these first")]


def told(problem: Problem) -> str:
    line = f"line {problem.line}: " if problem.line else ""
    return f"{line}{problem.message}; {problem.mend}"


KEY = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


def key_errors(idempotency_key: str | None) -> list[UserError]:
    if idempotency_key is None or KEY.fullmatch(idempotency_key):
        return []
    message = "the key will not do; write one line of 1 to 200 characters"
    return [user_error(UserErrorCode.INVALID_ARGUMENT, message, "idempotencyKey")]


def input_digest(given: object) -> bytes:
    """What an idempotencyKey belongs to: an input as it was sent, or what it means, but for the key."""
    return hashlib.sha256(json.dumps(given, sort_keys=True, default=str).encode()).digest()


def reused_key(what: str, before: bytes | None, now: bytes | None) -> list[UserError]:
    """Refuses a key that made or started something by another input; of older programs nobody knows by which."""
    if before is None or before == now:
        return []
    message = f"this key {what} by another input before; send a new key with a new input"
    return [user_error(UserErrorCode.KEY_REUSED, message, "idempotencyKey")]
