"""What GraphQL tells of contracts and money is what the result holds."""

from typing import Any, cast
from uuid import uuid4

import strawberry
from strawberry.schema.config import StrawberryConfig

from server.graphql.columns import Source
from server.graphql.context import Context
from server.graphql.outcomes import Outcomes
from server.graphql.scalars import SCALARS
from simulation.outcome.report.document import document
from simulation.outcome.report.result import Result
from tests.outcome.agreed import agreed, clause, served, settled
from tests.outcome.counted import blank, result, scenario

ASKED = """{ outcomes { allMet { mean }
  decision { allMet { mean confidenceInterval { lower upper } } clientCost { mean }
    firstToBreak { clause start share { mean } } }
  clauses { id vendor metric allMet { mean } windows {
    start partial target value { mean } met { mean } credit { mean } earnedBack { mean } earnBackOpen { mean } } }
  vendors { id exits { client arisen { mean } first clause fee months { start arisen { mean } } }
    months { start lines { kind queues amount { mean } } invoice { mean }
    ownLines { kind amount { mean } } ownCost { mean } margin { mean } } }
  cost { total { mean } perContact { mean } perResolution { mean }
    months { start lines { kind vendor amount { mean } } total { mean } } } } }"""


def answer(found: Result) -> Any:
    outcomes = Outcomes(source=Source(uuid4(), found, cast(Context, None)))  # no column is asked for

    @strawberry.type
    class Query:
        @strawberry.field
        def outcomes(self) -> Outcomes:
            return outcomes

    answered = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS)).execute_sync(ASKED)
    assert answered.errors is None
    assert answered.data is not None
    return answered.data["outcomes"]


def test_contracts_are_told_as_in_the_result_document() -> None:
    """November and a day; one of two replications misses November: credit 1,000, which may still be earned
    back; December is cut."""
    terms = clause(credits=[{"below": 0.8, "share": 1}], earn_back={"at_or_above": 0.9})
    contract = {"pricing": [{"kind": "FIXED_MONTHLY", "amount": 10_000}], "at_risk": {"share": 0.1}, "slas": [terms]}
    contract["exit"] = {"missed": 1, "of": 1, "fee": 750}
    described = agreed(contract, start="2026-11-01", days=31, client_cost={"abandoned_contact": 2})
    found = settled(described, *(served(described, [share] * 31) for share in (0.9, 0.7)))
    told, shown = answer(found), document(found)
    assert told["allMet"] == {"mean": 0.5}
    decision = shown["decision"]
    assert told["decision"]["clientCost"]["mean"] == decision["client_cost"]["mean"]
    interval = told["decision"]["allMet"]["confidenceInterval"]
    assert [interval["lower"], interval["upper"]] == decision["all_met"]["ci"]
    assert told["decision"]["firstToBreak"] == {
        "clause": "sl",
        "start": "2026-11-01T00:00:00-04:00",
        "share": {"mean": 0.5},
    }
    (sl,) = told["clauses"]
    november, december = sl["windows"]
    assert (november["credit"], november["earnBackOpen"], november["met"]) == (
        {"mean": 500},
        {"mean": 500},
        {"mean": 0.5},
    )
    assert (december["partial"], december["met"], december["credit"]) == (True, None, None)
    acme, best = told["vendors"]
    assert best == {"id": "best", "exits": [], "months": []}
    assert acme["exits"] == [
        {
            "client": None,
            "arisen": {"mean": 0.5},
            "first": "2026-11-01",
            "clause": "sl",
            "fee": 750.0,
            "months": [{"start": day, "arisen": {"mean": 0.5}} for day in ("2026-11-01", "2026-12-01")],
        }
    ]
    assert sl["metric"] == "SERVICE_LEVEL"
    assert acme["months"][0]["lines"] == [
        {"kind": "FIXED_MONTHLY", "queues": [], "amount": {"mean": 10_000}},
        {"kind": "CREDIT", "queues": [], "amount": {"mean": -500}},
        {"kind": "EARN_BACK", "queues": [], "amount": {"mean": 0}},
    ]
    assert (acme["months"][0]["ownCost"], acme["months"][0]["margin"]) == (None, None)
    assert told["cost"]["total"]["mean"] == shown["cost"]["total"]["mean"]
    assert told["cost"]["months"][0]["lines"] == [{"kind": "INVOICE", "vendor": "acme", "amount": {"mean": 9500}}]


def test_without_contracts_and_costs_there_is_nothing_to_tell() -> None:
    described = scenario()
    told = answer(result(described, [blank(described)]))
    assert told == {
        "allMet": None,
        "decision": None,
        "clauses": [],
        "vendors": [{"id": "own", "exits": [], "months": []}],
        "cost": None,
    }
