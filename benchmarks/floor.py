"""How fast the floor is: `uv run --with ciw python -m benchmarks.floor` writes `benchmarks/results.md`.

Every measurement is a process of its own; the programs take turns, round after round, so that what else the machine
does strikes all alike. A figure is the median of its rounds, a ratio the median of the rounds' ratios. Speeds are
contacts per CPU second of the process, after imports and compiling, but where a row speaks of the wall clock. Takes
about half an hour; `--rounds 1` is a try. Without Ciw its row is left out.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.features import FEATURES
from benchmarks.features import ROUNDS as FEATURE_ROUNDS
from benchmarks.report import ROOT, child, machine, say, table, verdict
from benchmarks.shares import PARTS, REST

RESULTS = Path(__file__).parent / "results.md"
ROUNDS = 5
FEATURE_BAR = 150
RUN = "import sys; from server.cli import main; sys.argv[0] = 'springtide'; main()"
"""The program `springtide`, of this very interpreter."""


@dataclass(frozen=True)
class Work:
    """A program at some work, as `benchmarks.program` takes it."""

    title: str
    program: str
    case: str
    words: tuple[str, ...] = ()


STEP = "Springtide, the whole `simulate` step"
TUNED = "SimPy tuned by hand: two events a contact, callbacks, drawn beforehand"
PUSHED = "the same pushed: events used again, past `Timeout`, no garbage collection"
WORKS = {
    "A step": Work(STEP, "step", "a", ("--repeat", "400")),
    "A tuned": Work(TUNED, "tuned_simpy", "a", ("--repeat", "10")),
    "A pushed": Work(PUSHED, "pushed_simpy", "a", ("--repeat", "10")),
    "A textbook": Work("textbook SimPy, a process a contact", "textbook_simpy", "a", ("--repeat", "3")),
    "A ciw": Work("Ciw", "ciw_model", "a"),
    "B step": Work(STEP, "step", "b", ("--repeat", "10")),
    "B kernel": Work("the kernel alone, on draws made beforehand", "kernel", "b", ("--repeat", "5")),
    "B tuned": Work(TUNED, "tuned_simpy", "b"),
    "B pushed": Work(PUSHED, "pushed_simpy", "b"),
    "B textbook": Work("textbook SimPy, a process a contact (two days)", "textbook_simpy", "b", ("--days", "2")),
    "B ciw": Work("Ciw, one pool instead of groups (a day)", "ciw_model", "b", ("--days", "1")),
    "B week": Work("one replication of a week, its statistics too", "replication", "b", ("--repeat", "5")),
    "B year": Work("one replication of 52 weeks, its statistics too", "replication", "b", ("--weeks", "52")),
}
WORKERS = {
    "one": Work("one process", "one worker", "b", ("--repeat", "200")),
    "two": Work("two processes", "two workers", "b", ("--repeat", "200")),
}
RATIOS = [
    ("A, a day: the whole `simulate` step / tuned SimPy", "A step", "A tuned", 25),
    ("A: ... / tuned SimPy, pushed", "A step", "A pushed", None),
    ("A: ... / textbook SimPy", "A step", "A textbook", None),
    ("A: ... / Ciw", "A step", "A ciw", None),
    ("B, a week: the whole `simulate` step / tuned SimPy", "B step", "B tuned", 20),
    ("B: ... / tuned SimPy, pushed", "B step", "B pushed", None),
    ("B: ... / textbook SimPy", "B step", "B textbook", 150),
    ("B: ... / Ciw", "B step", "B ciw", 500),
    ("B: 52 weeks in one replication / one week", "B year", "B week", 0.9),
]
Rounds = dict[str, list[dict[str, float]]]


def measure(works: dict[str, Work], rounds: int) -> Rounds:
    """Every work once a round, in turn."""
    measured: Rounds = {name: [] for name in works}
    for number in range(rounds):
        for name, work in works.items():
            found = child("program", work.program, work.case, *work.words)
            measured[name].append(found)
            say(f"round {number + 1}, {name}: {found['contacts'] / found['seconds']:,.0f} contacts a second")
    return measured


def speeds(rounds: list[dict[str, float]]) -> list[float]:
    return [one["contacts"] / one["seconds"] for one in rounds]


def rates(measured: Rounds) -> str:
    rows = [
        (name[0], WORKS[name].title, f"{median(speeds(rounds)):,.0f}", f"{max(one['peak_mb'] for one in rounds):,.0f}")
        for name, rounds in measured.items()
    ]
    return table(("case", "program", "contacts a CPU second", "peak memory MB"), *rows, left=2)


def ratios(measured: Rounds) -> Iterable[tuple[str, str, str, str]]:
    for title, one, other, bar in RATIOS:
        if one in measured and other in measured:
            ratio = median(
                ours / theirs for ours, theirs in zip(speeds(measured[one]), speeds(measured[other]), strict=True)
            )
            yield (
                title,
                f"{ratio:,.2f}" if ratio < 10 else f"{ratio:,.1f}",
                f">= {bar}" if bar else "",
                verdict(ratio, bar),
            )


def memory(measured: Rounds) -> tuple[str, str, str, str]:
    peak = max(one["peak_mb"] for one in measured["B year"])
    return "B: peak memory of 52 weeks, MB", f"{peak:,.0f}", "< 400", verdict(peak, 400, most=True)


def workers(rounds: int) -> tuple[str, str, str, str]:
    measured = measure(WORKERS, rounds)
    gain = median(two / one for one, two in zip(speeds(measured["one"]), speeds(measured["two"]), strict=True))
    title = "B, 200 replications: two workers / one, by the wall clock, starting them included"
    return title, f"{gain:.2f}", ">= 1.6", verdict(gain, 1.6)


def starts(rounds: int) -> list[tuple[str, str, str, str]]:
    """From `springtide run` to the end of a first replication of A, which comes after the first simulated contact."""
    words = ["run", str(Path(__file__).parent / "cases" / "case_a.yaml"), "--replications", "1", "--workers", "1"]
    command = [sys.executable, "-c", RUN, *words]

    # Python's own compiling is kept too, as it is wherever nobody forbids it
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def seconds(folder: str) -> tuple[float, str]:
        kept = {"SPRINGTIDE_CODE_DIR": f"{folder}/code", "PYTHONPYCACHEPREFIX": f"{folder}/python"}
        began = time.perf_counter()
        told = subprocess.run(command, cwd=ROOT, env={**usual, **kept}, capture_output=True, text=True, check=True)
        return time.perf_counter() - began, told.stderr

    with tempfile.TemporaryDirectory() as empty:
        first, told = seconds(empty)
        warm = median(seconds(empty)[0] for _ in range(rounds))
    compiles = "compiling" in told
    return [
        (
            "`springtide run` of A, one replication, to the table, s",
            f"{warm:.1f}",
            "<= 2.5",
            verdict(warm, 2.5, most=True),
        ),
        ("the same at a first ever start, nothing compiled, s", f"{first:.1f}", "<= 45", verdict(first, 45, most=True)),
        ("... it says that it compiles", "yes" if compiles else "no", "yes", verdict(compiles, 1)),
    ]


def agreement() -> str:
    """Whether the independent programs count the same of the same contacts."""
    rows = []
    for name in ("a", "b"):
        counts = child("program", "agreement", name)["counts"]
        ours = counts.pop("springtide")
        for program, theirs in counts.items():
            rows.append((name.upper(), program, "to the unit" if theirs == ours else f"**no**: {theirs} not {ours}"))
            say(f"{name}: {program} {'agrees' if theirs == ours else 'does NOT agree'}")
    return table(("case", "program", "agrees"), *rows, left=3)


def features(days: int | None) -> str:
    rows = []
    for name in FEATURES:
        found = child("features", name, *([] if days is None else ["--days", str(days)]))
        say(f"{name}: {found['ns']:.0f} ns each {found['who']}")
        rows.append(
            (
                name,
                found["who"],
                f"{found['used']:,.0f}",
                f"{found['ns']:.0f}",
                f"{found['least']:.0f} to {found['most']:.0f}",
                verdict(found["ns"], FEATURE_BAR, most=True),
                f"{found['gross']:.0f}",
                f"{found['ns'] * found['share']:.0f}",
            )
        )
    head = "feature", "divided by: each", "of them", "ns", "rounds", f"<= {FEATURE_BAR}", "gross", "a contact offered"
    return table(head, *rows, left=2)


def shares() -> str:
    rows = {
        name: child("shares", case, *words)
        for name, case, words in (("A", "a", ("--repeat", "400")), ("B", "b", ("--repeat", "10")))
    }
    sums = {name: sum(seconds.values()) for name, seconds in rows.items()}
    parts = [*(part for part, _, _ in PARTS), REST]
    cells = [(part, *(f"{rows[name].get(part, 0) / sums[name]:.1%}" for name in rows)) for part in parts]
    return table(("part of the CPU time", "A", "B"), *cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--note", action="append", default=[], help="a sentence to write under the ratios")
    asked = parser.parse_args()
    works = dict(WORKS)
    if importlib.util.find_spec("ciw") is None:
        say("Ciw is not installed, its rows are left out: uv run --with ciw python -m benchmarks.floor")
        works = {name: work for name, work in works.items() if work.program != "ciw_model"}
    agrees = agreement()
    measured = measure(works, asked.rounds)
    rows = [*ratios(measured), memory(measured), workers(asked.rounds), *starts(asked.rounds)]
    text = TEXT.format(
        machine=machine(),
        rounds=asked.rounds,
        ratios=table(("work", "measured", "bar", ""), *rows),
        notes="".join(f"\n{note}\n" for note in asked.note),
        rates=rates(measured),
        agreement=agrees,
        features=features(None),
        feature_rounds=FEATURE_ROUNDS,
        shares=shares(),
    )
    RESULTS.write_text(text)
    print(text)


TEXT = """# The floor's speed

{machine}

Written by `uv run --with ciw python -m benchmarks.floor`. Case A is one queue for a day, 13,200 contacts; case B five
queues and eight groups for a week, 700,000 contacts (`benchmarks/cases`). Every measurement is a process of its own,
the programs take turns, figures are medians of {rounds} rounds and ratios medians of the rounds' ratios. Speeds are
contacts per CPU second, after imports and compiling.

{ratios}
{notes}
{rates}

`simulate` is measured over 400 replications of A and 10 of B, about as long as the tuned models are, drawing,
statistics and result included; the others over one replication at a time, their drawing and counting included. The
textbook model's lines are lists and its patience a timeout each. Ciw serves a customer at one node only, so in B all
groups are one pool there, without skills, tiers or longest idle.

On the contacts that `simulate` draws, the hand-written models count the same offered, answered, abandoned and answered
in time by queue as Springtide:

{agreement}

## What each feature costs

Each is switched on alone in case B: with it, without it, and in an ordinary week that lives through the same, in turn
in one process. The ordinary week has no such feature, but so much demand that as many contacts come and so many agents
that as many of them are served at once: whoever waits costs another time than who does not, and most where nobody can
tell which. `ns` is CPU time with the feature less that of the ordinary week, divided by those whom the second column
names: the median of {feature_rounds} rounds, the least and the most beside it. `gross` is less that of the same
document without it, so the whole cost of the contacts that a feature brings (drawing, waiting, serving) and of what
they do to others is in it. `a contact offered` is `ns` divided by all contacts of the week.

An opening backlog is compared with a batch of as many at the first minute, which leaves the same lines, waits and
abandonments; outbound records with a week of mail that has as many more contacts as there are further attempts, each
of which occupies an agent. Retrials, balking, call-backs and overflow steps are measured in a week with 15 % more
contacts, so that many wait; transfers, rework and repeats in one with room for what comes again.

{features}

## Where the time goes

{shares}
"""


if __name__ == "__main__":
    main()
