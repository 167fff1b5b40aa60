"""Changes of runs: each is kept, told once and in order, also to whoever was cut off; progress at most so often."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest

from server.database.pool import Database
from server.graphql.paging import global_id, key_of
from server.graphql.watching import WatchedRun, changes_after
from server.store.changes import get_figures, read_changes
from server.store.claims import begin_run, claim_run, fail_run, store_shard, tell_progress
from server.store.runs import FailureCode, RunRow, RunStatus, cancel_run
from server.workers import progress
from simulation.experiment import Experiment, simulate_shard
from simulation.outcome.shards.figures_so_far import FiguresSoFar, Glance
from simulation.presets import preset_text
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from tests.server.api import Client
from tests.server.engines import document
from tests.server.served import Served
from tests.server.working import finished_run, queue_run, read_run, working

FIGURES = FiguresSoFar(2, (), None, None).to_json()


async def one_of_each(database: Database, organisation: UUID) -> UUID:
    """A run that was claimed, begun, told of and failed: changes 1 to 6."""
    run_id = await queue_run(database, organisation, "{}")
    async with database.queue() as connection:
        claim = await claim_run(connection, 60.0, "test-1")
    assert claim is not None
    async with database.tenant(organisation) as connection:
        await begin_run(connection, claim, "test-1")
        await store_shard(connection, claim, 0, 2, b"")
        await tell_progress(connection, claim, FIGURES)
        await store_shard(connection, claim, 1, 1, b"")
        await tell_progress(connection, claim, None)
    async with database.tenant(organisation) as connection:
        await fail_run(connection, claim, FailureCode.SIMULATION_FAILED, "it cannot be")
    return run_id


async def after(database: Database, organisation: UUID, run_id: UUID, seen: int | None) -> list[RunRow]:
    async with database.tenant(organisation) as connection:
        found = await read_changes(connection, run_id, seen)
    assert found is not None
    return found


async def test_who_has_seen_nothing_is_told_what_was_told_last(database: Database, organisation: UUID) -> None:
    """A shard that is stored and not told of yet is nobody's event."""
    run_id = await queue_run(database, organisation, "{}")
    async with database.queue() as connection:
        claim = await claim_run(connection, 60.0, "test-1")
    assert claim is not None
    async with database.tenant(organisation) as connection:
        await begin_run(connection, claim, "test-1")
        await store_shard(connection, claim, 0, 2, b"")
    (told,) = await after(database, organisation, run_id, None)
    assert (told.sequence, told.completed) == (3, 0)
    assert [told] == await after(database, organisation, run_id, 2)


async def test_a_run_is_told_as_it_was_after_each_change(database: Database, organisation: UUID) -> None:
    run_id = await one_of_each(database, organisation)
    told = await after(database, organisation, run_id, 0)
    assert [(one.sequence, one.status, one.completed, one.engine_version) for one in told] == [
        (1, "QUEUED", 0, None), (2, "RUNNING", 0, None), (3, "RUNNING", 0, "test-1"), (4, "RUNNING", 2, "test-1"),
        (5, "RUNNING", 3, "test-1"), (6, "FAILED", 3, "test-1"),
    ]  # fmt: skip
    assert [bool(one.started_at) for one in told] == [False] + 5 * [True]
    assert [(bool(one.finished_at), one.failure_message) for one in told] == 5 * [(False, None)] + [
        (True, "it cannot be")
    ]
    assert told[-1] == await read_run(database, organisation, run_id)


async def test_whoever_has_seen_some_is_told_the_rest(database: Database, organisation: UUID) -> None:
    run_id = await one_of_each(database, organisation)
    for seen in range(7):
        assert [one.sequence for one in await after(database, organisation, run_id, seen)] == list(range(seen + 1, 7))
    assert [one.sequence for one in await after(database, organisation, run_id, None)] == [6]


async def test_figures_belong_to_the_change_they_were_told_with(database: Database, organisation: UUID) -> None:
    run_id = await one_of_each(database, organisation)
    async with database.tenant(organisation) as connection:
        found = await get_figures(connection, [(run_id, sequence) for sequence in range(7)])
    assert found == {(run_id, 4): FIGURES}


async def test_what_an_older_program_changed_is_told_as_the_run_is(database: Database, organisation: UUID) -> None:
    run_id = await queue_run(database, organisation, "{}")
    async with database.tenant(organisation) as connection:
        await connection.execute("UPDATE runs SET completed = 4, sequence = 5")
    assert [(one.sequence, one.completed) for one in await after(database, organisation, run_id, 1)] == [(5, 4)]
    assert await after(database, organisation, run_id, 5) == []


async def test_changes_go_with_their_run(database: Database, organisation: UUID) -> None:
    run_id = await one_of_each(database, organisation)
    async with database.tenant(organisation) as connection:
        await connection.execute("DELETE FROM runs WHERE id = $1", run_id)
        assert await connection.fetchval("SELECT count(*) FROM run_changes") == 0
        assert await read_changes(connection, run_id, 0) is None


async def test_a_worker_tells_progress_with_figures_and_then_the_end(
    database: Database, organisation: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "TELL_SECONDS", 0.0)
    run_id = await queue_run(database, organisation, document(tmp_path / "log", shards=6, seconds=0.05))
    async with working(database):
        await finished_run(database, organisation, run_id)
    told = await after(database, organisation, run_id, 0)
    assert [one.sequence for one in told] == list(range(1, len(told) + 1))
    assert (told[-1].status, told[-1].completed) == (RunStatus.SUCCEEDED, 6)
    async with database.tenant(organisation) as connection:
        figures = await get_figures(connection, [(run_id, one.sequence) for one in told])
    done = [FiguresSoFar.from_json(text).replications for _, text in sorted(figures.items())]
    assert done == sorted(done)
    assert 1 <= done[0] <= done[-1] <= 6
    assert all(FiguresSoFar.from_json(text).replications <= 6 for text in figures.values())


async def test_what_comes_within_a_quarter_of_a_second_is_told_together(
    database: Database, organisation: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "TELL_SECONDS", 3600.0)
    run_id = await queue_run(database, organisation, document(tmp_path / "log", shards=12))
    async with working(database):
        await finished_run(database, organisation, run_id)
    told = await after(database, organisation, run_id, 0)
    assert [one.status for one in told].count(RunStatus.RUNNING) == 3  # claimed, begun, and one for all shards


async def test_a_run_whose_figures_cannot_be_told_is_none_the_worse(
    database: Database, organisation: UUID, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = await queue_run(database, organisation, document(tmp_path / "log", shards=2, glance_raises=True))
    async with working(database):
        assert (await finished_run(database, organisation, run_id)).status is RunStatus.SUCCEEDED
    assert "no figures so far: ArithmeticError" in caplog.text
    assert "it cannot be told" not in caplog.text


PARTIAL = """query($run: ID!) { node(id: $run) { ... on Run { status partialOutcomes { replications
  queues { id offered { mean confidenceInterval { lower upper } } serviceLevel { mean } }
  allMet { mean } clientCost { mean } } } } }"""


async def test_figures_so_far_are_read_by_query_until_the_run_has_ended(client: Client) -> None:
    run = await client.start_run(replications=4)
    key = key_of(run, "Run")
    assert key is not None
    text = canonical(load(preset_text("single-queue")))
    content = simulate_shard(text, Experiment(replications=4), range(2), floor="simpy")
    glances = [Glance.at(load(text), content)]
    async with client.database.queue() as connection:
        claim = await claim_run(connection, 60.0, "test-1")
    assert claim is not None
    assert (await client.ask(PARTIAL, run=run))["node"] == {"status": "RUNNING", "partialOutcomes": None}
    async with client.database.tenant(client.organisation) as connection:
        await tell_progress(connection, claim, FiguresSoFar.of(load(text), glances).to_json())
    found = (await client.ask(PARTIAL, run=run))["node"]["partialOutcomes"]
    assert found["replications"] == 2
    (queue,) = found["queues"]
    assert queue["offered"]["mean"] > 0
    assert queue["offered"]["confidenceInterval"]["lower"] < queue["offered"]["mean"]
    assert 0 <= queue["serviceLevel"]["mean"] <= 1
    assert (found["allMet"], found["clientCost"]) == (None, None)
    await client.ask("CancelRun", run=run)
    assert (await client.ask(PARTIAL, run=run))["node"]["partialOutcomes"] is None


async def test_a_watcher_cut_off_at_every_change_is_told_each_once(served: Served) -> None:
    run_id = await one_of_each(served.database, served.client.organisation)
    seen = [0]
    while seen[-1] < 6:
        async with served.watching(global_id("Run", run_id), after=seen[-1]) as watching:
            seen.append((await watching.next())[0])
    assert seen == list(range(7))


async def test_many_watchers_at_several_places_are_told_all_that_follows(served: Served) -> None:
    run = await served.client.start_run(replications=40)
    claim = await served.claim()

    async def follow(seen: int | None) -> list[int]:
        async with served.watching(run, after=seen) as watching:
            told = [await watching.next()]
            while told[-1][1] != "CANCELLED":
                told.append(await watching.next())
        return [sequence for sequence, _, _ in told]

    watchers = [asyncio.create_task(follow(seen)) for seen in (None, 0, 1, 2, 99)]
    await asyncio.sleep(0.5)
    for number in range(20):
        async with served.database.tenant(claim.organisation_id) as connection:
            await store_shard(connection, claim, number, 1, b"")
            await tell_progress(connection, claim, None)
    watchers += [asyncio.create_task(follow(seen)) for seen in (0, 15)]
    await served.client.ask("CancelRun", run=run)
    told = await asyncio.gather(*watchers)
    assert all(one == list(range(one[0], 24)) for one in told)
    assert [told[n][0] for n in (1, 2, 3, 5, 6)] == [1, 2, 3, 1, 16]


async def test_a_watcher_who_catches_up_beyond_what_is_kept_is_told_nothing_twice(
    database: Database, organisation: UUID
) -> None:
    """It reads for itself what others were told long ago, and with it what they have not been told yet."""
    run_id = await queue_run(database, organisation, "{}")
    async with database.queue() as connection:
        claim = await claim_run(connection, 60.0, "test-1")
    assert claim is not None
    watched, told = WatchedRun(database, organisation, run_id), []
    watched._take(await changes_after(database, organisation, run_id, None))
    async with database.tenant(organisation) as connection:
        await tell_progress(connection, claim, None)
    following = watched.follow(0)
    told += [(await anext(following)).sequence for _ in range(3)]
    waiting = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0)
    async with database.tenant(organisation) as connection:
        await cancel_run(connection, run_id)
    for seen in (2, 3):
        watched._take((await changes_after(database, organisation, run_id, seen))[:1])
        await asyncio.sleep(0)
    told += [(await waiting).sequence]
    assert told == [1, 2, 3, 4]
    assert [change async for change in following] == []
