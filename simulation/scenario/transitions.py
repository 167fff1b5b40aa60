"""Transitions: how work moves from one vendor to another, step by step."""

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Day
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Id, PositiveFactor, Real, Share, Whole


class TransitionStep(Described):
    """From a date on, a share of the contacts goes to the vendor who takes over."""

    from_: Annotated[Day, Field(alias="from")]
    """First local date of the queue on which it holds, until the next step."""
    share: Share
    """Share of the contacts that arrive, drawn in turn so that counts keep to it as whole contacts allow."""


class TransitionLearning(Described):
    """The vendor who takes over learns: handling time x 1 + (multiplier - 1) e^(-w / time_constant_weeks)."""

    multiplier: PositiveFactor
    """Factor on the handling time of these queues until the first step and on its day; w counts weeks from then."""
    time_constant_weeks: Annotated[Real, Field(gt=0, le=1000)]
    """Weeks after which what is left to learn has fallen to 37 %."""


class VolumeSteps(Described):
    """How contacts come to a vendor who takes over, step by step."""

    steps: Annotated[tuple[TransitionStep, ...], Field(min_length=1, max_length=1000)]
    """Shares of the vendor who takes over, by ascending date; before the first it has none."""
    hypercare_weeks: Annotated[Whole, Field(ge=0, le=520)] = 0
    """Weeks after the last step's date in which hyper-care goes on; it begins with the first step. Needs
    hypercare_target."""
    hypercare_target: Annotated[Real, Field(gt=0, le=1)] | None = None
    """Share wanted in time during hyper-care, in place of the queues' own; left out: there is no hyper-care."""
    learning: TransitionLearning | None = None
    """How the new vendor's handling times fall; left out: they are what its skills say from the first day."""

    def in_hypercare(self, day: date) -> bool:
        """Whether hyper-care holds on a local date of the queue."""
        last = self.steps[-1].from_ + timedelta(weeks=self.hypercare_weeks)
        return self.hypercare_target is not None and self.steps[0].from_ <= day < last

    @model_validator(mode="after")
    def _hypercare_has_a_target(self) -> Self:
        if self.hypercare_weeks and self.hypercare_target is None:
            refuse("what is wanted during hyper-care is missing", "add hypercare_target", ("hypercare_weeks",))
        if self.hypercare_target is not None and not self.hypercare_weeks and len(self.steps) == 1:
            refuse(
                "of a single step there is no hyper-care without weeks", "add hypercare_weeks", ("hypercare_target",)
            )
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for s in range(1, len(self.steps)):
            if self.steps[s].from_ <= self.steps[s - 1].from_:
                refuse("is not after the one before", "order steps by date", ("steps", s, "from"))
        return self


class Parties(Described):
    """Which queues move between which vendors."""

    queues: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Ids of the queues; a queue moves once, and takes no allocation besides."""
    from_: Annotated[Id | None, Field(alias="from")] = None
    """Id of the vendor who hands over; left out: the rest of the contacts is not offered here and not counted."""
    to: Id
    """Id of the vendor who takes over."""
    parallel_weeks: Annotated[Whole, Field(ge=0, le=520)] = 0
    """Weeks from the last step on in which contacts of the new vendor may also be answered by the old one's teams,
    after all of its own."""


class Transition(VolumeSteps, Parties):
    """Queues that move to a vendor. Each contact is drawn for one vendor when it arrives, who alone may answer it."""

    def serving(self, day: date) -> set[str]:
        """Ids of the vendors who may answer contacts that arrive on a local date of the queue."""
        last = self.steps[-1].from_
        share = next((step.share for step in reversed(self.steps) if step.from_ <= day), 0.0)
        in_parallel = last <= day < last + timedelta(weeks=self.parallel_weeks)
        old = {self.from_} if self.from_ is not None and (share < 1 or in_parallel) else set[str]()
        return old | ({self.to} if share else set[str]())

    @model_validator(mode="after")
    def _moves_from_one_to_another(self) -> Self:
        if self.from_ == self.to:
            mend = "name another vendor, or leave `from` out: what it does not take is then not offered here"
            refuse("a queue does not move to the vendor who has it", mend, ("from",))
        if self.parallel_weeks and self.from_ is None:
            refuse("there is no vendor to stay beside the new one", "add from, or remove parallel_weeks", ("from",))
        return self
