"""What must hold where a vendor leaves: who takes over, and that nothing else says where its work goes.

Looked for in the plain data, as names are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulation.scenario.destinations import can_serve, listed
from simulation.scenario.entries import Entry, entries, within
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.problems import Path, Refusal


def exits_refused(document: Mapping[str, Any]) -> Iterator[Refusal]:
    """Vendors who leave twice, without a right, on a date unknown to a lock, to one who leaves too or cannot do the
    work, or in a transition."""
    vendors = {
        vendor["id"]: vendor for _, vendor in entries(document.get("vendors"), ()) if isinstance(vendor.get("id"), str)
    }
    exits = [one for one in entries(document.get("events"), ("events",)) if one[1].get("kind") == EventKind.VENDOR_EXIT]
    leaving: set[Any] = {event.get("vendor") for _, event in exits if isinstance(event.get("vendor"), str)}
    left: set[Any] = set()
    for path, event in exits:
        vendor, to = event.get("vendor"), event.get("to")
        if not isinstance(vendor, str) or vendor not in vendors:
            continue
        if vendor in left:
            yield Refusal(f"{vendor} already leaves", "keep one exit of a vendor", (*path, "vendor"))
            continue
        left.add(vendor)
        contracts = [contract for _, contract in entries(vendors[vendor].get("contracts"), ())]
        if event.get("after") is not None and not any(contract.get("exit") for contract in contracts):
            mend = f"add exit: {{missed: 3, of: 6}} to a contract of {vendor}, or write start"
            yield Refusal(f"no contract of {vendor} gives a right to leave", mend, (*path, "after"))
        elif event.get("after") is not None:
            yield from _locked_refused(
                [vendors[one] for one in (vendor, to) if isinstance(one, str) and one in vendors], (*path, "after")
            )
        yield from _moved_refused(vendor, document, (*path, "vendor"))
        if isinstance(to, str) and to in vendors and to != vendor:
            if to in leaving:
                yield Refusal(f"{to} leaves too", "name a vendor who stays", (*path, "to"))
            yield from _successor_refused(vendors[vendor], vendors[to], document, (*path, "to"))


def _locked_refused(vendors: Sequence[Mapping[str, Any]], at: Path) -> Iterator[Refusal]:
    """Locks where it is not known before who leaves: what is ordered is known ahead, and the same in every
    replication."""
    for vendor in vendors:
        if any(contract.get("forecast_lock") for _, contract in entries(vendor.get("contracts"), ())):
            message = f"what the lock of {vendor['id']} orders must be known ahead, not by replication"
            mend = "write start, the date on which it would leave, or remove the lock"
            yield Refusal(message, mend, at)


def _moved_refused(vendor: str, document: Mapping[str, Any], at: Path) -> Iterator[Refusal]:
    """Of queues in a transition the shares of the vendor are said there."""
    for _, transition in entries(document.get("transitions"), ()):
        if vendor in (transition.get("from"), transition.get("to")):
            queues = ", ".join(str(queue) for queue in listed(transition.get("queues")))
            mend = f"write allocation by date in the routes of {queues} instead of the transition"
            yield Refusal(f"a transition says what share of {queues} is {vendor}'s", mend, at)


def _successor_refused(
    vendor: Mapping[str, Any], to: Mapping[str, Any], document: Mapping[str, Any], at: Path
) -> Iterator[Refusal]:
    """Queues of the vendor that the one who takes over may not answer."""
    for _, queue in entries(document.get("queues"), ()):
        shares = _allocated(queue)
        has_work = can_serve(vendor, queue) and (not shares or any(one.get(vendor["id"]) for one in shares))
        if has_work and not can_serve(to, queue):
            mend = f"give a team of {to['id']} the skill and a step of the route, or name another vendor"
            message = f"no team of {to['id']} may answer {queue.get('id')}, which {vendor['id']} leaves"
            yield Refusal(message, mend, at)


def _allocated(queue: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: list[Entry] = list(entries(within(queue.get("route"), "allocation"), ()))
    return [entry["shares"] for _, entry in found if isinstance(entry.get("shares"), Mapping)]
