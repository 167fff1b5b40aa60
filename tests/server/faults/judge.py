"""The one judge of every fault: every run has come to its rightful end, once, with the bytes of an undisturbed run."""

import os
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from server.database.pool import Database
from tests.server.faults.audit import FINISHED, Audit, Change
from tests.server.faults.work import Submitted

Seen = list[tuple[int, str, int]]
"""Sequence, status and finished replications, as a subscriber was told them."""


@dataclass
class Verdict:
    runs: int = 0
    lost: list[str] = field(default_factory=list)
    """runs that did not come to an end"""
    wrong: list[str] = field(default_factory=list)
    """runs that came to another end than theirs, or have other outcomes, or were written by one who had lost them"""
    doubled: list[str] = field(default_factory=list)
    """runs that were held by two, or ended twice, or shards stored twice"""
    gaps: list[str] = field(default_factory=list)
    """subscribers who were told too little, or in a wrong order"""
    orphans: list[str] = field(default_factory=list)
    """processes that outlived their worker"""

    @property
    def findings(self) -> list[str]:
        return [*self.lost, *self.wrong, *self.doubled, *self.gaps, *self.orphans]


async def judge(
    database: Database,
    organisation: UUID,
    audit: Audit,
    submitted: Sequence[Submitted],
    watched: dict[UUID, Seen],
    sessions: Iterable[int],
) -> Verdict:
    verdict = Verdict(len(submitted))
    await _judge_ends(database, organisation, submitted, verdict)
    changes: dict[UUID, list[Change]] = defaultdict(list)
    for change in await audit.changes():
        changes[change.run_id].append(change)
    for run in submitted:
        _judge_changes(changes[run.id], verdict)
    stored = Counter((shard.run_id, shard.number) for shard in await audit.shards())
    verdict.doubled += [f"{run}: shard {number} stored {n} times" for (run, number), n in stored.items() if n > 1]
    for run_id, seen in watched.items():
        _judge_seen(run_id, seen, verdict)
    verdict.orphans += [f"{pid} has outlived its worker" for pid in processes_of(set(sessions))]
    return verdict


async def _judge_ends(database: Database, organisation: UUID, submitted: Sequence[Submitted], verdict: Verdict) -> None:
    async with database.tenant(organisation) as connection:
        rows = {row["id"]: row for row in await connection.fetch("SELECT * FROM runs")}
        heads = dict(await connection.fetch("SELECT run_id, summary FROM outcomes"))
        counters = dict(await connection.fetch("SELECT run_id, content FROM kept_counters"))
        columns: dict[UUID, list[tuple[object, ...]]] = defaultdict(list)
        for row in await connection.fetch("SELECT * FROM outcome_columns"):
            place = (row[name] for name in ("kind", "entity", "resolution", "measure", "statistic"))
            columns[row["run_id"]].append((*place, zlib.decompress(row["figures"])))
        left = await connection.fetchval("SELECT count(*) FROM shards")
    verdict.wrong += [f"{left} shards are left over"] if left else []
    verdict.doubled += [f"{run} was never submitted" for run in rows.keys() - {run.id for run in submitted}]
    for run in submitted:
        row = rows.get(run.id)
        if row is None or row["status"] not in FINISHED:
            verdict.lost.append(f"{run.id}: {row['status'] if row else 'gone'}")
        elif (row["status"], row["failure_code"]) != (run.status, run.failure):
            verdict.wrong.append(f"{run.id}: {row['status']} {row['failure_message']}, wanted {run.status}")
        elif (wanted := run.outcomes) is None:
            verdict.wrong += [f"{run.id}: has outcomes"] if run.id in heads else []
        else:
            right = sorted((*column[:5], zlib.decompress(column[5])) for column in wanted.columns)
            if (heads[run.id], counters[run.id], sorted(columns[run.id])) != (wanted.head, wanted.counters, right):
                verdict.wrong.append(f"{run.id}: other outcomes")
            if row["completed"] != row["total"]:
                verdict.wrong.append(f"{run.id}: {row['completed']} of {row['total']} completed")


def _judge_changes(changes: Sequence[Change], verdict: Verdict) -> None:
    owner, told = None, {change.work for change in changes if change.sequence > change.sequence_was}
    for change in changes:
        name = f"{change.run_id}: change {change.id}"
        if change.status_was in FINISHED:
            verdict.doubled.append(f"{name} after its end")
        if change.is_claim:
            owner = change.writer
            verdict.doubled += [f"{name}: {owner} claims what is held"] if change.held else []
        elif change.writer != owner and change.status != "CANCELLED":
            verdict.wrong.append(f"{name}: {change.writer} writes, but it is {owner}'s")
        if change.sequence < change.sequence_was:
            verdict.gaps.append(f"{name}: the sequence goes back")
        # a transaction may change the row twice and grow the sequence once; progress is told a little later
        if change.status != change.status_was and change.work not in told:
            verdict.gaps.append(f"{name}: {change.status} is no news")


def _judge_seen(run_id: UUID, seen: Seen, verdict: Verdict) -> None:
    sequences = [sequence for sequence, _, _ in seen]
    if sequences and sequences != list(range(sequences[0], sequences[-1] + 1)):
        verdict.gaps.append(f"{run_id}: a subscriber saw {sequences}")
    if not seen or seen[-1][1] not in FINISHED:
        verdict.gaps.append(f"{run_id}: a subscriber saw no end")


def processes_of(sessions: set[int]) -> list[int]:
    """Living processes of these sessions: children keep their worker's session, whatever becomes of it."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                state, _, _, session = (process / "stat").read_text().rpartition(")")[2].split()[:4]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(session) in sessions and state != "Z":
                found.append(int(process.name))
    return [pid for pid in found if pid != os.getpid()]
