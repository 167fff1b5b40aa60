"""A validation's errors in the words of the document: what is wrong and what to write."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from simulation.scenario.contracts.commitments import MONTH
from simulation.scenario.problems import Path, Refusal, RefusedError, choose, shown
from simulation.scenario.quantities import CURRENCY, ID, Described
from simulation.scenario.queues.demand import BATCH_DAY, LEAD_WEEKS, WEEK_NUMBER, WORKING_DAY
from simulation.scenario.reading.tree import field_at, keys, meaning_at, model_at, words_in

MISSING = "is missing"
KEY = "[key]"
"""How pydantic marks that the key of a map is wrong, not its value."""
_BOUNDS = {
    "greater_than": ("gt", "over"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "under"),
    "less_than_equal": ("le", "at most"),
}
_PATTERNS = {
    ID: "letters, digits, hyphens and underscores",
    CURRENCY: "three capital letters such as USD",
    WEEK_NUMBER: "the number of an ISO week, 1 to 53",
    WORKING_DAY: "a working day such as WD1 or WD-1",
    BATCH_DAY: "a day of the week such as MON, or a working day such as WD1 or WD-1",
    MONTH: "a month such as 2026-11",
    LEAD_WEEKS: "a number of weeks, 1 to 999",
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
        return Refusal(MISSING, f"add {path[-1]}{_means(root, path)}", path)
    if kind == "enum":
        known = words_in(field.annotation if field is not None else None)
        return Refusal(f"{shown(value)} is not known here", choose(str(value), known), path)
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        bound = f"{context[name]:,.0f}" if float(context[name]).is_integer() else f"{context[name]:g}"
        return Refusal(f"is {shown(value)}", f"write a number {words} {bound}", path)
    if kind in _KINDS:
        return Refusal(f"is {shown(value)}", f"write {_KINDS[kind]}{_quoted(kind, value)}{_means(root, path)}", path)
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
    return Refusal(error["msg"], f"write{_means(root, path) or ' another value'}", path)


def _text_wanted(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "string_too_long":
        return f"at most {context['max_length']} characters"
    return _PATTERNS.get(context.get("pattern", ""), "one line of text that can be seen")


def _quoted(kind: str, value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f' in quotes, "{value}"' if kind == "string_type" and is_number else ""


def _means(root: type[Described], path: Path) -> str:
    meaning = meaning_at(root, path)
    return f" ({' '.join(meaning.split()).removesuffix('.')})" if meaning else ""
