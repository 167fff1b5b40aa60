"""What the hiring search has to reach on `retail-peak`: its time, and its cost beside HIRE_UP_TO's."""

import json
import os
from time import monotonic

import pytest

from server.studying import local_study
from simulation.comparison import Simulated
from simulation.experiment import Experiment
from simulation.presets import preset_text
from simulation.scenario.reading.canonical import canonical, canonical_data
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.scenario import Scenario
from simulation.studies.staffing.answer import StaffingAnswer
from simulation.studies.staffing.outcomes import Trial, trial_of
from simulation.studies.staffing.plan_search import FRESH
from simulation.studies.staffing.search import StaffingSearch
from simulation.studies.study import Point, conduct

CONFIDENCE = 0.1
"""HIRE_UP_TO cannot prove much more on this scenario: nobody whom it asks for from the start on is on the phones in
November, so November's clauses are mostly missed whatever its buffer."""
BUFFERS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)


def hire_up_to(scenario: Scenario, buffer: float) -> Scenario:
    data = canonical_data(scenario)
    for team in (team for vendor in data["vendors"] for team in vendor["teams"]):
        if "hiring" in team.get("workforce", {}):
            kept = [policy for policy in team.get("policies", ()) if policy["kind"] == "SURGE"]
            team["policies"] = [{"kind": "HIRE_UP_TO", "buffer": buffer}, *kept]
    return from_data(json.loads(json.dumps(data)))


def cpu_seconds() -> float:
    """Of this process and those that it started and that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


@pytest.mark.bar
def test_the_plan_costs_less_than_hire_up_to_and_is_found_in_three_minutes() -> None:
    scenario = load(preset_text("retail-peak"))
    study = StaffingSearch(document=canonical(scenario), confidence=CONFIDENCE)
    experiment = Experiment(replications=study.proving, seed=study.experiment.seed + FRESH)
    policies: dict[float, Trial] = {}
    spent, began = cpu_seconds(), monotonic()
    with local_study(2, "kernel") as simulated:
        answer = conduct(study, simulated)
        seconds = monotonic() - began
    spent = cpu_seconds() - spent  # the other process has ended
    with local_study(2, "kernel") as simulated:
        for buffer in BUFFERS:
            name = f"HIRE_UP_TO {buffer}"
            found: Simulated = simulated(Point(name, name, hire_up_to(scenario, buffer), experiment))
            policies[buffer] = trial_of(found, None)
    assert isinstance(answer, StaffingAnswer)
    assert answer.met is not None
    assert answer.cost is not None
    assert answer.plan is not None
    print(f"\nsearch: {seconds:.0f} s, {spent:.0f} CPU-s, {len(answer.plan.decisions)} decisions")
    print(f"met {answer.met.mean:.2f} (from {answer.met.lower:.3f}), {answer.cost.mean:,.0f}")
    for buffer, one in policies.items():
        print(f"HIRE_UP_TO {buffer:.2f}: met {one.share:.2f} (from {one.lower:.3f}), {one.mean_cost:,.0f}")
    proven = [one.mean_cost for one in policies.values() if one.lower >= CONFIDENCE]
    assert answer.shortfall is None
    assert seconds < 180
    assert proven, "choose a confidence that HIRE_UP_TO can prove"
    assert answer.cost.mean <= 0.97 * min(proven)
