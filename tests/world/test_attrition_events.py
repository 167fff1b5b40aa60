"""Weeks in which a team's people leave at another rate."""

from typing import Any

import numpy as np
import pytest

from simulation.outcome.counting.counters import HEADS, FlowField, StockField
from simulation.scenario.grid import DAY, WEEK, Grid, Int64
from simulation.scenario.people.attrition import Attrition
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.document import from_data
from simulation.world.people.attrition import YEAR, Hazard, Shock
from simulation.world.people.persons import named
from simulation.world.randomness import Draws
from tests.scenario.documents import centre
from tests.world.crew import described, flow, living, stock

Data = dict[str, Any]


def shaken(*events: Data, number: int = 0, rate: float = 2.0, heads: int = 100, **people: Any) -> Int64:
    """The headcount walk of eight weeks from 1 June with these events."""
    workforce = {"headcount": heads, "attrition": {"annual_rate": rate}, **people.pop("workforce", {})}
    shocks = [{"kind": "ATTRITION", "team": "crew", **event} for event in events]
    return living(described(workforce, events=shocks, **people), number=number)[0]


def test_a_hazard_is_the_product_of_month_and_shocks() -> None:
    scenario = described({"headcount": 1})
    grid, person = Grid.of(scenario), named("someone", 1, Draws(1, 0))
    usual = Attrition(annual_rate=1.0, months={"JUL": 0.5})
    hazard = Hazard(usual, grid, [Shock("crew", -WEEK, WEEK, 2.0), Shock("crew", 28 * DAY, 35 * DAY, 3.0)])

    summed = hazard.spent(person, np.array([0]), 40 * DAY)

    # 7 days twice, 21 once, 28 and 29 June thrice, 5 days of July 3 x 0.5, 5 more 0.5
    assert summed[0] == pytest.approx((7 * 2 + 21 + 2 * 3 + 5 * 1.5 + 5 * 0.5) * DAY / YEAR, rel=1e-12)


def test_survival_follows_the_multiplier() -> None:
    event = {"start": "2026-06-15", "weeks": 3, "multiplier": 4.0}
    tables = [shaken(event, number=k) for k in range(200)]

    for week, hazard_weeks in ((2, 2), (5, 2 + 3 * 4), (8, 2 + 3 * 4 + 3)):
        p = np.exp(-2.0 * hazard_weeks * WEEK / YEAR)
        found = [table[week, StockField.TENURED] for table in tables]
        assert abs(np.mean(found) - 100 * p) < 4 * np.sqrt(100 * p * (1 - p) / 200)
    for table in tables[:20]:
        heads = table[:, list(HEADS)].sum(axis=1)
        assert (heads[:-1] - table[:-1, FlowField.LEFT_PRODUCTION] == heads[1:]).all()


def test_before_it_everything_is_as_without_it_and_then_the_same_people_leave_sooner() -> None:
    event = {"start": "2026-06-15", "weeks": 3, "multiplier": 3.0}
    usual, struck = shaken(), shaken(event)
    assert (usual[:3] == struck[:3])[:, list(HEADS)].all()
    assert (struck[:, StockField.TENURED] <= usual[:, StockField.TENURED]).all()
    assert struck[-1, StockField.TENURED] < usual[-1, StockField.TENURED]


def test_nobody_leaves_where_the_multiplier_is_nothing() -> None:
    lefts = flow(shaken({"start": "2026-06-08", "weeks": 2, "multiplier": 0.0}, rate=5.0), FlowField.LEFT_PRODUCTION)
    assert lefts[0] > 0
    assert lefts[1:3] == [0, 0]
    assert lefts[3] > 0


def test_planners_do_not_foresee_it() -> None:
    event = {"start": "2026-06-29", "weeks": 4, "multiplier": 6.0}
    policy = {"policies": [{"kind": "PLAN", "heads": {"2026-06-01": 100}}]}
    people: Data = {"workforce": {"hiring": {"lead_time_weeks": {"mean": 2}}}, "team": policy}
    usual, struck = (flow(shaken(*events, **people), FlowField.HIRED) for events in ((), (event,)))
    assert struck[:6] == usual[:6], "whoever comes in the first six weeks was asked for before it began"
    assert sum(struck) > sum(usual)
    assert stock(shaken(event, **people), StockField.TENURED)[6] < 95


EVENT: Data = {"kind": "ATTRITION", "team": "voice", "start": "2026-09-30", "weeks": 2, "multiplier": 3}


@pytest.mark.parametrize(
    ("changes", "path", "message", "mend"),
    [
        ({"team": None}, "team", "needs team", "add team"),
        ({"weeks": None}, "weeks", "needs weeks", "add weeks"),
        ({"multiplier": None}, "multiplier", "needs multiplier", "add multiplier"),
        ({"start": None}, "start", "needs start", "add start"),
        ({"team": "voices"}, "team", "there is no team 'voices'", "write voice"),
        ({"team": "home"}, "team", "the agents of home are given, nobody leaves", "a team with a workforce"),
        ({"start": "2026-09-30T08:00"}, "start", "lasts whole days", "write 2026-09-30"),
        ({"start": "2026-12-30"}, "start", "outside the horizon", "move it"),
        ({"multiplier": -1}, "multiplier", "is -1", "at least 0"),
        ({"hours": 3}, "hours", "takes no hours", "remove hours"),
        ({"per_year": 3}, "per_year", "takes no per_year", "remove per_year"),
    ],
)
def test_one_that_cannot_be_is_refused_with_path_and_mend(changes: Data, path: str, message: str, mend: str) -> None:
    document = with_people({"annual_rate": 1}) | {"events": [EVENT | changes]}
    with pytest.raises(ScenarioError) as refused:
        from_data(document)
    (problem,) = refused.value.problems
    assert problem.path == f"events.0.{path}"
    assert message in problem.message
    assert mend in problem.mend


def test_a_team_that_nobody_leaves_has_no_attrition_to_multiply() -> None:
    with pytest.raises(ScenarioError, match="nobody leaves voice; add attrition to its workforce"):
        from_data(with_people(None) | {"events": [EVENT]})


def with_people(attrition: Data | None) -> Data:
    document = centre()
    team = document["vendors"][0]["teams"][0]
    del team["staffing"]
    team["workforce"] = {"headcount": 5, "attrition": attrition}
    team["shifts"] = [{"start": "08:00", "hours": 8}]
    return document
