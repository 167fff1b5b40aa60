"""What `account` of common.mjs does, with gql; run by uv in an environment of its own."""

import asyncio
import json
import os
import sys
import urllib.request
from collections.abc import AsyncGenerator
from typing import Any

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.websockets import WebsocketsTransport

URL, TOKEN = os.environ["SPRINGTIDE_URL"], os.environ["SPRINGTIDE_TOKEN"]
BEARING = {"Authorization": f"Bearer {TOKEN}"}
MUTATION = """mutation Create { createScenario(input: { source: { presetId: "single-queue" } }) {
  scenario { id } userErrors { message } } }"""
START = "mutation Start($scenario: ID!) { startRun(input: { scenarioId: $scenario }) { run { id } } }"
CANCEL = "mutation Cancel($run: ID!) { cancelRun(input: { runId: $run }) { run { id } } }"
WATCH = """subscription Watch($run: ID!, $after: Int) { runUpdated(runId: $run, after: $after) {
  sequence run { status } } }"""
NOBODY = "UnVuOjAwMDAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA"


def ask(query: str, **variables: Any) -> Any:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(URL, body, {**BEARING, "Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]


def new_run() -> str:
    scenario = ask(MUTATION)["createScenario"]["scenario"]["id"]
    return str(ask(START, scenario=scenario)["startRun"]["run"]["id"])


def transport_of(kind: str, port: int | None = None) -> Any:
    url = URL.replace("http", "ws", 1)
    if port is not None:
        url = f"ws://127.0.0.1:{port}/graphql"
    protocols = [WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL]
    if kind == "websockets":
        return WebsocketsTransport(url, init_payload=BEARING, subprotocols=protocols)
    return AIOHTTPWebsocketsTransport(url, init_payload=BEARING, subprotocols=protocols)


async def watch(session: Any, run: str, after: int | None = None) -> AsyncGenerator[tuple[int, str], None]:
    operation = gql(WATCH)
    operation.variable_values = {"run": run, "after": after}
    async for answer in session.subscribe(operation):
        update = answer["runUpdated"]
        yield update["sequence"], update["run"]["status"]


class Line:
    """A way to the server that can be cut."""

    def __init__(self) -> None:
        self.open: set[asyncio.StreamWriter] = set()

    async def start(self) -> int:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self.server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _, port = URL.split("/")[2].partition(":")
        upstream, beyond = await asyncio.open_connection(host, int(port))
        self.open |= {writer, beyond}

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
            sink.close()

        await asyncio.gather(pump(reader, beyond), pump(upstream, writer), return_exceptions=True)

    def cut(self) -> None:
        for writer in self.open:
            writer.transport.abort()
        self.open.clear()


async def main(kind: str) -> None:
    done = []
    async with Client(transport=AIOHTTPTransport(URL, headers=BEARING)) as session:
        assert (await session.execute(gql("query Count { runs { totalCount } }")))["runs"]["totalCount"] >= 0
        done.append("query")
        assert (await session.execute(gql(MUTATION)))["createScenario"]["scenario"]["id"]
        done.append("mutation")
        try:
            await session.execute(gql("query Wrong { runs { wrong } }"))
        except TransportQueryError as error:
            done += ["error"] if "wrong" in str(error) else []
    async with Client(transport=transport_of(kind)) as session:
        try:
            assert [event async for event in watch(session, NOBODY)] == []
        except TransportQueryError:
            done.append("subscription's error")
        run, seen = new_run(), []
        async for event in watch(session, run):
            seen.append(event)
            if len(seen) == 1:
                await asyncio.to_thread(ask, CANCEL, run=run)
        assert seen == [(1, "QUEUED"), (2, "CANCELLED")], seen
        done.append("subscription to its end")
        following = watch(session, new_run())
        await anext(following)
        await following.aclose()
        assert (await session.execute(gql("query Count { runs { totalCount } }")))["runs"]["totalCount"] >= 0
        done.append("unsubscribes")
    print(f"gql over {kind}: " + ", ".join([*done, await reconnected(kind)]))


async def reconnected(kind: str) -> str:
    """As gql's own reconnecting session leaves subscriptions to whoever made them."""
    line = Line()
    client = Client(transport=transport_of(kind, await line.start()))
    session = await client.connect_async(reconnecting=True)
    run, seen = new_run(), [(0, "")]
    for _ in range(50):
        try:
            async for event in watch(session, run, seen[-1][0]):
                seen.append(event)
                if len(seen) == 2:
                    line.cut()
                    await asyncio.to_thread(ask, CANCEL, run=run)
        except (TransportError, ConnectionError):
            await asyncio.sleep(0.2)
        if seen[-1][1] == "CANCELLED":
            break
    await client.close_async()
    assert seen[1:] == [(1, "QUEUED"), (2, "CANCELLED")], seen
    return "reconnects"


asyncio.run(main(sys.argv[1]))
