"""What queues were offered and how they were served, slot after slot on an even grid."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Instants = NDArray[np.datetime64]

DAY_MINUTES = 1440

COLUMNS = (
    "answered",
    "abandoned",
    "answered_in_time",
    "aht_seconds",
    "asa_seconds",
    "wait_all_seconds",
    "abandon_wait_seconds",
    "agents",
    "busy_seconds",
)
"""What may be known of a slot besides what was offered. Counts are of the slot, `_seconds` are means per contact:
handling of answered contacts, waits of answered, all offered and abandoned ones; `agents` is the mean number on the
floor and `busy_seconds` the time they handled contacts, over all agents."""


@dataclass(frozen=True, eq=False)
class QueueHistory:
    """One queue's measured past.

    id:       a word that a scenario takes as a queue's id
    name:     what the file calls the queue
    timezone: IANA zone of its wall clock
    minutes:  length of a slot; 1440 is a local date, whatever hours a clock change leaves it
    starts:   (slots,) UTC instants at which slots begin, datetime64[m]: one follows the other without a hole, so an
              hour that a clock change doubles has its slots twice and one that it skips has none
    local:    (slots,) what the queue's wall clock shows at those instants, datetime64[m]
    offered:  (slots,) contacts offered, NaN where the file says nothing
    columns:  of `COLUMNS` those that the file has, (slots,) each, NaN where it says nothing
    threshold_seconds: how soon a contact is answered in time, None where the file does not say
    """

    id: str
    name: str
    timezone: str
    minutes: int
    starts: Instants
    local: Instants
    offered: Float64
    columns: Mapping[str, Float64] = field(default_factory=dict)
    threshold_seconds: float | None = None

    @property
    def first(self) -> datetime:
        """The wall clock at the beginning of the first slot."""
        shown: datetime = self.local[0].astype("datetime64[us]").item()
        return shown

    @property
    def end(self) -> datetime:
        """The wall clock at the end of the last slot, as if none changed within it."""
        last: datetime = self.local[-1].astype("datetime64[us]").item()
        return last + timedelta(minutes=self.minutes)

    @property
    def total(self) -> float:
        """Contacts offered in all that the file says."""
        return float(np.nansum(self.offered))


@dataclass(frozen=True, eq=False)
class PeriodTotals:
    """One queue's contacts by month or week: strategic rows, which have no shape within the period.

    offered: contacts by period as a scenario writes it, `2026-10` or `2026-W45`, in the order of time
    columns: of `COLUMNS` those that the file has, by period
    """

    id: str
    name: str
    timezone: str
    offered: Mapping[str, float]
    columns: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class History:
    """What a file says of the past: `queues` slot by slot, `totals` of those known by month or week only."""

    queues: tuple[QueueHistory, ...] = ()
    totals: tuple[PeriodTotals, ...] = ()
