"""Experiments: the same bytes however they are cut, stopping rule, progress, cancelling."""

import pytest
from pydantic import ValidationError

from simulation.experiment import (
    Experiment,
    ExperimentCancelledError,
    conclude,
    enough,
    gather,
    shards,
    simulate,
    simulate_shard,
    simulate_totals,
)
from simulation.outcome.report.document import document_json
from simulation.outcome.report.parts import to_parts
from simulation.outcome.shards.summary import merge
from simulation.presets import preset_text
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(preset_text("single-queue"))


def test_a_result_has_the_same_bytes_for_any_number_of_workers(scenario: Scenario) -> None:
    experiment = Experiment(replications=30, seed=7)
    alone, together = (simulate(scenario, experiment, workers=workers) for workers in (1, 2))
    assert document_json(alone, intervals=True) == document_json(together, intervals=True)


def test_a_result_has_the_same_bytes_for_both_bodies_of_the_floor(scenario: Scenario) -> None:
    experiment = Experiment(replications=2, seed=3)
    kernel, plain = (
        document_json(simulate(scenario, experiment, floor=body), intervals=True) for body in ("kernel", "simpy")
    )
    assert kernel.replace('"floor":"kernel"', '"floor":"simpy"') == plain


@pytest.mark.parametrize("preset", ["single-queue", "it-helpdesk"])
def test_a_result_without_columns_has_every_other_figure_of_one_with_them(preset: str) -> None:
    described, experiment = load(preset_text(preset)), Experiment(replications=7, seed=7)
    whole = simulate(described, experiment)
    parts = [simulate_totals(canonical(described), experiment, batch) for batch in (range(2), range(2, 7))]
    told = conclude(described, experiment, merge(parts), by_period=False)
    head, columns = to_parts(told)
    assert head == to_parts(whole)[0]
    assert columns[-1] == to_parts(whole)[1][-1]  # the figures of every replication, which the head points into
    assert {column.kind for column in columns} == {"calendar", "figures"}


def test_more_replications_keep_those_of_fewer(scenario: Scenario) -> None:
    few, many = (simulate(scenario, Experiment(replications=n)) for n in (4, 8))
    offered = [result.queues[0].totals["offered"].over.tolist() for result in (few, many)]
    assert offered[0] == offered[1][:4]
    assert len(set(offered[1])) > 1


def test_shards_are_the_documents_business_and_cover_every_replication(scenario: Scenario) -> None:
    planned = shards(scenario, Experiment(replications=23))
    assert [number for shard in planned for number in shard] == list(range(23))
    assert all(shard.start % 10 == 0 or shard.start % 5 == 0 for shard in planned)


def test_precision_stops_at_the_first_ten_that_are_precise_enough(scenario: Scenario) -> None:
    wide = simulate(scenario, Experiment(precision=0.2))
    assert wide.replications == 10
    half = wide.queues[0].totals["service_level"].half_width(0.95)
    assert half is not None
    narrow = Experiment(precision=half / 2, replications=400)
    result = simulate(scenario, narrow)
    assert result.replications % 10 == 0
    assert 10 < result.replications < 400
    reached = result.queues[0].totals["service_level"].half_width(0.95)
    assert reached is not None
    assert reached <= half / 2
    finished = [simulate_shard(canonical(scenario), narrow, shard) for shard in shards(scenario, narrow)[:1]]
    assert not enough(scenario, narrow, finished)
    assert conclude(scenario, narrow, gather(finished)).replications == 10


def test_precision_alone_may_take_a_thousand_replications() -> None:
    assert Experiment(precision=0.01).replications == 1000
    assert Experiment(precision=0.01, replications=50).replications == 50
    assert Experiment().replications == 100


@pytest.mark.parametrize("wrong", [{"replications": 0}, {"precision": 0}, {"precision": 1.5}, {"seed": -1}, {"sed": 1}])
def test_an_impossible_experiment_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Experiment.model_validate(wrong)


def test_progress_is_told_and_cancelling_is_asked_after_every_shard(scenario: Scenario) -> None:
    told: list[tuple[int, int]] = []
    with pytest.raises(ExperimentCancelledError):
        simulate(
            scenario,
            Experiment(replications=130),
            on_progress=lambda completed, total: told.append((completed, total)),
            cancelled=lambda: len(told) == 2,
        )
    assert told == [(50, 130), (100, 130)]
