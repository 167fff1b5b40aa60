"""Where faults may happen."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.faults.postgres import Postgres, open_folder, postgres_in


@pytest.fixture
async def ground() -> AsyncIterator[tuple[Postgres, Path]]:
    """A server of its own, and a folder that its user can enter."""
    with open_folder() as folder:
        async with postgres_in(folder / "data") as server:
            yield server, folder
