"""Where a scenario's figures are from, and how far to trust them: the register of assumptions."""

from enum import StrEnum

from simulation.scenario.quantities import Described, Label


class Confidence(StrEnum):
    """How far a figure can be trusted, the firmest first."""

    MEASURED = "MEASURED"
    """Counted or estimated from one's own data."""
    CONTRACT = "CONTRACT"
    """Agreed in writing, or a law."""
    BENCHMARK = "BENCHMARK"
    """Published of others."""
    ASSUMED = "ASSUMED"
    """Chosen; nobody has measured it."""


class Source(Described):
    """Where a figure is from."""

    source: Label
    """Document, system or person, with its date."""
    confidence: Confidence
    """How far to trust it."""
