"""Outages at a rate: how many, when, how long, and what they do to the floor."""

from datetime import datetime
from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import GroupField, QueueField
from simulation.replication import FloorBody, replicate
from simulation.scenario.grid import HOUR, Grid
from simulation.scenario.scenario import Scenario
from simulation.world.outages import Outage, OutageEvents
from simulation.world.randomness import Draws
from simulation.world.world import World
from tests.world.sketch import sketch

pytestmark = pytest.mark.slow

Data = dict[str, Any]


def struck(*events: Data, **more: Any) -> Scenario:
    """Ten agents round the clock, and these outages."""
    return sketch(events=[{"kind": "OUTAGE", "hours": 4, **event} for event in events], **more)


def drawn(scenario: Scenario, replications: int) -> list[list[Outage]]:
    grid = Grid.of(scenario)
    events = OutageEvents.of(scenario, grid)
    return [events.drawn(Draws(1, number)) for number in range(replications)]


def test_a_year_has_the_expected_outages_in_its_months() -> None:
    event = {"per_year": 0.5, "months": ["SEP", "OCT"], "site": "office"}
    scenario = struck(event, start="2026-01-01", days=365, site_zone="Asia/Manila")
    found = drawn(scenario, 2000)

    counts = np.array([len(one) for one in found])
    assert abs(counts.mean() - 0.5) < 4 * np.sqrt(0.5 / 2000)
    assert counts.var() == pytest.approx(0.5, rel=0.15), "as many as a Poisson process has"
    grid = Grid.of(scenario)
    first, last = (grid.us(datetime(2026, month, 1), "Asia/Manila") for month in (9, 11))
    begins = np.array([one.begins for several in found for one in several])
    assert ((first <= begins) & (begins < last)).all()
    places = (begins - first) / (last - first)
    assert abs(places.mean() - 0.5) < 4 * np.sqrt(1 / 12 / len(begins))


def test_a_part_of_a_year_has_its_part_of_them() -> None:
    counts = [len(one) for one in drawn(struck({"per_year": 73}, days=20), 500)]  # one in five days
    assert abs(np.mean(counts) - 4) < 4 * np.sqrt(4 / 500)


def test_a_higher_rate_keeps_the_outages_of_a_lower_one() -> None:
    few, many = (drawn(struck({"per_year": rate}, weeks=8), 50) for rate in (10, 30))
    assert all(set(some) <= set(more) for some, more in zip(few, many, strict=True))
    assert sum(map(len, few)) < sum(map(len, many))


def test_other_events_and_a_longer_horizon_move_none() -> None:
    alone = drawn(struck({"per_year": 30}, weeks=4), 20)
    beside = drawn(struck({"per_year": 20, "site": "office"}, {"per_year": 30}, weeks=8), 20)
    ends = 4 * 7 * 24 * HOUR
    assert sum(map(len, alone)) > 20
    for some, more in zip(alone, beside, strict=True):
        assert set(some) <= {one for one in more if one.begins < ends}


def test_two_events_alike_strike_at_other_times() -> None:
    (found,) = drawn(struck({"per_year": 100}, {"per_year": 100}, weeks=8), 1)
    begins = [one.begins for one in found]
    assert len(begins) > 10
    assert len(set(begins)) == len(begins)


def test_hours_are_lognormal_whatever_the_beginning() -> None:
    given = struck({"start": "2026-06-02T09:00", "hours": {"mean": 10, "cv": 1}})
    rate = struck({"per_year": 300, "hours": {"mean": 10, "cv": 1}}, weeks=52)
    hours_given = np.array([(one.ends - one.begins) / HOUR for (one,) in drawn(given, 4000)])
    hours_drawn = np.array([(one.ends - one.begins) / HOUR for found in drawn(rate, 14) for one in found])
    for hours in (hours_given, hours_drawn):
        assert len(hours) > 3500
        assert abs(hours.mean() - 10) < 4 * 10 / np.sqrt(len(hours))
        logs = np.log(hours)  # of a lognormal time of mean 10 and cv 1: normal, ln 10 - ln 2 / 2 and ln 2
        assert abs(logs.mean() - (np.log(10) - np.log(2) / 2)) < 4 * np.sqrt(np.log(2) / len(hours))
        assert logs.var() == pytest.approx(np.log(2), rel=0.12)


def test_a_certain_outage_is_the_same_in_every_replication() -> None:
    found = drawn(struck({"start": "2026-06-02T09:00", "failover_minutes": 30, "failover_share": 0.5}), 3)
    (one,) = found[0]
    assert {other._replace(luck=one.luck) for several in found for other in several} == {one}
    assert (one.begins, one.fails_over, one.ends) == (33 * HOUR, 33.5 * HOUR, 37 * HOUR)


def test_an_outage_over_before_its_failover_has_none() -> None:
    event = {"start": "2026-06-02T09:00", "hours": {"mean": 1, "cv": 2}, "failover_minutes": 60, "failover_share": 1.0}
    found = [one for (one,) in drawn(struck(event), 200)]
    assert any(one.fails_over == one.ends for one in found)
    assert all(one.fails_over == min(one.begins + HOUR, one.ends) for one in found)


@pytest.mark.parametrize("in_service", ["LOST", "REQUEUED"])
def test_each_replication_loses_the_agents_of_its_own_outages(in_service: str) -> None:
    event = {"per_year": 150, "hours": {"mean": 6, "cv": 1}, "in_service": in_service}
    hours = [{"open": "08:00", "close": "20:00"}]
    world = World.of(struck(event, queue={"hours": hours, "patience": {"mean_seconds": 200}}))
    lost = []
    for number in range(3):
        kernel, plain = (replicate(world, 1, number, body) for body in FloorBody)
        np.testing.assert_array_equal(kernel.queues, plain.queues)
        np.testing.assert_array_equal(kernel.groups, plain.groups)
        total = kernel.queues[:, 0].sum(axis=0)
        waiting = kernel.queues[-1, 0, QueueField.WAITING]
        assert total[QueueField.OFFERED] == total[QueueField.ANSWERED] + total[QueueField.ABANDONED] + waiting
        lost.append(out_of(world.outage_events.drawn(Draws(1, number)), world.grid.horizon))
        assert kernel.groups[:, 0, GroupField.ON_FLOOR].sum() == 10 * (world.grid.horizon - lost[-1])
    assert len(set(lost)) == 3


def out_of(found: list[Outage], horizon: int) -> int:
    """Time of the horizon in which at least one outage is under way."""
    lost = reached = 0
    for one in found:
        lost += max(min(one.ends, horizon) - max(one.begins, reached), 0)
        reached = max(reached, min(one.ends, horizon))
    return lost


@pytest.mark.parametrize(("teams", "agents", "share"), [(10, 1, 0.4), (1, 10, 0.25), (1, 1, 0.5), (3, 2, 0.15)])
def test_a_share_of_few_agents_is_right_on_average_and_of_their_contacts_too(
    teams: int, agents: int, share: float
) -> None:
    """Everybody is always busy: of n agents n share are gone for the outage, and so many services are broken off."""
    event = {"start": "2026-06-01T06:00", "hours": 12, "share": share, "in_service": "LOST"}
    crews = [
        {"id": f"t{k}", "site": "office", "skills": [{"queue": "orders"}], "staffing": {"agents": agents}}
        for k in range(teams)
    ]
    n, f = teams * agents, QueueField
    world = World.of(struck(event, days=1, demand={"weekly_volume": n * 7000}, team=crews[0], others=crews[1:]))
    there, lost = [], []
    for number in range(300):
        counters = replicate(world, 1, number)
        unavailable = counters.groups[..., GroupField.UNAVAILABLE].sum() / (12 * HOUR)
        there.append(n - unavailable)
        lost.append(counters.queues[..., f.LOST].sum())
        assert lost[-1] == unavailable, "who was served by an agent who is gone"
        assert abs(there[-1] - n * (1 - share)) < 1
    noise = 4 * np.sqrt(0.25 / 300)
    assert abs(np.mean(there) - n * (1 - share)) < noise
