"""How many statements each operation that clients rely on sends to the database: what grows is seen here."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from server.database.connecting import Connection
from server.database.pool import Database
from tests.server.api import SHOP, Client, operations
from tests.server.served import Served
from tests.server.tender import CLOSE, WORK, done, in_an_hour, offer, tender

STATEMENTS = {
    "CreateScenario": 4,
    "ForkScenario": 8,
    "StartRun": 14,
    "CancelRun": 11,
    "Status": 3,
    "Outcomes": 5,
    "Interval": 5,
    "Compare": 3,
    "Lists": 5,
    "Preview": 1,
}
"""Of these one is the look at who asks; what begins and what ends each transaction comes on top."""
BETWEEN = {"CreateRequest": 10, "Invite": 14, "Submit": 16, "Save": 17, "Test": 15, "Board": 5, "Award": 24}
"""Likewise, of a request and its proposals."""
NOT_OURS = ("typeinfo_tree", "'jit'", "set_config('jit'", "SET last_used_at")
"""What the driver asks once a connection, and what is noted once a minute."""
ELSEWHERE = {"Watch": "a subscription, counted by itself below"}


@contextmanager
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement of the transactions begun meanwhile."""
    statements: list[str] = []
    transaction = Database._transaction

    @asynccontextmanager
    async def counted(database: Database, setting: str = "") -> AsyncIterator[Connection]:
        async with transaction(database, setting) as connection:
            with connection.query_logger(lambda record: statements.append(" ".join(record.query.split()))):
                yield connection
        statements[:] = [one for one in statements if not any(words in one for words in NOT_OURS)]

    with monkeypatch.context() as patched:
        patched.setattr(Database, "_transaction", counted)
        patched.setattr("server.graphql.context.BELIEVED_SECONDS", 3600.0)  # however slow the machine
        patched.setattr("server.access.BELIEVED_SECONDS", 0.0)  # the first request of a client
        yield statements


def test_every_operation_that_clients_rely_on_is_counted() -> None:
    assert operations().keys() == STATEMENTS.keys() | BETWEEN.keys() | ELSEWHERE.keys()


async def test_no_operation_between_organisations_asks_more_often_than_it_did(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await tender(client)
    vendor, request = held.bidder.client, held.request
    await held.bidder.submit(request, await held.text())
    scenario = await held.client.create_scenario(WORK)
    proposal, other = {"proposal": held.bidder.proposal}, offer("alder", agents=4)
    asked: list[tuple[str, Client, dict[str, Any]]] = [
        ("CreateRequest", held.client, {"scenario": scenario, "closesAt": in_an_hour()}),
        ("Invite", held.client, {"request": request, "vendors": ["Cedar Care"]}),
        ("Submit", vendor, {**proposal, "version": 1}),
        ("Save", vendor, {"request": request, "document": other}),
        ("Test", vendor, proposal),
        ("Board", held.client, {"request": request}),
        ("Award", held.client, {"request": request, "proposals": [held.bidder.proposal]}),
    ]
    counts = {}
    for name, asking, variables in asked:
        if name == "Award":
            await done(held.client, CLOSE, requestId=request)
        with told(monkeypatch) as statements:
            await asking.ask(name, **variables)
        counts[name] = len(statements)
    assert counts == BETWEEN


async def test_no_operation_asks_the_database_more_often_than_it_did(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, other = await client.finished_run(), await client.finished_run()
    for _ in range(3):
        waiting = await client.start_run()
    scenario = await client.create_scenario()
    variables: dict[str, dict[str, Any]] = {
        "CreateScenario": {"document": SHOP},
        "ForkScenario": {"base": scenario, "name": "Fork", "key": "once"},
        "StartRun": {"scenario": scenario, "key": "once"},
        "CancelRun": {"run": waiting},
        "Compare": {"baseline": run, "runs": [other, run]},
        "Lists": {},
        "Preview": {"document": SHOP},
    }
    counts = {}
    for name in STATEMENTS:
        with told(monkeypatch) as statements:
            await client.ask(name, **variables.get(name, {"run": run}))
        counts[name] = len(statements)
    assert counts == STATEMENTS


async def test_watching_asks_once_a_change(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await served.client.start_run()
    with told(monkeypatch) as statements:
        async with served.watching(run) as watching:
            assert await watching.next() == (1, "QUEUED", 0)
            await served.client.ask("CancelRun", run=run)
            assert (await watching.next())[1] == "CANCELLED"
    looks = [
        statement for statement in statements if statement.startswith("SELECT") and "FROM runs WHERE id" in statement
    ]
    assert 2 <= len(looks) <= 6  # two of the subscription and one of the cancelling, or two where notices come twice
