"""Answers of studies on the command line: stress tests, sweeps, tornadoes and limits."""

from typing import TYPE_CHECKING, TextIO

from server.tables.words import NOTHING, count, money, share
from server.terminal import Column, say, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.scenario.scenario import Scenario
    from simulation.studies.explaining import Explanation
    from simulation.studies.limit import Limit
    from simulation.studies.readings import Amount, Break, Effect, Share
    from simulation.studies.refusals import Untried
    from simulation.studies.sensitivity import Bar, Swing, Tornado
    from simulation.studies.stress import ServiceEffect, StressReport
    from simulation.studies.sweep import SweepReport

FIRST_BROKEN = "breaks first"


def show_stress(scenario: "Scenario", report: "StressReport", *, file: TextIO | None = None) -> None:
    """Each test against the plan as it is."""
    rows = report.outcomes
    show_table(
        f"{scenario.name}: stress tests, {drawn(report.replications)}",
        [
            Column("test", ["as planned", *(one.name.replace("_", " ") for one in rows)]),
            Column("what", [NOTHING, *(one.told for one in rows)], spare=1),
            Column("holds", [chance(report.holds), *(chance(one.holds) for one in rows)]),
            Column("by", [NOTHING, *(points(one.holding_effect) for one in rows)]),
            Column("worst service", [NOTHING, *(worst_service(one.service) for one in rows)], spare=2),
            Column("missed days", [NOTHING, *(most_missed(one.service) for one in rows)], spare=2),
            Column(f"cost, {scenario.currency}", [amount(report.cost), *(amount(one.cost) for one in rows)]),
            Column("cost by", [NOTHING, *(sum_of(one.cost_effect) for one in rows)]),
            Column(FIRST_BROKEN, [broken(report.first_break), *(broken(one.first_break) for one in rows)], spare=3),
        ],
        file=file,
    )
    print(f"Holds: {what_holds(scenario)}", file=file)
    say_untried(report.untried)


def show_sweep(scenario: "Scenario", report: "SweepReport", *, file: TextIO | None = None) -> None:
    """All points; those on the frontier are marked."""
    rows = report.points
    show_table(
        f"{scenario.name}: {so_many(len(rows), 'point')}, {drawn(report.replications)}",
        [
            *(Column(axis, [one.labels[place] for one in rows]) for place, axis in enumerate(report.axes)),
            Column("holds", [chance(one.holds) for one in rows]),
            Column(f"cost, {scenario.currency}", [amount(one.cost) for one in rows]),
            Column(FIRST_BROKEN, [broken(one.first_break) for one in rows], spare=1),
            Column("frontier", ["yes" if one.is_on_frontier else NOTHING for one in rows]),
        ],
        file=file,
    )


def show_tornado(scenario: "Scenario", report: "Tornado", *, file: TextIO | None = None) -> None:
    """The assumptions, those on which most hangs first."""
    rows = report.bars
    title = f"{scenario.name}: holds {chance(report.holds)}"
    cost = f" at {amount(report.cost)} {scenario.currency}" if report.cost is not None else ""
    show_table(
        f"{title}{cost}; one step each way, {drawn(report.replications)}",
        [
            Column("assumption", [one.name for one in rows]),
            Column("from", [where_from(one) for one in rows], spare=2),
            Column("holds, down", [held(one.lower) for one in rows]),
            Column("holds, up", [held(one.higher) for one in rows]),
            Column("cost, down", [costs(one.lower) for one in rows]),
            Column("cost, up", [costs(one.higher) for one in rows]),
            Column("reach", [share(one.reach) for one in rows]),
        ],
        file=file,
    )
    say_untried(report.untried)


def show_explanation(
    begun: "Scenario", ended: "Scenario", answer: "Explanation", *, file: TextIO | None = None
) -> None:
    """Step by step from the baseline to the candidate; effects add up to the whole difference."""
    rows = answer.steps
    names = [" and ".join(cause.lower() for cause in one.causes) for one in rows]
    show_table(
        f"{begun.name} becomes {ended.name}: {so_many(answer.replications, 'replication')} each on common draws",
        [
            Column("driver", [begun.name, *names]),
            Column("holds", [chance(one.holds) for one in (answer.baseline, *rows)]),
            Column("by", [NOTHING, *(points(one.holding_effect) for one in rows)]),
            Column("FTE", [f"{one.fte.mean:,.1f}" for one in (answer.baseline, *rows)]),
            Column("FTE by", [NOTHING, *(f"{one.fte_effect.mean:+,.1f}" for one in rows)]),
            Column(f"cost, {ended.currency}", [amount(one.cost) for one in (answer.baseline, *rows)]),
            Column("cost by", [NOTHING, *(sum_of(one.cost_effect) for one in rows)]),
        ],
        file=file,
    )
    for name, one in zip(names, rows, strict=True):
        for told in one.changed:
            print(f"  {name}: {told}", file=file)


def show_limit(scenario: "Scenario", answer: "Limit", *, file: TextIO | None = None) -> None:
    """The limit in a line or two, and all values tried."""
    rows = answer.tried
    for line in limit_lines(answer):
        print(line, file=file)
    show_table(
        f"{scenario.name}: {answer.vary} tried on common draws",
        [
            Column(str(answer.vary), [valued(answer, one.value) for one in rows]),
            Column("holds", [chance(one.holds) for one in rows]),
            Column("replications", [count(one.replications) for one in rows], spare=1),
            Column(f"at {share(answer.until)}", ["yes" if one.is_enough else "no" for one in rows]),
            Column("for sure", ["yes" if one.is_certain else "no" for one in rows]),
            Column(FIRST_BROKEN, [broken(one.first_break) for one in rows], spare=2),
        ],
        file=file,
    )


def valued(answer: "Limit", value: float) -> str:
    """1.05, or 2 weeks."""
    return so_many(value, "week") if answer.vary == "lateness" else f"{value:g}"


def limit_lines(answer: "Limit") -> list[str]:
    """The limit, what breaks first, and how well it is known."""
    what, wanted = answer.vary, share(answer.until)
    if answer.limit is None:
        best = max(answer.tried, key=lambda one: one.holds.mean)
        nearest = f"the nearest is {chance(best.holds)} at {valued(answer, best.value)}"
        known = f"{chance(answer.as_planned)} as it is; {nearest}"
        lines = [f"The plan does not hold with {wanted} at any {what} tried: {known}"]
    elif answer.breaks_at is None:
        lines = [
            f"The plan holds with {wanted} up to {what} {valued(answer, answer.limit)}, the furthest that was tried"
        ]
    else:
        ends = f"{valued(answer, answer.limit)}, no more at {valued(answer, answer.breaks_at)}"
        lines = [f"The plan holds with {wanted} up to {what} {ends}; {chance(answer.as_planned)} as it is"]
    if answer.breaks_first is not None:
        lines.append(f"Breaks first: {broken(answer.breaks_first)}")
    sure = [
        f"{word} at {valued(answer, value)}"
        for word, value in (("holds", answer.surely_holds_at), ("breaks", answer.surely_breaks_at))
        if value is not None
    ]
    known = f"For sure it {' and '.join(sure)}" if sure else "Nothing of it is sure: ask for more --replications"
    turned = f"; {so_many(answer.reversals, 'replication')} held at a worse value than one that they failed at"
    return [*lines, f"{known}{turned if answer.reversals else ''}"]


def say_untried(untried: "Sequence[Untried]") -> None:
    for one in untried:
        say(f"not tried: {one.name.replace('_', ' ')}: {one.reason}")


def so_many(number: float, unit: str) -> str:
    """1 week, 2 weeks."""
    from simulation.scenario.changing.draft import count  # heavy, and `--help` reads this module too

    return count(number, unit)


def drawn(replications: int) -> str:
    return f"{so_many(replications, 'replication')} each on common draws"


def chance(of: "Share") -> str:
    return f"{100 * of.mean:.0f} % ({100 * of.lower:.0f} to {100 * of.upper:.0f})"


def amount(of: "Amount | None") -> str:
    return NOTHING if of is None else money(of.mean)


def points(effect: "Effect") -> str:
    return f"{100 * effect.mean:+.0f} points"


def sum_of(effect: "Effect | None") -> str:
    return NOTHING if effect is None else f"{effect.mean:+,.0f}"


def broken(first: "Break | None") -> str:
    if first is None:
        return NOTHING
    when = f" from {first.start:%Y-%m-%d}" if first.start is not None else ""
    return f"{first.clause or first.queue}{when} ({100 * first.share.mean:.0f} %)"


def worst_service(service: "Sequence[ServiceEffect]") -> str:
    """The queue that loses most, in points."""
    if not service:
        return NOTHING
    worst = min(service, key=lambda one: one.effect.mean)
    return f"{worst.queue} {100 * worst.effect.mean:+.1f}"


def most_missed(service: "Sequence[ServiceEffect]") -> str:
    """The queue that is under its target on most days more, by how many."""
    days = {one.queue: one.missed_days.mean for one in service if one.missed_days is not None}
    worst = max(days, key=lambda queue: days[queue], default=None)
    return NOTHING if worst is None else f"{worst} {days[worst]:+.1f}"


def what_holds(scenario: "Scenario") -> str:
    """When a plan does."""
    if any(contract.slas for vendor in scenario.vendors for contract in vendor.contracts):
        return "every clause is met in all its whole windows"
    return "every queue meets its target over the whole horizon; what lasts a day or so shows in missed days"


def where_from(bar: "Bar") -> str:
    return NOTHING if bar.source is None else f"{bar.source} ({(bar.confidence or '').lower()})"


def held(swing: "Swing | None") -> str:
    return NOTHING if swing is None else points(swing.holding_effect)


def costs(swing: "Swing | None") -> str:
    return NOTHING if swing is None else sum_of(swing.cost_effect)
