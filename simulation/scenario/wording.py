"""A validation's errors in the words of the document: what is wrong and what to write."""

import types
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from simulation.scenario.problems import Path, Refusal, RefusedError, choose, shown
from simulation.scenario.quantities import Described

MISSING = "is missing"
KEY = "[key]"
"""How pydantic marks that the key of a map is wrong, not its value."""
_BOUNDS = {
    "greater_than": ("gt", "over"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "under"),
    "less_than_equal": ("le", "at most"),
}
_KINDS = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a map of names to values",
    "model_type": "a map of names to values",
    "mapping_type": "a map of names to values",
}


def refusals(root: type[Described], errors: list[ErrorDetails]) -> Iterator[Refusal]:
    """Every error as a refusal whose `at` leads from the document's root."""
    for error in errors:
        at = tuple(error["loc"])
        raised = error.get("ctx", {}).get("error")
        if isinstance(raised, RefusedError):
            yield from (one.below(_value_path(at)) for one in raised.refusals)
        elif not _follows(error):
            yield _refusal(root, error, at)


def _follows(error: ErrorDetails) -> bool:
    """Whether a list counts as too short only because its items are wrong, which is said of them."""
    return error["type"] == "too_short" and len(error["input"]) >= error.get("ctx", {}).get("min_length", 0)


def _value_path(at: Path) -> Path:
    return at[:-1] if at and at[-1] == KEY else at


def _refusal(root: type[Described], error: ErrorDetails, at: Path) -> Refusal:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    path = _value_path(at)
    field = field_at(root, path)
    if kind == "extra_forbidden":
        model = model_at(root, path[:-1])
        known = list(keys(model)) if model is not None else []
        return Refusal("is not known here", choose(str(path[-1]), known), path)
    if kind == "missing":
        return Refusal(MISSING, f"add {path[-1]}{_means(field)}", path)
    if kind == "enum":
        known = list(_words(field, path, at))
        return Refusal(f"{shown(value)} is not known here", choose(str(value), known), path)
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        bound = f"{words} {context[name]:,}" if isinstance(context[name], int) else f"{words} {context[name]:g}"
        return Refusal(f"is {shown(value)}", f"write a number {bound}", path)
    if kind in _KINDS:
        return Refusal(f"is {shown(value)}", f"write {_KINDS[kind]}{_quoted(kind, value)}{_means(field)}", path)
    if kind in ("too_short", "too_long"):
        least, most = context.get("min_length"), context.get("max_length")
        mend = f"write at least {least}" if least is not None else f"write at most {most:,}"
        return Refusal(f"has {context.get('actual_length') or 'no'} entries", mend, path)
    if kind == "invalid_key":
        return Refusal("is not text", "write the key as text", path)
    if kind == "finite_number":
        return Refusal("is not finite", "write a finite number", path)
    if kind.startswith("string_"):
        return Refusal(f"{shown(value)} will not do", f"write {_text_wanted(kind, context)}", path)
    return Refusal(error["msg"], f"write{_means(field) or ' another value'}", path)


def _text_wanted(kind: str, context: Mapping[str, Any]) -> str:
    wanted = {
        r"^[A-Za-z0-9][A-Za-z0-9_-]*$": "letters, digits, hyphens and underscores",
        r"^[A-Z]{3}$": "three capital letters such as USD",
        r"^([1-9]|[1-4][0-9]|5[0-3])$": "the number of an ISO week, 1 to 53",
        r"^WD-?([1-9]|1[0-9]|2[0-3])$": "a working day such as WD1 or WD-1",
    }
    if kind == "string_too_long":
        return f"at most {context['max_length']} characters"
    return wanted.get(context.get("pattern", ""), "one line of text")


def _quoted(kind: str, value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f' in quotes, "{value}"' if kind == "string_type" and is_number else ""


def _means(field: FieldInfo | None) -> str:
    if field is None or not field.description:
        return ""
    return f" ({' '.join(field.description.split()).removesuffix('.')})"


def keys(model: type[Described]) -> Iterator[str]:
    """The names of a model's fields as documents write them."""
    return (field.alias or name for name, field in model.model_fields.items())


def field_at(root: type[Described], path: Path) -> FieldInfo | None:
    """The field that a path leads to or into; None off the known tree."""
    model: type[Described] | None = root
    field: FieldInfo | None = None
    for step in path:
        if isinstance(step, int) or model is None:
            continue
        found = next((info for name, info in model.model_fields.items() if step == (info.alias or name)), None)
        if found is None and not _is_map(field):
            return None
        if found is not None:
            field, model = found, model_in(found.annotation)
    return field


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


def _is_map(field: FieldInfo | None) -> bool:
    if field is None:
        return False
    parts = get_args(field.annotation) if _is_union(field.annotation) else (field.annotation,)
    return any(get_origin(part) is dict for part in parts)


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _words(field: FieldInfo | None, path: Path, at: Path) -> Iterator[str]:
    """The words of the enumeration that a field holds, as key or as value."""
    for inner in _inside(field.annotation if field is not None else None):
        if issubclass(inner, StrEnum):
            yield from (member.value for member in inner)
