"""A past simulated from known demand gives that demand back, within the errors that the estimate states."""

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from simulation.history.days import days_of
from simulation.history.effects import Kind
from simulation.history.forecast import Forecast, forecast_demand
from simulation.history.levels import Model
from simulation.history.luck import correlation_between
from simulation.history.occasions import KnownEvent, Occasions
from simulation.history.pattern import Pattern, pattern_of
from simulation.scenario.calendar import MONTH_NAMES
from tests.history.past import CURVE, WEEK, history_of, scenario_of

SEASON = {
    str(name): factor
    for name, factor in zip(MONTH_NAMES, [0.9, 0.95, 1, 1, 1.05, 1, 0.8, 0.85, 1, 1.1, 1.3, 1.4], strict=True)
}
MONTH = {"WD1": 1.3, "WD-1": 1.2}
SALES = [KnownEvent("Sale", date(2024, 5, 13), 3), KnownEvent("Sale", date(2025, 5, 12), 3)]
YEARS = 3


def long_demand() -> dict[str, Any]:
    events = [{"name": "Sale", "start": sale.start.isoformat(), "days": sale.days, "multiplier": 1.5} for sale in SALES]
    return {
        "weekly_volume": 6000,
        "season": {"months": SEASON},
        "growth_per_year": 0.1,
        "month_profile": MONTH,
        "events": events,
        "busyness_cv": 0.08,
    }


@cache
def long_past() -> Pattern:
    (queue,) = history_of(scenario_of({"calls": long_demand()}, weeks=52 * YEARS)).queues
    days = days_of(queue)
    return pattern_of(days, Occasions.of(None, SALES, days.dates[0], days.dates[-1]), Model.SMOOTHING)


def assert_found(kind: Kind, wanted: dict[str, float], pattern: Pattern) -> None:
    found, errors = pattern.factors(kind), pattern.errors(kind)
    assert set(found) >= set(wanted)
    for name, factor in wanted.items():
        assert abs(np.log(found[name] / factor)) < 3.5 * errors[name], (name, found[name], factor, errors[name])
        assert errors[name] < 0.05, "an error that lets everything pass tells nothing"


def test_growth_events_and_days_of_the_month_come_back_within_their_errors() -> None:
    pattern = long_past()
    assert_found(Kind.GROWTH, {"": 1.1}, pattern)
    assert_found(Kind.EVENT, {"Sale": 1.5}, pattern)
    assert_found(Kind.MONTH_DAY, MONTH, pattern)
    january = {name: factor / SEASON["JAN"] for name, factor in SEASON.items() if name != "JAN"}
    assert_found(Kind.SEASON, january, pattern)
    weekdays = pattern.factors(Kind.WEEKDAY)
    wednesday = {name: factor / WEEK["WED"] for name, factor in WEEK.items()}
    for name, ratio in wednesday.items():
        assert weekdays[name] / weekdays["WED"] == pytest.approx(ratio, abs=4 * 0.08 / np.sqrt(52 * YEARS / 2))


def test_the_day_s_luck_comes_back_net_of_poisson_noise() -> None:
    fit = long_past().fit
    assert abs(fit.cv_day**2 - 0.08**2) < 3.5 * fit.cv_day_error
    assert fit.cv_day_error < 0.3 * 0.08**2
    assert fit.cv_week < 0.03


@pytest.mark.slow
@pytest.mark.parametrize(("volume", "cv"), [(400, 0.0), (400, 0.2), (6000, 0.06)])
def test_busyness_is_told_from_poisson_noise_at_any_volume(volume: float, cv: float) -> None:
    scenario = scenario_of({"calls": {"weekly_volume": volume, "busyness_cv": cv}}, weeks=40)
    squares, scores = [], []
    for number in range(8):
        days = days_of(history_of(scenario, number).queues[0])
        fit = pattern_of(days, Occasions({}, {}), Model.SMOOTHING).fit
        squares.append(fit.cv_day**2)
        scores.append((fit.cv_day**2 - cv**2) / fit.cv_day_error)
    assert np.abs(scores).max() < 4
    if cv:  # what cannot be below 0 is above it on average
        assert np.mean(squares) == pytest.approx(cv**2, rel=0.25)


@pytest.mark.bar
def test_stated_errors_are_as_large_as_what_is_missed() -> None:
    scenario = scenario_of({"calls": {"weekly_volume": 2000, "month_profile": MONTH, "busyness_cv": 0.1}}, weeks=52)
    scores = []
    for number in range(12):
        days = days_of(history_of(scenario, number).queues[0])
        pattern = pattern_of(days, Occasions({}, {}), Model.SMOOTHING)
        found, errors = pattern.factors(Kind.MONTH_DAY), pattern.errors(Kind.MONTH_DAY)
        scores += [np.log(found[name] / factor) / errors[name] for name, factor in MONTH.items()]
    assert 0.6 < np.std(scores) < 1.4


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_what_queues_share_of_a_day_comes_back(rho: float) -> None:
    queues = {
        "calls": {"weekly_volume": 4000, "busyness_cv": 0.1},
        "chats": {"weekly_volume": 1500, "busyness_cv": 0.2},
    }
    past = history_of(scenario_of(queues, weeks=60, rho=rho))
    patterns = [pattern_of(days_of(queue), Occasions({}, {}), Model.SMOOTHING) for queue in past.queues]
    found = correlation_between(patterns)
    assert found.value == pytest.approx(rho, abs=4 * 1.3 / np.sqrt(found.pairs))
    assert found.pairs == 300


def test_the_curve_of_the_day_comes_back() -> None:
    pattern = long_past()
    rates = pattern.profiles[0][16:36]
    wanted = np.repeat([CURVE["08:00"], *[CURVE["09:00"]] * 2, *[CURVE["11:00"]] * 2, *[1.0] * 2, *[1.1] * 2, 0.5], 2)
    assert rates.sum() == pytest.approx(1)
    assert rates == pytest.approx(wanted / wanted.sum(), rel=0.03)
    assert np.ptp(pattern.profiles[:5], axis=0).max() < 0.002, "weekdays are as alike as they were made"


def test_weekdays_that_differ_keep_their_own_curve() -> None:
    curves = [{"days": ["MON"], "weights": {"08:00": 2, "13:00": 0.5}}, {"weights": {"08:00": 1}}]
    scenario = scenario_of({"calls": {"weekly_volume": 5000, "time_of_day_weights": curves}}, weeks=20)
    days = days_of(history_of(scenario).queues[0])
    profiles = pattern_of(days, Occasions({}, {}), Model.SMOOTHING).profiles
    assert profiles[0][16:26].sum() == pytest.approx(0.8, abs=0.01)
    assert profiles[1][16:26].sum() == pytest.approx(0.5, abs=0.01)


@cache
def holiday_past() -> Forecast:
    """Two years of a shop that closes on Thanksgiving, has half its calls on Columbus Day and many on the day after
    Thanksgiving."""
    thanksgiving = [date(2024, 11, 28), date(2025, 11, 27)]
    columbus = [date(2024, 10, 14), date(2025, 10, 13)]
    events = [{"name": "C", "start": day.isoformat(), "multiplier": 0.5} for day in columbus]
    after = [
        {"name": "A", "start": day.replace(day=day.day + 1).isoformat(), "multiplier": 1.4} for day in thanksgiving
    ]
    demand = {
        "weekly_volume": 5000,
        "events": events + after,
        "busyness_cv": 0.05,
        "closed": [day.isoformat() for day in thanksgiving],
    }
    history = history_of(scenario_of({"calls": demand}, weeks=103))
    return forecast_demand(history, start=date(2026, 10, 5), weeks=10, country="US")


@pytest.mark.slow
def test_holidays_of_the_past_are_those_to_come() -> None:
    (queue,) = holiday_past().queues
    assert queue.closed == (date(2026, 11, 26),)
    assert queue.unseen == {}
    events = {event["start"]: event for event in queue.demand["events"]}
    assert set(events) == {"2026-10-12", "2026-11-27"}
    assert events["2026-10-12"]["name"] == "Columbus Day"
    assert events["2026-10-12"]["multiplier"] == pytest.approx(0.5, rel=0.1)
    assert events["2026-11-27"]["name"] == "day after Thanksgiving Day"
    assert events["2026-11-27"]["multiplier"] == pytest.approx(1.4, rel=0.1)


def test_a_holiday_that_the_past_does_not_have_is_told() -> None:
    history = history_of(scenario_of({"calls": {"weekly_volume": 2000}}, weeks=9, start="2026-09-21"))
    (queue,) = forecast_demand(history, start=date(2026, 11, 23), weeks=5, country="US").queues
    assert queue.unseen == {date(2026, 11, 26): "Thanksgiving Day", date(2026, 12, 25): "Christmas Day"}
    assert queue.closed == ()


def test_only_days_before_the_start_count() -> None:
    history = history_of(scenario_of({"calls": {"weekly_volume": 2000, "growth_per_year": 2.0}}, weeks=20))
    late, early = (
        forecast_demand(history, start=day, weeks=1).queues[0] for day in (date(2024, 5, 20), date(2024, 3, 4))
    )
    assert (early.last, late.last) == (date(2024, 3, 1), date(2024, 5, 17))
    assert early.demand["weekly_volume"] < 0.95 * late.demand["weekly_volume"]


def test_a_start_weeks_after_the_history_is_known_as_badly_as_its_lead() -> None:
    history = history_of(scenario_of({"calls": {"weekly_volume": 4000, "growth_per_year": 1.5}}, weeks=40))
    soon, later = (
        forecast_demand(history, start=day, weeks=1).queues[0] for day in (date(2024, 10, 7), date(2024, 11, 4))
    )
    assert soon.error is not None
    cvs = soon.demand["forecast_error"]["cv_by_lead_weeks"]
    assert cvs["4"] < cvs["8"] < cvs["13"]
    assert later.demand["forecast_error"]["cv_by_lead_weeks"]["4"] == pytest.approx(cvs["8"], abs=1e-4)


def test_a_short_past_tells_no_season_and_no_growth() -> None:
    history = history_of(scenario_of({"calls": {"weekly_volume": 3000, "growth_per_year": 0.3}}, weeks=40))
    demand = forecast_demand(history, start=date(2024, 10, 7), weeks=4).queues[0].demand
    assert {"season", "growth_per_year", "month_profile", "events"} & set(demand) == set()


def test_a_day_on_which_the_lines_were_down_is_told_and_left_out() -> None:
    scenario = scenario_of({"calls": {"weekly_volume": 3000, "busyness_cv": 0.05}}, weeks=30)
    (queue,) = history_of(scenario).queues
    down = queue.local.astype("datetime64[D]") == np.datetime64("2024-03-13")
    offered = np.where(down, np.floor(queue.offered * 0.2), queue.offered)
    days = days_of(type(queue)(queue.id, queue.name, queue.timezone, 30, queue.starts, queue.local, offered))
    pattern = pattern_of(days, Occasions({}, {}), Model.SMOOTHING)
    (strange,) = pattern.strange
    assert strange.day == date(2024, 3, 13)
    assert strange.contacts < 0.3 * strange.expected
    assert pattern.fit.cv_day == pytest.approx(0.05, abs=0.015)
