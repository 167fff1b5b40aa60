"""Everything that the API answers to somebody, byte for byte: two databases are the same when these are."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from server.app import create_app
from server.database.pool import Database
from tests.server.api import SETTINGS, operations

SMALL = 3
"""A page, so that every list has several."""
SCENARIOS = """query ($after: String, $first: Int!) { scenarios(first: $first, after: $after) { totalCount
  pageInfo { hasNextPage endCursor } nodes { id name digest version createdAt document base { id }
    changes { path summary } } } }"""
DEFINITION = """query ($scenario: ID!) { scenario(id: $scenario) { notes { path message } definition {
  queues { id name } vendors { id name } } } }"""
RUNS = """query ($after: String, $first: Int!) { runs(first: $first, after: $after) { totalCount
  pageInfo { hasNextPage endCursor } nodes { id status engineVersion
    experiment { replications seed precision } createdAt startedAt finishedAt
    progress { completed total } failure { code message } scenario { id } } } }"""
PRESETS = """query ($after: String, $first: Int!) { presets(first: $first, after: $after) {
  pageInfo { hasNextPage endCursor } nodes { id name } } }"""
ENGINES_OWN = "test"
"""The name of a scenario that is no scenario, but what the tests' engine is to do."""
ALL_LISTS = {"scenarios": SCENARIOS, "runs": RUNS, "presets": PRESETS}


class Asking:
    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http, self._token = http, token
        self.heard: dict[str, bytes] = {}

    async def everything(self) -> dict[str, bytes]:
        for name, query in ALL_LISTS.items():
            await self.pages(name, query)
        for scenario in self.nodes("scenarios"):
            if scenario["name"] != ENGINES_OWN:
                await self.ask(f"definition of {scenario['id']}", DEFINITION, scenario=scenario["id"])
        for run in (run["id"] for run in self.nodes("runs")):
            for name in ("Status", "Outcomes", "Interval"):
                await self.ask(f"{name} of {run}", operations()[name], run=run)
            await self.ask(f"contracts of {run}", RESCORED, run=run)
        await self.ask("Lists", operations()["Lists"])
        return self.heard

    async def pages(self, name: str, query: str) -> None:
        after, more, page = None, True, 0
        while more:
            answer = await self.ask(f"{name}, page {page}", query, after=after, first=SMALL)
            info = answer["data"][name]["pageInfo"]
            after, more, page = info["endCursor"], info["hasNextPage"], page + 1

    async def ask(self, key: str, query: str, **variables: object) -> Any:
        body = {"query": query, "variables": variables}
        answer = await self._http.post("/graphql", json=body, headers={"Authorization": f"Bearer {self._token}"})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert "errors" not in told, told
        self.heard[key] = answer.content
        return told

    def nodes(self, name: str) -> list[dict[str, str]]:
        pages = [json.loads(text)["data"][name] for key, text in self.heard.items() if key.startswith(f"{name}, page")]
        return [node for page in pages for node in page["nodes"]]


RESCORED = """query ($run: ID!) { rescoreRuns(runIds: [$run], contracts: [{name: "dear", document: "{}"}]) {
  results { contracts run { id } cost { total { mean } } vendors { id months { invoice { mean } } } }
  userErrors { code message path } } }"""


async def all_answers(database: Database, tokens: Mapping[str, str]) -> dict[str, dict[str, bytes]]:
    """Of every query and every page, by whose token it was asked with."""
    async with asking(database) as http:
        return {name: await Asking(http, token).everything() for name, token in tokens.items()}


@asynccontextmanager
async def asking(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(SETTINGS, database)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://springtide.test") as http,
    ):
        yield http
