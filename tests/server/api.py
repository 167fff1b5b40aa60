"""A client of the API in tests, and a small organisation for it to ask about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from graphql import DocumentNode, OperationDefinitionNode, parse, print_ast

from server.app import create_app
from server.database.pool import Database
from server.settings import Settings
from server.store.claims import begin_run, claim_run, finish_run
from server.store.organisations import Role, create_token
from server.store.outcomes import pack, store_outcomes
from simulation.experiment import ENGINE_VERSION, Experiment, keep, simulate
from simulation.outcome.report.parts import to_parts
from simulation.outcome.report.result import Result
from simulation.outcome.shards.summary import ShardSummary
from simulation.scenario.reading.document import load

OPERATIONS = Path(__file__).with_name("operations.graphql")

SHOP = """
name: Shop
start: 2026-10-26
weeks: 2
timezone: Europe/London
queues:
  - id: orders
    hours: [{open: "09:00", close: "12:00"}]
    demand: {weekly_volume: 300}
    handling: {mean_seconds: 200}
    patience: {mean_seconds: 100}
  - id: mail
    channel: EMAIL
    demand: {weekly_volume: 60}
    handling: {mean_seconds: 400}
vendors:
  - id: own
    kind: IN_HOUSE
    sites: [{id: leeds, country: GB}]
    teams:
      - id: desk
        site: leeds
        skills: [{queue: orders}]
        staffing: {agents: 2}
      - id: clerks
        site: leeds
        skills: [{queue: mail}]
        workforce: {headcount: 3, attrition: {annual_rate: 2.0}}
        shifts: [{start: "08:00", hours: 8}]
"""


def operations() -> dict[str, str]:
    """The operations that clients rely on, by name."""
    definitions = parse(OPERATIONS.read_text()).definitions
    return {
        node.name.value: print_ast(DocumentNode(definitions=(node,)))
        for node in definitions
        if isinstance(node, OperationDefinitionNode) and node.name
    }


@cache
def shop_result(replications: int = 5) -> Result:
    """What came of the shop, simulated by the floor that needs no compiler."""
    return simulated(SHOP, replications)[0]


@cache
def simulated(document: str, replications: int) -> tuple[Result, bytes]:
    """What came of a scenario, and the counters that are kept of it."""
    scenario, summaries = load(document), list[ShardSummary]()
    experiment = Experiment(replications=replications)
    result = simulate(scenario, experiment, floor="simpy", on_summary=summaries.append)
    return result, keep(scenario, summaries[0]).to_bytes()


class Client:
    """One organisation's frontend."""

    def __init__(self, http: httpx.AsyncClient, database: Database, organisation: UUID, token: str | None) -> None:
        self.http, self.database, self.organisation, self.token = http, database, organisation, token

    async def post(self, body: object, **headers: str) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.http.post("/graphql", json=body, headers={**bearer, **headers})

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of an operation that must go well; an operation clients rely on is asked for by its name."""
        answer = await self.answer(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def answer(self, query: str, **variables: Any) -> Any:
        body = {"query": operations().get(query, query), "variables": variables}
        return (await self.post(body)).json()

    async def create_scenario(self, document: str = SHOP) -> str:
        made = await self.ask("CreateScenario", document=document)
        assert made["createScenario"]["userErrors"] == []
        return str(made["createScenario"]["scenario"]["id"])

    async def start_run(self, scenario: str | None = None, **more: Any) -> str:
        scenario = scenario or await self.create_scenario()
        return str((await self.ask("StartRun", scenario=scenario, **more))["startRun"]["run"]["id"])

    async def finished_run(self, document: str = SHOP) -> str:
        """A run, of the shop, as a worker leaves it."""
        run = await self.start_run(await self.create_scenario(document), replications=5)
        await finish_next_run(self.database, document)
        return run

    def as_stranger(self, organisation: UUID, token: str | None) -> "Client":
        return Client(self.http, self.database, organisation, token)


async def finish_next_run(database: Database, document: str = SHOP, replications: int = 5) -> None:
    result, counters = simulated(document, replications)
    head, columns = to_parts(result)
    async with database.queue() as connection:
        claim = await claim_run(connection, 60.0, ENGINE_VERSION)
    assert claim is not None
    async with database.tenant(claim.organisation_id) as connection:
        await begin_run(connection, claim, ENGINE_VERSION)
        await store_outcomes(connection, claim.run_id, pack(head, columns, counters))
        await finish_run(connection, claim, head["experiment"]["replications"])


async def token_of(database: Database, organisation: UUID, role: Role = Role.PLANNER) -> str:
    async with database.tenant(organisation) as connection:
        token, _ = await create_token(connection, role=role)
    return token


SETTINGS = Settings(database_url=None, data_dir=Path("/nowhere"))


@asynccontextmanager
async def client_of(
    database: Database, organisation: UUID, *, host: str = "127.0.0.1", settings: Settings = SETTINGS
) -> AsyncIterator[Client]:
    app = create_app(settings, database)
    transport = httpx.ASGITransport(app, client=(host, 50000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://springtide.test") as http,
    ):
        yield Client(http, database, organisation, await token_of(database, organisation))
