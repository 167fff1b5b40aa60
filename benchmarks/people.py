"""What people cost: `uv run python -m benchmarks.people` writes `benchmarks/people.md`.

Every measurement is a process of its own; replications and fittings take turns, round after round. A figure is the
median of its rounds, a share the median of the rounds' shares. Takes about ten minutes; `--rounds 1` is a try.
"""

import argparse
from pathlib import Path
from statistics import median

from benchmarks.people_shares import FLOOR, OWN, PEOPLE
from benchmarks.report import child, machine, say, table, verdict
from benchmarks.shares import KERNEL

RESULTS = Path(__file__).parent / "people.md"
ROUNDS = 5
SECONDS_BAR, SHARE_BAR, FITTING_BAR = 1.5, 0.15, 20
OF_PEOPLE = [*dict.fromkeys(part for part, _, _ in PEOPLE), OWN]
PARTS = [*(part for part, _, _ in FLOOR), KERNEL, *OF_PEOPLE]
Measured = dict[str, float]


def people(measured: Measured) -> float:
    """CPU seconds of all that is neither the floor nor the drawing of contacts."""
    return sum(measured[part] for part in OF_PEOPLE)


def whole(measured: Measured) -> float:
    return sum(measured[part] for part in PARTS)


def measure(rounds: int) -> tuple[list[Measured], list[Measured]]:
    """Replications and fittings, in turn."""
    replications, fittings = [], []
    for number in range(rounds):
        replications.append(child("people_shares", "replication"))
        fittings.append(child("people_shares", "fitting"))
        spent, fitted = people(replications[-1]), fittings[-1]["seconds"]
        share = spent / whole(replications[-1])
        say(f"round {number + 1}: people {spent:.2f} s a replication, {share:.1%} of it; fitting {fitted:.1f} s")
    return replications, fittings


def bars(replications: list[Measured], fittings: list[Measured]) -> str:
    seconds = median(people(one) for one in replications)
    share = median(people(one) / whole(one) for one in replications)
    fitting = median(one["seconds"] for one in fittings)
    return table(
        ("work", "measured", "bar", ""),
        (
            "people, rosters and calendar, CPU s a replication",
            f"{seconds:.2f}",
            f"<= {SECONDS_BAR}",
            verdict(seconds, SECONDS_BAR, most=True),
        ),
        (
            "... of the replication's CPU time",
            f"{share:.1%}",
            f"<= {SHARE_BAR:.0%}",
            verdict(share, SHARE_BAR, most=True),
        ),
        (
            "fitting the rosters of a year, CPU s an experiment",
            f"{fitting:.1f}",
            f"<= {FITTING_BAR}",
            verdict(fitting, FITTING_BAR, most=True),
        ),
    )


def parts(replications: list[Measured]) -> str:
    rows = []
    for part in PARTS:
        of_people = "people" if part in OF_PEOPLE else "floor"
        seconds = median(one[part] for one in replications)
        share = median(one[part] / whole(one) for one in replications)
        rows.append((part, of_people, f"{seconds:.2f}", f"{share:.1%}"))
    return table(("part", "counted to", "CPU s", "of the replication"), *rows, left=2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--note", action="append", default=[], help="a sentence to write under the bars")
    asked = parser.parse_args()
    replications, fittings = measure(asked.rounds)
    text = TEXT.format(
        machine=machine(),
        rounds=asked.rounds,
        contacts=replications[0]["contacts"] / 1e6,
        teams=round(fittings[0]["teams"]),
        bars=bars(replications, fittings),
        notes="".join(f"\n{note}\n" for note in asked.note),
        parts=parts(replications),
    )
    RESULTS.write_text(text)
    print(text)


TEXT = """# What people cost

{machine}

Written by `uv run python -m benchmarks.people`. Case B with people (`benchmarks/workforce.py`): 52 weeks,
{contacts:.1f} million contacts, 2,000 people in eight teams of three vendors at four sites, {teams} of them with
fitted shifts; learning, nesting, attrition, absence in spells, leave, holidays, contracts, overtime, time off, a
seasonal class, people lent, and the policies PLAN, HIRE_UP_TO, REACTIVE and SURGE. Every measurement is a process of
its own, replications and fittings take turns, figures are medians of {rounds} rounds. What all replications have in
common is made before them; statistics come after them and are in no figure.

{bars}
{notes}
{parts}
"""


if __name__ == "__main__":
    main()
