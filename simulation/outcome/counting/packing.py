"""Named arrays of whole numbers as bytes: a plain header and, for each array, its deflated smallest form.

Layout: magic, uint32 length of the header, the header (JSON: "about", and name, dtype, shape, form and size of every
array), then the arrays' bytes in that order. Integer arrays lose their common factor of two and shrink to the smallest
integer type that holds them, one number where all elements are equal; the rest stay as they are. Nothing is executed
on reading, and an array can be read without the others.
"""

import json
import struct
import zlib
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"SHARD\x00\x00\x01"
_SMALL = (np.int8, np.int16, np.int32, np.int64)


class PackingError(ValueError):
    """Bytes that are not packed arrays of this version."""


def pack(about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays (int64, int32 or float64) and a JSON-able description of them as bytes; the same input, the same bytes."""
    entries, bodies = [], []
    for name, array in arrays.items():
        small, shift = _shrunk(array) if array.dtype.kind == "i" else (array, 0)
        body = zlib.compress(np.ascontiguousarray(small).astype(small.dtype.newbyteorder("<")).tobytes(), 1)
        entries.append([name, array.dtype.name, list(array.shape), small.dtype.name, small.size, shift, len(body)])
        bodies.append(body)
    header = json.dumps({"about": about, "arrays": entries}, separators=(",", ":")).encode()
    return b"".join([MAGIC, struct.pack("<I", len(header)), header, *bodies])


def unpack(data: bytes, names: Collection[str] | None = None) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The description and the arrays (only the named ones, when names are given)."""
    if data[: len(MAGIC)] != MAGIC:
        raise PackingError("these bytes are not a shard summary of this version; simulate the shard again")
    start = len(MAGIC) + 4
    (length,) = struct.unpack("<I", data[len(MAGIC) : start])
    header = json.loads(data[start : start + length])
    at, arrays = start + length, {}
    for name, dtype, shape, form, size, shift, stored in header["arrays"]:
        if names is None or name in names:
            small = np.frombuffer(zlib.decompress(data[at : at + stored]), np.dtype(form).newbyteorder("<"))
            full = small.astype(dtype) << shift if shift else small.astype(dtype)
            count = int(np.prod(shape))
            arrays[name] = (np.repeat(full, count) if size == 1 and count != 1 else full).reshape(shape)
        at += stored
    return header["about"], arrays


def _shrunk(array: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """The array in its smallest form, and how many factors of two were taken out."""
    if array.size == 0:
        return array, 0
    low, high = int(array.min()), int(array.max())
    if low == high:
        array = array.reshape(-1)[:1]
    common = int(np.bitwise_or.reduce(array, axis=None))
    shift = (common & -common).bit_length() - 1 if common else 0
    fits = next(t for t in _SMALL if np.iinfo(t).min <= low >> shift and high >> shift <= np.iinfo(t).max)
    return (array >> shift).astype(fits), shift
