"""The result: its laws, its document, its parts."""

import json
import math
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.outcome.counting.measure import Kind, Resolution
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES
from simulation.outcome.counting.team_measures import TEAM_MEASURES
from simulation.outcome.report.document import document, document_json
from simulation.outcome.report.document_schema import result_shape
from simulation.outcome.report.parts import FIGURES, StoredColumn, from_parts, read_column, to_parts
from simulation.outcome.report.result import Result
from simulation.scenario.reading.canonical import digest
from tests.outcome.agreed import contracted
from tests.outcome.counted import random_counters, result, scenario

SHAPE = result_shape()
AT_END = {"waiting_at_end", "in_service_at_end", "backlog"}


def some(seeds: range, contacts: float = 20.0) -> Result:
    described = scenario()
    return result(described, [random_counters(described, seed, contacts) for seed in seeds])


def test_the_document_names_its_scenario_experiment_and_engine() -> None:
    shown = document(some(range(2)))
    assert shown["scenario"] == {"name": "Two days", "digest": digest(scenario())}
    assert shown["experiment"] == {"replications": 2, "seed": 1}
    assert shown["engine"] == {"version": "0", "floor": "kernel"}
    assert (shown["decision"], shown["clauses"], shown["cost"]) == (None, [], None)
    assert shown["vendors"] == [{"id": "own", "months": [], "exits": []}]


def test_columns_by_interval_come_only_when_asked_for() -> None:
    found = some(range(2))
    assert "interval" not in document(found)["queues"][0]
    assert len(document(found, intervals=True)["teams"][1]["interval"]["agents"]["mean"]) == 49


def test_by_interval_percentiles_are_of_the_named_measures_only() -> None:
    shown = document(some(range(2)), intervals=True)
    spread = {
        name
        for entity in (*shown["queues"], *shown["teams"])
        for name, column in entity["interval"].items()
        if "p05" in column
    }
    assert spread == {"offered", "service_level", "agents", "over_under_agents"}
    assert all("p95" in column for name, column in shown["queues"][0]["day"].items() if name != "start")


def test_periods_start_at_local_midnights() -> None:
    starts = document(some(range(1)))["queues"][0]
    assert starts["day"]["start"] == ["2026-10-31T00:00:00-04:00", "2026-11-01T00:00:00-04:00"]
    assert starts["week"]["start"] == ["2026-10-31T00:00:00-04:00"]
    assert starts["month"]["start"] == ["2026-10-31T00:00:00-04:00", "2026-11-01T00:00:00-04:00"]


def test_intervals_of_the_hour_that_comes_twice_are_told_apart() -> None:
    starts = document(some(range(1)), intervals=True)["queues"][0]["interval"]["start"]
    assert starts[25:27] == ["2026-11-01T01:00:00-04:00", "2026-11-01T01:00:00-05:00"]
    assert len(set(map(datetime.fromisoformat, starts))) == 49


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 4), st.sampled_from([0.0, 0.3, 5.0]))
def test_every_figure_is_a_number_or_null(seed: int, replications: int, contacts: float) -> None:
    shown = document_json(some(range(seed, seed + replications), contacts), intervals=True)
    assert "NaN" not in shown
    assert "Infinity" not in shown
    SHAPE.model_validate_json(shown)


def test_a_date_that_the_zone_skipped_has_null_averages_and_no_contacts() -> None:
    described = scenario(start="2011-12-28", days=4, timezone="Pacific/Apia")
    shown = document(result(described, [random_counters(described, seed) for seed in range(2)]))
    assert shown["teams"][0]["day"]["agents"]["mean"][2] is None
    assert shown["queues"][0]["day"]["offered"]["mean"][2] == 0
    assert None not in shown["teams"][0]["week"]["agents"]["mean"]


def test_one_replication_has_no_deviation_and_no_interval() -> None:
    queue = document(some(range(1)))["queues"][0]
    assert queue["total"]["offered"]["sd"] is None
    assert queue["total"]["service_level"]["ci"] is None
    assert queue["day"]["offered"]["sd"] == [None, None]


def test_an_empty_world_has_counts_and_no_ratios() -> None:
    total = document(some(range(3), contacts=0.0))["queues"][0]["total"]
    assert total["offered"]["mean"] == 0
    nothing = {"mean": None, "sd": None, "ci": None, "p05": None, "p50": None, "p95": None}
    assert total["service_level"] == total["asa_seconds"] == total["wait_p95"] == nothing


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 4))
def test_counts_of_intervals_days_weeks_and_months_add_up_to_the_total(seed: int, replications: int) -> None:
    found = some(range(seed, seed + replications))
    for entities, measures in ((found.queues, QUEUE_MEASURES), (found.teams, TEAM_MEASURES)):
        counts = [m.name for m in measures.values() if m.kind is Kind.COUNT and m.name not in AT_END]
        for entity in entities:
            for name in (name for name in counts if name in entity.totals):
                total = entity.totals[name].mean
                for columns in (found for found in entity.columns.values() if name in found):
                    assert columns[name].mean.sum() == pytest.approx(total)


def test_the_only_week_is_the_total() -> None:
    for entity in some(range(3)).queues:
        for name, column in entity.columns[Resolution.WEEK].items():
            total = entity.totals[name]
            mean, sd = column.mean.tolist(), column.sd.tolist()
            assert mean == pytest.approx([math.nan if total.mean is None else total.mean], nan_ok=True)
            assert sd == pytest.approx([math.nan if total.deviation is None else total.deviation], nan_ok=True)


def test_deviations_by_interval_are_those_of_the_replications() -> None:
    described = scenario()
    counted = [random_counters(described, seed, contacts=3) for seed in range(6)]
    column = result(described, counted).queues[0].columns[Resolution.INTERVAL]["service_level"]
    offered = np.stack([one.queues[:, 0, 0] for one in counted]).astype(float)
    in_time = np.stack([one.queues[:, 0, 8] for one in counted])
    levels = np.where(offered > 0, in_time / np.maximum(offered, 1), np.nan)
    assert column.sd == pytest.approx(np.nanstd(levels, axis=0, ddof=1), abs=1e-4, nan_ok=True)
    assert column.mean == pytest.approx(in_time.sum(axis=0) / offered.sum(axis=0))
    assert column.p95 is not None
    assert column.p95 == pytest.approx(np.nanquantile(levels, 0.95, axis=0), abs=1e-6)


def through_storage(found: Result) -> Result:
    head, columns = to_parts(found)
    return from_parts(json.loads(json.dumps(head)), [StoredColumn(*column) for column in columns])


def test_a_result_comes_back_from_its_parts_to_the_bit() -> None:
    found = some(range(4), contacts=1.0)
    assert document_json(through_storage(found), True) == document_json(found, True)


def test_contracts_and_money_come_back_from_their_parts_to_the_bit() -> None:
    described = contracted(0.8, 0.1, 1.37)
    counted = [random_counters(described, seed, contacts=3.0) for seed in range(3)]
    found = result(described, counted)
    assert document_json(through_storage(found)) == document_json(found)
    assert document(found)["decision"] is not None
    SHAPE.model_validate_json(document_json(found))


def test_totals_come_back_without_any_column_but_their_figures() -> None:
    found = some(range(4))
    head, columns = to_parts(found)
    figures = [column for column in columns if column.kind == FIGURES]
    (calls, _), (stored, _) = found.queues, from_parts(json.loads(json.dumps(head)), figures).queues
    with pytest.raises(LookupError, match="figures"):
        from_parts(head)
    assert stored.totals["service_level"].quantile(0.3) == calls.totals["service_level"].quantile(0.3)
    assert stored.columns == {}


def test_a_stored_column_is_found_by_five_names() -> None:
    found = some(range(2))
    _, columns = to_parts(found)
    by_name: dict[Any, bytes] = {column[:5]: column.values for column in columns}
    assert len(by_name) == len(columns)
    offered = read_column(by_name["queue", "calls", "day", "offered", "mean"])
    assert offered.tolist() == found.queues[0].columns[Resolution.DAY]["offered"].mean.tolist()
    first = read_column(by_name["calendar", "", "interval", "start", "start"])[0]
    assert first == datetime.fromisoformat("2026-10-31T00:00:00-04:00").timestamp()


def test_columns_know_the_two_quantiles_they_keep() -> None:
    by_day = some(range(2)).queues[0].columns[Resolution.DAY]["offered"]
    assert by_day.quantile(0.05) is by_day.p05
    assert by_day.quantile(0.5) is None


def test_undefined_figures_are_nan_in_columns_and_none_in_totals() -> None:
    queue = some(range(2), contacts=0.0).queues[0]
    assert all(math.isnan(mean) for mean in queue.columns[Resolution.DAY]["aht_seconds"].mean)
    assert queue.totals["aht_seconds"].mean is None


def test_no_interval_reaches_beyond_the_possible_before_and_after_storage() -> None:
    found = some(range(3), contacts=1.0)
    for read in (found, from_parts(*to_parts(found))):
        for queue in read.queues:
            names = ("service_level", "asa_seconds", "over_under_agents")
            possible = [tuple(queue.totals[name].possible) for name in names]
            assert possible == [(0, 1), (0, math.inf), (-math.inf, math.inf)]
        for part in read.scaling.queues:
            short = part.worst_shortfall
            assert [tuple(one.possible) for one in (part.worst_week.level, short.depth)] == [(0, 1)] * 2
            assert [tuple(one.possible) for one in (part.short_days, short.length_days)] == [(0, math.inf)] * 2
