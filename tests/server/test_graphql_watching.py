"""Runs watched over WebSocket and server-sent events, on a real server."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
import websockets

from server.graphql.paging import global_id, split_id
from server.listening import MOST_BYTES
from server.store.claims import store_shard, tell_progress
from tests.server.api import finish_next_run, token_of
from tests.server.served import WATCH, Served, told


async def test_a_watcher_sees_the_state_then_every_change_then_the_end(served: Served) -> None:
    run = await served.client.start_run(replications=5)
    async with served.watching(run) as watching:
        assert await watching.next() == (1, "QUEUED", 0)
        claim = await served.claim()
        assert await watching.next() == (2, "RUNNING", 0)
        async with served.database.tenant(claim.organisation_id) as connection:
            await store_shard(connection, claim, 0, 2, b"")
            await tell_progress(connection, claim, None)
        assert await watching.next() == (3, "RUNNING", 2)
        await served.client.ask("CancelRun", run=run)
        assert await watching.next() == (4, "CANCELLED", 2)
        assert await watching.ends()


async def test_a_watcher_that_comes_back_goes_on_after_what_it_saw(served: Served) -> None:
    run = await served.client.start_run(replications=5)
    async with served.watching(run, after=1) as watching:
        await served.claim()
        assert await watching.next() == (2, "RUNNING", 0)
    await served.client.ask("CancelRun", run=run)
    async with served.watching(run, after=2) as watching:
        assert await watching.next() == (3, "CANCELLED", 0)
        assert await watching.ends()
    async with served.watching(run, after=3) as watching:
        assert await watching.ends()


async def test_the_watcher_of_a_finished_run_sees_it_and_the_end(served: Served) -> None:
    run = await served.client.start_run(replications=5)
    await finish_next_run(served.database)
    async with served.watching(run) as watching:
        assert (await watching.next())[1:] == ("SUCCEEDED", 5)
        assert await watching.ends()


async def test_a_hundred_watchers_share_the_pool(served: Served) -> None:
    run = await served.client.start_run(replications=5)

    async def last() -> str:
        async with served.watching(run) as watching:
            seen = [await watching.next()]
            while seen[-1][1] != "CANCELLED":
                seen.append(await watching.next())
            assert sorted(set(seen)) == seen
            return seen[-1][1]

    watchers = [asyncio.create_task(last()) for _ in range(100)]
    await asyncio.sleep(0.5)
    await served.client.ask("CancelRun", run=run)
    assert set(await asyncio.gather(*watchers)) == {"CANCELLED"}


@pytest.mark.parametrize("run", ["nonsense", "UnVuOjAwMDAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA"])
async def test_a_run_that_is_not_there_is_an_error(served: Served, run: str) -> None:
    async with served.watching(run) as watching:
        message = await told(watching.socket)
    (error,) = message["payload"]["errors"] if message["type"] == "next" else message["payload"]
    assert error["extensions"]["code"] == "NOT_FOUND"


async def test_another_organisation_watches_a_run_as_one_that_is_not_there(served: Served, stranger: UUID) -> None:
    run = await served.client.start_run()
    served.client.token = await token_of(served.database, stranger)
    answers = []
    for key in (split_id(run), ("Run", uuid4())):
        assert key is not None
        async with served.watching(global_id(*key)) as watching:
            answers.append(json.dumps(await told(watching.socket)))
            assert await watching.ends()
    assert "NOT_FOUND" in answers[0]
    assert answers[0] == answers[1]


async def test_queries_go_over_the_socket_too(served: Served) -> None:
    async with served.socket(headers=served.bearing) as opened:
        assert (await told(opened))["type"] == "connection_ack"
        payload = {"query": "{ runs { totalCount } }"}
        await opened.send(json.dumps({"id": "q", "type": "subscribe", "payload": payload}))
        assert (await told(opened))["payload"] == {"data": {"runs": {"totalCount": 0}}}


@pytest.mark.parametrize("payload", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": 3}])
async def test_a_socket_without_a_valid_token_is_closed(served: Served, payload: dict[str, Any]) -> None:
    async with served.socket(payload=payload) as opened:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await told(opened)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


async def test_a_socket_with_a_wrong_header_is_not_opened(served: Served) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with served.socket(headers={"Authorization": "Bearer nonsense"}):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "message",
    [
        "nonsense",
        "null",
        "[]",
        "3",
        "{}",
        '{"type": 3}',
        '{"type": "nonsense"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": []}',
        '{"type": "subscribe", "id": [], "payload": {"query": "{ __typename }"}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{"}}',
        '{"type": "complete", "id": []}',
        '{"type": "ping", "payload": NaN}',
        b"\xff",
    ],
)
async def test_a_malformed_message_closes_the_socket(
    served: Served, message: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with served.socket(headers=served.bearing) as opened:
        await told(opened)
        await opened.send(message)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await told(opened)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4400
    assert "Traceback" not in caplog.text


async def test_an_operation_over_the_budget_is_refused_on_the_socket(served: Served) -> None:
    async with served.socket(headers=served.bearing) as opened:
        await told(opened)
        query = "{" + " ".join(f"a{n}: __typename" for n in range(100)) + "}"
        await opened.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
        message = await told(opened)
    assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "OVER_LIMIT")


async def test_a_document_too_long_to_be_read_is_refused_on_the_socket(served: Served) -> None:
    async with served.socket(headers=served.bearing) as opened:
        await told(opened)
        query = "subscription Long { __typename } #" + "x" * 1_000_000
        payload = {"query": query, "operationName": "Long"}
        await opened.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        message = await told(opened)
    assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "OVER_LIMIT")


async def test_a_message_beyond_the_limit_closes_the_socket(served: Served) -> None:
    async with served.socket(headers=served.bearing) as opened:
        await told(opened)
        payload = {"query": "{ __typename }", "variables": {"a": "x" * MOST_BYTES}}
        await opened.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await told(opened)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def events(served: Served, run: str, accept: str) -> list[str]:
    body = {"query": WATCH, "variables": {"run": run}}
    headers = {**served.bearing, "Accept": accept}
    async with asyncio.timeout(10), served.client.http.stream("POST", "/graphql", json=body, headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        return [line async for line in stream.aiter_lines() if line.startswith(("event:", "data: {"))]


async def test_a_run_is_watched_over_server_sent_events(served: Served) -> None:
    run = await served.client.start_run(replications=5)
    reading = asyncio.create_task(events(served, run, "text/event-stream"))
    await asyncio.sleep(0.3)
    await served.client.ask("CancelRun", run=run)
    lines = await reading
    assert [line for line in lines if line.startswith("event")] == ["event: next", "event: next", "event: complete"]
    updates = [json.loads(line[6:])["data"]["runUpdated"] for line in lines if line.startswith("data")]
    assert [(update["sequence"], update["run"]["status"]) for update in updates] == [(1, "QUEUED"), (2, "CANCELLED")]


async def test_a_client_that_merely_lists_events_gets_json(served: Served) -> None:
    accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    answer = await served.client.post({"query": "{ __typename }"}, Accept=accept)
    assert answer.headers["content-type"] == "application/graphql-response+json"
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_a_subscription_is_not_answered_as_json(served: Served) -> None:
    answer = await served.client.post({"query": WATCH, "variables": {"run": "x"}})
    assert answer.status_code == 400


async def test_a_watcher_that_leaves_leaves_nothing_behind(served: Served) -> None:
    run = await served.client.start_run()
    async with served.watching(run) as watching:
        await watching.next()
        assert len(served.bells) == 2  # of the run, and of who may watch
    for _ in range(100):
        if served.bells:
            await asyncio.sleep(0.05)
    assert not served.bells


async def test_a_reason_longer_than_a_frame_may_be_is_cut(served: Served) -> None:
    async with served.socket(payload=served.bearing) as opened:
        await told(opened)
        payload = {"query": WATCH, "operationName": "é" * 200}
        await opened.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        with pytest.raises(websockets.ConnectionClosedError) as closed:
            await told(opened)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, len(closed.value.rcvd.reason.encode()) > 100) == (4400, True)
