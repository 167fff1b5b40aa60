"""A request: the work that a client puts out, and the terms on which it does. Nothing of its own is in it."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.experiment import Experiment
from simulation.scenario.contracts.contract import Contract
from simulation.scenario.problems import Refusal, RefusedError
from simulation.scenario.quantities import Real
from simulation.scenario.queues.routes import Route
from simulation.scenario.transitions import VolumeSteps
from simulation.scenario.work import Work
from simulation.studies.stress import Stress

OF_SOMEBODY = ("site", "team", "vendor")
"""Whom an event of a request cannot strike: it names nobody's."""


class GatedSteps(VolumeSteps):
    """Steps in which the volume comes, each only after the vendor is ready for it."""

    confidence: Annotated[Real, Field(gt=0, lt=1)] = 0.8
    """Probability of being ready that a step wants."""


class Request(Work):
    """Work that is put out: its queues, what is wanted of them, and the terms of the contract but its prices."""

    terms: Contract = Contract()
    """The contract that is offered, but for its pricing, which is the vendors' to say."""
    transition: GatedSteps | None = None
    """The steps in which the volume comes; left out: all of it from the first day."""
    experiment: Experiment = Experiment()
    """How often, and with which luck, every proposal is simulated."""
    stresses: Annotated[tuple[Stress, ...], Field(max_length=50)] = ()
    """The stress tests that every proposal is put through."""

    @model_validator(mode="after")
    def _names_nobody(self) -> Self:
        refused = [*self._answered(), *self._priced(), *self._striking(), *self._unequal()]
        if refused:
            raise RefusedError(*refused)
        return self

    def _answered(self) -> Iterator[Refusal]:
        for q, queue in enumerate(self.queues):
            if queue.route != Route():
                yield Refusal("who answers is the vendor's to say", "remove route", ("queues", q, "route"))

    def _priced(self) -> Iterator[Refusal]:
        if self.terms.pricing:
            yield Refusal("prices are the vendor's to say", "remove pricing", ("terms", "pricing"))

    def _striking(self) -> Iterator[Refusal]:
        for e, event in enumerate(self.events):
            for name in OF_SOMEBODY:
                if getattr(event, name) is not None:
                    mend = "remove the event: a request knows no vendor's people"
                    yield Refusal(f"there is no {name} in a request", mend, ("events", e, name))

    def _unequal(self) -> Iterator[Refusal]:
        if self.experiment.precision is not None:
            message, mend = "every proposal is simulated as often as the others", "remove it, or write replications"
            yield Refusal(message, mend, ("experiment", "precision"))
