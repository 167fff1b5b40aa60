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


def place(path: Path, data: Any) -> str:
    """A path as people write it: with dots, and list items by their id where they have one."""
    steps = []
    for step in path:
        data = _child(data, step)
        name = data.get("id") if isinstance(step, int) and isinstance(data, Mapping) else None
        word = name if isinstance(name, str) and name else str(step)
        steps.append(word if word.isprintable() else repr(word))
    return ".".join(steps)


def leads_somewhere(data: Any, path: str) -> bool:
    """Whether a path with dots, list items by their id or position, leads to something in a document's data."""
    for step in path.split("."):
        if isinstance(data, list | tuple):
            named = [item for item in data if isinstance(item, Mapping) and item.get("id") == step]
            place = int(step) if step.isdecimal() else len(data)
            data = named[:1] or data[place : place + 1]
            if not data:
                return False
            data = data[0]
        elif isinstance(data, Mapping) and step in data:
            data = data[step]
        else:
            return False
    return True


def _child(data: Any, step: str | int) -> Any:
    if isinstance(data, Mapping):
        return data.get(str(step))
    if isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
        return data[step]
    return None
