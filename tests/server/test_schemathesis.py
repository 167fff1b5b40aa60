"""Operations that Schemathesis makes of the schema, for minutes: nothing that a schema allows fails the server."""

import asyncio
import json
import os
import re
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest

from server.database.pool import Database
from server.store.limits import LimitName
from server.store.organisations import Role
from tests.server.api import token_of
from tests.server.limiting import limit
from tests.server.web_process import web_process

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "schema.graphql"
UV = ROOT / ".uv" / "bin" / "uv"
SECONDS = int(os.environ.get("SPRINGTIDE_TEST_SCHEMATHESIS_SECONDS", "300"))
PROGRAM = ("run", "--no-project", "--isolated", "--with", "schemathesis==4.32.5", "schemathesis")


HOOKS = """
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

texts = st.datetimes().map(lambda at: at.isoformat() + "Z") | st.dates().map(str) | st.text(max_size=30)
for name in ("DateTime", "LocalDateTime", "Date", "DocumentValue"):
    schemathesis.graphql.scalar(name, texts.map(nodes.String))
"""
"""Which texts its own scalars may have. Whatever an operation answers with is fine for it, but a failure is not."""


async def said(folder: Path, *words: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        str(UV),
        *PROGRAM,
        *words,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(folder)},
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


@pytest.mark.bar
async def test_no_operation_that_the_schema_allows_fails_the_server(
    database: Database, organisation: UUID, tmp_path: Path
) -> None:
    if not UV.exists():
        pytest.skip("uv is not in .uv: it was not installed by README's first command")
    if (await said(tmp_path, "--version"))[0]:
        pytest.skip("Schemathesis cannot be installed from here")
    for name in LimitName:
        await limit(database, organisation, name, None)
    token = await token_of(database, organisation, Role.ADMIN)
    with web_process(database.url, tmp_path) as web:
        await web.ready()
        (tmp_path / "hooks.py").write_text(HOOKS)
        _, output = await said(
            tmp_path, "run", str(SCHEMA), "--url", web.url, "--header", f"Authorization: Bearer {token}",
            "--checks", "not_a_server_error", "--phases", "fuzzing", "--max-time", str(SECONDS), "--seed", "8",
            "--continue-on-failure", "--no-shrink", "--suppress-health-check", "all", "--request-timeout", "60",
            "--generation-allow-x00", "true",
        )  # fmt: skip
        statuses = answers(web.log)
    failed = sum(number for status, number in statuses.items() if status >= 500)
    found = re.search(r"([\d,]+) generated", output)
    made = int(found[1].replace(",", "")) if found else 0
    print(
        f"\nSchemathesis, {SECONDS} s: {made:,} operations made, {sum(statuses.values()):,} answered,"
        f" {failed} answers of 500 or more, {len(web.bugs())} errors in the log"
    )
    assert failed == 0
    assert web.bugs() == []
    assert "Unknown GraphQL Scalar" not in output
    assert made > SECONDS, output[-3000:]


def answers(log: Path) -> Counter[int]:
    """How often each status was answered to an operation."""
    lines = (json.loads(line) for line in log.read_text().splitlines() if line.startswith("{"))
    return Counter(line["status"] for line in lines if line.get("path") == "/graphql")
