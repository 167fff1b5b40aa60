"""What is put out, and that nothing of anybody's own goes with it."""

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulation.presets import preset_text, presets
from simulation.proposals.putting_out import PutOut, put_out
from simulation.proposals.reading import load_request, request_from_data
from simulation.scenario.problems import RefusedError
from simulation.scenario.reading.canonical import canonical, canonical_data, to_yaml
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario
from tests.proposals.tenders import MARK, SECRET, client, random_client

PLACES = ("vendors", "transitions", "client_cost")


def leaves(data: Any) -> set[Any]:
    """Every word and number in plain data, keys too."""
    if isinstance(data, dict):
        return {*data, *(leaf for value in data.values() for leaf in leaves(value))}
    if isinstance(data, list):
        return {leaf for value in data for leaf in leaves(value)}
    return {data}


def names_of(scenario: Scenario) -> set[str]:
    """Ids and names of everybody who supplies people, and where, but for those that queues have, too."""
    named = {name for vendor in scenario.vendors for name in (vendor.id, vendor.name)}
    named |= {site.id for vendor in scenario.vendors for site in vendor.sites} | {team.id for team in scenario.teams}
    return named - {name for queue in scenario.queues for name in (queue.id, queue.name)}


def test_the_request_is_the_work_that_any_vendor_has_and_the_terms_of_the_one_who_has_most() -> None:
    out = put_out(client())
    request = out.request
    assert [queue.id for queue in request.queues] == ["calls", "mail"]
    assert [clause.id for clause in request.terms.slas] == ["level", "turnaround", "filled"]
    assert request.terms.commitments
    assert request.terms.pricing == ()
    assert request.terms.exit is not None
    assert request.terms.exit.fee == 10_000  # 500,000 PHP at 50 for a dollar
    assert [event.kind for event in request.events] == ["OUTAGE", "CLIENT_OUTAGE"]
    assert request.events[1].queues == ("calls",)
    assert set(request.forecasts[0].queues) == {"calls", "mail"}
    assert list(request.sources) == ["queues.calls.handling.mean_seconds"]
    assert out.shares == {"calls": 1.0, "mail": 1.0}


def test_what_is_left_out_of_the_work_is_told_to_the_client() -> None:
    told = {note.path: note.message for note in put_out(client()).left_out}
    assert told["queues.calls.transfers"] == "contacts do not go on to escalations, which is not put out"
    assert told["queues.mail.demand"].startswith("what escalations transfers to it is not in its demand")
    assert {"events.0", "events.1", "events.2", "events.5"} <= set(told)


@pytest.mark.parametrize("preset", [one.id for one in presets()])
def test_nothing_of_anybody_s_own_is_left_of_a_preset(preset: str) -> None:
    scenario = load(preset_text(preset))
    request = put_out(scenario).request
    data = canonical_data(request)
    assert not {*PLACES} & set(data)
    assert not names_of(scenario) & leaves(data)
    for queue in request.queues:
        assert "route" not in canonical_data(queue)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1_000_000))
def test_nothing_of_anybody_s_own_is_left_of_a_random_scenario(seed: int) -> None:
    scenario = random_client(seed)
    assert SECRET in canonical(scenario)
    try:
        out = put_out(scenario)
    except RefusedError as error:
        assume("is a share of that of" not in str(error))
        raise
    text = canonical(out.request)
    assert SECRET not in text
    assert str(MARK)[1:] not in text
    assert load_request(text) == out.request
    assert load_request(to_yaml(out.request)) == out.request


def test_nothing_of_anybody_s_own_is_left_of_the_client() -> None:
    text = canonical(put_out(client()).request)
    assert SECRET not in text.lower()
    assert str(MARK)[1:] not in text
    assert "client_cost" not in text


def shared(**shares: float) -> PutOut:
    return put_out(client(), shares=shares)


def test_a_part_of_the_volume_is_put_out_with_its_forecast_and_backlog() -> None:
    request = shared(calls=0.6, mail=0.3).request
    calls, mail = request.queues
    assert calls.demand.weekly_volume == 1800
    assert mail.demand.share == 0.25  # half as much of calls that are six tenths: three tenths
    assert mail.backlog.volume == 12
    assert list(request.forecasts[0].queues["calls"].volumes.values()) == [7200, 7800]


def test_what_is_a_share_of_another_queue_comes_with_the_same_part() -> None:
    out = shared(calls=0.6)
    assert out.shares == {"calls": 0.6, "mail": 0.6}
    assert out.request.queues[1].demand.share == 0.5


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"queues": ["cals"]}, "there is no queue 'cals'; write calls"),
        ({"queues": []}, "nothing is put out"),
        ({"queues": ["mail"]}, "put out calls too"),
        ({"contract_of": "zq-home2"}, "there is no contract with 'zq-home2'"),
        ({"shares": {"calls": 0}}, "write a share over 0"),
        ({"shares": {"escalations": 0.5}}, "'escalations' is not put out"),
    ],
)
def test_what_cannot_be_put_out_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(RefusedError) as refused:
        put_out(client(), **given)
    assert message in str(refused.value)


def test_the_terms_of_a_named_vendor_are_offered() -> None:
    data = canonical_data(client())
    clause = {"id": "aged", "metric": "TURNAROUND_MET", "queue": "mail", "scope": "QUEUE", "target": 0.9}
    contract = {"pricing": [{"kind": "PER_PAID_HOUR", "rate": 1}], "slas": [clause]}
    data["vendors"][2]["contracts"] = [contract]
    scenario = load(json.dumps(data))
    assert [clause.id for clause in put_out(scenario, contract_of="zq-andes").request.terms.slas] == ["aged"]
    assert put_out(scenario).request.terms.slas[0].id == "level"


def test_without_contracts_nothing_is_promised_and_that_is_told() -> None:
    out = put_out(load(preset_text("single-queue")))
    assert out.request.terms.slas == ()
    assert any("no contract" in note.message for note in out.left_out)


def test_a_request_is_read_again_as_it_was_written() -> None:
    request = put_out(client()).request
    assert request_from_data(canonical_data(request)) == request
