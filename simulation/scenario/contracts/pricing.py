"""Pricing: what a vendor charges for, and at which rates."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self, get_args

from pydantic import Field, model_validator

from simulation.scenario.calendar import Day
from simulation.scenario.contracts.bands import Accumulation, Band, Tiering, bands_refused
from simulation.scenario.contracts.baselines import Baseline, baseline_refused
from simulation.scenario.contracts.billable import Billable
from simulation.scenario.contracts.night import Night
from simulation.scenario.contracts.pricing_kinds import BaselineUnit, PricingKind
from simulation.scenario.money import Indexation, Money, index_on
from simulation.scenario.people.classes import HiringReason
from simulation.scenario.problems import Refusal, RefusedError, refuse
from simulation.scenario.quantities import Described, Id, PartialShare, Real


class OvertimeHours(StrEnum):
    """Which overtime."""

    ORDERED = "ORDERED"
    """That the team's overtime rules asked for, not the time in which agents finish a contact after their hours."""


class Pricing(Described):
    """One line of a contract's pricing."""

    kind: PricingKind
    """What is charged for."""
    queues: tuple[Id, ...] = ()
    """Ids of the queues whose work is charged for; left out: all that the vendor serves under the contract."""
    rate: Money | None = None
    """Charge a unit; or `bands`."""
    bands: tuple[Band, ...] = ()
    """Rates by the number of units, in place of one `rate`."""
    tiering: Tiering = Tiering.MARGINAL
    """Which units a band's rate is for."""
    accumulate: Accumulation = Accumulation.MONTH
    """Over which time units add up to a band."""
    billable: Billable | None = None
    """PER_PRODUCTIVE_HOUR: which of these hours are charged for; left out: all."""
    hires: HiringReason | None = None
    """PER_TRAINING_HOUR: only of people hired for this reason; left out: of all."""
    multiplier: Annotated[Real, Field(gt=1, le=100)] | None = None
    """OVERTIME, SURGE, NIGHT, HOLIDAY: what such an hour costs in all, in hours of the line that charges for them."""
    only: OvertimeHours | None = None
    """OVERTIME: which overtime; left out: also the time in which agents finish a contact after their hours, where it is
    charged for."""
    night: Night | None = None
    """NIGHT: which hours are the night, intervals that begin in it; left out: 22:00 to 06:00."""
    unit: BaselineUnit | None = None
    """BASELINE: what is counted."""
    baseline: Baseline | None = None
    """BASELINE: units by month; prorated by day, like the charge, where the horizon cuts the month."""
    base_charge: Money | None = None
    """BASELINE: the charge of a month whose units are the baseline's, or as near to it as the dead band."""
    dead_band: PartialShare = 0.0
    """BASELINE: share of the baseline by which units may be more or less without a charge or credit for them."""
    arc: tuple[Band, ...] = ()
    """BASELINE: additional resource charges, each a unit beyond the dead band; bands end at a share of the baseline by
    which it is exceeded."""
    rrc: tuple[Band, ...] = ()
    """BASELINE: reduced resource credits, each a unit that is missing to the dead band; bands end at a share of the
    baseline that is missing."""
    amount: Money | None = None
    """FIXED_MONTHLY, ONE_OFF: what is charged."""
    at: Day | None = None
    """ONE_OFF: the date on which it is charged."""
    indexation: Annotated[tuple[Indexation, ...], Field(max_length=1000)] = ()
    """Rises of the rates, by ascending date; each multiplies those before it. A premium rises with the line whose hours
    it makes dearer, and by its own on top; ARC and RRC are at the mean of the month's days."""

    @property
    def counted_kind(self) -> PricingKind:
        """The kind that counts its units: of a baseline that of its unit."""
        return self.kind if self.unit is None else self.unit.kind

    @property
    def is_capped(self) -> bool:
        """Whether hours are billed up to a cap only."""
        return self.billable is not None and self.billable.cap is not None

    @property
    def steps(self) -> tuple[Band, ...]:
        """Its bands; one rate is a band without an end."""
        return self.bands or ((Band(rate=self.rate),) if self.rate is not None else ())

    def index_on(self, day: date) -> Decimal:
        """The factor on its rates on a date of the scenario."""
        return index_on(self.indexation, day)

    def baseline_of(self, day: date) -> float | None:
        """BASELINE: the whole month's of a day; None where none is said."""
        return next((units for month, units in (self.baseline or {}).items() if month.first <= day <= month.last), None)

    @model_validator(mode="after")
    def _has_its_own_fields(self) -> Self:
        own = self.kind.definition
        for name in sorted(self.model_fields_set - {"kind", *own.takes}):
            if getattr(self, name) != type(self).model_fields[name].default:
                mend = f"remove it, or write one of {', '.join(own.takes)}"
                refuse(f"pricing {self.kind} takes no {name}", mend, (name,))
        for name in own.needs:
            if getattr(self, name) is None:
                refuse(f"pricing {self.kind} needs {name}", f"add {name}", (name,))
        if "rate" in own.takes and self.rate is None and not self.bands:
            refuse(f"pricing {self.kind} needs a rate", "add rate or bands", ("rate",))
        if self.rate is not None and self.bands:
            refuse("rate and bands exclude each other", "keep one of rate, bands", ("bands",))
        return self

    @model_validator(mode="after")
    def _bands_cover_every_unit_once(self) -> Self:
        refused = [*self._bands_refused(), *self._baseline_refused(), *self._indexation_refused()]
        if refused:
            raise RefusedError(*refused)
        return self

    def _bands_refused(self) -> Iterator[Refusal]:
        yield from bands_refused(self.bands, "bands")
        if not self.bands:
            for name in ("tiering", "accumulate"):
                if getattr(self, name) != type(self).model_fields[name].default:
                    yield Refusal(f"one rate has no {name}", "add bands, or remove it", (name,))
        if self.kind.definition.is_average and self.accumulate is Accumulation.QUARTER:
            yield Refusal("its units are a month's average, they do not add up", "write MONTH", ("accumulate",))

    def _baseline_refused(self) -> Iterator[Refusal]:
        if self.baseline is not None:
            yield from baseline_refused(self.baseline, self.dead_band, self.arc, self.rrc)

    def _indexation_refused(self) -> Iterator[Refusal]:
        for i in range(1, len(self.indexation)):
            if self.indexation[i].from_ <= self.indexation[i - 1].from_:
                yield Refusal("is not after the one before", "order indexation by date", ("indexation", i, "from"))


AMOUNTS = tuple(name for name, field in Pricing.model_fields.items() if Money in get_args(field.annotation))
"""The fields that are money a unit, a month or at once."""
BANDED = tuple(name for name, field in Pricing.model_fields.items() if field.annotation == tuple[Band, ...])
"""Those whose bands have rates."""
