"""Documents as the command line is given them, and files that it writes."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.cli.endings import Exit, leave

if TYPE_CHECKING:
    from simulation.experiment import Experiment
    from simulation.scenario.scenario import Scenario

ScenarioArgument = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file, or the id of a preset.")]


JsonOption = Annotated[bool, typer.Option("--json", help="JSON, alone, on stdout.")]


def read_scenario(source: str, changes: dict[str, str] | None = None) -> "Scenario":
    """The scenario of a file or preset, its values changed as asked; raises `ScenarioError` with every problem."""
    from simulation.scenario.reading.document import load

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


def check_writable(path: Path, option: str) -> None:
    """Better known before an hour's work than after it; what stands there stays as it is."""
    with told_of(path, option):
        is_new = not path.exists()
        path.open("ab").close()
        if is_new:
            path.resolve().unlink()


def write(path: Path, content: bytes, option: str) -> None:
    """Whole or not at all, into the file that an option names."""
    with told_of(path, option), replacing(path) as beside:
        beside.write_bytes(content)


@contextmanager
def told_of(path: Path, option: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        leave(Exit.WRONG_USAGE, f"{option} {path}: {what}; name a file that can be written")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write that takes the place of another once it is whole."""
    is_file = path.is_file() and os.access(path.resolve().parent, os.W_OK)
    if path.is_relative_to("/dev") or (path.exists() and not is_file):
        yield path  # a device, a pipe, or a file in a folder where nothing can be made: nothing takes its place
        return
    path = path.resolve()
    beside = path.with_name(f".{os.getpid()}{path.suffix}")
    try:
        yield beside
        if is_file:
            shutil.copymode(path, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
