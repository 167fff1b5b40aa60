"""Studies as those who ask for them see them; their steps are taken by workers, whatever happens to these."""

import asyncio
import json
import random
from dataclasses import replace
from uuid import UUID

import pytest

from server.database.pool import Database
from server.graphql.paging import key_of
from server.store.limits import LimitName, set_limit
from server.store.organisations import Role
from server.store.scenarios import create_scenario
from server.store.studies import get_answers, start_study
from server.store.study_claims import (
    LostStudyError,
    NewPoint,
    StudyClaim,
    add_points,
    claim_study,
    finish_study,
)
from server.workers import sweeper
from server.workers.engine import ENGINE
from simulation.comparison import Simulated
from simulation.experiment import Experiment, simulate
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from simulation.studies.limit import LimitSearch
from simulation.studies.study import conduct
from tests.proposals.test_readiness import stepped
from tests.server.api import Client, token_of
from tests.server.studied import (
    CANCEL,
    CORNER,
    DELETE,
    EXPLAIN,
    STAFFED,
    START_LIMIT,
    START_SENSITIVITY,
    START_STAFFING,
    START_STRESS,
    START_SWEEP,
    finished,
    read,
    real_worker,
    shown,
    started,
    succeeded,
    unfinished_runs,
)
from tests.server.working import until, working

pytestmark = pytest.mark.slow
LIMIT = {"vary": "DEMAND", "until": 0.5, "fineness": 0.2, "replications": 12}
RUNS = "query { runs { totalCount } scenarios { nodes { runs { totalCount } } } studies { totalCount nodes { id } } }"


def local_limit() -> str:
    """The answer of the same search at a terminal, as JSON."""
    study = LimitSearch(
        document=canonical(load(CORNER)), experiment=Experiment(replications=12), until=0.5, fineness=0.2
    )
    answer = conduct(study, lambda point: Simulated(point.scenario, simulate(point.scenario, point.experiment)))
    return study.stored(study.answer, answer)


async def stored_answer(client: Client, study: str) -> str:
    key = key_of(study, "Study")
    assert key is not None
    async with client.database.tenant(client.organisation) as connection:
        return (await get_answers(connection, [key]))[key]


async def test_every_kind_of_study_is_answered_by_runs(client: Client, database: Database) -> None:
    base = {"scenarioId": await client.create_scenario(CORNER)}
    steps = [{"label": "as planned"}, {"label": "more", "changes": [{"scaleDemand": {"factor": 1.3}}]}]
    stress = await started(client, START_STRESS, base=base, replications=3)
    sweep = await started(client, START_SWEEP, base=base, replications=3, axes=[{"name": "volume", "steps": steps}])
    drivers = ["demand", "wages", "attrition"]
    sensitivity = await started(client, START_SENSITIVITY, base=base, replications=3, drivers=drivers)
    limit = await started(client, START_LIMIT, base=base, **LIMIT)
    async with working(database, engine=ENGINE, processes=1):
        told = {study: await succeeded(client, study) for study in (stress, sweep, sensitivity, limit)}
    assert [one["name"] for one in told[stress]["stressTests"]["outcomes"]] == [
        "more_volume",
        "site_loss",
        "longer_handling",
    ]
    assert {one["name"] for one in told[stress]["stressTests"]["untried"]} == {"late_hiring", "mass_absence"}
    assert told[stress]["points"]["totalCount"] == 4
    assert told[stress]["progress"] == {"completed": 4, "total": 4, "replications": 12, "mostReplications": 18.0}
    assert [point["labels"] for point in told[sweep]["sweep"]["points"]] == [["as planned"], ["more"]]
    assert {bar["name"] for bar in told[sensitivity]["sensitivity"]["bars"]} == {"demand", "wages"}
    assert all(one["run"]["status"] == "SUCCEEDED" for one in told[limit]["points"]["nodes"])
    assert told[limit]["sweep"] is None
    # the same search at a terminal gives the same bytes
    assert json.loads(await stored_answer(client, limit)) == json.loads(await asyncio.to_thread(local_limit))
    # runs of studies stand with them, not among the others
    lists = await client.ask(RUNS)
    assert lists["runs"]["totalCount"] == 0
    assert lists["scenarios"]["nodes"][0]["runs"]["totalCount"] == 0
    assert [one["id"] for one in lists["studies"]["nodes"]] == [limit, sensitivity, sweep, stress]
    # and a run of a study can be the base of the next
    run = told[limit]["points"]["nodes"][0]["run"]["id"]
    again = await started(client, START_STRESS, base={"runId": run}, replications=2)
    assert (await shown(client, again))["scenario"] == {"id": base["scenarioId"]}


async def test_a_difference_is_explained_and_a_plan_staffed_by_studies_too(client: Client, database: Database) -> None:
    documents = (CORNER, CORNER.replace("weekly_volume: 300", "weekly_volume: 400"))
    runs = [await client.start_run(await client.create_scenario(each), replications=3) for each in documents]
    explain = await client.ask(EXPLAIN, baseline=runs[0], run=runs[1])
    assert explain["explainDifference"]["userErrors"] == []
    explained = explain["explainDifference"]["study"]["id"]
    staffed = await started(client, START_STAFFING, replications=3)
    async with working(database, engine=ENGINE, processes=1):
        told = await succeeded(client, explained)
        await succeeded(client, staffed)
    (step,) = told["explanation"]["steps"]
    assert (step["causes"], told["explanation"]["replications"]) == (["DEMAND"], 3)
    answer = (await client.ask(STAFFED, study=staffed))["study"]["staffing"]
    (team,) = answer["teams"]
    assert (team["id"], len(team["agents"])) == ("desk", 96)
    assert max(team["agents"]) > 0


async def test_cancelled_at_any_moment_a_study_leaves_no_run_behind(client: Client, database: Database) -> None:
    chance = random.Random(9)
    async with working(database, engine=ENGINE, processes=1):
        for _ in range(4):
            study = await started(client, START_LIMIT, **LIMIT | {"replications": 40})
            sequence = chance.randrange(1, 9)

            async def has_come(study: str = study, sequence: int = sequence) -> bool:
                row = await read(client, study)
                return row.sequence >= sequence or row.status.finished

            await until(has_come)
            await asyncio.sleep(chance.random() / 20)
            told = (await client.ask(CANCEL, study=study))["cancelStudy"]
            assert told["study"]["status"] in ("CANCELLED", "SUCCEEDED")
            assert await unfinished_runs(database, client.organisation) == 0
            await asyncio.sleep(0.1)
            assert await unfinished_runs(database, client.organisation) == 0
            assert (await read(client, study)).status == told["study"]["status"]


async def test_a_worker_that_is_killed_in_the_midst_of_a_study_loses_nothing(
    client: Client, database: Database
) -> None:
    study = await started(client, START_LIMIT, **LIMIT)
    for known in (2,):
        async with real_worker(database) as worker:

            async def has_come(known: int = known) -> bool:
                told = await shown(client, study)
                return told["progress"]["completed"] >= known or told["finishedAt"] is not None

            await until(has_come, 120)
            worker.kill()
    async with real_worker(database):
        told = await succeeded(client, study)
    assert json.loads(await stored_answer(client, study)) == json.loads(await asyncio.to_thread(local_limit))
    names = [one["label"] for one in told["points"]["nodes"]]
    assert told["progress"]["completed"] == told["progress"]["total"] == len(names)


async def test_a_study_waits_for_room_and_fails_where_waiting_does_not_help(client: Client, database: Database) -> None:
    async def limited(name: LimitName, most: int) -> None:
        async with database.administration() as connection:
            await set_limit(connection, client.organisation, name, most)

    await limited(LimitName.QUEUED_RUNS, 1)
    waiting = await started(client, START_SWEEP, replications=1, axes=[{"name": "n", "steps": [{"label": "only"}]}])
    async with working(database, engine=ENGINE, processes=1):
        await succeeded(client, waiting)
    await limited(LimitName.CONTACTS_A_DAY, 10_000)
    base = {"scenarioId": await client.create_scenario(CORNER)}
    refused = (await client.ask(START_STRESS, input={"base": base, "replications": 100}))["startStressTests"]
    assert (refused["userErrors"][0]["code"], refused["study"]) == ("LIMIT_REACHED", None)
    hopeless = await started(client, START_STRESS, replications=3)
    await limited(LimitName.CONTACTS_A_DAY, 1)
    async with working(database, engine=ENGINE, processes=1):
        told = await finished(client, hopeless)
    assert (told["status"], told["failure"]["code"]) == ("FAILED", "LIMIT_REACHED")
    assert "CONTACTS_A_DAY" in told["failure"]["message"]


async def test_where_only_some_runs_may_wait_a_study_goes_on_with_those(database: Database, organisation: UUID) -> None:
    async with database.administration() as connection:
        await set_limit(connection, organisation, LimitName.QUEUED_RUNS, 2)
    async with database.tenant(organisation) as connection:
        scenario = await create_scenario(connection, name="s", document="{}", source="{}", digest="d")
        await start_study(
            connection,
            scenario_id=scenario.id,
            scenario_version=1,
            kind="SWEEP",
            description="{}",
            most_replications=3,
        )
    claim = await claimed(database)
    assert claim is not None
    points = [NewPoint(str(n), "", "{}", "d", {"replications": 1}, 1) for n in range(3)]
    async with database.tenant(organisation) as connection:
        assert await add_points(connection, claim, points) == 2
    assert await claimed(database) is None  # until these have ended
    async with database.tenant(organisation) as connection:
        with pytest.raises(LostStudyError):
            await finish_study(connection, replace(claim, epoch=claim.epoch - 1), "{}")


async def claimed(database: Database) -> StudyClaim | None:
    async with database.queue() as connection:
        return await claim_study(connection, 60.0)


async def test_what_cannot_be_tried_fails_the_study_with_the_reason(client: Client, database: Database) -> None:
    study = await started(client, START_LIMIT, **LIMIT | {"vary": "ABSENCE"})
    async with working(database, engine=ENGINE, processes=1):
        told = await finished(client, study)
    assert told["failure"]["code"] == "REFUSED"
    assert told["failure"]["message"].startswith("every team has no absence in its workforce; name a team")
    assert told["points"]["totalCount"] == 0


async def test_a_study_of_which_a_run_is_cancelled_fails(client: Client, database: Database) -> None:
    study = await started(client, START_STRESS, replications=60)
    async with working(database, engine=ENGINE, processes=1):

        async def has_points() -> bool:
            return bool((await shown(client, study))["points"]["totalCount"])

        await until(has_points)
        run = (await shown(client, study))["points"]["nodes"][-1]["run"]["id"]
        await client.ask("CancelRun", run=run)
        told = await finished(client, study)
    assert (told["status"], told["failure"]["code"]) == ("FAILED", "POINT_FAILED")
    assert await unfinished_runs(database, client.organisation) == 0


async def test_a_key_starts_a_study_once(client: Client) -> None:
    base = {"scenarioId": await client.create_scenario(CORNER)}
    first = await started(client, START_LIMIT, base=base, idempotencyKey="k", **LIMIT)
    assert await started(client, START_LIMIT, base=base, idempotencyKey="k", **LIMIT) == first
    other = await client.ask(START_LIMIT, input={"base": base, "idempotencyKey": "k", **LIMIT, "until": 0.7})
    assert other["startLimitSearch"]["userErrors"][0]["code"] == "KEY_REUSED"
    renamed = {"scenarioId": base["scenarioId"], "expectedVersion": 1, "name": "Since changed by somebody else"}
    await client.ask(
        "mutation($input: UpdateScenarioInput!) { updateScenario(input: $input) { scenario { version } } }",
        input=renamed,
    )
    assert await started(client, START_LIMIT, base=base, idempotencyKey="k", **LIMIT) == first


async def test_wrong_inputs_are_refused_at_their_place(client: Client) -> None:
    base = {"scenarioId": await client.create_scenario(CORNER)}

    async def refused(mutation: str, **given: object) -> tuple[str, str | None]:
        (payload,) = (await client.ask(mutation, input={"base": base, **given})).values()
        assert payload["study"] is None
        return payload["userErrors"][0]["code"], payload["userErrors"][0]["path"]

    assert await refused(START_LIMIT, **LIMIT | {"until": 1.5}) == ("INVALID_ARGUMENT", "until")
    assert await refused(START_LIMIT, **LIMIT | {"replications": 0}) == ("INVALID_ARGUMENT", "replications")
    assert await refused(START_SWEEP, axes=[]) == ("INVALID_ARGUMENT", "axes")
    assert await refused(START_STRESS, base={"scenarioId": "nothing"}) == ("NOT_FOUND", "base.scenarioId")
    assert await refused(START_STRESS, base={"runId": "nothing"}) == ("NOT_FOUND", "base.runId")
    wrong = [{"name": "n", "steps": [{"label": "", "changes": []}]}]
    assert (await refused(START_SWEEP, axes=wrong))[0] == "INVALID_ARGUMENT"


async def test_no_other_organisation_sees_or_touches_a_study(client: Client, stranger: UUID) -> None:
    study = await started(client, START_LIMIT, **LIMIT)
    other = client.as_stranger(stranger, await token_of(client.database, stranger))
    assert await other.ask("query($id: ID!) { study(id: $id) { id } node(id: $id) { id } }", id=study) == {
        "study": None,
        "node": None,
    }
    assert (await other.ask(RUNS))["studies"]["totalCount"] == 0
    for mutation, name in ((CANCEL, "cancelStudy"), (DELETE, "deleteStudy")):
        assert (await other.ask(mutation, study=study))[name]["userErrors"][0]["code"] == "NOT_FOUND"
    assert (await read(client, study)).status == "QUEUED"
    viewer = client.as_stranger(client.organisation, await token_of(client.database, client.organisation, Role.VIEWER))
    assert (await viewer.answer(CANCEL, study=study))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_study_goes_with_its_runs_when_deleted_or_kept_for_long_enough(
    client: Client, database: Database
) -> None:
    studies = [await started(client, START_STRESS, replications=2) for _ in range(2)]
    assert (await client.ask(DELETE, study=studies[0]))["deleteStudy"]["userErrors"][0]["code"] == "UNFINISHED"
    async with working(database, engine=ENGINE, processes=1):
        for study in studies:
            await succeeded(client, study)
    assert (await client.ask(DELETE, study=studies[0]))["deleteStudy"] == {"studyId": studies[0], "userErrors": []}
    async with database.tenant(client.organisation) as connection:
        assert await connection.fetchval("SELECT count(*) FROM runs") == 4
        await connection.execute("UPDATE organisations SET retention_days = 1")
        await connection.execute("UPDATE runs SET finished_at = now() - interval '3 days'")
        await connection.execute("UPDATE studies SET finished_at = now() - interval '2 days'")
    await sweeper.sweep(database)
    async with database.tenant(client.organisation) as connection:
        for table in ("runs", "studies", "study_points", "outcomes"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
        assert await connection.fetchval("SELECT bytes FROM stored_bytes") == 0


async def test_a_run_that_is_deleted_leaves_the_study_what_it_has_read(client: Client, database: Database) -> None:
    study = await started(client, START_STRESS, replications=2)
    async with working(database, engine=ENGINE, processes=1):
        told = await succeeded(client, study)
    run = told["points"]["nodes"][0]["run"]["id"]
    gone = await client.ask(
        "mutation($run: ID!) { deleteRun(input: { runId: $run }) { userErrors { code } } }", run=run
    )
    assert gone["deleteRun"]["userErrors"] == []
    after = await shown(client, study)
    assert after["stressTests"] == told["stressTests"]
    assert (after["points"]["nodes"][0]["run"], after["points"]["nodes"][0]["isKnown"]) == (None, True)


START_READINESS = """mutation($input: StartReadinessInput!) { startReadiness(input: $input) {
  study { id } userErrors { code message path } } }"""
READY = """query($study: ID!) { study(id: $study) { readiness { isReady schedules replications steps {
  planned gated delayWeeks lacks plannedReady { mean } } } } }"""


async def test_steps_of_volume_are_gated_by_a_worker(client: Client, database: Database) -> None:
    scenario = await client.create_scenario(document=canonical(stepped([0, 1], horizon=3)))
    asked = {"base": {"scenarioId": scenario}, "replications": 4, "seed": 7}
    study = (await client.ask(START_READINESS, input=asked))["startReadiness"]["study"]["id"]
    async with working(database, engine=ENGINE, processes=1):
        await succeeded(client, study)
    found = (await client.ask(READY, study=study))["study"]["readiness"]
    assert (found["isReady"], found["schedules"], found["replications"]) == (True, 1, 4)
    for step in found["steps"]:
        assert (step["gated"], step["delayWeeks"], step["lacks"]) == (step["planned"], 0, None)
        assert step["plannedReady"]["mean"] == 1
