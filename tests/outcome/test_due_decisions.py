"""What had to be decided by when, told from what the replications counted."""

from datetime import date

import numpy as np
import pytest

from simulation.experiment import Experiment, simulate
from simulation.outcome.counting.counters import FlowField
from simulation.outcome.report.document import document
from simulation.outcome.report.due_decisions import due_decisions
from simulation.scenario.grid import Grid
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from tests.studies.staffed import hiring_centre

COLUMNS = max(FlowField) + 1


def with_class_and_notice() -> Scenario:
    data = hiring_centre(weeks=10).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    people = data["vendors"][0]["teams"][0]["workforce"]
    people["classes"] = [{"start": "2026-02-23", "size": 2, "training_weeks": 2}, {"start": "2026-04-06", "size": 3}]
    people["ramp"] = {"notice_weeks": 2}
    return from_data(data)


def test_requisitions_notices_and_classes_are_dated() -> None:
    scenario = with_class_and_notice()
    counted = np.zeros((2, 11, 1, COLUMNS), np.int64)
    counted[:, 1, 0, FlowField.REQUISITIONED] = 1, 0  # on average half a head, asked for a week before
    counted[:, 3, 0, FlowField.REQUISITIONED] = 4, 5
    counted[:, 9, 0, FlowField.RELEASED] = 2
    told = [(one.by, one.what.value, one.heads) for one in due_decisions(scenario, Grid.of(scenario), counted)]
    assert told == [
        (date(2026, 3, 2), "HIRE", 5),  # the lead time is a week
        (date(2026, 4, 6), "CLASS", 3),  # the class before the start is no decision any more
        (date(2026, 4, 20), "RELEASE", 2),  # two weeks' notice
    ]


def test_few_heads_over_many_weeks_are_dated_by_the_week_with_most() -> None:
    scenario = with_class_and_notice()
    counted = np.zeros((10, 11, 1, COLUMNS), np.int64)
    counted[:4, 2, 0, FlowField.REQUISITIONED] = counted[4:7, 3, 0, FlowField.REQUISITIONED] = 1
    hires = [one for one in due_decisions(scenario, Grid.of(scenario), counted) if one.what == "HIRE"]
    assert [(one.by, one.heads) for one in hires] == [(date(2026, 3, 9), 1)]


def test_a_result_tells_about_as_many_heads_as_were_asked_for() -> None:
    result = simulate(hiring_centre(weeks=6, headcount=4), Experiment(replications=5))
    decisions = document(result)["decision"]["decisions"]
    assert {tuple(one) for one in decisions} == {("by", "what", "team", "heads")}
    asked = result.headcounts[0].columns["requisitioned"].mean.sum()
    months = len({one["by"][:7] for one in decisions})
    hired = sum(one["heads"] for one in decisions if one["what"] == "HIRE")
    assert hired == pytest.approx(asked, abs=0.5 * (months + 1))
    assert hired > 0
    assert [one["by"] for one in decisions] == sorted(one["by"] for one in decisions)
