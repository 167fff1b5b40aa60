"""Lists of scenarios and runs: what they leave out, their orders, and cursors that stay right in each of them."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.database.pool import Database
from server.graphql.context import Context
from server.graphql.paging import key_of, opaque
from server.store.organisations import Role, Scope
from server.store.pages import Page, Place
from server.store.run_lists import ORDERS as RUN_ORDERS
from server.store.run_lists import RunOrder, list_runs
from server.store.scenarios import ScenarioOrder, create_scenario, list_scenarios
from tests.server.api import SHOP, Client, finish_next_run, token_of
from tests.server.test_store import make_run

RUNS = """query ($first: Int!, $after: String, $order: RunOrder!, $name: String, $statuses: [RunStatus!], $of: ID,
    $from: DateTime, $to: DateTime) {
  runs(first: $first, after: $after, orderBy: $order, name: $name, statuses: $statuses, scenarioId: $of, from: $from,
    to: $to) { totalCount pageInfo { hasNextPage endCursor } nodes { id createdAt finishedAt scenario { name } } } }"""
SCENARIOS = """query ($first: Int!, $after: String, $order: ScenarioOrder!, $name: String, $from: DateTime) {
  scenarios(first: $first, after: $after, orderBy: $order, name: $name, from: $from) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id name } } }"""


async def every(client: Client, query: str, **asked: Any) -> list[dict[str, Any]]:
    """All pages of two, one after the other."""
    name = "runs" if query is RUNS else "scenarios"
    found: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        page = (await client.ask(query, first=2, after=after, **asked))[name]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert page["totalCount"] == len(found)
    return found


@pytest.fixture
async def shops(client: Client) -> list[str]:
    """Runs: the second and the fourth have ended, in the other order; two scenarios have one name."""
    made = [
        await client.start_run(await client.create_scenario(SHOP.replace("name: Shop", f"name: {name}")))
        for name in ("beta", "Alpha_1", "beta", "gamma")
    ]
    for place in (3, 1):
        async with client.database.tenant(client.organisation) as connection:
            await connection.execute(
                "UPDATE runs SET status = 'CANCELLED', finished_at = now() WHERE id = $1", key_of(made[place], "Run")
            )
    return made


async def test_runs_stand_in_the_order_that_is_asked_for(client: Client, shops: list[str]) -> None:
    expected = {
        RunOrder.CREATED_ASCENDING: [0, 1, 2, 3],
        RunOrder.CREATED_DESCENDING: [3, 2, 1, 0],
        RunOrder.FINISHED_ASCENDING: [3, 1, 0, 2],
        RunOrder.FINISHED_DESCENDING: [2, 0, 1, 3],
    }
    for order, places in expected.items():
        assert [node["id"] for node in await every(client, RUNS, order=order)] == [shops[place] for place in places]
    by_name = await every(client, RUNS, order=RunOrder.NAME_ASCENDING)
    names = [node["scenario"]["name"] for node in by_name]
    assert sorted(names, key=str.lower) == names or sorted(names) == names  # as the database's collation has it
    assert [node["id"] for node in by_name if node["scenario"]["name"] == "beta"] == [shops[0], shops[2]]
    assert by_name[::-1] == await every(client, RUNS, order=RunOrder.NAME_DESCENDING)


async def test_lists_leave_out_what_is_not_asked_for(client: Client, shops: list[str]) -> None:
    async def found(**wanted: Any) -> list[int]:
        nodes = await every(client, RUNS, order=RunOrder.CREATED_ASCENDING, **wanted)
        return [shops.index(node["id"]) for node in nodes]

    all_of_them = await every(client, RUNS, order=RunOrder.CREATED_ASCENDING)
    scenarios = await every(client, SCENARIOS, order=ScenarioOrder.CREATED_ASCENDING)
    assert await found(statuses=["CANCELLED"]) == [1, 3]
    assert await found(statuses=[]) == []
    assert await found(name="A_1") == await found(name="a_1") == [1]
    assert await found(name="%") == await found(name="\\") == []
    assert await found(of=scenarios[2]["id"]) == [2]
    assert await found(of="nothing") == []
    moments = [node["createdAt"] for node in all_of_them]
    assert await found(**{"from": moments[1], "to": moments[3]}) == [1, 2]
    assert await found(name="beta", statuses=["QUEUED"], to=moments[1]) == [0]
    named = await every(client, SCENARIOS, order=ScenarioOrder.NAME_ASCENDING, name="ETA")
    assert [node["id"] for node in named] == [scenarios[0]["id"], scenarios[2]["id"]]
    assert await every(client, SCENARIOS, order=ScenarioOrder.NAME_ASCENDING, **{"from": "2100-01-01T00:00:00Z"}) == []


async def test_a_cursor_of_another_order_or_of_none_is_refused(client: Client, shops: list[str]) -> None:
    page = await client.ask(RUNS, first=1, order=RunOrder.NAME_ASCENDING)
    other = await client.answer(
        RUNS, first=1, order=RunOrder.CREATED_ASCENDING, after=page["runs"]["pageInfo"]["endCursor"]
    )
    (error,) = other["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert "NAME_ASCENDING" in error["message"]
    assert "CREATED_ASCENDING" in error["message"]
    key = key_of(shops[0], "Run")
    for order, inside in (
        ("FINISHED_ASCENDING", f"FINISHED_ASCENDING|{key}|yesterday"),
        ("FINISHED_ASCENDING", f"FINISHED_ASCENDING|{key}|2026-11-02T00:00:00"),
        ("FINISHED_ASCENDING", f"FINISHED_ASCENDING|{key}|0001-01-01T00:00:00+14:00"),
        ("NAME_ASCENDING", f"NAME_ASCENDING|{key}|a\0b"),
        ("NAME_ASCENDING", "NAME_ASCENDING|nothing|a"),
        ("CREATED_ASCENDING", str(key)),
        ("CREATED_ASCENDING", f"|{key}|"),
    ):
        answer = await client.answer(RUNS, first=1, order=order, after=opaque(inside))
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_INPUT"], inside


@pytest.mark.parametrize("name", ["a" * 201, "a\0b", "two\nlines"])
async def test_a_text_that_no_name_has_is_refused(client: Client, name: str) -> None:
    answer = await client.answer(SCENARIOS, first=1, order=ScenarioOrder.CREATED_ASCENDING, name=name)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_INPUT"]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["a", "B", "b", "ä", "c c"]), max_size=9), st.integers(1, 4), st.data())
async def test_pages_hold_everything_once_in_every_order(
    database: Database, organisation: UUID, names: list[str], first: int, data: st.DataObject
) -> None:
    async with database.tenant(organisation) as connection:
        await connection.execute("DELETE FROM scenarios")
        for name in names:
            row = await create_scenario(connection, name=name, document="{}", source="", digest=name)
            run = await make_run(connection, row)
            if data.draw(st.booleans()):
                await connection.execute(
                    "UPDATE runs SET status = 'CANCELLED', finished_at = now() - $2 * interval '1 hour' WHERE id = $1",
                    run.id, data.draw(st.integers(0, 2)),
                )  # fmt: skip
        every: list[Callable[..., Awaitable[Page[Any]]]] = [
            *(partial(list_scenarios, connection, order=order) for order in ScenarioOrder),
            *(partial(list_runs, connection, order=order) for order in RunOrder),
        ]
        for pages in every:
            ids: list[UUID] = []
            after: Place | None = None
            while True:
                page = await pages(first=first, after=after)
                ids += [row.id for row in page.rows]
                if not page.more:
                    break
                after = page.place(-1)
            assert ids == [row.id for row in (await pages(first=100)).rows]
            assert len(set(ids)) == len(names)
    assert set(RUN_ORDERS) == set(RunOrder)


async def test_a_scenario_shows_its_runs_and_its_forks(client: Client) -> None:
    base = await client.create_scenario()
    runs = [await client.start_run(base) for _ in range(3)]
    forks = [
        (await client.ask("ForkScenario", base=base, name=name))["createScenario"]["scenario"]["id"] for name in "ab"
    ]
    asked = """query ($id: ID!, $after: String) { scenario(id: $id) { base { id }
      runs(first: 2, after: $after) { totalCount nodes { id scenario { id } } pageInfo { endCursor hasNextPage } }
      forks { totalCount nodes { id base { id } } } } }"""
    told = (await client.ask(asked, id=base))["scenario"]
    assert [node["id"] for node in told["runs"]["nodes"]] == runs[:0:-1]
    assert (told["runs"]["totalCount"], told["forks"]["totalCount"], told["base"]) == (3, 2, None)
    assert told["forks"]["nodes"] == [{"id": fork, "base": {"id": base}} for fork in forks[::-1]]
    rest = (await client.ask(asked, id=base, after=told["runs"]["pageInfo"]["endCursor"]))["scenario"]["runs"]
    assert [node["id"] for node in rest["nodes"]] == runs[:1]
    assert (await client.ask(asked, id=forks[0]))["scenario"]["runs"] == {
        "totalCount": 0,
        "nodes": [],
        "pageInfo": {"endCursor": None, "hasNextPage": False},
    }


async def test_who_may_not_read_sees_no_runs_of_what_they_make(
    client: Client, database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = await client.create_scenario()
    await client.start_run(base)
    client.token = await token_of(database, organisation, Role.PLANNER)
    require = Context.require

    def without_reading(context: Context, scope: Scope) -> None:
        object.__setattr__(context.bearer, "scopes", frozenset({Scope.SCENARIOS}))
        require(context, scope)

    monkeypatch.setattr(Context, "require", without_reading)
    for name in ("runs", "forks"):
        source = '{source: {presetId: "single-queue"}}'
        made = f"mutation {{ createScenario(input: {source}) {{ scenario {{ {name} {{ totalCount }} }} }} }}"
        answer = await client.answer(made)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_a_succeeded_run_stands_among_those_that_have_ended(client: Client) -> None:
    first, second = await client.start_run(), await client.start_run()
    await finish_next_run(client.database)
    nodes = await every(client, RUNS, order=RunOrder.FINISHED_ASCENDING, statuses=["SUCCEEDED", "QUEUED"])
    assert [node["id"] for node in nodes] == [first, second]


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
async def test_an_instant_that_no_database_holds_is_refused(client: Client, instant: str) -> None:
    for query in (
        f'{{ runs(from: "{instant}") {{ totalCount }} }}',
        f'{{ scenarios(to: "{instant}") {{ totalCount }} }}',
    ):
        (error,) = (await client.answer(query))["errors"]
        assert "outside the years 1 to 9999" in error["message"]
