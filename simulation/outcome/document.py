"""The result document: a result as plain data and as JSON, the same bytes for the same result."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from simulation.outcome.estimates import Estimate, wilson_interval
from simulation.outcome.measure import Resolution
from simulation.outcome.result import SERIES_RESOLUTIONS, Column, EntityResult, Headcount, Result
from simulation.outcome.scaling import QueueScaling, Scaling, Worst
from simulation.outcome.settlement import Chance, ClauseResult, MoneyLine, Settlement, VendorResult
from simulation.outcome.stored_figures import figures


def document(result: Result, intervals: bool = False) -> dict[str, Any]:
    """The result document; columns by interval only when asked for. Undefined figures are None, never NaN."""
    resolutions = [r for r in SERIES_RESOLUTIONS if intervals or r is not Resolution.INTERVAL]
    starts = {r: [instant.isoformat() for instant in result.instants(r)] for r in resolutions}
    settled = settled_document(result.settlement)
    return {
        "scenario": {"name": result.scenario, "digest": result.digest},
        "experiment": {"replications": result.replications, "seed": result.seed},
        "engine": {"version": result.engine, "floor": result.floor},
        "decision": settled["decision"],
        "queues": [_entity(queue, starts) for queue in result.queues],
        "teams": [
            {**_entity(team, starts), "headcount": _headcount(headcount)}
            for team, headcount in zip(result.teams, result.headcounts, strict=True)
        ],
        "scaling": _scaling(result.scaling),
        "clauses": settled["clauses"],
        "vendors": settled["vendors"],
        "cost": settled["cost"],
    }


def settled_document(settlement: Settlement) -> dict[str, Any]:
    """The parts of the result document that contracts and costs make."""
    return {
        "decision": _decision(settlement),
        "clauses": [_clause(clause) for clause in settlement.clauses],
        "vendors": [_vendor(vendor) for vendor in settlement.vendors],
        "cost": _cost(settlement),
    }


def document_json(result: Result, intervals: bool = False) -> str:
    """The result document as compact JSON; keys in the document's order, floats by their shortest text."""
    return json.dumps(document(result, intervals), separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def estimate(total: Estimate) -> dict[str, Any]:
    """A total's figures for the document."""
    interval = total.confidence_interval()
    return {
        "mean": total.mean,
        "sd": total.deviation,
        "ci": None if interval is None else list(interval),
        "p05": total.quantile(0.05),
        "p50": total.quantile(0.5),
        "p95": total.quantile(0.95),
    }


def probability(successes: int, trials: int) -> dict[str, Any]:
    """A share of replications for the document."""
    interval = wilson_interval(successes, trials)
    return {"mean": successes / trials, "ci": None if interval is None else list(interval)}


def _entity(entity: EntityResult, starts: Mapping[Resolution, Iterable[str]]) -> dict[str, Any]:
    columns = {r.value: {"start": starts[r], **_columns(entity.columns[r])} for r in starts}
    return {"id": entity.id, "total": {name: estimate(total) for name, total in entity.totals.items()}, **columns}


def _headcount(headcount: Headcount) -> dict[str, Any]:
    return {"week": [week.isoformat() for week in headcount.weeks], **_columns(headcount.columns)}


def _scaling(scaling: Scaling) -> dict[str, Any]:
    return {
        "queues": [_queue_scaling(queue) for queue in scaling.queues],
        "teams": [
            {
                "id": team.id,
                "over_85_hours": estimate(team.over_85),
                "over_90_hours": estimate(team.over_90),
                "over_95_hours": estimate(team.over_95),
                "latest_requisition": None if team.latest_requisition is None else team.latest_requisition.isoformat(),
                "too_late_at_start": team.too_late_at_start,
            }
            for team in scaling.teams
        ],
    }


def _queue_scaling(queue: QueueScaling) -> dict[str, Any]:
    return {
        "id": queue.id,
        "measure": queue.measure,
        "steps": [
            {
                "start": step.start.isoformat(),
                "rise": step.rise,
                "held": probability(step.held, step.replications),
                "recovered": probability(step.recovered, step.replications),
                "weeks": estimate(step.weeks),
            }
            for step in queue.steps
        ],
        "shortfalls": estimate(queue.shortfalls),
        "short_days": estimate(queue.short_days),
        "worst_shortfall": {"depth": estimate(queue.depth), "length_days": estimate(queue.length)},
        "worst_week": _worst(queue.worst_week),
        "worst_day": _worst(queue.worst_day),
    }


def _worst(worst: Worst) -> dict[str, Any]:
    starts = [start.isoformat() for start in worst.starts]
    return {"level": estimate(worst.level), "start": starts, "share": list(worst.shares)}


def _decision(settlement: Settlement) -> dict[str, Any] | None:
    """None without contracts and costs."""
    first = settlement.first_to_break
    if not settlement.is_priced:
        return None
    return {
        "all_met": _chance(settlement.all_met),
        "client_cost": None if settlement.cost is None else estimate(settlement.cost.total),
        "first_to_break": None
        if first is None
        else {"clause": first.clause, "start": first.start.isoformat(), "share": _chance(first.chance)},
    }


def _chance(chance: Chance | None) -> dict[str, Any] | None:
    return None if chance is None else probability(chance.successes, chance.trials)


def _clause(clause: ClauseResult) -> dict[str, Any]:
    windows = [
        {
            "start": window.start.isoformat(),
            "partial": window.partial,
            "target": window.target,
            "value": estimate(window.value),
            "met": _chance(window.met),
            "credit": _amount(window.credit),
            "earned_back": _amount(window.earned_back),
            "earn_back_open": _amount(window.earn_back_open),
        }
        for window in clause.windows
    ]
    return {"id": clause.id, "vendor": clause.vendor, "all_met": _chance(clause.all_met), "windows": windows}


def _amount(amount: Estimate | None) -> dict[str, Any] | None:
    return None if amount is None else estimate(amount)


def _vendor(vendor: VendorResult) -> dict[str, Any]:
    months = [
        {
            "start": month.start.isoformat(),
            "lines": _lines(month.lines, "queues"),
            "invoice": estimate(month.invoice),
            "own_lines": [{"kind": line.kind, "amount": estimate(line.amount)} for line in month.own_lines],
            "own_cost": None if month.own_cost is None else estimate(month.own_cost),
            "margin": None if month.margin is None else estimate(month.margin),
        }
        for month in vendor.months
    ]
    return {"id": vendor.id, "months": months}


def _lines(lines: Iterable[MoneyLine], whose: str) -> list[dict[str, Any]]:
    return [{"kind": line.kind, whose: list(line.of), "amount": estimate(line.amount)} for line in lines]


def _cost(settlement: Settlement) -> dict[str, Any] | None:
    cost = settlement.cost
    if cost is None:
        return None
    months = [
        {"start": month.start.isoformat(), "lines": _lines(month.lines, "vendors"), "total": estimate(month.total)}
        for month in cost.months
    ]
    return {
        "total": estimate(cost.total),
        "per_contact": estimate(cost.per_contact),
        "per_resolution": estimate(cost.per_resolution),
        "months": months,
    }


def _columns(columns: Mapping[str, Column]) -> dict[str, Any]:
    return {
        name: {statistic.value: figures(values) for statistic, values in column.statistics().items()}
        for name, column in columns.items()
    }
