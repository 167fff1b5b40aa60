"""What-if changes of a scenario, each told in words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import strawberry
from strawberry.utils.str_converters import to_camel_case

from server.graphql.errors import RefusedError, UserErrorCode, problem_errors
from server.graphql.scenario_types import changes_of
from simulation.scenario.changing.change import Altered, Change, altered, read_changes
from simulation.scenario.problems import Path, Problem, Refusal
from simulation.scenario.problems import RefusedError as ChangesRefusedError
from simulation.scenario.reading.tree import keys, model_at
from simulation.scenario.scenario import Scenario

if TYPE_CHECKING:  # made from the models, which a type checker cannot follow
    ScenarioChangeInput: TypeAlias = Any
else:
    from server.graphql.scenario_types import ScenarioChangeInput as ScenarioChangeInput

MOST_PATHS = 100
"""Of a change, as they are kept."""


@strawberry.type(description="A change by which a scenario differs from what it was made from.")
class ScenarioChange:
    path: str = strawberry.field(
        description="The place in the scenario document that it changed, or that all changed places have above them;"
        " empty where that is the whole document."
    )
    paths: list[str] = strawberry.field(
        description="Every place that it changed, items of lists by id or from 0; of more than a"
        " hundred the first hundred."
    )
    summary: str = strawberry.field(description="The change in words.")


Kept = list[dict[str, Any]]
"""Changes as they are stored."""


def shown(change: Mapping[str, Any]) -> ScenarioChange:
    """A stored change; those of before there were several places have the one."""
    paths = change.get("paths", [change["path"]])
    return ScenarioChange(path=change["path"], paths=paths, summary=change["summary"])


def kept(done: Altered) -> Kept:
    return [{"path": told.path, "paths": told.paths[:MOST_PATHS], "summary": told.summary} for told in done.told]


def apply(scenario: Scenario, given: Sequence[ScenarioChangeInput], name: str | None) -> Altered:
    """The scenario after the changes, with a name of its own where one is given. Raises RefusedError."""
    data, problems = changes_of(given)
    try:
        if problems:
            raise ChangesRefusedError(*(Refusal(one.message, one.mend, steps_of(one.path)) for one in problems))
        return altered(scenario, read_changes(data), name=name)
    except ChangesRefusedError as error:
        found = (Problem("changes", None, input_path(one.at), one.message, one.mend) for one in error.refusals)
        raise RefusedError(*problem_errors(found, UserErrorCode.INVALID_CHANGE)) from None


def steps_of(path: str) -> Path:
    """A path as it is written, without the word before its first position."""
    return tuple(int(step) if step.isdecimal() else step for step in path.split(".")[1:])


def input_path(at: Path) -> str:
    """Where a change stands in the input: a path of the models in the names of the schema."""
    position, *steps = at
    named = ["changes", str(position)]
    for k, step in enumerate(steps):
        model = model_at(Change, tuple(steps[:k]))
        is_field = isinstance(step, str) and model is not None and step in keys(model)
        named.append(to_camel_case(str(step)) if is_field else str(step))
    return ".".join(named)
