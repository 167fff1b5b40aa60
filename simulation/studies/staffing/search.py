"""The staffing search: least agents where agents are given, the least-cost hiring plan where people are hired.

Where agents are given and nobody has people, the least agents are simulated once to confirm them; else plans are tried
until one is proven (`plan_search`).
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from simulation.comparison import Simulated
from simulation.scenario.contracts.windows import months
from simulation.scenario.grid import Grid, Int64
from simulation.scenario.reading.canonical import canonical, canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import Amount, Share
from simulation.studies.staffing.answer import (
    DatedDecision,
    Late,
    Plan,
    PlannedClass,
    StaffingAnswer,
    Target,
    TeamAgents,
    TeamBench,
    TeamOvertime,
    VendorPart,
)
from simulation.studies.staffing.decisions import Decision
from simulation.studies.staffing.hiring_plan import HiringPlan
from simulation.studies.staffing.options import Objective
from simulation.studies.staffing.outcomes import ScoredWindow, Trial, provable, scored_windows, trial_of
from simulation.studies.staffing.plan_search import (
    BASED,
    LATE,
    PROBED,
    PROOFS,
    SHARPENED,
    TRIED,
    PlanSearch,
    UnknownError,
)
from simulation.studies.staffing.setting import Setting
from simulation.studies.study import Asked, Point, Study, StudyRefusedError


class StaffingSearch(Study):
    """The least agents, and the least-cost hiring plan, with which a scenario keeps its targets and clauses."""

    reading: ClassVar[type[Any]] = Trial
    answer: ClassVar[type[Any]] = StaffingAnswer

    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.8
    """What the lower end of the 95 % interval of P(every clause met) has to reach."""
    objective: Objective = Objective.CLIENT_COST
    """What the plan is to be good for."""
    vendor: str | None = None
    """The id of the vendor whose margin it is to be good for."""
    budget: Annotated[float, Field(gt=0)] | None = None
    """The most that the client may pay over the horizon, in the scenario's currency; left out: anything."""
    site_shares: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    """The most of all hours on the floor that a site may have, by its id."""

    def most_replications(self) -> int:
        tried = (2 + SHARPENED + PROOFS) * TRIED + BASED
        return tried + self._most_handles * PROBED + PROOFS * self.proving + 3 * self._most_handles * LATE

    @property
    def _most_handles(self) -> int:
        """At least as many as a plan has; it takes at most three decisions by each."""
        people = [team.workforce for team in self.scenario.teams if team.workforce is not None]
        spans = len(months(Grid.of(self.scenario).dates)) + 1
        shares = [entry.shares for queue in self.scenario.queues for entry in queue.route.allocation]
        return sum(len(one.classes) + 2 + spans * (one.hiring is not None) for one in people) + sum(map(len, shares))

    @property
    def proving(self) -> int:
        """Replications of a proof: those of the experiment, more where these could not prove the confidence."""
        count = self.experiment.replications
        while provable(count) < self.confidence + (1 - self.confidence) / 4:
            count = int(count * 1.25) + 1
        return count

    def read(self, simulated: Simulated) -> Trial:
        return trial_of(simulated, self.vendor)

    def ask(self, known: Mapping[str, Any]) -> Asked | StaffingAnswer:
        self._refuse_unknown()
        if all(team.workforce is None for team in self.scenario.teams):
            return self._confirmed(known)
        if not self.windows:
            raise StudyRefusedError(
                "no clause is scored in a whole window, so no plan can be judged by them; add slas to a contract"
            )
        return self._planned(known)

    # agents that are given

    @cached_property
    def _agents(self) -> dict[str, list[int]]:
        from simulation.studies.staffing.least_agents import least_agents  # SimPy is not for every process

        return least_agents(self.scenario)

    @property
    def _teams(self) -> tuple[TeamAgents, ...]:
        return tuple(TeamAgents(name, tuple(agents)) for name, agents in self._agents.items())

    def _confirmed(self, known: Mapping[str, Any]) -> Asked | StaffingAnswer:
        data = canonical_data(self.scenario)
        for team in (team for vendor in data["vendors"] for team in vendor["teams"]):
            team["staffing"] = {"agents": self._agents[team["id"]]}
        staffed = from_data(data)
        name = "the least agents"
        if name not in known:
            return Asked([Point(name, name, staffed, self.experiment)])
        trial: Trial = known[name]
        return StaffingAnswer(
            teams=self._teams,
            plan=None,
            document=canonical(staffed),
            confidence=None,
            met=_met(trial),
            cost=self._amount(trial),
            margin=None,
            decide_by=None,
            shortfall=None,
        )

    # people

    @cached_property
    def _setting(self) -> Setting:
        blocks = dict.fromkeys((one.queue, one.weeks) for one in self.windows if one.queue is not None)
        return Setting(self.scenario, self.objective, self.vendor, list(blocks))

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """Those made so far, by their plans."""
        return {}

    @cached_property
    def moves(self) -> dict[Any, Int64]:
        """Those that slopes led to so far, by all that they depend on."""
        return {}

    @cached_property
    def windows(self) -> list[ScoredWindow]:
        """Whole windows of clauses, by which plans are judged."""
        return scored_windows(self.scenario)

    def _planned(self, known: Mapping[str, Any]) -> Asked | StaffingAnswer:
        try:
            found = PlanSearch(self, self._setting, known).answer()
        except UnknownError as missing:
            return Asked(missing.points)
        return StaffingAnswer(
            teams=self._teams,
            plan=_told(found.plan, found.late),
            document=canonical(found.scenario),
            confidence=self.confidence,
            met=_met(found.proof),
            cost=self._amount(found.proof),
            margin=self._margin(found.proof),
            decide_by=min((decision.by for decision in found.plan.decisions), default=None),
            shortfall=found.shortfall,
        )

    def _refuse_unknown(self) -> None:
        vendors = [vendor.id for vendor in self.scenario.vendors]
        sites = [site.id for vendor in self.scenario.vendors for site in vendor.sites]
        if (self.objective is Objective.VENDOR_MARGIN) != (self.vendor is not None):
            raise StudyRefusedError(
                "a vendor's margin needs the vendor, the client's cost none; name one of " + ", ".join(vendors)
            )
        if self.vendor is not None and self.vendor not in vendors:
            raise StudyRefusedError(f"there is no vendor {self.vendor}; name one of " + ", ".join(vendors))
        for site in self.site_shares:
            if site not in sites:
                raise StudyRefusedError(f"there is no site {site}; name one of " + ", ".join(sites))

    def _amount(self, trial: Trial) -> Amount | None:
        return None if trial.client_cost is None else Amount.of(np.array(trial.client_cost))

    def _margin(self, trial: Trial) -> Amount | None:
        return None if self.vendor is None else Amount.of(-np.array(trial.cost))


def _met(trial: Trial) -> Share:
    return Share.of(sum(trial.held), len(trial.held))


def _told(plan: HiringPlan, late: Sequence[Late | None]) -> Plan:
    return Plan(
        targets=tuple(
            Target(team, day, heads) for team, targets in plan.targets.items() for day, heads in targets.items()
        ),
        classes=tuple(PlannedClass(team, one.start, one.heads, one.until) for (team, _), one in plan.classes.items()),
        overtime=tuple(TeamOvertime(*one) for one in plan.terms.overtime.items()),
        bench=tuple(TeamBench(*one) for one in plan.terms.bench.items()),
        shares=tuple(
            VendorPart(queue, split.begins, vendor, share)
            for queue, splits in plan.terms.splits.items()
            for split in splits
            for vendor, share in split.shares.items()
        ),
        decisions=tuple(_dated(*one) for one in zip(plan.decisions, late, strict=True)),
    )


def _dated(one: Decision, missed: Late | None) -> DatedDecision:
    return DatedDecision(one.by, one.what, one.team, one.heads, one.hours, one.queue, one.share, missed)
