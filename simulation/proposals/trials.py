"""What is kept of a simulated candidate: what came of each replication, small enough for many of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.comparison import Simulated
from simulation.outcome.money.settlement import Settlement
from simulation.outcome.report.strength import VendorStrength
from simulation.scenario.contracts.pricing_kinds import PricingKind
from simulation.studies.readings import Amount, Break, Reading, Share, reading_of

Float64 = NDArray[np.float64]

CREDIT = "CREDIT"
"""The kind of the lines by which credits are taken off an invoice."""
RECURRING = frozenset(kind.value for kind in PricingKind if kind.definition.is_recurring)


@dataclass(frozen=True)
class Strength:
    """When a vendor has the people that its work requires, and whom its plan brings."""

    vendor: str
    """The vendor's id in the candidate's scenario."""
    reached: Share
    """Share of the replications in which at some week's start it has 98 % of the FTE that the week requires."""
    weeks: Amount | None
    """Weeks until then, of the replications in which it comes to that; null where it never does."""
    counted_weeks: float
    """Mean weeks until then, the whole horizon counted where it does not come to that."""
    short_weeks: Amount
    """Number of weeks at whose start it has less."""
    requisitioned: Amount
    """Heads asked for, by requisitions whose lead time ended within the horizon."""
    found: Amount
    """Heads found by these requisitions."""
    hired: Amount
    """Heads whose class started, given classes included."""


@dataclass(frozen=True)
class Trial:
    """What is kept of a candidate as planned or under a stress test."""

    reading: Reading
    """Whether each replication holds, what it costs and how it is served."""
    credits: tuple[float, ...] | None
    """Credits taken off the invoices, in the scenario's currency; null without invoices."""
    recurring: float
    """Mean recurring charges of the invoices, of which a share is at risk, in the scenario's currency."""
    strengths: tuple[Strength, ...]
    """Of the vendors that have people."""

    @property
    def holds(self) -> Share:
        """The share of replications that hold."""
        return self.reading.holds

    @property
    def cost(self) -> Amount | None:
        """The client's cost."""
        return self.reading.amount

    @property
    def first_break(self) -> Break | None:
        """What breaks first."""
        return self.reading.first_break


def trial_of(simulated: Simulated) -> Trial:
    """The trial of a scenario and what came of it."""
    settlement = simulated.result.settlement
    credits = _lines(settlement, frozenset({CREDIT}), simulated.result.replications)
    charged = _lines(settlement, RECURRING, simulated.result.replications)
    has_invoices = any(month.lines for vendor in settlement.vendors for month in vendor.months)
    weeks = -(-simulated.scenario.horizon.days // 7)
    return Trial(
        reading_of(simulated),
        tuple((0.0 - credits).tolist()) if has_invoices else None,
        float(charged.mean()),
        tuple(_strength(one, weeks) for one in simulated.result.scaling.vendors),
    )


def _lines(settlement: Settlement, kinds: frozenset[str], replications: int) -> Float64:
    """Float64 (replications,): invoice lines of some kinds, of all vendors and months."""
    amounts = [
        line.amount.over
        for vendor in settlement.vendors
        for month in vendor.months
        for line in month.lines
        if line.kind in kinds
    ]
    return np.asarray(np.sum([np.zeros(replications), *amounts], axis=0))


def _strength(strength: VendorStrength, horizon: int) -> Strength:
    weeks, trials = strength.weeks.values, strength.reached.trials
    people = (strength.short_weeks, strength.requisitioned, strength.found, strength.hired)
    return Strength(
        strength.id,
        Share.of(strength.reached.successes, trials),
        Amount.of(weeks) if len(weeks) else None,
        float((weeks.sum() + (trials - len(weeks)) * horizon) / trials),
        *(Amount.of(one.over) for one in people),
    )
