"""How many replications common draws spare."""

import pytest

from simulation.comparison import Gap, Simulated, paired_gap, unpaired_gap
from simulation.experiment import Experiment, simulate
from simulation.outcome.counting.estimates import Estimate
from simulation.presets import preset_text
from simulation.scenario.changing.change import altered, read_changes
from simulation.scenario.reading.document import load

HALF_WIDTH = 0.005
MOST, FEWEST = 200, 5


def needed(gap_of: object, baseline: Estimate, candidate: Estimate) -> int | None:
    """The fewest replications whose 95 % interval of the difference is at most so wide; None: more than there are."""
    assert callable(gap_of)
    assert baseline.under is not None
    assert candidate.under is not None
    for n in range(FEWEST, MOST + 1):
        gap: Gap = gap_of(
            Estimate(baseline.over[:n], baseline.under[:n]), Estimate(candidate.over[:n], candidate.under[:n])
        )
        ends = gap.confidence_interval()
        if ends is not None and (ends[1] - ends[0]) / 2 <= HALF_WIDTH:
            return n
    return None


@pytest.mark.bar
def test_comparing_two_variants_takes_a_fifth_of_the_replications_that_unpaired_runs_take() -> None:
    plan = load(preset_text("single-queue"))
    told = []
    for change in ({"scale_demand": {"factor": 1.02}}, {"scale_handling": {"factor": 1.02}}):
        variant = altered(plan, read_changes([change])).scenario
        runs = [
            Simulated(scenario, simulate(scenario, Experiment(replications=MOST, seed=seed)))
            for scenario, seed in ((plan, 1), (variant, 1), (variant, 2))
        ]
        base, paired, unpaired = (run.result.queues[0].totals["service_level"] for run in runs)
        pairs, independent = needed(paired_gap, base, paired), needed(unpaired_gap, base, unpaired)
        assert pairs is not None
        told.append((change, pairs, independent))
        assert independent is None or independent >= 5 * pairs
    print("\n+-0.5 points of service level, replications paired and unpaired:", told)
