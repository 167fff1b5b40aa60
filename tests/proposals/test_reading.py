"""Requests and proposals from outside: everything wrong is said at once, where it stands in what was sent."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation.proposals.joining import Part, joined
from simulation.proposals.putting_out import put_out
from simulation.proposals.reading import load_proposal, load_request, proposal_from_data, request_from_data
from simulation.scenario.problems import MOST_LOOKED_FOR, ScenarioError
from simulation.scenario.reading.canonical import canonical, canonical_data, to_yaml
from tests.proposals.tenders import client, own_proposal
from tests.proposals.test_joining import REQUEST, STEPS, proposal, request
from tests.scenario.test_junk import junk, loads_or_is_refused, places, said_against

PROPOSAL = """\
vendor:
  id: acme
  sites: [{id: hall, country: PH}]
  teams:
    - {id: voice, site: hall, skills: [{queue: calls}], staffing: {agents: 8}}
    - {id: desk, site: hall, skills: [{queue: mail}], staffing: {agents: 2}}
pricing: [{kind: PER_PAID_HOUR, rate: 12}]
routes: {calls: {steps: [{teams: [voice]}]}}
"""


def said_of_request(text: str) -> list[str]:
    return [str(one) for one in said_against(lambda: load_request(text, file="r"))]


def said_of_proposal(text: str, more: str = "") -> list[str]:
    return [str(one) for one in said_against(lambda: load_proposal(text, request(more), file="p"))]


@pytest.mark.parametrize(
    ("place", "many"),
    [
        (
            "skills: [{queue: calls}]",
            "skills: [" + "".join(f"{{queue: z{n}}}," for n in range(5000)) + "{queue: calls}]",
        ),
        ("routes: {", "routes: {" + "".join(f"z{n}: {{}}, " for n in range(5000))),
    ],
    ids=["skills", "routes"],
)
def test_names_that_mean_nothing_are_looked_for_so_often_only(
    place: str, many: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is compared with all names of the request: of a megabyte of them a server would think for minutes."""
    looked: list[str] = []

    def nearest(word: str, known: object) -> None:
        looked.append(word)

    monkeypatch.setattr("simulation.scenario.problems.nearest", nearest)
    assert "and more is wrong" in said_of_proposal(PROPOSAL.replace(place, many))[-1]
    assert len(looked) <= 2 * MOST_LOOKED_FOR


def test_documents_are_read_again_as_they_were_written() -> None:
    of = request(STEPS)
    assert load_request(canonical(of)) == load_request(to_yaml(of)) == of
    own = load_proposal(PROPOSAL, of)
    assert load_proposal(canonical(own), of) == load_proposal(to_yaml(own), of) == own


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: Help", "nam: Help", "r:1: nam: is not known here; write name"),
        ("weeks: 2", "vendors: []\nweeks: 2", "r:3: vendors: is not known here"),
        ("{weekly_volume: 1000}", "{weekly_volume: -1}", "r:7: queues.calls.demand.weekly_volume: is -1"),
        ("queue: mail, target: 12", "queue: post, target: 12", "terms.slas.backlog.queue: there is no queue 'post'"),
        ("metric: ASA", "metric: ASSA", "terms.slas.asa.metric: 'ASSA' is not known here; write ASA"),
        ("  at_risk", "  pricing: [{kind: PER_CONTACT, rate: 1}]\n  at_risk", "terms.pricing: prices are the vendor's"),
        ("  at_risk: {share: 0.1}\n", "", "terms.slas.level.credits: nothing is at risk"),
        ("window: WEEK, credits", "window: QUARTER, credits", "terms.slas.level.window: the horizon"),
        ("exit:", "commitments: [{unit: CONTACTS, share: 0.9}]\n  exit:", "terms.commitments.0: the contract locks no"),
        ("seed: 7", "seed: 7, precision: 0.01", "experiment.precision: every proposal is simulated as often"),
        ("seed: 7", "seed: 7, sed: 1", "experiment.sed"),
        ("channel: EMAIL", "route: {steps: [{teams: [x]}]}, channel: EMAIL", "queues.mail.route: who answers is the"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_request_is_said_where_it_stands(old: str, new: str, said: str) -> None:
    assert old in REQUEST
    found = said_of_request(REQUEST.replace(old, new, 1))
    assert any(said in one for one in found), found


def test_an_event_that_strikes_somebody_is_none_of_a_request() -> None:
    events = "events: [{kind: ATTRITION, team: voice, start: 2026-09-28, weeks: 1, multiplier: 2}]\n"
    assert any("events.0.team: there is no team in a request" in one for one in said_of_request(REQUEST + events))


def test_wrong_steps_are_said_of_the_request_s_transition() -> None:
    late = "transition: {steps: [{from: 2027-09-28, share: 1}]}\n"
    assert any("transition.steps.0.from" in one for one in said_of_request(REQUEST + late))
    twice = "transition: {steps: [{from: 2026-10-05, share: 0.5}, {from: 2026-09-28, share: 1}], confidence: 1.5}\n"
    found = said_of_request(REQUEST + twice)
    assert any("transition.confidence: is 1.5" in one for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("pricing:", "prising:", "p:7: prising: is not known here; write pricing"),
        ("pricing: [{kind: PER_PAID_HOUR, rate: 12}]", "pricing: []", "pricing"),
        ("rate: 12", "rate: cheap", "p:7: pricing.0.rate: is 'cheap'; write a number"),
        ("rate: 12", "rate: 12, queues: [post]", "pricing.0.queues"),
        ("{queue: calls}", "{queue: calls}, {queue: sales}", "p:5: vendor.teams.voice.skills.1.queue: there is"),
        ("[{queue: mail}]", "[{queue: calls}]", "p:4: vendor.teams: mail: nobody can serve this queue"),
        ("site: hall, skills: [{queue: mail}]", "site: hal, skills: [{queue: mail}]", "this vendor has no site 'hal'"),
        ("id: acme", "id: acme\n  kind: IN_HOUSE", "vendor.kind: the client's own people propose nothing"),
        ("id: acme", "id: acme\n  contracts: [{pricing: [{kind: PER_CONTACT, rate: 1}]}]", "vendor.contracts"),
        ("id: acme", "id: acme\n  currency: JPY", "vendor.currency: the request knows no 'JPY'; write one of USD, PHP"),
        ("teams: [voice]", "teams: [desk]", "routes.calls.steps.0.teams.0: team desk lacks the skill calls"),
        ("{calls: {steps", "{sales: {}, calls: {steps", "routes.sales: there is no queue 'sales' in the request"),
        ("{steps: [{teams: [voice]}]}", "{choice: ALLOCATION, allocation: [{shares: {acme: 1}}]}", "routes.calls"),
        ("{agents: 8}", "{agents: [8, 9]}", "vendor.teams.voice.staffing.agents: has 2 entries"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_proposal_is_said_where_it_stands(old: str, new: str, said: str) -> None:
    assert old in PROPOSAL
    found = said_of_proposal(PROPOSAL.replace(old, new, 1))
    assert any(said in one for one in found), found
    assert not any("vendors." in one for one in found), found


def test_everything_wrong_is_said_at_once_and_once() -> None:
    wrong = (
        PROPOSAL.replace("rate: 12", "rate: -1").replace("country: PH", "country: XX").replace("agents: 8", "agens: 8")
    )
    found = said_of_proposal(wrong)
    assert len(found) == len(set(found))
    for part in ("pricing.0.rate", "vendor.sites.hall.country", "vendor.teams.voice.staffing.agens"):
        assert sum(part in one for one in found) == 1, found


def test_what_the_terms_ask_for_is_said_of_the_request() -> None:
    """A filled class is asked for, and agents are given: the proposal is wrong, and the terms say why."""
    data = canonical_data(request())
    data["terms"]["slas"].append({"id": "filled", "metric": "FILL_RATE", "target": 0.9})
    of = request_from_data(data)
    (problem,) = said_against(lambda: load_proposal(PROPOSAL, of))
    assert problem.message.startswith("terms.slas.filled.metric of the request: ")


def test_the_reader_s_bounds_hold() -> None:
    assert any("nested too deep" in one for one in said_of_proposal("vendor: " + "[" * 60 + "]" * 60))
    assert any("names a value" in one for one in said_of_proposal("vendor: &a {id: acme}\npricing: *a\n"))
    assert any("over 8 million" in one for one in said_of_proposal("#" * 8_000_001))
    assert any("is empty" in one for one in said_of_proposal(""))
    assert any("is not a map" in one for one in said_of_request("- 1\n"))
    assert any("is not YAML" in one for one in said_of_request("a: [\n"))


thorough = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@thorough
@given(st.integers(0, 10_000), junk)
def test_junk_in_any_place_of_a_request_is_refused(place: int, value: object) -> None:
    data = canonical_data(put_out(client()).request)
    loads_or_is_refused(lambda: request_from_data(with_junk(data, place, value)))


@pytest.mark.slow
@thorough
@given(st.integers(0, 10_000), junk)
def test_junk_in_any_place_of_a_proposal_is_refused(place: int, value: object) -> None:
    scenario = client()
    of = put_out(scenario).request
    data = own_proposal(scenario, "zq-pacific")
    loads_or_is_refused(lambda: proposal_from_data(with_junk(data, place, value), of))


def with_junk(data: Any, place: int, value: object) -> Any:
    found = deepcopy(data)
    everywhere = places(found)
    container, key = everywhere[place % len(everywhere)]
    container[key] = value
    return found


@thorough
@given(st.integers(0, 10_000), junk)
def test_a_proposal_that_is_read_is_joined(place: int, value: object) -> None:
    """What passes the reader is a valid scenario with its request."""
    of = request()
    data = with_junk(canonical_data(proposal(of)), place, value)
    try:
        read = proposal_from_data(json.loads(json.dumps(data)), of)
    except (ScenarioError, ValueError):
        return
    joined(of, [Part(read)])
