"""A worker whose shards a Dask cluster simulates: the same bytes, and what it survives."""

from pathlib import Path
from uuid import UUID

import pytest

from server.database.pool import Database
from server.store.runs import RunStatus
from tests.server.dask_parts import dask_parts, working_on
from tests.server.engines import document, simulated
from tests.server.working import finished_run, queue_run

pytestmark = pytest.mark.slow


async def test_the_shards_of_a_run_are_simulated_on_the_cluster(
    database: Database, organisation: UUID, log: Path, tmp_path: Path
) -> None:
    with dask_parts(tmp_path, workers=2) as parts:
        async with working_on(parts.address, database):
            run = await finished_run(database, organisation, await queue_run(database, organisation, document(log)))
    assert (run.status, run.completed) == (RunStatus.SUCCEEDED, 6)
    assert sorted(simulated(log)) == list(range(6))
