"""Teams that share queues: the proposal and its cuts against trying every number of agents."""

from itertools import product
from typing import Any, cast

import numpy as np
import pytest

from simulation.scenario.grid import Grid
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from simulation.studies.staffing.least_agents import least_agents, shared_by
from simulation.studies.staffing.moment_runs import Moment, MomentRuns
from simulation.studies.staffing.moments import Moments
from simulation.studies.staffing.pools import hourly_prices, pools
from simulation.studies.staffing.several_skills import Shared, least_cost
from simulation.studies.study import StudyRefusedError

Skills = dict[str, list[tuple[str, int]]]


def centre(per_hour: dict[str, float], skills: Skills, wages: dict[str, float], **more: Any) -> Scenario:
    """Round-the-clock queues with impatient contacts; teams by their skills (queue, priority) and wages."""
    queues = [
        {
            "id": name,
            "channel": "VOICE",
            "demand": {"weekly_volume": rate * 168},
            "handling": {"mean_seconds": 240},
            "patience": {"mean_seconds": 120},
            "target": {"threshold_seconds": 20, "share": 0.8},
            **more,
        }
        for name, rate in per_hour.items()
    ]
    teams = [
        {
            "id": name,
            "site": "here",
            "skills": [{"queue": queue, "priority": priority} for queue, priority in own],
            "staffing": {"agents": 1},
            "cost": {"hourly_wage": wages[name]},
        }
        for name, own in skills.items()
    ]
    site = {"id": "here", "country": "US", "timezone": "UTC"}
    vendor = {"id": "own", "kind": "IN_HOUSE", "sites": [site], "teams": teams}
    head = {"name": "Shared", "start": "2026-03-02", "days": 1, "timezone": "UTC", "interval_minutes": 60}
    return from_data({**head, "queues": queues, "vendors": [vendor]})


N_MODEL: Skills = {"only": [("a", 1)], "both": [("a", 2), ("b", 1)]}
M_MODEL: Skills = {"a-team": [("a", 1)], "b-team": [("b", 1)], "both": [("a", 2), ("b", 2)]}
CASES = [
    pytest.param(centre({"a": 75, "b": 45}, N_MODEL, {"only": 18, "both": 22}), 12, id="N, flexible dearer"),
    pytest.param(centre({"a": 30, "b": 90}, N_MODEL, {"only": 10, "both": 22}), 12, id="N, flexible much dearer"),
    pytest.param(centre({"a": 45, "b": 45}, M_MODEL, {"a-team": 18, "b-team": 18, "both": 20}), 8, id="M, two and one"),
]


def moment_of(scenario: Scenario) -> MomentRuns:
    grid, (pool,) = Grid.of(scenario), pools(scenario)
    return MomentRuns(scenario, pool, Moment.of(scenario, pool, Moments.of(scenario, grid), grid, 0), seed=1)


@pytest.mark.bar
@pytest.mark.parametrize(("scenario", "most"), CASES)
def test_no_number_of_agents_that_serves_costs_less(scenario: Scenario, most: int) -> None:
    grid, (pool,) = Grid.of(scenario), pools(scenario)
    moment = Moment.of(scenario, pool, Moments.of(scenario, grid), grid, 0)
    runs, prices = moment_of(scenario), hourly_prices(scenario, pool)
    agents = least_cost(shared_by(scenario, pool, moment), runs)
    cost, tried = sum(price * n for price, n in zip(prices, agents, strict=True)), runs.tried
    every = product(range(most + 1), repeat=len(pool.teams))
    cheaper = [one for one in every if sum(p * n for p, n in zip(prices, one, strict=True)) < cost / 1.01]
    better = [one for one in cheaper if all(runs.met(one))]
    print(f"\n{agents} cost {cost:g} after {tried} simulated; {len(cheaper)} cheaper ones tried, {len(better)} serve")
    assert all(runs.met(agents))
    assert not better


@pytest.mark.slow
def test_teams_that_share_queues_get_the_cheapest_numbers_that_serve() -> None:
    scenario = centre({"a": 30, "b": 20}, N_MODEL, {"only": 18, "both": 22})
    agents = least_agents(scenario)
    assert len(set(agents["only"])) == len(set(agents["both"])) == 1  # every interval is the same moment
    found = (agents["only"][0], agents["both"][0])
    runs = moment_of(scenario)
    assert all(runs.met(found))
    for fewer in ((found[0] - 1, found[1]), (found[0], found[1] - 1)):
        assert min(fewer) < 0 or not all(runs.met(fewer))


def test_who_shares_with_people_takes_a_share_of_what_is_required() -> None:
    scenario = centre({"a": 60}, {"desk": [("a", 1)]}, {"desk": 18})
    data: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    people = {"id": "people", "site": "here", "skills": [{"queue": "a"}], "workforce": {"headcount": 4}}
    data["vendors"][0]["teams"].append({**people, "cost": {"hourly_wage": 18}})
    mixed = from_data(data)
    (pool,) = pools(mixed)
    assert not pool.given
    assert 0 < least_agents(mixed)["desk"][0] < least_agents(scenario)["desk"][0]


def test_a_queue_with_too_few_lines_is_refused_by_name() -> None:
    with pytest.raises(
        StudyRefusedError, match=r"keeps the target of a, 80 %.* its 3 lines let in .*; no number .* b, "
    ):
        least_agents(centre({"a": 75, "b": 70}, N_MODEL, {"only": 18, "both": 22}, lines=3))


def test_targets_that_nobody_can_keep_end_the_search() -> None:
    class Hopeless:
        busy = (0, 1)

        def met(self, agents: list[int]) -> tuple[bool, bool]:
            return True, False

    shared = Shared(np.array([[True, True], [False, True]]), {(0,): 3, (1,): 2, (0, 1): 5}, [1.0, 2.0])
    with pytest.raises(StudyRefusedError, match="no number of agents"):
        least_cost(shared, cast("MomentRuns", Hopeless()))
