"""A query or mutation that takes too long is stopped, and so is what it does in the database."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from server.graphql.negotiation import EVENTS, JSON, RESPONSE
from tests.server.api import Client
from tests.server.served import Served, told

SLOW_RUNS = "{ runs { totalCount } }"
SLOW_SCENARIO = "query($id: ID!) { run(id: $id) { scenario { name } } }"
SLOW_MUTATION = "mutation($id: ID!) { cancelRun(input: { runId: $id }) { userErrors { code } } }"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment instead of half a minute, and three functions of the store that take a minute."""
    monkeypatch.setattr("server.graphql.deadline.OPERATION_SECONDS", 0.3)

    async def sleeps(connection: asyncpg.Connection, *_: object, **__: object) -> Any:
        await connection.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr("server.store.run_lists.list_runs", sleeps)
    monkeypatch.setattr("server.graphql.context.get_scenarios", sleeps)
    monkeypatch.setattr("server.store.runs.cancel_run", sleeps)


async def asleep(url: str) -> int:
    """How many statements of the operations still run in the database."""
    connection = await asyncpg.connect(url)
    try:
        found = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
        return int(await connection.fetchval(found + " AND state = 'active' AND datname = current_database()"))
    finally:
        await connection.close()


@pytest.fixture
async def run(served: Served, monkeypatch: pytest.MonkeyPatch) -> str:
    with monkeypatch.context() as patient:  # a busy machine may take longer over its first scenario
        patient.setattr("server.graphql.deadline.OPERATION_SECONDS", 30.0)
        return await served.client.start_run()


@pytest.fixture
async def watched(served: Served, database_url: str) -> AsyncIterator[list[int]]:
    """How many slept, looked at all the while."""
    seen: list[int] = []

    async def look() -> None:
        while True:
            seen.append(await asleep(database_url))
            await asyncio.sleep(0.05)

    looking = asyncio.create_task(look())
    yield seen
    looking.cancel()


async def nothing_sleeps(seen: list[int]) -> None:
    """There was something to stop, and it is stopped."""
    assert max(seen) == 1
    await asyncio.sleep(0.5)
    assert seen[-1] == 0


@pytest.mark.parametrize(("query", "accept"), [(SLOW_RUNS, JSON), (SLOW_SCENARIO, RESPONSE), (SLOW_MUTATION, EVENTS)])
async def test_over_http_its_statements_are_cancelled(
    served: Served, run: str, watched: list[int], query: str, accept: str
) -> None:
    async with asyncio.timeout(10):
        answer = await served.client.post({"query": query, "variables": {"id": run}}, Accept=accept)
    assert answer.status_code == (503 if accept == RESPONSE else 200)
    body = answer.text if accept != EVENTS else answer.text.splitlines()[1][len("data: ") :]
    (error,) = json.loads(body)["errors"]
    assert error["extensions"] == {"code": "TIMEOUT"}
    assert error["message"] == "The operation took longer than 0.3 s and was stopped; ask for less at once."
    await nothing_sleeps(watched)


async def test_over_a_websocket_its_statements_are_cancelled_and_the_socket_stays(
    served: Served, run: str, watched: list[int]
) -> None:
    async with served.socket(headers=served.bearing) as opened:
        await told(opened)
        for query in (SLOW_RUNS, SLOW_SCENARIO, SLOW_MUTATION):
            payload = {"query": query, "variables": {"id": run}}
            await opened.send(json.dumps({"id": query, "type": "subscribe", "payload": payload}))
            answer = await told(opened)
            assert (answer["id"], answer["type"]) == (query, "error")
            assert answer["payload"][0]["extensions"] == {"code": "TIMEOUT"}
    await nothing_sleeps(watched)


async def test_a_subscription_may_take_as_long_as_it_likes(served: Served) -> None:
    run = await served.client.start_run(replications=5)
    async with served.watching(run) as watching:
        assert await watching.next() == (1, "QUEUED", 0)
        await asyncio.sleep(0.6)
        await served.claim()
        assert await watching.next() == (2, "RUNNING", 0)


async def test_the_connection_of_a_stopped_operation_serves_the_next(
    served: Served, run: str, watched: list[int]
) -> None:
    await asyncio.gather(*(served.client.answer(SLOW_RUNS) for _ in range(12)))
    await asyncio.sleep(0.2)
    assert (await served.client.ask("{ viewer { organisation { name } } }"))["viewer"]["organisation"]


async def test_a_database_that_is_lost_is_not_mistaken_for_slowness(client: Client, monkeypatch: Any) -> None:
    async def lost(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("server.store.run_lists.list_runs", lost)
    (error,) = (await client.answer(SLOW_RUNS))["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE"}
