"""How long the people of the start have been in production."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Heads, Real


class TenureBand(Described):
    """Heads who have been in production for so long."""

    from_week: Annotated[Real, Field(ge=0, le=5000)]
    """Weeks in production behind each of them, at the start: the band's lower, cautious edge."""
    heads: Heads
    """How many they are."""


class Tenure(Described):
    """Weeks that the heads of the start have been in production, past nesting."""

    one_of = ("mean", "all", "bands")

    mean: Annotated[Real, Field(ge=0, le=5000)] | None = None
    """Mean of an exponential distribution, of which the heads take the quantiles (i - 1/2) / heads; or `all` or
    `bands`."""
    all: Annotated[Real, Field(ge=0, le=5000)] | None = None
    """The same for everybody, in place of a mean."""
    bands: Annotated[tuple[TenureBand, ...], Field(min_length=1)] | None = None
    """Heads by band, which sum to the headcount; in place of a mean."""

    @model_validator(mode="after")
    def _bands_ascend(self) -> Self:
        weeks = [band.from_week for band in self.bands or ()]
        for b in range(1, len(weeks)):
            if weeks[b] <= weeks[b - 1]:
                mend = f"write more than {weeks[b - 1]:g}, or sort the bands"
                refuse("does not come after the band before it", mend, ("bands", b, "from_week"))
        return self
