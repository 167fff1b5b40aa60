"""Nobody sees of requests and proposals what the table does not say: two clients, three vendors, every state."""

import asyncio

import pytest
from graphql import build_schema, extend_schema, parse

from server.database.connecting import connect
from server.graphql.schema import schema_text
from server.store.requests import REQUEST_CHANGED_CHANNEL
from server.workers.engine import ENGINE
from tests.server.api import Client
from tests.server.conftest import run_sql
from tests.server.privacy import CHANGES, FIELDS, Role, State, Walk, sequences, untold
from tests.server.studied import succeeded
from tests.server.tender import AWARD, CLOSE, EVALUATE, SAVE, Tender, done, offer, tender
from tests.server.test_row_security import TENANT_TABLES
from tests.server.working import working

TABLES = [*TENANT_TABLES, "organisations"]


@pytest.fixture
async def held(client: Client) -> Tender:
    return await tender(client, stresses=[{"moreVolume": {}}])


async def drafted(held: Tender) -> None:
    bidder = held.bidder
    saved = await done(bidder.client, SAVE, requestId=held.request, document=bidder.document)
    bidder.proposal = saved["proposal"]["id"]


async def submitted(held: Tender) -> None:
    await held.bidder.submit(held.request, await held.text())


async def closed(held: Tender) -> None:
    await done(held.client, CLOSE, requestId=held.request)
    study = (await done(held.client, EVALUATE, requestId=held.request))["study"]["id"]
    async with working(held.database, engine=ENGINE, processes=1):
        await succeeded(held.client, study)


async def awarded(held: Tender) -> None:
    await done(held.client, AWARD, requestId=held.request, proposalIds=[held.bidder.proposal])


STEPS = {State.DRAFT: drafted, State.SUBMITTED: submitted, State.CLOSED: closed, State.AWARDED: awarded}


@pytest.mark.slow
async def test_each_side_sees_what_the_table_says_and_nothing_else(held: Tender) -> None:
    found: list[str] = []
    before = await sequences(held)
    for state, step in STEPS.items():
        await step(held)
        found += await Walk(held, state).findings(TABLES)
        now = await sequences(held)
        for role in Role:
            changes = state in CHANGES.get(role, ()) or (role, state) == (Role.BIDDER, State.DRAFT)
            if (now[role] != before[role]) != changes:
                found.append(f"{role}, {state}: the sequence went from {before[role]} to {now[role]}")
        before = now
    assert found == []


def test_the_table_tells_of_every_field() -> None:
    assert untold(build_schema(schema_text())) == []


def test_a_field_that_is_added_is_missed_in_the_table() -> None:
    schema = extend_schema(build_schema(schema_text()), parse("extend type Proposal { wage: Float }"))
    assert untold(schema) == ["Proposal.wage"]


LOOSENED = {
    "drafts": (
        "ALTER POLICY organisation ON springtide.proposals USING (true)",
        State.DRAFT,
        "client, draft: 1 rows of proposals, not 0",
    ),
    "every invitation": (
        "ALTER POLICY invited ON springtide.invitations USING (true)",
        State.DRAFT,
        "bidder, draft: is told Birch Care",
    ),
    "requests of others": (
        "ALTER POLICY invited ON springtide.requests USING (true)",
        State.DRAFT,
        "uninvited, draft: Request.document is seen",
    ),
    "submissions to others": (
        "ALTER POLICY received ON springtide.submissions USING (true)",
        State.SUBMITTED,
        "silent, submitted: is told Alder Care",
    ),
    "sealed offers": (
        "ALTER POLICY opened ON springtide.offers USING (client_id ="
        " nullif(current_setting('app.organisation_id', true), '')::uuid)",
        State.SUBMITTED,
        "client, submitted: Proposal.document is seen",
    ),
    "who is on the server": (
        "ALTER POLICY sought ON springtide.organisations USING (kind = 'VENDOR')",
        State.DRAFT,
        "other client, draft: 4 rows of organisations, not 1",
    ),
}
"""Statements by which a wall falls, the state in which that is seen, and what the walk says of it."""


@pytest.mark.slow
@pytest.mark.parametrize("wall", LOOSENED)
async def test_a_wall_that_falls_is_found(held: Tender, wall: str) -> None:
    statement, state, told = LOOSENED[wall]
    await drafted(held)
    if state is State.SUBMITTED:
        await submitted(held)
    await run_sql(held.database.url, "SET ROLE springtide_owner", statement)
    assert told in await Walk(held, state).findings(TABLES)


@pytest.mark.slow
async def test_own_cost_that_crosses_the_border_is_found(held: Tender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.graphql.proposing.offered", lambda proposal: proposal)
    await drafted(held)
    await submitted(held)
    await done(held.client, CLOSE, requestId=held.request)
    assert "client, closed: is told 23.4567" in await Walk(held, State.CLOSED).findings(TABLES)


def test_two_vendors_proposals_have_wages_of_their_own() -> None:
    """Else the walk would look for what is nobody's."""
    assert "23.4567" in offer("alder")
    assert "24.4567" in offer("birch", number=1)
    assert FIELDS.keys() >= {"Request", "Proposal"}


async def test_who_listens_hears_of_no_request_which_it_is(held: Tender, database_url: str) -> None:
    heard: asyncio.Queue[object] = asyncio.Queue()
    listening = await connect(database_url)
    try:
        await listening.add_listener(REQUEST_CHANGED_CHANNEL, lambda *told: heard.put_nowait(told[-1]))
        await held.bidder.submit(held.request, await held.text())
        assert await asyncio.wait_for(heard.get(), 10) == ""
        assert {heard.get_nowait() for _ in range(heard.qsize())} <= {""}
    finally:
        listening.terminate()
