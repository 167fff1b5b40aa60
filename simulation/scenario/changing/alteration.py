"""What every change of a scenario is: typed, made to a draft, and said in words."""

from abc import abstractmethod

from simulation.scenario.changing.draft import Draft
from simulation.scenario.quantities import Described


class Alteration(Described):
    """A change of a scenario, described and inert until it is made to a draft."""

    @abstractmethod
    def alter(self, draft: Draft) -> str:
        """Makes the change and says it in words. Raises RefusedError, at the change's own field, for what does not
        fit the draft; whether the scenario is valid in the end is judged after the last change."""
