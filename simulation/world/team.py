"""A living team: its people and its roster, asked each morning who is on the floor that day.

Agents of an interval = floor(x + u): x = those on the floor (`presence`) of the people in production at the day's
start, u one keyed uniform a team and day (`scenario.md`, "Whole agents"); of a team with several agent groups the
first ones together have floor(x of them + u). All who are rostered are whole in this way: on the floor, mentoring, in
the office, absent, on leave, in this order and each group by group, those up to a place together are floor(x + u). So
every figure is within one agent of the plan's, on average it is the plan's, and none exceeds the rostered. Who leaves
during a day is missed from the next day on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import simpy

from simulation.outcome.counters import PLANNED_TIMES, GroupField
from simulation.scenario.grid import Grid, Int64
from simulation.scenario.vendors import Team as TeamDescription
from simulation.world.absence import MassAbsence
from simulation.world.attrition import Shock
from simulation.world.patterns import Float64
from simulation.world.people import People
from simulation.world.presence import Presence
from simulation.world.randomness import Draws, Purpose
from simulation.world.roster import Roster
from simulation.world.stages import StageToday, team_groups


@dataclass(frozen=True, eq=False)
class DayRoster:
    """A team's day: Int64 (groups, k) each, for the k intervals that start in a local day of the scenario.

    agents: on the floor. times: agent microseconds of each of PLANNED_TIMES.
    speed, resolution: Float64 (groups,), factors on the handling times and resolutions of the team's skills.
    """

    agents: Int64
    times: Mapping[GroupField, Int64]
    speed: Float64
    resolution: Float64


class Team:
    """One team in one replication.

    env: SimPy environment at 0 with a clock of whole microseconds; the team starts its processes there.
    headcount: Int64 (weeks + 1, fields), this team's part of `Counters.headcount`; stays zero with `staffing`.
    required: Float64 (intervals,), agents that its targets need. strikes: mass absences of its site.
    shocks: of its attrition.
    """

    def __init__(
        self,
        env: simpy.Environment,
        team: TeamDescription,
        roster: Roster,
        grid: Grid,
        draws: Draws,
        headcount: Int64,
        *,
        required: Float64,
        strikes: Sequence[MassAbsence] = (),
        shocks: Sequence[Shock] = (),
    ) -> None:
        self.description, self._roster, self._draws = team, roster, draws
        self.groups = len(team_groups(team))
        self.people: People | None = None
        if team.workforce is not None:
            self.people = People(env, team, team.workforce, grid, draws, headcount, shocks)
            self._presence = Presence(team, team.workforce, roster, required, strikes, draws)

    def today(self, day: int) -> DayRoster:
        """The day that starts now: day `day` of the scenario, from 0."""
        if self.people is not None:
            return self._day(day, self.people.today(day))
        hours, one = self._roster.day(day), np.ones(1)
        assert self._roster.agents is not None  # given to every team without people
        agents = self._roster.agents[hours][None]
        times = dict.fromkeys(PLANNED_TIMES, np.zeros_like(agents))
        times[GroupField.ROSTERED] = agents * self._roster.lengths[hours]
        return DayRoster(agents, times, one, one)

    def _day(self, day: int, groups: Sequence[StageToday]) -> DayRoster:
        lengths, presence = self._roster.lengths[self._roster.day(day)], self._presence.today(day, groups)
        part = self._draws.uniform(Purpose.WHOLE_AGENTS, self.description.id, day)
        agents, mentoring, in_office, absent, leave = _whole(
            (
                presence.on_floor,
                presence.mentoring,
                presence.in_office,
                presence.absent - presence.leave,
                presence.leave,
            ),
            part,
        )
        overtime, surge = np.zeros_like(agents), np.zeros_like(agents)
        overtime[:1], surge[:1] = _whole((presence.overtime[None], presence.surge.sum(axis=0)[None]), part)
        planned = {
            GroupField.ROSTERED: agents + mentoring + in_office + absent + leave,
            GroupField.ABSENT: absent + leave,
            GroupField.OVERTIME: overtime,
            GroupField.SURGE: surge,
            GroupField.LEAVE: leave,
            GroupField.IN_OFFICE: in_office,
            GroupField.MENTORING: mentoring,
        }
        return DayRoster(
            agents=agents,
            times={field: whole * lengths for field, whole in planned.items()},
            speed=np.array([group.speed for group in groups]),
            resolution=np.array([group.resolution for group in groups]),
        )


def _whole(parts: Sequence[Float64], part: float) -> list[Int64]:
    """Whole agents of the parts of a day, Float64 (groups, k) each: one upon the other they are floor(x + part)."""
    layers = np.maximum(np.stack(parts), 0.0)
    up_to = np.floor(np.cumsum(layers.reshape(-1, layers.shape[-1]), axis=0) + part)
    return list(np.diff(up_to, axis=0, prepend=0).astype(np.int64).reshape(layers.shape))
