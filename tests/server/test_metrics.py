"""What is told to Prometheus, by the web process and by a worker, and that its labels stay few."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from server.database.pool import Database
from server.metrics import tell_database
from server.settings import Settings
from server.store.runs import RunStatus, cancel_run
from server.workers.supervisor import numbered
from server.workers.telling import STUCK_SECONDS, create_app, telling
from tests.server.api import Client
from tests.server.engines import contacts, document
from tests.server.working import finished_run, queue_run, read_run, until, until_simulated, working


def figure(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


class Since:
    """How much figures have grown since it was made: they are those of the process, so of other tests too."""

    def __init__(self) -> None:
        self._before = {(s.name, *sorted(s.labels.items())): s.value for m in REGISTRY.collect() for s in m.samples}

    def __call__(self, name: str, **labels: str) -> float:
        return figure(name, **labels) - self._before.get((name, *sorted(labels.items())), 0.0)


@pytest.fixture
def grown() -> Since:
    return Since()


async def test_requests_are_counted_by_route_kind_and_status(client: Client, grown: Since) -> None:
    await client.start_run()
    await client.ask("{ __typename }")
    await client.http.get("/nowhere")
    await client.http.get("/console/main.js")
    await client.http.get("/scenarios/abc")
    counted = "springtide_requests_total"
    assert grown(counted, route="/graphql", operation="mutation", status="200") == 2
    assert grown(counted, route="/graphql", operation="query", status="200") == 1
    assert grown(counted, route="other", operation="", status="401") == 1
    assert grown(counted, route="/console", operation="", status="200") == 1
    assert grown(counted, route="/", operation="", status="200") == 1
    assert grown("springtide_request_seconds_count", route="/graphql", operation="mutation") == 2
    assert grown("springtide_graphql_operations_total", operation="mutation") == 2


async def test_errors_of_answers_are_counted_by_code(
    client: Client, grown: Since, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("server.store.run_lists.list_runs", broken)
    await client.answer("{ runs { totalCount } }")
    await client.answer("{ nothing }")
    await client.answer("{")
    await client.answer("{ __typename }")
    assert grown("springtide_graphql_errors_total", code="INTERNAL") == 1
    assert grown("springtide_graphql_errors_total", code="INVALID") == 2


async def test_what_waits_is_told_with_the_age_of_the_oldest(client: Client, database: Database) -> None:
    run = await client.start_run()
    await asyncio.sleep(0.05)
    told = read(await client.http.get("/metrics"))
    assert told["springtide_runs_unfinished", "QUEUED"] == 1
    assert told["springtide_runs_unfinished", "RUNNING"] == 0
    assert 0.05 <= told["springtide_runs_oldest_waiting_seconds",] < 60
    await client.ask("CancelRun", run=run)
    told = read(await client.http.get("/metrics"))
    assert (told["springtide_runs_unfinished", "QUEUED"], told["springtide_runs_oldest_waiting_seconds",]) == (0, 0)


async def test_a_run_whose_worker_went_silent_is_told_as_unheld(client: Client, database: Database) -> None:
    from server.store.claims import claim_run

    await client.start_run()
    async with database.queue() as connection:
        await claim_run(connection, 60.0, "test-1")
    assert read(await client.http.get("/metrics"))["springtide_runs_unheld",] == 0
    async with database.queue() as connection:
        await connection.execute("UPDATE runs SET lease_until = now() - interval '1 second' WHERE status = 'RUNNING'")
    told = read(await client.http.get("/metrics"))
    assert told["springtide_runs_unheld",] == 1
    assert told["springtide_runs_oldest_waiting_seconds",] > 0


async def test_without_its_database_a_server_still_tells_the_rest(client: Client, database: Database) -> None:
    await database._pool.close()
    answer = await client.http.get("/metrics")
    assert answer.status_code == 200
    assert read(answer)["springtide_database_connections", "open"] == 0
    assert str(read(answer)["springtide_runs_unfinished", "QUEUED"]) == "nan"


async def test_a_transaction_that_waits_for_a_connection_is_seen(database: Database, organisation: UUID) -> None:
    leave = asyncio.Event()

    async def hold() -> None:
        async with database.tenant(organisation):
            await leave.wait()

    holding = [asyncio.create_task(hold()) for _ in range(8)]

    async def are_waiting() -> bool:
        return database.use.waiting == 2

    await until(are_waiting)
    tell_database(database)
    assert figure("springtide_database_connections", state="open") == 6
    assert figure("springtide_database_connections", state="idle") == 0
    assert figure("springtide_database_waiting") == 2
    leave.set()
    await asyncio.gather(*holding)
    assert (database.use.idle, database.use.waiting) == (6, 0)


async def test_labels_stay_few_whatever_clients_send(client: Client) -> None:
    before = series()
    for number in range(30):
        await client.http.get(f"/made-up-{number}", headers={"X-Request-ID": f"made-up-{number:08}"})
        await client.answer(f"query MadeUp{number} {{ __typename }}")
        await client.http.request(f"VERB{number}", "/graphql")
    assert len(series() - before) <= 10
    assert "made-up" not in "".join(map(str, series()))
    assert str(client.organisation) not in "".join(map(str, series()))


async def test_a_worker_counts_what_it_simulates_and_ends(
    database: Database, organisation: UUID, log: Path, grown: Since
) -> None:
    good = await queue_run(database, organisation, document(log))
    bad = await queue_run(database, organisation, document(log, raises_at=1, shards=2))
    async with working(database):
        await finished_run(database, organisation, good)
        await finished_run(database, organisation, bad)
    assert grown("springtide_runs_ended_total", status="SUCCEEDED") == 1
    assert grown("springtide_runs_ended_total", status="FAILED") == 1
    assert 6 <= grown("springtide_replications_total") <= 7
    assert grown("springtide_contacts_total") == contacts(b"") * grown("springtide_replications_total")
    assert figure("springtide_worker_runs") == 0


@pytest.mark.slow
async def test_a_run_that_passed_to_another_worker_is_counted_as_lost_and_a_cancelled_one_is_not(
    database: Database, organisation: UUID, log: Path, grown: Since
) -> None:
    async with working(database):
        run = await queue_run(database, organisation, document(log, seconds=0.5, shards=20))
        await until_simulated(log, 1)
        async with database.tenant(organisation) as connection:
            await cancel_run(connection, run)
        await until(lambda: idle())
        assert grown("springtide_runs_lost_total") == 0

        run = await queue_run(database, organisation, document(log, seconds=0.5, shards=4))
        await until(lambda: running(database, organisation, run))
        async with database.queue() as connection:
            await connection.execute("UPDATE runs SET epoch = epoch + 1 WHERE id = $1", run)
        await until(lambda: lost(grown))


async def idle() -> bool:
    return figure("springtide_worker_runs") == 0


async def lost(grown: Since) -> bool:
    return grown("springtide_runs_lost_total") == 1


async def running(database: Database, organisation: UUID, run: UUID) -> bool:
    return (await read_run(database, organisation, run)).status is RunStatus.RUNNING


SECONDS_AGO: dict[str, float] = {"now": 0.0, "long ago": STUCK_SECONDS + 1}


@pytest.mark.parametrize(("beaten", "status"), [("now", 200), ("long ago", 503)])
async def test_a_worker_is_alive_while_its_loop_comes_round(database: Database, beaten: str, status: int) -> None:
    beat = time.monotonic() - SECONDS_AGO[beaten]
    async with told_by(database, lambda: beat) as worker:
        assert (await worker.get("/healthz")).status_code == status


async def test_a_worker_s_metrics_are_read_from_this_machine_or_with_the_token(database: Database) -> None:
    async with told_by(database, time.monotonic, host="10.0.0.7") as worker:
        assert (await worker.get("/metrics")).status_code == 403
        scraped = await worker.get("/metrics", headers={"Authorization": "Bearer scrape"})
        assert "springtide_contacts_total" in scraped.text
    async with told_by(database, time.monotonic) as worker:
        assert (await worker.get("/metrics")).status_code == 200


async def test_a_worker_answers_on_its_port_for_as_long_as_it_works(database: Database, free_port: int) -> None:
    settings = Settings(database_url=None, data_dir=Path("/nowhere"), worker_metrics_port=free_port)
    address = f"http://127.0.0.1:{free_port}/healthz"
    async with telling(settings, database, time.monotonic), httpx.AsyncClient() as http:
        await until(lambda: answers(http, address))
    async with httpx.AsyncClient() as http:
        assert not await answers(http, address)


@pytest.mark.parametrize(("first", "ports"), [(9101, [9101, 9102, 9103]), (None, [None] * 3), (0, [0] * 3)])
def test_workers_beside_one_server_have_a_port_each(first: int | None, ports: list[int | None]) -> None:
    settings = Settings(database_url=None, data_dir=Path("/nowhere"), worker_metrics_port=first)
    each = [numbered(settings, number) for number in range(3)]
    assert [one.worker_metrics_port for one in each] == ports
    assert [Settings.from_env(one.as_environment()).worker_metrics_port for one in each] == ports


async def answers(http: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await http.get(address)).status_code == 200
    except httpx.ConnectError:
        return False


def told_by(database: Database, beaten_at: Callable[[], float], host: str = "127.0.0.1") -> httpx.AsyncClient:
    settings = Settings(database_url=None, data_dir=Path("/nowhere"), metrics_token="scrape")
    transport = httpx.ASGITransport(create_app(settings, database, beaten_at), client=(host, 50000))
    return httpx.AsyncClient(transport=transport, base_url="http://worker.test")


def read(answer: httpx.Response) -> dict[tuple[str, ...], float]:
    """Samples by name and the values of their labels."""
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def series() -> set[tuple[str, ...]]:
    samples = (sample for family in REGISTRY.collect() for sample in family.samples)
    return {(s.name, *s.labels.values()) for s in samples if s.name.startswith("springtide")}


@pytest.fixture
async def free_port() -> int:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port
