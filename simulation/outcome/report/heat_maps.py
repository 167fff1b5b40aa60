"""A measure by weekday and time of day: what a week of the horizon looks like on average."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.estimates import ratio
from simulation.outcome.counting.measure import Kind, Measure, Measures

Float64 = NDArray[np.float64]

WEEKDAYS = 7


class UnmappedError(ValueError):
    """A measure that has no heat map; its text says which have one."""


@dataclass(frozen=True, eq=False)
class HeatMap:
    """A measure by weekday and time of day.

    times:  local times at which intervals start, such as 09:30, in order
    values: Float64 (7, times), Monday first, NaN where nothing is defined
    """

    times: tuple[str, ...]
    values: Float64


def weights_of(measure: Measure, measures: Mapping[str, Measure]) -> dict[str, int]:
    """Reported measures that add up, with these signs, to a ratio's denominator; empty for what is no ratio.

    Raises UnmappedError for a measure that is not reported by interval, or whose denominator is not.
    """
    found = _weights(measure, measures)
    if found is None:
        known = ", ".join(name.upper() for name, one in measures.items() if _weights(one, measures) is not None)
        raise UnmappedError(f"of {measure.name.upper()} no heat map is kept; there are those of {known}")
    return found


def heat_map(column: Float64, weights: Float64 | None, starts: Float64, zone: str) -> HeatMap:
    """The mean over the horizon of each weekday and time of day.

    column:  Float64 (intervals,), means over replications, of a ratio ratios of sums
    weights: Float64 (intervals,), a ratio's denominators: its mean is sum(column weights) / sum(weights), which is the
             ratio of sums over all intervals of the cell; None for other measures, whose intervals count alike
    starts:  Float64 (intervals,), seconds since 1970; zone: of the scenario
    """
    local = [datetime.fromtimestamp(second, ZoneInfo(zone)) for second in starts.tolist()]
    texts = [f"{instant:%H:%M}" for instant in local]
    times = sorted(set(texts))
    places = {text: place for place, text in enumerate(times)}
    cells = np.array(
        [instant.weekday() * len(times) + places[text] for instant, text in zip(local, texts, strict=True)]
    )
    known = ~np.isnan(column)
    under = known.astype(np.float64) if weights is None else np.where(known, weights, 0.0)
    size = WEEKDAYS * len(times)
    weighted = np.where(known, column, 0.0) * under
    over, total = (np.bincount(cells, each, size).astype(np.float64) for each in (weighted, under))
    return HeatMap(tuple(times), ratio(over, total).reshape(WEEKDAYS, len(times)))


def _weights(measure: Measure, measures: Measures) -> dict[str, int] | None:
    if not measure.by_interval:
        return None
    if measure.kind is not Kind.RATIO:
        return {}
    alone = {one.over[0][1]: name for name, one in measures.items() if _is_alone(one)}
    if any(field not in alone for _, field in measure.under):
        return None
    return {alone[field]: sign for sign, field in measure.under}


def _is_alone(measure: Measure) -> bool:
    """Whether it reports one counter and nothing else."""
    return measure.by_interval and measure.kind in (Kind.COUNT, Kind.TIME_AVERAGE) and len(measure.over) == 1
