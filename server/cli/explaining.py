"""`springtide explain`: why one scenario comes out otherwise than another."""

from typing import Annotated

import typer

from server.cli.documents import JsonOption, read_scenario
from server.cli.studies import Floor, Replications, Seed, Workers, answered, told_as_json


def explain(
    baseline: Annotated[str, typer.Argument(metavar="BASELINE", help="A scenario file, or the id of a preset.")],
    candidate: Annotated[str, typer.Argument(metavar="CANDIDATE", help="Another, held against it.")],
    replications: Replications = None,
    seed: Seed = 1,
    workers: Workers = None,
    floor: Floor = "kernel",
    as_json: JsonOption = False,
) -> None:
    """Swap what differs between two scenarios driver by driver, and say what each is worth in cost, FTE and P(met)."""
    begun, ended = read_scenario(baseline), read_scenario(candidate)
    from server.tables.studies import show_explanation
    from simulation.scenario.reading.canonical import canonical
    from simulation.studies.explaining import Explaining

    answer = answered(Explaining, ended, (replications, seed), (workers, floor), baseline=canonical(begun))
    if not told_as_json(Explaining, answer, as_json):
        show_explanation(begun, ended, answer)
