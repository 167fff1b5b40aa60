"""Contracts: what a vendor is paid for, and what it promises."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.clauses import AtRisk, Clause
from simulation.scenario.commitments import Commitment
from simulation.scenario.forecasts import ForecastLock
from simulation.scenario.pricing import Pricing
from simulation.scenario.problems import Refusal, RefusedError
from simulation.scenario.quantities import Described, Id


class Contract(Described):
    """A contract between a client and a vendor."""

    client: Id | None = None
    """Who pays: as the queues' `client` names it. It covers the queues of that client, without one all that the vendor
    serves; of a vendor with several contracts each names its own."""
    pricing: Annotated[tuple[Pricing, ...], Field(min_length=1, max_length=1000)]
    """What is charged; each is a line of the monthly invoice."""
    commitments: Annotated[tuple[Commitment, ...], Field(max_length=1000)] = ()
    """What the client pays although it did not send it."""
    forecast_lock: ForecastLock | None = None
    """Which forecast is the one that counts for commitments, billable hours, staffing and relief."""
    at_risk: AtRisk | None = None
    """The most that service credits may take back of a month; a contract with credits needs it."""
    slas: Annotated[tuple[Clause, ...], Field(max_length=1000)] = ()
    """The service levels promised."""

    @model_validator(mode="after")
    def _credits_are_of_something(self) -> Self:
        credited = [c for c, clause in enumerate(self.slas) if clause.credits]
        if self.at_risk is None and credited:
            mend = "add at_risk: {share: 0.1} to the contract, or remove the credits"
            raise RefusedError(*(Refusal("nothing is at risk", mend, ("slas", c, "credits")) for c in credited))
        return self
