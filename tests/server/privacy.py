"""Who sees what of requests and proposals: the table, and the walk that compares it with what is there.

The table says of every field, and of every database table's rows, which role sees it in which states. Whatever a role
may not see has words and numbers of its own, which the walk looks for in every answer and in every row.
"""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema

from server.graphql.paging import global_id, key_of
from server.store.requests import get_request
from tests.server.api import Client
from tests.server.tender import SECRET, WAGE, Tender


class Role(StrEnum):
    CLIENT = "client"
    """puts the request out"""
    OTHER_CLIENT = "other client"
    BIDDER = "bidder"
    """an invited vendor with a proposal"""
    SILENT = "silent"
    """an invited vendor without one"""
    UNINVITED = "uninvited"


class State(StrEnum):
    DRAFT = "draft"
    """the bidder has saved a draft"""
    SUBMITTED = "submitted"
    """the bidder has tested and submitted it"""
    CLOSED = "closed"
    """the request is closed, and evaluated"""
    AWARDED = "awarded"


Seen = Mapping[Role, frozenset[State]]
STATES = list(State)


def since(state: State, *roles: Role) -> Seen:
    return {role: frozenset(STATES[STATES.index(state) :]) for role in roles}


BOTH_SIDES = since(State.DRAFT, Role.CLIENT, Role.BIDDER, Role.SILENT)
CLIENTS = since(State.DRAFT, Role.CLIENT)
VENDORS = since(State.DRAFT, Role.BIDDER)
SUBMISSIONS: Seen = {**since(State.SUBMITTED, Role.CLIENT), **VENDORS}
NOBODY: Seen = {}

FIELDS: Mapping[str, Mapping[str, Seen]] = {
    "Request": {
        **dict.fromkeys(
            ("id", "name", "status", "client", "sealed", "createdAt", "closesAt", "digest", "document"), BOTH_SIDES
        ),
        **dict.fromkeys(("experiment", "stresses", "invitations"), BOTH_SIDES),
        **dict.fromkeys(("scenario", "scenarioVersion", "leftOut"), CLIENTS),
        "awardedAt": since(State.AWARDED, Role.CLIENT, Role.BIDDER, Role.SILENT),
        "withdrawnAt": NOBODY,
        "awardedScenario": since(State.AWARDED, Role.CLIENT),
        "proposals": SUBMISSIONS,
        "evaluations": since(State.CLOSED, Role.CLIENT),
    },
    "Proposal": {
        **dict.fromkeys(("id", "request", "vendor", "status"), SUBMISSIONS),
        "submittedAt": since(State.SUBMITTED, Role.CLIENT, Role.BIDDER),
        "withdrawnAt": NOBODY,
        "share": since(State.AWARDED, Role.CLIENT, Role.BIDDER),
        "document": {**since(State.CLOSED, Role.CLIENT), **VENDORS},
        "run": {**since(State.CLOSED, Role.CLIENT), **since(State.SUBMITTED, Role.BIDDER)},
        **dict.fromkeys(("version", "isTested", "createdAt", "updatedAt", "scenario"), VENDORS),
        "submittedVersion": since(State.SUBMITTED, Role.BIDDER),
    },
    "Invitation": {
        **dict.fromkeys(("id", "vendor", "invitedAt"), BOTH_SIDES),
        "outcome": since(State.AWARDED, Role.CLIENT, Role.BIDDER, Role.SILENT),
        "share": since(State.AWARDED, Role.CLIENT, Role.BIDDER),
    },
    "Party": dict.fromkeys(("id", "name"), BOTH_SIDES),
    "RequestUpdate": dict.fromkeys(("sequence", "request"), BOTH_SIDES),
}
"""By type and field. An update's fields are those of what is watched; a party's those of whom it stands for."""

ROWS: Mapping[str, Mapping[Role, tuple[int, int, int, int]]] = {
    "requests": {Role.CLIENT: (1, 1, 1, 1), Role.BIDDER: (1, 1, 1, 1), Role.SILENT: (1, 1, 1, 1)},
    "request_bases": {Role.CLIENT: (1, 1, 1, 1)},
    "invitations": {Role.CLIENT: (2, 2, 2, 2), Role.BIDDER: (1, 1, 1, 1), Role.SILENT: (1, 1, 1, 1)},
    "proposals": {Role.BIDDER: (1, 1, 1, 1)},
    "submissions": {Role.CLIENT: (0, 1, 1, 1), Role.BIDDER: (0, 1, 1, 1)},
    "offers": {Role.CLIENT: (0, 0, 1, 1), Role.BIDDER: (0, 1, 1, 1)},
    "scenarios": {Role.CLIENT: (1, 1, 1, 2), Role.BIDDER: (1, 1, 1, 1)},
    "runs": {Role.CLIENT: (0, 0, 1, 1), Role.BIDDER: (0, 1, 1, 1)},
    "studies": {Role.CLIENT: (0, 0, 1, 1)},
    "study_points": {Role.CLIENT: (0, 0, 1, 1)},
    "outcomes": {Role.CLIENT: (0, 0, 1, 1), Role.BIDDER: (0, 1, 1, 1)},
    "organisations": dict.fromkeys(Role, (1, 1, 1, 1)),
}
"""By table and role: how many rows the app's role sees in each state, acting for the role's organisation."""

CHANGES: Mapping[Role, tuple[State, ...]] = {
    Role.CLIENT: (State.SUBMITTED, State.CLOSED, State.AWARDED),
    Role.BIDDER: (State.SUBMITTED, State.CLOSED, State.AWARDED),
    Role.SILENT: (State.CLOSED, State.AWARDED),
}
"""In which states the sequence of a request is another than in the one before: what progress events tell."""

BELOW: Mapping[str, str] = {
    "Request.client": "{ id name }",
    "Request.experiment": "{ replications seed precision }",
    "Request.scenario": "{ id name document }",
    "Request.leftOut": "{ path message }",
    "Request.awardedScenario": "{ id document }",
    "Request.invitations": "(first: 5) { totalCount nodes { id vendor { id name } invitedAt outcome share }"
    " edges { cursor } }",
    "Request.proposals": "(first: 5) { totalCount nodes { id status vendor { id name } document } edges { cursor } }",
    "Request.evaluations": "(first: 2) { totalCount nodes { id status points(first: 2) { nodes { label } }"
    " board { baseline } } }",
    "Proposal.request": "{ id }",
    "Proposal.vendor": "{ id name }",
    "Proposal.run": "{ id digest document progress { completed total } scenario { id } outcomes {"
    " cost { total { mean } } vendors { id"
    " months { invoice { mean } margin { mean } lines { kind amount { mean } } } } } }",
    "Proposal.scenario": "{ id name document runs(first: 1) { totalCount } }",
}
"""What is asked of a field that is an object."""

LISTS = """{ requests { totalCount nodes { id } } runs { totalCount nodes { id } } studies { totalCount nodes { id } }
  scenarios { totalCount nodes { id name document } } organisation { name } }"""

OF_RUNS = (
    "query($id: ID!) { run(id: $id) { id status progress { completed } document } }",
    "query($id: ID!) { compareRuns(baselineRunId: $id, runIds: [$id]) { userErrors { code message path } } }",
    "mutation($id: ID!) { exportOutcomes(input: {runId: $id, format: CSV}) { userErrors { code message path } } }",
)
OF_PROPOSALS = (
    "mutation($id: ID!) { submitProposal(input: {proposalId: $id, expectedVersion: 99})"
    " { proposal { id status version } userErrors { code message path } } }",
)
OF_REQUESTS = (
    'mutation($id: ID!) { extendRequest(input: {requestId: $id, closesAt: "2020-01-01T00:00:00Z"})'
    " { request { id } userErrors { code message path } } }",
    "query($id: ID!) { request(id: $id) { proposals(first: 1) { totalCount pageInfo { hasNextPage } } } }",
)
"""What is tried with the ids of others."""


def untold(schema: GraphQLSchema) -> list[str]:
    """Fields of which the table does not say who sees them, and what it tells of and is not there."""
    found = set()
    for name, fields in FIELDS.items():
        kind = schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        found |= {f"{name}.{field}" for field in kind.fields.keys() ^ fields.keys()}
    return sorted(found)


def client_of(tender: Tender, role: Role) -> Client:
    return {
        Role.CLIENT: tender.client,
        Role.OTHER_CLIENT: tender.other_client,
        Role.BIDDER: tender.bidder.client,
        Role.SILENT: tender.silent.client,
        Role.UNINVITED: tender.uninvited.client,
    }[role]


def is_there(value: Any) -> bool:
    """Whether anything is seen by a value of a field."""
    return value is not None and not (isinstance(value, dict) and value.get("nodes") == [])


class Walk:
    """Compares the table with a tender in a state; what differs or leaks is told in lines."""

    def __init__(self, tender: Tender, state: State) -> None:
        self.tender, self.state = tender, state
        self.found: list[str] = []
        self.answers: dict[Role, list[str]] = {role: [] for role in Role}

    async def findings(self, tables: Iterable[str]) -> list[str]:
        for role in Role:
            await self._objects(role)
            await self._lists(role)
            await self._attempts(role)
            await self._rows(role, tables)
            self._leaks(role)
        return self.found

    async def _ask(self, role: Role, query: str, **variables: Any) -> Any:
        answer = await client_of(self.tender, role).answer(query, **variables)
        assert "data" in answer, answer["errors"]
        self.answers[role].append(json.dumps(answer))
        return answer

    async def _objects(self, role: Role) -> None:
        for kind, key in (("Request", self.tender.request), ("Proposal", self.tender.bidder.proposal)):
            fields = [field + BELOW.get(f"{kind}.{field}", "") for field in FIELDS[kind]]
            root = kind.lower()
            asked = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {' '.join(fields)} }} }}"
            answer = await self._ask(role, f"{asked} {root}(id: $id) {{ {' '.join(fields)} }} }}", id=key)
            node, direct = answer["data"]["node"], answer["data"][root]
            if node != direct:
                self.found.append(f"{role}, {self.state}: node and {root} differ")
            self._compare(role, kind, direct)
            if kind == "Proposal" and role is not Role.BIDDER:
                self._margins(role, direct)
            if kind == "Request":
                nodes = direct["invitations"]["nodes"] if direct else []
                together = {
                    field: next((node[field] for node in nodes if node[field] is not None), None)
                    for field in FIELDS["Invitation"]
                }
                self._compare(role, "Invitation", together)

    def _compare(self, role: Role, kind: str, told: Any) -> None:
        for field, seen in FIELDS[kind].items():
            is_seen, may = is_there((told or {}).get(field)), self.state in seen.get(role, ())
            if is_seen != may:
                self.found.append(f"{role}, {self.state}: {kind}.{field} is {'seen' if is_seen else 'not seen'}")

    def _margins(self, role: Role, proposal: Any) -> None:
        """Of the vendor's months in a run of the client's; there are months once it was evaluated."""
        outcomes = ((proposal or {}).get("run") or {}).get("outcomes")
        months = [month for vendor in outcomes["vendors"] for month in vendor["months"]] if outcomes else []
        if any(month["margin"] is not None for month in months) or (outcomes and not months):
            self.found.append(f"{role}, {self.state}: is told the vendor's margin")

    async def _lists(self, role: Role) -> None:
        told = (await self._ask(role, LISTS))["data"]
        if told is None:
            self.found.append(f"{role}, {self.state}: lists are not told at all")
            return
        for name in ("requests", "scenarios"):
            rows = self._expected(name, role)
            if told[name]["totalCount"] != rows or len(told[name]["nodes"]) != rows:
                self.found.append(f"{role}, {self.state}: {name} counts {told[name]['totalCount']}, not {rows}")

    async def _attempts(self, role: Role) -> None:
        """What others have is asked for and acted on by its ids: what comes back is told in full."""
        tender = self.tender
        for query, key in (
            *((query, tender.bidder.run or "x") for query in OF_RUNS),
            *((query, tender.bidder.proposal) for query in OF_PROPOSALS),
            *((query, tender.request) for query in OF_REQUESTS),
        ):
            await self._ask(role, query, id=key)

    def _expected(self, table: str, role: Role) -> int:
        return ROWS[table].get(role, (0, 0, 0, 0))[STATES.index(self.state)]

    async def _rows(self, role: Role, tables: Iterable[str]) -> None:
        """Straight through SQL as the app's role."""
        client = client_of(self.tender, role)
        async with client.database.tenant(client.organisation) as connection:
            for table in tables:
                rows = [row[0] for row in await connection.fetch(f"SELECT each::text FROM {table} AS each")]
                self.answers[role] += rows
                if table in ROWS and len(rows) != self._expected(table, role):
                    self.found.append(
                        f"{role}, {self.state}: {len(rows)} rows of {table}, not {self._expected(table, role)}"
                    )

    def _leaks(self, role: Role) -> None:
        text = "\n".join(self.answers[role])
        for secret in self._secrets(role):
            if secret in text:
                self.found.append(f"{role}, {self.state}: is told {secret}")

    def _secrets(self, role: Role) -> Iterable[str]:
        """Words and numbers that the role must meet nowhere."""
        tender = self.tender
        if role is not Role.CLIENT:
            yield from (SECRET, "19.73", "6.66", "retained_per_month")
        for bidder, own in ((tender.bidder, Role.BIDDER), (tender.silent, Role.SILENT)):
            if role in (own, Role.CLIENT):
                continue
            word = bidder.name.partition(" ")[0].lower()
            yield from (word, bidder.name, str(bidder.client.organisation))
            if bidder.proposal:
                yield from self._ids(bidder.proposal, "Proposal", role)
        if role is not Role.BIDDER:
            yield str(WAGE)
            if tender.bidder.run:
                yield from self._ids(tender.bidder.run, "Run", role)
        if role is Role.CLIENT and self.state is State.DRAFT:
            yield from self._ids(tender.bidder.proposal, "Proposal", role)
        if role is Role.CLIENT and self.state in (State.DRAFT, State.SUBMITTED):
            yield "alder-desk"
        if role in (Role.OTHER_CLIENT, Role.UNINVITED):
            yield "Night desk"

    def _ids(self, text: str, kind: str, role: Role) -> Iterable[str]:
        key = key_of(text, kind)
        assert key is not None
        assert text == global_id(kind, key)
        yield from (str(key), text)


async def sequences(tender: Tender) -> dict[Role, int | None]:
    """Of the request, as each role reads it."""
    found: dict[Role, int | None] = {}
    for role in Role:
        client, key = client_of(tender, role), key_of(tender.request, "Request")
        assert key is not None
        async with client.database.tenant(client.organisation) as connection:
            row = await get_request(connection, key)
        found[role] = row.sequence if row else None
    return found
