"""A vendor leaves: its people go week by week, its share of the work goes to another."""

from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import HEADS, FlowField, GroupField, Int64, QueueField, StockField
from simulation.replication import FloorBody, replicate
from simulation.scenario.grid import Grid
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.world.people.crew import TeamToday
from simulation.world.planning.splits import splits
from simulation.world.world import World
from tests.world.crew import all_living, flow, stock

Data = dict[str, Any]
OLD, NEW = 0, 1
DAY = 48
SHIFTS = [{"start": "08:00", "hours": 12}]
ROUTES: dict[str, Data] = {
    "allocated": {"choice": "ALLOCATION", "allocation": [{"shares": {"own": 0.6, "acme": 0.4}}]},
    "pooled": {"steps": [{"teams": ["own-team"]}, {"teams": ["acme-team"], "after_seconds": 5}]},
}
EXIT: Data = {"kind": "VENDOR_EXIT", "vendor": "own", "to": "acme", "start": "2026-06-08", "handover_weeks": 4}


def document(old: Data, *, exit: Data | None = EXIT, route: Data | None = None, queue: Data | None = None) -> Data:
    """Calls from 08:00 to 20:00, two minutes each; vendor own of whom a test says more, acme with sixty heads."""
    sixty = people(headcount=60) if "workforce" in old else {"staffing": {"agents": 60}}
    teams: dict[str, Data] = {"own": old, "acme": sixty}
    calls = {
        "id": "calls",
        "hours": [{"open": "08:00", "close": "20:00"}],
        "demand": {"weekly_volume": 1400},
        "handling": {"distribution": "DETERMINISTIC", "mean_seconds": 120},
        "route": route or {},
        **(queue or {}),
    }
    return {
        "name": "Leaving",
        "start": "2026-06-01",
        "weeks": 8,
        "timezone": "UTC",
        "queues": [calls],
        "vendors": [
            {
                "id": name,
                "sites": [{"id": f"{name}-site", "country": "PH"}],
                "teams": [{"id": f"{name}-team", "site": f"{name}-site", "skills": [{"queue": "calls"}], **team}],
            }
            for name, team in teams.items()
        ],
        "events": [exit] if exit else [],
    }


def leaving(old: Data, **more: Any) -> Scenario:
    return from_data(document(old, **more))


def people(**workforce: Any) -> Data:
    return {"workforce": {"headcount": 10, **workforce}, "shifts": SHIFTS}


def walk(scenario: Scenario) -> Int64:
    """The headcount table of those who leave, after checking that heads and flows add up."""
    table = all_living(scenario)[OLD][0]
    heads = table[:, list(HEADS)].sum(axis=1)
    exits = [FlowField.LEFT_TRAINING, FlowField.LEFT_PRODUCTION, FlowField.FAILED_TRAINING, FlowField.RELEASED]
    assert (heads[:-1] + table[:-1, FlowField.HIRED] - table[:-1, exits].sum(axis=1) == heads[1:]).all()
    return table


def test_people_go_in_equal_weekly_steps() -> None:
    table = walk(leaving(people()))
    assert stock(table, StockField.TENURED) == [10, 10, 8, 5, 2, 0, 0, 0, 0]
    assert flow(table, FlowField.RELEASED) == [0, 2, 3, 3, 2, 0, 0, 0]


def test_those_in_training_go_too_and_no_class_comes_any_more() -> None:
    hiring = {"training_weeks": 6}
    classes = [{"start": day, "size": 10} for day in ("2026-06-02", "2026-06-08", "2026-06-15")]
    table = walk(leaving(people(hiring=hiring, classes=classes)))
    assert flow(table, FlowField.HIRED) == [10, 0, 0, 0, 0, 0, 0, 0]
    assert table[:, list(HEADS)].sum(axis=1).tolist() == [10, 20, 15, 10, 5, 0, 0, 0, 0]
    assert sum(flow(table, FlowField.RELEASED)) == 20


def test_policies_hire_nobody_from_the_start_of_the_handover_on() -> None:
    crew = people(hiring={"lead_time_weeks": {"mean": 1}}, attrition={"annual_rate": 3.0})
    crew["policies"] = [{"kind": "PLAN", "heads": {"2026-06-01": 30}}]
    exit = EXIT | {"start": "2026-06-22", "handover_weeks": 2}
    hired, usual = (flow(walk(leaving(crew, exit=one)), FlowField.HIRED) for one in (exit, None))
    assert hired[:2] == usual[:2]
    assert sum(hired[:2]) >= 20
    assert hired[2:] == [0] * 6, "what was asked for before does not come"
    assert sum(usual[2:]) > 0
    assert walk(leaving(crew, exit=exit))[5, list(HEADS)].sum() == 0


def test_who_leaves_by_attrition_is_not_released_besides() -> None:
    table = walk(leaving(people(headcount=200, attrition={"annual_rate": 2.0})))
    left, released = (sum(flow(table, field)) for field in (FlowField.LEFT_PRODUCTION, FlowField.RELEASED))
    assert left + released == 200
    assert left > 5
    assert stock(table, StockField.TENURED)[5:] == [0] * 4


def test_who_is_lent_to_a_team_of_the_vendor_goes_too() -> None:
    data = document(people())
    move = {"from": "own-team", "heads": 4, "start": "2026-06-03", "until": "2026-06-24"}
    late = {"from": "own-team", "heads": 2, "start": "2026-06-16"}
    other = {"id": "own-two", "site": "own-site", "skills": [{"queue": "calls"}], **people(moves=[move, late])}
    data["vendors"][0]["teams"].append(other)
    lives = all_living(from_data(data))
    tables = [table for table, _ in lives][:2]
    total = tables[0][:, StockField.TENURED] + tables[1][:, StockField.TENURED]
    assert total.tolist()[:2] == [20, 20]
    assert total.tolist()[5:] == [0] * 4
    assert sum(flow(tables[1], FlowField.MOVED_IN)) == 4, "nobody is lent once the vendor leaves"
    assert sum(sum(flow(table, FlowField.RELEASED)) for table in tables) == 20


def test_the_bench_goes_home_at_the_start_of_the_handover() -> None:
    crew = people(surge={"agents": 4})
    crew["policies"] = [{"kind": "SURGE", "when_net_under": 0.0}]
    benches: dict[int, int] = {}

    def morning(day: int, team: int, today: TeamToday) -> None:
        if team == OLD:
            benches[day] = today.bench

    all_living(leaving(crew, exit=EXIT | {"start": "2026-06-10"}), required=[14.0], each_day=morning)
    assert [benches[day] for day in (0, 6, 8, 9, 20, 50)] == [4, 4, 4, 0, 0, 0]


def by_day(scenario: Scenario) -> tuple[Int64, Int64]:
    """Offered contacts by day, and handled ones by day and group; both bodies of the floor agree."""
    world = World.of(scenario)
    counters, plain = (replicate(world, 1, 0, body) for body in FloorBody)
    np.testing.assert_array_equal(counters.queues, plain.queues)
    np.testing.assert_array_equal(counters.groups, plain.groups)
    rows = counters.queues[:, 0]
    total = rows.sum(axis=0)
    left = total[QueueField.ANSWERED] + total[QueueField.ABANDONED] + rows[-1, QueueField.WAITING]
    assert total[QueueField.OFFERED] == left
    offered = rows[:, QueueField.OFFERED].reshape(-1, DAY).sum(axis=1)
    return offered, counters.groups[:, :, GroupField.HANDLED].reshape(-1, DAY, 2).sum(axis=1)


def test_given_agents_go_down_in_the_same_steps() -> None:
    agents = [10] * (56 * DAY)
    for staffing in ({"agents": 10}, {"agents": agents}):
        counters = replicate(World.of(leaving({"staffing": staffing})), 1, 0)
        by_week = counters.groups[:, OLD, GroupField.ROSTERED].reshape(8, -1).sum(axis=1) / (7 * 24 * 3.6e9)
        assert by_week.tolist() == [10, 10, 8, 5, 2, 0, 0, 0]


@pytest.mark.slow
def test_an_allocated_share_goes_over_step_by_step() -> None:
    offered, handled = by_day(leaving({"staffing": {"agents": 60}}, route=ROUTES["allocated"]))
    for week, share in enumerate([0.6, 0.6, 0.45, 0.3, 0.15, 0, 0, 0]):
        days = slice(7 * week, 7 * week + 7)
        assert abs(handled[days, OLD].sum() - share * offered[days].sum()) <= 1
        assert handled[days].sum() == offered[days].sum()


@pytest.mark.slow
def test_entries_by_date_and_random_allocation_are_handed_over_too() -> None:
    entries = [
        {"shares": {"own": 1.0}},
        {"from": "2026-06-18", "shares": {"own": 0.5, "acme": 0.5}, "kind": "RANDOM"},
    ]
    route = {"choice": "ALLOCATION", "allocation": entries}
    offered, handled = by_day(
        leaving({"staffing": {"agents": 60}}, route=route, queue={"demand": {"weekly_volume": 7000}})
    )
    for first, last, share in ((0, 14, 1), (14, 17, 0.75)):
        assert abs(handled[first:last, OLD].sum() - share * offered[first:last].sum()) <= 1
    for first, last, share in ((17, 21, 0.375), (21, 28, 0.25), (28, 35, 0.125), (35, 56, 0.0)):
        n = offered[first:last].sum()
        assert abs(handled[first:last, OLD].sum() - share * n) <= 4 * np.sqrt(n * share * (1 - share))


def test_a_vendor_with_no_share_needs_no_team_for_the_queue() -> None:
    route = {"choice": "ALLOCATION", "allocation": [{"shares": {"own": 1.0, "acme": 0.0}}]}
    data = document({"staffing": {"agents": 60}}, exit=None, route=route)
    data["queues"].append({**data["queues"][0], "id": "mail", "channel": "EMAIL", "route": {}})
    data["vendors"][1]["teams"][0]["skills"] = [{"queue": "mail"}]
    counters = replicate(World.of(from_data(data)), 1, 0)
    handled = counters.groups[:, :, GroupField.HANDLED].sum(axis=0)
    assert handled.tolist() == counters.queues[:, :, QueueField.HANDLED].sum(axis=0).tolist()


@pytest.mark.slow
def test_the_successor_answers_what_the_vendor_leaves_behind() -> None:
    mail = {"channel": "EMAIL", "hours": None}
    route = {"choice": "ALLOCATION", "allocation": [{"shares": {"own": 1.0}}]}
    offered, handled = by_day(leaving({"staffing": {"agents": 1}}, route=route, queue=mail))
    assert handled[:7, OLD].sum() == handled[:7].sum()
    assert handled[42:, OLD].sum() == 0
    assert abs(handled.sum() - offered.sum()) <= 2, "nobody waits for agents who have gone"


@pytest.mark.slow
def test_under_pooled_routing_the_others_answer_what_the_vendor_s_people_no_longer_can() -> None:
    offered, handled = by_day(leaving({"staffing": {"agents": 12}}, route=ROUTES["pooled"]))
    assert handled[:7, OLD].sum() == offered[:7].sum()
    assert handled[35:, OLD].sum() == 0
    assert handled[35:, NEW].sum() == offered[35:].sum()


@pytest.mark.parametrize(("route", "first"), [("allocated", 0.6), ("pooled", 1.0)])
def test_the_requirement_goes_over_in_the_same_steps(route: str, first: float) -> None:
    scenario = leaving(people(), route=ROUTES[route])
    grid = Grid.of(scenario)
    (split,) = splits(scenario, grid)
    shares = split.shares[split.row][:: 7 * DAY]
    assert shares[:, OLD] == pytest.approx(first * np.array([1, 1, 0.75, 0.5, 0.25, 0, 0, 0]))
    assert shares.sum(axis=1) == pytest.approx(np.ones(8))


def moving(data: Data) -> None:
    steps = [{"from": "2026-06-08", "share": 1}]
    data["transitions"] = [{"queues": ["calls"], "from": "own", "to": "acme", "steps": steps}]


def unable(data: Data) -> None:
    data["queues"].append(
        {"id": "mail", "channel": "EMAIL", "demand": {"weekly_volume": 1}, "handling": {"mean_seconds": 1}}
    )
    data["vendors"][0]["teams"][0]["skills"].append({"queue": "mail"})


def twice(data: Data) -> None:
    data["events"].append(EXIT | {"start": "2026-06-22"})


def both(data: Data) -> None:
    team = {**data["vendors"][1]["teams"][0], "id": "third-team", "site": "third-site"}
    data["vendors"].append({"id": "third", "sites": [{"id": "third-site", "country": "PH"}], "teams": [team]})
    data["events"].append(EXIT | {"vendor": "acme", "to": "third"})


@pytest.mark.parametrize(
    ("changes", "otherwise", "path", "message", "mend"),
    [
        ({"vendor": None}, None, "0.vendor", "needs vendor", "add vendor"),
        ({"to": None}, None, "0.to", "needs to", "add to"),
        ({"handover_weeks": None}, None, "0.handover_weeks", "needs handover_weeks", "add handover_weeks"),
        ({"handover_weeks": 0}, None, "0.handover_weeks", "is 0", "at least 1"),
        ({"vendor": "owns"}, None, "0.vendor", "there is no vendor 'owns'", "write own"),
        ({"to": "acne"}, None, "0.to", "there is no vendor 'acne'", "write acme"),
        ({"to": "own"}, None, "0.to", "cannot take over", "name another vendor"),
        ({"start": "2026-06-08T09:00"}, None, "0.start", "whole days", "write 2026-06-08"),
        ({"start": "2026-05-25"}, None, "0.start", "has begun before the start", "2026-06-01 or later"),
        ({"start": "2027-05-25"}, None, "0.start", "outside the horizon", "move it"),
        ({"multiplier": 2}, None, "0.multiplier", "takes no multiplier", "remove multiplier"),
        ({}, moving, "0.vendor", "a transition says what share of calls is own's", "allocation by date"),
        ({}, unable, "0.to", "no team of acme may answer mail, which own leaves", "give a team of acme the skill"),
        ({}, twice, "1.vendor", "own already leaves", "keep one"),
        ({}, both, "0.to", "acme leaves too", "who stays"),
    ],
)
def test_an_exit_that_cannot_be_is_refused_with_path_and_mend(
    changes: Data, otherwise: Any, path: str, message: str, mend: str
) -> None:
    data = document({"staffing": {"agents": 5}}, exit=EXIT | changes)
    if otherwise is not None:
        otherwise(data)
    with pytest.raises(ScenarioError) as refused:
        from_data(data)
    (problem,) = refused.value.problems
    assert problem.path == f"events.{path}"
    assert message in problem.message
    assert mend in problem.mend
