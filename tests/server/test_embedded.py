"""The embedded PostgreSQL: one a data folder, there while anyone uses it, gone with the last, however that one goes."""

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from server.database.connecting import connect
from server.database.embedded import EmbeddedPostgres
from server.database.errors import DataFolderError

PATIENCE = 30.0
AS_ROOT = os.geteuid() == 0

USER = """
import sys
from pathlib import Path
from server.database.embedded import EmbeddedPostgres
server = EmbeddedPostgres.open(Path(sys.argv[1]))
print(server.url(), flush=True)
sys.stdin.readline()
server.close()
"""


@contextmanager
def another_user(folder: Path) -> "Iterator[subprocess.Popen[str]]":
    """Another process with a share in the folder's server; it leaves when told to, or is killed."""
    command = [sys.executable, "-c", USER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def server_process(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def ask(url: str, *statements: str) -> object:
    connection = await connect(url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


async def test_what_is_stored_is_there_after_the_server_was_stopped_and_started(data_folder: Path) -> None:
    first = EmbeddedPostgres.open(data_folder)
    await ask(first.url(), "CREATE SCHEMA kept", "CREATE TABLE kept.t AS SELECT 42 AS answer", "SELECT 1")
    pid = server_process(data_folder)
    assert first.close() is True
    assert not is_running(pid)
    second = EmbeddedPostgres.open(data_folder)
    try:
        assert await ask(second.url(), "SELECT answer FROM kept.t") == 42
    finally:
        second.close()


async def test_the_login_is_no_superuser_and_the_server_is_safe(data_folder: Path) -> None:
    server = EmbeddedPostgres.open(data_folder)
    try:
        url = server.url()
        assert await ask(url, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") is False
        assert await ask(url, "SHOW fsync") == "on"
        assert await ask(url, "SHOW server_encoding") == "UTF8"
        assert await ask(url, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C"
        assert await ask(url, "SHOW listen_addresses") == ""
        assert await ask(url, "SHOW timezone") == "UTC"
        with pytest.raises(Exception, match="password authentication failed"):
            await connect(url.replace(url.split(":")[2].split("@")[0], "guessed"))
    finally:
        server.close()


def test_folder_and_password_are_closed_to_others(data_folder: Path) -> None:
    EmbeddedPostgres.open(data_folder).close()
    assert stat.S_IMODE(data_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((data_folder / "password").stat().st_mode) == 0o600


@pytest.mark.skipif(not AS_ROOT, reason="only root starts the server as another user")
def test_as_root_the_server_is_another_user(data_folder: Path) -> None:
    server = EmbeddedPostgres.open(data_folder)
    try:
        owner = Path(f"/proc/{server_process(data_folder)}").stat().st_uid
    finally:
        server.close()
    assert owner != 0
    assert owner == data_folder.stat().st_uid


async def test_two_processes_share_one_server_and_the_last_to_leave_stops_it(data_folder: Path) -> None:
    with another_user(data_folder) as other:
        url = line_of(other.stdout)
        own = EmbeddedPostgres.open(data_folder)
        pid = server_process(data_folder)
        assert own.url() == url
        other.communicate("leave\n")
        assert await ask(own.url(), "SELECT 1") == 1
        assert is_running(pid)
        assert own.close() is True
    assert not is_running(pid)


async def test_who_starts_it_may_leave_while_others_stay(data_folder: Path) -> None:
    own = EmbeddedPostgres.open(data_folder)
    with another_user(data_folder) as other:
        url = line_of(other.stdout)
        assert own.close() is False
        assert await ask(url, "SELECT 1") == 1
        pid = server_process(data_folder)
        other.communicate("leave\n")
    assert not is_running(pid)


def test_processes_that_start_at_once_get_one_server(data_folder: Path) -> None:
    with another_user(data_folder) as one, another_user(data_folder) as two, another_user(data_folder) as three:
        urls = {line_of(each.stdout) for each in (one, two, three)}
        assert len(urls) == 1
        assert urls != {""}
        for each in (one, two, three):
            each.communicate("leave\n")


def test_a_killed_user_leaves_no_server_behind(data_folder: Path) -> None:
    with another_user(data_folder) as other:
        line_of(other.stdout)
        pid = server_process(data_folder)
        other.send_signal(signal.SIGKILL)
        until(lambda: not is_running(pid))


async def test_a_killed_server_is_started_again_with_all_that_was_committed(data_folder: Path) -> None:
    server = EmbeddedPostgres.open(data_folder)
    try:
        await ask(server.url(), "DROP SCHEMA IF EXISTS safe CASCADE", "CREATE SCHEMA safe", "SELECT 1")
        await ask(server.url(), "CREATE TABLE safe.t AS SELECT 7 AS answer", "SELECT 1")
        killed = server_process(data_folder)
        os.kill(killed, signal.SIGKILL)
        until(lambda: has_restarted(data_folder, killed))
        assert await ask(server.url(), "SELECT answer FROM safe.t") == 7
    finally:
        server.close()


def owner_of(path: Path) -> tuple[int, int]:
    return path.stat().st_uid, path.stat().st_gid


def has_restarted(folder: Path, killed: int) -> bool:
    try:
        lines = (folder / "postgres" / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return int(lines[0]) != killed and len(lines) > 7 and lines[7].strip() == "ready"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
async def test_a_killed_keeper_takes_its_server_along_and_another_start_succeeds(data_folder: Path) -> None:
    first = EmbeddedPostgres.open(data_folder)
    pid = server_process(data_folder)
    keeper = parent_of(pid)
    os.kill(keeper, signal.SIGKILL)
    until(lambda: not is_running(keeper))
    second = EmbeddedPostgres.open(data_folder)
    try:
        assert not is_running(pid)
        assert await ask(second.url(), "SELECT 1") == 1
    finally:
        second.close()
        first.close()


async def test_a_pid_file_left_by_a_dead_server_whose_number_we_now_have_is_no_obstacle(data_folder: Path) -> None:
    EmbeddedPostgres.open(data_folder).close()
    stale = data_folder / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{data_folder / 'postgres'}\n1700000000\n5432\n{data_folder}\n\n1 2\nready   \n")
    shutil.chown(stale, *owner_of(data_folder))
    server = EmbeddedPostgres.open(data_folder)
    try:
        assert await ask(server.url(), "SELECT 1") == 1
    finally:
        server.close()


async def test_a_first_start_that_was_interrupted_is_begun_anew(data_folder: Path) -> None:
    folder = data_folder / "interrupted"
    (folder / "postgres.unfinished").mkdir(parents=True)
    (folder / "postgres.unfinished" / "PG_VERSION").write_text("18\n")
    (folder / "password.unfinished").write_text("")
    os.chmod(data_folder, 0o755)
    server = EmbeddedPostgres.open(folder)
    try:
        assert await ask(server.url(), "SELECT 1") == 1
    finally:
        server.close()


async def test_a_folder_with_a_long_path_works(data_folder: Path) -> None:
    os.chmod(data_folder, 0o755)
    folder = data_folder / ("long-" * 20)
    server = EmbeddedPostgres.open(folder)
    sockets = (folder / "sockets").readlink()
    try:
        assert await ask(server.url(), "SELECT 1") == 1
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    finally:
        server.close()
        sockets.rmdir()


def test_a_folder_of_another_version_says_so(data_folder: Path) -> None:
    EmbeddedPostgres.open(data_folder).close()
    version = data_folder / "postgres" / "PG_VERSION"
    made_by = version.read_text()
    version.write_text("13\n")
    try:
        with pytest.raises(DataFolderError, match="made by PostgreSQL 13, and this program brings 18; dump it with"):
            EmbeddedPostgres.open(data_folder)
    finally:
        version.write_text(made_by)


def test_a_server_that_does_not_start_says_why(data_folder: Path) -> None:
    EmbeddedPostgres.open(data_folder).close()
    settings = data_folder / "postgres" / "postgresql.auto.conf"
    settings.write_text("shared_buffers = 'many'\n")
    try:
        with pytest.raises(DataFolderError, match=r"does not start: .*postgresql.auto.conf.*; see .*postgres.log"):
            EmbeddedPostgres.open(data_folder)
    finally:
        settings.write_text("")


def test_a_file_in_the_place_of_the_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(DataFolderError, match="not a folder; set SPRINGTIDE_DATA_DIR"):
        EmbeddedPostgres.open(tmp_path / "data")


@pytest.mark.skipif(AS_ROOT, reason="root may write anywhere")
def test_a_folder_that_we_may_not_write_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DataFolderError, match=r"may not write there; set SPRINGTIDE_DATA_DIR"):
        EmbeddedPostgres.open(tmp_path / "data")


@pytest.mark.skipif(not AS_ROOT, reason="only root starts the server as another user")
def test_a_folder_below_one_that_is_closed_to_the_server_says_so(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(DataFolderError, match=r"is closed to user .* does not run as root; set SPRINGTIDE_DATA_DIR"):
        EmbeddedPostgres.open(closed / "data")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.EROFS, "read-only; set SPRINGTIDE_DATA_DIR"), (errno.ENOSPC, "the disk is full; free some space")],
)
def test_a_disk_that_takes_nothing_says_so(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(DataFolderError, match=said) as caught:
        EmbeddedPostgres.open(data_folder)
    assert caught.value.folder == data_folder


def test_nothing_but_the_folder_itself_changes_hands(data_folder: Path) -> None:
    parent = data_folder.parent.stat()
    EmbeddedPostgres.open(data_folder).close()
    after = data_folder.parent.stat()
    assert (parent.st_uid, parent.st_gid, parent.st_mode) == (after.st_uid, after.st_gid, after.st_mode)
