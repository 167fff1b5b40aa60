"""`springtide export`: a run's outcomes as a table, in a file."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from server.cli.documents import write
from server.cli.endings import Exit, leave
from server.terminal import say


def export(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run's id, as the API has it, or the file of a result document.")
    ],
    to: Annotated[
        Literal["csv", "xlsx", "parquet"], typer.Option("--to", case_sensitive=False, help="The form of the file.")
    ],
    organisation: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose run it is; needed with a run's id.")
    ] = None,
    intervals: Annotated[bool, typer.Option("--intervals", help="With rows by interval.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Left out: outcomes.csv, .xlsx or .parquet.")
    ] = None,
) -> None:
    """Write a run's outcomes as a table: a row for each queue or team, resolution, period and measure."""
    from server.exports.command import export_document, export_run
    from server.exports.table import COARSE, ExportFormat, ExportResolution, Wanted
    from server.graphql.paging import key_of
    from server.settings import Settings

    key = key_of(run, "Run")
    if key is not None and organisation is None:
        leave(Exit.WRONG_USAGE, "--organisation: is missing; name the organisation whose run it is")
    path = output or Path(f"outcomes.{to}")
    wanted = Wanted([*map(str, COARSE), *([str(ExportResolution.INTERVAL)] if intervals else [])])
    form = ExportFormat(to.upper())
    write(path, b"", "-o")  # better known before the work than after
    try:
        if key is not None and organisation is not None:
            rows = asyncio.run(export_run(Settings.from_env(), organisation, key, form, wanted, path))
        else:
            rows = export_document(Path(run), form, wanted, path)
    except BaseException:
        path.unlink(missing_ok=True)  # half a table is none
        raise
    say(f"{path}: {rows:,} rows")
