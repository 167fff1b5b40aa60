"""What was read from a file of measured demand, and what is odd in it."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from server.tables.words import NOTHING, count, duration
from server.tables.words import share as percent
from server.terminal import Column, say, show_table
from simulation.history.fit import handling_mean, mean_of_periods, patience_mean
from simulation.history.history import DAY_MINUTES, History, PeriodTotals, QueueHistory
from simulation.history.problems import Report
from simulation.scenario.changing.draft import count as so_many
from simulation.scenario.reading.canonical import digest
from simulation.scenario.scenario import Scenario

if TYPE_CHECKING:
    from simulation.history.replay import Replay

MOST_SHOWN = 20
"""Anomalies on a terminal; JSON has more."""


def show_report(history: History, report: Report, drafted: Scenario, *, to_stderr: bool) -> None:
    file = sys.stderr if to_stderr else sys.stdout
    known = ", ".join(f"{header} = {field}" for header, field in report.columns.items())
    order = f"; dates are {report.dates}" if report.dates else ""
    print(f"{report.file}: {report.rows:,} rows, {report.form}{order}", file=file)
    print(f"columns: {known}" + (f"; not used: {', '.join(report.ignored)}" if report.ignored else ""), file=file)
    show_table("Queues", _columns(history), file=file)
    for anomaly in report.anomalies[:MOST_SHOWN]:
        where = ", ".join(filter(None, [anomaly.queue, f"row {anomaly.row}" if anomaly.row else ""]))
        print(f"{anomaly.kind.value.lower()}: {where + ': ' if where else ''}{anomaly.message}", file=file)
    if (more := sum(report.counts.values()) - MOST_SHOWN) > 0:
        print(f"and {more} more odd things (--json has them)", file=file)
    size = f"{so_many(len(drafted.queues), 'queue')}, {so_many(drafted.horizon.days, 'day')}"
    say(f"scenario {drafted.name!r}: {size}, {digest(drafted)[:12]}")


def _columns(history: History) -> list[Column]:
    found: list[QueueHistory | PeriodTotals] = [*history.queues, *history.totals]
    return [
        Column("Queue", [one.id for one in found]),
        Column("rows by", [_step(one) for one in found]),
        Column("from", [_first(one) for one in found]),
        Column("to", [_last(one) for one in found]),
        Column("contacts", [count(_total(one)) for one in found]),
        Column("handling", [_seconds(one, "handling") for one in found], spare=2),
        Column("patience", [_seconds(one, "patience") for one in found], spare=1),
    ]


def _step(one: QueueHistory | PeriodTotals) -> str:
    if isinstance(one, PeriodTotals):
        return "week" if any("W" in period for period in one.offered) else "month"
    return "day" if one.minutes == DAY_MINUTES else f"{one.minutes} min"


def _first(one: QueueHistory | PeriodTotals) -> str:
    return f"{one.first:%Y-%m-%d %H:%M}" if isinstance(one, QueueHistory) else next(iter(one.offered), NOTHING)


def _last(one: QueueHistory | PeriodTotals) -> str:
    return f"{one.end:%Y-%m-%d %H:%M}" if isinstance(one, QueueHistory) else list(one.offered)[-1]


def _total(one: QueueHistory | PeriodTotals) -> float:
    return one.total if isinstance(one, QueueHistory) else sum(one.offered.values())


def _value(one: QueueHistory | PeriodTotals, what: str) -> float | None:
    if isinstance(one, PeriodTotals):
        fit = mean_of_periods(one) if what == "handling" else None
    else:
        fit = handling_mean(one) if what == "handling" else patience_mean(one)
    return None if fit is None else fit.value


def _seconds(one: QueueHistory | PeriodTotals, what: str) -> str:
    value = _value(one, what)
    return NOTHING if value is None else duration(value)


def plain(history: History, report: Report, drafted: Scenario) -> dict[str, Any]:
    """The report as JSON has it."""
    found: list[QueueHistory | PeriodTotals] = [*history.queues, *history.totals]
    return {
        "file": report.file,
        "rows": report.rows,
        "form": report.form,
        "dates": report.dates,
        "decimal": report.decimal,
        "columns": report.columns,
        "ignored": list(report.ignored),
        "queues": [
            {
                "id": one.id,
                "name": one.name,
                "rows_by": _step(one),
                "from": _first(one),
                "to": _last(one),
                "contacts": _total(one),
                "handling_seconds": _value(one, "handling"),
                "patience_seconds": _value(one, "patience"),
            }
            for one in found
        ],
        "anomaly_counts": {kind.value: number for kind, number in report.counts.items()},
        "anomalies": [
            {"kind": one.kind.value, "queue": one.queue, "row": one.row, "message": one.message}
            for one in report.anomalies
        ],
        "scenario": {"name": drafted.name, "digest": digest(drafted)},
    }


def show_replay(queue: QueueHistory, replays: Sequence[tuple[float, "Replay"]], *, to_stderr: bool) -> None:
    """Measured beside simulated, with each share of the counted agents."""
    first = replays[0][1]
    columns = [
        Column("Replayed", list(first.measures)),
        Column("measured", [_told(name, one.total[0]) for name, one in first.measures.items()]),
    ]
    for part, replay in replays:
        agents = "all agents" if part == 1 else f"{100 * part:.0f} % of agents"
        columns += [
            Column(f"{agents}", [_told(name, one.total[1]) for name, one in replay.measures.items()]),
            Column("off by slot", [_told(name, one.error) for name, one in replay.measures.items()]),
            Column("by chance", [_told(name, one.chance) for name, one in replay.measures.items()], spare=1),
        ]
    left_out = f", {first.left_out:.0f} contacts of slots without agents left out" if first.left_out else ""
    file = sys.stderr if to_stderr else sys.stdout
    show_table(f"{queue.id}: measured and simulated{left_out}", columns, file=file)


def _told(measure: str, value: float) -> str:
    if value != value:
        return NOTHING
    return duration(value) if measure.endswith("_seconds") else percent(value)
