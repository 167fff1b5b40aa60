"""The floor against exact stationary queues: Erlang A and C, general patience, priorities, two skills."""

from collections.abc import Mapping
from math import gamma, sqrt
from typing import Any

import pytest

from simulation.outcome.counting.counters import Counters
from tests.world.exact import assert_exact, group_sums, precisions, queue, queue_sums, reference, team, world

pytestmark = pytest.mark.slow

CONTACTS = 40_000
"""Contacts of a replication, about; the first tenth of its days is left out, as it starts empty."""


LARGEST = pytest.mark.bar
"""Some 2,000 agents: half a minute."""


def _days(per_hour: float) -> tuple[int, int]:
    days = min(max(int(CONTACTS / per_hour / 24), 4), 700)
    return days, max(days // 10, 1) * 24


def _by_name(rows: list[dict[str, Any]]) -> Any:
    return [pytest.param(row, id=row["name"], marks=LARGEST if row["name"].startswith("xl") else ()) for row in rows]


def _service(counters: Counters, first: int) -> Mapping[str, tuple[float, float]]:
    sums, agents = queue_sums(counters, 0, first), group_sums(counters, 0, first)
    offered, in_time, gone_in_time = sums["offered"], sums["answered_in_time"], sums["abandoned_in_time"]
    waits = sums["answered_wait"] + sums["abandoned_wait"]
    return {
        "p_abandon": (sums["arrived_abandoned"], offered),
        "p_abandon_within_T": (gone_in_time, offered),
        "asa_all_contacts_s": (waits / 1e6, offered),
        "asa_served_s": (sums["answered_wait"] / 1e6, sums["arrived_answered"]),
        "occupancy": (agents["busy"], agents["on_floor"]),
        "sl_answered_in_T_over_offered": (in_time, offered),
        "sl_answered_in_T_over_offered_minus_short_abandons": (in_time, offered - gone_in_time),
        "sl_answered_in_T_over_answered": (in_time, sums["arrived_answered"]),
        "sl_answered_or_abandoned_in_T_over_offered": (in_time + gone_in_time, offered),
    }


def _assert_single_queue(
    per_hour: float, aht: float, agents: int, patience: Any, exact: Mapping[str, float], precision: float
) -> None:
    days, first = _days(per_hour)
    more = {"patience": patience} if patience else {}
    centre = world(days, [queue("q", per_hour, aht, **more)], [team("t", agents, {"queue": "q"})])
    assert_exact(centre, lambda counters: _service(counters, first), exact, precision)


@precisions
@pytest.mark.parametrize("row", _by_name(reference("exact_erlang_bca")["rows"]))
def test_one_queue_with_exponential_patience_is_erlang_a(row: dict[str, Any], precision: float) -> None:
    p, exact = row["params"], row["erlang_a"]
    patience = {"distribution": "EXPONENTIAL", "mean_seconds": p["mean_patience_s"]}
    names = ("p_abandon", "asa_all_contacts_s", "asa_served_s", "occupancy", *(n for n in exact if n.startswith("sl_")))
    wanted = {name: exact[name] for name in names}
    _assert_single_queue(p["arrivals_per_hour"], p["aht_s"], p["agents"], patience, wanted, precision)


@precisions
@pytest.mark.parametrize("name", ["small-200cph-180s-14", "small-60cph-600s-12", "mitan-360per30min-240s-55"])
def test_one_queue_without_abandonment_is_erlang_c(name: str, precision: float) -> None:
    row = next(row for row in reference("exact_erlang_bca")["rows"] if row["name"] == name)
    p, exact = row["params"], row["erlang_c"]
    wanted = {
        "asa_all_contacts_s": exact["asa_all_contacts_s"],
        "occupancy": exact["occupancy"],
        "sl_answered_in_T_over_offered": exact["sl_20s"],
    }
    _assert_single_queue(p["arrivals_per_hour"], p["aht_s"], p["agents"], None, wanted, precision)


def _weibull(shape: float, scale: float) -> dict[str, Any]:
    first, second = gamma(1 + 1 / shape), gamma(1 + 2 / shape)
    return {"distribution": "WEIBULL", "mean_seconds": scale * first, "cv": sqrt(second / first**2 - 1)}


PATIENCE = {
    "deterministic 60 s": {"distribution": "DETERMINISTIC", "mean_seconds": 60},
    "Weibull shape 0.5 scale 60 s (mean 120 s)": _weibull(0.5, 60),
    "Weibull shape 2 scale 120 s": _weibull(2, 120),
}


@precisions
@pytest.mark.parametrize(
    "row", _by_name([row for row in reference("exact_mmc_plus_g")["rows"] if row["params"]["patience"] in PATIENCE])
)
def test_one_queue_with_general_patience_is_m_m_c_plus_g(row: dict[str, Any], precision: float) -> None:
    p, exact = row["params"], row["exact"]
    names = ("p_abandon", "p_abandon_within_T", "asa_all_contacts_s", "asa_served_s", "occupancy")
    wanted = {name: exact[name] for name in (*names, "sl_answered_in_T_over_offered") if exact[name] > 0}
    _assert_single_queue(p["arrivals_per_hour"], p["aht_s"], p["agents"], PATIENCE[p["patience"]], wanted, precision)


@precisions
@pytest.mark.parametrize("row", _by_name(reference("exact_priority_mmc")["rows"]))
def test_two_priorities_in_one_team_are_cobhams(row: dict[str, Any], precision: float) -> None:
    p = row["params"]
    days, first = _days(p["class1_per_hour"] + p["class2_per_hour"])
    queues = [queue("one", p["class1_per_hour"], p["aht_s"]), queue("two", p["class2_per_hour"], p["aht_s"])]
    both = team("t", p["agents"], {"queue": "one", "priority": 1}, {"queue": "two", "priority": 2})

    def measures(counters: Counters) -> Mapping[str, tuple[float, float]]:
        one, two, agents = (
            queue_sums(counters, 0, first),
            queue_sums(counters, 1, first),
            group_sums(counters, 0, first),
        )
        return {
            "asa_class1_s": (one["answered_wait"] / 1e6, one["arrived_answered"]),
            "asa_class2_s": (two["answered_wait"] / 1e6, two["arrived_answered"]),
            "occupancy": (agents["busy"], agents["on_floor"]),
        }

    wanted = {name: row[name] for name in ("asa_class1_s", "asa_class2_s", "occupancy")}
    assert_exact(world(days, queues, [both]), measures, wanted, precision)


@precisions
@pytest.mark.parametrize("row", _by_name(reference("exact_nmodel_ctmc")["rows"]))
def test_specialists_and_generalists_are_the_n_model(row: dict[str, Any], precision: float) -> None:
    p, exact, unit = row["params"], row["exact"], 300.0
    mean1, mean2 = unit / p["mu1_g1"], unit / p["mu2_g2"]
    one = queue("one", p["lam1"] * 3600 / unit, mean1, patience={"mean_seconds": unit / p["th1"]})
    two = queue("two", p["lam2"] * 3600 / unit, mean2, patience={"mean_seconds": unit / p["th2"]})
    one["route"] = {"steps": [{"teams": ["g1"]}, {"teams": ["g2"]}]}
    first_class = 1 if p["priority"] == "1" else 2
    generalists = team(
        "g2",
        p["n2"],
        {"queue": "one", "priority": first_class, "speed": p["mu1_g1"] / p["mu1_g2"]},
        {"queue": "two", "priority": 3 - first_class},
    )
    days, first = _days((p["lam1"] + p["lam2"]) * 3600 / unit)
    centre = world(days, [one, two], [team("g1", p["n1"], {"queue": "one"}), generalists])

    def measures(counters: Counters) -> Mapping[str, tuple[float, float]]:
        found = {}
        for q, name in enumerate(("class1", "class2")):
            sums = queue_sums(counters, q, first)
            waits = (sums["answered_wait"] + sums["abandoned_wait"]) / unit / 1e6
            found[f"{name} p_abandon"] = (sums["arrived_abandoned"], sums["offered"])
            found[f"{name} mean_wait_all_contacts"] = (waits, sums["offered"])
        for g, name in enumerate(("g1", "g2")):
            agents = group_sums(counters, g, first)
            found[f"occupancy {name}"] = (agents["busy"], agents["on_floor"])
        found["class1 share_served_by_g1"] = (
            group_sums(counters, 0, first)["handled"],
            queue_sums(counters, 0, first)["handled"],
        )
        return found

    wanted = {
        f"{name} {measure}": exact[name][measure]
        for name in ("class1", "class2")
        for measure in ("p_abandon", "mean_wait_all_contacts")
    }
    wanted |= {f"occupancy {g}": exact["occupancy"][g] for g in ("g1", "g2")}
    wanted["class1 share_served_by_g1"] = exact["class1"]["share_served_by_g1"]
    assert_exact(centre, measures, wanted, precision)


@precisions
@pytest.mark.parametrize(
    "row", _by_name([row for row in reference("exact_mmc_plus_g")["rows"] if "balks" in row["params"]["patience"]])
)
def test_who_turns_away_at_once_is_an_abandonment_without_a_wait(row: dict[str, Any], precision: float) -> None:
    p, exact = row["params"], row["exact"]
    days, first = _days(p["arrivals_per_hour"])
    impatient = {"patience": {"mean_seconds": 200}, "balking_probability": 0.1}
    one = queue("q", p["arrivals_per_hour"], p["aht_s"], **impatient)
    centre = world(days, [one], [team("t", p["agents"], {"queue": "q"})])
    names = ("p_abandon", "p_abandon_within_T", "asa_all_contacts_s", "occupancy", "sl_answered_in_T_over_offered")
    assert_exact(centre, lambda counters: _service(counters, first), {n: exact[n] for n in names}, precision)


@precisions
@pytest.mark.parametrize("row", _by_name(reference("exact_returns_and_trunks")["retrials"]["rows"]))
def test_who_abandons_and_tries_again_is_the_retrial_queue(row: dict[str, Any], precision: float) -> None:
    p, exact, unit = row["params"], row["exact"], 180.0
    per_hour = p["lam"] * 3600 / unit
    again = {"probability": p["retry_prob"], "mean_delay_minutes": unit / p["retry_rate"] / 60}
    one = queue("q", per_hour, unit / p["mu"], patience={"mean_seconds": unit / p["theta"]}, retrial=again)
    days, first = _days(per_hour)
    centre = world(days, [one], [team("t", p["agents"], {"queue": "q"})])

    def measures(counters: Counters) -> Mapping[str, tuple[float, float]]:
        sums, agents = queue_sums(counters, 0, first), group_sums(counters, 0, first)
        waits = (sums["answered_wait"] + sums["abandoned_wait"]) / unit / 1e6
        return {
            "p_abandon_per_attempt": (sums["arrived_abandoned"], sums["offered"]),
            "retry_share_of_attempts": (sums["offered_retrial"], sums["offered"]),
            "mean_wait_per_attempt": (waits, sums["offered"]),
            "occupancy": (agents["busy"], agents["on_floor"]),
        }

    names = ("p_abandon_per_attempt", "retry_share_of_attempts", "mean_wait_per_attempt", "occupancy")
    assert_exact(centre, measures, {name: exact[name] for name in names}, precision)


@precisions
@pytest.mark.parametrize("row", _by_name(reference("exact_returns_and_trunks")["finite_trunks"]["rows"]))
def test_a_queue_with_so_many_lines_blocks_the_rest(row: dict[str, Any], precision: float) -> None:
    p, exact, unit = row["params"], row["exact"], 180.0
    per_hour = p["lam"] * 3600 / unit
    patience = {"patience": {"mean_seconds": unit / p["theta"]}} if p["theta"] else {}
    one = queue("q", per_hour, unit / p["mu"], lines=p["trunks"], **patience)
    days, first = _days(per_hour)
    centre = world(days, [one], [team("t", p["agents"], {"queue": "q"})])

    def measures(counters: Counters) -> Mapping[str, tuple[float, float]]:
        sums, agents = queue_sums(counters, 0, first), group_sums(counters, 0, first)
        waits = (sums["answered_wait"] + sums["abandoned_wait"]) / unit / 1e6
        return {
            "p_blocked": (sums["blocked"], sums["offered"]),
            "p_abandon_of_offered": (sums["arrived_abandoned"], sums["offered"]),
            "mean_wait_accepted": (waits, sums["offered"] - sums["blocked"]),
            "occupancy": (agents["busy"], agents["on_floor"]),
        }

    names = ("p_blocked", "p_abandon_of_offered", "mean_wait_accepted", "occupancy")
    assert_exact(centre, measures, {name: exact[name] for name in names if exact[name]}, precision)
