"""Faults of those who ask: the same many times, much at once, and a web server that is gone."""

import asyncio
import json
import signal
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from server.graphql.paging import key_of
from server.store.claims import claim_run
from server.store.runs import start_run
from server.store.scenarios import create_scenario
from tests.server.api import Client, operations
from tests.server.engines import OBEDIENT, document, simulated
from tests.server.faults.postgres import free_port
from tests.server.faults.rows_workers import STORED, Figures
from tests.server.faults.web import Web
from tests.server.faults.work import REAL, Submitted
from tests.server.faults.yard import LEASE, Yard, until
from tests.server.served import Served

DUPLICATES = 1000
CONNECTIONS = 100
QUEUED = 10_000


async def duplicates(yard: Yard) -> Figures:
    """1,000 duplicate submits of one key, 100 at a time"""
    client = yard.web.served.client
    scenario = await client.create_scenario(REAL)
    began = time.monotonic()
    body = {
        "query": operations()["StartRun"],
        "variables": {"scenario": scenario, "replications": 20, "key": "the same"},
    }
    at_once = asyncio.Semaphore(CONNECTIONS)

    async def ask() -> httpx.Response:
        async with at_once:
            return await client.post(body)

    answers = await asyncio.gather(*(ask() for _ in range(DUPLICATES)))
    ids = [answer.json()["data"]["startRun"]["run"]["id"] for answer in answers]
    seconds = time.monotonic() - began
    assert len(set(ids)) == 1
    await _note(yard, ids[0])
    await yard.start_worker()
    await yard.finished()
    return {"submits": len(ids), "runs": len(set(ids)), "in, s": seconds}


async def many(yard: Yard) -> Figures:
    """10,000 queued small runs, two workers"""
    log = yard.folder / "many.log"
    await _queue(yard, document(log, shards=1), QUEUED)
    took = [await _claim_seconds(yard)]
    began = time.monotonic()
    for _ in range(2):
        await yard.start_worker()
    while not await _is_empty(yard):
        assert time.monotonic() - began < 1200
        await asyncio.sleep(1)
        took.append(await _claim_seconds(yard))
    seconds = time.monotonic() - began
    await yard.finished(yard.submitted[-1])
    begun = len(simulated(log))
    assert begun == QUEUED, f"{begun} shards were begun"
    half = len(took) // 2
    first, second = (1000 * statistics.median(each) for each in (took[:half], took[half:]))
    assert second < 3 * first + 20, "claims grow slow as runs are worked off"
    return {"runs a second": QUEUED / seconds, "claim, first half, ms": first, "second half, ms": second}


async def _queue(yard: Yard, text: str, runs: int) -> None:
    experiment = {"replications": 1, "seed": 1}
    async with yard.database.tenant(yard.organisation) as connection:
        scenario = await create_scenario(connection, name="test", document=text, source=text, digest="d")
        for _ in range(runs):
            run = await start_run(connection, scenario_id=scenario.id, document=text, digest="d", experiment=experiment)
            yard.submitted.append(Submitted(run.id, text, json.dumps(experiment)))


class _LetGoError(Exception):
    """Rolls a transaction back."""


async def _claim_seconds(yard: Yard) -> float:
    """How long it takes to claim what is there; it is not kept."""
    began = time.monotonic()
    with suppress(_LetGoError):
        async with yard.database.queue() as connection:
            await claim_run(connection, LEASE, OBEDIENT.version)
            raise _LetGoError
    return time.monotonic() - began


async def _is_empty(yard: Yard) -> bool:
    async with yard.database.queue() as connection:
        return not await connection.fetchval("SELECT EXISTS (SELECT FROM runs WHERE status IN ('QUEUED', 'RUNNING'))")


async def killed_web(yard: Yard) -> Figures:
    """kill -9 of the web server, which has workers"""
    port, token = free_port(), yard.web.served.client.token
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        client = Client(http, yard.database, yard.organisation, token)
        web = Web(Served(yard.web.served.app, port, client, yard.database))
        async with _serving(yard, port) as first:
            scenario = await client.create_scenario(REAL)
            ids = [await client.start_run(scenario, replications=240, key=key) for key in ("a", "b")]
            for each in ids:
                run = await _note(yard, each)
                yard.watchers[run.id] = asyncio.create_task(web.watch(each))

            async def are_stored() -> bool:
                return len(await yard.stored(yard.submitted[0])) >= STORED

            await until(are_stored)
            ended = await yard.audit.now()
            first.send_signal(signal.SIGKILL)
            await first.wait()
        stored = set(await yard.stored(yard.submitted[0]))
        async with _serving(yard, port) as second:
            assert [await client.start_run(scenario, replications=240, key=key) for key in ("a", "b")] == ids
            heir = await yard.claim_after(yard.submitted[0], ended)
            await yard.finished()
            for watcher in yard.watchers.values():
                await asyncio.wait_for(asyncio.shield(watcher), 30)
            second.terminate()
            assert await second.wait() == 0
    return {"taken up, s": (heir.at - ended).total_seconds(), "stored": len(stored)}


@asynccontextmanager
async def _serving(yard: Yard, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    program = Path(sys.executable).with_name("springtide")
    words = ("serve", "--host", "127.0.0.1", "--port", str(port), "--workers", "1")
    settings = {"DATABASE_URL": yard.server.url(yard.name), "SPRINGTIDE_LEASE_SECONDS": str(LEASE)}
    process = await yard.start(program, *words, log="serve.log", **settings)
    try:
        async with httpx.AsyncClient() as http:

            async def is_ready() -> bool:
                with suppress(httpx.TransportError):
                    return (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
                return False

            await until(is_ready)
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _note(yard: Yard, run: str) -> Submitted:
    """A run that was submitted by an operation, as the judge will want it."""
    key = key_of(run, "Run")
    async with yard.database.tenant(yard.organisation) as connection:
        row = await connection.fetchrow("SELECT id, document, experiment FROM runs WHERE id = $1", key)
    yard.submitted.append(Submitted(row["id"], row["document"], row["experiment"]))
    return yard.submitted[-1]
