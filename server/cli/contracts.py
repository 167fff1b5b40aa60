"""`springtide rescore` and `springtide price`: other contracts and rates tried on what a run has kept."""

import json
from pathlib import Path
from typing import Annotated

import typer

from server.cli.documents import JsonOption


def rescore(
    counters: Annotated[Path, typer.Argument(metavar="COUNTERS", help="A file that `run --counters` wrote.")],
    contracts: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Contracts to try, a map of vendors to their lists; several side by side."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Try other contracts on a run: windows, targets, tiers, rates, shares at risk; nothing is simulated again."""
    from server.tables.rescoring import plain, read_kept, show_alternatives
    from server.tables.rescoring import rescore as tried

    found = tried(read_kept(counters), contracts or [])
    if as_json:
        print(json.dumps(plain(found), separators=(",", ":"), ensure_ascii=False, allow_nan=False))
    else:
        show_alternatives(found)


def price(
    counters: Annotated[Path, typer.Argument(metavar="COUNTERS", help="A file that `run --counters` wrote.")],
    vendor: Annotated[str, typer.Argument(metavar="VENDOR", help="The vendor's id in the scenario.")],
    margin: Annotated[float, typer.Option(help="Invoices less own cost, as a share of the invoices; 0.15 say.")],
    probability: Annotated[float, typer.Option(help="Share of the replications in which it must be reached.")] = 0.9,
    as_json: JsonOption = False,
) -> None:
    """Say at which rates a vendor reaches a margin over the horizon, with a probability."""
    from server.tables.rescoring import read_kept, show_price
    from simulation.outcome.asking_price import price_for
    from simulation.outcome.report.document import told

    kept = read_kept(counters)
    asked = price_for(kept, kept.scenario(), vendor, margin, probability)
    if as_json:
        print(json.dumps({"vendor": vendor, **told(asked)}, ensure_ascii=False))
    else:
        show_price(asked, vendor, f"a margin of {100 * margin:g} % with probability {100 * probability:g} %")
