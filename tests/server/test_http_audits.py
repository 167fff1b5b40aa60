"""The server audits of GraphQL over HTTP that npm's graphql-http brings, against a running server."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.server.npm import installed
from tests.server.served import Served

SCRIPT = Path(__file__).with_name("audits.mjs")
AUDITS = 61
PACKAGES = {"graphql-http": "1.23.1", "graphql": "16.11.0"}


@pytest.mark.bar
async def test_all_audits_of_graphql_over_http_are_passed(served: Served) -> None:
    folder = await asyncio.to_thread(installed, "graphql-http", PACKAGES)
    url = f"http://127.0.0.1:{served.port}/graphql"
    node = await asyncio.create_subprocess_exec(
        "node", str(SCRIPT), str(folder), url, served.client.token or "", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await node.communicate()
    results = json.loads(output)
    failed = [f"{each['id']} {each['name']}: {each['reason']}" for each in results if each["status"] != "ok"]
    print(f"audits of graphql-http 1.23.1: {len(results) - len(failed)} of {len(results)}")
    assert failed == []
    assert len(results) == AUDITS
