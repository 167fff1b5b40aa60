"""Handling and patience estimated from slots are the ones that made them."""

from dataclasses import replace

import numpy as np
import pytest

from simulation.erlang import Erlang
from simulation.history.examples import example_content
from simulation.history.fit import handling_cv, handling_mean, patience_mean
from simulation.history.history import Float64, History, QueueHistory
from simulation.history.options import ReadingOptions
from simulation.history.reading import read_history
from tests.history.example import QUEUES, Made, content
from tests.history.files import read, table


@pytest.fixture(scope="module")
def clinic() -> History:
    return read_history(content(), "clinic-phones.csv", ReadingOptions(timezone="America/New_York"))[0]


def test_the_example_of_the_program_is_the_one_that_is_made_here() -> None:
    assert example_content("clinic-phones") == content()


@pytest.mark.parametrize(("position", "made"), list(enumerate(QUEUES)), ids=lambda value: getattr(value, "name", ""))
def test_the_true_parameters_of_the_example_are_found_again(clinic: History, position: int, made: Made) -> None:
    queue = clinic.queues[position]
    mean, cv, patience = handling_mean(queue), handling_cv(queue), patience_mean(queue)
    assert mean is not None
    assert cv is not None
    assert patience is not None
    assert mean.value == pytest.approx(made.handling_seconds, rel=0.02)
    assert cv.value == pytest.approx(made.handling_cv, rel=0.1)
    assert patience.value == pytest.approx(made.patience_seconds, rel=0.05)


def test_handling_that_drifts_over_the_day_does_not_widen_its_spread() -> None:
    random = np.random.default_rng(7)
    drift = 200 + 150 * np.sin(np.arange(4000) / 40)
    means = drift * random.gamma(20 / 0.25, 0.25 / 20, 4000)  # of 20 contacts, each with a cv of 0.5
    queue = slots(offered=np.full(4000, 20.0), answered=np.full(4000, 20.0), aht_seconds=means)
    fit = handling_cv(queue)
    assert fit is not None
    assert fit.value == pytest.approx(0.5 * np.sqrt(np.mean(drift**2)) / np.mean(drift), rel=0.05)
    assert np.sqrt(np.var(means) * 20) / np.mean(means) > 1.5  # what slots that drift would say by themselves


def test_patience_is_time_waited_over_contacts_abandoned() -> None:
    header = ["Date", "Time", "Offered", "Answered", "Abandoned", "ASA", "Avg abandon time"]
    text = table([header, ["2026-03-02", "07:00", 100, 80, 20, 30, 45], ["2026-03-02", "07:30", 10, 10, 0, 2, ""]])
    fit = patience_mean(read(text).queues[0])
    assert fit is not None
    assert fit.value == pytest.approx((80 * 30 + 20 * 45 + 10 * 2) / 20)


def test_without_waits_of_those_who_left_erlang_a_says_how_patient_they_were() -> None:
    rates, agents = np.linspace(0.03, 0.12, 60), np.full(60, 20.0)
    lost = [Erlang(rate, 240.0, 20, 90.0).abandon_rate * rate * 1800 for rate in rates]
    queue = slots(offered=rates * 1800, abandoned=np.array(lost), agents=agents, aht_seconds=np.full(60, 240.0))
    fit = patience_mean(queue)
    assert fit is not None
    assert fit.value == pytest.approx(90.0, rel=0.01)
    assert patience_mean(replace(queue, columns={**queue.columns, "agents": np.full(60, np.nan)})) is None


def test_what_nobody_measured_is_not_fitted() -> None:
    queue = slots(offered=np.full(40, 10.0))
    assert (handling_mean(queue), handling_cv(queue), patience_mean(queue)) == (None, None, None)
    calm = slots(offered=np.full(40, 10.0), abandoned=np.zeros(40), wait_all_seconds=np.zeros(40))
    assert patience_mean(calm) is None


def slots(offered: Float64, **columns: Float64) -> QueueHistory:
    starts = np.datetime64("2026-03-02T00:00", "m") + 30 * np.arange(len(offered))
    return QueueHistory("q", "q", "UTC", 30, starts, starts, offered, columns)
