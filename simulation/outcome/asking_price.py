"""The price to ask: by what a vendor's rates must be multiplied for a margin to be reached with a probability.

All recurring lines, and with them credits, bonuses and what is earned back, which are shares of them, grow with the
rates; ONE_OFF and an exit's fee do not. So in each replication the least factor is
f = (own cost / (1 - margin) - paid once) / recurring, and the one asked for is the probability's quantile of them: the
smallest that suffices in that share of the replications. Rates are then rounded up to a ten-thousandth, and the run is
settled by them once more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.estimates import Chance
from simulation.outcome.money.exit_rights import EXIT_FEE
from simulation.outcome.money.settlement import InvoiceLine, Settlement, VendorResult
from simulation.outcome.rescoring import contracted, rescored
from simulation.outcome.shards.kept import Kept
from simulation.scenario.contracts.pricing import AMOUNTS, BANDED
from simulation.scenario.contracts.pricing_kinds import PricingKind
from simulation.scenario.money import decimal_of
from simulation.scenario.problems import ScenarioError
from simulation.scenario.quantities import Id
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.scenario import Scenario

Float64 = NDArray[np.float64]

SMALLEST = Decimal("0.0001")
"""What rates are rounded up to."""
CENT = 0.005
LEAST, MOST = -10.0, 0.999
"""Margins; nearer to 1 nothing is left for the cost."""
ONCE = (EXIT_FEE, *(kind for kind in PricingKind if not kind.definition.is_recurring))
"""Kinds of lines that do not grow with the rates."""
TURNS = 50


class PriceError(ValueError):
    """There is no price to ask; its text says why and what to do."""


@dataclass(frozen=True)
class PricedLine:
    """A recurring line of pricing, as it is and as it would be."""

    kind: str
    """What is charged for."""
    queues: tuple[Id, ...]
    """Ids of the queues that the contract names for it."""
    now: tuple[float, ...]
    """Its rate or amount in the contract; of bands, theirs in order."""
    asked: tuple[float, ...]
    """The same at the price asked for, rounded up to 0.0001."""


@dataclass(frozen=True)
class AskingPrice:
    """What a vendor has to ask for a margin."""

    factor: float
    """By what every recurring rate is multiplied."""
    lines: tuple[PricedLine, ...]
    """The lines of its contracts but ONE_OFF."""
    reached: Chance
    """Probability that the margin is reached by those rates."""


def price_for(kept: Kept, simulated: Scenario, vendor: str, margin: float, probability: float) -> AskingPrice:
    """The least price at which invoices - own cost >= margin x invoices over the horizon, with a probability.

    margin: -10 to 0.999; negative ones are a loss. probability: over 0, up to 1, of the replications. Raises
    PriceError.
    """
    if not LEAST <= margin <= MOST:
        bounds = f"write a share from {LEAST:g} to {MOST:g}"
        raise PriceError(f"a margin of {margin:g} of the invoices is out of reach; {bounds}")
    if not 0 < probability <= 1:
        raise PriceError(f"{probability:g} is no probability to reach; write a share over 0, such as 0.9")
    found = _vendor(rescored(kept, simulated, simulated), vendor)
    once = _sum(found, lambda line: line.kind in ONCE)
    recurring, own = _sum(found, lambda line: line.kind not in ONCE), _own(found, vendor)
    if (recurring <= 0).any():
        raise PriceError(f"{vendor} charges nothing that recurs in some replication; add pricing with a rate")
    factors = np.sort((own / (1 - margin) - once) / recurring)
    factor = max(float(factors[ceil(probability * len(factors) - 1e-9) - 1]), 0.0)
    for turn in range(TURNS):  # a line's cents may round down
        tried = factor * (1 + turn * 1e-6)
        priced = _priced(simulated, vendor, tried)
        try:
            scenario = contracted(simulated, {vendor: priced})
        except ScenarioError as error:
            raise PriceError(f"rates of {tried:g} times today's are no rates: {error.problems[0]}") from None
        result = _vendor(rescored(kept, simulated, scenario), vendor)
        enough = _sum(result, lambda _: True) * (1 - margin) + CENT >= own
        if enough.mean() + 1e-9 >= probability:
            break
    else:
        raise PriceError(f"no price near {tried:g} times today's gives {vendor} that margin; ask for another one")
    return AskingPrice(tried, _lines(simulated, vendor, priced), Chance(int(enough.sum()), len(enough)))


def _vendor(settlement: Settlement, vendor: str) -> VendorResult:
    found = next((one for one in settlement.vendors if one.id == vendor), None)
    if found is None or not any(month.lines for month in found.months):
        billed = [one.id for one in settlement.vendors if any(month.lines for month in one.months)]
        known = f"write one of {', '.join(billed)}" if billed else "add contracts to a vendor of the scenario"
        raise PriceError(f"there is no contract with a vendor {vendor!r}; {known}")
    return found


def _own(found: VendorResult, vendor: str) -> Float64:
    costs = [month.own_cost for month in found.months]
    known = [cost.over for cost in costs if cost is not None]
    if len(known) < len(costs):
        raise PriceError(f"nothing says what the people of {vendor} cost it; add cost to each of its teams")
    added: Float64 = np.sum(known, axis=0)
    return added


def _sum(found: VendorResult, wanted: Callable[[InvoiceLine], bool]) -> Float64:
    """Of the invoices' lines, by replication."""
    amounts: list[Float64] = [line.amount.over for month in found.months for line in month.lines if wanted(line)]
    added: Float64 = np.sum([np.zeros_like(found.months[0].invoice.over), *amounts], axis=0)
    return added


def _priced(scenario: Scenario, vendor: str, factor: float) -> list[dict[str, Any]]:
    """The vendor's contracts as plain data, every recurring rate multiplied and rounded up."""
    contracts: list[dict[str, Any]] = next(
        one["contracts"] for one in canonical_data(scenario)["vendors"] if one["id"] == vendor
    )
    return [{**one, "pricing": [_times(line, decimal_of(factor)) for line in one["pricing"]]} for one in contracts]


def _times(line: Mapping[str, Any], factor: Decimal) -> dict[str, Any]:
    if line["kind"] in ONCE:
        return dict(line)
    times = {name: _up(line[name], factor) for name in AMOUNTS if line.get(name) is not None}
    bands = {
        name: [{**band, "rate": _up(band["rate"], factor)} for band in line[name]] for name in BANDED if line.get(name)
    }
    return {**line, **times, **bands}


def _up(rate: float, factor: Decimal) -> float:
    return float((decimal_of(float(rate)) * factor).quantize(SMALLEST, ROUND_CEILING))


def _lines(scenario: Scenario, vendor: str, priced: Sequence[Mapping[str, Any]]) -> tuple[PricedLine, ...]:
    before = next(one["contracts"] for one in canonical_data(scenario)["vendors"] if one["id"] == vendor)
    pairs = [
        pair
        for old, new in zip(before, priced, strict=True)
        for pair in zip(old["pricing"], new["pricing"], strict=True)
        if pair[0]["kind"] not in ONCE and rates_of(pair[0])
    ]
    return tuple(
        PricedLine(str(old["kind"]), tuple(old.get("queues", ())), rates_of(old), rates_of(new)) for old, new in pairs
    )


def rates_of(line: Mapping[str, Any]) -> tuple[float, ...]:
    """What a line of pricing says in money, in the order of its fields."""
    own = [float(line[name]) for name in AMOUNTS if line.get(name) is not None]
    return (*own, *(float(band["rate"]) for name in BANDED for band in line.get(name, ())))
