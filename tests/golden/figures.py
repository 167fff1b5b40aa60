"""Golden figures: what a simulated preset gave, folded so that a file says which figures changed."""

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

from simulation.experiment import Experiment, simulate
from simulation.outcome.report.document import document
from simulation.presets import preset_text
from simulation.scenario.reading.document import load

FOLDER = Path(__file__).parent / "presets"
CLOSE = 1e-9
"""Relative: processors differ in the last bits of a logarithm."""
Folded = dict[str, list[float]]


def leaves(shown: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure and text of a document, in order, with the path to it; places in lists are left out."""
    if isinstance(shown, dict):
        for key, item in shown.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(shown, list):
        for item in shown:
            yield from leaves(item, f"{path}[]")
    else:
        yield path, shown


def folded(shown: Any) -> Folded:
    """Of all values of a path: how many, their sum, and their sum by place, which notices two that changed places."""
    values: dict[str, list[float]] = {}
    for path, value in leaves(shown):
        values.setdefault(path, []).append(_number(value))
    return {
        path: [len(found), _short(found), _short(place * value for place, value in enumerate(found, 1))]
        for path, found in values.items()
    }


def _short(values: Iterable[float]) -> float:
    return float(f"{math.fsum(values):.12g}")


def _number(value: Any) -> float:
    """Text as a checksum, nothing as a number that no figure has."""
    return float(crc32(value.encode())) if isinstance(value, str) else -987.654321 if value is None else float(value)


def differences(found: Folded, expected: Folded) -> list[str]:
    """What differs, a sentence each."""
    gone = [f"{path} is gone" for path in expected if path not in found]
    new = [f"{path} is new" for path in found if path not in expected]
    changed = [
        f"{path}: {_said(found[path])}, it was {_said(expected[path])}"
        for path in expected
        if path in found and not all(map(_close, found[path], expected[path]))
    ]
    return gone + new + changed


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)


def _said(fold: list[float]) -> str:
    count, total, by_place = fold
    return f"{count:.0f} values, sum {total!r}, by place {by_place!r}"


def simulated(preset_id: str) -> Folded:
    """Two replications of a preset, in figures; the scenario's digest has tests of its own."""
    result = simulate(load(preset_text(preset_id)), Experiment(replications=2, seed=5))
    shown = document(result)
    del shown["scenario"], shown["engine"]
    return folded(shown)


def kept(preset_id: str) -> Folded:
    loaded: Folded = json.loads((FOLDER / f"{preset_id}.json").read_text(encoding="utf-8"))
    return loaded


def keep(preset_id: str) -> None:
    rows = [f"{json.dumps(path)}: {json.dumps(fold)}" for path, fold in simulated(preset_id).items()]
    (FOLDER / f"{preset_id}.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
