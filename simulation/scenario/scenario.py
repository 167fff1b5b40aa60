"""The scenario: everything that is simulated, described and inert."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.checks.consistency import names_refused, parts_refused
from simulation.scenario.checks.locks import locks_refused
from simulation.scenario.contracts.costs import ClientCost, ExchangeRate
from simulation.scenario.contracts.forecasts import Forecast
from simulation.scenario.events import Event
from simulation.scenario.horizon import Heading
from simulation.scenario.problems import RefusedError
from simulation.scenario.quantities import Currency, Label, Share
from simulation.scenario.queues.queue import Queue
from simulation.scenario.sources import Source
from simulation.scenario.transitions import Transition
from simulation.scenario.vendors import Team, Vendor


class Scenario(Heading):
    """A scenario of an outsourced operation: its calendar, its queues and the vendors whose teams serve them."""

    currency: Currency = "USD"
    """Currency of its figures of money, three capital letters of ISO 4217."""
    exchange_rates: dict[Currency, ExchangeRate] = Field(default_factory=dict)
    """Units of other currencies for one of it."""
    client_cost: ClientCost | None = None
    """What service costs the client besides invoices and its own people."""
    busyness_correlation: Share = 0.0
    """Correlation between queues of the normal scores behind one date's busyness factors."""
    sources: Annotated[dict[Label, Source], Field(max_length=10_000)] = Field(default_factory=dict)
    """Where figures are from, by path, such as queues.orders.handling.mean_seconds; list items by id or position."""
    queues: Annotated[tuple[Queue, ...], Field(min_length=1, max_length=1000)]
    """Streams of contacts."""
    vendors: Annotated[tuple[Vendor, ...], Field(min_length=1, max_length=1000)]
    """Whoever supplies people."""
    events: Annotated[tuple[Event, ...], Field(max_length=10_000)] = ()
    """What happens to the operation at given times."""
    forecasts: Annotated[tuple[Forecast, ...], Field(max_length=1000)] = ()
    """Versions of the forecast that contracts lock."""

    transitions: Annotated[tuple[Transition, ...], Field(max_length=1000)] = ()
    """Queues that move from one vendor to another."""

    @property
    def teams(self) -> tuple[Team, ...]:
        """The teams of all vendors, in the document's order."""
        return tuple(team for vendor in self.vendors for team in vendor.teams)

    def hypercare_share(self, queue: str, day: date) -> float | None:
        """The share wanted in time of a queue in hyper-care, on a local date of it; None without."""
        wanted = (of.hypercare_target for of in self.transitions if queue in of.queues and of.in_hypercare(day))
        return next(wanted, None)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        queues = dict(enumerate(self.queues))
        teams = {(v, t): team for v, vendor in enumerate(self.vendors) for t, team in enumerate(vendor.teams)}
        events = dict(enumerate(self.events))
        transitions = dict(enumerate(self.transitions))
        terms = {("vendors", v, *path): term for v, one in enumerate(self.vendors) for path, term in one.terms()}
        across = parts_refused(self.horizon, queues, teams, events, transitions, terms)
        document, forecasts = self.model_dump(by_alias=True), dict(enumerate(self.forecasts))
        refused = [*names_refused(document), *across, *locks_refused(document, self.horizon, forecasts)]
        if refused:
            raise RefusedError(*refused)
        return self
