"""Plain data of a document, valid or not: its maps in lists, and the ids they bear."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulation.scenario.problems import Path

Entry = tuple[Path, Mapping[str, Any]]
"""A map with the path that leads to it."""


def entries(value: Any, path: Path) -> Iterator[Entry]:
    """The maps of a list with their paths; whatever else stands there is left aside."""
    for index, item in enumerate(value if isinstance(value, list | tuple) else ()):
        if isinstance(item, Mapping):
            yield (*path, index), item


def ids(named: Iterable[Entry]) -> Mapping[str, None]:
    """Their ids, of those that have one, in their order, and found at once."""
    return dict.fromkeys(entry["id"] for _, entry in named if isinstance(entry.get("id"), str))


def within(value: Any, key: str) -> Any:
    """What a map has under a key; None when it is no map or has nothing."""
    return value.get(key) if isinstance(value, Mapping) else None
