"""The whole preview: the simulation's own requirement, no engine loaded, and in time."""

import subprocess
import sys
import time

import numpy as np
import pytest

from benchmarks.year import year_document
from simulation.presets import preset_text
from simulation.preview.preview import Preview
from simulation.scenario.reading.document import load
from simulation.world.world import World

MOST_SECONDS = 0.3


@pytest.mark.parametrize("preset", ["single-queue", "travel-disruption", "follow-the-sun", "ap-month-end"])
def test_required_agents_are_the_simulation_s_own(preset: str) -> None:
    scenario = load(preset_text(preset))
    world, looked = World.of(scenario), Preview.of(scenario)
    assert np.array_equal(np.stack(list(looked.queues.values()), axis=1), world.requirement.agents)
    assert np.array_equal(np.stack(list(looked.teams.values()), axis=1), world.requirement.team_agents)


def test_a_preview_loads_neither_compiled_code_nor_simpy() -> None:
    program = """
import sys
from simulation.presets import preset_text
from simulation.preview.preview import Preview
from simulation.scenario.reading.document import load
Preview.of(load(preset_text("retail-peak")))
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "simulation.world.planning.requirement" in loaded
    assert not loaded & {"numba", "llvmlite", "simpy", "simulation.world.people.people"}


@pytest.mark.bar
def test_a_year_of_ten_queues_is_looked_at_in_time() -> None:
    text, took = year_document(), []
    for _ in range(12):
        begun = time.process_time()
        Preview.of(load(text))
        took.append(time.process_time() - begun)
    print(f"52 weeks, 10 queues, 10 teams: {1000 * min(took):.0f} ms at best, {1000 * sorted(took)[6]:.0f} ms median")
    assert min(took) < MOST_SECONDS
