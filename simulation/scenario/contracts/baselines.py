"""Baselines: units by month that a charge is for, and rates on what is more or less."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from simulation.scenario.calendar import Period
from simulation.scenario.contracts.bands import Band, bands_refused
from simulation.scenario.problems import Refusal
from simulation.scenario.quantities import Real

Baseline = dict[Period, Annotated[Real, Field(gt=0, le=1_000_000_000_000)]]
"""Units by month."""


def baseline_refused(
    baseline: Mapping[Period, float], dead_band: float, arc: Sequence[Band], rrc: Sequence[Band]
) -> Iterator[Refusal]:
    """A baseline of other times than months, from which nothing follows, or whose bands do not fit."""
    for month in baseline:
        if month.first.day != 1 or month.days < 28:
            yield Refusal("is no month", f"write a month such as {month.first:%Y-%m}", ("baseline", str(month)))
    if not arc and not rrc:
        what = "nothing follows from what is more or less than the baseline"
        yield Refusal(what, "add arc or rrc, or write kind: FIXED_MONTHLY", ("arc",))
    yield from bands_refused(arc, "arc", dead_band)
    yield from bands_refused(rrc, "rrc", dead_band)
    for b, band in enumerate(rrc):
        if band.to is not None and band.to >= 1:
            mend = "write a share under 1, or remove `to`"
            yield Refusal("no more than the whole baseline can be missing", mend, ("rrc", b, "to"))
