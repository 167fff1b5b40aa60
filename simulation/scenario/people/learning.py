"""How new people become as fast and as sure as the others: nesting, then the learning curve."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from simulation.scenario.quantities import Described, Id, PositiveFactor, PositiveShare, Real, Share, Whole


class Nesting(Described):
    """Weeks of supervised work on live contacts after training, in an agent group of its own."""

    weeks: Annotated[Whole, Field(ge=1, le=104)]
    """How many."""
    multiplier: Annotated[PositiveFactor, Field(ge=1, le=100)] = 1.0
    """Factor on their handling times."""
    queues: tuple[Id, ...] = ()
    """Ids of the queues they serve, of their team's skills; left out: all of them."""
    mentor_share: Share = 0.0
    """Tenured heads taken off the floor per person in nesting, to help."""
    resolution: PositiveShare = 1.0
    """Factor on the skills' probability that a contact is solved."""


class LearningShape(StrEnum):
    """What of a person approaches that of the experienced."""

    AHT = "AHT"
    """The handling time: multiplier 1 + (m - 1) e^(-w/tau)."""
    SPEED = "SPEED"
    """The speed, 1 / multiplier: 1 - (1 - 1/m) e^(-w/tau)."""


class Learning(Described):
    """The learning curve: how a person works w weeks after the end of nesting, or of training without nesting."""

    shape: LearningShape = LearningShape.AHT
    """What of a person approaches that of the experienced."""
    new_hire_multiplier: Annotated[PositiveFactor, Field(ge=1, le=100)] = 1.0
    """Factor m on handling times at w = 0."""
    time_constant_weeks: Annotated[Real, Field(gt=0, le=5000)]
    """Weeks tau after which 37 % of the difference are left."""
    new_hire_resolution: PositiveShare = 1.0
    """Factor r at w = 0 on the skills' probability that a contact is solved, later 1 - (1 - r) e^(-w/tau)."""
