"""Everything wrong with a document is said at once: file, line, path, what is wrong, what to write."""

from time import process_time

import pytest

from simulation.scenario.problems import MOST_PROBLEMS, ScenarioError, nearest
from simulation.scenario.reading.document import from_data, load
from tests.scenario.documents import SERIES, SHOP, line_of, problems, shop

CHANGES = "{mean_seconds: 240, changes: [{from: 2026-10-09, multiplier: 2}, {from: 2026-10-05, multiplier: 1}]}"


def _batch(on: str, at: str = "06:00", volume: float = 9) -> str:
    return f'weekly_volume: 500, batches: [{{on: {on}, at: "{at}", volume: {volume:.0f}}}]'


def _shock(hours: float, start: str = "2026-10-01T09:00", add: float = 9) -> str:
    return f"weekly_volume: 500, shocks: [{{start: {start}, hours: {hours}, add: {add:.0f}}}]"


def _contains(entry: str) -> str:
    return f"channel: EMAIL\n    containment: [{{from: 2026-10-01, {entry}}}]"


def _quantiles(*points: tuple[float, float]) -> str:
    listed = ", ".join(f"{{share: {share}, seconds: {seconds}}}" for share, seconds in points)
    return f"{{distribution: EMPIRICAL, quantiles: [{listed}]}}"


ONE_WRONG = [
    # names
    ("weeks: 2", "weekz: 2", "weekz", "is not known here", "write weeks"),
    ("    channel: VOICE", "    chanel: VOICE", "queues.orders.chanel", "is not known here", "write channel"),
    ("channel: VOICE", "channel: voice", "queues.orders.channel", "'voice' is not known here", "write VOICE"),
    ("days: [MON, TUE", "days: [MON, TUES", "queues.orders.hours.0.days.1", "'TUES' is not known", "write TUE"),
    ("{MON: 1.2}", "{MONDAY: 1.2}", "queues.orders.demand.weekday_weights.MONDAY", "is not known here", "write MON"),
    ("{OCT: 1.1}", "{Oct: 1.1}", "queues.orders.demand.season.months.Oct", "is not known here", "write OCT"),
    ("country: PH", "country: UK", "vendors.acme.sites.manila.country", "no country 'UK'", "write GB"),
    ("America/New_York", "America/NewYork", "timezone", "no time zone 'America/NewYork'", "write America/New_York"),
    ("Asia/Manila", "Manila", "sites.manila.timezone", "no time zone 'Manila'", "write Asia/Manila"),
    ("site: home", "site: hme", "vendors.own.teams.own-voice.site", "has no site 'hme'", "write home"),
    ("[{queue: orders}]", "[{queue: order}]", "manila-voice.skills.0.queue", "no queue", "write orders"),
    ("[manila-voice]", "[manila-voce]", "queues.orders.route.steps.0.teams.0", "no team", "write manila-voice"),
    ("id: mail", "id: orders", "queues.orders.id", "already a queue 'orders'", "its own id"),
    ("id: own\n", "id: acme\n", "vendors.acme.id", "already a vendor 'acme'", "its own id"),
    ("id: own-voice", "id: manila-voice", "vendors.own.teams.manila-voice.id", "already a team", "its own id"),
    ("{id: home,", "{id: manila,", "vendors.own.sites.manila.id", "already a site", "its own id"),
    ("id: mail", "id: e.mail", "queues.e.mail.id", "'e.mail' will not do", "letters, digits, hyphens"),
    ("{queue: mail, priority: 2}", "{queue: orders}", "skills.1.queue", "already has skill 'orders'", "once"),
    (", {queue: mail, priority: 2}", "", "queues.mail", "nobody can serve this queue", "{queue: mail}"),
    ("[own-voice]", "[manila-voice]", "route.steps.1.teams.0", "already stands in this route", "once"),
    ("[{queue: orders, priority: 1}, ", "[", "queues.orders.route.steps.1.teams.0", "lacks the skill orders", "add"),
    ("    handling: {mean_seconds: 240}", "", "queues.mail.handling", "is missing", "add handling"),
    ("name: Shop\n", "", "name", "is missing", "add name"),
    # numbers
    ("weekly_volume: 1000", "weekly_volume: -1", "queues.orders.demand.weekly_volume", "is -1", "at least 0"),
    ("weekly_volume: 1000", "weekly_volume: many", "demand.weekly_volume", "is 'many'", "write a number"),
    ("weekly_volume: 1000", 'weekly_volume: "1000"', "demand.weekly_volume", "is '1000'", "write a number"),
    ("weekly_volume: 1000", "weekly_volume: .inf", "demand.weekly_volume", ".inf is not a number", "finite"),
    ("weekly_volume: 1000", "weekly_volume: true", "demand.weekly_volume", "is true", "write a number"),
    ("weekly_volume: 1000", "weekly_volume: 150e6", "queues", "335 million contacts", "lower the volumes"),
    ("mean_seconds: 300", "mean_seconds: 0", "queues.orders.handling.mean_seconds", "is 0", "over 0"),
    ("share: 0.8", "share: 80", "queues.orders.target.share", "is 80", "at most 1"),
    ("leave: 0.1", "leave: 1", "workforce.shrinkage.leave", "is 1", "under 1"),
    ("headcount: 20", "headcount: 20.5", "workforce.headcount", "is 20.5", "whole number"),
    ("{agents: 4}", "{agents: 4.5}", "staffing.agents.0", "is 4.5", "whole number"),
    ("weeks: 2", "weeks: 0", "weeks", "is 0", "at least 1"),
    ("weeks: 2", "weeks: 2\ninterval_minutes: 20", "interval_minutes", "is 20", "15, 30 or 60"),
    ("name: Shop", "name: 45", "name", "is 45", 'text in quotes, "45"'),
    ("cv: 0.8", "cv: 0", "queues.orders.handling.cv", "need a coefficient of variation", "at least 0.01"),
    (", cv: 0.8", "", "queues.orders.handling.cv", "need a coefficient of variation", "standard deviation / mean"),
    ("{mean_seconds: 120}", "{mean_seconds: 120, cv: 2}", "patience.cv", "always have a cv of 1", "remove cv"),
    ("share: 1}", "share: 0.9}", "manila-voice.shifts", "sum to 0.9", "sum to 1"),
    ("break_minutes: 60", "break_minutes: 540", "shifts.0.break_minutes", "as long as the shift", "fewer"),
    ("share: 1}", "days: [SAT, SUN]}", "shifts.0.days", "40 hours a week are more than 2 days", "at least 5 days"),
    # dates and times
    ("start: 2026-09-28", "start: 2026-9-28", "start", "'2026-9-28' is not a date", "2026-11-27"),
    ("start: 2026-09-28", "start: 2026-09-31", "start", "is not a date", "2026-11-27"),
    ("start: 2026-09-28", "start: 1900-01-01", "start", "outside the calendar", "1970"),
    ("start: 2026-09-14", "start: 2226-09-14", "classes.0.start", "outside the calendar", "1970 to 2199"),
    ('close: "22:00"', 'close: "25:00"', "queues.orders.hours.0.close", "is not a time of day", '"08:30"'),
    ('open: "08:00"', 'open: "24:00"', "queues.orders.hours.0.open", "no day opens at 24:00", '"00:00"'),
    ('"16:00": 1.0', '"4 pm": 1.0', "weights.4 pm", "is not a time of day", '"08:30"'),
    ("{months: {OCT: 1.1}}", '{weeks: {"54": 1.1}}', "season.weeks.54", "'54' will not do", "1 to 53"),
    ("until: 2026-12-31", "until: 2026-10-12", "classes.0.until", "leave before they are trained", "2026-10-12"),
    ("training_weeks: 4", "training_weeks: 2", "classes.0", "finished training on 2026-09-28", "in headcount"),
    ('close: "22:00"}', 'close: "22:00", from: 2026-10-02, to: 2026-10-01}', "hours.0.to", "ends before", "after"),
    ('close: "22:00"}', 'close: "22:00", to: 2026-01-01}', "queues.orders.hours", "never open", "some day"),
    ("{mean_seconds: 240}", CHANGES, "mail.handling.changes.1.from", "not after the one before", "by date"),
    # what belongs together
    ("weeks: 2", "weeks: 2\ndays: 3", "days", "weeks and days exclude each other", "keep one of weeks, days"),
    ("weeks: 2\n", "", "", "needs weeks or days", "write one of weeks, days"),
    ("weekly_volume: 500", "weekly_volume: 500, volumes: {2026-10: 4}", "mail.demand.volumes", "exclude", "keep one"),
    ("{weekly_volume: 500}", "{}", "queues.mail.demand", "needs weekly_volume or volumes or series", "write one of"),
    ("{OCT: 1.1}", "{OCT: 1.1}, weeks: {45: 1}", "season.weeks", "months and weeks exclude", "keep one"),
    ("        staffing: {agents: 4}", "", "teams.own-voice", "needs staffing or workforce", "write"),
    ("{agents: 4}", "{agents: 4}\n        workforce: {headcount: 3}", "own-voice.workforce", "exclude", "keep one"),
    ("{agents: 4}", '{agents: 4}\n        shifts: [{start: "08:00", hours: 8}]', "shifts", "no shifts", "remove"),
    ("{agents: 4}", "{agents: [4, 5]}", "staffing.agents", "has 2 entries, the horizon has 672", "672 of them"),
    ("channel: EMAIL", "channel: EMAIL\n    patience: {mean_seconds: 9}", "mail.patience", "never abandons", "remove"),
    ("multiplier: 1.5", "multiplier: 1.5, included: true", "events.0.included", "before events", "remove included"),
    ("{threshold_seconds: 20", "{formula: SHORT_ABANDONS_COUNT, threshold_seconds: 5", "short_abandon", "shorter", "5"),
    ("{teams: [manila-voice]}", "{teams: [manila-voice], after_seconds: 9}", "after_seconds", "first", "remove"),
    ("[{teams: [manila-voice]}", "[{teams: []}", "queues.orders.route.steps.0.teams", "has no entries", "at least 1"),
    ("weekly_volume: 500", "series: {start: 2020-01-01T00:00, minutes: 30, volumes: [1]}", "start", "outside", ""),
    ("weekly_volume: 500", "volumes: {2020-10: 9}", "mail.demand.volumes", "outside the horizon", "move"),
    ("weekly_volume: 500", "volumes: {2026-10: 9}, growth_per_year: 0.1", "growth_per_year", "takes no", "remove"),
    ("weekly_volume: 500", "series: {start: 2026-09-28T00:00, minutes: 7, volumes: [1]}", "minutes", "divide", "15"),
    # demand beside the profile
    ("weekly_volume: 500", "weekly_volume: 500, busyness_cv: -0.1", "mail.demand.busyness_cv", "is -0.1", "at least 0"),
    ("weeks: 2", "weeks: 2\nbusyness_correlation: 1.5", "busyness_correlation", "is 1.5", "at most 1"),
    ("weekly_volume: 500", "weekly_volume: 500, forecast_error: {bias: -1}", "forecast_error.bias", "is -1", "over -1"),
    ("weekly_volume: 500", "weekly_volume: 500, forecast_error: {cv_by_lead_weeks: {0: 1}}", "weeks.0", "'0'", "1 to"),
    ("weekly_volume: 500", "weekly_volume: 500, forecast_error: {cv_by_lead: {1: 1}}", "cv_by_lead", "not known", "cv"),
    ("weekly_volume: 500", "weekly_volume: 500, forecast_error: {horizon_share: 2}", "horizon_share", "is 2", "most 1"),
    ("weekly_volume: 500", _batch("[WD24]"), "mail.demand.batches.0.on.0", "'WD24' will not do", "WD1 or WD-1"),
    ("weekly_volume: 500", _batch("[]"), "mail.demand.batches.0.on", "has no entries", "at least 1"),
    ("weekly_volume: 500", _batch("[MON]", "24:00"), "mail.demand.batches.0.at", "24:00", "of the next day"),
    ("weekly_volume: 500", _batch("[MON]", volume=2e7), "batches.0.volume", "is 20000000", "at most 10,000,000"),
    ("weekly_volume: 500", _shock(169), "mail.demand.shocks.0.hours", "is 169", "at most 168"),
    ("weekly_volume: 500", _shock(0), "mail.demand.shocks.0.hours", "is 0", "at least 0.001"),
    ("weekly_volume: 500", _shock(1, "2026-10-01"), "shocks.0.start", "not a local date and time", "without a zone"),
    ("weekly_volume: 500", _shock(1, add=200e6), "queues", "200 million contacts", "lower the volumes"),
    ("weekly_volume: 500", "share_of: orders", "mail.demand.share", "needs a share", "add share"),
    ("weekly_volume: 500", "weekly_volume: 500, share: 0.5", "mail.demand.share", "of which queue", "add share_of"),
    ("weekly_volume: 500", "share_of: orders, share: 1.5", "mail.demand.share", "is 1.5", "at most 1"),
    ("weekly_volume: 500", "share_of: ordrs, share: 0.5", "demand.share_of", "there is no queue 'ordrs'", "orders"),
    ("weekly_volume: 500", "share_of: mail, share: 0.5", "demand.share_of", "leads back to this queue", "of its own"),
    ("weekly_volume: 500", "share_of: orders, share: 1, weekday_weights: {MON: 2}", "weights", "share of a", "remove"),
    ("weekly_volume: 500", "share_of: orders, share: 1, weekly_volume: 5", "demand.share_of", "exclude", "keep one"),
    # containment
    ("channel: EMAIL", _contains("share: 1.2"), "mail.containment.0.share", "is 1.2", "at most 1"),
    ("channel: EMAIL", _contains("share: 0.2, failure: 2"), "mail.containment.0.failure", "is 2", "at most 1"),
    ("channel: EMAIL", _contains("share: 0.2, handling_multiplier: 0"), "0.handling_multiplier", "is 0", "over 0"),
    ("channel: EMAIL", _contains("share: 0.2}, {from: 2026-10-01, share: 0"), "containment.1.from", "before", "date"),
    # times as observed
    ("{mean_seconds: 240}", "{distribution: EMPIRICAL}", "mail.handling", "needs mean_seconds or", "write one of"),
    ("{mean_seconds: 240}", "{distribution: EMPIRICAL, mean_seconds: 9}", "mean_seconds", "as observed", "values or"),
    ("{mean_seconds: 240}", "{values: [9]}", "handling.values", "not given by values", "distribution: EMPIRICAL"),
    ("{mean_seconds: 240}", "{distribution: EMPIRICAL, values: [0, 0]}", "handling.values", "time is 0", "over 0"),
    ("{mean_seconds: 240}", "{distribution: EMPIRICAL, values: []}", "handling.values", "has no entries", "at least 1"),
    ("{mean_seconds: 240}", "{distribution: EMPIRICAL, values: [-1]}", "handling.values.0", "is -1", "at least 0"),
    ("{mean_seconds: 240}", "{distribution: EMPIRICAL, values: [9], cv: 1}", "handling.cv", "cv of what", "remove cv"),
    ("{mean_seconds: 240}", _quantiles((0.5, 9)), "handling.quantiles", "has 1 entries", "at least 2"),
    ("{mean_seconds: 240}", _quantiles((0.5, 9), (0.5, 10)), "quantiles.1.share", "not over the share", "by share"),
    ("{mean_seconds: 240}", _quantiles((0.5, 9), (0.9, 8)), "quantiles.1.seconds", "cannot be shorter", "at least 9"),
    ("{mean_seconds: 240}", _quantiles((0.5, 9), (90, 10)), "quantiles.1.share", "is 90", "at most 1"),
    # shapes
    ("[{queue: orders}]", "orders", "manila-voice.skills", "is 'orders'", "write a list"),
    ("{leave: 0.1, in_office: 0.1}", "0.2", "workforce.shrinkage", "is 0.2", "write a map"),
    ("weekly_volume: 500", "weekly_volume: 500, weekday_weights: [1]", "weekday_weights", "is a list", "write a map"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "message", "mend"), ONE_WRONG)
def test_one_wrong_thing_is_named_once_with_its_path_and_mend(
    old: str, new: str, path: str, message: str, mend: str
) -> None:
    found = problems(shop((old, new)))
    named = [p for p in found if path in p.path and message in p.message and mend in p.mend]
    assert len(named) == 1, found


@pytest.mark.parametrize("old", ["weekly_volume: 1000", "mean_seconds: 300", "headcount: 20", "{queue: orders}"])
def test_one_wrong_value_has_no_further_problem_in_its_wake(old: str) -> None:
    name = old.strip("{}").partition(":")[0]
    (problem,) = problems(
        shop((f"[{old}]" if "{" in old else old, f"[{{{name}: nobody}}]" if "{" in old else f"{name}: .nan"))
    )
    assert problem.path.endswith(name)


def test_the_line_is_the_value_s_own() -> None:
    text = shop(("mean_seconds: 300", "mean_seconds: 0"), ("country: PH", "country: XX"), ("leave: 0.1", "leave: 2"))
    assert [(p.line, p.path) for p in problems(text)] == [
        (line_of(text, "mean_seconds: 0"), "queues.orders.handling.mean_seconds"),
        (line_of(text, "country: XX"), "vendors.acme.sites.manila.country"),
        (line_of(text, "leave: 2"), "vendors.acme.teams.manila-voice.workforce.shrinkage.leave"),
    ]


def test_a_problem_is_one_line_of_text() -> None:
    text = shop(("mean_seconds: 300", "mean_seconds: 0"))
    line = line_of(text, "mean_seconds: 0")
    assert (
        str(problems(text)[0]) == f"shop.yaml:{line}: queues.orders.handling.mean_seconds: is 0; write a number over 0"
    )


def test_every_problem_is_said_at_once() -> None:
    text = shop(
        ("weeks: 2", "weeks: 2\ndays: 3\nbudget: 9"),
        ("weekly_volume: 1000", "weekly_volume: .nan"),
        ("[manila-voice]", "[manila-voic]"),
        ("weekly_volume: 500", "weekly_volume: 500, weekly_volume: 600"),
        ("country: PH", "country: ZZ"),
        ("{agents: 4}", "{agents: 4}\n        workforce: {headcount: many}"),
    )
    assert [problem.path for problem in problems(text)] == [
        "days",
        "budget",
        "queues.orders.demand.weekly_volume",
        "queues.orders.route.steps.0.teams.0",
        "queues.mail.demand.weekly_volume",
        "vendors.acme.sites.manila.country",
        "vendors.own.teams.own-voice.workforce.headcount",
        "vendors.own.teams.own-voice.workforce",
    ]


def test_lengths_are_checked_where_another_queue_is_wrong() -> None:
    text = shop(("mean_seconds: 240", "mean_seconds: 0"), ("{agents: 4}", "{agents: [4, 5]}"))
    assert [problem.path for problem in problems(text)] == [
        "queues.mail.handling.mean_seconds",
        "vendors.own.teams.own-voice.staffing.agents",
    ]


def test_a_wrong_list_is_not_also_called_too_short() -> None:
    assert [problem.path for problem in problems(shop(("{agents: 4}", "{agents: [x]}")))] == [
        "vendors.own.teams.own-voice.staffing.agents.0"
    ]


def test_data_without_lines_is_refused_by_file_and_path() -> None:
    with pytest.raises(ScenarioError) as refused:
        from_data({"name": "x", "weeks": 1}, file="request")
    assert {(p.line, p.path) for p in refused.value.problems} == {
        (None, "start"),
        (None, "timezone"),
        (None, "queues"),
        (None, "vendors"),
    }
    assert str(refused.value).startswith("request: start: is missing; add start")


@pytest.mark.parametrize("text", ["", "# nothing\n", "- 1\n", "just words"])
def test_a_document_that_is_no_map_is_told_how_to_begin(text: str) -> None:
    (problem,) = problems(text)
    assert problem.mend.startswith("begin with name")


@pytest.mark.parametrize("wrong", ["0", ".nan"])
def test_what_is_wrong_with_a_taken_field_is_said_of_its_source_only(wrong: str) -> None:
    text = shop(
        ("mean_seconds: 300", f"mean_seconds: {wrong}"),
        ("  - id: mail\n", "  - id: mail\n    like: orders\n"),
        ("    handling: {mean_seconds: 240}\n", ""),
        ("channel: EMAIL", "channel: CHAT"),
    )
    assert [p.path for p in problems(text) if "handling" in p.path] == ["queues.orders.handling.mean_seconds"]


def test_a_taken_field_is_refused_where_it_does_not_fit() -> None:
    text = shop(
        ("  - id: mail\n", "  - id: mail\n    like: orders\n"),
        ("[{queue: orders}]", "[{queue: orders}, {queue: mail}]"),
    )
    (problem,) = problems(text)
    assert (problem.path, problem.line) == ("queues.mail.patience", line_of(text, "- id: mail"))


@pytest.mark.parametrize(
    ("like", "message"), [("ordrs", "there is no queue 'ordrs'"), ("mail", "leads back to this queue")]
)
def test_a_like_that_leads_nowhere_is_refused(like: str, message: str) -> None:
    text = shop(("  - id: mail\n", f"  - id: mail\n    like: {like}\n"), ("    handling: {mean_seconds: 240}\n", ""))
    (problem,) = [p for p in problems(text) if p.path == "queues.mail.like"]
    assert problem.message == message


def test_contacts_of_an_immediate_queue_do_not_arrive_in_batches() -> None:
    text = shop(("weekly_volume: 500", _batch("[MON]")), ("channel: EMAIL", "channel: CHAT"))
    (problem,) = problems(text)
    assert (problem.path, problem.message) == (
        "queues.mail.demand.batches",
        "contacts by CHAT do not arrive in batches",
    )


def test_an_immediate_queue_has_no_share_of_batches() -> None:
    demand = (
        "      weekly_volume: 1000\n      weekday_weights: {MON: 1.2}\n"
        '      time_of_day_weights: [{weights: {"08:00": 0.4, "16:00": 1.0}}]\n      season: {months: {OCT: 1.1}}\n'
    )
    text = shop(
        (demand, "      share_of: mail\n      share: 0.5\n"),
        ("{weekly_volume: 500}", '{weekly_volume: 500, batches: [{on: [MON], at: "06:00", volume: 9}]}'),
    )
    (problem,) = problems(text)
    assert (problem.path, problem.message) == (
        "queues.orders.demand.share_of",
        "contacts by VOICE do not arrive in batches, those of mail do",
    )


def test_a_circle_of_shares_is_refused_at_each_queue_in_it_and_at_none_outside() -> None:
    text = shop(("{weekly_volume: 500}", "{share_of: mail, share: 1}"))
    assert [problem.path for problem in problems(text)] == ["queues.mail.demand.share_of"]


def test_a_share_of_a_great_volume_counts_towards_the_greatest() -> None:
    text = shop(("weekly_volume: 1000", "weekly_volume: 60e6"), ("weekly_volume: 500", "share_of: orders, share: 1"))
    (problem,) = problems(text)
    assert (problem.path, "million contacts" in problem.message) == ("queues", True)


def test_a_circle_of_likes_is_refused() -> None:
    text = shop(
        ("  - id: mail\n", "  - id: mail\n    like: orders\n"), ("  - id: orders\n", "  - id: orders\n    like: mail\n")
    )
    assert any("leads back" in problem.message for problem in problems(text))


def test_the_documents_that_are_right_have_no_problem() -> None:
    assert problems(SHOP) == problems(SERIES) == []


def test_a_queue_may_be_closed_on_all_of_a_few_days() -> None:
    sunday = (("start: 2026-09-28", "start: 2026-10-04"), ("weeks: 2", "days: 1"))
    assert problems(shop(*sunday)) == []


def test_a_staffing_of_as_many_entries_as_intervals_fits_over_a_clock_change() -> None:
    replacements = (
        ("start: 2026-09-28", "start: 2026-10-31"),
        ("weeks: 2", "days: 2"),
        ("start: 2026-10-02", "start: 2026-10-31"),
    )
    classes = ("classes: [{start: 2026-09-14,", "classes: [{start: 2026-10-19,")
    agents = ", ".join(["4"] * 98)
    text = shop(*replacements, classes, ("{agents: 4}", f"{{agents: [{agents}]}}"))
    assert load(text).horizon.intervals == 98


@pytest.mark.parametrize(("word", "known"), [("SLA", None), ("weekly_volum", "weekly_volume"), ("EMAI", "EMAIL")])
def test_the_nearest_word_is_found_whatever_its_case(word: str, known: str | None) -> None:
    assert nearest(word, ["weekly_volume", "EMAIL"]) == known


@pytest.mark.slow
def test_of_very_many_problems_a_hundred_are_said_soon_and_that_there_are_more() -> None:
    began = process_time()
    found = problems(SHOP + "".join(f"key{number}: 1\n" for number in range(50_000)))
    assert len(found) == MOST_PROBLEMS + 1
    assert found[0].path == "key0"
    assert str(found[-1]) == "shop.yaml: and more is wrong; mend these 100 first"
    assert process_time() - began < 10


def test_a_hundred_problems_are_all_said() -> None:
    found = problems(SHOP + "".join(f"key{number}: 1\n" for number in range(MOST_PROBLEMS)))
    assert [problem.path for problem in found] == [f"key{number}" for number in range(MOST_PROBLEMS)]


@pytest.mark.parametrize("queue", ["{{id: q{0}}}", "{{id: q{0}, like: nothing-{0}}}", "{{id: q{0}, like: q{1}}}"])
def test_very_many_wrong_queues_are_refused_soon(queue: str) -> None:
    head = "name: Many\nstart: 2026-03-02\nweeks: 1\ntimezone: UTC\nvendors: []\nqueues:\n"
    began = process_time()
    found = problems(head + "".join(f"- {queue.format(number, number + 1)}\n" for number in range(5000)))
    assert 1 <= len(found) <= MOST_PROBLEMS + 1
    assert process_time() - began < 10


def test_a_misspelt_word_is_compared_with_few_of_very_many() -> None:
    known = [f"queue-{number}" for number in range(200_000)]
    began = process_time()
    assert nearest("QUEUE-199999", known) == "queue-199999"
    assert nearest("queue-x", known) is not None
    assert process_time() - began < 5


def many(queues: int, teams: int, length: str) -> str:
    first = "{id: q0, channel: EMAIL, demand: {weekly_volume: 10}, handling: {mean_seconds: 60}}"
    rest = "".join(f"  - {{id: q{number}, like: q0}}\n" for number in range(1, queues))
    skills = ", ".join(f"{{queue: q{number}}}" for number in range(queues))
    members = "".join(
        f"      - {{id: t{number}, site: s, skills: [{skills if number == 0 else '{queue: q0}'}], "
        "staffing: {agents: 1}}\n"
        for number in range(teams)
    )
    return (
        f"name: Many\nstart: 2026-03-02\n{length}\ntimezone: UTC\ninterval_minutes: 15\nqueues:\n  - {first}\n{rest}"
        f"vendors:\n  - id: v\n    sites: [{{id: s, country: US}}]\n    teams:\n{members}"
    )


@pytest.mark.slow
def test_more_intervals_queues_and_teams_than_memory_holds_are_refused() -> None:
    (problem,) = problems(many(60, 2, "days: 3660"))
    assert problem.path == "queues"
    assert problem.message == "351,360 intervals of 62 queues and teams make 21.8 million, at most 20 million fit"
    assert problem.mend == "write fewer weeks, longer intervals, or fewer queues and teams"


def test_a_year_of_quarter_hours_of_a_hundred_queues_and_teams_fits() -> None:
    assert problems(many(100, 100, "weeks: 52")) == []


@pytest.mark.parametrize("zone", ["Factory", "localtime", "posixrules"])
def test_a_zone_that_stands_for_no_place_is_refused(zone: str) -> None:
    (problem,) = problems(shop(("timezone: America/New_York", f"timezone: {zone}")))
    assert problem.message == f"there is no time zone '{zone}'"


@pytest.mark.parametrize("name", [" ", "\u3000", "\u200b", "\u00a0 "])
def test_a_name_can_be_seen(name: str) -> None:
    (problem,) = problems(shop(("name: Shop", f'name: "{name}"')))
    assert problem.mend == "write one line of text that can be seen"
    assert problems(shop(("name: Shop", f'name: "{name}x{name}"'))) == []
