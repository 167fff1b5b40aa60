"""Requests: what a client puts out, and what an invited vendor sees of it. What is the client's alone is its base.

A request's sequence is the sum of those of all its rows that a side sees, and grows by one as it closes: so nobody is
told by it of what they do not see.
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

REQUEST_CHANGED_CHANNEL = "springtide_request_changed"
"""Notices carry nothing: with an id, whoever may listen would hear of rivals that answer the same request."""


class RequestStatus(StrEnum):
    """Where a request stands."""

    OPEN = "OPEN"
    """Vendors may be invited, and answer."""
    CLOSED = "CLOSED"
    """It takes no more answers, and can be awarded."""
    AWARDED = "AWARDED"
    """It was awarded."""
    WITHDRAWN = "WITHDRAWN"
    """The client has taken it back."""

    @property
    def is_over(self) -> bool:
        return self in (RequestStatus.AWARDED, RequestStatus.WITHDRAWN)


@dataclass(frozen=True)
class RequestRow:
    """What both sides see of it."""

    organisation_id: UUID
    """the client's"""
    id: UUID
    name: str
    client_name: str
    digest: str
    is_sealed: bool
    """whether what is offered stays closed until it closes"""
    created_at: datetime
    closes_at: datetime
    awarded_at: datetime | None
    withdrawn_at: datetime | None
    status: RequestStatus
    """as it was read"""
    sequence: int
    """of what the reading side sees"""


@dataclass(frozen=True)
class BaseRow:
    """What only the client sees."""

    request_id: UUID
    scenario_id: UUID
    scenario_version: int
    shares: dict[str, float]
    left_out: list[dict[str, str]]
    awarded_scenario_id: UUID | None
    input_digest: bytes | None


@dataclass(frozen=True)
class NewRequest:
    """A request to put out, and what it came from."""

    name: str
    client_name: str
    document: str
    digest: str
    is_sealed: bool
    closes_at: datetime
    scenario_id: UUID
    scenario_version: int
    base: str
    shares: Mapping[str, float]
    left_out: Sequence[Mapping[str, str]]
    idempotency_key: str | None = None
    input_digest: bytes | None = None


async def create_request(connection: Connection, new: NewRequest) -> UUID:
    """A request of the transaction's organisation to which nobody is invited."""
    key = new_id()
    await connection.execute(
        "INSERT INTO requests (id, name, client_name, document, digest, is_sealed, closes_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        key, new.name, new.client_name, new.document, new.digest, new.is_sealed, new.closes_at,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO request_bases (request_id, scenario_id, scenario_version, document, shares, left_out, "
        "idempotency_key, input_digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        key, new.scenario_id, new.scenario_version, new.base, json.dumps(dict(new.shares)),
        json.dumps([dict(one) for one in new.left_out]), new.idempotency_key, new.input_digest,
    )  # fmt: skip
    return key


async def get_request(connection: Connection, request_id: UUID) -> RequestRow | None:
    return (await get_requests(connection, [request_id])).get(request_id)


async def get_requests(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, RequestRow]:
    """Many at once, for a loader."""
    rows = await connection.fetch(f"SELECT {_COLUMNS} FROM requests WHERE id = ANY($1)", list(ids))
    return {row["id"]: _row(row) for row in rows}


async def get_request_documents(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """As canonical JSON; many at once, for a loader."""
    rows = await connection.fetch("SELECT id, document FROM requests WHERE id = ANY($1)", list(ids))
    return {row["id"]: row["document"] for row in rows}


async def find_request(connection: Connection, idempotency_key: str) -> BaseRow | None:
    """What the transaction's organisation has put out with this key."""
    row = await connection.fetchrow(f"SELECT {_BASE} FROM request_bases WHERE idempotency_key = $1", idempotency_key)
    return _base_row(row) if row else None


async def get_bases(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, BaseRow]:
    """Of the transaction's organisation's own requests; many at once, for a loader."""
    rows = await connection.fetch(f"SELECT {_BASE} FROM request_bases WHERE request_id = ANY($1)", list(ids))
    return {row["request_id"]: _base_row(row) for row in rows}


async def get_base_document(connection: Connection, request_id: UUID) -> str | None:
    """The scenario that a request was put out of, as it was."""
    document: str | None = await connection.fetchval(
        "SELECT document FROM request_bases WHERE request_id = $1", request_id
    )
    return document


async def is_put_out(connection: Connection, scenario_id: UUID) -> bool:
    """Whether there is a request that was put out of a scenario."""
    return bool(
        await connection.fetchval("SELECT EXISTS (SELECT FROM request_bases WHERE scenario_id = $1)", scenario_id)
    )


async def list_requests(
    connection: Connection, *, first: int, after: UUID | None = None, statuses: Sequence[RequestStatus] | None = None
) -> Page[RequestRow]:
    """Newest first, those older than `after`: the organisation's own, or those that it was invited to."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM requests WHERE id < $1 AND {_WANTED.format(2)} ORDER BY id DESC LIMIT $3",
        after or LAST_ID, statuses, first + 1,
    )  # fmt: skip
    return page([_row(row) for row in rows], first)


async def count_requests(connection: Connection, statuses: Sequence[RequestStatus] | None = None) -> int:
    return int(await connection.fetchval(f"SELECT count(*) FROM requests WHERE {_WANTED.format(1)}", statuses))


async def hold_request(connection: Connection, request_id: UUID) -> None:
    """Until the transaction ends, nobody answers the request: its client closes, opens or awards it."""
    await connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK.format('$1')})", str(request_id))


async def keep_request_open(connection: Connection, request_id: UUID) -> None:
    """Until the transaction ends, its client does not close it; who answers at the same time is not in the way."""
    await connection.execute(f"SELECT pg_advisory_xact_lock_shared({_LOCK.format('$1')})", str(request_id))


async def keep_closings(connection: Connection, request_ids: Sequence[UUID]) -> None:
    """Until the transaction ends, no client moves when these close; who is moving it now is waited for."""
    await connection.execute(
        f"SELECT pg_advisory_xact_lock_shared({_LOCK.format('each::text')}) FROM unnest($1::uuid[]) AS each",
        list(request_ids),
    )


async def set_closing(connection: Connection, request_id: UUID, closes_at: datetime | None) -> None:
    """When a request closes; None: now."""
    await connection.execute(
        "UPDATE requests SET closes_at = coalesce($2, clock_timestamp()) WHERE id = $1", request_id, closes_at
    )
    await tell_both(connection, request_id)


async def withdraw_request(connection: Connection, request_id: UUID) -> None:
    await connection.execute(
        "UPDATE requests SET withdrawn_at = now(), closes_at = least(closes_at, clock_timestamp()) WHERE id = $1",
        request_id,
    )
    await tell_both(connection, request_id)


async def award_request(
    connection: Connection, request_id: UUID, scenario_id: UUID, shares: Mapping[UUID, float | None]
) -> None:
    """To vendors with their shares; everybody else who was invited is told that it was not to them."""
    await connection.execute(
        "UPDATE requests SET awarded_at = now(), closes_at = least(closes_at, clock_timestamp()) WHERE id = $1",
        request_id,
    )
    await connection.execute(
        "UPDATE request_bases SET awarded_scenario_id = $2 WHERE request_id = $1", request_id, scenario_id
    )
    await connection.execute(
        """
        UPDATE invitations SET outcome = CASE WHEN vendor_id = ANY($2) THEN 'AWARDED' ELSE 'NOT_AWARDED' END,
          share = (SELECT share FROM unnest($2::uuid[], $3::float8[]) AS won (vendor, share) WHERE vendor = vendor_id)
        WHERE request_id = $1
        """,
        request_id, list(shares), list(shares.values()),
    )  # fmt: skip
    await tell_both(connection, request_id)


async def tell_both(connection: Connection, request_id: UUID) -> None:
    """That a client has changed what it and every invited vendor see."""
    await connection.execute("UPDATE invitations SET sequence = sequence + 1 WHERE request_id = $1", request_id)
    await tell_client(connection, request_id)


async def tell_client(connection: Connection, request_id: UUID) -> None:
    """That a client has changed what it sees itself."""
    await connection.execute("UPDATE request_bases SET sequence = sequence + 1 WHERE request_id = $1", request_id)
    await tell_request_change(connection)


async def tell_request_change(connection: Connection) -> None:
    """Of some request, so whoever watches one looks."""
    await connection.execute("SELECT pg_notify($1, '')", REQUEST_CHANGED_CHANNEL)


_LOCK = "hashtextextended('springtide request ' || {}, 0)"
_STATUS = """CASE WHEN withdrawn_at IS NOT NULL THEN 'WITHDRAWN' WHEN awarded_at IS NOT NULL THEN 'AWARDED'
  WHEN closes_at <= clock_timestamp() THEN 'CLOSED' ELSE 'OPEN' END"""
_WANTED = f"(${{0}}::text[] IS NULL OR {_STATUS} = ANY (${{0}}))"
_SEEN = """(
  SELECT coalesce(sum(sequence), 0)::int FROM (
    SELECT sequence FROM request_bases AS base
    WHERE (base.organisation_id, request_id) = (requests.organisation_id, requests.id)
    UNION ALL SELECT sequence FROM invitations AS invitation
    WHERE (invitation.organisation_id, request_id) = (requests.organisation_id, requests.id)
    UNION ALL SELECT sequence FROM proposals WHERE (client_id, request_id) = (requests.organisation_id, requests.id)
    UNION ALL SELECT sequence FROM submissions
    WHERE (client_id, request_id) = (requests.organisation_id, requests.id)) AS seen)"""
_COLUMNS = f"""
  organisation_id, id, name, client_name, digest, is_sealed, created_at, closes_at, awarded_at, withdrawn_at,
  {_STATUS} AS status, {_SEEN} + (closes_at <= clock_timestamp())::int AS sequence
"""
_BASE = "request_id, scenario_id, scenario_version, shares, left_out, awarded_scenario_id, input_digest"


def _row(row: Mapping[str, Any]) -> RequestRow:
    return RequestRow(**{**row, "status": RequestStatus(row["status"])})


def _base_row(row: Mapping[str, Any]) -> BaseRow:
    return BaseRow(**{**row, "shares": json.loads(row["shares"]), "left_out": json.loads(row["left_out"])})
