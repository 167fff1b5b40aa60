"""`importDemand` and the uploads it reads: scenarios out of files, by nobody but whose files they are."""

import asyncio
from typing import Any

import pytest

from server import importing, uploads
from server.database.pool import Database
from server.store.organisations import Role
from server.store.uploads import get_content, sweep_uploads
from simulation.history import cells
from simulation.history.examples import example_content
from simulation.scenario.reading.document import load
from tests.history.files import workbook
from tests.server.api import Client, client_of, token_of
from tests.server.conftest import organisation_named

IMPORT = """mutation ($input: ImportDemandInput!) { importDemand(input: $input) {
  scenario { id name version document base { id } changes { summary paths } }
  report { rows form dates columns { header field } ignored anomalyCount anomalies { kind queue row message }
    queues { id name rowsBy first end contacts handlingSeconds patienceSeconds } }
  userErrors { code message path } } }"""
CALLS = (
    "Date;Time;Calls;AHT\n2026-10-26;09:00;5;300\n2026-10-26;09:30;6;310\n2026-10-26;10:00;;\n2026-10-26;10:30;7;290\n"
)


async def imported(client: Client, **given: Any) -> Any:
    content = {"file": {"content": CALLS}, "fileName": "calls.csv", "timeZone": "Europe/London"}
    return (await client.ask(IMPORT, input={**content, **given}))["importDemand"]


async def sent(client: Client, content: bytes, token: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token or client.token}"}
    return await client.http.post("/uploads", content=content, headers=headers)


async def test_a_small_file_becomes_a_scenario_with_a_report(client: Client) -> None:
    found = await imported(client, name="October")
    assert found["userErrors"] == []
    scenario = load(found["scenario"]["document"])
    assert (scenario.name, found["scenario"]["version"], scenario.queues[0].id) == ("October", 1, "calls")
    report = found["report"]
    assert (report["rows"], report["dates"], report["ignored"]) == (4, None, [])
    assert report["columns"][2] == {"header": "Calls", "field": "OFFERED"}
    assert report["queues"] == [
        {"id": "calls", "name": "calls", "rowsBy": "30 min", "first": "2026-10-26 09:00", "end": "2026-10-26 11:00",
         "contacts": 18, "handlingSeconds": pytest.approx((5 * 300 + 6 * 310 + 7 * 290) / 18), "patienceSeconds": None}
    ]  # fmt: skip


async def test_what_is_wrong_is_told_row_by_row_and_nothing_is_stored(client: Client) -> None:
    found = await imported(client, file={"content": CALLS.replace(";5;", ";-5;").replace(";6;", ";six;")})
    assert found["scenario"] is None
    assert [(one["code"], one["path"], one["message"]) for one in found["userErrors"]] == [
        ("INVALID_FILE", "file", "row 2, Calls: '-5' is less than 0 or endless; correct it, or leave the cell empty"),
        ("INVALID_FILE", "file", "row 3, Calls: 'six' is not a number; write digits, or leave it empty"),
    ]
    assert (await client.ask("{ scenarios { totalCount } }"))["scenarios"]["totalCount"] == 0


async def test_a_dry_run_only_tells(client: Client) -> None:
    found = await imported(client, dryRun=True)
    assert (found["scenario"], found["report"]["rows"]) == (None, 4)
    assert (await client.ask("{ scenarios { totalCount } }"))["scenarios"]["totalCount"] == 0


async def test_a_key_makes_one_scenario(client: Client) -> None:
    first, again = [await imported(client, idempotencyKey="k") for _ in range(2)]
    assert first["scenario"]["id"] == again["scenario"]["id"]
    other = await imported(client, idempotencyKey="k", name="Another")
    assert [error["code"] for error in other["userErrors"]] == ["KEY_REUSED"]


async def test_demand_goes_into_a_scenario_at_the_version_that_was_read(client: Client) -> None:
    scenario = await client.create_scenario()
    given: dict[str, Any] = {
        "scenarioId": scenario,
        "timeZone": None,
        "queues": [{"name": "calls", "called": "orders"}],
    }
    found = await imported(client, **given, expectedVersion=1)
    assert found["userErrors"] == []
    assert (found["scenario"]["id"], found["scenario"]["version"]) == (scenario, 2)
    assert found["scenario"]["changes"] == [
        {"summary": "demand imported from calls.csv", "paths": ["queues.orders.demand.series"]}
    ]
    orders = load(found["scenario"]["document"]).queues[0]
    assert orders.demand.series is not None
    assert list(orders.demand.series.volumes) == [5, 6, 0, 7]
    assert orders.handling.mean_seconds == 200
    late = await imported(client, **given, expectedVersion=1)
    assert [error["code"] for error in late["userErrors"]] == ["CONFLICT"]
    assert late["scenario"]["version"] == 2
    fitted = await imported(client, **given, expectedVersion=2, fit=True)
    assert load(fitted["scenario"]["document"]).queues[0].handling.mean_seconds == 299.44


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"fileName": " "}, "fileName"),
        ({"name": ""}, "name"),
        ({"fit": True}, "fit"),
        ({"expectedVersion": 1}, "expectedVersion"),
        ({"file": {"content": "x" * 1_000_001}}, "file.content"),
        ({"file": {"uploadId": "VXBsb2FkOg=="}}, "file.uploadId"),
        ({"scenarioId": "x", "expectedVersion": 1}, "scenarioId"),
        ({"idempotencyKey": "a\nb"}, "idempotencyKey"),
    ],
)
async def test_inputs_that_cannot_be_are_refused_with_their_place(
    client: Client, given: dict[str, Any], path: str
) -> None:
    assert [error["path"] for error in (await imported(client, **given))["userErrors"]] == [path]


async def test_a_large_file_is_sent_first_and_gone_once_it_is_imported(client: Client, database: Database) -> None:
    answer = await sent(client, example_content("clinic-phones"))
    assert answer.status_code == 201
    assert answer.json()["bytes"] == len(example_content("clinic-phones"))
    given = {"file": {"uploadId": answer.json()["uploadId"]}, "fileName": "clinic.csv", "timeZone": "America/New_York"}
    assert (await imported(client, **given, dryRun=True))["userErrors"] == []
    found = await imported(client, **given)
    assert [queue["contacts"] for queue in found["report"]["queues"]] == [33704, 15064]
    assert found["report"]["anomalyCount"] == 4
    assert found["report"]["anomalies"][0] == {
        "kind": "GAP",
        "queue": "appointments",
        "row": 440,
        "message": "no row for 2026-01-19 08:00 and 19 slots after it",
    }
    again = await imported(client, **given)
    assert [error["code"] for error in again["userErrors"]] == ["NOT_FOUND"]


async def test_a_workbook_is_sent_as_it_is(client: Client) -> None:
    content = workbook([["Date", "Calls"], ["2026-10-26", 50], ["2026-10-27", 60]])
    upload = (await sent(client, content)).json()["uploadId"]
    found = await imported(client, file={"uploadId": upload})
    assert found["report"]["queues"][0]["rowsBy"] == "day"


async def test_nobody_else_reads_an_upload(client: Client, database: Database) -> None:
    upload = (await sent(client, CALLS.encode())).json()["uploadId"]
    async with client_of(database, await organisation_named(database, "Elsewhere")) as other:
        found = await imported(other, file={"uploadId": upload})
    assert [error["code"] for error in found["userErrors"]] == ["NOT_FOUND"]
    assert (await imported(client, file={"uploadId": upload}))["userErrors"] == []


async def test_who_may_not_make_scenarios_may_not_send_files(client: Client) -> None:
    viewer = await token_of(client.database, client.organisation, Role.VIEWER)
    assert (await sent(client, b"x", viewer)).status_code == 403
    assert (await client.http.post("/uploads", content=b"x")).status_code == 401
    assert (await client.http.get("/uploads", headers={"Authorization": f"Bearer {client.token}"})).status_code == 405


async def test_files_have_a_size_and_an_organisation_so_many(
    client: Client,
) -> None:
    assert (await sent(client, b"")).status_code == 400
    for _ in range(uploads.MOST_WAITING):
        assert (await sent(client, b"x" * 3_000_000)).status_code == 201
    full = await sent(client, b"x")
    assert (full.status_code, full.json()["errors"][0]["extensions"]["code"]) == (409, "TOO_MANY_UPLOADS")


async def test_a_body_longer_than_a_file_may_be_is_refused_as_it_comes(client: Client) -> None:
    async def endless() -> Any:
        for _ in range(cells.MOST_BYTES // 1_000_000 + 2):
            yield b"x" * 1_000_000

    answer = await client.http.post("/uploads", content=endless(), headers={"Authorization": f"Bearer {client.token}"})
    assert answer.status_code == 413
    assert (await client.post({"query": "{ viewer { __typename } }" + " " * 3_000_000})).status_code == 413


async def test_an_upload_that_has_expired_is_neither_read_nor_kept(client: Client, database: Database) -> None:
    upload = (await sent(client, CALLS.encode())).json()["uploadId"]
    async with database.tenant(client.organisation) as connection:
        row = dict(await connection.fetchrow("SELECT * FROM uploads"))
        await connection.execute("DELETE FROM uploads")
        await connection.execute(
            "INSERT INTO uploads (id, bytes, expires_at) VALUES ($1, $2, now() - interval '1 second')",
            row["id"], row["bytes"],
        )  # fmt: skip
    assert [one["code"] for one in (await imported(client, file={"uploadId": upload}))["userErrors"]] == ["NOT_FOUND"]
    async with database.queue() as connection:
        assert await sweep_uploads(connection, 5) == 1
        assert await sweep_uploads(connection, 5) == 0


async def test_a_file_that_takes_too_long_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "SECONDS", 0.01)
    found = await imported(client)
    assert [error["code"] for error in found["userErrors"]] == ["TOO_LARGE"]
    assert "took longer than 0.01 s to read" in found["userErrors"][0]["message"]


async def test_a_file_is_read_in_a_process_that_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    started: list[Any] = []
    start = asyncio.create_subprocess_exec

    async def recorded(*command: str, **given: Any) -> Any:
        started.append(given["env"])
        return await start(*command, **given)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", recorded)
    options = {"timezone": "UTC", "duplicates": "REFUSE"}
    asked = {"file": "calls.csv", "name": None, "fit": False, "base": None, "options": options}
    assert (await importing.import_apart(CALLS.encode(), asked)).problems == []
    assert "DATABASE_URL" not in started[0]


async def test_a_mistake_of_ours_is_no_fault_of_the_file() -> None:
    with pytest.raises(RuntimeError, match="KeyError: 'file'"):
        await importing.import_apart(CALLS.encode(), {"options": {"duplicates": "REFUSE"}})


async def test_viewers_do_not_import(client: Client) -> None:
    client.token = await token_of(client.database, client.organisation, Role.VIEWER)
    answer = await client.answer(IMPORT, input={"file": {"content": CALLS}, "fileName": "c.csv"})
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_file_that_waits_for_its_turn_is_not_in_memory(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[Any] = []

    async def recorded(*given: Any) -> bytes | None:
        fetched.append(given)
        return await get_content(*given)

    async def unread(*_: Any) -> Any:
        raise importing.UnreadError("is not read here")

    answer, turn = await sent(client, CALLS.encode()), asyncio.Semaphore(0)
    monkeypatch.setattr("server.store.uploads.get_content", recorded)
    monkeypatch.setattr("server.graphql.importing.import_apart", unread)
    monkeypatch.setattr("server.graphql.importing.turn", turn)
    waiting = asyncio.create_task(imported(client, file={"uploadId": answer.json()["uploadId"]}))
    await asyncio.sleep(0.5)
    assert fetched == []
    turn.release()
    assert [error["code"] for error in (await waiting)["userErrors"]] == ["TOO_LARGE"]
    assert len(fetched) == 1
