"""The scaling report against figures worked out by hand."""

import json
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import VOLUME_UNIT, Counters, StockField
from simulation.outcome.counting.estimates import Chance
from simulation.outcome.report.conclusion import conclude
from simulation.outcome.report.document import document
from simulation.outcome.report.parts import from_parts, to_parts
from simulation.outcome.report.result import Result
from simulation.outcome.report.scaling import daily_targets, latest_requisition, queue_scaling, weekly_targets
from simulation.outcome.report.shortfalls import (
    NONE,
    DemandStep,
    demand_steps,
    shortfalls,
    weeks_to_recover,
    worst_period,
)
from simulation.outcome.shards.summary import merge
from simulation.scenario.events import Event
from simulation.scenario.grid import Grid
from simulation.scenario.people.hiring import Hiring
from simulation.scenario.queues.routes import Route
from simulation.scenario.scenario import Scenario
from simulation.scenario.transitions import Transition
from tests.outcome.counted import G, Q, blank, random_counters, result, scenario, summary

HOUR = 3600 * 1_000_000
NAN = np.nan


def levels(*rows: list[float]) -> Any:
    return np.array(rows, np.float64)


def test_a_week_steps_up_when_it_is_15_percent_over_the_mean_of_the_four_before_but_the_lowest() -> None:
    (step,) = demand_steps(np.array([500.0, 100, 100, 100, 100, 115, 130, 114, 100]))
    assert (step.first, step.last) == (5, 6)
    assert step.rise == pytest.approx(0.3)  # over the weeks before the first, of the ramp as a whole
    assert demand_steps(np.array([100, 100, 100, 100, 114.9])) == []


def test_a_rise_that_lasts_is_one_step_until_volume_falls_back() -> None:
    def spans(*volumes: float) -> list[tuple[int, int, float]]:
        return [(step.first, step.last, round(step.rise, 9)) for step in demand_steps(np.array(volumes))]

    four = [100.0] * 4
    assert spans(*four, *[118] * 8) == [(4, 11, 0.18)]
    assert spans(*four, *[118] * 8, 114, 120, 120) == [(4, 11, 0.18)]  # 120 is no step over the weeks before it
    assert spans(*four, *[120] * 6, 150, 150, 119) == [(4, 9, 0.2), (10, 11, 0.25)]  # the next step ends it
    assert spans(*four, *[120, 140, 160], *[160] * 6) == [(4, 12, 0.6)]  # a ramp is one step
    assert spans(1000, 1, 1, 1, 400, 200) == [(4, 4, round(400 / 334 - 1, 9)), (5, 5, round(200 / 134 - 1, 9))]


def test_volume_that_comes_back_after_a_holiday_is_no_step() -> None:
    assert demand_steps(np.array([2400.0, 2400, 2400, 2400, 600, 2400, 2400, 2400])) == []
    (step,) = demand_steps(np.array([2400.0, 2400, 2400, 2400, 600, 2880, 2880, 2880]))
    assert (step.first, step.last) == (5, 7)
    assert step.rise == pytest.approx(0.2)  # over a week without holidays
    eight_percent_a_week = np.array([100 * 1.08**week for week in range(6)])  # over 15 % over the mean of three
    (ramp,) = demand_steps(eight_percent_a_week)
    assert (ramp.first, ramp.last) == (4, 5)


def test_steps_are_measured_against_as_many_weeks_as_there_are_but_not_against_nothing() -> None:
    assert [(step.first, step.last) for step in demand_steps(np.array([100.0, 120, 110, 150]))] == [(1, 1), (3, 3)]
    assert [(step.first, step.last) for step in demand_steps(np.array([100.0, 120, 116, 150]))] == [(1, 2), (3, 3)]
    assert demand_steps(np.array([0.0, 0, 50])) == []
    assert demand_steps(np.array([100.0])) == []


def test_recovery_is_counted_from_the_step_to_the_first_week_on_target_after_it_failed() -> None:
    step, targets = DemandStep(2, 3, 0.3), np.full(7, 0.8)
    weeks = weeks_to_recover(
        levels(
            [0.1, 0.1, 0.8, 0.9, 0.1, 0.9, 0.9],  # held: what came after the step is not its doing
            [0.9, 0.9, 0.7, 0.9, 0.9, 0.9, 0.9],  # a week later
            [0.9, 0.9, 0.9, 0.7, 0.7, NAN, 0.8],  # fails in the step's second week, back in the fourth after its first
            [0.9, 0.9, 0.5, 0.5, 0.5, 0.5, 0.7],  # never
            [0.9, 0.9, NAN, NAN, 0.5, 0.5, 0.5],  # nobody came
        ),
        targets,
        step,
    )
    assert weeks.tolist() == pytest.approx([0, 1, 4, NAN, 0], nan_ok=True)


def test_service_that_fails_weeks_after_a_lasting_step_did_not_hold() -> None:
    (step,) = demand_steps(np.array([100.0, 100, 118, 118, 118, 118, 118, 118]))
    weeks = weeks_to_recover(
        levels(
            [0.9, 0.9, 0.9, 0.9, 0.7, 0.6, 0.8, 0.9],  # the backlog grows for two weeks before it shows
            [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.7],  # to the horizon
            [0.9] * 8,
        ),
        np.full(8, 0.8),
        step,
    )
    assert weeks.tolist() == pytest.approx([4, NAN, 0], nan_ok=True)


def test_shortfalls_are_runs_of_days_under_target_and_the_worst_has_most_gap_in_all() -> None:
    found = shortfalls(
        levels(
            [0.7, 0.6, NAN, 0.7, 0.8, 0.2, NAN, 0.9],  # 0.1 + 0.2 + 0.1 over four days; 0.6 in one
            [0.6, 0.5, NAN, 0.6, 0.9, 0.5, NAN, NAN],  # 0.2 + 0.3 + 0.2; 0.3: a closed end does not count
            [0.8, 0.9, NAN, NAN, 0.8, 0.8, 0.8, 1.0],
            [NAN, 0.9, NAN, NAN, 0.8, 0.8, 0.8, 0.7],
        ),
        np.full(8, 0.8),
    )
    assert found.number.tolist() == [2, 2, 0, 1]
    assert found.days.tolist() == [4, 4, 0, 1]
    assert found.depth.tolist() == pytest.approx([0.6, 0.3, NAN, 0.1], nan_ok=True)
    assert found.length.tolist() == pytest.approx([1, 4, NAN, 1], nan_ok=True)
    assert found.each.replication.tolist() == [0, 0, 1, 1, 3]
    assert found.each.first.tolist() == [0, 5, 0, 5, 7]
    assert found.each.length.tolist() == [4, 1, 4, 1, 1]
    assert found.each.depth.tolist() == pytest.approx([0.2, 0.6, 0.3, 0.3, 0.1])
    assert found.each.area.tolist() == pytest.approx([0.4, 0.6, 0.7, 0.3, 0.1])


def test_a_shortfall_at_the_end_of_one_replication_is_not_that_of_the_next() -> None:
    found = shortfalls(levels([0.9, 0.5], [0.5, 0.9]), np.full(2, 0.8))
    assert (found.number.tolist(), found.length.tolist()) == ([1, 1], [1, 1])


def test_the_gap_is_to_the_day_s_own_target() -> None:
    found = shortfalls(levels([0.7, 0.7, 0.7]), np.array([0.8, 0.7, 0.95]))
    assert found.number.tolist() == [2]
    assert found.depth.tolist() == pytest.approx([0.25])


def test_the_worst_period_is_the_lowest_and_first() -> None:
    places, level = worst_period(levels([0.9, 0.4, NAN, 0.4], [NAN, 0.7, 0.6, 0.8], [NAN, NAN, NAN, NAN]))
    assert places.tolist() == [1, 2, NONE]
    assert level.tolist() == pytest.approx([0.4, 0.6, NAN], nan_ok=True)


def eight_weeks(*, lead: float = 2.5, hiring: dict[str, Any] | None = None, **changes: Any) -> Scenario:
    """Calls with 80 % in 20 s, 70 % from the sixth week's Thursday on; mail with 90 % done in time; people."""
    queues = [
        {
            "id": "calls",
            "demand": {"weekly_volume": 700},
            "handling": {"mean_seconds": 300},
            "target": {"share": 0.8, "periods": [{"from": "2026-07-09", "to": "2026-12-31", "share": 0.7}]},
        },
        {
            "id": "mail",
            "channel": "EMAIL",
            "demand": {"weekly_volume": 70},
            "handling": {"mean_seconds": 600},
            "turnaround": {"target_hours": 24, "share": 0.9},
        },
    ]
    found = {"lead_time_weeks": {"mean": lead, "cv": 0.3}, "training_weeks": 3, **(hiring or {})}
    workforce = {"headcount": 30, "hiring": found, "nesting": {"weeks": 1, "multiplier": 1.5}}
    shifts = [{"start": "09:00", "hours": 8}]
    teams = [
        {"id": "front", "site": "here", "skills": [{"queue": "calls"}], "workforce": workforce, "shifts": shifts},
        {"id": "back", "site": "here", "skills": [{"queue": "mail"}], "staffing": {"agents": 2}},
    ]
    vendors = [{"id": "own", "sites": [{"id": "here", "country": "US"}], "teams": teams}]
    return scenario(start="2026-06-01", days=None, weeks=8, timezone="UTC", queues=queues, vendors=vendors, **changes)


def served(described: Scenario, shares: list[float]) -> Counters:
    """Of a hundred calls a day at nine so many are answered in time, in weeks one after the other; a third of the mail
    is late."""
    counters = blank(described)
    volumes = [700, 700, 700, 700, 1050, 700, 700, 700]
    for day in range(56):
        nine = counters.queues[24 * day + 9]
        nine[0, [Q.OFFERED, Q.ANSWERED_IN_TIME]] = 100, round(100 * shares[day // 7])
        nine[0, Q.EXPECTED] = volumes[day // 7] * VOLUME_UNIT // 7
        nine[1, [Q.DUE, Q.DUE_MET]] = 3, 2
    return counters


@pytest.fixture(scope="module")
def report() -> Result:
    described = eight_weeks()
    good, slow = [0.9] * 8, [0.9, 0.9, 0.9, 0.9, 0.6, 0.75, 0.7, 0.9]
    lost = [0.9, 0.9, 0.9, 0.9, 0.5, 0.5, 0.5, 0.5]
    counted = [served(described, shares) for shares in (good, slow, lost, lost)]
    counted[1].groups[33, 0, [G.ON_FLOOR, G.OVER_85]] = 5 * HOUR, 5 * HOUR
    return result(described, counted)


def test_targets_of_weeks_are_the_means_of_their_days() -> None:
    dates = [date(2026, 6, 1) + timedelta(days=day) for day in range(56)]
    weekly = weekly_targets(daily_targets(eight_weeks(), eight_weeks().queues[0], dates))
    assert weekly.tolist() == pytest.approx([0.8] * 5 + [(3 * 0.8 + 4 * 0.7) / 7] + [0.7] * 2)


def test_the_report_of_a_queue_by_hand(report: Result) -> None:
    calls = report.scaling.queues[0]
    (step,) = calls.steps
    assert step.start == date(2026, 6, 29)
    assert step.rise == pytest.approx(0.5)
    assert (step.held, step.recovered) == (Chance(1, 4), Chance(2, 4))
    assert step.weeks.values.tolist() == [0, 1]  # 75 % is over the 74.3 % wanted of the sixth week
    assert calls.shortfalls.over.tolist() == [0, 1, 1, 1]
    assert calls.short_days.over.tolist() == [0, 10, 28, 28]  # the sixth week's first three days are short of 80 %
    assert calls.worst_shortfall.depth.values.tolist() == pytest.approx([0.2, 0.3, 0.3])
    assert calls.worst_shortfall.length_days.values.tolist() == [10, 28, 28]
    first, fifth = calls.worst_week.shares
    assert (first.start, first.share) == (date(2026, 6, 1), 0.25)
    assert (fifth.start, fifth.share) == (date(2026, 6, 29), 0.75)
    assert calls.worst_week.most_often is fifth
    assert calls.worst_week.level.mean == pytest.approx((0.9 + 0.6 + 0.5 + 0.5) / 4)
    assert calls.worst_day.level.quantile(0) == pytest.approx(0.5)


def test_every_shortfall_is_told_by_the_week_in_which_it_begins() -> None:
    """A run over a Sunday's end belongs to the week of its first day; gaps are to 80 %."""
    by_day = np.full((4, 21), 0.9)
    by_day[0, [1, 2, 4]] = 0.7, 0.6, 0.5  # two in the first week
    by_day[1, 6:16] = 0.75  # ten days from its Sunday on
    by_day[2, 20] = 0.2
    dates = [date(2026, 6, 1) + timedelta(days=day) for day in range(21)]
    told = queue_scaling(eight_weeks().queues[0], dates, np.full(21, 0.8), np.full(3, 700.0), by_day, by_day[:, ::7])

    first, last = told.begun
    assert (first.start, first.share, first.number) == (date(2026, 6, 1), 0.5, 0.75)
    assert (first.depth, first.deepest) == pytest.approx(((0.2 + 0.3 + 0.05) / 3, 0.3))
    assert (first.length_days, first.longest_days) == pytest.approx(((2 + 1 + 10) / 3, 10))
    assert (last.start, last.share, last.number) == (date(2026, 6, 15), 0.25, 0.25)
    assert (last.deepest, last.longest_days) == pytest.approx((0.6, 1))
    assert sum(week.number for week in told.begun) == pytest.approx(told.shortfalls.mean)


def test_service_of_a_queue_with_a_turnaround_is_its_turnaround(report: Result) -> None:
    mail = report.scaling.queues[1]
    assert mail.measure == "turnaround_met"
    assert mail.steps == ()
    assert mail.worst_week.level.mean == pytest.approx(2 / 3)
    assert mail.worst_shortfall.depth.mean == pytest.approx(0.9 - 2 / 3)
    assert mail.worst_shortfall.length_days.mean == 56


def test_a_requisition_before_the_start_cannot_be_made(report: Result) -> None:
    front, back = report.scaling.teams
    # in the fifth week, from 29 June, 62.5 % on the average; three weeks of training and one of nesting begin on 1 June
    assert (front.latest_requisition, front.too_late_at_start) == (None, True)
    assert (back.latest_requisition, back.too_late_at_start) == (None, False)  # its agents are given
    assert front.over_85_hours.over.tolist() == [0, 5, 0, 0]


SHORT_AT_LAST = [0.9] * 7 + [0.5]
"""The eighth week, from 20 July, fails: training and nesting begin on 22 June at the latest."""


def latest(described: Scenario) -> tuple[date | None, bool]:
    front, _ = result(described, [served(described, SHORT_AT_LAST)]).scaling.teams
    return front.latest_requisition, front.too_late_at_start


@pytest.mark.parametrize(
    ("lead", "hiring", "until"),
    [
        (1, {}, date(2026, 6, 15)),
        (1.5, {}, date(2026, 6, 11)),  # ten days and a half before
        (3, {}, date(2026, 6, 1)),
        (3.1, {}, None),
        (1, {"blackout": [{"from": "2026-06-19", "to": "2026-07-05"}]}, date(2026, 6, 11)),  # a class on 18 June
        (1, {"classes_per_month": 2}, date(2026, 6, 9)),  # classes on the 1st and the 16th
        (1, {"classes_per_month": 2, "blackout": [{"from": "2026-06-16", "to": "2026-06-16"}]}, None),  # 25 May
        (0, {"classes_per_month": 1}, date(2026, 6, 1)),
        (0, {"training_weeks": 9}, None),
    ],
)
def test_a_requisition_helps_until_the_last_class_that_is_past_nesting_in_time(
    lead: float, hiring: dict[str, Any], until: date | None
) -> None:
    assert latest(eight_weeks(lead=lead, hiring=hiring)) == (until, until is None)


def test_nobody_is_hired_where_the_vendor_leaves() -> None:
    day = date(2026, 6, 22)
    hiring = Hiring.model_validate({"training_weeks": 1})
    short, start = date(2026, 7, 20), date(2026, 6, 1)
    assert latest_requisition(hiring, 0, short, start, date.max) == date(2026, 7, 13)
    assert latest_requisition(hiring, 0, short, start, day) == day - timedelta(days=1)
    assert latest_requisition(hiring, 0, short, start, start) is None
    leaves = {"kind": "VENDOR_EXIT", "vendor": "own", "to": "other", "start": "2026-06-11", "handover_weeks": 8}
    leaving = eight_weeks(lead=1).model_copy(update={"events": (Event.model_validate(leaves),)})
    assert latest(leaving) == (date(2026, 6, 3), False)  # for a class on 10 June


@pytest.mark.parametrize(
    ("route", "until"),
    [
        ({"transitions": ("2026-07-20", {})}, None),
        ({"transitions": ("2026-07-21", {})}, date(2026, 6, 15)),  # a day of the short week is still theirs
        ({"transitions": ("2026-07-13", {"parallel_weeks": 1})}, None),
        ({"transitions": ("2026-07-13", {"parallel_weeks": 2})}, date(2026, 6, 15)),
        ({"transitions": ("2026-07-13", {"share": 0.9})}, date(2026, 6, 15)),
        ({"transitions": ("2026-07-27", {"from": "other", "to": "own"})}, None),
        ({"transitions": ("2026-07-20", {"from": "other", "to": "own"})}, date(2026, 6, 15)),
        ({"allocation": [{"shares": {"own": 1}}, {"from": "2026-07-20", "shares": {"own": 0, "other": 1}}]}, None),
        ({"allocation": [{"shares": {"other": 1}}, {"from": "2026-07-06", "shares": {"own": 1}}]}, date(2026, 6, 15)),
        ({"leaves": 5}, None),  # the handover ends on 20 July
        ({"steps": [{"teams": ["back"]}]}, None),
    ],
)
def test_a_requisition_cannot_help_a_queue_that_the_team_does_not_serve_then(
    route: dict[str, Any], until: date | None
) -> None:
    described = eight_weeks(lead=1)
    if "transitions" in route:
        first, more = route["transitions"]
        step = {"from": first, "share": more.get("share", 1)}
        moving = {"queues": ["calls"], "from": "own", "to": "other", "steps": [step], **more}
        moving.pop("share", None)
        described = described.model_copy(update={"transitions": (Transition.model_validate(moving),)})
    elif "leaves" in route:
        leaves = {"kind": "VENDOR_EXIT", "vendor": "own", "to": "other", "start": "2026-06-15"}
        event = Event.model_validate(leaves | {"handover_weeks": route["leaves"]})
        described = described.model_copy(update={"events": (event,)})
    else:
        given = {"choice": "ALLOCATION", **route} if "allocation" in route else route
        calls = described.queues[0].model_copy(update={"route": Route.model_validate(given)})
        described = described.model_copy(update={"queues": (calls, *described.queues[1:])})
    assert latest(described) == (until, False)


@pytest.mark.parametrize(("heads", "helps"), [(27, True), (28, False)])
def test_a_requisition_cannot_help_where_no_seat_is_free_for_its_class(heads: int, helps: bool) -> None:
    described = eight_weeks(lead=1)
    vendor = described.vendors[0]
    seats = vendor.sites[0].model_copy(update={"seats": 30})  # two of which have the agents given
    described = described.model_copy(update={"vendors": (vendor.model_copy(update={"sites": (seats,)}),)})
    counters = served(described, SHORT_AT_LAST)
    counters.headcount[3, 0, StockField.IN_TRAINING : StockField.TENURED + 1] = 1, 1, heads - 2  # on 22 June
    front, _ = result(described, [counters]).scaling.teams
    assert (front.latest_requisition, front.too_late_at_start) == (date(2026, 6, 15) if helps else None, False)


def test_no_requisition_is_needed_where_no_week_is_short() -> None:
    described = eight_weeks()
    front, _ = result(described, [served(described, [0.9] * 8)]).scaling.teams
    assert (front.latest_requisition, front.too_late_at_start) == (None, False)


def test_the_report_stands_in_the_document_and_comes_back_from_storage(report: Result) -> None:
    shown = document(report)["scaling"]
    (step,) = shown["queues"][0]["steps"]
    assert (step["start"], step["held"]["mean"], step["recovered"]["mean"]) == ("2026-06-29", 0.25, 0.5)
    assert shown["queues"][0]["worst_week"]["start"] == ["2026-06-01", "2026-06-29"]
    assert [shown["teams"][0][name] for name in ("latest_requisition", "too_late_at_start")] == [None, True]
    in_time = eight_weeks(lead=1)
    for made in (report, result(in_time, [served(in_time, SHORT_AT_LAST)])):
        head, columns = to_parts(made)
        assert document(from_parts(json.loads(json.dumps(head)), columns)) == document(made)
    assert document(made)["scaling"]["teams"][0]["latest_requisition"] == "2026-06-15"


def test_the_report_does_not_depend_on_how_replications_were_split() -> None:
    described = eight_weeks()
    counted = [random_counters(described, seed, 3.0) for seed in range(5)]
    whole = result(described, counted)
    parts = [summary(described, counted[first:last], first) for first, last in ((3, 5), (0, 1), (1, 3))]
    merged = conclude(described, Grid.of(described), merge(parts), seed=1, engine="0", floor="kernel")
    assert document(merged)["scaling"] == document(whole)["scaling"]
