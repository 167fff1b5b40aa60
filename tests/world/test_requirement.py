from typing import Any

import numpy as np
import pytest

from simulation.erlang import Erlang, least_agents
from simulation.scenario.grid import Grid
from simulation.scenario.scenario import Scenario
from simulation.world.demand.cells import expected_cells, handling_multipliers
from simulation.world.planning.requirement import Requirement
from tests.world.sketch import sketch

FLAT = {"series": {"start": "2026-06-01T00:00", "minutes": 1440, "volumes": [4800] * 7}}
"""A hundred contacts each half hour."""
ENDLESS = {"threshold_seconds": 20, "share": 0.8}


def required(scenario: Scenario) -> Requirement:
    grid = Grid.of(scenario)
    return Requirement.of(scenario, grid, expected_cells(scenario, grid), handling_multipliers(scenario, grid))


def queue(name: str, per_half_hour: float = 100, **changes: Any) -> dict[str, Any]:
    volumes = [48 * per_half_hour] * 7
    demand = {"series": {"start": "2026-06-01T00:00", "minutes": 1440, "volumes": volumes}}
    return {"id": name, "demand": demand, "handling": {"mean_seconds": 300}, **changes}


def team(name: str, *queues: str, heads: int = 10, **skill: Any) -> dict[str, Any]:
    skills = [{"queue": each, **skill} for each in queues]
    shifts = [{"start": "09:00", "hours": 8}]
    return {"id": name, "site": "office", "skills": skills, "workforce": {"headcount": heads}, "shifts": shifts}


def centre(
    queues: list[dict[str, Any]], *teams: dict[str, Any], others: tuple[dict[str, Any], ...] = (), **calendar: Any
) -> Scenario:
    vendors = [{"id": "own", "sites": [{"id": "office", "country": "US"}], "teams": list(teams)}]
    if others:
        moved = [{**other, "site": "hub"} for other in others]
        vendors.append({"id": "acme", "sites": [{"id": "hub", "country": "PH"}], "teams": moved})
    heading: dict[str, Any] = {"name": "Centre", "start": "2026-06-01", "timezone": "UTC", **({"days": 7} | calendar)}
    return Scenario.model_validate({**heading, "queues": queues, "vendors": vendors})


@pytest.mark.parametrize("patience", [None, 120.0])
def test_a_queue_needs_the_least_agents_of_its_erlang_formula(patience: float | None) -> None:
    demand = {"weekly_volume": 20_000, "time_of_day_weights": [{"weights": {"00:00": 0.1, "08:00": 1, "18:00": 0.4}}]}
    patient = {"patience": {"mean_seconds": patience}} if patience else {}
    scenario = sketch(demand=demand, queue={**patient, "target": {"threshold_seconds": 20, "share": 0.8}})

    agents = required(scenario).agents[:, 0]

    volumes = expected_cells(scenario, Grid.of(scenario))[0].volume
    for interval in range(0, 48, 7):
        rate = volumes[interval] / 1800
        least = least_agents(rate, 300, patience, threshold_seconds=20, service_level=0.8)
        assert agents[interval] == max(least, np.ceil(rate * 300))


def test_occupancy_has_a_ceiling_and_periods_have_their_own_share() -> None:
    period = {"from": "2026-06-03", "to": "2026-06-04", "share": 0.99}
    plain, capped, strict = (
        required(centre([queue("orders", target={**ENDLESS, **more})], team("crew", "orders"))).agents[::48, 0]
        for more in ({}, {"max_occupancy": 0.7}, {"periods": [period]})
    )

    load = 100 * 300 / 1800
    assert capped.tolist() == [np.ceil(load / 0.7)] * 7
    assert (strict > plain).tolist() == [False, False, True, True, False, False, False]


def test_abandonment_has_a_ceiling() -> None:
    patience = {"mean_seconds": 60}
    most = {"threshold_seconds": 600, "share": 0.1, "max_abandon_rate": 0.03}

    plain, kept = (
        required(centre([queue("orders", patience=patience, target=target)], team("crew", "orders"))).agents[0, 0]
        for target in ({"threshold_seconds": 600, "share": 0.1}, most)
    )

    assert plain == 17
    rates = [Erlang(100 / 1800, 300, int(agents), 60).abandon_rate for agents in (kept - 1, kept)]
    assert rates[0] > 0.03 >= rates[1]


def test_queues_of_the_same_teams_are_one_pool_at_the_mixed_handling() -> None:
    short, long = queue("short", 100, handling={"mean_seconds": 200}), queue("long", 50, handling={"mean_seconds": 500})
    pooled = required(centre([short, long], team("crew", "short", "long"))).agents[0]
    apart = required(centre([short, long], team("one", "short"), team("two", "long"))).agents[0]

    least = least_agents(150 / 1800, 300, None, threshold_seconds=20, service_level=0.8)
    assert pooled.sum() == pytest.approx(least)
    assert pooled[0] / pooled[1] == pytest.approx(100 * 200 / (50 * 500))
    assert apart.sum() > pooled.sum()


def test_the_hardest_target_of_a_pool_counts_where_its_queue_has_work() -> None:
    hard = queue("hard", 1, target={"threshold_seconds": 1, "share": 0.99}, hours=[{"open": "00:00", "close": "12:00"}])
    agents = required(centre([queue("easy"), hard], team("crew", "easy", "hard"))).agents

    assert agents[0].sum() > agents[30].sum() + 5
    assert agents[30, 1] == 0


def test_a_slower_team_needs_more() -> None:
    agents = required(centre([queue("orders")], team("crew", "orders", speed=1.5))).agents[0, 0]
    assert agents == least_agents(100 / 1800, 450, None, threshold_seconds=20, service_level=0.8)


def test_the_first_tier_shares_by_planned_hours() -> None:
    steps = [{"teams": ["large", "small"]}, {"teams": ["reserve"], "after_seconds": 30}]
    crews = [team(name, "orders", heads=heads) for name, heads in (("large", 30), ("small", 10), ("reserve", 50))]
    crews[1]["workforce"]["classes"] = [{"start": "2026-06-01", "size": 20, "training_weeks": 1}]

    found = required(centre([queue("orders", route={"steps": steps})], *crews, days=14))

    total = found.agents[0, 0]
    assert found.team_agents[0].tolist() == pytest.approx([0.75 * total, 0.25 * total, 0])
    assert found.team_agents[7 * 48 - 1].tolist() == pytest.approx([0.75 * total, 0.25 * total, 0])


def test_given_agents_share_by_the_hours_that_they_are_paid_for() -> None:
    desks = team("desks", "orders")
    del desks["workforce"], desks["shifts"]
    at_day = [2 * (16 <= interval % 48 < 36) for interval in range(9 * 48)]  # ten hours a day, 140 a week: 3.5 FTE
    at_night = {**desks, "id": "always", "staffing": {"agents": 3}}  # 504 hours: 12.6 FTE
    crews = {**desks, "staffing": {"agents": at_day}}, at_night, team("crew", "orders", heads=8)

    found = required(centre([queue("orders", demand={"weekly_volume": 33_600})], *crews, days=9))

    for interval in (0, 8 * 48):  # in the short last week too
        shares = found.team_agents[interval] / found.agents[interval, 0]
        assert shares == pytest.approx(np.array([3.5, 12.6, 8]) / 24.1)


def test_teams_share_by_hours_on_the_floor_whatever_their_contracts_and_shrinkage() -> None:
    full, half = team("full", "orders", heads=10), team("half", "orders", heads=10)
    half["workforce"]["hours_per_week"] = 20
    found = required(centre([queue("orders")], full, half))

    hours = found.agents[:, 0].sum() / 2
    assert found.team_agents[0] / found.agents[0, 0] == pytest.approx([2 / 3, 1 / 3])
    assert (
        found.fte(0) == found.fte(1) == pytest.approx([hours / (10 * 40 + 10 * 20) * 10])
    )  # heads, of their own hours

    half["workforce"] = {"headcount": 8, "shrinkage": {"leave": 0.1, "in_office": 0.2}}  # 8 x 40 x 0.72 hours
    desk = {key: full[key] for key in ("site", "skills")} | {"id": "desk", "staffing": {"agents": 2}}  # 336 hours
    found = required(centre([queue("orders")], half, desk))
    assert found.team_agents[0] / found.agents[0, 0] == pytest.approx(np.array([230.4, 336]) / 566.4)


def test_people_lent_count_in_the_plan_of_the_team_they_work_for() -> None:
    crews = [team("lends", "orders", heads=12), team("borrows", "orders", heads=8)]
    move = {"from": "lends", "heads": 4, "start": "2026-06-08", "until": "2026-06-21", "training_weeks": 1}
    crews[1]["workforce"]["moves"] = [move]
    demand = {"series": {"start": "2026-06-01T00:00", "minutes": 1440, "volumes": [4800] * 28}}

    found = required(centre([queue("orders", demand=demand)], *crews, days=28)).team_agents[:: 7 * 48]

    shares = found / found.sum(axis=1, keepdims=True)
    assert shares[:, 0] == pytest.approx(np.array([12 / 20, 8 / 16, 8 / 20, 12 / 20]))


def test_classes_count_in_the_plan_when_they_are_trained() -> None:
    crews = [team("old", "orders", heads=10), team("new", "orders", heads=0)]
    crews[1]["workforce"]["classes"] = [{"start": "2026-05-25", "size": 30, "training_weeks": 2}]
    volumes = [4800] * 14
    demand = {"series": {"start": "2026-06-01T00:00", "minutes": 1440, "volumes": volumes}}

    found = required(centre([queue("orders", demand=demand)], *crews, days=14)).team_agents

    assert found[0, 1] == 0
    assert found[7 * 48] / found[7 * 48].sum() == pytest.approx([0.25, 0.75])


def shares_of(crews: list[dict[str, Any]], weeks: int) -> list[list[float]]:
    """By week, each team's share of a queue that all of them serve first."""
    demand = {"series": {"start": "2026-06-01T00:00", "minutes": 1440, "volumes": [4800] * 7 * weeks}}
    found = required(centre([queue("orders", demand=demand)], *crews, days=7 * weeks)).team_agents[:: 7 * 48]
    return [[round(float(share), 6) for share in row / row.sum()] for row in found]


def test_a_plan_s_targets_count_from_when_it_can_meet_them() -> None:
    crews = [team("steady", "orders", heads=10), team("planned", "orders", heads=10)]
    heads = {"2026-06-01": 30, "2026-07-06": 6}
    crews[1]["policies"] = [{"kind": "PLAN", "heads": heads}]
    crews[1]["workforce"]["hiring"] = {"lead_time_weeks": {"mean": 2}, "training_weeks": 1}
    assert [row[1] for row in shares_of(crews, 6)] == [0.5, 0.5, 0.5, 0.75, 0.75, 0.375]

    crews[1]["policies"] = [{"kind": "PLAN", "heads": {"2026-06-08": 6}}]
    crews[1]["workforce"]["ramp"] = {"notice_weeks": 3}
    assert [row[1] for row in shares_of(crews, 5)] == [0.5, 0.5, 0.5, 0.375, 0.375]


def test_lent_people_count_where_they_are() -> None:
    crews = [team("lender", "orders", heads=30), team("borrower", "orders", heads=10)]
    move = {"from": "lender", "heads": 20, "start": "2026-06-08", "until": "2026-06-28", "training_weeks": 1}
    crews[1]["workforce"]["moves"] = [move]
    assert [row[1] for row in shares_of(crews, 5)] == [0.25, 0.5, 0.75, 0.75, 0.25]


def test_vendors_share_by_allocation() -> None:
    allocation = [{"shares": {"own": 0.7, "acme": 0.3}}, {"from": "2026-06-03", "shares": {"acme": 1}}]
    route = {"choice": "ALLOCATION", "allocation": allocation}
    crews = team("home", "orders", heads=1), team("hub-voice", "orders", heads=99)

    found = required(centre([queue("orders", route=route)], crews[0], others=(crews[1],)))

    assert found.team_agents[0] / found.agents[0, 0] == pytest.approx([0.7, 0.3])
    assert found.team_agents[2 * 48] / found.agents[2 * 48, 0] == pytest.approx([0, 1])


def test_shares_that_begin_after_the_horizon_change_nothing() -> None:
    def split(*later: dict[str, Any]) -> np.ndarray[Any, Any]:
        route = {"choice": "ALLOCATION", "allocation": [{"shares": {"own": 0.7, "acme": 0.3}}, *later]}
        scenario = centre([queue("calls", route=route)], team("home", "calls"), others=(team("away", "calls"),))
        return required(scenario).team_agents

    ahead = split({"from": "2026-06-08", "shares": {"acme": 1}}, {"from": "2026-08-01", "shares": {"own": 1}})
    assert (ahead == split()).all()


def mail(per_day: float, **changes: Any) -> dict[str, Any]:
    batch = {"on": ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"], "at": "06:00", "volume": per_day}
    demand = {"weekly_volume": 0, "batches": [batch]}
    return {"id": "mail", "channel": "EMAIL", "demand": demand, "handling": {"mean_seconds": 360}, **changes}


def test_deferred_work_lies_evenly_on_the_open_time_until_it_is_due() -> None:
    hours = [{"open": "08:00", "close": "18:00"}]
    turnaround = {"target_hours": 9.75}

    agents = required(centre([mail(400, hours=hours, turnaround=turnaround)], team("crew", "mail"))).agents[:48, 0]

    # 400 x 0.1 h of work from opening at 8:00 until 16:00, when work of 6:15, the interval's middle, is due
    assert np.flatnonzero(agents).tolist() == list(range(16, 32))
    assert set(agents[16:32]) == {6}  # five are busy all the time


def test_work_due_after_days_is_level() -> None:
    agents = required(centre([mail(480, turnaround={"target_hours": 72})], team("crew", "mail"), days=28)).agents[:, 0]
    assert set(agents[4 * 48 : 24 * 48]) <= {
        2,
        3,
    }  # two Erlangs, but for the quarter of an hour between batch and middle


def test_without_a_turnaround_work_loads_its_own_interval() -> None:
    agents = required(centre([mail(50)], team("crew", "mail"))).agents[:, 0]
    assert np.flatnonzero(agents).tolist() == [12 + 48 * day for day in range(7)]
    assert agents[12] == pytest.approx(11)  # ten Erlangs


def test_the_opening_backlog_is_work_of_the_start() -> None:
    quiet = mail(0, turnaround={"target_hours": 10}, backlog={"volume": 200, "mean_age_hours": 5})
    agents = required(centre([quiet], team("crew", "mail"))).agents[:, 0]
    assert agents[:20].tolist() == [3] * 20  # twenty hours of work in ten
    assert agents[20:].sum() == 0


def test_what_automation_settles_needs_nobody_and_what_follows_does() -> None:
    bare = required(centre([queue("orders", 80)], team("crew", "orders"))).agents[0, 0]
    contained = queue("orders", 100, containment=[{"from": "2026-06-01", "share": 0.25, "failure": 0.2}])
    assert required(centre([contained], team("crew", "orders"))).agents[0, 0] == bare

    repeat = {"returns": 0.5, "mean_delay_hours": 1, "window_days": 7}
    returning = queue("orders", 64, repeat=repeat)
    assert required(centre([returning], team("crew", "orders", resolution=0.6))).agents[0, 0] == bare

    passing = queue("calls", 160, transfers=[{"to": "orders", "probability": 0.5}])
    passed = required(centre([passing, queue("orders", 0)], team("one", "calls"), team("two", "orders")))
    assert passed.agents[0, 1] == bare


def test_paid_hours_are_grossed_up_by_what_is_lost() -> None:
    crew = team("crew", "orders")
    crew["workforce"] |= {
        "hours_per_week": 30,
        "shrinkage": {"leave": 0.06, "in_office": 0.12, "months": {"JUL": {"leave": 0.2}}},
        "absence": {"daily_probability": 0.05, "months": {"JUL": 2}},
    }
    calendar: dict[str, Any] = {"start": "2026-06-24", "days": 10}
    found = required(centre([queue("orders", demand={"weekly_volume": 33_600})], crew, **calendar))

    agents = found.agents[0, 0]
    june, july = agents * 24 / (0.89 * 0.88), agents * 24 / (0.7 * 0.88)
    assert found.paid_hours[:, 0] == pytest.approx([7 * june, 3 * july])
    assert found.fte(0) == pytest.approx([7 * june / 30, 3 * july / (30 * 3 / 7)])


def test_an_inefficient_roster_pays_more_for_the_same() -> None:
    found = required(centre([queue("orders")], team("crew", "orders")))
    rostered = found.rostered(np.array([[0.8]]))
    assert rostered.paid_hours == pytest.approx(found.paid_hours / 0.8)
    assert rostered.fte(0) == pytest.approx(found.fte(0) / 0.8)


def test_nobody_is_needed_where_nobody_calls() -> None:
    assert not required(centre([queue("orders", 0)], team("crew", "orders"))).agents.any()


def test_an_agent_with_several_chats_does_the_work_of_fewer_than_so_many() -> None:
    chats = queue("chats", channel="CHAT", concurrency={"slots": 3, "slowdown": 0.25})
    agents = required(centre([chats], team("crew", "chats"))).agents[0, 0]
    slots = least_agents(100 / 1800, 300 * 1.5, None, threshold_seconds=20, service_level=0.8)
    assert agents == np.ceil(slots / 3)


def test_chats_beside_calls_take_their_part_of_an_agent() -> None:
    chats = queue("chats", channel="CHAT", concurrency={"slots": 3, "slowdown": 0.25})
    agents = required(centre([chats, queue("calls", 50)], team("crew", "chats", "calls"))).agents[0]
    least = least_agents(150 / 1800, (100 * 150 + 50 * 300) / 150, None, threshold_seconds=20, service_level=0.8)
    assert agents.sum() == pytest.approx(least)


def test_records_take_their_attempts_and_the_calls_that_connect() -> None:
    outbound = {"connect": 0.25, "max_attempts": 2, "attempt_seconds": 40}
    records = queue("records", channel="OUTBOUND", outbound=outbound, target={"max_occupancy": 0.5})
    agents = required(centre([records], team("crew", "records"))).agents[0, 0]
    seconds = 0.4375 * 300 + 1.75 * 40
    assert agents == np.ceil(100 * seconds / 1800 / 0.5)


@pytest.mark.parametrize("old", [None, "own"])
def test_a_transition_moves_the_requirement_step_by_step(old: str | None) -> None:
    steps = [{"from": "2026-06-02", "share": 0.25}, {"from": "2026-06-04", "share": 1.0}]
    moving = {"queues": ["orders"], "to": "acme", "steps": steps} | ({"from": old} if old else {})
    crews = team("home", "orders"), team("hub-voice", "orders")
    found = required(centre([queue("orders")], crews[0], others=(crews[1],), transitions=[moving]))
    by_day, whole = found.team_agents[::48], found.agents[4 * 48, 0]
    assert by_day[3:] == pytest.approx(np.array([[0, whole]] * 4))
    if old:
        assert by_day[:3] == pytest.approx(np.array([[1, 0], [0.75, 0.25], [0.75, 0.25]]) * whole)
    else:
        least = least_agents(25 / 1800, 300, None, threshold_seconds=20, service_level=0.8)
        assert by_day[:3] == pytest.approx(np.array([[0, 0], [0, least], [0, least]]))


def test_circles_of_transfers_are_followed_to_their_end() -> None:
    circle = [queue("calls", 1, transfers=[{"to": "orders", "probability": 0.99}])]
    circle.append(queue("orders", 0, transfers=[{"to": "calls", "probability": 0.99}]))
    agents = required(centre(circle, team("one", "calls"), team("two", "orders"))).agents[0]
    once = 1 / (1 - 0.99**2)
    alone = [required(centre([queue("calls", n)], team("one", "calls"))).agents[0, 0] for n in (once, 0.99 * once)]
    assert agents.tolist() == alone
