"""What-if changes of a scenario, each told in words."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry import UNSET

from server.graphql.errors import UserError, UserErrorCode, told, user_error
from server.graphql.scalars import DocumentValue, document_text
from simulation.scenario.problems import ScenarioError, choose
from simulation.scenario.reading.document import from_data, set_paths

MOST_CHARACTERS = 500
"""Of a path: no place in a document is as far from its root."""


@strawberry.input(description="Multiplies the expected volume of a queue.")
class ScaleDemandInput:
    queue: str = strawberry.field(description="The queue's id in the scenario.")
    factor: float = strawberry.field(description="What to multiply its volume by, such as 1.2 for a fifth more.")


@strawberry.input(description="Replaces one value of the scenario document.")
class SetValueInput:
    path: str = strawberry.field(
        description="Where, in the document's own names: queues.orders.handling.mean_seconds; items by id or from 0."
    )
    value: DocumentValue | None = strawberry.field(
        default=None, description="The new value; text is read as YAML, and null leaves the value out."
    )


@strawberry.input(one_of=True, description="One change of a scenario.")
class ScenarioChangeInput:
    scale_demand: ScaleDemandInput | None = strawberry.field(
        default=UNSET, description="Multiply the expected volume of a queue."
    )
    set_value: SetValueInput | None = strawberry.field(default=UNSET, description="Replace one value of the document.")


@strawberry.type(description="A change by which a scenario differs from the one it was made from.")
class ScenarioChange:
    path: str = strawberry.field(description="The place in the scenario document.")
    summary: str = strawberry.field(description="The change in words.")


Told = list[dict[str, str]]
"""Changes as they are stored: path and summary."""


@dataclass(frozen=True)
class Changed:
    """A document after changes, what they did, and what was refused."""

    document: dict[str, Any]
    changes: Told
    errors: list[UserError]


def apply(document: dict[str, Any], changes: list[ScenarioChangeInput]) -> Changed:
    """One after the other. Raises ScenarioError if a change left no valid scenario to the next."""
    data: Any = document
    done: Told = []
    errors: list[UserError] = []
    is_sound = False
    for place, change in enumerate(changes):
        at = f"changes.{place}"
        if change.scale_demand:
            if not is_sound:  # only a replaced value makes it unsound, and a look takes up to seconds
                from_data(data, file="scenario")
            is_sound = True
            found, wrong = scaled(data, change.scale_demand, f"{at}.scaleDemand")
        elif change.set_value:
            data, found, wrong = replaced(data, change.set_value, f"{at}.setValue")
            is_sound = False
        done += found
        errors += wrong
    return Changed(data, done, errors)


def scaled(data: Any, change: ScaleDemandInput, at: str) -> tuple[Told, list[UserError]]:
    """Scales the volumes of a queue of a valid scenario, in place."""
    queues = {queue["id"]: queue for queue in data["queues"]}
    if change.queue not in queues:
        return [], [refused(f"there is no queue {change.queue!r}; {choose(change.queue, queues)}", f"{at}.queue")]
    if not (math.isfinite(change.factor) and change.factor >= 0):
        message = f"demand cannot be scaled by {change.factor:g}; write a number from 0 on, such as 1.2"
        return [], [refused(message, f"{at}.factor")]
    demand = queues[change.queue]["demand"]
    given = [key for key in SCALES if demand.get(key) is not None]
    for key in given:
        demand[key] = SCALES[key](demand[key], change.factor)
    path = f"queues.{change.queue}.demand.{given[0]}"
    return [{"path": path, "summary": f"demand of {change.queue} x {change.factor:g}"}], []


SCALES: Mapping[str, Callable[[Any, float], Any]] = {
    "weekly_volume": lambda volume, factor: volume * factor,
    "volumes": lambda volumes, factor: {period: volume * factor for period, volume in volumes.items()},
    "series": lambda series, factor: {**series, "volumes": [volume * factor for volume in series["volumes"]]},
    "share": lambda share, factor: share * factor,
    "shocks": lambda shocks, factor: [{**shock, "add": shock["add"] * factor} for shock in shocks],
    "batches": lambda batches, factor: [{**batch, "volume": batch["volume"] * factor} for batch in batches],
}
"""How each way of giving a queue's volume is scaled; every queue has one of the first four."""


def replaced(data: Any, change: SetValueInput, at: str) -> tuple[Any, Told, list[UserError]]:
    if len(change.path) > MOST_CHARACTERS:
        message = f"the path has more than {MOST_CHARACTERS} characters; write one of the document's own"
        return data, [], [refused(message, f"{at}.path")]
    text = document_text(change.value)
    try:
        after = set_paths(data, {change.path: text})
    except ScenarioError as error:
        return data, [], [refused(told(problem), f"{at}.path") for problem in error.problems]
    steps = steps_of(data, change.path)
    summary = f"{change.path}: {shown(value_at(data, steps))} becomes {shown(value_at(after, steps))}"
    return after, [{"path": change.path, "summary": summary}], []


def refused(message: str, path: str) -> UserError:
    return user_error(UserErrorCode.INVALID_CHANGE, message, path)


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
    return isinstance(data, list | tuple)


def shown(value: Any) -> str:
    text = "left out" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
