"""Premiums: which line charges for the hours that a line of OVERTIME, SURGE, NIGHT or HOLIDAY makes dearer.

Of a contract in plain data it is the line of hours that charges for every queue of the premium; its rate is the one
that the multiplier is of.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulation.scenario.attribution import Served, charged
from simulation.scenario.entries import Entry, within
from simulation.scenario.pricing import HOURLY, OvertimeHours, PricingKind
from simulation.scenario.problems import Path, Refusal


def hour_lines(premium: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], own: Sequence[str]) -> list[int]:
    """The places of the lines that charge for the hours of all of a premium's queues; `own`: those of the contract."""
    queues = set(charged(premium, own))
    return [n for n, line in enumerate(lines) if line.get("kind") in HOURLY and queues <= set(charged(line, own))]


def premium_refused(
    premium: Mapping[str, Any],
    lines: Sequence[Entry],
    teams: Sequence[Mapping[str, Any]],
    served: Served,
    own: Sequence[str],
    at: Path,
) -> Iterator[Refusal]:
    """A premium on hours that no line, or more than one, charges for, that have no one rate, or that nobody works.

    lines: of the contract. teams: of the vendor. own: queues of the contract.
    """
    found = hour_lines(premium, [line for _, line in lines], own)
    queues = ", ".join(charged(premium, own))
    if not found:
        mend = f"add {{kind: PER_PRODUCTIVE_HOUR, queues: [{queues}], rate: ...}}, or name queues of one line of hours"
        yield Refusal(f"no line charges for the hours of {queues}, which this would make dearer", mend, at)
    elif len(found) > 1:
        message = f"lines {found[0]} and {found[1]} both charge for the hours of {queues}"
        yield Refusal(message, "keep one of them, or name the queues of one only", at)
    elif lines[found[0]][1].get("bands"):
        message = f"it is a multiple of one rate, and line {found[0]}, which charges for these hours, has bands"
        yield Refusal(message, "write rate instead of bands there, or remove the premium", at)
    else:
        is_paid = lines[found[0]][1].get("kind") == PricingKind.PER_PAID_HOUR
        of_people = [team for team in teams if team.get("id") in served.teams_of(charged(premium, own))]
        yield from _nobody_refused(premium, is_paid, of_people, at)


def _nobody_refused(
    premium: Mapping[str, Any], is_paid: bool, teams: Sequence[Mapping[str, Any]], at: Path
) -> Iterator[Refusal]:
    """Ordered overtime and the bench of teams that have neither; the only overtime that is paid is ordered."""
    needed = {PricingKind.SURGE: "surge", PricingKind.OVERTIME: "overtime"}.get(premium["kind"])
    is_of_any = needed == "overtime" and not is_paid and premium.get("only") != OvertimeHours.ORDERED
    if needed is not None and not is_of_any and all(within(team.get("workforce"), needed) is None for team in teams):
        names, what = [str(team["id"]) for team in teams], {"overtime": "is asked for overtime", "surge": "has a bench"}
        mend = f"add {needed} to a workforce, or remove the line"
        yield Refusal(f"none of the teams that answer its queues, {', '.join(names)}, {what[needed]}", mend, at)
