"""`springtide validate`, `presets` and `schema`: what a scenario may be, and whether one is."""

import json
from typing import Annotated, Literal

import typer

from server.cli.documents import JsonOption, ScenarioArgument, read_scenario
from server.cli.endings import Exit, leave


def validate(
    scenario: ScenarioArgument,
    as_json: JsonOption = False,
    intervals: Annotated[bool, typer.Option("--intervals", help="With --json: agents by interval, too.")] = False,
) -> None:
    """Check a scenario, say everything that is wrong with it, and what it comes to, without a simulation."""
    if intervals and not as_json:
        leave(Exit.WRONG_USAGE, "--intervals: only the JSON has agents by interval; add --json")
    from simulation.scenario.problems import ScenarioError
    from simulation.scenario.reading.canonical import digest
    from simulation.scenario.reading.notes import notes

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
    from server.tables.preview import plain_preview, show_preview
    from simulation.preview.preview import Preview
    from simulation.scenario.changing.draft import count

    preview, summary = Preview.of(described), {"name": described.name, "digest": digest(described)}
    if as_json:
        noted = [{"path": note.path, "message": note.message} for note in notes(described)]
        told = plain_preview(preview, intervals=intervals)
        print(
            json.dumps({"valid": True, **summary, "problems": [], "notes": noted, **told}, ensure_ascii=False, indent=2)
        )
        return
    length = count(described.weeks, "week") if described.weeks else count(described.horizon.days, "day")
    queues, teams = len(described.queues), len(described.teams)
    print(
        f"{scenario}: valid: {described.name}, {length}, queues: {queues}, teams: {teams}, digest {summary['digest']}"
    )
    show_preview(preview, described.currency)


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


def schema(kind: Annotated[Literal["scenario", "result", "graphql"], typer.Argument()]) -> None:
    """Print the JSON Schema of scenario or result, or the GraphQL schema."""
    if kind == "graphql":
        from server.graphql.schema import schema_text

        print(schema_text(), end="")
        return
    if kind == "scenario":
        from simulation.scenario.reading.canonical import json_schema

        described = json_schema()
    else:
        from simulation.outcome.report.document_schema import result_schema

        described = result_schema()
    print(json.dumps(described, ensure_ascii=False, indent=2))
