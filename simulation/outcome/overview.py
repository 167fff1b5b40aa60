"""The totals of a result as plain tables of text, for people to read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simulation.outcome.estimates import Estimate
from simulation.outcome.measures import QUEUE_MEASURES, TEAM_MEASURES, Measure, Unit
from simulation.outcome.result import EntityResult, Result

QUEUE_COLUMNS = {
    "Offered": "offered",
    "Answered": "answered",
    "Abandoned": "abandoned",
    "Waiting at end": "waiting_at_end",
    "Service level": "service_level",
    "ASA": "asa_seconds",
    "95 % wait": "wait_p95",
    "Abandon rate": "abandon_rate",
    "AHT": "aht_seconds",
}
TEAM_COLUMNS = {
    "Agents": "agents",
    "Busy": "busy",
    "Occupancy": "occupancy",
    "Shrinkage": "shrinkage",
    "Handled": "handled",
    "Paid hours": "paid_hours",
    "Idle hours": "idle_hours",
}
UNKNOWN = "-"


@dataclass(frozen=True)
class Table:
    """Headings and rows of cells, all text; the first column names the entity, the others are figures."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def overview(result: Result) -> tuple[Table, Table]:
    """Totals of the queues and of the teams; shares with the half-width of their 95 % interval."""
    return (
        _table("Queue", result.queues, QUEUE_COLUMNS, QUEUE_MEASURES),
        _table("Team", result.teams, TEAM_COLUMNS, TEAM_MEASURES),
    )


def figure(value: float | None, unit: Unit) -> str:
    """One figure as people write it: `1,234`, `81.2 %`, `12.3 s`, `1 h 05 min`."""
    if value is None:
        return UNKNOWN
    if unit is Unit.SHARE:
        return f"{100 * value:.1f} %"
    if unit is Unit.SECONDS:
        return f"{value:.1f} s" if value < 600 else "{} h {:02d} min".format(*divmod(round(value / 60), 60))
    return f"{value:,.1f}" if unit is Unit.AGENTS else f"{value:,.0f}"


def _table(
    name: str, entities: Iterable[EntityResult], columns: Mapping[str, str], measures: Mapping[str, Measure]
) -> Table:
    rows = [
        (entity.id, *(_cell(entity.totals[measure], measures[measure].unit) for measure in columns.values()))
        for entity in entities
    ]
    return Table((name, *columns), tuple(rows))


def _cell(total: Estimate, unit: Unit) -> str:
    half = total.half_width() if unit is Unit.SHARE else None
    return figure(total.mean, unit) + ("" if half is None else f" ± {100 * half:.1f}")
