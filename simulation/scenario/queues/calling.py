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
    """How an outbound queue's records are called: each is offered once, answered when an attempt connects, and
    abandoned after the last attempt that does not."""

    max_attempts: Annotated[Whole, Field(ge=1, le=100)] = 1
    """Attempts after which a record is given up."""
    connect: Annotated[Real, Field(gt=0, le=1)]
    """Probability that an attempt connects; the agent who made it then handles the contact."""
    retry_hours: Annotated[Hours, Field(gt=0)] = 4.0
    """Hours from an attempt's end until the record may be called again; in closed hours it waits for the opening."""
    attempt_seconds: PositiveSeconds = 35.0
    """Seconds that an attempt holds an agent of speed 1. It begins in the queue's open hours only."""
