"""Requests and proposals, from putting out to award, as each side does and sees it."""

import pytest

from tests.server.api import Client
from tests.server.tender import (
    AWARD,
    CLOSE,
    Tender,
    done,
    tender,
)

BOARD = "query($id: ID!) { request(id: $id) { status proposals { totalCount nodes { id status vendor { name } document } } } }"


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
