"""Ready scenarios: YAML documents beside this module, each number with its source or marked as assumed.

The first line of each is a comment that says in a sentence what it is.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources

from simulation.scenario.problems import choose
from simulation.scenario.reading.yaml_text import read


@dataclass(frozen=True)
class PresetInfo:
    """A preset: its id, the name of its scenario and what it is, in a sentence."""

    id: str
    name: str
    summary: str


@cache
def presets() -> list[PresetInfo]:
    """All presets by id."""
    return [_info(preset_id, text) for preset_id, text in sorted(_texts().items())]


def preset_text(preset_id: str) -> str:
    """The document of a preset. Raises LookupError, with what to write instead, when there is none."""
    texts = _texts()
    if preset_id not in texts:
        raise LookupError(f"there is no preset {preset_id!r}; {choose(preset_id, sorted(texts))}")
    return texts[preset_id]


@cache
def _texts() -> dict[str, str]:
    folder = resources.files(__package__)
    files = (item for item in folder.iterdir() if item.name.endswith(".yaml"))
    return {file.name.removesuffix(".yaml"): file.read_text("utf-8") for file in files}


def _info(preset_id: str, text: str) -> PresetInfo:
    return PresetInfo(preset_id, str(read(text).data["name"]), text.partition("\n")[0].removeprefix("#").strip())
