"""Contracts: what a vendor is paid for, and what it promises."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.contracts.clauses import Clause
from simulation.scenario.contracts.commitments import Commitment
from simulation.scenario.contracts.forecasts import ForecastLock
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.money import Money
from simulation.scenario.problems import Refusal, RefusedError, refuse
from simulation.scenario.quantities import Described, Id, Share, Whole


class AtRiskBase(StrEnum):
    """Of which charges a share is at risk."""

    RECURRING = "RECURRING"
    """The month's lines of all pricing kinds but ONE_OFF, at least 0."""


class AtRisk(Described):
    """The most that service credits may take back."""

    share: Share
    """Share of the base."""
    base: AtRiskBase = AtRiskBase.RECURRING
    """Of which charges."""


class ExitTerms(Described):
    """When the client may leave. The right arises when a window ends with which a clause has missed `missed` of its
    last `of` whole windows; who leaves is said by an event VENDOR_EXIT."""

    missed: Annotated[Whole, Field(ge=1, le=1000)]
    """How many windows are missed of the same clause, whichever it is."""
    of: Annotated[Whole, Field(ge=1, le=1000)]
    """Of how many of its last in which anything counted, of fewer where fewer have ended."""
    notice_months: Annotated[Whole, Field(ge=0, le=60)] = 0
    """Whole calendar months between the month in which the right arises and the handover's first day."""
    fee: Money = 0.0
    """What the client pays for leaving, in the vendor's currency, in the month in which the handover begins."""

    @model_validator(mode="after")
    def _can_be_missed(self) -> Self:
        if self.missed > self.of:
            refuse(f"{self.of} windows cannot miss {self.missed}", f"write at most {self.of}", ("missed",))
        return self


class Contract(Described):
    """A contract between a client and a vendor."""

    client: Id | None = None
    """Who pays: as the queues' `client` names it. It covers the queues of that client, without one all that the vendor
    serves; of a vendor with several contracts each names its own."""
    pricing: Annotated[tuple[Pricing, ...], Field(max_length=1000)] = ()
    """What is charged; each is a line of the monthly invoice. The client's own people charge nothing, a contract of
    theirs has only `slas`: what they promise."""
    commitments: Annotated[tuple[Commitment, ...], Field(max_length=1000)] = ()
    """What the client pays although it did not send it."""
    forecast_lock: ForecastLock | None = None
    """Which forecast is the one that counts for commitments, billable hours, staffing and relief."""
    at_risk: AtRisk | None = None
    """The most that service credits may take back of a month; a contract with credits needs it."""
    slas: Annotated[tuple[Clause, ...], Field(max_length=1000)] = ()
    """The service levels promised."""
    exit: ExitTerms | None = None
    """When the client may leave; left out: no right to is reported."""

    @model_validator(mode="after")
    def _credits_are_of_something(self) -> Self:
        credited = [c for c, clause in enumerate(self.slas) if clause.credits]
        if self.at_risk is None and credited:
            mend = "add at_risk: {share: 0.1} to the contract, or remove the credits"
            raise RefusedError(*(Refusal("nothing is at risk", mend, ("slas", c, "credits")) for c in credited))
        return self

    @model_validator(mode="after")
    def _exit_follows_something(self) -> Self:
        if self.exit is not None and not self.slas:
            refuse("without slas no window is ever missed", "add slas, or remove it", ("exit",))
        return self
