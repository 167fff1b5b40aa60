"""Results as data frames, for notebooks: one row a period and entity, one column a measure, in polars.

>>> from simulation.experiment import Experiment, simulate
>>> from simulation.frames import queue_frame
>>> from simulation.presets import preset_text
>>> from simulation.scenario.reading.document import load
>>> result = simulate(load(preset_text("single-queue")), Experiment(replications=2))
>>> days = queue_frame(result).select("queue", "start", "offered", "service_level")
>>> days.shape
(7, 4)
>>> days["start"][0].isoformat()
'2026-11-02T00:00:00-05:00'

Undefined figures are null. Money is in the scenario's currency. `as_pandas` makes pandas' of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.outcome.counting.estimates import Estimate
from simulation.outcome.counting.measure import Resolution
from simulation.outcome.report.result import Column, EntityKind, EntityResult, Result, Statistic, statistics_of

if TYPE_CHECKING:
    from polars import DataFrame

Row = dict[str, Any]


class MissingPandasError(ImportError):
    """pandas is not installed; the message names the extra."""


def queue_frame(
    result: Result, resolution: Resolution = Resolution.DAY, statistic: Statistic = Statistic.MEAN
) -> "DataFrame":
    """`queue`, `start` and a column for each measure of queues, at a resolution.

    statistic: what of a measure over replications: its mean, sd, p05 or p95; null where that is not kept
    """
    return _wide(result, EntityKind.QUEUE, result.queues, resolution, statistic)


def team_frame(
    result: Result, resolution: Resolution = Resolution.DAY, statistic: Statistic = Statistic.MEAN
) -> "DataFrame":
    """`team`, `start` and a column for each measure of teams, at a resolution; statistics as of `queue_frame`."""
    return _wide(result, EntityKind.TEAM, result.teams, resolution, statistic)


def headcount_frame(result: Result, statistic: Statistic = Statistic.MEAN) -> "DataFrame":
    """`team`, `week` (its first day) and a column for each stock and flow of people; no rows for given staffing."""
    import polars as pl  # half a second to load, as everywhere

    frames = [
        pl.DataFrame(
            {"week": people.weeks, **{name: _of(column, statistic) for name, column in people.columns.items()}}
        )
        .with_columns(pl.lit(team.id).alias("team"))
        .select("team", pl.exclude("team"))
        for team, people in zip(result.teams, result.headcounts, strict=True)
        if people.columns
    ]
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema={"team": pl.String, "week": pl.Date})


def totals_frame(result: Result) -> "DataFrame":
    """Every total of queues and teams: `kind`, `id`, `measure`, its `mean`, `sd`, `p05`, `p95` over replications, and
    `lower`, `upper`, the 95 % confidence interval of the mean."""
    entities = (("queue", result.queues), ("team", result.teams))
    return _table(
        [
            {"kind": kind, "id": entity.id, "measure": measure, **_estimate(total)}
            for kind, those in entities
            for entity in those
            for measure, total in entity.totals.items()
        ],
        {"kind": str, "id": str, "measure": str, **ESTIMATE},
    )


def replication_frame(result: Result) -> "DataFrame":
    """Every replication's totals: `kind`, `id`, `measure`, `replication` (from 0), `value`; null where undefined."""
    import polars as pl

    frames = []
    for kind, those in (("queue", result.queues), ("team", result.teams)):
        for entity in those:
            for measure, total in entity.totals.items():
                value = _by_replication(total)
                texts = {"kind": kind, "id": entity.id, "measure": measure}
                made = pl.DataFrame({"replication": np.arange(len(value)), "value": value}).with_columns(
                    pl.col("value").fill_nan(None), **{name: pl.lit(text) for name, text in texts.items()}
                )
                frames.append(made.select(*texts, "replication", "value"))
    return pl.concat(frames)


def clause_frame(result: Result) -> "DataFrame":
    """A row a clause and window: `vendor`, `clause`, `metric`, `start`, `partial`, `target`, the metric's `mean`, `sd`,
    `p05`, `p95`, `lower`, `upper`, `met` (share of replications) and `credit` (its mean)."""
    rows = [
        {
            "vendor": clause.vendor,
            "clause": clause.id,
            "metric": clause.metric,
            "start": window.start,
            "partial": window.partial,
            "target": window.target,
            **_estimate(window.value),
            "met": None if window.met is None else window.met.share,
            "credit": None if window.credit is None else window.credit.mean,
        }
        for clause in result.settlement.clauses
        for window in clause.windows
    ]
    texts = {"vendor": str, "clause": str, "metric": str}
    return _table(
        rows, {**texts, "start": None, "partial": bool, "target": float, **ESTIMATE, "met": float, "credit": float}
    )


def cost_frame(result: Result) -> "DataFrame":
    """Every line of money by month: `side` (CLIENT: the client's cost; INVOICE: what a vendor charges; OWN: what its
    own people cost it), `vendor`, `month` (its first day), `kind`, `queues`, and the amount's `mean`, `sd`, `p05`,
    `p95`, `lower`, `upper`. The client's INVOICE lines are the sums of the vendors'."""
    return _table(
        list(_money(result)), {"side": str, "vendor": str, "month": None, "kind": str, "queues": str, **ESTIMATE}
    )


def as_pandas(frame: "DataFrame") -> Any:
    """The same as a pandas DataFrame. Raises MissingPandasError where pandas is not installed."""
    try:
        pandas = import_module("pandas")
    except ImportError as error:
        message = "pandas is not installed; install springtide[forecast], which brings it, or use the polars frame"
        raise MissingPandasError(message) from error
    return pandas.DataFrame(frame.to_dict(as_series=False))


ESTIMATE: dict[str, type] = dict.fromkeys(("mean", "sd", "p05", "p95", "lower", "upper"), float)


def _estimate(of: Estimate) -> Row:
    lower, upper = of.confidence_interval() or (None, None)
    return {**{name.value: value for name, value in statistics_of(of).items()}, "lower": lower, "upper": upper}


def _by_replication(of: Estimate) -> Any:
    if of.under is None:
        return of.over
    defined = of.under > 0
    return np.where(defined, of.over / np.where(defined, of.under, 1.0), np.nan)


def _of(column: Column, statistic: Statistic) -> Any:
    return column.statistics().get(statistic, np.full(len(column.mean), np.nan))


def _wide(
    result: Result, kind: EntityKind, those: Sequence[EntityResult], resolution: Resolution, statistic: Statistic
) -> "DataFrame":
    import polars as pl

    first = result.starts[Resolution.DAY][:1]
    starts = first if resolution is Resolution.TOTAL else result.starts[resolution]
    frames = [
        pl.DataFrame(
            {kind.value: [entity.id] * len(starts), "start": starts, **_columns(entity, resolution, statistic)}
        )
        for entity in those
    ]
    at = (pl.col("start") * 1_000_000).cast(pl.Int64).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(result.zone)
    return pl.concat(frames, how="diagonal").with_columns(at, pl.col(pl.Float64).exclude("start").fill_nan(None))


def _columns(entity: EntityResult, resolution: Resolution, statistic: Statistic) -> dict[str, Any]:
    if resolution is Resolution.TOTAL:
        figures = {name: statistics_of(total)[statistic] for name, total in entity.totals.items()}
        return {name: [np.nan if value is None else value] for name, value in figures.items()}
    return {name: _of(column, statistic) for name, column in entity.columns[resolution].items()}


def _money(result: Result) -> Iterator[Row]:
    cost = result.settlement.cost
    for month in cost.months if cost else ():
        for line in month.lines:
            yield _amount("CLIENT", line.vendor, month.start, line.kind, (), line.amount)
    for vendor in result.settlement.vendors:
        for of in vendor.months:
            for charged in of.lines:
                yield _amount("INVOICE", vendor.id, of.start, charged.kind, charged.queues, charged.amount)
            for own in of.own_lines:
                yield _amount("OWN", vendor.id, of.start, own.kind, (), own.amount)


def _amount(side: str, vendor: str | None, month: Any, kind: str, queues: Iterable[str], amount: Estimate) -> Row:
    texts = {"side": side, "vendor": vendor, "month": month, "kind": str(kind), "queues": ", ".join(queues) or None}
    return {**texts, **_estimate(amount)}


def _table(rows: list[Row], columns: dict[str, type | None]) -> "DataFrame":
    """The rows, and the columns also where there are none."""
    import polars as pl

    types = {str: pl.String, float: pl.Float64, bool: pl.Boolean}
    schema = {name: None if kind is None else types[kind] for name, kind in columns.items()}
    return pl.DataFrame(rows, schema=schema, orient="row", infer_schema_length=None)
