"""Kinds of pricing: each is described once and counted in one place."""

import pytest

from simulation.outcome.money.asked_times import TIMES
from simulation.outcome.money.commitments import LOCKED
from simulation.outcome.money.pricing_meters import METERS
from simulation.scenario.contracts.commitments import CommittedUnit
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.contracts.pricing_kinds import BaselineUnit, CountedBy, Form, PricingKind


@pytest.mark.parametrize("kind", PricingKind)
def test_units_of_a_kind_are_counted_in_one_place(kind: PricingKind) -> None:
    """A baseline's are those of its unit."""
    of_its_own = kind.definition.form is Form.UNITS
    assert [kind in METERS, kind in TIMES].count(True) == of_its_own
    assert bool(kind.definition.unit) == of_its_own


@pytest.mark.parametrize("kind", PricingKind)
def test_a_kind_takes_fields_that_there_are_and_says_what_it_cannot_tell(kind: PricingKind) -> None:
    own = kind.definition
    assert set(own.takes) <= set(Pricing.model_fields)
    assert set(own.needs) <= set(own.takes)
    assert bool(own.untold) == (own.counted_by in (CountedBy.QUEUE, CountedBy.QUEUE_OR_TEAM_ONE_AT_A_TIME))
    assert not own.has_overrun or own.is_premium


def test_every_field_of_pricing_is_some_kinds() -> None:
    assert {"kind"}.union(*(kind.definition.takes for kind in PricingKind)) == set(Pricing.model_fields)


def test_other_words_for_units_are_of_kinds_that_count_units() -> None:
    assert set(LOCKED) == set(CommittedUnit)
    for unit in (*BaselineUnit, *CommittedUnit):
        assert unit.kind in METERS
