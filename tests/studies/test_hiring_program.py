"""The program that proposes hiring plans: what it expects of people, what it decides, which limit binds."""

import numpy as np
import pytest

from simulation.experiment import Experiment, simulate
from simulation.scenario.scenario import Scenario
from simulation.studies.staffing.decisions import in_force
from simulation.studies.staffing.expected_people import TeamOutlook
from simulation.studies.staffing.hiring_plan import HiringPlan
from simulation.studies.staffing.hiring_program import binding, propose
from simulation.studies.staffing.options import Objective, What
from simulation.studies.staffing.setting import Limits, Setting
from tests.studies.staffed import hiring_centre


def setting_of(scenario: Scenario) -> Setting:
    return Setting(scenario, Objective.CLIENT_COST, None)


def test_expected_people_are_the_simulated_mean() -> None:
    scenario = hiring_centre(headcount=400)
    data = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data["vendors"][0]["teams"][0]["policies"] = []
    from simulation.scenario.reading.document import from_data

    alone = from_data(data)
    setting = setting_of(alone)
    outlook = TeamOutlook(alone.teams[0], alone, setting.grid)
    simulated = simulate(alone, Experiment(replications=4)).headcounts[0].columns["tenured"].mean
    # a week's heads stand in its middle, the simulated ones at its start
    expected = (outlook.there().heads[1:] + outlook.there().heads[:-1]) / 2
    assert expected == pytest.approx(np.asarray(simulated)[1:], rel=0.01)


def test_more_are_hired_for_the_peak_and_nobody_is_short() -> None:
    setting = setting_of(hiring_centre())
    proposal = propose(setting, np.zeros_like(setting.required), Limits())
    assert proposal.short.sum() == pytest.approx(0, abs=1e-6)
    assert np.nanmin(proposal.covered) >= 1 - 1e-6
    hired = sum(n for one, n in zip(setting.options, proposal.amounts, strict=True) if one.what is What.HIRE)
    assert hired > 1


def test_a_higher_buffer_costs_more() -> None:
    setting = setting_of(hiring_centre())
    costs = [propose(setting, np.full_like(setting.required, b), Limits()).cost for b in (0.0, 0.1, 0.2)]
    assert costs[0] < costs[1] < costs[2]


@pytest.mark.parametrize(
    ("scenario", "buffer", "limits", "name"),
    [
        (hiring_centre(seats=8), 0.5, Limits(), "seats"),
        (hiring_centre(training_seats=1, peak=4.0), 0.5, Limits(), "training"),
        (hiring_centre(weeks=2, headcount=3), 0.5, Limits(), "lead time"),
    ],
    ids=["seats", "training", "lead time"],
)
def test_the_limit_that_binds_is_named(scenario: Scenario, buffer: float, limits: Limits, name: str) -> None:
    setting = setting_of(scenario)
    assert binding(setting, np.full_like(setting.required, buffer), limits) == name


def test_a_share_of_a_site_binds() -> None:
    setting = setting_of(hiring_centre(peak=2.0))
    none = np.zeros_like(setting.required)
    assert propose(setting, none, Limits()).short.sum() < 1
    over = Limits(site_shares={"here": 0.99})  # all hours are here, so that no share under 1 can be kept
    assert binding(setting, none, over) == "shares"


def test_a_plan_is_carried_out_by_a_policy() -> None:
    scenario = hiring_centre()
    setting = setting_of(scenario)
    plan = HiringPlan.of(setting, propose(setting, np.full_like(setting.required, 0.1), Limits()).amounts)
    (policy,) = plan.applied(scenario).teams[0].policies
    assert policy.kind == "PLAN"
    heads = {period.first: n for period, n in (policy.heads or {}).items()}
    assert heads == dict(plan.targets["desk"])
    days = sorted(heads)
    assert heads[days[-1]] > min(heads.values())


def test_a_late_requisition_lowers_the_heads_for_a_week() -> None:
    scenario = hiring_centre()
    setting = setting_of(scenario)
    plan = HiringPlan.of(setting, propose(setting, np.full_like(setting.required, 0.1), Limits()).amounts)
    hire = next(one for one in plan.decisions if one.what is What.HIRE)
    on_time, late = (dict(one.targets["desk"]) for one in (plan, plan.delayed(hire, setting.grid.start)))
    assert in_force(late, hire.first) < max(on_time.values())
    assert late[max(late)] == on_time[max(on_time)]
