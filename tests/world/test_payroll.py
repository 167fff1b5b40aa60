"""The payroll by day: who is charged for, from which day on and up to which."""

from typing import Any

import numpy as np

from simulation.experiment import Experiment, simulate
from simulation.outcome.counting.counters import FlowField, Int64, PayrollField
from simulation.replication import FloorBody, replicate
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.world.world import World
from tests.outcome.agreed import months_of

COST = {"hire": 1000, "training_per_week": 70, "seat_per_month": 60}
P = PayrollField


def centre(entry: dict[str, Any], cost: dict[str, Any] | None = None, **workforce: Any) -> Scenario:
    """Twenty people for calls from 2 November to 13 December 2026, and one class of five, one week in training."""
    crew = {"headcount": 20, "classes": [{"size": 5, "training_weeks": 1, "graduates": 5} | entry]} | workforce
    team = {"id": "phones", "site": "here", "skills": [{"queue": "calls"}], "workforce": crew, "cost": cost or {}}
    vendor = {
        "id": "acme",
        "sites": [{"id": "here", "country": "US"}],
        "teams": [team | {"shifts": [{"start": "08:00", "hours": 8}]}],
        "contracts": [{"pricing": [{"kind": "PER_SEAT_MONTH", "rate": 100}]}],
    }
    calls = {"id": "calls", "demand": {"weekly_volume": 100}, "handling": {"mean_seconds": 60}}
    heading = {"name": "Paid", "start": "2026-11-02", "days": 42, "timezone": "UTC"}
    return from_data(heading | {"queues": [calls], "vendors": [vendor]})


def lived(scenario: Scenario) -> tuple[Int64, Int64]:
    """The payroll and the headcount table of the team."""
    counters = replicate(World.of(scenario), 1, 0, FloorBody.SIMPY)
    return counters.payroll[:, 0], counters.headcount[:, 0]


def days_of(column: Int64) -> list[tuple[int, int]]:
    """Days with anything in a column, and what."""
    return [(day, int(column[day])) for day in np.flatnonzero(column).tolist()]


def own_lines(scenario: Scenario) -> list[dict[str, float]]:
    found = simulate(scenario, Experiment(replications=1), floor="simpy")
    return [{line.kind: float(line.amount.over[0]) for line in month.own_lines} for month in months_of(found)]


def test_a_class_that_starts_on_a_wednesday_is_charged_from_that_day_on() -> None:
    """On 11 November, day 9: 20 seats, and 5 more on 20 of the 29 days; (580 + 100) / 30 at 100 are 2,266.67."""
    scenario = centre({"start": "2026-11-11"})
    payroll, _ = lived(scenario)
    assert payroll[:, P.HEADS].tolist() == [20] * 9 + [25] * 33
    assert payroll[:, P.TRAINEES].tolist() == [0] * 9 + [5] * 7 + [0] * 26
    found = simulate(scenario, Experiment(replications=1), floor="simpy")
    assert [month.invoice.over.tolist() for month in months_of(found)] == [[2266.67], [1048.39]]


def test_a_class_on_a_monday_is_hired_on_that_day() -> None:
    """7 December, day 35: in December's books; 5 x 1,000, and a week at 70 each."""
    scenario = centre({"start": "2026-12-07"}, COST)
    payroll, _ = lived(scenario)
    assert days_of(payroll[:, P.HIRED]) == [(35, 5)]
    november, december = own_lines(scenario)
    assert (november["HIRING"], november["TRAINING"]) == (0.0, 0.0)
    assert (december["HIRING"], december["TRAINING"]) == (5000.0, 350.0)


def test_a_class_on_the_first_day_is_hired_then_and_one_before_it_was_before() -> None:
    """The walk by week has both in its first stocks, and in no flow."""
    first, walk = lived(centre({"start": "2026-11-02"}, COST))
    assert days_of(first[:, P.HIRED]) == [(0, 5)]
    assert walk[:, FlowField.HIRED].sum() == 0
    assert own_lines(centre({"start": "2026-11-02"}, COST))[0]["HIRING"] == 5000.0
    before, _ = lived(centre({"start": "2026-10-26", "training_weeks": 2}))
    assert days_of(before[:, P.HIRED]) == []
    assert before[:, P.TRAINEES].tolist() == [5] * 7 + [0] * 35


def test_who_is_released_is_so_on_the_last_day() -> None:
    """Temporary people until Sunday 6 December, day 34: 5 x 300 in December, and no seats from the day after on."""
    entry = {"start": "2026-11-09", "until": "2026-12-06", "employment": "TEMPORARY"}
    scenario = centre(entry, COST, ramp={"release_cost": 300})
    payroll, _ = lived(scenario)
    assert days_of(payroll[:, P.RELEASED]) == [(34, 5)]
    assert payroll[:, P.HEADS].tolist() == [20] * 7 + [25] * 28 + [20] * 7
    november, december = own_lines(scenario)
    assert (november["RELEASES"], december["RELEASES"]) == (0.0, 1500.0)
