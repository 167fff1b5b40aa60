"""The scenario: everything that is simulated, described and inert."""

from datetime import date
from itertools import chain, islice
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.checks.consistency import names_refused, parts_refused
from simulation.scenario.checks.locks import locks_refused
from simulation.scenario.contracts.costs import ClientCost
from simulation.scenario.problems import MOST_LOOKED_FOR, RefusedError
from simulation.scenario.transitions import Transition
from simulation.scenario.vendors import Team, Vendor
from simulation.scenario.work import Work


class Scenario(Work):
    """A scenario of an outsourced operation: its calendar, its queues and the vendors whose teams serve them."""

    client_cost: ClientCost | None = None
    """What service costs the client besides invoices and its own people."""
    vendors: Annotated[tuple[Vendor, ...], Field(min_length=1, max_length=1000)]
    """Whoever supplies people."""
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
        wrong = chain(names_refused(document), across, locks_refused(document, self.horizon, forecasts))
        refused = [*islice(wrong, MOST_LOOKED_FOR)]  # each may cost a look for what was meant among all names
        if refused:
            raise RefusedError(*refused)
        return self
