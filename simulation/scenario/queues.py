"""Queues: streams of contacts of one type, who may answer them, and how well they ought to be answered."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from math import fsum
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from simulation.scenario.calendar import Clock, Day, Weekday
from simulation.scenario.containment import Containment
from simulation.scenario.demand import Demand
from simulation.scenario.places import Zone
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import (
    Described,
    Id,
    Label,
    PositiveFactor,
    PositiveSeconds,
    Real,
    Seconds,
    Share,
    named_by_id,
)


class Channel(StrEnum):
    """How contacts come in: voice and chat are immediate, people abandon; on the others work waits."""

    VOICE = "VOICE"
    CHAT = "CHAT"
    EMAIL = "EMAIL"
    SOCIAL = "SOCIAL"
    CASE = "CASE"


DEFERRED_CHANNELS = frozenset({Channel.EMAIL, Channel.SOCIAL, Channel.CASE})


class Office(StrEnum):
    """Customer-facing work or an internal function; a label to filter and report by."""

    FRONT = "FRONT"
    BACK = "BACK"


class Distribution(StrEnum):
    """How single times scatter around their mean."""

    EXPONENTIAL = "EXPONENTIAL"
    LOGNORMAL = "LOGNORMAL"
    GAMMA = "GAMMA"
    WEIBULL = "WEIBULL"
    DETERMINISTIC = "DETERMINISTIC"
    EMPIRICAL = "EMPIRICAL"
    """As observed, given by values or quantiles."""


FIXED_CV = {Distribution.EXPONENTIAL: 1.0, Distribution.DETERMINISTIC: 0.0}
"""Coefficients of variation that the distribution itself fixes."""
LEAST_CV = 0.01
"""Of the other distributions."""


class Formula(StrEnum):
    """Which service level, of A offered: S answered and L abandoned, (t) within the threshold, (t0) the short time."""

    ANSWERED_OVER_OFFERED_LESS_SHORT = "ANSWERED_OVER_OFFERED_LESS_SHORT"
    """S(t) / (A - L(t))"""
    ABANDONED_IN_TIME_COUNT = "ABANDONED_IN_TIME_COUNT"
    """(S(t) + L(t)) / A"""
    ANSWERED_OVER_OFFERED = "ANSWERED_OVER_OFFERED"
    """S(t) / A"""
    ANSWERED_OVER_ANSWERED = "ANSWERED_OVER_ANSWERED"
    """S(t) / S"""
    SHORT_ABANDONS_COUNT = "SHORT_ABANDONS_COUNT"
    """(S(t) + L(t0)) / A"""


class Choice(StrEnum):
    """Which of several free agents takes the contact, within the first step that has one."""

    LONGEST_IDLE = "LONGEST_IDLE"
    """The agent who has been idle longest."""
    LEAST_OCCUPIED = "LEAST_OCCUPIED"
    """An agent of the team with the smallest share of busy agents."""


class Opening(Described):
    """Hours on some days of the week; a queue is open whenever one of its entries says so."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = tuple(Weekday)
    """Days of the week on which it opens."""
    open: Clock
    """Local time of opening."""
    close: Clock
    """Local time of closing; at or before the opening it is on the next day."""
    from_: Annotated[Day | None, Field(alias="from")] = None
    """First date it holds; left out: always."""
    to: Day | None = None
    """Last date it holds; left out: always."""

    def holds_on(self, day: date) -> bool:
        """Whether it opens on a local date."""
        begun = self.from_ is None or self.from_ <= day
        return begun and (self.to is None or day <= self.to) and Weekday.of(day) in self.days

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.open == "24:00":
            refuse("no day opens at 24:00", 'write "00:00" of the next day', ("open",))
        if self.from_ is not None and self.to is not None and self.to < self.from_:
            refuse("ends before it begins", "write a date on or after `from`", ("to",))
        return self


class Quantile(Described):
    """One point of an empirical distribution."""

    share: Share
    """Share of times that are at most so long: 0.5 is the median."""
    seconds: Seconds
    """How long, in seconds."""


class RandomTime(Described):
    """A random length of time, given by distribution, mean and coefficient of variation, or as it was observed."""

    one_of = ("mean_seconds", "values", "quantiles")

    distribution: Distribution = Distribution.EXPONENTIAL
    """How single times scatter around the mean."""
    mean_seconds: PositiveSeconds | None = None
    """Mean in seconds; EMPIRICAL times have the mean of their values or quantiles instead."""
    cv: Annotated[Real, Field(ge=0, le=10)] = 0.0
    """Coefficient of variation: standard deviation / mean. Needed for LOGNORMAL, GAMMA and WEIBULL;
    EXPONENTIAL always has 1 and DETERMINISTIC 0."""
    values: Annotated[tuple[Seconds, ...], Field(min_length=1, max_length=10_000)] | None = None
    """EMPIRICAL only: observed times in seconds, in any order, each as likely as the others."""
    quantiles: Annotated[tuple[Quantile, ...], Field(min_length=2, max_length=1000)] | None = None
    """EMPIRICAL only: points of the distribution by ascending share; linear between, flat outside."""

    @property
    def points(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The quantile function of EMPIRICAL times: (shares, seconds), linear between, flat outside.

        Of n values the k-th smallest stands at (k - 1/2) / n, which keeps their mean exactly.
        """
        if self.values is not None:
            count = len(self.values)
            return tuple((k + 0.5) / count for k in range(count)), tuple(sorted(self.values))
        quantiles = self.quantiles or ()
        return tuple(point.share for point in quantiles), tuple(point.seconds for point in quantiles)

    @property
    def mean(self) -> float:
        """Mean in seconds, however it is given."""
        if self.mean_seconds is not None:
            return self.mean_seconds
        if self.values is not None:
            return fsum(self.values) / len(self.values)
        shares, seconds = self.points
        between = ((shares[k] - shares[k - 1]) * (seconds[k] + seconds[k - 1]) / 2 for k in range(1, len(shares)))
        return fsum((shares[0] * seconds[0], *between, (1 - shares[-1]) * seconds[-1]))

    @model_validator(mode="before")
    @classmethod
    def _fixed_cv(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or value.get("distribution") not in (None, Distribution.EXPONENTIAL):
            return value
        return {**value, "cv": FIXED_CV[Distribution.EXPONENTIAL] if value.get("cv") is None else value["cv"]}

    @model_validator(mode="after")
    def _given_as_its_distribution_needs(self) -> Self:
        given = next((name for name in self.one_of if getattr(self, name) is not None), "mean_seconds")
        if self.distribution is Distribution.EMPIRICAL:
            if given == "mean_seconds":
                refuse("EMPIRICAL times are given as observed", "write values or quantiles instead", (given,))
            if self.cv:
                refuse("EMPIRICAL times have the cv of what was observed", "remove cv", ("cv",))
        elif given != "mean_seconds":
            mend = f"write distribution: EMPIRICAL, or mean_seconds instead of {given}"
            refuse(f"{self.distribution.value} times are not given by {given}", mend, (given,))
        return self

    @model_validator(mode="after")
    def _quantiles_rise(self) -> Self:
        points = self.quantiles or ()
        for k in range(1, len(points)):
            if points[k].share <= points[k - 1].share:
                refuse("is not over the share before", "order quantiles by share", ("quantiles", k, "share"))
            if points[k].seconds < points[k - 1].seconds:
                mend = f"write at least {points[k - 1].seconds:g}, the quantile at {points[k - 1].share:g}"
                refuse("a later quantile cannot be shorter", mend, ("quantiles", k, "seconds"))
        return self

    @model_validator(mode="after")
    def _takes_some_time(self) -> Self:
        if self.mean == 0:
            given = "values" if self.values is not None else "quantiles"
            refuse("every time is 0", "give some time over 0 seconds", (given,))
        return self

    @model_validator(mode="after")
    def _cv_fits(self) -> Self:
        if self.distribution is Distribution.EMPIRICAL:
            return self
        name, fixed = self.distribution.value, FIXED_CV.get(self.distribution)
        if fixed is not None and self.cv != fixed:
            mend = "remove cv, or write distribution LOGNORMAL, GAMMA or WEIBULL"
            refuse(f"{name} times always have a cv of {fixed:g}", mend, ("cv",))
        if fixed is None and self.cv < LEAST_CV:
            mend = f"write cv, standard deviation / mean, at least {LEAST_CV}, or distribution DETERMINISTIC"
            refuse(f"{name} times need a coefficient of variation", mend, ("cv",))
        return self


class HandlingChange(Described):
    """From a date on, handling takes another multiple of its mean."""

    from_: Annotated[Day, Field(alias="from")]
    """First local date of the queue on which it holds, until the next change."""
    multiplier: PositiveFactor
    """Factor on the mean as given, not on the change before."""


def _by_date(name: str, begins: Sequence[date]) -> None:
    """Refuses a list of what holds from a date on that is not in the order of dates."""
    for k in range(1, len(begins)):
        if begins[k] <= begins[k - 1]:
            refuse("is not after the one before", f"order {name} by date", (name, k, "from"))


class Handling(RandomTime):
    """Handling time of a contact: talk, hold and after-contact work."""

    mean_seconds: PositiveSeconds | None = None
    """Mean handling time in seconds (AHT), after-contact work included, of an agent with speed 1;
    EMPIRICAL times have the mean of their values or quantiles instead."""
    changes: tuple[HandlingChange, ...] = ()
    """Changes of the mean, by ascending date."""

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        _by_date("changes", [change.from_ for change in self.changes])
        return self


class Patience(RandomTime):
    """How long a contact waits, from its arrival, before it abandons."""

    mean_seconds: PositiveSeconds | None = None
    """Mean patience in seconds; EMPIRICAL times have the mean of their values or quantiles instead."""


class Target(Described):
    """The service level wanted."""

    threshold_seconds: Seconds = 20.0
    """Seconds of waiting within which a contact is answered in time."""
    share: Annotated[Real, Field(gt=0, le=1)] = 0.8
    """Share of contacts wanted in time."""
    formula: Formula = Formula.ANSWERED_OVER_OFFERED
    """Which service level is meant."""
    short_abandon_seconds: Seconds = 5.0
    """Seconds of waiting within which an abandoned contact counts as short."""

    @model_validator(mode="after")
    def _short_is_shorter(self) -> Self:
        if self.formula is Formula.SHORT_ABANDONS_COUNT and self.short_abandon_seconds >= self.threshold_seconds:
            mend = f"write less than threshold_seconds, {self.threshold_seconds:g}"
            refuse("a short abandon must be shorter than the threshold", mend, ("short_abandon_seconds",))
        return self


class RouteStep(Described):
    """Teams that become eligible together."""

    teams: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Ids of the teams."""
    after_seconds: Seconds = 0.0
    """Seconds of waiting after which they are eligible."""


class Route(Described):
    """Who may answer."""

    choice: Choice = Choice.LONGEST_IDLE
    """Which of several free agents takes the contact."""
    steps: tuple[RouteStep, ...] = ()
    """Tiers of teams in order of preference; left out: every team with the skill, in one tier."""

    @model_validator(mode="after")
    def _steps_in_order(self) -> Self:
        if self.steps and self.steps[0].after_seconds:
            mend = "remove after_seconds: the first step is eligible at once"
            refuse("nobody may answer before the first step", mend, ("steps", 0, "after_seconds"))
        seen: set[str] = set()
        for s, step in enumerate(self.steps):
            if s and step.after_seconds < self.steps[s - 1].after_seconds:
                mend = f"write {self.steps[s - 1].after_seconds:g} or more, or change the order"
                refuse("comes before the step above it", mend, ("steps", s, "after_seconds"))
            for t, team in enumerate(step.teams):
                if team in seen:
                    refuse(f"{team} already stands in this route", "name each team once", ("steps", s, "teams", t))
                seen.add(team)
        return self


def _like_gives_the_rest(schema: dict[str, Any]) -> None:
    needed = [name for name in schema["required"] if name != "id"]
    schema.update(required=["id"], anyOf=[{"required": ["like"]}, {"required": needed}])


class Queue(Described):
    """A stream of contacts of one type that waits together."""

    model_config = ConfigDict(json_schema_extra=_like_gives_the_rest)

    id: Id
    """Its name in paths, routes, skills and results."""
    name: Label = ""
    """What people call it; left out: its id."""
    like: Id | None = None
    """Id of a queue from which every field not given here, but id and name, is taken whole."""
    channel: Channel = Channel.VOICE
    """How contacts come in."""
    office: Office = Office.FRONT
    """A label to filter and report by."""
    language: Label | None = None
    """A label to filter and report by."""
    timezone: Zone | None = None
    """Time zone of its hours, days and demand; left out: the scenario's."""
    hours: Annotated[tuple[Opening, ...], Field(min_length=1)] | None = None
    """When it is open; left out: round the clock."""
    closed: tuple[Day, ...] = ()
    """Local dates on which it is closed all day; their volume is lost."""
    demand: Demand
    """Expected contacts."""
    handling: Handling
    """Handling time of one contact."""
    patience: Patience | None = None
    """How long contacts wait before they abandon; left out: nobody abandons. Immediate channels only."""
    containment: tuple[Containment, ...] = ()
    """What automation settles before it reaches people, by ascending date."""
    target: Target = Target()
    """The service level wanted; left out, deferred channels want 95 % within 24 hours."""
    route: Route = Route()
    """Who may answer."""

    @model_validator(mode="before")
    @classmethod
    def _dependent_defaults(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        filled = named_by_id(value)
        if value.get("channel") in tuple(DEFERRED_CHANNELS) and value.get("target") is None:
            filled["target"] = {"threshold_seconds": 86_400, "share": 0.95}
        return filled

    def opens_on(self, day: date) -> bool:
        """Whether it opens on a local date."""
        hours = self.hours or (Opening(open=Clock("00:00"), close=Clock("24:00")),)
        return day not in self.closed and any(opening.holds_on(day) for opening in hours)

    @model_validator(mode="after")
    def _deferred_work_waits(self) -> Self:
        if self.patience is not None and self.channel in DEFERRED_CHANNELS:
            mend = "remove patience: deferred work waits until it is done"
            refuse(f"a contact by {self.channel} never abandons", mend, ("patience",))
        return self

    @model_validator(mode="after")
    def _batches_wait(self) -> Self:
        if self.demand.batches and self.channel not in DEFERRED_CHANNELS:
            mend = "remove batches, or write channel EMAIL, SOCIAL or CASE"
            refuse(f"contacts by {self.channel} do not arrive in batches", mend, ("demand", "batches"))
        return self

    @model_validator(mode="after")
    def _containment_by_date(self) -> Self:
        _by_date("containment", [entry.from_ for entry in self.containment])
        return self
