"""Studies asked for over GraphQL, and workers with the real engine that see to them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from server.database.pool import Database
from server.graphql.paging import key_of
from server.store.runs import RunStatus
from server.store.studies import StudyRow, get_study
from tests.server.api import Client
from tests.server.working import until

CORNER = """
name: Corner
start: 2026-10-26
days: 2
timezone: Europe/London
queues:
  - id: orders
    hours: [{open: "09:00", close: "12:00"}]
    demand: {weekly_volume: 300}
    handling: {mean_seconds: 200}
    patience: {mean_seconds: 100}
vendors:
  - id: own
    kind: IN_HOUSE
    sites: [{id: leeds, country: GB}]
    teams: [{id: desk, site: leeds, skills: [{queue: orders}], staffing: {agents: 3}, cost: {hourly_wage: 12}}]
"""

START_STRESS = """mutation($input: StartStressTestsInput!) { startStressTests(input: $input) {
  study { id status } userErrors { code message path } } }"""
START_SWEEP = """mutation($input: StartSweepInput!) { startSweep(input: $input) {
  study { id status } userErrors { code message path } } }"""
START_SENSITIVITY = """mutation($input: StartSensitivityInput!) { startSensitivity(input: $input) {
  study { id status } userErrors { code message path } } }"""
START_LIMIT = """mutation($input: StartLimitSearchInput!) { startLimitSearch(input: $input) {
  study { id status } userErrors { code message path } } }"""
START_STAFFING = """mutation($input: StartStaffingSearchInput!) { startStaffingSearch(input: $input) {
  study { id status } userErrors { code message path } } }"""
STAFFED = "query($study: ID!) { study(id: $study) { staffing { teams { id agents } met { mean } } } }"
EXPLAIN = """mutation($baseline: ID!, $run: ID!) {
  explainDifference(input: { baselineRunId: $baseline, runId: $run }) {
    study { id status } userErrors { code message path } } }"""
CANCEL = """mutation($study: ID!) { cancelStudy(input: { studyId: $study }) {
  study { id status } userErrors { code message path } } }"""
DELETE = """mutation($study: ID!) { deleteStudy(input: { studyId: $study }) {
  studyId userErrors { code message path } } }"""
STATUS = """query($study: ID!) { node(id: $study) { ... on Study { kind status failure { code message }
  progress { completed total replications mostReplications } createdAt startedAt finishedAt scenario { id }
  points(first: 100) { totalCount nodes { label isKnown run { id status } } }
  limit { limit breaksAt asPlanned { mean } tried { value replications } }
  stressTests { holds { mean lower upper } outcomes { name told holdingEffect { mean } costEffect { mean } }
    untried { name reason } }
  explanation { replications steps { causes changed holdingEffect { mean } } }
  sweep { axes points { labels digest isOnFrontier } } sensitivity { bars { name reach higher { told } } } } } }"""


async def started(client: Client, mutation: str, **given: Any) -> str:
    """The id of a study that is started on a scenario."""
    given.setdefault("base", {"scenarioId": await client.create_scenario(CORNER)})
    (payload,) = (await client.ask(mutation, input=given)).values()
    assert payload["userErrors"] == []
    return str(payload["study"]["id"])


async def shown(client: Client, study: str) -> Any:
    return (await client.ask(STATUS, study=study))["node"]


async def read(client: Client, study: str) -> StudyRow:
    key = key_of(study, "Study")
    assert key is not None
    async with client.database.tenant(client.organisation) as connection:
        row = await get_study(connection, key)
    assert row is not None
    return row


async def finished(client: Client, study: str, patience: float = 120.0) -> Any:
    async def has() -> bool:
        return (await read(client, study)).status.finished

    await until(has, patience)
    return await shown(client, study)


async def unfinished_runs(database: Database, organisation: UUID) -> int:
    async with database.tenant(organisation) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM runs WHERE status IN ('QUEUED', 'RUNNING')"))


async def succeeded(client: Client, study: str) -> Any:
    told = await finished(client, study)
    assert told["status"] == RunStatus.SUCCEEDED, told["failure"]
    return told


@asynccontextmanager
async def real_worker(database: Database, lease: float = 2.0) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker as `serve` starts it, that can be killed."""
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.workers.worker", str(os.getpid()), "1"),
        env={**os.environ, "DATABASE_URL": database.url, "SPRINGTIDE_LEASE_SECONDS": str(lease)},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
