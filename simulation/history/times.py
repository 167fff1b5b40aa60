"""When each row of a table is: readings of a clock, lengths of slots and offsets, or whole weeks and months."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulation.history.cells import Cell
from simulation.history.dates import DateOrder, When, clock_number, date_order, moment, read_when, split_range
from simulation.history.headers import Field, key
from simulation.history.options import ReadingOptions
from simulation.history.problems import Problems, Report
from simulation.history.table import Table
from simulation.scenario.problems import shown

Float64 = NDArray[np.float64]
DAY_MINUTES = 1440
LENGTHS = (1, 2, 5, 6, 10, 12, 15, 20, 30, 60, 120, 240, 480, 720, 1440)
_EPOCH = date(1970, 1, 1).toordinal()
_HOURS = {"hour", "hora", "heure", "stunde"}
_MONTH = re.compile(
    r"(?P<y>\d{4})[-/.]?(?P<m>0[1-9]|1[0-2])|(?P<m2>\d{1,2})[-/.](?P<y2>\d{4})|(?P<n>[A-Za-z]{3,9})\.?[-\s]?(?P<y3>\d{4})"
)
_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.IGNORECASE)
_MEND = "write it as 2026-03-02 07:30, or name the column that has it with --column start=..."


@dataclass(frozen=True)
class Times:
    """When rows are.

    minutes: (rows,) readings of the file's clock in minutes since 1970-01-01T00:00, NaN where only a period is known
    lengths: (rows,) minutes that a row covers, NaN where it does not say
    offsets: (rows,) minutes by which the reading is ahead of UTC, NaN where it does not say
    dated:   whether rows are of whole days
    periods: by row, months `2026-03` or weeks `2026-W10`; empty where rows are of slots or days
    """

    minutes: Float64
    lengths: Float64
    offsets: Float64
    dated: bool
    periods: Sequence[str] = ()


def read_times(table: Table, options: ReadingOptions, problems: Problems, report: Report) -> Times:
    """When the rows of a table are. What is ambiguous or unreadable is a problem; raises HistoryError."""
    periods = _periods(table)
    if periods is not None:
        return _of_periods(periods, table, problems)
    starts, range_ends = _start_column(table, problems)
    days = _column(table, Field.DATE, problems) if table.has(Field.DATE) else None
    ends = _column(table, Field.END, problems) if table.has(Field.END) else range_ends
    problems.check()
    order = _order(table, [column for column in (days, starts, ends) if column], options, problems)
    report.dates = order if order else None
    problems.check()
    found = _combined(table, days, starts, ends, order, problems)
    return _whole_periods(found, table, options, problems) if found.dated and options.minutes is None else found


Column = list[When | None]


def _start_column(table: Table, problems: Problems) -> tuple[Column | None, Column | None]:
    """The times at which rows begin and, where cells are spans, end."""
    field = Field.START if table.has(Field.START) else Field.INTERVAL
    other = next((one for one in (Field.MONTH, Field.WEEK) if table.has(one)), None)
    if field is Field.INTERVAL and (not table.has(field) or _is_length(table.cells[field])):
        return (_column(table, other, problems), None) if other and not table.has(Field.DATE) else (None, None)
    cells = table.cells[field]
    pairs = [split_range(cell) if isinstance(cell, str) else (cell, None) for cell in cells]
    starts = _read(table, field, [begin for begin, _ in pairs], problems)
    if not any(end for _, end in pairs):
        return starts, None
    return starts, _read(table, field, [end or "" for _, end in pairs], problems)


def _is_length(cells: Sequence[Cell]) -> bool:
    return all(_length(cell) is not None for cell in cells)


def _length(cell: Cell) -> int | None:
    text = cell if isinstance(cell, str) else f"{cell:g}" if isinstance(cell, int | float) else ""
    return int(text) if text.isdecimal() and len(text) <= 4 and int(text) in LENGTHS else None


def _column(table: Table, field: Field, problems: Problems) -> Column:
    return _read(table, field, table.cells[field], problems)


def _read(table: Table, field: Field, cells: Sequence[Cell], problems: Problems) -> Column:
    numbers = {str(cell) for cell in cells if cell != ""} if field is not Field.DATE else set()
    header = table.header(field)
    if numbers and all(text.isdecimal() and len(text) <= 4 for text in numbers):
        return _clock_numbers(table, header, cells, problems)
    _check_kinds(table, header, cells, problems)
    found: Column = []
    for cell, row in zip(cells, table.rows, strict=True):
        when = read_when(cell) if isinstance(cell, str) else moment(cell)
        if when is None and not (cell == "" and field in (Field.END, Field.DATE)):
            what = f"{shown(cell if isinstance(cell, str) else str(cell))} is no date or time that is known"
            problems.add(what if cell != "" else "says no time", _MEND, row=row, column=header)
        found.append(when)
    return found


def _clock_numbers(table: Table, header: str, cells: Sequence[Cell], problems: Problems) -> Column:
    """Times of day without a colon: 0730, or numbers of hours in a column that says so."""
    hours = key(header) in _HOURS
    if not hours and all(len(str(cell)) <= 2 for cell in cells):
        message = "has numbers that may be hours or minutes"
        problems.add(message, "write times as 07:30, or call the column hour", row=table.rows[0], column=header)
        return [None] * len(cells)
    found: Column = []
    for cell, row in zip(cells, table.rows, strict=True):
        minutes = clock_number(str(cell), hours=hours)
        if minutes is None:
            problems.add(f"{shown(cell)} is no time of day", "write 0730 or 07:30", row=row, column=header)
        found.append(When(None, None, minutes, None))
    return found


def _check_kinds(table: Table, header: str, cells: Sequence[Cell], problems: Problems) -> None:
    """A workbook's column that holds dates and texts was read by it in part, days and months exchanged."""
    texts = [k for k, cell in enumerate(cells) if isinstance(cell, str) and cell and read_when(cell) is not None]
    texts = [k for k in texts if (when := read_when(str(cells[k]))) is not None and when.numbers is not None]
    if texts and any(isinstance(cell, date) for cell in cells):
        row = table.rows[texts[0]]
        message = (
            f"{shown(cells[texts[0]])} is text where other rows have dates of the workbook, which may have day and"
        )
        mend = "export it as CSV from where it comes, or make all of them dates"
        problems.add(f"{message} month exchanged", mend, row=row, column=header)


def _order(table: Table, columns: Sequence[Column], options: ReadingOptions, problems: Problems) -> DateOrder | None:
    seen: dict[When, int] = {}
    for column in columns:
        for when, row in zip(column, table.rows, strict=True):
            if when is not None and when.numbers is not None:
                seen.setdefault(when, row)
    found = [(when, _text(when), row) for when, row in sorted(seen.items(), key=lambda pair: pair[1])]
    return date_order(found, options.dates, problems)


def _text(when: When) -> str:
    return "/".join(when.numbers or ())


def _combined(
    table: Table,
    days: Column | None,
    starts: Column | None,
    ends: Column | None,
    order: DateOrder | None,
    problems: Problems,
) -> Times:
    count = len(table.rows)
    minutes, offsets = np.full(count, np.nan), np.full(count, np.nan)
    lengths = _lengths(table)
    timed = 0
    for k, row in enumerate(table.rows):
        start, day = starts[k] if starts else None, days[k] if days else None
        on = (start.date_in(order) if start else None) or (day.date_in(order) if day else None)
        at = start.minutes if start and start.minutes is not None else day.minutes if day else None
        if on is None:
            problems.add("says no date", _MEND, row=row)
            continue
        timed += at is not None
        minutes[k] = (on.toordinal() - _EPOCH) * DAY_MINUTES + (at or 0.0)
        offset = next((one.offset for one in (start, day) if one is not None and one.offset is not None), None)
        offsets[k] = np.nan if offset is None else offset
        if ends and (end := ends[k]) is not None:
            lengths[k] = _until(end, minutes[k], order)
    problems.check()
    if timed not in (0, count):
        row = next(row for k, row in enumerate(table.rows) if not _is_timed(starts, days, k))
        problems.add("says no time of day where other rows do", _MEND, row=row)
        problems.check()
    return Times(minutes, lengths, offsets, dated=timed == 0)


def _is_timed(starts: Column | None, days: Column | None, k: int) -> bool:
    told = [column[k] for column in (starts, days) if column]
    return any(when is not None and when.minutes is not None for when in told)


def _lengths(table: Table) -> Float64:
    if table.has(Field.INTERVAL) and _is_length(table.cells[Field.INTERVAL]):
        unit = table.headings[Field.INTERVAL].unit
        return np.array(
            [float(_length(cell) or 0) * (unit / 60 if unit > 60 else 1) for cell in table.cells[Field.INTERVAL]]
        )
    return np.full(len(table.rows), np.nan)


def _until(end: When, begin: float, order: DateOrder | None) -> float:
    """Minutes from a reading to an end, which may be the last minute or second of the slot itself."""
    on = end.date_in(order)
    day = begin // DAY_MINUTES if on is None else on.toordinal() - _EPOCH
    span = day * DAY_MINUTES + (end.minutes or 0.0) - begin
    if on is None and span <= 0:
        span += DAY_MINUTES
    if on is not None and end.minutes is None:  # a last day, which belongs to the slot
        span += DAY_MINUTES
    return next((float(whole) for whole in LENGTHS if whole - 1 <= span < whole), span)


def _periods(table: Table) -> list[str] | None:
    """The months or weeks of rows that name nothing finer; None where rows are of days or slots."""
    for field in (Field.MONTH, Field.WEEK, Field.DATE, Field.START):
        if table.has(field):
            texts = [cell if isinstance(cell, str) else "" for cell in table.cells[field]]
            found = [_period(text) for text in texts]
            return [one for one in found if one] if all(found) else None
    return None


def _period(text: str) -> str | None:
    if week := _WEEK.fullmatch(text):
        return f"{week[1]}-W{week[2]}"
    month = _MONTH.fullmatch(text)
    if month is None:
        return None
    if month["n"]:
        when = read_when(f"1 {month['n']} {month['y3']}")
        return f"{when.day:%Y-%m}" if when and when.day else None
    year, number = month["y"] or month["y2"], int(month["m"] or month["m2"])
    return f"{year}-{number:02}" if 1 <= number <= 12 else None


def _of_periods(periods: list[str], table: Table, problems: Problems) -> Times:
    if len({len(period) for period in periods}) > 1:
        problems.add("has months and weeks", "import them one after the other")
        problems.check()
    nothing = np.full(len(table.rows), np.nan)
    return Times(nothing, nothing, nothing, dated=False, periods=periods)


def _whole_periods(found: Times, table: Table, options: ReadingOptions, problems: Problems) -> Times:
    """Rows by date as rows by month or week, where that is what their dates, or their column, say."""
    dates = [date.fromordinal(int(minutes) // DAY_MINUTES + _EPOCH) for minutes in found.minutes]
    distinct = sorted(set(dates))
    firsts = all(day.day == 1 for day in distinct)
    weekly = all((day - distinct[0]).days % 7 == 0 for day in distinct)
    if table.has(Field.MONTH) and not table.has(Field.DATE):
        return _named(found, [f"{day:%Y-%m}" for day in dates], firsts, "first of a month", table, problems)
    by_week = table.has(Field.WEEK) and not table.has(Field.DATE)
    if by_week or (weekly and len(distinct) > 2):
        mondays = all(day.weekday() == 0 for day in distinct)
        names = ["{}-W{:02}".format(*day.isocalendar()[:2]) for day in dates]
        return _named(found, names, mondays, "Monday, on which weeks of a scenario begin", table, problems)
    if firsts and len(distinct) > 2:
        return _named(found, [f"{day:%Y-%m}" for day in dates], True, "", table, problems)
    if firsts and not found.lengths[~np.isnan(found.lengths)].size:
        mend = "write --minutes 1440 for days, or write months as 2026-03"
        problems.add("has rows of the first of a month only, which may be days or months", mend, row=table.rows[0])
        problems.check()
    return found


def _named(found: Times, names: list[str], whole: bool, wanted: str, table: Table, problems: Problems) -> Times:
    if not whole:
        mend = "write --minutes 1440 if rows are days, or import rows by day or by month"
        problems.add(f"has a date that is no {wanted}", mend, row=table.rows[0])
        problems.check()
    return Times(found.minutes, found.lengths, found.offsets, dated=False, periods=names)
