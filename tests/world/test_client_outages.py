"""Outages of the client's systems: demand rises or falls while they last, and nobody planned for it."""

from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import QueueField
from simulation.replication import FloorBody, replicate
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.world.world import World
from tests.scenario.documents import centre
from tests.world.sketch import sketch

Data = dict[str, Any]
DAY = 48


def failing(*events: Data, **more: Any) -> Scenario:
    """1,008 contacts in an ordinary week, three in each half hour, and what the client's systems do to them."""
    outages = [{"kind": "CLIENT_OUTAGE", "hours": 2, "demand_multiplier": 3.0, **event} for event in events]
    return sketch(events=outages, **{"demand": {"weekly_volume": 1008}, **more})


def volumes(scenario: Scenario, queue: int = 0) -> Any:
    """Expected contacts of a queue that come about, by interval."""
    world = World.of(scenario)
    cells = world.cells[queue]
    return np.bincount(cells.interval, cells.volume, world.grid.intervals)


def test_what_arrives_while_it_lasts_counts_several_times() -> None:
    found = volumes(failing({"start": "2026-06-02T10:00"}))
    struck = slice(DAY + 20, DAY + 24)
    assert found[struck] == pytest.approx([9] * 4)
    found[struck] = 3
    assert found == pytest.approx(np.full(7 * DAY, 3.0))


def test_a_half_hour_of_which_it_takes_a_part_rises_by_that_part() -> None:
    found = volumes(failing({"start": "2026-06-02T10:10", "hours": 0.5}))
    assert found[DAY + 19 : DAY + 23] == pytest.approx([3, 3 + 6 * 20 / 30, 3 + 6 * 10 / 30, 3])


def test_it_may_stop_demand_altogether_and_several_multiply() -> None:
    found = volumes(
        failing(
            {"start": "2026-06-02T10:00", "demand_multiplier": 0},
            {"start": "2026-06-03T10:00"},
            {"start": "2026-06-03T11:00", "demand_multiplier": 1.5},
        )
    )
    assert found[DAY + 20 : DAY + 24].tolist() == [0] * 4
    assert found[2 * DAY + 20 : 2 * DAY + 26] == pytest.approx([9, 9, 13.5, 13.5, 4.5, 4.5])


def test_its_start_is_the_scenario_s_local_time() -> None:
    found = volumes(failing({"start": "2026-06-02T10:00"}, zone="America/New_York", queue={"timezone": "Asia/Manila"}))
    assert np.flatnonzero(found > 4).tolist() == list(range(DAY + 20, DAY + 24))


DEMANDS: list[tuple[Data, list[float]]] = [
    ({"series": {"start": "2026-06-02T09:00", "minutes": 60, "volumes": [10, 20, 30, 40]}}, [5, 5, 30, 30, 45, 45]),
    ({"volumes": {"2026-06-02": 480}}, [10, 10, 30, 30, 30, 30]),
    ({"weekly_volume": 1008, "shocks": [{"start": "2026-06-02T11:00", "hours": 2, "add": 40}]}, [3, 3, 9, 9, 39, 39]),
]


@pytest.mark.parametrize(("demand", "expected"), DEMANDS)
def test_it_strikes_whatever_demand_comes_from(demand: Data, expected: list[float]) -> None:
    found = volumes(failing({"start": "2026-06-02T10:00"}, demand=demand))
    assert found[DAY + 18 : DAY + 24] == pytest.approx(expected)


def test_a_batch_counts_if_it_comes_while_it_lasts() -> None:
    batches = [{"on": ["TUE"], "at": at, "volume": 50} for at in ("09:59", "10:00", "11:59", "12:00")]
    mail = {"channel": "EMAIL"}
    found = volumes(failing({"start": "2026-06-02T10:00"}, demand={"weekly_volume": 0, "batches": batches}, queue=mail))
    assert found[DAY + 19 : DAY + 25] == pytest.approx([50, 150, 0, 0, 150, 50])


def sharing(queues: list[str] | None) -> Scenario:
    """Orders, and mail with half as many contacts at the same time; an outage of these queues."""
    document = failing({"start": "2026-06-02T10:00"}).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    document["events"][0]["queues"] = queues
    share = {"demand": {"share_of": "orders", "share": 0.5}, "handling": {"mean_seconds": 60}}
    document["queues"].append({"id": "mail", "channel": "EMAIL", **share})
    document["vendors"][0]["teams"][0]["skills"].append({"queue": "mail"})
    return Scenario.model_validate(document)


@pytest.mark.parametrize(
    ("queues", "of_orders", "of_mail"),
    [(None, 9, 4.5), (["orders"], 9, 4.5), (["mail"], 3, 4.5), (["orders", "mail"], 9, 4.5)],
)
def test_a_share_of_another_queue_rises_with_it_and_once(
    queues: list[str] | None, of_orders: float, of_mail: float
) -> None:
    scenario = sharing(queues)
    assert volumes(scenario)[DAY + 20 : DAY + 24] == pytest.approx([of_orders] * 4)
    assert volumes(scenario, 1)[DAY + 20 : DAY + 24] == pytest.approx([of_mail] * 4)
    assert volumes(scenario, 1)[:DAY] == pytest.approx([1.5] * DAY)


def test_planners_do_not_foresee_it() -> None:
    usual, struck = World.of(failing()), World.of(failing({"start": "2026-06-02T10:00"}))
    np.testing.assert_array_equal(usual.requirement.agents, struck.requirement.agents)
    np.testing.assert_array_equal(usual.coverage.expected, struck.coverage.expected)
    assert struck.expected_contacts == pytest.approx(usual.expected_contacts + 24)


def test_it_adds_contacts_and_changes_no_other_on_either_body_of_the_floor() -> None:
    worlds = [World.of(failing(*events)) for events in ((), ({"start": "2026-06-02T10:00"},))]
    usual, struck = (replicate(world, 1, 0).queues[:, 0] for world in worlds)
    np.testing.assert_array_equal(struck, replicate(worlds[1], 1, 0, FloorBody.SIMPY).queues[:, 0])
    more = (struck - usual)[:, QueueField.OFFERED]
    assert 10 <= more[DAY + 20 : DAY + 24].sum() <= 40  # 24 expected
    more[DAY + 20 : DAY + 24] = 0
    assert not more.any()
    total = struck.sum(axis=0)
    waiting = struck[-1, QueueField.WAITING]
    assert total[QueueField.OFFERED] == total[QueueField.ANSWERED] + total[QueueField.ABANDONED] + waiting


EVENT: Data = {"kind": "CLIENT_OUTAGE", "start": "2026-09-30T10:00", "hours": 3, "demand_multiplier": 2}


@pytest.mark.parametrize(
    ("changes", "path", "message", "mend"),
    [
        ({"start": None}, "start", "needs start", "add start"),
        ({"hours": None}, "hours", "needs hours", "add hours"),
        ({"demand_multiplier": None}, "demand_multiplier", "needs demand_multiplier", "add demand_multiplier"),
        ({"demand_multiplier": -2}, "demand_multiplier", "is -2", "at least 0"),
        ({"hours": {"mean": 3, "cv": 0.5}}, "hours.cv", "are certain", "remove it"),
        ({"queues": ["call"]}, "queues.0", "there is no queue 'call'", "write calls"),
        ({"queues": ["mail", "mail"]}, "queues.1", "already names mail", "each queue once"),
        ({"start": "2026-09-30"}, "start", "is not a local date and time", "2026-09-30T07:00"),
        ({"start": "2027-09-30T10:00"}, "start", "outside the horizon", "move it"),
        ({"share": 0.5}, "share", "takes no share", "remove share"),
        ({"site": "manila"}, "site", "takes no site", "remove site"),
    ],
)
def test_one_that_cannot_be_is_refused_with_path_and_mend(changes: Data, path: str, message: str, mend: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        from_data(centre(events=[EVENT | changes]))
    (problem,) = refused.value.problems
    assert problem.path == f"events.0.{path}"
    assert message in problem.message
    assert mend in problem.mend


def test_more_contacts_than_fit_are_refused() -> None:
    calls = {"demand": {"weekly_volume": 45_000_000}}
    event = EVENT | {"hours": 168, "demand_multiplier": 5, "queues": ["calls"]}
    from_data(centre(calls=calls))
    with pytest.raises(ScenarioError, match="270 million contacts are expected"):
        from_data(centre(calls=calls, events=[event]))
