"""The staffing search from the scenario to a proven plan."""

from dataclasses import replace
from typing import Any

import pytest

from simulation.experiment import Experiment, simulate
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import Share
from simulation.studies.staffing.answer import StaffingAnswer
from simulation.studies.staffing.options import Objective, What
from simulation.studies.staffing.outcomes import Trial, share_needed
from simulation.studies.staffing.search import StaffingSearch
from simulation.studies.study import Asked, StudyRefusedError, conduct
from tests.studies.staffed import here, hiring_centre
from tests.studies.test_several_skills import centre


def search(scenario: Scenario | None = None, **given: Any) -> StaffingSearch:
    scenario = scenario or hiring_centre()
    data = {"document": canonical(scenario), "experiment": Experiment(replications=30), "confidence": 0.5, **given}
    return StaffingSearch.model_validate(data)


@pytest.mark.slow
def test_a_plan_is_proven_with_fresh_draws_and_every_decision_is_priced() -> None:
    study = search(hiring_centre(weeks=4))
    answer = conduct(study, here)
    assert isinstance(answer, StaffingAnswer)
    assert answer.shortfall is None
    assert answer.met is not None
    assert answer.met.lower >= 0.5
    assert answer.plan is not None
    assert answer.plan.decisions
    assert all(one.if_late is not None for one in answer.plan.decisions)
    assert answer.decide_by == min(one.by for one in answer.plan.decisions)
    assert load(answer.document).teams[0].policies[0].kind == "PLAN"
    restored = StaffingSearch.restored(StaffingAnswer, StaffingSearch.stored(StaffingAnswer, answer))
    assert restored == answer


def answered(study: StaffingSearch, trial: Trial, **others: Trial) -> StaffingAnswer:
    """The answer where every plan fares alike, but others by name."""
    known: dict[str, Trial] = {}
    while isinstance(step := study.ask(known), Asked):
        known |= {point.name: others.get(point.name, trial) for point in step.points}
    return step


def four_weeks(margin: float, cost: float) -> Trial:
    """A trial of 30 replications whose four weeks all have about a margin."""
    margins = tuple(margin + 0.01 * (number % 3 - 1) for number in range(30))
    return Trial((margins,) * 4, (margin > 0,) * 30, (cost,) * 30, (cost,) * 30)


def test_an_infeasible_search_names_what_binds_and_the_nearest() -> None:
    full = hiring_centre(weeks=4, seats=8, peak=4.0)
    short = answered(search(full), four_weeks(-0.1, 100.0)).shortfall
    assert short is not None
    assert short.binding == "seats of the sites"
    assert short.nearest_confidence == pytest.approx(0, abs=1e-9)
    assert short.nearest_cost is None


def test_a_budget_that_binds_is_named_with_the_least_cost() -> None:
    short = answered(search(hiring_centre(weeks=4), budget=10.0), four_weeks(0.2, 1000.0)).shortfall
    assert short is not None
    assert (short.binding, short.nearest_cost) == ("budget", 1000.0)
    assert answered(search(hiring_centre(weeks=4), budget=2000.0), four_weeks(0.2, 1000.0)).shortfall is None


def test_what_being_late_costs_is_told_by_what_it_changes() -> None:
    late = {"late 1": four_weeks(-0.2, 1100.0)}
    plan = answered(search(hiring_centre(weeks=4, headcount=5)), four_weeks(0.2, 1000.0), **late).plan
    assert plan is not None
    first, *others = [one.if_late for one in plan.decisions if one.if_late is not None]
    assert first.cost is not None
    assert (first.all_met.mean, first.cost.mean) == pytest.approx((0.0, 1100.0), abs=1e-6)
    assert [one.all_met.mean for one in others] == pytest.approx([1.0] * len(others))


def test_a_class_that_cannot_start_a_week_later_has_no_price_of_being_late() -> None:
    data = hiring_centre(weeks=4).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    brief = {"start": "2026-03-16", "size": 4, "employment": "TEMPORARY", "until": "2026-03-27", "training_weeks": 1}
    data["vendors"][0]["teams"][0]["workforce"]["classes"] = [brief]
    required = {"start 2": four_weeks(0.2, 900.0)}  # classes as they are given
    plan = answered(search(from_data(data)), four_weeks(0.2, 1000.0), **required).plan
    assert plan is not None
    priced = {one.what: one.if_late is not None for one in plan.decisions}
    assert priced.pop(What.CLASS) is False
    assert all(priced.values())


def test_a_plan_over_a_site_s_share_names_the_share() -> None:
    here_alone = replace(four_weeks(0.2, 1000.0), hours=((500.0,) * 30,))
    study = search(hiring_centre(weeks=4), site_shares={"here": 0.9})
    short = answered(study, here_alone).shortfall
    assert short is not None
    assert short.binding == "shares of the sites"
    assert answered(search(hiring_centre(weeks=4)), here_alone).shortfall is None


def two_sites() -> Scenario:
    """The centre with a second, dearer site that can hire too."""
    data = hiring_centre(weeks=4, headcount=5).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    vendor = data["vendors"][0]
    (desk,) = vendor["teams"]
    vendor["sites"].append({**vendor["sites"][0], "id": "there"})
    vendor["teams"].append({**desk, "id": "other", "site": "there", "cost": {**desk["cost"], "hourly_wage": 25}})
    return from_data(data)


def mail_shared() -> Scenario:
    """The centre with a queue that its vendor charges by the contact and people in the house would do for nothing."""
    data = hiring_centre(weeks=4).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    (vendor,) = data["vendors"]
    mail = {"id": "mail", "channel": "EMAIL", "demand": {"weekly_volume": 200}, "handling": {"mean_seconds": 240}}
    mail["route"] = {"choice": "ALLOCATION", "allocation": [{"shares": {"partner": 0.8, "own": 0.2}}]}
    data["queues"].append({**mail, "target": {"threshold_seconds": 86400, "share": 0.9}})
    vendor["contracts"][0]["pricing"].append({"kind": "PER_CONTACT", "queues": ["mail"], "rate": 30})
    given = {"skills": [{"queue": "mail"}], "staffing": {"agents": 2}, "cost": {"hourly_wage": 15}}
    vendor["teams"].append({"id": "mail-desk", "site": "here", **given})
    home = {"id": "home", "site": "hall", **given}
    site = {"id": "hall", "country": "DE", "timezone": "UTC"}
    data["vendors"].append({"id": "own", "kind": "IN_HOUSE", "sites": [site], "teams": [home]})
    return from_data(data)


@pytest.mark.slow
def test_a_queue_goes_to_the_vendor_who_does_it_for_less() -> None:
    answer = conduct(search(mail_shared()), here)
    assert answer.plan is not None
    shares = {one.vendor: one.share for one in answer.plan.shares}
    assert shares["own"] >= 0.8
    assert load(answer.document).queues[1].route.allocation[0].shares["own"] == shares["own"]
    (split,) = [one for one in answer.plan.decisions if one.what is What.SPLIT]
    assert (split.team, split.queue, split.share) == ("home", "mail", shares["own"])
    assert split.if_late is not None
    assert split.if_late.cost is not None
    assert answer.cost is not None
    assert split.if_late.cost.mean > answer.cost.mean  # a week more at what the partner charges


@pytest.mark.slow
def test_the_share_of_a_site_is_kept_by_the_plan_as_it_is_simulated() -> None:
    answer = conduct(search(two_sites(), site_shares={"here": 0.45}), here)
    assert answer.shortfall is None
    result = simulate(load(answer.document), Experiment(replications=30, seed=99))
    hours = [float(team.totals["productive_hours"].over.sum()) for team in result.teams]
    assert hours[0] / sum(hours) <= 0.46


def test_what_cannot_be_searched_is_refused() -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"objective": Objective.VENDOR_MARGIN}, "partner"),
        ({"vendor": "partner"}, "partner"),
        ({"objective": Objective.VENDOR_MARGIN, "vendor": "nobody"}, "partner"),
        ({"site_shares": {"there": 0.5}}, "here"),
    ]
    for given, word in cases:
        with pytest.raises(StudyRefusedError, match=word):
            search(**given).ask({})


def test_the_agents_of_a_queue_are_confirmed_by_simulation() -> None:
    scenario = centre({"a": 60}, {"desk": [("a", 1)]}, {"desk": 18})
    answer = conduct(search(scenario=scenario), here)
    (team,) = answer.teams
    assert len(set(team.agents)) == 1
    assert answer.plan is None
    assert load(answer.document).teams[0].heads == team.agents[0]
    assert answer.met is not None
    assert answer.met.mean > 0.5


def test_a_share_is_enough_from_where_its_interval_clears_the_confidence() -> None:
    share = share_needed(0.8, 100)
    assert Share.of(round(share * 100), 100).lower >= 0.8 > Share.of(round(share * 100) - 1, 100).lower


def test_windows_stand_by_their_margins() -> None:
    trial = Trial(((0.1, 0.3), (1e9, 1e9), (0.2, 0.2)), (True, True), (1.0, 3.0), None)
    standing = trial.standing
    assert standing.levels.tolist() == pytest.approx([0.2 / 0.02**0.5, 9.0, 9.0])
    assert standing.apart[0].tolist() == pytest.approx([-(0.5**0.5), 0.5**0.5])
    assert trial.mean_cost == 2.0


def test_a_difference_counts_as_far_as_chance_does_not_explain_it() -> None:
    none = (0.0,) * 8
    one_in_eight, always, mostly = (0.08, *none[1:]), (0.01,) * 8, (0.01, 0.03) * 4
    flat = Trial((none, none, none), (True,) * 8, none, None)
    gap = flat.difference(Trial((one_in_eight, always, mostly), (True,) * 8, none, None))
    assert gap.margins.tolist() == pytest.approx([0.01, 0.01, 0.02])
    error = 0.01 / 7**0.5  # of the last, whose differences deviate by 0.01 each
    assert gap.sure_margins.tolist() == pytest.approx([0.0, 0.01, 0.02 * (1 - (error / 0.02) ** 2)])
