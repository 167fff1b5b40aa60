"""What is kept of a run so that other contracts can be tried on it: its scenario, and every replication's counters by
day. What is counted within days, as hours or intervals of a clause, is kept as that clause counted it.
"""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.counting import packing
from simulation.outcome.counting.counters import GroupField, QueueField
from simulation.outcome.counting.locked import LockedDays, locks_of
from simulation.outcome.money.billable_hours import bill, billings
from simulation.outcome.money.meters import Counted
from simulation.outcome.shards.summary import ShardSummary
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
MAGIC = b"KEPT\x00\x00\x00\x01"
"""Before the digest of what follows."""
MEND = "give a file that `springtide run --counters FILE` of this version wrote"


class KeptError(ValueError):
    """Bytes that are not kept counters of this version; its text says what to do."""


@dataclass(frozen=True, eq=False)
class Kept:
    """A run's scenario and its counters by day.

    document: canonical, of the scenario
    engine:   version that simulated it
    queues:   Int64 (replications, days, queues, QueueField)
    teams:    Int64 (replications, days, teams, GroupField)
    headcount, clauses, times, locked, exits, payroll: as of `ShardSummary`
    """

    document: str
    engine: str
    queues: Int64
    teams: Int64
    headcount: Int64
    clauses: Int64
    times: Int64
    locked: LockedDays
    exits: Int64
    payroll: Int64

    @classmethod
    def of(cls, document: str, engine: str, summary: ShardSummary) -> "Kept":
        """Of all replications of a run."""
        daily = summary.queues.daily, summary.teams.daily
        heads, clauses, times = summary.headcount, summary.clauses, summary.times
        return cls(document, engine, *daily, heads, clauses, times, summary.locked, summary.exits, summary.payroll)

    def scenario(self) -> Scenario:
        """What was simulated."""
        return load(self.document)

    def counted(self, scenario: Scenario, times: Int64) -> Counted:
        """The counters, of the scenario simulated or of one that differs in its contracts, and locks no more; `times`
        as it asks for them."""
        teams, simulated = self.teams, self.scenario()
        if billings(scenario) != billings(simulated):
            teams = teams.copy()
            bill(teams, billings(scenario), np.arange(teams.shape[1] + 1))
            for one in billings(scenario):
                if not one.is_of_days:  # as the run counted it: `rescoring` lets no other one pass
                    teams[:, :, one.teams, GroupField.BILLABLE] = self.teams[:, :, one.teams, GroupField.BILLABLE]
        places = [locks_of(simulated).index(lock) for lock in locks_of(scenario)]
        locked = self.locked.of_locks(places)
        return Counted(scenario, self.queues, teams, times, locked, self.exits, self.payroll)

    def to_bytes(self) -> bytes:
        """Equal ones give equal bytes."""
        arrays = {"headcount": self.headcount, "clauses": self.clauses, "times": self.times, "exits": self.exits}
        arrays |= {"payroll": self.payroll} | self.locked.arrays
        arrays |= {f"queues.{field.name}": self.queues[..., field] for field in QueueField}
        arrays |= {f"teams.{field.name}": self.teams[..., field] for field in GroupField}
        content = packing.pack({"document": self.document, "engine": self.engine}, arrays)
        return MAGIC + sha256(content).digest() + content

    @classmethod
    def from_bytes(cls, data: bytes) -> "Kept":
        """What `to_bytes` wrote; raises KeptError for anything else."""
        content = data[len(MAGIC) + 32 :]
        if data[: len(MAGIC)] != MAGIC or sha256(content).digest() != data[len(MAGIC) : len(MAGIC) + 32]:
            raise KeptError(f"these are not the counters of a run of this version, or they are damaged; {MEND}")
        try:
            about, arrays = packing.unpack(content)
            return cls(
                about["document"],
                about["engine"],
                np.stack([arrays[f"queues.{field.name}"] for field in QueueField], axis=-1),
                np.stack([arrays[f"teams.{field.name}"] for field in GroupField], axis=-1),
                arrays["headcount"],
                arrays["clauses"],
                arrays["times"],
                LockedDays.read(arrays),
                arrays["exits"],
                arrays["payroll"],
            )
        except (packing.PackingError, KeyError) as error:
            raise KeptError(f"these are the counters of a run of another version; {MEND}") from error
