"""How long a limit search takes: `uv run python -m benchmarks.limit` writes `benchmarks/limit.md`.

Every take is `springtide limit retail-peak` from the first to the last moment of its process, which starts others of
its own; what is compiled is there from an earlier run. Takes about two minutes.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.report import machine, say, table, verdict
from simulation.studies.limit import Varied

RESULTS = Path(__file__).parent / "limit.md"
TAKES = 3
BAR_SECONDS = 60.0
SPRINGTIDE = (sys.executable, "-c", "from server.cli import main; main()")


class Take(NamedTuple):
    """Of one search: wall and CPU seconds, and its answer."""

    seconds: float
    cpu: float
    answer: dict[str, Any]


def take(vary: Varied) -> Take:
    """One search."""
    before, began = os.times(), time.monotonic()
    words = ("limit", "retail-peak", "--vary", vary, "--until", "0.9", "--json")
    told = subprocess.run([*SPRINGTIDE, *words], check=True, capture_output=True)
    after, seconds = os.times(), time.monotonic() - began
    cpu = sum(after[part] - before[part] for part in (2, 3))  # of children that have ended, and of theirs
    return Take(seconds, cpu, json.loads(told.stdout))


def measure(takes: int) -> dict[Varied, list[Take]]:
    found: dict[Varied, list[Take]] = {vary: [] for vary in Varied}
    for _ in range(takes):
        for vary, taken in found.items():
            taken.append(take(vary))
            say(f"{vary}: {taken[-1].seconds:.1f} s, {taken[-1].cpu:.1f} s of CPU")
    return found


def row(vary: Varied, taken: list[Take]) -> tuple[str, ...]:
    """The best take: others' work on the machine only adds to it."""
    best, answer = min(taken), taken[0].answer
    limit, sure = answer["limit"], (answer["surely_holds_at"], answer["surely_breaks_at"])
    slowest = max(one.seconds for one in taken)
    return (
        vary,
        "none" if limit is None else f"{limit:g}",
        " to ".join("-" if end is None else f"{end:g}" for end in sure),
        f"{best.seconds:.1f} s",
        f"{slowest:.1f} s",
        f"{min(one.cpu for one in taken):.1f} s",
        verdict(best.seconds, BAR_SECONDS, most=True),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--takes", type=int, default=TAKES)
    parser.add_argument("--note", action="append", default=[], help="a sentence to write under the table")
    asked = parser.parse_args()
    take(Varied.LATENESS)  # compiles what is not yet
    found = measure(asked.takes)
    head = ("varied", "limit", "for sure between", "quickest", "slowest", "CPU, least", f"< {BAR_SECONDS:.0f} s")
    text = TEXT.format(
        machine=machine(),
        takes=asked.takes,
        rows=table(head, *(row(vary, taken) for vary, taken in found.items())),
        notes="".join(f"\n{note}\n" for note in asked.note),
    )
    RESULTS.write_text(text)
    print(text)


TEXT = """# How long a limit search takes

{machine}

Written by `uv run python -m benchmarks.limit`. `springtide limit retail-peak --vary ... --until 0.9`: 16 weeks, 40
draws of which nine in ten have to hold; from start to end of the program, {takes} takes.

{rows}
{notes}"""


if __name__ == "__main__":
    main()
