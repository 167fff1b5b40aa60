"""Runs the command line as a person would, in this process or in one of its own."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.cli import main

PROGRAM = (sys.executable, "-c", "from server.cli import main; main()")

SHOP = """\
name: Corner shop
start: 2026-03-02
days: 1
timezone: UTC
queues:
  - id: orders
    name: Orders
    channel: VOICE
    hours: [{open: "08:00", close: "12:00"}]
    demand: {weekly_volume: 1400}
    handling: {distribution: EXPONENTIAL, mean_seconds: 300}
    patience: {distribution: EXPONENTIAL, mean_seconds: 120}
vendors:
  - id: own
    name: Own people
    kind: IN_HOUSE
    sites: [{id: home, country: US, timezone: UTC}]
    teams:
      - {id: voice, site: home, skills: [{queue: orders}], staffing: {agents: 5}}
"""


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


class Commands:
    """`commands("validate", "x.yaml")` is `springtide validate x.yaml`, from inside a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys
        (folder / "shop.yaml").write_text(SHOP)
        monkeypatch.chdir(folder)

    def __call__(self, *words: str) -> Said:
        self._monkeypatch.setattr(sys, "argv", ["springtide", *words])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        return Said(int(ended.value.code or 0), out, err)
