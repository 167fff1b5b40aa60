"""Other contracts on a run that is there: windows, targets, tiers, rates and shares at risk, without simulating again.

What a clause counts within days is there only as it was counted: such a clause is scored again if the run had one that
counts the same; every other one is counted from the days, if days are enough for it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulation.outcome.clauses.counts import ClauseCount, clause_counts
from simulation.outcome.clauses.watched import Happened
from simulation.outcome.money.asked_times import charged_times
from simulation.outcome.money.billable_hours import billings
from simulation.outcome.money.charged_times import OF_DAYS, ChargedTime
from simulation.outcome.money.settlement import Settlement
from simulation.outcome.money.settling import settle
from simulation.outcome.report.due_decisions import with_due_decisions
from simulation.outcome.shards.kept import Kept
from simulation.scenario.contracts.clauses import CompliancePeriod
from simulation.scenario.contracts.contract import Contract
from simulation.scenario.contracts.exclusions import Exclusion
from simulation.scenario.contracts.metric import Metric
from simulation.scenario.grid import Grid
from simulation.scenario.problems import Problem, ScenarioError, choose
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.reading.yaml_text import UnreadableError, read
from simulation.scenario.scenario import Scenario
from simulation.scenario.vendors import Vendor

Int64 = NDArray[np.int64]

SCORING = {"id", "target", "periods", "ratchet_per_year", "window", "allocation", "credits"} | {
    "repeat",
    "bonuses",
    "earn_back",
}
"""What of a clause says nothing about what it counts."""
AGAIN = "simulate the scenario with this clause"
REPRICE = "simulate the scenario with this pricing"


def read_text(text: str, *, file: str = "contracts") -> object:
    """Contracts as YAML or JSON. Raises ScenarioError with every problem."""
    try:
        reading = read(text)
    except UnreadableError as error:
        refused = [(error.line, error.refusal)]
    else:
        refused = [(reading.lines.get(one.at), one) for one in reading.refused]
        if not refused:
            return reading.data
    raise ScenarioError(
        [Problem(file, line, ".".join(map(str, one.at)), one.message, one.mend) for line, one in refused]
    )


def contracted(scenario: Scenario, contracts: object, *, file: str = "contracts") -> Scenario:
    """A scenario with other contracts: a map of vendors to their lists of contracts, as a scenario has them. A vendor
    that is left out keeps its own; an empty list leaves it without. Raises ScenarioError with every problem."""
    known = [vendor.id for vendor in scenario.vendors]
    if not isinstance(contracts, Mapping) or not contracts:
        mend = f"write a map of vendors to their contracts, such as {known[0]}: [{{pricing: [...], slas: [...]}}]"
        raise ScenarioError([Problem(file, None, "", "names no vendor's contracts", mend)])
    strangers = [name for name in contracts if name not in known]
    if strangers:
        message = "there is no vendor {!r}"
        raise ScenarioError(
            [Problem(file, None, str(name), message.format(name), choose(str(name), known)) for name in strangers]
        )
    data = canonical_data(scenario)
    for vendor in data["vendors"]:
        if vendor["id"] in contracts:
            vendor["contracts"] = contracts[vendor["id"]]
    return from_data(data, file=file)


def rescored(kept: Kept, simulated: Scenario, scenario: Scenario, *, file: str = "contracts") -> Settlement:
    """What a scenario's contracts make of a run of one that differs from it in them only.

    Raises ScenarioError, about the `file`, for clauses, pricing, locks and caps that need what was not counted.
    """
    try:
        return _rescored(kept, simulated, scenario)
    except ScenarioError as error:
        raise ScenarioError([replace(problem, file=file) for problem in error.problems]) from None


def _rescored(kept: Kept, simulated: Scenario, scenario: Scenario) -> Settlement:
    lacking = [*_locks_lacking(simulated, scenario), *_billing_lacking(simulated, scenario)]
    if lacking:
        raise ScenarioError(lacking)
    grid = Grid.of(scenario)
    counted = kept.counted(scenario, time_days(kept, simulated, scenario))
    settled = settle(scenario, grid, counted, clause_days(kept, simulated, scenario))
    return with_due_decisions(settled, scenario, grid, kept.headcount)


def clause_days(kept: Kept, simulated: Scenario, scenario: Scenario) -> Int64:
    """Int64 (replications, days, clauses, 2), as `clause_counts` counts them, of the scenario's clauses."""
    problems = list(_followed(simulated, scenario))
    before = {told: c for c, (_, told) in enumerate(_told(simulated, clause_counts(simulated)))}
    counts = clause_counts(scenario)
    found = np.zeros((*kept.queues.shape[:2], len(counts), 2), np.int64)
    for c, (count, (path, told)) in enumerate(zip(counts, _told(scenario, counts), strict=True)):
        if told in before:
            found[:, :, c] = kept.clauses[:, :, before[told]]
        elif needed := within_days(count):
            message = f"{needed}, and the run kept days"
            problems.append(Problem("contracts", None, path, message, AGAIN))
        else:
            found[:, :, c] = _from_days(count, kept, scenario)
    if problems:
        raise ScenarioError(problems)
    return found


def time_days(kept: Kept, simulated: Scenario, scenario: Scenario) -> Int64:
    """Int64 (replications, days, `charged_times`) of the scenario's contracts: those that the run counted, and those
    that its days tell."""
    before = {one: place for place, one in enumerate(charged_times(simulated))}
    asked, problems = charged_times(scenario), list[Problem]()
    found = np.zeros((*kept.teams.shape[:2], len(asked)), np.int64)
    for place, one in enumerate(asked):
        if one in before:
            found[:, :, place] = kept.times[:, :, before[one]]
        elif isinstance(one, ChargedTime) and one.is_whole and one.time in OF_DAYS:
            found[:, :, place] = kept.teams[:, :, one.team, OF_DAYS[one.time]]
        else:
            team = scenario.teams[one.team].id
            vendor = next(v.id for v in scenario.vendors if any(own.id == team for own in v.teams))
            message = f"it charges for {one.told} of {team}, which the run did not count"
            problems.append(Problem("contracts", None, f"vendors.{vendor}.contracts", message, REPRICE))
    if problems:
        raise ScenarioError(problems)
    return found


def within_days(count: ClauseCount) -> str | None:
    """What a clause counts that days do not tell; None where they do."""
    clause = count.clause
    if count.portion is not None:
        whose = "the vendor's own share of a queue that others answer too"
        return f"it watches {whose if clause.threshold_seconds is None else 'waiting at a threshold of its own'}"
    if clause.metric.definition.beyond_days is not None:
        return clause.metric.definition.beyond_days
    if clause.period is CompliancePeriod.INTERVAL:
        return "its periods are intervals"
    if clause.counts is not None and (clause.counts.hours or clause.counts.exclude):
        return "it leaves out parts of days"
    return None


def _from_days(count: ClauseCount, kept: Kept, scenario: Scenario) -> Int64:
    days = kept.queues.shape[1]
    excluded = () if count.clause.counts is None else count.clause.counts.exclude_dates
    counted = np.array([day not in excluded for day in scenario.horizon.dates])
    nothing = np.zeros((len(kept.queues), days, 0, kept.queues.shape[-1]), np.int64)
    luck = np.zeros((len(kept.queues), days, 0), np.int64)
    happened = Happened(kept.queues, nothing, kept.teams, kept.headcount, luck)
    return count.count(happened, np.arange(days + 1), counted)


def _told(scenario: Scenario, counts: Sequence[ClauseCount]) -> Iterator[tuple[str, str]]:
    """Every clause's path, and what it counts, in words that are the same where it counts the same."""
    ahead = iter(counts)
    for vendor in scenario.vendors:
        for n, contract in enumerate(vendor.contracts):
            for clause in contract.slas:
                path = f"vendors.{vendor.id}.contracts.{n}.slas.{clause.id}"
                yield path, counted_by(vendor.id, contract, next(ahead))


def counted_by(vendor: str, contract: Contract, count: ClauseCount) -> str:
    """What a vendor's clause counts, and of which of its teams."""
    clause = count.clause
    relieved = clause.excludes(Exclusion.FORECAST)
    lock = contract.forecast_lock.model_dump(mode="json") if relieved and contract.forecast_lock is not None else None
    counted = clause.model_dump(mode="json", exclude=_scoring(clause.metric.definition))
    return json.dumps([vendor, count.teams, lock, counted], sort_keys=True)


def _scoring(metric: Metric) -> set[str]:
    """What of a clause may differ where the same is counted; of a drawn one, whose luck is by its id, the fields that
    say how it is read, too."""
    return (SCORING - {"id"}) | {own.name for own in metric.takes} if metric.is_drawn else SCORING


def _locks_lacking(simulated: Scenario, scenario: Scenario) -> Iterator[Problem]:
    """Contracts that lock a forecast otherwise than when the run was simulated."""
    before = {(vendor, contract.client, days) for vendor, _, contract, days in _locks(simulated)}
    for vendor, n, contract, days in _locks(scenario):
        if (vendor, contract.client, days) not in before:
            path = f"vendors.{vendor}.contracts.{n}.forecast_lock.lock_days"
            message = f"what was locked {days} days before is not in what the run kept"
            yield Problem("contracts", None, path, message, "simulate the scenario with this contract")


def _locks(scenario: Scenario) -> Iterator[tuple[str, int, Contract, int]]:
    for vendor in scenario.vendors:
        for n, contract in enumerate(vendor.contracts):
            if contract.forecast_lock is not None:
                yield vendor.id, n, contract, contract.forecast_lock.lock_days


def _billing_lacking(simulated: Scenario, scenario: Scenario) -> Iterator[Problem]:
    """Other rules than the run's about intervals or nesting."""
    before = billings(simulated)
    if any(not one.is_of_days and one not in before for one in billings(scenario)):
        message = "hours billed by interval, or past nesting, are counted as they come, and the run kept days"
        yield Problem("contracts", None, "vendors", message, "write cap_by: DAY and nesting: true, or simulate it")


def _followed(simulated: Scenario, scenario: Scenario) -> Iterator[Problem]:
    """Other terms where a vendor's exit followed the right to leave that the old ones gave."""
    for before, vendor in zip(simulated.vendors, scenario.vendors, strict=True):
        follows = any(event.after is not None and event.vendor == vendor.id for event in scenario.events)
        if follows and _rights(before) != _rights(vendor):
            message = "the vendor's exit followed the right to leave that other clauses gave"
            yield Problem("contracts", None, f"vendors.{vendor.id}.contracts", message, AGAIN)


def _rights(vendor: Vendor) -> list[tuple[object, object]]:
    return [(contract.exit, contract.slas) for contract in vendor.contracts]
