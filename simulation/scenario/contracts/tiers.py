"""Tiers: what a miss of a clause costs, by its depth, what doing better earns, and how a credit is earned back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from simulation.scenario.contracts.metric import Level
from simulation.scenario.problems import Path, Refusal
from simulation.scenario.quantities import Described, PositiveShare, Real, Share, Whole


class CreditTier(Described):
    """A depth of failure and what it costs."""

    one_of = ("below", "above")

    below: Level | None = None
    """The figure is under it. Of a metric that is a ceiling `above` is given instead."""
    above: Level | None = None
    """The figure is over it, of a metric that is a ceiling."""
    share: Share
    """Share of the clause's amount at risk that is credited; only the deepest tier reached counts."""

    @property
    def edge(self) -> float:
        """Where the tier begins."""
        return self.below if self.below is not None else self.above or 0.0


class RepeatedMisses(Described):
    """Misses in a row cost more."""

    misses: Annotated[Whole, Field(ge=2, le=1000)]
    """How many missed windows in a row there have to be."""
    multiplier: Annotated[Real, Field(ge=1, le=100)]
    """What every credit is multiplied by from then on."""


class Bonus(Described):
    """A height of success and what it earns."""

    one_of = ("at_or_above", "at_or_below")

    at_or_above: Level | None = None
    """The figure is at least this. Of a metric that is a ceiling `at_or_below` is given instead."""
    at_or_below: Level | None = None
    """The figure is at most this, of a metric that is a ceiling."""
    share: Share
    """Share of the month's recurring charges that is added; only the highest reached counts."""

    @property
    def edge(self) -> float:
        """Where it begins."""
        return self.at_or_above if self.at_or_above is not None else self.at_or_below or 0.0


class EarnBack(Described):
    """The right to recover a credit by doing better later."""

    one_of = ("at_or_above", "at_or_below")

    at_or_above: Level | None = None
    """The figure of a window that counts is at least this. Of a metric that is a ceiling `at_or_below` is given
    instead."""
    at_or_below: Level | None = None
    """The figure of a window that counts is at most this, of a metric that is a ceiling. Both shift as the window's
    target does."""
    windows: Annotated[Whole, Field(ge=1, le=1000)] = 1
    """How many windows after the credited one have to reach it."""
    consecutive: bool = True
    """Whether they have to follow each other."""
    within_windows: Annotated[Whole, Field(ge=1, le=10_000)] | None = None
    """Among how many windows after the credited one; left out: among all."""
    share: PositiveShare = 1.0
    """Share of the credit that comes back, in the month in which the last of them ends."""

    @property
    def edge(self) -> float:
        """What has to be reached."""
        return self.at_or_above if self.at_or_above is not None else self.at_or_below or 0.0


@dataclass(frozen=True)
class Side:
    """On which side of its target a figure fails.

    kind:            what the figure is
    sign:            of how far it lies beyond the target
    missed, reached: the fields that say where a tier of a miss begins, and one of doing better
    """

    kind: str
    sign: int
    missed: str
    reached: str


FLOOR = Side("no ceiling", -1, "below", "at_or_above")
CEILING = Side("a ceiling", 1, "above", "at_or_below")


@dataclass(frozen=True)
class Consequences:
    """What follows from a clause's figure, around its target."""

    side: Side
    target: float
    credits: Sequence[CreditTier]
    bonuses: Sequence[Bonus]
    earn_back: EarnBack | None

    def refused(self) -> Iterator[Refusal]:
        """Tiers on the wrong side of the target, that overlap or that leave a miss without a tier."""
        yield from self._sides_refused()
        yield from self._earn_back_refused()
        yield from self._credits_refused()
        yield from self._bonuses_refused()

    def _sides_refused(self) -> Iterator[Refusal]:
        for t, tier in enumerate(self.credits):
            yield from self._side_refused(tier, self.side.missed, ("credits", t))
        for b, bonus in enumerate(self.bonuses):
            yield from self._side_refused(bonus, self.side.reached, ("bonuses", b))

    def _side_refused(self, tier: CreditTier | Bonus | EarnBack, word: str, at: Path) -> Iterator[Refusal]:
        if getattr(tier, word) is None:
            yield Refusal(f"the figure is {self.side.kind}", f"write {word}: {tier.edge:g}", at)

    def _earn_back_refused(self) -> Iterator[Refusal]:
        back, word = self.earn_back, self.side.reached
        if back is None:
            return
        yield from self._side_refused(back, word, ("earn_back",))
        if getattr(back, word) is not None and self.side.sign * (back.edge - self.target) > 0:
            mend = f"write {self.target:g} or what is better"
            yield Refusal(f"the target lies at {self.target:g}", mend, ("earn_back", word))
        if back.within_windows is not None and back.within_windows < back.windows:
            mend = f"write {back.windows} or more"
            yield Refusal(f"{back.windows} windows do not fit", mend, ("earn_back", "within_windows"))

    def _credits_refused(self) -> Iterator[Refusal]:
        word = self.side.missed
        for t, tier in enumerate(self.credits):
            before, at = self.credits[t - 1] if t else None, ("credits", t, word)
            if before is None and tier.edge != self.target:
                gap = f"write {word}: {self.target:g}; where nothing is due at first, with share: 0"
                yield Refusal(f"a miss begins at the target, {self.target:g}", gap, at)
            if before is not None and self.side.sign * (tier.edge - before.edge) <= 0:
                yield Refusal(f"the tier before it begins at {before.edge:g}", "order tiers, the deepest last", at)
            if before is not None and tier.share <= before.share:
                mend = f"write a share over {before.share:g}"
                yield Refusal("a deeper tier costs no more", mend, ("credits", t, "share"))

    def _bonuses_refused(self) -> Iterator[Refusal]:
        for b, bonus in enumerate(self.bonuses):
            before = self.bonuses[b - 1] if b else None
            edge = self.target if before is None else before.edge
            if self.side.sign * (bonus.edge - edge) > 0 or (before is not None and bonus.edge == edge):
                what = "the target lies" if before is None else "the bonus before it begins"
                at = ("bonuses", b, self.side.reached)
                yield Refusal(f"{what} at {edge:g}", "order bonuses, the highest last", at)
            if before is not None and bonus.share <= before.share:
                mend = f"write a share over {before.share:g}"
                yield Refusal("a higher bonus earns no more", mend, ("bonuses", b, "share"))
