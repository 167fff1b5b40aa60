"""What a plan is expected to cost: one replication in which everything comes as expected, settled like any other.

Every expected contact is answered and takes its mean handling, by teams in their shares of the work; people are paid
and on the floor as planned (`preview.people`), a week's hours spread evenly over its days, given agents as given. Fees,
bands, baselines, billing rules, commitments, wages, seats, hiring and training follow from these figures by the very
formulas of a simulated run (`outcome.money`).

Left out, because only service or chance decides it: credits, bonuses and earn-back, abandoned and late work, overtime
and bench, outages. Left out, because it needs the hour at which somebody works: what the night and holidays cost more,
nesting that is not billed, paid training hours (`left_out` names those that the contracts charge for).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulation.outcome.counting.counters import STAYS, GroupField, PayrollField, QueueField
from simulation.outcome.counting.locked import Locked
from simulation.outcome.counting.periods import Periods
from simulation.outcome.money.asked_times import charged_times
from simulation.outcome.money.billable_hours import bill, billings
from simulation.outcome.money.meters import DAYS_A_WEEK, Counted
from simulation.outcome.money.settlement import Settlement
from simulation.outcome.money.settling import settle
from simulation.preview.people import ExpectedPeople
from simulation.scenario.grid import HOUR, SECOND, Grid, Int64
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import Float64
from simulation.world.planning.requirement import Requirement, Work
from simulation.world.planning.shrinkage import Shrinkage

_Q, _G, _P = QueueField, GroupField, PayrollField


@dataclass(frozen=True)
class ExpectedCost:
    """What is expected to be paid over the horizon, in the scenario's currency.

    total:    the client's cost, None where nothing is priced
    months:   first days of the months, with the client's cost of each
    vendors:  of each vendor that has contracts, its invoices over the horizon
    left_out: times that are charged for and are not in it, in words
    """

    total: float | None
    months: tuple[tuple[date, float], ...]
    vendors: tuple[tuple[str, float], ...]
    left_out: tuple[str, ...]

    @classmethod
    def of(
        cls, scenario: Scenario, grid: Grid, requirement: Requirement, people: ExpectedPeople, locked: Locked
    ) -> "ExpectedCost":
        """Of a scenario with these people."""
        settled = _settled(scenario, grid, requirement, people, locked)
        teams = scenario.teams
        left_out = [f"{teams[asked.team].id}: {asked.told}" for asked in charged_times(scenario)]
        months = settled.cost.months if settled.cost is not None else ()
        return cls(
            total=None if settled.cost is None else settled.cost.total.mean,
            months=tuple((month.start, month.total.mean or 0.0) for month in months),
            vendors=tuple(
                (one.id, sum(month.invoice.mean or 0.0 for month in one.months))
                for one in settled.vendors
                if any(month.lines for month in one.months)
            ),
            left_out=tuple(left_out),
        )


def _settled(
    scenario: Scenario, grid: Grid, requirement: Requirement, people: ExpectedPeople, locked: Locked
) -> Settlement:
    days, work = len(grid.dates), requirement.work
    assert work is not None  # it is of a scenario
    cuts = Periods.of(grid).cuts
    teams = _teams(scenario, grid, people, work, locked, cuts)
    counted = Counted(
        scenario,
        queues=_queues(scenario, work, cuts)[None],
        teams=teams[None],
        times=np.zeros((1, days, len(charged_times(scenario))), np.int64),
        locked=locked.by_day(cuts),
        exits=np.full((1, len(scenario.vendors)), STAYS),
        payroll=_payroll(scenario, grid, people)[None],
    )
    bill(counted.teams, billings(scenario), np.arange(days + 1))
    return settle(_unpromised(scenario), grid, counted, np.zeros((1, days, 0, 2), np.int64))


def _unpromised(scenario: Scenario) -> Scenario:
    """The same without clauses, which nothing here is scored by."""
    vendors = [
        one.model_copy(
            update={"contracts": tuple(of.model_copy(update={"slas": (), "exit": None}) for of in one.contracts)}
        )
        for one in scenario.vendors
    ]
    return scenario.model_copy(update={"vendors": tuple(vendors)})


def _by_day(values: Float64 | Int64, cuts: Int64) -> Float64:
    return np.asarray(np.add.reduceat(values, cuts[:-1], axis=0))


def _queues(scenario: Scenario, work: Work, cuts: Int64) -> Int64:
    """Int64 (days, queues, QueueField): every contact answered."""
    slots = np.array([queue.concurrency.slots for queue in scenario.queues])
    contacts = _by_day(work.contacts, cuts)
    returning = np.array([queue.returning for queue in scenario.queues])
    found = np.zeros((*contacts.shape, len(QueueField)))
    for field in (_Q.OFFERED, _Q.ANSWERED, _Q.HANDLED, _Q.ARRIVED_ANSWERED):
        found[..., field] = contacts
    found[..., _Q.HANDLE_TIME] = _by_day(work.contacts * work.handling, cuts) * slots * SECOND
    found[..., _Q.REPEATED] = _by_day(work.contacts * work.unsolved, cuts) * returning
    return np.rint(found).astype(np.int64)


def _teams(scenario: Scenario, grid: Grid, people: ExpectedPeople, work: Work, locked: Locked, cuts: Int64) -> Int64:
    """Int64 (days, teams, GroupField)."""
    days = len(grid.dates)
    found = np.zeros((days, len(scenario.teams), len(GroupField)))
    week = np.arange(days) // DAYS_A_WEEK
    for t, team in enumerate(scenario.teams):
        crew = team.workforce
        if crew is None:
            assert team.staffing is not None  # a team has one of the two
            agents = np.broadcast_to(np.array(team.staffing.agents), grid.intervals)
            found[:, t, _G.ROSTERED] = found[:, t, _G.ON_FLOOR] = _by_day(agents * grid.interval_lengths, cuts)
            continue
        of_months = {day.month: Shrinkage.of(crew, day) for day in grid.dates[::DAYS_A_WEEK] + grid.dates[-1:]}
        lost = [of_months[day.month] for day in grid.dates]
        paid = people.planned[week, t] * crew.hours_per_week * HOUR / DAYS_A_WEEK
        found[:, t, _G.ROSTERED] = paid
        found[:, t, _G.ABSENT] = paid * [one.leave + one.absence for one in lost]
        found[:, t, _G.ON_FLOOR] = paid * [1 - one.lost for one in lost]
    handled, busy = np.zeros((2, grid.intervals, len(scenario.teams)))
    for q, own in enumerate(work.split):
        own.divide(work.contacts[:, q], handled)
        own.divide(work.contacts[:, q] * (work.handling[:, q] * SECOND), busy)
    found[..., _G.HANDLED], found[..., _G.BUSY] = _by_day(handled, cuts), _by_day(busy, cuts)
    found[..., _G.ORDERED] = _by_day(locked.ordered, cuts)
    return np.rint(found).astype(np.int64)


def _payroll(scenario: Scenario, grid: Grid, people: ExpectedPeople) -> Int64:
    """Int64 (days, teams, PayrollField): of people as planned, given classes on their days."""
    days = len(grid.dates)
    week = np.arange(days) // DAYS_A_WEEK
    found = np.zeros((days, len(scenario.teams), len(PayrollField)))
    found[..., _P.HEADS], found[..., _P.TRAINEES] = people.heads[week], people.trainees[week]
    found[::DAYS_A_WEEK, :, _P.HIRED] = people.hired
    for t, team in enumerate(scenario.teams):
        for entry in team.workforce.classes if team.workforce is not None else ():
            day = (entry.start - grid.start).days
            if 0 <= day < days:
                found[day, t, _P.HIRED] += entry.size
    return np.rint(found).astype(np.int64)
