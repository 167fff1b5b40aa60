"""A scenario made from a history is as variable as the history, and is told from where its figures are."""

from dataclasses import replace
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from simulation.history import levels
from simulation.history.backtest import back_test
from simulation.history.days import days_of
from simulation.history.forecast import Forecast, forecast_demand
from simulation.history.history import History, PeriodTotals
from simulation.history.into_scenario import with_forecast
from simulation.history.levels import Model
from simulation.history.occasions import KnownEvent, Occasions
from simulation.history.refusals import MissingExtraError, UnforecastableError
from simulation.scenario.grid import Grid
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import expected_cells
from tests.history.past import history_of, scenario_of

START = date(2025, 6, 2)
CALLS: dict[str, Any] = {"weekly_volume": 6000, "busyness_cv": 0.12, "month_profile": {"WD1": 1.25}}
CHATS: dict[str, Any] = {"weekly_volume": 2500, "busyness_cv": 0.2}


def past_of(**queues: dict[str, Any]) -> Scenario:
    return scenario_of(queues, weeks=70, rho=0.5)


def to_come(**queues: dict[str, Any]) -> Scenario:
    """The scenario that a planner has before anybody looked at the past: hours are known, demand is a guess."""
    data = canonical_data(scenario_of({name: {"weekly_volume": 1} for name in queues}, weeks=26))
    return from_data({**data, "start": START.isoformat(), "name": "to come"})


@cache
def made() -> tuple[Forecast, Scenario]:
    forecast = forecast_demand(history_of(past_of(calls=CALLS, chats=CHATS)), start=START, weeks=26)
    return forecast, with_forecast(to_come(calls=CALLS, chats=CHATS), forecast, source="ACD")


def day_totals(scenario: Scenario, number: int) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    return [days_of(queue).totals for queue in history_of(scenario, number, seed=9).queues]


@pytest.mark.slow
def test_mean_spread_and_togetherness_of_days_are_those_of_the_past() -> None:
    truth = canonical_data(past_of(calls=CALLS, chats=CHATS))
    wanted = from_data({**truth, "start": START.isoformat(), "weeks": 26})
    runs = range(8)
    past = np.array([[day_totals(wanted, k)[q] for k in runs] for q in range(2)])
    future = np.array([[day_totals(made()[1], k)[q] for k in runs] for q in range(2)])
    assert future.mean(axis=(1, 2)) == pytest.approx(past.mean(axis=(1, 2)), rel=0.04)
    for q in range(2):
        before, after = (days[q] / days[q].mean(axis=0) for days in (past, future))
        assert after.std() == pytest.approx(before.std(), rel=0.12)
    together = [np.corrcoef(*(days / days.mean(axis=1, keepdims=True)).reshape(2, -1))[0, 1] for days in (past, future)]
    assert together[1] == pytest.approx(together[0], abs=0.12)


def test_every_figure_says_from_where_it_is() -> None:
    forecast, scenario = made()
    fields = {f"queues.{one.id}.demand.{name}" for one in forecast.queues for name in one.demand}
    assert {*fields, "busyness_correlation"} == set(scenario.sources)
    source = scenario.sources["queues.calls.demand.weekly_volume"]
    assert (source.source, source.confidence) == ("ACD, 2024-01-01 to 2025-05-02", "MEASURED")


def test_what_a_planner_knows_of_the_future_stays() -> None:
    shock = {"start": "2025-06-04T10:00", "hours": 2, "add": 300}
    sale = {"name": "Sale", "start": "2025-06-10", "multiplier": 2.0}
    data = canonical_data(to_come(calls=CALLS, chats=CHATS))
    data["queues"][0]["demand"] |= {"shocks": [shock], "events": [sale], "growth_per_year": 0.5}
    data["sources"] = {
        "queues.calls.demand.growth_per_year": {"source": "a guess", "confidence": "ASSUMED"},
        "queues.calls.demand.events": {"source": "marketing", "confidence": "ASSUMED"},
    }
    demand = with_forecast(from_data(data), made()[0], source="ACD")
    (calls, _) = demand.queues
    assert [one.add for one in calls.demand.shocks] == [300]
    assert [one.name for one in calls.demand.events] == ["Sale"]
    assert calls.demand.growth_per_year == 0
    assert "queues.calls.demand.growth_per_year" not in demand.sources
    assert demand.sources["queues.calls.demand.events"].source == "marketing"


def expected_by_week(scenario: Scenario) -> np.ndarray[Any, np.dtype[np.float64]]:
    cells = expected_cells(scenario, Grid.of(scenario))[0]
    volumes: np.ndarray[Any, np.dtype[np.float64]] = np.bincount(cells.week, cells.volume).astype(np.float64)
    return volumes


@pytest.mark.slow
def test_season_growth_and_days_of_the_month_reach_the_scenario() -> None:
    months = {"JAN": 0.8, "FEB": 0.85, "JUN": 1.2, "JUL": 1.3, "NOV": 1.4, "DEC": 1.5}
    demand = {
        "weekly_volume": 8000,
        "season": {"months": months},
        "growth_per_year": 0.15,
        "month_profile": {"WD1": 1.3},
        "busyness_cv": 0.04,
    }
    past = history_of(scenario_of({"calls": demand}, weeks=130))
    start = date(2026, 8, 3)
    forecast = forecast_demand(past, start=start, weeks=26)
    base = from_data({**canonical_data(to_come(calls={})), "start": start.isoformat()})
    truth = expected_by_week(scenario_of({"calls": demand}, weeks=135 + 26))[135:]
    assert expected_by_week(with_forecast(base, forecast, source="ACD")) == pytest.approx(truth, rel=0.06)
    ratio = expected_by_week(with_forecast(base, forecast, source="ACD")).sum() / truth.sum()
    assert ratio == pytest.approx(1, abs=0.025)


def with_offered(history: History, offered: np.ndarray[Any, np.dtype[np.float64]]) -> History:
    return History((replace(history.queues[0], offered=offered),))


def test_a_file_that_leaves_out_rows_without_contacts_is_not_taken_for_a_busier_one() -> None:
    past = history_of(scenario_of({"calls": {"weekly_volume": 150}}, weeks=40))
    offered = past.queues[0].offered
    whole, sparse = (
        forecast_demand(one, start=START, weeks=1).queues[0].demand
        for one in (past, with_offered(past, np.where(offered == 0, np.nan, offered)))
    )
    assert sparse["weekly_volume"] == pytest.approx(whole["weekly_volume"], rel=0.01)
    assert sparse["busyness_cv"] == pytest.approx(whole["busyness_cv"], abs=0.03)


def test_hours_that_the_file_does_not_tell_of_are_a_gap_and_no_quiet_hours() -> None:
    past = history_of(scenario_of({"calls": {"weekly_volume": 2000, "busyness_cv": 0.05}}, weeks=40))
    (queue,) = past.queues
    days = queue.local.astype("datetime64[D]")
    morning = (queue.local - days).astype(np.int64) < 12 * 60
    offered = np.where(morning & (days.astype(np.int64) % 5 == 0), np.nan, queue.offered)
    whole, torn = (forecast_demand(one, start=START, weeks=1).queues[0] for one in (past, with_offered(past, offered)))
    assert torn.demand["weekly_volume"] == pytest.approx(whole.demand["weekly_volume"], rel=0.02)
    assert torn.pattern.strange == ()


def with_drift(history: History, step: float, seed: int) -> History:
    """The same past, its level a random walk by week."""
    (queue,) = history.queues
    week = (queue.local.astype("datetime64[D]").astype(np.int64) + 3) // 7
    steps = np.random.default_rng(seed).normal(0, step, int(week.max() - week.min()) + 1)
    factor = np.exp(np.cumsum(steps))[week - week.min()]
    return History((replace(queue, offered=np.round(queue.offered * factor)),))


@pytest.mark.slow
def test_a_level_that_drifts_is_less_and_less_known() -> None:
    past = history_of(scenario_of({"calls": {"weekly_volume": 8000, "busyness_cv": 0.03}}, weeks=100))
    found = [forecast_demand(with_drift(past, 0.03, seed), start=START, weeks=13).queues[0].error for seed in range(2)]
    cvs = np.mean([[one.cv_by_lead_weeks[lead] for lead in (1, 4, 13)] for one in found if one is not None], axis=0)
    assert cvs == pytest.approx([0.03 * np.sqrt(lead + 0.5) for lead in (1, 4, 13)], rel=0.5)
    assert cvs[0] < cvs[1] < cvs[2]
    assert np.mean([one.horizon_share for one in found if one is not None]) > 0.4


def test_a_level_that_stands_is_known_and_its_error_small() -> None:
    (calls, _) = made()[0].queues
    assert calls.error is not None
    assert np.mean(list(calls.error.cv_by_lead_weeks.values())) < 0.04
    assert calls.error.bias == 0


def test_a_forecast_errs_less_than_the_last_week_does() -> None:
    (calls, chats) = made()[0].queues
    for queue in (calls, chats):
        assert [one.lead for one in queue.back_test.missed] == [1, 2, 4, 8, 13]
        for one in queue.back_test.missed:
            assert one.interval < 0.85 * one.naive_interval
            assert one.day < 0.9 * one.naive_day
            assert one.interval > one.day > one.week > 0


def test_a_forecast_of_the_past_knows_nothing_of_what_came_later() -> None:
    past = history_of(scenario_of({"calls": {"weekly_volume": 3000}}, weeks=20))
    days = days_of(past.queues[0])
    late = days.weeks > days.weeks[0] + 12
    other = replace(days, counts=np.where(late[:, None], 3 * days.counts, days.counts))
    one, two = (back_test(each, Occasions({}, {}), Model.SMOOTHING) for each in (days, other))
    before = int(np.sum(np.unique(days.weeks)[6:] <= days.weeks[0] + 13))  # origins up to the first of the late weeks
    assert before > 3
    assert one.forecast[:before] == pytest.approx(two.forecast[:before], nan_ok=True)
    assert np.nanmax(np.abs(one.forecast[before:] / two.forecast[before:] - 1)) > 0.05


def test_what_is_too_little_to_forecast_from_is_said_all_at_once() -> None:
    (short,) = history_of(scenario_of({"calls": {"weekly_volume": 300}}, weeks=1)).queues
    months = PeriodTotals("claims", "Claims", "UTC", {"2026-01": 900.0})
    with pytest.raises(UnforecastableError) as refused:
        forecast_demand(History((short,), (months,)), start=START, weeks=4, events=[KnownEvent("Sale", START)])
    assert len(refused.value.lines) == 3
    assert refused.value.lines[0] == "claims: is known by month or week only; a forecast needs days or intervals"
    assert refused.value.lines[1] == "calls: has 5 days with contacts within 5; a forecast needs 10 within 14"
    assert "no day of the event 'Sale' is in the history" in refused.value.lines[2]


def test_an_unknown_queue_and_another_clock_are_refused_together() -> None:
    forecast = made()[0]
    calls, chats = forecast.queues
    strange = Forecast((replace(calls, id="call"), replace(chats, timezone="Asia/Manila")), forecast.correlation)
    with pytest.raises(UnforecastableError) as refused:
        with_forecast(to_come(calls=CALLS, chats=CHATS), strange, source="ACD")
    assert refused.value.lines == (
        "call: the scenario has no such queue; write calls",
        "chats: the history is by the clock of Asia/Manila, the queue by that of America/New_York",
    )


@pytest.mark.bar
def test_the_state_space_model_is_an_extra_and_agrees_where_volume_stands() -> None:
    pytest.importorskip("statsmodels")
    weeks = 1 + np.random.default_rng(3).normal(0, 0.02, 40)
    found = levels.last_level(weeks, np.full(40, 5.0), Model.STATE_SPACE)
    assert found == pytest.approx(levels.last_level(weeks, np.full(40, 5.0), Model.SMOOTHING), abs=0.015)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(levels, "import_module", missing)
    with pytest.raises(MissingExtraError, match=r"install springtide\[forecast\]"):
        levels.last_level(np.ones(10), np.ones(10), Model.STATE_SPACE)
    assert import_module("numpy") is np
