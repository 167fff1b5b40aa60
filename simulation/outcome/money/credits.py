"""Service credits and bonuses of one contract, in whole cents, booked in the month in which a window ends.

Credit of a clause's window = at-risk share x base x allocation x tier share x repeat multiplier; base = the month's
recurring lines, at least 0. Of n whole windows of a clause that end in a month and counted anything each pays 1 / n; a
quarter's base and cap are those of its months. Credits of a month are capped at at-risk share x base, a quarter's at
what its months have left. A month's credits are rounded once, together, and so are its bonuses: each is what it adds
to the rounded sum of those before it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.scores import ClauseScore
from simulation.outcome.money.earn_backs import Recovery, recoveries
from simulation.outcome.money.invoicing import Line
from simulation.outcome.money.rounding import CENTS, cents
from simulation.scenario.contracts.clauses import Clause
from simulation.scenario.contracts.contract import Contract
from simulation.scenario.contracts.windows import ScoringWindow, Window
from simulation.scenario.money import decimal_of

Int64 = NDArray[np.int64]

SUMMED = 20
"""Decimals of a sum of entries: far more than money has, far fewer than are worked with."""
CREDIT, BONUS, EARN_BACK = "CREDIT", "BONUS", "EARN_BACK"


@dataclass(frozen=True)
class Entry:
    """A credit or a bonus of one window in one replication: what its share of the base comes to.

    kind:    CREDIT or BONUS
    clause:  its id; start: of the window
    window, month: their numbers; the month is that in whose invoice it stands
    reached: share of the tier, or of the bonus
    risk:    share of the base that is at risk; of a bonus 1
    allocation: of that to the clause; None for an even one, 1 / sharing
    times:   repeat multiplier
    base:    cents of recurring lines of the months that count
    windows: whole ones of the clause that end in the month and counted anything, each of which pays a part
    cents:   what it comes to
    """

    kind: str
    clause: str
    start: date
    replication: int
    window: int
    month: int
    reached: Decimal
    risk: Decimal
    allocation: Decimal | None
    sharing: int
    times: Decimal
    base: int
    windows: int

    cents: int = 0

    @property
    def amount(self) -> Decimal:
        """In the currency, not rounded; one division, at the end."""
        weight = self.risk * (Decimal(1) if self.allocation is None else self.allocation)
        parts = self.windows * (self.sharing if self.allocation is None else 1)
        return Decimal(self.base) * weight * self.reached * self.times / (CENTS * parts)


@dataclass(frozen=True, eq=False)
class Consequences:
    """What the clauses of a contract add to its invoices.

    credits: by clause, Int64 (replications, windows), cents before the cap; 0 in partial windows
    earned, open: of each, likewise, what was earned back and what still may be
    lines:   CREDIT, BONUS and EARN_BACK, where the contract has any
    entries, recoveries: what they are made of
    cap:     Int64 (replications, months), cents that are at risk
    """

    credits: tuple[Int64, ...]
    earned: tuple[Int64, ...]
    open: tuple[Int64, ...]
    lines: tuple[Line, ...]
    entries: tuple[Entry, ...]
    recoveries: tuple[Recovery, ...]
    cap: Int64


def consequences(
    contract: Contract,
    scores: Sequence[ClauseScore],
    charged: Sequence[Line],
    calendar: Sequence[Window],
    replications: int,
) -> Consequences:
    """Credits and bonuses of a contract with these scores and these recurring lines."""
    charges = sum((line.cents for line in charged), np.zeros((replications, len(calendar)), np.int64))
    base = np.maximum(charges, 0)  # a month that pays the client by itself leaves nothing to take back or to reward
    risk = decimal_of(contract.at_risk.share) if contract.at_risk is not None else Decimal(0)
    sharing = sum(bool(clause.credits) for clause in contract.slas)
    booked = [_Booking(score, calendar, base) for score in scores]
    cap, bonus = _share_of(base, risk), np.zeros_like(base)
    entries = _rounded(entry for one in booked for entry in (*one.credits(risk, sharing), *one.bonuses()))
    credited = [np.zeros((replications, len(one.score.windows)), np.int64) for one in booked]
    places = {one.clause.id: c for c, one in enumerate(booked)}
    for entry in entries:
        if entry.kind == CREDIT:
            credited[places[entry.clause]][entry.replication, entry.window] = entry.cents
        else:
            bonus[entry.replication, entry.month] += entry.cents
    taken = _capped(booked, credited, cap)
    lines = [Line(CREDIT, (), -taken)] if sharing else []
    lines += [Line(BONUS, (), bonus)] if any(clause.bonuses for clause in contract.slas) else []
    recovered = _recovered(booked, credited, taken)
    earned, still_open = [np.zeros_like(each) for each in credited], [np.zeros_like(each) for each in credited]
    back = np.zeros_like(base)
    for c, recovery in recovered:
        (still_open if recovery.month is None else earned)[c][recovery.replication, recovery.window] = recovery.cents
        if recovery.month is not None:
            back[recovery.replication, recovery.month] += recovery.cents
    lines += [Line(EARN_BACK, (), back)] if any(clause.earn_back for clause in contract.slas) else []
    return Consequences(
        credits=tuple(credited),
        earned=tuple(earned),
        open=tuple(still_open),
        lines=tuple(lines),
        entries=tuple(entries),
        recoveries=tuple(recovery for _, recovery in recovered),
        cap=cap,
    )


def _rounded(entries: Iterable[Entry]) -> list[Entry]:
    """Entries in cents that add up to the rounded sum of their kind in the month."""
    sums: dict[tuple[str, int, int], tuple[Decimal, int]] = {}
    found = []
    for entry in entries:
        line = entry.kind, entry.replication, entry.month
        amount, so_far = sums.get(line, (Decimal(0), 0))
        amount += entry.amount
        rounded = cents(round(amount, SUMMED))  # of quotients: thirds that are whole together are
        sums[line] = amount, rounded
        found.append(replace(entry, cents=rounded - so_far))
    return found


def _recovered(booked: Sequence["_Booking"], credited: Sequence[Int64], taken: Int64) -> list[tuple[int, Recovery]]:
    """Recoveries with the place of their clause. A month's cap cuts all its credits by the same share."""
    owed = np.zeros_like(taken)
    for one, amounts in zip(booked, credited, strict=True):
        for w in one.whole:
            owed[:, one.month[w]] += amounts[:, w]
    found = []
    for c, (one, amounts) in enumerate(zip(booked, credited, strict=True)):
        under_cap = amounts.copy()
        for w in one.whole:
            for r in np.flatnonzero(owed[:, one.month[w]] > taken[:, one.month[w]]).tolist():
                whole = Decimal(int(amounts[r, w])) * int(taken[r, one.month[w]])
                under_cap[r, w] = cents(whole / (CENTS * int(owed[r, one.month[w]])))
        found += [(c, one_back) for one_back in recoveries(one.score, one.whole, one.month, under_cap)]
    return found


class _Booking:
    """A clause's windows with the months in whose invoices they stand.

    whole: numbers of the whole windows. month: of each the month in which it ends; months: those of its base
    """

    def __init__(self, score: ClauseScore, calendar: Sequence[Window], base: Int64) -> None:
        self.score, self.base = score, base
        self.clause: Clause = score.count.clause
        windows = [one.window for one in score.windows]
        self.whole = [w for w, window in enumerate(windows) if not window.partial]
        ends = {w: next(m for m, month in enumerate(calendar) if windows[w].end <= month.end) for w in self.whole}
        begins = {w: next(m for m, month in enumerate(calendar) if windows[w].first < month.end) for w in self.whole}
        self.month = ends
        quarterly = self.clause.window is ScoringWindow.QUARTER
        self.months = {w: range(begins[w] if quarterly else ends[w], ends[w] + 1) for w in self.whole}
        counted = [self.score.windows[w].counted for w in self.whole]
        self._in_month = np.zeros(base.shape, np.int64)
        for w, own in zip(self.whole, counted, strict=True):
            self._in_month[:, ends[w]] += own

    def credits(self, risk: Decimal, sharing: int) -> Iterator[Entry]:
        """Of every window that reached a tier; `sharing`: how many clauses of the contract have credits."""
        given, repeat = self.clause.allocation, self.clause.repeat
        runs = self.score.misses_in_a_row() if self.clause.credits else []
        for w in self.whole if self.clause.credits else ():
            for r, share in enumerate(self.score.credit_shares(self.score.windows[w])):
                again = repeat is not None and int(runs[w][r]) >= repeat.misses
                times = decimal_of(repeat.multiplier) if repeat is not None and again else Decimal(1)
                allocation = None if given is None else decimal_of(given)
                if share:
                    yield self._entry(CREDIT, r, w, share, risk, allocation, sharing, times)

    def bonuses(self) -> Iterator[Entry]:
        """Of every window that reached one."""
        for w in self.whole if self.clause.bonuses else ():
            for r, share in enumerate(self.score.bonus_shares(self.score.windows[w])):
                if share:
                    yield self._entry(BONUS, r, w, share, Decimal(1), Decimal(1), 1, Decimal(1))

    def _entry(
        self,
        kind: str,
        replication: int,
        window: int,
        reached: Decimal,
        risk: Decimal,
        allocation: Decimal | None,
        sharing: int,
        times: Decimal,
    ) -> Entry:
        return Entry(
            kind=kind,
            clause=self.clause.id,
            start=self.score.windows[window].window.start,
            replication=replication,
            window=window,
            month=self.month[window],
            reached=reached,
            risk=risk,
            allocation=allocation,
            sharing=sharing,
            times=times,
            base=sum(int(self.base[replication, m]) for m in self.months[window]),
            windows=int(self._in_month[replication, self.month[window]]),
        )


def _capped(booked: Sequence[_Booking], credited: Sequence[Int64], cap: Int64) -> Int64:
    """Int64 (replications, months), cents: what windows up to a month take, at most the month's cap, and then quarters,
    at most what is left of their months' caps."""
    taken, quarters = np.zeros_like(cap), np.zeros_like(cap)
    of_quarter: dict[int, range] = {}
    for one, amounts in zip(booked, credited, strict=True):
        for w in one.whole:
            if one.clause.window is ScoringWindow.QUARTER:
                quarters[:, one.month[w]] += amounts[:, w]
                of_quarter[one.month[w]] = one.months[w]
            else:
                taken[:, one.month[w]] += amounts[:, w]
    taken = np.minimum(taken, cap)
    for month, months in of_quarter.items():
        left = (cap - taken)[:, months.start : months.stop].sum(axis=1)
        taken[:, month] += np.minimum(quarters[:, month], left)
    return taken


def _share_of(base: Int64, share: Decimal) -> Int64:
    """A share of every amount, Int64 (replications, months), cents."""
    rows = [[cents(Decimal(amount) / CENTS * share) for amount in row] for row in base.tolist()]
    return np.array(rows, np.int64).reshape(base.shape)
