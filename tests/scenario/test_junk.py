"""Whatever stands in a document, it is loaded or refused with problems, never anything else."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.reading.yaml_text import read
from tests.scenario.documents import SERIES, SHOP, centre

DOCUMENTS = [SHOP, SERIES, json.dumps(centre())]
words = st.sampled_from(
    ["orders", "own-voice", "VOICE", "EMAIL", "2026-10-01", "08:00", "", ".", "like", "from", "id", "days"]
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
thorough = settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def places(data: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in plain data."""
    found = []
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        found += [(data, key), *places(value)]
    return found


def said_against(make: Callable[[], object]) -> list[Problem]:
    """The problems of a document; none when it loads."""
    try:
        make()
    except ScenarioError as error:
        return error.problems or [Problem("", None, "", "refused without a problem", "")]
    return []


def loads_or_is_refused(make: Callable[[], object]) -> None:
    for problem in said_against(make):
        assert problem.message
        assert problem.mend
        assert "\n" not in str(problem)


@pytest.mark.slow
@thorough
@given(st.sampled_from(DOCUMENTS), st.integers(0, 10_000), junk)
@example(SHOP, 15, [])
def test_junk_in_any_place_is_refused(document: str, place: int, value: object) -> None:
    data = deepcopy(read(document).data)
    everywhere = places(data)
    container, key = everywhere[place % len(everywhere)]
    container[key] = value
    loads_or_is_refused(lambda: from_data(data))


@pytest.mark.slow
@thorough
@given(st.sampled_from(DOCUMENTS), st.integers(0, 10_000))
def test_a_missing_value_in_any_place_is_refused_or_has_a_default(document: str, place: int) -> None:
    data = deepcopy(read(document).data)
    everywhere = places(data)
    container, key = everywhere[place % len(everywhere)]
    del container[key]
    loads_or_is_refused(lambda: from_data(data))


@pytest.mark.slow
@thorough
@given(junk)
def test_junk_alone_is_refused(value: object) -> None:
    loads_or_is_refused(lambda: from_data(value))


@pytest.mark.slow
@thorough
@given(
    st.integers(0, len(SHOP)),
    st.integers(0, 40),
    st.text(max_size=6) | st.sampled_from(["{", "]", "\t", "\n", ": ", "- ", "&a ", "*a"]),
)
def test_a_damaged_text_is_refused_or_still_loads(start: int, length: int, text: str) -> None:
    loads_or_is_refused(lambda: load(SHOP[:start] + text + SHOP[start + length :]))
