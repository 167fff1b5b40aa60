"""The search for a hiring plan as far as what is known goes.

HiGHS proposes a plan (`hiring_program`), and beside it stands what is required of every team, with a buffer. The better
of them is the base: many replications tell how its windows vary together, and every other plan is told by what it
differs from it on common draws. From the best so far, slopes from simulated runs propose (`sharpening`). The cheapest
plan that is probable enough is proven by a run with fresh draws: the lower end of the 95 % interval of P(every clause
met) has to reach the confidence. A proof that fails raises what is wanted of the next plan, and another seed tries
that. At last every decision is tried a week late, on the draws of the proof.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from simulation.comparison import paired_share_gap
from simulation.experiment import Experiment
from simulation.scenario.grid import Int64
from simulation.scenario.problems import ScenarioError
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import Amount, Share
from simulation.studies.staffing.answer import Late, Shortfall
from simulation.studies.staffing.handles import Handle, handles
from simulation.studies.staffing.hiring_plan import HiringPlan
from simulation.studies.staffing.hiring_program import BINDING, binding, propose
from simulation.studies.staffing.outcomes import Standing, Trial, share_needed
from simulation.studies.staffing.setting import Limits, Setting
from simulation.studies.staffing.sharpening import FAR, Aim, Slopes
from simulation.studies.study import Point, StudyRefusedError
from simulation.world.demand.cells import Float64

if TYPE_CHECKING:
    from simulation.studies.staffing.search import StaffingSearch

TRIED, BASED = 20, 100
"""In how many replications a plan is tried, and in how many the base."""
BUFFER = 0.1
"""Of what is required, where the first plans begin."""
HIGHER = (0.1, 0.3, 0.6, 1.0)
"""Buffers at which it is asked what binds, the least first."""
PROBED, SHARPENED = 8, 4
"""In how many replications each slope is measured, and how many plans are proposed by them before one is proven."""
WORTH = 0.025
"""Of two plans the better one may cost this share more if it is e times as probable."""
PROOFS = 3
"""How many plans are proven at most."""
LATE = 12
"""Replications in which a late decision is tried."""
FRESH = 7_919
"""What is added to the seed for draws that no proposal has met."""
SURELY = 0.8
"""Standard errors by which a plan is to stand over the share that its proof needs: four in five proofs succeed."""
CLOSE = 0.1
"""A plan whose log-odds fall so little short of what is wanted may be proven: 0.12 becomes 0.11, 0.9 becomes 0.89."""
HARDER = 0.5
"""After a proof that fails, the log-odds of what is wanted rise by so much: 0.18 becomes 0.27, 0.9 becomes 0.94."""
ROUNDED = 0.002
"""By so much a site's hours may be over its share, which nobody meets to the hour."""


class UnknownError(Exception):
    """Some points have to be simulated first."""

    def __init__(self, points: Sequence[Point]) -> None:
        super().__init__(len(points))
        self.points = points


@dataclass(frozen=True)
class Tried:
    """A plan, the scenario that carries it out, and what came of it.

    base: the trial whose many replications tell how windows vary together; None before there is one
    units: by handle, from the plan whose slopes were measured; None of a plan that they did not propose
    """

    plan: HiringPlan
    scenario: Scenario
    trial: Trial
    base: Trial | None = None
    units: Int64 | None = None

    @property
    def standing(self) -> Standing:
        """Of every window."""
        return self.trial.standing if self.base is None else self.trial.beside(self.base)


@dataclass(frozen=True)
class Proven:
    """The plan that was found: its proof, what comes of its decisions a week late, and what it lacks."""

    plan: HiringPlan
    scenario: Scenario
    proof: Trial
    late: tuple[Late | None, ...]
    shortfall: Shortfall | None


class PlanSearch:
    """The search as far as what is known goes; raises UnknownError there."""

    def __init__(self, search: "StaffingSearch", setting: Setting, known: Mapping[str, Trial]) -> None:
        self._search, self._setting, self._known = search, setting, known
        self._limits = Limits(search.site_shares)
        sites = [site.id for vendor in search.scenario.vendors for site in vendor.sites]
        self._shares = np.array([search.site_shares.get(site, 1.0) for site in sites])
        self._tried: list[Tried] = []

    def answer(self) -> Proven:
        """The plan."""
        wanted = self._likely_to_prove
        self._begin()
        base = self._based(wanted)
        begun = self._best_to_go_on(self._tried, wanted)
        slopes = self._slopes(begun)
        own = [replace(begun, units=np.zeros(len(slopes.handles), np.int64))]
        for number in range(1, SHARPENED + 1):
            self._sharpen(f"sharpened {number}", slopes, own, wanted, base)
        proven: list[tuple[Tried, Trial]] = []
        for number in range(1, PROOFS + 1):
            best = self._to_prove(wanted)
            if any(best is one for one, _ in proven):  # nothing else is left, and luck proves nothing
                break
            proven.append((best, self._proof(number, best)))
            if self._is_proven(proven[-1][1]) or number == PROOFS:
                break
            wanted = float(expit(logit(wanted) + HARDER))
            self._sharpen(f"harder {number}", slopes, own, wanted, base)
        number, (best, proof) = max(enumerate(proven, 1), key=lambda one: (self._is_proven(one[1][1]), one[1][1].lower))
        if not self._is_proven(proof):
            nothing = (None,) * len(best.plan.decisions)
            return Proven(best.plan, best.scenario, proof, nothing, self._shortfall(proof))
        return Proven(best.plan, best.scenario, proof, self._late(best.plan, proof, number), None)

    @property
    def _likely_to_prove(self) -> float:
        """The probability that a proof is likely to confirm."""
        search = self._search
        needed = share_needed(search.confidence, search.proving)
        return min(needed + SURELY * math.sqrt(needed * (1 - needed) / search.proving), 0.995)

    # plans

    def _begin(self) -> None:
        """What the program proposes, and what is required of every team."""
        amounts = propose(self._setting, self._buffer(BUFFER), self._limits).amounts
        plans = {
            "a plan that the program proposes": HiringPlan.of(self._setting, amounts),
            "what is required of every team": HiringPlan.of_requirement(self._setting, BUFFER),
        }
        scenarios = [self._fitting(plan) for plan in plans.values()]
        experiment = Experiment(replications=TRIED, seed=self._search.experiment.seed)
        points = [
            Point(f"start {number}", label, scenario, experiment)
            for number, (label, scenario) in enumerate(zip(plans, scenarios, strict=True), 1)
        ]
        trials = self._simulated(points)
        self._tried = [Tried(*one) for one in zip(plans.values(), scenarios, trials, strict=True)]

    def _based(self, wanted: float) -> Trial:
        """The better one's trial with many replications, by which all are judged from now on."""
        best = self._best_to_go_on(self._tried, wanted)
        experiment = Experiment(replications=BASED, seed=self._search.experiment.seed)
        (base,) = self._simulated([Point("base", "the better of them, many times", best.scenario, experiment)])
        self._tried = [replace(one, base=base) for one in self._tried]
        return base

    def _slopes(self, begun: Tried) -> Slopes:
        """How a plan answers to its handles."""
        kept, points = list[Handle](), list[Point]()
        experiment = Experiment(replications=PROBED, seed=self._search.experiment.seed)
        for number, handle in enumerate(handles(self._setting, begun.plan), 1):
            try:
                scenario = self._applied(handle.moved(begun.plan, handle.probe))
            except ScenarioError:  # there is no room for it
                continue
            points.append(Point(f"slope {number}", f"a step of {handle.name}", scenario, experiment))
            kept.append(handle)
        return Slopes(kept, begun.trial, self._simulated(points))

    def _sharpen(self, name: str, slopes: Slopes, own: list[Tried], wanted: float, base: Trial) -> None:
        """A plan by the slopes, from the best of those that they have led to, tried."""
        best = self._best_to_go_on(own, wanted)
        assert best.units is not None  # those are its own
        far = max(FAR / 2 ** sum(one is not best for one in own[1:]), 1.0)
        move = self._move(slopes, best, best.units, wanted, far)
        units, plan = best.units + move, own[0].plan
        for handle, more in zip(slopes.handles, units.tolist(), strict=True):
            plan = handle.moved(plan, more) if more else plan
        plan = plan.decided(self._setting)
        if any(plan.is_like(one.plan) for one in self._tried):
            return  # nothing is left to be tried
        try:
            scenario = self._applied(plan)
        except ScenarioError:  # it has no room: the others stand
            return
        experiment = Experiment(replications=TRIED, seed=self._search.experiment.seed)
        (trial,) = self._simulated([Point(name, "a plan that slopes propose", scenario, experiment)])
        slopes.correct(best.trial, trial, move)
        own.append(Tried(plan, scenario, trial, base, units))
        self._tried.append(own[-1])

    def _move(self, slopes: Slopes, best: Tried, units: Int64, wanted: float, far: float) -> Int64:
        """Found once a search, which is asked again and again as more is known."""
        key = slopes.of_unit.tobytes(), best.trial, units.tobytes(), wanted, far
        if key not in self._search.moves:
            self._search.moves[key] = slopes.best_move(best.trial, best.standing, units, self._aim(wanted), far)
        return self._search.moves[key]

    # judging

    def _aim(self, wanted: float) -> Aim:
        return Aim(wanted, self._shares)

    def _best_to_go_on(self, some: Sequence[Tried], wanted: float) -> Tried:
        """That with the least cost, what lacks priced."""

        def price(one: Tried) -> float:
            lacking = self._aim(wanted).lacking(one.standing.chance, one.trial.mean_hours)
            return one.trial.mean_cost + abs(one.trial.mean_cost) * WORTH * lacking

        return min(some, key=price)

    def _to_prove(self, wanted: float) -> Tried:
        """The cheapest of those that are probable enough, else the most probable, within limits where any is."""
        within = [one for one in self._tried if self._keeps_shares(one.trial)] or self._tried
        enough = [one for one in within if self._is_likely(one, wanted) and self._in_budget(one.trial)]
        if enough:
            return min(enough, key=lambda one: one.trial.mean_cost)
        return max(within, key=lambda one: (self._in_budget(one.trial), one.standing.chance))

    def _is_likely(self, one: Tried, wanted: float) -> bool:
        return one.standing.chance >= float(expit(logit(wanted) - CLOSE))

    def _is_proven(self, proof: Trial) -> bool:
        return proof.lower >= self._search.confidence and self._in_budget(proof) and self._keeps_shares(proof)

    def _in_budget(self, trial: Trial) -> bool:
        search = self._search
        return search.budget is None or search.vendor is not None or trial.mean_cost <= search.budget

    def _keeps_shares(self, trial: Trial) -> bool:
        return self._aim(1.0).beyond(trial.mean_hours) <= ROUNDED

    # the end

    def _proof(self, number: int, best: Tried) -> Trial:
        experiment = Experiment(replications=self._search.proving, seed=self._search.experiment.seed + FRESH * number)
        (proof,) = self._simulated([Point(f"proof {number}", "the plan with fresh draws", best.scenario, experiment)])
        return proof

    def _late(self, plan: HiringPlan, proof: Trial, number: int) -> tuple[Late | None, ...]:
        """Every decision a week late, on the draws of the proof; None of one that cannot be made any more then."""
        seed, start = self._search.experiment.seed + FRESH * number, self._setting.grid.start
        experiment, points = Experiment(replications=LATE, seed=seed), dict[int, Point]()
        for place, decision in enumerate(plan.decisions):
            try:
                scenario = self._applied(plan.delayed(decision, start))
            except ScenarioError:  # such as people who would leave before they are trained
                continue
            label = f"{decision.what} of {decision.team} a week late"
            points[place] = Point(f"late {place + 1}", label, scenario, experiment)
        trials = dict(zip(points, self._simulated(list(points.values())), strict=True))
        return tuple(_late(proof, trials[k]) if k in trials else None for k in range(len(plan.decisions)))

    def _shortfall(self, proof: Trial) -> Shortfall:
        enough = [one for one in self._tried if self._is_likely(one, self._likely_to_prove)]
        if enough and not any(self._in_budget(one.trial) for one in enough):
            return Shortfall("budget", proof.lower, min(one.trial.mean_cost for one in enough))
        if not self._in_budget(proof):
            return Shortfall("budget", proof.lower, proof.mean_cost)
        if not self._keeps_shares(proof):
            return Shortfall(BINDING["shares"], proof.lower, None)
        names = (binding(self._setting, self._buffer(share), self._limits) for share in HIGHER)
        name = next((name for name in names if name is not None), None)
        words = BINDING[name] if name is not None else "the teams' own policies and shifts"
        return Shortfall(words, proof.lower, None)

    # what is simulated

    def _simulated(self, points: Sequence[Point]) -> list[Trial]:
        """What came of each."""
        missing = [point for point in points if point.name not in self._known]
        if missing:
            raise UnknownError(missing)
        return [self._known[point.name] for point in points]

    def _applied(self, plan: HiringPlan) -> Scenario:
        """The scenario that carries a plan out, made once a search. Raises ScenarioError where that is none."""
        key, made = repr((plan.targets, plan.classes, plan.terms)), self._search.scenarios
        if key not in made:
            made[key] = plan.applied(self._search.scenario)
        return made[key]

    def _fitting(self, plan: HiringPlan) -> Scenario:
        try:
            return self._applied(plan)
        except ScenarioError as error:
            raise StudyRefusedError(f"a plan does not fit the scenario: {error}; give its teams more room") from None

    def _buffer(self, share: float) -> Float64:
        """Float64 (weeks, queues): where windows score a queue."""
        buffer = np.zeros((self._setting.weeks, len(self._setting.scenario.queues)))
        for window in self._search.windows:
            if window.queue is not None:
                buffer[list(window.weeks), window.queue] = share
        return buffer


def _late(proof: Trial, late: Trial) -> Late:
    """What comes of the plan: the proof's figures, and how they change on the draws of both. The probability changes as
    the windows' margins do, which a few draws tell much better than how many of them hold; these tell how well."""
    both = min(len(proof.held), len(late.held))
    held, missed = (np.array(one.held[:both], np.float64) for one in (proof, late))
    gap = paired_share_gap(held, missed)
    low, high = gap.confidence_interval() or (gap.mean, gap.mean)
    mean = proof.share + late.beside(proof).chance - proof.standing.chance
    all_met = Share(*(min(max(end, 0.0), 1.0) for end in (mean, mean + low - gap.mean, mean + high - gap.mean)))
    if proof.client_cost is None or late.client_cost is None:
        return Late(all_met, None)
    dearer = np.subtract(late.client_cost[:both], proof.client_cost[:both])
    return Late(all_met, Amount.of(np.mean(proof.client_cost) + dearer))
