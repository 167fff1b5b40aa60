"""What this machine has of what the program needs, and what to do where something is missing."""

import errno
import os
import platform
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from server.database.catalogue import Gap
from server.database.cluster import folder_error, is_made
from server.database.errors import DatabaseError
from server.database.opening import open_database
from server.database.soundness import Soundness
from server.processes import cores
from server.settings import Settings, SettingsError
from simulation.world.floor.compiled.code import ALWAYS, is_compiled
from simulation.world.floor.compiled.code import folder as code_folder

ENGINE_PACKAGES = ("numba", "numpy", "scipy", "simpy")
LEAST_FREE = 1_000_000_000
MOST_SKEW_SECONDS = 5.0
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
    yield _compiled_code()


def _compiled_code() -> Finding:
    if is_compiled(ALWAYS):
        return Finding(True, "compiled code")
    place = _nearest(code_folder())
    if not (place.is_dir() and os.access(place, os.W_OK | os.X_OK)):
        mend = "set SPRINGTIDE_CODE_DIR to a folder that can be written"
        return Finding(False, f"compiled code: it cannot be kept in {code_folder()}, so every process makes it; {mend}")
    return Finding(True, "compiled code: the first run makes it, in up to a minute")


async def _database(settings: Settings) -> list[Finding]:
    embedded = settings.database_url is None
    try:
        if embedded and not is_made(settings.data_dir):
            return [_unmade(settings.data_dir), _space(settings.data_dir)]
        async with open_database(settings, migrating=embedded, connections=1) as database:
            sound, gaps = await database.look(), await database.gaps()
    except DatabaseError as error:
        return [Finding(False, str(error))]
    kind = f"embedded PostgreSQL {sound.version} in {settings.data_dir}" if embedded else f"PostgreSQL {sound.version}"
    return [
        Finding(True, f"{kind}: reached, schema current"),
        *_roles(sound),
        *_apart(gaps),
        _clock(sound),
        *([_space(settings.data_dir)] if embedded else []),
    ]


def _roles(sound: Soundness) -> list[Finding]:
    return [Finding(False, f"role {wrong}") for wrong in sound.wrong_roles] or [Finding(True, "roles as made")]


def _apart(gaps: list[Gap]) -> list[Finding]:
    found = [Finding(False, f"organisations are kept apart, but for {gap}") for gap in gaps]
    return found or [Finding(True, "organisations are kept apart: 0 findings in the catalogue")]


def _clock(sound: Soundness) -> Finding:
    off = f"the database's clock is {abs(sound.ahead_seconds):.1f} s {'ahead' if sound.ahead_seconds > 0 else 'behind'}"
    if abs(sound.ahead_seconds) > MOST_SKEW_SECONDS:
        return Finding(False, f"{off}, so tokens end early or late; set both clocks by the same time server")
    return Finding(True, off)


def _space(folder: Path) -> Finding:
    free = shutil.disk_usage(_nearest(folder)).free
    told = f"data folder {folder}: {free / 1e9:.1f} GB free"
    if free < LEAST_FREE:
        return Finding(False, f"{told}; free some, or move the folder to a larger disk and set SPRINGTIDE_DATA_DIR")
    return Finding(True, told)


def _nearest(folder: Path) -> Path:
    """The folder, or what there is of the way to it."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _unmade(folder: Path) -> Finding:
    """Whether a first start could make its database there, asked without making anything."""
    nearest = _nearest(folder)
    if not nearest.is_dir():
        raise folder_error(folder, NotADirectoryError(errno.ENOTDIR, "not a folder"))
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise folder_error(folder, PermissionError(errno.EACCES, "not writable"))
    return Finding(True, f"embedded PostgreSQL: the first `springtide serve` makes it in {folder}")
