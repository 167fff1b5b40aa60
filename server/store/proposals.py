"""Proposals: what vendors answer to requests.

The vendor's row has its own cost and every draft; the client sees who has submitted, and what is offered once that may
be opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from server.database.connecting import Connection
from server.store.keys import LAST_ID, new_id
from server.store.pages import Page, page
from server.store.requests import keep_closings, tell_request_change


class ProposalStatus(StrEnum):
    """Where a proposal stands."""

    DRAFT = "DRAFT"
    """Nothing of it was submitted; only its vendor knows of it."""
    SUBMITTED = "SUBMITTED"
    """A version of it stands for the client to open."""
    WITHDRAWN = "WITHDRAWN"
    """The vendor has taken it back."""
    AWARDED = "AWARDED"
    """The request was awarded to it, perhaps beside others."""
    DECLINED = "DECLINED"
    """The request was not awarded to it."""


@dataclass(frozen=True)
class Draft:
    """What only the vendor sees of its proposal."""

    version: int
    submitted_version: int | None
    created_at: datetime
    updated_at: datetime
    scenario_id: UUID


@dataclass(frozen=True)
class ProposalRow:
    """A proposal as one of the two sides sees it."""

    id: UUID
    place: UUID
    """in the list of its side"""
    request_id: UUID
    vendor_id: UUID
    vendor_name: str
    status: ProposalStatus
    submitted_at: datetime | None
    withdrawn_at: datetime | None
    share: float | None
    draft: Draft | None
    """None for the client"""


@dataclass(frozen=True)
class Offer:
    """What stands of a proposal, as the client may open it."""

    proposal_id: UUID
    vendor_id: UUID
    vendor_name: str
    document: str


async def create_proposal(
    connection: Connection, *, request_id: UUID, client_id: UUID, document: str, source: str
) -> UUID:
    row = await connection.fetchrow(
        "INSERT INTO proposals (id, request_id, client_id, document, source) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        uuid4(), request_id, client_id, document, source,
    )  # fmt: skip
    await tell_request_change(connection)
    key: UUID = row["id"]
    return key


async def update_proposal(
    connection: Connection, proposal_id: UUID, *, expected_version: int, document: str, source: str
) -> bool:
    """Its next version; whether it had the expected one, and may still be changed."""
    row = await connection.fetchrow(
        """
        UPDATE proposals SET version = version + 1, document = $3, source = $4, updated_at = now(),
          sequence = sequence + 1
        WHERE id = $1 AND version = $2 RETURNING request_id
        """,
        proposal_id, expected_version, document, source,
    )  # fmt: skip
    if row:
        await tell_request_change(connection)
    return row is not None


async def submit(connection: Connection, proposal: ProposalRow, *, client_id: UUID, name: str, offer: str) -> None:
    """The version that the proposal has, in place of what stood before."""
    await connection.execute(
        "UPDATE proposals SET submitted_version = version, sequence = sequence + 1 WHERE id = $1", proposal.id
    )
    await connection.execute(
        """
        INSERT INTO submissions (id, proposal_id, request_id, client_id, vendor_name) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organisation_id, proposal_id) DO UPDATE
        SET submitted_at = now(), withdrawn_at = NULL, sequence = submissions.sequence + 1
        """,
        new_id(), proposal.id, proposal.request_id, client_id, name,
    )  # fmt: skip
    await connection.execute(
        """
        INSERT INTO offers (proposal_id, request_id, client_id, document) VALUES ($1, $2, $3, $4)
        ON CONFLICT (organisation_id, proposal_id) DO UPDATE SET document = excluded.document
        """,
        proposal.id, proposal.request_id, client_id, offer,
    )  # fmt: skip
    await tell_request_change(connection)


async def withdraw(connection: Connection, proposal: ProposalRow) -> None:
    """Nothing of it stands any more; its draft stays."""
    await connection.execute("DELETE FROM offers WHERE proposal_id = $1", proposal.id)
    await connection.execute(
        "UPDATE submissions SET withdrawn_at = now(), sequence = sequence + 1 WHERE proposal_id = $1", proposal.id
    )
    await connection.execute(
        "UPDATE proposals SET submitted_version = NULL, sequence = sequence + 1 WHERE id = $1", proposal.id
    )
    await tell_request_change(connection)


async def own_proposal(connection: Connection, proposal_id: UUID) -> ProposalRow | None:
    """Of the transaction's organisation, as its vendor."""
    row = await connection.fetchrow(f"{_OWN} WHERE proposals.id = $1", proposal_id)
    return _own_row(row) if row else None


async def own_proposals(connection: Connection, request_ids: Sequence[UUID]) -> dict[UUID, ProposalRow]:
    """The vendor's, by the requests' ids; many at once, for a loader."""
    rows = await connection.fetch(f"{_OWN} WHERE proposals.request_id = ANY($1)", list(request_ids))
    return {row["request_id"]: _own_row(row) for row in rows}


async def scenarios_for(connection: Connection, client_id: UUID) -> list[UUID]:
    """The scenarios of the vendor's proposals to one client."""
    rows = await connection.fetch(
        "SELECT scenarios.id FROM scenarios JOIN proposals "
        "ON (proposals.organisation_id, proposals.id) = (scenarios.organisation_id, proposal_id) WHERE client_id = $1",
        client_id,
    )
    return [row["id"] for row in rows]


async def get_own_documents(connection: Connection, proposal_id: UUID) -> tuple[str, str]:
    """The canonical JSON of its last version, and the text as it was given."""
    row = await connection.fetchrow("SELECT document, source FROM proposals WHERE id = $1", proposal_id)
    return row["document"], row["source"]


async def received_proposals(
    connection: Connection, organisation_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, ProposalRow]:
    """Those submitted to the transaction's organisation, by their ids."""
    rows = await connection.fetch(
        f"{_RECEIVED} WHERE submissions.client_id = $1 AND proposal_id = ANY($2)", organisation_id, list(ids)
    )
    return {row["id"]: _row(row) for row in rows}


async def list_received(
    connection: Connection, request_id: UUID, *, first: int, after: UUID | None = None
) -> Page[ProposalRow]:
    """Submitted to a request of the transaction's organisation; the one submitted first last, older than `after`."""
    rows = await connection.fetch(
        f"{_RECEIVED} WHERE submissions.request_id = $1 AND submissions.id < $2 ORDER BY submissions.id DESC LIMIT $3",
        request_id, after or LAST_ID, first + 1,
    )  # fmt: skip
    return page([_row(row) for row in rows], first)


async def count_received(connection: Connection, request_id: UUID) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM submissions WHERE request_id = $1", request_id))


async def get_offers(connection: Connection, request_id: UUID) -> list[Offer]:
    """What stands for a request of the transaction's organisation and may be opened, first submitted first."""
    rows = await connection.fetch(
        """
        SELECT proposal_id, offers.organisation_id AS vendor_id, vendor_name, document
        FROM offers JOIN submissions USING (organisation_id, proposal_id)
        WHERE offers.request_id = $1 AND withdrawn_at IS NULL ORDER BY submissions.id
        """,
        request_id,
    )
    return [Offer(**row) for row in rows]


async def get_offer_documents(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Of offers that the transaction's organisation may open, by the proposals' ids; many at once, for a loader.

    A closing that is being put off is waited for: what was opened in between would be known to a client that goes on
    taking answers."""
    requests = await connection.fetch(
        "SELECT DISTINCT request_id FROM submissions WHERE proposal_id = ANY($1)", list(ids)
    )
    await keep_closings(connection, [row["request_id"] for row in requests])
    rows = await connection.fetch("SELECT proposal_id, document FROM offers WHERE proposal_id = ANY($1)", list(ids))
    return {row["proposal_id"]: row["document"] for row in rows}


async def is_tested(connection: Connection, draft: Draft, experiment: str) -> bool:
    """Whether a run by this experiment, given as JSON, has simulated this very version."""
    return bool(
        await connection.fetchval(
            """
            SELECT EXISTS (SELECT FROM runs JOIN scenarios
              ON (scenarios.organisation_id, scenarios.id) = (runs.organisation_id, scenario_id)
              WHERE scenario_id = $1 AND scenario_version = $2 AND status = 'SUCCEEDED'
                AND runs.digest = scenarios.digest -- a study's points are of the version, too, but changed
                AND experiment::jsonb = $3::jsonb)
            """,
            draft.scenario_id, draft.version, experiment,
        )
    )  # fmt: skip


async def latest_tests(connection: Connection, scenario_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The last run of each scenario that is no study's point; many at once, for a loader."""
    rows = await connection.fetch(
        "SELECT DISTINCT ON (scenario_id) scenario_id, id FROM runs "
        "WHERE scenario_id = ANY($1) AND study_id IS NULL ORDER BY scenario_id, id DESC",
        list(scenario_ids),
    )
    return {row["scenario_id"]: row["id"] for row in rows}


_OUTCOME = """
  CASE WHEN outcome = 'AWARDED' AND {submitted} THEN 'AWARDED' WHEN outcome IS NOT NULL AND {submitted} THEN 'DECLINED'
    WHEN {submitted} THEN 'SUBMITTED' WHEN submissions.id IS NOT NULL THEN 'WITHDRAWN' ELSE 'DRAFT' END AS status,
  submitted_at, withdrawn_at, share"""
_OWN = f"""
  SELECT proposals.id, proposals.id AS place, proposals.request_id, proposals.organisation_id AS vendor_id,
    coalesce(submissions.vendor_name, invitations.vendor_name, '') AS vendor_name,
    proposals.version, submitted_version, proposals.created_at, proposals.updated_at, scenarios.id AS scenario_id,
    {_OUTCOME.format(submitted="submitted_version IS NOT NULL")}
  FROM proposals
  JOIN scenarios ON (scenarios.organisation_id, proposal_id) = (proposals.organisation_id, proposals.id)
  LEFT JOIN submissions
    ON (submissions.organisation_id, submissions.proposal_id) = (proposals.organisation_id, proposals.id)
  LEFT JOIN invitations
    ON (invitations.organisation_id, invitations.request_id, vendor_id)
      = (proposals.client_id, proposals.request_id, proposals.organisation_id)"""
_RECEIVED = f"""
  SELECT proposal_id AS id, submissions.id AS place, submissions.request_id, submissions.organisation_id AS vendor_id,
    submissions.vendor_name, {_OUTCOME.format(submitted="withdrawn_at IS NULL")}
  FROM submissions LEFT JOIN invitations
    ON (invitations.organisation_id, invitations.request_id, vendor_id)
      = (submissions.client_id, submissions.request_id, submissions.organisation_id)"""


def _row(row: Mapping[str, Any], draft: Draft | None = None) -> ProposalRow:
    told = {name: row[name] for name in ProposalRow.__dataclass_fields__ if name != "draft"}
    return ProposalRow(**{**told, "status": ProposalStatus(row["status"])}, draft=draft)


def _own_row(row: Mapping[str, Any]) -> ProposalRow:
    return _row(row, Draft(**{name: row[name] for name in Draft.__dataclass_fields__}))
