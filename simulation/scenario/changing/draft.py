"""A canonical document while changes are made to it: its parts by name, and the places that have changed."""

from decimal import ROUND_HALF_EVEN
from typing import Any

from simulation.scenario.entries import place
from simulation.scenario.money import decimal_of
from simulation.scenario.problems import Path, choose, refuse, shown

Part = tuple[Path, dict[str, Any]]
"""A part of the document with the path that leads to it."""


class Draft:
    """The canonical data of a valid scenario, changed in place.

    `places` are the paths that the change under way has changed, list items by their id.
    """

    def __init__(self, data: Any) -> None:
        self.data = data
        self.places: list[str] = []

    def queues(self, named: str | None) -> list[Part]:
        """The queue of an id, else every queue."""
        return _named("queue", self._listed("queues"), named)

    def vendors(self, named: str | None) -> list[Part]:
        """The vendor of an id, else every vendor."""
        return _named("vendor", self._listed("vendors"), named)

    def teams(self, named: str | None) -> list[Part]:
        """The team of an id, else every team."""
        vendors = self._listed("vendors")
        found = [((*path, "teams", t), team) for path, vendor in vendors for t, team in enumerate(vendor["teams"])]
        return _named("team", found, named)

    def people(self, named: str | None, part: str | None = None) -> list[Part]:
        """The workforce of a team, else of every team that has one; with `part`, one that has it."""
        teams = [((*path, "workforce"), team.get("workforce")) for path, team in self.teams(named)]
        found = [(path, people) for path, people in teams if people is not None and (not part or people.get(part))]
        if not found:
            what = f"no {part} in its workforce" if part else "no workforce: its agents are given"
            refuse(f"{subject('team', named)} has {what}", "name a team that has, or leave the change out", ("team",))
        return found

    def put(self, path: Path, value: Any) -> None:
        """Replaces the value at a path, whose last steps may not be there yet; None leaves the value out."""
        inside, last = self._above(path)
        if (inside.get(last) if isinstance(inside, dict) else inside[last]) == value:
            return
        if value is None:
            del inside[last]
        else:
            inside[last] = value
        self.places.append(place(path, self.data))

    def add(self, path: Path, item: Any) -> None:
        """Puts an item at the end of a list, which may not be there yet."""
        inside, last = self._above(path)
        inside[last] = [*inside.get(last, ()), item]
        self.places.append(place((*path, len(inside[last]) - 1), self.data))

    def _above(self, path: Path) -> tuple[Any, Any]:
        """What holds the value at a path, and its last step."""
        inside = self.data
        for step in path[:-1]:
            inside = inside.setdefault(step, {}) if isinstance(inside, dict) else inside[step]
        return inside, path[-1]

    def _listed(self, name: str) -> list[Part]:
        return [((name, position), part) for position, part in enumerate(self.data[name])]


def _named(kind: str, parts: list[Part], named: str | None) -> list[Part]:
    found = [(path, part) for path, part in parts if named in (None, part["id"])]
    if not found and named is not None:
        refuse(f"there is no {kind} {shown(named)}", choose(named, [part["id"] for _, part in parts]), (kind,))
    return found


def subject(kind: str, named: str | None) -> str:
    """Whom a change is about, in words."""
    return named or f"every {kind}"


def times(value: float, factor: float) -> float:
    """The product of two decimals as they are written: 61000 x 1.1 is 67100."""
    return float(decimal_of(float(value)) * decimal_of(factor))


def whole_times(value: float, factor: float) -> int:
    """... to the nearest whole number, to the even one of two."""
    return int((decimal_of(float(value)) * decimal_of(factor)).to_integral_value(ROUND_HALF_EVEN))


def count(number: float, unit: str) -> str:
    """So many of something, in words."""
    return f"{number:g} {unit}{'' if number == 1 else 's'}"


def percent(share: float) -> str:
    """A share in words, such as 12.5 %."""
    return f"{float(decimal_of(float(share)) * 100):g} %"
