"""Runs and scenarios deleted by their makers, and runs swept when they have been kept for long enough."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from server.database.pool import Database
from server.store import retention
from server.store.audit import AuditAction, Filter, list_entries
from server.store.organisations import Role
from server.store.run_lists import count_runs, list_runs
from server.workers import sweeper
from server.workers.sweeper import sweep
from tests.server.api import Client, token_of
from tests.server.engines import document
from tests.server.working import finished_run, queue_run, until, worker_process

DELETE_RUN = "mutation($run: ID!) { deleteRun(input: { runId: $run }) { runId userErrors { code message path } } }"
DELETE_SCENARIO = """mutation($scenario: ID!, $withRuns: Boolean! = false) {
  deleteScenario(input: { scenarioId: $scenario, withRuns: $withRuns }) {
    scenarioId userErrors { code message path } } }"""
OF_RUNS = ("runs", "shards", "run_changes", "outcomes", "outcome_columns", "kept_counters")


async def delete_run(client: Client, run: str) -> Any:
    return (await client.ask(DELETE_RUN, run=run))["deleteRun"]


async def delete_scenario(client: Client, scenario: str, **more: Any) -> Any:
    return (await client.ask(DELETE_SCENARIO, scenario=scenario, **more))["deleteScenario"]


async def rows(database: Database, organisation: UUID) -> dict[str, int]:
    async with database.tenant(organisation) as connection:
        return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in OF_RUNS}


async def test_a_run_is_deleted_with_all_that_came_of_it(client: Client, database: Database) -> None:
    kept = await client.finished_run()
    before = await rows(database, client.organisation)
    run = await client.finished_run()
    assert (await rows(database, client.organisation))["outcome_columns"] == 2 * before["outcome_columns"] > 0
    assert await delete_run(client, run) == {"runId": run, "userErrors": []}
    assert await rows(database, client.organisation) == before
    assert await client.ask("Status", run=run) == {"node": None}
    assert (await client.ask("Outcomes", run=kept))["node"]["outcomes"]["queues"]
    again = await delete_run(client, run)
    assert (again["runId"], again["userErrors"][0]["code"]) == (None, "NOT_FOUND")


async def test_a_run_that_has_not_ended_is_not_deleted_until_it_is_cancelled(client: Client) -> None:
    run = await client.start_run()
    refused = await delete_run(client, run)
    (error,) = refused["userErrors"]
    assert (error["code"], error["path"]) == ("UNFINISHED", "runId")
    assert error["message"] == "the run is queued; cancel it first, or wait until it has ended"
    await client.ask("CancelRun", run=run)
    assert (await delete_run(client, run))["userErrors"] == []


async def test_the_key_of_a_deleted_run_starts_another(client: Client) -> None:
    scenario = await client.create_scenario()
    run = await client.start_run(scenario, key="monday")
    await client.ask("CancelRun", run=run)
    await delete_run(client, run)
    assert await client.start_run(scenario, key="monday") != run


async def test_a_scenario_without_runs_is_deleted_and_its_forks_stay(client: Client) -> None:
    base = await client.create_scenario()
    fork = (await client.ask("ForkScenario", base=base, name="More"))["createScenario"]["scenario"]["id"]
    assert await delete_scenario(client, base) == {"scenarioId": base, "userErrors": []}
    read = await client.ask("query($id: ID!) { scenario(id: $id) { name base { id } } }", id=fork)
    assert read["scenario"] == {"name": "More", "base": None}


async def test_a_scenario_with_runs_asks_whether_they_are_to_go(client: Client, database: Database) -> None:
    run = await client.finished_run()
    scenario = (await client.ask("Status", run=run))["node"]["scenario"]["id"]
    (error,) = (await delete_scenario(client, scenario))["userErrors"]
    assert (error["code"], error["path"]) == ("HAS_RUNS", "withRuns")
    assert "would be lost: 1;" in error["message"]
    assert (await delete_scenario(client, scenario, withRuns=True))["userErrors"] == []
    assert set((await rows(database, client.organisation)).values()) == {0}
    assert (await client.ask("Lists"))["scenarios"]["totalCount"] == 0


async def test_a_scenario_whose_run_has_not_ended_stays(client: Client) -> None:
    run = await client.start_run()
    scenario = (await client.ask("Status", run=run))["node"]["scenario"]["id"]
    (error,) = (await delete_scenario(client, scenario, withRuns=True))["userErrors"]
    assert error["code"] == "UNFINISHED"
    assert (await client.ask("Status", run=run))["node"]["status"] == "QUEUED"


async def test_a_scenario_with_very_many_runs_is_not_deleted_in_one_go(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await client.finished_run()
    large = (await client.ask("Status", run=run))["node"]["scenario"]["id"]
    with monkeypatch.context() as patched:
        patched.setattr(retention, "MOST_BYTES_AT_ONCE", 1_000)
        (error,) = (await delete_scenario(client, large, withRuns=True))["userErrors"]
        assert (error["code"], error["path"]) == ("TOO_LARGE", "withRuns")
    monkeypatch.setattr(retention, "MOST_RUNS_AT_ONCE", 1)
    scenario = await client.create_scenario()
    for _ in range(2):
        await client.ask("CancelRun", run=await client.start_run(scenario))
    (error,) = (await delete_scenario(client, scenario, withRuns=True))["userErrors"]
    assert (error["code"], error["path"]) == ("TOO_LARGE", "withRuns")


async def test_starting_a_run_and_deleting_its_scenario_at_once_leaves_neither_half(client: Client) -> None:
    """Whoever is first wins: a run that was started keeps its scenario, a scenario that is gone starts none."""
    for _ in range(5):
        scenario = await client.create_scenario()
        started, deleted = await asyncio.gather(
            client.ask("StartRun", scenario=scenario), delete_scenario(client, scenario)
        )
        won = (started["startRun"]["run"] is not None, deleted["scenarioId"] is not None)
        assert won in ((True, False), (False, True))


async def test_another_organisation_deletes_nothing(client: Client, database: Database, stranger: UUID) -> None:

    run = await client.finished_run()
    scenario = (await client.ask("Status", run=run))["node"]["scenario"]["id"]
    other = client.as_stranger(stranger, await token_of(database, stranger))
    assert (await delete_run(other, run))["userErrors"][0]["code"] == "NOT_FOUND"
    assert (await delete_scenario(other, scenario, withRuns=True))["userErrors"][0]["code"] == "NOT_FOUND"
    assert (await client.ask("Status", run=run))["node"]["scenario"]["id"] == scenario


async def keep_for(database: Database, organisation: UUID, days: int | None) -> None:
    async with database.tenant(organisation) as connection:
        await retention.set_retention(connection, days)


async def ended_runs(database: Database, organisation: UUID, count: int, *, days_ago: int) -> list[UUID]:
    found = []
    for _ in range(count):
        run = await queue_run(database, organisation, "{}")
        async with database.tenant(organisation) as connection:
            await connection.execute(
                "UPDATE runs SET status = 'CANCELLED', finished_at = $2 WHERE id = $1",
                run, datetime.now(UTC) - timedelta(days=days_ago),
            )  # fmt: skip
        found.append(run)
    return found


async def ids(database: Database, organisation: UUID) -> set[UUID]:
    async with database.tenant(organisation) as connection:
        return {run.id for run in (await list_runs(connection, first=1000)).rows}


async def test_runs_are_swept_after_their_organisations_retention_and_told_of(
    database: Database, organisation: UUID, stranger: UUID
) -> None:
    old = await ended_runs(database, organisation, sweeper.RUNS_AT_ONCE + 3, days_ago=31)
    young = await ended_runs(database, organisation, 2, days_ago=29)
    unfinished = await queue_run(database, organisation, "{}")
    others = await ended_runs(database, stranger, 2, days_ago=31)
    await sweep(database)
    assert len(await ids(database, organisation)) == len(old) + 3  # nobody has said for how long
    await keep_for(database, organisation, 30)
    await asyncio.gather(sweep(database), sweep(database))
    await sweep(database)
    assert await ids(database, organisation) == {*young, unfinished}
    assert await ids(database, stranger) == set(others)
    async with database.tenant(organisation) as connection:
        entries = (await list_entries(connection, Filter([AuditAction.EXPIRE_RUNS]), first=10)).rows
    assert sorted(run for entry in entries for run in entry.facts["runs"]) == sorted(map(str, old))
    assert {entry.actor.label for entry in entries} == {"retention"}


async def test_while_one_worker_sweeps_another_does_not(database: Database, organisation: UUID) -> None:
    await ended_runs(database, organisation, 2, days_ago=31)
    await keep_for(database, organisation, 30)
    async with database.tenant(organisation) as sweeping:
        assert await retention.may_sweep(sweeping)
        await asyncio.wait_for(sweep(database), 10)
        assert len(await ids(database, organisation)) == 2
    await sweep(database)
    assert await ids(database, organisation) == set()


async def test_a_sweep_that_was_killed_in_a_batch_has_done_whole_batches(
    database: Database, organisation: UUID
) -> None:
    await ended_runs(database, organisation, 5, days_ago=31)
    await keep_for(database, organisation, 30)
    connection = await asyncpg.connect(database.url)
    await connection.execute("SET ROLE springtide_app; SET search_path TO springtide")
    await connection.execute("SELECT set_config('app.organisation_id', $1, false)", str(organisation))
    await connection.execute("BEGIN")
    assert await retention.may_sweep(connection)
    assert len(await retention.sweep_runs(connection, 3)) == 3
    connection.terminate()  # as by kill -9: nothing is committed, and the lock goes with the connection

    async def is_swept() -> bool:
        await sweep(database)
        async with database.tenant(organisation) as own:
            return await count_runs(own) == 0

    await until(is_swept)


@pytest.mark.slow
async def test_a_worker_process_sweeps_and_one_that_is_killed_is_followed_by_another(
    database: Database, organisation: UUID, log: Path
) -> None:
    await keep_for(database, organisation, 30)
    await ended_runs(database, organisation, 300, days_ago=31)
    async with worker_process(database.url) as killed:

        async def has_begun() -> bool:
            return len(await ids(database, organisation)) < 300

        await until(has_begun)
        killed.send_signal(signal.SIGKILL)
        await killed.wait()
    async with worker_process(database.url):
        run = await queue_run(database, organisation, document(log, shards=1))
        await finished_run(database, organisation, run)

        async def is_swept() -> bool:
            return await ids(database, organisation) == {run}

        await until(is_swept)


async def test_the_api_says_for_how_long_runs_are_kept(client: Client, database: Database) -> None:

    admin = client.as_stranger(client.organisation, await token_of(database, client.organisation, Role.ADMIN))
    change = """mutation($days: Int) { setRetention(input: { days: $days }) {
      organisation { retentionDays } userErrors { code path } } }"""
    assert (await client.ask("{ organisation { name kind retentionDays } }"))["organisation"] == {
        "name": "Harbour Retail",
        "kind": "CLIENT",
        "retentionDays": None,
    }
    assert (await admin.ask(change, days=90))["setRetention"]["organisation"] == {"retentionDays": 90}
    assert (await admin.ask(change, days=0))["setRetention"] == {
        "organisation": None,
        "userErrors": [{"code": "INVALID_ARGUMENT", "path": "days"}],
    }
    assert (await client.ask("{ organisation { retentionDays } }"))["organisation"] == {"retentionDays": 90}
    assert (await admin.ask(change))["setRetention"]["organisation"] == {"retentionDays": None}
