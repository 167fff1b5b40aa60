"""What-if changes: each does what a hand would write, says it in words, names its places, and refuses with a mend."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.presets import preset_text
from simulation.scenario.changing.change import ALTERATIONS, Altered, Change, altered, name_of, read_changes
from simulation.scenario.event_kinds import EventKind
from simulation.scenario.problems import RefusedError, ScenarioError
from simulation.scenario.reading.canonical import canonical, canonical_data, digest
from simulation.scenario.reading.document import load
from simulation.scenario.reading.yaml_text import read
from simulation.scenario.scenario import Scenario
from tests.scenario.what_if import BY_HAND, CENTRE, HAPPENINGS

SCENARIO = load(CENTRE)


def what_if(*changes: Any, scenario: Scenario = SCENARIO) -> Altered:
    return altered(scenario, read_changes(changes))


def by_hand(values: dict[str, str]) -> Scenario:
    """CENTRE with values written by hand."""
    if "vendors" not in values:
        return load(CENTRE, changes=values)
    head, tail = CENTRE.split("  - id: andes\n")
    text = head + tail[tail.index("events:") :]
    return load(text, changes={path: value for path, value in values.items() if path != "vendors"})


@pytest.mark.parametrize(("change", "values", "words"), BY_HAND, ids=[words for _, _, words in BY_HAND])
def test_a_change_is_what_a_hand_would_write(change: dict[str, Any], values: dict[str, str], words: str) -> None:
    done = what_if(change)
    assert canonical_data(done.scenario) == canonical_data(by_hand(values))
    assert [told.summary for told in done.told] == [words]


@pytest.mark.parametrize(("event", "words"), HAPPENINGS)
def test_an_event_is_added_and_told(event: str, words: str) -> None:
    done = what_if({"add_event": {"event": read(event).data}})
    text = CENTRE + f"  - {event}\n"
    assert canonical(done.scenario) == canonical(load(text))
    assert (done.told[0].summary, done.told[0].paths) == (words, ("events.3",))


def test_every_change_and_every_kind_of_event_is_tried() -> None:
    tried = {name for change, _, _ in BY_HAND for name in change} | {"add_event"}
    assert tried == {name_of(kind) for kind in ALTERATIONS}
    assert [read(event).data["kind"] for event, _ in HAPPENINGS if "per_year" not in event] == list(EventKind)


@pytest.mark.parametrize("change", [change for change, _, _ in BY_HAND if "exclude_vendor" not in change])
def test_the_places_told_are_those_that_changed(change: dict[str, Any]) -> None:
    """... and no other: with each put back as it was, nothing has changed."""
    (told,) = what_if(change).told
    after = what_if(change).scenario
    assert told.paths
    assert len(set(told.paths)) == len(told.paths)
    assert all(path.startswith(told.path) for path in told.paths)
    back = canonical_data(after)
    for path in told.paths:
        put_back(back, canonical_data(SCENARIO), path.split("."))
    assert without_empty(back) == without_empty(canonical_data(SCENARIO))


def put_back(here: Any, before: Any, steps: list[str]) -> None:
    """The value at a path as it was before; an item that was not there is taken out."""
    step, *rest = steps
    key: Any = step
    if isinstance(here, list):
        key = [item.get("id", str(position)) for position, item in enumerate(here)].index(step)
    was_there = key < len(before) if isinstance(before, list) else key in before
    if rest and was_there and (isinstance(here, list) or key in here):
        put_back(here[key], before[key], rest)
    elif was_there:
        here[key] = before[key]
    elif isinstance(here, list) or key in here:
        here.pop(key)


def without_empty(value: Any) -> Any:
    """Plain data without the maps and lists that nothing is left in."""
    if isinstance(value, dict):
        kept = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ({}, [])}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


def test_a_vendor_that_is_left_out_takes_its_events_along() -> None:
    leaves = "  - {kind: VENDOR_EXIT, vendor: acme, to: own, start: 2026-10-19, handover_weeks: 2}\n"
    done = what_if({"exclude_vendor": {"vendor": "acme"}}, scenario=load(CENTRE + leaves))
    after = done.scenario
    assert [vendor.id for vendor in after.vendors] == ["own", "andes"]
    assert [event.kind for event in after.events] == [EventKind.CLIENT_OUTAGE]
    steps = after.queues[0].route.steps
    assert [(step.teams, step.after_seconds) for step in steps] == [(("home",), 0), (("bogota",), 60)]
    assert [dict(entry.shares) for entry in after.queues[2].route.allocation] == [
        {"andes": 0.75, "own": 0.25},
        {"andes": 0.5, "own": 0.5},
        {"andes": 0.5, "own": 0.5},
    ]
    assert "vendors.acme" in done.told[0].paths


REFUSED: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    ({"scale_demand": {"queue": "order", "factor": 1}}, ("queue",), "there is no queue 'order'; write orders"),
    ({"scale_demand": {"factor": -1}}, ("factor",), "is -1; write a number at least 0"),
    ({"scale_demand": {"factr": 1, "factor": 1}}, ("factr",), "is not known here; write factor"),
    ({"scale_demand": {}}, ("factor",), "is missing; add factor (What to multiply its volume by"),
    (
        {"shift_demand": {"queue": "follow-up", "minutes": 5}},
        ("queue",),
        "demand of follow-up has no times to move; name",
    ),
    (
        {"shift_demand": {"queue": "mail", "minutes": 1200}},
        ("minutes",),
        "the batch of mail at 05:30 would fall on another day; write fewer minutes",
    ),
    ({"shift_demand": {"minutes": 1440}}, ("minutes",), "is 1440; write a number under 1,440"),
    (
        {"set_growth": {"queue": "mail", "growth_per_year": 0.1}},
        ("queue",),
        "mail has no weekly volume that could grow",
    ),
    (
        {"add_demand_event": {"event": {"name": "Sale", "start": "2026-13-01", "multiplier": 1}}},
        ("event", "start"),
        "'2026-13-01' is not a date; write year, month and day",
    ),
    ({"remove_demand_event": {"name": "Sal"}}, ("name",), "every queue has no event 'Sal'; write Sale"),
    ({"remove_demand_event": {"queue": "mail", "name": "Sale"}}, ("name",), "mail has no event 'Sale'; leave the"),
    ({"scale_patience": {"queue": "mail", "factor": 1}}, ("queue",), "nobody abandons mail: it has no patience; name"),
    ({"scale_handling": {"factor": 0}}, ("factor",), "is 0; write a number over 0"),
    ({"set_target": {"queue": "mail"}}, ("share",), "nothing is to become of the target; add share, threshold_seconds"),
    (
        {"set_allocation": {"queue": "orders", "shares": {"own": 1}, "from": "2026-10-05"}},
        ("from",),
        "orders is not allocated to vendors before 2026-10-05; leave `from` out",
    ),
    ({"exclude_vendor": {"vendor": "acm"}}, ("vendor",), "there is no vendor 'acm'; write acme"),
    ({"exclude_vendor": {"vendor": "own"}}, ("vendor",), "only teams of own may answer follow-up; add a team"),
    ({"scale_team": {"team": "man", "factor": 1}}, ("team",), "there is no team 'man'; write manila"),
    ({"delay_hiring": {"team": "home", "weeks": 1}}, ("team",), "home has no workforce: its agents are given; name"),
    ({"delay_hiring": {"weeks": 0}}, ("weeks",), "is 0; write a number at least 1"),
    ({"scale_absence": {"team": "bogota", "factor": 1}}, ("team",), "bogota has no absence in its workforce; name"),
    ({"scale_wages": {"team": "bogota", "factor": 1}}, ("team",), "bogota has no wage; add `cost`"),
    ({"scale_rates": {"vendor": "own", "factor": 1}}, ("vendor",), "own charges nothing; add a contract"),
    (
        {"add_event": {"event": {"kind": "OUTAGE", "start": "2026-10-12T09:00"}}},
        ("event", "hours"),
        "an event OUTAGE needs hours; add hours",
    ),
    ({"set_value": {"path": "queues.orders.demnd", "value": 1}}, ("path",), "'demnd' is not known here; write demand"),
]


@pytest.mark.parametrize(("change", "at", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_a_change_that_does_not_fit_is_refused_with_place_and_mend(
    change: dict[str, Any], at: tuple[str, ...], words: str
) -> None:
    ((name, _),) = change.items()
    with pytest.raises(RefusedError) as caught:
        what_if({"scale_demand": {"factor": 1}}, change)
    (refusal,) = caught.value.refusals
    assert refusal.at == (1, name, *at)
    assert f"{refusal.message}; {refusal.mend}".startswith(words)


@pytest.mark.parametrize("data", [{}, {"scale_demand": {"factor": 1}, "scale_team": {"factor": 1}}, {"scale": 1}, 7])
def test_a_change_is_exactly_one_that_there_is(data: Any) -> None:
    with pytest.raises(RefusedError) as caught:
        read_changes([data])
    assert all(refusal.at[0] == 0 and refusal.mend for refusal in caught.value.refusals)


def test_everything_refused_is_said_at_once() -> None:
    wrong = [{"scale_team": {"team": "x", "factor": 1}}, {"scale_demand": {"factor": 1}}, {"set_hours": {"queue": "y"}}]
    with pytest.raises(RefusedError) as caught:
        what_if(*wrong)
    assert [refusal.at for refusal in caught.value.refusals] == [(0, "scale_team", "team"), (2, "set_hours", "queue")]


@pytest.mark.parametrize("text", ["transitions", "events"])
def test_a_vendor_with_a_part_in_what_is_to_come_is_not_left_out(text: str) -> None:
    planned = {
        "transitions": "transitions: [{queues: [orders], from: andes, to: own, steps: [{from: 2026-10-05, share: 1}]}]",
        "events": "events: [{kind: VENDOR_EXIT, vendor: acme, to: own, start: 2026-10-05, handover_weeks: 2}]",
    }
    scenario = load(CENTRE[: CENTRE.index("events:\n")] + planned[text])
    with pytest.raises(RefusedError, match=f"set `{text}` without it first"):
        what_if({"exclude_vendor": {"vendor": "own"}}, scenario=scenario)


def test_a_vendor_to_whom_all_is_allocated_is_not_left_out() -> None:
    scenario = load(CENTRE.replace("{andes: 0.5, own: 0.5}", "{andes: 1}"))
    with pytest.raises(RefusedError, match="all contacts of mail are allocated to andes from 2026-11-02; set another"):
        what_if({"exclude_vendor": {"vendor": "andes"}}, scenario=scenario)


def test_changes_follow_each_other() -> None:
    done = what_if(
        {"scale_demand": {"queue": "orders", "factor": 1.5}},
        {"set_value": {"path": "vendors.own.teams.home.staffing.agents", "value": "7"}},
        {"scale_team": {"team": "home", "factor": 2}},
        {"scale_demand": {"queue": "orders", "factor": 2}},
    )
    assert done.scenario.queues[0].demand.weekly_volume == 3000
    assert done.scenario.vendors[0].teams[0].heads == 14
    assert done.told[1].summary == "vendors.own.teams.home.staffing.agents: [5] becomes 7"


def test_a_change_after_a_value_that_broke_the_scenario_is_not_made() -> None:
    broken = {"set_value": {"path": "queues.orders.demand", "value": 3}}
    with pytest.raises(ScenarioError) as caught:
        what_if(broken, {"scale_demand": {"factor": 2}})
    assert [problem.path for problem in caught.value.problems] == ["queues.orders.demand"]


def test_what_changes_make_invalid_is_said_of_the_document() -> None:
    with pytest.raises(ScenarioError) as caught:
        what_if({"scale_absence": {"factor": 20}}, {"add_event": {"event": {"kind": "ATTRITION", "team": "nobody",
            "start": "2026-10-05", "weeks": 1, "multiplier": 2}}})  # fmt: skip
    paths = {problem.path for problem in caught.value.problems}
    assert paths == {"vendors.acme.teams.manila.workforce.absence.daily_probability", "events.3.team"}


def test_the_scenario_that_is_changed_stays_as_it_was() -> None:
    before = digest(SCENARIO)
    assert digest(what_if(*(change for change, _, _ in BY_HAND if "exclude_vendor" not in change)).scenario) != before
    assert digest(SCENARIO) == before


def test_a_name_is_given_with_the_changes() -> None:
    assert altered(SCENARIO, (), name="Busier").scenario.name == "Busier"


@pytest.mark.parametrize("kind", ALTERATIONS)
def test_a_change_and_its_fields_are_described(kind: type[Change]) -> None:
    assert kind.__doc__
    assert kind.meanings().keys() == kind.model_fields.keys()


factors = st.sampled_from([0.0, 0.3, 0.8, 1.0, 1.1, 1.75, 40.0])
teams = st.sampled_from([None, "manila-voice", "own-cases", "bogota-mail", "nobody"])
queues = st.sampled_from([None, "orders", "escalations", "email", "delivery", "nothing"])
vendors = st.sampled_from([None, "pacific", "andes", "own", "nobody"])
scaling = [name_of(kind) for kind in ALTERATIONS if "factor" in kind.model_fields]


def one(change: str, **fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({change: st.fixed_dictionaries(fields)})


def scaled(name: str) -> st.SearchStrategy[dict[str, Any]]:
    (kind,) = (kind for kind in ALTERATIONS if name_of(kind) == name)
    of = {"queue": queues, "team": teams, "vendor": vendors}
    return one(name, factor=factors, **{field: of[field] for field in kind.model_fields if field in of})


changes = st.one_of(
    *map(scaled, scaling),
    one("shift_demand", queue=queues, minutes=st.integers(-1500, 1500)),
    one("set_growth", queue=queues, growth_per_year=st.sampled_from([-0.5, 0.0, 0.3])),
    one("remove_demand_event", queue=queues, name=st.sampled_from(["Black Friday and Cyber Monday", "Nothing"])),
    one("set_target", queue=queues, share=st.sampled_from([0.5, 1.0]), threshold_seconds=st.sampled_from([1.0, 1e6])),
    one("set_hours", queue=st.sampled_from(["orders", "email"])),
    one(
        "set_allocation", queue=queues.filter(bool), shares=st.sampled_from([{"own": 1.0}, {"andes": 0.5, "own": 0.5}])
    ),
    one("exclude_vendor", vendor=vendors.filter(bool)),
    one("delay_hiring", team=teams, weeks=st.integers(0, 30)),
    one("set_policies", team=teams.filter(bool)),
)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.lists(changes, min_size=1, max_size=4))
def test_a_valid_scenario_stays_valid_or_is_refused_with_words(given_changes: list[dict[str, Any]]) -> None:
    scenario = load(preset_text("retail-peak"))
    done, said = outcome(scenario, given_changes)
    assert (done is None) == bool(said)
    assert all(message and mend for message, mend in said)
    if done:
        assert load(canonical(done.scenario)) == done.scenario
        assert len(done.told) == len(given_changes)
        assert all(told.summary for told in done.told)


def outcome(scenario: Scenario, given_changes: list[dict[str, Any]]) -> tuple[Altered | None, list[tuple[str, str]]]:
    """What came of the changes, or what was said against them with what to write."""
    try:
        return what_if(*given_changes, scenario=scenario), []
    except RefusedError as error:
        return None, [(one.message, one.mend) for one in error.refusals]
    except ScenarioError as error:
        return None, [(problem.message, problem.mend) for problem in error.problems]
