"""An award: the client's scenario with the winners, and everything else as it was."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulation.proposals.awarding import Awarded, awarded
from simulation.proposals.joining import Part
from simulation.proposals.proposal import Proposal, offered
from simulation.proposals.putting_out import PutOut, put_out
from simulation.proposals.reading import proposal_from_data
from simulation.proposals.request import GatedSteps
from simulation.scenario.problems import RefusedError, ScenarioError
from simulation.scenario.reading.canonical import canonical, canonical_data
from simulation.scenario.reading.document import from_data
from simulation.scenario.scenario import Scenario
from tests.proposals.tenders import client, random_client


def bid(of: PutOut, name: str = "nova", **more: Any) -> Proposal:
    """Somebody new, with two teams."""
    people = {"headcount": 70, "hiring": {}}
    calls = {"id": "voice", "site": "lima", "skills": [{"queue": "calls"}], "workforce": people}
    mail = {"id": "desk", "site": "lima", "skills": [{"queue": "mail"}], "staffing": {"agents": 6}}
    lines = [{"kind": "PER_CONTACT", "queues": ["mail"], "rate": 2}, {"kind": "PER_PAID_HOUR", "rate": 15}]
    vendor = {"id": name, "sites": [{"id": "lima", "country": "PE"}], "teams": [calls, mail]}
    return offered(proposal_from_data({"vendor": vendor, "pricing": lines, **more}, of.request))


def award(scenario: Scenario, out: PutOut, *parts: Part) -> Awarded:
    return awarded(scenario, out.request, parts, shares=out.shares)


def vendors(of: Scenario) -> dict[str, list[str]]:
    return {vendor.id: [team.id for team in vendor.teams] for vendor in of.vendors}


def steps(of: Scenario, queue: str) -> list[tuple[tuple[str, ...], float]]:
    (found,) = (one for one in of.queues if one.id == queue)
    return [(step.teams, step.after_seconds) for step in found.route.steps]


def shares(of: Scenario, queue: str) -> list[dict[str, float]]:
    (found,) = (one for one in of.queues if one.id == queue)
    return [entry.shares for entry in found.route.allocation]


def test_the_winner_takes_the_place_of_the_vendors_and_the_client_s_own_people_stay() -> None:
    scenario = client()
    out = put_out(scenario)
    won = award(scenario, out, Part(bid(out)))
    assert vendors(won.scenario) == {"zq-home": ["zq-own"], "nova": ["voice", "desk"]}
    assert steps(won.scenario, "calls") == [(("voice",), 0), (("zq-own",), 10)]
    assert steps(won.scenario, "escalations") == [(("zq-own",), 0)]
    assert shares(won.scenario, "mail") == []
    assert steps(won.scenario, "mail") == [(("desk",), 0)]
    assert won.scenario.vendors[0] == scenario.vendors[0]
    assert won.scenario.queues[0].transfers == scenario.queues[0].transfers
    assert won.scenario.client_cost == scenario.client_cost


def test_who_and_what_has_left_is_told() -> None:
    scenario = client()
    out = put_out(scenario)
    told = {note.path: note.message for note in award(scenario, out, Part(bid(out))).told}
    assert told["vendors.zq-pacific"] == "leaves: it serves nothing else"
    assert told["events.0"] == "OUTAGE is left out: zq-manila has left"
    assert "queues.mail.route" in told  # the client's own people had three tenths of it


def test_the_winner_s_contract_is_the_terms_with_its_prices() -> None:
    scenario = client()
    out = put_out(scenario)
    (contract,) = award(scenario, out, Part(bid(out))).scenario.vendors[1].contracts
    assert [line.rate for line in contract.pricing] == [2, 15]
    assert [clause.id for clause in contract.slas] == ["level", "turnaround", "filled"]
    assert contract.exit is not None
    assert contract.exit.fee == 10_000


def test_several_winners_have_their_shares() -> None:
    scenario = client()
    out = put_out(scenario)
    won = award(scenario, out, Part(bid(out), 0.7), Part(bid(out, "zq-home"), 0.3))
    assert vendors(won.scenario) == {
        "zq-home": ["zq-own"],
        "nova": ["voice", "desk"],
        "zq-home-2": ["voice-2", "desk-2"],
    }
    for queue in ("calls", "mail"):
        assert shares(won.scenario, queue) == [{"nova": 0.7, "zq-home-2": 0.3}]
    clauses = [one.id for vendor in won.scenario.vendors for contract in vendor.contracts for one in contract.slas]
    assert clauses == ["zq-inner", "level", "turnaround", "filled", "level-2", "turnaround-2", "filled-2"]
    assert any(note.path == "queues.calls.route" for note in won.told)  # the reserve has no share


def test_of_a_part_the_rest_stays_with_the_client_s_own_people() -> None:
    scenario = client()
    out = put_out(scenario, shares={"calls": 0.6, "mail": 0.7})
    won = award(scenario, out, Part(bid(out)))
    assert shares(won.scenario, "calls") == [{"zq-home": 0.4, "nova": 0.6}]
    assert shares(won.scenario, "mail") == [{"zq-home": 0.3, "nova": 0.7}]
    assert won.scenario.queues[0].demand == scenario.queues[0].demand


def test_volume_in_steps_is_handed_over_by_the_vendor_with_most_people() -> None:
    scenario = client()
    moves = GatedSteps.model_validate(
        {"steps": [{"from": "2026-10-05", "share": 0.5}, {"from": "2026-10-19", "share": 1}]}
    )
    out = put_out(scenario, transition=moves, shares={"calls": 0.8, "mail": 0.8})
    free = {name: value for name, value in canonical_data(scenario).items() if name != "forecasts"}
    won = award(scenario, out, Part(bid(out)))
    assert "zq-pacific" in vendors(won.scenario)
    assert "zq-andes" not in vendors(won.scenario)
    (transition,) = won.scenario.transitions
    assert (transition.from_, transition.to, transition.queues) == ("zq-pacific", "nova", ("calls", "mail"))
    assert [step.share for step in transition.steps] == [0.4, 0.8]
    assert free["vendors"]


def test_an_outsourced_vendor_keeps_what_was_not_put_out() -> None:
    data = canonical_data(client())
    teams = data["vendors"][2]["teams"]
    teams[0]["skills"].append({"queue": "escalations"})
    pacific = data["vendors"][1]
    pacific["teams"][0]["skills"].append({"queue": "escalations"})
    data["queues"][2]["route"]["steps"].append({"teams": ["zq-voice"], "after_seconds": 9})
    pacific["contracts"][0].pop("forecast_lock")
    pacific["contracts"][0].pop("commitments")
    scenario = from_data(data)
    out = put_out(scenario, queues=["calls", "mail"])
    won = award(scenario, out, Part(bid(out)))
    assert vendors(won.scenario)["zq-pacific"] == ["zq-voice"]
    (kept,) = won.scenario.vendors[1].teams
    assert [skill.queue for skill in kept.skills] == ["escalations"]
    (contract,) = won.scenario.vendors[1].contracts
    assert [line.kind for line in contract.pricing] == ["PER_PAID_HOUR"]
    assert [clause.id for clause in contract.slas] == ["filled"]
    told = {note.path for note in won.told}
    assert "vendors.zq-pacific.teams.zq-writing" in told
    assert "vendors.zq-pacific.contracts.slas.level" in told


def test_overflow_beside_others_who_keep_a_part_is_refused() -> None:
    scenario = client()
    out = put_out(scenario, shares={"calls": 0.6})
    with pytest.raises(RefusedError, match="a part of calls is left to others"):
        award(scenario, out, Part(bid(out)), Part(bid(out, "beta"), after_seconds=30))


def test_a_scenario_that_is_not_the_request_s_any_more_is_refused() -> None:
    scenario = client()
    out = put_out(scenario)
    data = canonical_data(scenario)
    data["queues"] = [queue for queue in data["queues"] if queue["id"] == "escalations"]
    data["queues"][0].pop("transfers")
    data["currency"] = "EUR"
    for name in ("events", "forecasts", "sources"):
        data.pop(name, None)
    data["vendors"] = [{**data["vendors"][0], "contracts": []}]
    data["vendors"][0]["teams"][0]["skills"] = [{"queue": "escalations"}]
    with pytest.raises(RefusedError) as refused:
        award(from_data(data), out, Part(bid(out)))
    assert "there is no queue 'calls' any more" in str(refused.value)
    assert "it counts in EUR" in str(refused.value)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 1_000_000), st.booleans())
def test_any_award_is_a_valid_scenario_that_keeps_all_other_work(seed: int, is_split: bool) -> None:
    scenario = random_client(seed)
    try:
        out = put_out(scenario)
    except RefusedError:
        assume(False)
    everything = [queue.id for queue in out.request.queues]
    team = {"id": "t", "site": "s", "skills": [{"queue": one} for one in everything], "staffing": {"agents": 9}}
    vendor = {"id": "new", "sites": [{"id": "s", "country": "PE"}], "teams": [team]}
    pricing = [{"kind": "PER_PAID_HOUR", "rate": 9}]
    one = proposal_from_data({"vendor": vendor, "pricing": pricing}, out.request)
    parts = [Part(one, 0.5), Part(one, 0.5)] if is_split else [Part(one)]
    try:
        won = award(scenario, out, *parts).scenario
    except ScenarioError as error:
        raise AssertionError(f"{error}\n{canonical(scenario)}") from None
    for before, after in zip(scenario.queues, won.queues, strict=True):
        assert before.model_copy(update={"route": after.route}) == after
        if before.id not in everything:
            assert before.route == after.route
    own = [vendor for vendor in scenario.vendors if vendor.kind == "IN_HOUSE"]
    assert [vendor for vendor in won.vendors if vendor.kind == "IN_HOUSE"] == own
