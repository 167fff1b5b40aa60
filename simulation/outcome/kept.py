"""What is kept of a run so that other contracts can be tried on it: its scenario, and every replication's counters by
day. What is counted within days, as hours or intervals of a clause, is kept as that clause counted it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.outcome import packing
from simulation.outcome.billable_hours import bill, caps
from simulation.outcome.counters import GroupField, QueueField
from simulation.outcome.locked import LockedDays, locks_of
from simulation.outcome.meters import Counted
from simulation.outcome.summary import ShardSummary
from simulation.scenario.document import load
from simulation.scenario.scenario import Scenario

Int64 = NDArray[np.int64]
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
        if caps(scenario) != caps(simulated):
            teams = teams.copy()
            bill(teams, caps(scenario), np.arange(teams.shape[1] + 1))
            for cap in caps(scenario):
                if not cap.is_of_days:  # as the run counted it: `rescoring` lets no other one pass
                    teams[:, :, cap.teams, GroupField.BILLABLE] = self.teams[:, :, cap.teams, GroupField.BILLABLE]
        places = [locks_of(simulated).index(lock) for lock in locks_of(scenario)]
        locked = self.locked.of_locks(places)
        return Counted(scenario, self.queues, teams, times, locked, self.exits, self.payroll)

    def to_bytes(self) -> bytes:
        """Equal ones give equal bytes."""
        arrays = {"headcount": self.headcount, "clauses": self.clauses, "times": self.times, "exits": self.exits}
        arrays |= {"payroll": self.payroll} | self.locked.arrays
        arrays |= {f"queues.{field.name}": self.queues[..., field] for field in QueueField}
        arrays |= {f"teams.{field.name}": self.teams[..., field] for field in GroupField}
        return packing.pack({"document": self.document, "engine": self.engine}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Kept":
        """What `to_bytes` wrote; raises KeptError for anything else."""
        try:
            about, arrays = packing.unpack(data)
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
            raise KeptError(f"these are not the counters of a run of this version; {MEND}") from error
