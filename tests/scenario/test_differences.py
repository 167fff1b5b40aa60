"""What differs between two documents: every place once, in words, and enough to make one of the other."""

from typing import Any

from simulation.presets import preset_text
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.differences import differences
from simulation.scenario.reading.document import load, set_paths


def told(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [one.summary for one in differences(before, after)]


def test_a_document_does_not_differ_from_itself() -> None:
    data = canonical_data(load(preset_text("retail-peak")))
    assert differences(data, data) == []


def test_changed_values_are_told_by_the_paths_that_change_them() -> None:
    data = canonical_data(load(preset_text("retail-peak")))
    queue, vendor = data["queues"][0]["id"], data["vendors"][0]["id"]
    changes = {f"queues.{queue}.target.share": "0.9", f"vendors.{vendor}.kind": "OUTSOURCED", "name": "Other"}
    changed: Any = set_paths(data, changes)
    found = differences(data, changed)
    assert {one.path for one in found} == set(changes)
    assert {one.path: one.after for one in found}["name"] == "Other"


def test_items_are_known_by_their_ids_wherever_they_stand() -> None:
    before = {"queues": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]}
    assert told(before, {"queues": [{"id": "b", "n": 3}, {"id": "a", "n": 1}]}) == [
        "queues.b.n: 2 becomes 3 (+50 %)",
        'queues: the order becomes ["b", "a"]',
    ]
    assert told(before, {"queues": [{"id": "a", "n": 1}, {"id": "c"}]}) == ["queues.b is gone", "queues.c is new"]


def test_items_without_ids_are_known_by_their_places() -> None:
    before, after = {"slas": [{"n": 1}]}, {"slas": [{"n": 1}, {"n": 2}]}
    assert told(before, after) == ["slas.1 is new"]
    assert told(after, before) == ["slas.1 is gone"]


def test_what_is_left_out_is_told_and_long_values_are_cut() -> None:
    assert told({"a": 1}, {"b": list(range(50))}) == [
        "a: 1 becomes left out",
        "b: left out becomes [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16...",
    ]


def test_a_boolean_is_no_figure() -> None:
    assert told({"a": 1}, {"a": True}) == ["a: 1 becomes true"]
    assert told({"a": 0}, {"a": 5}) == ["a: 0 becomes 5"]
