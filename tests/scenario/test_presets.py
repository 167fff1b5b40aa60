"""The presets are valid, say what they are, and give each number a source or mark it as assumed."""

import re

import pytest

from simulation.presets import preset_text, presets
from simulation.scenario.canonical import digest, to_yaml
from simulation.scenario.document import load
from simulation.scenario.queues import Channel
from simulation.scenario.vendors import VendorKind

NAMES = ["retail-peak", "single-queue"]


def test_the_presets_are_listed_by_id_with_name_and_summary() -> None:
    listed = presets()
    assert [preset.id for preset in listed] == NAMES
    assert all(preset.name and preset.summary.endswith(".") for preset in listed)


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_loads_and_survives_a_round_trip(name: str) -> None:
    scenario = load(preset_text(name), file=name)
    assert digest(load(to_yaml(scenario))) == digest(scenario)


def test_an_unknown_preset_is_refused_with_the_nearest() -> None:
    with pytest.raises(LookupError, match="there is no preset 'retail-pick'; write retail-peak"):
        preset_text("retail-pick")


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_of_demand_and_people_has_a_source_or_is_marked_as_assumed(name: str) -> None:
    numbered = re.compile(r"(weekly_volume|mean_seconds|headcount|annual_rate|leave|size|multiplier): *[\d.]")
    unmarked = [line for line in preset_text(name).splitlines() if numbered.search(line)]
    unmarked = [line for line in unmarked if not re.search(r"#.*(ASSUMED|FACT|CUSTOM)", line)]
    assert unmarked == []


def test_the_retail_peak_has_four_channels_an_in_house_team_and_two_vendors_on_two_continents() -> None:
    scenario = load(preset_text("retail-peak"))
    assert [queue.channel for queue in scenario.queues] == [Channel.VOICE, Channel.CHAT, Channel.EMAIL, Channel.CASE]
    assert [vendor.kind for vendor in scenario.vendors] == [
        VendorKind.IN_HOUSE,
        VendorKind.OUTSOURCED,
        VendorKind.OUTSOURCED,
    ]
    assert {site.country for vendor in scenario.vendors for site in vendor.sites} == {"US", "PH", "CO"}
    assert (str(scenario.start), str(scenario.horizon.end)) == ("2026-09-28", "2027-01-18")
    assert any(team.staffing for team in scenario.teams)
    assert any(
        entry.start < scenario.start for team in scenario.teams if team.workforce for entry in team.workforce.classes
    )


def test_the_single_queue_is_staffed_by_the_half_hour() -> None:
    scenario = load(preset_text("single-queue"))
    (team,) = scenario.teams
    assert team.staffing is not None
    assert len(team.staffing.agents) == scenario.horizon.intervals == 336
