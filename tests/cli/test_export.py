"""export: a run's outcomes as a table in a file."""

import json
from pathlib import Path

import polars as pl
import pytest

from tests.cli.commands import Commands

FEW = ("--replications", "3", "--workers", "1", "--floor", "simpy")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_result_document_becomes_a_table(commands: Commands, form: str) -> None:
    assert commands("run", "shop.yaml", *FEW, "-o", "result.json", "--intervals").code == 0
    said = commands("export", "result.json", "--to", form, "--intervals", "-o", "out")
    assert (said.code, said.out) == (0, "")
    table = (pl.read_csv if form == "csv" else pl.read_parquet)(commands.folder / "out")
    document = json.loads((commands.folder / "result.json").read_text())
    (queue,) = document["queues"]
    offered = table.filter(entity="orders", measure="offered")
    assert offered.filter(resolution="interval")["mean"].to_list() == queue["interval"]["offered"]["mean"]
    assert offered.filter(resolution="interval")["start"].to_list() == queue["interval"]["start"]
    assert offered.filter(resolution="total")["sd"].to_list() == [queue["total"]["offered"]["sd"]]
    assert said.err == f"out: {len(table):,} rows\n"


def test_what_cannot_be_exported_says_why_and_leaves_no_file(commands: Commands) -> None:
    commands("run", "shop.yaml", *FEW, "-o", "result.json")
    for arguments, why in (
        (("shop.yaml",), "is no result document"),
        (("absent.json",), "no such file"),
        (("result.json", "--intervals"), "has no intervals"),
        (("UnVuOjAxOTAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA",), "--organisation"),
    ):
        said = commands("export", *arguments, "--to", "csv")
        assert (said.code, said.out) == (2, "")
        assert why in said.err
        assert not (commands.folder / "outcomes.csv").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("export", "absent.json", "--to", "csv"),
        ("export", "shop.yaml", "--to", "xlsx", "--requirement", "nobody"),
        ("run", "shop.yaml", "--replications", "2", "--workers", "0"),
        ("run", "shop.yaml", "--statement", "nobody", "2026-03", "p50"),
    ],
)
def test_what_fails_leaves_the_file_that_was_there(commands: Commands, words: tuple[str, ...]) -> None:
    kept = commands.folder / "kept.json"
    kept.write_text("of yesterday")
    assert commands(*words, "-o", "kept.json").code == 2
    assert kept.read_text() == "of yesterday"


def test_what_is_broken_off_leaves_the_file_that_was_there_and_no_other(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = commands.folder / "kept.json"
    kept.write_text("of yesterday")
    before = sorted(commands.folder.iterdir())

    def broken_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("server.simulating.simulate_locally", broken_off)
    assert commands("run", "shop.yaml", *FEW, "-o", "kept.json").code == 130
    assert kept.read_text() == "of yesterday"
    assert sorted(commands.folder.iterdir()) == before


@pytest.mark.parametrize("form", ["csv", "xlsx", "calabrio"])
def test_a_requirement_that_cannot_be_written_says_so(commands: Commands, form: str) -> None:
    said = commands("export", "shop.yaml", "--requirement", "own", "--to", form, "-o", "no/such/folder.x")
    assert said.code == 2
    assert said.err.startswith("-o no/such/folder.x: no such file or directory; ")


def test_a_pipe_is_written_and_stays_one(commands: Commands) -> None:
    commands("run", "shop.yaml", *FEW, "-o", "result.json")
    said = commands("export", "result.json", "--to", "csv", "-o", "/dev/null")
    assert said.code == 0
    assert Path("/dev/null").is_char_device()
