"""run: the same figures however they are made, shown as a table, written as a document, judged by their targets."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulation.outcome.report.document_schema import result_schema, result_shape
from simulation.presets import preset_text
from simulation.scenario.reading.document import load
from simulation.world.floor.compiled import code as floor_code
from simulation.world.floor.compiled.entries import needed_by
from tests.cli.commands import PROGRAM, Commands

FEW = ("--replications", "4", "--seed", "7", "--workers", "1")


def test_the_result_document_stands_alone_on_stdout_and_has_its_shape(commands: Commands) -> None:
    said = commands("run", "shop.yaml", *FEW, "--json")
    told = json.loads(said.out)
    assert said.code == 0
    assert (told["experiment"], told["scenario"]["name"]) == ({"replications": 4, "seed": 7}, "Corner shop")
    assert result_shape().model_validate(told).model_dump()["queues"][0]["interval"] is None
    assert "interval" not in told["queues"][0]
    assert said.err.splitlines()[-1] == "Corner shop: 4 of 4 replications"


def test_columns_by_interval_come_when_asked_for(commands: Commands) -> None:
    told = json.loads(commands("run", "shop.yaml", *FEW, "--json", "--intervals").out)
    result_shape().model_validate(told)
    assert len(told["queues"][0]["interval"]["start"]) == 48
    assert len(told["queues"][0]["interval"]["offered"]["p95"]) == 48


def test_the_result_schema_names_every_measure(commands: Commands) -> None:
    told = json.loads(commands("run", "shop.yaml", *FEW, "--json").out)
    schema = json.loads(commands("schema", "result").out)
    assert schema == result_schema()
    for kind, entity in (("QueueTotal", told["queues"][0]), ("TeamTotal", told["teams"][0])):
        assert set(entity["total"]) <= set(schema["$defs"][kind]["properties"])


def test_neither_workers_nor_the_floor_change_a_byte(commands: Commands) -> None:
    many = ("--replications", "20", "--seed", "7", "--json")
    one = commands("run", "shop.yaml", *many, "--workers", "1").out
    two = commands("run", "shop.yaml", *many, "--workers", "2").out
    plain = commands("run", "shop.yaml", *many, "--floor", "simpy").out
    assert one == two
    assert one == plain.replace('"floor":"simpy"', '"floor":"kernel"')
    assert one != plain


def test_a_table_is_shown_to_people(commands: Commands) -> None:
    said = commands("run", "shop.yaml", *FEW)
    title, header, orders, *_ = said.out.splitlines()
    assert title.startswith("Corner shop: mean of 4 replications, seed 7, engine ")
    assert header.split()[:3] == ["queue", "offered", "answered"]
    assert orders.startswith("orders ")
    assert "80 %" in orders


def test_the_document_is_also_written_to_a_file(commands: Commands) -> None:
    said = commands("run", "shop.yaml", *FEW, "-o", "result.json")
    assert "Corner shop" in said.out
    written = (commands.folder / "result.json").read_text()
    assert written == commands("run", "shop.yaml", *FEW, "--json").out


def test_a_file_that_cannot_be_written_is_known_before_the_work(commands: Commands) -> None:
    said = commands("run", "shop.yaml", "--replications", "100000", "-o", "no/such/folder.json")
    assert said.code == 2
    assert said.err.startswith("-o no/such/folder.json: no such file or directory; ")


def test_a_value_is_changed_by_its_path(commands: Commands) -> None:
    more = json.loads(
        commands("run", "shop.yaml", *FEW, "--set", "queues.orders.demand.weekly_volume=2800", "--json").out
    )
    once = json.loads(commands("run", "shop.yaml", *FEW, "--json").out)
    ratio = more["queues"][0]["total"]["offered"]["mean"] / once["queues"][0]["total"]["offered"]["mean"]
    assert 1.7 < ratio < 2.3
    assert more["scenario"]["digest"] != once["scenario"]["digest"]


def test_a_change_of_an_unknown_path_is_refused_with_the_nearest(commands: Commands) -> None:
    said = commands("run", "shop.yaml", "--set", "queues.orders.demand.weekly_volum=1")
    assert (said.code, said.out) == (2, "")
    assert "queues.orders.demand.weekly_volum" in said.err
    assert "write weekly_volume" in said.err


def test_a_change_without_a_value_is_wrong_usage(commands: Commands) -> None:
    said = commands("run", "shop.yaml", "--set", "queues.orders.name")
    assert (said.code, said.err) == (2, "--set queues.orders.name: no value; write --set path=value\n")


def test_a_missed_target_fails_only_when_asked(commands: Commands) -> None:
    few_agents = ("--set", "vendors.own.teams.voice.staffing.agents=2")
    assert commands("run", "shop.yaml", *FEW, *few_agents).code == 0
    said = commands("run", "shop.yaml", *FEW, *few_agents, "--fail-under")
    assert said.code == 3
    assert said.err.splitlines()[-1].startswith("target missed: orders: service level 0.")


def test_a_target_that_is_met_does_not_fail(commands: Commands) -> None:
    plenty = ("--set", "vendors.own.teams.voice.staffing.agents=12")
    assert commands("run", "shop.yaml", *FEW, *plenty, "--fail-under").code == 0


def test_precision_stops_early(commands: Commands) -> None:
    told = json.loads(commands("run", "shop.yaml", "--precision", "0.2", "--workers", "1", "--json").out)
    assert told["experiment"]["replications"] == 10


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--replications", "0"), "--replications 0: out of range; write a whole number from 1 to 100000"),
        (("--precision", "2"), "--precision 2.0: out of range; write a share between 0 and 1"),
        (("--seed", "-1"), "--seed -1: "),
        (("--intervals",), "--intervals: "),
        (("--workers", "0"), "Usage: "),
        (("--floor", "marble"), "Usage: "),
        (("--stress", "recession"), "--stress recession: there is no such test"),
    ],
)
def test_wrong_usage_is_said_and_simulates_nothing(words: tuple[str, ...], said: str, commands: Commands) -> None:
    ended = commands("run", "shop.yaml", *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(said)
    assert "Traceback" not in ended.err


def test_the_first_run_says_that_it_compiles(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor_code, "is_compiled", lambda entries: False)
    assert "compiling the simulation" in commands("run", "shop.yaml", *FEW, "--json").err
    assert "compiling" not in commands("run", "shop.yaml", *FEW, "--floor", "simpy").err


def test_code_is_compiled_once_and_called_without_the_compiler_from_then_on(commands: Commands) -> None:
    kept, unwritable = commands.folder / "code", commands.folder / "shop.yaml" / "code"
    asks = "import sys; from simulation.world.floor.compiled import code; code.code('close'); print(*sys.modules)"

    def modules(folder: Path) -> list[str]:
        environment = {**os.environ, "SPRINGTIDE_CODE_DIR": str(folder)}
        done = subprocess.run([sys.executable, "-c", asks], env=environment, stdout=subprocess.PIPE, text=True)
        assert done.returncode == 0
        return done.stdout.split()

    assert "numba" in modules(kept)
    (damaged,) = kept.glob("*/*.o")
    assert damaged.name == "close.o"
    assert "numba" not in modules(kept)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert "numba" in modules(kept)
    assert "numba" not in modules(kept)
    assert "numba" in modules(unwritable)
    damaged.rename(damaged.with_name("count_arrivals.o"))
    asks = asks.replace("close", "count_arrivals")
    assert "numba" in modules(kept), "the code of another entry"


def test_a_scenario_says_which_code_it_needs() -> None:
    plain, rich = (needed_by(load(preset_text(name))) for name in ("single-queue", "retail-peak"))
    assert {*floor_code.ALWAYS, "advance_plainly"} <= set(plain)
    assert {"advance", "seek", "complete_rare", "begin_with", "open_line"} <= set(rich) - set(plain)
    assert "advance_plainly" not in rich
    assert not floor_code.is_compiled(["no such code"])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_run_ends_in_one_line_and_leaves_no_process(workers: str, commands: Commands) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "run", "shop.yaml", "--replications", "100000", "--workers", workers],
        cwd=commands.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    begun = ""
    while "replications" not in begun:  # it may have to compile first
        begun = process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the group hears it
    out, err = process.communicate(timeout=60)
    assert begun == "Corner shop: 50 of 100000 replications\n"
    assert (process.returncode, out) == (130, ""), err
    assert err.splitlines()[-1] == "interrupted"
    assert "Traceback" not in err
    assert group_ends(process.pid)


def group_ends(group: int) -> bool:
    """Whether every process of a group ends within moments."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
