"""The log: who reads a line knows what it is about, and learns nothing that is not theirs to know."""

import asyncio
import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pydantic import ValidationError

from server.database.pool import Database
from server.logs import Json, Readable, about, also_about, start_logging, without_secrets
from server.settings import LogFormat
from server.store.scenarios import create_scenario
from simulation.experiment import Experiment
from tests.server.api import SHOP, Client
from tests.server.engines import document
from tests.server.working import finished_run, queue_run, working


class Lines:
    """What was logged, as it would be written."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(Json())

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.all if line["logger"] == logger]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root, told = logging.getLogger(), Lines()
    level = root.level
    root.addHandler(told.handler)
    root.setLevel(logging.DEBUG)
    yield told
    root.setLevel(level)
    root.removeHandler(told.handler)


async def test_every_request_is_one_line_with_what_was_asked_and_by_whom(client: Client, lines: Lines) -> None:
    answer = await client.post({"query": "query Mine { runs { totalCount } }"})
    (line,) = lines.of("springtide.access")
    assert line["message"] == "POST /graphql 200"
    told = {name: line[name] for name in ("method", "path", "status", "operation", "operation_kind", "level")}
    assert told == {
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "operation": "Mine",
        "operation_kind": "query",
        "level": "INFO",
    }
    assert line["organisation_id"] == str(client.organisation)
    assert line["request_id"] == answer.headers["x-request-id"]
    assert 0 < line["duration"] < 60
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])


@pytest.mark.parametrize("given", ["trace-0198.ab_C", "0123456789abcdef"])
async def test_a_sane_request_id_is_taken(client: Client, lines: Lines, given: str) -> None:
    answer = await client.http.get("/healthz", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] == given
    assert [line["request_id"] for line in lines.of("springtide.access")] == [given]


@pytest.mark.parametrize(
    "given",
    [
        "short",
        "x" * 129,
        'quote"quote-quote',
        "two lines\\nhere",
        "someone@example.com",
        "springtide_" + "a" * 43,
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.sig",
    ],
)
async def test_another_request_id_is_replaced(client: Client, lines: Lines, given: str) -> None:
    answer = await client.http.get("/healthz", headers={"X-Request-ID": given})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert given not in lines.text


async def test_a_bug_names_its_request_to_the_log_and_to_the_client_alike(
    client: Client, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("server.store.run_lists.list_runs", broken)
    answer = await client.post({"query": "{ runs { totalCount } }"}, **{"X-Request-ID": "night-call-1"})
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL", "requestId": "night-call-1"}
    (line,) = lines.of("springtide.graphql")
    assert (line["request_id"], line["organisation_id"]) == ("night-call-1", str(client.organisation))
    assert line["exception"].endswith("RuntimeError: secret of the house")
    assert "line" in line["exception"]
    assert "secret" not in answer.text


async def test_a_bug_outside_of_an_operation_is_a_500_that_names_its_request(
    client: Client, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("server.app.schema_text", broken)
    answer = await client.http.get("/schema.graphql", headers={"X-Request-ID": "night-call-2"})
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] == "night-call-2"
    assert answer.json()["errors"][0]["extensions"] == {"code": "INTERNAL", "requestId": "night-call-2"}
    assert [line["request_id"] for line in lines.of("springtide.web")] == ["night-call-2"]
    assert [line["status"] for line in lines.of("springtide.access")] == [500]
    assert "secret" not in answer.text


async def test_requests_at_once_do_not_mix_their_ids(client: Client, lines: Lines) -> None:
    async def ask(number: int) -> None:
        body = {"query": f"query Q{number} {{ runs {{ totalCount }} }}"}
        answer = await client.post(body, **{"X-Request-ID": f"request-{number:04}"})
        assert answer.headers["x-request-id"] == f"request-{number:04}"

    await asyncio.gather(*(ask(number) for number in range(20)))
    told = {line["operation"]: line["request_id"] for line in lines.of("springtide.access")}
    assert told == {f"Q{number}": f"request-{number:04}" for number in range(20)}


async def test_every_line_of_a_run_names_run_epoch_and_organisation(
    database: Database, organisation: UUID, log: Path, lines: Lines
) -> None:
    run = await queue_run(database, organisation, document(log))
    async with working(database):
        await finished_run(database, organisation, run)
    told = lines.of("springtide.worker")
    assert len(told) >= 2
    for line in told:
        assert (line["run_id"], line["organisation_id"], line["epoch"]) == (str(run), str(organisation), 1)


async def test_no_token_address_or_document_reaches_the_log(
    client: Client, database: Database, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything a client can send, in all the places where it could be repeated; the server fails at some of it."""
    secret, person = "springtide_" + "k" * 43, "bob.smith@example.com"
    named = SHOP.replace("name: Shop", "name: Wages of Bob")
    await client.create_scenario(named)
    await client.answer("CreateScenario", document=named.replace("weeks: 2", "weeks: Wages of Bob"))
    await client.http.get(f"/{secret}/{person}?token={secret}", headers={"Authorization": f"Bearer {secret}"})
    await client.http.post("/graphql", content=f'{{"query": "{person} {secret}', headers={"Authorization": "Bearer x"})
    await client.answer("query Q($s: String) { scenario(id: $s) { id } }", s=secret)
    await client.answer(f'{{ scenario(id: "{secret}", name: "{person}") {{ id }} }}')
    await client.post({"query": "{ __typename }"}, **{"X-Request-ID": secret, "User-Agent": person})

    async def quoting(*_: object, **__: object) -> None:
        """Both a database and a validator quote what they were given, after the first line of what they say."""
        told = {"name": "Wages of Bob", "to": person, "token": secret}
        try:
            async with database.tenant(client.organisation) as connection:
                await create_scenario(connection, name=secret, document=json.dumps(told), source="", digest=person)
                await connection.execute("INSERT INTO shards SELECT organisation_id, id FROM scenarios")
        except asyncpg.NotNullViolationError as error:
            try:
                Experiment.model_validate(told)
            except ValidationError as another:
                raise another from error

    monkeypatch.setattr("server.store.run_lists.list_runs", quoting)
    answer = await client.answer("{ runs { totalCount } }")
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "NotNullViolationError" in lines.text
    assert "validation errors for Experiment" in lines.text
    assert len(lines.of("springtide.access")) == 8
    for hidden in (secret, person, "bob.smith", "Wages of Bob", str(client.token), "kkkk"):
        assert hidden not in lines.text


async def test_a_failed_run_tells_the_log_that_it_failed_and_its_organisation_why(
    database: Database, organisation: UUID, log: Path, lines: Lines
) -> None:
    run = await queue_run(database, organisation, document(log, raises_at=1, shards=2))
    async with working(database):
        failed = await finished_run(database, organisation, run)
    assert "shard 1 cannot be" in str(failed.failure_message)
    assert "SIMULATION_FAILED" in lines.text
    assert "cannot be" not in lines.text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("token springtide_" + "a" * 43 + " used", "token *** used"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("postgresql://planner:s3cret@db:5432/springtide", "postgresql://***@db:5432/springtide"),
        ("ask bob.smith+x@mail.example.co.uk now", "ask *** now"),
        ("run 0198-ab of springtide_app: 3 of 5 @ 20 %", "run 0198-ab of springtide_app: 3 of 5 @ 20 %"),
    ],
)
def test_secrets_are_taken_out_and_nothing_else(text: str, left: str) -> None:
    assert without_secrets(text) == left


def test_ids_end_with_what_they_are_of() -> None:
    with about(request_id="r"):
        also_about(organisation_id="o")
        with about(run_id="x"):
            assert told(Json())["run_id"] == "x"
        line = told(Json())
        assert (line["request_id"], line["organisation_id"], line.get("run_id")) == ("r", "o", None)
    assert not {"request_id", "organisation_id"} & told(Json()).keys()


def told(formatter: logging.Formatter) -> Any:
    return json.loads(formatter.format(logging.LogRecord("n", logging.INFO, "f", 1, "m", None, None)))


def test_a_person_reads_a_line() -> None:
    with about(run_id="0198", organisation_id="0199", epoch=2):
        record = logging.LogRecord("server.workers.worker", logging.WARNING, "f", 1, "failed, %s", ("it",), None)
        line = Readable("worker 7").format(record)
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d worker 7 WARNING failed, it \(run_id=0198 organisation_id=0199 epoch=2\)", line
    )


@pytest.mark.parametrize(
    ("form", "terminal", "taken"),
    [
        (None, True, LogFormat.TEXT),
        (None, False, LogFormat.JSON),
        (LogFormat.JSON, True, LogFormat.JSON),
        (LogFormat.TEXT, False, LogFormat.TEXT),
    ],
)
def test_a_terminal_gets_text_and_anything_else_json(
    form: LogFormat | None, terminal: bool, taken: LogFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, root = io.StringIO(), logging.getLogger()
    before, level = list(root.handlers), root.level
    monkeypatch.setattr(screen, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    try:
        assert start_logging(form, "INFO", of="web") is taken
        logging.getLogger("springtide.web").info("hello")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.captureWarnings(False)
    assert screen.getvalue().startswith("{") == (taken is LogFormat.JSON)
    assert "hello" in screen.getvalue()
