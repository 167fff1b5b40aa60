"""The floor against exact days: rates and agents that change through the day, an empty start, an end of shift."""

from collections.abc import Mapping
from math import cos, pi
from typing import Any

import pytest

from simulation.outcome.counting.counters import Counters
from tests.world.exact import assert_exact, group_sums, precisions, queue, queue_sums, reference, team, world

pytestmark = pytest.mark.slow


def _profile(name: str) -> Any:
    runs = reference("exact_transient_profiles")["runs"] + reference("exact_contactcenters_crosscheck")["runs"]
    return next(run for run in runs if run["name"] == name)


@precisions
@pytest.mark.parametrize(
    "name",
    ["A-bank-day", "C-contactcenters-singleQueue-30s", "ContactCenters-MMC", "ContactCenters-MMCBlocked"],
)
def test_a_day_from_empty_to_drained_is_exact_in_every_interval(name: str, precision: float) -> None:
    run = _profile(name)
    p = run["params"]
    length = int(p["interval_s"] // 1800)  # half hours
    rates, agents = p["arrivals_per_hour"], p["agents"]
    volumes = [rate / 2 for rate in rates for _ in range(length)]
    one = queue("q", 1, p["aht_s"])
    one["demand"] = {"series": {"start": "2026-03-02T00:00", "minutes": 30, "volumes": volumes}}
    if p["mean_patience_s"]:
        one["patience"] = {"mean_seconds": p["mean_patience_s"]}
    one["balking_probability"] = p["balk"]
    one["lines"] = None if p["waiting_room"] is None else agents[0] + p["waiting_room"]
    one["target"] = {"threshold_seconds": p["T_s"]}
    staff = [a for a in agents for _ in range(length)]
    staff += [staff[-1]] * (48 - len(staff))  # the last shift stays until the floor is empty
    centre = world(1, [one], [team("t", staff, {"queue": "q"})], interval_minutes=30)

    def measures(counters: Counters) -> Mapping[str, tuple[float, float]]:
        found: dict[str, tuple[float, float]] = {}
        for interval in run["intervals"]:
            i = interval["i"]
            first, last = i * length, (i + 1) * length
            sums, group = queue_sums(counters, 0, first, last), group_sums(counters, 0, first, last)
            found |= {
                f"{i} offered": (sums["offered"], 1.0),
                f"{i} answered": (sums["answered"], 1.0),
                f"{i} completed": (sums["handled"], 1.0),
                f"{i} mean_busy": (group["busy"] / p["interval_s"] / 1e6, 1.0),
                f"{i} sl_def1": (sums["answered_in_time"], sums["offered"]),
                f"{i} sl_def2": (sums["answered_in_time"], sums["offered"] - sums["abandoned_in_time"]),
            }
        day = queue_sums(counters, 0)
        waits = day["answered_wait"] + day["abandoned_wait"]
        found["abandoned"] = (day["abandoned"], 1.0)
        found["blocked"] = (day["blocked"], 1.0)
        found["mean_wait_all_contacts_incl_drain_s"] = (waits / 1e6, day["offered"])  # the blocked with a wait of 0
        return found

    wanted = {
        f"{interval['i']} {measure}": interval[measure]
        for interval in run["intervals"]
        for measure in ("offered", "answered", "completed", "mean_busy", "sl_def1", "sl_def2")
    }
    if p["mean_patience_s"]:
        wanted["abandoned"] = run["totals"]["grand_total_abandoned"]
    if p["waiting_room"] is not None:
        wanted["blocked"] = run["totals"]["blocked"]
    wanted["mean_wait_all_contacts_incl_drain_s"] = run["totals"]["mean_wait_all_contacts_incl_drain_s"]
    assert_exact(centre, measures, wanted, precision)


@precisions
def test_a_sinusoidal_day_is_exact_in_every_sixteenth(precision: float) -> None:
    run = next(run for run in reference("exact_sinusoidal")["runs"] if run["name"] == "sin-medium-critical")
    p, quarters = run["params"], 96  # one unit of time is an hour, a period a day; rates step every quarter of an hour
    turn = 2 * pi / quarters
    swing = [p["relative_amplitude"] * (cos(k * turn) - cos((k + 1) * turn)) / turn for k in range(quarters)]
    volumes = [p["mean_rate"] / 4 * (1 + s) for s in swing]
    days, warm = 20, 1
    one = queue("q", 1, 3600, patience={"mean_seconds": 3600})
    one["demand"] = {"series": {"start": "2026-03-02T00:00", "minutes": 15, "volumes": volumes * days}}
    centre = world(days, [one], [team("t", p["agents"], {"queue": "q"})], interval_minutes=15)

    def measures(counters: Counters) -> Mapping[str, tuple[float, float]]:
        found = {}
        for k in range(16):
            spans = [(d * quarters + k * 6, d * quarters + (k + 1) * 6) for d in range(warm, days)]
            sums = [queue_sums(counters, 0, *span) for span in spans]
            busy = [group_sums(counters, 0, *span)["busy"] for span in spans]
            abandoned, completed = (sum(s[name] for s in sums) for name in ("abandoned", "handled"))
            found[f"{k} abandoned"] = (abandoned, len(spans))
            found[f"{k} completed"] = (completed, len(spans))
            found[f"{k} mean_busy"] = (sum(busy) / 5400e6, len(spans))
        return found

    wanted = {
        f"{row['k']} {measure}": row[measure]
        for row in run["sixteenths"]
        for measure in ("abandoned", "completed", "mean_busy")
        if row[measure] > 3  # rarer events would take thousands of days to see
    }
    assert_exact(centre, measures, wanted, precision)
