"""Export links: whoever has one gets the table, without a token, until it expires, the run goes, or its maker does."""

import errno
import io
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
import pytest

from server.database.pool import Database
from server.exports.files import MOST_ROWS, writer
from server.exports.table import Block, ExportFormat
from server.store.organisations import Role
from tests.server.api import Client, shop_result, token_of

EXPORT = """mutation ($run: ID!, $format: ExportFormat!, $resolutions: [ExportResolution!], $measures: [ExportMeasure!],
    $minutes: Int! = 60) {
  exportOutcomes(input: {runId: $run, format: $format, resolutions: $resolutions, measures: $measures,
    expiresInMinutes: $minutes}) { url expiresAt userErrors { code message path } } }"""
EVERY = ["INTERVAL", "DAY", "WEEK", "MONTH", "TOTAL"]


async def link(client: Client, run: str, format: str = "CSV", **asked: Any) -> str:
    made = (await client.ask(EXPORT, run=run, format=format, **asked))["exportOutcomes"]
    assert made["userErrors"] == []
    return str(made["url"])


async def status(client: Client, url: str) -> int:
    return (await client.http.get(url)).status_code


async def test_every_figure_of_the_run_is_in_the_table_once(client: Client) -> None:
    run = await client.finished_run()
    answer = await client.http.get(await link(client, run, "PARQUET", resolutions=EVERY))
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert answer.headers["cache-control"] == "no-store"
    table = pl.read_parquet(io.BytesIO(answer.content))
    result, rows = shop_result(), 0
    for kind, entities in (("queue", result.queues), ("team", result.teams)):
        for entity in entities:
            mine = table.filter(kind=kind, entity=entity.id)
            for resolution, columns in entity.columns.items():
                for measure, column in columns.items():
                    own = mine.filter(resolution=resolution.value, measure=measure)
                    rows += len(own)
                    for name, values in column.statistics().items():
                        assert own[name.value].equals(pl.Series(name.value, values).fill_nan(None)), (measure, name)
                    assert (own["start"].dt.epoch("us") / 1e6).to_list() == result.starts[resolution].tolist()
            for measure, total in entity.totals.items():
                (own_row,) = mine.filter(resolution="total", measure=measure).to_dicts()
                rows += 1
                assert (own_row["mean"], own_row["p95"]) == (total.mean, total.quantile(0.95))
    assert rows == len(table)
    assert str(table.schema["start"]) == "Datetime(time_unit='us', time_zone='Europe/London')"


async def test_all_formats_hold_the_same_rows(client: Client) -> None:
    run = await client.finished_run()
    asked: dict[str, Any] = {"resolutions": ["TOTAL", "WEEK"], "measures": ["SERVICE_LEVEL", "OCCUPANCY"]}
    answers = {form: await client.http.get(await link(client, run, form, **asked)) for form in ExportFormat}
    table = pl.read_csv(io.BytesIO(answers[ExportFormat.CSV].content))
    typed = pl.read_parquet(io.BytesIO(answers[ExportFormat.PARQUET].content))
    assert table.columns == typed.columns
    assert len(table) == len(typed) == (2 + 1) * 4
    assert table["mean"].to_list() == typed["mean"].to_list()
    assert table["start"][0] == "2026-10-26T00:00:00+00:00"
    assert set(table["measure"]) == {"service_level", "occupancy"}
    assert answers[ExportFormat.CSV].headers["content-disposition"] == 'attachment; filename="outcomes.csv"'
    cells = workbook_rows(answers[ExportFormat.XLSX].content)
    assert len(cells) == 1 + len(table)


def workbook_rows(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode().split("<row ")[1:]


async def test_a_link_opens_without_a_token_and_only_as_it_was_made(client: Client, database: Database) -> None:
    run = await client.finished_run()
    url = await link(client, run)
    assert url.startswith("/exports/springtide_")
    async with database.tenant(client.organisation) as connection:
        kept = dict(await connection.fetchrow("SELECT * FROM export_links"))
        entries = await connection.fetch("SELECT facts::text FROM audit_log WHERE action = 'EXPORT_OUTCOMES'")
    secret = url.rpartition("/")[2]
    assert secret not in str(kept) + str([tuple(entry) for entry in entries])
    assert len(entries) == 1
    assert await status(client, url) == 200
    assert await status(client, url[:-1] + ("a" if url[-1] != "a" else "b")) == 404
    assert (await client.http.post(url)).status_code == 405


async def test_a_link_ends_when_it_expires(client: Client, database: Database) -> None:
    run = await client.finished_run()
    made = (await client.ask(EXPORT, run=run, format="CSV", minutes=5))["exportOutcomes"]
    lasts = datetime.fromisoformat(made["expiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=4) < lasts <= timedelta(minutes=5)
    await later(database, client.organisation, timedelta(minutes=6))
    assert await status(client, made["url"]) == 404
    await link(client, run)
    async with database.tenant(client.organisation) as connection:
        assert await connection.fetchval("SELECT count(*) FROM export_links") == 1


async def later(database: Database, organisation: UUID, by: timedelta) -> None:
    """As if so much time had passed: a link is made anew that has as much less left."""
    async with database.tenant(organisation) as connection:
        row = dict(await connection.fetchrow("DELETE FROM export_links RETURNING *"))
        row["expires_at"] -= by
        places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        await connection.execute(f"INSERT INTO export_links ({', '.join(row)}) VALUES ({places})", *row.values())


async def test_a_link_ends_with_its_run(client: Client) -> None:
    run = await client.finished_run()
    url = await link(client, run)
    deleted = "mutation ($run: ID!) { deleteRun(input: {runId: $run}) { userErrors { code } } }"
    assert (await client.ask(deleted, run=run))["deleteRun"]["userErrors"] == []
    assert await status(client, url) == 404


async def test_a_link_ends_with_the_access_of_whoever_made_it(
    client: Client, database: Database, organisation: UUID
) -> None:
    run = await client.finished_run()
    maker = client.as_stranger(organisation, await token_of(database, organisation, Role.VIEWER))
    url, others = await link(maker, run), await link(client, run)
    assert await status(client, url) == 200
    async with database.tenant(organisation) as connection:
        await connection.execute("UPDATE tokens SET revoked_at = now() WHERE role = 'VIEWER'")
    assert (await status(client, url), await status(client, others)) == (404, 200)


async def test_what_is_refused_says_why(client: Client, database: Database, stranger: UUID) -> None:
    run, waiting = await client.finished_run(), await client.start_run()

    async def errors(asker: Client, **asked: Any) -> list[tuple[str, str | None]]:
        told = (await asker.ask(EXPORT, **{"run": run, "format": "CSV", **asked}))["exportOutcomes"]
        assert told["url"] is None
        return [(error["code"], error["path"]) for error in told["userErrors"]]

    assert await errors(client, run=waiting) == [("INVALID_ARGUMENT", "runId")]
    assert await errors(client, run="nothing", minutes=0, resolutions=[]) == [
        ("INVALID_ARGUMENT", "expiresInMinutes"),
        ("INVALID_ARGUMENT", "resolutions"),
        ("NOT_FOUND", "runId"),
    ]
    other = client.as_stranger(stranger, await token_of(database, stranger, Role.VIEWER))
    assert await errors(other) == [("NOT_FOUND", "runId")]


async def test_a_table_too_long_for_its_format_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await client.finished_run()
    rows = len(pl.read_csv(io.BytesIO((await client.http.get(await link(client, run, resolutions=EVERY))).content)))
    monkeypatch.setitem(MOST_ROWS, ExportFormat.XLSX, rows - 1)
    told = (await client.ask(EXPORT, run=run, format="XLSX", resolutions=EVERY))["exportOutcomes"]["userErrors"]
    assert [error["code"] for error in told] == ["TOO_LARGE"]
    assert f"has {rows} rows" in told[0]["message"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula(tmp_path: Path, text: str) -> None:
    for form in ExportFormat:
        made = writer(form, tmp_path / form)
        made.add(Block("queue", text, "day", ["2026-10-26T00:00:00+00:00"], {text: {"mean": [1.0]}}))
        made.close()
    table = pl.read_csv(tmp_path / "CSV")
    assert (table["entity"][0], table["measure"][0]) == (f"'{text}", f"'{text}")
    sheet = workbook_rows((tmp_path / "XLSX").read_bytes())
    assert "<f>" not in "".join(sheet)
    assert pl.read_parquet(tmp_path / "PARQUET")["entity"][0] == f"'{text}"


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    for form in ExportFormat:
        writer(form, tmp_path / form).close()
    assert pl.read_csv(tmp_path / "CSV").columns == pl.read_parquet(tmp_path / "PARQUET").columns


async def test_a_server_without_room_for_a_file_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await client.finished_run()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("server.exports.files.ParquetWriter.add", full)
    answer = await client.http.get(await link(client, run, "PARQUET"))
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (507, "NO_ROOM")
    assert await status(client, await link(client, run, "CSV")) == 200


@pytest.mark.parametrize(("part", "code"), [("nonsense", 400), ("bytes=999999999-", 416), ("bytes=0-1", 206)])
async def test_a_file_is_gone_however_its_answer_ends(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, code: int
) -> None:
    url = await link(client, await client.finished_run(), "PARQUET")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert (await client.http.get(url, headers={"Range": part})).status_code == code
    assert os.listdir(tmp_path) == []


async def test_only_so_many_wait_for_a_file(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.downloads.AT_ONCE", 0)
    monkeypatch.setattr("server.downloads.WAITING", 0)
    answer = await client.http.get(await link(client, await client.finished_run()))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
