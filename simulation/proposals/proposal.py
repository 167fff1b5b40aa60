"""A proposal: the people with whom a vendor would serve a request, its prices, and what its people cost it.

What a client gets to see is what is offered: the same without the vendor's own cost.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.problems import Path, Refusal, RefusedError
from simulation.scenario.quantities import Described, Id
from simulation.scenario.queues.routes import Route
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.vendors import Vendor, VendorKind

OWN_COST: tuple[Path, ...] = (
    ("cost",),
    ("workforce", "holidays", "premium"),
    ("workforce", "ramp", "release_cost"),
    ("workforce", "overtime", "premium"),
    ("workforce", "surge", "premium"),
)
"""All that a team says of what it costs its vendor; nothing of it changes how contacts are served."""


class Proposal(Described):
    """A vendor's answer to a request."""

    vendor: Vendor
    """Who it is, with sites and teams; its contract is made of the request's terms and this pricing."""
    pricing: Annotated[tuple[Pricing, ...], Field(min_length=1, max_length=1000)]
    """What it charges, in its currency."""
    routes: Annotated[dict[Id, Route], Field(max_length=1000)] = Field(default_factory=dict)
    """By id of the queue, in which order its teams answer; queues left out: every team with the skill, at once."""

    @model_validator(mode="after")
    def _is_a_vendor_s(self) -> Self:
        refused = [*self._contracted(), *self._allocated()]
        if refused:
            raise RefusedError(*refused)
        return self

    def _contracted(self) -> Iterator[Refusal]:
        if self.vendor.kind is not VendorKind.OUTSOURCED:
            message = "the client's own people propose nothing"
            yield Refusal(message, f"write {VendorKind.OUTSOURCED}, or remove it", ("vendor", "kind"))
        if self.vendor.contracts:
            mend = "write pricing beside the vendor, and remove them"
            yield Refusal("the terms are the request's", mend, ("vendor", "contracts"))

    def _allocated(self) -> Iterator[Refusal]:
        for queue, route in self.routes.items():
            if route.allocation:
                mend = "write another choice, and remove allocation"
                yield Refusal("all of it is this vendor's", mend, ("routes", queue, "allocation"))


def offered(proposal: Proposal) -> Proposal:
    """A proposal as its client sees it: without anything at `OWN_COST`."""
    data = canonical_data(proposal)
    for team in data["vendor"]["teams"]:
        for path in OWN_COST:
            _leave_out(team, path)
    return Proposal.model_validate(data)


def _leave_out(data: dict[str, Any], path: Path) -> None:
    *above, last = path
    for step in above:
        inside = data.get(str(step))
        if not isinstance(inside, Mapping):
            return
        data = inside  # type: ignore[assignment]  # canonical data are dicts
    data.pop(str(last), None)
