"""Inputs of mutations of requests and proposals that succeed, for an organisation of whatever kind that side has."""

from datetime import UTC, datetime, timedelta
from typing import Any

from server.store.organisations import OrganisationKind
from tests.server.api import Client
from tests.server.tender import (
    CLOSE,
    WORK,
    Tender,
    asked_by_another,
    done,
    in_an_hour,
    offer,
    organisation,
    own_draft,
    own_submission,
    own_test,
    put_out,
    tender,
)


async def request_to_create(client: Client) -> dict[str, Any]:
    return {"scenarioId": await client.create_scenario(WORK), "closesAt": in_an_hour(), "stresses": []}


async def request_to_close(client: Client) -> dict[str, Any]:
    return {"requestId": await put_out(client)}


async def vendors_to_invite(client: Client) -> dict[str, Any]:
    await organisation(client, "Alder Care", OrganisationKind.VENDOR)
    return {**await request_to_close(client), "organisations": ["Alder Care"]}


async def request_to_extend(client: Client) -> dict[str, Any]:
    given = await request_to_close(client)
    return {**given, "closesAt": (datetime.now(UTC) + timedelta(days=9)).isoformat()}


async def offered(client: Client) -> Tender:
    """A request of the client's that a vendor has answered, closed."""
    made = await tender(client)
    await made.bidder.submit(made.request, await made.text())
    await done(made.client, CLOSE, requestId=made.request)
    return made


async def request_to_award(client: Client) -> dict[str, Any]:
    made = await offered(client)
    return {"requestId": made.request, "proposalIds": [made.bidder.proposal]}


async def request_to_evaluate(client: Client) -> dict[str, Any]:
    return {"requestId": (await offered(client)).request}


async def proposal_to_save(client: Client) -> dict[str, Any]:
    return {"requestId": await asked_by_another(client), "document": offer("alder")}


async def proposal_to_test(client: Client) -> dict[str, Any]:
    return {"proposalId": await own_draft(client)}


async def proposal_to_submit(client: Client) -> dict[str, Any]:
    return {"proposalId": await own_test(client), "expectedVersion": 1}


async def proposal_to_withdraw(client: Client) -> dict[str, Any]:
    return {"proposalId": await own_submission(client)}
