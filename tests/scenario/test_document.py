"""A document becomes a scenario: defaults, likeness, changed values."""

import pytest

from simulation.scenario.calendar import Weekday
from simulation.scenario.problems import ScenarioError
from simulation.scenario.queues.channels import Channel
from simulation.scenario.queues.promises import Formula
from simulation.scenario.queues.routes import Choice
from simulation.scenario.queues.times import Distribution
from simulation.scenario.reading.document import from_data, load, set_paths
from simulation.scenario.reading.yaml_text import read
from simulation.scenario.vendors import Leaving, VendorKind
from tests.scenario.documents import SERIES, SHOP, loaded, shop


def test_what_is_left_out_has_its_default() -> None:
    scenario = load(SHOP)
    orders, mail = scenario.queues
    assert scenario.interval_minutes == 30
    assert orders.name == "orders"
    assert orders.timezone is None
    assert (orders.target.formula, orders.target.short_abandon_seconds) == (Formula.ANSWERED_OVER_OFFERED, 5)
    assert orders.route.choice is Choice.LONGEST_IDLE
    assert orders.patience is not None
    assert (orders.patience.distribution, orders.patience.cv) == (Distribution.EXPONENTIAL, 1)
    assert mail.hours is None
    assert mail.patience is None
    assert mail.route.steps == ()
    assert scenario.vendors[0].kind is VendorKind.OUTSOURCED
    assert scenario.teams[0].leaving is Leaving.OWN_CONTACT
    assert scenario.teams[0].shifts[0].days == tuple(Weekday)
    assert scenario.teams[1].skills[0].speed == 1


def test_deferred_work_left_without_a_target_has_a_day() -> None:
    orders, mail = load(SHOP).queues
    assert (orders.target.threshold_seconds, orders.target.share) == (20, 0.8)
    assert (mail.target.threshold_seconds, mail.target.share) == (86_400, 0.95)


def test_a_document_like_the_floor_s_benchmarks_loads() -> None:
    scenario = load(SERIES)
    assert scenario.horizon.intervals == 24
    series = scenario.queues[0].demand.series
    assert series is not None
    assert (str(series.start), series.volumes[2]) == ("2026-03-02 00:00:00", 40)
    assert scenario.teams[0].leaving is Leaving.FIRST_FREE


def test_one_number_of_agents_holds_all_the_time() -> None:
    staffing = load(SHOP).teams[1].staffing
    assert staffing is not None
    assert staffing.agents == (4,)


def test_a_deterministic_time_has_no_variation() -> None:
    assert (
        loaded(("{mean_seconds: 240}", "{distribution: DETERMINISTIC, mean_seconds: 240}")).queues[1].handling.cv == 0
    )


def test_null_is_the_same_as_left_out() -> None:
    assert loaded(("channel: EMAIL", "channel: EMAIL\n    name: null\n    hours: null\n    closed: null")) == load(SHOP)


def test_a_queue_takes_whole_fields_from_another() -> None:
    scenario = loaded(
        ("    channel: EMAIL\n    demand: {weekly_volume: 500}\n", "    like: orders\n    name: Chat\n"),
        ("[{queue: orders}]", "[{queue: orders}, {queue: mail}]"),
        ("handling: {mean_seconds: 240}", "channel: CHAT"),
    )  # fmt: skip
    orders, like = scenario.queues
    assert (like.id, like.name, like.channel, like.like) == ("mail", "Chat", Channel.CHAT, None)
    assert (like.demand, like.handling, like.hours) == (orders.demand, orders.handling, orders.hours)


def test_likeness_goes_through_several_queues_in_any_order() -> None:
    text = shop(
        ("  - id: mail\n    channel: EMAIL\n    demand: {weekly_volume: 500}\n    handling: {mean_seconds: 240}\n",
         "  - id: mail\n    like: orders\n    channel: CHAT\n"),
        ("queues:\n", "queues:\n  - id: first\n    like: mail\n"),
        ("[{queue: orders}]", "[{queue: orders}, {queue: mail}, {queue: first}]"),
        ("[{queue: orders, priority: 1}", "[{queue: first}, {queue: orders, priority: 1}"),
    )  # fmt: skip
    first, orders, mail = load(text).queues
    assert first.channel is mail.channel is Channel.CHAT
    assert first.demand == orders.demand


def test_values_are_changed_by_path() -> None:
    changes = {
        "queues.orders.demand.weekly_volume": "45000",
        "queues.1.handling.mean_seconds": "60.5",
        "queues.orders.demand.growth_per_year": "0.1",
        "queues.orders.route.steps.1.after_seconds": "45",
        "vendors.own.teams.own-voice.staffing.agents": "9",
        "weeks": "null",
        "days": "3",
        "queues.mail.target": "{threshold_seconds: 3600, share: 0.9}",
        "queues.orders.demand.season.months.NOV": "2",
    }
    scenario = load(SHOP, changes=changes)
    orders, mail = scenario.queues
    assert (orders.demand.weekly_volume, orders.demand.growth_per_year) == (45_000, 0.1)
    assert orders.demand.season is not None
    assert orders.demand.season.months == {"OCT": 1.1, "NOV": 2}
    assert orders.route.steps[1].after_seconds == 45
    assert (mail.handling.mean_seconds, mail.target.threshold_seconds) == (60.5, 3600)
    assert scenario.horizon.days == 3
    staffing = scenario.teams[1].staffing
    assert staffing is not None
    assert staffing.agents == (9,)


@pytest.mark.parametrize(
    ("path", "message", "mend"),
    [
        ("queues.order.demand.weekly_volume", "there is no 'order' here", "write orders"),
        ("queues.9.demand.weekly_volume", "there is no '9' here", "write one of orders, mail"),
        ("queues.orders.demand.weekly_volum", "'weekly_volum' is not known here", "write weekly_volume"),
        ("queues.orders.route.steps.7.after_seconds", "there is no '7' here", "from 0 to 1"),
        ("name.first", "name is a single value", "end the path there"),
        ("budget", "'budget' is not known here", "write one of name"),
        ("", "'' is not known here", "write one of name"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_with_the_nearest(path: str, message: str, mend: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        load(SHOP, file="shop.yaml", changes={path: "1"})
    (problem,) = refused.value.problems
    assert (problem.path, problem.message, problem.line) == (path, message, None)
    assert mend in problem.mend


def test_a_changed_value_must_be_valid_too() -> None:
    with pytest.raises(ScenarioError, match=r"weekly_volume: is -1; write a number at least 0"):
        load(SHOP, changes={"queues.orders.demand.weekly_volume": "-1"})
    with pytest.raises(ScenarioError, match="is not YAML here"):
        load(SHOP, changes={"queues.orders.demand.weekly_volume": "[1"})


def test_changing_leaves_the_given_data_alone() -> None:
    data = read(SHOP).data
    changed = set_paths(data, {"queues.orders.demand.weekly_volume": "7"})
    assert from_data(changed).queues[0].demand.weekly_volume == 7
    assert from_data(data) == load(SHOP)
