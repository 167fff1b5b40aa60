"""What brings contacts back or on: retrials, repeat contacts, transfers and rework."""

from typing import Annotated

from pydantic import Field

from simulation.scenario.quantities import Described, Hours, Id, Real, Share


class Retrial(Described):
    """Contacts that were abandoned or blocked and try again."""

    probability: Share
    """Probability that an abandoned or blocked contact comes back, each time."""
    mean_delay_minutes: Annotated[Real, Field(ge=0.1, le=100_000)] = 15.0
    """Mean of the exponential time until it does; in closed hours it comes at the next opening."""


class Repeat(Described):
    """Contacts that were answered but not solved and come back."""

    returns: Share
    """Probability that an unresolved contact comes back; resolution is the answering team's skill."""
    mean_delay_hours: Annotated[Hours, Field(gt=0)] = 20.0
    """Mean of the exponential time until it does; in closed hours it comes at the next opening."""
    window_days: Annotated[Real, Field(gt=0, le=366)] = 7.0
    """Days after the service within which a repeat counts against first contact resolution."""


class Transfer(Described):
    """Contacts that go on to another queue when their service ends."""

    to: Id
    """Id of the queue."""
    probability: Share
    """Share of the answered contacts that go there."""


class Quality(Described):
    """Work that is not right, and the control that finds it."""

    defects: Share
    """Share of the work done that has a defect."""
    found: Share = 1.0
    """Share of the defects that are found; found defects are redone at once, as new arrivals."""
