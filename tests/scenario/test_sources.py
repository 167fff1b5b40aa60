"""Where figures are from: kept with the scenario, and noted where they are of nothing."""

import pytest

from simulation.scenario.changing.change import altered
from simulation.scenario.changing.vendors import ExcludeVendor
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.canonical import digest, to_yaml
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.reading.notes import notes
from tests.scenario.documents import SHOP

ACD = "{source: 'ACD, August 2026', confidence: MEASURED}"
SOURCES = f"""\
sources:
  queues.orders.handling.mean_seconds: {ACD}
  queues.orders.demand.time_of_day_weights.0.weights.08:00: {ACD}
  queues.orders.demand.busyness_cv: {{source: nobody knows, confidence: ASSUMED}}
  vendors.acme.teams.manila-voice.workforce.attrition: {{source: contract of 2025, confidence: CONTRACT}}
"""


def test_sources_of_values_given_and_left_out_are_kept_and_belong_to_the_digest() -> None:
    scenario = load(SHOP + SOURCES)
    assert scenario.sources["queues.orders.handling.mean_seconds"].confidence == "MEASURED"
    assert load(to_yaml(scenario)) == scenario
    assert digest(scenario) != digest(load(SHOP))
    assert notes(scenario) == []


@pytest.mark.parametrize("path", ["queues.order.demand", "queues.7", "queues.orders.demand.series.start", "nothing"])
def test_a_source_of_nothing_is_noted(path: str) -> None:
    (note,) = notes(load(f"{SHOP}sources: {{{path}: {ACD}}}\n"))
    assert note.path == f"sources.{path}"


def test_a_vendor_who_is_left_out_takes_the_sources_along() -> None:
    data = load(SHOP + SOURCES).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data["queues"][0]["route"] = {"steps": [{"teams": ["own-voice"]}]}
    without = altered(from_data(data), [ExcludeVendor(vendor="acme")]).scenario
    assert sorted(without.sources) == sorted(path for path in load(SHOP + SOURCES).sources if path[0] == "q")
    assert notes(without) == []


def test_how_far_to_trust_is_one_of_four_words() -> None:
    with pytest.raises(ScenarioError, match="confidence"):
        load(SHOP + "sources: {queues.orders.demand: {source: somebody, confidence: SURE}}\n")
