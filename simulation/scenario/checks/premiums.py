"""Premiums: which line charges for the hours that a line of OVERTIME, SURGE, NIGHT or HOLIDAY makes dearer.

Of a contract in plain data it is the line of hours that charges for every queue of the premium; its rate is the one
that the multiplier is of.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulation.scenario.contracts.attribution import charged
from simulation.scenario.contracts.pricing import OvertimeHours
from simulation.scenario.contracts.pricing_kinds import Hours, kind_of
from simulation.scenario.problems import Path, Refusal


def hour_lines(premium: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], own: Sequence[str]) -> list[int]:
    """The places of the lines that charge for the hours of all of a premium's queues; `own`: those of the contract."""
    queues = set(charged(premium, own))
    return [n for n, line in enumerate(lines) if _is_of_hours(line) and queues <= set(charged(line, own))]


def _is_of_hours(line: Mapping[str, Any]) -> bool:
    kind = kind_of(line)
    return kind is not None and kind.definition.hours is not None


def has_overrun(premium: Mapping[str, Any], hours: Mapping[str, Any]) -> bool:
    """Whether a premium on a line of hours is also on those that nobody planned."""
    kind, of = kind_of(premium), kind_of(hours)
    if kind is None or of is None or premium.get("only") == OvertimeHours.ORDERED:
        return False
    return kind.definition.has_overrun and of.definition.hours is Hours.PRODUCTIVE


def premium_refused(
    premium: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], own: Sequence[str], at: Path
) -> Iterator[Refusal]:
    """A premium on hours that no line of the contract, or more than one, charges for, or that have no one rate."""
    found = hour_lines(premium, lines, own)
    queues = ", ".join(charged(premium, own))
    if not found:
        mend = f"add {{kind: PER_PRODUCTIVE_HOUR, queues: [{queues}], rate: ...}}, or name queues of one line of hours"
        yield Refusal(f"no line charges for the hours of {queues}, which this would make dearer", mend, at)
    elif len(found) > 1:
        message = f"lines {found[0]} and {found[1]} both charge for the hours of {queues}"
        yield Refusal(message, "keep one of them, or name the queues of one only", at)
    elif lines[found[0]].get("bands"):
        message = f"it is a multiple of one rate, and line {found[0]}, which charges for these hours, has bands"
        yield Refusal(message, "write rate instead of bands there, or remove the premium", at)
