"""The whole result document of a day that is small enough to be read."""

from dataclasses import replace
from pathlib import Path

from simulation.outcome.report.document import document_json
from tests.outcome.counted import regular_counters, result, scenario

FILE = Path(__file__).with_name("one-day-document.json")


def text() -> str:
    described = scenario(days=1)
    found = result(described, [regular_counters(described, number) for number in range(3)])
    return document_json(replace(found, digest="left out"))  # the canonical scenario has tests of its own
