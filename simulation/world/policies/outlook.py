"""What a planner expects of a team at a later instant, from what is known now: nobody's luck, nothing to come.

Of everybody on the payroll, of given classes to come, of people found and of requisitions under way (at their mean
lead time, then the next day on which a class can start, fill rate taken) the expected share that is still there, by the
usual hazards of attrition, and has passed the training. People of whom the last day is known, because their class has
one or because they were told to go, count until then. Moves count in full.
"""

from datetime import date

import numpy as np

from simulation.scenario.people.policies import Basis
from simulation.world.people.known import Known
from simulation.world.people.people import People
from simulation.world.people.persons import GONE, Float64, Persons, joined
from simulation.world.people.pipeline import Pipeline


class Outlook:
    """The outlook of one team."""

    def __init__(self, people: People, pipeline: Pipeline | None) -> None:
        self._people, self._pipeline = people, pipeline
        self._state: object = None
        self._remembered: Known | None = None

    def heads(self, at: int, basis: Basis, *, not_told_to_go: bool = False) -> float:
        """Expected heads at an instant, in production or on the payroll; on request without all who were told to go,
        even if later."""
        known = self._known()
        there = self._there(known, at, basis)
        return float((there[known.stays_on] if not_told_to_go else there).sum()) + self._transferred(at)

    def effective_fte(self, at: int, *, not_told_to_go: bool = False) -> float:
        """Expected FTE in production at an instant, weighted by tenured / own handling time, also of work that the
        vendor has taken over and still learns; on request as `heads`."""
        known = self._known()
        if at not in known.effective:
            there = self._there(known, at, Basis.PRODUCTION)
            full_time = self._people.workforce.hours_per_week
            known.effective[at] = known.effective_fte(there, at, self._people.pace, full_time)
        effective = known.effective[at]
        fte = float((effective[known.stays_on] if not_told_to_go else effective).sum())
        return (fte + self._transferred(at)) / self.handling(at)

    def handling(self, at: int) -> float:
        """Handling multiplier, at an instant, of work that the team's vendor has taken over and still learns."""
        return float(self._people.new_work[int(self._people.grid.days.searchsorted(at, "right")) - 1])

    def share_trained(self, day: date) -> float:
        """Expected share of a class that starts on a date that ends its training."""
        person = self._people.joining.likely(day)
        stays = np.exp(-self._people.usual_hazard.spent(person, person["since"], int(person["trained"][0])))
        return float((person["pass_share"] * stays)[0])

    def _known(self) -> Known:
        """Gathered anew only where something has changed."""
        people, pipeline = self._people, self._pipeline
        now = int(people.env.now)
        state = (now, people.changes, len(people.coming), None if pipeline is None else pipeline.state)
        if self._remembered is None or self._state != state:
            self._state, self._remembered = state, self._gathered(now)
        return self._remembered

    def _gathered(self, now: int) -> Known:
        persons = self._people.persons
        present = persons.take((persons["stage"] != GONE).nonzero()[0])  # rows by mask are copied column by column
        parts = [(present, np.ones(len(present)))]
        parts += [(people, np.ones(len(people))) for people in self._people.coming]
        if self._pipeline is not None:
            parts += self._on_order(self._pipeline)
        everybody, count = joined([some for some, _ in parts]), np.concatenate([n for _, n in parts])
        return Known(everybody, count, now, self._people.usual_hazard)

    def _on_order(self, pipeline: Pipeline) -> list[tuple[Persons, Float64]]:
        now, dates = int(self._people.env.now), self._people.joining.dates
        likely = [(max(order.due, now), order.likely) for order in pipeline.orders]
        likely += [(now, float(len(found.people))) for found in pipeline.waiting]
        found = []
        for due, heads in likely:
            day = pipeline.class_day(due)
            if day is not None:
                found.append((self._people.joining.likely(dates[day]), np.array([heads])))
        return found

    def _there(self, known: Known, at: int, basis: Basis) -> Float64:
        """Expected count of each person at an instant, worked out once."""
        if (at, basis) not in known.there:
            known.there[at, basis] = known.expected(at, basis)
        return known.there[at, basis]

    def _transferred(self, at: int) -> int:
        now = int(self._people.env.now)
        return sum(heads for instant, heads in self._people.transfers if now < instant <= at)
