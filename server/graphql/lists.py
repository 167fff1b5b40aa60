"""Lists of scenarios and runs: filtered, in several orders; their cursors know the order that they are of."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLError

from server.graphql.context import Context, PageOf
from server.graphql.enums import describe
from server.graphql.paging import Connection, Count, cursor_text, key_of, not_a_cursor, page_size
from server.graphql.runs import Run
from server.graphql.runs import shown as shown_run
from server.graphql.scenarios import Scenario
from server.graphql.scenarios import shown as shown_scenario
from server.store import run_lists, scenarios
from server.store.organisations import Scope
from server.store.pages import Key, Page, Place
from server.store.run_lists import RunFilter, RunOrder
from server.store.runs import RunRow, RunStatus
from server.store.scenarios import ScenarioFilter, ScenarioOrder, ScenarioRow

MOST_CHARACTERS = 200
"""Of a name or a part of one."""
SEPARATOR = "|"
NO_SCENARIO = UUID(int=0)

Row = TypeVar("Row", RunRow, ScenarioRow)
Item = TypeVar("Item")

describe(RunOrder)
describe(ScenarioOrder)

Statuses = Annotated[list[RunStatus] | None, strawberry.argument(description="Only runs that stand so; left out: all.")]
OfScenario = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only runs of this scenario; left out: of all.")
]
RunsNamed = Annotated[
    str | None,
    strawberry.argument(
        description="Only runs whose scenario has this text in its name, in upper or lower case; left out: all."
    ),
]
ScenariosNamed = Annotated[
    str | None,
    strawberry.argument(
        description="Only scenarios that have this text in their name, in upper or lower case; left out: all."
    ),
]
Since = Annotated[
    datetime | None, strawberry.argument(name="from", description="Only what was created at or after this instant.")
]
Until = Annotated[
    datetime | None, strawberry.argument(name="to", description="Only what was created before this instant.")
]
RunsBy = Annotated[
    RunOrder,
    strawberry.argument(description="In which order. A cursor goes on in its own order only."),
]
ScenariosBy = Annotated[
    ScenarioOrder,
    strawberry.argument(description="In which order. A cursor goes on in its own order only."),
]


async def list_runs(
    context: Context, wanted: RunFilter, order: RunOrder, first: int, after: str | None
) -> Connection[Run]:
    kind = run_lists.ORDERS[order].kind
    place = place_in(after, order, RunOrder, kind)
    async with context.tenant() as connection:
        page = await run_lists.list_runs(connection, first=page_size(first), after=place, wanted=wanted, order=order)

    async def count() -> int:
        async with context.tenant() as connection:
            return await run_lists.count_runs(connection, wanted)

    return connected(Connection[Run], page, shown_run, order, after, count)


async def list_scenarios(
    context: Context, wanted: ScenarioFilter, order: ScenarioOrder, first: int, after: str | None
) -> Connection[Scenario]:
    place = place_in(after, order, ScenarioOrder, scenarios.ORDERS[order].kind)
    async with context.tenant() as connection:
        page = await scenarios.list_scenarios(
            connection, first=page_size(first), after=place, wanted=wanted, order=order
        )

    async def count() -> int:
        async with context.tenant() as connection:
            return await scenarios.count_scenarios(connection, wanted)

    return connected(Connection[Scenario], page, shown_scenario, order, after, count)


async def runs_of(context: Context, scenario: UUID, first: int, after: str | None) -> Connection[Run]:
    """Newest first; asked for many scenarios at once it is one query."""
    context.require(Scope.READ)  # scenarios are shown to who may only make them, too
    order = run_lists.NEWEST
    key = PageOf(scenario, page_size(first), place_in(after, order, RunOrder, ""))

    async def count() -> int:
        return await context.run_counts.load(scenario) or 0

    page = await context.runs_of.load(key)
    return connected(Connection[Run], page or Page([], False), shown_run, order, after, count)


async def forks_of(context: Context, scenario: UUID, first: int, after: str | None) -> Connection[Scenario]:
    """Newest first; asked for many scenarios at once it is one query."""
    context.require(Scope.READ)
    order = scenarios.NEWEST
    key = PageOf(scenario, page_size(first), place_in(after, order, ScenarioOrder, ""))

    async def count() -> int:
        return await context.fork_counts.load(scenario) or 0

    page = await context.forks_of.load(key)
    return connected(Connection[Scenario], page or Page([], False), shown_scenario, order, after, count)


def run_filter(
    statuses: list[RunStatus] | None,
    scenario_id: str | None,
    name: str | None,
    since: datetime | None,
    until: datetime | None,
) -> RunFilter:
    # an id of nothing here is of no scenario, so the list is empty
    scenario = None if scenario_id is None else key_of(scenario_id, "Scenario") or NO_SCENARIO
    return RunFilter(statuses, scenario, sound_part(name), since, until)


def scenario_filter(name: str | None, since: datetime | None, until: datetime | None) -> ScenarioFilter:
    return ScenarioFilter(sound_part(name), since, until)


def sound_part(name: str | None) -> str | None:
    if name is None or (len(name) <= MOST_CHARACTERS and name.isprintable()):
        return name
    message = f"`name` will not do; write a line of at most {MOST_CHARACTERS} characters that can be printed."
    raise GraphQLError(message, extensions={"code": "BAD_INPUT"})


def connected(
    made: type[Connection[Item]],
    page: Page[Row],
    shown: Callable[[Row], Item],
    order: RunOrder | ScenarioOrder,
    after: str | None,
    count: Count,
) -> Connection[Item]:
    def cursor(place: int) -> str:
        return cursor_of(order, page.place(place))

    nodes = [shown(row) for row in page.rows]
    return made(nodes=nodes, cursor=cursor, more=page.more, after=after, count=count)


def cursor_of(order: RunOrder | ScenarioOrder, place: Place) -> str:
    """The inner text of a cursor: its order, the row's id and key."""
    key = place.key.isoformat() if isinstance(place.key, datetime) else place.key or ""
    return SEPARATOR.join((order, str(place.id), key))


def place_in(
    after: str | None, order: RunOrder | ScenarioOrder, orders: type[RunOrder] | type[ScenarioOrder], kind: str
) -> Place | None:
    """Where a cursor stands; one that is of another order, or none at all, is refused."""
    inside = cursor_text(after)
    if inside is None:
        return None
    own, _, rest = inside.partition(SEPARATOR)
    if own != order and own in orders.__members__:
        message = (
            f"`after` is a cursor of the order {own}, and {order} is asked for; begin this order without a cursor."
        )
        raise GraphQLError(message, extensions={"code": "BAD_INPUT"})
    text, _, key = rest.partition(SEPARATOR)
    try:
        if own != order:
            raise ValueError(own)
        return Place(key_in(key, kind), UUID(text))
    except ValueError:
        raise not_a_cursor() from None


def key_in(text: str, kind: str) -> Key:
    """Raises ValueError for what is no such key."""
    if kind == "timestamptz" and text:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None or not 1 < instant.year < 9999:
            raise ValueError(text)
        return instant
    if "\0" in text:
        raise ValueError(text)
    return text if kind == "text" else None
