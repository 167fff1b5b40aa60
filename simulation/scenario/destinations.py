"""Where contacts may go and what events may strike: names in transfers, allocations, transitions and events.

Looked for in the plain data, so that they are found too where other things are wrong.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from simulation.scenario.entries import Entry, entries, ids, within
from simulation.scenario.problems import Path, Refusal, choose, shown


def destinations_refused(document: Mapping[str, Any]) -> Iterator[Refusal]:
    """Transfers to no queue or their own, vendors who cannot serve what they are to get, events that strike nothing."""
    queues = list(entries(document.get("queues"), ("queues",)))
    vendors = list(entries(document.get("vendors"), ("vendors",)))
    yield from _transfers_refused(queues)
    yield from _allocations_refused(queues, vendors)
    yield from _transitions_refused(list(entries(document.get("transitions"), ("transitions",))), queues, vendors)
    yield from _events_refused(list(entries(document.get("events"), ("events",))), queues, vendors)


def _transfers_refused(queues: Sequence[Entry]) -> Iterator[Refusal]:
    known = ids(queues)
    for path, queue in queues:
        for transfer_path, transfer in entries(queue.get("transfers"), (*path, "transfers")):
            to, at = transfer.get("to"), (*transfer_path, "to")
            if isinstance(to, str) and to not in known:
                yield Refusal(f"there is no queue {shown(to)}", choose(to, known), at)
            elif isinstance(to, str) and to == queue.get("id"):
                yield Refusal("a queue does not transfer to itself", "name another queue, or use repeat", at)


def _allocations_refused(queues: Sequence[Entry], vendors: Sequence[Entry]) -> Iterator[Refusal]:
    known = ids(vendors)
    for path, queue in queues:
        route_path = (*path, "route")
        able = [vendor["id"] for _, vendor in vendors if can_serve(vendor, queue)]
        for entry_path, entry in entries(within(queue.get("route"), "allocation"), (*route_path, "allocation")):
            shares = entry.get("shares")
            for name, share in shares.items() if isinstance(shares, Mapping) else ():
                at = (*entry_path, "shares", name)
                if not isinstance(name, str):
                    continue
                if name not in known:
                    yield Refusal(f"there is no vendor {shown(name)}", choose(name, known), at)
                elif name not in able and share != 0:
                    mend = f"give a team of {name} the skill and a step of the route, or leave the vendor out"
                    yield Refusal(f"no team of {name} may answer this queue", mend, at)


def _transitions_refused(
    transitions: Sequence[Entry], queues: Sequence[Entry], vendors: Sequence[Entry]
) -> Iterator[Refusal]:
    by_id = {queue["id"]: queue for _, queue in queues if isinstance(queue.get("id"), str)}
    by_name = {vendor["id"]: vendor for _, vendor in vendors if isinstance(vendor.get("id"), str)}
    moved: set[str] = set()
    for path, transition in transitions:
        parties = {side: transition.get(side) for side in ("from", "to")}
        for side, name in parties.items():
            if isinstance(name, str) and name not in by_name:
                yield Refusal(f"there is no vendor {shown(name)}", choose(name, by_name), (*path, side))
        for position, queue in enumerate(listed(transition.get("queues"))):
            at = (*path, "queues", position)
            if not isinstance(queue, str):
                continue
            if queue not in by_id:
                yield Refusal(f"there is no queue {shown(queue)}", choose(queue, by_id), at)
            elif queue in moved:
                yield Refusal(f"{queue} already moves", "name each queue once, in one transition", at)
            else:
                moved.add(queue)
                known = [name for name in parties.values() if isinstance(name, str) and name in by_name]
                yield from _move_refused(by_id[queue], [by_name[name] for name in known], at)


def _move_refused(queue: Mapping[str, Any], parties: Sequence[Mapping[str, Any]], at: Path) -> Iterator[Refusal]:
    """A queue that is allocated besides, or one of whose vendors may not answer it."""
    if list(listed(within(queue.get("route"), "allocation"))):
        mend = "remove choice and allocation from its route, or leave the queue out"
        yield Refusal(f"{queue['id']} is allocated to vendors by its route", mend, at)
    for vendor in parties:
        if not can_serve(vendor, queue):
            mend = f"give a team of {vendor['id']} the skill and a step of the route, or leave the queue out"
            yield Refusal(f"no team of {vendor['id']} may answer {queue['id']}", mend, at)


def can_serve(vendor: Mapping[str, Any], queue: Mapping[str, Any]) -> bool:
    """Whether the vendor has an id and a team with the queue's skill that its route, if it has steps, names."""
    if not isinstance(vendor.get("id"), str):
        return False
    steps = [step for _, step in entries(within(queue.get("route"), "steps"), ())]
    routed = [team for step in steps for team in listed(step.get("teams"))]
    for _, team in entries(vendor.get("teams"), ()):
        skills = [skill.get("queue") for _, skill in entries(team.get("skills"), ())]
        if queue.get("id") in skills and (not steps or team.get("id") in routed):
            return True
    return False


def listed(value: Any) -> Iterable[Any]:
    """The items of a list; nothing where it is none."""
    return value if isinstance(value, list | tuple) else ()


def _events_refused(events: Sequence[Entry], queues: Sequence[Entry], vendors: Sequence[Entry]) -> Iterator[Refusal]:
    known_queues = ids(queues)
    known = {
        kind: ids(entry for _, vendor in vendors for entry in entries(vendor.get(f"{kind}s"), ()))
        for kind in ("site", "team")
    }
    known["vendor"] = known["to"] = ids(vendors)
    for path, event in events:
        for kind, names in known.items():
            name = event.get(kind)
            if isinstance(name, str) and name not in names:
                what = "vendor" if kind == "to" else kind
                yield Refusal(f"there is no {what} {shown(name)}", choose(name, names), (*path, kind))
        for q, name in enumerate(listed(event.get("queues"))):
            if isinstance(name, str) and name not in known_queues:
                yield Refusal(f"there is no queue {shown(name)}", choose(name, known_queues), (*path, "queues", q))
