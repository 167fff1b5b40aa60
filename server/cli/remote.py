"""What every verb that asks a server is given, and how it writes what came back."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.documents import write
from server.cli.endings import Exit, leave
from server.terminal import Column, say, show_table

if TYPE_CHECKING:
    from server.remote import Remote

ServerOption = Annotated[
    str | None, typer.Option("--server", metavar="URL", help="Left out: SPRINGTIDE_SERVER, else this machine's.")
]
TokenOption = Annotated[
    str | None,
    typer.Option("--token", metavar="TOKEN", help="Left out: SPRINGTIDE_TOKEN, which no list of processes shows."),
]
OutputOption = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where it is written; left out: stdout.")
]
RequestArgument = Annotated[str, typer.Argument(metavar="REQUEST", help="The request's id, as the server has it.")]
ProposalArgument = Annotated[str, typer.Argument(metavar="PROPOSAL", help="The proposal's id, as the server has it.")]


def asked(server: str | None, token: str | None) -> "Remote":
    from server.remote import Remote

    return Remote(server, token)


def text_of(path: Path) -> str:
    """Of a file that is sent."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        leave(Exit.WRONG_USAGE, f"{path}: not text in UTF-8; save it as UTF-8")
    except OSError as error:
        leave(Exit.WRONG_USAGE, f"{path}: {(error.strerror or str(error)).lower()}; name a file that can be read")


def put(text: str, output: Path | None) -> None:
    """On stdout, or into a file that is named then."""
    if output is None:
        print(text, end="" if text.endswith("\n") else "\n")
        return
    write(output, text.encode(), "-o")
    say(str(output))


def told_as_json(what: Any, as_json: bool) -> bool:
    if as_json:
        print(json.dumps(what, ensure_ascii=False, indent=2))
    return as_json


def rows(title: str, *columns: tuple[str, list[str]]) -> None:
    show_table(title, [Column(heading, cells) for heading, cells in columns])
