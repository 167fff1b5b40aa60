"""Who may do what: the organisation, its members and its tokens, and who is asking."""

from datetime import datetime
from uuid import UUID

import strawberry

from server.access import Bearer
from server.graphql.context import Context, Info
from server.graphql.enums import describe
from server.graphql.paging import Connection, Node, connect, cursor_key, global_id, page_size
from server.graphql.standings import Limit
from server.graphql.standings import shown as shown_limit
from server.store import limits as limit_store
from server.store import members as member_store
from server.store import organisations as store
from server.store import retention as retention_store
from server.store.members import MemberRow
from server.store.organisations import OrganisationKind, OrganisationRow, Role, Scope, TokenRow

describe(OrganisationKind)
describe(Role)
describe(Scope)


def in_order(scopes: frozenset[Scope]) -> list[Scope]:
    return [scope for scope in Scope if scope in scopes]


@strawberry.type(description="A client or a vendor: whoever owns scenarios and runs.")
class Organisation(Node):
    row: strawberry.Private[OrganisationRow]

    @strawberry.field(description="Its name, which no other organisation has.")
    def name(self) -> str:
        return self.row.name

    @strawberry.field(description="What it is.")
    def kind(self) -> OrganisationKind:
        return self.row.kind

    @strawberry.field(
        description="For how many days finished runs are kept before a worker deletes them; null: until deleteRun."
    )
    async def retention_days(self, info: Info) -> int | None:
        async with info.context.tenant() as connection:
            return await retention_store.get_retention(connection)

    @strawberry.field(description="What the organisation may use, what it has used, and what is left.")
    async def limits(self, info: Info) -> list[Limit]:
        async with info.context.tenant() as connection:
            stored = await limit_store.standings(connection)
        counted_here = await info.context.requests.standing(info.context.who.organisation_id)
        return [shown_limit(standing) for standing in (*stored, counted_here)]


@strawberry.type(description="A person of the organisation, who signs in with its identity provider.")
class Member(Node):
    row: strawberry.Private[MemberRow]

    @strawberry.field(description="The e-mail address to which the person was invited.")
    def email(self) -> str:
        return self.row.email

    @strawberry.field(description="The person's name; empty while nobody has told it.")
    def name(self) -> str:
        return self.row.name

    @strawberry.field(description="What the person may do at most.")
    def role(self) -> Role:
        return self.row.role

    @strawberry.field(description="Whether the person has signed in; an invitation until then.")
    def signed_in(self) -> bool:
        return self.row.subject is not None

    @strawberry.field(description="When the person was added.")
    def created_at(self) -> datetime:
        return self.row.created_at

    @strawberry.field(description="When the person was last here, to the minute; null before the first time.")
    def last_seen_at(self) -> datetime | None:
        return self.row.last_seen_at

    @strawberry.field(description="When the person was removed; null for a member.")
    def removed_at(self) -> datetime | None:
        return self.row.removed_at


@strawberry.type(description="An access token. Its text was shown once, when it was made, and is kept nowhere.")
class Token(Node):
    row: strawberry.Private[TokenRow]

    @strawberry.field(description="What it is for, in the words of whoever made it.")
    def label(self) -> str:
        return self.row.label

    @strawberry.field(description="What its bearer may do at most.")
    def role(self) -> Role:
        return self.row.role

    @strawberry.field(description="What its bearer may do.")
    def scopes(self) -> list[Scope]:
        return in_order(self.row.scopes)

    @strawberry.field(
        description="The member who made it, or the token it was made with; null where no member did, and to whoever is"
        " neither that member nor an administrator."
    )
    async def created_by(self, info: Info) -> Member | None:
        who = info.context.who
        if self.row.created_by is None or not (who.id == self.row.created_by or Scope.ADMINISTRATION in who.scopes):
            return None
        row = await info.context.members.load(self.row.created_by)
        return shown_member(row) if row else None

    @strawberry.field(description="When it was made.")
    def created_at(self) -> datetime:
        return self.row.created_at

    @strawberry.field(description="When it ends; null: never.")
    def expires_at(self) -> datetime | None:
        return self.row.expires_at

    @strawberry.field(description="When it was revoked; null unless it was.")
    def revoked_at(self) -> datetime | None:
        return self.row.revoked_at

    @strawberry.field(description="When it was last used, to the minute; null: never.")
    def last_used_at(self) -> datetime | None:
        return self.row.last_used_at


def shown_token(row: TokenRow) -> Token:
    return Token(id=global_id("Token", row.id), row=row)


def shown_member(row: MemberRow) -> Member:
    return Member(id=global_id("Member", row.id), row=row)


@strawberry.type(description="Whoever is asking: a member or the bearer of a token, in one organisation.")
class Viewer:
    who: strawberry.Private[Bearer]

    @strawberry.field(description="The organisation whose data every answer is of.")
    async def organisation(self, info: Info) -> Organisation:
        return await own_organisation(info.context)

    @strawberry.field(description="What they may do at most.")
    def role(self) -> Role:
        return self.who.role

    @strawberry.field(description="What they may do.")
    def scopes(self) -> list[Scope]:
        return in_order(self.who.scopes)

    @strawberry.field(description="The member who is asking; null for a token.")
    async def member(self, info: Info) -> Member | None:
        return await member_by_key(info.context, self.who.id) if self.who.is_member else None

    @strawberry.field(description="The token that is asking; null for a member.")
    async def token(self, info: Info) -> Token | None:
        return None if self.who.is_member else await token_by_key(info.context, self.who.id)

    @strawberry.field(description="When this way of asking ends; null: never.")
    def expires_at(self) -> datetime | None:
        return self.who.expires_at


async def own_organisation(context: Context) -> Organisation:
    """Whoever asks'."""
    found = await organisation_by_key(context, context.who.organisation_id)
    if found is None:
        raise LookupError(f"organisation {context.who.organisation_id} is gone")
    return found


async def organisation_by_key(context: Context, key: UUID) -> Organisation | None:
    async with context.tenant() as connection:
        row = await store.own_organisation(connection)
    return Organisation(id=global_id("Organisation", row.id), row=row) if row and row.id == key else None


async def member_by_key(context: Context, key: UUID) -> Member | None:
    async with context.tenant() as connection:
        row = await member_store.get_member(connection, key)
    return shown_member(row) if row else None


async def token_by_key(context: Context, key: UUID) -> Token | None:
    async with context.tenant() as connection:
        row = await store.get_token(connection, key)
    return shown_token(row) if row else None


async def list_members(context: Context, first: int, after: str | None) -> Connection[Member]:
    async with context.tenant() as connection:
        page = await member_store.list_members(connection, first=page_size(first), after=cursor_key(after))

    async def count() -> int:
        async with context.tenant() as connection:
            return await member_store.count_members(connection)

    items = [(str(row.id), shown_member(row)) for row in page.rows]
    return connect(Connection[Member], items, more=page.more, after=after, count=count)


async def list_tokens(context: Context, first: int, after: str | None) -> Connection[Token]:
    async with context.tenant() as connection:
        page = await store.list_tokens(connection, first=page_size(first), after=cursor_key(after))

    async def count() -> int:
        async with context.tenant() as connection:
            return await store.count_tokens(connection)

    items = [(str(row.id), shown_token(row)) for row in page.rows]
    return connect(Connection[Token], items, more=page.more, after=after, count=count)
