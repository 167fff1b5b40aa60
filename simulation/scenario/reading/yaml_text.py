"""YAML and JSON text as plain data, with the line of every path.

The 1.2 core schema without timestamps: `NO`, `on`, `16:00` and dates are text, map keys always are. Anchors, aliases,
tags and a second document have no use here and are refused, so a small text cannot become a large scenario; nor is a
text of over 8 million characters read.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from simulation.scenario.problems import Path, Refusal, RefusedError, refuse

LONGEST_TEXT = 8_000_000
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
    """The text is no document from this line on."""

    def __init__(self, line: int | None, message: str, mend: str, at: Path = ()) -> None:
        self.line, self.refusal = line, Refusal(message, mend, at)
        super().__init__(f"{message}; {mend}")


@dataclass(frozen=True)
class Reading:
    """Plain data, the line (from 1) of every path in it, and what stands in the text that may not."""

    data: Any
    lines: dict[Path, int]
    refused: list[Refusal]


def read(text: str) -> Reading:
    """The text as data. Raises `UnreadableError` where it is neither YAML nor JSON."""
    text = text.removeprefix("\ufeff")
    if len(text) > LONGEST_TEXT:
        raise UnreadableError(None, f"has over {LONGEST_TEXT // 10**6} million characters", "write a shorter one")
    reader = _Reader()
    try:
        data = reader.document(yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError as error:
        if text.lstrip().startswith("{"):
            return _json(text)
        raise _not_yaml(error) from None
    return Reading(data, reader.lines, reader.refused)


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


def reads_as_text(text: str) -> bool:
    """Whether text without quotes is read as text."""
    try:
        return isinstance(plain_value(text), str)
    except RefusedError:
        return False


class _Reader:
    """Turns the parser's events into data."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.refused: list[Refusal] = []

    def document(self, events: Iterator[Any]) -> Any:
        self._events = events
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise UnreadableError(_line(event), "a second document begins", "keep one scenario in a file")
                data = self._value(next(events), ())
        return data

    def _refuse(self, message: str, mend: str, path: Path) -> None:
        self.refused.append(Refusal(message, mend, path))

    def _value(self, event: Any, path: Path) -> Any:
        self.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.AliasEvent):
            self._refuse(f"*{event.anchor} refers to another place", "write the value itself", path)
            return event.anchor
        if event.anchor is not None:
            self._refuse(f"&{event.anchor} names a value", "remove the anchor", path)
        if event.tag not in (None, "!"):
            self._refuse(f"{event.tag} is a tag", "remove it", path)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if len(path) >= DEEPEST:
            raise UnreadableError(_line(event), "is nested too deep", "remove levels", path[:6])
        return self._list(path) if isinstance(event, yaml.SequenceStartEvent) else self._map(path)

    def _scalar(self, event: Any, path: Path) -> Any:
        if event.style or event.tag is not None:  # quoted, or tagged
            return event.value
        try:
            return plain_value(event.value)
        except RefusedError as error:
            self.refused += [one.below(path) for one in error.refusals]
            return event.value

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
                message = "a list or map stands where a key should"
                raise UnreadableError(_line(event), message, "write a name, a colon and a value", path)
            at = (*path, key)
            if key in entries:
                self._refuse(f"stands here twice, on lines {self.lines[at]} and {_line(event)}", "keep one of them", at)
            self.lines.setdefault(at, _line(event))
            value = self._value(next(self._events), at)
            entries.setdefault(key, value)
        return entries


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _not_yaml(error: yaml.YAMLError) -> UnreadableError:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    tab = "tab character" in what or "'\\t'" in what
    mend = "indent with spaces, not tabs" if tab else "check the indentation, quotes and brackets"
    return UnreadableError(None if mark is None else mark.line + 1, f"is not YAML here: {what}", mend)


def _json(text: str) -> Reading:
    """JSON that YAML does not read, such as one indented by tabs."""
    refused: list[Refusal] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        entries = dict(pairs)
        if len(entries) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            twice = next(name for name, count in counts.items() if count > 1)
            refused.append(Refusal(f"{twice!r} stands twice in one object", "keep one of them"))
        return entries

    def number(word: str) -> Any:
        try:
            return plain_value(word)
        except RefusedError as error:
            refused.extend(error.refusals)

    def not_finite(word: str) -> None:
        refused.append(Refusal(f"{word} is not a number that can be used", "write a finite number"))

    try:
        data = json.loads(
            text, object_pairs_hook=unique, parse_int=number, parse_float=number, parse_constant=not_finite
        )
    except json.JSONDecodeError as error:
        raise UnreadableError(
            error.lineno, f"is not JSON here: {error.msg}", "check the quotes, commas and brackets"
        ) from None
    except RecursionError:
        raise UnreadableError(None, "is nested too deep", "remove levels") from None
    return Reading(data, {}, refused)
