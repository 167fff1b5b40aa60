"""Scenarios over the API: made from every source, read back typed, changed, listed; each refusal told in full."""

from typing import Any
from uuid import UUID

import pytest

from server.database.pool import Database
from server.graphql.scenario_sources import MOST_CHANGES, MOST_CHARACTERS
from server.store.organisations import Role
from simulation.scenario.reading.canonical import canonical_data, digest
from simulation.scenario.reading.document import load
from tests.server.api import SHOP, Client, token_of

CREATE = """mutation($input: CreateScenarioInput!) { createScenario(input: $input) {
  scenario { id name version digest document createdAt base { id } changes { path summary } }
  userErrors { code message path } } }"""

TYPED = {
    "name": "Typed shop",
    "start": "2026-10-26",
    "weeks": 1,
    "timezone": "Europe/London",
    "queues": [
        {
            "id": "orders",
            "hours": [{"days": ["MON", "TUE"], "open": "09:00", "close": "17:00", "from": "2026-10-27"}],
            "demand": {
                "weeklyVolume": 300,
                "weekdayWeights": [{"key": "MON", "value": 1.5}],
                "season": {"months": [{"key": "OCT", "value": 1.1}]},
                "timeOfDayWeights": [{"weights": [{"key": "09:00", "value": 1.0}]}],
            },
            "handling": {"distribution": "LOGNORMAL", "meanSeconds": 200, "cv": 0.8},
        },
        {"id": "returns", "like": "orders"},
    ],
    "vendors": [
        {
            "id": "own",
            "sites": [{"id": "leeds", "country": "GB"}],
            "teams": [
                {
                    "id": "desk",
                    "site": "leeds",
                    "skills": [{"queue": "orders"}, {"queue": "returns"}],
                    "staffing": {"agents": 4},
                }
            ],
        }
    ],
}

TYPED_AS_DOCUMENT = """
name: Typed shop
start: 2026-10-26
weeks: 1
timezone: Europe/London
queues:
  - id: orders
    hours: [{days: [MON, TUE], open: "09:00", close: "17:00", from: 2026-10-27}]
    demand: {weekly_volume: 300, weekday_weights: {MON: 1.5}, season: {months: {OCT: 1.1}},
             time_of_day_weights: [{weights: {"09:00": 1.0}}]}
    handling: {distribution: LOGNORMAL, mean_seconds: 200, cv: 0.8}
  - {id: returns, like: orders}
vendors:
  - id: own
    sites: [{id: leeds, country: GB}]
    teams: [{id: desk, site: leeds, skills: [{queue: orders}, {queue: returns}], staffing: {agents: 4}}]
"""


async def create(client: Client, **given: Any) -> Any:
    return (await client.ask(CREATE, input=given))["createScenario"]


async def test_a_document_becomes_a_scenario_with_the_digest_of_its_canonical_form(client: Client) -> None:
    made = await create(client, source={"document": SHOP})
    assert made["userErrors"] == []
    assert made["scenario"] | {"id": "", "createdAt": ""} == {
        "id": "",
        "createdAt": "",
        "name": "Shop",
        "version": 1,
        "digest": digest(load(SHOP)),
        "document": SHOP,
        "base": None,
        "changes": [],
    }


async def test_a_preset_becomes_a_scenario(client: Client) -> None:
    made = await create(client, source={"presetId": "single-queue"}, name="Mine")
    assert (made["userErrors"], made["scenario"]["name"]) == ([], "Mine")


async def test_a_typed_scenario_is_the_document_it_stands_for(client: Client) -> None:
    made = await create(client, source={"scenario": TYPED})
    assert made["userErrors"] == []
    assert made["scenario"]["digest"] == digest(load(TYPED_AS_DOCUMENT))
    assert load(made["scenario"]["document"]) == load(TYPED_AS_DOCUMENT)


async def test_a_scenario_is_read_back_typed(client: Client) -> None:
    made = await create(client, source={"scenario": TYPED})
    read = await client.ask(
        """query($id: ID!) { scenario(id: $id) { definition { weeks days start intervalMinutes
             queues { id channel hours { days open from }
               demand { weeklyVolume series { start } weekdayWeights { key value }
                 season { months { key value } weeks { key value } } timeOfDayWeights { weights { key value } } } }
             vendors { kind teams { staffing { agents } workforce { headcount } } } } } }""",
        id=made["scenario"]["id"],
    )
    definition = read["scenario"]["definition"]
    assert (definition["weeks"], definition["days"], definition["start"]) == (1, None, "2026-10-26")
    assert definition["intervalMinutes"] == 30
    orders, returns = definition["queues"]
    assert orders == {
        "id": "orders",
        "channel": "VOICE",
        "hours": [{"days": ["MON", "TUE"], "open": "09:00", "from": "2026-10-27"}],
        "demand": {
            "weeklyVolume": 300,
            "series": None,
            "weekdayWeights": [{"key": "MON", "value": 1.5}],
            "season": {"months": [{"key": "OCT", "value": 1.1}], "weeks": None},
            "timeOfDayWeights": [{"weights": [{"key": "09:00", "value": 1.0}]}],
        },
    }
    assert returns["demand"] == orders["demand"]
    assert definition["vendors"] == [
        {"kind": "OUTSOURCED", "teams": [{"staffing": {"agents": [4]}, "workforce": None}]}
    ]


async def test_every_problem_of_a_document_is_told_at_once(client: Client) -> None:
    text = SHOP.replace("weekly_volume: 300", "weekly_volum: 300").replace("country: GB", "country: UK")
    made = await create(client, source={"document": text})
    assert made["scenario"] is None
    errors = {error["path"]: error for error in made["userErrors"]}
    assert {"queues.orders.demand.weekly_volum", "vendors.own.sites.leeds.country"} <= errors.keys()
    wrong = errors["queues.orders.demand.weekly_volum"]
    assert wrong["code"] == "INVALID_SCENARIO"
    assert "line 9" in wrong["message"]
    assert "weekly_volume" in wrong["message"]


async def test_a_key_given_twice_in_a_typed_map_is_refused(client: Client) -> None:
    twice = [{"key": "MON", "value": 1.0}, {"key": "MON", "value": 2.0}]
    queue = {**TYPED["queues"][0], "demand": {"weeklyVolume": 1, "weekdayWeights": twice}}  # type: ignore[index]  # a dict of lists
    made = await create(client, source={"scenario": {**TYPED, "queues": [queue]}})
    assert [error["path"] for error in made["userErrors"]] == ["queues.0.demand.weekday_weights.MON"]


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ({"presetId": "single-queu"}, "source.presetId"),
        ({"presetId": ""}, "source.presetId"),
        ({"scenarioId": "nonsense"}, "source.scenarioId"),
        ({"scenarioId": ""}, "source.scenarioId"),
    ],
)
async def test_a_source_that_is_not_there_is_named(client: Client, source: dict[str, str], path: str) -> None:
    made = await create(client, source=source)
    assert [(error["code"], error["path"]) for error in made["userErrors"]] == [("NOT_FOUND", path)]


@pytest.mark.parametrize("source", [{}, {"presetId": "single-queue", "document": SHOP}])
async def test_exactly_one_source_is_given(client: Client, source: dict[str, str]) -> None:
    answer = await client.answer(CREATE, input={"source": source})
    assert "exactly one key" in answer["errors"][0]["message"]


async def test_a_fork_remembers_its_base_and_tells_its_changes_in_words(client: Client) -> None:
    base = await client.create_scenario()
    made = await create(
        client,
        source={"scenarioId": base},
        name="Busier shop",
        changes=[
            {"scaleDemand": {"queue": "orders", "factor": 1.2}},
            {"setValue": {"path": "queues.orders.handling.mean_seconds", "value": 220}},
            {"setValue": {"path": "queues.orders.target.share", "value": "0.9"}},
        ],
    )
    assert made["userErrors"] == []
    fork = made["scenario"]
    assert (fork["name"], fork["base"]) == ("Busier shop", {"id": base})
    assert fork["changes"] == [
        {"path": "queues.orders.demand.weekly_volume", "summary": "demand of orders x 1.2"},
        {
            "path": "queues.orders.handling.mean_seconds",
            "summary": "queues.orders.handling.mean_seconds: 200 becomes 220",
        },
        {"path": "queues.orders.target.share", "summary": "queues.orders.target.share: left out becomes 0.9"},
    ]
    model = load(fork["document"])
    assert (model.queues[0].demand.weekly_volume, model.queues[0].handling.mean_seconds) == (360, 220)
    assert model.queues[0].target.share == 0.9
    assert fork["digest"] == digest(model)
    assert canonical_data(model)["queues"][1]["demand"] == {"weekly_volume": 60}


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"scaleDemand": {"queue": "order", "factor": 1.2}}, "INVALID_CHANGE", "changes.0.scaleDemand.queue"),
        ({"scaleDemand": {"queue": "orders", "factor": -1}}, "INVALID_CHANGE", "changes.0.scaleDemand.factor"),
        ({"setValue": {"path": "queues.orders.demnd", "value": 1}}, "INVALID_CHANGE", "changes.0.setValue.path"),
        (
            {"setValue": {"path": "queues.orders.handling.mean_seconds", "value": -1}},
            "INVALID_SCENARIO",
            "queues.orders.handling.mean_seconds",
        ),
        ({"setValue": {"path": "queues." + "a." * 1_000_000}}, "INVALID_CHANGE", "changes.0.setValue.path"),
        ({"setValue": {"path": "queues." + "9" * 5000}}, "INVALID_CHANGE", "changes.0.setValue.path"),
    ],
)
async def test_a_change_that_does_not_fit_is_refused(client: Client, change: Any, code: str, path: str) -> None:
    base = await client.create_scenario()
    made = await create(client, source={"scenarioId": base}, changes=[change])
    assert made["scenario"] is None
    assert [(error["code"], error["path"]) for error in made["userErrors"]] == [(code, path)]


async def test_an_item_that_is_renamed_or_removed_is_refused_for_those_that_name_it(client: Client) -> None:
    base = await client.create_scenario()
    for change in (
        {"path": "queues.orders.id", "value": "zz"},
        {"path": "queues.orders", "value": None},
        {"path": "queues.orders.id", "value": ["zz"]},
    ):
        again = {"path": "queues.0.id", "value": "zz"}
        made = await create(client, source={"scenarioId": base}, changes=[{"setValue": change}, {"setValue": again}])
        assert made["scenario"] is None
        assert "vendors.own.teams.desk.skills.0.queue" in [error["path"] for error in made["userErrors"]]


async def test_an_item_may_be_renamed_where_none_names_it(client: Client) -> None:
    change = {"setValue": {"path": "vendors.own.id", "value": "zz"}}
    made = await create(client, source={"document": SHOP}, changes=[change])
    assert made["userErrors"] == []
    assert made["scenario"]["changes"] == [{"path": "vendors.own.id", "summary": 'vendors.own.id: "own" becomes "zz"'}]


@pytest.mark.parametrize("name", ["", " ", "\t"])
async def test_a_blank_name_is_refused(client: Client, name: str) -> None:
    made = await create(client, source={"document": SHOP}, name=name)
    assert [(error["code"], error["path"]) for error in made["userErrors"]] == [("INVALID_ARGUMENT", "name")]


async def test_a_document_or_changes_beyond_the_limit_are_refused_unread(client: Client) -> None:
    change = {"scaleDemand": {"queue": "orders", "factor": 1.1}}
    for given, path in (
        ({"source": {"document": SHOP + "#" * MOST_CHARACTERS}}, "source.document"),
        ({"source": {"document": SHOP}, "changes": [change] * (MOST_CHANGES + 1)}, "changes"),
    ):
        made = await create(client, **given)
        assert [(error["code"], error["path"]) for error in made["userErrors"]] == [("TOO_LARGE", path)]


async def test_of_many_problems_the_first_are_told_and_the_rest_counted(client: Client) -> None:
    changes = [{"setValue": {"path": f"nowhere{n}", "value": 1}} for n in range(150)]
    errors = (await create(client, source={"document": SHOP}, changes=changes))["userErrors"]
    assert [error["path"] for error in errors[:2]] == ["changes.0.setValue.path", "changes.1.setValue.path"]
    assert (len(errors), errors[-1]["path"]) == (101, None)
    assert "and 50 more" in errors[-1]["message"]


async def test_demand_is_not_scaled_in_a_scenario_that_an_earlier_change_broke(client: Client) -> None:
    base = await client.create_scenario()
    changes = [
        {"setValue": {"path": "queues.orders.demand", "value": 3}},
        {"scaleDemand": {"queue": "orders", "factor": 2}},
    ]
    made = await create(client, source={"scenarioId": base}, changes=changes)
    assert [error["path"] for error in made["userErrors"]] == ["queues.orders.demand"]


async def test_a_repeated_key_returns_the_scenario_made_first(client: Client) -> None:
    base = await client.create_scenario()
    first = await client.ask("ForkScenario", base=base, name="One", key="k")
    assert await client.ask("ForkScenario", base=base, name="One", key="k") == first
    await client.ask("mutation($id: ID!) { deleteScenario(input: {scenarioId: $id}) { scenarioId } }", id=base)
    assert await client.ask("ForkScenario", base=base, name="One", key="k") == first


async def test_a_key_that_came_with_another_input_is_refused(client: Client) -> None:
    base = await client.create_scenario()
    await client.ask("ForkScenario", base=base, name="One", key="k")
    second = (await client.ask("ForkScenario", base=base, name="Two", key="k"))["createScenario"]
    assert second["scenario"] is None
    assert [(error["code"], error["path"]) for error in second["userErrors"]] == [("KEY_REUSED", "idempotencyKey")]
    assert (await client.ask("Lists"))["scenarios"]["totalCount"] == 2


@pytest.mark.parametrize("key", ["", "two\nlines", "\x00", "x" * 201])
async def test_a_key_is_one_line_of_text(client: Client, key: str) -> None:
    made = await create(client, source={"document": SHOP}, idempotencyKey=key)
    assert [(error["code"], error["path"]) for error in made["userErrors"]] == [("INVALID_ARGUMENT", "idempotencyKey")]


async def test_a_value_set_to_null_is_left_out(client: Client) -> None:
    base = await client.create_scenario()
    changes = [
        {"setValue": {"path": "queues.orders.demand.weekly_volume", "value": None}},
        {"setValue": {"path": "queues.orders.demand.volumes", "value": {"2026-10": 900}}},
    ]
    made = await create(client, source={"scenarioId": base}, changes=changes)
    assert made["userErrors"] == []
    assert made["scenario"]["changes"][0]["summary"] == "queues.orders.demand.weekly_volume: 300 becomes left out"
    assert load(made["scenario"]["document"]).queues[0].demand.volumes == {"2026-10": 900}


async def test_lists_are_read_page_by_page_newest_first(client: Client) -> None:
    made = [await client.create_scenario(SHOP.replace("name: Shop", f"name: Shop {n}")) for n in range(12)]
    first = (await client.ask("Lists"))["scenarios"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (12, True)
    second = (await client.ask("Lists", after=first["pageInfo"]["endCursor"]))["scenarios"]
    assert second["pageInfo"]["hasNextPage"] is False
    assert [node["id"] for node in first["nodes"] + second["nodes"]] == made[::-1]


async def test_presets_are_listed_with_their_names(client: Client) -> None:
    page = (await client.ask("{ presets(first: 1) { totalCount nodes { id name } pageInfo { endCursor } } }"))[
        "presets"
    ]
    rest = await client.ask(
        "query($a: String) { presets(after: $a) { nodes { id summary document } } }", a=page["pageInfo"]["endCursor"]
    )
    assert page["totalCount"] == 1 + len(rest["presets"]["nodes"])
    assert {"retail-peak", "single-queue"} <= {each["id"] for each in page["nodes"] + rest["presets"]["nodes"]}


@pytest.mark.parametrize("arguments", ["first: 0", "first: 101", 'after: "nonsense"'])
async def test_a_page_beyond_the_limits_is_refused(client: Client, arguments: str) -> None:
    answer = await client.answer(f"{{ scenarios({arguments}) {{ totalCount }} }}")
    assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"


@pytest.mark.parametrize("after", ["bm9uc2Vuc2U", "", "é"])
async def test_a_cursor_of_another_list_is_refused_for_presets(client: Client, after: str) -> None:
    answer = await client.answer("query($a: String) { presets(after: $a) { totalCount } }", a=after)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_another_organisation_cannot_read_or_fork_a_scenario(
    client: Client, database: Database, stranger: UUID
) -> None:
    scenario = await client.create_scenario()
    other = client.as_stranger(stranger, await token_of(database, stranger))
    assert await other.ask("query($id: ID!) { node(id: $id) { id } scenario(id: $id) { id } }", id=scenario) == {
        "node": None,
        "scenario": None,
    }
    forked = await other.ask("ForkScenario", base=scenario, name="Stolen")
    assert forked["createScenario"]["userErrors"][0]["code"] == "NOT_FOUND"
    assert (await other.ask("Lists"))["scenarios"]["totalCount"] == 0


async def test_a_viewer_cannot_make_a_scenario(client: Client, database: Database, organisation: UUID) -> None:
    viewer = client.as_stranger(organisation, await token_of(database, organisation, Role.VIEWER))
    answer = await viewer.answer("CreateScenario", document=SHOP)
    assert answer["data"] == {"createScenario": None}
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
