"""The presets are valid, say what they are, and give each number a source or mark it as assumed."""

import re

import pytest

from simulation.presets import preset_text, presets
from simulation.scenario.contracts.metrics import ClauseMetric
from simulation.scenario.contracts.pricing_kinds import PricingKind
from simulation.scenario.people.classes import Engagement
from simulation.scenario.people.policies import PolicyKind
from simulation.scenario.queues.channels import Channel
from simulation.scenario.reading.canonical import digest, to_yaml
from simulation.scenario.reading.document import load
from simulation.scenario.reading.notes import notes
from simulation.scenario.sources import Confidence
from simulation.scenario.vendors import VendorKind

NAMES = [
    "ap-month-end",
    "card-disputes",
    "follow-the-sun",
    "health-enrolment",
    "it-helpdesk",
    "legal-review",
    "retail-peak",
    "single-queue",
    "student-enrolment",
    "travel-disruption",
]
REGISTERED = ["card-disputes", "health-enrolment", "it-helpdesk", "legal-review", "student-enrolment"]
"""Presets that keep a register of their sources besides the marks."""


MARK = re.compile(r"#.*\b(ASSUMED|FACT|CUSTOM|COMPUTED|BENCHMARK)\b")
NAMES_OF_THINGS = re.compile(r"\b(id|name|queue|like|to|from|teams|site|steps): *[\w\-\[\], ]*")
FIGURE = re.compile(r"(?<![\w-])\d")


def unmarked(text: str) -> list[str]:
    """Lines with figures that neither have a mark nor lie, by their indentation, below a line that has one."""
    found, marked = [], list[int]()
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip())
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        marked = [above for above in marked if above < depth]
        if MARK.search(line):
            marked.append(depth)
        elif not marked and FIGURE.search(NAMES_OF_THINGS.sub("", line.partition(" #")[0])):
            found.append(line)
    return found


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
def test_every_figure_has_a_source_or_is_marked_as_assumed(name: str) -> None:
    assert unmarked(preset_text(name)) == []


@pytest.mark.parametrize("name", REGISTERED)
def test_every_entry_of_a_preset_s_register_is_of_a_figure_that_is_there(name: str) -> None:
    scenario = load(preset_text(name))
    assert notes(scenario) == []
    assert {source.confidence for source in scenario.sources.values()} >= {Confidence.BENCHMARK, Confidence.ASSUMED}


def test_a_figure_without_a_source_is_noticed() -> None:
    text = preset_text("retail-peak").replace("# ASSUMED: a shop of middle size", "")
    assert [line.strip() for line in unmarked(text)] == ["weekly_volume: 10000"]
    assert unmarked("queues:\n  - id: calls\n    lines: 20\n") == ["    lines: 20"]


def test_the_retail_peak_has_six_queues_an_in_house_team_and_two_vendors_on_two_continents() -> None:
    scenario = load(preset_text("retail-peak"))
    assert [queue.channel for queue in scenario.queues] == [
        Channel.VOICE,
        Channel.VOICE,
        Channel.CHAT,
        Channel.EMAIL,
        Channel.CASE,
        Channel.OUTBOUND,
    ]
    assert [vendor.kind for vendor in scenario.vendors] == [
        VendorKind.IN_HOUSE,
        VendorKind.OUTSOURCED,
        VendorKind.OUTSOURCED,
    ]
    assert {site.country for vendor in scenario.vendors for site in vendor.sites} == {"US", "PH", "CO"}
    assert (str(scenario.start), str(scenario.horizon.end)) == ("2026-09-28", "2027-01-18")
    assert any(team.staffing for team in scenario.teams)


def test_the_retail_peak_carries_two_contracts_and_every_cost() -> None:
    scenario = load(preset_text("retail-peak"))
    assert [len(vendor.contracts) for vendor in scenario.vendors] == [0, 1, 1]
    assert all(team.cost is not None for team in scenario.teams)
    assert scenario.client_cost is not None


def test_the_retail_peak_decides_by_plan_forecast_service_and_bench() -> None:
    scenario = load(preset_text("retail-peak"))
    kinds = {policy.kind for team in scenario.teams for policy in team.policies}
    assert kinds == {PolicyKind.PLAN, PolicyKind.HIRE_UP_TO, PolicyKind.REACTIVE, PolicyKind.SURGE}


def test_the_retail_peak_has_a_class_in_progress_seasonal_people_a_move_and_a_fitted_roster() -> None:
    scenario = load(preset_text("retail-peak"))
    crews = [team.workforce for team in scenario.teams if team.workforce is not None]
    classes = [entry for crew in crews for entry in crew.classes]
    assert any(entry.start < scenario.start for entry in classes)
    assert any(entry.employment is Engagement.TEMPORARY for entry in classes)
    assert any(crew.moves for crew in crews)
    assert any(team.workforce is not None and not team.shifts for team in scenario.teams)


def test_the_month_end_is_paid_by_the_piece_and_promises_turnaround_of_all_its_queues() -> None:
    scenario = load(preset_text("ap-month-end"))
    (contract,) = scenario.vendors[0].contracts
    timed = {clause.queue for clause in contract.slas if clause.metric is ClauseMetric.TURNAROUND_MET}
    assert timed == {queue.id for queue in scenario.queues}
    assert contract.exit is not None
    assert sum(line.kind in (PricingKind.PER_CONTACT, PricingKind.BASELINE) for line in contract.pricing) == 4
    assert [queue.id for queue in scenario.queues if queue.turnaround and queue.turnaround.due] == ["close"]


def test_the_single_queue_is_staffed_by_the_half_hour() -> None:
    scenario = load(preset_text("single-queue"))
    (team,) = scenario.teams
    assert team.staffing is not None
    assert len(team.staffing.agents) == scenario.horizon.intervals == 336
