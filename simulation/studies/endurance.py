"""How far each draw holds: its break value, bracketed by what was simulated of it.

What is worse for a plan is worse for each draw, so a draw that holds at a value holds at all that are better, and one
that fails fails at all that are worse. Of a draw that did otherwise the failure counts, and that it did is counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulation.studies.readings import Reading, together


@dataclass
class Draw:
    """What is known of one draw: its readings, each of one replication, by the value."""

    readings: dict[float, Reading] = field(default_factory=dict)

    def holds(self, value: float) -> bool | None:
        """Whether it holds there; None where that is not known yet."""
        return None if (reading := self.reading(value)) is None else reading.held[0]

    def reading(self, value: float) -> Reading | None:
        """The nearest one that tells whether it holds there."""
        failed = [at for at, one in self.readings.items() if not one.held[0] and at <= value]
        if failed:
            return self.readings[max(failed)]
        held = [at for at, one in self.readings.items() if one.held[0] and at >= value]
        return self.readings[min(held)] if held else None

    @property
    def is_reversed(self) -> bool:
        """Whether it failed at a value and held at one that is worse."""
        failed = min((at for at, one in self.readings.items() if not one.held[0]), default=None)
        return failed is not None and any(one.held[0] and at > failed for at, one in self.readings.items())


class Endurance:
    """What is known of all draws, by readings whose names are `point_name`s."""

    def __init__(self, draws: int, known: Mapping[str, Reading]) -> None:
        self.draws = [Draw() for _ in range(draws)]
        for name, reading in known.items():
            value, number = name.split(" draw ")
            self.draws[int(number)].readings[float(value)] = reading

    def values(self) -> list[float]:
        """Those at which anything was simulated, in rising order."""
        return sorted({value for draw in self.draws for value in draw.readings})

    def first(self, value: float) -> Reading:
        """The draws from the first on that are known at a value, together. Draws are tried in their order, so the first
        is known where any was tried, and how they fare decides little of which they are: their interval holds the true
        share about as often as it says, unlike that of all that are known."""
        found: list[Reading] = []
        for draw in self.draws:
            if (reading := draw.reading(value)) is None:
                break
            found.append(reading)
        return together(found)

    def furthest(self, value: float) -> list[int]:
        """The draws of which is known that they hold there since they do at worse values, those of the worst first."""
        held = [max((at for at, one in draw.readings.items() if one.held[0]), default=value) for draw in self.draws]
        implied = [number for number, draw in enumerate(self.draws) if held[number] > value and draw.holds(value)]
        return sorted(implied, key=lambda number: -held[number])

    def reversals(self) -> int:
        """How many draws failed at a value and held at one that is worse."""
        return sum(draw.is_reversed for draw in self.draws)


def point_name(value: float, draw: int) -> str:
    """What a value tried on one draw is called."""
    return f"{value:.6g} draw {draw}"
