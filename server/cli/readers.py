"""`springtide reader`: logins of PostgreSQL for programs that read outcomes by SQL, each of one organisation."""

import asyncio
from typing import Annotated

import typer

from server.cli.access import OrganisationOption, instant, show
from server.terminal import say

reader_app = typer.Typer(
    help="Logins for programs that read outcomes by SQL.", no_args_is_help=True, rich_markup_mode=None
)


@reader_app.command("create")
def reader_create(organisation: OrganisationOption) -> None:
    """Make a login that sees one organisation's outcomes in the views; its password is shown only this once."""
    from server.readers import create_reader
    from server.settings import Settings

    login, password = asyncio.run(create_reader(Settings.from_env(), organisation))
    print(f"{login} {password}")


@reader_app.command("list")
def reader_list() -> None:
    """List the logins, and whose outcomes they see."""
    from server.readers import list_readers
    from server.settings import Settings

    rows = asyncio.run(list_readers(Settings.from_env()))
    show(("login", "organisation", "made"), [(row.login, row.organisation, instant(row.created_at)) for row in rows])


@reader_app.command("remove")
def reader_remove(
    login: Annotated[str, typer.Argument(metavar="LOGIN", help="As `springtide reader list` has it.")],
) -> None:
    """Remove a login: it sees nothing any more."""
    from server.readers import remove_reader
    from server.settings import Settings

    asyncio.run(remove_reader(Settings.from_env(), login))
    say("removed")
