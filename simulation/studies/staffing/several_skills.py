"""The least-cost agents of teams that share queues, for one moment: an integer program proposes, simulation disposes.

    least sum of price_t n_t,   n_t whole, where
    sum of n_t over teams that serve a queue of S >= what S requires as one pool, for every set S of queues
    one of the teams t in T has n_t > m_t, for every m with which simulation found a target missed

The first rows are a relaxation: of a single queue what it needs if nobody else calls, of several a
twentieth less than what their pool needs, as priorities can do better than one line. The last are *cuts*: fewer agents
serve no better, so what misses with m misses with less. T are the teams that serve the missed queue where more of the
others do not mend it, else all. As the program gives the cheapest numbers not yet cut, the first that keep every target
are the least, but for the noise of simulation.

Source: cuts from simulation, Atlason, Epelman and Henderson 2008; Cezik and L'Ecuyer 2008. Solved by HiGHS.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from simulation.studies.staffing.moment_runs import MomentRuns
from simulation.studies.study import StudyRefusedError

MOST_CUTS = 60
"""Cuts after which the proposal is raised until it serves, and then made as small as it can be agent by agent."""
UNSERVED = "no number of agents keeps the targets of queues that share teams; ask for less, or give them more lines"


@dataclass(frozen=True)
class Cut:
    """One of the teams, by place in the pool, needs more agents than this."""

    teams: tuple[int, ...]
    agents: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Shared:
    """What a moment asks of a pool.

    serves: bool (teams, queues with contacts); together: by set of such queues, what it requires at least;
    prices: of an agent of each team
    """

    serves: NDArray[np.bool_]
    together: dict[tuple[int, ...], int]
    prices: Sequence[float]

    @property
    def most(self) -> list[int]:
        """More agents of each team than any answer has: what each of its queues needs by itself."""
        queues = range(self.serves.shape[1])
        return [
            int(sum(2 * self.together[q,] + 2 for q in queues if self.serves[t, q])) for t in range(len(self.serves))
        ]


def sets_of(queues: int) -> list[tuple[int, ...]]:
    """All sets of so many queues; of many only the single ones, the pairs and all."""
    sizes = range(1, queues + 1) if queues <= 5 else (1, 2, queues)
    return [one for size in sizes for one in combinations(range(queues), size)]


def least_cost(shared: Shared, runs: MomentRuns) -> list[int]:
    """The agents of each team."""
    cuts: list[Cut] = []
    while len(cuts) < MOST_CUTS:
        agents = _proposal(shared, cuts)
        met = runs.met(agents)
        if all(met):
            return agents
        cuts.append(_cut(shared, runs, agents, met))
    return _smallest(shared, runs, _raised(shared, runs, agents))


def _cut(shared: Shared, runs: MomentRuns, agents: list[int], met: Sequence[bool]) -> Cut:
    missed = next(k for k, place in enumerate(runs.busy) if not met[place])
    serving = tuple(t for t in range(len(agents)) if shared.serves[t, missed])
    lifted = [n if t in serving else max(n, most) for t, (n, most) in enumerate(zip(agents, shared.most, strict=True))]
    if lifted == agents or not runs.met(lifted)[runs.busy[missed]]:
        return Cut(serving, tuple(agents))
    return Cut(tuple(range(len(agents))), tuple(agents))


def _proposal(shared: Shared, cuts: Sequence[Cut]) -> list[int]:
    """The cheapest numbers that no cut forbids. Columns: agents by team, then a choice for each cut and team."""
    teams, choices = len(shared.prices), sum(len(cut.teams) for cut in cuts)
    rows, least = [], []
    for queues, required in shared.together.items():
        row = np.zeros(teams + choices)
        row[:teams] = shared.serves[:, list(queues)].any(axis=1)
        rows.append(row)
        least.append(float(required))
    at = teams
    for cut in cuts:
        one = np.zeros(teams + choices)
        for t in cut.teams:
            row = np.zeros(teams + choices)
            row[t], row[at] = 1.0, -(cut.agents[t] + 1.0)
            one[at] = 1.0
            rows.append(row)
            least.append(0.0)
            at += 1
        rows.append(one)
        least.append(1.0)
    # a hair dearer the later the team: among equal costs the answer is always the same
    cost = np.array([price * (1 + 1e-7 * t) for t, price in enumerate(shared.prices)] + [0.0] * choices)
    high = np.array([float(max(most, 1)) * 4 for most in shared.most] + [1.0] * choices)
    solved = milp(
        cost,
        integrality=np.ones(teams + choices, np.int64),
        bounds=Bounds(np.zeros(teams + choices), high),
        constraints=LinearConstraint(np.stack(rows), np.array(least), np.inf),
    )
    if solved.x is None:
        raise StudyRefusedError(UNSERVED)
    return [round(n) for n in solved.x[:teams]]


def _raised(shared: Shared, runs: MomentRuns, agents: list[int]) -> list[int]:
    enough = [4 * most for most in shared.most]
    while not all(met := runs.met(agents)):
        if any(n > most for n, most in zip(agents, enough, strict=True)):
            raise StudyRefusedError(UNSERVED)
        short = [k for k, place in enumerate(runs.busy) if not met[place]]
        more = [max(1, n // 50) if shared.serves[t, short].any() else 0 for t, n in enumerate(agents)]
        agents = [n + extra for n, extra in zip(agents, more, strict=True)]
    return agents


def _smallest(shared: Shared, runs: MomentRuns, agents: list[int]) -> list[int]:
    """Agents taken away one by one, dearest first, as long as every target is kept."""
    for t in sorted(range(len(agents)), key=lambda t: -shared.prices[t]):
        while agents[t] and all(runs.met([n - (place == t) for place, n in enumerate(agents)])):
            agents = [n - (place == t) for place, n in enumerate(agents)]
    return agents
