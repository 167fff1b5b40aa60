"""README's way from measured calls to a plan: what is typed there prints what stands there."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.commands import Commands

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
SECTION = README.split("## From measured calls to a plan that holds")[1].split("\n## ")[0]
QUICK = {"import", "forecast", "validate"}
"""Verbs that take seconds; searches and stress tests have bars and tests of their own."""


def steps() -> list[tuple[str, list[str]]]:
    """What is typed, and the lines under it."""
    blocks = re.findall(r"```console\n(.*?)```", SECTION, re.DOTALL)
    typed = [part for block in blocks for part in block.split("$ ") if part]
    return [(lines[0], lines[1:]) for lines in (part.strip().split("\n") for part in typed)]


@pytest.mark.slow
def test_the_readme_s_walk_prints_what_it_shows(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    walked = set()
    for typed, shown in steps():
        program, *words = shlex.split(typed)
        if program != "springtide" or words[0] not in QUICK:
            continue
        walked.add(words[0])
        said = commands(*words)
        assert said.code == 0, said.err
        printed = [line.rstrip() for line in said.out.splitlines()]
        assert [line for line in shown if line != "..." and line.rstrip() not in printed] == []
    assert walked == QUICK
