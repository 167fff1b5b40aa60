"""The judge is no rubber stamp: without the check of epoch or lease the same rows of the matrix find the harm."""

from pathlib import Path

import pytest

from tests.server.faults.matrix import Fault, suffer
from tests.server.faults.postgres import Postgres
from tests.server.faults.rows_workers import at_work, zombie
from tests.server.faults.worker import MUTANTS
from tests.server.faults.yard import Yard

pytestmark = [pytest.mark.bar, pytest.mark.xdist_group("faults")]


@pytest.mark.parametrize(
    ("mutant", "fault", "finding"),
    [("no epoch", zombie, "writes, but it is"), ("no lease", at_work, "claims what is held")],
)
async def test_without_a_check_the_judge_finds_the_harm(
    mutant: str, fault: Fault, finding: str, ground: tuple[Postgres, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mutant in MUTANTS
    monkeypatch.setattr(Yard, "mutant", mutant)
    found = (await suffer(fault, *ground)).verdict.findings
    print(mutant, len(found), found[:3])
    assert any(finding in each for each in found), found


async def test_with_its_checks_the_program_is_found_sound(ground: tuple[Postgres, Path]) -> None:
    assert (await suffer(at_work, *ground)).verdict.findings == []
