"""Calls to people: call-backs offered to those who would wait long, and outbound records."""

from typing import Annotated

from pydantic import Field

from simulation.scenario.quantities import Described, Hours, PositiveSeconds, Real, Seconds, Share, Whole


class Callback(Described):
    """An offer, made on arrival, to be called when one's turn comes instead of waiting."""

    offer_over_seconds: Seconds
    """Seconds of expected wait over which it is offered."""
    acceptance: Share
    """Probability that a contact accepts; it then leaves the balance of the queue and its service level."""
    success: Share = 1.0
    """Probability that the contact is reached when it is called."""


class Outbound(Described):
    """How the records of an outbound queue are called: offered once, answered when connected, else abandoned."""

    max_attempts: Annotated[Whole, Field(ge=1, le=100)] = 1
    """Attempts after which a record is given up."""
    connect: Annotated[Real, Field(gt=0, le=1)]
    """Probability that an attempt connects."""
    retry_hours: Annotated[Hours, Field(gt=0)] = 4.0
    """Hours from one attempt to the next; attempts are made in the queue's opening hours only."""
    attempt_seconds: PositiveSeconds = 35.0
    """Seconds that an attempt which does not connect holds an agent."""
