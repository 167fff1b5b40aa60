"""Clauses of backlogs, of work done right, of teams, and of what no floor gives; hyper-care and holidays."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from simulation.outcome.counting.counters import FlowField
from simulation.scenario.reading.document import from_data
from tests.outcome.agreed import SECOND, Q, agreed, clause, clauses_of, invoices, path, served, settled
from tests.outcome.counted import blank

WEEK: dict[str, Any] = {"start": "2026-11-02", "days": 7}
NOVEMBER: dict[str, Any] = {"start": "2026-11-01", "days": 30}
RATE = {"kind": "PER_CONTACT", "rate": 1.5}
FIXED = {"kind": "FIXED_MONTHLY", "amount": 10_000}
HOUR = 3600 * SECOND


def with_clauses(*slas: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"pricing": [FIXED], "slas": list(slas), **more}


def test_the_age_of_a_backlog_is_a_ceiling_in_hours() -> None:
    """At the end of Monday's first hour 4 letters wait, 12 h old together, at the end of Tuesday's 6, 48 h: 60 / 10 =
    6 h; by day 3 h and 8 h: 5.5 h on average, one of two within 4 h."""
    ways: dict[str, dict[str, Any]] = {
        "weighted": {"target": 6},
        "average": {"target": 5, "aggregation": "AVERAGE_OF_PERIODS", "period": "DAY"},
        "share": {"target": 0.6, "aggregation": "PERIOD_COMPLIANCE", "period": "DAY", "period_target": 4},
    }
    slas = [clause(id=name, metric="BACKLOG_AGE", queue="mail", window="WEEK", **way) for name, way in ways.items()]
    described = agreed({"pricing": [RATE]}, with_clauses(*slas), **WEEK)
    counters = path(described, mail_waiting={0: 4, 1: 6}, mail_waiting_age={0: 12 * HOUR, 1: 48 * HOUR})
    found = {name: one.windows[0] for name, one in clauses_of(settled(described, counters)).items()}
    assert [found[name].value.mean for name in ways] == [6.0, 5.5, 0.5]
    assert [one.met.successes for one in found.values() if one.met is not None] == [1, 0, 0]


def test_quality_is_of_the_work_done() -> None:
    """200 done, 6 of them done again for a defect that was found: 97 %."""
    described = agreed({"pricing": [RATE]}, **WEEK)
    data = described.model_dump(mode="json", by_alias=True, exclude_none=True)
    data["queues"][0]["quality"] = {"defects": 0.05, "found": 0.6}
    data["vendors"][0]["contracts"][0]["slas"] = [clause(metric="QUALITY", target=0.97, window="WEEK")]
    described = from_data(data)
    found = settled(described, path(described, handled={0: 150, 3: 50}, offered_rework={0: 5, 3: 1}))
    (window,) = clauses_of(found)["sl"].windows
    assert window.value.mean == 0.97
    assert window.met is not None
    assert window.met.successes == 1


def test_occupancy_is_of_the_vendor_s_own_teams() -> None:
    """Phones: 30 of 40 hours busy on Monday, 10 of 10 on Tuesday: 80 %, of at most 85 %. Best's letters, always busy,
    do not count, with the queue named or not; without Tuesday 75 %."""
    slas = [
        clause(id="named", metric="OCCUPANCY", target=0.85, window="WEEK"),
        clause(id="all", metric="OCCUPANCY", target=0.85, window="WEEK") | {"queue": None},
        clause(id="monday", metric="OCCUPANCY", target=0.85, window="WEEK", counts={"exclude_dates": ["2026-11-03"]}),
    ]
    described = agreed(with_clauses(*slas), **WEEK)
    counters = path(
        described,
        team_busy={0: 30 * HOUR, 1: 10 * HOUR},
        team_on_floor={0: 40 * HOUR, 1: 10 * HOUR},
        second_busy=8 * HOUR,
        second_on_floor=8 * HOUR,
    )
    found = clauses_of(settled(described, counters))
    assert [found[name].windows[0].value.mean for name in ("named", "all", "monday")] == [0.8, 0.8, 0.75]
    assert found["named"].metric == "OCCUPANCY"


def test_a_fill_rate_is_of_the_requisitions_that_came_due() -> None:
    """Weeks begin on 30 October, 6, 13, 20 and 27 November. The month counts the last four: 20 + 10 asked for, 18 + 8
    found, 26 / 30; what came due in October's week is October's. Met on 86 %, missed on 87 %."""
    data = agreed({"pricing": [FIXED]}).model_dump(mode="json", by_alias=True, exclude_none=True)
    team = data["vendors"][0]["teams"][0]
    del team["staffing"]
    team["workforce"] = {"headcount": 4, "hiring": {"fill_rate": 0.9}}
    slas = [clause(id=name, metric="FILL_RATE", target=of) for name, of in (("low", 0.86), ("high", 0.87))]
    data["vendors"][0]["contracts"][0]["slas"] = slas
    described = from_data(data)
    counters = blank(described)
    counters.headcount[:5, 0, FlowField.REQUISITIONED] = 7, 20, 0, 10, 0
    counters.headcount[:5, 0, FlowField.FOUND] = 0, 18, 0, 8, 0
    counters.headcount[:5, 1, FlowField.REQUISITIONED] = 100  # best's
    found = clauses_of(settled(described, counters))
    assert found["low"].windows[1].value.mean == pytest.approx(26 / 30)
    assert found["low"].windows[0].value.mean == 0.0
    met = [one.windows[1].met for one in found.values()]
    assert [one.successes for one in met if one is not None] == [1, 0]


CSAT: dict[str, Any] = {"metric": "EXTERNAL", "name": "CSAT", "mean": 0.86, "sd": 0.02}


def test_what_no_floor_gives_is_drawn_once_a_window() -> None:
    """The uniform of each week's first day, 0.9 and 0.0125: 0.86 + 0.02 x 1.2816 and 0.86 - 0.02 x 2.2414 = 0.815, a
    miss of 0.82; whatever the other days have."""
    described = agreed(with_clauses(clause(target=0.82, window="WEEK", **CSAT)), start="2026-11-02", days=14)
    counters = blank(described)
    counters.luck[:] = 1
    counters.luck[[0, 7], 0] = 900_000_000, 12_500_000
    (csat,) = settled(described, counters).settlement.clauses
    assert csat.metric == "CSAT"
    values = [window.value.mean for window in csat.windows]
    assert values == [pytest.approx(0.86 + 0.02 * norm.ppf(q)) for q in (0.9, 0.0125)]
    assert [window.met.successes for window in csat.windows if window.met is not None] == [1, 0]


def test_a_drawn_share_stays_a_share() -> None:
    sure = {"metric": "EXTERNAL", "name": "QA", "mean": 0.99, "sd": 0.5}
    described = agreed(with_clauses(clause(window="DAY", **sure)), start="2026-11-02", days=2)
    counters = blank(described)
    counters.luck[:, 0] = 999_999_999, 0
    (one,) = settled(described, counters).settlement.clauses
    assert [window.value.mean for window in one.windows] == [1.0, 0.0]


def test_credits_of_a_drawn_metric_expose_what_is_at_risk() -> None:
    """12 % of 10,000 stand on CSAT alone; two of four replications draw under the target of 0.86, at its mean."""
    terms = clause(target=0.86, credits=[{"below": 0.86, "share": 1}], **CSAT)
    described = agreed(with_clauses(terms, at_risk={"share": 0.12}), **NOVEMBER)
    paths = []
    for luck in (200_000_000, 400_000_000, 600_000_000, 800_000_000):
        paths.append(blank(described))
        paths[-1].luck[0] = luck
    (month,) = settled(described, *paths).settlement.vendors[0].months
    assert month.invoice.over.tolist() == [8800.0, 8800.0, 10_000.0, 10_000.0]


MOVE: dict[str, Any] = {
    "queues": ["calls"],
    "to": "acme",
    "steps": [{"from": "2026-11-11", "share": 1.0}],
    "hypercare_weeks": 1,
    "hypercare_target": 0.5,
}


def test_hyper_care_takes_the_target_s_place_on_its_dates() -> None:
    """From 11 to 17 November 0.5, else 0.8: (23 x 0.8 + 7 x 0.5) / 30 = 0.73; the tier at 0.8 moves with it. An ASA
    keeps its target; who leaves hyper-care out keeps 0.8."""
    tiers = [{"below": 0.8, "share": 1}]
    slas = [
        clause(credits=tiers),
        clause(id="apart", counts={"exclude": ["HYPERCARE"]}),
        clause(id="asa", metric="ASA", target=30),
    ]
    described = agreed(with_clauses(*slas, at_risk={"share": 0.1}), transitions=[MOVE], **NOVEMBER)
    found = {share: settled(described, served(described, [share] * 30)) for share in (0.74, 0.72)}
    targets = [one.windows[0].target for one in found[0.74].settlement.clauses]
    assert targets == [pytest.approx(0.73, rel=1e-15), 0.8, 30.0]
    assert [invoices(one)[0]["CREDIT"] for one in found.values()] == [0.0, -1000.0]


def test_periods_in_hyper_care_have_its_target() -> None:
    """Each day at 60 %: the seven of hyper-care meet 50 %, the 23 others miss 80 %."""
    days = clause(target=0.2, aggregation="PERIOD_COMPLIANCE", period="DAY", period_target=0.8)
    described = agreed(with_clauses(days), transitions=[MOVE], **NOVEMBER)
    (window,) = clauses_of(settled(described, served(described, [0.6] * 30)))["sl"].windows
    assert window.value.mean == pytest.approx(7 / 30)
    assert window.target == 0.2


def test_hyper_care_can_be_left_out() -> None:
    """At 40 % from 11 to 17 November, at 90 % else: 90 %; with it 23 x 0.9 and 7 x 0.4 of 30."""
    slas = [clause(counts={"exclude": ["HYPERCARE"]}), clause(id="all")]
    described = agreed(with_clauses(*slas), transitions=[MOVE], **NOVEMBER)
    found = clauses_of(settled(described, served(described, [0.9] * 10 + [0.4] * 7 + [0.9] * 13)))
    assert [one.windows[0].value.mean for one in found.values()] == [0.9, pytest.approx((23 * 0.9 + 7 * 0.4) / 30)]


def test_holidays_are_the_vendor_s_by_the_clock_of_its_site() -> None:
    """Acme sits in Manila: 30 November is Bonifacio Day, from 11:00 on the 29th to 11:00 on the 30th in New York; the
    American Thanksgiving, the 26th, counts. One call an hour, none in time on the holiday and on the 26th: of the week
    from 24 November, 168 - 24 hours, 24 of them bad."""
    data = agreed({"pricing": [FIXED]}, start="2026-11-24", days=7).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    data["vendors"][0]["sites"][0] |= {"country": "PH", "timezone": "Asia/Manila"}
    slas = [clause(window="WEEK", counts={"exclude": ["HOLIDAYS"]}), clause(id="all", window="WEEK")]
    data["vendors"][0]["contracts"][0]["slas"] = slas
    described = from_data(data)
    counters = blank(described)
    counters.queues[:, 0, Q.OFFERED] = counters.queues[:, 0, Q.ANSWERED_IN_TIME] = 1
    counters.queues[5 * 24 + 11 : 6 * 24 + 11, 0, Q.ANSWERED_IN_TIME] = 0
    counters.queues[2 * 24 : 3 * 24, 0, Q.ANSWERED_IN_TIME] = 0
    found = [one.windows[0].value.mean for one in settled(described, counters).settlement.clauses]
    assert found == [pytest.approx(120 / 144), pytest.approx(120 / 168)]


def test_an_in_house_team_promises_and_sends_no_invoice() -> None:
    """Scored like a vendor, so that both are compared; nothing is charged."""
    data = agreed({"pricing": [RATE]}, **WEEK).model_dump(mode="json", by_alias=True, exclude_none=True)
    data["vendors"][0] |= {"kind": "IN_HOUSE", "contracts": [{"slas": [clause(window="WEEK")]}]}
    described = from_data(data)
    settlement = settled(described, served(described, [0.9] * 7), served(described, [0.7] * 7)).settlement
    assert settlement.all_met is not None
    assert (settlement.all_met.successes, settlement.all_met.trials) == (1, 2)
    assert (settlement.vendors[0].months, settlement.cost) == ((), None)
    assert np.array_equal(settlement.clauses[0].windows[0].value.over, [630, 490])
