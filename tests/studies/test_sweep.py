"""Sweeps: points that equal runs started by hand, and the frontier by hand and by its law."""

import itertools
import random

import pytest
from pydantic import ValidationError

from simulation.comparison import Simulated
from simulation.experiment import Experiment, simulate
from simulation.outcome.report.document import document_json
from simulation.scenario.changing.change import altered, read_changes
from simulation.scenario.reading.canonical import digest
from simulation.studies.study import Asked, Point, StudyRefusedError, conduct
from simulation.studies.sweep import Sweep, frontier
from tests.studies.shops import few, shop, simulated

AXES = [
    {
        "name": "volume",
        "steps": [{"label": "as planned"}, {"label": "x 1.5", "changes": [{"scale_demand": {"factor": 1.5}}]}],
    },
    {
        "name": "agents",
        "steps": [
            {
                "label": str(n),
                "changes": [{"set_value": {"path": "vendors.acme.teams.desk.staffing.agents", "value": n}}],
            }
            for n in (1, 2, 3)
        ],
    },
]


@pytest.mark.slow
def test_points_equal_the_runs_started_by_hand() -> None:
    made: dict[str, Simulated] = {}

    def kept(point: Point) -> Simulated:
        made[point.name] = simulated(point)
        return made[point.name]

    report = conduct(Sweep(axes=AXES, **few()), kept)
    assert [one.labels for one in report.points] == list(itertools.product(("as planned", "x 1.5"), ("1", "2", "3")))
    for (volume, agents), (name, own) in zip(itertools.product((1.0, 1.5), (1, 2, 3)), made.items(), strict=True):
        changes = [{"set_value": {"path": "vendors.acme.teams.desk.staffing.agents", "value": agents}}]
        if volume != 1.0:
            changes.insert(0, {"scale_demand": {"factor": volume}})
        by_hand = altered(shop(), read_changes(changes)).scenario
        result = simulate(by_hand, Experiment(replications=4))
        assert document_json(own.result, intervals=True) == document_json(result, intervals=True), name
    assert report.points[0].digest == digest(altered(shop(), read_changes(changes_of_first())).scenario)
    assert report.points[5].cost.mean > report.points[2].cost.mean  # more contacts to pay for


def changes_of_first() -> list[object]:
    return [{"set_value": {"path": "vendors.acme.teams.desk.staffing.agents", "value": 1}}]


def test_the_frontier_has_what_nothing_else_beats() -> None:
    figures = [(10.0, 0.5), (12.0, 0.9), (11.0, 0.4), (12.0, 0.8), (10.0, 0.5), (20.0, 1.0)]
    assert frontier(figures) == [True, True, False, False, True, True]
    assert frontier([(None, 0.5), (None, 0.7)]) == [False, True]


def test_by_its_law_the_frontier_rises_in_both() -> None:
    chance = random.Random(3)
    for _ in range(50):
        figures = [(float(chance.randrange(8)), chance.randrange(8) / 8) for _ in range(12)]
        best = sorted({one for one, is_best in zip(figures, frontier(figures), strict=True) if is_best})
        assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(best))
        for cost, share in figures:
            assert any(other[0] <= cost and other[1] >= share for other in best)


def test_combinations_that_are_no_scenario_are_refused_by_name() -> None:
    steps = [{"label": "nobody", "changes": [{"scale_attrition": {"factor": 2.0}}]}]
    with pytest.raises(StudyRefusedError, match=r"^leaving nobody: every team has no attrition"):
        Sweep(axes=[{"name": "leaving", "steps": steps}], **few()).ask({})


def test_what_refuses_many_combinations_is_said_once_by_the_step_that_they_share() -> None:
    path = "queues.orders.handling.mean_seconds"
    means = [{"label": str(n), "changes": [{"set_value": {"path": path, "value": n}}]} for n in (-1, 200, -3)]
    volume = [{"label": str(n), "changes": [{"scale_demand": {"factor": n}}]} for n in (1.1, 1.2)]
    with pytest.raises(StudyRefusedError) as refused:
        Sweep(axes=[{"name": "volume", "steps": volume}, {"name": path, "steps": means}], **few()).ask({})
    said = str(refused.value).split("; ")
    assert [line for line in said if path in line] == [f"{path} -1: is -1", f"{path} -3: is -3"]
    assert "volume" not in str(refused.value)


def test_more_points_than_a_sweep_has_are_refused() -> None:
    axis = {"name": "n", "steps": [{"label": str(n)} for n in range(15)]}
    with pytest.raises(ValidationError, match="225 points are more than the 200"):
        Sweep(axes=[axis, axis], **few())


def test_all_points_are_asked_at_once_and_the_same_again() -> None:
    study = Sweep(axes=AXES, **few())
    first, again = study.ask({}), study.ask({})
    assert isinstance(first, Asked)
    assert isinstance(again, Asked)
    assert [point.name for point in first.points] == [point.name for point in again.points]
    assert study.most_replications() == sum(point.experiment.replications for point in first.points)
