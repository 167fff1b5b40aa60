"""A team's agent groups.

An agent group is the people of one team in one stage who serve the same queues: those past nesting, those in nesting
on the queues that nesting allows, and once more for each set of queues that a class is limited to. Groups stand in
the teams' order; within a team the people past nesting with all its skills come first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from simulation.outcome.counting.counters import StockField
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team


@dataclass(frozen=True)
class AgentGroup:
    """One agent group: the position of its team, its people's stage, the ids of the queues they serve."""

    team: int
    stage: StockField
    queues: tuple[str, ...]


def agent_groups(scenario: Scenario) -> tuple[AgentGroup, ...]:
    """Every agent group of a scenario, team by team."""
    return tuple(
        AgentGroup(t, stage, queues)
        for t, team in enumerate(scenario.teams)
        for stage, queues in groups_of(tuple(skill.queue for skill in team.skills), team.workforce)
    )


def team_groups(team: Team) -> tuple[tuple[StockField, tuple[str, ...]], ...]:
    """Stage and queues of one team's agent groups."""
    return tuple(groups_of(tuple(skill.queue for skill in team.skills), team.workforce))


def groups_of(skills: tuple[str, ...], workforce: Workforce | None) -> Iterator[tuple[StockField, tuple[str, ...]]]:
    """Stage and queues of each agent group, each once."""
    sets = [skills] if workforce is None else skill_sets(skills, workforce)
    yield from ((StockField.TENURED, queues) for queues in sets)
    if workforce is not None and workforce.nesting is not None:
        yield from ((StockField.NESTING, nested) for nested in dict.fromkeys(nesting_queues(sets, workforce)))


def skill_sets(skills: tuple[str, ...], workforce: Workforce) -> list[tuple[str, ...]]:
    """The sets of queues that people past nesting serve: all, then those of classes limited to some of them."""
    limited = (tuple(queue for queue in skills if queue in entry.queues) for entry in workforce.classes if entry.queues)
    return list(dict.fromkeys((skills, *limited)))


def nesting_queues(sets: list[tuple[str, ...]], workforce: Workforce) -> list[tuple[str, ...]]:
    """What people of each of these sets serve while nesting."""
    allowed = workforce.nesting.queues if workforce.nesting is not None else ()
    return [tuple(queue for queue in queues if not allowed or queue in allowed) for queues in sets]
