"""The audit log: who did what to which thing, told in the transaction that did it, never changed afterwards.

An entry names ids and few facts; never a secret, and no text of a scenario.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from server.database.connecting import Connection
from server.store.keys import LAST_ID, new_id
from server.store.pages import Page, page


class ActorKind(StrEnum):
    """What kind of actor did it."""

    TOKEN = "TOKEN"  # noqa: S105 - a word, not a secret
    """Whoever bore an access token."""
    MEMBER = "MEMBER"
    """A person who had signed in."""
    OPERATOR = "OPERATOR"
    """Somebody at the command line of the server's machine."""
    SYSTEM = "SYSTEM"
    """The program by itself."""


class AuditAction(StrEnum):
    """What was done."""

    CREATE_ORGANISATION = "CREATE_ORGANISATION"
    """The organisation was made."""
    CREATE_TOKEN = "CREATE_TOKEN"  # noqa: S105 - a word, not a secret
    """An access token was made."""
    REVOKE_TOKEN = "REVOKE_TOKEN"  # noqa: S105 - a word, not a secret
    """An access token was revoked."""
    ADD_MEMBER = "ADD_MEMBER"
    """A person was invited."""
    JOIN = "JOIN"
    """A person took up an invitation by signing in."""
    CHANGE_MEMBER_ROLE = "CHANGE_MEMBER_ROLE"
    """A member may do more or less than before."""
    REMOVE_MEMBER = "REMOVE_MEMBER"
    """A member was removed."""
    CREATE_SCENARIO = "CREATE_SCENARIO"
    """A scenario was made."""
    UPDATE_SCENARIO = "UPDATE_SCENARIO"
    """A scenario got a new version."""
    LOCK_SCENARIO = "LOCK_SCENARIO"
    """A scenario was locked: it stays as it is."""
    DELETE_SCENARIO = "DELETE_SCENARIO"
    """A scenario was deleted, with its runs if it had any."""
    START_RUN = "START_RUN"
    """A run was queued."""
    CANCEL_RUN = "CANCEL_RUN"
    """A run was cancelled."""
    DELETE_RUN = "DELETE_RUN"
    """A run was deleted, with its outcomes."""
    EXPIRE_RUNS = "EXPIRE_RUNS"
    """Runs were deleted, with their outcomes, as they had been kept for as long as the retention says."""
    START_STUDY = "START_STUDY"
    """A study was started."""
    EXTEND_STUDY = "EXTEND_STUDY"
    """Runs of a study were queued."""
    CANCEL_STUDY = "CANCEL_STUDY"
    """A study was cancelled, with its runs that had not ended."""
    DELETE_STUDY = "DELETE_STUDY"
    """A study was deleted, with its runs."""
    EXPIRE_STUDIES = "EXPIRE_STUDIES"
    """Studies were deleted, with their runs, as they had been kept for as long as the retention says."""
    CREATE_REQUEST = "CREATE_REQUEST"
    """A request was put out."""
    INVITE_VENDORS = "INVITE_VENDORS"
    """Vendors were invited to a request."""
    SET_CLOSING = "SET_CLOSING"
    """A request was closed, or given more time."""
    WITHDRAW_REQUEST = "WITHDRAW_REQUEST"
    """A request was taken back."""
    AWARD_REQUEST = "AWARD_REQUEST"
    """A request was awarded: the scenario of the winners was made."""
    OPEN_REQUEST = "OPEN_REQUEST"
    """An actor read, for the first time, the document of a request that the organisation was invited to."""
    OPEN_OFFER = "OPEN_OFFER"
    """An actor read, for the first time, what a vendor offers in a proposal."""
    SAVE_PROPOSAL = "SAVE_PROPOSAL"
    """A proposal was made, or got a new version."""
    SUBMIT_PROPOSAL = "SUBMIT_PROPOSAL"
    """A version of a proposal was submitted."""
    WITHDRAW_PROPOSAL = "WITHDRAW_PROPOSAL"
    """A proposal was taken back."""
    EXPORT_OUTCOMES = "EXPORT_OUTCOMES"
    """A link to a run's outcomes as a file was made."""
    SET_RETENTION = "SET_RETENTION"
    """How long finished runs are kept was changed."""
    CREATE_READER = "CREATE_READER"
    """A login that reads the organisation's outcomes by SQL."""
    REMOVE_READER = "REMOVE_READER"
    """It reads nothing any more."""
    SET_LIMITS = "SET_LIMITS"
    """Limits of the organisation were changed."""


@dataclass(frozen=True)
class Actor:
    """Who does something."""

    kind: ActorKind
    id: str | None = None
    label: str = ""
    request_id: str | None = None
    """of the request that it is done in"""


@dataclass(frozen=True)
class Subject:
    """What something is done to."""

    kind: str
    key: UUID


@dataclass(frozen=True)
class AuditRow:
    id: UUID
    at: datetime
    actor: Actor
    action: AuditAction
    subject: Subject | None
    facts: dict[str, Any]


@dataclass(frozen=True)
class Filter:
    """Which entries: of these actions, or any; from one instant on, before another."""

    actions: Sequence[AuditAction] | None = None
    since: datetime | None = None
    until: datetime | None = None


class OrganisationClosedError(Exception):
    """The organisation is being deleted; nothing is done in it any more."""


async def record(
    connection: Connection, actor: Actor, action: AuditAction, subject: Subject | None = None, **facts: object
) -> None:
    """An entry of the transaction's organisation, in the transaction that does it. Raises OrganisationClosedError."""
    told = await connection.execute(
        """
        INSERT INTO audit_log
          (id, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, request_id, facts)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM organisations WHERE closed_at IS NULL
        """,
        new_id(), actor.kind, actor.id, actor.label, action, subject.kind if subject else None,
        str(subject.key) if subject else None, actor.request_id, json.dumps(facts, default=str),
    )  # fmt: skip
    if told != "INSERT 0 1":
        raise OrganisationClosedError


async def has_opened(connection: Connection, actor: Actor, action: AuditAction, subject: Subject) -> bool:
    """Whether the actor has opened it before, for all that the log still knows."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM audit_log WHERE action IN ('OPEN_REQUEST', 'OPEN_OFFER') "
            "AND action = $1 AND subject_id = $2 AND actor_kind = $3 AND actor_id IS NOT DISTINCT FROM $4)",
            action, str(subject.key), actor.kind, actor.id,
        )
    )  # fmt: skip


async def list_entries(
    connection: Connection, wanted: Filter, *, first: int, after: UUID | None = None
) -> Page[AuditRow]:
    """Newest first, those older than `after`."""
    rows = await connection.fetch(
        f"SELECT * FROM audit_log WHERE {_WANTED} AND id < $4 ORDER BY id DESC LIMIT $5",
        *_arguments(wanted), after or LAST_ID, first + 1,
    )  # fmt: skip
    return page([_row(row) for row in rows], first)


async def count_entries(connection: Connection, wanted: Filter) -> int:
    return int(await connection.fetchval(f"SELECT count(*) FROM audit_log WHERE {_WANTED}", *_arguments(wanted)))


async def sweep_entries(connection: Connection, most: int) -> int:
    """Through the queue door: delete so many of the entries that are old enough, of whom is not asked; how many."""
    done = await connection.execute(
        "WITH old AS MATERIALIZED (SELECT organisation_id, id FROM audit_log "
        "WHERE at < now() - interval '400 days' ORDER BY at LIMIT $1) "
        "DELETE FROM audit_log USING old "
        "WHERE (audit_log.organisation_id, audit_log.id) = (old.organisation_id, old.id)",
        most,
    )
    return int(done.removeprefix("DELETE "))


_WANTED = """
  ($1::text[] IS NULL OR action = ANY($1))
  AND ($2::timestamptz IS NULL OR at >= $2) AND ($3::timestamptz IS NULL OR at < $3)
"""


def _arguments(wanted: Filter) -> tuple[object, ...]:
    return None if wanted.actions is None else list(wanted.actions), wanted.since, wanted.until


def _row(row: Mapping[str, Any]) -> AuditRow:
    return AuditRow(
        row["id"],
        row["at"],
        Actor(ActorKind(row["actor_kind"]), row["actor_id"], row["actor_label"], row["request_id"]),
        AuditAction(row["action"]),
        Subject(row["subject_kind"], UUID(row["subject_id"])) if row["subject_id"] else None,
        json.loads(row["facts"]),
    )
