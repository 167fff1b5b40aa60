"""Studies at a terminal: however many processes share the points, the answer has the same bytes as in a notebook."""

import pytest

from server.studying import local_study
from simulation.experiment import Experiment
from simulation.outcome.report.parts import to_parts
from simulation.presets import preset_text
from simulation.scenario.reading.document import load
from simulation.studies.limit import LimitSearch
from simulation.studies.stress import StressTests
from simulation.studies.study import Study, conduct, conduct_together
from tests.studies.shops import document, shop, simulated

STUDIES = [
    LimitSearch(document=document(shop()), experiment=Experiment(replications=9), until=0.5, fineness=0.2),
    StressTests(document=document(load(preset_text("single-queue"))), experiment=Experiment(replications=21)),
]


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES, ids=lambda study: type(study).__name__)
def test_a_study_has_the_same_bytes_for_any_number_of_processes_and_in_a_notebook(study: Study) -> None:
    answers = {study.stored(study.answer, conduct(study, simulated))}
    for workers in (1, 3):
        with local_study(workers, "kernel") as here:
            answers.add(study.stored(study.answer, conduct_together(study, here.each)))
    assert len(answers) == 1


@pytest.mark.slow
def test_points_come_in_their_order_each_with_its_own_result() -> None:
    step = STUDIES[1].ask({})
    with local_study(2, "kernel") as here:
        found = [*here.each(step.points), here(step.points[0])]
    for point, one in zip([*step.points, step.points[0]], found, strict=True):
        assert one.scenario == point.scenario
        assert to_parts(one.result)[0] == to_parts(simulated(point).result)[0]
