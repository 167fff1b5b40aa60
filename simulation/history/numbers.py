"""Numbers and durations as files write them: the decimal mark is what the file itself proves, or is asked for."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from simulation.history.cells import Cell
from simulation.history.problems import Problems
from simulation.scenario.problems import shown

Float64 = NDArray[np.float64]
MARKS = {"POINT": ".", "COMMA": ","}
"""What `--decimal` may say."""
MISSING = {"", "-", "--", "n/a", "na", "null", "none", "nan", "—", "–"}
"""Cells that say nothing."""

_WHOLE = re.compile(r"[+-]?\d+")
_ONE_MARK = re.compile(r"[+-]?(\d+)([.,])(\d*)")
_LEADING = re.compile(r"[+-]?([.,])\d+")
_GROUPS = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+")
_BOTH = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})+([.,])\d*")
_EXPONENT = re.compile(r"[+-]?\d(?:([.,])\d+)?[eE][+-]?\d{1,3}")
_SPACED = re.compile(r"([+-]?\d{1,3})((?:[   ' ’]\d{3})+)((?:[.,]\d*)?)")
_CLOCK = re.compile(r"(\d{0,4}):([0-5]?\d)(?::([0-5]?\d(?:[.,]\d+)?))?")


def decimal_mark(texts: Iterable[tuple[str, int]], given: str | None, problems: Problems) -> str:
    """The mark of decimals of all of a file's numbers, each text with a row that has it.

    `12,5` proves a comma and `1,234.5` a point; `1,234` proves nothing, so where only such are there the file is not
    read until somebody says with `--decimal` what they are. Contradictions are refused.
    """
    proofs: dict[str, tuple[str, int]] = {}
    unclear: tuple[str, int] | None = None
    for text, row in texts:
        mark = proven_mark(text)
        if mark == "?":
            unclear = unclear or (text, row)
        elif mark:
            proofs.setdefault(mark, (text, row))
    if given is not None:
        for mark, (text, row) in proofs.items():
            if mark != MARKS[given]:
                problems.add(f"{shown(text)} is no number with a decimal {given.lower()}", _other(given), row=row)
        return MARKS[given]
    if len(proofs) == 2:
        (point, a), (comma, b) = proofs["."], proofs[","]
        message = f"{shown(point)} in row {a} has a decimal point and {shown(comma)} in row {b} a decimal comma"
        problems.add(message, "write all numbers alike", row=max(a, b))
    elif not proofs and unclear is not None:
        text, row = unclear
        whole, small = re.sub(r"[.,]", "", text), text.replace(",", ".")
        message = f"{shown(text)} may be {whole} or {small}, and nothing in the file says which"
        problems.add(message, "say it with --decimal POINT or --decimal COMMA", row=row)
    return next(iter(proofs), ".")


def _other(given: str) -> str:
    return f"write --decimal {'COMMA' if given == 'POINT' else 'POINT'}, or write all numbers alike"


def proven_mark(text: str) -> str:
    """Which mark of decimals a text proves: `.` or `,`; `?` if it has a mark that may be either, empty for none."""
    text = _unspaced(text)
    if (leading := _LEADING.fullmatch(text)) is not None:
        return leading[1]
    if (one := _ONE_MARK.fullmatch(text)) is not None:
        whole, mark, digits = one.groups()
        may_group = len(digits) == 3 and len(whole) <= 3 and whole[0] != "0"
        return "?" if may_group else mark
    if (groups := _GROUPS.fullmatch(text)) is not None:
        return "," if groups[1] == "." else "."
    if (both := _BOTH.fullmatch(text)) is not None and both[1] != both[2]:
        return both[2]
    exponent = _EXPONENT.fullmatch(text)
    return (exponent[1] or "") if exponent is not None else ""


def _unspaced(text: str) -> str:
    """A number without blanks and apostrophes between groups of three digits."""
    spaced = _SPACED.fullmatch(text)
    return text if spaced is None else spaced[1] + re.sub(r"\D", "", spaced[2]) + spaced[3]


def number(text: str, mark: str) -> float | None:
    """The number that a text is; None if it is none."""
    text = _unspaced(text)
    if _WHOLE.fullmatch(text):
        return float(text)
    group = "," if mark == "." else "."
    proof = proven_mark(text)
    if proof == "?":
        return float(text.replace(group, "").replace(mark, "."))
    if proof != mark and not (proof == "" and _EXPONENT.fullmatch(text)):
        return None
    return float(text.replace(group, "").replace(mark, "."))


def duration(text: str, mark: str, unit: float) -> float | None:
    """Seconds of a number of units, of `hours:minutes:seconds` or of `minutes:seconds`, as reports print them."""
    if (clock := _CLOCK.fullmatch(text)) is None:
        value = number(text, mark)
        return None if value is None else value * unit
    first, second, third = int(clock[1] or 0), float(clock[2]), clock[3]
    return first * 60 + second if third is None else first * 3600 + second * 60 + float(third.replace(",", "."))


def texts(cells: Iterable[tuple[Cell, int]]) -> dict[str, int]:
    """The texts among cells, each with the first row that has it."""
    found: dict[str, int] = {}
    for cell, row in cells:
        if isinstance(cell, str) and cell not in found:
            found[cell] = row
    return found


def figures(
    cells: Sequence[Cell], rows: Sequence[int], mark: str, unit: float | None, column: str, problems: Problems
) -> Float64:
    """A column as numbers, NaN where a cell says nothing; with a unit, as seconds. Negative ones are refused."""
    known: dict[str, float] = {}
    values = np.full(len(cells), np.nan)
    for k, cell in enumerate(cells):
        value = _figure(cell, mark, unit, known)
        if value is None:
            what = "a duration" if unit is not None else "a number"
            problems.add(f"{shown(_told(cell))} is not {what}", _mend(unit), row=rows[k], column=column)
        elif value < 0 or value in (np.inf, -np.inf):
            mend = "correct it, or leave the cell empty"
            problems.add(f"{shown(_told(cell))} is less than 0 or endless", mend, row=rows[k], column=column)
        else:
            values[k] = value
    return values


def _mend(unit: float | None) -> str:
    return (
        "write seconds or hh:mm:ss, or leave the cell empty" if unit is not None else "write digits, or leave it empty"
    )


def _figure(cell: Cell, mark: str, unit: float | None, known: dict[str, float]) -> float | None:
    """None for what is no figure."""
    if isinstance(cell, str):
        if cell in known:
            return known[cell]
        if cell.casefold() in MISSING:
            value: float | None = np.nan
        else:
            value = number(cell, mark) if unit is None else duration(cell, mark, unit)
        if value is not None:
            known[cell] = value
        return value
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) * (unit or 1.0)
    if unit is None or isinstance(cell, date | datetime):
        return None
    if isinstance(cell, time):
        return cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6
    return cell.total_seconds()


def _told(cell: Cell) -> object:
    return str(cell) if isinstance(cell, date | time | timedelta) else cell


def given_mark(word: str | None, problems: Problems) -> str | None:
    """What `--decimal` was given, in capitals."""
    if word is None or word.upper() in MARKS:
        return None if word is None else word.upper()
    problems.add(f"--decimal {word} is no mark", "write --decimal POINT or --decimal COMMA")
    return None
