"""The walk through the catalogues finds nothing in a migrated database, and each defect that is planted in one."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server import doctor
from server.database.catalogue import Gap, gaps
from server.database.connecting import Connection
from server.database.pool import Database
from server.database.privileges import (
    FOREIGN_KEYS_ACROSS,
    GRANTS,
    KEYS_ACROSS,
    POLICIES,
    ROLES,
    WITHOUT_ORGANISATION,
)
from tests.server.conftest import run_sql
from tests.server.planted import DEFECTS


async def test_a_migrated_database_has_no_gap(database: Database) -> None:
    assert await database.gaps() == []


async def as_the_program_sees(connection: Connection, login: str | None) -> list[Gap]:
    await connection.execute(f"SET LOCAL SESSION AUTHORIZATION {login}")
    await connection.execute("SET LOCAL ROLE springtide_app")
    return await gaps(connection)


@pytest.mark.parametrize("defect", DEFECTS)
async def test_a_planted_defect_is_found_and_nothing_else(planting: Connection, database_url: str, defect: str) -> None:
    statements, expected = DEFECTS[defect]
    for statement in statements:
        await planting.execute(statement)
    found = sorted(str(gap) for gap in await as_the_program_sees(planting, urlsplit(database_url).username))
    assert len(found) == len(expected), found
    for said, wanted in zip(found, sorted(expected), strict=True):
        assert said.startswith(wanted)


async def test_a_superuser_as_login_is_found(planting: Connection) -> None:
    powers = {gap.problem.partition(": ")[2] for gap in await gaps(planting)}
    assert {"has SUPERUSER", "has BYPASSRLS"} <= powers


async def test_doctor_tells_each_gap_with_its_mend(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SPRINGTIDE_DATA_DIR", str(tmp_path))
    told = [str(finding) for finding in [finding async for finding in doctor.examine()]]
    assert "ok       organisations are kept apart: 0 findings in the catalogue" in told
    await run_sql(database_url, "SET ROLE springtide_owner", "ALTER TABLE springtide.runs NO FORCE ROW LEVEL SECURITY")
    (wrong,) = [finding async for finding in doctor.examine() if not finding.good]
    assert "table runs: row security is not enabled and forced; ALTER TABLE springtide.runs ENABLE" in wrong.what


async def test_what_was_agreed_is_there(database: Database) -> None:
    """An exception for something that has gone would let it come back unseen."""
    async with database._transaction() as connection:
        tables = await connection.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'springtide'::regnamespace")
        policies = await connection.fetch(
            "SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'springtide'"
        )
        constraints = await connection.fetch("SELECT conname FROM pg_constraint WHERE contype = 'f'")
    assert FOREIGN_KEYS_ACROSS.keys() <= {row["conname"] for row in constraints}
    assert {*KEYS_ACROSS, *WITHOUT_ORGANISATION} <= {row["relname"] for row in tables}
    assert POLICIES.keys() <= {tuple(row) for row in policies}
    assert {role for role, _ in GRANTS} <= {*ROLES}
