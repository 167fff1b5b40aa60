"""Heat maps against the counters themselves, added up cell by cell."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulation.experiment import Experiment, simulate
from simulation.outcome.counting.measure import Resolution
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES, definitions
from simulation.outcome.counting.team_measures import TEAM_MEASURES
from simulation.outcome.report.heat_maps import UnmappedError, heat_map, weights_of
from simulation.outcome.report.result import Float64, Result
from simulation.outcome.shards.summary import ShardSummary
from simulation.scenario.reading.document import load
from tests.studies.shops import SHOP

TWO_WEEKS = SHOP.replace("weeks: 1", "weeks: 2").replace("2026-10-26", "2026-10-19")  # with the end of summer time


@cache
def simulated() -> tuple[Result, ShardSummary]:
    summaries = list[ShardSummary]()
    return simulate(load(TWO_WEEKS), Experiment(replications=3), on_summary=summaries.append), summaries[0]


@pytest.mark.parametrize(
    ("kind", "name"), [("queue", "service_level"), ("queue", "abandon_rate"), ("team", "occupancy")]
)
def test_a_ratio_is_the_ratio_of_the_sums_of_its_cell(kind: str, name: str) -> None:
    result, summary = simulated()
    formula = load(TWO_WEEKS).queues[0].target.formula
    measures = definitions(formula) if kind == "queue" else TEAM_MEASURES
    entity, tally = (result.queues[0], summary.queues) if kind == "queue" else (result.teams[0], summary.teams)
    columns, starts = entity.columns[Resolution.INTERVAL], result.starts[Resolution.INTERVAL]
    weights: Float64 = sum(
        (sign * columns[each].mean for each, sign in weights_of(measures[name], measures).items()), np.zeros(1)
    )
    found = heat_map(columns[name].mean, weights, starts, "Europe/London")
    over, under = measures[name].parts(tally.summed[:, 0], np.ones(len(starts)))
    assert under is not None
    local = [datetime.fromtimestamp(second, ZoneInfo("Europe/London")) for second in starts.tolist()]
    assert found.values.shape == (7, 48)
    defined = 0
    for day in range(7):
        for place, time in enumerate(found.times):
            cell = [n for n, at in enumerate(local) if (at.weekday(), f"{at:%H:%M}") == (day, time)]
            assert len(cell) in (2, 3)  # one hour of a Sunday twice
            if under[cell].sum() > 0:
                defined += 1
                assert found.values[day, place] == pytest.approx(over[cell].sum() / under[cell].sum())
            else:
                assert np.isnan(found.values[day, place])
    assert defined > 20


def test_counts_are_means_of_the_days() -> None:
    starts = np.arange(14.0) * 86_400 + 4 * 86_400  # from Monday, 5 January 1970, at midnight
    column = np.arange(14.0)
    column[0] = np.nan
    found = heat_map(column, None, starts, "UTC")
    assert found.times == ("00:00",)
    assert found.values[:, 0].tolist() == [7.0, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]


def test_a_ratio_whose_denominator_is_not_kept_says_which_have_one() -> None:
    assert weights_of(QUEUE_MEASURES["offered"], QUEUE_MEASURES) == {}
    with pytest.raises(UnmappedError, match="of AHT_SECONDS no heat map is kept; there are those of OFFERED"):
        weights_of(QUEUE_MEASURES["aht_seconds"], QUEUE_MEASURES)
    with pytest.raises(UnmappedError, match="WAIT_P90"):
        weights_of(QUEUE_MEASURES["wait_p90"], QUEUE_MEASURES)
