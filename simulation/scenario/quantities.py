"""The base of every part of a scenario, and the kinds of number and text its fields hold.

Annotations are kept plain, so that one walk over `model_fields` makes every other form of the document: annotated
numbers and text, `date` and `datetime`, `Clock` and `Period` (both `str`), `StrEnum`s, models, `X | None`,
`tuple[X, ...]` and `dict[K, float]` or `dict[K, model]` with `K` text. There are no unions: alternatives are optional
fields, of which exactly one is given, and a model names them in `one_of`.
"""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, Strict, StringConstraints, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from simulation.scenario.docstrings import documented
from simulation.scenario.problems import Refusal, RefusedError


class Described(BaseModel):
    """A part of a scenario: frozen, unknown keys refused, null the same as left out."""

    # of all models only the few that documents are read into are ever validated by themselves
    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    one_of: ClassVar[tuple[str, ...]] = ()
    """Fields that are alternatives: exactly one is given."""

    @model_validator(mode="before")
    @classmethod
    def _null_is_left_out(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or None not in value.values():
            return value
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: item for key, item in value.items() if item is not None or key not in known}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        resolved = handler.resolve_ref_schema(schema)
        for name, meaning in cls.meanings().items():
            field = resolved["properties"][cls.model_fields[name].alias or name]
            if handler.resolve_ref_schema(field).get("description") != meaning:  # a closed set may say it already
                field["description"] = meaning
        if cls.one_of:
            resolved["oneOf"] = [{"required": [name]} for name in cls.one_of]
        return schema

    @classmethod
    def meanings(cls) -> dict[str, str]:
        """What its fields mean, by name."""
        described = [one for one in reversed(cls.__mro__) if issubclass(one, Described)]
        texts = {name: text for one in described for name, text in documented(one).items()}
        given = {name: field.description for name, field in cls.model_fields.items() if field.description}
        return {name: cleandoc(text) for name, text in {**texts, **given}.items() if name in cls.model_fields}

    @model_validator(mode="after")
    def _one_of_its_alternatives(self) -> Self:
        refused = self.alternatives_refused({name: getattr(self, name) for name in self.one_of})
        if refused is not None:
            raise RefusedError(refused)
        return self

    @classmethod
    def alternatives_refused(cls, data: Mapping[str, Any]) -> Refusal | None:
        """What is wrong when the data gives none of the alternatives, or several."""
        given = [name for name in cls.one_of if data.get(name) is not None]
        if cls.one_of and not given:
            return Refusal(f"needs {' or '.join(cls.one_of)}", f"write one of {', '.join(cls.one_of)}")
        if len(given) > 1:
            return Refusal(f"{' and '.join(given)} exclude each other", f"keep one of {', '.join(given)}", (given[-1],))
        return None


def named_by_id(value: Any) -> Any:
    """A part's data with its id for its name where it has none."""
    if not isinstance(value, Mapping) or value.get("name") is not None or not isinstance(value.get("id"), str):
        return value
    return {**value, "name": value["id"]}


Real = Annotated[float, Strict()]
Share = Annotated[Real, Field(ge=0, le=1)]
"""A share or a probability, 0 to 1."""
PositiveShare = Annotated[Real, Field(gt=0, le=1)]
PartialShare = Annotated[Real, Field(ge=0, lt=1)]
"""0 up to but not 1."""
Factor = Annotated[Real, Field(ge=0, le=1000)]
"""A multiplier or weight; 1 leaves things as they are."""
PositiveFactor = Annotated[Real, Field(gt=0, le=1000)]
Seconds = Annotated[Real, Field(ge=0, le=10_000_000)]
PositiveSeconds = Annotated[Real, Field(gt=0, le=10_000_000)]
Hours = Annotated[Real, Field(ge=0, le=8784)]
"""At most a leap year's."""
Volume = Annotated[Real, Field(ge=0, le=200_000_000)]
"""Contacts; an expected number, so not always whole."""
Whole = Annotated[int, Strict()]
Heads = Annotated[Whole, Field(ge=0, le=1_000_000)]
ID = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
CURRENCY = r"^[A-Z]{3}$"
Id = Annotated[str, StringConstraints(pattern=ID, max_length=64)]
"""Letters, digits, hyphens and underscores, so that a path can name it."""
LABEL = (
    r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2060\ufeff]"
    r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*$"
)
Label = Annotated[str, StringConstraints(pattern=LABEL, max_length=200)]
"""One line of text, with at least one character that can be seen."""
Currency = Annotated[str, StringConstraints(pattern=CURRENCY)]
"""Three capital letters of ISO 4217."""
