"""A team's crew, who is in production, and how it stands on a day."""

from dataclasses import dataclass
from functools import cached_property

from simulation.world.people.persons import Float64, Persons, Rows


@dataclass(eq=False)  # frozen ones take three times as long to make
class Crew:
    """Who of a team is in production: the same object until somebody comes, goes or moves on.

    persons:    everybody who was ever with the team, as gathered for this crew
    gathering:  its number; after the same one nobody is there who was not before
    rows:       Int64 (people,), which of the persons, agent group by agent group
    bounds:     where each group begins among them, and the end
    weights:    Float64 (people,), own hours a week / their team's
    fte:        each group's, the sum of its weights
    mentoring:  of each group, share of their time on the floor that goes into helping people in nesting
    """

    persons: Persons
    gathering: int
    rows: Rows
    bounds: list[int]
    weights: Float64
    fte: list[float]
    mentoring: list[float]

    @cached_property
    def hours(self) -> float:
        """All weights together."""
        return float(self.weights.sum())


@dataclass(eq=False, slots=True)
class TeamToday:
    """How a team stands in the morning.

    speed:      of each agent group, handling multiplier: 1 / the hours-weighted mean of its people's speeds (1 without)
    resolution: of each, factor on the skills' probability that a contact is solved, the hours-weighted mean
    bench:      people lent to the team on top, to its first group, in no other figure
    """

    crew: Crew
    speed: list[float]
    resolution: list[float]
    bench: int
