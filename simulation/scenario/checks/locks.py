"""What must hold of locked forecasts: that versions name queues that are there, and that every month of the horizon is
covered by one in force where a contract builds on it.

Contracts are read in the plain data, forecasts as far as they are valid in themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from simulation.scenario.checks.orders import orders_refused
from simulation.scenario.contracts.attribution import Served, charged, covered
from simulation.scenario.contracts.commitments import CommittedUnit, committed_kind
from simulation.scenario.contracts.exclusions import Exclusion
from simulation.scenario.contracts.forecasts import Forecast, ForecastLock, in_force
from simulation.scenario.contracts.metrics import metric_of
from simulation.scenario.contracts.pricing_kinds import PricingKind, takes
from simulation.scenario.destinations import listed
from simulation.scenario.entries import Entry, entries, ids, within
from simulation.scenario.horizon import Horizon
from simulation.scenario.problems import Path, Refusal, choose, shown
from simulation.scenario.queues.routes import is_exactly_allocated
from simulation.scenario.vendors import VendorKind

Build = tuple[Path, list[str]]
"""What builds on a lock: its path, and the queues whose forecast it needs."""


def locks_refused(
    document: Mapping[str, Any], horizon: Horizon, forecasts: Mapping[int, Forecast]
) -> Iterator[Refusal]:
    """Forecasts by position and contracts that lock them, as far as they do not agree."""
    queues = list(entries(document.get("queues"), ("queues",)))
    yield from _versions_refused(forecasts, ids(queues))
    yield from orders_refused(document)
    for path, vendor in entries(document.get("vendors"), ("vendors",)):
        contracts = list(entries(vendor.get("contracts"), (*path, "contracts")))
        if not contracts or not isinstance(vendor.get("id"), str):
            continue
        served = Served.of(document, vendor["id"])
        for contract_path, contract in contracts:
            if vendor.get("kind") == VendorKind.IN_HOUSE:  # commitments of theirs are refused as such
                contract = {key: value for key, value in contract.items() if key != "commitments"}
            terms = _Terms(contract, contract_path, served, covered(document, contract, served), document)
            yield from terms.lines_refused()
            yield from terms.commitments_refused()
            yield from terms.lock_missing()
            if len(forecasts) == len(list(entries(document.get("forecasts"), ()))):  # else what lacks may be unread
                yield from terms.months_missing(horizon, list(forecasts.values()))


def _versions_refused(forecasts: Mapping[int, Forecast], known: Mapping[str, None]) -> Iterator[Refusal]:
    by_id: dict[str, int] = {}
    by_date: dict[date, str] = {}
    for f, version in forecasts.items():
        if version.id in by_id:
            yield Refusal(f"there is already a forecast {version.id}", "give each its own id", ("forecasts", f, "id"))
        elif version.issued in by_date:
            message = f"{by_date[version.issued]} is issued on the same date"
            mend = "write another date, or put both in one version"
            yield Refusal(message, mend, ("forecasts", f, "issued"))
        by_id[version.id] = f
        by_date[version.issued] = version.id
        for name in version.queues:
            if name not in known:
                at: Path = ("forecasts", f, "queues", name)
                yield Refusal(f"there is no queue {shown(name)}", choose(name, known), at)


@dataclass(frozen=True)
class _Terms:
    """A contract of a vendor in plain data. own: the queues that it covers."""

    contract: Mapping[str, Any]
    path: Path
    served: Served
    own: Sequence[str]
    document: Mapping[str, Any]

    def lines(self, kind: PricingKind | None) -> list[Entry]:
        """Its lines of pricing of a kind."""
        return [(at, line) for at, line in self._pricing() if line.get("kind") == kind]

    def _pricing(self) -> Iterator[Entry]:
        return entries(self.contract.get("pricing"), (*self.path, "pricing"))

    def _billed_by_rule(self) -> list[Entry]:
        """Its lines that may say which of their hours are billed."""
        return [(at, line) for at, line in self._pricing() if takes(line, "billable")]

    def charged(self, line: Mapping[str, Any]) -> list[str]:
        """The queues of a line."""
        return charged(line, self.own)

    def builds(self) -> Iterator[Build]:
        """All that builds on a lock."""
        for at, line in self._billed_by_rule():
            if within(line.get("billable"), "cap") is not None:
                yield (*at, "billable"), self._of_teams(self.charged(line))
        for at, one in self._commitments():
            named = {queue for _, line in self.lines(committed_kind(one)) for queue in self.charged(line)}
            yield at, sorted(named)
        for at, clause in entries(self.contract.get("slas"), (*self.path, "slas")):
            metric, queue = metric_of(clause), clause.get("queue")
            if not isinstance(queue, str) or queue not in self.own:
                continue
            if metric is not None and metric.is_ordered:
                yield (*at, "metric"), self._of_teams([queue])
            for e, excluded in enumerate(listed(within(clause.get("counts"), "exclude"))):
                if excluded == Exclusion.FORECAST:
                    yield (*at, "counts", "exclude", e), [queue]

    def _of_teams(self, queues: Sequence[str]) -> list[str]:
        """All queues of the teams that may answer some."""
        teams = self.served.teams_of(queues)
        return sorted({queue for team in teams for queue in self.served.teams[team]})

    def _commitments(self) -> Iterator[Entry]:
        return entries(self.contract.get("commitments"), (*self.path, "commitments"))

    def lines_refused(self) -> Iterator[Refusal]:
        """Hours of one team that lines bill by different rules."""
        first: dict[str, Any] = {}
        for at, line in self._billed_by_rule():
            for team in self.served.teams_of(self.charged(line)):
                rule = (line.get("billable"), sorted(self.charged(line)))
                if first.setdefault(team, rule) != rule and (rule[0] or first[team][0]):
                    mend = "write the same billable and queues in both, or name other queues"
                    yield Refusal(f"hours of {team} are billed by a line above with another rule", mend, at)
                    break

    def commitments_refused(self) -> Iterator[Refusal]:
        """Commitments that no line of pricing pays, or of contacts that are not counted by vendor."""
        for at, one in self._commitments():
            kind = committed_kind(one)
            lines = self.lines(kind)
            if kind is not None and not lines:
                units = [unit.value for unit in CommittedUnit if self.lines(unit.kind)]
                mend = f"add a line {kind} to pricing" + (f", or write {' or '.join(units)}" if units else "")
                yield Refusal(f"no line of pricing is {kind}", mend, (*at, "unit"))
            for _, line in lines:
                if line.get("bands"):
                    mend = "give the line one rate, or commit to another unit"
                    yield Refusal(f"the line {kind} has bands, and no one rate", mend, (*at, "unit"))
                shared = [queue for queue in self.charged(line) if not self._counts(queue)]
                if shared:
                    message = f"other vendors may answer {shared[0]} too, and what is offered to each is not counted"
                    mend = f"allocate {shared[0]} by COUNTED shares, or leave the queue to this vendor alone"
                    yield Refusal(message, mend, at)

    def _counts(self, queue: str) -> bool:
        """Whether what is offered of a queue to the vendor is known: it has it alone, or a counted share of it."""
        if self.served.is_alone([queue]) or queue not in self.own:
            return True
        described = next(one for _, one in entries(self.document.get("queues"), ()) if one.get("id") == queue)
        moves = entries(self.document.get("transitions"), ())
        if any(queue in listed(move.get("queues")) for _, move in moves):
            return True
        return is_exactly_allocated(described)

    def lock_missing(self) -> Iterator[Refusal]:
        """What builds on a lock, or on relief, that is not there."""
        lock = self.contract.get("forecast_lock")
        for at, _ in self.builds():
            if lock is None:
                yield Refusal("the contract locks no forecast", "add forecast_lock: {lock_days: 60} to it", at)
            elif at[-2:-1] == ("exclude",) and isinstance(lock, Mapping) and lock.get("relief") is None:
                yield Refusal("the lock relieves nothing", "add relief: {over: 0.1} to forecast_lock", at)

    def months_missing(self, horizon: Horizon, forecasts: Sequence[Forecast]) -> Iterator[Refusal]:
        """Months that no version covers in time."""
        builds, days = list(self.builds()), within(self.contract.get("forecast_lock"), "lock_days")
        if isinstance(days, int) and 0 <= days <= 3660 and not isinstance(days, bool):
            needed = {queue for _, queues in builds for queue in queues} if builds else self.own
            for queue in sorted(needed):
                yield from self._coverage_refused(queue, ForecastLock(lock_days=days), horizon, forecasts)

    def _coverage_refused(
        self, queue: str, lock: ForecastLock, horizon: Horizon, forecasts: Sequence[Forecast]
    ) -> Iterator[Refusal]:
        firsts = dict.fromkeys(day.replace(day=1) for day in horizon.dates)
        missing = [m for m in firsts if in_force(forecasts, queue, m, lock.locked_on(m)) is None]
        if not missing:
            return
        first, on = missing[0], lock.locked_on(missing[0])
        months = ", ".join(f"{month:%Y-%m}" for month in missing)
        message = f"no forecast of {queue} for {months} was in force {lock.lock_days} days before"
        late = [one for one in forecasts if queue in one.queues and one.queues[queue].covers(first)]
        mend = f"add {first:%Y-%m} to a version issued by {on}"
        if late:
            soonest = min(late, key=lambda one: one.issued)
            in_time = (first - soonest.issued).days
            mend = f"issue {soonest.id} by {on}" + (f", or write at most {in_time}" if in_time >= 0 else "")
        yield Refusal(message, mend, (*self.path, "forecast_lock", "lock_days"))
