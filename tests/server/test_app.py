"""The web application: who is let in, what is answered to whom, and what malformed requests get."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from server.database.pool import Database
from server.graphql.json_text import encoded
from server.graphql.limits import MOST_CHARACTERS, MOST_COST, MOST_DEPTH, MOST_OBJECTS
from server.graphql.schema import schema_text
from server.listening import MOST_BYTES
from server.settings import Settings
from server.store.organisations import list_tokens, revoke_token
from tests.server.api import SETTINGS, Client, client_of

TYPENAME = "{ __typename }"


async def get(client: Client, path: str, **headers: str) -> httpx.Response:
    return await client.http.get(path, headers=headers)


def bearing(client: Client) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}"}


@pytest.mark.parametrize("path", ["/graphql", "/nowhere", "/console", "/openapi.json"])
async def test_without_a_token_nothing_but_public_paths_is_answered(client: Client, path: str) -> None:
    answer = await client.http.post(path, json={"query": TYPENAME})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic abc", "nonsense", "Bearer \xe9"])
async def test_an_invalid_token_is_none(client: Client, header: str) -> None:
    headers = [(b"Authorization", header.encode("latin-1")), (b"Content-Type", b"application/json")]
    answer = await client.http.post("/graphql", content=json.dumps({"query": TYPENAME}), headers=headers)
    assert answer.status_code == 401


async def test_a_revoked_token_is_none(client: Client, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.access.BELIEVED_SECONDS", 0.0)  # no notice reaches this application
    assert (await client.post({"query": TYPENAME})).status_code == 200
    async with database.tenant(client.organisation) as connection:
        (token,) = (await list_tokens(connection, first=2)).rows
        assert token.last_used_at is not None
        await revoke_token(connection, token.id)
    assert (await client.post({"query": TYPENAME})).status_code == 401


async def test_with_a_token_an_unknown_path_is_not_found(client: Client) -> None:
    answer = await get(client, "/nowhere", **bearing(client))
    assert answer.status_code == 404
    assert answer.json()["errors"] == [{"message": "Not Found", "extensions": {"code": "NOT_FOUND"}}]


async def test_health_and_schema_are_public(client: Client) -> None:
    assert (await get(client, "/healthz")).json() == {"status": "alive"}
    assert (await get(client, "/readyz")).json() == {"status": "ready"}
    assert (await get(client, "/schema.graphql")).text == schema_text()


POLICY = {
    "default-src": "'self'", "font-src": "'self' data:", "img-src": "'self' data:", "frame-ancestors": "'none'",
    "base-uri": "'none'", "form-action": "'self'",
}  # fmt: skip
PLACES = [
    "/",
    "/scenarios/abc",
    "/scenarios/abc/edit",
    "/runs",
    "/compare",
    "/studies/new",
    "/presets",
    "/requests/abc",
]


@pytest.mark.parametrize("path", PLACES)
async def test_an_address_of_the_console_is_answered_by_its_page(client: Client, path: str) -> None:
    client.token = None
    page = await get(client, path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert policy == POLICY
    assert "http" not in page.text
    assert (await client.http.post(path, json={})).status_code == 405


async def test_the_files_of_the_page_are_public_and_nothing_beside_them(client: Client) -> None:
    page = (await get(client, "/")).text
    files = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert len(files) > 40
    for file in files:
        answer = await get(client, file)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache"), file
        again = await get(client, file, **{"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), file
    assert (await get(client, "/console/../app.py")).status_code in (401, 404)
    assert (await get(client, "/console/%2e%2e/app.py")).status_code == 404
    assert (await get(client, "/scenariosx")).status_code == 401


async def test_a_database_that_is_gone_is_not_ready_and_answers_503(client: Client, database: Database) -> None:
    await database._pool.close()
    unready = await get(client, "/readyz")
    assert (unready.status_code, unready.json()["status"]) == (503, "unready")
    answer = await client.post({"query": TYPENAME})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")


async def test_a_database_that_is_lost_during_an_operation_is_no_bug(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await client.ask("{ runs { totalCount } }")

    def gone(*_: object) -> None:
        raise asyncpg.ConnectionDoesNotExistError("closed in the middle of operation")

    monkeypatch.setattr(Database, "tenant", gone)
    (error,) = (await client.answer("{ runs { totalCount } }"))["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE"}
    assert "bug" not in caplog.text


async def test_metrics_are_read_from_this_machine_or_with_their_token(database: Database, organisation: UUID) -> None:
    settings = Settings(database_url=None, data_dir=SETTINGS.data_dir, metrics_token="scrape")
    async with client_of(database, organisation, host="10.0.0.7", settings=settings) as afar:
        assert (await get(afar, "/metrics")).status_code == 403
        assert (await get(afar, "/metrics", Authorization="Bearer wrong")).status_code == 403
        assert (await get(afar, "/metrics", Authorization="Bearer scrape")).status_code == 200
    async with client_of(database, organisation) as near:
        assert (await get(near, "/metrics")).status_code == 200
        assert (await get(near, "/metrics", **{"X-Forwarded-For": "10.0.0.7"})).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"3",
        b'[{"query": "{ __typename }"}]',
        b'{"query": 3}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "operationName": 3}',
        b'{"query": "{ __typename }", "variables": {"a": NaN}}',
        b'{"query": "{ __typename }", "variables": {"a": -Infinity}}',
        b'{"query": "{ __typename }", "variables": {"a": 1e999}}',
        b'{"query": "{ __typename }", "query": "{ __typename }"}',
        b'{"query": "{ __typename }", "variables": {"a": {"b": 1, "b": 2}}}',
        b'{"query": "{ __typename }", "extensions": []}',
        '{"query": "{ __typename }"}'.encode("utf-16"),
        b"\xef\xbb\xbf" + b'{"query": "{ __typename }"}',
        b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 5000 + b"}}",
        b'{"query": "\xff"}',
        b'{"query": "{ __typename }", "variables": {"half of a character": "\\ud800"}}',
        b'{"query": null}',
        b"{}",
        b"[" * 100_000,
    ],
)
async def test_a_malformed_body_is_a_bad_request(client: Client, body: bytes) -> None:
    headers = {**bearing(client), "Content-Type": "application/json"}
    answer = await client.http.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"]


async def test_a_body_of_another_type_is_not_read(client: Client) -> None:
    for kind in ("", "text/plain", "application/jsonp", "application/json; charset=latin-1"):
        headers = {**bearing(client), "Content-Type": kind}
        answer = await client.http.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers)
        assert answer.status_code == 415


async def test_a_body_beyond_the_limit_is_refused(client: Client) -> None:
    assert (await client.post({"query": TYPENAME, "variables": {"a": "x" * (MOST_BYTES - 1000)}})).status_code == 200

    async def in_chunks() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b" " * (MOST_BYTES // 4)

    headers = {**bearing(client), "Content-Type": "application/json"}
    told = await client.http.post("/graphql", content=b" " * (MOST_BYTES + 1), headers=headers)
    untold = await client.http.post("/graphql", content=in_chunks(), headers=headers)
    assert (told.status_code, untold.status_code) == (413, 413)
    assert all("x-request-id" in answer.headers for answer in (told, untold))
    assert untold.json()["errors"][0]["extensions"]["code"] == "TOO_LARGE"


async def test_a_mistyped_field_is_told(client: Client) -> None:
    answer = await client.answer("{ scenarois { totalCount } }")
    assert "scenarois" in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    "window",
    [{"from": "yesterday"}, {"from": "2026-10-26T00:00:00"}, {"from": 3}, {"to": "2026-13-01T00:00:00Z"}],
)
async def test_a_mistyped_variable_is_told(client: Client, window: Any) -> None:
    answer = await client.answer("Interval", run="x", **window)
    assert "DateTime" in answer["errors"][0]["message"]
    assert "went wrong" not in answer["errors"][0]["message"]


async def test_a_bug_is_logged_and_hidden(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("server.store.run_lists.list_runs", broken)
    answer = await client.answer("{ runs { totalCount } }")
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in json.dumps(answer)
    assert "bug at runs" in caplog.text
    assert "secret of the house" in caplog.text
    assert error["extensions"]["requestId"] in error["message"]


def nested(levels: int) -> str:
    return "{ a: __schema { types { " + "fields { type { " * levels + "name " + "} } " * levels + "} } }"


def fanning_out(fragments: int) -> str:
    """Fragments that each spread the next one twice: 2 to the power of so many fields, in a few lines."""
    chain = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(fragments)]
    return "\n".join(["{ ...F0 }", *chain, f"fragment F{fragments} on Query {{ x: __typename }}"])


COSTLY = """{ runs(first: 100) { nodes { outcomes {
    queues { series(measures: [OFFERED], resolution: DAY) { mean count start } total { offered { mean } } }
    teams { id headcount { week stock mean sd } headcountFlows { week flow mean sd } } } } } }"""


MEASURES = (
    "OFFERED, OFFERED_NEW, ANSWERED_IN_TIME, ABANDONED_IN_TIME, ABANDONED_SHORT, ANSWERED, ABANDONED, BLOCKED,"
    " WAITING_AT_END, IN_SERVICE_AT_END, SERVICE_LEVEL, ASA_SECONDS, WAIT_ALL_SECONDS, ABANDON_RATE, AHT_SECONDS"
)


def columns(aliases: int, arguments: str) -> str:
    """The same series, so many times."""
    series = " ".join(f"a{n}: series(measures: [{MEASURES}], {arguments}) {{ mean sd }}" for n in range(aliases))
    return f'{{ run(id: "x") {{ outcomes {{ queues {{ {series} }} }} }} }}'


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (columns(30, "resolution: INTERVAL"), "cost"),
        (columns(30, 'resolution: INTERVAL, from: "2026-01-01T00:00:00Z"'), "cost"),
        ('{ runs(first: 1, after: "' + "x" * MOST_CHARACTERS + '") { totalCount } }', "characters"),
        ("{ __typename } #" + "x" * MOST_CHARACTERS, "characters"),
        (nested(12), f"deeper than {MOST_DEPTH}"),
        (fanning_out(15), "aliases"),
        (fanning_out(60), f"deeper than {MOST_DEPTH}"),
        ("{" + " ".join(f"a{n}: __typename" for n in range(61)) + "}", "aliases"),
        ("{ __typename " + "@include(if: true) " * 61 + "}", "directives"),
        ("{" + "__typename " * 5000 + "}", "tokens"),
        (COSTLY, "cost"),
        ("{ a(b: " + "[" * 1000, "nest"),
    ],
)  # fmt: skip
async def test_an_operation_over_the_budget_is_refused(client: Client, query: str, says: str) -> None:
    async with asyncio.timeout(20):
        answer = await client.answer(query)
    assert says in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    ("aliases", "arguments"),
    [
        (1, "resolution: INTERVAL"),
        (30, "resolution: DAY"),
        (30, 'resolution: INTERVAL, from: "2026-01-01T00:00:00Z", to: "2026-01-03T00:00:00Z"'),
    ],
)
async def test_all_measures_or_many_windows_are_within_the_budget(client: Client, aliases: int, arguments: str) -> None:
    assert await client.ask(columns(aliases, arguments)) == {"run": None}


@pytest.mark.parametrize("first", ["9" * 4000, "9" * 5000, "9" * 9])
async def test_a_cost_beyond_counting_is_not_spelt_out(client: Client, first: str) -> None:
    wide = f"(first: {first}) {{ nodes {{ "
    answer = await client.answer(
        f"{{ runs{wide} outcomes {{ queues {{ id total {{ offered {{ mean }} }} }} }} }} }} }}"
    )
    message = answer["errors"][0]["message"]
    assert message == f"The operation's cost is 1000000 or more, over the limit of {MOST_COST}; ask for less at once."


async def test_variables_of_too_many_objects_are_refused(client: Client) -> None:
    for objects, code in ((MOST_OBJECTS - 2, None), (MOST_OBJECTS, "OVER_LIMIT")):
        answer = await client.answer(TYPENAME, deep=[{"many": [{}] * objects}])
        assert [error["extensions"]["code"] for error in answer.get("errors", [])] == ([code] if code else [])


async def test_a_long_document_is_refused_unread_whatever_the_operation_is_called(client: Client) -> None:
    query = "query Long { __typename } #" + "x" * (MOST_BYTES - 1000)
    before = time.process_time()
    answer = await client.post({"query": query, "operationName": "Long"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "OVER_LIMIT"
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize(
    "data",
    [{}, [], None, {"a": []}, {"a": [1.5, None], "b": {"c": [{"d": 'é"'}, {}], "e": [[1], []]}}, [[{"x": True}], {}]],
)
def test_an_answer_is_read_as_it_was(data: Any) -> None:
    assert json.loads(encoded(data)) == data


async def test_introspection_is_within_the_budget(client: Client) -> None:
    from graphql import get_introspection_query

    assert (await client.ask(get_introspection_query()))["__schema"]["queryType"]["name"] == "Query"


async def test_a_refusal_is_not_forgotten_when_the_document_is_known(client: Client) -> None:
    query = (
        "query($n: Int!) { runs(first: $n) { nodes { scenario { definition { queues { hours { days open } } } } } } }"
    )
    assert "errors" not in await client.answer(query, n=1)
    first, again = await client.answer(query, n=10_000), await client.answer(query, n=10_000)
    assert first["errors"][0]["extensions"]["code"] == again["errors"][0]["extensions"]["code"] == "OVER_LIMIT"
