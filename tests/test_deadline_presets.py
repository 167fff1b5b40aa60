"""What presets with a deadline, a peak or tiers are there to show happens in them, and their money holds together."""

from functools import cache
from itertools import pairwise

import pytest

from simulation.experiment import Experiment, simulate
from simulation.outcome.counting.measure import Resolution
from simulation.outcome.money.settlement import VendorResult
from simulation.outcome.report.result import EntityResult, Result
from simulation.presets import preset_text
from simulation.scenario.reading.document import load

pytestmark = pytest.mark.slow

NO_JANUARY_CLASS = {"vendors.deccan.teams.analysts.workforce.classes": "[]"}
NO_SEASONAL_PEOPLE = {f"vendors.mesa.teams.seasonal.workforce.classes.{k}.size": "1" for k in range(2)}
NO_STUDENTS = {"vendors.university.teams.students.workforce.classes": "[]"}
OUTSOURCED = {
    "card-disputes": "deccan",
    "health-enrolment": "mesa",
    "it-helpdesk": "sunline",
    "legal-review": "reading",
    "student-enrolment": "helpline",
}


@cache
def result_of(name: str, *, without: tuple[tuple[str, str], ...] = ()) -> Result:
    return simulate(load(preset_text(name), changes=dict(without)), Experiment(replications=4, seed=5))


def named(result: Result, name: str) -> EntityResult:
    return next(entity for entity in (*result.queues, *result.teams) if entity.id == name)


def weekly(result: Result, name: str, measure: str) -> list[float]:
    return [float(value) for value in named(result, name).columns[Resolution.WEEK][measure].mean]


def total(result: Result, name: str, measure: str) -> float:
    return named(result, name).totals[measure].mean or 0.0


def met(result: Result, clause: str) -> float:
    (found,) = (one for one in result.settlement.clauses if one.id == clause)
    assert found.all_met is not None
    return found.all_met.share


@pytest.mark.parametrize("name", sorted(OUTSOURCED))
def test_a_vendor_s_margin_is_that_of_a_going_concern(name: str) -> None:
    vendors: dict[str, VendorResult] = {vendor.id: vendor for vendor in result_of(name).settlement.vendors}
    months = vendors[OUTSOURCED[name]].months
    invoiced = sum(month.invoice.mean or 0.0 for month in months)
    margin = sum((month.margin.mean or 0.0) for month in months if month.margin is not None)
    assert 0.05 < margin / invoiced < 0.35
    cost = result_of(name).settlement.cost
    assert cost is not None
    assert invoiced < (cost.total.mean or 0.0)


def test_the_last_days_of_enrolment_break_and_the_weeks_before_hold() -> None:
    result = result_of("health-enrolment")
    level = weekly(result, "enrolment", "service_level")
    assert min(level[1:6]) > 0.78
    assert min(level[6:]) < min(level[:6])
    days = named(result, "enrolment").columns[Resolution.DAY]["service_level"].mean
    at = {f"{start:%m-%d}": place for place, start in enumerate(result.instants(Resolution.DAY))}
    assert days[at["12-14"]] < 0.72, "the Monday before the deadline is well below its 80 %"


def test_without_seasonal_people_enrolment_breaks_down_for_a_fortnight() -> None:
    alone = result_of("health-enrolment", without=tuple(NO_SEASONAL_PEOPLE.items()))
    level = weekly(alone, "enrolment", "service_level")
    assert max(level[6:]) < 0.5
    retrials = [total(result, "enrolment", "offered_retrial") for result in (result_of("health-enrolment"), alone)]
    assert retrials[1] > 1.5 * retrials[0]


def test_student_workers_carry_the_first_day_and_the_vendor_what_is_left() -> None:
    result, alone = (result_of("student-enrolment", without=without) for without in ((), tuple(NO_STUDENTS.items())))
    assert min(weekly(result, "phone", "service_level")) > 0.8
    assert min(weekly(alone, "phone", "service_level")) < 0.7
    handled = [total(one, "overflow", "handled") for one in (result, alone)]
    assert 500 < handled[0] < handled[1] / 1.5


def test_every_case_s_clock_holds_by_what_is_due_first_though_credit_cases_wait_longer_and_longer() -> None:
    result = result_of("card-disputes")
    assert met(result, "debit-clock") == 1
    assert met(result, "credit-clock") >= 0.8
    waits = weekly(result, "credit", "backlog")
    assert waits[-1] > 1.5 * waits[0]
    assert total(result, "debit", "asa_seconds") < 0.2 * total(result, "credit", "asa_seconds")


def test_without_january_s_class_the_cases_dates_are_missed() -> None:
    alone = result_of("card-disputes", without=tuple(NO_JANUARY_CLASS.items()))
    assert met(alone, "credit-clock") < 0.6
    assert weekly(alone, "credit", "turnaround_met")[-1] < 0.7
    assert alone.settlement.cost is not None
    with_it = result_of("card-disputes").settlement.cost
    assert with_it is not None
    assert (alone.settlement.cost.total.mean or 0) > 1.05 * (with_it.total.mean or 0)


def test_the_collection_is_likely_but_not_sure_to_be_read_by_the_date() -> None:
    result = result_of("legal-review")
    assert total(result, "first-pass", "offered_new") == pytest.approx(180_000, rel=0.01)
    left = weekly(result, "first-pass", "backlog")
    assert all(later < earlier for earlier, later in pairwise(left[:5]))
    assert 0.85 < total(result, "first-pass", "turnaround_met") < 1
    assert 0 < met(result, "by-the-date") < 1


def test_after_the_patch_the_phones_recover_within_the_week_and_tickets_a_week_later() -> None:
    result = result_of("it-helpdesk")
    for queue in ("americas", "europe", "asia"):
        level = weekly(result, queue, "service_level")
        assert level[2] == min(level)
        assert level[3] > level[2] + 0.04
    tickets = weekly(result, "engineers", "turnaround_met")
    assert tickets[3] == min(tickets) < 0.93 < tickets[1]


def test_three_tiers_follow_the_sun_and_each_passes_on_what_it_cannot_solve() -> None:
    result = result_of("it-helpdesk")
    first = sum(total(result, queue, "answered") for queue in ("americas", "europe", "asia"))
    assert total(result, "engineers", "offered_transfer") == pytest.approx(0.24 * first, rel=0.05)
    assert 0.06 < total(result, "specialists", "offered_transfer") / total(result, "engineers", "answered") < 0.12
    at_night = named(result, "hyderabad").columns[Resolution.INTERVAL]["agents"].mean
    assert at_night.min() > 0, "somebody is awake in every half hour"
