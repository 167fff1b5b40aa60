"""Scenarios with versions: updated by whoever read the last one, while runs keep what they were started with."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from server.database.pool import Database
from server.store.organisations import Role
from simulation.scenario.reading.canonical import digest
from simulation.scenario.reading.document import load
from tests.server.api import SHOP, Client, token_of

UPDATE = """mutation($input: UpdateScenarioInput!) { updateScenario(input: $input) {
  scenario { id name version digest document updatedAt base { id } changes { path paths summary } }
  userErrors { code message path } } }"""
RUN = """query($id: ID!) { run(id: $id) { status scenarioVersion digest document scenario { version digest } } }"""
BUSIER = {"scaleDemand": {"queue": "orders", "factor": 2}}


async def update(client: Client, scenario: str, version: int, **given: Any) -> Any:
    given = {"scenarioId": scenario, "expectedVersion": version, **given}
    return (await client.ask(UPDATE, input=given))["updateScenario"]


async def test_an_update_makes_the_next_version(client: Client) -> None:
    scenario = await client.create_scenario()
    first = await update(client, scenario, 1, name="Shop in spring")
    assert first["userErrors"] == []
    made = first["scenario"]
    assert (made["id"], made["name"], made["version"], made["changes"]) == (scenario, "Shop in spring", 2, [])
    assert made["digest"] == digest(load(SHOP.replace("name: Shop", "name: Shop in spring")))
    assert made["updatedAt"]
    second = (await update(client, scenario, 2, changes=[BUSIER]))["scenario"]
    assert (second["name"], second["version"]) == ("Shop in spring", 3)
    told = {"path": "queues.orders.demand.weekly_volume", "summary": "demand of orders x 2"}
    assert second["changes"] == [{**told, "paths": ["queues.orders.demand.weekly_volume"]}]
    assert load(second["document"]).queues[0].demand.weekly_volume == 600


async def test_changes_of_a_fork_are_added_to_those_it_was_made_by(client: Client) -> None:
    base = await client.create_scenario()
    fork = (await client.ask("ForkScenario", base=base, name="Fork"))["createScenario"]["scenario"]["id"]
    after = (await update(client, fork, 1, changes=[BUSIER]))["scenario"]
    assert after["base"] == {"id": base}
    assert [change["summary"] for change in after["changes"]] == ["demand of orders x 1.2", "demand of orders x 2"]
    anew = (await update(client, fork, 2, source={"document": SHOP}, changes=[BUSIER]))["scenario"]
    assert (anew["base"], [change["summary"] for change in anew["changes"]]) == (None, ["demand of orders x 2"])


async def test_an_update_of_another_version_is_a_conflict_that_shows_what_is_there(client: Client) -> None:
    scenario = await client.create_scenario()
    await update(client, scenario, 1, name="Mine")
    late = await update(client, scenario, 1, name="Theirs")
    assert [(error["code"], error["path"]) for error in late["userErrors"]] == [("CONFLICT", "expectedVersion")]
    assert "at version 2, not 1" in late["userErrors"][0]["message"]
    assert (late["scenario"]["name"], late["scenario"]["version"]) == ("Mine", 2)


async def test_of_many_who_update_one_version_one_does(client: Client) -> None:
    scenario = await client.create_scenario()
    told = await asyncio.gather(*(update(client, scenario, 1, name=f"Shop {n}") for n in range(5)))
    errors = sorted(error["code"] for each in told for error in each["userErrors"])
    assert errors == ["CONFLICT"] * 4
    assert {each["scenario"]["version"] for each in told} == {2}
    assert len({each["scenario"]["name"] for each in told}) == 1


async def test_a_run_keeps_the_version_that_it_was_started_with(client: Client) -> None:
    scenario = await client.create_scenario()
    run = await client.start_run(scenario)
    await update(client, scenario, 1, changes=[BUSIER])
    later = await client.start_run(scenario)
    before, after = [(await client.ask(RUN, id=each))["run"] for each in (run, later)]
    assert (before["scenarioVersion"], after["scenarioVersion"]) == (1, 2)
    assert before["digest"] == digest(load(SHOP)) != after["digest"]
    assert json.loads(before["document"])["queues"][0]["demand"] == {"weekly_volume": 300}
    assert json.loads(after["document"])["queues"][0]["demand"] == {"weekly_volume": 600}
    assert before["scenario"] == after["scenario"] == {"version": 2, "digest": after["digest"]}


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({}, "INVALID_ARGUMENT", None),
        ({"name": " "}, "INVALID_ARGUMENT", "name"),
        ({"source": {"document": "name: 3"}}, "INVALID_SCENARIO", "name"),
        ({"source": {"scenarioId": "x"}}, "INVALID_ARGUMENT", "source.scenarioId"),
        (
            {"changes": [{"scaleDemand": {"queue": "order", "factor": 1}}]},
            "INVALID_CHANGE",
            "changes.0.scaleDemand.queue",
        ),
    ],
)
async def test_an_update_that_is_refused_changes_nothing(
    client: Client, given: dict[str, Any], code: str, path: str | None
) -> None:
    scenario = await client.create_scenario()
    refused = await update(client, scenario, 1, **given)
    assert refused["scenario"] is None
    assert (code, path) in [(error["code"], error["path"]) for error in refused["userErrors"]]
    read = await client.ask("query($id: ID!) { scenario(id: $id) { version digest } }", id=scenario)
    assert read["scenario"] == {"version": 1, "digest": digest(load(SHOP))}


async def test_a_scenario_is_not_changed_for_ever_but_made_anew(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.graphql.scenario_sources.MOST_KEPT", 3)
    scenario = await client.create_scenario()
    assert (await update(client, scenario, 1, changes=[BUSIER] * 3))["userErrors"] == []
    refused = await update(client, scenario, 2, changes=[BUSIER])
    assert [(error["code"], error["path"]) for error in refused["userErrors"]] == [("TOO_LARGE", "changes")]
    document = (await client.ask("query($id: ID!) { scenario(id: $id) { document } }", id=scenario))["scenario"]
    anew = await update(client, scenario, 2, source=document, changes=[BUSIER])
    assert (anew["userErrors"], len(anew["scenario"]["changes"])) == ([], 1)


async def test_of_a_change_of_very_many_places_the_first_are_kept(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.graphql.changes.MOST_PATHS", 1)
    scenario = await client.create_scenario()
    after = await update(client, scenario, 1, changes=[{"scaleDemand": {"factor": 2}}])
    told = {"path": "queues", "paths": ["queues.orders.demand.weekly_volume"], "summary": "demand of every queue x 2"}
    assert after["scenario"]["changes"] == [told]


async def test_a_scenario_of_another_organisation_is_not_there_to_be_updated(
    client: Client, database: Database, stranger: UUID
) -> None:
    scenario = await client.create_scenario()
    other = client.as_stranger(stranger, await token_of(database, stranger, Role.ADMIN))
    told = await update(other, scenario, 1, name="Mine")
    assert (told["scenario"], [error["code"] for error in told["userErrors"]]) == (None, ["NOT_FOUND"])


async def test_a_run_s_key_belongs_to_one_scenario_and_one_experiment(client: Client) -> None:
    scenario, other = await client.create_scenario(), await client.create_scenario()
    first = (await client.ask("StartRun", scenario=scenario, seed=1, key="k"))["startRun"]
    same = (await client.ask("StartRun", scenario=scenario, key="k"))["startRun"]
    assert same["run"]["id"] == first["run"]["id"], "a seed that is left out is 1"
    for given in ({"scenario": scenario, "seed": 2}, {"scenario": scenario, "replications": 7}, {"scenario": other}):
        told = (await client.ask("StartRun", key="k", **given))["startRun"]
        assert told["run"] is None
        assert [(error["code"], error["path"]) for error in told["userErrors"]] == [("KEY_REUSED", "idempotencyKey")]


async def test_a_key_of_before_keys_knew_what_they_were_for_is_answered_as_then(client: Client) -> None:
    scenario = await client.create_scenario()
    run = await client.start_run(scenario, key="k")
    async with client.database.tenant(client.organisation) as connection:
        await connection.execute("RESET ROLE")
        await connection.execute("SET LOCAL ROLE springtide_owner")
        await connection.execute("ALTER TABLE runs NO FORCE ROW LEVEL SECURITY")
        await connection.execute("UPDATE runs SET input_digest = NULL")
    assert await client.start_run(scenario, key="k", seed=2) == run
