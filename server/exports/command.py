"""What `springtide export` writes: a run of the database by its id, or a result document."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from server.exports.files import MOST_ROWS, write, writer
from server.exports.outcomes import NoOutcomesError, run_blocks, run_result
from server.exports.table import Block, ExportFormat, Wanted, document_blocks
from server.operators import AdministrationError, WrongOptionError, find, opened
from server.settings import Settings
from server.store.runs import get_documents
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario

MEND = "write the id of a run that has succeeded, or name a result document that `springtide run -o FILE` wrote"


def export_document(file: Path, format: ExportFormat, wanted: Wanted, output: Path) -> int:
    """How many rows there are."""
    try:
        document: Any = json.loads(file.read_text(encoding="utf-8"))
        blocks = list(document_blocks(document, wanted))
    except OSError as error:
        raise WrongOptionError(f"{file}: {(error.strerror or str(error)).lower()}; {MEND}") from None
    except (UnicodeDecodeError, ValueError, KeyError, TypeError):
        raise WrongOptionError(f"{file}: is no result document; {MEND}") from None
    if "interval" in wanted.resolutions and not any(block.resolution == "interval" for block in blocks):
        raise WrongOptionError(f"{file}: has no intervals; write it with `springtide run -o FILE --intervals`")
    rows = sum(block.rows for block in blocks)
    check_rows(rows, format)
    made = writer(format, output)
    for block in blocks:
        made.add(block)
    made.close()
    return rows


async def export_run(
    settings: Settings, organisation: str, run: UUID, format: ExportFormat, wanted: Wanted, output: Path
) -> int:
    """How many rows there are."""
    async with opened(settings) as database:
        async with database.administration() as connection:
            found = await find(connection, organisation)
        rows = 0

        def counted(block: Block) -> Block:
            nonlocal rows
            rows += block.rows
            check_rows(rows, format)
            return block

        try:
            result = await run_result(database, found.id, run)
            blocks = run_blocks(database, found.id, run, result, wanted)
            await write((counted(block) async for block in blocks), format, output)
        except NoOutcomesError:
            raise AdministrationError(f"{organisation} has no such run with outcomes; {MEND}") from None
        return rows


async def scenario_of_run(settings: Settings, organisation: str, run: UUID) -> Scenario:
    """The scenario as it was when the run was started."""
    async with opened(settings) as database:
        async with database.administration() as connection:
            found = await find(connection, organisation)
        async with database.tenant(found.id) as connection:
            document = (await get_documents(connection, [run])).get(run)
    if document is None:
        raise AdministrationError(f"{organisation} has no such run; write the id of one of its runs")
    return load(document)


def check_rows(rows: int, format: ExportFormat) -> None:
    if rows > MOST_ROWS[format]:
        raise WrongOptionError(
            f"--to {format.lower()}: such a file has at most {MOST_ROWS[format]} rows; leave --intervals out, or write"
            " --to parquet"
        )
