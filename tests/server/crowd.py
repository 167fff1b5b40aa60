"""Six organisations that read at once through the real pool and application while connections die under them.

Every answer was taken once in quiet. In the storm a read may fail; what it answers must be the same bytes, and no mark
of another organisation may stand in anything that is read, errors included.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import uuid4

import asyncpg
import httpx
import numpy as np

from server.app import create_app
from server.database.connecting import LOST
from server.database.pool import Database
from server.graphql.paging import key_of
from server.store import organisations, outcomes, run_lists, runs, scenarios
from server.store.organisations import OrganisationKind, create_organisation, token_hash
from server.store.outcomes import ColumnKey, Packed, pack, store_outcomes
from simulation.outcome.report.parts import to_parts
from simulation.outcome.report.result import EntityKind
from tests.server.api import SETTINGS, SHOP, Client, shop_result, token_of

KINDS = [OrganisationKind.CLIENT, OrganisationKind.VENDOR] * 3
READERS = 24
CONNECTIONS = 8
SCENARIOS = 3
DISTURBED = 0.06
"""Share of reads that are cancelled, time out or fail on purpose."""

LISTS = """query($first: Int!) { scenarios(first: $first) { totalCount nodes { id name digest document } }
  runs(first: $first) { totalCount nodes { id status scenario { id name } } } }"""
OUTCOMES = """query($run: ID!) { node(id: $run) { ... on Run { id scenario { name } outcomes {
  queues { id series(measures: [OFFERED], resolution: DAY) { mean } } } } } }"""
FOREIGN = """query($run: ID!, $scenario: ID!) { node(id: $run) { id } scenario(id: $scenario) { id name }
  scenarios(first: 1) { nodes { name } } }"""

Question = Callable[["Member"], Awaitable[str]]


@dataclass
class Member:
    """One of the organisations: what it has, and what it must never see."""

    client: Client
    mark: str
    """stands in every name and text of its own, and nowhere else"""
    scenarios: list[str]
    runs: list[str]
    others: list["Member"] = field(default_factory=list)
    foreign: re.Pattern[str] = field(default_factory=lambda: re.compile("(?!)"))
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def own(self) -> list[str]:
        """Texts by which its rows are known."""
        keys = [key_of(each, kind) for kind, ids in (("Scenario", self.scenarios), ("Run", self.runs)) for each in ids]
        return [self.mark, str(self.client.organisation), *self.scenarios, *self.runs, *map(str, keys)]

    def meet(self, members: list["Member"]) -> None:
        self.others = [member for member in members if member is not self]
        self.foreign = re.compile("|".join(re.escape(text) for other in self.others for text in other.own))


@dataclass
class Seen:
    """What was read."""

    reads: Counter[str] = field(default_factory=Counter)
    disturbances: Counter[str] = field(default_factory=Counter)
    foreign: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        disturbed = ", ".join(f"{count} {what}" for what, count in sorted(self.disturbances.items()))
        return (
            f"{self.reads.total()} reads ({self.reads['graphql']} of the API) by three clients and three vendors, amid"
            f" {disturbed}: {len(self.foreign)} foreign, {len(self.wrong)} wrong"
        )


@asynccontextmanager
async def crowd(database: Database) -> AsyncIterator[list[Member]]:
    app = create_app(SETTINGS, database)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://springtide.test") as http,
    ):
        members = [await join(database, http, kind, number) for number, kind in enumerate(KINDS)]
        for member in members:
            member.meet(members)
        for member in members:
            member.answers = {name: await ask(member) for name, ask in QUESTIONS.items()}
        yield members


async def join(database: Database, http: httpx.AsyncClient, kind: OrganisationKind, number: int) -> Member:
    mark = uuid4().hex
    async with database.administration() as connection:
        made = await create_organisation(connection, name=f"Member {mark}", kind=kind)
    client = Client(http, database, made.id, await token_of(database, made.id))
    made_of = [await client.create_scenario(SHOP.replace("name: Shop", f"name: {n} {mark}")) for n in range(SCENARIOS)]
    started = [await client.start_run(scenario) for scenario in made_of]
    finished = key_of(started[0], "Run")
    assert finished is not None
    async with database.tenant(made.id) as connection:
        await connection.execute("UPDATE runs SET status = 'SUCCEEDED', finished_at = now() WHERE id = $1", finished)
        await store_outcomes(connection, finished, figures_of(number))
    for run in started[1:]:
        await client.ask("CancelRun", run=run)
    return Member(client, mark, made_of, started)


def figures_of(number: int) -> Packed:
    """The shop's outcomes, but with figures that no other member has."""
    head, columns = to_parts(shop_result())
    shifted = [
        (*column[:5], (np.frombuffer(column[5]) + number).tobytes() if column[0] == EntityKind.QUEUE else column[5])
        for column in columns
    ]
    return pack(head, shifted, b"")


def told(value: object) -> str:
    return re.sub(r"last_used_at=[^)]*", "", repr(value))


async def lists(member: Member) -> str:
    async with member.client.database.tenant(member.client.organisation) as connection:
        return told(
            [
                await scenarios.list_scenarios(connection, first=50),
                await scenarios.count_scenarios(connection),
                await run_lists.list_runs(connection, first=50),
                await run_lists.count_runs(connection),
            ]
        )


async def looks(member: Member) -> str:
    """By keys of one's own and of all others."""
    wanted = [(key_of(s, "Scenario"), key_of(r, "Run")) for each in (member, *member.others) for s, r in both(each)]
    async with member.client.database.tenant(member.client.organisation) as connection:
        return told(
            [
                sorted(map(str, (await scenarios.get_scenarios(connection, [s for s, _ in wanted if s])).values())),
                sorted(map(str, (await runs.get_runs(connection, [r for _, r in wanted if r])).values())),
            ]
        )


def both(member: Member) -> list[tuple[str, str]]:
    return list(zip(member.scenarios, member.runs, strict=False))


async def columns(member: Member) -> str:
    keys = [key_of(each.runs[0], "Run") for each in (member, *member.others)]
    async with member.client.database.tenant(member.client.organisation) as connection:
        read = await outcomes.pick_columns(
            connection, [ColumnKey(key, "queue", "orders", "day", "offered", "mean") for key in keys if key]
        )
    return told(read)


async def itself(member: Member) -> str:
    async with member.client.database.tenant(member.client.organisation) as connection:
        return told(
            [await organisations.own_organisation(connection), await organisations.list_tokens(connection, first=50)]
        )


async def bearer(member: Member) -> str:
    async with member.client.database.bearer(token_hash(member.client.token or "")) as connection:
        return told(await organisations.bearers_token(connection))


async def nobody(member: Member) -> str:
    """Without an organisation there is nothing to see."""
    async with member.client.database._transaction() as connection:
        seen = await scenarios.list_scenarios(connection, first=50)
        return told([seen, await organisations.own_organisation(connection), await run_lists.count_runs(connection)])


async def answered(member: Member, query: str, **variables: object) -> str:
    answer = await member.client.post({"query": query, "variables": variables})
    if answer.status_code != 200 or "errors" in answer.json():
        raise RefusedError(answer.text)
    return answer.text


class RefusedError(Exception):
    """The application answered with an error."""


async def api_lists(member: Member) -> str:
    return await answered(member, LISTS, first=20)


async def api_outcomes(member: Member) -> str:
    return await answered(member, OUTCOMES, run=member.runs[0])


async def api_foreign(member: Member) -> str:
    other = member.others[0]
    return await answered(member, FOREIGN, run=other.runs[0], scenario=other.scenarios[0])


STORE: dict[str, Question] = {
    "lists": lists, "looks": looks, "columns": columns, "itself": itself, "bearer": bearer, "nobody": nobody,
}  # fmt: skip
API: dict[str, Question] = {"api lists": api_lists, "api outcomes": api_outcomes, "api foreign": api_foreign}
QUESTIONS = STORE | API


async def cancelled(member: Member, chance: random.Random) -> None:
    """A read whose reader goes away in its midst."""
    ask = chance.choice(list(QUESTIONS.values()))
    with suppress(TimeoutError):
        await asyncio.wait_for(ask(member), chance.uniform(0.0, 0.006))


async def aborted(member: Member, chance: random.Random) -> None:
    """A transaction that fails after it has become the organisation's."""
    with suppress(asyncpg.DivisionByZeroError):
        async with member.client.database.tenant(member.client.organisation) as connection:
            await connection.execute("SELECT 1 / 0")


async def timed_out(member: Member, chance: random.Random) -> None:
    with suppress(asyncpg.QueryCanceledError):
        async with member.client.database.tenant(member.client.organisation) as connection:
            await connection.execute("SET LOCAL statement_timeout = 1")
            await connection.execute("SELECT pg_sleep(1)")


async def died(member: Member, chance: random.Random) -> None:
    """A connection that is killed within its organisation's transaction."""
    async with member.client.database.tenant(member.client.organisation) as connection:
        await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")


DISTURBANCES = (cancelled, aborted, timed_out, died)
WEIGHTS = (8, 4, 2, 1)


async def read_in_a_storm(
    database: Database, members: list[Member], *, store_reads: int, api_reads: int, seed: int
) -> Seen:
    """So many answered reads by readers that come and go, while whole connections are killed and cancelled beside."""
    seen = Seen()
    wanted = {"store": store_reads, "graphql": api_reads}
    async with AsyncExitStack() as stack:
        weather = asyncio.create_task(kill_connections(database, random.Random(seed), seen))
        stack.callback(weather.cancel)
        readers = [read(members, wanted, seen, random.Random(seed * 1000 + n)) for n in range(READERS)]
        await asyncio.gather(*readers)
    return seen


async def read(members: list[Member], wanted: dict[str, int], seen: Seen, chance: random.Random) -> None:
    while left := [level for level, most in wanted.items() if seen.reads[level] < most]:
        member = chance.choice(members)
        level = chance.choices(left, [wanted[each] - seen.reads[each] for each in left])[0]
        name, ask = chance.choice(list((STORE if level == "store" else API).items()))
        try:
            if chance.random() < DISTURBED:
                (disturb,) = chance.choices(DISTURBANCES, WEIGHTS)
                seen.disturbances[disturb.__name__.replace("_", " ")] += 1
                await disturb(member, chance)
                continue
            answer = await ask(member)
        except (RefusedError, *LOST, asyncpg.PostgresError) as error:
            seen.disturbances["failed reads"] += 1
            answer = str(error)
        else:
            seen.reads[level] += 1
            if answer != member.answers[name]:
                seen.wrong.append(f"{name}: {answer[:300]}")
        if member.foreign.search(answer):
            seen.foreign.append(f"{name}: {answer[:300]}")


async def kill_connections(database: Database, chance: random.Random, seen: Seen) -> None:
    """Every hundred reads or so one of the pool's connections ends, or has its statement cancelled."""
    killer = await asyncpg.connect(database.url)
    after = 0
    try:
        while True:
            await asyncio.sleep(0.01)
            if seen.reads.total() < after:
                continue
            after = seen.reads.total() + chance.randint(1, 200)
            act = chance.choice(("pg_terminate_backend", "pg_cancel_backend"))
            done = await killer.fetchval(
                f"SELECT {act}(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'springtide' ORDER BY random() LIMIT 1"
            )
            seen.disturbances[act.removeprefix("pg_").replace("_", " ")] += bool(done)
    finally:
        killer.terminate()
