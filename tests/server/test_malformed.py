"""What no sound client sends gets a clear refusal, never a failure, and leaves nothing behind."""

import os
from pathlib import Path
from uuid import UUID

import pytest

from server.database.pool import Database
from server.store.limits import LimitName
from tests.server.api import token_of
from tests.server.limiting import limit
from tests.server.pestering import pester
from tests.server.served import Served
from tests.server.web_process import web_process

COUNT = int(os.environ.get("SPRINGTIDE_TEST_MALFORMED", "100000"))
WARMING = 6_000
MOST_MEGABYTES = 60.0


@pytest.mark.slow
async def test_a_thousand_malformed_requests_and_messages_fail_nothing(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    await limit(served.database, served.client.organisation, LimitName.REQUESTS_A_MINUTE, None)
    pest = await pester(served.port, served.client.token or "", 1_000, seed=8)
    assert pest.failing == []
    assert sum(pest.seen.values()) > 500
    assert "Traceback" not in caplog.text
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.bar
async def test_a_hundred_thousand_malformed_requests_and_messages_fail_nothing_and_leave_nothing_behind(
    database: Database, organisation: UUID, tmp_path: Path
) -> None:
    await limit(database, organisation, LimitName.REQUESTS_A_MINUTE, None)
    token = await token_of(database, organisation)
    with web_process(database.url, tmp_path) as web:
        await web.ready()
        first = await pester(web.port, token, WARMING, seed=1)
        before = web.megabytes
        pest = await pester(web.port, token, COUNT, seed=100)
        grown = web.megabytes - before
    failing, bugs = first.failing + pest.failing, web.bugs()
    print(
        f"\n{COUNT:,} malformed bodies and messages: {len(failing)} answers of 500 or more,"
        f" {len(bugs)} errors in the log, {grown:.0f} MB more memory (from {before:.0f});"
        f" {dict(sorted(pest.seen.items()))}"
    )
    assert failing == []
    assert bugs == []
    assert grown < MOST_MEGABYTES
