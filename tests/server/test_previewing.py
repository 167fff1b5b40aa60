"""previewScenario: the simulation's own requirement over the API, errors with paths, nothing stored."""

from uuid import UUID

from server.database.pool import Database
from server.store.organisations import Role
from simulation.preview.preview import Preview
from simulation.scenario.reading.document import load
from tests.server.api import SHOP, Client, token_of

ASKED = """query ($source: ScenarioSourceInput!, $changes: [ScenarioChangeInput!]) {
  previewScenario(input: { source: $source, changes: $changes }) {
    diagnostics { severity code message path }
    requirement { queue team start stepSeconds count agents mostAgents }
    teams { team starts requiredFte plannedFte effectiveFte }
    cost { total months { start total } vendors { vendor total } leftOut } } }"""


async def test_the_requirement_of_a_document_is_the_simulation_s_own(client: Client) -> None:
    told = (await client.ask(ASKED, source={"document": SHOP}))["previewScenario"]
    looked = Preview.of(load(SHOP))
    assert [(one["queue"], one["team"]) for one in told["requirement"]] == [
        ("orders", None), ("mail", None), (None, "desk"), (None, "clerks"),
    ]  # fmt: skip
    for one, column in zip(told["requirement"], [*looked.queues.values(), *looked.teams.values()], strict=True):
        assert one["agents"] == column.tolist()
        assert (one["start"], one["stepSeconds"], one["count"]) == ("2026-10-26T00:00:00+00:00", 1800, len(column))
        assert one["mostAgents"] == column.max()
    for one, weeks in zip(told["teams"], looked.people, strict=True):
        assert one["starts"] == ["2026-10-26", "2026-11-02"]
        assert (one["requiredFte"], one["plannedFte"]) == (weeks.required.tolist(), weeks.planned.tolist())
        assert one["effectiveFte"] == weeks.effective.tolist()
    assert told["cost"] == {"total": None, "months": [], "vendors": [], "leftOut": []}
    assert [one["code"] for one in told["diagnostics"]] == [one.code for one in looked.diagnostics]


async def test_changes_are_made_before_it_is_looked_at(client: Client) -> None:
    scenario = await client.create_scenario()
    changes = [{"scaleDemand": {"queue": "orders", "factor": 3}}]
    told = (await client.ask(ASKED, source={"scenarioId": scenario}, changes=changes))["previewScenario"]
    tripled = Preview.of(load(SHOP.replace("weekly_volume: 300", "weekly_volume: 900")))
    assert told["requirement"][0]["agents"] == tripled.queues["orders"].tolist()
    assert {"severity": "WARNING", "code": "SHORT_OF_AGENTS"}.items() <= told["diagnostics"][0].items()


async def test_what_is_wrong_with_a_document_is_told_at_its_places(client: Client) -> None:
    document = SHOP.replace("mean_seconds: 200", "mean_seconds: -1").replace("weeks: 2", "weeks: 0")
    told = (await client.ask(ASKED, source={"document": document}))["previewScenario"]
    assert {(one["severity"], one["code"], one["path"]) for one in told["diagnostics"]} == {
        ("ERROR", "INVALID_SCENARIO", "weeks"),
        ("ERROR", "INVALID_SCENARIO", "queues.orders.handling.mean_seconds"),
    }
    assert (told["requirement"], told["teams"], told["cost"]) == ([], [], None)


async def test_what_cannot_be_looked_at_is_told(client: Client) -> None:
    sources = {
        "NOT_FOUND": ({"scenarioId": "U2NlbmFyaW86eA=="}, "source.scenarioId"),
        "TOO_LARGE": ({"document": "x" * 1_000_001}, "source.document"),
    }
    for code, (source, path) in sources.items():
        (found,) = (await client.ask(ASKED, source=source))["previewScenario"]["diagnostics"]
        assert (found["severity"], found["code"], found["path"]) == ("ERROR", code, path)
    changes = [{"scaleDemand": {"queue": "nobody", "factor": 2}}]
    (found,) = (await client.ask(ASKED, source={"document": SHOP}, changes=changes))["previewScenario"]["diagnostics"]
    assert (found["code"], found["path"]) == ("INVALID_CHANGE", "changes.0.scaleDemand.queue")


async def test_a_scenario_too_large_to_be_looked_at_here_is_told_so(client: Client) -> None:
    queues = "".join(
        f"  - {{id: q{n}, demand: {{weekly_volume: 10}}, handling: {{mean_seconds: 60}}}}\n" for n in range(60)
    )
    teams = "".join(
        f"      - {{id: t{n}, site: leeds, skills: [{{queue: q{n}}}], staffing: {{agents: 1}}}}\n" for n in range(60)
    )
    document = (
        "name: Many\nstart: 2026-01-05\nweeks: 52\ntimezone: UTC\nqueues:\n" + queues
        + "vendors:\n  - id: own\n    kind: IN_HOUSE\n    sites: [{id: leeds, country: GB}]\n    teams:\n" + teams
    )  # fmt: skip
    (found,) = (await client.ask(ASKED, source={"document": document}))["previewScenario"]["diagnostics"]
    assert found["code"] == "TOO_LARGE"
    assert "17,472 intervals of 60 queues and 60 teams" in found["message"]


async def test_a_viewer_may_look_and_nothing_is_stored(client: Client) -> None:
    viewer = client.as_stranger(client.organisation, await token_of(client.database, client.organisation, Role.VIEWER))
    told = (await viewer.ask("Preview", document=SHOP))["previewScenario"]
    assert len(told["requirement"]) == 4
    assert (await client.ask("{ scenarios { totalCount } }"))["scenarios"]["totalCount"] == 0


async def test_a_stranger_s_scenario_is_not_there(client: Client, database: Database, stranger: UUID) -> None:
    neighbour = client.as_stranger(stranger, await token_of(database, stranger))
    scenario = await neighbour.create_scenario()
    (found,) = (await client.ask(ASKED, source={"scenarioId": scenario}))["previewScenario"]["diagnostics"]
    assert found["code"] == "NOT_FOUND"
