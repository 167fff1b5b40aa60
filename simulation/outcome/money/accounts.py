"""The accounts of vendors: what each contract charges and what follows from its clauses, in cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.scores import ClauseScore
from simulation.outcome.counting.counters import STAYS
from simulation.outcome.money.asked_times import hours_of
from simulation.outcome.money.charges import charge
from simulation.outcome.money.commitments import CommitmentLine, commitments
from simulation.outcome.money.credits import Consequences, consequences
from simulation.outcome.money.exit_rights import ExitRight, exit_fee
from simulation.outcome.money.invoicing import Invoicing, Line
from simulation.outcome.money.meters import Counted, Meter
from simulation.outcome.money.own_costs import own_cost
from simulation.outcome.money.pricing_meters import meter_of
from simulation.scenario.contracts.attribution import Served, charged, covered
from simulation.scenario.contracts.contract import Contract
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.contracts.windows import months
from simulation.scenario.money import decimal_of
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Vendor

Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ContractAccount:
    """A contract settled.

    scores:  of its clauses
    metered: its lines of pricing, with what counts their units
    capped:  productive and ordered hours of those that bill hours up to a cap, None of the others
    charges: what they charge
    committed: what the client pays although it did not send it
    follows: what the clauses add
    invoicing: what its lines have in common
    right:   to leave; None where the contract gives none
    fees:    of a vendor who leaves, what the client pays for it
    """

    contract: Contract
    scores: Sequence[ClauseScore]
    metered: Sequence[tuple[Pricing, Meter | None]]
    capped: Sequence[tuple[Meter, Meter] | None]
    charges: Sequence[Line]
    committed: Sequence[CommitmentLine]
    follows: Consequences
    invoicing: Invoicing
    right: ExitRight | None
    fees: Sequence[Line]

    @classmethod
    def of(
        cls,
        contract: Contract,
        vendor: int,
        scores: Sequence[ClauseScore],
        counted: Counted,
        served: Served,
        own: Sequence[str],
        exchange: Decimal,
    ) -> "ContractAccount":
        """Of a contract that covers these queues of the vendor at a place, with so many units of its currency for one
        of ours."""
        dates, begins = counted.scenario.horizon.dates, counted.exits[:, vendor]
        invoicing = Invoicing(dates, exchange, counted.ends(vendor))
        metered = [_metered(pricing, contract, counted, served, own) for pricing in contract.pricing]
        capped = [
            counted.hours_capped(charged(pricing.model_dump(), own), served) if pricing.is_capped else None
            for pricing in contract.pricing
        ]
        charges = [charge(pricing, meter, invoicing) for pricing, meter in metered]
        pairs = zip(charges, contract.pricing, strict=True)
        recurring = [line for line, pricing in pairs if pricing.kind.definition.is_recurring]
        committed = commitments(contract, vendor, own, served, counted, exchange)
        follows = consequences(contract, scores, recurring, months(dates), len(counted.queues))
        right = ExitRight.of(contract, scores)
        has_fee = right is not None and right.terms.fee and (begins != STAYS).any()
        fees = [exit_fee(right.terms, begins, months(dates), exchange)] if right is not None and has_fee else []
        return cls(contract, scores, metered, capped, charges, committed, follows, invoicing, right, fees)


def _metered(
    pricing: Pricing, contract: Contract, counted: Counted, served: Served, own: Sequence[str]
) -> tuple[Pricing, Meter | None]:
    """A line of pricing, a premium at the rate and the rises of the hours that it makes dearer, and its meter."""
    hours = hours_of(pricing, contract, own)
    meter = meter_of(pricing, hours, charged(pricing.model_dump(), own), served, counted)
    if hours is None:
        return pricing, meter
    rises = (*hours.indexation, *pricing.indexation)
    return pricing.model_copy(update={"rate": hours.rate, "indexation": rises}), meter


@dataclass(frozen=True, eq=False)
class Account:
    """A vendor's contracts, and what its people cost it, None where that is not said."""

    vendor: Vendor
    contracts: Sequence[ContractAccount]
    own: Sequence[Line] | None

    @property
    def lines(self) -> list[Line]:
        """The lines of its invoices, contract by contract."""
        return [
            line
            for one in self.contracts
            for line in (*one.charges, *(owed.line for owed in one.committed), *one.follows.lines, *one.fees)
        ]

    @property
    def scored(self) -> list[tuple[ClauseScore, Int64, Int64, Int64]]:
        """Its clauses with their credits before the cap, what was earned back and what is open, Int64 (replications,
        windows)."""
        return [
            (score, credits, earned, still_open)
            for one in self.contracts
            for score, credits, earned, still_open in zip(
                one.scores, one.follows.credits, one.follows.earned, one.follows.open, strict=True
            )
        ]


def accounts_of(
    scenario: Scenario, scores: Sequence[ClauseScore], counted: Counted, dates: Sequence[date]
) -> list[Account]:
    """Of every vendor, in document order. `scores`: of all clauses, by vendor, contract and place."""
    document = scenario.model_dump(by_alias=True) if any(vendor.contracts for vendor in scenario.vendors) else {}
    ahead = iter(scores)
    found = []
    for place, vendor in enumerate(scenario.vendors):
        own_money = vendor.currency is None or vendor.currency == scenario.currency
        exchange = Decimal(1) if own_money else decimal_of(scenario.exchange_rates[vendor.currency or ""])
        contracts = []
        for contract in vendor.contracts:
            served = Served.of(document, vendor.id)
            own = covered(document, contract.model_dump(), served)
            of_contract = [next(ahead) for _ in contract.slas]
            contracts.append(ContractAccount.of(contract, place, of_contract, counted, served, own, exchange))
        found.append(Account(vendor, contracts, own_cost(place, counted, exchange)))
    return found
