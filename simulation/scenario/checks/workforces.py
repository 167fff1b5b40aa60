"""What must agree about a team's people: with their team and with the other teams."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any

from simulation.scenario.entries import Entry, entries, ids, within
from simulation.scenario.horizon import Horizon
from simulation.scenario.people.policies import Policy
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.problems import Path, Refusal, choose, shown


def workforce_refused(workforce: Workforce) -> Iterator[Refusal]:
    """Two statements about the same people, and classes without what they need."""
    bands = workforce.tenure_weeks.bands if workforce.tenure_weeks is not None else None
    counted = sum(band.heads for band in bands or ())
    if bands is not None and counted != workforce.headcount:
        message = f"the bands hold {counted} heads, headcount says {workforce.headcount}"
        yield Refusal(message, f"write bands that sum to {workforce.headcount}", ("tenure_weeks", "bands"))
    early = workforce.attrition is not None and workforce.attrition.first_90_days is not None
    if early and workforce.hiring is not None and workforce.hiring.training_pass is not None:
        message = "first_90_days and training_pass both say how many of a class are lost"
        yield Refusal(message, "keep one of first_90_days, training_pass", ("hiring", "training_pass"))
    for c, entry in enumerate(workforce.classes):
        if entry.training_weeks is None and workforce.hiring is None:
            mend = "add training_weeks here or to hiring"
            yield Refusal("nothing says how long its training lasts", mend, ("classes", c, "training_weeks"))


def queues_refused(workforce: Workforce, skills: Sequence[str]) -> Iterator[Refusal]:
    """Queues of nesting and classes that the team does not serve, and classes that can do nothing while nesting."""
    nested = workforce.nesting.queues if workforce.nesting is not None else ()
    limited: list[tuple[Path, Sequence[str]]] = [(("nesting", "queues"), nested)]
    limited += [(("classes", c, "queues"), entry.queues) for c, entry in enumerate(workforce.classes)]
    for path, queues in limited:
        for q, queue in enumerate(queues):
            if queue not in skills:
                yield Refusal(f"the team lacks the skill {shown(queue)}", choose(queue, skills), (*path, q))
    for path, queues in limited[1:]:
        if nested and queues and not set(nested) & set(queues):
            mend = f"name one of {', '.join(nested)} too, or change nesting.queues"
            yield Refusal("while nesting they may serve none of these", mend, path)


def policies_refused(policies: Sequence[Policy], workforce: Workforce | None) -> Iterator[Refusal]:
    """Policies that have nobody to decide about, or that contradict each other."""
    kinds = [policy.kind for policy in policies]
    for p, policy in enumerate(policies):
        at: Path = ("policies", p, "kind")
        if workforce is None:
            yield Refusal("staffing takes no policies: its agents are given", "remove policies", ("policies",))
            return
        if policy.kind in kinds[:p]:
            yield Refusal(f"there is already a policy {policy.kind}", "keep one of the two", at)
        elif policy.kind.rules.alone and len(policies) > 1:
            yield Refusal(f"a policy {policy.kind} excludes others", "remove it", at)
        else:
            yield from (one.below(("policies", p)) for one in _means_missing(policy, workforce))


def _means_missing(policy: Policy, workforce: Workforce) -> Iterator[Refusal]:
    """A policy that acts by what the workforce has not."""
    means, if_given = policy.kind.rules.acts_by, policy.kind.rules.if_given
    if means is None or getattr(workforce, means.field) is not None:
        return
    if not if_given:
        yield Refusal(f"a policy {policy.kind} needs {means.what}", means.mend, ("kind",))
    elif getattr(policy, if_given) is not None:
        mend = f"{means.mend}, or leave {if_given} out: then it only shrinks"
        yield Refusal(f"a policy {policy.kind} that grows needs {means.what}", mend, (if_given,))


def dates_refused(workforce: Workforce, horizon: Horizon) -> Iterator[Refusal]:
    """Classes and moves that cannot be what they say at that time."""
    for c, entry in enumerate(workforce.classes):
        path: Path = ("classes", c)
        trained = entry.start + timedelta(weeks=workforce.training_weeks(entry))
        on_their_own = trained + timedelta(weeks=workforce.nesting_weeks)
        if entry.start < horizon.start and on_their_own <= horizon.start:
            mend = "count its people in headcount and remove the class"
            yield Refusal(f"this class finished training on {on_their_own}, before the start", mend, path)
        if entry.until is not None and entry.until <= trained:
            yield Refusal("they leave before they are trained", f"write a date after {trained}", (*path, "until"))
    for m, move in enumerate(workforce.moves):
        if move.start < horizon.start:
            mend = f"count them in headcount and write {horizon.start} or later"
            yield Refusal("they have moved before the start", mend, ("moves", m, "start"))


def moves_refused(vendors: Sequence[Entry]) -> Iterator[Refusal]:
    """Moves from no team, from the team itself, from another vendor's team or from given agents."""
    crews = {path: list(entries(vendor.get("teams"), (*path, "teams"))) for path, vendor in vendors}
    everywhere = ids(team for teams in crews.values() for team in teams)
    for teams in crews.values():
        own = ids(teams)
        given = ids(entry for entry in teams if entry[1].get("staffing") is not None)
        for team_path, team in teams:
            moves_path = (*team_path, "workforce", "moves")
            for move_path, move in entries(within(team.get("workforce"), "moves"), moves_path):
                source, at = move.get("from"), (*move_path, "from")
                others = [name for name in own if name != team.get("id") and name not in given]
                if not isinstance(source, str) or source in others:
                    continue
                what = _why_none_move(source, team.get("id"), given, everywhere)
                yield Refusal(what, choose(source, others) if others else NOBODY_ELSE, at)


NOBODY_ELSE = "leave the move out, or give this vendor another team with a workforce"


def _why_none_move(source: str, team: Any, given: Collection[str], everywhere: Collection[str]) -> str:
    if source == team:
        return "nobody moves from a team to itself"
    if source in given:
        return "its agents are given, nobody can move"
    if source in everywhere:
        return f"{source} is another vendor's team, people move within a vendor"
    return f"this vendor has no team {shown(source)}"
