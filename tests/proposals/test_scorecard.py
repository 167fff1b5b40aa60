"""Points by hand from a board written by hand."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from simulation.proposals.board import FAILED, Board, BoardCandidate, CandidatePart, CreditsAtRisk, StressedCandidate
from simulation.proposals.scorecard import Criterion, OwnCriterion, Scorecard, scored
from simulation.proposals.trials import Strength
from simulation.scenario.problems import RefusedError
from simulation.studies.readings import Amount, Effect, Share
from simulation.studies.refusals import Untried


def amount(mean: float) -> Amount:
    return Amount(mean, None, None)


def candidate(
    name: str, met: float, cost: float | None, credits: float, stresses: list[float], weeks: float | None
) -> BoardCandidate:
    def share(mean: float) -> Share:
        return Share(mean, 0, 1)

    none = Effect(0, None, None)
    stressed = [StressedCandidate(f"s{k}", share(one), none, None, None, None) for k, one in enumerate(stresses)]
    people = [amount(0)] * 4
    return BoardCandidate(
        name,
        (CandidatePart(name, 1, None),),
        "",
        share(met),
        None,
        (),
        None if cost is None else amount(cost),
        CreditsAtRisk(amount(credits), credits, 200.0),
        () if weeks is None else (Strength("v", share(1), amount(weeks), weeks, *people),),
        (),
        tuple(stressed),
        (),
        (),
    )


def board(*candidates: BoardCandidate) -> Board:
    return Board(10, 16, candidates[0].name, candidates, ())


TWO = board(
    candidate("a", 0.9, 1000, 50, [0.8, 0.6], None),
    candidate("b", 0.5, 800, 0, [0.7], 4),
)


WORST = Scorecard(weights={Criterion.WORST_STRESS: 1.0})


def test_marks_and_points_by_hand() -> None:
    """a: 90, 100 x 800/1000, 100 x (1 - 50/200), 60, 100; b: 50, 100, 100, 70, 100 x (1 - 4/16)."""
    card = Scorecard(weights=dict.fromkeys(Criterion, 1.0))
    marks = {one.candidate: {mark.criterion: mark.mark for mark in one.marks} for one in scored(TWO, card)}
    assert list(marks["a"].values()) == pytest.approx([90, 80, 75, 60, 100])
    assert list(marks["b"].values()) == pytest.approx([50, 100, 100, 70, 75])
    assert [one.points for one in scored(TWO, card)] == pytest.approx([81, 79])


def test_points_are_the_mean_by_weight_and_the_most_stand_first() -> None:
    marks = {"a": 10.0, "b": 90.0}
    card = Scorecard(
        weights={Criterion.MET: 3.0, Criterion.COST: 0.0}, own=(OwnCriterion(name="trust", weight=1.0, marks=marks),)
    )
    first, second = scored(TWO, card)
    assert [first.candidate, second.candidate] == ["a", "b"]
    assert [first.points, second.points] == pytest.approx([(3 * 90 + 10) / 4, (3 * 50 + 90) / 4])
    assert [(one.criterion, one.weight) for one in first.marks] == [("MET", 0.75), ("trust", 0.25)]


def test_points_lie_between_0_and_100() -> None:
    worst = candidate("c", 0, 100_000, 999, [0], 99)
    card = Scorecard(weights=dict.fromkeys(Criterion, 1.0))
    for score in scored(board(worst, *TWO.candidates), card):
        assert 0 <= score.points <= 100
        assert all(0 <= mark.mark <= 100 for mark in score.marks)


def test_what_the_board_does_not_say_cannot_count() -> None:
    plain = board(candidate("a", 1, None, 0, [], None))
    card = Scorecard(weights={Criterion.COST: 1.0, Criterion.WORST_STRESS: 1.0})
    with pytest.raises(RefusedError) as refused:
        scored(plain, card)
    assert [one.at for one in refused.value.refusals] == [("weights", "COST"), ("weights", "WORST_STRESS")]


def test_a_stress_test_whose_run_failed_counts_as_never_held() -> None:
    first, second = TWO.candidates
    failed = replace(second, untried=(Untried("more_volume", FAILED),))
    scores = scored(board(first, failed, replace(failed, name="c", stresses=())), WORST)
    assert [(one.candidate, one.points) for one in scores] == [("a", 60.0), ("b", 0.0), ("c", 0.0)]


def test_every_candidate_has_a_mark_and_nobody_else() -> None:
    card = Scorecard(own=(OwnCriterion(name="trust", weight=1.0, marks={"a": 1.0, "z": 2.0}),))
    with pytest.raises(RefusedError) as refused:
        scored(TWO, card)
    assert "b has no mark" in str(refused.value)
    assert "there is no candidate z" in str(refused.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "nothing counts"),
        ({"weights": {"MET": 0}}, "nothing counts"),
        ({"own": [{"name": "MET", "weight": 1, "marks": {"a": 1}}]}, "already a criterion MET"),
        ({"own": [{"name": "x", "weight": 1, "marks": {"a": 101}}]}, "less than or equal to 100"),
        ({"weights": {"PRICE": 1}}, "PRICE|Input should be"),
    ],
)
def test_scorecards_that_say_nothing_are_refused(data: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Scorecard.model_validate(data)
