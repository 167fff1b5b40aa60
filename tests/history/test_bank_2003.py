"""The bar on real calls: a bank's 5-minute calls of 2003, which are public but not part of this repository."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from simulation.history.backtest import back_test
from simulation.history.days import days_of
from simulation.history.history import QueueHistory
from simulation.history.levels import Model
from simulation.history.occasions import Occasions

FOLDER = "SPRINGTIDE_TEST_DATA"
"""The environment variable that names the folder of real demand."""
FILE = Path(os.environ.get(FOLDER, "")) / "bank_calls_5min_2003.csv"
FIVE = np.timedelta64(5, "m")


def bank() -> QueueHistory:
    with FILE.open() as file:
        rows = list(csv.DictReader(file))
    at = np.array([row["datetime"] for row in rows], "datetime64[m]")
    starts = np.arange(at[0], at[-1] + FIVE, FIVE)
    offered = np.full(len(starts), np.nan)
    offered[(at - at[0]) // FIVE] = [float(row["calls"]) for row in rows]
    return QueueHistory("calls", "calls", "America/New_York", 5, starts, starts, offered)


@pytest.mark.bar
@pytest.mark.skipif(not FILE.is_file(), reason=f"{FOLDER} names no folder with {FILE.name}")
@pytest.mark.parametrize("model", list(Model))
def test_four_weeks_ahead_the_error_by_interval_is_a_tenth_under_seasonal_naive_s(model: Model) -> None:
    days = days_of(bank())
    test = back_test(days, Occasions.of("US", (), days.dates[0], days.dates[-1]), model)
    for one in test.missed:
        print(
            f"{model} {one.lead:2} weeks ahead, {one.origins} origins: interval {one.interval:.2%} "
            f"(naive {one.naive_interval:.2%}, {1 - one.interval / one.naive_interval:.1%} less), "
            f"day {one.day:.2%} ({one.naive_day:.2%}), week {one.week:.2%} ({one.naive_week:.2%})"
        )
    (four,) = (one for one in test.missed if one.lead == 4)
    assert four.origins >= 15
    assert four.interval <= 0.9 * four.naive_interval
