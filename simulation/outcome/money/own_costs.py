"""What its own people cost a vendor, by month and line: the same lines for a company and for the client's own team.

Wages are of paid hours, overtime and bench at their premium; what the night and public holidays cost more is a share
of the plain wage on top; benefits are a share of all wages; heads and trainees are those of each day; whoever is hired
counts on the first day of the class, whoever is released on the last day there.
"""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import GroupField, PayrollField
from simulation.outcome.money.amounts import MonthlyAmounts
from simulation.outcome.money.asked_times import holiday_premium
from simulation.outcome.money.charged_times import ChargedTime, Time
from simulation.outcome.money.invoicing import Invoicing, Line, billed
from simulation.outcome.money.meters import DAYS_A_WEEK, MICROSECONDS_AN_HOUR, Counted, Meter, plain, seats
from simulation.outcome.money.settlement import OwnCostKind
from simulation.outcome.money.unit_bills import Tariff, UnitsBills
from simulation.scenario.contracts.costs import TeamCost
from simulation.scenario.money import decimal_of
from simulation.scenario.vendors import Team

Int64 = NDArray[np.int64]
_G = GroupField


def own_cost(place: int, counted: Counted, exchange: Decimal) -> list[Line] | None:
    """The lines by kind of the vendor at a place, added up over its teams; None where their cost is not said.
    `exchange`: units of its currency for one of the scenario's."""
    by_kind: dict[str, Int64] = {}
    teams = {team.id: t for t, team in enumerate(counted.scenario.teams)}
    invoicing = Invoicing(counted.scenario.horizon.dates, exchange, counted.ends(place))
    for team in counted.scenario.vendors[place].teams:
        if team.cost is None:
            return None
        for line in _TeamLines(team, team.cost, teams[team.id], counted, invoicing).all():
            by_kind[line.kind] = by_kind.get(line.kind, np.zeros_like(line.cents)) + line.cents
    return [Line(kind, (), cents) for kind, cents in by_kind.items() if cents.any()]


@dataclass(frozen=True, eq=False)
class _TeamLines:
    team: Team
    cost: TeamCost
    place: int
    counted: Counted
    invoicing: Invoicing

    def all(self) -> list[Line]:
        """In the order in which they are reported; each a charge like any other, at the cost's index."""
        cost, share = self.cost, decimal_of(self.cost.benefits_share)
        regular, overtime, surge, night, holiday = wages = self._wages()
        benefits = Meter(
            tuple((days, weight * share) for meter in wages for days, weight in meter.parts), MICROSECONDS_AN_HOUR
        )
        release_cost = self.team.workforce.ramp.release_cost if self.team.workforce is not None else 0.0
        payroll = self.counted.payroll[:, :, self.place]
        trainees = payroll[..., PayrollField.TRAINEES]
        lines = [
            self._line(OwnCostKind.WAGES, cost.hourly_wage, regular),
            self._line(OwnCostKind.OVERTIME, cost.hourly_wage, overtime),
            self._line(OwnCostKind.SURGE, cost.hourly_wage, surge),
            self._line(OwnCostKind.NIGHT, cost.hourly_wage, night),
            self._line(OwnCostKind.HOLIDAY, cost.hourly_wage, holiday),
            self._line(OwnCostKind.BENEFITS, cost.hourly_wage, benefits),
            self._line(OwnCostKind.SEATS, cost.seat_per_month, seats(self.counted.heads(self.place))),
            self._line(OwnCostKind.HIRING, cost.hire, plain(payroll[..., PayrollField.HIRED])),
            self._line(OwnCostKind.TRAINING, cost.training_per_week, plain(trainees, Decimal(DAYS_A_WEEK))),
            self._line(OwnCostKind.RELEASES, release_cost, plain(payroll[..., PayrollField.RELEASED])),
        ]
        fixed = MonthlyAmounts(decimal_of(cost.fixed_per_month), cost.indexation, self.invoicing)
        return [*lines, Line(OwnCostKind.FIXED, (), billed(fixed, self.invoicing))]

    def _line(self, kind: OwnCostKind, rate: float, meter: Meter) -> Line:
        if not rate or not any(weight for _, weight in meter.parts):
            return Line(kind, (), np.zeros((len(self.counted.teams), len(self.invoicing.months)), np.int64))
        tariff = Tariff.of_rate(rate, self.cost.indexation)
        return Line(kind, (), billed(UnitsBills(tariff, meter, self.invoicing), self.invoicing))

    def _wages(self) -> tuple[Meter, Meter, Meter, Meter, Meter]:
        """Regular hours, overtime and bench at their premium, and what the night and public holidays cost more."""
        times, crew = self.counted.teams[:, :, self.place], self.team.workforce
        overtime, surge = times[..., _G.OVERTIME], times[..., _G.SURGE]
        premiums = [
            decimal_of(crew.overtime.premium) if crew is not None and crew.overtime is not None else Decimal(1),
            decimal_of(crew.surge.premium) if crew is not None and crew.surge is not None else Decimal(1),
            decimal_of(self.cost.night_premium),
            decimal_of(holiday_premium(self.team)) - 1,
        ]
        night, holiday = (
            ChargedTime(self.place, Time.PAID, self.cost.night),
            ChargedTime(self.place, Time.PAID, None, True),
        )
        paid = [
            times[..., _G.ROSTERED] - overtime - surge,
            overtime,
            surge,
            self.counted.time(night) if premiums[2] else np.zeros_like(surge),
            self.counted.time(holiday) if premiums[3] else np.zeros_like(surge),
        ]
        one, two, three, four, five = (
            Meter(((days, weight),), MICROSECONDS_AN_HOUR)
            for days, weight in zip(paid, [Decimal(1), *premiums], strict=True)
        )
        return one, two, three, four, five
