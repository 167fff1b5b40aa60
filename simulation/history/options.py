"""What whoever imports a file says of it, where the file itself does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from simulation.history.problems import Problems
from simulation.scenario import places
from simulation.scenario.problems import RefusedError


class Duplicates(StrEnum):
    """What becomes of several rows of one slot of a queue."""

    REFUSE = "REFUSE"
    """The file is refused."""
    SUM = "SUM"
    """They are added up: counts add, means are weighted."""
    FIRST = "FIRST"
    """The first one holds."""


@dataclass(frozen=True)
class ReadingOptions:
    """What a file does not say.

    timezone:   IANA zone of the queues' wall clock; needed unless a column of the file names it
    clock:      IANA zone of the clock by which the file was written; left out: the queues'
    dates:      order of day, month and year: DMY, MDY or YMD; left out: what the file proves
    decimal:    POINT or COMMA; left out: what the file proves
    minutes:    length of a slot; left out: what the file says, 30 where each row is a contact
    queues:     the queues to take, by the file's name for them, each with the id it gets (None: made from the name);
                empty: all of them
    columns:    headers by field (`offered`, `start`, ...), for those that are not known by their names
    duplicates: what becomes of several rows of one slot
    sheet:      sheet of a workbook
    """

    timezone: str | None = None
    clock: str | None = None
    dates: str | None = None
    decimal: str | None = None
    minutes: int | None = None
    queues: Mapping[str, str | None] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    duplicates: Duplicates = Duplicates.REFUSE
    sheet: str | None = None

    def check(self, problems: Problems) -> None:
        """Tells what is wrong with the options themselves."""
        for option, name in (("--timezone", self.timezone), ("--clock", self.clock)):
            if name is not None:
                zone_of(name, option, problems)
        if self.minutes is not None and (not 1 <= self.minutes <= 1440 or 1440 % self.minutes):
            problems.add(f"--minutes {self.minutes} does not divide a day", "write 5, 15, 30, 60 or 1440")


def zone_of(name: str, option: str, problems: Problems) -> ZoneInfo | None:
    """The time zone of a name; None, and a problem, if there is none."""
    try:
        return ZoneInfo(places.zone(name))
    except RefusedError as error:
        refusal = error.refusals[0]
        problems.add(f"{option}: {refusal.message}", refusal.mend)
        return None
