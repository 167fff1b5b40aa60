"""`python -m tests.server.faults [--rounds 3] [ROW ...]`: the matrix, several times in a row, and its table."""

import argparse
import asyncio
import logging
import sys

from rich.console import Console
from rich.table import Table

from tests.server.faults.matrix import FAULTS, Suffered, suffer
from tests.server.faults.postgres import open_folder, postgres_in


async def suffer_all(names: list[str], rounds: int) -> list[Suffered]:
    suffered = []
    with open_folder() as folder:
        async with postgres_in(folder / "data") as server:
            for number in range(rounds):
                for fault in FAULTS:
                    if not names or fault.__name__ in names:
                        suffered.append(await suffer(fault, server, folder))
                        print(f"{number + 1}: {told(suffered[-1])}", file=sys.stderr, flush=True)
    return suffered


def told(row: Suffered) -> str:
    figures = ", ".join(f"{name} {value:.4g}" for name, value in row.figures.items())
    findings = "".join(f"\n    {finding}" for finding in row.verdict.findings[:20])
    return f"{row.fault}: {row.verdict.runs} runs, {len(row.verdict.findings)} findings; {figures}{findings}"


def table(suffered: list[Suffered]) -> Table:
    columns = ("fault", "runs", "lost", "wrong", "doubled", "gaps", "orphans", "figures", "s")
    made = Table(*columns)
    for row in suffered:
        verdict = row.verdict
        counts = (verdict.lost, verdict.wrong, verdict.doubled, verdict.gaps, verdict.orphans)
        figures = ", ".join(f"{name} {value:.4g}" for name, value in row.figures.items())
        made.add_row(row.fault, f"{verdict.runs}", *(f"{len(c)}" for c in counts), figures, f"{row.seconds:.0f}")
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("rows", nargs="*", choices=[[], *(fault.__name__ for fault in FAULTS)])
    given = parser.parse_args()
    logging.disable()  # of the test itself: it loses connections by design
    suffered = asyncio.run(suffer_all(given.rows, given.rounds))
    Console(width=160).print(table(suffered))
    return int(any(row.verdict.findings for row in suffered))


if __name__ == "__main__":
    raise SystemExit(main())
