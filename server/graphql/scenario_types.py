"""The typed scenario of the schema, and what may be changed of it, made by walking the pydantic models: no field is
declared twice.

A model becomes an output type and an input type; names go to camelCase; a map becomes a list of `{key value}`; a closed
set of words becomes an enum; local times without a zone keep a scalar of their own. Descriptions are the models' own.
A model that is nothing but alternatives becomes a `@oneOf` input; a queue that is `like` another may leave out all but
its id.
"""

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from inspect import cleandoc
from typing import Annotated, Any, Union, get_args, get_origin

import strawberry
from pydantic.fields import FieldInfo
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from server.graphql.enums import describe
from server.graphql.scalars import DocumentValue, LocalDateTime
from simulation.scenario.changing.change import Change
from simulation.scenario.problems import Problem
from simulation.scenario.quantities import Described
from simulation.scenario.reading.tree import model_in
from simulation.scenario.scenario import Scenario
from simulation.studies.actuals import Actuals

ROOT_NAMES: Mapping[type[Described], tuple[str, str]] = {
    Scenario: ("ScenarioDefinition", "ScenarioDefinitionInput"),
    Change: ("ScenarioChangeDefinition", "ScenarioChangeInput"),
}
SCALAR_NAMES = {str: "Text", int: "Int", float: "Float", date: "Date", datetime: "LocalDateTime"}

Read = Callable[[Any], Any]
Write = Callable[[Any, str, list[Problem]], Any]


@dataclass(frozen=True)
class Shape:
    """One kind of value in its forms: the types it has in the schema, and the ways from the model and to a document."""

    name: str
    output: Any
    input: Any
    read: Read | None
    write: Write


def as_is(value: Any, path: str, problems: list[Problem]) -> Any:
    return value


def plain_text(value: Any, path: str, problems: list[Problem]) -> str:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


def word(value: Any, path: str, problems: list[Problem]) -> Any:
    return value.value


class Forms:
    """Every kind of value met so far, each made once."""

    def __init__(self) -> None:
        self.models: dict[type, Shape] = {}
        self.entries: dict[str, tuple[Any, Any]] = {}
        self.enums: set[type[Enum]] = set()

    def of(self, annotation: Any) -> Shape:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self.of(arguments[0])
        if origin in (Union, types.UnionType):
            (inner,) = (each for each in arguments if each is not type(None))
            return self.of(inner)
        if origin is tuple:
            return self.list_of(self.of(arguments[0]))
        if origin in (dict, Mapping):
            return self.map_of(self.of(arguments[0]), self.of(arguments[1]))
        if annotation is Any:
            return Shape("DocumentValue", DocumentValue, DocumentValue, None, as_is)
        if issubclass(annotation, Described):
            return self.models.get(annotation) or self.model(annotation)
        if issubclass(annotation, Enum):
            return self.enum(annotation)
        for plain in (bool, int, float, datetime, date, str):
            if issubclass(annotation, plain):
                return self.scalar(plain)
        raise TypeError(f"no GraphQL form for {annotation}")

    def scalar(self, plain: type) -> Shape:
        name = SCALAR_NAMES.get(plain, plain.__name__)
        form = LocalDateTime if plain is datetime else plain
        return Shape(name, form, form, None, plain_text if issubclass(plain, date) else as_is)

    def enum(self, words: type[Enum]) -> Shape:
        if words not in self.enums:
            self.enums.add(words)
            describe(words)
        return Shape(words.__name__, words, words, None, word)

    def list_of(self, item: Shape) -> Shape:
        def read(values: Any) -> Any:
            return [item.read(value) if item.read else value for value in values]

        def write(values: Any, path: str, problems: list[Problem]) -> Any:
            return [item.write(value, f"{path}.{place}", problems) for place, value in enumerate(values)]

        return Shape(f"{item.name}List", list[item.output], list[item.input], read, write)  # type: ignore[name-defined]  # types made at run time

    def map_of(self, key: Shape, value: Shape) -> Shape:
        name = f"{'' if key.name == 'Text' else key.name}{value.name}Entry"
        output, input_ = self.entries.get(name) or self.entry(name, key, value)

        def read(values: Any) -> Any:
            return [output(key=k, value=value.read(v) if value.read else v) for k, v in values.items()]

        def write(entries: Any, path: str, problems: list[Problem]) -> Any:
            document: dict[str, Any] = {}
            for entry in entries:
                word = str(key.write(entry.key, path, problems))
                if word in document:
                    problems.append(Problem("scenario", None, f"{path}.{word}", "given twice", "keep one of the two"))
                document[word] = value.write(entry.value, f"{path}.{word}", problems)
            return document

        return Shape(name, list[output], list[input_], read, write)  # type: ignore[valid-type]  # types made at run time

    def entry(self, name: str, key: Shape, value: Shape) -> tuple[Any, Any]:
        says = f"An entry of a map from {key.name} to {value.name}."
        texts = {"key": "The entry's key.", "value": "The entry's value."}

        def made(name: str, key_type: Any, value_type: Any) -> type:
            body = {each: strawberry.field(description=text) for each, text in texts.items()}
            return type(name, (), {"__annotations__": {"key": key_type, "value": value_type}, **body})

        output = strawberry.type(made(name, key.output, value.output), description=says)
        input_ = strawberry.input(made(f"{name}Input", key.input, value.input), description=says)
        self.entries[name] = output, input_
        return output, input_

    def model(self, model: type[Described]) -> Shape:
        shapes = {name: self.of(field.annotation) for name, field in model.model_fields.items()}
        output_name, input_name = ROOT_NAMES.get(model, (model.__name__, f"{model.__name__}Input"))
        output = self.output(output_name, model, shapes)
        input_ = self.input(input_name, model, shapes)

        def write(value: Any, path: str, problems: list[Problem]) -> Any:
            document = {}
            for name, shape in shapes.items():
                given = getattr(value, name)
                if given is not UNSET and given is not None:
                    key = model.model_fields[name].alias or name
                    document[key] = shape.write(given, f"{path}.{key}".lstrip("."), problems)
            return document

        self.models[model] = Shape(model.__name__, output, input_, None, write)
        return self.models[model]

    def output(self, name: str, model: type[Described], shapes: Mapping[str, Shape]) -> Any:
        annotations: dict[str, Any] = {}
        body: dict[str, Any] = {}
        meanings = model.meanings()
        for field_name, field in model.model_fields.items():
            shape = shapes[field_name]
            optional = not field.is_required() and field.default is None
            annotations[field_name] = shape.output | None if optional else shape.output
            converted: Any = {"resolver": reader(field_name, shape.read, annotations[field_name])} if shape.read else {}
            body[field_name] = strawberry.field(
                name=graphql_name(field_name, field), description=meanings.get(field_name), **converted
            )
        return strawberry.type(type(name, (), {"__annotations__": annotations, **body}), description=says(model))

    def input(self, name: str, model: type[Described], shapes: Mapping[str, Shape]) -> Any:
        annotations: dict[str, Any] = {}
        body: dict[str, Any] = {}
        meanings = model.meanings()
        required = [name for name, field in model.model_fields.items() if field.is_required()]
        if "like" in model.model_fields:
            required = ["id"]
        optional = [name for name in model.model_fields if name not in required]
        for field_name in (*required, *optional):
            field, form = model.model_fields[field_name], shapes[field_name].input
            annotations[field_name] = form if field_name in required else form | None
            default: Any = {} if field_name in required else {"default": UNSET}
            body[field_name] = strawberry.field(
                name=graphql_name(field_name, field), description=meanings.get(field_name), **default
            )
        made = type(name, (), {"__annotations__": annotations, **body})
        return strawberry.input(made, description=says(model), one_of=only_alternatives(model))


def only_alternatives(model: type[Described]) -> bool:
    return bool(model.one_of) and set(model.one_of) == model.model_fields.keys()


def reader(name: str, read: Read, answer: Any) -> Callable[[Any], Any]:
    def resolve(root: Any) -> Any:
        value = getattr(root, name)
        return None if value is None else read(value)

    resolve.__annotations__ = {"return": answer}
    return resolve


def graphql_name(name: str, field: FieldInfo) -> str:
    return to_camel_case(field.alias or name)


def says(model: type[Described]) -> str:
    return cleandoc(model.__doc__ or "")


FORMS = Forms()
SCENARIO, CHANGE = FORMS.of(Scenario), FORMS.of(Change)
ACTUALS = FORMS.of(Actuals)
ScenarioDefinition: Any = SCENARIO.output
ScenarioDefinitionInput: Any = SCENARIO.input
ScenarioChangeInput: Any = CHANGE.input
ActualsInput: Any = ACTUALS.input
PARTS = {inner.__name__ for field in Scenario.model_fields.values() if (inner := model_in(field.annotation))}
INNER_TYPES = frozenset({model.__name__ for model in FORMS.models} | FORMS.entries.keys()) - PARTS
"""Types of what stands within the parts of a scenario."""


def document_of(scenario: Any) -> tuple[dict[str, Any], list[Problem]]:
    """The document a typed scenario stands for, and the keys it gives twice."""
    problems: list[Problem] = []
    return SCENARIO.write(scenario, "", problems), problems


def changes_of(given: Sequence[Any]) -> tuple[list[Any], list[Problem]]:
    """The changes that typed inputs stand for, as plain data, and the keys they give twice."""
    problems: list[Problem] = []
    return [CHANGE.write(change, f"changes.{place}", problems) for place, change in enumerate(given)], problems


def actuals_of(given: Any) -> tuple[dict[str, Any], list[Problem]]:
    """The plain data that typed actuals stand for, and the keys they give twice."""
    problems: list[Problem] = []
    return ACTUALS.write(given, "actuals", problems), problems
