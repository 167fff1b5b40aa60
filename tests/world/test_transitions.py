"""Transitions: contacts move from one vendor to another by dated shares, exact to one contact."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from simulation.outcome.counting.counters import FTE_UNIT, Counters, FlowField, GroupField, QueueField, StockField
from simulation.outcome.report.scaling import daily_targets
from simulation.replication import FloorBody, replicate
from simulation.scenario.scenario import Scenario
from simulation.world.world import World

OLD, NEW = 0, 1
DAY = 48


def centre(transition: dict[str, Any] | None, days: int = 16, *, agents: tuple[int, int] = (60, 60)) -> Scenario:
    """Calls from 08:00 to 20:00, two minutes each, by the teams of two vendors in UTC; starts on 1 June 2026."""
    skills = [{"queue": "calls"}]
    vendors = [
        {
            "id": name,
            "sites": [{"id": f"{name}-site", "country": "PH"}],
            "teams": [{"id": f"{name}-team", "site": f"{name}-site", "skills": skills, "staffing": {"agents": count}}],
        }
        for name, count in zip(("own", "acme"), agents, strict=True)
    ]
    return Scenario.model_validate(
        {
            "name": "Moving",
            "start": "2026-06-01",
            "days": days,
            "timezone": "UTC",
            "queues": [
                {
                    "id": "calls",
                    "hours": [{"open": "08:00", "close": "20:00"}],
                    "demand": {"weekly_volume": 1400},
                    "handling": {"distribution": "DETERMINISTIC", "mean_seconds": 120},
                }
            ],
            "vendors": vendors,
            "transitions": [{"queues": ["calls"], "to": "acme", **transition}] if transition else [],
        }
    )


STEPS = [{"from": "2026-06-03", "share": 0.3}, {"from": "2026-06-06", "share": 0.8}]


def by_day(scenario: Scenario) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Offered contacts by day, and handled ones by day and group."""
    world = World.of(scenario)
    counters, plain = (replicate(world, 1, 0, body) for body in FloorBody)
    np.testing.assert_array_equal(counters.queues, plain.queues)
    np.testing.assert_array_equal(counters.groups, plain.groups)
    offered = counters.queues[:, 0, QueueField.OFFERED].reshape(-1, DAY).sum(axis=1)
    return offered, counters.groups[:, :, GroupField.HANDLED].reshape(-1, DAY, 2).sum(axis=1)


def test_shares_hold_to_one_contact_from_step_to_step() -> None:
    offered, handled = by_day(centre({"from": "own", "steps": STEPS}))
    assert (handled.sum(axis=1) == offered).all()
    assert handled[:2, NEW].sum() == 0
    for first, last, share in ((2, 5, 0.3), (5, 16, 0.8)):
        for end in range(first + 1, last + 1):
            assert abs(handled[first:end, NEW].sum() - share * offered[first:end].sum()) <= 1


@pytest.mark.slow
def test_what_nobody_here_hands_over_is_not_offered_before() -> None:
    everything, _ = by_day(centre(None))
    offered, handled = by_day(centre({"steps": STEPS}))
    assert handled[:, OLD].sum() == 0
    assert (handled[:, NEW] == offered).all()
    assert offered[:2].sum() == 0
    for first, last, share in ((2, 5, 0.3), (5, 16, 0.8)):
        assert abs(offered[first:last].sum() - share * everything[first:last].sum()) <= 1


def test_the_old_teams_stand_behind_the_new_ones_for_the_parallel_weeks() -> None:
    steps = [{"from": "2026-06-03", "share": 0.5}, {"from": "2026-06-05", "share": 1.0}]
    moving = {"from": "own", "steps": steps, "parallel_weeks": 1}
    offered, handled = by_day(centre(moving, agents=(60, 0)))
    assert handled[:, NEW].sum() == 0
    assert (handled[:2, OLD] == offered[:2]).all()
    assert abs(handled[2:4, OLD].sum() - offered[2:4].sum() / 2) <= 1, "before the last step the new vendor is alone"
    assert (handled[4:11, OLD] == offered[4:11]).all()
    assert handled[11:, OLD].sum() == 0
    offered, handled = by_day(centre(moving))
    assert (handled[4:, NEW] == offered[4:]).all(), "while a new agent is free, no old one is asked"


def test_old_teams_are_asked_at_their_own_step_of_the_route_too() -> None:
    scenario = centre(
        {"from": "own", "steps": [{"from": "2026-06-01", "share": 1}], "parallel_weeks": 2}, agents=(9, 0)
    )
    route = {"steps": [{"teams": ["acme-team"]}, {"teams": ["own-team"], "after_seconds": 45}]}
    queue = scenario.queues[0].model_copy(update={"route": type(scenario.queues[0].route).model_validate(route)})
    counters = replicate(World.of(scenario.model_copy(update={"queues": (queue,)})), 1, 0)
    rows = counters.queues[:, 0]
    waits = rows[:, QueueField.ANSWERED_WAIT].sum() / rows[:, QueueField.ARRIVED_ANSWERED].sum() / 1e6
    assert waits == pytest.approx(45, abs=3), "the old vendor's only wait is its step"
    assert waits >= 45


def test_a_vendor_learns_from_the_first_step_on() -> None:
    learning = {"multiplier": 1.5, "time_constant_weeks": 2}
    steps = [{"from": "2026-06-03", "share": 1.0}]
    counters = replicate(World.of(centre({"from": "own", "steps": steps, "learning": learning})), 1, 0)
    rows = counters.queues[:, 0].reshape(-1, DAY, counters.queues.shape[2]).sum(axis=1)
    mean = rows[:, QueueField.HANDLE_TIME] / rows[:, QueueField.HANDLED] / 1e6
    assert mean[:2].tolist() == [120, 120], "the old vendor has nothing to learn"
    weeks = np.arange(14) / 7
    np.testing.assert_allclose(mean[2:], 120 * (1 + 0.5 * np.exp(-weeks / 2)), atol=1e-6)


@pytest.mark.slow
def test_the_opening_backlog_is_here_even_where_nothing_is_offered_yet() -> None:
    scenario = centre({"steps": [{"from": "2026-06-10", "share": 1.0}]})
    mail = scenario.queues[0].model_dump(mode="json", by_alias=True, exclude_defaults=True)
    mail |= {"channel": "EMAIL", "backlog": {"volume": 30, "mean_age_hours": 5}}
    document = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"queues": [mail]}
    offered, handled = by_day(Scenario.model_validate(document))
    assert offered[:9].sum() == 0
    assert handled[0].tolist() == [0, 30]


HYPERCARE = {"from": "own", "steps": STEPS, "hypercare_weeks": 1, "hypercare_target": 0.999}


def test_hyper_care_has_its_own_target_from_the_first_step_to_weeks_after_the_last() -> None:
    usual, careful = (centre({"from": "own", "steps": STEPS}, 21), centre(HYPERCARE, 21))
    dates = [date(2026, 6, 1) + timedelta(days=day) for day in range(21)]
    wanted = daily_targets(careful, careful.queues[0], dates)
    assert wanted.tolist() == [0.8] * 2 + [0.999] * 10 + [0.8] * 9  # steps on 3 and 6 June, a week after: to 12 June
    needed, before = (World.of(scenario).requirement.agents.reshape(21, DAY, 1) for scenario in (careful, usual))
    in_care = wanted == 0.999
    assert (needed[~in_care] == before[~in_care]).all()
    assert (needed[in_care] >= before[in_care]).all()
    assert needed[in_care].sum() > before[in_care].sum()


def test_hyper_care_ends_with_the_last_step_where_it_has_no_weeks() -> None:
    scenario = centre({**HYPERCARE, "hypercare_weeks": 0})
    days = [day for day in range(1, 12) if scenario.hypercare_share("calls", date(2026, 6, day)) is not None]
    assert days == [3, 4, 5]
    assert scenario.hypercare_share("mail", date(2026, 6, 3)) is None


def test_weeks_of_hyper_care_without_its_target_are_refused() -> None:
    with pytest.raises(ValidationError, match="hypercare_target"):
        centre({"from": "own", "steps": STEPS, "hypercare_weeks": 2})


MULTIPLIER = {"multiplier": 1.6, "time_constant_weeks": 6}
TAKEN_OVER = {"steps": [{"from": "2026-06-15", "share": 1.0}], "learning": MULTIPLIER}


def with_people(learning: bool, *, chats: bool = True, heads: int = 20, **team: Any) -> Scenario:
    """Calls move from one vendor's people to another's in the third week; those serve chats besides, from the start."""
    document = centre(None).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    moving = {"queues": ["calls"], "from": "own", "to": "acme", **TAKEN_OVER}
    document["transitions"] = [moving if learning else {**moving, "learning": None}]
    del document["days"]
    document["weeks"] = 10
    calls = document["queues"][0] | {"demand": {"weekly_volume": 8000}}
    document["queues"] = [calls, calls | {"id": "chats", "demand": {"weekly_volume": 3000}}][: 1 + chats]
    shifts = [{"start": "08:00", "hours": 12}]
    for vendor in document["vendors"]:
        (own,) = vendor["teams"]
        del own["staffing"]
        own |= {
            "workforce": {"headcount": heads, "hiring": {"lead_time_weeks": {"mean": 1}}, "surge": {"agents": 100}},
            "shifts": shifts,
        }
    document["vendors"][NEW]["teams"][0] |= {"skills": [{"queue": queue["id"]} for queue in document["queues"]], **team}
    return Scenario.model_validate(document)


def lived(scenario: Scenario) -> tuple[World, Counters]:
    world = World.of(scenario)
    return world, replicate(world, 1, 0)


def test_people_of_a_vendor_who_learns_are_worth_less_in_proportion_to_what_is_required_of_them() -> None:
    world, counters = lived(with_people(learning=True))
    factor = 1 + 0.6 * np.exp(-np.maximum(np.arange(10) - 2, 0) / 6)
    required = world.requirement.agents.reshape(10, 7 * DAY, 2).sum(axis=1)
    calls = np.where(np.arange(10) < 2, 0, required[:, 0] / required.sum(axis=1))  # it gets them from the third week on
    mean = calls * factor + (1 - calls)
    assert calls[2:].min() > 0.3

    weekly = counters.headcount[:-1, :, StockField.EFFECTIVE_FTE] / FTE_UNIT
    np.testing.assert_allclose(weekly[:, NEW], 20 / mean, atol=1e-5)
    np.testing.assert_allclose(weekly[:, OLD], 20)
    required_fte = np.stack([world.requirement.fte(team) for team in (OLD, NEW)], axis=1)
    over = counters.headcount[:-1, :, StockField.OVER_UNDER_FTE] / FTE_UNIT
    np.testing.assert_allclose(over, weekly - required_fte, atol=1e-5)
    by_week = counters.groups.reshape(10, 7 * DAY, 2, -1).sum(axis=1)
    worth = by_week[:, :, GroupField.EFFECTIVE] / by_week[:, :, GroupField.ON_FLOOR]
    np.testing.assert_allclose(worth[:2], 1)
    np.testing.assert_allclose(worth[:, OLD], 1)
    assert (1 / mean[2:] < worth[2:, NEW]).all(), "they learn from day to day"
    assert (worth[2:9, NEW] < 1 / mean[3:]).all()


@pytest.mark.slow
def test_a_vendor_of_whom_nothing_is_required_yet_is_worth_what_its_work_to_come_will_take() -> None:
    _, counters = lived(with_people(learning=True, chats=False))
    weekly = counters.headcount[:-1, NEW, StockField.EFFECTIVE_FTE] / FTE_UNIT
    np.testing.assert_allclose(weekly, 20 / (1 + 0.6 * np.exp(-np.maximum(np.arange(10) - 2, 0) / 6)), atol=1e-5)


@pytest.mark.slow
def test_policies_know_that_a_vendor_learns() -> None:
    policies = [{"kind": "HIRE_UP_TO"}]
    (_, plain), (world, learning) = (
        lived(with_people(learns, heads=15, policies=policies)) for learns in (False, True)
    )
    heads = [counters.headcount[:-1, NEW, StockField.TENURED] for counters in (plain, learning)]
    required = world.requirement.fte(NEW)
    over = learning.headcount[:-1, NEW, StockField.OVER_UNDER_FTE] / FTE_UNIT
    assert (over[4:] >= 0).all()
    assert (heads[0][4:] == np.ceil(required[4:] - 1e-6)).all()
    assert (heads[1][4:] > heads[0][4:]).all()
    flows = learning.headcount[:, NEW].sum(axis=0)
    assert flows[FlowField.HIRED] > 0
    assert flows[FlowField.HIRED_REPLACEMENT] == 0, "nobody left"


def test_the_bench_of_a_vendor_who_learns_is_called_in_the_number_that_does_what_is_missing() -> None:
    policies = [{"kind": "SURGE", "when_net_under": -0.05}]
    _, counters = lived(with_people(learning=True, chats=False, heads=10, policies=policies))
    over = counters.headcount[2:-1, NEW, StockField.OVER_UNDER_FTE] / FTE_UNIT
    assert ((over >= -1e-6) & (over < 1)).all()
