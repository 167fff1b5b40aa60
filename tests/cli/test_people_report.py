"""Tables of people, of scaling and of where contacts came from: right, and only where there is something to show."""

from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.tables.people import (
    CAME,
    STAGES,
    WENT,
    Walk,
    show_headcount,
    show_occupancy,
    show_shortfalls,
    show_steps,
    show_walks,
)
from server.tables.result import show_origins, show_result
from simulation.outcome.counting.counters import FTE_UNIT, Counters, FlowField, StockField
from simulation.outcome.report.result import Result
from tests.outcome.counted import G, Q, blank, result, scenario
from tests.outcome.test_scaling import HOUR, SHORT_AT_LAST, eight_weeks, served


def lines(show: Any, shown: Any) -> list[list[str]]:
    file = StringIO()
    show(shown, file=file)
    return [line.split() for line in file.getvalue().splitlines()]


@pytest.fixture(scope="module")
def held_and_lost() -> Result:
    described = eight_weeks()
    counted = [served(described, [0.9] * 4 + [share] * 4) for share in (0.9, 0.5)]
    for counters in counted:
        stocks, flows = counters.headcount[:, 0], counters.headcount[:, 0]
        stocks[:, StockField.TENURED] = [30, 30, 30, 30, 28, 28, 40, 40, 38]
        stocks[2:6, StockField.IN_TRAINING] = 15
        flows[1, [FlowField.HIRED, FlowField.HIRED_REPLACEMENT]] = 15, 4
        flows[[3, 5, 7], [FlowField.LEFT_PRODUCTION, FlowField.FAILED_TRAINING, FlowField.RELEASED]] = 2, 3, 2
        stocks[:, StockField.REQUIRED_FTE] = 30 * FTE_UNIT
        stocks[:, StockField.EFFECTIVE_FTE] = 29 * FTE_UNIT
        stocks[:, StockField.OVER_UNDER_FTE] = -FTE_UNIT
        stocks[4, [StockField.EFFECTIVE_FTE, StockField.OVER_UNDER_FTE]] = 26 * FTE_UNIT, -4 * FTE_UNIT
        counters.groups[33, 0, [G.ON_FLOOR, G.OVER_85, G.OVER_90]] = 5 * HOUR, 5 * HOUR, 2 * HOUR
    return result(described, counted)


def test_headcount_tells_start_peak_and_end_and_the_tightest_week(held_and_lost: Result) -> None:
    told = lines(show_headcount, held_and_lost)
    assert len(told) == 6  # the team with given agents has none
    assert told[2] == ["front", "30.0", "15.0", "3.0", "2.0", "2.0", "38.0", "4.0"]
    assert told[5] == ["front", "2026-06-15", "45.0", "15.0", "0.0", "30.0", "2026-06-29", "30.0", "26.0"]


WALKED = {"start": 12.0, "hired": 4.25, "moved in": 3.1, "left": 5.33, "moved out": 2.9, "end": 11.12}


def test_the_headcount_walk_is_shown_with_every_flow_there_is_and_adds_up() -> None:
    walk = Walk("crew", WALKED["start"], 0, WALKED["end"], 0, [], {name: [0.0] for name in (*STAGES, *CAME, *WENT)})
    flows = {**CAME, **WENT}
    walk.mean.update({flow: [WALKED[heading]] for flow, heading in flows.items() if heading in WALKED})
    walk.mean["hired_replacement"] = [1.0]
    headings, figures = columns(show_walks, [walk])
    assert headings == [
        "team",
        "start",
        "+ hired",
        "+ moved in",
        "- left",
        "- moved out",
        "= end",
        "of the hired replacing",
    ]
    start, hired, came, left, lent, end, _ = (round(10 * float(figure)) for figure in figures[1:])
    assert start + hired + came - left - lent == end
    for shown, exact in zip((start, hired, came, left, lent, end), WALKED.values(), strict=True):
        assert abs(shown / 10 - exact) <= 0.1 + 1e-9


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2000), st.lists(st.integers(0, 999), min_size=7, max_size=7))
def test_any_walk_of_means_that_adds_up_is_shown_so(replications: int, start: int, heads: list[int]) -> None:
    mean = {flow: [n / replications] for flow, n in zip((*CAME, *WENT), heads, strict=True)}
    end = (start + sum(heads[: len(CAME)]) - sum(heads[len(CAME) :])) / replications
    told = Walk("crew", start / replications, 0, end, 0, [], mean).told
    shown = {name: round(10 * float(figure.replace(",", ""))) for name, figure in told.items()}
    came, went = (sum(shown[flow] for flow in flows) for flows in (CAME, WENT))
    assert shown["start"] + came - went == shown["end"]


def columns(show: Any, shown: Any) -> tuple[list[str], list[str]]:
    """Headings and the first row of a table."""
    file = StringIO()
    show(shown, file=file)
    _, headings, row = ([cell for cell in line.split("  ") if cell] for line in file.getvalue().splitlines())
    return [cell.strip() for cell in headings], [cell.strip() for cell in row]


def test_shortfalls_are_of_the_queues_that_have_any(held_and_lost: Result) -> None:
    told = lines(show_shortfalls, held_and_lost.scaling)
    assert [line[0] for line in told[2:]] == ["calls", "mail"]
    week = ["2026-06-01", "(50", "%)"]
    each, worst = ["30.0", "28.0"], ["30.0", "28.0", "28", "to", "28"]
    assert told[2] == ["calls", "0.5", "14.0", *each, *worst, *week, "70.0", "%", "70.0", "%"]


def test_steps_tell_who_recovered(held_and_lost: Result) -> None:
    told = lines(show_steps, held_and_lost.scaling)
    share = ["50.0", "%"]
    assert told[2:] == [["calls", "2026-06-29", "50", "%", *share, *share, "0.0", "0", "to", "0"]]


def test_high_occupancy_and_the_latest_requisition(held_and_lost: Result) -> None:
    told = lines(show_occupancy, held_and_lost.scaling)
    # on the average 70 % of the calls are in time from the fifth week on
    assert told[2:] == [["front", "5", "2", "0", "before", "the", "start"]]


def test_the_day_of_the_latest_requisition_is_told() -> None:
    described = eight_weeks(lead=1)
    told = lines(show_occupancy, result(described, [served(described, SHORT_AT_LAST)]).scaling)
    assert told[2:] == [["front", "0", "0", "0", "2026-06-15"]]


def test_contacts_that_are_not_new_have_a_table_with_what_there_is() -> None:
    counters = blank(scenario())
    counters.queues[9, 0, [Q.OFFERED, Q.OFFERED_RETRIAL, Q.BLOCKED, Q.CALLBACKS]] = 1200, 150, 70, 20
    told = origins(counters, {"calls": 0, "mail": 0})
    assert told[0] == ["Where", "contacts", "came", "from"]
    assert told[1] == ["queue", "new", "retrial", "call-backs", "accepted", "blocked"]
    assert told[2:] == [["calls", "1,050", "150", "20", "70"], ["mail", "0", "0", "0", "0"]]


def test_an_opening_backlog_is_told_where_contacts_came_from() -> None:
    assert origins(blank(scenario()), {"calls": 0, "mail": 0}) == []
    told = origins(blank(scenario()), {"calls": 0, "mail": 1500})
    assert told[1:] == [["queue", "opening", "backlog"], ["calls", "0"], ["mail", "1,500"]]


def origins(counters: Counters, opening: dict[str, int]) -> list[list[str]]:
    file = StringIO()
    show_origins(result(scenario(), [counters]), opening, file=file)
    return [line.split() for line in file.getvalue().splitlines()]


def test_what_has_nothing_to_show_is_not_shown() -> None:
    quiet = blank(scenario())
    quiet.queues[9, 0, [Q.OFFERED, Q.ANSWERED_IN_TIME]] = 10, 10
    file = StringIO()
    show_result(result(scenario(), [quiet]), scenario(), file=file)
    titles = [line for line in file.getvalue().splitlines() if not line.startswith(("queue", "team", "calls", "mail"))]
    assert not any(title.startswith(("Headcount", "Scaling", "Where contacts", "Deferred")) for title in titles)
    assert any(title.startswith("Teams") for title in titles)
