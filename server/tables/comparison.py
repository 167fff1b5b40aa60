"""Scenarios held against a baseline, on the command line: what differs going in and coming out."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

from server.tables.words import NOTHING, agents, duration, money, share
from server.terminal import Column, show_table

if TYPE_CHECKING:
    from simulation.comparison import Comparison, Difference, Simulated, Subject

ALWAYS = frozenset(
    {"offered", "service_level", "asa_seconds", "abandon_rate", "turnaround_met", "agents", "occupancy"}
    | {"all_met", "clause_met", "invoice", "margin", "client_cost", "cost_per_contact"}
)
"""Measures shown even where they do not differ; others only where they do for sure."""
MOST_CHANGES = 20
"""Shown of what differs between two scenarios; the JSON has all."""


def show_comparison(
    names: tuple[str, str], comparison: "Comparison", *, file: TextIO | None = None, width: int | None = None
) -> None:
    """Of a baseline and a candidate by their names."""
    baseline, candidate = names
    print(f"{candidate} against {baseline}", file=file)
    for change in comparison.changes[:MOST_CHANGES]:
        print(f"  {change.summary}", file=file)
    if len(comparison.changes) > MOST_CHANGES:
        print(f"  and {len(comparison.changes) - MOST_CHANGES} more", file=file)
    how = f"{comparison.pairs} pairs on common draws" if comparison.is_paired else "unpaired: they met other draws"
    shown = [one for one in comparison.differences if one.is_significant or one.measure in ALWAYS]
    show_table(
        f"Differences, {how}; real: of those called so at most 5 % are none",
        [
            Column("of", [whose(one.subject) for one in shown]),
            Column("measure", [label(one) for one in shown]),
            Column("baseline", [written(one)(one.baseline) for one in shown]),
            Column("candidate", [written(one)(one.candidate) for one in shown]),
            Column("difference", [signed(one, one.gap.mean) for one in shown]),
            Column("95 % interval", [interval(one) for one in shown]),
            Column("real", ["yes" if one.is_significant else "no" for one in shown]),
        ],
        file=file,
        width=width,
    )


def plain(baseline: "Simulated", candidate: "Simulated", comparison: "Comparison") -> dict[str, Any]:
    """As JSON."""
    return {
        "baseline": named(baseline),
        "candidate": named(candidate),
        "paired": comparison.is_paired,
        "pairs": comparison.pairs,
        "changes": [
            {"path": change.path, "before": change.before, "after": change.after, "summary": change.summary}
            for change in comparison.changes
        ],
        "differences": [difference(one) for one in comparison.differences],
    }


def named(simulated: "Simulated") -> dict[str, Any]:
    result = simulated.result
    experiment = {"replications": result.replications, "seed": result.seed}
    return {"name": result.scenario, "digest": result.digest, "experiment": experiment}


def difference(one: "Difference") -> dict[str, Any]:
    of = one.subject
    ends = one.gap.confidence_interval()
    return {
        "measure": str(one.measure),
        "queue": of.queue,
        "team": of.team,
        "vendor": of.vendor,
        "clause": of.clause,
        "cost": of.cost,
        "baseline": one.baseline,
        "candidate": one.candidate,
        "difference": {"mean": one.gap.mean, "ci": None if ends is None else list(ends), "p_value": one.gap.p_value},
        "significant": one.is_significant,
    }


def whose(subject: "Subject") -> str:
    parts = (subject.queue, subject.team, subject.vendor, subject.clause)
    return " ".join(part for part in parts if part) or "all"


def label(one: "Difference") -> str:
    words = one.subject.cost.lower() if one.subject.cost else str(one.measure)
    return words.replace("_", " ")


def written(one: "Difference") -> Callable[[float], str]:
    from simulation.comparison import MEANINGS, SHARES
    from simulation.outcome.counting.measure import Unit
    from simulation.outcome.counting.queue_measures import QUEUE_MEASURES
    from simulation.outcome.counting.team_measures import TEAM_MEASURES

    if one.measure in MEANINGS:
        return share if one.measure in SHARES else money
    units = {Unit.SHARE: share, Unit.SECONDS: duration}
    return units.get(
        (QUEUE_MEASURES if one.subject.queue else TEAM_MEASURES)[one.measure].unit, agents
    )  # a tenth of anything else


def signed(one: "Difference", value: float) -> str:
    return f"{'-' if value < 0 else '+'}{written(one)(abs(value))}"


def interval(one: "Difference") -> str:
    ends = one.gap.confidence_interval()
    return NOTHING if ends is None else " to ".join(signed(one, end) for end in ends)
