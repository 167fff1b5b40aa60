"""Whatever breaks: every run comes to its rightful end once, and whoever watches it sees that."""

from pathlib import Path

import pytest

from tests.server.faults.matrix import FAULTS, Fault, suffer
from tests.server.faults.postgres import Postgres

pytestmark = [pytest.mark.bar, pytest.mark.xdist_group("faults")]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_after_a_fault_nothing_is_lost_wrong_or_doubled(fault: Fault, ground: tuple[Postgres, Path]) -> None:
    suffered = await suffer(fault, *ground)
    print(suffered)
    assert suffered.verdict.findings == []
