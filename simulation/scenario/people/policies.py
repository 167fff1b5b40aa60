"""Scaling policies: how a team decides to grow, to shrink and to call people in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Period
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Heads, PositiveShare, Real, Share, Whole


@dataclass(frozen=True)
class Means:
    """A part of the workforce by which policies act: its field, what it is and how it is given."""

    field: str
    what: str
    mend: str


HIRING = Means("hiring", "a way to hire", "add hiring to the workforce")
BENCH = Means("surge", "a bench", "add surge: {agents: 30} to the workforce")


@dataclass(frozen=True)
class PolicyRules:
    """What is so of every policy of a kind.

    takes: the fields that it has. needs: of these, those without which it decides nothing. acts_by: what it needs of
    the workforce; if_given: only where it has this field. alone: it excludes others.
    """

    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    acts_by: Means | None = None
    if_given: str = ""
    alone: bool = False


class PolicyKind(StrEnum):
    """What decides."""

    rules: PolicyRules

    def __new__(cls, word: str, rules: PolicyRules) -> "PolicyKind":
        made = str.__new__(cls, word)
        made._value_, made.rules = word, rules
        return made

    NONE = "NONE", PolicyRules(alone=True)
    """Nothing: headcount decays by attrition, but for the classes given."""
    PLAN = "PLAN", PolicyRules(takes=("heads", "basis"), needs=("heads",), acts_by=HIRING)
    """A target of heads by date: requisitions and releases so that it is met."""
    HIRE_UP_TO = "HIRE_UP_TO", PolicyRules(takes=("review_weeks", "buffer"), acts_by=HIRING)
    """The forecast: requisitions up to what it requires when new people will be on the floor, plus a buffer."""
    REACTIVE = (
        "REACTIVE",
        PolicyRules(
            takes=("windows", "under", "over", "step", "see_after_days", "act_after_days"),
            needs=("step",),
            acts_by=HIRING,
            if_given="under",
        ),
    )
    """The service of the last weeks: a step up or down after several weeks under or over a line."""
    SURGE = "SURGE", PolicyRules(takes=("when_net_under",), needs=("when_net_under",), acts_by=BENCH)
    """Expected net staffing: calls the bench for the weeks in which it falls under a line."""


class Basis(StrEnum):
    """Whom a target counts."""

    PRODUCTION = "PRODUCTION"
    """People past training."""
    PAYROLL = "PAYROLL"
    """Everybody, those in training too."""


class Policy(Described):
    """One scaling policy of a team; several work side by side."""

    kind: PolicyKind
    """What decides."""
    heads: dict[Period, Heads] | None = None
    """PLAN: the target by date from which it holds, until the next one."""
    basis: Basis = Basis.PRODUCTION
    """PLAN: whom the target counts."""
    review_weeks: Annotated[Whole, Field(ge=1, le=104)] = 1
    """HIRE_UP_TO: weeks from one review to the next."""
    buffer: Annotated[Real, Field(ge=-1, le=10)] = 0.0
    """HIRE_UP_TO: heads above what the forecast requires, as a share of it."""
    windows: Annotated[Whole, Field(ge=1, le=104)] = 1
    """REACTIVE: weeks in a row that must be under or over."""
    under: Share | None = None
    """REACTIVE: grow when the share of contacts served in time falls below it."""
    over: Share | None = None
    """REACTIVE: shrink when it is above."""
    step: PositiveShare | None = None
    """REACTIVE: heads to grow or shrink by, as a share of those in production."""
    see_after_days: Annotated[Real, Field(ge=0, le=366)] = 0.0
    """REACTIVE: days after a week's end until its figures are seen."""
    act_after_days: Annotated[Real, Field(ge=0, le=366)] = 0.0
    """REACTIVE: days from seeing to acting."""
    when_net_under: Annotated[Real, Field(ge=-1, le=1)] | None = None
    """SURGE: call when (expected - required FTE) / required FTE of a week falls below it."""

    @model_validator(mode="after")
    def _has_its_own_fields(self) -> Self:
        rules = self.kind.rules
        for name, field in type(self).model_fields.items():
            if name not in ("kind", *rules.takes) and getattr(self, name) != field.default:
                owner = next(kind for kind in PolicyKind if name in kind.rules.takes)
                refuse(f"a policy {self.kind} takes no {name}", f"remove it, or write kind: {owner}", (name,))
        for name in rules.needs:
            if getattr(self, name) is None:
                refuse(f"a policy {self.kind} needs {name}", f"add {name}", (name,))
        return self

    @model_validator(mode="after")
    def _targets_stand_at_dates(self) -> Self:
        if self.heads is not None and not self.heads:
            refuse("has no target", "write a date and heads, such as {2026-10-05: 140}", ("heads",))
        for period in self.heads or ():
            if period.days > 1:
                mend = f"write the date from which it holds, such as {period.first}"
                refuse("is no date", mend, ("heads", str(period)))
        return self

    @model_validator(mode="after")
    def _reacts_to_a_line(self) -> Self:
        if self.kind is PolicyKind.REACTIVE and self.under is None and self.over is None:
            refuse("a policy REACTIVE needs a line", "add under, over or both", ("under",))
        if self.under is not None and self.over is not None and self.over <= self.under:
            refuse(f"is not over {self.under:g}", "write a higher share", ("over",))
        return self
