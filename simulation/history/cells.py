"""A file as rows of cells: CSV in whatever encoding and with whatever separator, or a sheet of a workbook.

Memory is bounded: a file has at most `MOST_BYTES`, unpacked at most `MOST_UNPACKED`, and at most `MOST_ROWS` rows of
`MOST_CELLS` cells; equal texts are kept once.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from simulation.history.problems import Problems

Cell = str | float | bool | date | datetime | time | timedelta
"""What a cell holds; of text files always text, stripped."""
Row = list[Cell]

MOST_BYTES = 64_000_000
MOST_UNPACKED = 400_000_000
MOST_ROWS = 1_000_000
MOST_CELLS = 300
MOST_CHARACTERS = 1_000
"""Of a cell."""
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SAMPLE_LINES = 60
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_OLE = b"\xd0\xcf\x11\xe0"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Sheet:
    """The rows of a file from the first to the last, with their numbers from 1, and how it was read, in words."""

    rows: Iterator[tuple[int, Row]]
    form: str
    is_text: bool


def open_sheet(
    content: bytes, problems: Problems, recognised: Callable[[list[Row]], int], sheet: str | None = None
) -> Sheet:
    """The rows of a file's content.

    `recognised` says of the first rows how many columns it knows; the separator by which it knows most is the file's.
    `sheet` names a sheet of a workbook; left out, the only one with cells. Raises HistoryError.
    """
    check_size(len(content), problems)
    if not content.strip():
        problems.add("is empty", "export it anew")
    elif content.startswith(_OLE):
        problems.add("is an old or a locked workbook", "save it as .xlsx without a password, or as CSV")
    problems.check()
    if content.startswith(b"PK"):
        return _of_workbook(content, problems, sheet)
    return _of_text(content, problems, recognised)


def check_size(size: int, problems: Problems) -> None:
    """Refuses a file that is larger than what is read, before any of it is."""
    if size > MOST_BYTES:
        message = f"has {size / 1e6:.0f} MB, and at most {MOST_BYTES / 1e6:.0f} MB are read"
        problems.add(message, "split it by queue or by month, or export fewer columns")
        problems.check()


def _of_text(content: bytes, problems: Problems, recognised: Callable[[list[Row]], int]) -> Sheet:
    text, encoding = _decoded(content, problems)
    first, _, rest = text.partition("\n")
    if first.strip().casefold().startswith("sep=") and len(first.strip()) == 5:
        given, skipped, text = first.strip()[4], 1, rest
    else:
        given, skipped = None, 0
    separator = given if given in SEPARATORS else _separator(text, recognised)
    rows = _bounded(_parsed(io.StringIO(text, newline=""), separator, problems, skipped), problems)
    return Sheet(rows, f"text in {encoding}, {SEPARATORS[separator]}-separated", is_text=True)


def _decoded(content: bytes, problems: Problems) -> tuple[str, str]:
    """The text and the name of its encoding."""
    for mark, name in _BOMS.items():
        if content.startswith(mark):
            return _strictly(content, name, problems), name.removesuffix("-sig").upper()
    sample = content[:2000]
    if sample.count(0) > len(sample) // 4:  # every other byte of Western text in UTF-16
        name = "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
        return _strictly(content, name, problems), "UTF-16"
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _strictly(content, "cp1252", problems), "Windows-1252"


def _strictly(content: bytes, encoding: str, problems: Problems) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        problems.add("is not text", "export it as CSV in UTF-8, or as .xlsx")
        problems.check()
    return text


def _separator(text: str, recognised: Callable[[list[Row]], int]) -> str:
    lines = list(islice(io.StringIO(text, newline=""), SAMPLE_LINES))
    known = {each: recognised(list(_sampled(lines, each))) for each in SEPARATORS}
    return max(known, key=lambda each: known[each])


def _sampled(lines: list[str], separator: str) -> Iterator[Row]:
    try:
        for cells in csv.reader(lines, delimiter=separator):
            yield [cell.strip() for cell in cells]
    except csv.Error:
        return


def _parsed(text: io.StringIO, separator: str, problems: Problems, skipped: int) -> Iterator[tuple[int, Row]]:
    kept: dict[str, str] = {}
    reader = csv.reader(text, delimiter=separator, strict=True)
    end = 0
    try:
        for cells in reader:
            begin, end = end + 1 + skipped, reader.line_num
            yield begin, [kept.setdefault(stripped, stripped) for stripped in map(str.strip, cells)]
            if len(kept) > 2 * MOST_ROWS:
                kept.clear()
    except csv.Error as error:
        problems.add(f"is no CSV ({error})", "close every quotation mark, or export it anew", row=end + 1 + skipped)
        problems.check()


def _of_workbook(content: bytes, problems: Problems, wanted: str | None) -> Sheet:
    from python_calamine import CalamineError, CalamineWorkbook

    _check_unpacked(content, problems)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        filled = [name for name in book.sheet_names if book.get_sheet_by_name(name).end is not None]
        name = _chosen(book.sheet_names, filled, problems, wanted)
        found = book.get_sheet_by_name(name)
        above = found.start[0] if found.start else 0
        numbered = ((above + k, list(row)) for k, row in enumerate(found.iter_rows(), 1))
        return Sheet(_bounded(_stripped(numbered), problems), f"workbook, sheet {name!r}", is_text=False)
    except CalamineError as error:
        problems.add(f"is no workbook that can be read ({error})", "save it anew as .xlsx, or as CSV")
        problems.check()
        raise  # never: there is a problem


def _check_unpacked(content: bytes, problems: Problems) -> None:
    """Unpacks it once, thrown away part by part: sizes that an archive states need not be true."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            total = 0
            for entry in archive.infolist():
                with archive.open(entry) as file:
                    while part := file.read(_CHUNK):
                        total += len(part)
                        if total > MOST_UNPACKED:
                            most = f"{MOST_UNPACKED / 1e6:.0f} MB"
                            problems.add(f"has more than {most} when it is unpacked", "split it, or save it as CSV")
                            problems.check()
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        problems.add(f"is no whole workbook ({error})", "save it anew as .xlsx, or as CSV")
        problems.check()


def _chosen(names: list[str], filled: list[str], problems: Problems, wanted: str | None) -> str:
    if wanted is not None and wanted not in names:
        problems.add(f"has no sheet {wanted!r}", f"name one of {', '.join(names)} with --sheet")
    elif wanted is None and len(filled) != 1:
        found = f"has {len(filled)} sheets with cells" if filled else "has no cells"
        problems.add(found, f"name one of {', '.join(filled)} with --sheet" if filled else "export it anew")
    problems.check()
    return wanted or filled[0]


def _stripped(rows: Iterable[tuple[int, list[Cell]]]) -> Iterator[tuple[int, Row]]:
    kept: dict[str, str] = {}
    for number, row in rows:
        yield number, [kept.setdefault(cell.strip(), cell.strip()) if isinstance(cell, str) else cell for cell in row]


def _bounded(rows: Iterator[tuple[int, Row]], problems: Problems) -> Iterator[tuple[int, Row]]:
    for count, (number, row) in enumerate(rows):
        if count >= MOST_ROWS:
            problems.add(f"has more than {MOST_ROWS:,} rows", "split it by queue or by year", row=number)
        elif len(row) > MOST_CELLS:
            problems.add(f"has {len(row)} cells", f"export at most {MOST_CELLS} columns", row=number)
        elif any(isinstance(cell, str) and len(cell) > MOST_CHARACTERS for cell in row):
            problems.add(f"has a cell of more than {MOST_CHARACTERS} characters", "export it anew", row=number)
        problems.check()
        yield number, row


def read_bytes(path: str, name: str) -> bytes:
    """The content of a file of at most `MOST_BYTES`; raises HistoryError for a larger one, OSError as `open` does."""
    problems = Problems(name)
    with open(path, "rb") as file:
        content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            check_size(max(file.seek(0, 2), MOST_BYTES + 1) if file.seekable() else MOST_BYTES + 1, problems)
    return content
