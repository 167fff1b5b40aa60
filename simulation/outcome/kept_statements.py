"""Statements of what a run has kept: nothing is simulated again."""

from dataclasses import replace

from simulation.outcome.money.statements import Statement, statement
from simulation.outcome.shards.kept import Kept


def kept_statement(kept: Kept, replication: int, vendor: str, month: int) -> Statement:
    """A vendor's statement of a month, by number, in one of the replications, by number.

    Raises KeyError for an unknown vendor.
    """
    only = slice(replication, replication + 1)
    one = replace(
        kept,
        queues=kept.queues[only],
        teams=kept.teams[only],
        headcount=kept.headcount[only],
        clauses=kept.clauses[only],
        times=kept.times[only],
        exits=kept.exits[only],
        payroll=kept.payroll[only],
    )
    return statement(one.counted(one.scenario(), one.times), one.clauses, vendor, month)
