"""`springtide organisation` and `limits`: what an operator decides for a whole organisation."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from server.cli.documents import JsonOption
from server.cli.endings import Exit, leave
from server.terminal import Column, say, show_table

if TYPE_CHECKING:
    from server.store.limits import LimitName

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The organisation's name.")]
NameOption = Annotated[str, typer.Option("--organisation", metavar="NAME", help="The organisation's name.")]
UNLIMITED, DEFAULT = "unlimited", "default"


def _limit_option(says: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(metavar="N|unlimited|default", help=says)
    return option


def organisation_list(
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that were deleted, by id.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the organisations, or the ids of those that were deleted, when and by whom."""
    from server.operators import deleted_organisations, list_organisations
    from server.settings import Settings

    settings = Settings.from_env()
    if deleted:
        gone = asyncio.run(deleted_organisations(settings))
        rows = [[str(one.id), one.closed_at.isoformat(), one.deleted_at.isoformat(), one.deleted_by] for one in gone]
        _show("deleted organisations", ["id", "closed", "deleted", "by"], rows, as_json)
        return
    rows = [
        [
            one.name,
            str(one.id),
            one.kind.value,
            one.created_at.isoformat(),
            "" if one.retention_days is None else str(one.retention_days),
            "being deleted" if one.closed_at else "",
        ]
        for one in asyncio.run(list_organisations(settings))
    ]
    _show("organisations", ["name", "id", "kind", "created", "retention days", "state"], rows, as_json)


def organisation_create(
    name: NameArgument,
    kind: Annotated[Literal["CLIENT", "VENDOR"], typer.Option(case_sensitive=False, help="What the organisation is.")],
) -> None:
    """Make an organisation and print its id."""
    from server.operators import create_organisation
    from server.settings import Settings
    from server.store.organisations import OrganisationKind

    print(asyncio.run(create_organisation(Settings.from_env(), name, OrganisationKind(kind))))


def organisation_delete(
    name: NameArgument,
    confirm: Annotated[
        str, typer.Option(metavar="NAME", help="The name once more: nothing of it can be brought back.")
    ],
) -> None:
    """Delete an organisation with all that it has. Interrupted, the same command goes on."""
    if confirm != name:
        leave(Exit.WRONG_USAGE, f"--confirm {confirm!r} is not {name!r}; write the same name twice to delete it")
    from server.operators import delete_organisation
    from server.settings import Settings

    gone = asyncio.run(delete_organisation(Settings.from_env(), name))
    say(f"deleted {gone}; backups made before still hold it")


def organisation_retention(
    name: NameArgument,
    days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="Days that a finished run is kept; then workers delete it.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep finished runs until somebody deletes them.")] = False,
) -> None:
    """Say for how long an organisation keeps finished runs."""
    if (days is None) is not keep:
        leave(Exit.WRONG_USAGE, "write --days N, or --keep")
    from server.operators import set_retention
    from server.settings import Settings

    asyncio.run(set_retention(Settings.from_env(), name, days))


def limits_show(organisation: NameOption, as_json: JsonOption = False) -> None:
    """Show what an organisation may use, what it uses now, and what is left."""
    from server.operators import show_limits
    from server.settings import Settings

    found = asyncio.run(show_limits(Settings.from_env(), organisation))
    # every web process counts requests for itself: here nobody knows how many there were
    counted = [(one, one.limit != "REQUESTS_A_MINUTE") for one in found]
    if as_json:
        told = [
            {
                "name": one.limit.value,
                "used": one.used if known else None,
                "most": one.most,
                "left": one.left if known else None,
            }
            for one, known in counted
        ]
        print(json.dumps(told, indent=2))
        return
    rows = [
        [
            _option_of(one.limit).removeprefix("--"),
            f"{one.used:,}" if known else "",
            UNLIMITED if one.most is None else f"{one.most:,}",
            f"{one.left:,}" if known and one.left is not None else "",
        ]
        for one, known in counted
    ]
    _show(f"limits of {organisation}", ["limit", "used", "most", "left"], rows, as_json)


def limits_set(
    organisation: NameOption,
    running_runs: Annotated[str | None, _limit_option("Runs simulated at once.")] = None,
    queued_runs: Annotated[str | None, _limit_option("Runs waiting for a worker.")] = None,
    contacts_a_day: Annotated[
        str | None, _limit_option("Expected contacts, times replications, of the runs started on a day of UTC.")
    ] = None,
    stored_bytes: Annotated[str | None, _limit_option("Bytes of the outcomes kept.")] = None,
    requests_a_minute: Annotated[str | None, _limit_option("Requests, in each web process.")] = None,
) -> None:
    """Set what an organisation may use; what is left out stays as it is."""
    from server.operators import set_limits
    from server.settings import Settings
    from server.store.limits import LimitName

    given = {
        LimitName.RUNNING_RUNS: running_runs,
        LimitName.QUEUED_RUNS: queued_runs,
        LimitName.CONTACTS_A_DAY: contacts_a_day,
        LimitName.STORED_BYTES: stored_bytes,
        LimitName.REQUESTS_A_MINUTE: requests_a_minute,
    }
    texts = {name: text for name, text in given.items() if text is not None}
    if not texts:
        leave(Exit.WRONG_USAGE, f"nothing to set; write one or more of {', '.join(map(_option_of, LimitName))}")
    wrong = [line for name, text in texts.items() if (line := _wrong(name, text))]
    if wrong:
        leave(Exit.WRONG_USAGE, *wrong)
    wanted = {name: None if text == UNLIMITED else int(text) for name, text in texts.items() if text != DEFAULT}
    unset = [name for name, text in texts.items() if text == DEFAULT]
    asyncio.run(set_limits(Settings.from_env(), organisation, wanted, unset))


def _option_of(name: "LimitName") -> str:
    return f"--{name.lower().replace('_', '-')}"


def _wrong(name: "LimitName", text: str) -> str | None:
    least = 1 if name == "REQUESTS_A_MINUTE" else 0  # with none, nobody could see that there are none
    if text in (UNLIMITED, DEFAULT) or (text.isascii() and text.isdecimal() and least <= int(text) < 2**63):
        return None
    return f"{_option_of(name)} {text!r}: is no limit; write a whole number from {least}, {UNLIMITED} or {DEFAULT}"


def _show(title: str, headings: list[str], rows: list[list[str]], as_json: bool) -> None:
    if as_json:
        print(
            json.dumps(
                [dict(zip((heading.replace(" ", "_") for heading in headings), row, strict=True)) for row in rows],
                ensure_ascii=False,
                indent=2,
            )
        )
        return
    show_table(title, [Column(heading, [row[place] for row in rows]) for place, heading in enumerate(headings)])
