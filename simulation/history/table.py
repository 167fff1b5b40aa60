"""The columns of a file that are used, whole: no cell is read as a figure yet."""

from dataclasses import dataclass, field
from itertools import chain, islice

from simulation.history.cells import Cell, Row, open_sheet
from simulation.history.headers import TIMES, Field, Heading
from simulation.history.layouts import HEAD_ROWS, Layout, layout, recognised
from simulation.history.options import ReadingOptions
from simulation.history.problems import AnomalyKind, Problems, Report

TOTALS = (
    "total",
    "grand total",
    "subtotal",
    "sub total",
    "summary",
    "sum",
    "average",
    "avg",
    "gesamt",
    "suma",
    "somme",
)
"""How lines of totals begin, which reports end with."""


@dataclass
class Table:
    """Cells by column, row after row, with the numbers of the rows in the file."""

    form: str
    headings: dict[Field, Heading]
    rows: list[int] = field(default_factory=list)
    cells: dict[Field, list[Cell]] = field(default_factory=dict)

    def has(self, *fields: Field) -> bool:
        """Whether it has a column of each of the fields."""
        return all(one in self.cells for one in fields)

    def header(self, of: Field) -> str:
        """What the file calls a column."""
        return self.headings[of].header


def read_table(content: bytes, options: ReadingOptions, problems: Problems, report: Report) -> Table:
    """The table of a file. Raises HistoryError for what cannot be one; rows that do not fit are told together."""
    sheet = open_sheet(content, problems, recognised, options.sheet)
    head = list(islice(sheet.rows, HEAD_ROWS))
    found = layout([row for _, row in head], options.columns, problems, head[0][0] if head else 1)
    report.form = f"{found.form}, {sheet.form}"
    report.columns = {known.header: str(known.field) for known in found.columns.values()}
    report.ignored = found.ignored
    for one in found.unclear:
        either = f"--column {one.field}={one.header!r} or --column {one.unclear}={one.header!r}"
        report.note(AnomalyKind.UNCLEAR, f"{one.header!r} may be a mean or a total, and is not used: say {either}")
    table = Table(found.form, {known.field: known for known in found.columns.values()})
    table.cells = {known.field: [] for known in found.columns.values()}
    times = [k for k, known in found.columns.items() if known.field in (*TIMES, Field.INTERVAL)]
    for number, row in islice(chain(head, sheet.rows), found.skipped, None):
        _take(table, found, row, number, times, problems, report)
    report.rows = len(table.rows)
    if not table.rows and not problems.count:
        problems.add("has no rows below its header", "export it anew, with rows")
    problems.check()
    return table


def _take(
    table: Table, found: Layout, row: Row, number: int, times: list[int], problems: Problems, report: Report
) -> None:
    filled = [k for k, cell in enumerate(row) if cell != ""]
    if not filled:
        return
    first = row[filled[0]]
    if isinstance(first, str) and first.casefold().rstrip(":").startswith(TOTALS) and not _told(row, times):
        report.note(AnomalyKind.SKIPPED, f"{first!r} begins no slot: left out as a line of totals", row=number)
        return
    if filled[-1] >= found.width or _cut(row, found):
        has = filled[-1] + 1 if filled[-1] >= found.width else len(row)
        mend = "put quotation marks around what holds a separator, or export it anew: it may have been cut off"
        problems.add(f"has {has} cells where the header has {found.width}", mend, row=number)
        return
    table.rows.append(number)
    for k, known in found.columns.items():
        table.cells[known.field].append(row[k] if k < len(row) else "")


def _told(row: Row, times: list[int]) -> bool:
    """Whether a row says when it is."""
    return any(k < len(row) and str(row[k])[:1].isdigit() for k in times)


def _cut(row: Row, found: Layout) -> bool:
    """Whether cells are missing that are used."""
    return any(k >= len(row) for k in found.columns)
