"""From a file to a history: `read_history` is the way in."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulation.history.cells import Cell
from simulation.history.derived import per_contact
from simulation.history.headers import DURATIONS, FIGURES, Field
from simulation.history.history import History, PeriodTotals, QueueHistory
from simulation.history.numbers import decimal_mark, figures, given_mark, texts
from simulation.history.oddities import note_oddities
from simulation.history.options import ReadingOptions, zone_of
from simulation.history.placed import Placed, by_local_clock, check_offsets
from simulation.history.problems import Problems, Report
from simulation.history.slots import history_of, on_slots, slot_minutes
from simulation.history.table import Table, read_table
from simulation.history.times import DAY_MINUTES, Times, read_times
from simulation.scenario.calendar import FIRST_YEAR, LAST_YEAR
from simulation.scenario.problems import nearest, shown

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
MOST_QUEUES = 1_000
CONTACT_MINUTES = 30
"""Slots into which contacts are counted where nobody says another length."""
TOTAL_NAMES = {"all", "total", "totals", "alle", "todos", "tous", "gesamt", "overall", "all queues"}


def read_history(content: bytes, name: str, options: ReadingOptions | None = None) -> tuple[History, Report]:
    """What a file says of the past, and how it was read.

    content: the file, CSV or XLSX
    name:    what problems are reported under; its stem is the queue's name where no column names one

    Raises HistoryError with everything that is wrong with it. Nothing that can be read in two ways is guessed: the
    problem names the option that says which it is.
    """
    options, problems, report = options or ReadingOptions(), Problems(name), Report(name)
    options.check(problems)
    problems.check()
    table = read_table(content, options, problems, report)
    zone = _zone(table, options, problems)
    times = read_times(table, options, problems, report)
    measured = _measured(table, times, options, problems, report)
    queues = _queues(table, options, problems, name)
    problems.check()
    assert zone is not None  # else a problem was told
    if times.periods:
        return History(totals=tuple(_totals(times.periods, measured, queues, table.rows, zone, problems))), report
    found = [
        _one(members, times, measured, table, zone, options, problems, report, queue, called)
        for (queue, called), members in queues.items()
    ]
    problems.check()
    history = History(queues=tuple(one for one in found if one is not None))
    _check_total(history, options, problems)
    return history, report


def _zone(table: Table, options: ReadingOptions, problems: Problems) -> ZoneInfo | None:
    """The queues' zone: as given, or as a column names it; names that differ are refused."""
    named = {str(cell): row for cell, row in zip(table.cells.get(Field.ZONE, []), table.rows, strict=False) if cell}
    if len(named) > 1:
        told = " and ".join(map(repr, list(named)[:3]))
        problems.add(
            f"has rows in the zones {told}", "import those of each zone by themselves", row=max(named.values())
        )
    name = options.timezone or next(iter(named), None)
    if name is None:
        message = "does not say in which time zone its queues are"
        problems.add(message, "say it with --timezone America/New_York or another name of the IANA")
        return None
    if named and options.timezone and next(iter(named)) != options.timezone and options.clock is None:
        message = f"has rows in the zone {next(iter(named))!r}, not {options.timezone}"
        problems.add(message, f"write --clock {next(iter(named))} if that is the clock of its times")
    return zone_of(name, "--timezone" if options.timezone else table.header(Field.ZONE), problems)


def _measured(
    table: Table, times: Times, options: ReadingOptions, problems: Problems, report: Report
) -> dict[str, Float64]:
    """The figures of every row."""
    held = [field for field in FIGURES if table.has(field)]
    cells = chain.from_iterable(zip(table.cells[field], table.rows, strict=True) for field in held)
    found = texts(cells)
    mark = decimal_mark(found.items(), given_mark(options.decimal, problems), problems)
    if any("." in text or "," in text for text in found):
        report.decimal = "point" if mark == "." else "comma"
    problems.check()
    raw = {}
    for field in held:
        unit = table.headings[field].unit if field in DURATIONS else None
        raw[field] = figures(table.cells[field], table.rows, mark, unit, table.header(field), problems)
    measured = per_contact(raw, report)
    _check_volumes(measured, table, problems)
    problems.check()
    if table.form == "rows by contact":
        measured = _of_contacts(measured, len(table.rows))
    elif "offered" not in measured:
        message = "has no column of contacts offered, nor of answered and abandoned ones"
        problems.add(message, "name it with --column offered='its header'")
    elif not np.nansum(measured["offered"]) and np.nansum(measured.get("agents", [0.0])):
        problems.add(
            "holds ordered agents and no contacts, as an exchange for vendors does", "import the forecast itself"
        )
    elif np.isnan(measured["offered"]).all():
        problems.add("says of no row how many contacts were offered", "export it with that column filled")
    return measured


def _of_contacts(measured: Mapping[str, Float64], rows: int) -> dict[str, Float64]:
    """Each row is a contact: offered once, and answered if it has a handling time."""
    one = {"offered": np.ones(rows)}
    if "aht_seconds" in measured:
        one |= {"answered": (measured["aht_seconds"] > 0).astype(float), "aht_seconds": measured["aht_seconds"]}
    return one


def _check_volumes(measured: Mapping[str, Float64], table: Table, problems: Problems) -> None:
    for name, most in (("offered", 10_000_000.0), ("agents", 100_000.0), ("aht_seconds", 1_000_000.0)):
        for k in np.flatnonzero(measured.get(name, np.zeros(0)) > most):
            message = f"{measured[name][k]:g} {name.replace('_', ' ')} in one row cannot be"
            problems.add(message, f"correct it; at most {most:,.0f} are taken", row=table.rows[k])


Names = dict[tuple[str, str], NDArray[np.intp]]


def _queues(table: Table, options: ReadingOptions, problems: Problems, file: str) -> Names:
    """Positions of the rows of each queue, by its id and the file's name for it, in the order of first rows."""
    stem = re.sub(r"\.[A-Za-z0-9]+$", "", re.split(r"[\\/]", file)[-1]) or "queue"
    cells: list[Cell] = table.cells.get(Field.QUEUE, [stem] * len(table.rows))
    found: dict[str, list[int]] = {}
    for k, cell in enumerate(cells):
        if cell == "":
            problems.add("names no queue", "name it, or take the row out", row=table.rows[k])
        found.setdefault(_name(cell), []).append(k)
    for wanted in options.queues:
        if wanted not in found and not (wanted == stem or not table.has(Field.QUEUE)):
            close = nearest(wanted, found) or ", ".join(list(found)[:12])
            problems.add(f"has no queue {shown(wanted)}", f"write --queue {close}")
    if not table.has(Field.QUEUE) and options.queues:
        (wanted, given), *_ = options.queues.items()
        return {(given or _id(wanted, set()), wanted): np.arange(len(cells))}
    kept = {name: at for name, at in found.items() if not options.queues or name in options.queues}
    if len(kept) > MOST_QUEUES:
        message = f"has {len(kept)} queues, and at most {MOST_QUEUES} are taken"
        problems.add(message, "choose some with --queue, or name the right column with --column queue=...")
    return _with_ids(kept, options, problems)


def _name(cell: Cell) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _with_ids(kept: Mapping[str, list[int]], options: ReadingOptions, problems: Problems) -> Names:
    taken: set[str] = set()
    named: Names = {}
    for name, at in kept.items():
        given = options.queues.get(name)
        if given is not None and (given in taken or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", given)):
            problems.add(f"--queue {name}={given}: cannot be the id of a queue here", "write letters, digits, - and _")
        queue = given or _id(name, taken)
        taken.add(queue)
        named[queue, name] = np.array(at, np.intp)
    return named


def _id(name: str, taken: set[str]) -> str:
    """An id like a name: ASCII, lower case, hyphens between words, unlike those taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    word = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:60] or "queue"
    return next(one for one in chain([word], (f"{word}-{k}" for k in range(2, 10_000))) if one not in taken)


def _one(
    members: NDArray[np.intp],
    times: Times,
    measured: Mapping[str, Float64],
    table: Table,
    zone: ZoneInfo,
    options: ReadingOptions,
    problems: Problems,
    report: Report,
    queue: str,
    called: str,
) -> QueueHistory | None:
    """One queue's history; None, and problems, where it has none."""
    rows = np.array(table.rows, np.int64)[members]
    whole = np.floor(times.minutes[members]).astype(np.int64)
    last = (LAST_YEAR - FIRST_YEAR) * 366 * DAY_MINUTES
    if table.form != "rows by contact":
        for k in np.flatnonzero((times.minutes[members] != whole) | (whole > last)):
            problems.add("does not begin on a whole minute", "export slots of whole minutes", row=int(rows[k]))
    placed = Placed(queue, rows, whole, times.lengths[members], {name: of[members] for name, of in measured.items()})
    if table.form == "rows by contact":
        placed = _counted(placed, options.minutes or CONTACT_MINUTES)
        offsets = np.full(len(placed.rows), np.nan)
        if not np.isnan(times.offsets[members]).all():
            problems.add(
                "has contacts with offsets from UTC", "export their times on one clock without", row=int(rows[0])
            )
    else:
        offsets = times.offsets[members]
    if times.dated:
        placed = replace(placed, lengths=np.full(len(placed.rows), np.nan))
    else:
        placed = _at_instants(placed, offsets, zone, options, problems, report)
    if problems.any() or not len(placed.rows):
        return None
    minutes = DAY_MINUTES if times.dated else slot_minutes(placed, _given(options, table), problems)
    if not minutes:
        return None
    placed, slots = on_slots(placed, minutes, options.duplicates, problems, report)
    if problems.any():
        return None
    history = history_of(placed, slots, minutes, called, zone)
    if table.form == "rows by contact":
        history = replace(history, offered=np.nan_to_num(history.offered))
    in_time = table.headings.get(Field.ANSWERED_IN_TIME)
    history = replace(history, threshold_seconds=in_time.threshold_seconds if in_time else None)
    note_oddities(history, placed, slots, report)
    return history


def _given(options: ReadingOptions, table: Table) -> int | None:
    return options.minutes or (CONTACT_MINUTES if table.form == "rows by contact" else None)


def _at_instants(
    placed: Placed, offsets: Float64, zone: ZoneInfo, options: ReadingOptions, problems: Problems, report: Report
) -> Placed:
    instants = check_offsets(placed.starts, offsets, placed.rows, zone, problems)
    if instants is not None:
        return replace(placed, starts=instants)
    return by_local_clock(placed, ZoneInfo(options.clock) if options.clock else zone, problems, report)


def _counted(placed: Placed, minutes: int) -> Placed:
    """Contacts counted into slots of the wall clock; a slot has the row of its first contact."""
    begins, first, which = np.unique(placed.starts // minutes * minutes, return_index=True, return_inverse=True)
    held = [name for name in ("offered", "answered") if name in placed.figures]
    counts: dict[str, Float64] = {name: np.bincount(which, placed.figures[name]).astype(float) for name in held}
    if "aht_seconds" in placed.figures:
        total = np.bincount(which, np.nan_to_num(placed.figures["aht_seconds"]))
        of = counts["answered"]
        counts["aht_seconds"] = np.divide(total, of, out=np.full(len(begins), np.nan), where=of > 0)
    return Placed(placed.queue, placed.rows[first], begins, np.full(len(begins), np.nan), counts)


def _totals(
    periods: object, measured: Mapping[str, Float64], queues: Names, rows: list[int], zone: ZoneInfo, problems: Problems
) -> list[PeriodTotals]:
    names = np.array(periods)
    found = []
    for (queue, called), members in queues.items():
        here = names[members]
        kept, first, counts = np.unique(here, return_index=True, return_counts=True)
        for k in np.flatnonzero(counts > 1):
            row = rows[members[np.flatnonzero(here == kept[k])[1]]]
            problems.add(f"{kept[k]} of {queue} comes twice", "remove one of the rows, or add them up", row=row)
        by_period = {
            name: {str(period): float(of[members[k]]) for period, k in zip(kept, first, strict=True)}
            for name, of in measured.items()
        }
        offered = {period: volume for period, volume in by_period.pop("offered").items() if not np.isnan(volume)}
        columns = {name: of for name, of in by_period.items() if not all(map(np.isnan, of.values()))}
        found.append(PeriodTotals(queue, called, zone.key, offered, columns))
    problems.check()
    return found


def _check_total(history: History, options: ReadingOptions, problems: Problems) -> None:
    """A queue that is the sum of the others would count every contact twice: whether it is wanted is asked."""
    if options.queues or len(history.queues) < 3:
        return
    whole = sum(queue.total for queue in history.queues)
    for queue in history.queues:
        is_sum = abs(whole - 2 * queue.total) < 0.02 * queue.total
        if is_sum and (queue.name.casefold() in TOTAL_NAMES or abs(whole - 2 * queue.total) < 0.001 * queue.total):
            others = " ".join(f"--queue {shown(one.name)}" for one in history.queues if one is not queue)
            message = f"{shown(queue.name)} has as many contacts as all other queues together"
            problems.add(message, f"say what to take: --queue {shown(queue.name)}, or {others[:300]}")
    problems.check()
