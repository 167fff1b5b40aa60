"""The audit log: an entry for what is done, none for what is refused, read by administrators, changed by nobody."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from graphql import build_schema

from server.database.pool import Database
from server.graphql.schema import schema_text
from server.store.audit import Actor, ActorKind, AuditAction, Subject, record
from server.store.claims import claim_run
from server.store.limits import LimitName
from server.store.organisations import OrganisationKind, Role
from server.workers.sweeper import sweep
from tests.server.api import SHOP, Client, token_of
from tests.server.limiting import limit
from tests.server.tender import (
    CLOSE,
    WORK,
    Tender,
    asked_by_another,
    done,
    in_an_hour,
    offer,
    organisation,
    own_draft,
    own_submission,
    own_test,
    put_out,
    tender,
)

LOG = """query($first: Int = 50, $after: String, $actions: [AuditAction!], $from: DateTime, $to: DateTime) {
  auditLog(first: $first, after: $after, actions: $actions, from: $from, to: $to) { totalCount pageInfo { endCursor }
    nodes { id at action subjectKind subjectId requestId actor { kind id label } facts { name value } } } }"""


@pytest.fixture
async def admin(client: Client) -> Client:
    return client.as_stranger(client.organisation, await token_of(client.database, client.organisation, Role.ADMIN))


async def entries(admin: Client, **more: Any) -> list[Any]:
    return list((await admin.ask(LOG, **more))["auditLog"]["nodes"])


async def change(client: Client, mutation: str, **given: Any) -> list[Any]:
    """The user errors of a mutation."""
    stem = mutation[0].upper() + mutation[1:]
    query = f"mutation($input: {stem}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
    return list((await client.ask(query, input=given))[mutation]["userErrors"])


async def new_scenario(client: Client) -> dict[str, Any]:
    return {"source": {"document": SHOP}}


async def run_to_start(client: Client) -> dict[str, Any]:
    return {"scenarioId": await client.create_scenario()}


async def run_to_cancel(client: Client) -> dict[str, Any]:
    return {"runId": await client.start_run()}


async def run_to_delete(client: Client) -> dict[str, Any]:
    run = await client.start_run()
    await client.ask("CancelRun", run=run)
    return {"runId": run}


async def scenario_to_delete(client: Client) -> dict[str, Any]:
    scenario = await client.create_scenario()
    await client.ask("CancelRun", run=await client.start_run(scenario))
    return {"scenarioId": scenario, "withRuns": True}


async def scenario_to_update(client: Client) -> dict[str, Any]:
    return {"scenarioId": await client.create_scenario(), "expectedVersion": 1, "name": "Shop in spring"}


async def scenario_to_lock(client: Client) -> dict[str, Any]:
    return {"scenarioId": await client.create_scenario(), "expectedVersion": 1, "label": "Budget 2027"}


async def scenario_to_roll(client: Client) -> dict[str, Any]:
    backlog = {"key": "mail", "value": {"backlog": {"volume": 3}}}
    return {"scenarioId": await client.create_scenario(), "at": "2026-11-02", "actuals": {"queues": [backlog]}}


async def demand_to_import(client: Client) -> dict[str, Any]:
    return {
        "fileName": "c.csv",
        "timeZone": "UTC",
        "file": {"content": "Date,Calls\n2026-03-02,5\n"},
        "slotMinutes": 1440,
    }


async def study_to_start(client: Client) -> dict[str, Any]:
    return {"base": {"scenarioId": await client.create_scenario()}}


async def sweep_to_start(client: Client) -> dict[str, Any]:
    return {**await study_to_start(client), "axes": [{"name": "plan", "steps": [{"label": "as it is"}]}]}


async def limit_to_search(client: Client) -> dict[str, Any]:
    return {**await study_to_start(client), "vary": "DEMAND"}


async def difference_to_explain(client: Client) -> dict[str, Any]:
    return {"baselineRunId": await client.start_run(), "runId": await client.start_run()}


async def study_to_cancel(client: Client) -> dict[str, Any]:
    start = "mutation($i: StartStressTestsInput!) { startStressTests(input: $i) { study { id } } }"
    started = await client.ask(start, i=await study_to_start(client))
    return {"studyId": started["startStressTests"]["study"]["id"]}


async def study_to_delete(client: Client) -> dict[str, Any]:
    given = await study_to_cancel(client)
    await client.ask("mutation($i: CancelStudyInput!) { cancelStudy(input: $i) { study { id } } }", i=given)
    return given


async def request_to_create(client: Client) -> dict[str, Any]:
    return {"scenarioId": await client.create_scenario(WORK), "closesAt": in_an_hour(), "stresses": []}


async def request_to_close(client: Client) -> dict[str, Any]:
    return {"requestId": await put_out(client)}


async def vendors_to_invite(client: Client) -> dict[str, Any]:
    await organisation(client, "Alder Care", OrganisationKind.VENDOR)
    return {**await request_to_close(client), "organisations": ["Alder Care"]}


async def request_to_extend(client: Client) -> dict[str, Any]:
    given = await request_to_close(client)
    return {**given, "closesAt": (datetime.now(UTC) + timedelta(days=9)).isoformat()}


async def offered(client: Client) -> Tender:
    """A request of the client's that a vendor has answered, closed."""
    made = await tender(client)
    await made.bidder.submit(made.request, await made.text())
    await done(made.client, CLOSE, requestId=made.request)
    return made


async def request_to_award(client: Client) -> dict[str, Any]:
    made = await offered(client)
    return {"requestId": made.request, "proposalIds": [made.bidder.proposal]}


async def request_to_evaluate(client: Client) -> dict[str, Any]:
    return {"requestId": (await offered(client)).request}


async def proposal_to_save(client: Client) -> dict[str, Any]:
    return {"requestId": await asked_by_another(client), "document": offer("alder")}


async def proposal_to_test(client: Client) -> dict[str, Any]:
    return {"proposalId": await own_draft(client)}


async def proposal_to_submit(client: Client) -> dict[str, Any]:
    return {"proposalId": await own_test(client), "expectedVersion": 1}


async def proposal_to_withdraw(client: Client) -> dict[str, Any]:
    return {"proposalId": await own_submission(client)}


async def outcomes_to_export(client: Client) -> dict[str, Any]:
    return {"runId": await client.finished_run(), "format": "CSV"}


async def token_to_make(client: Client) -> dict[str, Any]:
    return {"role": "VIEWER", "label": "a wall screen"}


async def token_to_revoke(client: Client) -> dict[str, Any]:
    await token_of(client.database, client.organisation, Role.VIEWER)
    return {"tokenId": (await client.ask("{ tokens { nodes { id } } }"))["tokens"]["nodes"][0]["id"]}


async def member_to_add(client: Client) -> dict[str, Any]:
    return {"email": "ada@harbour.example", "role": "PLANNER"}


async def member(client: Client) -> str:
    given = await member_to_add(client)
    query = "mutation($input: AddMemberInput!) { addMember(input: $input) { member { id } } }"
    return str((await client.ask(query, input=given))["addMember"]["member"]["id"])


async def role_to_change(client: Client) -> dict[str, Any]:
    return {"memberId": await member(client), "role": "VIEWER"}


async def member_to_remove(client: Client) -> dict[str, Any]:
    return {"memberId": await member(client)}


async def retention_to_set(client: Client) -> dict[str, Any]:
    return {"days": 30}


MUTATIONS: dict[str, tuple[AuditAction, Callable[[Client], Awaitable[dict[str, Any]]], dict[str, Any]]] = {
    "createScenario": (AuditAction.CREATE_SCENARIO, new_scenario, {"source": {"document": "name: 3"}}),
    "updateScenario": (
        AuditAction.UPDATE_SCENARIO,
        scenario_to_update,
        {"scenarioId": "nonsense", "expectedVersion": 1, "name": "x"},
    ),
    "rollForward": (
        AuditAction.CREATE_SCENARIO,
        scenario_to_roll,
        {"scenarioId": "nonsense", "at": "2026-11-02"},
    ),
    "lockScenario": (
        AuditAction.LOCK_SCENARIO,
        scenario_to_lock,
        {"scenarioId": "nonsense", "expectedVersion": 1, "label": "x"},
    ),
    "startRun": (AuditAction.START_RUN, run_to_start, {"scenarioId": "nonsense"}),
    "cancelRun": (AuditAction.CANCEL_RUN, run_to_cancel, {"runId": "nonsense"}),
    "deleteRun": (AuditAction.DELETE_RUN, run_to_delete, {"runId": "nonsense"}),
    "deleteScenario": (AuditAction.DELETE_SCENARIO, scenario_to_delete, {"scenarioId": "nonsense"}),
    "importDemand": (
        AuditAction.CREATE_SCENARIO,
        demand_to_import,
        {"fileName": "c.csv", "timeZone": "UTC", "file": {"content": "nothing"}},
    ),
    "startStressTests": (AuditAction.START_STUDY, study_to_start, {"base": {"scenarioId": "nonsense"}}),
    "startSweep": (AuditAction.START_STUDY, sweep_to_start, {"base": {"scenarioId": "nonsense"}, "axes": []}),
    "startSensitivity": (AuditAction.START_STUDY, study_to_start, {"base": {"scenarioId": "nonsense"}}),
    "startLimitSearch": (
        AuditAction.START_STUDY,
        limit_to_search,
        {"base": {"scenarioId": "nonsense"}, "vary": "DEMAND"},
    ),
    "startStaffingSearch": (AuditAction.START_STUDY, study_to_start, {"base": {"scenarioId": "nonsense"}}),
    "explainDifference": (
        AuditAction.START_STUDY,
        difference_to_explain,
        {"baselineRunId": "nonsense", "runId": "nonsense"},
    ),
    "startReadiness": (AuditAction.START_STUDY, study_to_start, {"base": {"scenarioId": "nonsense"}}),
    "startEvaluation": (AuditAction.START_STUDY, request_to_evaluate, {"requestId": "nonsense"}),
    "createRequest": (
        AuditAction.CREATE_REQUEST,
        request_to_create,
        {"scenarioId": "nonsense", "closesAt": "2027-10-01T00:00:00Z"},
    ),
    "inviteVendors": (
        AuditAction.INVITE_VENDORS,
        vendors_to_invite,
        {"requestId": "nonsense", "organisations": ["Alder Care"]},
    ),
    "closeRequest": (AuditAction.SET_CLOSING, request_to_close, {"requestId": "nonsense"}),
    "extendRequest": (
        AuditAction.SET_CLOSING,
        request_to_extend,
        {"requestId": "nonsense", "closesAt": "2027-10-01T00:00:00Z"},
    ),
    "withdrawRequest": (AuditAction.WITHDRAW_REQUEST, request_to_close, {"requestId": "nonsense"}),
    "awardProposal": (
        AuditAction.AWARD_REQUEST,
        request_to_award,
        {"requestId": "nonsense", "proposalIds": ["nonsense"]},
    ),
    "saveProposal": (AuditAction.SAVE_PROPOSAL, proposal_to_save, {"requestId": "nonsense", "document": ""}),
    "testProposal": (AuditAction.START_RUN, proposal_to_test, {"proposalId": "nonsense"}),
    "submitProposal": (
        AuditAction.SUBMIT_PROPOSAL,
        proposal_to_submit,
        {"proposalId": "nonsense", "expectedVersion": 1},
    ),
    "withdrawProposal": (AuditAction.WITHDRAW_PROPOSAL, proposal_to_withdraw, {"proposalId": "nonsense"}),
    "cancelStudy": (AuditAction.CANCEL_STUDY, study_to_cancel, {"studyId": "nonsense"}),
    "deleteStudy": (AuditAction.DELETE_STUDY, study_to_delete, {"studyId": "nonsense"}),
    "exportOutcomes": (AuditAction.EXPORT_OUTCOMES, outcomes_to_export, {"runId": "nonsense", "format": "CSV"}),
    "createToken": (AuditAction.CREATE_TOKEN, token_to_make, {"role": "VIEWER", "label": ""}),
    "revokeToken": (AuditAction.REVOKE_TOKEN, token_to_revoke, {"tokenId": "nonsense"}),
    "addMember": (AuditAction.ADD_MEMBER, member_to_add, {"email": "nobody", "role": "VIEWER"}),
    "changeMemberRole": (AuditAction.CHANGE_MEMBER_ROLE, role_to_change, {"memberId": "nonsense", "role": "VIEWER"}),
    "removeMember": (AuditAction.REMOVE_MEMBER, member_to_remove, {"memberId": "nonsense"}),
    "setRetention": (AuditAction.SET_RETENTION, retention_to_set, {"days": 0}),
}
"""Of every mutation: its action, what makes an input that succeeds, and an input that is refused."""


SUBJECTS = ("Run", "Scenario", "Study", "Request", "Proposal", "Organisation", "Token", "Member")


def test_every_mutation_of_the_schema_is_walked() -> None:
    mutation = build_schema(schema_text()).mutation_type
    assert mutation is not None
    assert set(MUTATIONS) == set(mutation.fields)


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_mutation_leaves_one_entry_if_it_succeeds_and_none_if_it_is_refused(
    admin: Client, mutation: str
) -> None:
    action, prepared, refused = MUTATIONS[mutation]
    given = await prepared(admin)
    before = len(await entries(admin))
    assert await change(admin, mutation, **given) == []
    after = await entries(admin)
    assert len(after) == before + 1
    assert after[0]["action"] == action
    async with admin.database.tenant(admin.organisation) as connection:
        token = await connection.fetchval("SELECT id FROM tokens WHERE role = 'ADMIN' ORDER BY id LIMIT 1")
    assert after[0]["actor"] == {"kind": "TOKEN", "id": str(token), "label": ""}
    ids = ("runId", "scenarioId", "tokenId", "memberId", "proposalId")
    named = next((given[name] for name in ids if name in given), None)
    made = (AuditAction.START_RUN, AuditAction.START_STUDY, AuditAction.CREATE_REQUEST)
    if named and action not in made and mutation != "rollForward":
        assert after[0]["subjectId"] == named
    assert after[0]["subjectKind"] in SUBJECTS
    assert await change(admin, mutation, **refused) != []
    assert len(await entries(admin)) == before + 1


async def test_what_is_over_a_limit_leaves_no_entry(admin: Client, database: Database) -> None:
    scenario = await admin.create_scenario()
    await limit(database, admin.organisation, LimitName.QUEUED_RUNS, 0)
    assert await change(admin, "startRun", scenarioId=scenario) == [{"code": "LIMIT_REACHED"}]
    assert [entry["action"] for entry in await entries(admin)] == ["CREATE_SCENARIO"]


async def test_what_a_repeated_request_finds_done_leaves_no_second_entry(admin: Client) -> None:
    for _ in range(2):
        await change(admin, "createScenario", source={"document": SHOP}, idempotencyKey="monday")
    scenario = (await admin.ask("Lists"))["scenarios"]["nodes"][0]["id"]
    await asyncio.gather(*(change(admin, "startRun", scenarioId=scenario, idempotencyKey="tuesday") for _ in range(10)))
    run = (await admin.ask("Lists"))["runs"]["nodes"][0]["id"]
    await asyncio.gather(*(change(admin, "cancelRun", runId=run) for _ in range(10)))
    assert [entry["action"] for entry in await entries(admin)] == ["CANCEL_RUN", "START_RUN", "CREATE_SCENARIO"]


async def test_an_entry_has_the_facts_and_the_request_but_no_text_of_the_scenario(admin: Client) -> None:
    scenario = await admin.create_scenario()
    query = "mutation($id: ID!) { startRun(input: { scenarioId: $id, replications: 7 }) { run { id } } }"
    answer = await admin.post({"query": query, "variables": {"id": scenario}}, **{"X-Request-ID": "req-12345678"})
    started, created = await entries(admin)
    assert started["requestId"] == "req-12345678"
    assert started["subjectId"] == answer.json()["data"]["startRun"]["run"]["id"]
    facts = {fact["name"]: fact["value"] for fact in started["facts"]}
    assert (facts["replications"], facts["seed"], facts["precision"]) == ("7", "1", "null")
    assert int(facts["contacts"]) > 0
    assert len(created["requestId"]) == 32
    assert "Shop" not in str([started, created])
    assert str(admin.token) not in str([started, created])


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PLANNER])
async def test_only_administrators_read_the_log(client: Client, role: Role) -> None:
    reader = client.as_stranger(client.organisation, await token_of(client.database, client.organisation, role))
    answer = await reader.answer(LOG)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    refused = await reader.answer("mutation { setRetention(input: { days: 1 }) { userErrors { code } } }")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_another_organisation_reads_none_of_it(admin: Client, stranger: UUID) -> None:
    await admin.create_scenario()
    other = admin.as_stranger(stranger, await token_of(admin.database, stranger, Role.ADMIN))
    assert (await other.ask(LOG))["auditLog"] == {"totalCount": 0, "pageInfo": {"endCursor": None}, "nodes": []}


async def test_the_log_is_paged_newest_first_and_filtered_by_action_and_time(admin: Client) -> None:
    runs = [await admin.start_run() for _ in range(3)]
    await admin.ask("CancelRun", run=runs[1])
    every = await entries(admin)
    assert [entry["at"] for entry in every] == sorted((entry["at"] for entry in every), reverse=True)
    started = (await admin.ask(LOG, actions=["START_RUN"], first=2))["auditLog"]
    assert started["totalCount"] == 3
    assert [entry["subjectId"] for entry in started["nodes"]] == [runs[2], runs[1]]
    rest = await entries(admin, actions=["START_RUN"], first=2, after=started["pageInfo"]["endCursor"])
    assert [entry["subjectId"] for entry in rest] == [runs[0]]
    moment = every[2]["at"]
    assert await entries(admin, **{"from": moment}) == every[:3]
    assert await entries(admin, to=moment) == every[3:]
    assert await entries(admin, actions=[]) == []


@pytest.mark.parametrize(
    "altered",
    [
        "UPDATE audit_log SET action = 'START_RUN'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "INSERT INTO audit_log (id, actor_kind, action, at) VALUES (gen_random_uuid(), 'TOKEN', 'START_RUN', now())",
    ],
)
async def test_nobody_alters_an_entry_or_dates_one(database: Database, organisation: UUID, altered: str) -> None:
    async with database.tenant(organisation) as connection:
        await record(connection, Actor(ActorKind.SYSTEM), AuditAction.CANCEL_RUN)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.tenant(organisation) as connection:
            await connection.execute(altered)
    async with database.queue() as connection:
        assert await connection.execute("DELETE FROM audit_log") == "DELETE 0"  # it is not old enough
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.administration() as connection:
            await connection.execute("DELETE FROM audit_log")


async def test_an_entry_goes_with_the_transaction_that_it_tells_of(database: Database, organisation: UUID) -> None:
    with suppress(RuntimeError):
        async with database.tenant(organisation) as connection:
            await record(connection, Actor(ActorKind.SYSTEM), AuditAction.CANCEL_RUN)
            raise RuntimeError
    async with database.tenant(organisation) as connection:
        assert await connection.fetchval("SELECT count(*) FROM audit_log") == 0


async def test_entries_outlive_their_run_and_go_after_400_days(
    admin: Client, database: Database, database_url: str
) -> None:
    given = await run_to_delete(admin)
    await change(admin, "deleteRun", **given)
    told = [entry["action"] for entry in await entries(admin) if entry["subjectId"] == given["runId"]]
    assert told == ["DELETE_RUN", "CANCEL_RUN", "START_RUN"]
    await age_entries(database_url, "subject_kind = 'Run' AND action <> 'DELETE_RUN'", days=401)
    await age_entries(database_url, "action = 'DELETE_RUN'", days=399)
    await sweep(database)
    assert [entry["action"] for entry in await entries(admin)] == ["DELETE_RUN", "CREATE_SCENARIO"]


async def age_entries(url: str, which: str, days: int) -> None:
    """As only the database's own administrator could."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL ROLE springtide_owner; SET LOCAL search_path TO springtide")
            await connection.execute("ALTER TABLE audit_log NO FORCE ROW LEVEL SECURITY")
            done = await connection.execute(
                f"UPDATE audit_log SET at = $1 WHERE {which}", datetime.now(UTC) - timedelta(days=days)
            )
            assert done != "UPDATE 0"
            await connection.execute("ALTER TABLE audit_log FORCE ROW LEVEL SECURITY")
    finally:
        await connection.close()


async def test_a_worker_that_claims_leaves_no_entry(admin: Client, database: Database) -> None:
    await admin.start_run()
    before = await entries(admin)
    async with database.queue() as connection:
        assert await claim_run(connection, 60, "test-1") is not None
    assert await entries(admin) == before


async def test_subjects_are_kept_as_text(database: Database, organisation: UUID) -> None:
    async with database.tenant(organisation) as connection:
        await record(
            connection, Actor(ActorKind.OPERATOR, label="ana"), AuditAction.SET_LIMITS, Subject("Run", organisation)
        )
        row = await connection.fetchrow("SELECT subject_kind, subject_id, actor_label FROM audit_log")
    assert tuple(row) == ("Run", str(organisation), "ana")


async def test_who_opens_what_the_other_side_has_written_is_told_once(client: Client) -> None:
    held = await tender(client)
    await held.bidder.submit(held.request, await held.text())
    document = "query($id: ID!) { node(id: $id) { ... on Request { document } ... on Proposal { offered: document } } }"
    for _ in range(2):
        await held.silent.client.ask(document, id=held.request)
    await done(held.client, CLOSE, requestId=held.request)
    for _ in range(2):
        await held.client.ask(document, id=held.bidder.proposal)
    opened = [entry for entry in await entries(held.silent.client) if entry["action"] == "OPEN_REQUEST"]
    assert [entry["subjectId"] for entry in opened] == [held.request]
    own = await entries(held.client)
    assert [entry["action"] for entry in own if entry["action"].startswith("OPEN")] == ["OPEN_OFFER"]
    assert own[0]["subjectId"] == held.bidder.proposal
    told = [entry["action"] for entry in await entries(held.bidder.client)]
    assert told == ["SUBMIT_PROPOSAL", "START_RUN", "SAVE_PROPOSAL"]
    assert "Alder" not in str(own)
    assert "23.4567" not in str(own)
