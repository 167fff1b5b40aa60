"""`springtide token` and `springtide member`: who may do what in an organisation."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from server.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

RoleName = Literal["VIEWER", "PLANNER", "ADMIN"]
OrganisationOption = Annotated[str, typer.Option(metavar="NAME", help="Whose.")]

token_app = typer.Typer(help="Access tokens.", no_args_is_help=True, rich_markup_mode=None)
member_app = typer.Typer(
    help="People who sign in with the issuer of OIDC_ISSUER.", no_args_is_help=True, rich_markup_mode=None
)


@token_app.command("create")
def token_create(
    organisation: Annotated[str, typer.Option(metavar="NAME", help="Made when there is none of this name.")],
    kind: Annotated[Literal["CLIENT", "VENDOR"], typer.Option(case_sensitive=False, help="What the organisation is.")],
    role: Annotated[RoleName, typer.Option(case_sensitive=False, help="What the bearer may do at most.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="READ|SCENARIOS|RUNS|ADMINISTRATION",
            help="What the bearer may do of it; write several options for several. Left out: all of it.",
        ),
    ] = None,
    expires_days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days until it ends. Left out: never.")
    ] = None,
    label: Annotated[str, typer.Option(metavar="TEXT", help="What it is for.")] = "command line",
) -> None:
    """Make an access token and print it, alone, on stdout. It is shown only this once."""
    from server.administration import NewToken, create_token, scopes_of
    from server.settings import Settings
    from server.store.organisations import OrganisationKind, Role

    wanted = NewToken(Role(role), scopes_of(scope or []), label, expires_days)
    print(asyncio.run(create_token(Settings.from_env(), organisation, OrganisationKind(kind), wanted)))


@token_app.command("list")
def token_list(organisation: OrganisationOption) -> None:
    """List the tokens that are not revoked, newest first; their texts are kept nowhere."""
    from server.administration import list_tokens
    from server.settings import Settings
    from server.store.organisations import Scope

    rows = asyncio.run(list_tokens(Settings.from_env(), organisation))
    show(
        ("id", "role", "scopes", "expires", "last used", "label"),
        [
            (
                str(row.id), row.role, ",".join(scope for scope in Scope if scope in row.scopes),
                instant(row.expires_at), instant(row.last_used_at), row.label,
            )
            for row in rows
        ],
    )  # fmt: skip


@token_app.command("revoke")
def token_revoke(
    token: Annotated[UUID, typer.Argument(metavar="ID", help="As `springtide token list` has it.")],
    organisation: OrganisationOption,
) -> None:
    """Revoke a token: it opens nothing any more, and what it holds open is closed."""
    from server.administration import revoke_token
    from server.settings import Settings

    asyncio.run(revoke_token(Settings.from_env(), organisation, token))
    say("revoked")


@member_app.command("add")
def member_add(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="As the issuer has it, and has verified it.")],
    organisation: OrganisationOption,
    role: Annotated[RoleName, typer.Option(case_sensitive=False, help="What the person may do at most.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="Left out: as the issuer has it.")] = "",
) -> None:
    """Invite a person, who becomes a member by signing in for the first time."""
    from server.administration import add_member
    from server.settings import Settings
    from server.store.organisations import Role

    settings = Settings.from_env()
    row = asyncio.run(add_member(settings, organisation, email, Role(role), name))
    say(f"{row.email} is invited as {row.role}")
    if settings.oidc_issuer is None:
        say("here no OIDC_ISSUER is set: nobody can sign in until the server has one")


@member_app.command("list")
def member_list(organisation: OrganisationOption) -> None:
    """List the members and invitations, newest first."""
    from server.administration import list_members
    from server.settings import Settings

    rows = asyncio.run(list_members(Settings.from_env(), organisation))
    show(
        ("e-mail", "name", "role", "signed in", "last seen"),
        [(row.email, row.name, row.role, "yes" if row.subject else "no", instant(row.last_seen_at)) for row in rows],
    )


@member_app.command("remove")
def member_remove(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="As `springtide member list` has it.")],
    organisation: OrganisationOption,
) -> None:
    """Remove a member, and revoke the tokens that they made."""
    from server.administration import remove_member
    from server.settings import Settings

    revoked = asyncio.run(remove_member(Settings.from_env(), organisation, email))
    say(f"removed; tokens revoked with them: {revoked}")


def instant(when: datetime | None) -> str:
    return when.isoformat(timespec="minutes") if when else "-"


def show(head: "Sequence[str]", rows: "Sequence[Sequence[str]]") -> None:
    """A table on stdout that scripts can cut, too: columns two blanks or more apart."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
