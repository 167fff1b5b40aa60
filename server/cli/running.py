"""`springtide run`: a scenario simulated at the terminal, without server or database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from server.cli.documents import ScenarioArgument, check_writable, parse_changes, read_experiment, read_scenario, write
from server.cli.endings import Exit, leave
from server.cli.studies import stress
from server.tables.goals import goals
from server.tables.result import show_result
from server.tables.statement import Request, show_statement
from server.terminal import RunProgress

if TYPE_CHECKING:
    from simulation.experiment import Experiment
    from simulation.outcome.report.result import Result
    from simulation.outcome.shards.summary import ShardSummary
    from simulation.scenario.scenario import Scenario


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
    stress_tests: Annotated[
        list[str] | None,
        typer.Option("--stress", metavar="NAME", help="Put it to a stress test against itself as it is, or to all."),
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
    if stress_tests:
        if statement or intervals or output or counters or fail_under or precision:
            leave(
                Exit.WRONG_USAGE, "--stress: prints a comparison; it goes with --replications, --seed and --json only"
            )
        stress(described, stress_tests, (replications, seed), (workers, floor), as_json)
        return
    experiment = read_experiment(replications, seed, precision)
    asked = Request.of(described, *statement) if statement else None
    for path, option in ((output, "-o"), (counters, "--counters")):
        if path:
            check_writable(path, option)
    from simulation.outcome.report.document import document_json

    result = _simulated(described, experiment, workers, floor, counters)
    shown = document_json(result, intervals=intervals)
    if output:
        write(output, f"{shown}\n".encode(), "-o")
    if as_json:
        print(shown)
    else:
        show_result(result, described)
    if asked:
        show_statement(result, described, experiment, asked, floor)
    missed = missed_targets(described, result) if fail_under else []
    if missed:
        leave(Exit.TARGET_MISSED, *missed)


def _simulated(
    described: "Scenario", experiment: "Experiment", workers: int | None, floor: str, counters: Path | None
) -> "Result":
    from server.simulating import simulate_locally
    from simulation.experiment import keep

    def kept(summary: "ShardSummary") -> None:
        if counters:
            write(counters, keep(described, summary).to_bytes(), "--counters")

    with RunProgress(described.name, open_ended=experiment.precision is not None) as progress:
        return simulate_locally(
            described, experiment, workers=workers, floor=floor, on_progress=progress, on_summary=kept
        )


def missed_targets(scenario: "Scenario", result: "Result") -> list[str]:
    """A line for each queue whose mean service over the horizon is below the share wanted."""
    wanted, lines = goals(scenario), []
    for queue in result.queues:
        goal = wanted[queue.id]
        level = queue.totals[goal.measure].mean
        if level is not None and goal.missed_by(level):
            name = goal.measure.replace("_", " ")
            lines.append(f"target missed: {queue.id}: {name} {level:.4f} is under {goal.share:.4g}")
    return lines
