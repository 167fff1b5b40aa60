"""Files of measured demand, written as people and programs write them."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import xlsxwriter

from simulation.history.history import History
from simulation.history.options import ReadingOptions
from simulation.history.problems import HistoryError, Report
from simulation.history.reading import read_history

UTC = "UTC"


def read(text: str | bytes, **options: Any) -> History:
    return read_both(text, **options)[0]


def read_both(text: str | bytes, **options: Any) -> tuple[History, Report]:
    content = text.encode() if isinstance(text, str) else text
    return read_history(content, "calls.csv", ReadingOptions(**{"timezone": UTC, **options}))


def refused(text: str | bytes, **options: Any) -> list[str]:
    """What is said of a file that is refused, problem after problem."""
    with pytest.raises(HistoryError) as error:
        read_both(text, **options)
    return [str(problem) for problem in error.value.problems]


def table(rows: Sequence[Sequence[object]], separator: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue()


def workbook(rows: Sequence[Sequence[object]], *, sheets: int = 1) -> bytes:
    """A workbook with dates, times and durations as its own cells."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    forms = {
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
        time: book.add_format({"num_format": "hh:mm"}),
        timedelta: book.add_format({"num_format": "[h]:mm:ss"}),
    }
    for _ in range(sheets):
        sheet = book.add_worksheet()
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if type(cell) in forms:
                    sheet.write_datetime(r, c, cell, forms[type(cell)])
                else:
                    sheet.write(r, c, cell)
    book.close()
    return content.getvalue()


def offered(history: History) -> list[float]:
    (queue,) = history.queues
    values: list[float] = queue.offered.tolist()
    return values
