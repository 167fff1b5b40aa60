"""Locked scenarios: they stay as they are, whoever asks, and everything else goes on."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from server.database.pool import Database
from server.graphql.paging import key_of
from server.store.organisations import Role, create_token
from tests.server.api import SHOP, Client, token_of

LOCK = """mutation($input: LockScenarioInput!) { lockScenario(input: $input) {
  scenario { id version lock { label lockedAt lockedBy } } userErrors { code message path } } }"""
UPDATE = """mutation($input: UpdateScenarioInput!) { updateScenario(input: $input) {
  scenario { name version lock { label } } userErrors { code message path } } }"""
DELETE = """mutation($id: ID!) { deleteScenario(input: { scenarioId: $id, withRuns: true }) {
  scenarioId userErrors { code path } } }"""


async def lock(client: Client, scenario: str, version: int = 1, label: str = "Budget 2027") -> Any:
    given = {"scenarioId": scenario, "expectedVersion": version, "label": label}
    return (await client.ask(LOCK, input=given))["lockScenario"]


def codes(payload: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


async def test_a_locked_scenario_says_what_by_whom_and_since_when(client: Client) -> None:
    async with client.database.tenant(client.organisation) as connection:
        token, _ = await create_token(connection, role=Role.PLANNER, label="Ada's laptop")
    ada, scenario = client.as_stranger(client.organisation, token), await client.create_scenario()
    assert (await client.ask("query($id: ID!) { scenario(id: $id) { lock { label } } }", id=scenario)) == {
        "scenario": {"lock": None}
    }
    made = await lock(ada, scenario)
    assert made["userErrors"] == []
    assert (made["scenario"]["id"], made["scenario"]["version"]) == (scenario, 1)
    assert (made["scenario"]["lock"]["label"], made["scenario"]["lock"]["lockedBy"]) == ("Budget 2027", "Ada's laptop")
    assert made["scenario"]["lock"]["lockedAt"]


async def test_it_is_neither_changed_nor_deleted_nor_locked_again(client: Client) -> None:
    scenario = await client.create_scenario()
    await lock(client, scenario)
    given = {"scenarioId": scenario, "expectedVersion": 1, "name": "Another"}
    changed = (await client.ask(UPDATE, input=given))["updateScenario"]
    assert codes(changed) == [("LOCKED", "scenarioId")]
    assert "it is locked as 'Budget 2027'; make another one from it" in changed["userErrors"][0]["message"]
    assert (changed["scenario"]["name"], changed["scenario"]["version"]) == ("Shop", 1)
    assert codes((await client.ask(DELETE, id=scenario))["deleteScenario"]) == [("LOCKED", "scenarioId")]
    again = await lock(client, scenario, label="Other")
    assert codes(again) == [("LOCKED", "scenarioId")]
    assert again["scenario"]["lock"]["label"] == "Budget 2027"


async def test_forks_and_runs_are_made_from_it_and_are_free(client: Client) -> None:
    scenario = await client.create_scenario()
    await lock(client, scenario)
    fork = (await client.ask("ForkScenario", base=scenario, name="Fork"))["createScenario"]["scenario"]["id"]
    given = {"scenarioId": fork, "expectedVersion": 1, "name": "Another"}
    changed = (await client.ask(UPDATE, input=given))["updateScenario"]
    assert (changed["userErrors"], changed["scenario"]["lock"]) == ([], None)
    assert (await client.ask("StartRun", scenario=scenario))["startRun"]["userErrors"] == []


async def test_only_the_version_that_was_read_is_locked(client: Client) -> None:
    scenario = await client.create_scenario()
    await client.ask(UPDATE, input={"scenarioId": scenario, "expectedVersion": 1, "name": "Another"})
    late = await lock(client, scenario, version=1)
    assert (codes(late), late["scenario"]["lock"]) == ([("CONFLICT", "expectedVersion")], None)
    assert (await lock(client, scenario, version=2))["userErrors"] == []


@pytest.mark.parametrize("label", ["", "  ", "two\nlines", "x" * 201])
async def test_a_label_is_a_line(client: Client, label: str) -> None:
    assert codes(await lock(client, await client.create_scenario(), label=label)) == [("INVALID_ARGUMENT", "label")]


async def test_a_lock_and_an_update_at_once_leave_one_of_the_two(client: Client) -> None:
    for _ in range(5):
        scenario = await client.create_scenario()
        update = client.ask(UPDATE, input={"scenarioId": scenario, "expectedVersion": 1, "name": "Another"})
        locked, updated = await asyncio.gather(lock(client, scenario), update)
        outcomes = {not locked["userErrors"], not updated["updateScenario"]["userErrors"]}
        assert outcomes == {True, False}


@pytest.mark.parametrize(
    "statement", ["UPDATE scenarios SET name = 'x' WHERE id = $1", "DELETE FROM scenarios WHERE id = $1"]
)
async def test_the_database_itself_keeps_it(client: Client, statement: str) -> None:
    scenario = await client.create_scenario()
    await lock(client, scenario)
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError, match="is locked"):
        async with client.database.tenant(client.organisation) as connection:
            await connection.execute(statement, key_of(scenario, "Scenario"))


async def test_its_base_may_go(client: Client) -> None:
    base = await client.create_scenario()
    fork = (await client.ask("ForkScenario", base=base, name="Fork"))["createScenario"]["scenario"]["id"]
    await lock(client, fork)
    assert (await client.ask(DELETE, id=base))["deleteScenario"]["userErrors"] == []
    told = await client.ask("query($id: ID!) { scenario(id: $id) { base { id } lock { label } } }", id=fork)
    assert told["scenario"] == {"base": None, "lock": {"label": "Budget 2027"}}


async def test_its_organisation_may_go(client: Client) -> None:
    await lock(client, await client.create_scenario())
    async with client.database.administration() as connection:
        await connection.execute("DELETE FROM organisations WHERE id = $1", client.organisation)
        assert await connection.fetchval("SELECT count(*) FROM organisations WHERE id = $1", client.organisation) == 0


async def test_a_stranger_locks_nothing(client: Client, database: Database, stranger: UUID) -> None:
    scenario = await client.create_scenario(SHOP)
    other = client.as_stranger(stranger, await token_of(database, stranger))
    assert codes(await lock(other, scenario)) == [("NOT_FOUND", "scenarioId")]
