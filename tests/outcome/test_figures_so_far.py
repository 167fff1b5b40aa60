"""Figures so far: what the replications done would report, if there were no others."""

import pytest

from simulation.outcome.counting.estimates import Estimate
from simulation.outcome.report.conclusion import conclude
from simulation.outcome.shards.figures_so_far import FigureSoFar, FiguresSoFar, Glance
from simulation.outcome.shards.summary import merge
from simulation.scenario.grid import Grid
from tests.outcome.agreed import contracted
from tests.outcome.counted import summary
from tests.outcome.test_clauses import random_paths


def told(estimate: Estimate) -> FigureSoFar:
    lower, upper = estimate.confidence_interval() or (None, None)
    return FigureSoFar(estimate.mean, lower, upper)


@pytest.mark.parametrize("done", [1, 2, 4])
def test_they_are_the_results_of_the_replications_done(done: int) -> None:
    described = contracted(0.8, 0.1, 1.37)
    paths = random_paths(described, 5, 4)
    cuts = [range(1), range(1, 2), range(2, 4)]
    parts = [summary(described, paths[cut.start : cut.stop], first=cut.start) for cut in cuts if cut.stop <= done]
    found = FiguresSoFar.of(described, [Glance.at(described, part.to_bytes()) for part in parts])
    whole = conclude(described, Grid.of(described), merge(parts), seed=1, engine="", floor="kernel")
    decision = whole.settlement.decision
    assert decision is not None
    assert decision.client_cost is not None
    assert found.replications == done
    assert [queue.id for queue in found.queues] == [queue.id for queue in whole.queues]
    for queue, outcome in zip(found.queues, whole.queues, strict=True):
        assert queue.offered == told(outcome.totals["offered"])
        assert queue.service_level == told(outcome.totals["service_level"])
    assert found.all_met == decision.all_met
    assert found.client_cost == told(decision.client_cost)


def test_they_are_read_as_they_were_told() -> None:
    described = contracted(0.8, 0.1, 1.37)
    found = FiguresSoFar.of(
        described, [Glance.at(described, summary(described, random_paths(described, 5, 1)).to_bytes())]
    )
    assert FiguresSoFar.from_json(found.to_json()) == found
    nothing = FiguresSoFar(1, (), None, None)
    assert FiguresSoFar.from_json(nothing.to_json()) == nothing
