"""What differs between two scenarios, place by place and in words."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEFT_OUT = "left out"
LONGEST = 60
"""Of a value told within a sentence, in characters."""


@dataclass(frozen=True)
class Difference:
    """A place at which two scenarios differ.

    path:    dotted, in the document's own names; items by id or, where they have none, from 0
    before:  the value there, None where it is left out
    after:   ... of the other scenario
    summary: the difference in words
    """

    path: str
    before: Any
    after: Any
    summary: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs between two canonical documents (`canonical_data`), in the order of the first.

    Items with an id are compared by id wherever they stand; their order is a difference of its own. What one document
    leaves out has the default there and stands as None.
    """
    return list(_maps("", before, after))


def _values(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after and isinstance(before, bool) == isinstance(after, bool):
        return  # 1 is no true
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _maps(f"{path}.", before, after)
    elif _are_named(before) and _are_named(after):
        yield from _named(path, before, after)
    elif _are_maps(before) and _are_maps(after):
        yield from _places(path, before, after)
    else:
        yield Difference(
            path, before, after, f"{path}: {_told(before)} becomes {_told(after)}{_relative(before, after)}"
        )


def _maps(prefix: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for key in {**before, **after}:
        yield from _values(f"{prefix}{key}", before.get(key), after.get(key))


def _named(path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    """Items by their ids."""
    old, new = ({item["id"]: item for item in items} for items in (before, after))
    for name in {**old, **new}:
        at = f"{path}.{name}"
        if name in old and name in new:
            yield from _values(at, old[name], new[name])
        else:
            yield _come_or_gone(at, old.get(name), new.get(name))
    orders = [name for name in old if name in new], [name for name in new if name in old]
    if orders[0] != orders[1]:
        yield Difference(path, orders[0], orders[1], f"{path}: the order becomes {_told(orders[1])}")


def _places(path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    """Items without ids, by their places."""
    for place in range(max(len(before), len(after))):
        at = f"{path}.{place}"
        if place < min(len(before), len(after)):
            yield from _values(at, before[place], after[place])
        else:
            yield _come_or_gone(at, *(items[place] if place < len(items) else None for items in (before, after)))


def _come_or_gone(path: str, before: Any, after: Any) -> Difference:
    return Difference(path, before, after, f"{path} is {'new' if before is None else 'gone'}")


def _are_maps(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _are_named(value: Any) -> bool:
    """Whether each item has an id of its own."""
    return _are_maps(value) and len({item.get("id") for item in value} - {None}) == len(value)


def _told(value: Any) -> str:
    text = LEFT_OUT if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _relative(before: Any, after: Any) -> str:
    """By how much a figure grew, in words; empty for anything else."""
    are_figures = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (before, after))
    return f" ({100 * (after / before - 1):+.4g} %)" if are_figures and before > 0 else ""
