"""YAML and JSON text as plain data, with the line of every path.

The 1.2 core schema without timestamps: `NO`, `on`, `16:00` and dates are text, map keys always are. Anchors, aliases,
tags and a second document have no use here and are refused, so a small text cannot become a large scenario.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from simulation.scenario.problems import Path, Refusal, RefusedError, refuse

LONGEST_TEXT = 16_000_000
"""Characters of a document."""
DEEPEST = 40
LONGEST_NUMBER = 40

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class UnreadableError(Exception):
    """The text is no document; `problems` holds (line, path, refusal)."""

    def __init__(self, problems: list[tuple[int | None, Path, Refusal]]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(refusal) for _, _, refusal in problems))


def read(text: str) -> tuple[Any, dict[Path, int]]:
    """Plain data and the line, from 1, of every path in it. Raises `UnreadableError` with everything found wrong."""
    if len(text) > LONGEST_TEXT:
        raise UnreadableError(
            [(None, (), Refusal(f"has over {LONGEST_TEXT // 10**6} million characters", "write a shorter one"))]
        )
    reader = _Reader()
    try:
        data = reader.document(yaml.parse(text.removeprefix("\ufeff"), Loader=_Loader))
    except yaml.YAMLError as error:
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            return _json(text), {}
        raise UnreadableError([*reader.problems, _not_yaml(error)]) from None
    if reader.problems:
        raise UnreadableError(reader.problems)
    return data, reader.lines


def plain_value(text: str) -> Any:
    """What unquoted text means by the 1.2 core schema; refuses numbers that are not finite."""
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if not text[0].isascii() or text[0] not in "+-.0123456789":
        return text
    if _NOT_FINITE.fullmatch(text):
        refuse(f"{text} is not a number that can be used", "write a finite number")
    if _BASED.fullmatch(text):
        return int(text, 0)
    if not _REAL.fullmatch(text):
        return text
    if len(text) > LONGEST_NUMBER:
        refuse(f"a number of {len(text)} characters is not known", f"write at most {LONGEST_NUMBER}")
    number = int(text) if _WHOLE.fullmatch(text) else float(text)
    if math.isinf(number):
        refuse(f"{text} is too large", "write a finite number")
    return number


class _Reader:
    """Turns the parser's events into data."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[tuple[int | None, Path, Refusal]] = []

    def document(self, events: Iterator[Any]) -> Any:
        self._events = events
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, (), Refusal("begins a second document", "keep one scenario in a file"))
                    break
                data = self._value(next(events), ())
        return data

    def _refuse(self, event: Any, path: Path, *refusals: Refusal) -> None:
        self.problems += [(event.start_mark.line + 1, path, refusal) for refusal in refusals]

    def _value(self, event: Any, path: Path) -> Any:
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, path, Refusal(f"*{event.anchor} refers to another place", "write the value itself"))
            return None
        if event.anchor is not None:
            self._refuse(event, path, Refusal(f"&{event.anchor} names a value", "remove the anchor"))
        if event.tag not in (None, "!"):
            self._refuse(event, path, Refusal(f"{event.tag} is a tag", "remove it"))
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if len(path) >= DEEPEST:
            raise UnreadableError(
                [(event.start_mark.line + 1, path[:6], Refusal("is nested too deep", "remove levels"))]
            )
        return self._list(path) if isinstance(event, yaml.SequenceStartEvent) else self._map(path)

    def _scalar(self, event: Any, path: Path) -> Any:
        if event.style or not event.implicit[0]:  # quoted, or tagged
            return event.value
        try:
            return plain_value(event.value)
        except RefusedError as error:
            self._refuse(event, path, *error.refusals)
            return 0

    def _list(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _map(self, path: Path) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
            if key is None:
                refusal = Refusal("a list or map stands where a key should", "write a name, a colon and a value")
                raise UnreadableError([*self.problems, (event.start_mark.line + 1, path, refusal)])
            at = (*path, key)
            if key in entries:
                first = self.lines[at]
                self._refuse(event, at, Refusal(f"stands here twice, first on line {first}", "keep one of them"))
            self.lines.setdefault(at, event.start_mark.line + 1)
            value = self._value(next(self._events), at)
            entries.setdefault(key, value)
        return entries


def _not_yaml(error: yaml.YAMLError) -> tuple[int | None, Path, Refusal]:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    mend = (
        "indent with spaces, not tabs"
        if "\\t" in what or "'\t'" in what
        else "check the indentation, quotes and brackets"
    )
    return (None if mark is None else mark.line + 1), (), Refusal(f"is not YAML here: {what}", mend)


def _json(text: str) -> Any:
    """JSON that YAML does not read, such as one indented by tabs."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        entries = dict(pairs)
        if len(entries) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise UnreadableError([(None, (twice,), Refusal("stands twice in one object", "keep one of them"))])
        return entries

    def refused(word: str) -> Any:
        raise UnreadableError(
            [(None, (), Refusal(f"{word} is not a number that can be used", "write a finite number"))]
        )

    try:
        return json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=unique, parse_constant=refused, parse_float=plain_value
        )
    except json.JSONDecodeError as error:
        refusal = Refusal(f"is not JSON here: {error.msg}", "check the quotes, commas and brackets")
        raise UnreadableError([(error.lineno, (), refusal)]) from None
    except (ValueError, RecursionError) as error:
        found = (
            error.refusals
            if isinstance(error, RefusedError)
            else [Refusal("is no scenario", "write smaller numbers, fewer levels")]
        )
        raise UnreadableError([(None, (), refusal) for refusal in found]) from None
