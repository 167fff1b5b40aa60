"""JSON as the standard has it, both ways: nothing is read or written that another program would read differently."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
"""An escape that is half of a character outside the Basic Multilingual Plane."""


def decoded(data: str | bytes) -> object:
    """Raises JSONDecodeError, which says why."""
    try:
        text = data if isinstance(data, str) else data.decode()
        value = json.loads(text, parse_constant=no_number, parse_float=finite, object_pairs_hook=unique)
        if HALF_CHARACTER.search(text):
            json.dumps(value, ensure_ascii=False).encode()  # refuses half of a pair without the other
    except (ValueError, RecursionError) as error:
        raise json.JSONDecodeError(f"not JSON: {error}", "", 0) from None
    return value


def no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is more than a number can be")
    return number


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys differ: of two that are the same one program takes the first, another the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has a key twice")
    return found


def encoded(data: object) -> str:
    return "".join(pieces(data))


def pieces(data: object) -> Iterator[str]:
    """JSON in pieces no longer than a column, since the encoder lets no other thread run while it makes one."""
    if isinstance(data, dict):
        opening = "{"
        for key, value in data.items():
            yield f"{opening}{json.dumps(key)}:"
            yield from pieces(value)
            opening = ","
        yield "}" if data else "{}"
    elif isinstance(data, list) and data and isinstance(data[0], dict | list):
        opening = "["
        for item in data:
            yield opening
            yield from pieces(item)
            opening = ","
        yield "]"
    else:
        yield json.dumps(data, separators=(",", ":"), allow_nan=False)
