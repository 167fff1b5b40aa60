"""Results as data frames hold what the result holds, in rows that add up."""

import doctest
from functools import cache

import polars as pl
import pytest

from simulation import frames
from simulation.experiment import Experiment, simulate
from simulation.frames import (
    MissingPandasError,
    as_pandas,
    clause_frame,
    cost_frame,
    headcount_frame,
    queue_frame,
    replication_frame,
    team_frame,
    totals_frame,
)
from simulation.outcome.counting.measure import Resolution
from simulation.outcome.report.result import Result, Statistic
from simulation.presets import preset_text
from simulation.scenario.reading.document import load


@cache
def month_end() -> Result:
    return simulate(load(preset_text("ap-month-end")), Experiment(replications=3, seed=5))


def test_the_example_of_the_docstring_runs() -> None:
    assert doctest.testmod(frames).failed == 0


@pytest.mark.parametrize("resolution", list(Resolution))
def test_queues_and_teams_have_a_row_a_period_at_every_resolution(resolution: Resolution) -> None:
    result = month_end()
    periods = 1 if resolution is Resolution.TOTAL else len(result.starts[resolution])
    for frame, those in ((queue_frame, result.queues), (team_frame, result.teams)):
        assert frame(result, resolution).height == periods * len(those)


def test_days_of_a_queue_are_the_result_s_own_and_add_up_to_its_total() -> None:
    result = month_end()
    days = queue_frame(result).filter(pl.col("queue") == "invoices")
    queue = result.queues[0]
    assert days["offered"].to_list() == queue.columns[Resolution.DAY]["offered"].mean.tolist()
    assert days["start"].to_list() == result.instants(Resolution.DAY)
    assert days["offered"].sum() == pytest.approx(queue.totals["offered"].mean)
    total = queue_frame(result, Resolution.TOTAL, Statistic.P95).filter(pl.col("queue") == "invoices")
    assert total["offered"].to_list() == [queue.totals["offered"].quantile(0.95)]


def test_what_is_undefined_is_null() -> None:
    sundays = queue_frame(month_end()).filter(pl.col("start").dt.weekday() == 7, pl.col("offered") == 0)
    assert sundays.height
    assert sundays["service_level"].null_count() == sundays.height


def test_totals_have_their_interval_and_replications_their_values() -> None:
    result = month_end()
    level = pl.col("measure") == "offered"
    (total,) = totals_frame(result).filter(pl.col("id") == "invoices", level).to_dicts()
    each = replication_frame(result).filter(pl.col("id") == "invoices", level)
    assert each["replication"].to_list() == [0, 1, 2]
    assert each["value"].mean() == pytest.approx(total["mean"])
    assert each["value"].std() == pytest.approx(total["sd"])
    assert total["lower"] < total["mean"] < total["upper"]


def test_clauses_have_a_row_a_window() -> None:
    result = month_end()
    clauses = clause_frame(result)
    assert clauses.height == sum(len(clause.windows) for clause in result.settlement.clauses)
    partial = clauses.filter(pl.col("partial"))
    assert partial["met"].null_count() == partial.height
    assert clauses.filter(~pl.col("partial"))["met"].is_between(0, 1).all()


def test_the_client_s_lines_add_up_to_its_cost_and_its_invoices_are_the_vendors_lines() -> None:
    result = month_end()
    costs = cost_frame(result)
    assert result.settlement.cost is not None
    client = costs.filter(pl.col("side") == "CLIENT")
    assert client["mean"].sum() == pytest.approx(result.settlement.cost.total.mean)
    invoiced = client.filter(pl.col("kind") == "INVOICE")["mean"].sum()
    assert costs.filter(pl.col("side") == "INVOICE")["mean"].sum() == pytest.approx(invoiced)
    assert (costs.filter(pl.col("side") == "OWN")["mean"] >= 0).all()


def test_people_have_a_row_a_week_and_team() -> None:
    result = month_end()
    people = headcount_frame(result)
    assert people.height == sum(len(of.weeks) for of in result.headcounts if of.columns)
    assert people.columns[:2] == ["team", "week"]


def test_a_scenario_without_contracts_has_the_columns_and_no_rows() -> None:
    result = simulate(load(preset_text("single-queue"), changes={"weeks": "1"}), Experiment(replications=1))
    assert clause_frame(result).columns == clause_frame(month_end()).columns
    assert clause_frame(result).height == cost_frame(result).height == headcount_frame(result).height == 0


@pytest.mark.slow
def test_pandas_has_the_same_rows() -> None:
    pytest.importorskip("pandas")
    clauses = as_pandas(clause_frame(month_end()))
    assert list(clauses.columns) == clause_frame(month_end()).columns
    assert len(clauses) == clause_frame(month_end()).height


def test_missing_pandas_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(frames, "import_module", missing)
    with pytest.raises(MissingPandasError, match="polars frame"):
        as_pandas(pl.DataFrame())
