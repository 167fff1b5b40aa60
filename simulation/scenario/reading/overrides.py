"""Single values of a document replaced by path, as `--set path=value` does."""

from collections.abc import Mapping
from typing import Any

from simulation.scenario.problems import RefusedError, choose, refuse, shown
from simulation.scenario.reading.tree import keys, model_at
from simulation.scenario.reading.yaml_text import UnreadableError, read
from simulation.scenario.scenario import Scenario


def change(data: Any, path: str, text: str) -> Any:
    """The data with the value at the path replaced by the YAML in the text; refuses a path that leads nowhere."""
    try:
        reading = read(text)
    except UnreadableError as error:
        raise RefusedError(error.refusal) from None
    if reading.refused:
        raise RefusedError(*reading.refused)
    return _changed(data, path.split("."), (), reading.data)


def _changed(data: Any, steps: list[str], walked: tuple[str | int, ...], value: Any) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(data, list | tuple):
        position = _position(data, step)
        items = list(data)
        items[position] = _changed(items[position], rest, (*walked, position), value)
        return items
    if data is not None and not isinstance(data, Mapping):
        where = ".".join(map(str, walked))
        refuse(f"{where} is a single value", "end the path there")
    entries = dict(data or {})
    model = model_at(Scenario, walked)
    known = list(keys(model)) if model is not None else []
    if step not in entries and known and step not in known:
        refuse(f"{shown(step)} is not known here", choose(step, known))
    entries[step] = _changed(entries.get(step), rest, (*walked, step), value)
    return entries


def _position(items: list[Any] | tuple[Any, ...], step: str) -> int:
    names = [item.get("id") if isinstance(item, Mapping) else None for item in items]
    if step in names:
        return names.index(step)
    if step.isdecimal() and int(step) < len(items):
        return int(step)
    named = [name for name in names if isinstance(name, str)]
    what = choose(step, named) if named else f"write a position from 0 to {len(items) - 1}"
    refuse(f"there is no {shown(step)} here", what)
