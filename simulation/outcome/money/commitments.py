"""Minimum commitments of one contract, in whole cents: what the client pays of the locked forecast and did not send.

Of each line of pricing of the commitment's unit, for its queues: max(0, share - offered / locked contacts) x locked
units x shortfall_rate x the line's rate, both contacts the vendor's. The share of several months is their mean by
locked contacts; a rate that rises counts for the units of its days.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import VOLUME_UNIT, GroupField, QueueField
from simulation.outcome.counting.locked import SHARE_UNIT, locks_of
from simulation.outcome.money.invoicing import Line
from simulation.outcome.money.meters import MICROSECONDS_AN_HOUR, Counted
from simulation.outcome.money.rounding import cents
from simulation.scenario.contracts.attribution import Served, charged
from simulation.scenario.contracts.commitments import Commitment, CommittedUnit, Settling
from simulation.scenario.contracts.contract import Contract
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.contracts.windows import Window, months, quarter_of
from simulation.scenario.money import decimal_of

Int64 = NDArray[np.int64]

COMMITMENT = "COMMITMENT"


@dataclass(frozen=True)
class Shortfall:
    """What one replication's calendar time is settled by.

    month:   number of the month in whose invoice it stands
    share:   committed of the locked contacts
    offered, locked: the vendor's contacts. units: locked
    rate:    of the line, the mean over the units where it rises. shortfall_rate: what of it is paid
    """

    month: int
    share: Decimal
    offered: Decimal
    locked: Decimal
    units: Decimal
    rate: Decimal
    shortfall_rate: Decimal
    cents: int


@dataclass(frozen=True, eq=False)
class CommitmentLine:
    """A commitment to one line of pricing: its line on the invoices, and of each replication what it is made of."""

    commitment: Commitment
    line: Line
    shortfalls: Sequence[Sequence[Shortfall]]


def commitments(
    contract: Contract, vendor: int, own: Sequence[str], served: Served, counted: Counted, exchange: Decimal
) -> list[CommitmentLine]:
    """Of a contract that covers these queues of the vendor at a place in the scenario."""
    found = []
    for one in contract.commitments:
        for pricing in (line for line in contract.pricing if line.kind is one.unit.kind):
            queues = charged(pricing.model_dump(), own)
            assert contract.forecast_lock is not None  # validated
            lock = locks_of(counted.scenario).index(contract.forecast_lock.lock_days)
            scenario = counted.scenario
            places = [q for q, queue in enumerate(scenario.queues) if queue.id in queues]
            teams = [t for t, team in enumerate(scenario.teams) if team.id in served.teams_of(queues)]
            held = _Held(counted, lock, vendor, places, teams)
            found.append(_settled(one, pricing, held, exchange))
    return found


@dataclass(frozen=True, eq=False)
class _Held:
    """What a line's work is held against: the place of a lock, of the vendor, of the line's queues and their teams."""

    counted: Counted
    lock: int
    vendor: int
    queues: Sequence[int]
    teams: Sequence[int]

    def offered(self) -> Int64:
        """Int64 (replications, days), the vendor's contacts in millionths."""
        return self._of_vendor(self.counted.queues[:, :, self.queues, QueueField.OFFERED] * VOLUME_UNIT)

    def contacts(self) -> Int64:
        """Int64 (days,), those locked, in millionths."""
        return self._of_vendor(self.counted.locked.volumes[self.lock][:, self.queues])

    def handling(self) -> Int64:
        """Int64 (days,), their handling time at the locked AHT in microseconds."""
        return self._of_vendor(self.counted.locked.times[self.lock][:, self.queues])

    def ordered(self) -> Int64:
        """Int64 (days,), agent microseconds on the floor; alike in every replication."""
        return np.asarray(self.counted.teams[0][:, self.teams, GroupField.ORDERED].sum(axis=1))

    def _of_vendor(self, values: Int64) -> Int64:
        shares = self.counted.locked.shares[self.vendor][:, self.queues] / SHARE_UNIT
        return np.asarray(np.rint(values * shares).astype(np.int64).sum(axis=-1))


LOCKED: Mapping[CommittedUnit, tuple[Callable[[_Held], Int64], Decimal]] = {
    CommittedUnit.PRODUCTIVE_HOURS: (_Held.ordered, MICROSECONDS_AN_HOUR),
    CommittedUnit.CONTACTS: (_Held.contacts, Decimal(VOLUME_UNIT)),
    CommittedUnit.HANDLED_MINUTES: (_Held.handling, MICROSECONDS_AN_HOUR / 60),
}
"""What is counted of the locked forecast by day, and how many counts are one unit."""


def _settled(commitment: Commitment, pricing: Pricing, held: _Held, exchange: Decimal) -> CommitmentLine:
    dates = held.counted.scenario.horizon.dates
    calendar, offered_days, locked_days = months(dates), held.offered(), held.contacts()
    units_of, unit = LOCKED[commitment.unit]
    unit_days = units_of(held)
    charged_cents = np.zeros((len(offered_days), len(calendar)), np.int64)
    found: list[list[Shortfall]] = [[] for _ in offered_days]
    for group in _groups(calendar, commitment.settle):
        first, end = calendar[group[0]].first, calendar[group[-1]].end
        locked = Decimal(int(locked_days[first:end].sum()))
        if not locked:
            continue
        wanted = sum((_share(commitment, calendar[m]) * _sum(locked_days, calendar[m]) for m in group), Decimal(0))
        units = Decimal(int(unit_days[first:end].sum()))
        indexed = sum((int(unit_days[d]) * pricing.index_on(dates[d]) for d in range(first, end)), Decimal(0))
        rate, paid = decimal_of(pricing.rate or 0.0), decimal_of(commitment.shortfall_rate)
        for replication, offered in enumerate(offered_days[:, first:end].sum(axis=1).tolist()):
            short = max(wanted - offered, Decimal(0))
            due = cents(short * indexed * rate * paid / (locked * unit * exchange))
            charged_cents[replication, group[-1]] = due
            found[replication].append(
                Shortfall(
                    month=group[-1],
                    share=wanted / locked,
                    offered=Decimal(offered) / VOLUME_UNIT,
                    locked=locked / VOLUME_UNIT,
                    units=units / unit,
                    rate=rate * indexed / units if units else rate,
                    shortfall_rate=paid,
                    cents=due,
                )
            )
    return CommitmentLine(commitment, Line(COMMITMENT, pricing.queues, charged_cents), found)


def _groups(calendar: Sequence[Window], settle: Settling) -> Iterator[list[int]]:
    """Numbers of the months that are settled together."""
    keys = [quarter_of(month.start) if settle is Settling.QUARTER else (m, 0) for m, month in enumerate(calendar)]
    for _, group in groupby(range(len(calendar)), lambda m: keys[m]):
        yield list(group)


def _share(commitment: Commitment, month: Window) -> Decimal:
    return decimal_of(commitment.months.get(f"{month.start:%Y-%m}", commitment.share))


def _sum(days: Int64, month: Window) -> Decimal:
    return Decimal(int(days[month.first : month.end].sum()))
