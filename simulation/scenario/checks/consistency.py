"""What must agree between the parts of a scenario: names, lengths, dates and sizes.

Names are checked in the plain data, so that they are checked too where other things are wrong; lengths, dates and
sizes in those parts that are valid in themselves.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulation.scenario.checks.agreements import contracts_refused, term_refused
from simulation.scenario.checks.exits import exits_refused
from simulation.scenario.checks.lineage import batches_refused, shares_refused
from simulation.scenario.checks.names import routes_refused, sites_refused, skills_refused, twice_refused
from simulation.scenario.checks.size import size_refused, volume_refused
from simulation.scenario.checks.within_horizon import event_refused, queue_refused, team_refused, transition_refused
from simulation.scenario.checks.workforces import moves_refused
from simulation.scenario.contracts.clauses import Clause
from simulation.scenario.contracts.costs import costs_refused
from simulation.scenario.contracts.currencies import currencies_refused
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.destinations import destinations_refused
from simulation.scenario.entries import entries, ids
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.events import Event
from simulation.scenario.horizon import Horizon
from simulation.scenario.problems import Path, Refusal
from simulation.scenario.queues.queue import Queue
from simulation.scenario.transitions import Transition
from simulation.scenario.vendors import Team


def names_refused(document: Mapping[str, Any]) -> Iterator[Refusal]:
    """Ids given twice, references to nothing, and queues that nobody can serve."""
    queues = list(entries(document.get("queues"), ("queues",)))
    vendors = list(entries(document.get("vendors"), ("vendors",)))
    teams = [entry for path, vendor in vendors for entry in entries(vendor.get("teams"), (*path, "teams"))]
    sites = [entry for path, vendor in vendors for entry in entries(vendor.get("sites"), (*path, "sites"))]
    for kind, named in (("queue", queues), ("vendor", vendors), ("team", teams), ("site", sites)):
        yield from twice_refused(kind, named)
    yield from sites_refused(vendors)
    yield from moves_refused(vendors)
    yield from skills_refused(teams, ids(queues))
    yield from routes_refused(queues, teams)
    yield from destinations_refused(document)
    yield from exits_refused(document)
    yield from currencies_refused(document)
    yield from contracts_refused(document)
    yield from costs_refused(document)
    yield from shares_refused(queues)


def parts_refused(
    horizon: Horizon,
    queues: Mapping[int, Queue],
    teams: Mapping[tuple[int, int], Team],
    events: Mapping[int, Event],
    transitions: Mapping[int, Transition],
    terms: Mapping[Path, Pricing | Clause],
) -> Iterator[Refusal]:
    """Parts by position (teams by vendor too, terms of contracts by path) that do not agree with the horizon."""
    by_id = {queue.id: queue for queue in queues.values()}
    for q, queue in queues.items():
        yield from _within(("queues", q), queue_refused(queue, horizon))
        yield from _within(("queues", q), batches_refused(queue, by_id))
    for (v, t), team in teams.items():
        yield from _within(("vendors", v, "teams", t), team_refused(team, horizon))
    for e, event in events.items():
        yield from _within(("events", e), event_refused(event, horizon))
        yield from _within(("events", e), _leavers_refused(event, teams.values()))
    for t, transition in transitions.items():
        yield from _within(("transitions", t), transition_refused(transition, horizon))
    for path, term in terms.items():
        yield from _within(path, term_refused(term, by_id, horizon))
    yield from volume_refused(queues, by_id, teams.values(), events.values(), horizon)
    yield from size_refused(len(queues), len(teams), horizon)


def _within(path: Path, refused: Iterator[Refusal]) -> Iterator[Refusal]:
    return (one.below(path) for one in refused)


def _leavers_refused(event: Event, teams: Iterable[Team]) -> Iterator[Refusal]:
    """Attrition of a team that nobody leaves."""
    team = next((team for team in teams if team.id == event.team), None)
    if event.kind is not EventKind.ATTRITION or team is None:
        return
    if team.workforce is None:
        yield Refusal(f"the agents of {team.id} are given, nobody leaves", "name a team with a workforce", ("team",))
    elif team.workforce.attrition is None:
        yield Refusal(f"nobody leaves {team.id}", "add attrition to its workforce", ("team",))
