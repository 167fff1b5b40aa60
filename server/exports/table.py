"""Outcomes as one tall table: a row for each entity, resolution, period and measure, with its figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.estimates import Estimate
from simulation.outcome.report.result import EntityResult, Statistic, statistics_of

if TYPE_CHECKING:
    from polars import DataFrame

Figures = Sequence[float | None] | NDArray[np.float64]
STATISTICS = tuple(each.value for each in Statistic)
COLUMNS = ("kind", "entity", "resolution", "start", "measure", *STATISTICS)
TEXTS = ("kind", "entity", "resolution", "measure")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins so for a formula."""


class ExportFormat(StrEnum):
    """In which form a table is handed out."""

    CSV = "CSV"
    """Comma-separated values in UTF-8, with a heading; undefined figures are empty."""
    XLSX = "XLSX"
    """A workbook with one sheet, of at most 300,000 rows."""
    PARQUET = "PARQUET"
    """Apache Parquet: typed columns, compressed."""


class ExportResolution(StrEnum):
    """The periods of the rows of a table."""

    INTERVAL = "interval"
    """Intervals of the scenario."""
    DAY = "day"
    """Local days."""
    WEEK = "week"
    """Weeks from the scenario's start."""
    MONTH = "month"
    """Calendar months, cut at the scenario's start and end."""
    TOTAL = "total"
    """The whole horizon, which starts with its first day."""


COARSE = (ExportResolution.TOTAL, ExportResolution.MONTH, ExportResolution.WEEK, ExportResolution.DAY)


@dataclass(frozen=True)
class Block:
    """Some measures of one queue or team at one resolution.

    starts: instants with their offset in ISO 8601, or seconds since 1970 in a zone; figures: by measure and statistic
    """

    kind: str
    entity: str
    resolution: str
    starts: Sequence[str] | Sequence[float]
    measures: Mapping[str, Mapping[str, Figures]]
    zone: str = "UTC"

    @property
    def rows(self) -> int:
        return len(self.starts) * len(self.measures)


@dataclass(frozen=True)
class Wanted:
    """What of a run's outcomes a table has; None: all of it."""

    resolutions: Sequence[str] = field(default=COARSE)
    measures: Sequence[str] | None = None

    def has(self, measure: str) -> bool:
        return self.measures is None or measure in self.measures


def frame(block: Block) -> "DataFrame":
    """Typed as Parquet keeps it: instants in the scenario's zone, or text where they came as text."""
    import polars as pl  # half a second to load, and most processes hand out nothing

    starts = pl.Series("start", block.starts)
    if starts.dtype != pl.String:
        starts = (starts * 1_000_000).cast(pl.Int64).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(block.zone)
    each: list[pl.DataFrame] = []
    for measure, figures in block.measures.items():
        empty = [None] * len(starts)
        columns = {name: pl.Series(name, figures.get(name, empty), pl.Float64).fill_nan(None) for name in STATISTICS}
        texts = dict(zip(TEXTS, map(safe, (block.kind, block.entity, block.resolution, measure)), strict=True))
        made = pl.DataFrame({"start": starts, **columns}).with_columns(**{k: pl.lit(v) for k, v in texts.items()})
        each.append(made.select(COLUMNS))
    return pl.concat(each)


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def totals(kind: str, entity: EntityResult, start: float, zone: str, wanted: Wanted) -> Block:
    figures = {name: total_figures(total) for name, total in entity.totals.items() if wanted.has(name)}
    return Block(kind, entity.id, ExportResolution.TOTAL, [start], figures, zone)


def total_figures(total: Estimate) -> dict[str, Figures]:
    return {each.value: [value] for each, value in statistics_of(total).items()}


def document_blocks(document: Mapping[str, Any], wanted: Wanted) -> Iterator[Block]:
    """Of a result document; what it does not have, as intervals, is left out. Raises KeyError, TypeError, ValueError
    for anything else."""
    for kind in ("queue", "team"):
        for entity in document[f"{kind}s"]:
            for resolution in wanted.resolutions:
                block = _document_block(kind, entity, resolution, wanted)
                if block is not None and block.rows:
                    yield block


def _document_block(kind: str, entity: Mapping[str, Any], resolution: str, wanted: Wanted) -> Block | None:
    if resolution == ExportResolution.TOTAL:
        starts = entity["day"]["start"][:1]
        figures = {
            name: {statistic: [total[statistic]] for statistic in STATISTICS} for name, total in entity["total"].items()
        }
    elif resolution in entity:
        columns = dict(entity[resolution])
        starts, figures = columns.pop("start"), columns
    else:
        return None
    return Block(
        kind, entity["id"], resolution, starts, {name: own for name, own in figures.items() if wanted.has(name)}
    )
