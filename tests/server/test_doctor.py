"""doctor: what it finds, and that every finding says what to do."""

import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from server import doctor
from server.database import soundness
from server.doctor import Finding, examine

ROLE_FAULTS = {
    "ALTER ROLE springtide_worker LOGIN": "springtide_worker can sign in; ALTER ROLE it NOLOGIN",
    "ALTER ROLE springtide_admin RENAME TO springtide_other": "springtide_admin is not there; run",
    "REVOKE springtide_admin FROM SESSION_USER": "springtide_admin is not granted to this login; run",
}


@pytest.fixture
def environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


async def findings() -> list[Finding]:
    return [finding async for finding in examine()]


async def bad() -> list[str]:
    return [finding.what for finding in await findings() if not finding.good]


@pytest.mark.usefixtures("environment")
async def test_a_sound_database_is_told_with_version_schema_roles_and_clock() -> None:
    assert await bad() == []
    told = " | ".join(finding.what for finding in await findings())
    for part in ("PostgreSQL 1", "reached, schema current", "roles as made", "the database's clock is 0.0 s"):
        assert part in told


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """In a transaction that is undone, as roles are those of the whole server."""
    opened = await asyncpg.connect(database_url)
    undone = opened.transaction()
    await undone.start()
    yield opened
    await undone.rollback()
    await opened.close()


@pytest.mark.parametrize(("fault", "said"), ROLE_FAULTS.items())
async def test_a_role_that_is_not_as_made_is_found(connection: asyncpg.Connection, fault: str, said: str) -> None:
    assert (await soundness.look(connection)).wrong_roles == []
    login = await connection.fetchval("SELECT quote_ident(session_user)")
    await connection.execute(fault.replace("SESSION_USER", login))
    (wrong,) = (await soundness.look(connection)).wrong_roles
    assert wrong.startswith(said)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(("shift", "said"), [(7200, "7200.0 s behind"), (-60, "60.0 s ahead")])
async def test_clocks_that_differ_are_found(monkeypatch: pytest.MonkeyPatch, shift: float, said: str) -> None:
    class Shifted:
        @staticmethod
        def time() -> float:
            return time.time() + shift

    monkeypatch.setattr(soundness, "time", Shifted)
    (found,) = await bad()
    assert f"the database's clock is {said}" in found
    assert "set both clocks" in found


class Usage(NamedTuple):
    total: int
    used: int
    free: int


async def test_a_disk_that_fills_up_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("SPRINGTIDE_DATA_DIR", str(tmp_path / "data"))
    assert await bad() == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12 - 10**8, 10**8))
    (found,) = await bad()
    assert found.startswith(f"data folder {tmp_path}/data: 0.1 GB free; free some")


async def test_a_folder_that_cannot_keep_compiled_code_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SPRINGTIDE_CODE_DIR", str(tmp_path / "file" / "code"))
    found = doctor._compiled_code()
    assert not found.good
    assert "set SPRINGTIDE_CODE_DIR to a folder that can be written" in found.what


async def test_a_database_that_is_not_there_is_one_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://planner:secret@127.0.0.1:1/springtide")
    (found,) = await bad()
    assert found.startswith("database 127.0.0.1:1/springtide: nobody listens there; ")
