"""Who asks: a token or a member of an organisation, let in by what they show and for as long as that holds."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from server.database.connecting import Connection
from server.database.pool import Database, act_for
from server.graphql.paging import global_id, key_of
from server.logs import current
from server.store.audit import Actor, ActorKind, AuditAction, OrganisationClosedError, Subject, record
from server.store.members import MemberRow, bind_member, get_member, memberships, note_seen, same_email
from server.store.organisations import (
    TOKEN_PREFIX,
    Role,
    Scope,
    TokenRow,
    bearers_token,
    note_use,
    own_organisation,
    token_hash,
    token_that_opens,
)

if TYPE_CHECKING:
    from server.issuer import Issuer, Person

NOTED_EVERY = timedelta(minutes=1)
BELIEVED_SECONDS = 1.0
"""How long whoever was let in is taken to be still who they were, unless a notice tells of a change before."""
MOST_BELIEVED = 1_000
ORGANISATION_HEADER = "Springtide-Organisation"


@dataclass(frozen=True)
class Bearer:
    """Who asks, and what they may do."""

    organisation_id: UUID
    id: UUID
    """of the token, or of the member"""
    is_member: bool
    role: Role
    scopes: frozenset[Scope]
    expires_at: datetime | None
    label: str
    """of the token, or the member's address: for people who read what was done"""

    @classmethod
    def of_token(cls, row: TokenRow) -> "Bearer":
        return cls(row.organisation_id, row.id, False, row.role, row.scopes, row.expires_at, row.label)

    @classmethod
    def of_member(cls, row: MemberRow, expires_at: datetime | None) -> "Bearer":
        return cls(row.organisation_id, row.id, True, row.role, row.role.scopes, expires_at, row.name or row.email)


class AccessRefusedError(Exception):
    """Why somebody is not let in, for them to read."""

    def __init__(self, status: int, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.more = status, code, message, more

    @property
    def close_code(self) -> int:
        """Of a WebSocket: `Forbidden` of graphql-transport-ws, after which clients may try again, or `try later`."""
        return 1013 if self.status == 503 else 4403


def unauthenticated(message: str) -> AccessRefusedError:
    return AccessRefusedError(401, "UNAUTHENTICATED", message)


class Doorkeeper:
    def __init__(self, database: Database, issuer: "Issuer | None" = None) -> None:
        self.database, self._issuer = database, issuer
        self._believed: dict[bytes, tuple[float, Bearer]] = {}
        self._changes = 0

    def doubt(self) -> None:
        """Somebody's access may have changed: everybody is looked at again."""
        self._changes += 1
        self._believed.clear()

    async def admit(self, authorization: object, organisation: object = None) -> Bearer:
        """Whoever shows a token or a JWT, in the organisation they name. Raises AccessRefusedError."""
        shown = shown_in(authorization)
        if shown is None:
            raise unauthenticated(SEND_A_TOKEN)
        if shown.startswith(TOKEN_PREFIX) or self._issuer is None:
            bearer = await self._token_bearer(shown)
        else:
            return await self._member(await self._person(self._issuer, shown), organisation)
        if organisation is not None and key_of(str(organisation), "Organisation") != bearer.organisation_id:
            raise not_of_it("token")
        return bearer

    async def again(self, bearer: Bearer) -> Bearer | None:
        """The same one as they stand now; None where they are no longer let in."""
        async with self.database.tenant(bearer.organisation_id) as connection:
            return await standing(connection, bearer)

    async def _token_bearer(self, token: str) -> Bearer:
        shown, now = token_hash(token), time.monotonic()
        until, bearer = self._believed.get(shown, (0.0, None))
        if bearer is not None and now < until and not is_over(bearer):
            return bearer
        changes = self._changes
        bearer = await self._look_up(shown)
        if changes == self._changes:  # else it may have been read before it changed
            if len(self._believed) >= MOST_BELIEVED:
                self._believed.clear()
            self._believed[shown] = now + BELIEVED_SECONDS, bearer
        return bearer

    async def _look_up(self, shown: bytes) -> Bearer:
        async with self.database.bearer(shown) as connection:
            row = await bearers_token(connection)
        if row is None:
            raise unauthenticated(SEND_A_TOKEN)
        if is_due(row.last_used_at):
            async with self.database.tenant(row.organisation_id) as connection:
                await note_use(connection, row.id)
        return Bearer.of_token(row)

    async def _person(self, issuer: "Issuer", shown: str) -> "Person":
        from server.issuer import IssuerUnreachableError, JWTRefusedError

        try:
            return await issuer.person(shown)
        except JWTRefusedError as error:
            raise unauthenticated(f"The JWT is not accepted: {error}. Sign in again, or send a token.") from None
        except IssuerUnreachableError:
            message = "The issuer's keys cannot be fetched; sign-in comes back with it. Tokens work meanwhile."
            raise AccessRefusedError(503, "UNAVAILABLE", message) from None

    async def _member(self, person: "Person", organisation: object) -> Bearer:
        rows = await self._memberships(person)
        if not rows:
            raise not_a_member(person)
        # an invitation that nobody answers changes nothing for whoever is a member elsewhere
        own = [row for row in rows if row.subject is not None] or rows
        if organisation is None and len(own) > 1:
            raise await self._organisation_required(own)
        key = own[0].organisation_id if organisation is None else key_of(str(organisation), "Organisation")
        row = next((row for row in rows if row.organisation_id == key), None)
        if row is None:
            raise not_of_it("person")
        if row.subject is None and not await self._taken_up(row, person):
            raise not_of_it("person")
        if is_due(row.last_seen_at):
            async with self.database.tenant(row.organisation_id) as connection:
                await note_seen(connection, row.id)
        return Bearer.of_member(row, person.expires_at)

    async def _memberships(self, person: "Person") -> list[MemberRow]:
        """The person's, and the invitations to their verified address into other organisations."""
        email = same_email(person.verified_email) if person.verified_email else None
        async with self.database.person(person.issuer, person.subject, email) as connection:
            found = await memberships(connection)
        inside = {row.organisation_id for row in found if row.subject is not None}
        return [row for row in found if row.subject is not None or row.organisation_id not in inside]

    async def _taken_up(self, invitation: MemberRow, person: "Person") -> bool:
        """Whether the person is a member now, invited by the organisation that they named, or by the only one."""
        try:
            async with self.database.tenant(invitation.organisation_id) as connection:
                taken = await bind_member(
                    connection, invitation.id, issuer=person.issuer, subject=person.subject, name=person.name
                )
                if taken:
                    label, request = invitation.name or invitation.email, current("request_id") or None
                    actor = Actor(ActorKind.MEMBER, str(invitation.id), label, request)
                    await record(connection, actor, AuditAction.JOIN, Subject("Member", invitation.id))
                return taken
        except OrganisationClosedError:
            return False

    async def _organisation_required(self, rows: list[MemberRow]) -> AccessRefusedError:
        told: list[Mapping[str, str]] = []
        async with self.database.tenant(rows[0].organisation_id) as connection:
            for row in rows:
                await act_for(connection, row.organisation_id)
                organisation = await own_organisation(connection)
                if organisation:
                    told.append({"id": global_id("Organisation", organisation.id), "name": organisation.name})
        message = f"You are a member of several organisations; name one by its id in the header {ORGANISATION_HEADER}."
        return AccessRefusedError(400, "ORGANISATION_REQUIRED", message, organisations=told)


async def standing(connection: Connection, bearer: Bearer) -> Bearer | None:
    """A bearer as they stand in the transaction; None where they are no longer let in."""
    if is_over(bearer):
        return None
    if not bearer.is_member:
        token = await token_that_opens(connection, bearer.id)
        return Bearer.of_token(token) if token else None
    member = await get_member(connection, bearer.id)
    return Bearer.of_member(member, bearer.expires_at) if member and not member.removed_at else None


def is_over(bearer: Bearer) -> bool:
    return bearer.expires_at is not None and bearer.expires_at <= datetime.now(UTC)


SEND_A_TOKEN = "Send a valid token: `Authorization: Bearer TOKEN`; `springtide token create` makes one."  # noqa: S105 - no token


def shown_in(authorization: object) -> str | None:
    """The token or JWT of an Authorization header."""
    scheme, _, shown = authorization.partition(" ") if isinstance(authorization, str) else ("", "", "")
    return shown.strip() or None if scheme.lower() == "bearer" else None


def is_due(last: datetime | None) -> bool:
    return last is None or last < datetime.now(UTC) - NOTED_EVERY


def not_of_it(who: str) -> AccessRefusedError:
    message = f"This {who} is of no organisation with the id in {ORGANISATION_HEADER}; leave it out, or name another."
    return AccessRefusedError(403, "FORBIDDEN", message)


def not_a_member(person: "Person") -> AccessRefusedError:
    mend = "an administrator of one adds you by your e-mail address"
    if person.verified_email is None:
        mend = "the issuer does not vouch for your e-mail address, so no invitation can be taken up; verify it there"
    return AccessRefusedError(403, "FORBIDDEN", f"You are not a member of any organisation here: {mend}.")
