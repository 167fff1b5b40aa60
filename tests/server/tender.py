"""A client that puts work out and vendors that answer it, over GraphQL; what is private has words of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from server.database.pool import Database
from server.graphql.paging import global_id
from server.store.invitations import Found, invite
from server.store.organisations import OrganisationKind, Role, create_organisation
from server.store.requests import NewRequest, create_request
from server.store.scenarios import create_scenario
from simulation.experiment import Experiment
from simulation.proposals.joining import Part, joined
from simulation.proposals.putting_out import put_out as put_out_of
from simulation.proposals.reading import load_proposal, load_request
from simulation.scenario.reading.canonical import canonical, digest
from simulation.scenario.reading.document import load
from tests.server.api import Client, finish_next_run, token_of

SECRET = "zqclient"
"""In every word of the client's own that no vendor may see."""
WORK = """
name: Night desk
start: 2026-10-26
days: 2
timezone: Europe/London
client_cost: {retained_per_month: 7000, abandoned_contact: 2}
queues:
  - id: orders
    hours: [{open: "09:00", close: "12:00"}]
    demand: {weekly_volume: 300}
    handling: {mean_seconds: 200}
    patience: {mean_seconds: 100}
    target: {threshold_seconds: 30, share: 0.8}
vendors:
  - id: zqclient-own
    kind: IN_HOUSE
    sites: [{id: zqclient-leeds, country: GB}]
    teams:
      - id: zqclient-desk
        site: zqclient-leeds
        skills: [{queue: orders}]
        staffing: {agents: 1}
        cost: {hourly_wage: 19.73}
  - id: zqclient-incumbent
    sites: [{id: zqclient-cork, country: IE}]
    teams:
      - {id: zqclient-voice, site: zqclient-cork, skills: [{queue: orders}], staffing: {agents: 2}}
    contracts:
      - pricing: [{kind: PER_CONTACT, rate: 6.66}]
        at_risk: {share: 0.1}
        slas:
          - id: level
            metric: SERVICE_LEVEL
            queue: orders
            scope: QUEUE
            target: 0.8
            window: DAY
            credits: [{below: 0.8, share: 0.5}]
"""
WAGE = 23.4567
"""What each vendor's people cost it, plus a number of its own: found in no answer to anybody else."""


def offer(vendor: str, agents: int = 3, number: int = 0, rate: float = 4.5) -> str:
    """A proposal's document; its wage is the vendor's own."""
    return f"""
vendor:
  id: {vendor}
  name: {vendor.title()} Care
  sites: [{{id: {vendor}-site, country: PL}}]
  teams:
    - id: {vendor}-desk
      site: {vendor}-site
      skills: [{{queue: orders}}]
      staffing: {{agents: {agents}}}
      cost: {{hourly_wage: {WAGE + number}}}
pricing: [{{kind: PER_CONTACT, rate: {rate}}}]
"""


CREATE = """mutation($input: CreateRequestInput!) { createRequest(input: $input) {
  request { id status name } userErrors { code message path } } }"""
INVITE = """mutation($input: InviteVendorsInput!) { inviteVendors(input: $input) {
  request { id invitations { totalCount } } userErrors { code message path } } }"""
SAVE = """mutation($input: SaveProposalInput!) { saveProposal(input: $input) {
  proposal { id version status isTested } userErrors { code message path } } }"""
TEST = """mutation($input: TestProposalInput!) { testProposal(input: $input) {
  run { id status } userErrors { code message path } } }"""
SUBMIT = """mutation($input: SubmitProposalInput!) { submitProposal(input: $input) {
  proposal { id version status submittedVersion } userErrors { code message path } } }"""
WITHDRAW_PROPOSAL = """mutation($input: WithdrawProposalInput!) { withdrawProposal(input: $input) {
  proposal { id status } userErrors { code message path } } }"""
CLOSE = """mutation($input: CloseRequestInput!) { closeRequest(input: $input) {
  request { id status } userErrors { code message path } } }"""
EXTEND = """mutation($input: ExtendRequestInput!) { extendRequest(input: $input) {
  request { id closesAt } userErrors { code message path } } }"""
WITHDRAW = """mutation($input: WithdrawRequestInput!) { withdrawRequest(input: $input) {
  request { id status } userErrors { code message path } } }"""
EVALUATE = """mutation($input: StartEvaluationInput!) { startEvaluation(input: $input) {
  study { id } userErrors { code message path } } }"""
AWARD = """mutation($input: AwardProposalInput!) { awardProposal(input: $input) {
  scenario { id document } request { status } takenAway { path message } userErrors { code message path } } }"""


def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


async def done(client: Client, mutation: str, **given: Any) -> Any:
    """What came of a mutation that must go well, without its errors."""
    (payload,) = (await client.ask(mutation, input=given)).values()
    assert payload.pop("userErrors") == []
    return payload


async def refused(client: Client, mutation: str, **given: Any) -> list[tuple[str, str | None]]:
    """Codes and paths of what a mutation refuses."""
    (payload,) = (await client.ask(mutation, input=given)).values()
    return [(each["code"], each["path"]) for each in payload["userErrors"]]


async def organisation(client: Client, name: str, kind: OrganisationKind, role: Role = Role.PLANNER) -> Client:
    """Another organisation's frontend."""
    async with client.database.administration() as connection:
        made = await create_organisation(connection, name=name, kind=kind)
    return client.as_stranger(made.id, await token_of(client.database, made.id, role))


async def put_out(client: Client, *vendors: str, **more: Any) -> str:
    """A request of the client's, its id; the vendors of these names are invited."""
    scenario = await client.create_scenario(WORK)
    given = {"scenarioId": scenario, "closesAt": in_an_hour(), "replications": 3, "stresses": []} | more
    request = str((await done(client, CREATE, **given))["request"]["id"])
    if vendors:
        await done(client, INVITE, requestId=request, organisations=list(vendors))
    return request


async def drafted(vendor: Client, request: str, document: str) -> str:
    return str((await done(vendor, SAVE, requestId=request, document=document))["proposal"]["id"])


async def try_out(vendor: Client, proposal: str, request: str, document: str) -> str:
    """A run of the proposal, ended, and its id; `request` and `document` are its texts."""
    run = str((await done(vendor, TEST, proposalId=proposal))["run"]["id"])
    await finish_next_run(vendor.database, scenario_of(request, document), 3)
    return run


def scenario_of(request: str, document: str) -> str:
    known = load_request(request)
    return canonical(joined(known, [Part(load_proposal(document, known))]))


async def text_of(client: Client, request: str) -> str:
    return str(
        (await client.ask("query($id: ID!) { request(id: $id) { document } }", id=request))["request"]["document"]
    )


@dataclass
class Bidder:
    """A vendor with its proposal."""

    client: Client
    name: str
    document: str
    proposal: str = ""
    run: str = ""

    async def submit(self, request: str, text: str) -> None:
        self.proposal = await drafted(self.client, request, self.document)
        self.run = await try_out(self.client, self.proposal, text, self.document)
        version = await self.client.ask("query($id: ID!) { proposal(id: $id) { version } }", id=self.proposal)
        await done(self.client, SUBMIT, proposalId=self.proposal, expectedVersion=version["proposal"]["version"])


@dataclass
class Tender:
    """A client, another, and vendors: two that are invited and one that is not."""

    client: Client
    other_client: Client
    bidder: Bidder
    silent: Bidder
    """invited, without a proposal"""
    uninvited: Bidder
    request: str = ""

    @property
    def database(self) -> Database:
        return self.client.database

    async def text(self) -> str:
        return await text_of(self.client, self.request)


async def tender(client: Client, role: Role = Role.ADMIN, **more: Any) -> Tender:
    """With a request that the first two vendors are invited to."""
    own = client.as_stranger(client.organisation, await token_of(client.database, client.organisation, role))
    other = await organisation(client, "Northern Power", OrganisationKind.CLIENT, role)
    names = ("alder", "birch", "cedar")
    vendors = [await organisation(client, f"{name.title()} Care", OrganisationKind.VENDOR, role) for name in names]
    bidders = [
        Bidder(vendor, f"{name.title()} Care", offer(name, number=place))
        for place, (vendor, name) in enumerate(zip(vendors, names, strict=True))
    ]
    made = Tender(own, other, *bidders)
    made.request = await put_out(own, "Alder Care", global_id("Organisation", vendors[1].organisation), **more)
    return made


async def asked_by_another(client: Client, **more: Any) -> str:
    """A request that a new organisation puts out and to which the client's, of whatever kind, is invited."""
    name = f"Client {uuid4()}"
    async with client.database.administration() as connection:
        made = await create_organisation(connection, name=name, kind=OrganisationKind.CLIENT)
    key = await request_of_store(client.database, made.id, name, **more)
    async with client.database.tenant(made.id) as connection:
        await invite(connection, key, [Found(client.organisation, "whoever is asked")])
    return global_id("Request", key)


async def request_of_store(database: Database, organisation_id: UUID, name: str, **more: Any) -> UUID:
    """Put out by an organisation of whatever kind."""
    described = load(WORK)
    document = canonical(described)
    found = put_out_of(described, experiment=Experiment(replications=3), stresses=[])
    async with database.tenant(organisation_id) as connection:
        scenario = await create_scenario(
            connection, name="Night desk", document=document, source=document, digest=digest(described)
        )
        given = {
            "name": "Night desk",
            "client_name": name,
            "document": canonical(found.request),
            "digest": digest(found.request),
            "is_sealed": True,
            "closes_at": datetime.now(UTC) + timedelta(hours=1),
            "scenario_id": scenario.id,
            "scenario_version": 1,
            "base": document,
            "shares": found.shares,
            "left_out": [],
        }
        return await create_request(connection, NewRequest(**{**given, **more}))


async def own_draft(client: Client) -> str:
    """A proposal of the client's organisation, of whatever kind, to a request of another."""
    return await drafted(client, await asked_by_another(client), offer("alder"))


async def own_test(client: Client) -> str:
    """A proposal as above, and tested."""
    request = await asked_by_another(client)
    proposal = await drafted(client, request, offer("alder"))
    await try_out(client, proposal, await text_of(client, request), offer("alder"))
    return proposal


async def own_submission(client: Client) -> str:
    """A proposal as above, and submitted."""
    proposal = await own_test(client)
    await done(client, SUBMIT, proposalId=proposal, expectedVersion=1)
    return proposal


async def offered_to(client: Client) -> str:
    """A request of the client's, not sealed, that somebody has answered."""
    name = f"Vendor {uuid4()}"
    vendor = await organisation(client, name, OrganisationKind.VENDOR)
    request = await put_out(client, name, sealed=False)
    await Bidder(vendor, name, offer("alder")).submit(request, await text_of(client, request))
    return request
