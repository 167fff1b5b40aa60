"""How long something lasts, in hours: certain or at random."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from simulation.scenario.problems import refuse, shown
from simulation.scenario.quantities import Described, Real

MOST_HOURS = 8784
"""A leap year's."""


class Lasting(Described):
    """How many hours something lasts. A document may write one number for a time that is certain."""

    mean: Annotated[Real, Field(gt=0, le=MOST_HOURS)]
    """Mean in hours."""
    cv: Annotated[Real, Field(ge=0, le=2)] = 0.0
    """Coefficient of variation of a lognormal distribution; 0: always the mean."""

    @model_validator(mode="before")
    @classmethod
    def _a_number_is_certain(cls, value: Any) -> Any:
        if isinstance(value, Mapping | Lasting):
            return value
        if not isinstance(value, int | float) or isinstance(value, bool):
            refuse(f"is {shown(value)}", "write a number of hours, or {mean: 10, cv: 1}")
        if not 0 < value <= MOST_HOURS:
            refuse(f"is {shown(value)}", f"write a number over 0, at most {MOST_HOURS:,}")
        return {"mean": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        number = {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_HOURS}
        return {"anyOf": [number, super().__get_pydantic_json_schema__(core, handler)]}
