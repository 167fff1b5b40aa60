"""A request and proposals together: the same draws, the same figures, and mixes that the world allows."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.experiment import Experiment, simulate
from simulation.outcome.report.result import Result
from simulation.proposals.joining import Part, joined
from simulation.proposals.proposal import Proposal, offered
from simulation.proposals.putting_out import put_out
from simulation.proposals.reading import load_request, proposal_from_data, request_from_data
from simulation.proposals.request import Request
from simulation.scenario.problems import RefusedError, ScenarioError
from simulation.scenario.reading.canonical import canonical, canonical_data, digest
from simulation.scenario.reading.document import from_data
from tests.proposals.tenders import client, own_proposal, random_client

REQUEST = """\
name: Help
start: 2026-09-28
weeks: 2
timezone: Etc/UTC
exchange_rates: {PHP: 50}
queues:
  - {id: calls, demand: {weekly_volume: 1000}, handling: {mean_seconds: 240}, patience: {mean_seconds: 120}}
  - {id: mail, channel: EMAIL, demand: {weekly_volume: 300}, handling: {mean_seconds: 300}}
terms:
  at_risk: {share: 0.1}
  slas:
    - {id: level, metric: SERVICE_LEVEL, queue: calls, target: 0.8, window: WEEK, credits: [{below: 0.8, share: 1}]}
    - {id: asa, metric: ASA, queue: calls, target: 20, window: WEEK}
    - {id: backlog, metric: BACKLOG_AGE, queue: mail, target: 12, window: WEEK}
  exit: {missed: 1, of: 2, fee: 100}
experiment: {replications: 4, seed: 7}
"""
STEPS = """\
transition: {steps: [{from: 2026-09-28, share: 0.25}, {from: 2026-10-05, share: 1}], confidence: 0.9}
"""


def request(more: str = "") -> Request:
    return load_request(REQUEST + more)


def proposal(of: Request, name: str = "acme", agents: int = 8, **more: Any) -> Proposal:
    """Two teams, the second for mail."""
    sites = [{"id": "hall", "country": "PH"}]
    calls = {"id": "voice", "site": "hall", "skills": [{"queue": "calls"}], "staffing": {"agents": agents}}
    mail = {"id": "desk", "site": "hall", "skills": [{"queue": "mail"}], "staffing": {"agents": 2}}
    vendor = {"id": name, "sites": sites, "teams": [calls, mail]}
    return proposal_from_data({"vendor": vendor, "pricing": [{"kind": "PER_PAID_HOUR", "rate": 12}], **more}, of)


def served(result: Result) -> dict[str, dict[str, list[float]]]:
    """Every figure of every queue, replication by replication."""
    return {
        queue.id: {
            name: [*total.over.tolist(), *([] if total.under is None else total.under.tolist())]
            for name, total in queue.totals.items()
        }
        for queue in result.queues
    }


def same(one: Result, other: Result) -> None:
    np.testing.assert_equal(served(one), served(other))


def test_one_vendor_keeps_its_ids_and_has_the_terms_with_its_prices() -> None:
    of = request()
    scenario = joined(of, [Part(proposal(of))])
    (vendor,) = scenario.vendors
    assert [vendor.id, *(team.id for team in vendor.teams)] == ["acme", "voice", "desk"]
    (contract,) = vendor.contracts
    assert [line.rate for line in contract.pricing] == [12]
    assert [clause.id for clause in contract.slas] == ["level", "asa", "backlog"]
    assert contract.exit is not None
    assert contract.exit.fee == 100
    assert scenario.name == "Help: acme"


def test_money_of_the_terms_is_in_the_vendor_s_currency() -> None:
    of = request()
    own = canonical_data(proposal(of))
    own["vendor"]["currency"] = "PHP"
    scenario = joined(of, [Part(proposal_from_data(own, of))])
    assert scenario.vendors[0].contracts[0].exit is not None
    assert scenario.vendors[0].contracts[0].exit.fee == 5000


def test_what_is_offered_is_served_as_what_was_tested() -> None:
    scenario = client()
    out = put_out(scenario).request
    own = proposal_from_data(own_proposal(scenario, "zq-pacific"), out)
    tested, evaluated = joined(out, [Part(own)]), joined(out, [Part(offered(own))])
    assert digest(tested) != digest(evaluated)
    same(*(simulate(one, Experiment(replications=2, seed=5)) for one in (tested, evaluated)))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 1_000_000))
def test_work_put_out_and_offered_back_by_its_own_vendor_is_served_as_before(seed: int) -> None:
    """But for events that strike the vendor's own places, which no request knows."""
    data = canonical_data(random_client(seed, is_alone=True))
    data["events"] = [event for event in data.get("events", ()) if not {"site", "team"} & set(event)]
    scenario = from_data(data)
    out = put_out(scenario).request
    back = proposal_from_data(own_proposal(scenario, scenario.vendors[0].id), out)
    again = joined(out, [Part(offered(back))])
    same(*(simulate(one, Experiment(replications=1, seed=seed)) for one in (scenario, again)))


def test_a_mix_by_shares_is_allocated_and_told_apart() -> None:
    of = request()
    scenario = joined(of, [Part(proposal(of), 0.7), Part(proposal(of), 0.3)])
    assert [vendor.id for vendor in scenario.vendors] == ["acme", "acme-2"]
    assert [team.id for team in scenario.teams] == ["voice", "desk", "voice-2", "desk-2"]
    assert scenario.teams[2].site == "hall-2"
    (entry,) = scenario.queues[0].route.allocation
    assert entry.shares == {"acme": 0.7, "acme-2": 0.3}
    clauses = [clause for vendor in scenario.vendors for one in vendor.contracts for clause in one.slas]
    assert [clause.id for clause in clauses] == ["level", "asa", "backlog", "level-2", "asa-2", "backlog-2"]
    assert [clause.scope for clause in clauses[:3]] == [
        "VENDOR",
        "VENDOR",
        "QUEUE",
    ]  # who has which backlog is not told


def test_overflow_answers_what_has_waited() -> None:
    of = request()
    overflow = proposal(of, "beta", routes={"calls": {"steps": [{"teams": ["voice"]}]}})
    scenario = joined(of, [Part(proposal(of)), Part(overflow, after_seconds=45)])
    steps = [(step.teams, step.after_seconds) for step in scenario.queues[0].route.steps]
    assert steps == [(("voice",), 0), (("voice-2",), 45)]
    scopes = [clause.scope for vendor in scenario.vendors for one in vendor.contracts for clause in one.slas]
    assert scopes == ["QUEUE", "VENDOR", "QUEUE"] * 2  # of answered contacts it is known who answered


def test_a_mix_of_all_and_nothing_is_the_one_alone() -> None:
    of = request()
    one, other = proposal(of), proposal(of, "beta")
    alone = joined(of, [Part(one)])
    assert canonical(joined(of, [Part(one, 1.0), Part(other, 0.0)])) == canonical(alone)
    data = canonical_data(joined(of, [Part(one, 0.5), Part(other, 0.5)]))
    for queue in data["queues"]:
        queue["route"]["allocation"] = [{"shares": {"acme": 1, "beta": 0}}]
    experiment = Experiment(replications=3, seed=2)
    same(simulate(alone, experiment), simulate(from_data(data), experiment))


def test_two_halves_of_a_vendor_s_people_share_the_contacts_by_count() -> None:
    of = request()
    result = simulate(joined(of, [Part(proposal(of), 0.7), Part(proposal(of, "beta"), 0.3)]), of.experiment)
    offered_all = result.queues[0].totals["offered"].over.sum()
    assert offered_all > 3000
    (first,) = (team for team in result.teams if team.id == "voice")
    (second,) = (team for team in result.teams if team.id == "voice-2")
    handled = first.totals["handled"].over.sum(), second.totals["handled"].over.sum()
    assert handled[0] / sum(handled) == pytest.approx(0.7, abs=0.01)


def test_steps_bring_the_volume_to_one_vendor() -> None:
    of = request(STEPS)
    scenario = joined(of, [Part(proposal(of))])
    (transition,) = scenario.transitions
    assert (transition.queues, transition.from_, transition.to) == (("calls", "mail"), None, "acme")
    result = simulate(scenario, Experiment(replications=20))
    assert result.queues[0].totals["offered"].mean == pytest.approx(1250, rel=0.03)


REFUSED: list[tuple[list[tuple[float, float | None]], str]] = [
    ([], "nobody has a part"),
    ([(0.0, None)], "nobody has a part"),
    ([(0.5, None)], "shares sum to 0.5"),
    ([(0.7, None), (0.4, None)], "shares sum to 1.1"),
    ([(1.0, 5.0)], "nobody answers before it"),
    ([(1.0, None), (0.5, 60.0)], "who answers after another has no share"),
    ([(1.0, None), (1.0, 30.0), (1.0, None)], "nothing says after which wait it answers"),
    ([(1.0, None), (1.0, -1.0)], "write at least 0"),
]


@pytest.mark.parametrize(("parts", "message"), REFUSED)
def test_parts_that_make_no_whole_are_refused(parts: list[tuple[float, float | None]], message: str) -> None:
    of = request()
    with pytest.raises(RefusedError) as refused:
        joined(of, [Part(proposal(of), *part) for part in parts])
    assert message in str(refused.value)


def test_stepped_volume_goes_to_one_vendor_only() -> None:
    of = request(STEPS)
    with pytest.raises(RefusedError, match="goes to one vendor"):
        joined(of, [Part(proposal(of), 0.5), Part(proposal(of, "beta"), 0.5)])


def test_a_mix_that_the_world_cannot_tell_apart_is_refused_in_words() -> None:
    """Commitments of a queue that vendors answer one after the other: what was offered to each is not known."""
    data = canonical_data(request())
    data["terms"] |= {"commitments": [{"unit": "CONTACTS", "share": 0.9}], "forecast_lock": {"lock_days": 10}}
    volumes = {"2026-09": 4000, "2026-10": 4000}
    locked = {one: {"volumes": volumes, "aht_seconds": 240} for one in ("calls", "mail")}
    data["forecasts"] = [{"id": "aug", "issued": "2026-08-01", "queues": locked}]
    of = request_from_data(data)
    one = proposal(of, pricing=[{"kind": "PER_CONTACT", "rate": 2}])
    joined(of, [Part(one, 0.5), Part(one, 0.5)])
    with pytest.raises(ScenarioError, match="what is offered to each is not counted"):
        joined(of, [Part(one), Part(one, after_seconds=20)])


def test_the_client_s_own_costs_come_on_top() -> None:
    of = request()
    cost = client().client_cost
    assert joined(of, [Part(proposal(of))], client_cost=cost).client_cost == cost
    assert joined(of, [Part(proposal(of))], name="A").name == "A"
