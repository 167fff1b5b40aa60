"""Records the API's answers that the gallery shows: `python -m tests.console.gallery [runs|studies]`; some minutes."""

import asyncio
import json
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from server.database.embedded import EmbeddedPostgres
from server.database.migrate import migrate
from server.database.pool import Database
from server.store.organisations import OrganisationKind, create_organisation
from tests.console.gallery.operations import operations
from tests.server.api import Client, client_of
from tests.server.studied import (
    START_SENSITIVITY,
    START_STAFFING,
    START_SWEEP,
    finished,
    real_worker,
    started,
)
from tests.server.working import until

FOLDER = Path(__file__).parent
RECORDED = FOLDER / "recorded"
HARBOUR = (FOLDER / "harbour.yaml").read_text()
PATIENCE = 3600.0
REPLICATIONS = 40
HEADS = "vendors.partner.teams.desk.workforce.headcount"
AXES = [
    {
        "name": "people",
        "steps": [
            {"label": f"{heads} people", "changes": [{"setValue": {"path": HEADS, "value": heads}}]}
            for heads in (3, 4, 5, 6)
        ],
    },
    {
        "name": "demand",
        "steps": [
            {"label": f"{factor:g} x calls", "changes": [{"scaleDemand": {"queue": "calls", "factor": factor}}]}
            for factor in (0.9, 1.0, 1.1)
        ],
    },
]
PEAK = """mutation { createScenario(input: { source: { presetId: "retail-peak" } }) { scenario { id } } }"""
BUSIER = """mutation($base: ID!) { createScenario(input: { name: "A tenth more calls", source: { scenarioId: $base },
  changes: [{ scaleDemand: { queue: "orders", factor: 1.1 } }] }) { scenario { id } } }"""


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="springtide-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres.open(Path(folder))
        try:
            await migrate(server.url())
            await record(server.url())
        finally:
            server.close()


async def record(url: str) -> None:
    async with Database.open(url) as database:
        async with database.administration() as connection:
            organisation = await create_organisation(connection, name="Gallery", kind=OrganisationKind.CLIENT)
        async with client_of(database, organisation.id) as client, real_worker(database, lease=60.0):
            for name in sys.argv[1:] or RECORDERS:
                await RECORDERS[name](client)


async def record_runs(client: Client) -> None:
    peak = (await client.ask(PEAK))["createScenario"]["scenario"]["id"]
    busier = (await client.ask(BUSIER, base=peak))["createScenario"]["scenario"]["id"]
    runs = [await client.start_run(scenario, replications=REPLICATIONS) for scenario in (peak, busier)]
    for run in runs:
        await until(partial(succeeded, client, run), PATIENCE)
    run, other = runs
    for name, asked in OF_RUN.items():
        keep(name, await client.ask(operations()[asked.pop("operation")], run=run, **asked))
    keep("comparison", await client.ask(operations()["CompareRuns"], baseline=run, runs=[other]))


OF_RUN: dict[str, dict[str, Any]] = {
    "decision": {"operation": "DecisionOfRun"},
    "over_under": {"operation": "OverUnderOfTeam", "team": "manila-voice"},
    "over_under_given": {"operation": "OverUnderOfTeam", "team": "own-cases"},
    "required_available": {
        "operation": "RequiredAvailableOfTeam",
        "team": "manila-voice",
        "from": "2026-11-16T00:00:00-05:00",
        "to": "2026-12-14T00:00:00-05:00",
    },
    "heat_map": {"operation": "HeatMapOfQueue", "queue": "orders"},
    "headcount": {"operation": "HeadcountOfTeam", "team": "manila-voice"},
    "hiring": {"operation": "HiringOfTeams"},
    "service_by_week": {
        "operation": "FanOfQueue",
        "queue": "orders",
        "measures": ["SERVICE_LEVEL"],
        "resolution": "WEEK",
    },
    "offered_by_day": {"operation": "FanOfQueue", "queue": "orders", "measures": ["OFFERED"], "resolution": "DAY"},
    "agents_by_week": {"operation": "FanOfTeam", "team": "manila-voice", "measures": ["AGENTS"], "resolution": "WEEK"},
    "backlog": {"operation": "BacklogOfQueue", "queue": "returns"},
    "cost": {"operation": "CostOfRun"},
    "occupancy": {"operation": "OccupancyOfTeams"},
}


async def succeeded(client: Client, run: str) -> bool:
    told = (await client.ask("Status", run=run))["node"]
    assert told["status"] in ("QUEUED", "RUNNING", "SUCCEEDED"), told
    return bool(told["status"] == "SUCCEEDED")


async def record_studies(client: Client) -> None:
    base = {"scenarioId": await client.create_scenario(HARBOUR)}
    asked = {
        "frontier": ("FrontierOfStudy", await started(client, START_SWEEP, base=base, replications=60, axes=AXES)),
        "tornado": ("TornadoOfStudy", await started(client, START_SENSITIVITY, base=base, replications=60)),
        "plan": ("PlanOfStudy", await started(client, START_STAFFING, base=base, replications=60, confidence=0.6)),
    }
    for name, (operation, study) in asked.items():
        told = await finished(client, study, PATIENCE)
        assert told["status"] == "SUCCEEDED", told
        keep(name, await client.ask(operations()[operation], study=study))


RECORDERS = {"runs": record_runs, "studies": record_studies}


def keep(name: str, answer: Any) -> None:
    RECORDED.mkdir(exist_ok=True)
    (RECORDED / f"{name}.json").write_text(json.dumps(answer, separators=(",", ":")) + "\n")
    print(name, (RECORDED / f"{name}.json").stat().st_size, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
