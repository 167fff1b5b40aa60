"""A result as parts for storage: one small head of text and numbers, and columns as bytes; each column stands alone."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.estimates import NOT_NEGATIVE, SHARES
from simulation.outcome.measure import Resolution
from simulation.outcome.measures import QUEUE_MEASURES
from simulation.outcome.result import Column, EntityKind, EntityResult, Headcount, Result
from simulation.outcome.scaling import QueueScaling, Scaling, Step, TeamScaling, Worst
from simulation.outcome.settlement_parts import plain_settlement, read_settlement
from simulation.outcome.stored_figures import array_of, figures, plain_estimate, read_estimate
from simulation.outcome.team_measures import TEAM_MEASURES

Float64 = NDArray[np.float64]
_Read = dict[tuple[str, str], dict[Resolution, dict[str, dict[str, Float64]]]]

CALENDAR = "calendar"
"""Kind of the columns that hold the starts of the periods; their entity is "", measure and statistic are START."""
START = "start"


class StoredColumn(NamedTuple):
    """One column as a row of a table: five names, and little-endian float64 as bytes, NaN where undefined.

    kind: `queue`, `team` or `calendar`; id: the entity's; resolution: `interval`, `day`, `week` or `month`; measure: as
    in the result document; statistic: `mean`, `sd`, `p05` or `p95`; of the calendar `start`, POSIX seconds.
    """

    kind: str
    id: str
    resolution: str
    measure: str
    statistic: str
    values: bytes


def to_parts(result: Result) -> tuple[dict[str, Any], list[StoredColumn]]:
    """The head (JSON-able: identity, totals by replication, headcount) and the columns of a result."""
    head = {
        "scenario": {"name": result.scenario, "digest": result.digest},
        "experiment": {"replications": result.replications, "seed": result.seed},
        "engine": {"version": result.engine, "floor": result.floor},
        "zone": result.zone,
        "queues": [{"id": queue.id, "totals": _totals(queue)} for queue in result.queues],
        "teams": [
            {"id": team.id, "totals": _totals(team), "headcount": _headcount(headcount)}
            for team, headcount in zip(result.teams, result.headcounts, strict=True)
        ],
        "scaling": _scaling(result.scaling),
        "settlement": plain_settlement(result.settlement),
    }
    columns = [
        StoredColumn(CALENDAR, "", resolution.value, START, START, _bytes(starts))
        for resolution, starts in result.starts.items()
    ]
    for kind, entity, resolution, measure, column in result.series():
        for statistic, values in column.statistics().items():
            columns.append(StoredColumn(kind.value, entity, resolution.value, measure, statistic.value, _bytes(values)))
    return head, columns


def from_parts(head: Mapping[str, Any], columns: Iterable[StoredColumn] = ()) -> Result:
    """The result of a head and any of its columns; what is left out is absent, everything given is as it was."""
    starts: dict[Resolution, Float64] = {}
    read: _Read = {}
    for kind, entity, resolution, measure, statistic, values in columns:
        period, column = Resolution(resolution), read_column(values)
        if kind == CALENDAR:
            starts[period] = column
        else:
            of_entity = read.setdefault((kind, entity), {})
            of_entity.setdefault(period, {}).setdefault(measure, {})[statistic] = column
    return Result(
        scenario=head["scenario"]["name"],
        digest=head["scenario"]["digest"],
        replications=head["experiment"]["replications"],
        seed=head["experiment"]["seed"],
        engine=head["engine"]["version"],
        floor=head["engine"]["floor"],
        zone=head["zone"],
        starts=starts,
        queues=tuple(_entity(queue, EntityKind.QUEUE, read) for queue in head["queues"]),
        teams=tuple(_entity(team, EntityKind.TEAM, read) for team in head["teams"]),
        headcounts=tuple(_read_headcount(team["headcount"]) for team in head["teams"]),
        scaling=_read_scaling(head["scaling"]),
        settlement=read_settlement(head["settlement"]),
    )


def read_column(values: bytes) -> Float64:
    """The figures of a stored column."""
    return np.frombuffer(values, "<f8").astype(np.float64)


def _bytes(values: Float64) -> bytes:
    return values.astype("<f8").tobytes()


def _totals(entity: EntityResult) -> dict[str, Any]:
    return {measure: plain_estimate(total) for measure, total in entity.totals.items()}


def _entity(head: Mapping[str, Any], kind: EntityKind, read: _Read) -> EntityResult:
    measures = QUEUE_MEASURES if kind is EntityKind.QUEUE else TEAM_MEASURES
    totals = {name: read_estimate(total, measures[name].possible) for name, total in head["totals"].items()}
    columns = {
        resolution: {measure: Column(**statistics) for measure, statistics in measures.items()}
        for resolution, measures in read.get((kind.value, head["id"]), {}).items()
    }
    return EntityResult(head["id"], totals, columns)


def _headcount(headcount: Headcount) -> dict[str, Any]:
    columns = {
        name: {statistic.value: figures(values) for statistic, values in column.statistics().items()}
        for name, column in headcount.columns.items()
    }
    return {"weeks": [week.isoformat() for week in headcount.weeks], "columns": columns}


def _read_headcount(head: Mapping[str, Any]) -> Headcount:
    columns = {
        name: Column(**{statistic: array_of(values) for statistic, values in statistics.items()})
        for name, statistics in head["columns"].items()
    }
    return Headcount(tuple(date.fromisoformat(week) for week in head["weeks"]), columns)


SPREADS = {"shortfalls": NOT_NEGATIVE, "short_days": NOT_NEGATIVE, "depth": SHARES, "length": NOT_NEGATIVE}
LINES = ("over_85", "over_90", "over_95")


def _scaling(scaling: Scaling) -> dict[str, Any]:
    queues = [
        {
            "id": queue.id,
            "measure": queue.measure,
            "steps": [
                {"start": step.start.isoformat(), "rise": step.rise, "weeks": plain_estimate(step.weeks)}
                for step in queue.steps
            ],
            **{name: plain_estimate(getattr(queue, name)) for name in SPREADS},
            "worst_week": _worst(queue.worst_week),
            "worst_day": _worst(queue.worst_day),
        }
        for queue in scaling.queues
    ]
    teams = [
        {
            "id": team.id,
            **{name: plain_estimate(getattr(team, name)) for name in LINES},
            "latest_requisition": None if team.latest_requisition is None else team.latest_requisition.isoformat(),
            "too_late_at_start": team.too_late_at_start,
        }
        for team in scaling.teams
    ]
    return {"queues": queues, "teams": teams}


def _worst(worst: Worst) -> dict[str, Any]:
    starts = [start.isoformat() for start in worst.starts]
    return {"level": plain_estimate(worst.level), "starts": starts, "shares": list(worst.shares)}


def _read_scaling(head: Mapping[str, Any]) -> Scaling:
    queues = tuple(
        QueueScaling(
            id=queue["id"],
            measure=queue["measure"],
            steps=tuple(
                Step(date.fromisoformat(step["start"]), step["rise"], read_estimate(step["weeks"]))
                for step in queue["steps"]
            ),
            **{name: read_estimate(queue[name], possible) for name, possible in SPREADS.items()},
            worst_week=_read_worst(queue["worst_week"]),
            worst_day=_read_worst(queue["worst_day"]),
        )
        for queue in head["queues"]
    )
    teams = tuple(
        TeamScaling(
            id=team["id"],
            **{name: read_estimate(team[name]) for name in LINES},
            latest_requisition=None
            if team["latest_requisition"] is None
            else date.fromisoformat(team["latest_requisition"]),
            too_late_at_start=team["too_late_at_start"],
        )
        for team in head["teams"]
    )
    return Scaling(queues, teams)


def _read_worst(head: Mapping[str, Any]) -> Worst:
    starts = tuple(date.fromisoformat(start) for start in head["starts"])
    return Worst(read_estimate(head["level"], SHARES), starts, tuple(head["shares"]))
