"""A WebSocket and a stream of events last no longer than what let their client in, on a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from websockets.asyncio.client import ClientConnection

from server.access import ORGANISATION_HEADER
from server.database.pool import Database
from server.graphql.paging import global_id
from server.store.members import add_member, change_member_role, find_member, remove_member
from server.store.organisations import Role, create_token, list_tokens, revoke_token
from tests.server.api import Client
from tests.server.issuer import LocalIssuer
from tests.server.served import PROTOCOL, WATCH, Served, serving, told

SOON = 4.0
"""Within how many seconds access must have ended."""


@pytest.fixture
async def served(database: Database, organisation: UUID, issuer: LocalIssuer) -> AsyncIterator[Served]:
    async with serving(database, organisation, issuer.settings) as opened:
        yield opened


async def bearing_token(served: Served, **more: Any) -> Client:
    async with served.database.tenant(served.client.organisation) as connection:
        text, _ = await create_token(connection, role=Role.PLANNER, **more)
    return served.client.as_stranger(served.client.organisation, text)


async def bearing_jwt(served: Served, issuer: LocalIssuer, organisation: UUID | None = None, **claims: Any) -> Client:
    """Ada, a member, who shows a JWT."""
    async with served.database.tenant(organisation or served.client.organisation) as connection:
        await add_member(connection, email="ada@harbour.example", name="Ada", role=Role.ADMIN)
    return served.client.as_stranger(served.client.organisation, issuer.jwt(**claims))


def init(client: Client) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}"}


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """With what the server closes the socket, whatever it still says before."""
    async with asyncio.timeout(SOON):
        await socket.wait_closed()
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


async def subscribe(socket: ClientConnection, run: str) -> None:
    payload = {"query": WATCH, "variables": {"run": run, "after": None}}
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
    assert (await told(socket))["type"] == "next"


async def revoke_newest_token(served: Served) -> None:
    async with served.database.tenant(served.client.organisation) as connection:
        newest = (await list_tokens(connection, first=1)).rows[0]
        await revoke_token(connection, newest.id)


async def remove_ada(served: Served) -> None:
    async with served.database.tenant(served.client.organisation) as connection:
        ada = await find_member(connection, "ada@harbour.example")
        assert ada is not None
        await remove_member(connection, ada.id)


async def nobody_watches(served: Served) -> None:
    """Until the server has let go of every bell: no subscription is left."""
    deadline = asyncio.get_running_loop().time() + SOON
    while served.bells and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(0.02)
    assert not served.bells


@pytest.mark.parametrize("shown_in", ["header", "first message"])
async def test_a_revoked_token_closes_its_sockets_and_ends_what_runs_there(served: Served, shown_in: str) -> None:
    run = await served.client.start_run()
    bearer = init(await bearing_token(served))
    more: Any = {"headers": bearer} if shown_in == "header" else {"payload": bearer}
    async with served.socket(**more) as socket:
        assert await told(socket) == {"type": "connection_ack"}
        await subscribe(socket, run)
        await revoke_newest_token(served)
        assert await closing(socket) == (4401, "what let you in was revoked")
        await nobody_watches(served)


async def test_the_sockets_of_other_tokens_stay_open(served: Served) -> None:
    await bearing_token(served)
    async with served.socket(payload=served.bearing) as socket:
        assert await told(socket) == {"type": "connection_ack"}
        await revoke_newest_token(served)
        await asyncio.sleep(0.3)
        await socket.send(json.dumps({"type": "ping"}))
        assert await told(socket) == {"type": "pong"}


async def test_a_token_that_expires_closes_its_sockets(served: Served) -> None:
    bearer = await bearing_token(served, expires_at=datetime.now(UTC) + timedelta(seconds=1.5))
    run = await served.client.start_run()
    async with served.socket(payload=init(bearer)) as socket:
        await told(socket)
        await subscribe(socket, run)
        assert await closing(socket) == (4403, "what let you in has expired; sign in again")
        await nobody_watches(served)


async def test_a_jwt_that_expires_closes_its_sockets(
    served: Served, issuer: LocalIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.issuer.LEEWAY_SECONDS", 0)
    now = int(datetime.now(UTC).timestamp())
    bearer = await bearing_jwt(served, issuer, exp=now + 2)
    async with served.socket(payload=init(bearer)) as socket:
        assert await told(socket) == {"type": "connection_ack"}
        assert (await closing(socket))[0] == 4403


async def test_a_removed_member_loses_their_sockets(served: Served, issuer: LocalIssuer) -> None:
    bearer = await bearing_jwt(served, issuer)
    run = await served.client.start_run()
    async with served.socket(payload=init(bearer)) as socket:
        await told(socket)
        await subscribe(socket, run)
        await remove_ada(served)
        assert (await closing(socket))[0] == 4401
        await nobody_watches(served)


async def test_a_member_of_another_role_connects_anew(served: Served, issuer: LocalIssuer) -> None:
    bearer = await bearing_jwt(served, issuer)
    async with served.socket(payload=init(bearer)) as socket:
        await told(socket)
        async with served.database.tenant(served.client.organisation) as connection:
            ada = await find_member(connection, "ada@harbour.example")
            assert ada is not None
            await change_member_role(connection, ada.id, Role.VIEWER)
        assert await closing(socket) == (4403, "what you may do has changed; connect again")
    async with served.socket(payload=init(bearer)) as socket:
        await told(socket)
        payload = {"query": "{ viewer { role } }"}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        assert (await told(socket))["payload"]["data"] == {"viewer": {"role": "VIEWER"}}


async def test_a_change_that_no_notice_told_of_is_seen_by_looking(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.graphql.staying.LOOK_SECONDS", 0.2)
    bearer = await bearing_token(served)
    async with served.socket(payload=init(bearer)) as socket:
        await told(socket)
        async with served.database.tenant(served.client.organisation) as connection:
            await connection.execute("UPDATE tokens SET revoked_at = now()")
        assert (await closing(socket))[0] == 4401


async def test_a_client_that_does_not_answer_the_close_has_nothing_left_running(served: Served) -> None:
    bearer = await bearing_token(served)
    run = await served.client.start_run()
    said: asyncio.Queue[Any] = asyncio.Queue()
    heard: asyncio.Queue[Any] = asyncio.Queue()
    scope = {"type": "websocket", "path": "/graphql", "headers": [], "query_string": b"", "subprotocols": [PROTOCOL]}
    connected = asyncio.create_task(served.app(scope, said.get, heard.put))
    watch = {"query": WATCH, "variables": {"run": run, "after": None}}
    said.put_nowait({"type": "websocket.connect"})
    said.put_nowait(text({"type": "connection_init", "payload": init(bearer)}))
    said.put_nowait(text({"type": "subscribe", "id": "1", "payload": watch}))
    async with asyncio.timeout(SOON):
        assert [(await heard.get())["type"] for _ in range(3)] == ["websocket.accept", *["websocket.send"] * 2]
        await revoke_newest_token(served)
        assert await heard.get() == {"type": "websocket.close", "code": 4401, "reason": "what let you in was revoked"}
        await connected
    await nobody_watches(served)


def text(message: object) -> dict[str, str]:
    return {"type": "websocket.receive", "text": json.dumps(message)}


async def test_a_database_that_is_away_closes_no_socket(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.graphql.staying.LOOK_SECONDS", 0.1)
    async with served.socket(payload=served.bearing) as socket:
        await told(socket)

        async def away(*_: object) -> None:
            raise ConnectionRefusedError

        monkeypatch.setattr("server.access.Doorkeeper.again", away)
        await asyncio.sleep(0.4)
        await socket.send(json.dumps({"type": "ping"}))
        assert await told(socket) == {"type": "pong"}


async def test_a_socket_names_its_organisation_in_its_first_message(
    served: Served, stranger: UUID, issuer: LocalIssuer
) -> None:
    bearer = await bearing_jwt(served, issuer)
    await bearing_jwt(served, issuer, organisation=stranger)
    async with served.socket(payload=init(bearer)) as socket:
        code, reason = await closing(socket)
    assert code == 4403
    assert reason.startswith("You are a member of several organisations; name one by its id")
    named = {**init(bearer), ORGANISATION_HEADER: global_id("Organisation", stranger)}
    async with served.socket(payload=named) as socket:
        assert await told(socket) == {"type": "connection_ack"}
        query = {"query": "{ viewer { organisation { name } } }"}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": query}))
        assert (await told(socket))["payload"]["data"] == {"viewer": {"organisation": {"name": "Other Retail"}}}


async def test_a_socket_while_the_issuer_is_away_is_told_to_come_later(served: Served, issuer: LocalIssuer) -> None:
    bearer = await bearing_jwt(served, issuer)
    issuer.away = True
    async with served.socket(payload=init(bearer)) as socket:
        code, reason = await closing(socket)
    assert code == 1013
    assert reason.startswith("The issuer's keys cannot be fetched")


@pytest.mark.parametrize("ended_by", ["revocation", "expiry", "removal"])
async def test_a_stream_of_events_ends_with_what_let_its_client_in(
    served: Served, issuer: LocalIssuer, ended_by: str
) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    expires = {"expires_at": soon} if ended_by == "expiry" else {}
    bearer = await (bearing_jwt(served, issuer) if ended_by == "removal" else bearing_token(served, **expires))
    run = await served.client.start_run()
    body = {"query": WATCH, "variables": {"run": run}}
    headers = {**init(bearer), "Accept": "text/event-stream"}
    lines: list[str] = []
    async with (
        asyncio.timeout(8),
        served.client.http.stream("POST", "/graphql", json=body, headers=headers) as stream,
    ):
        async for line in stream.aiter_lines():
            if line.startswith(("event:", "data: {")):
                lines.append(line)
                if len(lines) == 2 and ended_by != "expiry":
                    await (remove_ada(served) if ended_by == "removal" else revoke_newest_token(served))
    assert [line for line in lines if line.startswith("event")] == ["event: next", "event: next", "event: complete"]
    assert json.loads(lines[3][6:])["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    await nobody_watches(served)


async def test_a_hundred_sockets_of_one_token_are_closed_soon_after_it_is_revoked(served: Served) -> None:
    bearer = await bearing_token(served)

    async def stay() -> tuple[int, str]:
        async with served.socket(payload=init(bearer)) as socket:
            await told(socket)
            connected.release()
            return await closing(socket)

    connected = asyncio.Semaphore(0)
    sockets = [asyncio.create_task(stay()) for _ in range(100)]
    for _ in sockets:
        await connected.acquire()
    await revoke_newest_token(served)
    assert {code for code, _ in await asyncio.gather(*sockets)} == {4401}
