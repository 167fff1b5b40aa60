"""Requests a minute: refused over HTTP and WebSocket with the time to come back, by organisation."""

import asyncio
import json
from uuid import UUID

import pytest

from server.database.pool import Database
from server.request_limit import KNOWN_SECONDS, RequestLimit
from server.store.limits import DEFAULTS, LimitName
from tests.server.api import client_of, token_of
from tests.server.limiting import limit
from tests.server.test_graphql_watching import Served, served, told

__all__ = ["served"]

TYPENAME = "{ __typename }"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_over_the_limit_http_answers_429_with_the_seconds_to_wait(
    database: Database, organisation: UUID, stranger: UUID
) -> None:
    await limit(database, organisation, LimitName.REQUESTS_A_MINUTE, 3)
    async with client_of(database, organisation) as client:
        answers = await asyncio.gather(*(client.post({"query": TYPENAME}) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 17
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert 1 <= int(refused.headers["retry-after"]) <= 20
        (error,) = refused.json()["errors"]
        assert error["extensions"]["code"] == "LIMIT_REACHED"
        assert f"try again in {refused.headers['retry-after']} s" in error["message"]
        other = client.as_stranger(stranger, await token_of(database, stranger))
        assert (await other.post({"query": TYPENAME})).status_code == 200
        assert (await client.http.get("/healthz")).status_code == 200


async def test_over_the_limit_an_operation_of_a_websocket_gets_an_error_and_the_socket_stays(served: Served) -> None:
    await limit(served.database, served.client.organisation, LimitName.REQUESTS_A_MINUTE, 2)
    codes: list[str | None] = []
    async with served.socket(payload=served.bearing) as opened:
        assert (await told(opened))["type"] == "connection_ack"
        for number in range(4):
            payload = {"query": TYPENAME}
            await opened.send(json.dumps({"id": str(number), "type": "subscribe", "payload": payload}))
            message = await told(opened)
            if message["type"] == "next":
                assert await told(opened) == {"id": str(number), "type": "complete"}
                codes.append(None)
            else:
                (error,) = message["payload"]
                assert error["extensions"]["retryAfterSeconds"] >= 1
                codes.append(error["extensions"]["code"])
    assert codes == [None, None, "LIMIT_REACHED", "LIMIT_REACHED"]


async def test_a_bucket_holds_a_minute_and_fills_evenly(database: Database, organisation: UUID) -> None:
    await limit(database, organisation, LimitName.REQUESTS_A_MINUTE, 60)
    clock = Clock()
    requests = RequestLimit(database, clock)
    waits = [await requests.take(organisation) for _ in range(61)]
    assert waits == [0] * 60 + [1]
    clock.now += 2.0
    assert [await requests.take(organisation) for _ in range(3)] == [0, 0, 1]
    clock.now += 3600.0
    assert [await requests.take(organisation) for _ in range(61)] == [0] * 60 + [1]
    standing = await requests.standing(organisation)
    assert (standing.used, standing.most, standing.left) == (60, 60, 0)


async def test_a_limit_that_an_operator_changes_is_known_within_seconds(database: Database, organisation: UUID) -> None:
    clock = Clock()
    requests = RequestLimit(database, clock)
    assert (await requests.standing(organisation)).most == DEFAULTS[LimitName.REQUESTS_A_MINUTE]
    await limit(database, organisation, LimitName.REQUESTS_A_MINUTE, 5)
    clock.now += KNOWN_SECONDS + 1
    assert [await requests.take(organisation) for _ in range(6)] == [0] * 5 + [12]
    await limit(database, organisation, LimitName.REQUESTS_A_MINUTE, None)
    clock.now += KNOWN_SECONDS + 1
    assert [await requests.take(organisation) for _ in range(100)] == [0] * 100


async def test_while_there_is_no_database_the_limit_is_what_it_was(
    database: Database, organisation: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    await limit(database, organisation, LimitName.REQUESTS_A_MINUTE, 2)
    clock = Clock()
    requests = RequestLimit(database, clock)
    assert await requests.take(organisation) == 0
    clock.now += KNOWN_SECONDS + 1
    await database._pool.close()
    assert [await requests.take(organisation) for _ in range(3)] == [0, 19, 19]  # as much as came in since
    assert "limit of requests not read" in caplog.text
