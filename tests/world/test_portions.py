"""Portions of a queue's contacts: whose they are, and at which threshold they were answered in time."""

from typing import Any

import numpy as np
import pytest

from simulation.outcome.clauses.counts import clause_counts
from simulation.outcome.clauses.watched import Happened
from simulation.outcome.counting.counters import ANSWERED_FIELDS, PORTION_FIELDS, Counters, QueueField
from simulation.replication import FloorBody, replicate
from simulation.scenario.portions import portions
from simulation.scenario.reading.document import from_data
from simulation.world.world import World

F = QueueField


def clause(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "metric": "SERVICE_LEVEL", "queue": "calls", "target": 0.8} | more


def world(route: dict[str, Any], alpha: list[dict[str, Any]], beta: list[dict[str, Any]], **more: Any) -> World:
    """Two vendors who answer the same calls, two days, short of agents."""

    def vendor(name: str, agents: int, slas: list[dict[str, Any]]) -> dict[str, Any]:
        team = {
            "id": f"{name}-team",
            "site": f"{name}-site",
            "skills": [{"queue": "calls", "resolution": 0.7}],
            "staffing": {"agents": agents},
        }
        contract = {"pricing": [{"kind": "FIXED_MONTHLY", "amount": 1000}], "slas": slas}
        site = {"id": f"{name}-site", "country": "US"}
        return {"id": name, "sites": [site], "teams": [team], "contracts": [contract]}

    queue = {
        "id": "calls",
        "demand": {"weekly_volume": 55_000},
        "handling": {"mean_seconds": 300},
        "patience": {"mean_seconds": 90},
        "retrial": {"probability": 0.3, "mean_delay_minutes": 10},
        "repeat": {"returns": 0.5, "mean_delay_hours": 2, "window_days": 7},
        "quality": {"defects": 0.2, "found": 0.5},
        "callback": {"offer_over_seconds": 120, "acceptance": 0.3, "success": 0.8},
        "target": {"threshold_seconds": 20, "share": 0.8},
        "route": route,
    }
    heading = {"name": "Shared", "start": "2026-03-02", "days": 2, "timezone": "UTC"}
    vendors = [vendor("alpha", 12, alpha), vendor("beta", 14, beta)]
    return World.of(from_data({**heading, "queues": [queue], "vendors": vendors, **more}))


def counted(centre: World, body: FloorBody = FloorBody.KERNEL) -> Counters:
    return replicate(centre, 1, 0, body)


def allocated(**shares: float) -> dict[str, Any]:
    return {"choice": "ALLOCATION", "allocation": [{"shares": shares}]}


@pytest.mark.slow
@pytest.mark.parametrize("body", list(FloorBody))
def test_what_is_allocated_to_the_vendors_is_the_whole_queue(body: FloorBody) -> None:
    centre = world(allocated(alpha=0.4, beta=0.6), [clause("a")], [clause("b")])
    found = counted(centre, body)
    both, whole = found.portions.sum(axis=1), found.queues[:, 0]
    np.testing.assert_array_equal(both[:, PORTION_FIELDS], whole[:, PORTION_FIELDS])
    offered = found.portions[..., F.OFFERED].sum(axis=0)
    assert offered[0] / offered.sum() == pytest.approx(0.4, abs=0.001)  # counted, not drawn


def test_what_the_vendors_answer_together_is_what_is_answered() -> None:
    pooled = [clause("a", formula="ANSWERED_OVER_ANSWERED")], [clause("b", metric="FCR", target=0.7)]
    centre = world({}, *pooled)
    found = counted(centre)
    both, whole = found.portions.sum(axis=1), found.queues[:, 0]
    np.testing.assert_array_equal(both[:, ANSWERED_FIELDS], whole[:, ANSWERED_FIELDS])
    others = [field for field in PORTION_FIELDS if field not in ANSWERED_FIELDS]
    assert not found.portions[..., others].any()  # who gave up was nobody's
    assert (found.portions[..., F.ARRIVED_ANSWERED].sum(axis=0) > 0).all()


def test_a_threshold_of_the_clause_s_own_is_that_of_a_queue_with_it() -> None:
    whole = {"scope": "QUEUE"}
    centre = world({}, [clause("own", threshold_seconds=45, **whole), clause("queue", **whole)], [])
    found = counted(centre)
    assert len(portions(centre.scenario)) == 1  # the other one is what the queue counts anyway
    queue = centre.scenario.queues[0]
    target = queue.target.model_copy(update={"threshold_seconds": 45.0})
    changed = centre.scenario.model_copy(update={"queues": (queue.model_copy(update={"target": target}),)})
    assert changed.queues[0].target.threshold_seconds == 45
    other = counted(World.of(changed))
    for field in (F.ANSWERED_IN_TIME, F.ABANDONED_IN_TIME):
        np.testing.assert_array_equal(found.portions[:, 0, field], other.queues[:, 0, field])
        assert found.portions[:, 0, field].sum() > found.queues[:, 0, field].sum()


def test_a_defect_is_of_the_vendor_that_made_it() -> None:
    """Half of a fifth is found: a tenth of what each vendor handles is done again, whoever does it then."""
    quality = {"metric": "QUALITY", "target": 0.9}
    centre = world({}, [clause("a", **quality)], [clause("b", **quality)])
    found = counted(centre).portions.sum(axis=0)
    shares = found[:, F.OFFERED_REWORK] / found[:, F.HANDLED]
    assert shares == pytest.approx([0.1, 0.1], abs=0.015)
    assert found[:, F.OFFERED_REWORK].min() > 100


def test_portions_change_nothing_else() -> None:
    watched = world(allocated(alpha=0.4, beta=0.6), [clause("a")], [])
    plain = world(allocated(alpha=0.4, beta=0.6), [], [])
    for name in ("queues", "groups", "waits"):
        np.testing.assert_array_equal(getattr(counted(watched), name), getattr(counted(plain), name))


def test_a_queue_that_moves_is_of_whom_its_contacts_are_handed_to() -> None:
    moving = {
        "queues": ["calls"],
        "from": "alpha",
        "to": "beta",
        "parallel_weeks": 1,
        "steps": [{"from": "2026-03-03", "share": 0.5}],
    }
    centre = world({}, [clause("a")], [clause("b")], transitions=[moving])
    found = counted(centre)
    offered = found.portions[..., F.OFFERED]
    first_day = len(offered) // 2
    assert not offered[:first_day, 1].any()
    assert offered[first_day:, 1].sum() == pytest.approx(offered[first_day:].sum() / 2, abs=1)
    np.testing.assert_array_equal(offered.sum(axis=1), found.queues[:, 0, F.OFFERED])


def test_a_clause_is_scored_by_its_vendor_s_own_contacts() -> None:
    centre = world(allocated(alpha=0.5, beta=0.5), [clause("a")], [clause("b")])
    found = counted(centre)
    cuts = np.array([0, len(found.queues)])
    levels = []
    for count in clause_counts(centre.scenario):
        over, under = count.count(Happened.of([found]), cuts)[0, 0].tolist()
        levels.append(over / under)
    queue = found.queues[:, 0].sum(axis=0)
    whole = queue[F.ANSWERED_IN_TIME] / (queue[F.OFFERED] - queue[F.CALLBACKS] - queue[F.ABANDONED_IN_TIME])
    assert levels[0] < whole < levels[1]  # alpha has twelve agents for its half, beta fourteen
