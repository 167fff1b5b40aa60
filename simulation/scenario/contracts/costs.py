"""What people cost whoever employs them, and what service costs the client besides invoices."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from simulation.scenario.contracts.night import Night
from simulation.scenario.entries import entries
from simulation.scenario.money import Indexation, Money
from simulation.scenario.problems import Refusal, refuse
from simulation.scenario.quantities import Described, Real

ExchangeRate = Annotated[Real, Field(ge=0.000001, le=1_000_000)]
"""Units of a currency for one of the scenario's."""


class TeamCost(Described):
    """What a team costs its vendor."""

    hourly_wage: Money = 0.0
    """A paid hour of people in production."""
    benefits_share: Annotated[Real, Field(ge=0, le=10)] = 0.0
    """Benefits and taxes on all wages, premiums included, as a share of them."""
    seat_per_month: Money = 0.0
    """A head on the payroll for a month, prorated by day; of given agents the most that are there."""
    hire: Money = 0.0
    """A hired head."""
    training_per_week: Money = 0.0
    """A head in training for a week, its pay included."""
    night_premium: Annotated[Real, Field(ge=0, le=10)] = 0.0
    """What a paid hour of the night costs more, as a share of the wage."""
    night: Night = Night()
    """Which hours are the night: intervals that begin in it."""
    fixed_per_month: Money = 0.0
    """All else, prorated by day where the horizon cuts the month."""
    indexation: Annotated[tuple[Indexation, ...], Field(max_length=1000)] = ()
    """Rises of all of these, by ascending date; each multiplies those before it."""

    @model_validator(mode="after")
    def _rises_in_order(self) -> Self:
        for i in range(1, len(self.indexation)):
            if self.indexation[i].from_ <= self.indexation[i - 1].from_:
                refuse("is not after the one before", "order indexation by date", ("indexation", i, "from"))
        return self


class ClientCost(Described):
    """What service costs the client besides invoices and its own people."""

    retained_per_month: Money = 0.0
    """The people who manage vendors and the like, prorated by day where the horizon cuts the month."""
    telephony_per_minute: Money = 0.0
    """A minute in which a caller waits or is served: of VOICE queues, by when the caller came or the service ended."""
    abandoned_contact: Money = 0.0
    """A contact that gave up."""
    late_item: Money = 0.0
    """A piece of due work that was not done in time."""


def costs_refused(document: Mapping[str, Any]) -> Iterator[Refusal]:
    """Teams without a cost beside others of their vendor that have one: the vendor's cost would not be known, and what
    the others say would count nowhere."""
    for path, vendor in entries(document.get("vendors"), ("vendors",)):
        teams = list(entries(vendor.get("teams"), (*path, "teams")))
        costed = [str(team.get("id")) for _, team in teams if team.get("cost") is not None]
        for at, team in teams if costed else ():
            if team.get("cost") is None:
                message = f"without it what {', '.join(costed)} of the same vendor costs would count nowhere"
                yield Refusal(message, "add cost to the team, or remove it from the others", (*at, "cost"))
