"""Differences of figures against hand calculations, resampling and runs whose differences are known."""

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation.comparison import (
    Compared,
    Comparison,
    Difference,
    Gap,
    Simulated,
    Subject,
    compare,
    figures_of,
    paired_gap,
    paired_share_gap,
    real_ones,
    unpaired_gap,
    unpaired_share_gap,
)
from simulation.experiment import Experiment, simulate
from simulation.outcome.counting.estimates import Estimate, Interval
from simulation.scenario.reading.document import load
from tests.studies.shops import SHOP

SLOWER = "queues.orders.handling.mean_seconds"


@cache
def shop(seed: int = 1, replications: int = 20, **changes: str) -> Simulated:
    described = load(SHOP, changes=changes)
    return Simulated(described, simulate(described, Experiment(replications=replications, seed=seed)))


def slower(seed: int = 1, replications: int = 20) -> Simulated:
    return shop(seed, replications, **{SLOWER: "220"})


def found(comparison: Comparison, subject: Subject, measure: str) -> Difference:
    (one,) = [one for one in comparison.differences if (one.subject, one.measure) == (subject, measure)]
    return one


def ends(gap: Gap | None, level: float = 0.95) -> Interval:
    assert gap is not None
    interval = gap.confidence_interval(level)
    assert interval is not None
    return interval


def of(*values: float) -> Estimate:
    return Estimate(np.array(values))


def ratios(over: list[float], under: list[float]) -> Estimate:
    return Estimate(np.array(over), np.array(under))


# by hand


def test_pairs_of_figures_give_student_s_interval_of_their_differences() -> None:
    """Steps 1, 3, 2, 2: mean 2, deviation sqrt(2/3), standard error 0.40825, t(3) 3.18245."""
    gap = paired_gap(of(10, 20, 30, 40), of(11, 23, 32, 42))
    assert gap is not None
    assert (gap.mean, gap.freedom) == (2.0, 3)
    assert ends(gap) == pytest.approx((2 - 3.182446 * 0.408248, 2 + 3.182446 * 0.408248), abs=1e-5)
    assert gap.p_value == pytest.approx(stats.ttest_rel([11, 23, 32, 42], [10, 20, 30, 40]).pvalue)


def test_a_pair_in_which_either_figure_is_undefined_is_left_out() -> None:
    gap = paired_gap(of(10, math.nan, 30, 40), of(11, 23, math.nan, 43))
    assert gap is not None
    assert (gap.mean, gap.freedom) == (2.0, 1)
    assert paired_gap(of(math.nan, 1), of(1, math.nan)) is None


def test_pairs_of_ratios_follow_the_delta_method_by_hand() -> None:
    """1/2, 3/4 are together 4/6; 2/2, 3/4 are 5/6. Deviations (N - R D) / 3: -1/9, 1/9 and 1/9, -1/9; steps 2/9, -2/9,
    their deviation sqrt(8)/9, the error sqrt(4)/9."""
    gap = paired_gap(ratios([1, 3], [2, 4]), ratios([2, 3], [2, 4]))
    assert gap is not None
    assert [gap.mean, gap.error, gap.freedom] == pytest.approx([1 / 6, 2 / 9, 1])


def test_pairs_of_ratios_agree_with_the_jackknife() -> None:
    """Leaving out each pair in turn and taking the ratios of sums anew estimates the same error without any formula."""
    luck = np.random.default_rng(7)
    n = 400
    under = luck.poisson(80, n).astype(np.float64)
    over = luck.binomial(under.astype(int), 0.8).astype(np.float64)
    more = under + luck.poisson(5, n).astype(np.float64)
    better = over + luck.binomial((more - over).astype(int), 0.3).astype(np.float64)
    gap = paired_gap(Estimate(over, under), Estimate(better, more))
    assert gap is not None

    def without(values: Any) -> Any:
        return values.sum() - values

    left = without(better) / without(more) - without(over) / without(under)
    jackknife = math.sqrt((n - 1) / n * float(((left - left.mean()) ** 2).sum()))
    assert gap.error == pytest.approx(jackknife, rel=0.01)
    assert gap.mean == pytest.approx(better.sum() / more.sum() - over.sum() / under.sum())


def test_independent_figures_give_welch_s_interval() -> None:
    before, after = [10.0, 12.0, 9.0, 14.0, 11.0], [13.0, 19.0, 15.0]
    gap = unpaired_gap(of(*before), of(*after))
    welch = stats.ttest_ind(after, before, equal_var=False)
    assert gap is not None
    assert gap.p_value == pytest.approx(welch.pvalue)
    assert ends(gap) == pytest.approx(tuple(welch.confidence_interval(0.95)))


def test_one_replication_has_a_difference_and_no_interval() -> None:
    for gap in (paired_gap(of(1), of(3)), unpaired_gap(of(1), of(3)), paired_gap(ratios([1], [2]), ratios([2], [2]))):
        assert gap is not None
        assert (gap.confidence_interval(), gap.p_value) == (None, None)


def test_shares_of_pairs_by_hand() -> None:
    """Of ten pairs four came true in the candidate only, one in the baseline only: (4+1)/12 - (1+1)/12 = 0.25, error
    sqrt((7/12 - 0.0625) / 12) = 0.208333."""
    before = np.array([0, 0, 0, 0, 1, 1, 1, 1, 0, 0.0])
    after = np.array([1, 1, 1, 1, 0, 1, 1, 1, 0, 0.0])
    gap = paired_share_gap(before, after)
    assert [gap.mean, gap.centre] == pytest.approx([0.3, 0.25])
    assert gap.error == pytest.approx(0.208333, abs=1e-6)


def test_shares_that_never_differ_are_known_to_no_more_than_so_many_pairs_allow() -> None:
    low, high = ends(paired_share_gap(np.ones(20), np.ones(20)))
    assert low == -high
    assert 0.05 < high < 0.15
    assert paired_share_gap(np.ones(20), np.ones(20)).p_value == 1.0


def test_independent_shares_by_hand() -> None:
    """8 of 10 and 3 of 10: 9/12 - 4/12 = -5/12, error sqrt((9 x 3 + 4 x 8) / 12^3) = 0.184779."""
    before, after = np.array([1.0] * 8 + [0.0] * 2), np.array([1.0] * 3 + [0.0] * 7)
    gap = unpaired_share_gap(before, after)
    assert [gap.mean, gap.centre] == pytest.approx([-0.5, -5 / 12])
    assert gap.error == pytest.approx(0.184779, abs=1e-6)


def test_several_differences_are_held_against_thresholds_that_rise_with_their_rank() -> None:
    """Of three: 0.01 <= 0.05/3, 0.02 <= 0.05 x 2/3, 0.06 > 0.05; without a p-value, or unable to differ: left out."""
    assert real_ones([0.06, 0.01, None, 1.0, 0.02]) == [False, True, False, False, True]
    assert real_ones([0.03, 0.2]) == [False, False]
    assert real_ones([0.045, 0.04]) == [True, True]  # the second within 0.05 takes along the first, over 0.025
    assert real_ones([]) == []


def test_intervals_hold_their_level() -> None:
    """1,000 comparisons of ten pairs whose true difference is 0.5."""
    luck, held = np.random.default_rng(3), 0
    for _ in range(1_000):
        before = luck.normal(5, 2, 10)
        low, high = ends(paired_gap(Estimate(before), Estimate(before + luck.normal(0.5, 1, 10))), 0.9)
        held += low <= 0.5 <= high
    assert 0.87 <= held / 1_000 <= 0.93


# runs


def test_a_run_beside_itself_differs_in_nothing() -> None:
    comparison = compare(shop(), shop())
    assert (comparison.is_paired, comparison.pairs, comparison.changes) == (True, 20, [])
    assert len(comparison.differences) > 40
    assert {one.gap.mean for one in comparison.differences} == {0.0}
    assert not any(one.is_significant for one in comparison.differences)


def test_pairs_are_the_replications_that_both_have_and_their_difference_is_known_far_better() -> None:
    paired, unpaired = compare(shop(), slower(replications=16)), compare(shop(), slower(seed=2, replications=16))
    assert (paired.is_paired, paired.pairs) == (True, 16)
    assert (unpaired.is_paired, unpaired.pairs) == (False, None)
    desk = Subject(team="desk")
    near, far = (found(one, desk, "occupancy") for one in (paired, unpaired))
    first = shop(replications=16).result.teams[0].totals["occupancy"]
    assert near.baseline == first.mean
    assert near.is_significant
    assert near.candidate - near.baseline == pytest.approx(near.gap.mean)
    assert near.gap.error is not None
    assert far.gap.error is not None
    reduction = (far.gap.error / near.gap.error) ** 2
    print(f"occupancy: variance unpaired / paired = {reduction:.1f}")
    assert reduction > 4


def test_what_differs_between_the_scenarios_is_told() -> None:
    (change,) = compare(shop(), slower()).changes
    assert (change.path, change.before, change.after) == (SLOWER, 200, 220)
    assert change.summary == f"{SLOWER}: 200 becomes 220 (+10 %)"


def test_an_invoice_differs_by_the_contacts_it_charges_for() -> None:
    """2.00 a contact: the pairs' invoices differ by twice what their answered contacts do, credits aside."""
    dearer = shop(**{"vendors.acme.contracts.0.pricing.0.rate": "3.0"})
    comparison = compare(shop(), dearer)
    charged = figures_of(shop())[Subject(queue="orders"), "answered"].mean
    lines = shop().result.settlement.vendors[0].months
    credits = sum(line.amount.mean or 0.0 for month in lines for line in month.lines if line.kind == "CREDIT")
    one = found(comparison, Subject(vendor="acme"), Compared.INVOICE)
    assert charged is not None
    assert one.baseline == pytest.approx(2 * charged + credits)
    assert one.gap.mean == pytest.approx(one.baseline / 2, rel=1e-3)
    assert one.is_significant
    for measure in (Compared.CLIENT_COST, Compared.MARGIN):
        whose = Subject() if measure is Compared.CLIENT_COST else Subject(vendor="acme")
        assert found(comparison, whose, measure).gap.mean == pytest.approx(one.gap.mean)


def test_clauses_are_met_as_often_as_the_run_says() -> None:
    run = slower()
    clause = run.result.settlement.clauses[0]
    assert clause.all_met is not None
    assert 0 < clause.all_met.share < 1
    met = figures_of(run)[Subject(vendor="acme", clause="level"), Compared.CLAUSE_MET]
    assert met.over.sum() == clause.all_met.successes
    decision = run.result.settlement.decision
    assert decision is not None
    assert decision.all_met is not None
    assert figures_of(run)[Subject(), Compared.ALL_MET].mean == decision.all_met.share
    one = found(compare(shop(), run), Subject(), Compared.ALL_MET)
    assert one.gap.mean == pytest.approx(one.candidate - one.baseline)


def test_money_of_two_currencies_is_not_compared() -> None:
    comparison = compare(shop(), shop(currency="GBP"))
    measures = {one.measure for one in comparison.differences}
    assert Compared.ALL_MET in measures
    assert measures.isdisjoint({Compared.INVOICE, Compared.CLIENT_COST, Compared.CLAUSE_CREDIT, Compared.COST_LINE})
