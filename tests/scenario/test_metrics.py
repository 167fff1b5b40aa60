"""What is said of every metric: its definition, its numeric half and the texts of the fields agree."""

import re

import pytest

from simulation.outcome.clauses.metric_counts import METRIC_COUNTS, ByWindow
from simulation.scenario.contracts.clauses import Clause, ClauseScope
from simulation.scenario.contracts.metric import Metric, OfContacts
from simulation.scenario.contracts.metrics import TAKERS, ClauseMetric, metric_of
from simulation.scenario.docstrings import documented


def named(text: str) -> set[ClauseMetric]:
    """The metrics that a text names."""
    return {metric for metric in ClauseMetric if re.search(rf"\b{metric}\b", text)}


def text_of(field: str) -> str:
    return Clause.meanings()[field]


@pytest.mark.parametrize("metric", ClauseMetric)
def test_a_metric_is_its_word_and_its_definition(metric: ClauseMetric) -> None:
    assert metric.value == metric.name == metric.definition.word
    assert metric_of({"metric": metric.value}) is metric.definition


@pytest.mark.parametrize("word", ["ASAA", None, 3, ["ASA"], {"ASA": 1}])
def test_other_words_are_no_metric(word: object) -> None:
    assert metric_of({"metric": word}) is None


@pytest.mark.parametrize("metric", ClauseMetric)
def test_a_metric_is_counted_as_it_is_described(metric: ClauseMetric) -> None:
    assert isinstance(METRIC_COUNTS[metric], ByWindow) == metric.definition.is_by_window
    assert METRIC_COUNTS[metric].scale == 1 or not metric.definition.is_share


@pytest.mark.parametrize("metric", ClauseMetric)
def test_a_metric_s_text_says_which_way_is_better(metric: ClauseMetric) -> None:
    assert ("a ceiling" in " ".join(documented(ClauseMetric)[metric].split())) == metric.definition.is_ceiling


@pytest.mark.parametrize("field", TAKERS)
def test_what_only_some_metrics_take_can_be_left_out_and_names_them(field: str) -> None:
    assert Clause.model_fields[field].get_default() is None
    goes_on = text_of("mean") if field == "sd" else ""
    assert named(f"{goes_on}{text_of(field)}") == set(TAKERS[field])


def test_texts_that_name_metrics_name_all_of_them() -> None:
    def those(holds: str) -> set[ClauseMetric]:
        return {metric for metric in ClauseMetric if getattr(metric.definition, holds)}

    assert named(text_of("queue")) == set(ClauseMetric) - those("is_of_a_queue")
    assert named(text_of("target")) == set(ClauseMetric) - those("is_share") | those("is_in_time")
    answered = {m for m in ClauseMetric if isinstance(m.definition, OfContacts) and m.definition.is_answered}
    assert named(documented(ClauseScope)["VENDOR"]) == answered


def test_a_metric_says_of_a_shared_queue_whether_it_can_be_told_apart() -> None:
    """Of all contacts only where each is some vendor's, of the answered and of people always."""

    def told(metric: Metric, **changes: bool) -> bool:
        return metric.shared_refused("chats", "ANSWERED_OVER_OFFERED", **{"is_given": False, **changes}) is None

    apart = {metric for metric in ClauseMetric if told(metric.definition)}
    assert set(ClauseMetric) - apart == {"SERVICE_LEVEL", "ABANDON_RATE", "TURNAROUND_MET", "BACKLOG_AGE"}
    given = {metric for metric in ClauseMetric if told(metric.definition, is_given=True)}
    assert set(ClauseMetric) - given == {"BACKLOG_AGE"}
