"""`springtide export`: a run's outcomes as a table, or what a scenario asks of a vendor, in a file."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from server.cli.documents import check_writable, read_scenario, replacing, told_of
from server.cli.endings import Exit, leave
from server.terminal import say


def export(
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN", help="A run's id, as the API has it, or the file of a result document; or a scenario."
        ),
    ],
    to: Annotated[
        Literal["csv", "xlsx", "parquet", "calabrio"],
        typer.Option("--to", case_sensitive=False, help="The form of the file; calabrio only with --requirement."),
    ],
    organisation: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose run it is; needed with a run's id.")
    ] = None,
    intervals: Annotated[bool, typer.Option("--intervals", help="With rows by interval.")] = False,
    requirement: Annotated[
        str | None,
        typer.Option(
            metavar="VENDOR",
            help="What the scenario, or the run's, asks of a vendor: agents by interval, people by week, classes.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Left out: outcomes.csv and so on, or VENDOR.csv."),
    ] = None,
) -> None:
    """Write a run's outcomes as a table: a row for each queue or team, resolution, period and measure."""
    if requirement is not None:
        export_requirement(run, requirement, to, organisation, output)
        return
    if to == "calabrio":
        leave(Exit.WRONG_USAGE, "--to calabrio: is the form of what is asked of a vendor; add --requirement VENDOR")
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
    check_writable(path, "-o")
    with replacing(path) as beside:  # half a table is none
        if key is not None and organisation is not None:
            rows = asyncio.run(export_run(Settings.from_env(), organisation, key, form, wanted, beside))
        else:
            rows = export_document(Path(run), form, wanted, beside)
    say(f"{path}: {rows:,} rows")


def export_requirement(source: str, vendor: str, to: str, organisation: str | None, output: Path | None) -> None:
    """What a scenario asks of a vendor; of a run's by its id."""
    from server.exports.pack import WRITERS
    from server.graphql.paging import key_of
    from simulation.preview.pack import RequirementPack, UnknownVendorError

    if to not in WRITERS:
        leave(Exit.WRONG_USAGE, f"--to {to}: is no form of a requirement; write --to {', '.join(WRITERS)}")
    key = key_of(source, "Run")
    if key is None:
        described = read_scenario(source)
    elif organisation is None:
        leave(Exit.WRONG_USAGE, "--organisation: is missing; name the organisation whose run it is")
    else:
        from server.exports.command import scenario_of_run
        from server.settings import Settings

        described = asyncio.run(scenario_of_run(Settings.from_env(), organisation, key))
    try:
        pack = RequirementPack.of(described, vendor)
    except UnknownVendorError as error:
        leave(Exit.WRONG_USAGE, f"--requirement: {error.args[0]}")
    path = output or Path(f"{vendor}.{'csv' if to == 'calabrio' else to}")
    with told_of(path, "-o"):
        if to == "csv":  # a file a sheet, named after the path
            written = WRITERS[to](pack, path)
        else:
            check_writable(path, "-o")  # what makes workbooks has errors of its own
            with replacing(path) as beside:
                WRITERS[to](pack, beside)
            written = [path]
    for file in written:
        say(str(file))
