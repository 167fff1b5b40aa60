"""The scorecard: a client's weights over what the board says and what it marks itself, as points from 0 to 100.

Each criterion gives a mark from 0 to 100, and points are the mean of the marks by weight:

    points = sum(weight x mark) / sum(weight)

Nothing is simulated: other weights give other points of the same board.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.proposals.board import Board, BoardCandidate
from simulation.scenario.problems import Refusal, RefusedError, choose
from simulation.scenario.quantities import Described, Factor, Label, Real


class Criterion(StrEnum):
    """What the board says of every candidate."""

    MET = "MET"
    """100 x the share of replications in which every clause is met."""
    COST = "COST"
    """100 x the lowest mean cost of all candidates / its own."""
    CREDITS = "CREDITS"
    """100 x (1 - expected credits / what is at risk of the recurring charges); 100 where nothing is."""
    WORST_STRESS = "WORST_STRESS"
    """100 x the least share of replications, under any stress test, in which every clause is met; a test
    whose run failed counts as never."""
    STRENGTH = "STRENGTH"
    """100 x (1 - weeks to full strength / weeks of the horizon), of the slowest vendor, on average over the
    replications, the whole horizon counted in those in which it is not reached; 100 where all agents are given."""


Mark = Annotated[Real, Field(ge=0, le=100)]


class OwnCriterion(Described):
    """A criterion of the client's, which it marks itself."""

    name: Label
    """What it is."""
    weight: Factor
    """How much it counts."""
    marks: Annotated[dict[Label, Mark], Field(min_length=1, max_length=1000)]
    """By name of the candidate, 0 to 100; every candidate has one."""


class Scorecard(Described):
    """What counts how much; weights are relative to each other."""

    weights: dict[Criterion, Factor] = Field(default_factory=dict)
    """Of what the board says; those left out do not count."""
    own: Annotated[tuple[OwnCriterion, ...], Field(max_length=50)] = ()
    """What the client marks itself."""

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if not any([*self.weights.values(), *(one.weight for one in self.own)]):
            raise RefusedError(Refusal("nothing counts", "give some criterion a weight over 0", ("weights",)))
        names = [one.name for one in self.own]
        for place, name in enumerate(names):
            if name in names[:place] or name in list(Criterion):
                mend = "give each criterion its own name"
                raise RefusedError(Refusal(f"there is already a criterion {name}", mend, ("own", place, "name")))
        return self


@dataclass(frozen=True)
class GivenMark:
    """A candidate's mark by a criterion."""

    criterion: str
    """Its name."""
    weight: float
    """Its part of all weights."""
    mark: float
    """0 to 100."""


@dataclass(frozen=True)
class Score:
    """A candidate's points."""

    candidate: str
    """Its name on the board."""
    points: float
    """The mean of its marks by weight, 0 to 100."""
    marks: tuple[GivenMark, ...]
    """What they are made of; criteria without weight are left out."""


def scored(board: Board, card: Scorecard) -> tuple[Score, ...]:
    """The points of all candidates, the most first; of equals in the board's order.

    Raises RefusedError at the scorecard's fields for criteria of which the board says nothing, and marks of candidates
    that are missing or not there.
    """
    refused = [*_unknown(board, card), *_unmarked(board.candidates, card.own)]
    if refused:
        raise RefusedError(*refused)
    total = sum([*card.weights.values(), *(one.weight for one in card.own)])
    scores = [_score(candidate, board, card, total) for candidate in board.candidates]
    return tuple(sorted(scores, key=lambda score: -score.points))


def _unknown(board: Board, card: Scorecard) -> Iterator[Refusal]:
    if card.weights.get(Criterion.COST) and any(not one.cost for one in board.candidates):
        yield Refusal("nothing has a price", "leave it out", ("weights", Criterion.COST.value))
    untested = [one for one in board.candidates if not one.stresses and not one.has_failed]
    if card.weights.get(Criterion.WORST_STRESS) and untested:
        message = "not every candidate was put to a stress test"
        yield Refusal(message, "leave it out", ("weights", Criterion.WORST_STRESS.value))


def _unmarked(candidates: Sequence[BoardCandidate], own: Sequence[OwnCriterion]) -> Iterator[Refusal]:
    names = [candidate.name for candidate in candidates]
    for place, criterion in enumerate(own):
        for name in names:
            if name not in criterion.marks:
                yield Refusal(f"{name} has no mark", "add it, 0 to 100", ("own", place, "marks"))
        for name in criterion.marks:
            if name not in names:
                yield Refusal(f"there is no candidate {name}", choose(name, names), ("own", place, "marks", name))


def _score(candidate: BoardCandidate, board: Board, card: Scorecard, total: float) -> Score:
    found = _marks(candidate, board)
    marks = [
        *(GivenMark(one.value, weight / total, found[one]) for one, weight in card.weights.items() if weight),
        *(GivenMark(one.name, one.weight / total, one.marks[candidate.name]) for one in card.own if one.weight),
    ]
    return Score(candidate.name, sum(one.weight * one.mark for one in marks), tuple(marks))


def _marks(candidate: BoardCandidate, board: Board) -> Mapping[Criterion, float]:
    costs = [one.cost.mean for one in board.candidates if one.cost is not None]
    weeks = max((one.counted_weeks for one in candidate.strengths), default=0.0)
    return {
        Criterion.MET: 100 * candidate.holds.mean,
        Criterion.COST: 0.0 if candidate.cost is None else _cheapness(min(costs), candidate.cost.mean),
        Criterion.CREDITS: _kept(candidate),
        Criterion.WORST_STRESS: 100 * _worst(candidate),
        Criterion.STRENGTH: 100 * max(1 - weeks / board.weeks, 0.0),
    }


def _worst(candidate: BoardCandidate) -> float:
    """Nobody looks the better for figures with which a test cannot be simulated to its end."""
    return 0.0 if candidate.has_failed else min((one.holds.mean for one in candidate.stresses), default=0.0)


def _cheapness(least: float, own: float) -> float:
    return 100.0 if own <= least else max(100 * least / own, 0.0)


def _kept(candidate: BoardCandidate) -> float:
    """Of what is at risk, the part that is not expected to be paid back."""
    credits = candidate.credits
    if credits is None or credits.at_risk <= 0:
        return 100.0
    return 100 * min(max(1 - credits.expected.mean / credits.at_risk, 0.0), 1.0)
