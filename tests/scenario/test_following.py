"""Contacts that follow from contacts: circles without end, and more contacts than a replication can hold."""

from typing import Any

import pytest

from simulation.scenario.checks.following import followers, most_tries, with_followers
from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario

Data = dict[str, Any]


def centre(
    volume: float = 1000, skill: Data | None = None, weeks: int = 1, team: Data | None = None, **queues: Data
) -> Scenario:
    """Queues `a` and `b` of one team, or another one beside it, with these changes."""
    described = [
        {"id": name, "demand": {"weekly_volume": volume}, "handling": {"mean_seconds": 60}, **queues.get(name, {})}
        for name in ("a", "b")
    ]
    skills = [{"queue": name, **(skill or {})} for name in ("a", "b")]
    crew = {"id": "crew", "site": "office", "skills": skills, "staffing": {"agents": 20}}
    vendor = {"id": "own", "sites": [{"id": "office", "country": "US"}], "teams": [crew, *([team] if team else [])]}
    head = {"name": "Circles", "start": "2026-10-05", "weeks": weeks, "timezone": "UTC"}
    return from_data({**head, "queues": described, "vendors": [vendor]})


def said_against(**described: Any) -> list[Problem]:
    with pytest.raises(ScenarioError) as refused:
        centre(**described)
    return refused.value.problems


def on(to: str, share: float) -> Data:
    return {"transfers": [{"to": to, "probability": share}]}


def back(share: float = 1.0) -> Data:
    return {"repeat": {"returns": share, "mean_delay_hours": 0.001}}


@pytest.mark.parametrize(
    ("queues", "skill", "paths"),
    [
        ({"a": on("b", 1), "b": on("a", 1)}, {}, ["queues.a.transfers", "queues.b.transfers"]),
        ({"b": {"quality": {"defects": 1}}}, {}, ["queues.b"]),
        ({"a": back()}, {"resolution": 0}, ["queues.a"]),
        ({"a": {**on("b", 0.5), "quality": {"defects": 1}}, "b": on("a", 1)}, {},
         ["queues.a.transfers", "queues.b.transfers"]),
        ({"a": on("b", 1), "b": {"quality": {"defects": 1}}}, {}, ["queues.a.transfers", "queues.b"]),
    ],
)  # fmt: skip
def test_a_circle_without_end_is_refused(queues: Data, skill: Data, paths: list[str]) -> None:
    problems = said_against(skill=skill, **queues)

    assert [problem.path for problem in problems] == paths
    assert all("without end" in problem.message and "lower shares" in problem.mend for problem in problems)


@pytest.mark.parametrize(
    ("queues", "skill"),
    [
        ({"a": on("b", 1), "b": on("a", 0.9)}, {}),
        ({"a": on("b", 1), "b": {"quality": {"defects": 1, "found": 0.9}}}, {}),
        ({"a": back()}, {"resolution": 0.1}),
        ({"a": {**on("b", 0.5), "quality": {"defects": 1}}}, {}),
    ],
)
def test_a_circle_that_ends_is_taken(queues: Data, skill: Data) -> None:
    assert len(centre(skill=skill, **queues).queues) == 2


def test_only_teams_of_the_route_count_and_one_that_solves_ends_a_circle() -> None:
    helpless = {"id": "new", "site": "office", "staffing": {"agents": 1}, "skills": [{"queue": "a", "resolution": 0}]}
    solving = {"resolution": 0.9}
    beside = centre(a=back(), skill=solving, team=helpless)
    assert expected(beside) == pytest.approx([100 / 0.45, 0])  # 0.9 and 0 alike
    aside = centre(a={**back(), "route": {"steps": [{"teams": ["crew"]}]}}, skill=solving, team=helpless)
    assert expected(aside) == pytest.approx([100 / 0.9, 0])


def expected(scenario: Scenario) -> list[float]:
    queues = {queue.id: queue for queue in scenario.queues}
    return list(with_followers({"a": 100.0, "b": 0.0}, followers(queues, scenario.teams)).values())


def test_what_follows_is_added_up_to_its_end() -> None:
    assert expected(centre(a=on("b", 0.5), b=on("a", 0.5))) == pytest.approx([100 / 0.75, 50 / 0.75])
    # of a hundred a fifth goes on; of the others a quarter is done again; of the rest 0.5 x 0.4 come back
    busy = {**on("b", 0.2), "quality": {"defects": 0.5, "found": 0.5}, **back(0.5)}
    again = 0.8 * 0.25 + 0.8 * 0.75 * 0.5 * 0.4
    assert expected(centre(a=busy, skill={"resolution": 0.6})) == pytest.approx([100 / (1 - again), 20 / (1 - again)])


def test_too_many_contacts_with_all_that_follow_are_refused() -> None:
    circle: Data = {"a": on("b", 0.99), "b": on("a", 0.99)}
    assert len(centre(volume=0.9e6, **circle).queues) == 2
    (problem,) = said_against(volume=1.1e6, **circle)  # two million, a hundred times
    assert (problem.path, problem.message) == (
        "queues",
        "some 220 million contacts are expected with all that follow from them, at most 200 million fit",
    )
    assert "shares" in problem.mend


def test_callers_try_again_until_the_horizon_at_most() -> None:
    always = {"retrial": {"probability": 1, "mean_delay_minutes": 0.1}, "patience": {"mean_seconds": 60}}
    scenario = centre(volume=100, a=always)
    assert most_tries(scenario.queues[0], scenario.horizon) == pytest.approx(1 + 7 * 24 * 60 / 0.1)
    assert most_tries(scenario.queues[1], scenario.horizon) == 1

    (problem,) = said_against(volume=2000, a=always)
    assert (problem.path, "if nobody is answered" in problem.message) == ("queues.a.retrial", True)
