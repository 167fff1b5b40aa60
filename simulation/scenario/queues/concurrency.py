"""Concurrency: several chats in one agent's hands."""

from typing import Annotated

from pydantic import Field

from simulation.scenario.quantities import Described, Factor, Whole


class Concurrency(Described):
    """How many contacts an agent may have in hand at once; an agent with at least one takes only more of such."""

    slots: Annotated[Whole, Field(ge=1, le=20)] = 1
    """Contacts in hand up to which an agent may have one of this queue; over 1 for CHAT only. An agent takes further
    contacts only while all in hand are of queues with several slots."""
    slowdown: Factor = 0.0
    """What each other contact in hand adds to handling time: its multiplier is 1 + slowdown x (others in hand), fixed
    when the contact starts."""
