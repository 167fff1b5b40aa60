"""What this machine has of what the program needs, and what to do where something is missing."""

import platform
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from server.database.errors import DatabaseError
from server.database.opening import open_database
from server.processes import cores
from server.settings import Settings, SettingsError
from server.simulating import is_compiled

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
    yield await _database(settings)


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
        True, "compiled floor" if is_compiled() else "compiled floor: the first run makes it, in about ten seconds"
    )


async def _database(settings: Settings) -> Finding:
    embedded = settings.database_url is None
    kind = f"embedded PostgreSQL in {settings.data_dir}" if embedded else "PostgreSQL of DATABASE_URL"
    try:
        async with open_database(settings, migrating=embedded, connections=1) as database:
            await database.check()
    except DatabaseError as error:
        return Finding(False, str(error))
    return Finding(True, f"{kind}: reached, schema current")
