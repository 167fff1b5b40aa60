"""What is found of a plan: each finding in a plan that has it, none in one that holds."""

import pytest

from simulation.preview.diagnostics import Diagnostic, Finding, Severity
from simulation.preview.preview import Preview
from simulation.scenario.scenario import Scenario
from simulation.world.rosters.roster_fit import Fit, Fitting, Week
from simulation.world.world import World
from tests.preview.plans import given, people, plan

OUTBOUND = {
    "channel": "OUTBOUND",
    "outbound": {"max_attempts": 2, "connect": 0.2},
    "target": {"threshold_seconds": 86_400, "share": 0.9},
}
FOUND = {
    Finding.SHORT_OF_AGENTS: (plan(given(5), weeks=1), "vendors.acme.teams.desk.staffing.agents"),
    Finding.SHORT_OF_PEOPLE: (plan(people(20)), "vendors.acme.teams.desk.workforce"),
    Finding.TOO_LATE_TO_HIRE: (
        plan(people(20, hiring={"lead_time_weeks": {"mean": 2}})),
        "vendors.acme.teams.desk.workforce.hiring",
    ),
    Finding.OVER_CAPACITY: (plan(people(10)), "vendors.acme.teams.desk"),
    Finding.OVER_OCCUPIED: (
        plan(people(44), queue={"target": {"max_occupancy": 0.6, "share": 0.1}}),
        "vendors.acme.teams.desk",
    ),
    Finding.SHORT_OF_SEATS: (
        plan(
            people(60, policies=[{"kind": "HIRE_UP_TO", "buffer": 3}], hiring={}),
            site={"seats": 61},
        ),
        "vendors.acme.sites.leeds.seats",
    ),
    Finding.SEATS_BIND: (plan(people(8), site={"seats": 8}), "vendors.acme.sites.leeds.seats"),
    Finding.OUT_OF_REACH: (plan(given(40), queue=OUTBOUND), "queues.calls.target.share"),
    Finding.NOTED: (
        plan(people(60, cost={"hourly_wage": 0, "benefits_share": 0.2})),
        "vendors.acme.teams.desk.cost.benefits_share",
    ),
}


@pytest.mark.parametrize("code", Finding)
def test_each_finding_is_found_where_it_is(code: Finding) -> None:
    scenario, path = FOUND[code]
    (found,) = [one for one in Preview.of(scenario).diagnostics if one.code is code]
    assert found.path == path
    assert found.severity is (Severity.NOTE if code is Finding.NOTED else Severity.WARNING)


def test_a_plan_that_holds_has_no_diagnostics() -> None:
    assert Preview.of(plan(people(200))).diagnostics == ()


def test_the_worst_week_is_told_with_its_figures() -> None:
    """8.3 Erlangs round the clock need more agents than 20 heads of 40 hours are; three weeks on 20 e^(-3 x 7/365) are
    left."""
    found = only(plan(people(20, attrition={"annual_rate": 1.0})), Finding.SHORT_OF_PEOPLE)
    assert found.message.startswith("4 of 4 weeks short, at worst that of 2026-11-23: 18.9 of ")


def test_weeks_in_time_for_those_who_can_be_hired_now_are_not_too_late() -> None:
    found = only(plan(people(20, hiring={"lead_time_weeks": {"mean": 2}})), Finding.TOO_LATE_TO_HIRE)
    assert found.message.startswith("2 of 4 weeks short before week 2")


def only(scenario: Scenario, code: Finding) -> Diagnostic:
    (found,) = [one for one in Preview.of(scenario).diagnostics if one.code is code]
    return found


def test_given_agents_are_looked_at_in_every_interval() -> None:
    """Open from 9 to 12 on seven days: 2 agents are 8.4 FTE, more than are required, and too few in each interval."""
    hours = [{"open": "09:00", "close": "12:00"}]
    found = only(plan(given(2), queue={"hours": hours, "demand": {"weekly_volume": 900}}), Finding.SHORT_OF_AGENTS)
    assert found.message.startswith("168 of 1,344 intervals short, at worst that of 2026-11-02 09:00: 2 of 6.0 agents")


@pytest.mark.parametrize("seats", [9, 11, 13, 15, 17, 19])
def test_seats_bind_where_the_fitted_rosters_fall_short(seats: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fit, fits = Fitting.of, list[Fit]()

    def noted(fitting: Fitting, week: Week, seats: float | None = None) -> Fit:
        fits.append(fit(fitting, week, seats))
        return fits[-1]

    monkeypatch.setattr(Fitting, "of", noted)
    scenario = plan(people(9), site={"seats": seats})
    assert World.of(scenario).rosters
    found = [one for one in Preview.of(scenario).diagnostics if one.code is Finding.SEATS_BIND]
    assert bool(found) is any(known.is_short for known in fits)
