"""The tree of models as documents see it: from a path to the field it leads to."""

import types
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from simulation.scenario.problems import Path, Refusal
from simulation.scenario.quantities import Described


def keys(model: type[Described]) -> Iterator[str]:
    """The names of a model's fields as documents write them."""
    return (field.alias or name for name, field in model.model_fields.items())


def field_at(root: type[Described], path: Path) -> FieldInfo | None:
    """The field that a path leads to or into; None off the known tree."""
    found = _found(root, path)
    return None if found is None else _field(found)


def meaning_at(root: type[Described], path: Path) -> str | None:
    """What the field means that a path leads to or into."""
    found = _found(root, path)
    return None if found is None else found[0].meanings().get(found[1])


def _found(root: type[Described], path: Path) -> tuple[type[Described], str] | None:
    """The model and its field's name."""
    model: type[Described] | None = root
    found: tuple[type[Described], str] | None = None
    for step in path:
        if isinstance(step, int) or model is None:
            continue
        name = next((name for name, info in model.model_fields.items() if step == (info.alias or name)), None)
        if name is not None:
            found = model, name
            model = model_in(_field(found).annotation)
        elif found is None or not _is_map(_field(found)):
            return None
    return found


def _field(found: tuple[type[Described], str]) -> FieldInfo:
    model, name = found
    return model.model_fields[name]


def model_at(root: type[Described], path: Path) -> type[Described] | None:
    """The model that a path leads to."""
    field = field_at(root, path)
    return root if not path else (model_in(field.annotation) if field is not None else None)


def alternatives_refused(model: type[Described], data: Any, path: Path) -> Iterator[Refusal]:
    """Everywhere in plain data: none or several given of fields that are alternatives."""
    if isinstance(data, list | tuple):
        for position, item in enumerate(data):
            yield from alternatives_refused(model, item, (*path, position))
    elif isinstance(data, Mapping):
        refused = model.alternatives_refused(data)
        if refused is not None:
            yield refused.below(path)
        for name, field in model.model_fields.items():
            inner = model_in(field.annotation)
            if inner is not None and not _is_map(field):
                yield from alternatives_refused(inner, data.get(field.alias or name), (*path, field.alias or name))


def model_in(annotation: Any) -> type[Described] | None:
    """The model inside `X | None`, `tuple[X, ...]`, `dict[K, X]` and `Annotated`, if there is one."""
    return next((inner for inner in _inside(annotation) if issubclass(inner, Described)), None)


def _inside(annotation: Any) -> Iterator[type]:
    origin = get_origin(annotation)
    if origin is None:
        if isinstance(annotation, type):
            yield annotation
    elif origin is Annotated:
        yield from _inside(get_args(annotation)[0])
    else:
        for inner in get_args(annotation):
            yield from _inside(inner)


def _is_map(field: FieldInfo) -> bool:
    parts = get_args(field.annotation) if _is_union(field.annotation) else (field.annotation,)
    return any(get_origin(part) is dict for part in parts)


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def words_in(annotation: Any) -> list[str]:
    """The words of the enumeration inside an annotation, as key or as value."""
    kinds = (inner for inner in _inside(annotation) if issubclass(inner, StrEnum))
    return [member.value for kind in kinds for member in kind]
