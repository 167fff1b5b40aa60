"""Readiness: volume moves a step further only when the vendor is ready for it, with a probability.

A step that misses the confidence comes a week later, and with it all steps behind it; so do hyper-care and whatever
follows from dates of steps. What comes of the later schedule is simulated again on the same draws, until every step is
ready, or one would come after the horizon. Of several transitions each waits for itself. When a step is ready is said
by `simulation.outcome.report.strength`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from simulation.comparison import Simulated
from simulation.outcome.report.strength import StepReadiness
from simulation.scenario.changing.draft import percent
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.studies.readings import Amount, Share
from simulation.studies.study import Asked, Point, Study, StudyRefusedError

Delays = tuple[tuple[int, ...], ...]
"""Weeks by which each step of each transition comes later than planned."""


@dataclass(frozen=True)
class StepStanding:
    """How a vendor stands when a step comes."""

    transition: int
    """The number of the transition in the scenario, from 0."""
    step: int
    """The number of the step in it, from 0."""
    start: date
    """When it comes."""
    required_fte: float
    """Paid FTE that the first whole week of the step requires of the vendor."""
    effective_fte: Amount
    """The vendor's effective FTE at the start of the week in which the step comes."""
    staffed: Share
    """That these are at least 98 % of those required."""
    served: Share
    """That each queue's service since the step before met its target."""
    ready: Share
    """That it is both."""


@dataclass(frozen=True)
class Standings:
    """What is kept of a schedule: the steps that come within the horizon."""

    steps: tuple[StepStanding, ...]
    """In the scenario's order."""


@dataclass(frozen=True)
class GatedStep:
    """A step of a transition, and when the vendor is ready for it."""

    vendor: str
    """The id of the vendor who takes over."""
    queues: tuple[str, ...]
    """Ids of the queues that move."""
    share: float
    """The share of the contacts from then on."""
    planned: date
    """When it was to come."""
    planned_ready: Share | None
    """Whether the vendor is ready then; null where that is after the horizon."""
    gated: date | None
    """When it may come; null where nobody is ready within the horizon."""
    delay_weeks: int | None
    """By how much later that is."""
    standing: StepStanding | None
    """How the vendor stands then; of a step that is never ready, when it was last tried, if it was."""
    lacks: str | None
    """What is not ready, in words, on the planned date; null where the vendor is ready."""


@dataclass(frozen=True)
class ReadinessReport:
    """When each step may come."""

    confidence: float
    """The probability of being ready that every step wants."""
    is_ready: bool
    """Whether every step that was planned within the horizon may come within it."""
    schedules: int
    """How many schedules were simulated."""
    replications: int
    """How many replications of each."""
    steps: tuple[GatedStep, ...]
    """In the scenario's order."""


class Readiness(Study):
    """When the steps of a scenario's transitions may come."""

    reading: ClassVar = Standings
    answer: ClassVar = ReadinessReport

    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.8
    """The probability of being ready that a step wants."""

    def most_replications(self) -> int:
        """A schedule a week, of each transition."""
        weeks = -(-self.scenario.horizon.days // 7) + 1
        return (1 + weeks * max(len(self.scenario.transitions), 1)) * self.experiment.replications

    def read(self, simulated: Simulated) -> Standings:
        """How the vendors stand when the steps come."""
        places = _places(simulated.scenario)
        steps = zip(places, simulated.result.scaling.readiness, strict=True)
        return Standings(tuple(_standing(transition, step, one) for (transition, step), one in steps))

    def ask(self, known: Mapping[str, Standings]) -> Asked | ReadinessReport:
        """The next schedule, or the last one."""
        if not _places(self.scenario):
            message = "the scenario has no transition with a step within its horizon"
            raise StudyRefusedError(f"{message}; add transitions, or put the work out with steps")
        delays: Delays = tuple((0,) * len(one.steps) for one in self.scenario.transitions)
        tried: list[Standings] = []
        while True:
            name = f"schedule {len(tried)}"
            if name not in known:
                return Asked([Point(name, _told(delays), delayed(self.scenario, delays), self.experiment)])
            tried.append(known[name])
            later = self._later(delays, known[name])
            if later == delays:
                return self._report(tried, delays)
            delays = later

    def _later(self, delays: Delays, standings: Standings) -> Delays:
        """A week more for the first step of each transition that misses the confidence, and for those behind it."""
        missed: dict[int, int] = {}
        for one in standings.steps:
            if one.ready.mean < self.confidence:
                missed.setdefault(one.transition, one.step)
        return tuple(
            tuple(weeks + (t in missed and step >= missed[t]) for step, weeks in enumerate(own))
            for t, own in enumerate(delays)
        )

    def _report(self, tried: Sequence[Standings], delays: Delays) -> ReadinessReport:
        steps = tuple(self._gated(tried, delays))
        return ReadinessReport(
            self.confidence,
            all(one.gated is not None for one in steps if one.planned_ready is not None),
            len(tried),
            self.experiment.replications,
            steps,
        )

    def _gated(self, tried: Sequence[Standings], delays: Delays) -> Iterator[GatedStep]:
        end = self.scenario.horizon.end
        for t, transition in enumerate(self.scenario.transitions):
            for s, step in enumerate(transition.steps):
                planned, last = _of(tried[0], t, s), _of(tried[-1], t, s)
                before = step.from_ < self.scenario.start  # volume that is there already waits for nobody
                gated = step.from_ + timedelta(weeks=delays[t][s])
                is_in = before or gated < end
                last = last or next((one for of in reversed(tried) if (one := _of(of, t, s)) is not None), None)
                yield GatedStep(
                    transition.to,
                    transition.queues,
                    step.share,
                    step.from_,
                    None if planned is None else planned.ready,
                    gated if is_in else None,
                    delays[t][s] if is_in else None,
                    last,
                    None if planned is None or planned.ready.mean >= self.confidence else _lacks(planned),
                )


def delayed(scenario: Scenario, delays: Delays) -> Scenario:
    """The scenario with the steps of its transitions so many weeks later; a transition that comes to lie beyond the
    horizon begins with its end."""
    data, end = canonical_data(scenario), scenario.horizon.end
    for transition, own in zip(data.get("transitions", ()), delays, strict=True):
        pairs = zip(transition["steps"], own, strict=True)
        dates = [date.fromisoformat(step["from"]) + timedelta(weeks=weeks) for step, weeks in pairs]
        dates[0] = min(dates[0], end) if own[0] else dates[0]
        for step, day in zip(transition["steps"], dates, strict=True):
            step["from"] = day.isoformat()
    return from_data(data, file="schedule")


def gated(scenario: Scenario, report: ReadinessReport) -> Scenario:
    """The scenario with its steps when they may come; those that are never ready, as late as they were tried."""
    weeks = iter(report.steps)
    horizon = -(-scenario.horizon.days // 7)
    delays = tuple(
        tuple(horizon if (found := next(weeks)).delay_weeks is None else found.delay_weeks for _ in one.steps)
        for one in scenario.transitions
    )
    return delayed(scenario, delays)


def _places(scenario: Scenario) -> list[tuple[int, int]]:
    """The steps within the horizon, by number of transition and step."""
    return [
        (t, s)
        for t, transition in enumerate(scenario.transitions)
        for s, step in enumerate(transition.steps)
        if scenario.start <= step.from_ < scenario.horizon.end
    ]


def _standing(transition: int, step: int, of: StepReadiness) -> StepStanding:
    shares = (Share.of(one.successes, one.trials) for one in (of.staffed, of.served, of.ready))
    return StepStanding(transition, step, of.start, of.required_fte, Amount.of(of.effective_fte.over), *shares)


def _of(standings: Standings, transition: int, step: int) -> StepStanding | None:
    return next((one for one in standings.steps if (one.transition, one.step) == (transition, step)), None)


def _told(delays: Delays) -> str:
    if not any(any(own) for own in delays):
        return "as planned"
    told = "; ".join(", ".join(f"+{weeks}" for weeks in own) for own in delays)
    return f"steps {told} weeks"[:200]


def _lacks(standing: StepStanding) -> str:
    """What keeps a vendor from being ready, the less probable first."""
    people = f"{standing.effective_fte.mean:.1f} of {standing.required_fte:.1f} FTE"
    parts = [
        (standing.staffed.mean, f"staffed in {percent(round(standing.staffed.mean, 3))}, {people} on average"),
        (standing.served.mean, f"on target since the step before in {percent(round(standing.served.mean, 3))}"),
    ]
    return "; ".join(words for share, words in sorted(parts) if share < 1)
