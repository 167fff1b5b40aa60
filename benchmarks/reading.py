"""CPU of one web process a request, beside PostGraphile: `uv run python -m benchmarks.reading` writes `reading.md`.

Both read the same tables of one embedded PostgreSQL through row security as `springtide_app`: Springtide's own server,
with tokens, limits, logs and metrics as always, and PostGraphile 5 from npm (left out where Node is missing), which
trusts whoever asks and is given the organisation. CPU is what the kernel says of the process, in turns over several
rounds; the clients are this process's.
"""

import asyncio
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import machine, say, table, verdict
from server.database.embedded import EmbeddedPostgres
from server.database.migrate import migrate
from server.database.pool import Database
from server.graphql.paging import split_id
from server.store.limits import LimitName, set_limit
from server.store.organisations import OrganisationKind, Role, create_organisation, create_token
from tests.server.npm import FOLDER

RESULTS = Path(__file__).parent / "reading.md"
ROUNDS, CLIENTS = 5, (1, 8)
POSTGRAPHILE = "5.1.5"
TICKS = os.sysconf("SC_CLK_TCK")
YEAR = """
name: Year
start: 2026-01-05
weeks: 53
timezone: UTC
queues:
  - {id: calls, demand: {weekly_volume: 900}, handling: {mean_seconds: 200}, patience: {mean_seconds: 100}}
vendors:
  - id: own
    kind: IN_HOUSE
    sites: [{id: leeds, country: GB}]
    teams: [{id: desk, site: leeds, skills: [{queue: calls}], staffing: {agents: 2}}]
"""
PEER = Path(__file__).parent / "postgraphile.mjs"


@dataclass(frozen=True)
class Case:
    name: str
    bar: float | None
    times: int
    ours: str
    theirs: str | None
    """The same for PostGraphile; None where its tables have no such thing."""


@dataclass(frozen=True)
class Asked:
    """A server under load: where it listens, whose CPU counts, what it is told of whoever asks."""

    port: int
    process: int
    token: str = ""

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def request(self, query: str, variables: dict[str, Any]) -> bytes:
        body = json.dumps({"query": query, "variables": variables}).encode()
        lines = ["POST /graphql HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
        lines.append(f"Content-Length: {len(body)}")
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Connection:
    """Of a client that does nothing but send one request after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**24))

    async def ask(self, request: bytes) -> bytes:
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200 "):
            raise RuntimeError(head.decode())
        if b"transfer-encoding: chunked" in head:
            return await self.chunks()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return await self.reader.readexactly(length)

    async def chunks(self) -> bytes:
        whole = b""
        while size := int(await self.reader.readline(), 16):
            whole += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return whole


async def answer(asked: Asked, query: str, **variables: Any) -> Any:
    connection = await Connection.open(asked.port)
    told = json.loads(await connection.ask(asked.request(query, variables)))
    connection.writer.close()
    if told.get("errors"):
        raise RuntimeError(told["errors"])
    return told["data"]


async def milliseconds(asked: Asked, request: bytes, times: int, clients: int) -> float:
    """CPU a request."""
    connections = [await Connection.open(asked.port) for _ in range(clients)]

    async def ask(connection: Connection, times: int) -> None:
        for _ in range(times):
            await connection.ask(request)

    await asyncio.gather(*(ask(each, 5) for each in connections))
    before = asked.cpu_seconds()
    await asyncio.gather(*(ask(each, times // clients) for each in connections))
    spent = asked.cpu_seconds() - before
    for each in connections:
        each.writer.close()
    return 1e3 * spent / (times // clients * clients)


@asynccontextmanager
async def springtide(database_url: str, folder: Path, token: str) -> AsyncIterator[Asked]:
    environment = {**os.environ, "DATABASE_URL": database_url, "SPRINGTIDE_DATA_DIR": str(folder / "data")}
    command = [str(Path(sys.executable).with_name("springtide")), "serve", "--port", "0", "--workers", "1"]
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield Asked(await port_told(folder / "log", process), process.pid, token)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@asynccontextmanager
async def postgraphile(database_url: str, organisation: str, folder: Path) -> AsyncIterator[Asked | None]:
    modules = FOLDER / "npm-postgraphile"
    if shutil.which("node") is None or not installed(modules):
        yield None
        return
    shutil.copy(PEER, modules / "server.mjs")
    environment = {**os.environ, "DATABASE_URL": database_url, "ORGANISATION": organisation, "NODE_ENV": "production"}
    with (folder / "peer").open("w+") as log:
        process = subprocess.Popen(["node", "server.mjs"], cwd=modules, env=environment, stdout=log, stderr=log)
        try:
            yield Asked(await port_told(folder / "peer", process), process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def installed(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules" / "postgraphile").exists():
        packages = {"private": True, "type": "module", "dependencies": {"postgraphile": POSTGRAPHILE}}
        (folder / "package.json").write_text(json.dumps(packages))
        return subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=folder, check=False).returncode == 0
    return True


async def port_told(log: Path, process: subprocess.Popen[bytes]) -> int:
    while process.poll() is None:
        found = [word for word in log.read_text().split() if word.startswith("http://127.0.0.1:")]
        if found:
            return int(found[0].split(":")[2].split("/")[0])
        await asyncio.sleep(0.1)
    raise RuntimeError(log.read_text())


async def prepared(asked: Asked) -> tuple[str, str]:
    """Ids of a scenario and of its run that has succeeded; a hundred runs stand beside."""
    made = await answer(
        asked,
        "mutation($d: String!) { createScenario(input: {source: {document: $d}}) { scenario { id } } }",
        d=YEAR,
    )
    scenario = made["createScenario"]["scenario"]["id"]
    start = (
        "mutation($s: ID!) { startRun(input: {scenarioId: $s, replications: 2}) { run { id } userErrors { message } } }"
    )
    cancel = "mutation($r: ID!) { cancelRun(input: {runId: $r}) { run { id } } }"
    run = (await answer(asked, start, s=scenario))["startRun"]["run"]["id"]
    await until_done(asked, run)
    for _ in range(100):
        other = (await answer(asked, start, s=scenario))["startRun"]["run"]["id"]
        await answer(asked, cancel, r=other)
    return scenario, run


async def until_done(asked: Asked, run: str) -> None:
    for _ in range(600):
        if (await answer(asked, "query($r: ID!) { run(id: $r) { status } }", r=run))["run"]["status"] == "SUCCEEDED":
            return
        await asyncio.sleep(1)
    raise RuntimeError("the run has not ended")


def cases(scenario: str, run: str, scenario_key: str, run_key: str) -> list[Case]:
    year = 'from: "2026-01-05T00:00:00Z", to: "2027-01-05T00:00:00Z"'
    series = f"series(measures: [SERVICE_LEVEL], resolution: INTERVAL, {year}) {{ mean }}"
    described, listed = "id name digest version createdAt", "id status createdAt startedAt finishedAt"
    return [
        Case("nothing: `{ __typename }`", None, 400, "{ __typename }", "{ __typename }"),
        Case(
            "one scenario",
            1.5,
            400,
            f'{{ scenario(id: "{scenario}") {{ {described} }} }}',
            f'{{ allScenarios(condition: {{id: "{scenario_key}"}}) {{ nodes {{ {described} }} }} }}',
        ),
        Case(
            "100 runs x 5 fields",
            3.0,
            160,
            f"{{ runs(first: 100) {{ nodes {{ {listed} }} }} }}",
            f"{{ allRuns(first: 100, orderBy: PRIMARY_KEY_DESC) {{ nodes {{ {listed} }} }} }}",
        ),
        Case(
            "series of 17,520 points",
            5.0,
            80,
            f'{{ run(id: "{run}") {{ outcomes {{ queue(id: "calls") {{ {series} }} }} }} }}',
            f'{{ allPeriodFigures(condition: {{runId: "{run_key}", resolution: "day"}})'
            " { nodes { measure mean } } }",
        ),
    ]


async def sound(asked: Asked, query: str) -> int:
    """Length of an answer without errors."""
    return len(json.dumps(await answer(asked, query)))


async def measured(ours: Asked, theirs: Asked | None, asked: Sequence[Case]) -> list[tuple[str, ...]]:
    rows = []
    for case in asked:
        say(f"{case.name}: {await sound(ours, case.ours)} characters")
        if theirs and case.theirs:
            say(f"beside it: {await sound(theirs, case.theirs)} characters")
        for clients in CLIENTS:
            own, other = [], []
            for _ in range(ROUNDS):
                own.append(await milliseconds(ours, ours.request(case.ours, {}), case.times, clients))
                if theirs and case.theirs:
                    other.append(await milliseconds(theirs, theirs.request(case.theirs, {}), case.times, clients))
            middle = statistics.median(own)
            peer = f"{statistics.median(other):.2f}" if other else "-"
            bar = f"{case.bar:g}" if case.bar else ""
            rows.append((case.name, str(clients), f"{middle:.2f}", peer, bar, verdict(middle, case.bar, most=True)))
            say(str(rows[-1]))
    return rows


async def compare(login: str, organisation: str, folder: Path, token: str) -> list[tuple[str, ...]]:
    async with springtide(login, folder, token) as ours, postgraphile(login, organisation, folder) as theirs:
        scenario, run = await prepared(ours)
        await asyncio.sleep(3)  # what the worker has still to do
        return await measured(ours, theirs, cases(scenario, run, key_in(scenario), key_in(run)))


def key_in(id: str) -> str:
    kind_and_key = split_id(id)
    assert kind_and_key is not None
    return str(kind_and_key[1])


async def in_scratch(server: EmbeddedPostgres, folder: Path) -> list[tuple[str, ...]]:
    await migrate(server.url())
    async with Database.open(server.url()) as database:
        async with database.administration() as connection:
            organisation = await create_organisation(connection, name="Reading", kind=OrganisationKind.CLIENT)
            await set_limit(connection, organisation.id, LimitName.REQUESTS_A_MINUTE, None)
        async with database.tenant(organisation.id) as connection:
            token, _ = await create_token(connection, role=Role.PLANNER)
    return await compare(server.url(), str(organisation.id), folder, token)


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="springtide-reading-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres.open(folder / "postgres")
    try:
        rows = asyncio.run(in_scratch(server, folder))
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    head = ("request", "clients at once", "ms of CPU", f"PostGraphile {POSTGRAPHILE}", "at most", "")
    text = table(head, *rows)
    print(text)
    RESULTS.write_text(f"# CPU of the web process a request\n\n{machine()}\n\n{HOW}\n\n{text}\n")


HOW = (
    f"Written by `uv run python -m benchmarks.reading`: medians of {ROUNDS} rounds in turns. Both servers are one"
    " process, on the tables of one embedded PostgreSQL, under its row security; Springtide also looks a token up,"
    " counts, limits and logs every request. PostGraphile reads, for"
    " the series, the arrays of all measures by day, about as many figures, as those by interval are deflated bytes."
)

if __name__ == "__main__":
    main()
