"""Other contracts tried on a run's kept counters, on the command line: side by side, as a table or as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from server.tables.words import NOTHING, chance, mean_of, money, spread_of
from server.terminal import Column, show_table

if TYPE_CHECKING:
    from simulation.outcome.asking_price import AskingPrice
    from simulation.outcome.money.settlement import Settlement, VendorResult
    from simulation.outcome.shards.kept import Kept
    from simulation.scenario.scenario import Scenario

AS_SIMULATED = "as simulated"


class RescoringError(ValueError):
    """A file that is not there, or not what it should be; its text says what to do."""


@dataclass(frozen=True)
class Alternative:
    """Contracts by their name, and what they make of the run."""

    name: str
    scenario: "Scenario"
    settlement: "Settlement"


def read_kept(path: Path) -> "Kept":
    """Raises RescoringError."""
    from simulation.outcome.shards.kept import MEND, Kept, KeptError

    try:
        return Kept.from_bytes(path.read_bytes())
    except OSError as error:
        raise RescoringError(f"{path}: {(error.strerror or str(error)).lower()}; {MEND}") from None
    except KeptError as error:
        raise RescoringError(f"{path}: {error}") from None


def rescore(kept: "Kept", files: Sequence[Path]) -> list[Alternative]:
    """The run's own contracts first, then those of each file. Raises RescoringError, ScenarioError."""
    from simulation.outcome.rescoring import rescored

    simulated = kept.scenario()
    tried = [(AS_SIMULATED, simulated), *((str(path), read_contracts(path, simulated)) for path in files)]
    return [Alternative(name, scenario, rescored(kept, simulated, scenario, file=name)) for name, scenario in tried]


def read_contracts(path: Path, simulated: "Scenario") -> "Scenario":
    """The scenario simulated, with the contracts of a file. Raises RescoringError, ScenarioError."""
    from simulation.outcome.rescoring import contracted, read_text

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RescoringError(f"{path}: not text in UTF-8; save it as UTF-8") from None
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise RescoringError(f"{path}: {what}; name a file that maps vendors to their contracts") from None
    return contracted(simulated, read_text(text, file=str(path)), file=str(path))


def show_alternatives(tried: Sequence[Alternative], *, file: TextIO | None = None, width: int | None = None) -> None:
    """A row for each vendor under each of the contracts."""
    rows = [(one, vendor) for one in tried for vendor in one.settlement.vendors if any(m.lines for m in vendor.months)]
    bare = [one for one in tried if one.name not in {own.name for own, _ in rows}]
    pairs: list[tuple[Alternative, VendorResult | None]] = sorted(
        [*rows, *((one, None) for one in bare)], key=lambda pair: tried.index(pair[0])
    )
    first = [n == 0 or pairs[n - 1][0] is not pairs[n][0] for n in range(len(pairs))]
    currency = tried[0].scenario.currency
    show_table(
        f"Contracts side by side, {currency}, mean of {_replications(tried[0].settlement)} over the horizon",
        [
            Column("contracts", [one.name if new else "" for (one, _), new in zip(pairs, first, strict=True)]),
            Column(
                "every clause met",
                [chance(one.settlement.all_met) if new else "" for (one, _), new in zip(pairs, first, strict=True)],
            ),
            Column(
                "client's cost",
                [_cost(one.settlement) if new else "" for (one, _), new in zip(pairs, first, strict=True)],
            ),
            Column(
                "5 to 95 %",
                [_spread(one.settlement) if new else "" for (one, _), new in zip(pairs, first, strict=True)],
                spare=2,
            ),
            Column("vendor", [NOTHING if vendor is None else vendor.id for _, vendor in pairs]),
            Column("invoices", [_total(vendor, "invoice") for _, vendor in pairs]),
            Column("credits", [_lines(vendor, "CREDIT") for _, vendor in pairs]),
            Column("bonuses", [_lines(vendor, "BONUS") for _, vendor in pairs], spare=1),
            Column("margin", [_total(vendor, "margin") for _, vendor in pairs]),
        ],
        file=file,
        width=width,
    )


def show_price(asked: "AskingPrice", vendor: str, goal: str, *, file: TextIO | None = None) -> None:
    """A row for each recurring line of pricing."""
    lines = asked.lines
    show_table(
        f"{vendor}, {goal}: recurring rates x {asked.factor:.4f}, reached in {chance(asked.reached)} of the"
        " replications",
        [
            Column("line", [line.kind for line in lines]),
            Column("of", [", ".join(line.queues) for line in lines], spare=1),
            Column("now", [" / ".join(f"{rate:,.4f}" for rate in line.now) for line in lines]),
            Column("asked", [" / ".join(f"{rate:,.4f}" for rate in line.asked) for line in lines]),
        ],
        file=file,
    )


def plain(tried: Sequence[Alternative]) -> list[dict[str, Any]]:
    """As JSON: of each the parts of the result document that contracts make."""
    from simulation.outcome.report.document import told

    return [{"contracts": one.name, **told(one.settlement)} for one in tried]


def _replications(settlement: "Settlement") -> str:
    found = settlement.all_met.trials if settlement.all_met is not None else None
    if found is None and settlement.cost is not None:
        found = len(settlement.cost.total.over)
    return "the replications" if found is None else f"{found} replications"


def _cost(settlement: "Settlement") -> str:
    return NOTHING if settlement.cost is None else mean_of(settlement.cost.total, money)


def _spread(settlement: "Settlement") -> str:
    return NOTHING if settlement.cost is None else spread_of(settlement.cost.total, money)


def _total(vendor: "VendorResult | None", name: Literal["invoice", "margin"]) -> str:
    months = [] if vendor is None else vendor.months
    means = [None if amount is None else amount.mean for amount in (getattr(month, name) for month in months)]
    known = [mean for mean in means if mean is not None]
    return money(sum(known)) if known and len(known) == len(means) else NOTHING


def _lines(vendor: "VendorResult | None", kind: str) -> str:
    from simulation.outcome.money.settlement import sum_of

    return NOTHING if vendor is None else money(sum(sum_of(month.lines, kind) for month in vendor.months))
