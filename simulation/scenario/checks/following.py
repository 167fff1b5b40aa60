"""Contacts that follow from contacts: how many there will be, and circles of them that never end.

Of a handled contact one at most follows: it goes on to another queue, else it is done again, else it comes back
unsolved, counted here with the mean resolution of the teams of its route; a circle is without end where none of them
solves any. With G the share of queue q's contacts that one in queue p follows from, x = fresh (I - G)^-1 are expected.
Who abandons tries again at most until the horizon:
1 / (1 - probability) times, or once a mean delay.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from statistics import mean

import numpy as np

from simulation.scenario.horizon import Horizon
from simulation.scenario.problems import Path, Refusal
from simulation.scenario.queues.queue import Queue
from simulation.scenario.vendors import Team

ALL = 1 - 1e-9
"""A share that is everything but for rounding."""

Shares = Mapping[str, Mapping[str, float]]


def followers(
    queues: Mapping[str, Queue], teams: Collection[Team], solved: Callable[[Sequence[float]], float] = mean
) -> Shares:
    """Share of each queue's contacts from which one follows in each other queue, or in itself.

    solved: the resolution of a queue from those of the teams that may answer it, each with that of its newest people.
    """
    found: dict[str, dict[str, float]] = {}
    for name, queue in queues.items():
        others = queues.keys() - {name}  # a transfer to the queue itself is refused where names are checked
        found[name] = {transfer.to: transfer.probability for transfer in queue.transfers if transfer.to in others}
        named = {team for step in queue.route.steps for team in step.teams}
        answering = (team for team in teams if not named or team.id in named)
        resolutions = [least for team in answering if (least := _least_resolution(team, name)) is not None]
        again = queue.redone + queue.returning * (1 - solved(resolutions or [1.0]))
        if again:
            found[name][name] = found[name].get(name, 0.0) + again
    return found


def _least_resolution(team: Team, queue: str) -> float | None:
    """The lowest share of a queue's contacts that somebody of a team solves; None where nobody serves it."""
    skill = next((skill for skill in team.skills if skill.queue == queue), None)
    if skill is None:
        return None
    people = team.workforce
    nesting = people.nesting.resolution if people is not None and people.nesting is not None else 1.0
    new = people.learning.new_hire_resolution if people is not None and people.learning is not None else 1.0
    return skill.resolution * nesting * new


def circles_refused(
    queues: Mapping[str, Queue], teams: Collection[Team], places: Mapping[str, int]
) -> Iterator[Refusal]:
    """Queues, by their place in the scenario, from whose contacts others follow without end, whoever answers."""
    shares = followers(queues, teams, max)
    ending: set[str] = set()
    while more := {
        name for name, to in shares.items() if name not in ending and (sum(to.values()) < ALL or ending & set(to))
    }:
        ending |= more
    for name, to in shares.items():
        if name not in ending:
            others = ", ".join(other for other in to if other != name)
            onward: Path = ("transfers",) if others else ()
            message = f"every contact is followed by another here{' or in ' + others if others else ''}, without end"
            mend = "write lower shares of transfers, defects or returns, or a higher resolution"
            yield Refusal(message, mend, ("queues", places[name], *onward))


def with_followers(fresh: Mapping[str, float], shares: Shares) -> dict[str, float]:
    """Contacts of each queue, those that follow included; no circle is without end."""
    place = {name: p for p, name in enumerate(fresh)}
    gain = np.zeros((len(place), len(place)))
    for name, to in shares.items():
        for other, share in to.items():
            gain[place[name], place[other]] = share
    total = np.linalg.solve((np.eye(len(place)) - gain).T, np.array(list(fresh.values())))
    return dict(zip(fresh, total.tolist(), strict=True))


def most_tries(queue: Queue, horizon: Horizon) -> float:
    """How often a contact that nobody ever answers arrives, on average, within the horizon."""
    if queue.retrial is None:
        return 1.0
    delays = horizon.days * 24 * 60 / queue.retrial.mean_delay_minutes
    return 1 / max(1 - queue.retrial.probability, 1 / (1 + delays))
