"""The evaluation of a request: every proposal and mix, as planned and under each stress test, on the same draws."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from simulation.comparison import Simulated
from simulation.proposals.board import (
    FAILED,
    Board,
    BoardCandidate,
    CandidatePart,
    credits_of,
    differences,
    ramp_of,
    service_of,
    stressed,
)
from simulation.proposals.joining import Part, joined
from simulation.proposals.proposal import Proposal
from simulation.proposals.reading import load_proposal, load_request
from simulation.proposals.request import Request
from simulation.proposals.trials import Trial, trial_of
from simulation.scenario.changing.change import altered
from simulation.scenario.contracts.costs import ClientCost
from simulation.scenario.problems import choose
from simulation.scenario.quantities import Described, Id, Label, Seconds, Share
from simulation.scenario.reading.canonical import canonical, digest
from simulation.scenario.scenario import Scenario
from simulation.studies.refusals import Untried, made_or_reason
from simulation.studies.stress import name_of
from simulation.studies.study import Asked, Point, Study, StudyRefusedError

MOST_OFFERS = 200
AT_ONCE = 20
"""Points asked for at once: making them all anew at every step would cost more than a step should."""
AS_PLANNED = "as planned"


class Offer(Described):
    """A proposal as it is offered."""

    id: Id
    """What it is called on the board."""
    document: Annotated[str, Field(max_length=8_000_000)]
    """The proposal without its vendor's own cost, as canonical JSON."""


class MixPart(Described):
    """A proposal's part of a mix."""

    proposal: Id
    """The id of the proposal."""
    share: Share = 1.0
    """Its share of the contacts of every queue, where all have one; they sum to 1."""
    after_seconds: Seconds | None = None
    """Waiting time after which it answers what those before it have not; the first leaves it out, all others say it."""


class Mix(Described):
    """Several proposals that have the work together."""

    name: Label
    """What it is called on the board."""
    parts: Annotated[tuple[MixPart, ...], Field(min_length=2, max_length=20)]
    """Who has which part: by shares such as 70 and 30 %, or one after the other."""


class Evaluation(Study):
    """The proposals for a request, and mixes of them, side by side. `document` is the request."""

    reading: ClassVar = Trial
    answer: ClassVar = Board

    offers: Annotated[tuple[Offer, ...], Field(min_length=1, max_length=MOST_OFFERS)]
    """The proposals."""
    mixes: Annotated[tuple[Mix, ...], Field(max_length=MOST_OFFERS)] = ()
    """Mixes of them."""
    client_cost: ClientCost | None = None
    """What service costs the client besides invoices."""
    failed: tuple[str, ...] = ()
    """Names of points whose runs have failed, none of which is tried again."""
    baseline: Label | None = None
    """The proposal or mix that all others are held against; left out: the best."""

    @classmethod
    def of(
        cls,
        request: Request,
        offers: Mapping[str, Proposal],
        *,
        mixes: Sequence[Mix] = (),
        client_cost: ClientCost | None = None,
        baseline: str | None = None,
    ) -> Self:
        """Of a request, by its experiment, and what is offered, by id."""
        return cls(
            document=canonical(request),
            experiment=request.experiment,
            offers=tuple(Offer(id=name, document=canonical(one)) for name, one in offers.items()),
            mixes=tuple(mixes),
            client_cost=client_cost,
            baseline=baseline,
        )

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        offers = [offer.id for offer in self.offers]
        names = [*offers, *(mix.name for mix in self.mixes)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"there are two candidates {twice!r}; give each its own name")
        for mix in self.mixes:
            for part in mix.parts:
                if part.proposal not in offers:
                    raise ValueError(f"{mix.name}: no proposal is {part.proposal!r}; {choose(part.proposal, offers)}")
        if self.baseline is not None and self.baseline not in names:
            raise ValueError(f"there is no candidate {self.baseline!r}; {choose(self.baseline, names)}")
        return self

    @cached_property
    def request(self) -> Request:
        """What is put out."""
        return load_request(self.document)

    @cached_property
    def scenario(self) -> Scenario:
        """The request with its first proposal, after which the cost of a point is judged."""
        return self._joined(0)

    @property
    def names(self) -> list[str]:
        """The candidates' names: proposals, then mixes."""
        return [*(offer.id for offer in self.offers), *(mix.name for mix in self.mixes)]

    def most_replications(self) -> int:
        """Of all candidates, as planned and under every test."""
        return len(self.names) * (1 + len(self.request.stresses)) * self.experiment.replications

    def read(self, simulated: Simulated) -> Trial:
        """What came of each replication."""
        return trial_of(simulated)

    def without(self, failed: Collection[str]) -> Self:
        """One vendor's plan that cannot be simulated to its end keeps nobody from seeing the others."""
        return self.model_copy(update={"failed": tuple(failed)})

    def ask(self, known: Mapping[str, Trial]) -> Asked | Board:
        """Some points that are not known yet; then the board."""
        points: list[Point] = []
        untried: dict[str, str] = {}
        for number in range(len(self.names)):
            for point in self._points(number, known, untried):
                points.append(point)
                if len(points) == AT_ONCE:
                    return Asked(points)
        if points:
            return Asked(points)
        if all(self._name(number) in untried for number in range(len(self.names))):
            raise StudyRefusedError(f"nothing can be simulated: {next(iter(untried.values()))}; name other mixes")
        return self._board(known, untried)

    def _points(self, number: int, known: Mapping[str, Trial], untried: dict[str, str]) -> Iterator[Point]:
        """The points of a candidate that are not known, and into `untried` why others cannot be tried."""
        wanted = [self._name(number, test) for test in (None, *range(len(self.request.stresses)))]
        if all(name in known for name in wanted):
            return
        made = FAILED if wanted[0] in self.failed else made_or_reason(lambda: self._joined(number))
        if isinstance(made, str):
            untried[wanted[0]] = made
            return
        for test, name in zip((None, *range(len(self.request.stresses))), wanted, strict=True):
            if name in known:
                continue
            if name in self.failed:
                untried[name] = FAILED
                continue
            scenario = made if test is None else self._stressed(made, test)
            if isinstance(scenario, str):
                untried[name] = scenario
            else:
                yield Point(name, f"{self.names[number]}, {self._told(test)}", scenario, self.experiment)

    def _name(self, number: int, test: int | None = None) -> str:
        return f"{number} {'plain' if test is None else test}"

    def _told(self, test: int | None) -> str:
        return AS_PLANNED if test is None else self._stress(test)

    def _stress(self, test: int) -> str:
        return name_of(type(self.request.stresses[test].test))

    def _stressed(self, scenario: Scenario, test: int) -> Scenario | str:
        changes = self.request.stresses[test].test
        return made_or_reason(lambda: altered(scenario, changes.changes(scenario)).scenario)

    @cached_property
    def _proposals(self) -> dict[str, Proposal]:
        """Those read so far, by id."""
        return {}

    def _proposal(self, name: str) -> Proposal:
        if name not in self._proposals:
            (document,) = (offer.document for offer in self.offers if offer.id == name)
            self._proposals[name] = load_proposal(document, self.request, file=name)
        return self._proposals[name]

    def _parts(self, number: int) -> tuple[MixPart, ...]:
        if number < len(self.offers):
            return (MixPart(proposal=self.offers[number].id),)
        return self.mixes[number - len(self.offers)].parts

    def _joined(self, number: int) -> Scenario:
        parts = [Part(self._proposal(one.proposal), one.share, one.after_seconds) for one in self._parts(number)]
        return joined(self.request, parts, client_cost=self.client_cost)

    def _board(self, known: Mapping[str, Trial], untried: Mapping[str, str]) -> Board:
        tried = [number for number in range(len(self.names)) if self._name(number) in known]
        trials = {number: known[self._name(number)] for number in tried}
        best = self._baseline(trials)
        return Board(
            self.experiment.replications,
            -(-self.request.horizon.days // 7),
            self.names[best],
            tuple(self._candidate(number, best, known, untried) for number in tried),
            tuple(
                Untried(self.names[number], untried[self._name(number)])
                for number in range(len(self.names))
                if number not in trials
            ),
        )

    def _baseline(self, trials: Mapping[int, Trial]) -> int:
        named = self.names.index(self.baseline) if self.baseline is not None else -1
        if named in trials:
            return named

        def order(number: int) -> tuple[float, float]:
            cost = trials[number].cost
            return -trials[number].holds.mean, 0.0 if cost is None else cost.mean

        return min(trials, key=order)

    def _candidate(
        self, number: int, best: int, known: Mapping[str, Trial], untried: Mapping[str, str]
    ) -> BoardCandidate:
        trial, scenario = known[self._name(number)], self._joined(number)
        tests = {self._name(number, test): self._stress(test) for test in range(len(self.request.stresses))}
        at_risk = self.request.terms.at_risk
        return BoardCandidate(
            self.names[number],
            tuple(CandidatePart(one.proposal, one.share, one.after_seconds) for one in self._parts(number)),
            digest(scenario),
            trial.holds,
            trial.first_break,
            service_of(trial.reading.served),
            trial.cost,
            credits_of(trial, 0.0 if at_risk is None else at_risk.share),
            trial.strengths,
            ramp_of(scenario),
            tuple(stressed(stress, trial, known[name]) for name, stress in tests.items() if name in known),
            tuple(Untried(stress, untried[name]) for name, stress in tests.items() if name in untried),
            differences(known[self._name(best)], trial) if number != best else (),
        )
