"""Whoever holds an id, a cursor or a key of another organisation learns as much as with one that was never given."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

import pytest
from graphql import build_schema
from starlette.requests import HTTPConnection
from strawberry.dataloader import DataLoader

from server.database.pool import Database
from server.graphql.context import Context, PageOf
from server.graphql.paging import global_id, split_id
from server.graphql.schema import schema_text
from server.graphql.view import GraphQLView
from server.store.invitations import Found, invite
from server.store.organisations import OrganisationKind, Role, create_organisation
from server.store.outcomes import ColumnKey
from server.store.proposals import own_proposal
from server.store.requests import get_bases
from server.store.runs import get_run, tell_change
from server.store.studies import cancel_study, start_study
from server.store.study_claims import NewPoint, add_points, claim_study
from tests.server.api import SHOP, Client, token_of
from tests.server.leaks import difference, miscounted, rows_of
from tests.server.probes import Probe, UntaughtError, id_probes, key_places, nested_places, node_kinds
from tests.server.tender import offered_to, own_draft, own_submission, request_of_store
from tests.server.test_row_security import TENANT_TABLES

SCHEMA = build_schema(schema_text())
PROBES = id_probes(SCHEMA)


async def its_organisation(client: Client) -> str:
    return global_id("Organisation", client.organisation)


async def a_scenario(client: Client) -> str:
    """With a run and a study, so that a list of either has something."""
    scenario = await client.create_scenario()
    await client.ask("CancelRun", run=await client.start_run(scenario))
    await client.ask(CANCEL_STUDY, study=await started_study(client, scenario))
    return scenario


START_STUDY = "mutation($of: ID!) { startStressTests(input: {base: {scenarioId: $of}}) { study { id } } }"
CANCEL_STUDY = "mutation($study: ID!) { cancelStudy(input: {studyId: $study}) { study { id } } }"


async def started_study(client: Client, scenario: str) -> str:
    return str((await client.ask(START_STUDY, of=scenario))["startStressTests"]["study"]["id"])


async def a_member(client: Client) -> str:
    added = "mutation($email: String!) { addMember(input: {email: $email, role: VIEWER}) { member { id } } }"
    return str((await client.ask(added, email=f"{uuid4()}@other.example"))["addMember"]["member"]["id"])


async def a_token(client: Client) -> str:
    made = 'mutation { createToken(input: {role: VIEWER, label: "a wall screen"}) { token { id } } }'
    return str((await client.ask(made))["createToken"]["token"]["id"])


async def a_study(client: Client) -> str:
    """That has ended, with a point."""
    study = await started_study(client, await client.create_scenario())
    async with client.database.queue() as connection:
        claim = await claim_study(connection, 60.0)
    assert claim is not None
    async with client.database.tenant(client.organisation) as connection:
        await add_points(connection, claim, [NewPoint("base", "as planned", "{}", "d", {"replications": 1}, 1)])
    await client.ask(CANCEL_STUDY, study=study)
    return study


async def a_request(client: Client) -> str:
    """Of whatever kind of organisation, with an invitation and an evaluation that has ended."""
    key = await request_of_store(client.database, client.organisation, "whoever asks")
    async with client.database.administration() as connection:
        vendor = await create_organisation(connection, name=str(uuid4()), kind=OrganisationKind.VENDOR)
    async with client.database.tenant(client.organisation) as connection:
        await invite(connection, key, [Found(vendor.id, "whoever is asked")])
        base = (await get_bases(connection, [key]))[key]
        study = await start_study(
            connection,
            scenario_id=base.scenario_id,
            scenario_version=1,
            kind="EVALUATION",
            description='{"offers": []}',
            most_replications=1,
            request_id=key,
        )
        await cancel_study(connection, study.id)
    return global_id("Request", key)


MAKERS: dict[str, Callable[[Client], Awaitable[str]]] = {
    "Run": lambda client: client.finished_run(),
    "Scenario": a_scenario,
    "Organisation": its_organisation,
    "Study": a_study,
    "Request": a_request,
    "Proposal": own_submission,
    "Member": a_member,
    "Token": a_token,
}
"""What makes one of each kind that has a global id, as whoever may do everything."""

NOT_GLOBAL = {
    "createRequest.input.queues": "the scenario's own",
    "createRequest.input.contractOf": "the vendor's id in the scenario",
    "startEvaluation.input.proposalIds": "of a request; test_requests tries foreign ones",
    "awardProposal.input.proposalIds": "of a request; test_requests tries foreign ones",
    "scoreProposals.studyId": "of an evaluation that has succeeded; tried below",
    "priceFor.vendor": "the vendor's id in the scenario",
    "startStaffingSearch.input.vendor": "the vendor's id in the scenario",
    "createScenario.input.source.presetId": "presets belong to the program",
    "importDemand.input.file.uploadId": "uploads are no nodes; test_importing tries a foreign one",
    "previewScenario.input.source.presetId": "presets belong to the program",
    "updateScenario.input.source.presetId": "presets belong to the program",
    "updateScenario.input.source.scenarioId": "a scenario does not take the place of another",
}
"""Places of other ids, at which not even one's own global id leads to anything."""


@dataclass
class Neighbours:
    """An organisation that asks, another, and what the other has: one of each kind."""

    asking: Client
    other: Client
    foreign: dict[str, str]


@pytest.fixture
async def stranger(request: pytest.FixtureRequest, database: Database) -> UUID:
    kind = getattr(request, "param", OrganisationKind.VENDOR)
    async with database.administration() as connection:
        return (await create_organisation(connection, name="Other", kind=kind)).id


@pytest.fixture
async def neighbours(client: Client, database: Database, organisation: UUID, stranger: UUID) -> Neighbours:
    asking, other = [
        client.as_stranger(each, await token_of(database, each, Role.ADMIN)) for each in (organisation, stranger)
    ]
    if untaught := node_kinds(SCHEMA) - MAKERS.keys():
        raise UntaughtError(f"teach MAKERS to make: {', '.join(untaught)}")
    return Neighbours(asking, other, {kind: await make(other) for kind, make in MAKERS.items()})


def test_only_root_fields_take_ids_and_cursors() -> None:
    """Else teach the probes how to reach them; a scenario's own ids lead to nothing outside the outcomes, and the
    cursors of what hangs on a scenario are tried below."""
    assert sorted(nested_places(SCHEMA)) == [
        *("Outcomes.queue.id", "Outcomes.statement.vendor", "Outcomes.team.id"),
        *("Request.evaluations.after", "Request.invitations.after", "Request.proposals.after"),
        *("Scenario.forks.after", "Scenario.runs.after", "Study.points.after"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("stranger", list(OrganisationKind), indirect=True)
async def test_a_foreign_id_or_cursor_is_answered_as_a_missing_one_byte_for_byte(
    neighbours: Neighbours, database: Database
) -> None:
    tables = [table for table in TENANT_TABLES if table != "tokens"]  # whose use is noted
    foreign = [*neighbours.foreign.values(), await neighbours.other.start_run()]  # one that has not ended, too
    before = await rows_of(database, neighbours.other.organisation, tables)
    for role in Role:
        neighbours.asking.token = await token_of(database, neighbours.asking.organisation, role)
        for probe in PROBES:
            for each in foreign:
                assert await difference(neighbours.asking, probe, each) is None, (probe.place, split_id(each))
    assert await rows_of(database, neighbours.other.organisation, tables) == before


@pytest.mark.slow
async def test_each_probe_tells_an_own_id_from_a_missing_one(neighbours: Neighbours) -> None:
    """So that what is the same for a foreign one is the same for a reason."""
    live = [probe for probe in PROBES if not probe.is_cursor and probe.place not in NOT_GLOBAL]
    own = [[await make(neighbours.asking) for make in MAKERS.values()] for _ in live]
    for probe, ids in zip(live, own, strict=True):
        found = [await difference(neighbours.asking, probe, each) for each in ids]
        assert any(found), f"teach the probe of {probe.place} arguments with which an own id is found"
    assert {probe.place for probe in PROBES} >= NOT_GLOBAL.keys()


def test_a_place_with_a_version_is_probed_with_two() -> None:
    schema = build_schema(
        "type Query { a: Int } type Thing { b: Int }"
        " input Rename { thingId: ID!, expectedVersion: Int, name: String!, kind: Kind! } enum Kind { BIG SMALL }"
        " type Mutation { rename(input: Rename!): Thing }"
    )
    assert [probe.operation for probe in id_probes(schema)] == [
        "mutation Tried($tried: ID!) { rename(input: {thingId: $tried, "
        f'expectedVersion: {version}, name: "x", kind: BIG}}) {{ __typename b }} }}'
        for version in (1, 99)
    ]


def test_what_the_walk_cannot_fill_in_it_asks_to_be_taught() -> None:
    schema = build_schema("scalar Colour type Query { thing(id: ID!, colour: Colour!): Int }")
    with pytest.raises(UntaughtError, match="teach SAMPLES a literal of Colour"):
        id_probes(schema)
    nested = build_schema("type Query { a: Thing } type Thing { others(after: String, first: Int): Int }")
    assert nested_places(nested) == ["Thing.others.after"]


async def test_a_vendor_of_an_own_run_is_not_found_by_a_foreign_id(neighbours: Neighbours) -> None:
    run = await MAKERS["Run"](neighbours.asking)
    asked = (
        f"query T($tried: ID!) {{ priceFor(runId: {json.dumps(run)}, vendor: $tried, margin: 0.1, probability: 0.5)"
        " { price { factor } userErrors { code message path } } }"
    )
    for foreign in neighbours.foreign.values():
        assert await difference(neighbours.asking, Probe("priceFor.vendor", asked, "query"), foreign) is None


async def test_a_foreign_run_beside_an_own_one_is_answered_as_a_missing_one(neighbours: Neighbours) -> None:
    run = await MAKERS["Run"](neighbours.asking)
    asked = (
        f'query T($tried: ID!) {{ rescoreRuns(runIds: [{json.dumps(run)}, $tried], contracts: [{{name: "x",'
        ' document: "{}"}]) { results { run { id } } userErrors { code message path } } }'
    )
    probe = Probe("rescoreRuns.runIds", asked, "query")
    assert await difference(neighbours.asking, probe, neighbours.foreign["Run"]) is None


@pytest.mark.parametrize("name", ["runs", "forks"])
async def test_a_foreign_cursor_below_a_scenario_is_answered_as_a_missing_one(
    neighbours: Neighbours, name: str
) -> None:
    scenario = await neighbours.asking.create_scenario()
    asked = (
        f"query T($tried: String!) {{ scenario(id: {json.dumps(scenario)}) {{ {name}(after: $tried)"
        " { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } } } }"
    )
    for foreign in neighbours.foreign.values():
        assert await difference(neighbours.asking, Probe("runs.after", asked, "query"), foreign) is None


async def test_a_foreign_cursor_below_a_study_is_answered_as_a_missing_one(neighbours: Neighbours) -> None:
    study = await MAKERS["Study"](neighbours.asking)
    asked = (
        f"query T($tried: String!) {{ study(id: {json.dumps(study)}) {{ points(after: $tried)"
        " { totalCount nodes { label } pageInfo { hasNextPage hasPreviousPage } } } }"
    )
    for foreign in neighbours.foreign.values():
        assert await difference(neighbours.asking, Probe("studies.after", asked, "query"), foreign) is None


@pytest.mark.parametrize("name", ["invitations", "proposals", "evaluations"])
async def test_a_foreign_cursor_below_a_request_is_answered_as_a_missing_one(neighbours: Neighbours, name: str) -> None:
    request = await MAKERS["Request"](neighbours.asking)
    asked = (
        f"query T($tried: String!) {{ request(id: {json.dumps(request)}) {{ {name}(after: $tried)"
        " { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } } } }"
    )
    for foreign in neighbours.foreign.values():
        assert await difference(neighbours.asking, Probe("studies.after", asked, "query"), foreign) is None


async def test_a_foreign_board_is_scored_as_a_missing_one(neighbours: Neighbours) -> None:
    asked = (
        "query T($tried: ID!) { scoreProposals(studyId: $tried, scorecard: {weights: [{key: MET, value: 1}]})"
        " { scores { points } userErrors { code message path } } }"
    )
    probe = Probe("scoreProposals.studyId", asked, "query")
    assert await difference(neighbours.asking, probe, neighbours.foreign["Study"]) is None


@pytest.mark.parametrize("stranger", [OrganisationKind.CLIENT], indirect=True)
async def test_a_key_that_another_organisation_has_used_is_new_to_this_one(neighbours: Neighbours) -> None:
    taught = {
        "createScenario.input.idempotencyKey": (
            "mutation($key: String!, $document: String!) {"
            " createScenario(input: {idempotencyKey: $key, source: {document: $document}})"
            " { scenario { id name digest } userErrors { code message path } } }"
        ),
        "rollForward.input.idempotencyKey": (
            "mutation($key: String!, $scenario: ID!) { rollForward(input: {idempotencyKey: $key, scenarioId: $scenario,"
            ' at: "2026-11-02", actuals: {queues: [{key: "mail", value: {backlog: {volume: 1}}}]}})'
            " { scenario { id name digest } userErrors { code message path } } }"
        ),
        "importDemand.input.idempotencyKey": (
            'mutation($key: String!) { importDemand(input: {idempotencyKey: $key, fileName: "c.csv", timeZone: "UTC",'
            ' file: {content: "Date,Calls\\n2026-03-02,5\\n"}, slotMinutes: 1440})'
            " { scenario { id name digest } userErrors { code message path } } }"
        ),
        "createRequest.input.idempotencyKey": (
            "mutation($key: String!, $scenario: ID!) { createRequest(input: {idempotencyKey: $key,"
            ' scenarioId: $scenario, closesAt: "2027-10-01T00:00:00Z"})'
            " { request { id name } userErrors { code message path } } }"
        ),
        "testProposal.input.idempotencyKey": (
            "mutation($key: String!, $proposal: ID!) { testProposal(input: {idempotencyKey: $key,"
            " proposalId: $proposal}) { run { id status } userErrors { code message path } } }"
        ),
        "startEvaluation.input.idempotencyKey": (
            "mutation($key: String!, $request: ID!) { startEvaluation(input: {idempotencyKey: $key,"
            " requestId: $request}) { study { id status } userErrors { code message path } } }"
        ),
        "startRun.input.idempotencyKey": (
            "mutation($key: String!, $scenario: ID!) { startRun(input: {idempotencyKey: $key, scenarioId: $scenario})"
            " { run { id status progress { completed } } userErrors { code message path } } }"
        ),
        **{
            f"{name}.input.idempotencyKey": (
                f"mutation($key: String!, $scenario: ID!) {{ {name}(input: {{idempotencyKey: $key,"
                f" base: {{scenarioId: $scenario}} {more}}})"
                " { study { id status } userErrors { code message path } } }"
            )
            for name, more in (
                ("startStressTests", ""),
                ("startSweep", 'axes: [{name: "n", steps: [{label: "one"}]}]'),
                ("startSensitivity", ""),
                ("startLimitSearch", "vary: DEMAND"),
                ("startStaffingSearch", ""),
                ("startReadiness", ""),
            )
        },
        "explainDifference.input.idempotencyKey": (
            "mutation($key: String!, $run: ID!) { explainDifference(input: {idempotencyKey: $key,"
            " baselineRunId: $run, runId: $run}) { study { id status } userErrors { code message path } } }"
        ),
    }
    assert key_places(SCHEMA) == taught.keys(), "teach the operation with this key"
    for place, operation in taught.items():
        answers = []
        for client, key in ((neighbours.other, "theirs"), (neighbours.asking, "theirs"), (neighbours.asking, "new")):
            given = {"scenario": await client.create_scenario(), "document": SHOP, "run": await client.start_run()}
            if "$proposal" in operation:
                given["proposal"] = await own_draft(client)
            if "$request" in operation:
                given["request"] = await offered_to(client)
            variables = {name: value for name, value in given.items() if f"${name}" in operation}
            # scenarios have keys of their own, however they are made, and so have studies
            answers.append(without_id(await client.ask(operation, key=f"{key}, {place}", **variables)))
        (theirs, _), (own, with_key), (another, with_new) = answers
        assert with_key == with_new, place
        assert len({theirs, own, another}) == 3, place


def without_id(answer: Any) -> tuple[str, Any]:
    """The id of what was made, and the rest of the answer."""
    (payload,) = answer.values()
    (made,) = (value for name, value in payload.items() if name != "userErrors")
    return made.pop("id"), answer


async def test_no_list_counts_what_it_does_not_show(neighbours: Neighbours) -> None:
    await neighbours.asking.create_scenario()
    assert await miscounted(neighbours.asking, SCHEMA) == []


ONE_MORE = "UPDATE runs SET sequence = sequence + 1 WHERE id = $1 RETURNING id"


async def test_no_loader_loads_for_another_organisation(
    neighbours: Neighbours, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {kind: (split_id(each) or ("", UUID(int=0)))[1] for kind, each in neighbours.foreign.items()}
    async with database.tenant(neighbours.other.organisation) as connection:
        run = await get_run(connection, keys["Run"])
        await tell_change(connection, await connection.fetchval(ONE_MORE, keys["Run"]), "{}")
    assert run is not None
    of_run = run.scenario_id
    await neighbours.other.ask("ForkScenario", base=neighbours.foreign["Scenario"], name="Fork")
    async with database.tenant(neighbours.other.organisation) as connection:
        proposal = await own_proposal(connection, keys["Proposal"])
        assert proposal is not None
        assert proposal.draft is not None
        tested = proposal.draft.scenario_id
        evaluation = await start_study(
            connection,
            scenario_id=tested,
            scenario_version=1,
            kind="EVALUATION",
            description=json.dumps({"offers": [{"id": neighbours.foreign["Proposal"]}]}),
            most_replications=1,
        )
        await connection.execute(
            "INSERT INTO study_points (study_id, name, id, label, run_id) VALUES ($1, '0 plain', $1, '', $2)",
            evaluation.id, keys["Run"],
        )  # fmt: skip
    wanted: dict[str, Any] = {
        "scenarios": keys["Scenario"],
        "members": keys["Member"],
        "documents": keys["Run"],
        "figures_so_far": (keys["Run"], run.sequence + 1),
        "columns": ColumnKey(keys["Run"], "queue", "orders", "day", "offered", "mean"),
        "openings": keys["Run"],
        "runs_of": PageOf(of_run, 1, None),
        "run_counts": of_run,
        "forks_of": PageOf(keys["Scenario"], 1, None),
        "fork_counts": keys["Scenario"],
        "study_progress": keys["Study"],
        "study_answers": keys["Study"],
        "runs": keys["Run"],
        "requests_of": keys["Request"],
        "request_bases": keys["Request"],
        "request_documents": keys["Request"],
        "offers": keys["Proposal"],
        "latest_tests": tested,
        "evaluated_runs": keys["Proposal"],
    }
    async with database.tenant(neighbours.other.organisation) as connection:
        await connection.execute("UPDATE studies SET status = 'SUCCEEDED', answer = '{}' WHERE id = $1", keys["Study"])
    contexts: list[Context] = []
    made = GraphQLView.context_of

    def noted(view: GraphQLView, connection: HTTPConnection) -> Context:
        contexts.append(made(view, connection))
        return contexts[-1]

    monkeypatch.setattr(GraphQLView, "context_of", noted)
    names = [name for name, value in vars(Context).items() if isinstance(value, cached_property)]
    for client, is_there in ((neighbours.asking, False), (neighbours.other, True)):
        await client.ask("{ __typename }")
        found = {name: getattr(contexts[-1], name) for name in names}
        loaders = {name: value for name, value in found.items() if isinstance(value, DataLoader)}
        assert loaders.keys() == wanted.keys(), "teach the keys of this loader"
        for name, loader in loaders.items():
            assert (await loader.load(wanted[name]) is not None) == is_there, name
