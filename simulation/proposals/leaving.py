"""Vendors who lose queues, in a scenario's canonical data: what of their people and contracts goes with the work.

Teams that serve nothing else go, and vendors without teams. Who keeps other queues keeps people, prices and promises as
far as they concern these.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from simulation.scenario.contracts.commitments import committed_kind
from simulation.scenario.reading.notes import Note

Data = dict[str, Any]


def without(vendor: Data, queues: Collection[str], told: list[Note]) -> Data | None:
    """A vendor who no longer serves some queues; None where nothing is left of it."""
    teams = [team for one in vendor["teams"] if (team := _team(one, queues)) is not None]
    gone = {team["id"] for team in vendor["teams"]} - {team["id"] for team in teams}
    if not teams:
        told.append(Note(f"vendors.{vendor['id']}", "leaves: it serves nothing else"))
        return None
    told += [Note(f"vendors.{vendor['id']}.teams.{team}", "leaves: it serves nothing else") for team in sorted(gone)]
    at = f"vendors.{vendor['id']}.contracts"
    contracts = [one for contract in vendor.get("contracts", ()) for one in _contract(contract, queues, at, told)]
    found = {**vendor, "teams": [_not_lent_by(team, gone) for team in teams], "contracts": contracts}
    return found if contracts else {name: value for name, value in found.items() if name != "contracts"}


def _team(team: Data, queues: Collection[str]) -> Data | None:
    skills = [skill for skill in team["skills"] if skill["queue"] not in queues]
    if not skills:
        return None
    found = {**team, "skills": skills}
    if "workforce" in team:
        found["workforce"] = _people(team["workforce"], queues)
    return found


def _people(people: Data, queues: Collection[str]) -> Data:
    """People limited to some queues serve what is left of these; classes for nothing else do not come."""
    found = dict(people)
    if "classes" in people:
        limited = [_limited(one, queues) for one in people["classes"]]
        found["classes"] = [one for one in limited if one is not None]
    if "nesting" in people:
        nesting = _limited(people["nesting"], queues)
        found["nesting"] = nesting or {name: value for name, value in people["nesting"].items() if name != "queues"}
    return found


def _limited(part: Data, queues: Collection[str]) -> Data | None:
    """What is limited to queues that are left; None where none is."""
    if not part.get("queues"):
        return part
    kept = [queue for queue in part["queues"] if queue not in queues]
    return {**part, "queues": kept} if kept else None


def _not_lent_by(team: Data, gone: Collection[str]) -> Data:
    moves = team.get("workforce", {}).get("moves")
    if not moves:
        return team
    return {**team, "workforce": {**team["workforce"], "moves": [one for one in moves if one["from"] not in gone]}}


def _contract(contract: Data, queues: Collection[str], at: str, told: list[Note]) -> Iterator[Data]:
    """The contract without clauses and prices of these queues; nothing where nothing is charged or promised."""
    lines = [line for line in (_limited(one, queues) for one in contract.get("pricing", ())) if line is not None]
    clauses = [one for one in contract.get("slas", ()) if one.get("queue") not in queues]
    told += [
        Note(f"{at}.slas.{one['id']}", f"ends: {one['queue']} is another vendor's")
        for one in contract.get("slas", ())
        if one.get("queue") in queues
    ]
    kinds = {line["kind"] for line in lines}
    found = {**contract, "pricing": lines, "slas": clauses}
    if "commitments" in contract:
        found["commitments"] = [one for one in contract["commitments"] if committed_kind(one) in kinds]
    if not clauses:
        found.pop("exit", None)
    if lines or (clauses and not contract.get("pricing")):
        yield {name: value for name, value in found.items() if value != []}


def still_there(data: Mapping[str, Any], told: list[Note]) -> Iterator[Data]:
    """The events that strike nobody who has left."""
    known = {
        "site": {site["id"] for vendor in data["vendors"] for site in vendor["sites"]},
        "team": {team["id"] for vendor in data["vendors"] for team in vendor["teams"]},
        "vendor": {vendor["id"] for vendor in data["vendors"]},
    }
    known["to"] = known["vendor"]
    for number, event in enumerate(data.get("events", ())):
        astray = [name for name, names in known.items() if event.get(name) is not None and event[name] not in names]
        if astray:
            told.append(Note(f"events.{number}", f"{event['kind']} is left out: {event[astray[0]]} has left"))
        else:
            yield event
