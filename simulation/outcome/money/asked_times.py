"""Which times contracts and costs ask for besides what the counters by day tell.

Of pricing they are by kind, in `TIMES`; the units of every other kind are in the counters by day
(`pricing_meters.METERS`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from simulation.outcome.money.billable_hours import Billing
from simulation.outcome.money.charged_times import Asked, CappedTime, ChargedTime, Time
from simulation.scenario.checks.premiums import has_overrun, hour_lines
from simulation.scenario.contracts.attribution import Served, charged, covered
from simulation.scenario.contracts.contract import Contract
from simulation.scenario.contracts.night import Night
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.contracts.pricing_kinds import Hours, PricingKind
from simulation.scenario.people.classes import HiringReason
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team

TimesOf = Callable[[Pricing, Pricing, int], list[ChargedTime]]
"""Of a line, the line whose hours it makes dearer (else itself), and the place of a team."""
IN_TRAINING = {
    HiringReason.GROWTH: Time.TRAINING_GROWTH,
    HiringReason.REPLACEMENT: Time.TRAINING_REPLACEMENT,
}


def charged_times(scenario: Scenario) -> tuple[Asked, ...]:
    """Every one that a scenario's contracts and costs ask for, once, in the order of the document."""
    return tuple(dict.fromkeys([*_of_costs(scenario), *_of_contracts(scenario)]))


def _of_costs(scenario: Scenario) -> Iterator[ChargedTime]:
    for t, team in enumerate(scenario.teams):
        if team.cost is not None and team.cost.night_premium:
            yield ChargedTime(t, Time.PAID, team.cost.night)
        if team.cost is not None and holiday_premium(team) > 1:
            yield ChargedTime(t, Time.PAID, on_holidays=True)


def holiday_premium(team: Team) -> float:
    """Factor on the wage of its hours on public holidays."""
    crew = team.workforce
    return crew.holidays.premium if crew is not None and crew.holidays is not None else 1.0


def _of_contracts(scenario: Scenario) -> Iterator[Asked]:
    document = scenario.model_dump(by_alias=True) if any(vendor.contracts for vendor in scenario.vendors) else {}
    places = {team.id: t for t, team in enumerate(scenario.teams)}
    for vendor in scenario.vendors:
        for contract in vendor.contracts:
            served = Served.of(document, vendor.id)
            own = covered(document, contract.model_dump(), served)
            for pricing in contract.pricing:
                hours = hours_of(pricing, contract, own)
                yield from asked_by(pricing, hours, charged(pricing.model_dump(), own), served, places)


def hours_of(pricing: Pricing, contract: Contract, own: Sequence[str]) -> Pricing | None:
    """The line that charges for the hours that a premium makes dearer, with all its queues; None of other kinds. `own`:
    the contract's queues."""
    if not pricing.kind.definition.is_premium:
        return None
    lines = [line.model_dump() for line in contract.pricing]
    (place,) = hour_lines(pricing.model_dump(), lines, own)
    return contract.pricing[place].model_copy(update={"queues": tuple(charged(lines[place], own))})


def asked_by(
    pricing: Pricing, hours: Pricing | None, queues: Sequence[str], served: Served, places: Mapping[str, int]
) -> list[Asked]:
    """What a line charges for its queues, added up; nothing where the counters by day tell it.

    hours: see `hours_of`. places: of all teams by id
    """
    times_of, hours = TIMES.get(pricing.counted_kind), hours or pricing
    if times_of is None:
        return []
    times = [one for team in served.teams_of(queues) for one in times_of(pricing, hours, places[team])]
    if hours.billable is None or hours.billable.cap is None:
        return list(times)
    teams = tuple(places[team] for team in served.teams_of(hours.queues))
    return [CappedTime(tuple(times), Billing(hours.billable, teams))]


def is_paid(hours: Pricing) -> bool:
    """Whether a line charges for paid hours, not for productive ones."""
    return hours.kind.definition.hours is Hours.PAID


def worked(hours: Pricing) -> Time:
    """The time that a line of hours charges for, but for a cap."""
    if is_paid(hours):
        return Time.PAID
    return Time.PAST_NESTING if hours.billable is not None and not hours.billable.nesting else Time.PRODUCTIVE


def _training(line: Pricing, _: Pricing, team: int) -> list[ChargedTime]:
    reasons = [line.hires] if line.hires is not None else list(HiringReason)
    return [ChargedTime(team, IN_TRAINING[reason]) for reason in reasons]


def _overtime(line: Pricing, hours: Pricing, team: int) -> list[ChargedTime]:
    ordered = ChargedTime(team, Time.OVERTIME if is_paid(hours) else Time.PRODUCTIVE_OVERTIME)
    with_overrun = has_overrun(line.model_dump(), hours.model_dump())
    return [ordered, ChargedTime(team, Time.OVERRUN)] if with_overrun else [ordered]


def _bench(_: Pricing, hours: Pricing, team: int) -> list[ChargedTime]:
    return [ChargedTime(team, Time.SURGE if is_paid(hours) else Time.PRODUCTIVE_SURGE)]


def _night(line: Pricing, hours: Pricing, team: int) -> list[ChargedTime]:
    return [ChargedTime(team, worked(hours), line.night or Night())]


def _holidays(_: Pricing, hours: Pricing, team: int) -> list[ChargedTime]:
    return [ChargedTime(team, worked(hours), on_holidays=True)]


TIMES: Mapping[PricingKind, TimesOf] = {
    PricingKind.PER_TRAINING_HOUR: _training,
    PricingKind.OVERTIME: _overtime,
    PricingKind.SURGE: _bench,
    PricingKind.NIGHT: _night,
    PricingKind.HOLIDAY: _holidays,
}
"""Of the kinds whose units the counters by day do not tell, which times they charge for."""
