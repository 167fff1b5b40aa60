"""An embedded PostgreSQL: the first process that wants it starts it, others share it, the last one stops it."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from server.database import cluster as clusters
from server.database.cluster import Cluster
from server.database.errors import DataFolderError
from server.database.locks import FileLock

START_SECONDS = 120.0
STOP_SECONDS = 60.0
LOOK_SECONDS = 0.05


class EmbeddedPostgres:
    """A share in the running server of a data folder; it lives until `close`, or until this process ends."""

    def __init__(self, cluster: Cluster, users: FileLock, keeper: "subprocess.Popen[bytes] | None") -> None:
        self._cluster = cluster
        self._users = users
        self._keeper = keeper

    @classmethod
    def open(cls, folder: Path) -> "EmbeddedPostgres":
        """Join the server of `folder`, starting it and making its cluster as needed. Blocks for some seconds then."""
        if sys.platform == "win32":
            raise DataFolderError(folder, "no embedded PostgreSQL on Windows", "set DATABASE_URL")
        user = clusters.open_folder(folder)
        try:
            users, starting = FileLock(folder / "users.lock"), FileLock(folder / "starting.lock")
        except OSError as error:
            raise clusters.folder_error(folder, error) from error
        users.share()  # waits while a former server is being stopped
        try:
            with starting:
                cluster = clusters.prepare(folder, user)
                running = _is_kept(folder) and _is_ready(cluster)
                keeper = None if running else _start(cluster)
        except BaseException:
            users.close()
            raise
        return cls(cluster, users, keeper)

    def url(self, database: str = "springtide", login: str = clusters.LOGIN) -> str:
        password, sockets = self._cluster.password, quote(str(self._cluster.sockets), safe="")
        return f"postgresql://{login}:{password}@/{database}?host={sockets}&port=5432"

    def close(self) -> bool:
        """Leave the server; the last to leave sees it stop, and is told so by True."""
        self._users.release()
        deadline = time.monotonic() + STOP_SECONDS
        while (kept := _is_kept(self._cluster.folder)) and not self._is_used() and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        self._users.close()
        if self._keeper:
            self._keeper.poll()
        return not kept

    def _is_used(self) -> bool:
        """Whether others share the server: we may share the lock and yet not have it for ourselves."""
        if self._users.try_to_take():
            self._users.release()
            return False
        shared = self._users.try_to_share()
        self._users.release()
        return shared


def _start(cluster: Cluster) -> "subprocess.Popen[bytes]":
    _await_orphan(cluster)
    log = cluster.folder / "postgres.log"
    said_before = log.stat().st_size if log.exists() else 0
    keeper = subprocess.Popen(
        [sys.executable, "-P", "-m", "server.database.keeper", cluster.folder],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # it outlives us and hears no Ctrl-C of our terminal
    )
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(cluster):
        if keeper.poll() is not None or time.monotonic() > deadline:
            keeper.terminate()
            said = log.read_text(errors="replace")[said_before:] if log.exists() else ""
            raise clusters.start_error(cluster.folder, said)
        time.sleep(LOOK_SECONDS)
    return keeper


def _is_kept(folder: Path) -> bool:
    lock = FileLock(folder / "keeper.lock")
    try:
        return not lock.try_to_share()
    finally:
        lock.close()


def _is_ready(cluster: Cluster) -> bool:
    """A server listens, and has said in its pid file that it takes queries (a dead one's file may say so too)."""
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(cluster.sockets / ".s.PGSQL.5432"))
        return cluster.pid_file.read_text().splitlines()[7].strip() == "ready"
    except (OSError, IndexError):
        return False


def _await_orphan(cluster: Cluster) -> None:
    """A server whose keeper was killed is shutting down: see it out, and ask it to where the kernel did not."""
    if _is_ready(cluster):
        with suppress(OSError, ValueError):
            os.kill(int(cluster.pid_file.read_text().split("\n", 1)[0]), signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and _is_alive(cluster):
        time.sleep(LOOK_SECONDS)


def _is_alive(cluster: Cluster) -> bool:
    try:
        os.kill(int(cluster.pid_file.read_text().split("\n", 1)[0]), 0)
    except (OSError, ValueError):
        return False
    return not cluster.forget_dead_server()
