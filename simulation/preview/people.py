"""Who is expected to be there, week by week: plans and hazards worked out, nobody's luck, nothing that service decides.

At the start of each week, of the heads of the start, given classes and moves, what the usual hazards of attrition leave
and training passes (as planners of the simulation expect them, `world.people.known`). On top of these come those whom
policies with a plan bring:

- PLAN: its target in force, from when somebody asked for at the start could be trained; less only after the notice.
- HIRE_UP_TO: up to required FTE x (1 + buffer), from that week on, no more a week than max_up_per_week and class_size
  x classes_per_month allow.

They count as fully trained, without a learning curve. REACTIVE and SURGE answer to what happens and bring nobody here;
shocks of attrition, exits of vendors, learning of new work and seats are left out.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from simulation.scenario.grid import HOUR, WEEK, Grid
from simulation.scenario.people.policies import Basis, Policy, PolicyKind
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Team
from simulation.world.people.attrition import Hazard
from simulation.world.people.joining import Joining
from simulation.world.people.known import Known
from simulation.world.people.learning import Pace
from simulation.world.people.persons import Float64, joined
from simulation.world.planning.planned import weeks_to_grow
from simulation.world.planning.requirement import FULL_TIME, Requirement
from simulation.world.randomness import Draws

ANYBODY = Draws(0, 0)
"""People are drawn with some luck, which no expectation looks at."""
WEEKS_A_MONTH = 365 / 12 / 7


@dataclass(frozen=True, eq=False)
class ExpectedPeople:
    """Float64 (weeks, teams) each, at the start of the weeks.

    planned:   paid FTE nesting and in production
    effective: the same, weighted by tenured / own handling time
    heads:     everybody on the payroll, those in training too; of given agents the most
    trainees:  of these, heads in training
    hired:     heads that policies bring in the week
    soonest:   Float64 (teams,), weeks until somebody asked for at the start could be in production; inf without hiring
    """

    planned: Float64
    effective: Float64
    heads: Float64
    trainees: Float64
    hired: Float64
    soonest: Float64

    @classmethod
    def of(cls, scenario: Scenario, grid: Grid, requirement: Requirement) -> "ExpectedPeople":
        """Of a scenario with this requirement."""
        columns = [
            _Walk.of_agents(team, grid) if team.workforce is None else _Walk.of_people(team, team.workforce, grid)
            for team in scenario.teams
        ]
        _lend(scenario, grid, columns)
        for t, team in enumerate(scenario.teams):
            if team.workforce is not None:
                columns[t].follow(team.policies, team.workforce, requirement.fte(t), grid)
        walks = np.stack(
            [np.stack([one.planned, one.effective, one.heads, one.trainees, one.hired]) for one in columns], axis=2
        )
        soonest = np.array([np.inf if t.workforce is None else weeks_to_grow(t.workforce) for t in scenario.teams])
        planned, effective, heads, trainees, hired = np.maximum(walks, 0.0)
        return cls(planned, effective, heads, trainees, hired, soonest)


@dataclass(eq=False)
class _Walk:
    """A team's weeks, Float64 (weeks,) each, as of `ExpectedPeople`."""

    planned: Float64
    effective: Float64
    heads: Float64
    trainees: Float64
    hired: Float64

    @classmethod
    def of_agents(cls, team: Team, grid: Grid) -> "_Walk":
        assert team.staffing is not None  # a team has one of the two
        hours = np.array(team.staffing.agents) * grid.interval_lengths / HOUR
        weekly = np.bincount(grid.week_of_interval, hours) * (WEEK / np.diff(grid.weeks)) / FULL_TIME
        most = np.full(len(weekly), float(team.heads))
        nobody = np.zeros(len(weekly))
        return cls(weekly, weekly.copy(), most, nobody, nobody.copy())

    @classmethod
    def of_people(cls, team: Team, crew: Workforce, grid: Grid) -> "_Walk":
        joining, pace, hazard = Joining(team, crew, grid, ANYBODY), Pace(crew), Hazard(crew.attrition, grid)
        everybody = joined([joining.at_the_start(), *(people for _, people in joining.classes())])
        known = Known(everybody, np.ones(len(everybody)), 0, hazard)
        share = everybody["hours"] / crew.hours_per_week
        starts = grid.weeks[:-1]
        there, paid = known.expected_at(starts, Basis.PRODUCTION), known.expected_at(starts, Basis.PAYROLL)
        effective = known.effective_fte(there, starts[:, None], pace, crew.hours_per_week)
        heads, trainees = paid.sum(axis=1), (paid - there).sum(axis=1)
        return cls(there @ share, effective.sum(axis=1), heads, trainees, np.zeros(len(starts)))

    def follow(self, policies: tuple[Policy, ...], crew: Workforce, required: Float64, grid: Grid) -> None:
        """Adds whom policies with a plan bring, or takes whom they release."""
        for policy in policies:
            if policy.kind is PolicyKind.PLAN:
                self._add(_to_plan(policy, crew, self, grid))
            elif policy.kind is PolicyKind.HIRE_UP_TO:
                self._add(_up_to(required * (1 + policy.buffer), crew, self.planned))

    def _add(self, fte: Float64) -> None:
        per_head = self.planned.sum() / max((self.heads - self.trainees).sum(), 1e-9) or 1.0
        speed = np.divide(self.effective, self.planned, out=np.ones_like(fte), where=self.planned > 0)
        self.effective = self.effective + np.where(fte < 0, fte * speed, fte)
        self.planned = self.planned + fte
        self.heads = self.heads + fte / per_head
        self.hired = self.hired + np.maximum(np.diff(fte, prepend=0.0), 0.0) / per_head


def _to_plan(policy: Policy, crew: Workforce, walk: _Walk, grid: Grid) -> Float64:
    """Float64 (weeks,): FTE more than there are so far, by a PLAN's targets."""
    targets = sorted((period.first, heads) for period, heads in (policy.heads or {}).items())
    counted = walk.heads if policy.basis is Basis.PAYROLL else walk.heads - walk.trainees
    more = np.zeros(len(counted))
    for week in range(len(counted)):
        first = grid.start + timedelta(weeks=week)
        in_force = [heads for begins, heads in targets if begins <= first][-1:]
        for heads in in_force:
            gap = heads - counted[week]
            can_grow, can_shrink = week >= weeks_to_grow(crew), week >= crew.ramp.notice_weeks
            more[week] = gap if (can_grow if gap > 0 else can_shrink) else 0.0
    return more * crew.mean_hours / crew.hours_per_week


def _up_to(wanted: Float64, crew: Workforce, planned: Float64) -> Float64:
    """Float64 (weeks,): FTE more than there are so far, hired up to what is wanted."""
    hiring = crew.hiring
    if hiring is None:
        return np.zeros(len(planned))
    bounds = [np.inf if crew.ramp.max_up_per_week is None else float(crew.ramp.max_up_per_week)]
    if hiring.class_size is not None and hiring.classes_per_month is not None:
        bounds.append(hiring.class_size * hiring.classes_per_month / WEEKS_A_MONTH * hiring.pass_share)
    most = min(bounds) * crew.mean_hours / crew.hours_per_week
    stays = np.divide(planned[1:], planned[:-1], out=np.ones(len(planned) - 1), where=planned[:-1] > 0).clip(max=1.0)
    more = np.zeros(len(planned))
    for week in range(len(planned)):
        if week:
            more[week] = more[week - 1] * stays[week - 1]
        if week >= weeks_to_grow(crew):
            more[week] += min(max(wanted[week] - planned[week] - more[week], 0.0), most)
    return more


def _lend(scenario: Scenario, grid: Grid, walks: list[_Walk]) -> None:
    """Moves between teams, at the pace of those who stay."""
    firsts = [grid.start + timedelta(weeks=week) for week in range(len(grid.weeks) - 1)]
    places = {team.id: t for t, team in enumerate(scenario.teams)}
    for t, team in enumerate(scenario.teams):
        for move in team.workforce.moves if team.workforce is not None else ():
            source = scenario.teams[places[move.from_]].workforce
            assert source is not None  # people are lent by teams that have some
            assert team.workforce is not None
            trained = move.start + timedelta(weeks=move.training_weeks)
            away = np.array([move.start <= day and (move.until is None or day <= move.until) for day in firsts])
            there = away & np.array([trained <= day for day in firsts])
            hours = move.heads * source.mean_hours
            for walk, crew, working, sign in (
                (walks[places[move.from_]], source, away, -1),
                (walks[t], team.workforce, there, 1),
            ):
                walk.planned = walk.planned + sign * working * hours / crew.hours_per_week
                walk.effective = walk.effective + sign * working * hours / crew.hours_per_week
                walk.heads = walk.heads + sign * away * move.heads
            walks[t].trainees = walks[t].trainees + (away & ~there) * move.heads
