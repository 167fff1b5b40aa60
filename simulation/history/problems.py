"""What is wrong with a file of measured demand, and what is odd in one that is right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from simulation.scenario.problems import MOST_PROBLEMS, Problem

MOST_ANOMALIES = 100
"""Of a kind that are told one by one; of all of them the number is told."""


class HistoryError(ValueError):
    """The file is not imported; `problems` holds what is wrong with it, a row's number as its line and a column's
    name as its path. Of more than `MOST_PROBLEMS` the first so many and last one that counts the rest."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Problems:
    """Collects what is wrong, so that all of it is said at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.count = 0
        self._found: list[Problem] = []

    def add(self, message: str, mend: str, *, row: int | None = None, column: str = "") -> None:
        """One thing wrong, in a row (from 1) and a column where it has them."""
        self.count += 1
        if len(self._found) < MOST_PROBLEMS:
            self._found.append(Problem(self.file, row, column, message, mend))

    def any(self) -> bool:
        """Whether anything is wrong by now."""
        return self.count > 0

    def check(self) -> None:
        """Raises HistoryError if anything is wrong by now."""
        if not self.count:
            return
        found = sorted(self._found, key=lambda problem: problem.line or 0)
        if more := self.count - len(found):
            found.append(Problem(self.file, None, "", f"and {more} more", f"mend these {MOST_PROBLEMS} first"))
        raise HistoryError(found)


class AnomalyKind(StrEnum):
    """What may be odd in a file that can be imported."""

    GAP = "GAP"
    """A slot has no row though its time of the week has one in most weeks."""
    OUTLIER = "OUTLIER"
    """A volume lies far from those of the same time in other weeks."""
    CLOCK_CHANGE = "CLOCK_CHANGE"
    """Rows in an hour that a clock change skips or repeats."""
    INCONSISTENT = "INCONSISTENT"
    """Figures of one row contradict each other."""
    SUMMED = "SUMMED"
    """Several rows of one slot were added up, or all but the first left out, as asked."""
    UNCLEAR = "UNCLEAR"
    """A column may mean two things, and is not used until somebody says which."""
    SKIPPED = "SKIPPED"
    """A row that is no slot, such as a line of totals."""


@dataclass(frozen=True)
class Anomaly:
    """One odd thing: what kind, of which queue (its id, empty for none), in which row (from 1), and in words."""

    kind: AnomalyKind
    queue: str
    row: int | None
    message: str


@dataclass
class Report:
    """How a file was read, and what is odd in it.

    file:      its name
    rows:      rows with figures that were read
    form:      what kind of file it was taken for, in words
    columns:   header by what it was read as
    ignored:   headers of columns that are not used
    dates:     order of day, month and year in its dates, where that mattered
    decimal:   mark of decimals, where there are any
    anomalies: what is odd, at most `MOST_ANOMALIES` of a kind
    counts:    number of anomalies by kind
    """

    file: str
    rows: int = 0
    form: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    ignored: Sequence[str] = ()
    dates: str | None = None
    decimal: str | None = None
    anomalies: list[Anomaly] = field(default_factory=list)
    counts: dict[AnomalyKind, int] = field(default_factory=dict)

    def note(self, kind: AnomalyKind, message: str, *, queue: str = "", row: int | None = None) -> None:
        """One odd thing more."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] <= MOST_ANOMALIES:
            self.anomalies.append(Anomaly(kind, queue, row, message))
