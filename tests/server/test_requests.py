"""Requests and proposals, from putting out to award, as each side does and sees it."""

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest

from server.graphql.errors import MOST_ERRORS
from tests.server.api import Client
from tests.server.leaks import rows_of
from tests.server.tender import (
    AWARD,
    CLOSE,
    CREATE,
    EVALUATE,
    INVITE,
    SAVE,
    SUBMIT,
    TEST,
    WITHDRAW_PROPOSAL,
    WORK,
    Tender,
    done,
    in_an_hour,
    offer,
    put_out,
    refused,
    tender,
)

BOARD = """query($id: ID!) { request(id: $id) { status proposals {
  totalCount nodes { id status vendor { name } document } } } }"""


@pytest.fixture
async def held(client: Client) -> Tender:
    return await tender(client)


async def test_a_request_is_answered_and_awarded(held: Tender) -> None:
    text = await held.text()
    assert "zqclient" not in text
    bidder, silent = held.bidder, held.silent
    await bidder.submit(held.request, text)
    assert (await held.client.ask(BOARD, id=held.request))["request"] == {
        "status": "OPEN",
        "proposals": {
            "totalCount": 1,
            "nodes": [
                {"id": bidder.proposal, "status": "SUBMITTED", "vendor": {"name": "Alder Care"}, "document": None}
            ],
        },
    }
    assert (await silent.client.ask(BOARD, id=held.request))["request"]["proposals"]["totalCount"] == 0
    await done(held.client, CLOSE, requestId=held.request)
    (seen,) = (await held.client.ask(BOARD, id=held.request))["request"]["proposals"]["nodes"]
    assert "alder-desk" in seen["document"]
    assert "23.4567" not in seen["document"]
    won = await done(held.client, AWARD, requestId=held.request, proposalIds=[bidder.proposal])
    assert "alder-desk" in won["scenario"]["document"]
    assert won["request"]["status"] == "AWARDED"
    (own,) = (await bidder.client.ask(BOARD, id=held.request))["request"]["proposals"]["nodes"]
    assert own["status"] == "AWARDED"


async def state_of(held: Tender) -> dict[str, str]:
    """A digest of every row that one of the two sides has of the request."""
    tables = ["requests", "request_bases", "invitations", "proposals", "submissions", "offers", "scenarios", "runs"]
    sides = (held.client, held.bidder.client, held.silent.client)
    found = [await rows_of(held.database, side.organisation, [*tables, "audit_log"]) for side in sides]
    return {f"{place} {table}": each for place, rows in enumerate(found) for table, each in rows.items()}


async def unchanged(held: Tender, client: Client, mutation: str, **given: Any) -> list[tuple[str, str | None]]:
    """What a mutation is refused with, which leaves everything as it was."""
    before = await state_of(held)
    found = await refused(client, mutation, **given)
    assert await state_of(held) == before
    return found


Refusing = Callable[[Tender], Awaitable[list[tuple[str, str | None]]]]


async def after_closing(held: Tender) -> list[tuple[str, str | None]]:
    await done(held.client, CLOSE, requestId=held.request)
    return await unchanged(held, held.bidder.client, SUBMIT, proposalId=held.bidder.proposal, expectedVersion=1)


async def saving_after_closing(held: Tender) -> list[tuple[str, str | None]]:
    await done(held.client, CLOSE, requestId=held.request)
    return await unchanged(held, held.bidder.client, SAVE, requestId=held.request, document=held.bidder.document)


async def withdrawing_after_closing(held: Tender) -> list[tuple[str, str | None]]:
    await done(held.client, CLOSE, requestId=held.request)
    return await unchanged(held, held.bidder.client, WITHDRAW_PROPOSAL, proposalId=held.bidder.proposal)


async def an_untested_version(held: Tender) -> list[tuple[str, str | None]]:
    await done(held.bidder.client, SAVE, requestId=held.request, document=offer("alder", agents=4))
    return await unchanged(held, held.bidder.client, SUBMIT, proposalId=held.bidder.proposal, expectedVersion=2)


async def a_version_that_is_not_the_last(held: Tender) -> list[tuple[str, str | None]]:
    await done(held.bidder.client, SAVE, requestId=held.request, document=offer("alder", agents=4))
    return await unchanged(held, held.bidder.client, SUBMIT, proposalId=held.bidder.proposal, expectedVersion=1)


async def a_draft_over_somebody_elses(held: Tender) -> list[tuple[str, str | None]]:
    given = {"requestId": held.request, "document": held.bidder.document, "expectedVersion": 7}
    return await unchanged(held, held.bidder.client, SAVE, **given)


async def other_queues(held: Tender) -> list[tuple[str, str | None]]:
    document = offer("alder").replace("queue: orders", "queue: returns")
    return await unchanged(held, held.bidder.client, SAVE, requestId=held.request, document=document)


async def a_hostile_document(held: Tender) -> list[tuple[str, str | None]]:
    bomb = "a: &a [x,x]\n" + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in pairwise("abcdefghijklmnopqrstuvwxyz"))
    found = await unchanged(held, held.bidder.client, SAVE, requestId=held.request, document=bomb)
    assert {code for code, _ in found} == {"INVALID_PROPOSAL"}
    assert len(found) <= MOST_ERRORS + 1
    return found[:1]


async def a_contract_of_its_own(held: Tender) -> list[tuple[str, str | None]]:
    document = offer("alder").replace("  teams:", "  contracts: [{pricing: [{kind: PER_CONTACT, rate: 9}]}]\n  teams:")
    return await unchanged(held, held.bidder.client, SAVE, requestId=held.request, document=document)


async def another_request_of_its_client(held: Tender) -> list[tuple[str, str | None]]:
    other = await put_out(held.client, "Birch Care")
    return await unchanged(held, held.bidder.client, SAVE, requestId=other, document=held.bidder.document)


async def a_proposal_of_another(held: Tender) -> list[tuple[str, str | None]]:
    return await unchanged(held, held.silent.client, SUBMIT, proposalId=held.bidder.proposal, expectedVersion=1)


async def a_test_of_anothers_proposal(held: Tender) -> list[tuple[str, str | None]]:
    return await unchanged(held, held.client, TEST, proposalId=held.bidder.proposal)


async def the_clients_own_request(held: Tender) -> list[tuple[str, str | None]]:
    return await unchanged(held, held.client, SAVE, requestId=held.request, document=held.bidder.document)


async def a_vendor_that_puts_out(held: Tender) -> list[tuple[str, str | None]]:
    scenario = await held.bidder.client.create_scenario(WORK)
    return await unchanged(held, held.bidder.client, CREATE, scenarioId=scenario, closesAt=in_an_hour())


async def a_vendor_that_closes(held: Tender) -> list[tuple[str, str | None]]:
    return await unchanged(held, held.bidder.client, CLOSE, requestId=held.request)


async def a_scenario_of_another(held: Tender) -> list[tuple[str, str | None]]:
    scenario = await held.other_client.create_scenario(WORK)
    return await unchanged(held, held.client, CREATE, scenarioId=scenario, closesAt=in_an_hour())


async def a_time_that_is_over(held: Tender) -> list[tuple[str, str | None]]:
    scenario = await held.client.create_scenario(WORK)
    return await unchanged(held, held.client, CREATE, scenarioId=scenario, closesAt="2020-01-01T00:00:00Z")


async def no_vendor(held: Tender) -> list[tuple[str, str | None]]:
    names = ["Cedar Care", "Northern Power", "Nobody at all", ""]
    return await unchanged(held, held.client, INVITE, requestId=held.request, organisations=names)


async def an_award_of_what_is_sealed(held: Tender) -> list[tuple[str, str | None]]:
    return await unchanged(held, held.client, AWARD, requestId=held.request, proposalIds=[held.bidder.proposal])


async def an_award_of_what_does_not_stand(held: Tender) -> list[tuple[str, str | None]]:
    await done(held.bidder.client, WITHDRAW_PROPOSAL, proposalId=held.bidder.proposal)
    await done(held.client, CLOSE, requestId=held.request)
    return await unchanged(
        held, held.client, AWARD, requestId=held.request, proposalIds=[held.bidder.proposal, "nonsense"]
    )


async def shares_that_do_not_fit(held: Tender) -> list[tuple[str, str | None]]:
    await done(held.client, CLOSE, requestId=held.request)
    given = {"requestId": held.request, "proposalIds": [held.bidder.proposal], "shares": [0.5]}
    return await unchanged(held, held.client, AWARD, **given)


async def an_award_twice(held: Tender) -> list[tuple[str, str | None]]:
    await done(held.client, CLOSE, requestId=held.request)
    await done(held.client, AWARD, requestId=held.request, proposalIds=[held.bidder.proposal])
    return await unchanged(held, held.client, AWARD, requestId=held.request, proposalIds=[held.bidder.proposal])


async def a_proposals_scenario(held: Tender) -> list[tuple[str, str | None]]:
    found = await held.bidder.client.ask(
        "query($id: ID!) { proposal(id: $id) { scenario { id } } }", id=held.bidder.proposal
    )
    given = {"scenarioId": found["proposal"]["scenario"]["id"], "expectedVersion": 1}
    vendor = held.bidder.client
    assert await unchanged(held, vendor, LOCK, **given, label="x") == [("IN_USE", "scenarioId")]
    assert await unchanged(held, vendor, DELETE_SCENARIO, scenarioId=given["scenarioId"], withRuns=True) == [
        ("IN_USE", "scenarioId")
    ]
    return await unchanged(held, vendor, UPDATE, **given, name="Mine")


async def a_requests_scenario(held: Tender) -> list[tuple[str, str | None]]:
    scenario, *_ = (await held.client.ask("{ scenarios { nodes { id } } }"))["scenarios"]["nodes"]
    return await unchanged(held, held.client, DELETE_SCENARIO, scenarioId=scenario["id"])


async def an_evaluation_of_what_is_sealed(held: Tender) -> list[tuple[str, str | None]]:
    return await unchanged(held, held.client, EVALUATE, requestId=held.request)


async def a_mix_of_what_is_not_there(held: Tender) -> list[tuple[str, str | None]]:
    await done(held.client, CLOSE, requestId=held.request)
    parts = [{"proposal": held.bidder.proposal, "share": 0.7}, {"proposal": "nobody", "share": 0.3}]
    return await unchanged(
        held, held.client, EVALUATE, requestId=held.request, mixes=[{"name": "both", "parts": parts}]
    )


LOCK = "mutation($input: LockScenarioInput!) { lockScenario(input: $input) { userErrors { code path } } }"
UPDATE = "mutation($input: UpdateScenarioInput!) { updateScenario(input: $input) { userErrors { code path } } }"
DELETE_SCENARIO = (
    "mutation($input: DeleteScenarioInput!) { deleteScenario(input: $input) { userErrors { code path } } }"
)
WRONG: dict[Refusing, list[tuple[str, str | None]]] = {
    after_closing: [("REQUEST_CLOSED", "requestId")],
    saving_after_closing: [("REQUEST_CLOSED", "requestId")],
    withdrawing_after_closing: [("REQUEST_CLOSED", "requestId")],
    an_untested_version: [("NOT_TESTED", "expectedVersion")],
    a_version_that_is_not_the_last: [("CONFLICT", "expectedVersion")],
    a_draft_over_somebody_elses: [("CONFLICT", "expectedVersion")],
    other_queues: [("INVALID_PROPOSAL", None), ("INVALID_PROPOSAL", "vendor.teams.alder-desk.skills.0.queue")],
    a_hostile_document: [("INVALID_PROPOSAL", "a")],
    a_contract_of_its_own: [("INVALID_PROPOSAL", "vendor.contracts")],
    another_request_of_its_client: [("NOT_FOUND", "requestId")],
    a_proposal_of_another: [("NOT_FOUND", "proposalId")],
    a_test_of_anothers_proposal: [("NOT_FOUND", "proposalId")],
    the_clients_own_request: [("WRONG_KIND", "requestId")],
    a_vendor_that_puts_out: [("WRONG_KIND", None)],
    a_vendor_that_closes: [("NOT_FOUND", "requestId")],
    a_scenario_of_another: [("NOT_FOUND", "scenarioId")],
    a_time_that_is_over: [("INVALID_ARGUMENT", "closesAt")],
    no_vendor: [("NOT_FOUND", f"organisations.{place}") for place in (1, 2, 3)],
    an_award_of_what_is_sealed: [("SEALED", "requestId")],
    an_award_of_what_does_not_stand: [("NOT_FOUND", "proposalIds.0"), ("NOT_FOUND", "proposalIds.1")],
    shares_that_do_not_fit: [("INVALID_ARGUMENT", "parts")],
    an_award_twice: [("REQUEST_CLOSED", "requestId")],
    a_proposals_scenario: [("IN_USE", "scenarioId")],
    a_requests_scenario: [("IN_USE", "scenarioId")],
    an_evaluation_of_what_is_sealed: [("SEALED", "requestId")],
    a_mix_of_what_is_not_there: [("INVALID_ARGUMENT", None)],
}
"""What is tried with a tender whose bidder has submitted, and what it is refused with."""


@pytest.mark.slow
async def test_what_is_wrong_is_refused_at_its_place_and_changes_nothing(held: Tender) -> None:
    found = {}
    for trying in WRONG:
        held.request = await put_out(held.client, "Alder Care", "Birch Care")
        await held.bidder.submit(held.request, await held.text())
        found[trying] = await trying(held)
    assert {trying.__name__: each for trying, each in found.items() if each != WRONG[trying]} == {}
