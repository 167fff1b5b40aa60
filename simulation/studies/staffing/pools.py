"""Which teams with given agents share work, and what an hour of their agents costs the client."""

from dataclasses import dataclass

from simulation.scenario.contracts.pricing_kinds import PricingKind
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team, Vendor, VendorKind

HOURLY = (PricingKind.PER_PRODUCTIVE_HOUR, PricingKind.PER_PAID_HOUR)
"""Pricing that charges for an agent's hour."""


@dataclass(frozen=True)
class Pool:
    """Teams joined by queues that they serve, and these queues; places in the scenario, ascending.

    given: whether the agents of all of its teams are given, so that all of them may be sought
    """

    teams: tuple[int, ...]
    queues: tuple[int, ...]
    given: bool

    @property
    def is_single(self) -> bool:
        """Whether one team serves one queue: formulas are exact."""
        return len(self.teams) == len(self.queues) == 1


def pools(scenario: Scenario) -> list[Pool]:
    """The pools in which somebody's agents are given; queues that nobody serves are in none."""
    place = {queue.id: q for q, queue in enumerate(scenario.queues)}
    left = {t: {place[skill.queue] for skill in team.skills} for t, team in enumerate(scenario.teams)}
    found = []
    while left:
        first = min(left)
        teams, queues = {first}, left.pop(first)
        while joined := [t for t, served in left.items() if served & queues]:
            for t in joined:
                teams.add(t)
                queues |= left.pop(t)
        staffed = [scenario.teams[t].staffing is not None for t in teams]
        if any(staffed):
            found.append(Pool(tuple(sorted(teams)), tuple(sorted(queues)), all(staffed)))
    return found


def hourly_prices(scenario: Scenario, pool: Pool) -> list[float]:
    """What an hour of an agent of each team of a pool costs the client, in the scenario's currency; 1 each where that
    is not known of all.

    Of an outside vendor the rate of the line that charges for hours, of the client's own people wage and benefits.
    """
    vendors = {team.id: vendor for vendor in scenario.vendors for team in vendor.teams}
    prices = [_price(scenario, vendors[scenario.teams[t].id], scenario.teams[t]) for t in pool.teams]
    known = [price for price in prices if price]
    return known if len(known) == len(prices) else [1.0] * len(prices)


def _price(scenario: Scenario, vendor: Vendor, team: Team) -> float | None:
    exchange = scenario.exchange_rates.get(vendor.currency, 1.0) if vendor.currency is not None else 1.0
    if vendor.kind is VendorKind.IN_HOUSE:
        return None if team.cost is None else team.cost.hourly_wage * (1 + team.cost.benefits_share) / exchange
    served = {skill.queue for skill in team.skills}
    for contract in vendor.contracts:
        for line in contract.pricing:
            if line.kind in HOURLY and (not line.queues or served & set(line.queues)) and line.steps:
                return line.steps[0].rate / exchange
    return None
