"""What the stores keep, they return; lists are newest first; a key used twice finds what it made."""

import asyncio
import struct
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from server.database.connecting import Connection
from server.database.pool import Database
from server.first_start import DEMONSTRATED, ensure_local_organisation, find_demonstration
from server.store.keys import new_id
from server.store.organisations import (
    OrganisationKind,
    Role,
    bearers_token,
    create_organisation,
    create_token,
    find_organisation,
    list_tokens,
    note_use,
    revoke_token,
    token_hash,
)
from server.store.outcomes import ColumnKey, get_columns, get_head, pack, pick_columns, store_outcomes
from server.store.pages import Place
from server.store.run_lists import count_runs, list_runs
from server.store.runs import RunRow, RunStatus, get_run, get_runs, start_run
from server.store.scenarios import (
    ScenarioRow,
    count_scenarios,
    create_scenario,
    get_scenario,
    get_scenarios,
    list_scenarios,
)


async def make_scenario(connection: Connection, name: str = "Peak", key: str | None = None) -> ScenarioRow:
    return await create_scenario(
        connection,
        name=name,
        document='{"b":1.0,"a":[1e5,-0.0]}',
        source="b: 1.0",
        digest="abc",
        changes=[{"path": "queues.orders", "summary": "20 % more"}],
        idempotency_key=key,
    )


async def make_run(connection: Connection, scenario: ScenarioRow, key: str | None = None) -> RunRow:
    return await start_run(
        connection,
        scenario_id=scenario.id,
        document=scenario.document,
        digest=scenario.digest,
        experiment={"replications": 40, "seed": 7, "precision": None},
        idempotency_key=key,
    )


async def test_a_scenario_is_read_as_it_was_written_byte_for_byte(database: Database, organisation: UUID) -> None:
    async with database.tenant(organisation) as connection:
        made = await make_scenario(connection)
    async with database.tenant(organisation) as connection:
        read = await get_scenario(connection, made.id)
    assert read == made
    assert read.document == '{"b":1.0,"a":[1e5,-0.0]}'
    assert read.changes == [{"path": "queues.orders", "summary": "20 % more"}]
    assert (read.name, read.version, read.source, read.digest, read.base_id) == ("Peak", 1, "b: 1.0", "abc", None)


async def test_a_fork_names_its_base(database: Database, organisation: UUID) -> None:
    async with database.tenant(organisation) as connection:
        base = await make_scenario(connection)
        fork = await create_scenario(connection, name="Fork", document="{}", source="", digest="d", base_id=base.id)
    assert fork.base_id == base.id


async def test_a_key_used_again_returns_the_first_scenario_and_run(database: Database, organisation: UUID) -> None:
    async with database.tenant(organisation) as connection:
        first = await make_scenario(connection, "first", key="monday")
        assert await make_scenario(connection, "second", key="monday") == first
        run = await make_run(connection, first, key="monday")
        assert await make_run(connection, first, key="monday") == run
        assert (await count_scenarios(connection), await count_runs(connection)) == (1, 1)


async def test_one_key_submitted_many_times_at_once_makes_one_run(database: Database, organisation: UUID) -> None:
    async with database.tenant(organisation) as connection:
        scenario = await make_scenario(connection)

    async def submit() -> UUID:
        async with database.tenant(organisation) as connection:
            return (await make_run(connection, scenario, key="monday")).id

    assert len(set(await asyncio.gather(*(submit() for _ in range(30))))) == 1


async def test_a_started_run_waits_with_all_its_replications(database: Database, organisation: UUID) -> None:
    async with database.tenant(organisation) as connection:
        scenario = await make_scenario(connection)
        run = await make_run(connection, scenario)
        assert await get_run(connection, run.id) == run
    assert (run.status, run.completed, run.total, run.sequence) == (RunStatus.QUEUED, 0, 40, 1)
    assert (run.scenario_id, run.digest) == (scenario.id, scenario.digest)
    assert run.experiment == {"replications": 40, "seed": 7, "precision": None}
    assert (run.started_at, run.finished_at, run.failure_code) == (None, None, None)


async def test_what_does_not_exist_is_none(database: Database, organisation: UUID) -> None:
    async with database.tenant(organisation) as connection:
        assert await get_scenario(connection, uuid4()) is None
        assert await get_run(connection, uuid4()) is None
        assert await get_head(connection, uuid4()) is None
        assert await get_scenarios(connection, [uuid4()]) == {}
        assert await get_runs(connection, [uuid4()]) == {}


async def test_pages_go_from_the_newest_to_the_oldest_without_gap_or_repeat(
    database: Database, organisation: UUID
) -> None:
    async with database.tenant(organisation) as connection:
        made = [await make_scenario(connection, str(n)) for n in range(7)]
        runs = [await make_run(connection, made[0]) for _ in range(7)]
        for wanted, page_of in ((made, list_scenarios), (runs, list_runs)):
            read: list[ScenarioRow | RunRow] = []
            sizes: list[int] = []
            after: Place | None = None
            while True:
                page = await page_of(connection, first=3, after=after)
                read += page.rows
                sizes.append(len(page.rows))
                if not page.more:
                    break
                after = page.place(-1)
            assert read == wanted[::-1]
            assert sizes == [3, 3, 1]


async def test_a_page_of_exactly_all_has_no_more(database: Database, organisation: UUID) -> None:
    async with database.tenant(organisation) as connection:
        for n in range(3):
            await make_scenario(connection, str(n))
        assert not (await list_scenarios(connection, first=3)).more


def test_keys_made_later_are_greater() -> None:
    keys = [new_id() for _ in range(1000)]
    in_order = sum(earlier < later for earlier, later in pairwise(keys))
    assert in_order >= 990  # keys of one quarter of a microsecond are ordered by chance
    assert {key.version for key in keys} == {7}
    assert len(set(keys)) == 1000


async def test_outcomes_are_read_whole_or_column_by_column(database: Database, organisation: UUID) -> None:
    def column(queue: str, measure: str, *figures: float) -> tuple[str, str, str, str, str, bytes]:
        return "queue", queue, "day", measure, "mean", struct.pack(f"<{len(figures)}d", *figures)

    columns = [
        column("orders", "offered", 1.5, float("nan")),
        column("orders", "answered", 1.0),
        column("returns", "offered", 2.0),
    ]
    async with database.tenant(organisation) as connection:
        run = await make_run(connection, await make_scenario(connection))
        await store_outcomes(connection, run.id, pack({"zone": "Europe/Berlin"}, columns, b""))
    async with database.tenant(organisation) as connection:
        assert await get_head(connection, run.id) == {"zone": "Europe/Berlin"}
        assert sorted(await get_columns(connection, run.id)) == sorted(columns)
        wanted = [
            ColumnKey(run.id, "queue", "orders", "day", "offered", "mean"),
            ColumnKey(run.id, "queue", "returns", "day", "offered", "mean"),
            ColumnKey(run.id, "queue", "returns", "day", "offered", "sd"),
        ]
        assert await pick_columns(connection, wanted) == {wanted[0]: columns[0][5], wanted[1]: columns[2][5]}


async def test_a_token_opens_until_it_is_revoked(database: Database, organisation: UUID) -> None:
    async with database.tenant(organisation) as connection:
        token, made = await create_token(connection, role=Role.PLANNER, label="Ana")
        stored = await connection.fetch("SELECT * FROM tokens")
    assert token not in str(stored)
    async with database.bearer(token_hash(token)) as connection:
        assert await bearers_token(connection) == made
    async with database.tenant(organisation) as connection:
        assert await revoke_token(connection, made.id)
        assert not await revoke_token(connection, made.id)
    async with database.bearer(token_hash(token)) as connection:
        assert await bearers_token(connection) is None


@pytest.mark.parametrize(("minutes", "opens"), [(5, True), (-5, False)])
async def test_a_token_opens_until_it_expires(
    database: Database, organisation: UUID, minutes: int, opens: bool
) -> None:
    async with database.tenant(organisation) as connection:
        expires = datetime.now(UTC) + timedelta(minutes=minutes)
        token, _ = await create_token(connection, role=Role.VIEWER, expires_at=expires)
    async with database.bearer(token_hash(token)) as connection:
        assert (await bearers_token(connection) is not None) == opens


async def test_a_tokens_use_is_remembered(database: Database, organisation: UUID) -> None:
    async with database.tenant(organisation) as connection:
        _, made = await create_token(connection, role=Role.VIEWER)
        await note_use(connection, made.id)
        (used,) = (await list_tokens(connection, first=2)).rows
    assert made.last_used_at is None
    assert used.last_used_at is not None


async def test_an_organisation_is_found_by_its_name(database: Database) -> None:
    async with database.administration() as connection:
        made = await create_organisation(connection, name="Care Partners", kind=OrganisationKind.VENDOR)
        assert await find_organisation(connection, "Care Partners") == made
        assert await find_organisation(connection, "care partners") is None


async def test_the_first_start_makes_one_organisation_whose_token_opens(database: Database) -> None:
    tokens = await asyncio.gather(
        *(ensure_local_organisation(database, demonstration="single-queue") for _ in range(3))
    )
    (token,) = [each for each in tokens if each]
    async with database.bearer(token_hash(token)) as connection:
        row = await bearers_token(connection)
    assert row is not None
    assert row.role == Role.ADMIN
    async with database.tenant(row.organisation_id) as connection:
        (run,) = (await list_runs(connection, first=5)).rows
        (scenario,) = (await list_scenarios(connection, first=5)).rows
    assert (run.status, run.scenario_id, run.total) == (RunStatus.QUEUED, scenario.id, DEMONSTRATED)
    assert await find_demonstration(database) == run


async def test_a_database_with_an_organisation_is_left_as_it_is(database: Database, organisation: UUID) -> None:
    assert await ensure_local_organisation(database) is None
    assert await find_demonstration(database) is None
    async with database.administration() as connection:
        assert await find_organisation(connection, "Local") is None
