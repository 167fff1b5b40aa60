"""Measured days lived again, with the agents that were there."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulation.erlang import Erlang
from simulation.experiment import Experiment, simulate
from simulation.history.fit import available_share, patience_mean
from simulation.history.history import Float64, QueueHistory
from simulation.history.options import ReadingOptions
from simulation.history.reading import read_history
from simulation.history.replay import Replay, UnreplayableError, replay_of, replay_scenario
from tests.history.example import content
from tests.history.files import read, table

FOLDER = "SPRINGTIDE_TEST_DATA"
"""The environment variable that names the folder of real demand."""
FILE = Path(os.environ.get(FOLDER, "")) / "anonymous_bank_1999_02_interval30.csv"


def replayed(queue: QueueHistory, replications: int, agents: Float64 | None = None) -> Replay:
    result = simulate(replay_scenario(queue, agents), Experiment(replications=replications))
    return replay_of(queue, result, agents)


def test_a_replay_of_days_that_another_program_served_comes_near_what_it_measured() -> None:
    billing = read_history(content(), "clinic.csv", ReadingOptions(timezone="America/New_York"))[0].queues[1]
    replay = replayed(billing, 10)
    measured = {name: one.total[0] for name, one in replay.measures.items()}
    assert measured["abandon_rate"] == pytest.approx(0.140, abs=0.001)
    assert np.nansum(replay.offered) == billing.total
    for name, near in {"abandon_rate": 0.02, "service_level": 0.04, "asa_seconds": 4.0}.items():
        one = replay.measures[name]
        assert one.total[1] == pytest.approx(one.total[0], abs=near), name
        assert one.error < 1.1 * one.chance, name  # as far off by slot as chance alone would be


def test_with_fewer_agents_than_were_counted_the_share_that_was_there_is_found() -> None:
    rates, counted = np.linspace(0.03, 0.12, 60), np.full(60, 30.0)
    lost = [Erlang(rate, 240.0, 21, 90.0).abandon_rate * rate * 1800 for rate in rates]
    columns = {"abandoned": np.array(lost), "agents": counted, "aht_seconds": np.full(60, 240.0)}
    starts = np.datetime64("2026-03-02T00:00", "m") + 30 * np.arange(60)
    queue = QueueHistory("q", "q", "UTC", 30, starts, starts, rates * 1800, columns)
    share = available_share(queue, 90.0)
    assert share is not None
    assert share.value == pytest.approx(0.7, rel=0.005)
    enough = available_share(replace(queue, columns={**columns, "agents": np.full(60, 21.0)}), 90.0)
    assert enough is not None
    assert enough.value == pytest.approx(1.0, rel=0.005)


def test_slots_without_agents_are_left_out_with_their_contacts() -> None:
    header = ["Date", "Time", "Offered", "Answered", "AHT", "Agents"]
    figures = {"08:00": (10, 10, 200, 3), "08:30": (7, 7, 200, 0), "09:00": (8, 8, 200, 2)}
    rows = [["2026-03-02", time, *values] for time, values in figures.items()]
    (queue,) = read(table([header, *rows])).queues
    scenario = replay_scenario(queue)
    assert scenario.queues[0].demand.series is not None
    assert list(scenario.queues[0].demand.series.volumes) == [10, 0, 8]
    assert scenario.teams[0].staffing is not None
    assert list(scenario.teams[0].staffing.agents)[15:20] == [0, 3, 0, 2, 0]
    assert replayed(queue, 2).left_out == 7


def test_slots_of_five_minutes_are_replayed_by_the_quarter_hour() -> None:
    header = ["Date", "Time", "Offered", "Answered", "AHT", "Agents"]
    rows = [["2026-03-02", f"08:{5 * k:02}", 1, 1, 100, agents] for k, agents in enumerate((1, 2, 3, 4, 4, 4))]
    (queue,) = read(table([header, *rows])).queues
    scenario = replay_scenario(queue)
    assert scenario.interval_minutes == 15
    assert scenario.teams[0].staffing is not None
    assert list(scenario.teams[0].staffing.agents)[31:35] == [0, 2, 4, 0]


@pytest.mark.parametrize(("column", "missing"), [("AHT", "agents on the floor"), ("Agents", "handling times")])
def test_what_a_replay_needs_is_said(column: str, missing: str) -> None:
    text = table([["Date", "Time", "Calls", column], ["2026-03-02", "08:00", 10, 3], ["2026-03-02", "08:30", 10, 3]])
    with pytest.raises(UnreplayableError, match=f"the file has no {missing}"):
        replay_scenario(read(text).queues[0])


@pytest.mark.bar
@pytest.mark.skipif(not FILE.is_file(), reason=f"{FOLDER} names no folder with {FILE.name}")
def test_a_bank_s_month_comes_near_once_agents_are_those_who_were_available() -> None:
    options = ReadingOptions(timezone="Asia/Jerusalem", queues={"ALL": "bank"})
    (queue,) = read_history(FILE.read_bytes(), FILE.name, options)[0].queues
    patience = patience_mean(queue)
    assert patience is not None
    share = available_share(queue, patience.value)
    assert share is not None
    replay = replayed(queue, 100, queue.columns["agents"] * share.value)
    print(f"patience {patience.value:.0f} s, available {share.value:.1%} of agents")
    for name, one in replay.measures.items():
        measured, simulated = one.total
        print(f"{name}: {measured:.4g} measured, {simulated:.4g} simulated", end=", ")
        print(f"{one.error:.3g} off by slot, {one.chance:.3g} by chance alone")
    assert replay.measures["abandon_rate"].total[1] == pytest.approx(0.127, abs=0.02)
    assert replay.measures["wait_all_seconds"].total[1] == pytest.approx(43.9, abs=5)
    assert replay.measures["service_level"].total[1] == pytest.approx(0.521, abs=0.07)
    assert all(one.error < 1.5 * one.chance for one in replay.measures.values())
