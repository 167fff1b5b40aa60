"""Every measure against figures worked out by hand."""

import numpy as np
import pytest

from simulation.outcome.counters import Counters, FlowField, StockField, wait_bin
from simulation.outcome.measures import FLOWS, QUEUE_MEASURES, SERVICE_LEVELS, STOCKS, TEAM_MEASURES, Kind, Resolution
from simulation.scenario.promises import Formula
from tests.outcome.counted import SECOND, G, Q, blank, result, scenario

HOUR = 3600 * SECOND


@pytest.mark.parametrize(
    ("formula", "percent"),
    [
        (Formula.ANSWERED_OVER_OFFERED_LESS_SHORT, 82.7),
        (Formula.ABANDONED_IN_TIME_COUNT, 83.0),
        (Formula.ANSWERED_OVER_OFFERED, 81.1),
        (Formula.ANSWERED_OVER_ANSWERED, 86.0),
        (Formula.SHORT_ABANDONS_COUNT, 81.8),
    ],
)
def test_the_field_s_check_of_service_levels(formula: Formula, percent: float) -> None:
    """1,000 answered, 60 abandoned, 860 and 20 of them within 20 s (7 within the short time)."""
    counters = np.zeros((1, len(Q)), np.int64)
    counters[0, [Q.OFFERED, Q.ARRIVED_ANSWERED, Q.ARRIVED_ABANDONED]] = 1060, 1000, 60
    counters[0, [Q.ANSWERED_IN_TIME, Q.ABANDONED_IN_TIME, Q.ABANDONED_SHORT]] = 860, 20, 7
    over, under = SERVICE_LEVELS[formula].parts(counters, np.ones(1))
    assert under is not None
    assert round(100 * over[0] / under[0], 1) == percent


def day_of_calls() -> Counters:
    """Two hours of calls: those of 9:00 are answered late, in the hour after."""
    counters = blank(scenario())
    nine, ten = counters.queues[9, 0], counters.queues[10, 0]
    nine[[Q.OFFERED, Q.ANSWERED, Q.ABANDONED, Q.BLOCKED, Q.HANDLED]] = 10, 4, 1, 2, 3
    nine[[Q.ARRIVED_ANSWERED, Q.ARRIVED_ABANDONED, Q.ANSWERED_IN_TIME, Q.ABANDONED_IN_TIME]] = 6, 2, 3, 1
    nine[[Q.ABANDONED_SHORT, Q.ANSWERED_WAIT, Q.ABANDONED_WAIT, Q.HANDLE_TIME]] = (
        1,
        90 * SECOND,
        30 * SECOND,
        900 * SECOND,
    )
    nine[[Q.WAITING, Q.IN_SERVICE]] = 3, 1
    ten[[Q.ANSWERED, Q.ABANDONED, Q.HANDLED, Q.HANDLE_TIME]] = 2, 1, 3, 600 * SECOND
    for wait in (0, 0, 5, 15, 30, 40):
        counters.waits[0, 0, wait_bin(wait * SECOND)] += 1
    return counters


def test_queue_measures_of_one_day_by_hand() -> None:
    total = {name: figure.mean for name, figure in result(scenario(), [day_of_calls()]).queues[0].totals.items()}
    assert total == pytest.approx(
        {
            "offered": 10,
            "offered_new": 10,
            "answered_in_time": 3,
            "abandoned_in_time": 1,
            "abandoned_short": 1,
            "answered": 6,
            "abandoned": 2,
            "blocked": 2,
            "waiting_at_end": 0,
            "in_service_at_end": 0,
            "service_level": 0.3,
            "asa_seconds": 15,
            "wait_all_seconds": 15,
            "abandon_rate": 0.2,
            "wait_p50": total["wait_p50"],
            "wait_p90": total["wait_p90"],
            "wait_p95": total["wait_p95"],
            "wait_p99": total["wait_p99"],
            "aht_seconds": 250,
        }
    )
    assert total["wait_p50"] == pytest.approx(5, rel=1 / 16)
    assert total["wait_p99"] == pytest.approx(40, rel=1 / 16)


def test_events_count_when_they_happen_and_waits_when_the_contact_arrived() -> None:
    columns = result(scenario(), [day_of_calls()]).queues[0].columns[Resolution.INTERVAL]
    nine_and_ten = slice(9, 11)
    assert columns["answered"].mean[nine_and_ten].tolist() == [4, 2]
    assert columns["service_level"].mean[9] == pytest.approx(0.3)
    assert columns["asa_seconds"].mean[9] == pytest.approx(15)
    assert np.isnan(columns["asa_seconds"].mean[10])
    assert columns["aht_seconds"].mean[nine_and_ten].tolist() == pytest.approx([300, 200])


def test_waiting_at_the_end_of_a_period_is_that_of_its_last_interval() -> None:
    described = scenario()
    counters = blank(described)
    counters.queues[:, 1, Q.WAITING] = np.arange(49)
    mail = result(described, [counters]).queues[1]
    assert mail.columns[Resolution.DAY]["waiting_at_end"].mean.tolist() == [23, 48]
    assert mail.columns[Resolution.MONTH]["backlog"].mean.tolist() == [23, 48]
    assert mail.totals["backlog"].mean == 48


def test_only_deferred_queues_have_a_backlog() -> None:
    calls, mail = result(scenario(), [blank(scenario())]).queues
    assert "backlog" in mail.totals
    assert "backlog" not in calls.totals
    assert "backlog" not in calls.columns[Resolution.WEEK]


def test_team_measures_of_two_days_by_hand() -> None:
    described = scenario()
    counters = blank(described)
    front = counters.groups[:, 0]
    front[:, G.ROSTERED], front[:, G.ON_FLOOR], front[:, G.ABSENT] = 5 * HOUR, 4 * HOUR, HOUR // 2
    front[:, G.BUSY], front[:, G.HANDLED] = 3 * HOUR, 36
    team = result(described, [counters]).teams[0]
    total = {name: figure.mean for name, figure in team.totals.items()}
    hours = 49  # one of the two days ends daylight saving
    assert total == pytest.approx(
        {
            "rostered": 5,
            "absent": 0.5,
            "agents": 4,
            "busy": 3,
            "occupancy": 0.75,
            "utilisation": 0.8,
            "handled": 36 * hours,
            "paid_hours": 5 * hours,
            "productive_hours": 4 * hours,
            "idle_hours": hours,
            "shrinkage": 0.2,
        }
    )
    assert team.columns[Resolution.DAY]["paid_hours"].mean.tolist() == pytest.approx([120, 125])
    assert team.columns[Resolution.DAY]["agents"].mean.tolist() == pytest.approx([4, 4])


def test_a_ratio_s_mean_is_the_ratio_of_sums_over_replications() -> None:
    described = scenario()
    busy, quiet = blank(described), blank(described)
    busy.queues[9, 0, [Q.OFFERED, Q.ANSWERED_IN_TIME]] = 90, 45
    quiet.queues[9, 0, [Q.OFFERED, Q.ANSWERED_IN_TIME]] = 10, 10
    calls = result(described, [busy, quiet]).queues[0]
    for column in (calls.columns[Resolution.INTERVAL]["service_level"], calls.columns[Resolution.DAY]["service_level"]):
        level = column.mean[~np.isnan(column.mean)]
        assert level.tolist() == pytest.approx([0.55])
    assert calls.totals["service_level"].mean == pytest.approx(0.55)
    assert calls.totals["service_level"].deviation == pytest.approx(np.std([0.5, 1.0], ddof=1))


def test_headcount_is_of_the_week_s_start_and_flows_of_the_week() -> None:
    described = scenario(
        weeks=2,
        days=None,
        vendors=[
            {
                "id": "own",
                "sites": [{"id": "here", "country": "US"}],
                "teams": [
                    {
                        "id": "front",
                        "site": "here",
                        "skills": [{"queue": "calls"}, {"queue": "mail"}],
                        "workforce": {"headcount": 30, "hours_per_week": 40},
                        "shifts": [{"start": "09:00", "hours": 8}],
                    }
                ],
            }
        ],
    )
    counters = blank(described)
    counters.headcount[:, 0, StockField.TENURED] = 30, 29, 27
    counters.headcount[:2, 0, FlowField.LEFT_PRODUCTION] = 1, 2
    (headcount,) = result(described, [counters]).headcounts
    assert [week.isoformat() for week in headcount.weeks] == ["2026-10-31", "2026-11-07"]
    assert headcount.columns["tenured"].mean.tolist() == [30, 29]
    assert headcount.columns["left_production"].mean.tolist() == [1, 2]
    assert list(headcount.columns) == [*STOCKS, *FLOWS]


def test_a_team_with_given_agents_has_no_headcount() -> None:
    assert result(scenario(), [blank(scenario())]).headcounts[0].columns == {}


def test_every_measure_is_explained_and_named_as_its_key() -> None:
    for name, measure in {**QUEUE_MEASURES, **TEAM_MEASURES}.items():
        assert measure.name == name
        assert measure.meaning.endswith(".")
        assert bool(measure.under) == (measure.kind is Kind.RATIO)
        assert bool(measure.probability) == (measure.kind is Kind.QUANTILE)
