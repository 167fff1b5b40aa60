"""Bands: rates by the number of units, and over which time these add up."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from simulation.scenario.money import Money
from simulation.scenario.problems import Refusal
from simulation.scenario.quantities import Described, Real


class Tiering(StrEnum):
    """Which units a band's rate is for."""

    MARGINAL = "MARGINAL"
    """Those within the band; bands fill in the order of time."""
    WHOLE = "WHOLE"
    """All units, at the rate of the band in which their number ends."""


class Accumulation(StrEnum):
    """Over which time units add up to a band."""

    MONTH = "MONTH"
    """The calendar month."""
    QUARTER = "QUARTER"
    """The calendar quarter: each month charges what is due so far less what its months before have charged."""


class Band(Described):
    """Units up to a number, and the rate of each."""

    to: Annotated[Real, Field(gt=0, le=1_000_000_000_000)] | None = None
    """The last unit of the band, inside it, or, of ARC and RRC, the share of the baseline at which it ends; left out in
    the last band only: all above."""
    rate: Money
    """Charge a unit."""


def bands_refused(bands: Sequence[Band], name: str, begin: float = 0.0) -> Iterator[Refusal]:
    """Bands, in the field of this name and from `begin` on, that do not follow each other or do not hold all above."""
    before = begin
    for b, band in enumerate(bands):
        if band.to is None:
            if b + 1 < len(bands):
                yield Refusal("it already holds all above", "write its last unit", (name, b, "to"))
            continue
        if band.to <= before and b:
            mend = f"write over {before:g}, or order bands by `to`"
            yield Refusal(f"the band before reaches to {before:g}", mend, (name, b, "to"))
        elif band.to <= before:
            yield Refusal(f"the dead band reaches to {before:g}", f"write over {before:g}", (name, b, "to"))
        elif b + 1 == len(bands):
            mend = "remove `to` of the last band, or add {rate: ...} after it"
            yield Refusal(f"no rate is said for units over {band.to:g}", mend, (name, b, "to"))
        before = band.to
