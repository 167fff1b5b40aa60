"""JSON as the standard has it, both ways: nothing is read or written that another program would read differently."""

import json
import math
import re
from typing import Any, NoReturn

import numpy as np
import orjson
from pydantic_core import to_json

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


def encoded(data: object) -> bytes:
    """Undefined figures as null, columns straight from their arrays: a year of half hours takes less than a
    millisecond, for which no thread is worth it."""
    try:
        return orjson.dumps(data, listed, orjson.OPT_SERIALIZE_NUMPY)
    except TypeError:  # as a number of more than 64 bits, which JSON may have
        return to_json(data, inf_nan_mode="null", fallback=listed)


def listed(value: object) -> object:
    """A column that does not lie in one piece."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is nothing of JSON")
