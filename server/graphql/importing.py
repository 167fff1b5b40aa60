"""Files of measured demand made into scenarios, or into the queues of one that is there."""

import asyncio
import json
from dataclasses import asdict
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from server.graphql.changes import MOST_PATHS
from server.graphql.context import Context, Info
from server.graphql.enums import describe
from server.graphql.errors import UserError, UserErrorCode, at_most, input_digest, key_errors, user_error
from server.graphql.making import made_before, not_as_expected, store_new, store_version
from server.graphql.paging import key_of
from server.graphql.scenario_sources import Draft
from server.graphql.scenarios import Scenario
from server.importing import Imported, UnreadError, import_apart, turn
from server.store import scenarios as store
from server.store import uploads
from server.store.scenarios import ScenarioRow
from simulation.history.dates import DateOrder
from simulation.history.headers import Field
from simulation.history.numbers import DecimalMark
from simulation.history.options import Duplicates
from simulation.history.problems import AnomalyKind
from simulation.scenario.reading.document import from_data

MOST_CHARACTERS = 1_000_000
"""Of a file in the operation itself."""
MOST_STORED = 8_000_000
"""Characters of a scenario made from a file: volumes by slot of years are long."""
MOST_CHOICES = 1_000
describe(DateOrder)
describe(DecimalMark)
describe(Duplicates)
describe(AnomalyKind)
describe(Field, "What a column of a file may say. Means are of a contact, totals of a row.", "DemandField")


@strawberry.input(one_of=True, description="A file of measured demand: as text, or sent before.")
class ImportFileInput:
    content: str | None = strawberry.field(
        default=UNSET, description="The text of a CSV file, of at most a million characters."
    )
    upload_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="What POST /uploads answered for a CSV or XLSX file of at most 64 MB."
    )


@strawberry.input(description="A queue to take from a file.")
class ImportQueueInput:
    name: str = strawberry.field(description="What the file calls it.")
    called: str | None = strawberry.field(
        default=None, description="What the scenario calls it, its id there; left out: made from its name."
    )


@strawberry.input(description="What a column of a file is.")
class ImportColumnInput:
    field: Field = strawberry.field(description="What it says.")
    header: str = strawberry.field(description="Its header.")


@strawberry.input(description="Measured demand to import, and whatever the file itself does not say.")
class ImportDemandInput:
    file: ImportFileInput = strawberry.field(description="The file.")
    file_name: str = strawberry.field(description="Its name, under which sources and problems tell of it.")
    time_zone: str | None = strawberry.field(
        default=None, description="IANA zone of the queues; left out: the scenario's, or what a column says."
    )
    clock: str | None = strawberry.field(
        default=None, description="IANA zone of the clock that wrote the file; left out: the queues'."
    )
    dates: DateOrder | None = strawberry.field(
        default=None, description="Order of day, month and year; left out: as the file proves."
    )
    decimal: DecimalMark | None = strawberry.field(
        default=None, description="Mark of decimals; left out: as the file proves."
    )
    slot_minutes: int | None = strawberry.field(
        default=None, description="Length of a slot in minutes, where the file does not say."
    )
    queues: list[ImportQueueInput] | None = strawberry.field(
        default=None, description="The queues to take; left out: all of them."
    )
    columns: list[ImportColumnInput] | None = strawberry.field(
        default=None, description="Columns that are not known by their headers."
    )
    duplicates: Duplicates = strawberry.field(
        default=Duplicates.REFUSE, description="What becomes of several rows of one slot."
    )
    sheet: str | None = strawberry.field(default=None, description="Sheet of a workbook; left out: the only one.")
    name: str | None = strawberry.field(default=None, description="Name of a new scenario; left out: the file's.")
    scenario_id: strawberry.ID | None = strawberry.field(
        default=None, description="A scenario whose queues get the demand; left out: a new one is made."
    )
    expected_version: int | None = strawberry.field(
        default=None, description="With scenarioId: the version that it was read at."
    )
    fit: bool = strawberry.field(
        default=False, description="With scenarioId: handling and patience, too; a new scenario always has them."
    )
    dry_run: bool = strawberry.field(default=False, description="Whether only to tell what would come of it.")
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="For a new scenario, any line of text; the same key with the same input again returns the scenario"
        " made first, and with another input it is refused.",
    )


@strawberry.type(description="A column of a file that was read.")
class ImportedColumn:
    header: str = strawberry.field(description="What the file calls it.")
    field: Field = strawberry.field(description="What it was read as.")


@strawberry.type(description="A queue that was read from a file.")
class ImportedQueue:
    id: strawberry.ID = strawberry.field(description="Its id in the scenario; not a global id.")
    name: str = strawberry.field(description="What the file calls it.")
    rows_by: str = strawberry.field(description="What a row covers: `30 min`, `day`, `week` or `month`.")
    first: str = strawberry.field(description="Where it begins, by the queue's clock.")
    end: str = strawberry.field(description="Where it ends, by the queue's clock.")
    contacts: float = strawberry.field(description="Contacts offered in all.")
    handling_seconds: float | None = strawberry.field(
        description="Mean handling time in seconds; null where not measured."
    )
    patience_seconds: float | None = strawberry.field(description="Mean patience in seconds; null where not measured.")


@strawberry.type(description="Something odd in a file that can be imported.")
class ImportAnomaly:
    kind: AnomalyKind = strawberry.field(description="What kind of oddity it is.")
    queue: str = strawberry.field(description="The queue's id in the scenario; empty for the whole file.")
    row: int | None = strawberry.field(description="The row of the file, from 1; null where it is of none.")
    message: str = strawberry.field(description="What is odd, in words.")


@strawberry.type(description="How a file was read, and what is odd in it.")
class ImportReport:
    rows: int = strawberry.field(description="Rows with figures.")
    form: str = strawberry.field(description="What the file was taken for, in words.")
    dates: DateOrder | None = strawberry.field(description="Order of its dates; null where that did not matter.")
    columns: list[ImportedColumn] = strawberry.field(description="Columns that were used.")
    ignored: list[str] = strawberry.field(description="Headers of columns that were not.")
    queues: list[ImportedQueue] = strawberry.field(description="The queues that were read.")
    anomaly_count: int = strawberry.field(description="How many odd things there are in all.")
    anomalies: list[ImportAnomaly] = strawberry.field(
        description="Odd things, at most a hundred of a kind, in the order in which they were found."
    )


@strawberry.type(description="What came of importDemand.")
class ImportDemandPayload:
    scenario: Scenario | None = strawberry.field(
        description="The scenario made or changed; after a CONFLICT that of somebody else; null where it was refused"
        " and on a dry run."
    )
    report: ImportReport | None = strawberry.field(
        description="How the file was read; null where it was refused and for a repeated idempotencyKey."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Why it was refused, row by row; empty when it was imported."
    )


async def import_demand(info: Info, input: ImportDemandInput) -> ImportDemandPayload:
    context, key = info.context, input.idempotency_key
    if refused := [*key_errors(key), *input_errors(input)]:
        return refusing(refused)
    sent = None if key is None else input_digest({**asdict(input), "idempotency_key": None})
    if key is not None and input.scenario_id is None:
        async with context.tenant() as connection:
            if made := await made_before(connection, key, sent):
                return ImportDemandPayload(scenario=made.scenario, report=None, user_errors=made.user_errors)
    base, refused = await base_of(context, input)
    if refused:
        return refusing(refused)
    if base is not None and (base.version != input.expected_version or base.locked_at is not None):
        return conflict(base, input)
    try:
        async with turn:
            content = await content_of(context, input)
            if content is None:
                message = "there is no upload of this id, or it has expired"
                return refusing([user_error(UserErrorCode.NOT_FOUND, message, "file.uploadId")])
            found = await import_apart(content, asked_of(input, base))
    except UnreadError as error:
        return refusing([user_error(UserErrorCode.TOO_LARGE, f"the file {error}", "file")])
    if found.problems or found.document is None or found.text is None:
        return refusing(at_most([file_error(one) for one in found.problems]))
    if len(found.document) > MOST_STORED:
        message = "the scenario would be too long; import fewer queues or a shorter time"
        return refusing([user_error(UserErrorCode.TOO_LARGE, message, "file")])
    if input.dry_run:
        return ImportDemandPayload(scenario=None, report=report_of(found), user_errors=[])
    return await stored(context, input, base, found, sent)


def refusing(errors: list[UserError]) -> ImportDemandPayload:
    return ImportDemandPayload(scenario=None, report=None, user_errors=errors)


def input_errors(input: ImportDemandInput) -> list[UserError]:
    errors = []

    def refuse(message: str, path: str, code: UserErrorCode = UserErrorCode.INVALID_ARGUMENT) -> None:
        errors.append(user_error(code, message, path))

    if isinstance(input.file.content, str) and len(input.file.content) > MOST_CHARACTERS:
        message = f"the file has more than {MOST_CHARACTERS} characters; send it to POST /uploads and pass its uploadId"
        refuse(message, "file.content", UserErrorCode.TOO_LARGE)
    if not input.file_name.strip() or len(input.file_name) > 200 or not input.file_name.isprintable():
        refuse("the file's name will not do; write one line of 1 to 200 characters", "fileName")
    if input.name is not None and not input.name.strip():
        refuse("the name is blank; write one, or leave it out for the file's", "name")
    if (input.scenario_id is None) != (input.expected_version is None):
        refuse("scenarioId and expectedVersion go together; send both or neither", "expectedVersion")
    if input.scenario_id is None and input.fit:
        refuse("fit belongs to scenarioId; a new scenario is fitted anyway", "fit")
    if input.scenario_id is not None and input.idempotency_key is not None:
        refuse("a scenario that is there has its version; leave the key out", "idempotencyKey")
    if max(len(input.queues or ()), len(input.columns or ())) > MOST_CHOICES:
        refuse(f"at most {MOST_CHOICES} queues and columns can be named", "queues", UserErrorCode.TOO_LARGE)
    return errors


async def base_of(context: Context, input: ImportDemandInput) -> tuple[ScenarioRow | None, list[UserError]]:
    if input.scenario_id is None:
        return None, []
    key = key_of(input.scenario_id, "Scenario")
    async with context.tenant() as connection:
        row = await store.get_scenario(connection, key) if key else None
    if row is None:
        message = "there is no scenario of this id; pass the id of one of `scenarios`"
        return None, [user_error(UserErrorCode.NOT_FOUND, message, "scenarioId")]
    return row, []


async def content_of(context: Context, input: ImportDemandInput) -> bytes | None:
    if isinstance(input.file.content, str):
        return input.file.content.encode()
    key = upload_key(input)
    async with context.tenant() as connection:
        return await uploads.get_content(connection, key) if key else None


def upload_key(input: ImportDemandInput) -> UUID | None:
    return key_of(input.file.upload_id, "Upload") if isinstance(input.file.upload_id, str) else None


def asked_of(input: ImportDemandInput, base: ScenarioRow | None) -> dict[str, Any]:
    zone = input.time_zone or (json.loads(base.document)["timezone"] if base is not None else None)
    options = {
        "timezone": zone,
        "clock": input.clock,
        "dates": input.dates,
        "decimal": input.decimal,
        "minutes": input.slot_minutes,
        "queues": {queue.name: queue.called for queue in input.queues or []},
        "columns": {column.field.value: column.header for column in input.columns or []},
        "duplicates": input.duplicates,
        "sheet": input.sheet,
    }
    document = None if base is None else base.document
    return {"file": input.file_name, "name": input.name, "fit": input.fit, "base": document, "options": options}


def file_error(problem: dict[str, Any]) -> UserError:
    row, column = problem["row"], problem["column"]
    where = ", ".join(filter(None, [f"row {row}" if row else "", column]))
    message = f"{where + ': ' if where else ''}{problem['message']}; {problem['mend']}"
    return user_error(UserErrorCode.INVALID_FILE, message, "file")


def report_of(found: Imported) -> ImportReport:
    told = found.report or {}
    return ImportReport(
        rows=told["rows"],
        form=told["form"],
        dates=DateOrder(told["dates"]) if told["dates"] else None,
        columns=[ImportedColumn(header=header, field=Field(field)) for header, field in told["columns"].items()],
        ignored=told["ignored"],
        queues=[
            ImportedQueue(
                id=strawberry.ID(one["id"]),
                name=one["name"],
                rows_by=one["rows_by"],
                first=one["from"],
                end=one["to"],
                contacts=one["contacts"],
                handling_seconds=one["handling_seconds"],
                patience_seconds=one["patience_seconds"],
            )
            for one in told["queues"]
        ],
        anomaly_count=sum(told["anomaly_counts"].values()),
        anomalies=[
            ImportAnomaly(kind=AnomalyKind(one["kind"]), queue=one["queue"], row=one["row"], message=one["message"])
            for one in told["anomalies"]
        ],
    )


def conflict(row: ScenarioRow, input: ImportDemandInput) -> ImportDemandPayload:
    told = not_as_expected(row, input.expected_version or 0)
    return ImportDemandPayload(scenario=told.scenario, report=None, user_errors=told.user_errors)


def drafted(found: Imported, base: ScenarioRow | None, file: str) -> Draft:
    model, text = from_data(json.loads(found.document or "")), found.text or ""
    if base is None:
        return Draft(model, text)
    paths = [path for path, source in model.sources.items() if source.source.startswith(f"{file[-80:]},")]
    told = {"path": "queues", "paths": paths[:MOST_PATHS], "summary": f"demand imported from {file}"}
    return Draft(model, text, base.base_id, [*base.changes, told])


async def stored(
    context: Context, input: ImportDemandInput, base: ScenarioRow | None, found: Imported, sent: bytes | None
) -> ImportDemandPayload:
    draft = await asyncio.to_thread(drafted, found, base, input.file_name)
    if base is None:
        made = await store_new(context, draft, input.idempotency_key, sent)
        scenario, errors = made.scenario, made.user_errors
    else:
        changed = await store_version(context, base, draft, input.expected_version or 0)
        scenario, errors = changed.scenario, changed.user_errors
    if (key := upload_key(input)) is not None and not errors:
        async with context.tenant() as connection:
            await uploads.delete_upload(connection, key)
    return ImportDemandPayload(scenario=scenario, report=None if errors else report_of(found), user_errors=errors)
