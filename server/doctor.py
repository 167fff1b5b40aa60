"""What this machine has of what the program needs, and what to do where something is missing."""

import errno
import os
import platform
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from server.database.cluster import folder_error, is_made
from server.database.errors import DatabaseError
from server.database.opening import open_database
from server.processes import cores
from server.settings import Settings, SettingsError
from simulation.world.floor.compiled.code import ALWAYS, is_compiled

ENGINE_PACKAGES = ("numba", "numpy", "scipy", "simpy")
LEAST_PYTHON, BELOW_PYTHON = (3, 11), (3, 14)


@dataclass(frozen=True)
class Finding:
    good: bool
    what: str

    def __str__(self) -> str:
        return f"{'ok     ' if self.good else 'MISSING'}  {self.what}"


async def examine() -> AsyncIterator[Finding]:
    for finding in _machine():
        yield finding
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        yield Finding(False, str(error))
        return
    for finding in await _database(settings):
        yield finding


def _machine() -> Iterator[Finding]:
    python = sys.version_info[:2]
    name = f"Python {platform.python_version()}"
    if LEAST_PYTHON <= python < BELOW_PYTHON:
        yield Finding(True, f"{name}, {cores()} cores")
    else:
        yield Finding(False, f"{name}; use Python 3.11, 3.12 or 3.13")
    for package in ENGINE_PACKAGES:
        try:
            yield Finding(True, f"{package} {version(package)}")
        except PackageNotFoundError:
            yield Finding(False, f"{package} is not installed; run `uv sync`")
    yield Finding(
        True, "compiled code" if is_compiled(ALWAYS) else "compiled code: the first run makes it, in up to a minute"
    )


async def _database(settings: Settings) -> list[Finding]:
    embedded = settings.database_url is None
    kind = f"embedded PostgreSQL in {settings.data_dir}" if embedded else "PostgreSQL of DATABASE_URL"
    try:
        if embedded and not is_made(settings.data_dir):
            return [_unmade(settings.data_dir)]
        async with open_database(settings, migrating=embedded, connections=1) as database:
            gaps = await database.gaps()
    except DatabaseError as error:
        return [Finding(False, str(error))]
    apart = [Finding(False, f"organisations are kept apart, but for {gap}") for gap in gaps]
    reached = Finding(True, f"{kind}: reached, schema current")
    return [reached, *(apart or [Finding(True, "organisations are kept apart: 0 findings in the catalogue")])]


def _unmade(folder: Path) -> Finding:
    """Whether a first start could make its database there, asked without making anything."""
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not nearest.is_dir():
        raise folder_error(folder, NotADirectoryError(errno.ENOTDIR, "not a folder"))
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise folder_error(folder, PermissionError(errno.EACCES, "not writable"))
    return Finding(True, f"embedded PostgreSQL: the first `springtide serve` makes it in {folder}")
