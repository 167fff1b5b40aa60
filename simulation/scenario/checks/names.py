"""Names: ids given twice, and references to nothing between teams, sites, skills and routes."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from simulation.scenario.entries import entries, ids
from simulation.scenario.problems import Path, Refusal, choose, shown


def twice_refused(kind: str, named: Iterable[tuple[Path, Mapping[str, Any]]]) -> Iterator[Refusal]:
    """Ids given twice."""
    seen: set[str] = set()
    for path, entry in named:
        name = entry.get("id")
        if isinstance(name, str):
            if name in seen:
                yield Refusal(f"there is already a {kind} {shown(name)}", "give each its own id", (*path, "id"))
            seen.add(name)


def sites_refused(vendors: Iterable[tuple[Path, Mapping[str, Any]]]) -> Iterator[Refusal]:
    """Teams at a site that their vendor does not have."""
    for path, vendor in vendors:
        known = ids(entries(vendor.get("sites"), path))
        for team_path, team in entries(vendor.get("teams"), (*path, "teams")):
            site = team.get("site")
            if isinstance(site, str) and site not in known:
                yield Refusal(f"this vendor has no site {shown(site)}", choose(site, known), (*team_path, "site"))


def skills_refused(teams: Iterable[tuple[Path, Mapping[str, Any]]], known: Collection[str]) -> Iterator[Refusal]:
    """Skills for no queue, or for one twice."""
    for path, team in teams:
        seen: set[str] = set()
        for skill_path, skill in entries(team.get("skills"), (*path, "skills")):
            queue = skill.get("queue")
            if not isinstance(queue, str):
                continue
            if queue not in known:
                yield Refusal(f"there is no queue {shown(queue)}", choose(queue, known), (*skill_path, "queue"))
            elif queue in seen:
                yield Refusal(
                    f"the team already has skill {shown(queue)}", "name each queue once", (*skill_path, "queue")
                )
            seen.add(queue)


def routes_refused(
    queues: Sequence[tuple[Path, Mapping[str, Any]]], teams: Sequence[tuple[Path, Mapping[str, Any]]]
) -> Iterator[Refusal]:
    """Steps with teams that cannot answer, and queues that nobody can serve."""
    queue_ids, team_ids = ids(queues), ids(teams)
    skills = [(team.get("id"), _skills(team, queue_ids)) for _, team in teams]
    for path, queue in queues:
        name = queue.get("id")
        if not isinstance(name, str):
            continue
        able = [team_id for team_id, served in skills if served is None or name in served]
        yield from _steps_refused(path, queue, team_ids, able)
        if not able:
            yield Refusal("nobody can serve this queue", f"add {{queue: {name}}} to the skills of a team", path)


def _skills(team: Mapping[str, Any], known: Collection[str]) -> set[str] | None:
    """The queues a team serves; None where its skills are wrong in themselves, so that they may mean any."""
    skills = team.get("skills")
    if not isinstance(skills, list | tuple):
        return None
    served = [skill.get("queue") if isinstance(skill, Mapping) else None for skill in skills]
    named = {queue for queue in served if isinstance(queue, str) and queue in known}
    return named if all(isinstance(queue, str) and queue in known for queue in served) else None


def _steps_refused(
    path: Path, queue: Mapping[str, Any], team_ids: Collection[str], able: Sequence[Any]
) -> Iterator[Refusal]:
    route, name = queue.get("route"), queue["id"]
    steps = route.get("steps") if isinstance(route, Mapping) else None
    for step_path, step in entries(steps, (*path, "route", "steps")):
        named = step.get("teams")
        for t, team_id in enumerate(named if isinstance(named, list | tuple) else ()):
            at = (*step_path, "teams", t)
            if isinstance(team_id, str) and team_id not in team_ids:
                yield Refusal(f"there is no team {shown(team_id)}", choose(team_id, team_ids), at)
            elif isinstance(team_id, str) and team_id not in able:
                mend = f"add {{queue: {name}}} to the skills of {team_id}, or leave the team out"
                yield Refusal(f"team {team_id} lacks the skill {name}", mend, at)
