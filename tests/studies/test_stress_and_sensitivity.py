"""Stress tests and tornadoes by hand cases: what each does, and which way it must go."""

import io
from datetime import date

import pytest

from server.tables.studies import show_stress
from simulation.experiment import Experiment
from simulation.presets import preset_text
from simulation.scenario.changing.happenings import AddEvent
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from simulation.studies.readings import Reading, Served, missed_day_effects
from simulation.studies.sensitivity import Bar, Sensitivity, Tornado
from simulation.studies.stress import (
    LIBRARY,
    LateHiring,
    MassAbsence,
    SiteLoss,
    StressReport,
    StressTests,
    largest_site,
    peak_day,
)
from simulation.studies.study import Asked, StudyRefusedError, conduct
from simulation.study_kinds import KINDS
from tests.studies.shops import document, few, reading, shop, simulated

RETAIL = load(preset_text("retail-peak"))


def test_each_test_of_the_library_fits_the_retail_peak_and_says_so() -> None:
    step = StressTests(document=canonical(RETAIL)).ask({})
    assert isinstance(step, Asked)
    assert [point.label for point in step.points] == [
        "as planned",
        "volume x 1.2",
        "hiring 2 weeks late at 80 % of the class",
        f"{largest_site(RETAIL)} lost on {peak_day(RETAIL)} for 24 hours",
        f"30 % of {largest_site(RETAIL)} away from {peak_day(RETAIL)} for 5 days",
        "handling time x 1.1",
    ]


def test_the_peak_day_is_where_demand_is_greatest() -> None:
    plain = shop()
    assert peak_day(plain) == date(2026, 10, 26)  # all alike: the first
    event = '[{name: sale, start: "2026-10-29", days: 1, multiplier: 1.5}]'
    assert peak_day(shop(**{"queues.orders.demand.events": event})) == date(2026, 10, 29)


def test_volume_and_handling_hurt_service_and_a_site_that_is_lost_hurts_more() -> None:
    report: StressReport = conduct(StressTests(**few(8)), simulated)
    own = {one.name: one.service[0].effect for one in report.outcomes}
    assert set(own) == {"more_volume", "site_loss", "longer_handling"}
    assert all(effect.mean < 0 for effect in own.values())
    assert own["site_loss"].mean < own["longer_handling"].mean
    volume = next(one for one in report.outcomes if one.name == "more_volume")
    assert volume.cost_effect is not None
    assert volume.cost_effect.mean > 0
    assert {one.name for one in report.untried} == {"late_hiring", "mass_absence"}


def test_what_lasts_a_day_shows_in_the_days_missed() -> None:
    plenty = shop(**{"vendors.acme.teams.desk.staffing.agents": "8"})
    lost = [one for one in LIBRARY if isinstance(one.test, SiteLoss)]
    study = StressTests(document=document(plenty), experiment=Experiment(replications=4), tests=lost)
    (outcome,) = conduct(study, simulated).outcomes
    (queue,) = outcome.service
    assert queue.missed_days is not None
    assert queue.missed_days.mean == 1  # eight for the work of two miss no other
    said = io.StringIO()
    show_stress(plenty, conduct(study, simulated), file=said)
    assert "orders +1.0" in said.getvalue()
    assert said.getvalue().splitlines()[-1] == "Holds: every clause is met in all its whole windows"


def test_readings_without_days_missed_tell_nothing_of_them() -> None:
    kept, older = (Reading((True,), None, None, (Served("calls", (8.0,), (9.0,), days),)) for days in ((1.0,), ()))
    assert missed_day_effects(kept, kept)["calls"].mean == 0
    assert missed_day_effects(older, kept) == missed_day_effects(kept, older) == {}


def test_parameters_of_a_test_are_its_own() -> None:
    assert LateHiring(weeks=3, share=0.5).told(RETAIL) == "hiring 3 weeks late at 50 % of the class"
    (lost,) = SiteLoss(site="leeds", on=date(2026, 10, 28), hours=2.0).changes(shop())
    assert isinstance(lost, AddEvent)
    assert lost.event.start is not None
    assert lost.event.start.date() == date(2026, 10, 28)
    assert MassAbsence(days=2).told(RETAIL).endswith("for 2 days")


def test_where_no_test_applies_the_study_is_refused() -> None:
    late = [one for one in LIBRARY if isinstance(one.test, LateHiring)]
    with pytest.raises(StudyRefusedError, match="no test applies"):
        StressTests(tests=late, **few()).ask({})


SOURCED = """
sources:
  queues.orders.handling.mean_seconds: {source: "ACD, August", confidence: MEASURED}
  vendors.acme.contracts.0.pricing.0.rate: {source: contract, confidence: CONTRACT}
  queues.orders.target.threshold_seconds: {source: a guess, confidence: ASSUMED}
  name: {source: the shop's sign, confidence: MEASURED}
"""


def sourced() -> str:
    from tests.studies.shops import SHOP

    return document(load(SHOP + SOURCED))


def bars(tornado: Tornado) -> dict[str, Bar]:
    return {bar.name: bar for bar in tornado.bars}


@pytest.mark.slow
def test_the_signs_of_a_tornado_are_those_of_hand_cases() -> None:
    study = Sensitivity(document=sourced(), experiment=Experiment(replications=12), step=0.3)
    tornado: Tornado = conduct(study, simulated)
    found = bars(tornado)
    rate = found["vendors.acme.contracts.0.pricing.0.rate"]
    assert rate.lower is not None
    assert rate.higher is not None
    assert rate.lower.cost_effect is not None
    assert rate.higher.cost_effect is not None
    assert rate.lower.cost_effect.mean < 0 < rate.higher.cost_effect.mean
    assert rate.lower.holding_effect.mean == rate.higher.holding_effect.mean == 0
    assert rate.reach == pytest.approx(0.3, abs=0.06)  # but for credits, cost is the rate times contacts
    handling = found["queues.orders.handling.mean_seconds"]
    assert handling.lower is not None
    assert handling.higher is not None
    assert handling.lower.holding_effect.mean >= 0 >= handling.higher.holding_effect.mean
    assert handling.lower.holding_effect.mean > handling.higher.holding_effect.mean
    # the driver scales the same number, so it does the same
    assert found["handling"].lower is not None
    assert found["handling"].lower.holds == handling.lower.holds
    heads = found["heads"]
    assert heads.lower is not None
    assert heads.higher is not None
    assert heads.lower.holding_effect.mean < 0 <= heads.higher.holding_effect.mean


def test_the_register_is_sorted_by_what_hangs_on_it() -> None:
    study = Sensitivity(document=sourced(), experiment=Experiment(replications=2), drivers=())
    step = study.ask({})
    assert isinstance(step, Asked)
    held = {"queues.orders.handling.mean_seconds 180": 1, "queues.orders.target.threshold_seconds 18": 2}
    known = {
        point.name: reading(
            [k < held.get(point.label, 0) for k in range(2)], [100.0, 100.0 + 10 * point.label.endswith("rate 2.2")]
        )
        for point in step.points
    }
    tornado = study.ask(known)
    assert isinstance(tornado, Tornado)
    assert [(bar.name.split(".")[-1], bar.reach) for bar in tornado.bars] == [
        ("threshold_seconds", 1.0),
        ("mean_seconds", 0.5),
        ("rate", pytest.approx(0.05)),
    ]
    assert (tornado.bars[0].source, tornado.bars[0].confidence) == ("a guess", "ASSUMED")
    assert [one.name for one in tornado.untried] == ["name"]


def test_drivers_that_do_not_apply_are_told_with_their_reason() -> None:
    step = Sensitivity(**few()).ask({})
    assert isinstance(step, Asked)
    tornado = Sensitivity(**few()).ask({point.name: reading([True]) for point in step.points})
    assert isinstance(tornado, Tornado)
    told = {one.name: one.reason for one in tornado.untried}
    assert told["attrition"] == "every team has no attrition in its workforce"
    assert "demand" not in told


def test_an_unknown_driver_is_refused_with_those_known() -> None:
    with pytest.raises(StudyRefusedError, match="no driver moon; choose of demand"):
        Sensitivity(drivers=("moon",), **few()).ask({})


def test_every_kind_is_the_same_after_it_was_stored() -> None:
    given = {
        "SWEEP": {"axes": [{"name": "n", "steps": [{"label": "a"}]}]},
        "EXPLAINING": {"baseline": few()["document"]},
        "EVALUATION": {"offers": [{"id": "a", "document": "{}"}]},
    }
    for name, kind in KINDS.items():
        study = kind(**few(), **given.get(name, {}))
        assert kind.model_validate_json(study.model_dump_json(by_alias=True)) == study
