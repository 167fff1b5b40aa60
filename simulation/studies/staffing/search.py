"""The staffing search: least agents where agents are given, the least-cost hiring plan where people are hired.

Where agents are given and nobody has people, the least agents are simulated once to confirm them. Else HiGHS proposes
a plan (`hiring_program`), some replications on common draws say how far every clause is from its target, and that
moves the next proposal (`steering`). Beside these stands what is required of every team, with a buffer. From the best
of them on, slopes from simulated runs propose (`sharpening`). The cheapest proposal that is probable enough is proven
by a run with fresh draws: the lower end of the 95 % interval of P(every clause met) has to reach the confidence. A
proof that fails raises what is wanted of the next proposal, and another seed tries that. At last every decision is
tried a week late.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field
from scipy.special import expit, logit

from simulation.comparison import Simulated
from simulation.experiment import Experiment
from simulation.scenario.grid import Int64
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.canonical import canonical, canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import Amount, Share
from simulation.studies.staffing.answer import (
    DatedDecision,
    Late,
    Plan,
    PlannedClass,
    Shortfall,
    StaffingAnswer,
    Target,
    TeamAgents,
)
from simulation.studies.staffing.hiring_plan import Decision, HiringPlan
from simulation.studies.staffing.hiring_program import BINDING, Proposal, binding, propose
from simulation.studies.staffing.options import Objective
from simulation.studies.staffing.outcomes import (
    ScoredWindow,
    Trial,
    chance_of_all,
    provable,
    scored_windows,
    share_needed,
    trial_of,
)
from simulation.studies.staffing.setting import Limits, Setting
from simulation.studies.staffing.sharpening import FAR, Handle, Slopes, handles
from simulation.studies.staffing.steering import Steering
from simulation.studies.study import Asked, Point, Study, StudyRefusedError

PROPOSALS, TRIED = 2, 20
"""How many proposals of the program are tried, and in how many replications each."""
BUFFER = 0.1
"""Of what is required of every team, where a proposal begins there."""
PROBED, SHARPENED = 8, 3
"""In how many replications each slope is measured, and how many plans are proposed by them before one is proven."""
WORTH = 0.025
"""Of two plans the better one may cost this share more if it is e times as probable."""
PROOFS = 3
"""How many plans are proven at most."""
LATE = 10
"""Replications in which a late decision is tried."""
FRESH = 7_919
"""What is added to the seed for draws that no proposal has met."""
CLOSE = 0.02
"""A trial that falls so little short of what is wanted may be proven: the smoothing costs about as much."""
HARDER = 0.5
"""After a proof that fails, the log-odds of what is wanted rise by so much: 0.18 becomes 0.27, 0.9 becomes 0.94."""


@dataclass(frozen=True)
class _Tried:
    """A proposal and its trial; plan and scenario that carries it out."""

    proposal: Proposal
    plan: HiringPlan
    scenario: Scenario
    trial: Trial
    heads: Int64 | None = None
    """By handle, from the plan whose slopes were measured; None of a plan that they did not propose."""

    @property
    def chance(self) -> float:
        """Of every clause met."""
        return chance_of_all(*self.trial.standings)


@dataclass(frozen=True)
class _Base:
    """Where sharpening begins, and the slopes there."""

    base: _Tried
    slopes: Slopes


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
        tried = (PROPOSALS + 1 + SHARPENED + PROOFS) * TRIED
        return tried + 60 * PROBED + PROOFS * self.proving + 40 * LATE

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
        if not self._windows:
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
        blocks = dict.fromkeys((one.queue, one.weeks) for one in self._windows if one.queue is not None)
        return Setting(self.scenario, self.objective, self.vendor, list(blocks))

    @cached_property
    def _windows(self) -> list[ScoredWindow]:
        return scored_windows(self.scenario)

    @cached_property
    def _limits(self) -> Limits:
        return Limits(self.site_shares)

    @property
    def _wanted(self) -> float:
        """The probability that a proof is likely to confirm."""
        needed = share_needed(self.confidence, self.proving)
        return min(needed + 0.5 * math.sqrt(needed * (1 - needed) / self.proving), 0.995)

    def _planned(self, known: Mapping[str, Any]) -> Asked | StaffingAnswer:
        steering, tried, wanted = Steering(self._setting, self._windows, self._limits), list[_Tried](), self._wanted
        for number in range(1, PROPOSALS + 1):
            proposal = propose(self._setting, steering.buffer, self._limits)
            plan = HiringPlan.of(self._setting, proposal.amounts)
            step = self._try(f"proposal {number}", "a plan that the program proposes", proposal, plan, known, tried)
            if isinstance(step, Asked):
                return step
            tried.append(step)
            steering.learn(step.proposal, step.trial, wanted)
        if not self.site_shares:  # only the program keeps to them
            plan, name = HiringPlan.of_requirement(self._setting, BUFFER), "what is required"
            step = self._try(name, "what is required of every team", tried[0].proposal, plan, known, tried)
            if isinstance(step, Asked):
                return step
            tried.append(step)
        slopes = self._slopes(max(tried, key=lambda one: self._merit(one, wanted)), known)
        if isinstance(slopes, Asked):
            return slopes
        for number in range(1, SHARPENED + 1):
            asked = self._sharpened(f"sharpened {number}", slopes, wanted, known, tried)
            if asked is not None:
                return asked
        proven: list[tuple[_Tried, Trial]] = []
        for number in range(1, PROOFS + 1):
            best = self._best(tried, wanted)
            name, seed = f"proof {number}", self.experiment.seed + FRESH * number
            if name not in known:
                experiment = Experiment(replications=self.proving, seed=seed)
                return Asked([Point(name, "the plan with fresh draws", best.scenario, experiment)])
            proven.append((best, known[name]))
            if self._is_proven(best, known[name]) or number == PROOFS:
                break
            wanted = float(expit(logit(wanted) + HARDER))
            asked = self._sharpened(f"sharpened {SHARPENED + number}", slopes, wanted, known, tried)
            if asked is not None:
                return asked
        return self._priced(*max(proven, key=lambda one: (self._is_proven(*one), one[1].lower)), tried, steering, known)

    def _merit(self, one: _Tried, wanted: float) -> float:
        """The higher, the better a plan to go on from."""
        lacking = max(math.log(wanted / max(one.chance, 1e-4)), 0.0)
        return -abs(one.trial.mean_cost) * WORTH * lacking - one.trial.mean_cost

    def _slopes(self, base: _Tried, known: Mapping[str, Any]) -> "Asked | _Base":
        """How the plan from which sharpening begins answers to its handles."""
        some = [] if self.site_shares else handles(self._setting, base.plan)
        points, probes, kept = list[Point](), list[Trial](), list[Handle]()
        for number, handle in enumerate(some, 1):
            name = f"slope {number}"
            try:
                scenario = handle.moved(base.plan, handle.step).applied(self.scenario)
            except ScenarioError:  # there is no room for more
                continue
            if name in known:
                probes.append(known[name])
                kept.append(handle)
            else:
                experiment = Experiment(replications=PROBED, seed=self.experiment.seed)
                points.append(Point(name, f"a little more of {handle.team}", scenario, experiment))
        if points:
            return Asked(points)
        return _Base(replace(base, heads=np.zeros(len(kept), np.int64)), Slopes(kept, base.trial, probes))

    def _sharpened(
        self, name: str, begun: "_Base", wanted: float, known: Mapping[str, Any], tried: list[_Tried]
    ) -> Asked | None:
        """A plan by the slopes, from the best so far that they lead to, tried."""
        own = [begun.base, *(one for one in tried if one.heads is not None)]
        best = max(own, key=lambda one: self._merit(one, wanted))
        assert best.heads is not None  # those are its own
        far = FAR / 2 ** sum(one is not best for one in own[1:])
        move = begun.slopes.best_move(best.trial, best.heads, wanted, max(far, 1.0))
        heads, plan = best.heads + move, begun.base.plan
        for handle, more in zip(begun.slopes.handles, heads.tolist(), strict=True):
            plan = handle.moved(plan, more) if more else plan
        try:
            step = self._try(
                name, "a plan that slopes propose", best.proposal, plan.decided(self._setting), known, tried
            )
        except StudyRefusedError:  # it has no room: the others stand
            return None
        if isinstance(step, Asked):
            return step
        if move.any():
            begun.slopes.correct(best.trial, step.trial, move)
        tried.append(replace(step, heads=heads))
        return None

    def _is_proven(self, one: _Tried, proof: Trial) -> bool:
        return proof.lower >= self.confidence and self._in_budget(proof) and one.proposal.beyond < 1.0

    def _in_budget(self, trial: Trial) -> bool:
        return self.budget is None or self.vendor is not None or trial.mean_cost <= self.budget

    def _try(
        self,
        name: str,
        label: str,
        proposal: Proposal,
        plan: HiringPlan,
        known: Mapping[str, Any],
        tried: Sequence[_Tried],
    ) -> Asked | _Tried:
        """A plan, simulated unless it is the same as one before."""
        for one in tried:
            if (one.plan.targets, one.plan.classes) == (plan.targets, plan.classes):
                return replace(one, proposal=proposal)
        try:
            scenario = plan.applied(self.scenario)
        except ScenarioError as error:
            raise StudyRefusedError(f"a plan does not fit the scenario: {error}; give its teams more room") from None
        if name not in known:
            experiment = Experiment(replications=TRIED, seed=self.experiment.seed)
            return Asked([Point(name, label, scenario, experiment)])
        return _Tried(proposal, plan, scenario, known[name])

    def _best(self, tried: Sequence[_Tried], wanted: float) -> _Tried:
        """The cheapest of those that are probable enough, else the most probable; not one that was proven in vain."""
        enough = [one for one in tried if one.chance >= wanted - CLOSE and self._in_budget(one.trial)]
        if enough:
            return min(enough, key=lambda one: one.trial.mean_cost)
        return max(tried, key=lambda one: (self._in_budget(one.trial), one.chance))

    def _priced(
        self, best: _Tried, proof: Trial, tried: Sequence[_Tried], steering: Steering, known: Mapping[str, Any]
    ) -> Asked | StaffingAnswer:
        """The answer, once every decision has been tried a week late."""
        shortfall = None if self._is_proven(best, proof) else self._shortfall(proof, tried, steering)
        late: list[Late | None] = [None] * len(best.plan.decisions)
        if shortfall is None:
            seed = self.experiment.seed + FRESH
            missing = []
            for number, decision in enumerate(best.plan.decisions):
                name = f"late {number + 1}"
                if name in known:
                    late[number] = Late(_met(known[name]), self._amount(known[name]))
                else:
                    label = f"{decision.what} of {decision.team} a week late"
                    scenario = _late(best, decision, self.scenario)
                    missing.append(Point(name, label, scenario, Experiment(replications=LATE, seed=seed)))
            if missing:
                return Asked(missing)
        return StaffingAnswer(
            teams=self._teams,
            plan=_told(best.plan, late),
            document=canonical(best.scenario),
            confidence=self.confidence,
            met=_met(proof),
            cost=self._amount(proof),
            margin=self._margin(proof),
            decide_by=min((decision.by for decision in best.plan.decisions), default=None),
            shortfall=shortfall,
        )

    def _shortfall(self, proof: Trial, tried: Sequence[_Tried], steering: Steering) -> Shortfall:
        enough = [one for one in tried if one.chance >= self._wanted - CLOSE]
        if enough and not any(self._in_budget(one.trial) for one in enough):
            return Shortfall("budget", proof.lower, min(one.trial.mean_cost for one in enough))
        if not self._in_budget(proof):
            return Shortfall("budget", proof.lower, proof.mean_cost)
        name = binding(self._setting, steering.buffer, self._limits)
        words = BINDING[name] if name is not None else "the teams' own policies and shifts"
        return Shortfall(words, proof.lower, None)

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


def _late(best: _Tried, decision: Decision, scenario: Scenario) -> Scenario:
    return best.plan.delayed(decision).applied(scenario)


def _told(plan: HiringPlan, late: Sequence[Late | None]) -> Plan:
    return Plan(
        targets=tuple(
            Target(team, day, heads) for team, targets in plan.targets.items() for day, heads in targets.items()
        ),
        classes=tuple(PlannedClass(team, one.start, one.heads, one.until) for (team, _), one in plan.classes.items()),
        decisions=tuple(
            DatedDecision(decision.by, decision.what, decision.team, decision.heads, missed)
            for decision, missed in zip(plan.decisions, late, strict=True)
        ),
    )
