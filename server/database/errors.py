"""What can be wrong with a database, each said in one line: what is wrong, and what mends it.

DatabaseError
├── DatabaseUnreachableError     nobody answers, or it does not let us in
├── DatabaseTooOldError          a PostgreSQL older than 15
├── DatabaseUnpreparedError      its schema or roles are not those of this program
└── DataFolderError         the embedded PostgreSQL cannot live in its data folder
"""

from pathlib import Path
from urllib.parse import urlsplit

START_IT = "start it or correct DATABASE_URL (without one, an embedded PostgreSQL is used)"


class DatabaseError(Exception):
    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(f"{problem}; {mend}")
        self.problem = problem
        self.mend = mend


class DatabaseUnreachableError(DatabaseError):
    def __init__(self, url: str, reason: str, mend: str = START_IT) -> None:
        self.address = address(url)
        super().__init__(f"database {self.address}: {reason}", mend)


class DatabaseTooOldError(DatabaseError):
    def __init__(self, url: str, version: str, least: int) -> None:
        self.version = version
        problem = f"database {address(url)}: PostgreSQL {version} is too old"
        super().__init__(problem, f"use PostgreSQL {least} or newer")


class DatabaseUnpreparedError(DatabaseError):
    """The schema is behind, ahead or altered, or a role has too few or too many rights."""


class DataFolderError(DatabaseError):
    def __init__(self, folder: Path, problem: str, mend: str) -> None:
        self.folder = folder
        super().__init__(f"data folder {folder}: {problem}", mend)


def address(url: str) -> str:
    """Where a database is, without its password; of an address that cannot be read, not a part: it may be that."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "at DATABASE_URL"
    if "@" in parts.path + parts.query + parts.fragment:  # a password with / ? or # in it was cut there
        return "at DATABASE_URL"
    return f"{parts.hostname or 'the local socket'}{port}{parts.path}"
