"""validate, presets, schema, and how a scenario is found and read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.scenario.reading.canonical import digest, json_schema
from simulation.scenario.reading.document import load
from tests.cli.commands import SHOP, Commands

SCHEMA = Path(__file__).parents[2] / "schema.graphql"


def modules_after(*words: str, folder: Path) -> set[str]:
    program = f"""
import sys
sys.argv = {["springtide", *words]!r}
from server.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [("--help",), ("run", "--help"), ("validate", "shop.yaml"), ("presets",)])
def test_what_simulates_nothing_loads_no_engine(words: tuple[str, ...], commands: Commands) -> None:
    loaded = modules_after(*words, folder=commands.folder)
    assert "server.cli" in loaded
    assert not loaded & {"numba", "simpy", "asyncpg", "strawberry", "uvicorn"}


def test_help_lists_every_verb(commands: Commands) -> None:
    said = commands("--help")
    assert said.code == 0
    for verb in ("run", "validate", "presets", "serve", "worker", "migrate", "token", "schema", "doctor"):
        assert f"\n  {verb} " in said.out


def test_a_valid_scenario_is_called_valid_with_its_digest(commands: Commands) -> None:
    said = commands("validate", "shop.yaml")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("shop.yaml: valid: Corner shop")
    assert digest(load(SHOP)) in said.out


def test_a_valid_scenario_as_json(commands: Commands) -> None:
    told = json.loads(commands("validate", "shop.yaml", "--json").out)
    named = {key: told[key] for key in ("valid", "name", "digest", "problems", "notes")}
    assert named == {
        "valid": True, "name": "Corner shop", "digest": digest(load(SHOP)), "problems": [], "notes": [],
    }  # fmt: skip
    (short,) = told["diagnostics"]
    assert (short["severity"], short["code"]) == ("WARNING", "SHORT_OF_AGENTS")
    assert short["message"].startswith("8 of 48 intervals short")
    (queue,), (team,) = told["queues"], told["teams"]
    assert (queue["most_agents"], team["planned_fte"], team["week"]) == (6.0, [21.0], ["2026-03-02"])
    assert "agents" not in queue


def test_agents_by_interval_are_told_where_they_are_asked_for(commands: Commands) -> None:
    told = json.loads(commands("validate", "shop.yaml", "--json", "--intervals").out)
    (queue,), (team,) = told["queues"], told["teams"]
    assert (queue["start"], queue["step_seconds"]) == ("2026-03-02T00:00:00+00:00", 1800)
    assert queue["agents"] == team["agents"] == [0.0] * 16 + [6.0] * 8 + [0.0] * 24
    assert commands("validate", "shop.yaml", "--intervals").code == 2


def test_a_valid_scenario_is_told_what_it_comes_to(commands: Commands) -> None:
    """Six agents are required and five are given, but not for as many hours as they are there."""
    said = commands("validate", "shop.yaml")
    assert "orders   1.0   6.0  2026-03-02 08:00" in said.out
    assert "2026-03-02  21.0 of 4.2" in said.out
    said = commands("validate", "ap-month-end")
    assert "warning: vendors.coromandel.teams.seniors.workforce: 13 of 13 weeks short" in said.out
    assert "Expected cost: " in said.out


def test_every_problem_of_a_scenario_is_a_line_of_its_own(commands: Commands) -> None:
    broken = SHOP.replace("weekly_volume", "weekly_volum").replace("site: home", "site: hme")
    (commands.folder / "broken.yaml").write_text(broken)
    said = commands("validate", "broken.yaml")
    assert (said.code, said.out) == (2, "")
    lines = said.err.splitlines()
    assert any(line.startswith("broken.yaml:10: ") and "write weekly_volume" in line for line in lines)
    assert any(line.startswith("broken.yaml:19: ") and "write home" in line for line in lines)
    assert all(line.startswith("broken.yaml:") for line in lines)


def test_the_problems_of_a_scenario_as_json(commands: Commands) -> None:
    (commands.folder / "broken.yaml").write_text(SHOP.replace("days: 1", "days: 0"))
    said = commands("validate", "broken.yaml", "--json")
    told = json.loads(said.out)
    assert (said.code, said.err, told["valid"]) == (2, "", False)
    (problem,) = told["problems"]
    assert (problem["file"], problem["line"], problem["path"]) == ("broken.yaml", 3, "days")


def test_a_scenario_that_is_not_there_is_named(commands: Commands) -> None:
    said = commands("validate", "nowhere.yaml")
    assert said.code == 2
    assert said.err.startswith("nowhere.yaml: no such file or directory; name a scenario file that can be read, or ")


def test_a_folder_is_no_scenario(commands: Commands) -> None:
    said = commands("validate", os.curdir)
    assert said.code == 2
    assert said.err.startswith(".: is a directory; ")


def test_a_scenario_in_another_encoding_is_refused(commands: Commands) -> None:
    (commands.folder / "latin.yaml").write_bytes(SHOP.replace("Corner", "Café").encode("latin-1"))
    said = commands("validate", "latin.yaml")
    assert (said.code, said.err) == (2, "latin.yaml: not text in UTF-8; save the scenario as UTF-8\n")


def test_a_mistyped_preset_is_answered_with_the_nearest(commands: Commands) -> None:
    said = commands("run", "single-qeue")
    assert (said.code, said.out) == (2, "")
    assert said.err == "there is no preset 'single-qeue'; write single-queue, or the path of a scenario file\n"


def test_a_file_comes_before_a_preset_of_the_same_name(commands: Commands) -> None:
    (commands.folder / "single-queue").write_text(SHOP)
    assert "Corner shop" in commands("validate", "single-queue").out


def test_every_preset_is_listed_and_valid(commands: Commands) -> None:
    listed = json.loads(commands("presets", "--json").out)
    assert {"retail-peak", "single-queue"} <= {preset["id"] for preset in listed}
    assert len(commands("presets").out.splitlines()) == len(listed)
    for preset in listed:
        assert commands("validate", preset["id"]).code == 0


def test_the_schemas_are_those_of_the_models(commands: Commands) -> None:
    assert json.loads(commands("schema", "scenario").out) == json_schema()
    assert commands("schema", "graphql").out == SCHEMA.read_text(encoding="utf-8")


def test_an_unknown_schema_is_wrong_usage(commands: Commands) -> None:
    said = commands("schema", "sql")
    assert said.code == 2
    assert "graphql" in said.err


def test_allocations_over_all_that_is_at_risk_are_noted(commands: Commands) -> None:
    contract = """
    contracts:
      - pricing: [{kind: PER_CONTACT, rate: 2.0}]
        at_risk: {share: 0.1}
        slas:
          - {id: a, metric: ASA, queue: orders, target: 3, allocation: .7, window: DAY, credits: [{above: 3, share: 1}]}
          - {id: b, metric: ASA, queue: orders, target: 60, window: DAY, credits: [{above: 60, share: 1}]}
"""
    (commands.folder / "over.yaml").write_text(SHOP.replace("kind: IN_HOUSE", "kind: OUTSOURCED") + contract)
    message = "allocations add up to 120 % of the amount at risk; the cap binds at 100 %"
    assert f"note: vendors.own.contracts.0.slas: {message}" in commands("validate", "over.yaml").out
    told = json.loads(commands("validate", "over.yaml", "--json").out)
    assert told["notes"] == [{"path": "vendors.own.contracts.0.slas", "message": message}]
