"""The linear program of a week's roster (`roster_fit`), solved by HiGHS through its dual.

Of heads on each shift y, heads on the payroll n and what every date lacks to each tier of `SPARE`, z,

    least n + idle . y + price x sum of z, where    C y >= r                     required agents, slot by slot
                                                    D C y + z >= spare x D r     with some to spare, date by date
                                                    G y <= share x n             a head works one shift a day
                                                    S y <= seats                 in every slot, where they bind
                                                    K y = days x share x n       days a week, of each kind of contract

C: share of a shift's people on the floor in a slot; S: at work; G, K: shifts of a kind on a date, of a kind; D: slots
of a date. Its dual has a column for each of these rows and a row for each shift,

    most r . u + spare x D r . v - seats . s, where    C' u + (D C)' v - G' w - S' s - K' k <= idle
                                                       share . w + (days x share) . k <= 1
                                                       u, w, s >= 0, 0 <= v <= price

and its own prices of these rows are y and n. So z costs a bound instead of columns, weeks differ in the objective
only, and simplex needs a third fewer steps, each shorter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.scenario.grid import Int64
from simulation.world.rosters.employment_kinds import Kind
from simulation.world.rosters.patterns import Float64

Mask = NDArray[np.bool_]
DAYS = 7
SPARE = (1.25, 1.6)
_SLIGHTLY = 0.2
"""What lies towards SPARE is worth so little that no head is added for it."""
_IDLE = 0.25
"""Price of an hour on shift while nothing is required, in hours of a head: some paid hours more keep people from
starting long before their queues open, which least hours alone may ask only to get breaks out of the way."""
_SHORT = 10.0
"""Price of an agent who is missing in a slot, in heads: more than any shift that could bring one costs."""
_NONE = 1e-7


@dataclass(frozen=True, eq=False)
class WeekProgram:
    """A week's program but for its size; shifts stand by kind, date and start.

    busy: Int64, slots in which somebody is required and may be there. on_date: Float64 (7, busy), each slot's share of
    its date. prices: Float64 (shifts + 1,), of heads on each shift and on the payroll. rows: sparse (shifts + 1,
    columns), coefficients of the dual, and bounds: Float64 (columns, 2). seats: sparse (shifts + 1, 7 x slots).
    """

    busy: Int64
    on_date: Float64
    prices: Float64
    rows: Any
    bounds: Float64
    seats: Any

    @classmethod
    def of(
        cls, kinds: Sequence[Kind], at_work: Float64, seated: Float64, on_floor: Float64, needed: Mask
    ) -> "WeekProgram":
        """The program of weeks in which somebody is required in the same slots.

        at_work, seated, on_floor: Float64 (7 x slots, shifts), share of a shift's people at work, of those who work on
        its date, of those on the floor. needed: (7 x slots,).
        """
        from scipy.sparse import csc_array

        slots = len(at_work) // DAYS
        busy = np.flatnonzero(needed & seated.any(axis=1))
        on_date = (busy // slots == np.arange(DAYS)[:, None]) / slots
        longest = max(kind.days_per_week * kind.hours for kind in kinds) * slots / 24
        idle = _IDLE * at_work[~needed].sum(axis=0) / longest
        rows = _rows(kinds, on_floor[busy], on_date)
        bounds = np.tile([0.0, np.inf], (len(rows), 1))
        bounds[len(busy) : len(busy) + len(SPARE) * DAYS, 1] = _SLIGHTLY / len(SPARE) * slots / longest
        bounds[-len(kinds) :, 0] = -np.inf
        seats = np.append(-seated, np.zeros((len(seated), 1)), axis=1)
        return cls(busy, on_date, np.append(idle, 1.0), csc_array(rows.T), bounds, csc_array(seats.T))

    def solved(self, required: Float64, seats: float | None = None, *, may_lack: bool = False) -> Float64 | None:
        """Float64 (shifts + 1,): heads on each shift, and on the payroll; None where there is no such roster.

        required: Float64 (7 x slots,). seats: in every slot; None: any number. may_lack: at a price it falls short.
        """
        from scipy.optimize import linprog  # over a second to import, for those whose shifts are fitted
        from scipy.sparse import hstack

        required = required[self.busy]
        worth, rows = np.zeros(len(self.bounds)), self.rows
        bounds: Any = self.bounds.copy()
        worth[: len(required)] = required
        worth[len(required) : len(required) + len(SPARE) * DAYS] = np.outer(
            SPARE, _by_date(self.on_date, required)
        ).ravel()
        if may_lack:
            bounds[: len(required), 1] = _SHORT
        if seats is not None:
            worth = np.append(worth, np.full(self.seats.shape[1], -seats))
            rows = hstack([rows, self.seats], format="csc")
            bounds = np.append(bounds, np.tile([0.0, np.inf], (self.seats.shape[1], 1)), axis=0)
        found = linprog(-worth, A_ub=rows, b_ub=self.prices, bounds=bounds, method="highs")
        if not found.success:
            return None
        heads: Float64 = -found.ineqlin.marginals
        return np.where(heads > _NONE, heads, 0.0)


def _rows(kinds: Sequence[Kind], on_floor: Float64, on_date: Float64) -> Float64:
    """Float64 (columns of the dual, shifts + 1)."""
    shifts = on_floor.shape[1]
    of_kind = np.repeat(np.eye(len(kinds)), shifts // len(kinds), axis=1)
    of_date = np.repeat(np.eye(len(kinds) * DAYS), shifts // len(kinds) // DAYS, axis=1)
    share = np.array([kind.share for kind in kinds])
    days = np.array([kind.days_per_week for kind in kinds])
    of_shifts = np.concatenate([on_floor, *[_by_date(on_date, on_floor)] * len(SPARE), -of_date, -of_kind])
    of_heads = np.concatenate([np.zeros(len(on_floor) + len(SPARE) * DAYS), np.repeat(share, DAYS), days * share])
    return np.append(of_shifts, of_heads[:, None], axis=1)


def _by_date(on_date: Float64, figures: Float64) -> Float64:
    """Summed over each date's slots, one after the other: `@` adds in another order on another processor, and where
    rosters are equally good the last bit decides which one HiGHS finds."""
    weighed = on_date.reshape(*on_date.shape, *[1] * (figures.ndim - 1)) * figures
    return np.asarray(weighed.sum(axis=1))
