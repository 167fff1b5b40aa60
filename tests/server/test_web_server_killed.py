"""The web server is killed under its subscribers: they come back with `after`, miss nothing, hear nothing twice."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import pytest

from server.database.pool import Database
from server.graphql.paging import global_id
from server.store.runs import cancel_run
from simulation.presets import preset_text
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from tests.server.api import token_of
from tests.server.subscribers import Subscriber, count, kill_under, real_worker, web_process
from tests.server.working import finished_run, queue_run

PATIENCE = 600


async def subscribers_of(
    database: Database, organisation: UUID, port: int, runs: Sequence[UUID], number: int
) -> list[Subscriber]:
    """Spread over the runs, every other one over WebSocket."""
    token, chance = await token_of(database, organisation), random.Random(8)
    return [
        Subscriber(port, token, global_id("Run", runs[n // 2 % len(runs)]), n % 2 == 0, chance) for n in range(number)
    ]


@pytest.mark.bar
async def test_three_kills_of_the_web_server_under_a_hundred_subscribers(
    database: Database, organisation: UUID, tmp_path: Path
) -> None:
    text = canonical(load(preset_text("single-queue")))
    runs = [await queue_run(database, organisation, text, replications=number) for number in (1000, 100_000)]
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(web_process(database.url, tmp_path))
        for _ in runs:
            await stack.enter_async_context(real_worker(database.url, tmp_path))
        subscribers = await subscribers_of(database, organisation, web.port, runs, 100)
        watching = [asyncio.create_task(one.watch()) for one in subscribers]
        await kill_under(web, subscribers, times=3)
        await finished_run(database, organisation, runs[0], PATIENCE)
        async with database.tenant(organisation) as connection:
            await cancel_run(connection, runs[1])
        await asyncio.wait_for(asyncio.gather(*watching), PATIENCE)
    assert {one.seen[-1][1] for one in subscribers} == {"SUCCEEDED", "CANCELLED"}
    counted = [await count(database, organisation, run, subscribers) for run in runs]
    lost, doubled, wrong = (sum(getattr(one, name) for one in counted) for name in ("lost", "doubled", "wrong"))
    events, partial = sum(one.events for one in counted), sum(one.partial for one in subscribers)
    over = sum(one.over_websocket for one in subscribers)
    print(
        f"\n3 kills under {len(subscribers)} subscribers ({over} over WebSocket, {100 - over} over SSE), who came"
        f" {sum(one.connections for one in subscribers)} times: {events} events, {partial} with partial outcomes,"
        f" {lost} lost, {doubled} doubled, {wrong} subscribers told otherwise than stored"
    )
    assert (lost, doubled, wrong) == (0, 0, 0)
    assert partial
