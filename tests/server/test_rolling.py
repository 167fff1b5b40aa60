"""rollForward over the API: a new scenario of the old one's line, the report beside it, refusals at their places."""

from typing import Any

from simulation.scenario.reading.document import load
from tests.server.api import Client

ROLL = """mutation($input: RollForwardInput!) { rollForward(input: $input) {
  scenario { id name document base { id } changes { summary } definition { start weeks } }
  report { driver queue team planned actual relative } userErrors { code message path } } }"""
ACTUALS = {
    "queues": [
        {"key": "orders", "value": {"offered": 330.0}},
        {"key": "mail", "value": {"backlog": {"volume": 12, "meanAgeHours": 5.0}}},
    ],
    "teams": [{"key": "clerks", "value": {"headcount": 2}}],
}


async def roll(client: Client, scenario: str, **more: Any) -> Any:
    given = {"scenarioId": scenario, "at": "2026-11-02", "actuals": ACTUALS, **more}
    return (await client.ask(ROLL, input=given))["rollForward"]


async def test_a_plan_rolled_forward_is_a_scenario_made_from_the_old_one(client: Client) -> None:
    scenario = await client.create_scenario()
    made = await roll(client, scenario)
    assert made["userErrors"] == []
    rolled = made["scenario"]
    assert (rolled["name"], rolled["base"]) == ("Shop from 2026-11-02", {"id": scenario})
    assert rolled["changes"] == [{"summary": "rolled forward to 2026-11-02"}]
    assert rolled["definition"] == {"start": "2026-11-02", "weeks": 1}
    later = load(rolled["document"])
    assert (later.queues[1].backlog.volume, later.teams[1].heads) == (12, 2)
    volume, heads = made["report"]
    assert (volume["driver"], volume["queue"], volume["planned"], volume["actual"]) == ("VOLUME", "orders", 300, 330)
    assert (heads["driver"], heads["team"], heads["actual"]) == ("HEADS", "clerks", 2)


async def test_a_key_makes_it_once(client: Client) -> None:
    scenario = await client.create_scenario()
    first, again = [await roll(client, scenario, idempotencyKey="week six") for _ in range(2)]
    assert (again["scenario"]["id"], again["report"]) == (first["scenario"]["id"], [])
    other = await roll(client, scenario, idempotencyKey="week six", name="Other")
    assert [error["code"] for error in other["userErrors"]] == ["KEY_REUSED"]


async def test_what_is_missing_or_does_not_fit_is_told_at_its_place(client: Client) -> None:
    scenario = await client.create_scenario()
    twice = [*ACTUALS["teams"], *ACTUALS["teams"]]
    cases: list[tuple[dict[str, Any], str, str | None]] = [
        ({"actuals": None}, "INVALID_ARGUMENT", "actuals.queues.mail.backlog"),
        ({"at": "2027-11-02"}, "INVALID_ARGUMENT", "at"),
        ({"actuals": {**ACTUALS, "teams": twice}}, "INVALID_ARGUMENT", "actuals.teams.clerks"),
        ({"name": " "}, "INVALID_ARGUMENT", "name"),
        ({"scenarioId": "nonsense"}, "NOT_FOUND", "scenarioId"),
    ]
    for given, code, path in cases:
        refused = await roll(client, scenario, **given)
        assert [(error["code"], error["path"]) for error in refused["userErrors"]] == [(code, path)]
        assert refused["scenario"] is None
    assert (await client.ask("{ scenarios { totalCount } }"))["scenarios"]["totalCount"] == 1
