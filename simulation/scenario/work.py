"""The work: what comes when, what is wanted of it, and what happens to it, whoever serves it."""

from typing import Annotated

from pydantic import Field

from simulation.scenario.contracts.costs import ExchangeRate
from simulation.scenario.contracts.forecasts import Forecast
from simulation.scenario.events import Event
from simulation.scenario.horizon import Heading
from simulation.scenario.quantities import Currency, Label, Share
from simulation.scenario.queues.queue import Queue
from simulation.scenario.sources import Source


class Work(Heading):
    """The work of an operation: its calendar, its queues and what happens to them."""

    currency: Currency = "USD"
    """Currency of its figures of money, three capital letters of ISO 4217."""
    exchange_rates: dict[Currency, ExchangeRate] = Field(default_factory=dict)
    """Units of other currencies for one of it."""
    busyness_correlation: Share = 0.0
    """Correlation between queues of the normal scores behind one date's busyness factors."""
    sources: Annotated[dict[Label, Source], Field(max_length=10_000)] = Field(default_factory=dict)
    """Where figures are from, by path, such as queues.orders.handling.mean_seconds; list items by id or position."""
    queues: Annotated[tuple[Queue, ...], Field(min_length=1, max_length=1000)]
    """Streams of contacts."""
    events: Annotated[tuple[Event, ...], Field(max_length=10_000)] = ()
    """What happens to the operation at given times."""
    forecasts: Annotated[tuple[Forecast, ...], Field(max_length=1000)] = ()
    """Versions of the forecast that contracts lock."""
