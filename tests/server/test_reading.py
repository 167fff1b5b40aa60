"""Heat maps, the hours ledger and statements of a run, as the API tells them."""

from typing import Any

import numpy as np
import pytest

from server.graphql.heat_maps import formulas_of
from simulation.experiment import Experiment, stated
from simulation.outcome.counting.measure import Resolution
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario
from tests.server.api import SHOP, Client, shop_result, simulated
from tests.server.test_rescoring import OUTSOURCED

HEAT = """query ($run: ID!, $measure: QueueMeasure!) { run(id: $run) { outcomes {
  queue(id: "orders") { heatMap(measure: $measure) { times rows } }
  team(id: "desk") { heatMap(measure: OCCUPANCY) { times rows } } } } }"""
HOURS = """query ($run: ID!) { run(id: $run) { outcomes { hoursLedger { vendor team starts
  lines { measure mean } } } } }"""
STATEMENT = """query ($run: ID!, $vendor: ID!, $month: Date!, $replication: Int) { run(id: $run) { outcomes {
  statement(vendor: $vendor, month: $month, replication: $replication) { vendor start replication invoice
    lines { kind of formula amount } } } } }"""


async def outcomes(client: Client, query: str, run: str, **more: Any) -> Any:
    return (await client.ask(query, run=run, **more))["run"]["outcomes"]


async def test_a_heat_map_has_a_row_a_weekday_and_a_column_an_interval(client: Client) -> None:
    run = await client.finished_run()
    told = await outcomes(client, HEAT, run, measure="OFFERED")
    rows = told["queue"]["heatMap"]["rows"]
    assert (len(rows), len(told["queue"]["heatMap"]["times"])) == (7, 48)
    offered = shop_result().queues[0].totals["offered"].mean
    assert offered is not None
    assert np.isclose(2 * sum(sum(row) for row in rows), offered)  # two weeks
    assert {value is None for row in told["team"]["heatMap"]["rows"] for value in row} == {False}
    answer = await client.answer(HEAT, run=run, measure="ASA_SECONDS")
    assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert "SERVICE_LEVEL" in answer["errors"][0]["message"]


async def test_a_document_is_read_once_for_all_its_heat_maps(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run, read = await client.finished_run(), list[str]()

    def reading(document: str) -> Scenario:
        read.append(document)
        return load(document)

    monkeypatch.setattr("server.graphql.heat_maps.load", reading)
    formulas_of.cache_clear()
    maps = " ".join(f'a{n}: queue(id: "orders") {{ heatMap(measure: OFFERED) {{ times }} }}' for n in range(20))
    await outcomes(client, f"query ($run: ID!) {{ run(id: $run) {{ outcomes {{ {maps} }} }} }}", run)
    assert len(read) < 20 / 2  # threads that begin together read it each


async def test_an_answer_has_so_many_characters_of_documents_and_no_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.finished_run()
    query = "{ runs { nodes { document scenario { document } } } scenarios { nodes { a: document b: document } } }"
    assert (await client.answer(query))["data"]
    monkeypatch.setattr("server.graphql.context.MOST_TEXT", 3 * len(SHOP))
    (error,) = (await client.answer(query))["errors"]
    assert error["extensions"]["code"] == "OVER_LIMIT"


async def test_an_answer_has_so_many_fields_and_no_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await client.finished_run()
    query = "query ($run: ID!) { run(id: $run) { outcomes { queues { total { offered { mean sd } } } } } }"
    monkeypatch.setattr("server.graphql.executing.MOST_FIELDS", 3 + 2 * 4)  # of two queues
    assert (await outcomes(client, query, run))["queues"]
    monkeypatch.setattr("server.graphql.executing.MOST_FIELDS", 3 + 2 * 4 - 1)
    answer = await client.answer(query, run=run)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["OVER_LIMIT"]


async def test_hours_of_a_vendor_are_those_of_its_teams(client: Client) -> None:
    run = await client.finished_run()
    whole, *teams = (await outcomes(client, HOURS, run))["hoursLedger"]
    assert [(one["vendor"], one["team"]) for one in (whole, *teams)] == [
        ("own", None),
        ("own", "desk"),
        ("own", "clerks"),
    ]
    assert whole["starts"] == ["2026-10-26", "2026-11-01"]
    for place, line in enumerate(whole["lines"]):
        own = [team["lines"][place]["mean"] for team in teams]
        assert line["mean"] == [sum(month) for month in zip(*own, strict=True)]
    paid = {line["measure"]: line["mean"] for line in teams[0]["lines"]}["PAID_HOURS"]
    assert paid == shop_result().teams[0].columns[Resolution.MONTH]["paid_hours"].mean.tolist()


async def test_a_statement_is_that_of_the_replication_simulated_again(client: Client) -> None:
    run = await client.finished_run(OUTSOURCED)
    asked = {"vendor": "own", "month": "2026-11-07"}
    told = (await outcomes(client, STATEMENT, run, **asked, replication=3))["statement"]
    again = stated(load(OUTSOURCED), Experiment(replications=5), 2, "own", 1, floor="simpy")
    assert (told["start"], told["replication"]) == ("2026-11-01", 3)
    assert told["invoice"] == again.cents / 100 == round(sum(line["amount"] for line in told["lines"]), 2)
    assert [line["formula"] for line in told["lines"]] == [line.formula for line in again.lines]
    cost = simulated(OUTSOURCED, 5)[0].settlement.cost
    assert cost is not None
    median = (await outcomes(client, STATEMENT, run, **asked))["statement"]
    assert median["replication"] == cost.median + 1


async def test_a_statement_of_what_is_not_there_says_what_is(client: Client) -> None:
    run = await client.finished_run(OUTSOURCED)
    for asked, why in (
        ({"vendor": "acme", "month": "2026-11-07"}, "own"),
        ({"vendor": "own", "month": "2026-12-01"}, "2026-10 to 2026-11"),
        ({"vendor": "own", "month": "2026-11-01", "replication": 6}, "1 to 5"),
        ({"vendor": "own", "month": "2026-11-01", "replication": 0}, "1 to 5"),
    ):
        answer = await client.answer(STATEMENT, run=run, **asked)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"
        assert why in answer["errors"][0]["message"]
