"""What a person can mend ends in one line that says how."""

import errno
import os
from pathlib import Path

import pytest

from server.administration import NewToken, create_token
from server.failures import Failure, expected
from server.operators import WrongOptionError
from server.settings import Settings
from server.store.organisations import OrganisationKind, Role


@pytest.mark.parametrize("name", ["", " ", "a" * 201, "two\nlines", "bell\a", "\u2028"])
async def test_a_name_that_is_not_one_line_is_wrong_usage_before_any_database_starts(name: str, tmp_path: Path) -> None:
    settings = Settings(database_url=None, data_dir=tmp_path / "untouched")
    with pytest.raises(WrongOptionError) as caught:
        await create_token(settings, name, OrganisationKind.CLIENT, NewToken(Role.ADMIN))
    failure = expected(caught.value)
    assert failure is not None
    assert failure.wrong_usage
    (line,) = failure.lines
    assert line.isprintable()
    assert line.endswith("is no name; write a line of 1 to 200 visible characters")
    assert not (tmp_path / "untouched").exists()


def test_a_used_up_memory_has_a_mend() -> None:
    mend = "no memory is left; free some, take fewer --workers, or simulate fewer weeks or queues"
    assert expected(MemoryError()) == Failure((mend,))


def test_a_full_disk_is_one_line() -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert expected(full) == Failure(("the output: no space left on device; free space or write it to another place",))


def test_a_missing_file_that_nobody_foresaw_keeps_its_traceback() -> None:
    assert expected(FileNotFoundError(errno.ENOENT, "no such file")) is None
