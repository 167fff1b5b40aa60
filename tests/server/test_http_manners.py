"""GraphQL over HTTP: which media type an answer has, which status, and what GET may ask for."""

import json
from typing import Any

import httpx
import pytest

from server.graphql.json_text import encoded
from server.graphql.negotiation import EVENTS, JSON, RESPONSE, media_type
from server.logs import current
from tests.server.api import Client
from tests.server.served import WATCH, Served

TYPENAME = "{ __typename }"


async def get(client: Client, accept: str = RESPONSE, **parameters: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {client.token}", "Accept": accept}
    return await client.http.get("/graphql", params=parameters, headers=headers)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html, */*;q=0.1", JSON),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}; charset=utf-8, {JSON}; charset=utf-8", RESPONSE),
        (f"{JSON}, {RESPONSE}", JSON),
        (f"{JSON};q=0.8, {RESPONSE};q=0.9", RESPONSE),
        (f"{RESPONSE}, {JSON}, {EVENTS}, multipart/mixed", RESPONSE),  # urql, with every query
        (f"{EVENTS}, multipart/mixed", EVENTS),  # urql, with a subscription
        (f"{EVENTS};q=0.5, {JSON}", JSON),
        ("multipart/mixed;deferSpec=20220824,application/json", JSON),  # Apollo Client
        (f"{JSON};q=0", None),
        (f"{JSON};q=much", None),
        ("text/html", None),
    ],
)
def test_an_answer_has_the_type_that_its_client_wants_most(accept: str, chosen: str | None) -> None:
    assert media_type(accept) == chosen


async def test_an_answer_says_its_type(client: Client) -> None:
    for accept in (JSON, RESPONSE):
        answer = await client.post({"query": TYPENAME}, Accept=accept)
        assert (answer.status_code, answer.headers["content-type"]) == (200, accept)


async def test_who_can_read_nothing_of_ours_is_told_what_there_is(client: Client) -> None:
    answer = await client.post({"query": TYPENAME}, Accept="text/html")
    assert answer.status_code == 406
    assert RESPONSE in answer.json()["errors"][0]["message"]


WRONG: list[dict[str, Any]] = [
    {"query": "{"},
    {"query": "{ scenarois }"},
    {"query": "query($id: ID!) { __typename }", "variables": {"id": None}},
    {"query": "{" + "a " * 5000 + "}"},
]


async def test_what_was_not_executed_has_no_data_and_a_status_of_its_own(client: Client) -> None:
    for body in (*WRONG, {"query": "query A { __typename }", "operationName": "B"}):
        answer = await client.post(body, Accept=RESPONSE)
        assert answer.status_code == 400
        assert "data" not in answer.json()
        assert answer.json()["errors"][0]["message"]


async def test_who_reads_plain_json_gets_200_for_every_sound_request(client: Client) -> None:
    for body in WRONG:
        answer = await client.post(body, Accept=JSON)
        assert answer.status_code == 200
        assert "data" not in answer.json()


async def test_what_failed_while_it_was_executed_has_data_and_200(client: Client) -> None:
    answer = await client.post({"query": '{ run(id: "nonsense") { id } viewer { role } }'}, Accept=RESPONSE)
    assert (answer.status_code, answer.json()["data"]["run"]) == (200, None)


async def test_queries_may_come_by_get_with_their_variables(client: Client) -> None:
    query = "query Named($id: ID!) { run(id: $id) { id } viewer { role } }"
    answer = await get(client, query=query, variables='{"id": "x"}', operationName="Named")
    assert answer.status_code == 200
    assert answer.json()["data"] == {"run": None, "viewer": {"role": "PLANNER"}}


async def test_nothing_is_changed_by_get(client: Client) -> None:
    mutation = 'mutation { createScenario(input: { source: { presetId: "single-queue" } }) { scenario { id } } }'
    for accept in (RESPONSE, JSON):
        answer = await get(client, accept, query=mutation)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert (await client.ask("{ scenarios { totalCount } }"))["scenarios"]["totalCount"] == 0


async def test_a_malformed_get_is_a_bad_request(client: Client) -> None:
    typename = {"query": TYPENAME}
    for parameters in ({}, {"query": "{"}, {**typename, "variables": "["}, {**typename, "variables": "3"}):
        assert (await get(client, **parameters)).status_code == 400


async def test_a_parameter_that_stands_there_twice_is_refused(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.token}"}
    address = "/graphql?query={__typename}&query={viewer{role}}"
    assert (await client.http.get(address, headers=headers)).status_code == 400


async def test_other_methods_are_told_which_there_are(client: Client) -> None:
    headers = {"Authorization": f"Bearer {client.token}"}
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = await client.http.request(method, "/graphql", headers=headers)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


async def test_a_batch_is_refused_as_one(client: Client) -> None:
    answer = await client.post([{"query": TYPENAME}, {"query": TYPENAME}])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == "Batches are not taken; send one operation a request."


async def test_who_is_not_signed_in_learns_nothing_of_a_document(client: Client) -> None:
    stranger = client.as_stranger(client.organisation, None)
    documents = [TYPENAME, "{", "{ scenarois }", "{ runs(frist: 1) { totalCount } }", "{" + "a " * 5000 + "}"]
    answers = [await stranger.post({"query": document}) for document in documents]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(documents)


async def test_who_is_signed_in_is_told_what_they_may_have_meant(client: Client) -> None:
    for query, meant in (
        ("{ scenarois { totalCount } }", "'scenarios'"),
        ("{ runs(frist: 1) { totalCount } }", "'first'"),
        ("{ auditLog(actions: [STRT_RUN]) { totalCount } }", "'START_RUN'"),
        ("mutation { cancelRun(input: { runID: 3 }) { userErrors { code } } }", "runId"),
    ):
        told = " ".join(error["message"] for error in (await client.answer(query))["errors"])
        assert meant in told


async def test_a_bug_before_anything_was_executed_is_hidden_too(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("server.graphql.admission.check_budget", broken)
    answer = await client.post({"query": "{ viewer { label } }"}, Accept=RESPONSE)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (500, "INTERNAL")
    assert "secret" not in answer.text
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"] in error["message"]
    assert "secret of the house" in caplog.text
    assert current("request_id") == ""


async def test_an_unknown_operation_is_no_bug_of_ours(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    body = {"query": "query A { __typename }", "operationName": "B"}
    for accept in (RESPONSE, EVENTS):
        answer = await served.client.post(body, Accept=accept)
        assert '"B"' in answer.text.replace('\\"', '"')
    async with served.socket(headers=served.bearing) as opened:
        await opened.recv()
        await opened.send(json.dumps({"id": "1", "type": "subscribe", "payload": body}))
        await opened.wait_closed()
        assert opened.close_code == 4400
    assert "bug" not in caplog.text


async def test_a_query_that_only_events_are_wanted_of_comes_as_one(served: Served) -> None:
    answer = await served.client.post({"query": TYPENAME}, Accept=EVENTS)
    assert answer.headers["content-type"] == EVENTS
    events = [line for line in answer.text.splitlines() if line]
    assert events == ["event: next", 'data: {"data":{"__typename":"Query"}}', "event: complete", "data: "]


async def test_a_subscription_that_cannot_be_streamed_is_told_so(client: Client) -> None:
    for accept in (RESPONSE, JSON, f"{JSON}, {EVENTS}"):
        answer = await client.post({"query": WATCH, "variables": {"run": "x"}}, Accept=accept)
        assert answer.status_code == 400
        assert EVENTS in answer.json()["errors"][0]["message"]


def test_a_number_that_is_none_leaves_as_null() -> None:
    assert encoded([1.0, float("nan")]) == b"[1.0,null]"
    assert encoded({"a": [[float("inf")]]}) == b'{"a":[[null]]}'
