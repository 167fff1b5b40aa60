"""Times of teams by day that contracts and costs ask for, and that the counters by day do not tell.

They are the hours of the night and of public holidays, those on overtime or of the bench that are productive, those of
people past nesting, and those of people in training. A scenario has the ones that its own contracts and costs name.

Of hours that are billed up to a cap, those over it are the dear ones first: a premium is charged for

    max(0, its hours - (productive - billable hours of the line))

of each interval, or of each day. In proportion instead a vendor would earn more by staffing the night beyond the cap.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.billable_hours import Billing
from simulation.outcome.clause_counts import by_day
from simulation.outcome.counters import GroupField, TimeField
from simulation.scenario.attribution import Served, charged, covered
from simulation.scenario.billable import CapBy
from simulation.scenario.classes import HiringReason
from simulation.scenario.contracts import Contract
from simulation.scenario.grid import DAY, MINUTE, Grid, day_number
from simulation.scenario.night import Night
from simulation.scenario.premiums import hour_lines
from simulation.scenario.pricing import PREMIUMS, OvertimeHours, Pricing, PricingKind
from simulation.scenario.public_holidays import public_holidays
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Site, Team

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]
_G, _T = GroupField, TimeField

MINUTES_A_DAY = 24 * 60


class Time(StrEnum):
    """Which of a team's time."""

    PAID = "PAID"
    PRODUCTIVE = "PRODUCTIVE"
    PAST_NESTING = "PAST_NESTING"  # productive, but that of people in nesting
    OVERTIME = "OVERTIME"  # paid
    SURGE = "SURGE"  # paid
    PRODUCTIVE_OVERTIME = "PRODUCTIVE_OVERTIME"
    PRODUCTIVE_SURGE = "PRODUCTIVE_SURGE"
    OVERRUN = "OVERRUN"  # productive, and nobody pays it: agents who finish a contact after their hours
    TRAINING_GROWTH = "TRAINING_GROWTH"  # sevenfold
    TRAINING_REPLACEMENT = "TRAINING_REPLACEMENT"


OF_DAYS = {
    Time.PAID: GroupField.ROSTERED,
    Time.PRODUCTIVE: GroupField.ON_FLOOR,
    Time.OVERTIME: GroupField.OVERTIME,
    Time.SURGE: GroupField.SURGE,
}
"""What the counters of teams by day tell, too."""
IN_TRAINING = {
    HiringReason.GROWTH: Time.TRAINING_GROWTH,
    HiringReason.REPLACEMENT: Time.TRAINING_REPLACEMENT,
}


@dataclass(frozen=True)
class ChargedTime:
    """Time of a team, by its place: all of it, that of the night or that of public holidays."""

    team: int
    time: Time
    night: Night | None = None
    on_holidays: bool = False

    @property
    def parts(self) -> tuple["ChargedTime", ...]:
        """Itself."""
        return (self,)

    @property
    def is_whole(self) -> bool:
        """Whether it is that of all hours."""
        return self.night is None and not self.on_holidays

    @property
    def told(self) -> str:
        """It in words."""
        time = self.time.value.lower().replace("_", " ")
        if self.night is not None:
            return f"{time} time from {self.night.from_} to {self.night.to}"
        return f"{time} time on holidays" if self.on_holidays else f"{time} time"


@dataclass(frozen=True)
class CappedTime:
    """Of times that a premium makes dearer what is billed with a line's capped hours."""

    parts: tuple[ChargedTime, ...]
    billing: Billing

    @property
    def team(self) -> int:
        """The place of the first team."""
        return self.parts[0].team

    @property
    def told(self) -> str:
        """It in words."""
        return f"{self.parts[0].told} up to a cap"


Asked = ChargedTime | CappedTime
"""What is asked for, by day."""


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
    if pricing.kind not in PREMIUMS:
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
    times = [one for team in served.teams_of(queues) for one in _times_of(pricing, hours, places[team])]
    if hours is None or hours.billable is None or hours.billable.cap is None:
        return list(times)
    teams = tuple(places[team] for team in served.teams_of(hours.queues))
    return [CappedTime(tuple(times), Billing(hours.billable, teams))]


def _times_of(pricing: Pricing, hours: Pricing | None, team: int) -> list[ChargedTime]:
    if pricing.kind is PricingKind.PER_TRAINING_HOUR:
        reasons = [pricing.hires] if pricing.hires is not None else list(HiringReason)
        return [ChargedTime(team, IN_TRAINING[reason]) for reason in reasons]
    if hours is None:
        return []
    is_paid = hours.kind is PricingKind.PER_PAID_HOUR
    if pricing.kind is PricingKind.SURGE:
        return [ChargedTime(team, Time.SURGE if is_paid else Time.PRODUCTIVE_SURGE)]
    if pricing.kind is PricingKind.OVERTIME:
        ordered = ChargedTime(team, Time.OVERTIME if is_paid else Time.PRODUCTIVE_OVERTIME)
        with_overrun = not is_paid and pricing.only is not OvertimeHours.ORDERED
        return [ordered, ChargedTime(team, Time.OVERRUN)] if with_overrun else [ordered]
    worked = Time.PAID if is_paid else Time.PAST_NESTING if is_past_nesting(hours) else Time.PRODUCTIVE
    if pricing.kind is PricingKind.HOLIDAY:
        return [ChargedTime(team, worked, on_holidays=True)]
    return [ChargedTime(team, worked, pricing.night or Night())]


def is_past_nesting(pricing: Pricing) -> bool:
    """Whether a line does not charge for people in nesting."""
    return pricing.billable is not None and not pricing.billable.nesting


def when(asked: ChargedTime, scenario: Scenario, grid: Grid) -> Bool | None:
    """Bool (intervals,): those that begin in the night or on a holiday, by the clock of the team's site; None: all."""
    if asked.is_whole:
        return None
    team = scenario.teams[asked.team]
    site = next(site for vendor in scenario.vendors for site in vendor.sites if site.id == team.site)
    readings = grid.clock(site.timezone or scenario.timezone).readings(grid.interval_starts)
    if asked.night is not None:
        night = np.array([asked.night.holds(minute) for minute in range(MINUTES_A_DAY)])
        return np.asarray(night[readings // MINUTE % MINUTES_A_DAY])
    return np.isin(readings // DAY, _holidays(team, site, grid))


def _holidays(team: Team, site: Site, grid: Grid) -> list[int]:
    own = team.workforce.holidays if team.workforce is not None else None
    calendar = site.country if own is None or own.calendar is None else own.calendar
    years = grid.dates[0].year - 1, grid.dates[-1].year + 1  # the site's clock may be a day ahead or behind
    dates = public_holidays(calendar, *years) | set(own.extra if own is not None else ())
    return [day_number(day) for day in dates]


def count_times(
    asked: Sequence[Asked], masks: Mapping[ChargedTime, Bool | None], groups: Int64, times: Int64, cuts: Int64
) -> Int64:
    """Int64 (replications, days, asked), agent microseconds.

    masks: `when` of each part. groups: Int64 (replications, intervals, teams, GroupField). times: Int64 (replications,
    intervals, teams, TimeField). cuts: Int64 (days + 1,), each day's first interval.
    """
    found = np.zeros((len(groups), len(cuts) - 1, len(asked)), np.int64)
    for place, one in enumerate(asked):
        spent = np.zeros(groups.shape[:2], np.int64)
        for part in one.parts:
            own, mask = _spent(part.time, groups[:, :, part.team], times[:, :, part.team]), masks[part]
            spent += own if mask is None else own * mask
        if isinstance(one, CappedTime):
            found[:, :, place] = _billed(one.billing, spent, groups, times, cuts)
        else:
            found[:, :, place] = _of_days(spent, cuts)
    return found


def _billed(billing: Billing, dear: Int64, groups: Int64, times: Int64, cuts: Int64) -> Int64:
    """Int64 (replications, days): of the dear time of intervals what the unbilled one leaves."""
    worked = Time.PRODUCTIVE if billing.rule.nesting else Time.PAST_NESTING
    productive = sum((_spent(worked, groups[:, :, t], times[:, :, t]) for t in billing.teams), np.zeros(1, np.int64))
    unbilled = productive - groups[:, :, billing.teams, _G.BILLABLE].sum(axis=2)
    if billing.rule.cap_by is CapBy.INTERVAL:
        return _of_days(np.maximum(dear - unbilled, 0), cuts)
    billed: Int64 = np.maximum(_of_days(dear, cuts) - _of_days(unbilled, cuts), 0)
    return billed


def _of_days(spent: Int64, cuts: Int64) -> Int64:
    return by_day(spent[..., None], cuts)[..., 0]


def _spent(time: Time, of_floor: Int64, further: Int64) -> Int64:
    """Int64 (replications, intervals). Of the overtime and the bench that were planned on the floor, what an outage or
    time off keeps from it counts no more where not even they are left on it."""
    on_floor = of_floor[..., _G.ON_FLOOR]
    match time:
        case Time.PAID:
            found = of_floor[..., _G.ROSTERED]
        case Time.PRODUCTIVE:
            found = on_floor
        case Time.PAST_NESTING:
            found = on_floor - further[..., _T.NESTING]
        case Time.OVERTIME:
            found = of_floor[..., _G.OVERTIME]
        case Time.SURGE:
            found = of_floor[..., _G.SURGE]
        case Time.PRODUCTIVE_OVERTIME:
            found = np.minimum(further[..., _T.OVERTIME_ON_FLOOR], on_floor)
        case Time.PRODUCTIVE_SURGE:
            found = np.minimum(further[..., _T.SURGE_ON_FLOOR], on_floor)
        case Time.OVERRUN:
            away = of_floor[..., _G.ABSENT] + of_floor[..., _G.IN_OFFICE] + of_floor[..., _G.MENTORING]
            found = on_floor + away + of_floor[..., _G.UNAVAILABLE] - of_floor[..., _G.ROSTERED]
        case Time.TRAINING_GROWTH:
            found = further[..., _T.TRAINING_GROWTH]
        case Time.TRAINING_REPLACEMENT:
            found = further[..., _T.TRAINING_REPLACEMENT]
    return np.asarray(found)
