"""The command line: one function a verb. Heavy rooms are imported inside the verbs that need them, so that `--help`
and `validate` answer at once and the web process never loads the compiled floor."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from server.goals import goals
from server.invoices import Request, show_statement
from server.report import show_result
from server.terminal import RunProgress, say

if TYPE_CHECKING:
    from simulation.experiment import Experiment
    from simulation.scenario.scenario import Scenario


class Exit(IntEnum):
    DONE = 0
    FAILED = 1
    WRONG_USAGE = 2
    """Or an invalid scenario."""
    TARGET_MISSED = 3
    INTERRUPTED = 130


app = typer.Typer(
    help="Simulates the capacity and scalability of outsourced teams: contacts, people, service.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
token_app = typer.Typer(help="Access tokens.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(token_app, name="token")

ScenarioArgument = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file, or the id of a preset.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON, alone, on stdout.")]


def main() -> None:
    with one_line_for_what_is_expected():
        app()


@contextmanager
def one_line_for_what_is_expected() -> Iterator[None]:
    """Every failure that a person can mend ends in lines that say how, and in its exit code, never in a traceback."""
    try:
        yield
    except SystemExit as ended:
        if ended.code == Exit.INTERRUPTED:  # so typer passes a Ctrl-C on, without a word
            say("interrupted")
        raise
    except Exception as error:
        # anything not known as expected goes on as it is, with its traceback: a mistake of ours
        from server.failures import expected

        failure = expected(error)
        if failure is None:
            raise
        leave(Exit.WRONG_USAGE if failure.wrong_usage else Exit.FAILED, *failure.lines)


def leave(code: Exit, *lines: str) -> NoReturn:
    for line in lines:
        say(line)
    raise SystemExit(code)


@app.callback(invoke_without_command=True)
def program(
    show_version: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version.")] = False,
) -> None:
    if show_version:
        print(version("springtide"))
        raise SystemExit(Exit.DONE)


@app.command()
def run(
    scenario: ScenarioArgument,
    replications: Annotated[
        int | None,
        typer.Option(help="How often the horizon is simulated; left out: 100, with --precision at most 1000."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Names the random draws: the same seed, the same luck.")] = 1,
    precision: Annotated[
        float | None,
        typer.Option(help="Stop when every queue's service level is known to this 95 % half-width, 0.01 say."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Processes; left out: one a core. Never changes a figure.")
    ] = None,
    floor: Annotated[
        Literal["kernel", "simpy"], typer.Option(help="Contacts served by compiled code, or slowly by plain SimPy.")
    ] = "kernel",
    change: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a value of the scenario.")
    ] = None,
    statement: Annotated[
        tuple[str, str, str] | None,
        typer.Option(
            metavar="VENDOR MONTH p50|N",
            help="Explain an invoice line by line: of the replication of median cost, or of the Nth, counted from 1.",
        ),
    ] = None,
    fail_under: Annotated[bool, typer.Option("--fail-under", help="Exit 3 when a queue misses its target.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The result document, alone, on stdout.")] = False,
    intervals: Annotated[bool, typer.Option("--intervals", help="With columns by interval.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the result document to FILE.")
    ] = None,
    counters: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the counters in FILE, for `rescore` to try other contracts on."),
    ] = None,
) -> None:
    """Simulate a scenario, without server or database."""
    if intervals and not (as_json or output):
        leave(Exit.WRONG_USAGE, "--intervals: only the result document has columns by interval; add --json or -o FILE")
    if statement and as_json:
        leave(Exit.WRONG_USAGE, "--statement: --json prints the result document alone; write it to a file with -o FILE")
    described = read_scenario(scenario, parse_changes(change or []))
    experiment = read_experiment(replications, seed, precision)
    asked = Request.of(described, *statement) if statement else None
    if output:
        write(output, "")  # a place that cannot be written to is better known before an hour's work than after
    if counters:
        write_counters(counters, b"")
    from server.simulating import simulate_locally
    from simulation.experiment import keep
    from simulation.outcome.document import document

    with RunProgress(described.name, open_ended=experiment.precision is not None) as progress:
        result = simulate_locally(
            described,
            experiment,
            workers=workers,
            floor=floor,
            on_progress=progress,
            on_summary=(lambda summary: write_counters(counters, keep(described, summary).to_bytes()))
            if counters
            else None,
        )
    shown = document(result, intervals=intervals)
    text = json.dumps(shown, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    if output:
        write(output, text + "\n")
    if as_json:
        print(text)
    else:
        show_result(result, described)
    if asked:
        show_statement(result, described, experiment, asked, floor)
    missed = missed_targets(described, shown) if fail_under else []
    if missed:
        leave(Exit.TARGET_MISSED, *missed)


@app.command()
def rescore(
    counters: Annotated[Path, typer.Argument(metavar="COUNTERS", help="A file that `run --counters` wrote.")],
    contracts: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Contracts to try, a map of vendors to their lists; several side by side."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Try other contracts on a run: windows, targets, tiers, rates, shares at risk; nothing is simulated again."""
    from server.rescoring import plain, read_kept, show_alternatives
    from server.rescoring import rescore as tried

    found = tried(read_kept(counters), contracts or [])
    if as_json:
        print(json.dumps(plain(found), separators=(",", ":"), ensure_ascii=False, allow_nan=False))
    else:
        show_alternatives(found)


@app.command()
def price(
    counters: Annotated[Path, typer.Argument(metavar="COUNTERS", help="A file that `run --counters` wrote.")],
    vendor: Annotated[str, typer.Argument(metavar="VENDOR", help="The vendor's id in the scenario.")],
    margin: Annotated[float, typer.Option(help="Invoices less own cost, as a share of the invoices; 0.15 say.")],
    probability: Annotated[float, typer.Option(help="Share of the replications in which it must be reached.")] = 0.9,
    as_json: JsonOption = False,
) -> None:
    """Say at which rates a vendor reaches a margin over the horizon, with a probability."""
    from server.rescoring import read_kept, show_price
    from simulation.outcome.asking_price import price_for
    from simulation.outcome.document import told

    kept = read_kept(counters)
    asked = price_for(kept, kept.scenario(), vendor, margin, probability)
    if as_json:
        print(json.dumps({"vendor": vendor, **told(asked)}, ensure_ascii=False))
    else:
        show_price(asked, vendor, f"a margin of {100 * margin:g} % with probability {100 * probability:g} %")


@app.command()
def validate(scenario: ScenarioArgument, as_json: JsonOption = False) -> None:
    """Check a scenario and say everything that is wrong with it."""
    from simulation.scenario.canonical import digest
    from simulation.scenario.notes import notes
    from simulation.scenario.problems import ScenarioError

    try:
        described = read_scenario(scenario)
    except ScenarioError as error:
        if as_json:
            problems = [
                {"file": p.file, "line": p.line, "path": p.path, "message": p.message, "mend": p.mend}
                for p in error.problems
            ]
            print(json.dumps({"valid": False, "problems": problems}, ensure_ascii=False, indent=2))
            raise SystemExit(Exit.WRONG_USAGE) from None
        raise
    summary = {"name": described.name, "digest": digest(described)}
    noted = [{"path": note.path, "message": note.message} for note in notes(described)]
    if as_json:
        print(json.dumps({"valid": True, **summary, "problems": [], "notes": noted}, ensure_ascii=False, indent=2))
        return
    length = f"{described.weeks} weeks" if described.weeks else f"{described.days} days"
    queues, teams = len(described.queues), len(described.teams)
    print(
        f"{scenario}: valid: {described.name}, {length}, queues: {queues}, teams: {teams}, digest {summary['digest']}"
    )
    for note in noted:
        print(f"note: {note['path']}: {note['message']}")


@app.command()
def presets(as_json: JsonOption = False) -> None:
    """List the scenarios that come with the program."""
    from simulation.presets import presets as ready

    if as_json:
        print(
            json.dumps(
                [{"id": p.id, "name": p.name, "summary": p.summary} for p in ready()], ensure_ascii=False, indent=2
            )
        )
        return
    for preset in ready():
        print(f"{preset.id}: {preset.name}. {preset.summary}")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Left out: PORT, else 8000. 0: any free one.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Worker processes to start and restart beside it.")] = 1,
) -> None:
    """Start the server: database, GraphQL and workers. Stops cleanly on Ctrl-C or SIGTERM."""
    from server.serving import serve as start
    from server.settings import Settings

    start(Settings.from_env(), host, port, workers)


@app.command()
def worker() -> None:
    """Simulate the runs that wait in the database, until told to stop."""
    from server.settings import Settings
    from server.worker import main as work

    say(f"springtide {version('springtide')}: worker on {Settings.from_env().place}; Ctrl-C stops it")
    work()
    say("stopped; what was half done is in the queue again")


@app.command()
def migrate() -> None:
    """Bring the database to this program's schema."""
    import asyncio

    from server.administration import bring_up_to_date
    from server.settings import Settings

    applied = asyncio.run(bring_up_to_date(Settings.from_env()))
    print("\n".join(f"applied {name}" for name in applied) if applied else "nothing to apply: the schema is current")


@token_app.command("create")
def token_create(
    organisation: Annotated[str, typer.Option(metavar="NAME", help="Made when there is none of this name.")],
    kind: Annotated[Literal["CLIENT", "VENDOR"], typer.Option(case_sensitive=False, help="What the organisation is.")],
    role: Annotated[
        Literal["VIEWER", "PLANNER", "ADMIN"], typer.Option(case_sensitive=False, help="What the bearer may do.")
    ],
) -> None:
    """Make an access token and print it, alone, on stdout. It is shown only this once."""
    import asyncio

    from server.administration import create_token
    from server.settings import Settings
    from server.store.organisations import OrganisationKind, Role

    print(asyncio.run(create_token(Settings.from_env(), organisation, OrganisationKind(kind), Role(role))))


@app.command()
def schema(kind: Annotated[Literal["scenario", "result", "graphql"], typer.Argument()]) -> None:
    """Print the JSON Schema of scenario or result, or the GraphQL schema."""
    if kind == "graphql":
        from server.graphql.schema import schema_text

        print(schema_text(), end="")
        return
    if kind == "scenario":
        from simulation.scenario.canonical import json_schema

        described = json_schema()
    else:
        from simulation.outcome.document_schema import result_schema

        described = result_schema()
    print(json.dumps(described, ensure_ascii=False, indent=2))


@app.command()
def doctor() -> None:
    """Check that this machine has what the program needs, and say what to do where it has not."""
    import asyncio

    from server.doctor import examine

    async def tell() -> bool:
        well = True
        async for finding in examine():
            print(finding, flush=True)
            well &= finding.good
        return well

    if not asyncio.run(tell()):
        raise SystemExit(Exit.FAILED)


def read_scenario(source: str, changes: dict[str, str] | None = None) -> "Scenario":
    """The scenario of a file or preset, its values changed as asked; raises `ScenarioError` with every problem."""
    from simulation.scenario.document import load

    text, name = read_document(source)
    return load(text, file=name, changes=changes)


def read_document(source: str) -> tuple[str, str]:
    """The text of a scenario and the name that problems are reported under."""
    path = Path(source)
    if not (path.exists() or path.suffix or len(path.parts) > 1):
        from simulation.presets import preset_text

        try:
            return preset_text(source), source
        except LookupError as error:
            leave(Exit.WRONG_USAGE, f"{error.args[0]}, or the path of a scenario file")
    try:
        return path.read_text(encoding="utf-8-sig"), source
    except UnicodeDecodeError:
        leave(Exit.WRONG_USAGE, f"{source}: not text in UTF-8; save the scenario as UTF-8")
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        leave(
            Exit.WRONG_USAGE,
            f"{source}: {what}; name a scenario file that can be read, or a preset (springtide presets)",
        )


def parse_changes(changes: list[str]) -> dict[str, str]:
    pairs = [change.partition("=") for change in changes]
    for path, equals, _ in pairs:
        if not (path and equals):
            leave(Exit.WRONG_USAGE, f"--set {path}: no value; write --set path=value")
    return {path: value for path, _, value in pairs}


def read_experiment(replications: int | None, seed: int, precision: float | None) -> "Experiment":
    from pydantic import ValidationError

    from simulation.experiment import Experiment

    mends = {
        "replications": "write a whole number from 1 to 100000",
        "seed": "write a whole number from 0 to 9223372036854775807",
        "precision": "write a share between 0 and 1; 0.01 is one percentage point to either side",
    }
    given: dict[str, Any] = {"replications": replications, "seed": seed, "precision": precision}
    try:
        return Experiment(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        leave(
            Exit.WRONG_USAGE,
            *(f"--{e['loc'][0]} {e['input']}: out of range; {mends[str(e['loc'][0])]}" for e in error.errors()),
        )


def write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        leave(Exit.WRONG_USAGE, f"-o {path}: {what}; name a file that can be written")


def write_counters(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        leave(Exit.WRONG_USAGE, f"--counters {path}: {what}; name a file that can be written")


def missed_targets(scenario: "Scenario", result: dict[str, Any]) -> list[str]:
    """A line for each queue whose mean service over the horizon is below the share wanted."""
    wanted, lines = goals(scenario), []
    for queue in result["queues"]:
        goal = wanted[queue["id"]]
        level = queue["total"][goal.measure]["mean"]
        if goal.missed_by(level):
            name = goal.measure.replace("_", " ")
            lines.append(f"target missed: {queue['id']}: {name} {level:.4f} is under {goal.share:.4g}")
    return lines


if __name__ == "__main__":
    main()
