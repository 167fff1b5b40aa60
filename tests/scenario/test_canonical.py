"""One description has one canonical form and one digest, however it is written."""

import json
import random
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation.scenario.reading.canonical import canonical, canonical_data, digest, json_schema, to_yaml
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.scenario import Scenario
from tests.scenario.documents import SERIES, SHOP, loaded, shop

factors = st.floats(0, 100, allow_subnormal=False)
positive = st.floats(0.01, 1e6)
shares = st.floats(0, 0.9)
any_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Zl", "Zp")), max_size=14)
seen = st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Zl", "Zp", "Zs"))
labels = st.builds("{}{}{}".format, any_text, seen, any_text)
"""One line with a character that can be seen, spaces around it or not."""
weekdays = st.sampled_from(["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"])
clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
dates = st.dates(date(1970, 1, 1), date(2199, 12, 31)).map(str)
volumes = st.floats(0, 1e5)

times = st.one_of(
    st.fixed_dictionaries({"mean_seconds": positive}),
    st.fixed_dictionaries({"distribution": st.just("DETERMINISTIC"), "mean_seconds": positive}),
    st.fixed_dictionaries(
        {
            "distribution": st.sampled_from(["LOGNORMAL", "GAMMA", "WEIBULL"]),
            "mean_seconds": positive,
            "cv": st.floats(0.01, 10),
        }
    ),
    st.fixed_dictionaries({"distribution": st.just("EMPIRICAL"), "values": st.lists(positive, min_size=1)}),
    st.just({"distribution": "EMPIRICAL", "quantiles": [{"share": 0.1, "seconds": 5}, {"share": 1, "seconds": 60.5}]}),
)
variation = {
    "busyness_cv": st.floats(0, 3),
    "forecast_error": st.fixed_dictionaries(
        {},
        optional={
            "bias": st.floats(-0.9, 9),
            "cv_by_lead_weeks": st.dictionaries(st.integers(1, 52).map(str), st.floats(0, 2)),
            "horizon_share": st.floats(0, 1),
        },
    ),
    "shocks": st.lists(
        st.fixed_dictionaries(
            {"start": st.just("2026-09-30T20:15"), "hours": st.floats(0.1, 168), "add": st.floats(0, 1e5)}
        ),
        max_size=2,
    ),
}
shape = {
    "weekday_weights": st.dictionaries(weekdays, factors, max_size=5),
    "time_of_day_weights": st.lists(
        st.fixed_dictionaries({"weights": st.dictionaries(clocks, st.floats(0.1, 9), min_size=1)}), max_size=2
    ),
}
demands = st.one_of(
    st.fixed_dictionaries(
        {"weekly_volume": volumes},
        optional={
            **shape,
            **variation,
            "season": st.one_of(
                st.fixed_dictionaries({"months": st.dictionaries(st.sampled_from(["JAN", "OCT", "DEC"]), factors)}),
                st.fixed_dictionaries({"weeks": st.dictionaries(st.integers(1, 53).map(str), factors)}),
            ),
            "growth_per_year": st.floats(-0.9, 1),
            "events": st.lists(
                st.fixed_dictionaries({"name": labels, "start": dates, "multiplier": st.floats(0, 3)}), max_size=2
            ),
        },
    ),
    st.fixed_dictionaries({"volumes": st.dictionaries(st.just("2026-10"), volumes, min_size=1)}, optional=shape),
    st.fixed_dictionaries(
        {
            "series": st.fixed_dictionaries(
                {
                    "start": st.just("2026-09-30T00:00"),
                    "minutes": st.sampled_from([5, 30]),
                    "volumes": st.lists(volumes, min_size=1, max_size=9),
                }
            )
        }
    ),
)  # fmt: skip
queues = st.fixed_dictionaries(
    {"id": st.just("q"), "demand": demands, "handling": times},
    optional={
        "name": labels,
        "language": labels,
        "patience": times,
        "closed": st.lists(dates, max_size=3),
        "timezone": st.sampled_from(["Asia/Kolkata", "UTC"]),
        "target": st.fixed_dictionaries({}, optional={"share": st.floats(0.1, 1), "threshold_seconds": factors}),
        "containment": st.lists(
            st.fixed_dictionaries({"from": dates, "share": st.floats(0, 1)}, optional={"failure": st.floats(0, 1)}),
            max_size=1,
        ),
        "route": st.sampled_from([{}, {"choice": "LEAST_OCCUPIED"}, {"steps": [{"teams": ["t"]}]}]),
    },
)
workforces = st.fixed_dictionaries(
    {"headcount": st.integers(0, 500)},
    optional={
        "shrinkage": st.fixed_dictionaries({}, optional={"leave": shares, "in_office": shares}),
        "attrition": st.fixed_dictionaries({"annual_rate": st.floats(0, 3)}),
        "classes": st.just([{"start": "2026-10-05", "size": 9, "training_weeks": 2}]),
        "tenure_weeks": st.fixed_dictionaries({"mean": st.floats(0, 500)}),
        "hiring": st.fixed_dictionaries({}, optional={"fill_rate": st.floats(0.1, 1), "training_pass": shares}),
        "nesting": st.fixed_dictionaries({"weeks": st.integers(1, 9)}, optional={"mentor_share": shares}),
        "learning": st.fixed_dictionaries({"time_constant_weeks": st.floats(0.5, 99)}),
        "ramp": st.fixed_dictionaries({}, optional={"notice_weeks": st.integers(0, 9)}),
    },
)
teams = st.one_of(
    st.fixed_dictionaries({"staffing": st.fixed_dictionaries({"agents": st.integers(0, 99)})}),
    st.fixed_dictionaries({"workforce": workforces, "shifts": st.just([{"start": "08:00", "hours": 8}])}),
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    team = {"id": "t", "site": "s", "skills": [{"queue": "q"}], **draw(teams)}
    return {
        "name": draw(labels),
        "start": "2026-09-28",
        draw(st.sampled_from(["weeks", "days"])): draw(st.integers(4, 20)),
        "timezone": "Europe/Paris",
        "queues": [draw(queues)],
        "vendors": [{"id": "v", "sites": [{"id": "s", "country": "NO"}], "teams": [team]}],
    }


def shuffled(data: Any, chance: random.Random) -> Any:
    """The same data with its maps in another order."""
    if isinstance(data, dict):
        return {key: shuffled(data[key], chance) for key in chance.sample(list(data), len(data))}
    return [shuffled(item, chance) for item in data] if isinstance(data, list) else data


everything = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@everything
@given(documents())
def test_every_scenario_survives_yaml_json_and_its_canonical_form(data: dict[str, Any]) -> None:
    scenario = from_data(data)
    for text in (to_yaml(scenario), canonical(scenario), json.dumps(data), json.dumps(data, indent="\t")):
        again = load(text)
        assert again == scenario
        assert digest(again) == digest(scenario)


@pytest.mark.slow
@everything
@given(documents(), st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_the_order_of_keys_nor_on_defaults_written_out(
    data: dict[str, Any], chance: random.Random
) -> None:
    scenario = from_data(data)
    written_out = scenario.model_dump(mode="json", by_alias=True)
    assert digest(from_data(shuffled(data, chance))) == digest(scenario)
    assert digest(from_data(written_out)) == digest(scenario)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Shop", "name: Shop 2"),
        ("weekly_volume: 1000", "weekly_volume: 1001"),
        ("{agents: 4}", "{agents: 5}"),
        ("country: PH", "country: SG"),
        ("Asia/Manila", "Asia/Singapore"),
        ("share: 0.8", "share: 0.81"),
    ],
)
def test_the_digest_tells_one_description_from_another(old: str, new: str) -> None:
    assert digest(loaded((old, new))) != digest(load(SHOP))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weekly_volume: 1000", "weekly_volume: 1e3"),
        ("name: Shop", 'name: "Shop"  # a comment'),
        ('open: "08:00"', 'open: "8:00"'),
        ("{agents: 4}", "{agents: [4]}"),
        ("{queue: orders, priority: 1}", "{queue: orders}"),
        ("    channel: VOICE\n", ""),
    ],
)
def test_the_digest_does_not_depend_on_the_way_it_is_written(old: str, new: str) -> None:
    assert digest(loaded((old, new))) == digest(load(SHOP))


def test_a_queue_that_is_like_another_has_the_digest_of_the_queue_written_out() -> None:
    like = shop(
        (
            "    channel: EMAIL\n    demand: {weekly_volume: 500}\n",
            "    like: orders\n    demand: {weekly_volume: 500}\n",
        ),
        ("    handling: {mean_seconds: 240}\n", ""),
        ("[{queue: orders}]", "[{queue: orders}, {queue: mail}]"),
    )
    orders = SHOP[SHOP.index("    channel: VOICE") : SHOP.index("  - id: mail")]
    full = like.replace("    like: orders\n    demand: {weekly_volume: 500}\n", orders).replace("1000", "500")
    full = full.replace("weekly_volume: 500", "weekly_volume: 1000", 1)
    full_mail = full[full.index("  - id: mail") :]
    demand = full_mail[full_mail.index("    demand:") : full_mail.index("    handling:")]
    full = full.replace(full_mail, full_mail.replace(demand, "    demand: {weekly_volume: 500}\n"))
    assert digest(load(full)) == digest(load(like))


def test_the_digest_is_the_same_in_every_version() -> None:
    assert digest(load(SERIES)) == "5491e4bc669201509b95f2a7f4f04f5a0b74858644d60b5d4b60cba3838ae181"


def test_the_canonical_form_leaves_defaults_out() -> None:
    mail = canonical_data(load(SHOP))["queues"][1]
    assert mail == {
        "id": "mail",
        "name": "mail",
        "channel": "EMAIL",
        "demand": {"weekly_volume": 500},
        "handling": {"mean_seconds": 240, "cv": 1},
        "target": {"threshold_seconds": 86400, "share": 0.95},
    }


@pytest.mark.parametrize(
    "name", ["NO", "1e5", "0o17", "true", "null", "~", "16:00", ".nan", "- x", "a: b", "# c", "é 😀", "'"]
)
def test_a_name_that_looks_like_something_else_stays_a_name(name: str) -> None:
    scenario = from_data({**canonical_data(load(SHOP)), "name": name})
    assert load(to_yaml(scenario)).name == name


def test_the_json_schema_describes_every_field_in_words() -> None:
    schema = json_schema()
    models = [schema, *(model for model in schema["$defs"].values() if "properties" in model)]
    assert len(models) > 20
    for model in models:
        assert model["description"]
        assert model["additionalProperties"] is False
        for name, field in model["properties"].items():
            assert "description" in field or "$ref" in field, name


def test_the_json_schema_knows_required_fields_and_alternatives() -> None:
    schema = json_schema()
    assert set(schema["required"]) == {"name", "start", "timezone", "queues", "vendors"}
    assert schema["oneOf"] == [{"required": ["weeks"]}, {"required": ["days"]}]
    assert schema["$defs"]["Queue"]["anyOf"] == [{"required": ["like"]}, {"required": ["demand", "handling"]}]
    assert "from" in schema["$defs"]["HandlingChange"]["properties"]


def test_a_scenario_cannot_be_changed() -> None:
    scenario: Any = load(SHOP)
    with pytest.raises(ValueError, match="frozen"):
        scenario.name = "other"
    assert isinstance(scenario, Scenario)


def test_deferred_work_that_wants_the_target_of_calls_still_wants_it_when_read_again() -> None:
    """Which left out would be a day instead of 20 seconds."""
    for target in ("{threshold_seconds: 20, share: 0.8}", "{}"):
        scenario = loaded(("channel: EMAIL\n", f"channel: EMAIL\n    target: {target}\n"))
        assert scenario.queues[1].target.threshold_seconds == 20
        assert load(canonical(scenario)) == load(to_yaml(scenario)) == scenario
