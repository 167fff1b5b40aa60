"""Scaling policies: how a team decides to hire, to release and to call its bench.

Each is a `Decider`, found by its kind, that sees what a planner would have seen by then (`seen`, `outlook`) and acts
through the pipeline, with the lag that it has, or by notice. They work side by side: each asks for what it misses of
the people on the payroll and under way, and nobody is told to go whom another one wants (`Decider.spare`). So a team
holds what the one that wants most does, and on top of a PLAN's target, for hiring as for releasing, the heads that came
by REACTIVE's steps up until a step down takes them back. Whom it does not need it first does not hire: open
requisitions and people who wait for a class are called off before anybody is given notice. Weeks are the scenario's; a
review stands at a week's first instant.
"""

from collections.abc import Mapping

from simulation.scenario.people.policies import PolicyKind
from simulation.world.policies.decider import Decider
from simulation.world.policies.hire_up_to import HireUpTo
from simulation.world.policies.plan import Plan
from simulation.world.policies.planner import Planner
from simulation.world.policies.reactive import Reactive
from simulation.world.policies.surge import Surge

DECIDERS: Mapping[PolicyKind, type[Decider]] = {
    PolicyKind.NONE: Decider,
    PolicyKind.PLAN: Plan,
    PolicyKind.HIRE_UP_TO: HireUpTo,
    PolicyKind.REACTIVE: Reactive,
    PolicyKind.SURGE: Surge,
}


def begin(planner: Planner) -> None:
    """Starts the processes of a team's policies."""
    deciders: list[Decider] = []
    deciders += [DECIDERS[policy.kind](planner, policy, deciders) for policy in planner.policies]
    for decider in deciders:
        planner.env.process(decider.process())
