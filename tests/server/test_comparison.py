"""compareRuns: runs of the organisation held against a baseline, as `simulation.comparison` has it."""

from uuid import UUID

import pytest

from server.database.pool import Database
from server.store.organisations import Role
from simulation.comparison import Simulated, compare
from simulation.scenario.reading.document import load
from tests.server.api import SHOP, Client, simulated, token_of

BUSIER = SHOP.replace("weekly_volume: 300", "weekly_volume: 360")
ASKED = """query ($baseline: ID!, $runs: [ID!]!, $measures: [ComparedMeasure!], $significant: Boolean) {
  compareRuns(baselineRunId: $baseline, runIds: $runs) {
    candidates { run { id } paired pairs scenarioDifferences { path before after summary }
      differences(measures: $measures, significant: $significant) { measure queue team vendor clause costKind baseline
        candidate significant difference { mean pValue confidenceInterval(level: 0.9) { lower upper } } } }
    userErrors { code message path } } }"""


async def test_runs_are_compared_pair_by_pair(client: Client) -> None:
    baseline, busier = await client.finished_run(), await client.finished_run(BUSIER)
    answer = await client.ask("Compare", baseline=baseline, runs=[busier, baseline])
    first, same = answer["compareRuns"]["candidates"]
    assert (first["run"]["id"], same["run"]["id"]) == (busier, baseline)
    assert {one["difference"]["mean"] for one in same["differences"]} == {0.0}
    asked = await client.ask(ASKED, baseline=baseline, runs=[busier], measures=["OFFERED", "OCCUPANCY"])
    (told,) = asked["compareRuns"]["candidates"]
    expected = compare(*(Simulated(load(text), simulated(text, 5)[0]) for text in (SHOP, BUSIER)))
    assert (told["paired"], told["pairs"]) == (True, 5)
    assert told["scenarioDifferences"] == [
        {
            "path": "queues.orders.demand.weekly_volume",
            "before": 300,
            "after": 360,
            "summary": "queues.orders.demand.weekly_volume: 300 becomes 360 (+20 %)",
        }
    ]
    wanted = [one for one in expected.differences if one.measure in ("offered", "occupancy")]
    assert [(one["measure"].lower(), one["queue"], one["team"]) for one in told["differences"]] == [
        (one.measure, one.subject.queue, one.subject.team) for one in wanted
    ]
    for shown, one in zip(told["differences"], wanted, strict=True):
        ends = one.gap.confidence_interval(0.9)
        assert ends is not None
        assert shown["difference"]["mean"] == one.gap.mean
        assert shown["difference"]["confidenceInterval"] == {"lower": ends[0], "upper": ends[1]}
        assert shown["significant"] == one.is_significant


async def test_only_what_is_significant_is_told_where_that_is_asked(client: Client) -> None:
    runs = {"baseline": await client.finished_run(), "runs": [await client.finished_run(BUSIER)]}
    counts = {}
    for wanted in (None, True, False):
        (told,) = (await client.ask(ASKED, **runs, significant=wanted))["compareRuns"]["candidates"]
        counts[wanted] = len(told["differences"])
        assert wanted is None or {one["significant"] for one in told["differences"]} == {wanted}
    assert counts[None] == counts[True] + counts[False]


async def test_everything_that_is_refused_says_where(client: Client) -> None:
    run, waiting = await client.finished_run(), await client.start_run()
    refused = (await client.ask(ASKED, baseline=waiting, runs=[run, "nothing"]))["compareRuns"]
    assert refused["candidates"] == []
    assert [(error["code"], error["path"]) for error in refused["userErrors"]] == [
        ("INVALID_ARGUMENT", "baselineRunId"),
        ("NOT_FOUND", "runIds.1"),
    ]
    many = (await client.ask(ASKED, baseline=run, runs=[run] * 11))["compareRuns"]
    assert [(error["code"], error["path"]) for error in many["userErrors"]] == [("TOO_LARGE", "runIds")]


async def test_an_operation_tells_so_many_differences_and_no_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.graphql.comparison.MOST_DIFFERENCES", 3)
    run = await client.finished_run()
    few = await client.ask(ASKED, baseline=run, runs=[run], measures=["OCCUPANCY"])
    assert len(few["compareRuns"]["candidates"][0]["differences"]) == 2
    many = await client.answer(ASKED, baseline=run, runs=[run, run], measures=["OCCUPANCY"])
    assert [error["extensions"]["code"] for error in many["errors"]] == ["OVER_LIMIT"]
    query = """query ($baseline: ID!, $runs: [ID!]!) { compareRuns(baselineRunId: $baseline, runIds: $runs) {
      candidates { a: scenarioDifferences { path } b: scenarioDifferences { path } } } }"""
    busier = await client.finished_run(BUSIER)
    assert (await client.answer(query, baseline=run, runs=[busier]))["data"]
    twice = await client.answer(query, baseline=run, runs=[busier, busier])
    assert [error["extensions"]["code"] for error in twice["errors"]] == ["OVER_LIMIT"]


async def test_a_run_of_another_organisation_is_not_there(client: Client, database: Database, stranger: UUID) -> None:
    run = await client.finished_run()
    other = client.as_stranger(stranger, await token_of(database, stranger, Role.VIEWER))
    answer = (await other.ask(ASKED, baseline=run, runs=[run]))["compareRuns"]
    assert answer["candidates"] == []
    assert {error["code"] for error in answer["userErrors"]} == {"NOT_FOUND"}
