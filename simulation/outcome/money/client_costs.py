"""What service costs the client: invoices, its own people, and what `client_cost` adds, by month and line."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import QueueField
from simulation.outcome.money.amounts import MonthlyAmounts
from simulation.outcome.money.invoicing import Bills, Invoicing, Line, billed
from simulation.outcome.money.meters import MICROSECONDS_AN_HOUR, Counted, plain
from simulation.outcome.money.settlement import CostKind
from simulation.outcome.money.unit_bills import Tariff, UnitsBills
from simulation.scenario.contracts.costs import ClientCost
from simulation.scenario.money import decimal_of
from simulation.scenario.queues.channels import Channel

Int64 = NDArray[np.int64]
_Q = QueueField


def client_lines(cost: ClientCost, counted: Counted, dates: Sequence[date]) -> list[Line]:
    """RETAINED, TELEPHONY, ABANDONED and LATE, those that cost anything."""
    queues = counted.queues
    voice = [q for q, queue in enumerate(counted.scenario.queues) if queue.channel is Channel.VOICE]
    on_line = queues[:, :, voice][..., [_Q.ANSWERED_WAIT, _Q.ABANDONED_WAIT, _Q.HANDLE_TIME]].sum(axis=(2, 3))
    late = queues[..., _Q.DUE].sum(axis=2) - queues[..., _Q.DUE_MET].sum(axis=2)
    invoicing = Invoicing(dates, Decimal(1), np.full(len(queues), len(dates)))
    minute = MICROSECONDS_AN_HOUR / 60
    bills: dict[CostKind, Bills] = {
        CostKind.RETAINED: MonthlyAmounts(decimal_of(cost.retained_per_month), (), invoicing),
        CostKind.TELEPHONY: _bills(cost.telephony_per_minute, on_line, minute, invoicing),
        CostKind.ABANDONED: _bills(
            cost.abandoned_contact, queues[..., _Q.ABANDONED].sum(axis=2), Decimal(1), invoicing
        ),
        CostKind.LATE: _bills(cost.late_item, late, Decimal(1), invoicing),
    }
    found = [Line(kind, (), billed(one, invoicing)) for kind, one in bills.items()]
    return [line for line in found if line.cents.any()]


def _bills(rate: float, days: Int64, unit: Decimal, invoicing: Invoicing) -> Bills:
    return UnitsBills(Tariff.of_rate(rate), plain(days, unit), invoicing)
