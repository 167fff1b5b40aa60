"""rescoreRuns: other contracts on what a run has kept, for whom the run is."""

import json
from uuid import UUID

from server.database.pool import Database
from server.store.organisations import Role
from simulation.outcome.money.settlement import sum_of
from tests.server.api import SHOP, Client, simulated, token_of

ASKED = """query ($runs: [ID!]!, $contracts: [ContractsInput!]!) { rescoreRuns(runIds: $runs, contracts: $contracts) {
  results { contracts run { id } decision { clientCost { mean } } clauses { id allMet { mean } }
    vendors { id months { invoice { mean } } } cost { total { mean } } }
  userErrors { code message path } } }"""
OUTSOURCED = (
    SHOP.replace("kind: IN_HOUSE", "kind: OUTSOURCED")
    + """
    contracts:
      - pricing: [{kind: PER_CONTACT, rate: 2.0}]
        slas: [{id: level, metric: SERVICE_LEVEL, queue: orders, target: 0.8, window: WEEK}]
"""
)
DEAR = """own: [{pricing: [{kind: PER_CONTACT, rate: 4.0}], slas: [
  {id: wait, metric: ASA, queue: orders, target: 100000, window: DAY}]}]"""


async def test_runs_are_scored_by_every_contracts_and_nothing_changes(client: Client) -> None:
    run = await client.finished_run(OUTSOURCED)
    contracts = [{"name": "dear", "document": DEAR}, {"name": "none", "document": json.dumps({"own": []})}]
    answer = await client.ask(ASKED, runs=[run], contracts=contracts)
    dear, none = answer["rescoreRuns"]["results"]
    assert answer["rescoreRuns"]["userErrors"] == []
    assert (dear["contracts"], dear["run"]["id"]) == ("dear", run)
    settlement = simulated(OUTSOURCED, 5)[0].settlement
    charged = sum(sum_of(month.lines, "PER_CONTACT") for month in settlement.vendors[0].months)
    assert dear["decision"]["clientCost"]["mean"] == dear["cost"]["total"]["mean"] == 2 * charged
    assert dear["clauses"] == [{"id": "wait", "allMet": {"mean": 1.0}}]
    assert (none["decision"], none["clauses"], none["cost"]) == (None, [], None)
    outcomes = await client.ask("query ($id: ID!) { run(id: $id) { outcomes { cost { total { mean } } } } }", id=run)
    assert outcomes["run"]["outcomes"]["cost"]["total"]["mean"] == charged


async def test_everything_that_is_refused_says_where(client: Client) -> None:
    run = await client.finished_run(OUTSOURCED)
    waiting = await client.start_run()
    contracts = [
        {"name": "torn", "document": "own: ["},
        {"name": "stranger", "document": "acme: []"},
        {"name": "wrong", "document": "own: [{pricing: [{kind: PER_CONTACT, rate: -1}]}]"},
    ]
    refused = (await client.ask(ASKED, runs=[run], contracts=contracts))["rescoreRuns"]
    assert refused["results"] == []
    assert [error["code"] for error in refused["userErrors"]] == ["INVALID_SCENARIO"] * 3
    paths = [error["path"] for error in refused["userErrors"]]
    assert paths[1] == "contracts.1.document.acme"
    assert paths[2].startswith("contracts.2.document.vendors.own.contracts.0.pricing.0")
    unknown = (await client.ask(ASKED, runs=["nothing", waiting], contracts=contracts))["rescoreRuns"]["userErrors"]
    assert [(error["code"], error["path"]) for error in unknown] == [
        ("NOT_FOUND", "runIds.0"),
        ("INVALID_ARGUMENT", "runIds.1"),
    ]
    many = (await client.ask(ASKED, runs=[run] * 9, contracts=contracts))["rescoreRuns"]["userErrors"]
    assert [error["code"] for error in many] == ["TOO_LARGE"]


async def test_a_run_of_another_organisation_is_not_there(client: Client, database: Database, stranger: UUID) -> None:
    run = await client.finished_run(OUTSOURCED)
    other = client.as_stranger(stranger, await token_of(database, stranger, Role.VIEWER))
    answer = await other.ask(ASKED, runs=[run], contracts=[{"name": "dear", "document": DEAR}])
    assert answer["rescoreRuns"]["results"] == []
    assert [error["code"] for error in answer["rescoreRuns"]["userErrors"]] == ["NOT_FOUND"]


async def test_the_price_for_a_margin_is_told_with_its_rates(client: Client) -> None:
    costed = OUTSOURCED
    for staffing in ("staffing: {agents: 2}", 'shifts: [{start: "08:00", hours: 8}]'):
        costed = costed.replace(staffing, f"{staffing}\n        cost: {{hourly_wage: 15}}")
    run = await client.finished_run(costed)
    asked = """query ($run: ID!, $vendor: ID!, $margin: Float!) {
      priceFor(runId: $run, vendor: $vendor, margin: $margin, probability: 0.8) {
        price { factor lines { kind queues now asked } reached { mean } } userErrors { code message path } } }"""
    price = (await client.ask(asked, run=run, vendor="own", margin=0.1))["priceFor"]["price"]
    (line,) = price["lines"]
    assert (line["kind"], line["now"], price["reached"]["mean"] >= 0.8) == ("PER_CONTACT", [2.0], True)
    assert 0 <= line["asked"][0] - 2 * price["factor"] < 0.00011
    refused = (await client.ask(asked, run=run, vendor="acme", margin=0.1))["priceFor"]
    assert refused["price"] is None
    assert refused["userErrors"][0]["message"] == "there is no contract with a vendor 'acme'; write one of own"
    unknown = (await client.ask(asked, run="nothing", vendor="own", margin=0.1))["priceFor"]["userErrors"]
    assert unknown[0]["code"] == "NOT_FOUND"


async def test_settlements_are_counted_over_a_whole_operation(client: Client) -> None:
    run = await client.finished_run(OUTSOURCED)
    contracts = [{"name": str(number), "document": DEAR} for number in range(13)]
    asking = "rescoreRuns(runIds: $runs, contracts: $contracts) { results { contracts } userErrors { code } }"
    twice = f"query ($runs: [ID!]!, $contracts: [ContractsInput!]!) {{ a: {asking} b: {asking} }}"
    answers = (await client.ask(twice, runs=[run], contracts=contracts)).values()
    assert sorted(len(answer["results"]) for answer in answers) == [0, 13]
    assert sorted(len(answer["userErrors"]) for answer in answers) == [0, 1]
