"""What a hiring plan may decide: classes of hired people, sizes and last days of given classes, releases.

A team with `hiring` may ask for people and let people go (both by a PLAN). A class that is given but yet to start may
be smaller or up to `MOST_TIMES` as large; temporary people may leave up to four weeks sooner or later. The bench and
overtime stay as the team has them: they follow from day to day what the plan leaves open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

import numpy as np

from simulation.scenario.contracts.costs import TeamCost
from simulation.scenario.contracts.pricing_kinds import PricingKind
from simulation.scenario.grid import DAY, Grid
from simulation.scenario.people.classes import Engagement
from simulation.scenario.people.policies import PolicyKind
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team, Vendor, VendorKind
from simulation.studies.staffing.expected_people import Expected, TeamOutlook, class_days, is_to_come
from simulation.world.demand.cells import Float64

MOST_TIMES = 3
"""How many times as large as it was given a class may become."""
SHIFTS_OF_LAST_DAY = (-4, -3, -2, -1, 0, 1, 2, 3, 4)
"""By how many weeks temporary people may leave sooner or later than given."""
WEEKS_A_MONTH = 365 / 12 / 7
TIE_BREAK = 0.1
"""Share of what people cost their vendor that counts where the client does not pay for them: no more than needed.
Hiring, training and releasing count in full: whoever turns people over for nothing has to be paid for it in the end."""


class What(StrEnum):
    """A kind of decision."""

    HIRE = "HIRE"
    """People are asked for, who come as a class."""
    CLASS = "CLASS"
    """A given class, of so many people."""
    RELEASE = "RELEASE"
    """People are given notice."""
    BENCH = "BENCH"
    """People of the bench are called."""
    OVERTIME = "OVERTIME"
    """Overtime is bounded."""
    SPLIT = "SPLIT"
    """A queue is shared between vendors."""


class Objective(StrEnum):
    """What a hiring plan is to be good for."""

    CLIENT_COST = "CLIENT_COST"
    """The least cost of the client."""
    VENDOR_MARGIN = "VENDOR_MARGIN"
    """The highest margin of a vendor, by decisions about its own people."""


@dataclass(frozen=True, eq=False)
class Option:
    """Something of which a plan has an amount, in heads.

    team: place in the scenario; place: of a given class in its workforce, else -1; until: last day of temporary people
    on: first day of the class, or the day from which people are gone; by: when it has to be decided
    adds: what a head adds, by week; most: heads at most; price: of a head, in the scenario's currency
    """

    what: What
    team: int
    place: int
    on: date
    until: date | None
    by: date
    adds: Expected
    most: float
    price: float


def options(
    scenario: Scenario, grid: Grid, objective: Objective, vendor: str | None, required_hours: Float64
) -> list[Option]:
    """Everything that may be decided about people; for a vendor's margin about its own only.

    required_hours: Float64 (weeks, teams), on the floor
    """
    owners = {team.id: one for one in scenario.vendors for team in one.teams}
    found: list[Option] = []
    for t, team in enumerate(scenario.teams):
        owner = owners[team.id]
        if team.workforce is None or (objective is Objective.VENDOR_MARGIN and owner.id != vendor):
            continue
        outlook = TeamOutlook(team, scenario, grid)
        prices = Prices.of(scenario, owner, team, objective)
        found += _hires(t, team, outlook, grid, prices)
        found += _classes(t, team, outlook, grid, prices)
        found += _releases(t, team, outlook, grid, prices)
        found += _bench(t, team, outlook, grid, prices, required_hours[:, t])
    return found


def _hires(t: int, team: Team, outlook: TeamOutlook, grid: Grid, prices: "Prices") -> Iterator[Option]:
    people = outlook.people
    assert people.hiring is not None or not class_days(team, grid)  # who cannot hire has no days
    for day in class_days(team, grid):
        hiring = people.hiring
        assert hiring is not None  # has days
        if day + timedelta(weeks=hiring.training_weeks) > grid.dates[-1]:
            continue
        adds = outlook.hired(day)
        sizes = [size for size in (hiring.class_size, people.ramp.max_up_per_week) if size is not None]
        by = max(day - timedelta(days=-(-hiring.mean_lead // DAY)), grid.start)
        by = grid.start + timedelta(weeks=(by - grid.start).days // 7)  # reviews stand at the beginning of a week
        price = prices.of_people(adds, outlook) + prices.hire
        yield Option(What.HIRE, t, -1, day, None, by, adds, float(min(sizes, default=10_000)), price)


def _classes(t: int, team: Team, outlook: TeamOutlook, grid: Grid, prices: "Prices") -> Iterator[Option]:
    for place, entry in enumerate(outlook.people.classes):
        if not is_to_come(entry, grid):
            continue
        ends: list[date | None] = [entry.until]
        if entry.employment is Engagement.TEMPORARY and entry.until is not None:
            trained = entry.start + timedelta(weeks=outlook.people.training_weeks(entry))
            moved = [entry.until + timedelta(weeks=weeks) for weeks in SHIFTS_OF_LAST_DAY]
            ends = [end for end in moved if trained < end <= grid.dates[-1] or end == entry.until]
        for end in ends:
            adds = outlook.class_to_come(place, end)
            price = prices.of_people(adds, outlook) + prices.hire
            yield Option(What.CLASS, t, place, entry.start, end, entry.start, adds, MOST_TIMES * entry.size, price)


def _releases(t: int, team: Team, outlook: TeamOutlook, grid: Grid, prices: "Prices") -> Iterator[Option]:
    people = outlook.people
    if people.hiring is None:
        return
    for week in range(max(people.ramp.notice_weeks, 1), len(grid.weeks) - 1):
        adds = outlook.released(week)
        on = grid.start + timedelta(weeks=week)
        by = on - timedelta(weeks=people.ramp.notice_weeks)
        most = float(people.ramp.max_down_per_week or 10_000)
        price = prices.of_people(adds, outlook) + prices.release
        yield Option(What.RELEASE, t, -1, on, None, by, adds, most, price)


def _bench(
    t: int, team: Team, outlook: TeamOutlook, grid: Grid, prices: "Prices", required: Float64
) -> Iterator[Option]:
    surge = outlook.people.surge
    if surge is None or not any(policy.kind is PolicyKind.SURGE for policy in team.policies):
        return
    there = outlook.there().effective
    for week in range(len(grid.weeks) - 1):
        hours = np.zeros(len(grid.weeks) - 1)
        hours[week] = outlook.people.hours_per_week * outlook.present[week] * outlook.whole[week]
        missing = max(float(required[week] - there[week]), 0.0) / max(float(hours[week]), 1e-9)
        none = np.zeros_like(hours)
        adds = Expected(none, none, none, hours, hours)
        on = grid.start + timedelta(weeks=week)
        by = max(on - timedelta(days=ceil(surge.notice_hours / 24)), grid.start)
        yield Option(What.BENCH, t, -1, on, None, by, adds, min(surge.agents, missing), prices.of_people(adds, outlook))


@dataclass(frozen=True)
class Prices:
    """What a team's people cost whoever the plan is for: an hour on the floor, a paid hour, a head for a week, a week
    in training, a hired and a released head."""

    floor_hour: float
    paid_hour: float
    seat_week: float
    training_week: float
    hire: float
    release: float

    @classmethod
    def of(cls, scenario: Scenario, vendor: Vendor, team: Team, objective: Objective) -> "Prices":
        """Of a team, in the scenario's currency."""
        exchange = scenario.exchange_rates.get(vendor.currency, 1.0) if vendor.currency is not None else 1.0
        own, charged = _own(team.cost, team), _charged(vendor, team)
        inside = vendor.kind is VendorKind.IN_HOUSE
        paid_by_client = 0.0 if inside else 1.0
        turnover, work, charge = 1.0, 1.0 if inside else TIE_BREAK, paid_by_client
        if objective is Objective.VENDOR_MARGIN:
            work, charge = 1.0, -paid_by_client
        weights = (work, work, work, turnover, turnover, turnover)
        parts = [(w * a + charge * b) / exchange for w, a, b in zip(weights, own, charged, strict=True)]
        return cls(*parts)

    def of_people(self, adds: Expected, outlook: TeamOutlook) -> float:
        """What a head of these costs over the horizon, hiring and releasing aside."""
        paid = adds.floor / outlook.present
        return float(
            self.floor_hour * adds.floor.sum()
            + self.paid_hour * paid.sum()
            + self.seat_week * adds.seated.sum()
            + self.training_week * adds.training.sum()
        )


Parts = tuple[float, float, float, float, float, float]


def _own(cost: TeamCost | None, team: Team) -> Parts:
    release = team.workforce.ramp.release_cost if team.workforce is not None else 0.0
    if cost is None:
        return 0.0, 1.0, 0.0, 0.0, 0.0, release  # nothing is known: an hour is worth an hour
    wage = cost.hourly_wage * (1 + cost.benefits_share)
    return 0.0, wage, cost.seat_per_month / WEEKS_A_MONTH, cost.training_per_week, cost.hire, release


def _charged(vendor: Vendor, team: Team) -> Parts:
    floor = paid = seat = 0.0
    served = {skill.queue for skill in team.skills}
    hours = team.workforce.hours_per_week if team.workforce is not None else 40.0
    for contract in vendor.contracts:
        for line in contract.pricing:
            if not line.steps or (line.queues and not served & set(line.queues)):
                continue
            rate = line.steps[0].rate
            floor += rate if line.kind is PricingKind.PER_PRODUCTIVE_HOUR else 0.0
            paid += rate if line.kind is PricingKind.PER_PAID_HOUR else 0.0
            paid += rate / (hours * WEEKS_A_MONTH) if line.kind is PricingKind.PER_FTE_MONTH else 0.0
            seat += rate / WEEKS_A_MONTH if line.kind is PricingKind.PER_SEAT_MONTH else 0.0
    return floor, paid, seat, 0.0, 0.0, 0.0
