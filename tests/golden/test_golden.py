"""Results are what they were. After a wanted change: python -m tests.golden"""

import json
import os
import subprocess
import sys

import pytest

from simulation.presets import presets
from tests.golden import one_day
from tests.golden.figures import FOLDER, differences, folded, kept, leaves, simulated


@pytest.mark.slow
@pytest.mark.parametrize("preset_id", [preset.id for preset in presets()])
def test_a_preset_gives_its_golden_figures(preset_id: str) -> None:
    changed = differences(simulated(preset_id), kept(preset_id))
    assert not changed, "\n".join(changed)


@pytest.mark.slow
def test_fitted_rosters_are_the_same_where_matrices_are_multiplied_in_another_order() -> None:
    digest = "from tests.golden.rosters import digest; print(digest('retail-peak'))"
    program, other = [sys.executable, "-c", digest], {**os.environ, "OPENBLAS_CORETYPE": "Nehalem"}
    here, there = (subprocess.run(program, env=env, capture_output=True, check=True) for env in (None, other))
    assert here.stdout == there.stdout != b""


def test_every_golden_file_is_of_a_preset() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {preset.id for preset in presets()}


def test_the_document_of_one_day_is_the_golden_one() -> None:
    found, expected = json.loads(one_day.text()), json.loads(one_day.FILE.read_text(encoding="utf-8"))
    assert [path for path, _ in leaves(found)] == [path for path, _ in leaves(expected)]
    changed = differences(folded(found), folded(expected))
    assert not changed, "\n".join(changed)


def test_figures_that_change_places_are_noticed() -> None:
    changed = differences(folded({"queues": [1.0, 2.0]}), folded({"queues": [2.0, 1.0]}))
    assert changed == ["queues[]: 2 values, sum 3.0, by place 5.0, it was 2 values, sum 3.0, by place 4.0"]


def test_figures_that_come_and_go_are_noticed() -> None:
    assert differences(folded({"new": 1}), folded({"old": 1})) == ["old is gone", "new is new"]
