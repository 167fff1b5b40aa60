"""The process that keeps the embedded PostgreSQL: it runs while anyone uses it and stops with its last user.

A user holds a shared lock on `users.lock`, which the kernel releases even when the user is killed. When the keeper
gets that lock for itself, nobody is left. Should the keeper itself be killed, the kernel stops the server.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from server.database.cluster import Cluster, environment, open_folder, prepare, run_as
from server.database.locks import FileLock
from server.processes import die_with, name_process

LOOK_SECONDS = 0.2
STOP_SECONDS = 60.0
LONGEST_LOG = 8_000_000
QUICK_DEATH_SECONDS = 2.0
MOST_QUICK_DEATHS = 5


class Keeper:
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._stopping = False

    def keep(self) -> int:
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        users = FileLock(self._cluster.folder / "users.lock")
        quick_deaths = 0
        while quick_deaths < MOST_QUICK_DEATHS:
            began = time.monotonic()
            server = self._start()
            while server.poll() is None:
                if self._stopping or users.try_to_take():
                    self._stop(server)
                    return 0
                time.sleep(LOOK_SECONDS)
            quick_deaths = quick_deaths + 1 if time.monotonic() - began < QUICK_DEATH_SECONDS else 0
            time.sleep(LOOK_SECONDS)
        return 1

    def _ask_to_stop(self, *_: object) -> None:
        self._stopping = True

    def _start(self) -> "subprocess.Popen[bytes]":
        cluster, keeper = self._cluster, os.getpid()
        cluster.forget_dead_server()
        log = cluster.folder / "postgres.log"
        with log.open("wb" if log.exists() and log.stat().st_size > LONGEST_LOG else "ab") as output:
            return subprocess.Popen(
                [
                    cluster.binaries / "postgres", "-D", cluster.files, "-k", cluster.sockets,
                    "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=200",
                    "-c", "timezone=UTC", "-c", "log_timezone=UTC",
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=cluster.folder,
                env=environment(),
                # SIGINT is PostgreSQL's fast shutdown; asked for after the change of user, which would undo it
                preexec_fn=(lambda: die_with(keeper, signal.SIGINT)) if sys.platform == "linux" else None,
                **run_as(cluster.user),
            )  # fmt: skip

    def _stop(self, server: "subprocess.Popen[bytes]") -> None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait()


def main(folder: Path) -> int:
    name_process("database")
    with FileLock(folder / "keeper.lock"):
        return Keeper(prepare(folder, open_folder(folder))).keep()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
