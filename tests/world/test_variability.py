"""Volume that varies: busyness of the day, error of the forecast, and whose luck is whose."""

from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special, stats

from simulation.outcome.counting.counters import Counters
from simulation.scenario.grid import DAY, Grid
from simulation.scenario.queues.demand import ForecastError
from simulation.scenario.reading.document import from_data
from simulation.world.demand.arrivals import QueueArrivals, Trace, trace
from simulation.world.demand.cells import expected_cells, handling_multipliers
from simulation.world.demand.variability import busyness_factors, forecast_factors, volumes_drawn
from simulation.world.randomness import Draws
from simulation.world.world import World
from tests.world.exact import assert_exact, group_sums, queue, queue_sums, reference, team, world

Values = NDArray[np.float64]


def assert_mean(values: Values, exact: float) -> None:
    assert abs(values.mean() - exact) < 4 * values.std() / sqrt(len(values))


def assert_variance(values: Values, exact: float) -> None:
    squares = (values - values.mean()) ** 2
    assert abs(squares.mean() - exact) < 4 * squares.std() / sqrt(len(values))


def varying(name: str, per_hour: float, zone: str = "UTC", **demand: Any) -> dict[str, Any]:
    one = queue(name, per_hour, 200, timezone=zone)
    return {**one, "demand": {**one["demand"], **demand}}


def centre_of(days: int, *queues: dict[str, Any], correlation: float = 0.0) -> World:
    """A centre whose queues all have the same team."""
    base = world(days, list(queues), [team("t", 5, *({"queue": one["id"]} for one in queues))])
    data = base.scenario.model_dump(mode="json", by_alias=True)
    return World.of(from_data({**data, "busyness_correlation": correlation}))


def drawn(centre: World, draws: Draws) -> Trace:
    rho = centre.scenario.busyness_correlation
    parts = zip(centre.scenario.queues, centre.cells, centre.multipliers, strict=True)
    return trace([QueueArrivals(*part, draws, rho) for part in parts], 0, centre.grid.intervals)


def test_a_day_s_volume_has_the_variance_of_poisson_and_busyness() -> None:
    mean, cv = 240.0, 0.2
    centre = centre_of(50, varying("q", mean / 24, busyness_cv=cv))
    volumes = [np.bincount(drawn(centre, Draws(1, r)).arrives // DAY, minlength=50) for r in range(80)]
    days = np.concatenate(volumes).astype(np.float64)
    assert_mean(days, mean)
    assert_variance(days, mean + cv**2 * mean**2)


@pytest.mark.parametrize("cv", [0.001, 0.1, 0.8, 2.5])
def test_busyness_is_gamma_with_mean_one(cv: float) -> None:
    factors = busyness_factors("q", np.arange(20_000, dtype=np.int64), cv, 0.3, Draws(5, 0))
    assert stats.kstest(factors, stats.gamma(cv**-2, scale=cv**2).cdf).pvalue > 0.001


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.9, 1.0])
def test_normal_scores_of_two_queues_have_the_correlation_given(rho: float) -> None:
    days = np.arange(20_000, dtype=np.int64)
    scores = []
    for name, cv in (("a", 0.1), ("b", 0.3)):
        factors = busyness_factors(name, days, cv, rho, Draws(7, 3))
        scores.append(special.ndtri(stats.gamma(cv**-2, scale=cv**2).cdf(factors)))
    found = float(stats.pearsonr(*scores).statistic)
    assert found == pytest.approx(rho, abs=4 * (1 - rho**2) / sqrt(len(days)) + 1e-6)


def test_queues_of_two_time_zones_share_the_luck_of_a_date() -> None:
    zones = ("America/New_York", "Asia/Manila")
    queues = [varying(zone[:4], 10, zone, busyness_cv=0.3) for zone in zones]
    centre = centre_of(5, *queues, correlation=1.0)
    by_date: list[dict[int, float]] = []
    for one, cells in zip(centre.scenario.queues, centre.cells, strict=True):
        factors = volumes_drawn(one, cells, 1.0, Draws(1, 0)) / cells.volume
        by_date.append(dict(zip(cells.day.tolist(), factors.tolist(), strict=True)))
        assert [len(set(factors[cells.day == day].tolist())) for day in by_date[-1]] == [1] * 6  # one a local date
    west, east = by_date
    assert min(east) == min(west) + 1  # it is Monday morning in Manila when New York's Sunday ends
    common = sorted(set(west) & set(east))
    assert len(common) == 5
    assert [west[day] for day in common] == pytest.approx([east[day] for day in common])


ERROR = {"bias": 0.1, "cv_by_lead_weeks": {"2": 0.05, "6": 0.25}, "horizon_share": 0.3}


@pytest.mark.slow
def test_forecast_errors_have_the_mean_and_spread_of_their_lead_and_go_together_by_the_horizon_share() -> None:
    error = ForecastError.model_validate(ERROR)
    weeks = np.array([0, 1, 3, 5, 9], np.int64)
    factors = np.array([forecast_factors("q", weeks, error, Draws(1, r)) for r in range(8000)])
    for k, cv in enumerate([0.05, 0.05, 0.15, 0.25, 0.25]):  # leads 1, 2, 4, 6 and 10
        assert_mean(factors[:, k], 1.1)
        assert_variance(factors[:, k], (1.1 * cv) ** 2)
    correlations = np.corrcoef(np.log(factors), rowvar=False)[np.triu_indices(len(weeks), 1)]
    assert correlations == pytest.approx([0.3] * 10, abs=4 * (1 - 0.3**2) / sqrt(len(factors)))


def test_a_bias_alone_moves_every_week_alike() -> None:
    error = ForecastError.model_validate({"bias": -0.2})
    assert forecast_factors("q", np.arange(3, dtype=np.int64), error, Draws(1, 0)) == pytest.approx([0.8] * 3)


def test_a_week_of_the_scenario_has_one_forecast_error_and_batches_and_shocks_take_it() -> None:
    shock = {"start": "2026-03-03T10:00", "hours": 2, "add": 500}
    mail = varying("m", 10, forecast_error=ERROR, shocks=[shock], batches=[{"on": ["TUE"], "at": "06:00", "volume": 9}])
    centre = centre_of(17, {**mail, "channel": "EMAIL"})
    (cells,), (one,) = centre.cells, centre.scenario.queues
    factors = volumes_drawn(one, cells, 0.0, Draws(1, 0)) / cells.volume
    weeks = cells.start // (7 * DAY)
    assert (weeks == cells.week).all()
    assert sorted(set(weeks[cells.length == 0].tolist())) == [0, 1, 2]
    for week in range(3):
        assert factors[weeks == week] == pytest.approx(factors[weeks == week][0])
    assert len(set(np.round(factors, 9).tolist())) == 3


Rows = set[tuple[int, ...]]


def rows(contacts: Trace, of: int) -> Rows:
    mine = contacts.queue == of
    columns = (contacts.number, contacts.arrives, contacts.gives_up, contacts.work, contacts.origin)
    return set(zip(*(column[mine].tolist() for column in columns), strict=True))


def test_another_queue_changes_nobody_else_s_luck() -> None:
    demand: dict[str, Any] = {"busyness_cv": 0.2, "forecast_error": ERROR}
    alone = centre_of(9, varying("a", 20, **demand), correlation=0.5)
    both = centre_of(9, varying("b", 30, **demand), varying("a", 20, **demand), correlation=0.5)
    assert rows(drawn(alone, Draws(1, 0)), 0) == rows(drawn(both, Draws(1, 0)), 1)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.floats(0, 30),
    st.floats(0, 30),
    st.floats(0, 1),
    st.floats(0, 3),
    st.floats(0, 1),
    st.floats(0, 1),
    st.booleans(),
)
def test_more_volume_keeps_the_contacts_of_less(
    one: float, other: float, rho: float, cv: float, share: float, failure: float, in_batches: bool
) -> None:
    def contacts(per_hour: float) -> Rows:
        batches = [{"on": ["MON"], "at": "06:00", "volume": 10 * per_hour}] if in_batches else []
        mail = varying("m", per_hour, busyness_cv=cv, forecast_error=ERROR, batches=batches)
        entry = {"from": "2026-03-02", "share": share, "failure": failure}
        centre = centre_of(1, {**mail, "channel": "EMAIL", "containment": [entry]}, correlation=rho)
        return rows(drawn(centre, Draws(4, 0)), 0)

    assert contacts(min(one, other)) <= contacts(max(one, other))


ROWS = reference("exact_gamma_busyness")["rows"]
OPEN_HOURS = 6
"""A day is long when it is many handling times; its first hour, from an empty floor, is left out."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "row", [pytest.param(ROWS[0], id=ROWS[0]["name"]), pytest.param(ROWS[1], id=ROWS[1]["name"], marks=pytest.mark.bar)]
)
def test_days_of_gamma_busyness_are_a_mixture_of_erlang_a(row: dict[str, Any]) -> None:
    p, days = row["params"], 14
    one = queue("q", p["arrivals_per_hour"], p["aht_s"], patience={"mean_seconds": p["mean_patience_s"]})
    one["hours"] = [{"open": "00:00", "close": f"{OPEN_HOURS:02}:00"}]
    weekly = p["arrivals_per_hour"] * OPEN_HOURS * 7
    one["demand"] = {"weekly_volume": weekly, "busyness_cv": p["gamma_shape"] ** -0.5}
    centre = world(days, [one], [team("t", p["agents"], {"queue": "q"})])

    def measures(counters: Counters) -> dict[str, tuple[float, float]]:
        spans = [(24 * day + 1, 24 * day + OPEN_HOURS) for day in range(days)]
        found = [queue_sums(counters, 0, *span) | group_sums(counters, 0, *span) for span in spans]
        sums = {name: sum(one[name] for one in found) for name in found[0]}
        return {
            "p_abandon_per_contact": (sums["arrived_abandoned"], sums["offered"]),
            "sl20_def1_per_contact": (sums["answered_in_time"], sums["offered"]),
            "asa_all_contacts_s": ((sums["answered_wait"] + sums["abandoned_wait"]) / 1e6, sums["offered"]),
            "mean_occupancy": (sums["busy"], sums["on_floor"]),
        }

    wanted = {name: exact for name, exact in row["exact"].items() if not name.startswith("check")}
    assert_exact(centre, measures, wanted, 0.03)


def test_a_scenario_that_does_not_vary_is_drawn_from_its_expected_volumes() -> None:
    centre = centre_of(2, varying("q", 50), correlation=0.7)
    scenario, grid = centre.scenario, Grid.of(centre.scenario)
    (cells,), (one,) = expected_cells(scenario, grid), scenario.queues
    assert volumes_drawn(one, cells, 0.7, Draws(1, 0)) is cells.volume
    assert (handling_multipliers(scenario, grid)[0] == 1).all()
