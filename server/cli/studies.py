"""`springtide limit`, `sweep`, `sensitivity` and the stress tests of `run`: many experiments on one scenario."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from server.cli.documents import JsonOption, ScenarioArgument, parse_changes, read_experiment, read_scenario
from server.cli.endings import Exit, leave

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from simulation.scenario.scenario import Scenario

Replications = Annotated[int | None, typer.Option(help="How often each point is simulated, at most; left out: 100.")]
Fewer = Annotated[int | None, typer.Option(help="How often a value is simulated at most; left out: 40.")]
Seed = Annotated[int, typer.Option(help="Names the random draws, which all points meet.")]
Workers = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Processes; left out: one a core. Never changes a figure.")
]
Floor = Annotated[
    Literal["kernel", "simpy"], typer.Option(help="Contacts served by compiled code, or slowly by plain SimPy.")
]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a value of the scenario first.")
]

MOST_AXES = 3


def limit(
    scenario: ScenarioArgument,
    vary: Annotated[
        Literal["demand", "handling", "attrition", "absence", "lateness"],
        typer.Option(help="What is varied: a factor on all of it, or weeks by which all hiring is late."),
    ] = "demand",
    until: Annotated[
        float, typer.Option(help="Share of replications in which the plan has to hold, between 0 and 1.")
    ] = 0.9,
    fineness: Annotated[float, typer.Option(help="How finely a factor's limit is found.")] = 0.025,
    replications: Fewer = None,
    seed: Seed = 1,
    workers: Workers = None,
    floor: Floor = "kernel",
    change: Sets = None,
    as_json: JsonOption = False,
) -> None:
    """Find how much more of something the plan stands, and what breaks first."""
    described = read_scenario(scenario, parse_changes(change or []))
    from server.tables.studies import show_limit
    from simulation.studies.limit import LimitSearch

    given = {"vary": vary, "until": until, "fineness": fineness}
    answer = answered(LimitSearch, described, (replications or 40, seed), (workers, floor), **given)
    if not told_as_json(LimitSearch, answer, as_json):
        show_limit(described, answer)


def sweep(
    scenario: ScenarioArgument,
    axis: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=V,V...",
            help="An axis, at most three: demand=1,1.1,1.2, or a value's path: teams.desk.workforce.headcount=90,100.",
        ),
    ],
    replications: Replications = None,
    seed: Seed = 1,
    workers: Workers = None,
    floor: Floor = "kernel",
    change: Sets = None,
    as_json: JsonOption = False,
) -> None:
    """Simulate every combination of some values, and say which of them pay."""
    described = read_scenario(scenario, parse_changes(change or []))
    from server.tables.studies import show_sweep
    from simulation.studies.sweep import Sweep

    if len(axis) > MOST_AXES:
        leave(Exit.WRONG_USAGE, f"--axis: there are {len(axis)}; give {MOST_AXES} at most")
    axes = [_axis(text) for text in axis]
    answer = answered(Sweep, described, (replications, seed), (workers, floor), axes=axes)
    if not told_as_json(Sweep, answer, as_json):
        show_sweep(described, answer)


def sensitivity(
    scenario: ScenarioArgument,
    step: Annotated[float, typer.Option(help="One step, as a share of the value, between 0 and 1.")] = 0.1,
    weeks: Annotated[int, typer.Option(help="One step of lateness.")] = 2,
    driver: Annotated[
        list[str] | None,
        typer.Option(help="A driver to try besides the scenario's `sources`; left out: all the usual ones."),
    ] = None,
    replications: Replications = None,
    seed: Seed = 1,
    workers: Workers = None,
    floor: Floor = "kernel",
    change: Sets = None,
    as_json: JsonOption = False,
) -> None:
    """Move each assumption by one step either way, and say on which of them the plan hangs."""
    described = read_scenario(scenario, parse_changes(change or []))
    from server.tables.studies import show_tornado
    from simulation.studies.sensitivity import Sensitivity

    given = {"step": step, "weeks": weeks} | ({"drivers": driver} if driver else {})
    answer = answered(Sensitivity, described, (replications, seed), (workers, floor), **given)
    if not told_as_json(Sensitivity, answer, as_json):
        show_tornado(described, answer)


def stress(
    described: "Scenario",
    names: Sequence[str],
    draws: tuple[int | None, int],
    how: tuple[int | None, str],
    as_json: bool,
) -> None:
    """`springtide run --stress`: the tests of these names, or all, each against the scenario as it is."""
    from server.tables.studies import show_stress
    from simulation.studies.stress import NAMED, StressTests

    wanted = list(NAMED) if "all" in names else [name.replace("-", "_") for name in names]
    unknown = [name for name in wanted if name not in NAMED]
    if unknown:
        known = ", ".join(name.replace("_", "-") for name in NAMED)
        leave(Exit.WRONG_USAGE, f"--stress {unknown[0]}: there is no such test; choose of {known}, or all")
    answer = answered(StressTests, described, draws, how, tests=[{name: {}} for name in dict.fromkeys(wanted)])
    if not told_as_json(StressTests, answer, as_json):
        show_stress(described, answer)


def answered(
    kind: Any, described: "Scenario", draws: tuple[int | None, int], how: tuple[int | None, str], **given: Any
) -> Any:
    """The answer of a study; what it refuses ends the program."""
    from pydantic import ValidationError

    from server.studying import study_locally
    from simulation.scenario.problems import RefusedError
    from simulation.scenario.reading.canonical import canonical
    from simulation.studies.study import StudyRefusedError

    experiment = read_experiment(*draws, None)
    try:
        study = kind(document=canonical(described), experiment=experiment, **given)
        return study_locally(study, workers=how[0], floor=how[1])
    except ValidationError as error:
        _refuse([_out_of_range(one) for one in error.errors()])
    except RefusedError as error:
        _refuse([f"{one.message}; {one.mend}" for one in error.refusals])
    except StudyRefusedError as error:
        _refuse([str(error)])


def _out_of_range(error: "ErrorDetails") -> str:
    """With what was typed and, since pydantic knows the bounds, what can be."""
    place, mend = ".".join(map(str, error["loc"])), error["msg"].lower().replace("input should be", "write a number")
    return f"--{place} {error['input']}: out of range; {mend}"


def _refuse(lines: Sequence[str]) -> NoReturn:
    leave(Exit.WRONG_USAGE, *lines)


def told_as_json(kind: Any, answer: Any, as_json: bool) -> bool:
    """Whether the answer was printed as JSON."""
    if as_json:
        print(kind.stored(kind.answer, answer))
    return as_json


def _axis(text: str) -> dict[str, Any]:
    """An axis as it is typed: a driver or a path, and its values."""
    from simulation.scenario.changing.change import name_of
    from simulation.studies.drivers import DRIVERS

    name, equals, values = text.partition("=")
    if not (name and equals and values):
        leave(Exit.WRONG_USAGE, f"--axis {text}: no values; write --axis NAME=V,V")
    steps = []
    for value in values.split(","):
        if name not in DRIVERS:
            steps.append({"label": value, "changes": [{"set_value": {"path": name, "value": value}}]})
            continue
        try:
            changes = DRIVERS[name].changes(float(value))
        except ValueError:
            leave(Exit.WRONG_USAGE, f"--axis {name}: {value!r} is no value of it; write numbers such as 1.1")
        data = [{name_of(type(one)): one.model_dump(mode="json", exclude_none=True)} for one in changes]
        steps.append({"label": value, "changes": data})
    return {"name": name, "steps": steps}
