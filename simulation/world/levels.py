"""What PLAN and HIRE_UP_TO want a team to hold, so that no policy tells people to go whom another would hire again.

Of a span of time the highest target, or the highest level that the forecast requires, is wanted. *Over* are heads
beyond it, those told to go left out, both when people who are told now would go and when people asked for in their
place would be ready.
"""

from math import inf

import numpy as np

from simulation.scenario.grid import WEEK
from simulation.scenario.policies import Policy, PolicyKind
from simulation.world.planner import Planner


def target(planner: Planner, policy: Policy, begin: int, end: int) -> int | None:
    """PLAN: the highest target in force within [begin, end); None where none is."""
    midnight = planner.people.grid.midnight
    targets = sorted((midnight(period.first), heads) for period, heads in (policy.heads or {}).items())
    in_force = [heads for instant, heads in targets if instant <= begin][-1:]
    return max(in_force + [heads for instant, heads in targets if begin < instant < end], default=None)


def level(planner: Planner, policy: Policy, begin: int, end: int) -> float:
    """HIRE_UP_TO: the highest FTE, buffer included, that the forecast requires within [begin, end)."""
    first, last = np.searchsorted(planner.people.grid.weeks[:-1], [begin, end - 1], "right") - 1
    return float(planner.seen.required_fte(planner.team)[first : last + 1].max()) * (1 + policy.buffer)


def over_target(planner: Planner, policy: Policy, gone: int, week: int = WEEK) -> float:
    """PLAN: heads over its target, if they would be gone at an instant within the horizon; any number without target.

    At that instant over the targets until another `week` of the wall clock has passed, later over those until then.
    """
    ready, last, basis = planner.ready(planner.now, policy.basis), planner.horizon - 1, policy.basis
    needed = target(planner, policy, gone, planner.people.grid.later(gone, week))
    needed_later = target(planner, policy, gone, max(ready, gone) + 1)
    if needed is None or needed_later is None:
        return inf
    over = planner.outlook.heads(gone, basis, not_told_to_go=True) - needed
    later = min(max(ready, gone), last)
    return min(over, planner.outlook.heads(later, basis, not_told_to_go=True) - needed_later)


def over_level(planner: Planner, policy: Policy, gone: int) -> float:
    """HIRE_UP_TO: heads of the usual contract over its level, if they would be gone at an instant within the horizon.

    Over the highest level until people of its next review but one would be ready.
    """
    later = max(planner.ready(planner.now), gone)
    next_but_one = planner.people.grid.later(later, 2 * policy.review_weeks * WEEK)
    wanted = level(planner, policy, gone, min(next_but_one, planner.horizon))
    instants = (gone, min(later, planner.horizon - 1))
    fte = min(planner.outlook.effective_fte(at, not_told_to_go=True) for at in instants)
    return (fte - wanted) * planner.heads_of_fte(gone)


def spare(planner: Planner, by: PolicyKind, gone: int) -> float:
    """Heads that may go at an instant as far as the team's policies but one want them; any number where none does."""
    gone, found = min(gone, planner.horizon - 1), [inf]
    for policy in planner.policies:
        if policy.kind is PolicyKind.PLAN is not by:
            found.append(over_target(planner, policy, gone))
        if policy.kind is PolicyKind.HIRE_UP_TO is not by:
            found.append(over_level(planner, policy, gone))
    return min(found)
