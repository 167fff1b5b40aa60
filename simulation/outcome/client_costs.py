"""What service costs the client: invoices, its own people, and what `client_cost` adds, by month and line."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.charges import Line, charge
from simulation.outcome.counters import QueueField
from simulation.outcome.meters import MICROSECONDS_AN_HOUR, Counted, Meter
from simulation.scenario.channels import Channel
from simulation.scenario.costs import ClientCost
from simulation.scenario.pricing import Pricing, PricingKind

Int64 = NDArray[np.int64]
_Q = QueueField


def client_lines(cost: ClientCost, counted: Counted, dates: Sequence[date]) -> list[Line]:
    """RETAINED, TELEPHONY, ABANDONED and LATE, those that cost anything."""
    queues = counted.queues
    voice = [q for q, queue in enumerate(counted.scenario.queues) if queue.channel is Channel.VOICE]
    on_line = queues[:, :, voice][..., [_Q.ANSWERED_WAIT, _Q.ABANDONED_WAIT, _Q.HANDLE_TIME]].sum(axis=(2, 3))
    late = queues[..., _Q.DUE].sum(axis=2) - queues[..., _Q.DUE_MET].sum(axis=2)
    retained = Pricing(kind=PricingKind.FIXED_MONTHLY, amount=cost.retained_per_month)
    found = [
        Line("RETAINED", (), charge(retained, None, dates, len(queues)).cents),
        _line("TELEPHONY", cost.telephony_per_minute, on_line, MICROSECONDS_AN_HOUR / 60, dates),
        _line("ABANDONED", cost.abandoned_contact, queues[..., _Q.ABANDONED].sum(axis=2), Decimal(1), dates),
        _line("LATE", cost.late_item, late, Decimal(1), dates),
    ]
    return [line for line in found if line.cents.any()]


def _line(kind: str, rate: float, days: Int64, unit: Decimal, dates: Sequence[date]) -> Line:
    pricing = Pricing(kind=PricingKind.PER_CONTACT, rate=rate)
    return Line(kind, (), charge(pricing, Meter(((days, Decimal(1)),), unit), dates, len(days)).cents)
