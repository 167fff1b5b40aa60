"""Who may do what, changed: tokens made and revoked, members added and removed, roles changed.

Nobody gives more than they have themselves, and no change may lock an organisation out of its own administration.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import strawberry

from server.access import Bearer
from server.database.connecting import Connection
from server.graphql.context import Context, Info
from server.graphql.errors import RefusedError, UserError, UserErrorCode, user_error
from server.graphql.organisations import Member, Token, in_order, shown_member, shown_token
from server.graphql.paging import key_of
from server.store import members as member_store
from server.store import organisations as store
from server.store.audit import AuditAction, Subject
from server.store.organisations import Role, Scope, with_reading

MOST_LETTERS = 200


@strawberry.input(description="A token to make.")
class CreateTokenInput:
    role: Role = strawberry.field(description="What its bearer may do at most.")
    label: str = strawberry.field(description="What it is for: a line of 1 to 200 characters.")
    scopes: list[Scope] | None = strawberry.field(
        default=None, description="What its bearer may do, of what the role allows. Left out: all of it."
    )
    expires_at: datetime | None = strawberry.field(
        default=None,
        description="When it ends. Left out: never, or when the token does that makes it.",
    )


@strawberry.type(description="What came of createToken.")
class CreateTokenPayload:
    text: str | None = strawberry.field(
        description="The token itself, as `Authorization: Bearer` wants it; null when it was refused. It is never shown"
        " again."
    )
    token: Token | None = strawberry.field(description="What is kept of it; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was made.")


@strawberry.input(description="A token to revoke.")
class RevokeTokenInput:
    token_id: strawberry.ID = strawberry.field(description="The token.")


@strawberry.type(description="What came of revokeToken.")
class RevokeTokenPayload:
    token: Token | None = strawberry.field(description="The token, revoked; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it is revoked.")


@strawberry.input(description="A person to invite into the organisation.")
class AddMemberInput:
    email: str = strawberry.field(
        description="The address that the identity provider vouches for when the person first signs in."
    )
    role: Role = strawberry.field(description="What the person may do at most.")
    name: str = strawberry.field(
        default="", description="The person's name. Left out: as the identity provider has it."
    )


@strawberry.type(description="What came of addMember.")
class AddMemberPayload:
    member: Member | None = strawberry.field(description="The member; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was added.")


@strawberry.input(description="Another role for a member.")
class ChangeMemberRoleInput:
    member_id: strawberry.ID = strawberry.field(description="The member.")
    role: Role = strawberry.field(description="What the person may do at most from now on.")


@strawberry.type(description="What came of changeMemberRole.")
class ChangeMemberRolePayload:
    member: Member | None = strawberry.field(description="The member; null when it was refused.")
    revoked_tokens: list[Token] = strawberry.field(
        description="Tokens that the member had made for a higher role than the new one; they open nothing any more."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was changed.")


@strawberry.input(description="A member to remove.")
class RemoveMemberInput:
    member_id: strawberry.ID = strawberry.field(description="The member.")


@strawberry.type(description="What came of removeMember.")
class RemoveMemberPayload:
    member: Member | None = strawberry.field(description="The member, removed; null when it was refused.")
    revoked_tokens: list[Token] = strawberry.field(
        description="Tokens that the member had made and so has seen; they open nothing any more."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it is removed.")


async def create_token(info: Info, input: CreateTokenInput) -> CreateTokenPayload:
    who = info.context.who
    scopes = input.role.scopes if input.scopes is None else with_reading(input.scopes)
    expires_at = input.expires_at or (None if who.is_member else who.expires_at)
    refused = [*label_errors(input.label), *scope_errors(input.role, scopes, who), *expiry_errors(expires_at, who)]
    if refused:
        return CreateTokenPayload(text=None, token=None, user_errors=refused)
    async with info.context.tenant() as connection:
        await lock_administration(info.context, connection)
        text, row = await store.create_token(
            connection,
            role=input.role,
            scopes=scopes,
            label=input.label,
            expires_at=expires_at,
            created_by=await maker(connection, who),
        )
        facts = {"role": row.role, "scopes": " ".join(in_order(row.scopes)), "expires_at": row.expires_at}
        await info.context.record(connection, AuditAction.CREATE_TOKEN, Subject("Token", row.id), **facts)
    return CreateTokenPayload(text=text, token=shown_token(row), user_errors=[])


async def maker(connection: Connection, who: Bearer) -> UUID | None:
    """The member who will have seen the text of a token that is made now."""
    if who.is_member:
        return who.id
    token = await store.get_token(connection, who.id)
    return token.created_by if token else None


async def revoke_token(info: Info, input: RevokeTokenInput) -> RevokeTokenPayload:
    try:
        async with changing_administration(info.context) as connection:
            key = key_of(input.token_id, "Token")
            revoked = await store.revoke_token(connection, key) if key else False
            row = await store.get_token(connection, key) if key else None
            if row is None:
                raise nothing_of_it("token", "tokens", "tokenId")
            if revoked:
                await info.context.record(connection, AuditAction.REVOKE_TOKEN, Subject("Token", row.id))
    except RefusedError as error:
        return RevokeTokenPayload(token=None, user_errors=error.errors)
    return RevokeTokenPayload(token=shown_token(row), user_errors=[])


async def add_member(info: Info, input: AddMemberInput) -> AddMemberPayload:
    refused = [*member_errors(input), *giving_errors(input.role.scopes, info.context.who, "role")]
    if refused:
        return AddMemberPayload(member=None, user_errors=refused)
    async with info.context.tenant() as connection:
        await lock_administration(info.context, connection)
        row = await member_store.add_member(connection, email=input.email, name=input.name, role=input.role)
        if row:
            subject = Subject("Member", row.id)
            await info.context.record(connection, AuditAction.ADD_MEMBER, subject, role=row.role)
    if row is None:
        message = "there is a member of this address; change their role, or remove them first"
        refused = [user_error(UserErrorCode.ALREADY_EXISTS, message, "email")]
    return AddMemberPayload(member=shown_member(row) if row else None, user_errors=refused)


async def change_member_role(info: Info, input: ChangeMemberRoleInput) -> ChangeMemberRolePayload:
    if refused := giving_errors(input.role.scopes, info.context.who, "role"):
        return ChangeMemberRolePayload(member=None, revoked_tokens=[], user_errors=refused)
    try:
        async with changing_administration(info.context) as connection:
            key = key_of(input.member_id, "Member")
            row = await member_store.change_member_role(connection, key, input.role) if key else None
            if row is None:
                raise nothing_of_it("member", "members", "memberId")
            higher = [role for role in Role if not role.scopes <= input.role.scopes]
            revoked = await store.revoke_tokens_of(connection, row.id, higher)
            subject, facts = Subject("Member", row.id), {"role": row.role, "revoked_tokens": len(revoked)}
            await info.context.record(connection, AuditAction.CHANGE_MEMBER_ROLE, subject, **facts)
    except RefusedError as error:
        return ChangeMemberRolePayload(member=None, revoked_tokens=[], user_errors=error.errors)
    return ChangeMemberRolePayload(
        member=shown_member(row), revoked_tokens=list(map(shown_token, revoked)), user_errors=[]
    )


async def remove_member(info: Info, input: RemoveMemberInput) -> RemoveMemberPayload:
    try:
        async with changing_administration(info.context) as connection:
            key = key_of(input.member_id, "Member")
            row = await member_store.remove_member(connection, key) if key else None
            if row is None:
                raise nothing_of_it("member", "members", "memberId")
            revoked = await store.revoke_tokens_of(connection, row.id, Role)
            subject, facts = Subject("Member", row.id), {"revoked_tokens": len(revoked)}
            await info.context.record(connection, AuditAction.REMOVE_MEMBER, subject, **facts)
    except RefusedError as error:
        return RemoveMemberPayload(member=None, revoked_tokens=[], user_errors=error.errors)
    return RemoveMemberPayload(member=shown_member(row), revoked_tokens=list(map(shown_token, revoked)), user_errors=[])


async def lock_administration(context: Context, connection: Connection) -> None:
    """One change of who may do what after the other, each by somebody who still may."""
    await store.change_administration(connection)
    await context.look_again(connection)


@asynccontextmanager
async def changing_administration(context: Context) -> AsyncIterator[Connection]:
    """A change of who may do what, undone where it leaves nobody who could change it again."""
    async with context.tenant() as connection:
        await lock_administration(context, connection)
        yield connection
        if not await store.has_administrator(connection):
            message = (
                "nobody would be left who may administer the organisation; add another administrator and let them sign"
                " in, or make a token with the scope ADMINISTRATION first"
            )
            raise RefusedError(user_error(UserErrorCode.LAST_ADMINISTRATOR, message))


def nothing_of_it(what: str, where: str, path: str) -> RefusedError:
    message = f"there is no {what} of this id; pass the id of one of `{where}`"
    return RefusedError(user_error(UserErrorCode.NOT_FOUND, message, path))


def scope_errors(role: Role, scopes: frozenset[Scope], who: Bearer) -> list[UserError]:
    if not scopes:
        message = "a token without a scope opens nothing; name at least one, or leave `scopes` out"
        return [user_error(UserErrorCode.INVALID_ARGUMENT, message, "scopes")]
    if beyond := scopes - role.scopes:
        message = f"the role {role} does not allow {told(beyond)}; leave it out, or choose a higher role"
        return [user_error(UserErrorCode.INVALID_ARGUMENT, message, "scopes")]
    return giving_errors(scopes, who, "scopes")


def giving_errors(scopes: frozenset[Scope], who: Bearer, path: str) -> list[UserError]:
    beyond = scopes - who.scopes
    if not beyond:
        return []
    message = f"you may not give {told(beyond)}, which you do not have yourself; ask for less"
    return [user_error(UserErrorCode.BEYOND_OWN_RIGHTS, message, path)]


def expiry_errors(expires_at: datetime | None, who: Bearer) -> list[UserError]:
    if expires_at is None:
        return []
    if expires_at <= datetime.now(UTC):
        message = "this instant is over; write a later one"
        return [user_error(UserErrorCode.INVALID_ARGUMENT, message, "expiresAt")]
    if not who.is_member and who.expires_at and expires_at > who.expires_at:
        message = f"your own token ends on {who.expires_at.isoformat()}; write no later instant"
        return [user_error(UserErrorCode.BEYOND_OWN_RIGHTS, message, "expiresAt")]
    return []


def label_errors(label: str) -> list[UserError]:
    if label.strip() and label.isprintable() and len(label) <= MOST_LETTERS:
        return []
    message = f"the label will not do; write a line of 1 to {MOST_LETTERS} characters"
    return [user_error(UserErrorCode.INVALID_ARGUMENT, message, "label")]


def member_errors(input: AddMemberInput) -> list[UserError]:
    errors = []
    if not member_store.is_email(input.email):
        message = "this is no e-mail address; write one such as ada@example.com"
        errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "email"))
    if not input.name.isprintable() or len(input.name) > MOST_LETTERS:
        message = f"the name will not do; write a line of at most {MOST_LETTERS} characters"
        errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "name"))
    return errors


def told(scopes: frozenset[Scope]) -> str:
    return " and ".join(in_order(scopes))
