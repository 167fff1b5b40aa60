"""Whatever breaks: every run comes to its rightful end once, and whoever watches it sees that."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.faults.matrix import FAULTS, Fault, suffer
from tests.server.faults.postgres import Postgres, open_folder, postgres_in

pytestmark = [pytest.mark.bar, pytest.mark.xdist_group("faults")]


@pytest.fixture
async def ground() -> AsyncIterator[tuple[Postgres, Path]]:
    """A server of its own, and a folder that its user can enter."""
    with open_folder() as folder:
        async with postgres_in(folder / "data") as server:
            yield server, folder


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_after_a_fault_nothing_is_lost_wrong_or_doubled(fault: Fault, ground: tuple[Postgres, Path]) -> None:
    suffered = await suffer(fault, *ground)
    print(suffered)
    assert suffered.verdict.findings == []
