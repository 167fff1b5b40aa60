"""Calls to people: call-backs offered to those who would wait long."""

from simulation.scenario.quantities import Described, Seconds, Share


class Callback(Described):
    """An offer, made on arrival, to be called when one's turn comes instead of waiting."""

    offer_over_seconds: Seconds
    """Seconds of expected wait over which it is offered."""
    acceptance: Share
    """Probability that a contact accepts; it then leaves the balance of the queue and its service level."""
    success: Share = 1.0
    """Probability that the contact is reached when it is called."""
