"""Requests and proposals, from putting out to award, as each side does and sees it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from server.graphql.errors import MOST_ERRORS
from server.graphql.paging import global_id, key_of
from server.store.requests import hold_request, set_closing
from server.store.runs import start_run
from server.store.scenarios import get_scenario_of
from server.workers.engine import ENGINE
from simulation.proposals.reading import load_request
from tests.server.api import Client, finish_next_run, simulated
from tests.server.leaks import rows_of
from tests.server.served import Served, told
from tests.server.studied import succeeded
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
    scenario_of,
    tender,
)
from tests.server.working import working

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


async def a_version_of_which_only_changes_were_simulated(held: Tender) -> list[tuple[str, str | None]]:
    """As the points of a study are: of the version, by the request's experiment, and another document."""
    bidder, text = held.bidder, await held.text()
    await done(bidder.client, SAVE, requestId=held.request, document=offer("alder", agents=4))
    key = key_of(bidder.proposal, "Proposal")
    assert key is not None
    changed = scenario_of(text, bidder.document)
    async with held.database.tenant(bidder.client.organisation) as connection:
        row = await get_scenario_of(connection, key)
        assert row is not None
        experiment = load_request(text).experiment.model_dump()
        run = await start_run(
            connection, scenario_id=row.id, scenario_version=row.version, document=changed, digest="another's",
            experiment=experiment,
        )  # fmt: skip
    asked = "query($id: ID!) { run(id: $id) { status } }"
    while (await bidder.client.ask(asked, id=global_id("Run", run.id)))["run"]["status"] != "SUCCEEDED":
        await finish_next_run(held.database, changed, 3)
    return await unchanged(held, bidder.client, SUBMIT, proposalId=bidder.proposal, expectedVersion=2)


async def a_winner_twice(held: Tender) -> list[tuple[str, str | None]]:
    """By two spellings of its id."""
    await done(held.client, CLOSE, requestId=held.request)
    own = held.bidder.proposal
    given = {"requestId": held.request, "proposalIds": [own, f"{own[:4]}\n{own[4:]}"], "shares": [0.6, 0.4]}
    return await unchanged(held, held.client, AWARD, **given)


async def a_first_winner_that_waits(held: Tender) -> list[tuple[str, str | None]]:
    await done(held.client, CLOSE, requestId=held.request)
    given = {"requestId": held.request, "proposalIds": [held.bidder.proposal], "afterSeconds": [5]}
    return await unchanged(held, held.client, AWARD, **given)


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
    a_version_of_which_only_changes_were_simulated: [("NOT_TESTED", "expectedVersion")],
    a_winner_twice: [("INVALID_ARGUMENT", "proposalIds")],
    a_first_winner_that_waits: [("INVALID_ARGUMENT", "afterSeconds")],
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


EVALUATED = """query($id: ID!) { study(id: $id) { board { untried { name reason }
  candidates { name stresses { stress } untried { name reason } } } } }"""


@pytest.mark.slow
async def test_a_plan_whose_run_fails_hides_nobody_elses(client: Client) -> None:
    """A vendor's rates may be such that its invoices can be written as planned, and under stress not any more."""
    held = await tender(client, stresses=[{"moreVolume": {}}])
    text, bidder, silent = await held.text(), held.bidder, held.silent
    settled = simulated(scenario_of(text, bidder.document), 3)[0].settlement
    (vendor,) = settled.vendors
    most = max(line.amount.over.max() for month in vendor.months for line in month.lines if line.kind == "PER_CONTACT")
    bidder.document = offer("alder", rate=int(4.5 * 0.999e13 / float(most)))
    await bidder.submit(held.request, text)
    await silent.submit(held.request, text)
    await done(held.client, CLOSE, requestId=held.request)
    study = (await done(held.client, EVALUATE, requestId=held.request))["study"]["id"]
    async with working(held.database, engine=ENGINE, processes=1):
        await succeeded(held.client, study)
    board = (await held.client.ask(EVALUATED, id=study))["study"]["board"]
    failed = [{"name": "more_volume", "reason": "its run failed, as is told among the study's points"}]
    assert board == {
        "untried": [],
        "candidates": [
            {"name": bidder.proposal, "stresses": [], "untried": failed},
            {"name": silent.proposal, "stresses": [{"stress": "more_volume"}], "untried": []},
        ],
    }


INVITED = """query($id: ID!, $first: Int!, $after: String) { request(id: $id) {
  invitations(first: $first, after: $after) { nodes { id vendor { name } } pageInfo { hasNextPage endCursor } } } }"""


async def test_invitations_say_nothing_of_each_other_by_their_ids(held: Tender) -> None:
    """Beside when it was invited, an id that is ordered by time tells a vendor how many were looked for before it."""
    await done(held.client, INVITE, requestId=held.request, organisations=["Cedar Care"])
    found: list[Any] = []
    after = None
    while after is not None or not found:
        page = (await held.client.ask(INVITED, id=held.request, first=1, after=after))["request"]["invitations"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert found[0]["vendor"]["name"] == "Cedar Care"
    assert {one["vendor"]["name"] for one in found[1:]} == {"Alder Care", "Birch Care"}
    assert len(found) == 3
    assert {UUID(one["id"]).version for one in found} == {4}


WATCH = """subscription($id: ID!) { requestUpdated(requestId: $id) { sequence
  request { status proposals { totalCount } } } }"""


@asynccontextmanager
async def watching(served: Served, client: Client, request: str) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """What the next event says of the request to one side; None where its events have ended."""
    async with served.socket(payload={"Authorization": f"Bearer {client.token}"}) as socket:
        assert await told(socket) == {"type": "connection_ack"}
        payload = {"query": WATCH, "variables": {"id": request}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))

        async def following() -> Any:
            message = await told(socket)
            if message["type"] == "complete":
                return None
            update = message["payload"]["data"]["requestUpdated"]["request"]
            return update["status"], update["proposals"]["totalCount"]

        yield following


@pytest.mark.slow
async def test_each_side_is_told_of_its_own_changes_and_of_the_closing(served: Served) -> None:
    held = await tender(served.client)
    async with (
        watching(served, held.client, held.request) as client,
        watching(served, held.bidder.client, held.request) as bidder,
        watching(served, held.silent.client, held.request) as silent,
    ):
        assert [await each() for each in (client, bidder, silent)] == [("OPEN", 0)] * 3
        await held.bidder.submit(held.request, await held.text())
        assert await client() == ("OPEN", 1)
        assert await bidder() == ("OPEN", 1)
        soon = datetime.now(UTC) + timedelta(seconds=1)
        await move_closing(held, soon)  # passes by itself, which nobody notifies
        found = [await each() for each in (client, silent)]
        while found[0] == ("OPEN", 1):
            found[0] = await client()
        assert found[0] == ("CLOSED", 1)
        assert found[1] in (("OPEN", 0), ("CLOSED", 0))  # and of the answer nothing
        await done(held.client, AWARD, requestId=held.request, proposalIds=[held.bidder.proposal])
        last = None
        while (event := await silent()) is not None:
            last = event
        assert last == ("AWARDED", 0)


async def test_nothing_is_opened_while_the_closing_is_put_off(held: Tender) -> None:
    """Else a client that puts it off at the last moment would know what is offered, and take further answers."""
    await held.bidder.submit(held.request, await held.text())
    await move_closing(held, datetime.now(UTC) + timedelta(seconds=0.5))
    key = key_of(held.request, "Request")
    assert key is not None
    async with held.database.tenant(held.client.organisation) as connection:
        await hold_request(connection, key)
        await set_closing(connection, key, datetime.now(UTC) + timedelta(hours=1))
        await asyncio.sleep(0.6)  # the closing that others see has passed
        opening = asyncio.create_task(held.client.ask(BOARD, id=held.request))
        await asyncio.sleep(0.3)
    assert [one["document"] for one in (await opening)["request"]["proposals"]["nodes"]] == [None]


async def move_closing(held: Tender, closes_at: datetime) -> None:
    """Earlier than the API lets a client, who closes at once."""
    key = key_of(held.request, "Request")
    assert key is not None
    async with held.database.tenant(held.client.organisation) as connection:
        await set_closing(connection, key, closes_at)
