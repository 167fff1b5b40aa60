"""Scaling policies: how a team decides to grow, to shrink and to call people in."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Period
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Heads, PositiveShare, Real, Share, Whole


class PolicyKind(StrEnum):
    """What decides."""

    NONE = "NONE"
    """Nothing: headcount decays by attrition, but for the classes given."""
    PLAN = "PLAN"
    """A target of heads by date: requisitions and releases so that it is met."""
    HIRE_UP_TO = "HIRE_UP_TO"
    """The forecast: requisitions up to what it requires when new people will be on the floor, plus a buffer."""
    REACTIVE = "REACTIVE"
    """The service of the last weeks: a step up or down after several weeks under or over a line."""
    SURGE = "SURGE"
    """Expected net staffing: calls the bench for the weeks in which it falls under a line."""


class Basis(StrEnum):
    """Whom a target counts."""

    PRODUCTION = "PRODUCTION"
    """People past training."""
    PAYROLL = "PAYROLL"
    """Everybody, those in training too."""


OWN_FIELDS: Mapping[PolicyKind, tuple[str, ...]] = {
    PolicyKind.NONE: (),
    PolicyKind.PLAN: ("heads", "basis"),
    PolicyKind.HIRE_UP_TO: ("review_weeks", "buffer"),
    PolicyKind.REACTIVE: ("windows", "under", "over", "step", "see_after_days", "act_after_days"),
    PolicyKind.SURGE: ("when_net_under",),
}
"""The fields that a policy of each kind has."""
NEEDED: Mapping[PolicyKind, tuple[str, ...]] = {
    PolicyKind.PLAN: ("heads",),
    PolicyKind.REACTIVE: ("step",),
    PolicyKind.SURGE: ("when_net_under",),
}
"""Those without which it decides nothing."""


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
        own = OWN_FIELDS[self.kind]
        for name, field in type(self).model_fields.items():
            if name not in ("kind", *own) and getattr(self, name) != field.default:
                owner = next(kind for kind, names in OWN_FIELDS.items() if name in names)
                refuse(f"a policy {self.kind} takes no {name}", f"remove it, or write kind: {owner}", (name,))
        for name in NEEDED.get(self.kind, ()):
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
