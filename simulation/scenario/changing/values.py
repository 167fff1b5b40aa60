"""Any one value of the document replaced by its path, for what no other change is made for."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from simulation.scenario.changing.alteration import Alteration
from simulation.scenario.changing.draft import Draft
from simulation.scenario.problems import Refusal, RefusedError, ScenarioError
from simulation.scenario.reading.document import set_paths

MOST_CHARACTERS = 500
"""Of a path: no place in a document is as far from its root."""


class SetValue(Alteration):
    """Replace one value of the scenario document."""

    path: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    """Where, in the document's own names: queues.orders.handling.mean_seconds; items by id or from 0."""
    value: Any = None
    """The new value; text is read as YAML, and null leaves the value out."""

    def alter(self, draft: Draft) -> str:
        text = self.value if isinstance(self.value, str) else json.dumps(self.value)
        before = draft.data
        try:
            draft.data = set_paths(before, {self.path: text})
        except ScenarioError as error:
            raise RefusedError(*(Refusal(one.message, one.mend, ("path",)) for one in error.problems)) from None
        steps = steps_of(before, self.path)
        draft.places.append(self.path)
        return f"{self.path}: {told(value_at(before, steps))} becomes {told(value_at(draft.data, steps))}"


def steps_of(data: Any, path: str) -> list[str | int]:
    """A path with items by position, so that it leads to the same place after a change of their ids."""
    steps: list[str | int] = []
    for step in path.split("."):
        names = [item.get("id") if isinstance(item, Mapping) else None for item in data] if is_list(data) else []
        steps.append(names.index(step) if step in names else int(step) if names else step)
        data = value_at(data, steps[-1:])
    return steps


def value_at(data: Any, steps: Sequence[str | int]) -> Any:
    """The value at the end of the steps; None where they lead to nothing."""
    for step in steps:
        if isinstance(data, Mapping):
            data = data.get(step)
        else:
            data = data[step] if is_list(data) and isinstance(step, int) else None
    return data


def is_list(data: Any) -> bool:
    """Whether plain data are a list."""
    return isinstance(data, list | tuple)


def told(value: Any) -> str:
    """A value in words, kept short."""
    text = "left out" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
