"""A vendor that has left: its contract and its fixed charges end with the last day of the handover."""

from typing import Any

import pytest

from simulation.outcome.money.meters import Counted
from simulation.outcome.money.statements import statement
from simulation.outcome.report.result import Result
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from tests.outcome.agreed import agreed, invoices, months_of, path, settled
from tests.outcome.counted import blank, summary

EXIT = {"kind": "VENDOR_EXIT", "vendor": "acme", "to": "best", "start": "2026-11-03", "handover_weeks": 2}
BASELINE = {
    "kind": "BASELINE",
    "unit": "CONTACTS",
    "baseline": {"2026-11": 600, "2026-12": 600},
    "base_charge": 600,
    "rrc": [{"rate": 0.5}],
}


def leaving(*pricing: dict[str, Any], cost: dict[str, Any] | None = None) -> Scenario:
    """November and December 2026; acme, of four given agents, hands calls over to best until 16 November."""
    data = agreed({"pricing": list(pricing)}, start="2026-11-01", days=61).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    data["vendors"][0]["teams"][0] |= {"cost": cost} if cost else {}
    data["vendors"][1]["teams"][0]["skills"].append({"queue": "calls"})
    return from_data(data | {"events": [EXIT]})


def left(described: Scenario, *begins: int) -> Result:
    """Replications with 20 contacts a day until the handover that begins on a day, by number, has ended."""
    replications = []
    for day in begins:
        counters = path(described, team_handled=dict.fromkeys(range(day + 14 if day >= 0 else 61), 20))
        counters.exits[0] = day
        replications.append(counters)
    return settled(described, *replications)


def test_fixed_charges_end_with_the_handover() -> None:
    """Days 1 to 16 of 30: 3,000 x 16/30 = 1,600; four seats 150 x 4 x 16/30 = 320; what is due once on the 16th is, on
    the 17th is not. December: nothing."""
    once = [{"kind": "ONE_OFF", "amount": 7, "at": "2026-11-16"}, {"kind": "ONE_OFF", "amount": 5, "at": "2026-11-17"}]
    seats = {"kind": "PER_SEAT_MONTH", "rate": 150}
    described = leaving({"kind": "FIXED_MONTHLY", "amount": 3000}, seats, *once)
    months = months_of(left(described, 2))
    assert [[float(line.amount.over[0]) for line in month.lines] for month in months] == [
        [1600.0, 320.0, 7.0, 0.0],
        [0.0, 0.0, 0.0, 0.0],
    ]


def test_each_replication_s_contract_ends_by_itself() -> None:
    """Handover from the 3rd, from the 10th (23 of 30 days: 2,300), and never."""
    months = months_of(left(leaving({"kind": "FIXED_MONTHLY", "amount": 3000}), 2, 9, -1))
    assert [month.invoice.over.tolist() for month in months] == [[1600.0, 2300.0, 3000.0], [0.0, 0.0, 3000.0]]


def test_a_baseline_is_of_the_days_of_the_contract() -> None:
    """To the 16th 320 contacts where the baseline has 600 x 16/30 = 320: the base alone, 320. Who stays has 600 for
    600; December has 620 for 600, and nothing is said of more."""
    months = months_of(left(leaving(BASELINE), 2, -1))
    assert [month.invoice.over.tolist() for month in months] == [[320.0, 600.0], [0.0, 600.0]]


def test_own_cost_of_given_agents_ends_with_the_handover() -> None:
    """Four seats at 150 and 600 a month besides, each for 16 of 30 days: 320 and 320."""
    described = leaving({"kind": "PER_CONTACT", "rate": 1}, cost={"seat_per_month": 150, "fixed_per_month": 600})
    first, second = months_of(left(described, 2))
    assert {line.kind: float(line.amount.over[0]) for line in first.own_lines} == {"SEATS": 320.0, "FIXED": 320.0}
    assert second.own_cost is not None
    assert second.own_cost.over.tolist() == [0.0]


@pytest.mark.parametrize(("month", "fixed", "base"), [(0, "3,000 x 16 / 30 days", "x 16 / 30 days"), (1, "", "")])
def test_the_statement_says_that_the_contract_has_ended(month: int, fixed: str, base: str) -> None:
    described = leaving({"kind": "FIXED_MONTHLY", "amount": 3000}, BASELINE)
    counters = blank(described)
    counters.exits[0] = 2
    shard = summary(described, [counters])
    daily = shard.queues.daily, shard.teams.daily
    counted = Counted(described, *daily, shard.times, shard.locked, shard.exits, shard.payroll)
    found = statement(counted, shard.clauses, "acme", month)
    assert found.lines[0].formula == (fixed or "the contract has ended")
    assert (base or "the contract has ended") in found.lines[1].formula
    assert found.cents == round(100 * invoices(settled(described, counters))[month]["invoice"])
