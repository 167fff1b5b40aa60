"""Strength: whether vendors have the people that their work requires, and are ready when more of it comes to them.

People are effective FTE against required FTE, both paid, of all teams of a vendor that have people, at the start of a
week; teams whose agents are given are there by what is given. They suffice from `ENOUGH` of the requirement on.
Everything is of each replication, never of the means.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting.counters import FTE_UNIT, FlowField, StockField
from simulation.outcome.counting.estimates import NOT_NEGATIVE, Chance, Estimate, ratio
from simulation.scenario.quantities import Id
from simulation.scenario.scenario import Scenario
from simulation.scenario.transitions import Transition
from simulation.scenario.vendors import Vendor

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Bools = NDArray[np.bool_]

ENOUGH = 0.98
"""Of the required FTE; what lies above is within rounding to whole people."""
DAYS = 7


@dataclass(frozen=True, eq=False)
class VendorStrength:
    """When a vendor has the people that its work requires."""

    id: Id
    """The vendor's id in the scenario."""
    reached: Chance
    """That at the start of some week it has at least 98 % of the FTE that the week requires."""
    weeks: Estimate
    """Weeks from the scenario's start to the first such week; of the replications that have one."""
    short_weeks: Estimate
    """Number of weeks at whose start it has less."""
    requisitioned: Estimate
    """Heads asked for, by requisitions whose lead time ended within the horizon."""
    found: Estimate
    """Heads found by these requisitions."""
    hired: Estimate
    """Heads whose class started, given classes included: of those found the others wait for a class, a seat or a
    trainer."""


@dataclass(frozen=True, eq=False)
class StepReadiness:
    """Whether a vendor is ready for a step of a transition when the step comes.

    It is ready where it is staffed for the step's share, and has served its queues since the step before.
    """

    vendor: Id
    """The id of the vendor who takes over."""
    queues: tuple[Id, ...]
    """Ids of the queues that move."""
    start: date
    """The date of the step."""
    share: float
    """The share of the contacts from then on."""
    required_fte: float
    """Paid FTE that the first whole week of the step requires of the vendor."""
    effective_fte: Estimate
    """Its effective FTE at the start of the week in which the step comes."""
    staffed: Chance
    """That these are at least 98 % of those required; certain where its agents are given."""
    served: Chance
    """That each queue's service over the whole weeks since the step before met their mean target; certain of the first
    step, and where no whole week lies between."""
    ready: Chance
    """That it is both."""


@dataclass(frozen=True, eq=False)
class WeeklyService:
    """A queue's service by week.

    over, under: numerators and denominators, Float64 (replications, weeks)
    targets:     Float64 (weeks,)
    """

    over: Float64
    under: Float64
    targets: Float64

    def met(self, first: int, end: int) -> Bools:
        """Bool (replications,): over the weeks from the first to before the end; nothing counted is met."""
        if first >= end:
            return np.ones(len(self.over), np.bool_)
        levels = ratio(self.over[:, first:end].sum(axis=1), self.under[:, first:end].sum(axis=1))
        return np.asarray(~(levels < self.targets[first:end].mean()))


def vendor_strengths(scenario: Scenario, headcount: Int64) -> tuple[VendorStrength, ...]:
    """Of the vendors that have people; headcount: Int64 (replications, weeks + 1, teams, stocks and flows)."""
    return tuple(
        _strength(vendor, headcount[:, :-1][:, :, teams])
        for vendor in scenario.vendors
        if (teams := _staffed_by_people(scenario, vendor.id))
    )


def _strength(vendor: Vendor, heads: Int64) -> VendorStrength:
    whole = heads.sum(axis=2)
    suffice = _suffice(whole[..., StockField.EFFECTIVE_FTE], whole[..., StockField.REQUIRED_FTE])
    reached: Bools = np.asarray(suffice.any(axis=1))
    weeks = np.where(reached, suffice.argmax(axis=1), np.nan)
    flows = (whole[..., field].sum(axis=1) for field in (FlowField.REQUISITIONED, FlowField.FOUND, FlowField.HIRED))
    return VendorStrength(
        vendor.id,
        Chance(int(reached.sum()), len(reached)),
        Estimate(weeks, possible=NOT_NEGATIVE),
        *(Estimate(one.astype(np.float64), possible=NOT_NEGATIVE) for one in ((~suffice).sum(axis=1), *flows)),
    )


def _suffice(effective: Int64, required: Int64) -> Bools:
    return np.asarray(effective >= ENOUGH * required)


def _staffed_by_people(scenario: Scenario, vendor: str, queues: Sequence[str] = ()) -> list[int]:
    """Places of a vendor's teams that have people, and of these that serve any of some queues."""
    own = {team.id for one in scenario.vendors if one.id == vendor for team in one.teams}
    return [
        place
        for place, team in enumerate(scenario.teams)
        if team.id in own
        and team.workforce is not None
        and (not queues or any(skill.queue in queues for skill in team.skills))
    ]


def step_readiness(
    scenario: Scenario, headcount: Int64, service: Mapping[str, WeeklyService]
) -> tuple[StepReadiness, ...]:
    """Of every step within the horizon; service by id of the queue."""
    return tuple(
        _readiness(scenario, transition, step, headcount, service)
        for transition in scenario.transitions
        for step, one in enumerate(transition.steps)
        if scenario.start <= one.from_ < scenario.horizon.end
    )


def _readiness(
    scenario: Scenario, transition: Transition, step: int, headcount: Int64, service: Mapping[str, WeeklyService]
) -> StepReadiness:
    days = [(one.from_ - scenario.start).days for one in transition.steps]
    last = headcount.shape[1] - 2
    comes, whole = days[step] // DAYS, min(_whole(days[step]), last)
    people = headcount[:, :, _staffed_by_people(scenario, transition.to, transition.queues)]
    effective = people[:, comes, :, StockField.EFFECTIVE_FTE].sum(axis=1)
    required = people[:, whole, :, StockField.REQUIRED_FTE].sum(axis=1)
    staffed = _suffice(effective, required)
    since = _whole(days[step - 1]) if step else comes
    each = [service[queue].met(max(since, 0), comes) for queue in transition.queues]
    served: Bools = np.asarray(np.all(each, axis=0))
    return StepReadiness(
        transition.to,
        transition.queues,
        transition.steps[step].from_,
        transition.steps[step].share,
        float(required[0] / FTE_UNIT),  # planned, so alike in all replications
        Estimate(effective / FTE_UNIT, possible=NOT_NEGATIVE),
        *(Chance(int(one.sum()), len(one)) for one in (staffed, served, np.logical_and(staffed, served))),
    )


def _whole(days: int) -> int:
    """The first week that begins on a day of the horizon or later."""
    return -(-days // DAYS)
