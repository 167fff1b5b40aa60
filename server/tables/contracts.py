"""Tables of contracts: how clauses fared, what to decide by when, what was invoiced, whether all was kept."""

from typing import TYPE_CHECKING, TextIO

from server.tables.words import NOTHING, chance, mean_of, money, spread_of
from server.terminal import Column, show_table

if TYPE_CHECKING:
    from simulation.outcome.money.settlement import ClauseResult, ClauseWindow, Settlement
    from simulation.outcome.report.result import Result

MOST_DECISIONS = 10
"""Shown in a table; the result document has all."""


def show_contracts(result: "Result", currency: str, *, file: TextIO | None = None, width: int | None = None) -> None:
    """What the contracts make of it, and what to decide by when; nothing where there is none of either."""
    show_clauses(result.settlement, currency, file=file, width=width)
    show_decisions(result.settlement, file=file, width=width)
    show_exits(result.settlement, currency, file=file, width=width)
    show_invoices(result.settlement, currency, file=file, width=width)
    show_cost(result.settlement, currency, file=file, width=width)


def show_clauses(
    settlement: "Settlement", currency: str, *, file: TextIO | None = None, width: int | None = None
) -> None:
    """Every clause by its whole windows; the title says how probable it is that all of them are met."""
    clauses = [one for one in settlement.clauses if whole(one)]
    if clauses:
        worst = [min(whole(one), key=share_met) for one in clauses]
        show_table(
            f"Contracts: {verdict(settlement)}",
            [
                Column("clause", [one.id for one in clauses]),
                Column("vendor", [one.vendor for one in clauses], spare=2),
                Column("windows", [f"{len(whole(one))}" for one in clauses], spare=3),
                Column("met in all", [chance(one.all_met) for one in clauses]),
                Column("worst window", [f"{window.start:%Y-%m-%d}" for window in worst]),
                Column("target", [f"{window.target:.4g}" for window in worst], spare=1),
                Column("its mean", [mean_of(window.value, "{:.4g}".format) for window in worst]),
                Column("met in it", [chance(window.met) for window in worst]),
                Column(f"credits before the cap, {currency}", [money(credit_of(one)) for one in clauses]),
            ],
            file=file,
            width=width,
        )


def show_decisions(settlement: "Settlement", *, file: TextIO | None = None, width: int | None = None) -> None:
    """What had to be decided about people by when, the next first; where there is more, how much."""
    due = settlement.decision.decisions if settlement.decision is not None else ()
    shown = due[:MOST_DECISIONS]
    if shown:
        show_table(
            "Decisions about people, as the replications took them on average",
            [
                Column("by", [f"{one.by}" for one in shown]),
                Column("what", [one.what.value for one in shown]),
                Column("team", [one.team for one in shown]),
                Column("heads", [f"{one.heads}" for one in shown]),
            ],
            file=file,
            width=width,
        )
    if len(due) > len(shown):
        print(f"and {len(due) - len(shown)} more, until {due[-1].by}", file=file)


def show_exits(
    settlement: "Settlement", currency: str, *, file: TextIO | None = None, width: int | None = None
) -> None:
    """The contracts that give a right to leave: how probable it is, since when, by which clause and at what fee."""
    rights = [(vendor.id, one) for vendor in settlement.vendors for one in vendor.exits]
    if rights:
        show_table(
            "Rights to leave",
            [
                Column("vendor", [vendor for vendor, _ in rights]),
                Column("client", [one.client or NOTHING for _, one in rights], spare=1),
                Column("arises", [chance(one.arisen) for _, one in rights]),
                Column("first month", [NOTHING if one.first is None else f"{one.first:%Y-%m}" for _, one in rights]),
                Column("clause", [one.clause or NOTHING for _, one in rights]),
                Column(f"fee, {currency}", [money(one.fee) for _, one in rights], spare=2),
            ],
            file=file,
            width=width,
        )


def show_invoices(
    settlement: "Settlement", currency: str, *, file: TextIO | None = None, width: int | None = None
) -> None:
    """Every month of the vendors with a contract, with the lines added up by kind."""
    from simulation.outcome.money.settlement import sum_of  # heavy, and `--help` reads this module too

    months = [(vendor.id, month) for vendor in settlement.vendors for month in vendor.months if month.lines]
    kinds = list(dict.fromkeys(line.kind for _, month in months for line in month.lines))
    if months:
        by_kind = {kind: [money(sum_of(month.lines, kind)) for _, month in months] for kind in kinds}
        margins = [NOTHING if month.margin is None else mean_of(month.margin, money) for _, month in months]
        show_table(
            f"Invoices, {currency}, mean of the replications",
            [
                Column("vendor", [vendor for vendor, _ in months]),
                Column("month", [f"{month.start:%Y-%m-%d}" for _, month in months]),
                *(Column(heading(kind), cells, spare=2) for kind, cells in by_kind.items()),
                Column("invoice", [mean_of(month.invoice, money) for _, month in months]),
                Column("5 to 95 %", [spread_of(month.invoice, money) for _, month in months], spare=3),
                *([Column("margin", margins, spare=1)] if set(margins) != {NOTHING} else []),
            ],
            file=file,
            width=width,
        )


def show_cost(settlement: "Settlement", currency: str, *, file: TextIO | None = None, width: int | None = None) -> None:
    """What the client pays by month, with the lines added up by kind."""
    from simulation.outcome.money.settlement import sum_of

    cost = settlement.cost
    if cost is not None:
        kinds = list(dict.fromkeys(line.kind for month in cost.months for line in month.lines))
        show_table(
            f"The client's cost, {currency}: {mean_of(cost.total, money)} (5 to 95 %: {spread_of(cost.total, money)}),"
            f" {mean_of(cost.per_contact, money)} an answered contact,"
            f" {mean_of(cost.per_resolution, money)} a solved one",
            [
                Column("month", [f"{month.start:%Y-%m-%d}" for month in cost.months]),
                *(
                    Column(heading(kind), [money(sum_of(month.lines, kind)) for month in cost.months], spare=2)
                    for kind in kinds
                ),
                Column("total", [mean_of(month.total, money) for month in cost.months]),
                Column("5 to 95 %", [spread_of(month.total, money) for month in cost.months], spare=1),
            ],
            file=file,
            width=width,
        )


def heading(kind: str) -> str:
    return kind.replace("_", " ").lower()


def whole(clause: "ClauseResult") -> list["ClauseWindow"]:
    return [window for window in clause.windows if window.met is not None]


def share_met(window: "ClauseWindow") -> float:
    return window.met.share if window.met is not None else 1.0


def credit_of(clause: "ClauseResult") -> float:
    """Before the cap, over the horizon."""
    credits = [window.credit.mean for window in clause.windows if window.credit is not None]
    return sum(credit or 0.0 for credit in credits)


def verdict(settlement: "Settlement") -> str:
    decision = settlement.decision
    if decision is None or decision.all_met is None:
        return NOTHING
    kept, first = decision.all_met, decision.first_to_break
    broken = "nothing is ever missed"
    if first is not None:
        broken = f"first to break is {first.clause} of {first.start:%Y-%m-%d}, in {chance(first.share)} of them"
    return f"every clause met in every whole window in {chance(kept)} of the replications; {broken}"
