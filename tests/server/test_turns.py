"""Organisations take turns at the queue, and none has more runs at once than it may."""

import asyncio
import time
from uuid import UUID

import pytest

from server.database.pool import Database
from server.store.claims import Claim, claim_run, release_run
from server.store.limits import LimitName
from server.store.runs import cancel_run, start_run
from server.store.scenarios import create_scenario
from tests.server.limiting import analyse, limit

QUEUED = 10_000


async def queue(database: Database, organisation: UUID, count: int) -> None:
    async with database.tenant(organisation) as connection:
        scenario = await create_scenario(connection, name="Peak", document="{}", source="", digest="d")
        for _ in range(count):
            await start_run(
                connection, scenario_id=scenario.id, document="{}", digest="d", experiment={"replications": 1}
            )


async def claim(database: Database, lease: float = 60) -> Claim | None:
    async with database.queue() as connection:
        return await claim_run(connection, lease, "test-1")


async def test_two_organisations_take_turns_however_many_runs_one_has_queued(
    database: Database, organisation: UUID, stranger: UUID
) -> None:
    await queue(database, organisation, 6)
    await queue(database, stranger, 3)
    claims = [await claim(database) for _ in range(6)]
    turns = [each.organisation_id for each in claims if each]
    assert turns in ([organisation, stranger] * 3, [stranger, organisation] * 3)


async def test_of_one_organisation_the_oldest_run_is_next(database: Database, organisation: UUID) -> None:
    await queue(database, organisation, 4)
    claims = [await claim(database) for _ in range(4)]
    ids = [each.run_id for each in claims if each]
    assert ids == sorted(ids)
    assert len(ids) == 4


async def test_workers_who_claim_at_once_never_exceed_the_limit_and_reach_it(
    database: Database, organisation: UUID
) -> None:
    await limit(database, organisation, LimitName.RUNNING_RUNS, 3)
    await queue(database, organisation, 12)
    claims = await asyncio.gather(*(claim(database) for _ in range(6)))
    assert len({each.run_id for each in claims if each}) == 3
    assert await claim(database) is None


async def test_an_organisation_at_its_limit_does_not_hold_up_another(
    database: Database, organisation: UUID, stranger: UUID
) -> None:
    await limit(database, organisation, LimitName.RUNNING_RUNS, 1)
    await queue(database, organisation, 5)
    await queue(database, stranger, 2)
    claims = [await claim(database) for _ in range(4)]
    assert sorted(each.organisation_id for each in claims if each) == sorted([organisation, stranger, stranger])


async def test_a_run_that_ends_or_is_given_back_makes_room(database: Database, organisation: UUID) -> None:
    await limit(database, organisation, LimitName.RUNNING_RUNS, 1)
    await queue(database, organisation, 3)
    first = await claim(database)
    assert first is not None
    assert await claim(database) is None
    async with database.tenant(organisation) as connection:
        await release_run(connection, first)
    second = await claim(database)
    assert second is not None
    async with database.tenant(organisation) as connection:
        await cancel_run(connection, second.run_id)
    assert await claim(database) is not None


async def test_a_run_whose_worker_is_gone_is_taken_up_at_the_limit_too(database: Database, organisation: UUID) -> None:
    await limit(database, organisation, LimitName.RUNNING_RUNS, 1)
    await queue(database, organisation, 2)
    lost = await claim(database, lease=0.01)
    assert lost is not None
    await asyncio.sleep(0.05)
    heir = await claim(database)
    assert heir is not None
    assert (heir.run_id, heir.epoch) == (lost.run_id, lost.epoch + 1)
    assert await claim(database) is None


async def test_without_a_limit_all_may_run_and_at_zero_none(
    database: Database, organisation: UUID, stranger: UUID
) -> None:
    await limit(database, organisation, LimitName.RUNNING_RUNS, None)
    await limit(database, stranger, LimitName.RUNNING_RUNS, 0)
    await queue(database, organisation, 12)
    await queue(database, stranger, 1)
    claims = [await claim(database) for _ in range(13)]
    assert [each.organisation_id for each in claims if each] == [organisation] * 12


async def test_an_organisation_that_somebody_else_holds_is_passed_over(
    database: Database, organisation: UUID, stranger: UUID
) -> None:
    """As by a worker that stopped in the midst of claiming."""
    await queue(database, organisation, 2)
    await queue(database, stranger, 1)
    async with database.queue() as stopped:
        held = await claim_run(stopped, 60, "test-1")
        assert held is not None
        other = await asyncio.wait_for(claim(database), 5)
        assert other is not None
        assert other.organisation_id != held.organisation_id


@pytest.mark.bar
async def test_claims_stay_quick_behind_ten_thousand_queued_runs(
    database: Database, organisation: UUID, stranger: UUID
) -> None:
    async def median() -> float:
        """Milliseconds of a claim that is then given back."""
        seen = []
        for _ in range(40):
            began = time.perf_counter()
            claimed = await claim(database)
            seen.append(1000 * (time.perf_counter() - began))
            assert claimed is not None
            async with database.tenant(claimed.organisation_id) as connection:
                await release_run(connection, claimed)
        return sorted(seen)[20]

    await limit(database, organisation, LimitName.RUNNING_RUNS, 1)
    await queue(database, organisation, 1)
    assert await claim(database) is not None  # at its limit from now on
    await queue(database, stranger, 1)
    alone = await median()
    await queue(database, organisation, QUEUED)
    await analyse(database.url, "runs", "organisations")
    behind = await median()
    await limit(database, organisation, LimitName.RUNNING_RUNS, None)
    among = await median()
    print(
        f"claim: {alone:.1f} ms alone, {behind:.1f} ms behind {QUEUED} of one at its limit, {among:.1f} ms among them"
    )
    assert max(behind, among) < 3 * alone + 5
