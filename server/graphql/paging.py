"""Global ids and keyset connections: opaque, newest first, at most a hundred a page."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLError

MOST_A_PAGE = 100

Item = TypeVar("Item")
Count = Callable[[], Awaitable[int]]

First = Annotated[int, strawberry.argument(description=f"How many to return, from 1 to {MOST_A_PAGE}.")]
After = Annotated[
    str | None, strawberry.argument(description="The cursor after which to start: an earlier page's endCursor.")
]


def opaque(text: str) -> str:
    """As `base64.urlsafe_b64encode` writes it, in half its time."""
    return binascii.b2a_base64(text.encode()).rstrip(b"=\n").translate(SAFE_IN_ADDRESSES).decode()


SAFE_IN_ADDRESSES = bytes.maketrans(b"+/", b"-_")


def transparent(text: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeError):
        return None


def global_id(kind: str, key: UUID) -> strawberry.ID:
    return strawberry.ID(opaque(f"{kind}:{key!s}"))


def split_id(text: str) -> tuple[str, UUID] | None:
    """The type and key inside a global id; None for anything that is not one."""
    kind, _, key = (transparent(text) or "").partition(":")
    try:
        return kind, UUID(key)
    except ValueError:
        return None


def key_of(text: str, kind: str) -> UUID | None:
    """The key inside a global id of the given type; None for any other text."""
    found = split_id(text)
    return found[1] if found and found[0] == kind else None


def page_size(first: int) -> int:
    if not 1 <= first <= MOST_A_PAGE:
        raise GraphQLError(
            f"`first` is {first}; write a number from 1 to {MOST_A_PAGE}.", extensions={"code": "BAD_INPUT"}
        )
    return first


def cursor_text(after: str | None) -> str | None:
    """What stands inside a cursor; a text that is not a cursor is an error, not a first page."""
    inside = transparent(after) if after else None
    if after is not None and not inside:
        raise not_a_cursor()
    return inside


def cursor_key(after: str | None) -> UUID | None:
    inside = cursor_text(after)
    try:
        return UUID(inside) if inside else None
    except ValueError:
        raise not_a_cursor() from None


def not_a_cursor() -> GraphQLError:
    return GraphQLError(
        "`after` is not a cursor of this list; pass an endCursor as it came.", extensions={"code": "BAD_INPUT"}
    )


@strawberry.interface(description="Anything with a global id.")
class Node:
    id: strawberry.ID = strawberry.field(description="The opaque global id, for `node` and as an argument.")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more items follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether the page began after a cursor.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first item; null on an empty page.")
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last item; pass it as `after`. Null on an empty page."
    )


@strawberry.type(description="An item of a page with its cursor.")
class Edge(Generic[Item]):
    cursor: str = strawberry.field(description="The item's opaque cursor.")
    node: Item = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list, in the list's order.")
class Connection(Generic[Item]):
    nodes: list[Item] = strawberry.field(description="The page's items.")
    cursor: strawberry.Private[Callable[[int], str]]
    """The inner text of an item's cursor, by its place on the page."""
    more: strawberry.Private[bool]
    after: strawberry.Private[str | None]
    count: strawberry.Private[Count]

    @strawberry.field(description="The page's items with their cursors.")
    def edges(self) -> list[Edge[Item]]:
        return [Edge(cursor=opaque(self.cursor(place)), node=node) for place, node in enumerate(self.nodes)]

    @strawberry.field(description="Where the page stands in the list.")
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=self.more,
            has_previous_page=self.after is not None,
            start_cursor=opaque(self.cursor(0)) if self.nodes else None,
            end_cursor=opaque(self.cursor(len(self.nodes) - 1)) if self.nodes else None,
        )

    @strawberry.field(description="How many items the whole list has.")
    async def total_count(self) -> int:
        return await self.count()


def connect(
    connection: Any, items: Sequence[tuple[str, Item]], *, more: bool, after: str | None, count: Count
) -> Connection[Item]:
    """A page of items with the inner texts of their cursors."""
    page: Connection[Item] = connection(
        nodes=[item for _, item in items],
        cursor=lambda place: items[place][0],
        more=more,
        after=after,
        count=count,
    )
    return page
