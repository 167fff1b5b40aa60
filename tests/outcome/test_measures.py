"""Every measure against figures worked out by hand."""

import numpy as np
import pytest

from simulation.outcome.counting.counters import Counters, FlowField, StockField, wait_bin
from simulation.outcome.counting.measure import Kind, Resolution
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES, SERVICE_LEVELS
from simulation.outcome.counting.team_measures import FLOWS, STOCKS, TEAM_MEASURES
from simulation.scenario.queues.promises import Formula
from simulation.scenario.reading.document import from_data
from tests.outcome.counted import SECOND, G, Q, blank, random_counters, result, scenario

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
            "offered_retrial": 0,
            "offered_repeat": 0,
            "offered_transfer": 0,
            "offered_rework": 0,
            "offered_bot_failure": 0,
            "offered_requeued": 0,
            "answered_in_time": 3,
            "abandoned_in_time": 1,
            "abandoned_short": 1,
            "answered": 6,
            "abandoned": 2,
            "blocked": 2,
            "contained": 0,
            "callbacks": 0,
            "callbacks_served": 0,
            "callback_delay_seconds": total["callback_delay_seconds"],
            "broken_off": 0,
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
            "fcr": 1,
            "required_agents": 0,
            "over_under_agents": 0,
        }
    )
    assert total["callback_delay_seconds"] is None
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


def test_only_deferred_queues_have_a_backlog_and_work_due() -> None:
    calls, mail = result(scenario(), [blank(scenario())]).queues
    assert mail.totals.keys() - calls.totals.keys() == {"turnaround_met", "backlog", "backlog_age_hours"}
    assert calls.totals.keys() <= mail.totals.keys()
    assert "backlog" not in calls.columns[Resolution.WEEK]


def test_what_comes_again_is_offered_but_not_new() -> None:
    counters = blank(scenario())
    row = counters.queues[9, 0]
    row[Q.OFFERED] = 100
    row[[Q.OFFERED_RETRIAL, Q.OFFERED_REPEAT, Q.OFFERED_TRANSFER]] = 1, 2, 4
    row[[Q.OFFERED_REWORK, Q.OFFERED_BOT_FAILURE, Q.OFFERED_REQUEUED]] = 8, 16, 32
    row[Q.CONTAINED] = 50
    total = {name: figure.mean for name, figure in result(scenario(), [counters]).queues[0].totals.items()}
    origins = ("new", "retrial", "repeat", "transfer", "rework", "bot_failure", "requeued")
    assert [total[f"offered_{origin}"] for origin in origins] == [37, 1, 2, 4, 8, 16, 32]
    assert (total["offered"], total["contained"]) == (100, 50)


@pytest.mark.parametrize(
    ("formula", "level"),
    [
        (Formula.ANSWERED_OVER_OFFERED_LESS_SHORT, 48 / 72),
        (Formula.ABANDONED_IN_TIME_COUNT, 56 / 80),
        (Formula.ANSWERED_OVER_OFFERED, 48 / 80),
        (Formula.ANSWERED_OVER_ANSWERED, 48 / 60),
        (Formula.SHORT_ABANDONS_COUNT, 50 / 80),
    ],
)
def test_an_accepted_call_back_is_out_of_the_service_level(formula: Formula, level: float) -> None:
    """100 offered: 20 call-backs, 60 answered (48 in time), 20 abandoned (8 in time, 2 of them at once)."""
    counters = np.zeros((1, len(Q)), np.int64)
    counters[0, [Q.OFFERED, Q.CALLBACKS, Q.ARRIVED_ANSWERED, Q.ARRIVED_ABANDONED]] = 100, 20, 60, 20
    counters[0, [Q.ANSWERED_IN_TIME, Q.ABANDONED_IN_TIME, Q.ABANDONED_SHORT]] = 48, 8, 2
    over, under = SERVICE_LEVELS[formula].parts(counters, np.ones(1))
    assert under is not None
    assert over[0] / under[0] == pytest.approx(level)


def test_call_backs_have_a_delay_of_their_own() -> None:
    counters = blank(scenario())
    nine, ten = counters.queues[9, 0], counters.queues[10, 0]
    nine[[Q.OFFERED, Q.CALLBACKS, Q.ARRIVED_ANSWERED]] = 5, 3, 2
    nine[Q.ANSWERED_WAIT] = 60 * SECOND
    ten[[Q.CALLBACKS_SERVED, Q.CALLBACKS_FAILED, Q.CALLBACK_DELAY]] = 2, 1, 3000 * SECOND
    calls = result(scenario(), [counters]).queues[0]
    total = {name: figure.mean for name, figure in calls.totals.items()}
    assert (total["callbacks"], total["callbacks_served"], total["callback_delay_seconds"]) == (3, 2, 1500)
    assert (total["asa_seconds"], total["wait_all_seconds"]) == (30, 30)
    hourly = calls.columns[Resolution.INTERVAL]["callback_delay_seconds"].mean
    assert np.isnan(hourly[9])
    assert hourly[10] == 1500


def test_first_contact_resolution_is_of_the_contacts_answered() -> None:
    counters = blank(scenario())
    counters.queues[9, 0, [Q.OFFERED, Q.ARRIVED_ANSWERED, Q.REPEATED]] = 60, 50, 8
    counters.queues[10, 0, [Q.OFFERED, Q.ARRIVED_ANSWERED, Q.REPEATED]] = 60, 30, 0
    calls = result(scenario(), [counters]).queues[0]
    assert calls.totals["fcr"].mean == pytest.approx(0.9)
    assert calls.columns[Resolution.INTERVAL]["fcr"].mean[9:11].tolist() == pytest.approx([0.84, 1])
    assert np.isnan(calls.columns[Resolution.INTERVAL]["fcr"].mean[11])


def test_turnaround_is_of_the_work_due_and_undefined_where_none_is() -> None:
    counters = blank(scenario())
    counters.queues[9, 1, [Q.DUE, Q.DUE_MET]] = 10, 9
    counters.queues[30, 1, [Q.DUE, Q.DUE_MET]] = 30, 15
    mail = result(scenario(), [counters]).queues[1]
    assert mail.totals["turnaround_met"].mean == pytest.approx(0.6)
    assert mail.columns[Resolution.DAY]["turnaround_met"].mean.tolist() == pytest.approx([0.9, 0.5])
    assert result(scenario(), [blank(scenario())]).queues[1].totals["turnaround_met"].mean is None


def test_the_backlog_s_age_is_that_at_the_end_of_the_period() -> None:
    first, second = blank(scenario()), blank(scenario())
    for counters, waiting, age in ((first, 4, 30), (second, 1, 50)):
        counters.queues[:, 1, Q.WAITING], counters.queues[:, 1, Q.WAITING_AGE] = 7, 7 * HOUR
        counters.queues[[23, 48], 1, Q.WAITING] = waiting
        counters.queues[[23, 48], 1, Q.WAITING_AGE] = age * HOUR
    mail = result(scenario(), [first, second]).queues[1]
    assert mail.columns[Resolution.DAY]["backlog_age_hours"].mean.tolist() == pytest.approx([16, 16])
    assert mail.totals["backlog_age_hours"].mean == pytest.approx(16)
    assert mail.columns[Resolution.INTERVAL]["backlog_age_hours"].mean[:24].tolist() == pytest.approx([*[1] * 23, 16])


def test_the_ages_of_a_huge_backlog_add_up_over_replications() -> None:
    counters = blank(scenario())
    counters.queues[:, 1, Q.WAITING], counters.queues[:, 1, Q.WAITING_AGE] = 1_000_000, 1_000_000 * 1000 * HOUR
    mail = result(scenario(), [counters] * 6).queues[1]  # 2.2e19 microseconds
    assert mail.columns[Resolution.INTERVAL]["backlog_age_hours"].mean[0] == pytest.approx(1000)
    assert mail.totals["backlog_age_hours"].mean == pytest.approx(1000)


def test_team_measures_of_two_days_by_hand() -> None:
    described = scenario()
    counters = blank(described)
    front = counters.groups[:, 0]
    front[:, G.ROSTERED], front[:, G.ON_FLOOR], front[:, G.ABSENT] = 5 * HOUR, 4 * HOUR, HOUR // 2
    front[:, G.BUSY], front[:, G.HANDLED] = 3 * HOUR, 36
    front[:, G.OVERTIME], front[:, G.SURGE], front[:, G.LEAVE] = HOUR // 4, HOUR, HOUR // 5
    front[:, G.IN_OFFICE], front[:, G.MENTORING] = 3 * HOUR // 10, HOUR // 10
    front[:, G.REQUIRED], front[:, G.EFFECTIVE] = 9 * HOUR // 2, 7 * HOUR // 2
    front[:, G.UNAVAILABLE] = HOUR // 5
    front[:, G.OVER_85], front[9, G.OVER_90] = HOUR, 4 * HOUR
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
            "required_agents": 4.5,
            "over_under_agents": -1,
            "overtime_agents": 0.25,
            "surge_agents": 1,
            "paid_hours": 5 * hours,
            "productive_hours": 4 * hours,
            "billable_hours": 4 * hours,
            "ordered_hours": 0,
            "idle_hours": hours,
            "shrinkage": 0.22,
            "regular_hours": 3.75 * hours,
            "overtime_hours": 0.25 * hours,
            "surge_hours": hours,
            "leave_hours": 0.2 * hours,
            "absence_hours": 0.3 * hours,
            "in_office_hours": 0.3 * hours,
            "mentoring_hours": 0.1 * hours,
            "unavailable_hours": 0.2 * hours,
            "overrun_hours": 0.1 * hours,
            "busy_hours": 3 * hours,
            "over_85_hours": hours,
            "over_90_hours": 4,
            "over_95_hours": 0,
        }
    )
    assert team.columns[Resolution.DAY]["paid_hours"].mean.tolist() == pytest.approx([120, 125])
    assert team.columns[Resolution.DAY]["agents"].mean.tolist() == pytest.approx([4, 4])


def test_paid_hours_come_from_one_place_and_go_to_one() -> None:
    described = scenario()
    team = result(described, [random_counters(described, seed) for seed in range(3)]).teams[1]
    came = ("regular", "overtime", "surge")
    went = ("leave", "absence", "in_office", "mentoring", "unavailable", "busy", "idle")
    for resolution in (Resolution.DAY, Resolution.MONTH):
        columns = team.columns[resolution]
        paid, overrun = columns["paid_hours"].mean, columns["overrun_hours"].mean
        assert sum(columns[f"{name}_hours"].mean for name in came) == pytest.approx(paid)
        assert sum(columns[f"{name}_hours"].mean for name in went) == pytest.approx(paid + overrun)
    assert "leave_hours" not in team.columns[Resolution.INTERVAL]


def test_over_and_under_is_signed_and_has_its_spread_by_interval() -> None:
    described = scenario()
    counted = [blank(described) for _ in range(21)]
    for number, counters in enumerate(counted):
        counters.queues[9, 0, [Q.REQUIRED, Q.EFFECTIVE]] = 10 * HOUR, number * HOUR
    column = result(described, counted).queues[0].columns[Resolution.INTERVAL]["over_under_agents"]
    assert column.p05 is not None
    assert column.p95 is not None
    assert (column.mean[9], column.p05[9], column.p95[9]) == pytest.approx((0, -9, 9))
    assert column.p05[10] == 0
    tiny = blank(described)
    tiny.queues[9, 0, Q.REQUIRED] = HOUR // 10_000  # less than nothing by the smallest step that is kept
    column = result(described, [tiny]).queues[0].columns[Resolution.INTERVAL]["over_under_agents"]
    assert column.p05 is not None
    assert column.p05[9] == pytest.approx(-1e-4)


def test_time_over_an_occupancy_is_of_the_team_not_of_its_groups() -> None:
    counters = Counters.zeros(intervals=3, days=1, weeks=1, queues=1, groups=3, teams=2)
    counters.groups[:, 0, G.ON_FLOOR], counters.groups[:, 1, G.ON_FLOOR] = 10, 30
    counters.groups[:, 0, G.BUSY] = 10
    counters.groups[:, 1, G.BUSY] = [24, 26, 30]  # of the team 85 %, 90 %, all
    added = counters.by_team([0, 2])
    assert added[:, 0, G.OVER_85].tolist() == [0, 40, 40]
    assert added[:, 0, G.OVER_90].tolist() == [0, 0, 40]
    assert added[:, 0, G.OVER_95].tolist() == [0, 0, 40]
    assert not added[:, 1, G.OVER_85].any()


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


def test_only_outbound_queues_have_attempts() -> None:
    mail, records = scenario().queues[1], {"channel": "OUTBOUND", "outbound": {"connect": 0.2}}
    called = mail.model_dump(mode="json", exclude_defaults=True) | {"id": "records"} | records
    document = scenario().model_dump(mode="json", exclude_defaults=True, by_alias=True)
    document["queues"].append(called)
    document["vendors"][0]["teams"][1]["skills"].append({"queue": "records"})
    described = from_data(document)
    counters = blank(described)
    counters.queues[3:5, 2, Q.ATTEMPTS] = 4, 5
    _, mail_result, records_result = result(described, [counters]).queues
    assert records_result.totals.keys() - mail_result.totals.keys() == {"attempts"}
    assert records_result.totals["attempts"].mean == 9


def test_a_team_with_given_agents_has_no_headcount() -> None:
    assert result(scenario(), [blank(scenario())]).headcounts[0].columns == {}


def test_every_measure_is_explained_and_named_as_its_key() -> None:
    for name, measure in {**QUEUE_MEASURES, **TEAM_MEASURES}.items():
        assert measure.name == name
        assert measure.meaning.endswith(".")
        assert bool(measure.under) == (measure.kind is Kind.RATIO)
        assert bool(measure.probability) == (measure.kind is Kind.QUANTILE)
