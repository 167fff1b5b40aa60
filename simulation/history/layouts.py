"""Where a file's table begins and what its columns are: by its headers, or by the shape of a known file without any.

Without headers come, as their makers' manuals describe them:

- Calabrio's BPO exchange and its forecast files (help.calabrio.com, "BPO exchange file formats" and "Forecast file
  formats"): skill, start and end as `yyyyMMdd HH:mm`, contacts, task time, after-task time, agents;
- Calabrio's queue data ("Queue data file format"): interval, date `yyyyMMdd`, time, queue, its name, then offered,
  overflowed in, abandoned, overflowed out and answered contacts, total waits of answered and abandoned, talk,
  after-contact work, longest waits, agents, answered in time and more;
- Verint's strategic rows ("Format of the Import File"): queue, date, volume, handling time;
- a timestamp and a count, or a timestamp a contact.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from simulation.history.cells import Row
from simulation.history.dates import read_when
from simulation.history.headers import COUNTS, TIMES, Field, Heading, heading, headings
from simulation.history.problems import Problems
from simulation.scenario.problems import nearest

HEAD_ROWS = 40
"""Rows among which the header is looked for: reports have titles above it."""
_CALABRIO_TIME = re.compile(r"\d{8} \d\d:\d\d")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_EXCHANGE = (Field.QUEUE, Field.START, Field.END, Field.OFFERED, Field.TALK, Field.WRAP_UP, Field.AGENTS)
_QUEUE_DATA: tuple[Field | None, ...] = (
    Field.INTERVAL, Field.DATE, Field.START, None, Field.QUEUE, Field.OFFERED, None, Field.ABANDONED, None,
    Field.ANSWERED, Field.ANSWER_WAIT_TOTAL, Field.ABANDON_WAIT_TOTAL, Field.TALK_TOTAL, Field.WRAP_UP_TOTAL, None,
    None, Field.AGENTS, Field.ANSWERED_IN_TIME,
)  # fmt: skip
_STRATEGIC = (Field.QUEUE, Field.DATE, Field.OFFERED, Field.AHT)


@dataclass(frozen=True)
class Layout:
    """The first `skipped` rows are no data; `columns` says what each position is; a row has `width` cells."""

    form: str
    skipped: int
    columns: Mapping[int, Heading]
    ignored: Sequence[str]
    width: int
    unclear: Sequence[Heading] = ()
    """Columns that are not used because they may be means or totals."""


def recognised(head: Sequence[Row]) -> int:
    """How many columns are known in the best of the first rows of a file, with what parts its cells so far."""
    by_shape = _shape(head[0]) if head else None
    if by_shape is not None:
        return len(by_shape[1])
    return max((len(_known(row)) for row in head if _is_header(_known(row))), default=0)


def layout(head: Sequence[Row], given: Mapping[str, str], problems: Problems, first: int) -> Layout:
    """The layout of a file by its first rows, the first of them the `first` of the file. Raises HistoryError."""
    if head and not given and (shape := _shape(head[0])) is not None:
        form, fields = shape
        columns = {k: Heading(field, field) for k, field in enumerate(fields) if field is not None}
        return Layout(form, 0, columns, (), len(head[0]))
    best = max(range(len(head)), key=lambda k: _merit(head[k], given), default=None)
    if best is None or _merit(head[best], given) == 0:
        _refuse(head, problems, first)
        raise AssertionError("a problem was told")
    header = [str(cell) for cell in head[best]]
    while header and not header[-1]:
        header.pop()
    columns = headings(header, given, problems, first + best)
    problems.check()
    by_contact = not _fields(columns) & {*COUNTS}
    unclear = [] if by_contact else [known for known in columns.values() if known.unclear is not None]
    columns = {k: known for k, known in columns.items() if known not in unclear}
    ignored = [text for k, text in enumerate(header) if text and k not in columns]
    form = "rows by contact" if by_contact else "rows with headers"
    return Layout(form, best + 1, columns, ignored, len(header), unclear)


def _known(row: Row) -> dict[int, Heading]:
    found = {k: heading(cell) for k, cell in enumerate(row) if isinstance(cell, str) and cell}
    return {k: known for k, known in found.items() if known is not None}


def _fields(columns: Mapping[int, Heading]) -> set[Field]:
    return {known.field for known in columns.values()}


def _is_header(columns: Mapping[int, Heading]) -> bool:
    return bool(_fields(columns) & {*TIMES, Field.INTERVAL})


def _merit(row: Row, given: Mapping[str, str]) -> int:
    """How much of a header a row is: known columns, and those that whoever imports names."""
    named = sum(text in row for text in given.values())
    known = _known(row)
    return len(known) + 2 * named if named or _is_header(known) else 0


def _shape(row: Row) -> tuple[str, Sequence[Field | None]] | None:
    """What a file without headers is, by its first row, and its columns."""
    cells = [cell if isinstance(cell, str) else None for cell in row]
    if len(cells) in (6, 7) and all(cell and _CALABRIO_TIME.fullmatch(cell) for cell in cells[1:3]):
        return "Calabrio's exchange", _EXCHANGE[: len(cells)]
    if len(cells) >= len(_QUEUE_DATA) and cells[1] and re.fullmatch(r"\d{8}", cells[1]) and _is_time(cells[2]):
        return "Calabrio's queue data", [*_QUEUE_DATA, *[None] * (len(cells) - len(_QUEUE_DATA))]
    if len(row) == 4 and cells[0] and not _is_date(row[0]) and _is_date(row[1]) and _is_number(row[2:]):
        return "strategic rows without headers", _STRATEGIC
    if len(row) == 2 and _is_date(row[0]) and _is_number(row[1:]):
        return "timestamps and counts", (Field.START, Field.OFFERED)
    if len(row) == 1 and _is_date(row[0]):
        return "rows by contact", (Field.START,)
    return None


def _is_date(cell: object) -> bool:
    if isinstance(cell, date | datetime):
        return True
    when = read_when(cell) if isinstance(cell, str) else None
    return when is not None and (when.day is not None or when.numbers is not None)


def _is_time(cell: str | None) -> bool:
    when = read_when(cell) if cell else None
    return when is not None and when.minutes is not None and when.day is None and when.numbers is None


def _is_number(cells: Row) -> bool:
    return all(isinstance(cell, int | float) or (isinstance(cell, str) and _NUMBER.fullmatch(cell)) for cell in cells)


def _refuse(head: Sequence[Row], problems: Problems, first: int) -> None:
    """No row is a header: says what the fullest of the first rows has and what is needed."""
    fullest = max(range(len(head)), key=lambda k: sum(bool(cell) for cell in head[k]), default=0)
    texts = [str(cell) for cell in head[fullest] if cell != ""][:12] if head else []
    known = {"date": "date", "interval start": "start", "queue": "queue", "offered": "offered"}
    close = [f"{text!r} may be {known[near]}" for text in texts if (near := nearest(text, known)) is not None]
    message = f"has no column of times that is known; this row has {', '.join(map(repr, texts)) or 'nothing'}"
    mend = "name its columns, such as --column start='Begin of slot' --column offered='Calls in'"
    problems.add(message + (f" ({', '.join(close)})" if close else ""), mend, row=first + fullest if head else None)
    problems.check()
