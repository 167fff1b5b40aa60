"""The house rules, checked by the tools themselves; and that what README and CI call is there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from benchmarks.house import ROOMS, cycles, modules, undocumented
from server.cli import app
from simulation.outcome.counting.queue_measures import QUEUE_MEASURES
from simulation.outcome.counting.team_measures import TEAM_MEASURES
from simulation.outcome.rescoring import contracted, read_text
from simulation.presets import preset_text
from simulation.scenario.reading.document import load

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHECKED = ["simulation", "server", "tests", "benchmarks"]


def check(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def test_the_code_is_lint_free() -> None:
    check(str(BIN / "ruff"), "check", *CHECKED)


def test_the_code_is_formatted() -> None:
    check(str(BIN / "ruff"), "format", "--check", *CHECKED)


def test_the_types_hold_strictly() -> None:
    check(str(BIN / "mypy"))


def test_the_rooms_import_one_way_only() -> None:
    check(str(BIN / "lint-imports"), "--no-cache")


def test_the_lock_is_in_step_with_the_project() -> None:
    uv = ROOT / ".uv" / "bin" / "uv"
    if not uv.exists():
        pytest.skip("uv is not in .uv: it was not installed by README's first command")
    check(str(uv), "lock", "--check", "--offline")


def test_no_module_is_longer_than_a_reader_holds_but_the_kernel() -> None:
    longest = [module.name for module in modules(*ROOMS, "tests", "benchmarks") if module.lines > 450]
    assert longest == ["simulation.world.floor.compiled.kernel"]


def test_modules_do_not_import_each_other_in_circles() -> None:
    measured = modules(*ROOMS)
    known = {module.name for module in measured}
    assert cycles({module.name: module.imports(known, at_once=True) for module in measured}) == []


def test_everything_public_in_the_simulation_is_documented() -> None:
    assert undocumented(modules("simulation")) == []


def parsed(words: list[str]) -> str:
    """The verb that a command line names, after the real parser has accepted every word of it."""
    program, *rest = words
    assert program == "springtide"
    command: Any = get_command(app)
    name = program
    while isinstance(command, TyperGroup):
        name, *rest = rest
        command = command.commands[name]
    command.make_context(name, rest)
    return name


def readme_commands() -> list[str]:
    blocks = re.findall(r"^```(?:sh|bash|console)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [match for line in lines for match in re.findall(r"(?:^|\s|\()(springtide(?: [^|&#>)]+)?)", line)]


def test_the_readme_names_every_verb() -> None:
    assert len(readme_commands()) >= 8
    for verb in get_command(app).commands:  # type: ignore[attr-defined]  # a group, as the program has verbs
        assert f"`springtide {verb}" in README, verb


@pytest.mark.parametrize("command", readme_commands())
def test_every_command_of_the_readme_is_one_that_the_program_accepts(command: str) -> None:
    parsed(shlex.split(command))


def test_continuous_integration_runs_the_readme_s_test_command() -> None:
    test_command = next(line for line in README.splitlines() if line.endswith("uv run pytest"))
    assert test_command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_pre_commit_hook_is_one_of_the_locked_tools() -> None:
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    tools = [hook["entry"].removeprefix(".uv/bin/uv run --locked ").split()[0] for hook in local["hooks"]]
    assert tools == ["ruff", "ruff", "mypy", "lint-imports"]
    assert all((BIN / tool).exists() for tool in tools)


def test_the_scenario_and_the_contracts_of_the_readme_are_valid() -> None:
    scenario, contracts = re.findall(r"^```yaml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert load(scenario, file="README.md").name == "Support over the holidays"
    tried = contracted(load(preset_text("retail-peak")), read_text(contracts))
    assert [len(vendor.contracts) for vendor in tried.vendors] == [0, 1, 1]


def test_the_readme_explains_no_measure_that_is_not_there() -> None:
    section = README.split("\n## Measures\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", section, re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert len(explained) > 50
    assert explained <= {*QUEUE_MEASURES, *TEAM_MEASURES}
