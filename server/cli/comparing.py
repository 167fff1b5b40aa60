"""`springtide compare`: scenarios simulated with the same luck, and what differs between them for sure."""

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from server.cli.documents import JsonOption, read_experiment, read_scenario
from server.cli.endings import Exit, leave
from server.terminal import RunProgress

if TYPE_CHECKING:
    from simulation.comparison import Simulated
    from simulation.experiment import Experiment
    from simulation.scenario.scenario import Scenario


def compare(
    scenarios: Annotated[
        list[str],
        typer.Argument(
            metavar="A B...", help="Scenario files or ids of presets; all others are held against the first."
        ),
    ],
    replications: Annotated[
        int | None, typer.Option(help="How often the horizon of each is simulated; left out: 100.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Names the random draws, which all of them meet.")] = 1,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Processes; left out: one a core. Never changes a figure.")
    ] = None,
    floor: Annotated[
        Literal["kernel", "simpy"], typer.Option(help="Contacts served by compiled code, or slowly by plain SimPy.")
    ] = "kernel",
    as_json: JsonOption = False,
) -> None:
    """Simulate scenarios with common random draws, and say what differs between them, and what of it for sure."""
    if len(scenarios) < 2:
        leave(Exit.WRONG_USAGE, f"{scenarios[0]}: stands alone; name one or more scenarios to hold against it")
    described = [read_scenario(source) for source in scenarios]
    experiment = read_experiment(replications, seed, None)
    from server.tables.comparison import plain, show_comparison
    from simulation.comparison import compare as compared

    baseline, *others = (_simulated(one, experiment, workers, floor) for one in described)
    found = [(other, compared(baseline, other)) for other in others]
    if as_json:
        told = [plain(baseline, *each) for each in found]
        print(json.dumps(told, separators=(",", ":"), ensure_ascii=False, allow_nan=False))
        return
    for name, (_, comparison) in zip(scenarios[1:], found, strict=True):
        show_comparison((scenarios[0], name), comparison)


def _simulated(described: "Scenario", experiment: "Experiment", workers: int | None, floor: str) -> "Simulated":
    from server.simulating import simulate_locally
    from simulation.comparison import Simulated

    with RunProgress(described.name) as progress:
        result = simulate_locally(described, experiment, workers=workers, floor=floor, on_progress=progress)
    return Simulated(described, result)
