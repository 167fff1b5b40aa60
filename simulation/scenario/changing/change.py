"""All changes that a what-if may make, read from data and made one after the other."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from itertools import takewhile
from typing import Any

from pydantic import Field, ValidationError, create_model

from simulation.scenario.changing.alteration import Alteration
from simulation.scenario.changing.demand import (
    AddDemandEvent,
    AddShock,
    RemoveDemandEvent,
    ScaleDemand,
    SetGrowth,
    ShiftDemand,
)
from simulation.scenario.changing.draft import Draft
from simulation.scenario.changing.happenings import AddEvent
from simulation.scenario.changing.people import (
    AddClass,
    DelayHiring,
    ScaleAbsence,
    ScaleAttrition,
    ScaleHiring,
    ScaleShrinkage,
    ScaleTeam,
    SetPolicies,
)
from simulation.scenario.changing.service import ScaleHandling, ScalePatience, SetAllocation, SetHours, SetTarget
from simulation.scenario.changing.values import SetValue
from simulation.scenario.changing.vendors import ExcludeVendor, ScaleRates, ScaleWages
from simulation.scenario.problems import Refusal, RefusedError
from simulation.scenario.quantities import Described
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.reading.wording import refusals
from simulation.scenario.scenario import Scenario

ALTERATIONS: tuple[type[Alteration], ...] = (
    ScaleDemand,
    ShiftDemand,
    SetGrowth,
    AddDemandEvent,
    RemoveDemandEvent,
    AddShock,
    ScaleHandling,
    ScalePatience,
    SetTarget,
    SetHours,
    SetAllocation,
    ExcludeVendor,
    ScaleTeam,
    DelayHiring,
    ScaleHiring,
    AddClass,
    ScaleAttrition,
    ScaleAbsence,
    ScaleShrinkage,
    SetPolicies,
    AddEvent,
    ScaleWages,
    ScaleRates,
    SetValue,
)
"""Every change that there is; data and GraphQL name it by its class."""


def name_of(kind: type[Alteration]) -> str:
    """What data call a change: scale_demand for ScaleDemand."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


class OneChange(Described):
    """One change of a scenario."""

    one_of = tuple(map(name_of, ALTERATIONS))


_FIELDS: dict[str, Any] = {
    name_of(kind): (kind | None, Field(default=None, description=cleandoc(kind.__doc__ or ""))) for kind in ALTERATIONS
}
Change = create_model("Change", __base__=OneChange, __doc__=OneChange.__doc__, __module__=__name__, **_FIELDS)
"""A change as data: exactly one of the alterations, by its name."""


@dataclass(frozen=True)
class Told:
    """What a change did: in words, and the places of the document that it changed."""

    summary: str
    paths: tuple[str, ...]

    @property
    def path(self) -> str:
        """The one place, or what all of them have above them; empty for all of the document."""
        split = [path.split(".") for path in self.paths]
        return ".".join(steps[0] for steps in takewhile(lambda steps: len(set(steps)) == 1, zip(*split, strict=False)))


@dataclass(frozen=True)
class Altered:
    """A scenario after changes, and what each of them did."""

    scenario: Scenario
    told: tuple[Told, ...]


def read_changes(data: Sequence[object]) -> tuple[Alteration, ...]:
    """Changes from plain data, such as `[{"scale_demand": {"queue": "orders", "factor": 1.2}}]`.

    Raises RefusedError with everything that is wrong with them, at the change's position and its fields.
    """
    read: list[Alteration] = []
    refused: list[Refusal] = []
    for place, item in enumerate(data):
        try:
            change = Change.model_validate(item)
        except ValidationError as error:
            refused += [one.below((place,)) for one in refusals(Change, error.errors(include_url=False))]
        else:
            read += _given(change)
    if refused:
        raise RefusedError(*refused)
    return tuple(read)


def _given(change: OneChange) -> Iterator[Alteration]:
    return (given for name in change.one_of if (given := getattr(change, name)) is not None)


def altered(scenario: Scenario, changes: Sequence[Alteration], *, name: str | None = None) -> Altered:
    """The scenario after changes, made one after the other, and perhaps with another name; it stays as it is itself.

    Raises RefusedError with every change that does not fit what the ones before have left, ScenarioError if they
    leave no valid scenario, at the end or to a change that needs one.
    """
    draft = Draft(canonical_data(scenario))
    if name is not None:
        draft.data["name"] = name
    told: list[Told] = []
    refused: list[Refusal] = []
    is_canonical = True
    for place, change in enumerate(changes):
        if not (is_canonical or isinstance(change, SetValue)):
            draft.data = canonical_data(from_data(draft.data, file="scenario"))
        is_canonical = not isinstance(change, SetValue)
        draft.places = []
        try:
            told.append(Told(change.alter(draft), tuple(draft.places)))
        except RefusedError as error:
            refused += [one.below((place, name_of(type(change)))) for one in error.refusals]
    if refused:
        raise RefusedError(*refused)
    return Altered(from_data(draft.data, file="scenario"), tuple(told))
