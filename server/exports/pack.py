"""A vendor's requirement pack written to files: a workbook, tables of commas, or Calabrio's BPO exchange.

Calabrio's file has a row a skill and interval, sorted by skill, without a heading, in UTF-8: name, start and end as
local time (yyyyMMdd HH:mm), three zeros in place of contacts and their times, agents. Local time has no offset: of an
hour that a clock change repeats the higher requirement stands once.
Source: help.calabrio.com, "BPO exchange file formats".
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from server.exports.table import safe

if TYPE_CHECKING:
    from simulation.preview.pack import RequirementPack

Cell = str | float | None
Sheet = tuple[str, Sequence[str], list[list[Cell]]]
CALABRIO_INSTANT = "%Y%m%d %H:%M"


def sheets(pack: "RequirementPack") -> Iterator[Sheet]:
    """Intervals, weeks and classes: (name, headings, rows)."""
    intervals: list[list[Cell]] = []
    for team, required in pack.required.items():
        ordered = [None] * len(required) if pack.ordered is None else pack.ordered[team].tolist()
        rows = zip(pack.starts, pack.ends, required.tolist(), ordered, pack.hours.tolist(), strict=True)
        for start, end, agents, order, hours in rows:
            on_order = None if order is None else round(order * hours, 6)
            intervals.append([safe(team), start.isoformat(), end.isoformat(), agents, agents * hours, order, on_order])
    yield (
        "intervals",
        ("team", "start", "end", "required_agents", "required_hours", "ordered_agents", "ordered_hours"),
        intervals,
    )
    yield (
        "weeks",
        ("team", "week", "required_fte", "planned_fte", "required_heads", "planned_heads"),
        [
            [safe(one.team), str(one.week), one.required_fte, one.planned_fte, one.required_heads, one.planned_heads]
            for one in pack.weeks
        ],
    )
    yield (
        "classes",
        ("team", "start", "heads", "training_weeks", "on_floor", "until"),
        [
            [safe(one.team), str(one.start), one.heads, one.training_weeks, str(one.on_floor), _day(one.until)]
            for one in pack.classes
        ],
    )


def _day(day: date | None) -> str | None:
    return None if day is None else str(day)


def write_workbook(pack: "RequirementPack", path: Path) -> list[Path]:
    from xlsxwriter import Workbook  # a quarter of a second to load

    book = Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    for name, headings, rows in sheets(pack):
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        lines: list[Sequence[Cell]] = [headings, *rows]
        for at, row in enumerate(lines):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(at, place, value)
                elif value is not None:
                    sheet.write_number(at, place, value)
    book.close()
    return [path]


def write_tables(pack: "RequirementPack", path: Path) -> list[Path]:
    """One file a sheet: NAME-intervals.csv, NAME-weeks.csv, NAME-classes.csv."""
    written = []
    for name, headings, rows in sheets(pack):
        file = path.with_name(f"{path.stem}-{name}.csv")
        with file.open("w", encoding="utf-8", newline="") as opened:
            table = csv.writer(opened)
            table.writerow(headings)
            table.writerows(rows)
        written.append(file)
    return written


def write_calabrio(pack: "RequirementPack", path: Path) -> list[Path]:
    with path.open("w", encoding="utf-8", newline="") as opened:
        table = csv.writer(opened)
        for queue in sorted(pack.by_queue):
            most: dict[tuple[str, str], float] = {}
            for start, hours, agents in zip(
                pack.starts, pack.hours.tolist(), pack.by_queue[queue].tolist(), strict=True
            ):
                shown = start.replace(tzinfo=None)  # by the wall clock, which a change would let end before it begins
                key = calabrio_time(shown), calabrio_time(shown + timedelta(hours=hours))
                most[key] = max(most.get(key, 0.0), agents)
            table.writerows([safe(queue), *key, 0, 0, 0, f"{agents:.2f}"] for key, agents in most.items() if agents)
    return [path]


def calabrio_time(instant: datetime) -> str:
    return instant.strftime(CALABRIO_INSTANT)


WRITERS = {"xlsx": write_workbook, "csv": write_tables, "calabrio": write_calabrio}
"""By what `--to` names."""
