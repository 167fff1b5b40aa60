"""Stationary formulas against exact values."""

from typing import Any

import pytest

from simulation.erlang import Erlang, erlang_b, least_agents
from tests.world.exact import reference

ROWS = [pytest.param(row, id=row["name"]) for row in reference("exact_erlang_bca")["rows"]]


@pytest.mark.parametrize("row", ROWS)
def test_erlang_a_is_exact(row: dict[str, Any]) -> None:
    p, exact = row["params"], row["erlang_a"]
    found = Erlang(p["arrivals_per_hour"] / 3600, p["aht_s"], p["agents"], p["mean_patience_s"])
    assert found.wait_probability == pytest.approx(exact["p_all_busy"], rel=1e-8)
    assert found.abandon_rate == pytest.approx(exact["p_abandon"], rel=1e-8)
    assert found.mean_wait_seconds == pytest.approx(exact["asa_all_contacts_s"], rel=1e-8)
    assert found.service_level(20) == pytest.approx(exact["sl_answered_in_T_over_offered"], rel=1e-8)
    assert found.occupancy == pytest.approx(exact["occupancy"], rel=1e-8)


@pytest.mark.parametrize("row", ROWS)
def test_erlang_b_and_c_are_exact(row: dict[str, Any]) -> None:
    p = row["params"]
    assert erlang_b(p["offered_load_erl"], p["agents"]) == pytest.approx(row["erlang_b"]["p_block"], rel=1e-7)
    endless = Erlang(p["arrivals_per_hour"] / 3600, p["aht_s"], p["agents"])
    if endless.stable:
        exact = row["erlang_c"]
        assert endless.wait_probability == pytest.approx(exact["p_wait"], rel=1e-7)
        assert endless.mean_wait_seconds == pytest.approx(exact["asa_all_contacts_s"], rel=1e-7)
        assert endless.service_level(20) == pytest.approx(exact["sl_20s"], rel=1e-7)
    else:
        assert endless.service_level(20) == 0


LEAST = [
    # arrivals an hour, handling, patience, least agents for 80/20 and 90/20 without and with abandonment
    (30, 300, 120, (5, 6), (4, 5)),
    (200, 180, 180, (14, 15), (12, 14)),
    (1200, 240, 90, (87, 90), (77, 82)),
    (10000, 300, 150, (848, 854), (771, 792)),
]


@pytest.mark.parametrize(("per_hour", "handling", "patience", "erlang_c", "erlang_a"), LEAST)
def test_the_least_agents_for_a_level_are_exact(
    per_hour: float, handling: float, patience: float, erlang_c: tuple[int, int], erlang_a: tuple[int, int]
) -> None:
    for level, endless, patient in zip((0.8, 0.9), erlang_c, erlang_a, strict=True):
        for mean_patience, least in ((None, endless), (patience, patient)):
            found = least_agents(per_hour / 3600, handling, mean_patience, threshold_seconds=20, service_level=level)
            assert found == least


def test_nobody_is_needed_where_nobody_calls() -> None:
    assert least_agents(0, 300, 120, threshold_seconds=20, service_level=0.8) == 0


@pytest.mark.parametrize("wrong", [{"arrivals_per_second": 0.0}, {"handling_seconds": -1.0}, {"agents": 0}])
def test_rates_and_times_must_be_positive(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="positive"):
        Erlang(**{"arrivals_per_second": 1.0, "handling_seconds": 1.0, "agents": 1, **wrong})
