"""Shards: what they keep, how they merge, how they travel."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.outcome.counting.measure import Resolution
from simulation.outcome.counting.packing import PackingError
from simulation.outcome.counting.tally import KEPT_RAW, SAMPLED_REPLICATIONS
from simulation.outcome.report.conclusion import conclude
from simulation.outcome.report.document import document_json
from simulation.outcome.shards.summary import ShardSummary, merge, summarise, total_service_levels
from simulation.scenario.grid import Grid
from tests.outcome.counted import G, Q, blank, random_counters, result, scenario, summary

DESCRIBED = scenario()
COUNTED = [random_counters(DESCRIBED, seed, contacts=2) for seed in range(12)]


def shards(cuts: list[int]) -> list[ShardSummary]:
    """The twelve replications, cut into shards."""
    edges = [0, *sorted(set(cuts)), len(COUNTED)]
    return [summary(DESCRIBED, COUNTED[a:b], a) for a, b in pairwise(edges) if a < b]


WHOLE = merge(shards([])).to_bytes()


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.data(), st.lists(st.integers(0, 12), max_size=6))
def test_any_split_merged_in_any_order_gives_the_same_bytes(data: st.DataObject, cuts: list[int]) -> None:
    stored = [shard.to_bytes() for shard in shards(cuts)]
    shuffled = data.draw(st.permutations(stored))
    assert merge(ShardSummary.from_bytes(shard) for shard in shuffled).to_bytes() == WHOLE


def test_merging_merged_shards_is_merging_all() -> None:
    one, two, three = shards([3, 8])
    left, right = merge([merge([one, two]), three]), shards([3, 8])
    assert left.to_bytes() == merge([right[0], merge(right[1:])]).to_bytes() == WHOLE


@pytest.mark.parametrize("replications", [1, KEPT_RAW, KEPT_RAW + 1])
def test_a_summary_travels_as_bytes_and_stays_the_same(replications: int) -> None:
    shard = summary(DESCRIBED, COUNTED[:replications])
    back = ShardSummary.from_bytes(shard.to_bytes())
    assert back.to_bytes() == shard.to_bytes()
    assert merge([back]).to_bytes() == merge([shard]).to_bytes()


def test_the_result_is_the_same_from_shards_as_from_the_whole() -> None:
    merged = merge(ShardSummary.from_bytes(shard.to_bytes()) for shard in shards([1, 6, 7]))
    from_shards = conclude(DESCRIBED, Grid.of(DESCRIBED), merged, seed=1, engine="0", floor="kernel")
    assert document_json(from_shards, True) == document_json(result(DESCRIBED, COUNTED), True)


def test_a_stopping_rule_reads_the_service_levels_of_the_result() -> None:
    levels = total_service_levels(shard.to_bytes() for shard in shards([2, 9]))
    expected = [queue.totals["service_level"] for queue in result(DESCRIBED, COUNTED).queues]
    assert [level.confidence_interval() for level in levels] == [level.confidence_interval() for level in expected]


def test_replications_stay_in_their_order() -> None:
    offered = result(DESCRIBED, COUNTED).queues[0].totals["offered"].over
    assert offered.tolist() == [counted.queues[:, 0, Q.OFFERED].sum() for counted in COUNTED]


def test_a_replication_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="a replication comes twice"):
        merge([summary(DESCRIBED, COUNTED[:3]), summary(DESCRIBED, COUNTED[2:5], 2)])


def test_shards_of_two_scenarios_do_not_merge() -> None:
    other = scenario(name="Another")
    with pytest.raises(ValueError, match="only shards of one scenario merge"):
        merge([summary(DESCRIBED, COUNTED[:1]), summary(other, [blank(other)], 1)])


def test_nothing_does_not_merge() -> None:
    with pytest.raises(ValueError, match="only shards of one scenario merge"):
        merge([])


def test_a_missing_replication_is_noticed() -> None:
    with pytest.raises(ValueError, match="shorter"):
        summarise(DESCRIBED, Grid.of(DESCRIBED), COUNTED[:2], range(3))


def test_bytes_of_something_else_are_refused() -> None:
    with pytest.raises(PackingError):
        ShardSummary.from_bytes(b"something else")


def test_beyond_the_sample_intervals_keep_their_means_and_deviations() -> None:
    described = scenario(days=1)
    counted = [random_counters(described, seed, contacts=3) for seed in range(5)]
    last = SAMPLED_REPLICATIONS - 2
    merged = merge([summary(described, counted, last)])
    assert merged.queues.sampled.shape[1] == 2
    concluded = conclude(described, Grid.of(described), merged, seed=1, engine="0", floor="kernel")
    offered = concluded.queues[0].columns[next(iter(concluded.queues[0].columns))]["offered"]
    exact = np.stack([one.queues[:, 0, Q.OFFERED] for one in counted])
    assert offered.mean == pytest.approx(exact.mean(axis=0))
    assert offered.sd == pytest.approx(exact.std(axis=0, ddof=1))
    assert offered.p95 == pytest.approx(np.quantile(exact[:2], 0.95, axis=0))


def test_more_agents_than_32_bits_hold_stay_the_most_they_hold() -> None:
    counters = blank(DESCRIBED)
    hour = 3_600_000_000
    counters.groups[[3, 4], 0, G.ON_FLOOR] = 200_000 * hour, 300_000 * hour
    agents = result(DESCRIBED, [counters, counters]).teams[0].columns[Resolution.INTERVAL]["agents"]
    assert agents.mean[3:5].tolist() == [200_000, 300_000]
    assert agents.p95 is not None
    assert agents.p95[3:5].tolist() == pytest.approx([200_000, 214_748.3647])
