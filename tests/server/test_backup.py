"""Backup and restore with PostgreSQL's own programs: the same answers from another server, and no empty backup."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from server.administration import back_up, restore
from server.database.backup import BackupError
from server.database.cluster import SUPERUSER, packaged_binaries, run_as
from server.database.embedded import EmbeddedPostgres
from server.database.errors import DatabaseUnpreparedError
from server.database.migrate import migrate
from server.database.opening import database_url, open_database
from server.database.pool import Database
from server.settings import Settings
from server.store.claims import LostRunError, claim_run, fail_run, renew_lease
from server.store.organisations import (
    OrganisationKind,
    Role,
    create_organisation,
    create_token,
    revoke_token,
)
from server.store.runs import FailureCode, RunStatus
from tests.server.answers import all_answers
from tests.server.api import Client, client_of
from tests.server.engines import document, simulated
from tests.server.test_rescoring import OUTSOURCED
from tests.server.working import finished_run, queue_run, read_run, shards_stored, until_simulated, worker_process

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("backup")]


@dataclass(frozen=True)
class Full:
    """A database with something of everything in it."""

    settings: Settings
    tokens: dict[str, str]
    revoked: str
    organisations: list[UUID]
    under_way: UUID
    stored: list[int]
    log: Path


async def fill(url: str, settings: Settings, log: Path) -> Full:
    """Three organisations with scenarios and runs in every state, one of them half simulated by a killed worker."""
    await migrate(url)
    tokens: dict[str, str] = {}
    organisations: list[UUID] = []
    async with Database.open(url, connections=4) as database:
        for name, kind in (("Harbour", "CLIENT"), ("Acme", "VENDOR"), ("Mill", "CLIENT")):
            async with database.administration() as connection:
                made = await create_organisation(connection, name=name, kind=OrganisationKind(kind))
            organisations.append(made.id)
            async with client_of(database, made.id) as client:
                await inhabit(client, database)
                tokens[name] = str(client.token)
        async with database.tenant(organisations[0]) as connection:
            revoked, row = await create_token(connection, role=Role.VIEWER, label="gone")
            await revoke_token(connection, row.id)
        under_way = await queue_run(database, organisations[1], document(log, shards=6, seconds=0.4), seed=3)
        async with worker_process(url, 60.0) as worker:
            await until_simulated(log, 5)
            worker.send_signal(signal.SIGKILL)
            await worker.wait()
        stored = await shards_stored(database, organisations[1], under_way)
    assert 0 < len(stored) < 6
    return Full(settings, tokens, revoked, organisations, under_way, stored, log)


async def inhabit(client: Client, database: Database) -> None:
    run = await client.finished_run(OUTSOURCED)
    base = (await client.ask("query ($run: ID!) { run(id: $run) { scenario { id } } }", run=run))["run"]
    await client.ask("ForkScenario", base=base["scenario"]["id"], name="More", key="once")
    await client.finished_run()
    await client.ask("CancelRun", run=await client.start_run())
    await client.start_run()
    async with database.queue() as connection:
        claim = await claim_run(connection, 60.0, "test-1")
    assert claim is not None
    async with database.tenant(client.organisation) as connection:
        await fail_run(connection, claim, FailureCode.SIMULATION_FAILED, "no such queue")
    await client.ask("CancelRun", run=await client.start_run())


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Open to the server's user, and of a short path for its socket."""
    with tempfile.TemporaryDirectory(prefix="springtide-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def two_folders(place: Path) -> tuple[Path, Path]:
    return place / "one", place / "two"


@pytest.fixture(scope="module")
def full(two_folders: tuple[Path, Path], place: Path) -> Iterator[Full]:
    """In an embedded server of its own, whose superuser we know."""
    server = EmbeddedPostgres.open(two_folders[0])
    settings = Settings(database_url=None, data_dir=two_folders[0])
    yield asyncio.run(fill(server.url(), settings, place / "shards.log"))
    server.close()


async def answers(settings: Settings, tokens: dict[str, str]) -> dict[str, dict[str, bytes]]:
    async with open_database(settings) as database:
        return await all_answers(database, tokens)


async def same_after_restore(full: Full, target: Settings, file: Path) -> None:
    before = await answers(full.settings, full.tokens)
    assert [len(each) for each in before.values()] == [35, 40, 35]
    assert len({b"".join(each.values()) for each in before.values()}) == 3
    await back_up(full.settings, file)
    assert mode(file) == 0o600
    assert await restore(target, file) == []
    assert await answers(target, full.tokens) == before
    async with open_database(target) as database:
        await taken_up(full, database)


async def taken_up(full: Full, database: Database) -> None:
    """The run that was under way at the backup ends with the shards that it lacked, and no more."""
    vendor = full.organisations[1]
    assert (await read_run(database, vendor, full.under_way)).status is RunStatus.RUNNING
    begun = len(simulated(full.log))
    async with worker_process(database.url, 60.0):
        run = await finished_run(database, vendor, full.under_way)
    assert (run.status, run.completed) == (RunStatus.SUCCEEDED, 6)
    again = simulated(full.log)[begun:]
    assert sorted(again) == sorted(set(range(6)) - set(full.stored))


async def test_another_server_gives_the_same_answers_and_takes_up_what_was_under_way(
    full: Full, two_folders: tuple[Path, Path], tmp_path: Path
) -> None:
    target = Settings(database_url=None, data_dir=two_folders[1])
    await same_after_restore(full, target, tmp_path / "springtide.backup")
    async with open_database(target) as database, database.tenant(full.organisations[0]) as connection:
        revoked = await connection.fetch("SELECT revoked_at IS NOT NULL AS revoked FROM tokens WHERE label = 'gone'")
    assert [token["revoked"] for token in revoked] == [True]


DEBIAN = Path("/usr/lib/postgresql/15/bin")
COMPOSE = Path(__file__).parent.parent.parent / "docker-compose.yml"


@pytest.fixture
def old_server(place: Path) -> Iterator[str]:
    """An empty PostgreSQL 15 of its own, with the login and database that compose makes."""
    if not (DEBIAN / "initdb").exists():
        pytest.skip("there is no PostgreSQL 15 on this machine")
    folder = place / "fifteen"
    folder.mkdir(mode=0o700, exist_ok=True)
    user = EmbeddedPostgres.open(place / "one")._cluster.user
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)

    def run(*words: str) -> None:
        subprocess.run(words, check=True, cwd=folder, capture_output=True, **run_as(user))

    run(str(DEBIAN / "initdb"), "-D", f"{folder}/data", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "-N")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    run(str(DEBIAN / "pg_ctl"), "-D", f"{folder}/data", "-w", "-o", options, "-l", f"{folder}/log", "start")
    yield f"postgresql://postgres@/postgres?host={folder}"
    run(str(DEBIAN / "pg_ctl"), "-D", f"{folder}/data", "-w", "-m", "immediate", "stop")


async def test_a_backup_of_the_newest_server_comes_back_in_the_oldest_one(
    full: Full, old_server: str, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(old_server)
    await connection.execute("CREATE ROLE springtide LOGIN CREATEROLE")
    await connection.execute("CREATE DATABASE springtide OWNER springtide")
    await connection.close()
    url = old_server.replace("postgres@/postgres", "springtide@/springtide")
    await same_after_restore(full, Settings(database_url=url, data_dir=tmp_path), tmp_path / "springtide.backup")


async def test_a_worker_of_the_time_before_cannot_write_to_what_was_restored(
    full: Full, place: Path, tmp_path: Path
) -> None:
    """Its database went back in time under it, so its epoch could come to be another worker's."""
    source = Settings(database_url=None, data_dir=full.settings.data_dir)
    await back_up(source, tmp_path / "b")
    async with open_database(source) as database, database.queue() as connection:
        await connection.execute("UPDATE runs SET lease_until = NULL WHERE id = $1", full.under_way)
        zombie = await claim_run(connection, 60.0, "test-1")
        while zombie is not None and zombie.run_id != full.under_way:
            zombie = await claim_run(connection, 60.0, "test-1")
    assert zombie is not None
    target = Settings(database_url=None, data_dir=place / "three")
    await restore(target, tmp_path / "b")
    async with open_database(target) as database:
        async with database.queue() as connection:
            while (claim := await claim_run(connection, 60.0, "test-1")) and claim.run_id != full.under_way:
                pass
        assert claim is not None
        assert claim.epoch > zombie.epoch
        with pytest.raises(LostRunError):
            async with database.tenant(full.organisations[1]) as connection:
                await renew_lease(connection, zombie, 60.0)


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def pg_dump(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([packaged_binaries() / "pg_dump", *words], capture_output=True, text=True, check=False)


async def test_a_login_that_sees_no_rows_is_refused_a_backup(full: Full, tmp_path: Path) -> None:
    async with database_url(full.settings) as url:
        settings = Settings(database_url=url, data_dir=tmp_path)
        with pytest.raises(DatabaseUnpreparedError, match="would be empty; name in DATABASE_URL a superuser"):
            await back_up(settings, tmp_path / "b")
    assert names(tmp_path) == []


@pytest.mark.parametrize("role", [(), ("--role=springtide_owner",), ("--role=springtide_app",)])
async def test_pg_dump_itself_fails_loudly_for_every_role_that_row_security_holds_for(
    full: Full, tmp_path: Path, role: tuple[str, ...]
) -> None:
    async with database_url(full.settings) as url:
        done = pg_dump("--schema=springtide", *role, f"--file={tmp_path}/dump", url)
    assert done.returncode != 0
    assert "row-level security" in done.stderr or "permission denied" in done.stderr


async def test_pg_dump_as_the_superuser_sees_every_row(full: Full, tmp_path: Path) -> None:
    async with database_url(full.settings, login=SUPERUSER) as url:
        done = pg_dump("--data-only", "--table=springtide.runs", url)
    assert str(full.under_way) in done.stdout


async def test_a_database_that_is_lived_in_is_not_written_over(full: Full, tmp_path: Path) -> None:
    await back_up(full.settings, tmp_path / "b")
    with pytest.raises(BackupError, match="holds a springtide schema already, and nothing was touched; restore into"):
        await restore(full.settings, tmp_path / "b")


async def test_a_file_that_is_no_backup_leaves_the_database_empty(empty_database_url: str, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("not a backup")
    settings = Settings(database_url=empty_database_url, data_dir=tmp_path)
    with pytest.raises(BackupError, match="valid archive"):
        await restore(settings, tmp_path / "b")
    with pytest.raises(BackupError, match="there is no such file; name one"):
        await restore(settings, tmp_path / "absent")
    assert await migrate(empty_database_url) != []


async def test_a_backup_is_made_whole_or_not_at_all(full: Full, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("an older one")
    with pytest.raises(BackupError, match="it is there already"):
        await back_up(full.settings, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "an older one"
    with pytest.raises(BackupError, match="no such file or directory; name another place"):
        await back_up(full.settings, tmp_path / "absent" / "b")
    assert names(tmp_path) == ["b"]


def test_the_command_line_backs_up_and_restores(full: Full, place: Path, tmp_path: Path) -> None:
    def springtide(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-c", "from server.cli import main; main()", *words]
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment["SPRINGTIDE_DATA_DIR"] = str(data)
        return subprocess.run(program, env=environment, capture_output=True, text=True, check=False)

    file = str(tmp_path / "b")
    assert springtide("backup", file, data=full.settings.data_dir).stdout.startswith(f"backed up to {file}, ")
    target = place / "four"
    assert springtide("restore", file, data=target).stdout == f"restored from {file}\n"
    again = springtide("restore", file, data=target)
    assert (again.returncode, again.stdout) == (1, "")
    assert "nothing was touched" in again.stderr
    shutil.rmtree(target)
