"""Notes on a scenario that is valid: what is allowed and may surprise."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from simulation.scenario.contracts.contract import Contract
from simulation.scenario.entries import leads_somewhere
from simulation.scenario.money import decimal_of
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team, VendorKind


@dataclass(frozen=True)
class Note:
    """A note and the place that it is about."""

    path: str
    message: str


def notes(scenario: Scenario) -> list[Note]:
    """All of them, in the document's order."""
    is_priced = scenario.client_cost is not None or any(of.pricing for one in scenario.vendors for of in one.contracts)
    found = []
    for vendor in scenario.vendors:
        at = f"vendors.{vendor.id}"
        if is_priced and vendor.kind is VendorKind.IN_HOUSE and all(team.cost is None for team in vendor.teams):
            found.append(Note(f"{at}.teams", "the client's cost is without its own people: none of them has a cost"))
        for team in vendor.teams:
            found += [Note(f"{at}.teams.{team.id}.cost.{name}", NO_WAGE) for name in _of_no_wage(team)]
            found += [Note(f"{at}.teams.{team.id}.shifts", message) for message in _of_other_hours(team)]
        for place, contract in enumerate(vendor.contracts):
            where = f"{at}.contracts.{place}"
            if contract.at_risk is not None and not any(clause.credits for clause in contract.slas):
                found.append(Note(f"{where}.at_risk", "no clause has credits, so nothing of it is ever paid back"))
            found += [Note(f"{where}.slas", message) for message in _allocations(contract)]
    return [*found, *_astray(scenario)]


def _astray(scenario: Scenario) -> Iterator[Note]:
    """Sources of figures that are not there, as after a change that took a part away."""
    data = scenario.model_dump(mode="json", by_alias=True) if scenario.sources else {}
    for path in scenario.sources:
        if not leads_somewhere(data, path):
            yield Note(f"sources.{path}", "this path leads nowhere in the scenario; mend it or leave the source out")


NO_WAGE = "it is a share of hourly_wage, which is 0"


def _of_no_wage(team: Team) -> Iterator[str]:
    """Fields of a team's cost that are shares of a wage that is not said."""
    if team.cost is not None and not team.cost.hourly_wage:
        yield from (name for name in ("benefits_share", "night_premium") if getattr(team.cost, name))


def _of_other_hours(team: Team) -> Iterator[str]:
    """Given shifts that pay an FTE other hours than its contract says."""
    if team.workforce is None or team.workforce.mean_days is None or not team.shifts:
        return
    rostered = team.workforce.mean_days * sum(shift.share * shift.paid_hours for shift in team.shifts)
    full_time = team.workforce.hours_per_week
    if abs(rostered - full_time) > 0.005 * full_time:
        days = team.workforce.mean_days
        yield (
            f"on {days:.4g} days a week these shifts pay an FTE {rostered:.4g} hours, hours_per_week says "
            f"{full_time:g}; change the shifts' hours, or days_per_week in employment"
        )


def _allocations(contract: Contract) -> Iterator[str]:
    """Clauses that together stand on more than is at risk."""
    credited = [clause for clause in contract.slas if clause.credits]
    equal = Decimal(1) / len(credited) if credited else Decimal(0)
    shares = [equal if clause.allocation is None else decimal_of(clause.allocation) for clause in credited]
    if sum(shares) > Decimal("1.000001"):
        yield f"allocations add up to {float(100 * sum(shares)):.4g} % of the amount at risk; the cap binds at 100 %"
