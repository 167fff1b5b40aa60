"""A preset's fitted rosters as a digest: to the bit, where golden figures are close."""

from hashlib import sha256

from simulation.presets import preset_text
from simulation.scenario.reading.document import load
from simulation.world.world import World


def digest(preset_id: str) -> str:
    """Of the agents planned in every interval, by team and date."""
    told = sha256()
    for roster in World.of(load(preset_text(preset_id))).rosters:
        for part in roster.parts:
            told.update(part.planned.tobytes())
    return told.hexdigest()
