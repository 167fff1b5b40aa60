"""The command line: one function a verb, all of them named here.

Heavy rooms are imported inside the verbs that need them, so that `--help` and `validate` answer at once and the web
process never loads the compiled floor.
"""

from importlib.metadata import version
from typing import Annotated

import typer

from server.cli.access import member_app, token_app
from server.cli.comparing import compare
from server.cli.contracts import price, rescore
from server.cli.endings import Exit, one_line_for_what_is_expected
from server.cli.explaining import explain
from server.cli.exporting import export
from server.cli.forecasting import forecast
from server.cli.importing import import_
from server.cli.operating import backup, doctor, migrate, restore, serve, worker
from server.cli.organisations import (
    limits_set,
    limits_show,
    organisation_create,
    organisation_delete,
    organisation_list,
    organisation_retention,
)
from server.cli.proposals import proposal_app
from server.cli.readers import reader_app
from server.cli.requests import request_app
from server.cli.rolling import roll
from server.cli.running import run
from server.cli.scenarios import presets, schema, validate
from server.cli.staffing import staff
from server.cli.studies import limit, sensitivity, sweep

VERBS = (
    run,
    compare,
    explain,
    roll,
    limit,
    sweep,
    sensitivity,
    rescore,
    price,
    staff,
    validate,
    presets,
    serve,
    worker,
    migrate,
    backup,
    restore,
    export,
    forecast,
    schema,
    doctor,
)

app = typer.Typer(
    help="Simulates the capacity and scalability of outsourced teams: contacts, people, service.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(token_app, name="token")
app.add_typer(member_app, name="member")
app.add_typer(reader_app, name="reader")
app.add_typer(request_app, name="request")
app.add_typer(proposal_app, name="proposal")
organisation_app = typer.Typer(
    help="Organisations: made, kept, deleted with all they have.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(organisation_app, name="organisation")
organisation_app.command("list")(organisation_list)
organisation_app.command("create")(organisation_create)
organisation_app.command("delete")(organisation_delete)
organisation_app.command("retention")(organisation_retention)
limits_app = typer.Typer(help="What an organisation may use.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(limits_app, name="limits")
limits_app.command("show")(limits_show)
limits_app.command("set")(limits_set)
for verb in VERBS:
    app.command()(verb)
app.command("import")(import_)  # a word of Python, too


def main() -> None:
    with one_line_for_what_is_expected():
        app()


@app.callback(invoke_without_command=True)
def program(
    show_version: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version.")] = False,
) -> None:
    if show_version:
        print(version("springtide"))
        raise SystemExit(Exit.DONE)
