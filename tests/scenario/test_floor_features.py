"""What a queue may ask of the floor, and outages: described, checked, written out and read again."""

from typing import Any

import pytest

from simulation.scenario.event_kinds import EventKind
from simulation.scenario.events import InService
from simulation.scenario.lasting import Lasting
from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.queues.channels import Channel
from simulation.scenario.queues.promises import TurnaroundClock
from simulation.scenario.queues.routes import AllocationKind, Choice
from simulation.scenario.reading.canonical import canonical, digest, to_yaml
from simulation.scenario.reading.document import from_data, load
from tests.scenario.documents import DEMAND, HANDLING, Data, centre, vendor


def said_against(**changes: Any) -> list[Problem]:
    with pytest.raises(ScenarioError) as refused:
        from_data(centre(**changes))
    return refused.value.problems


def test_the_floor_s_features_are_read_as_written() -> None:
    scenario = from_data(centre())
    calls, chats, mail, records = scenario.queues
    assert calls.balking_probability == 0.1
    assert calls.lines == 40
    assert calls.retrial is not None
    assert (calls.retrial.probability, calls.retrial.mean_delay_minutes) == (0.3, 15)
    assert calls.repeat is not None
    assert (calls.repeat.returns, calls.repeat.mean_delay_hours, calls.repeat.window_days) == (0.9, 20, 7)
    assert [(transfer.to, transfer.probability) for transfer in calls.transfers] == [("mail", 0.06), ("chats", 0.9)]
    assert calls.callback is not None
    assert (calls.callback.offer_over_seconds, calls.callback.acceptance, calls.callback.success) == (300, 0.5, 0.9)
    assert calls.route.choice is Choice.ALLOCATION
    first, second = calls.route.allocation
    assert (first.from_, first.shares, first.kind) == (None, {"acme": 0.7, "own": 0.3}, AllocationKind.COUNTED)
    assert (str(second.from_), second.shares, second.kind) == ("2026-10-05", {"acme": 1}, AllocationKind.RANDOM)
    assert chats.channel is Channel.CHAT
    assert mail.quality is not None
    assert (mail.quality.defects, mail.quality.found) == (0.03, 0.8)
    assert (mail.backlog.volume, mail.backlog.mean_age_hours) == (120, 16)
    assert mail.turnaround is not None
    assert (mail.turnaround.target_hours, mail.turnaround.share, mail.turnaround.cut_off) == (24, 0.9, "17:00")
    assert mail.turnaround.clock is TurnaroundClock.OPENING
    assert records.channel is Channel.CASE
    assert records.turnaround is not None
    assert (records.turnaround.due, records.turnaround.target_hours) == ("WD-1", None)
    site, team, platform = scenario.events
    assert (site.kind, site.site, site.team, site.share) == (EventKind.OUTAGE, "manila", None, 0.5)
    assert site.hours == Lasting(mean=12, cv=0)
    assert (site.failover_minutes, site.failover_share, site.in_service) == (90, 0.4, InService.REQUEUED)
    assert (team.team, team.share, team.failover_minutes, team.in_service) == ("home", 1, None, InService.LOST)
    assert (platform.site, platform.team) == (None, None)


def test_what_is_left_out_changes_nothing() -> None:
    bare = {"id": "calls", "demand": DEMAND, "handling": HANDLING}
    quiet: dict[str, object] = {
        "balking_probability": 0,
        "lines": None,
        "transfers": [],
        "backlog": {"volume": 0, "mean_age_hours": 0},
    }
    vendors = [vendor("own", "office", "home", [{"queue": "calls"}])]
    resolved = [vendor("own", "office", "home", [{"queue": "calls", "resolution": 1}])]
    plain = from_data(centre(queues=[bare], vendors=vendors, events=[]))
    assert digest(plain) == digest(from_data(centre(queues=[bare | quiet], vendors=resolved, events=[])))


def test_the_floor_s_features_survive_yaml_and_the_canonical_form() -> None:
    scenario = from_data(centre())
    assert load(to_yaml(scenario)) == load(canonical(scenario)) == scenario


ALLOCATED = {"choice": "ALLOCATION"}
HALF = {"acme": 0.5, "own": 0.5}
REFUSED: list[tuple[str, Data, str, str, str]] = [
    # queue, what it is given, path below the queue, what is wrong, mend
    ("calls", {"balking_probability": 1.5}, "balking_probability", "is 1.5", "at most 1"),
    ("mail", {"balking_probability": 0.1}, "balking_probability", "EMAIL does not balk", "remove balking_probability"),
    ("calls", {"lines": 0}, "lines", "is 0", "at least 1"),
    ("mail", {"lines": 5}, "lines", "takes no line", "VOICE or CHAT"),
    ("mail", {"retrial": {"probability": 0.1}}, "retrial", "neither abandoned", "remove retrial"),
    ("calls", {"retrial": {"probability": 1.1}}, "retrial.probability", "is 1.1", "at most 1"),
    ("calls", {"retrial": {"probability": 0.1, "mean_delay_minutes": -3}}, "mean_delay_minutes", "is -3", "at least"),
    ("calls", {"repeat": {"returns": 1, "mean_delay_hours": 0}}, "repeat.mean_delay_hours", "is 0", "over 0"),
    ("calls", {"repeat": {"returns": -0.1}}, "repeat.returns", "is -0.1", "at least 0"),
    ("calls", {"repeat": {}}, "repeat.returns", "is missing", "add returns"),
    ("calls", {"transfers": [{"to": "mial", "probability": 0.1}]}, "transfers.0.to", "no queue 'mial'", "write mail"),
    ("calls", {"transfers": [{"to": "calls", "probability": 0.1}]}, "transfers.0.to", "to itself", "another queue"),
    ("mail", {"transfers": [{"to": "calls", "probability": 0.6}, {"to": "chats", "probability": 0.5}]}, "transfers",
     "sum to 1.1", "at most 1"),
    ("mail", {"transfers": [{"to": "calls", "probability": 0.1}, {"to": "calls", "probability": 0.1}]},
     "transfers.1.to", "already named", "once"),
    ("mail", {"quality": {"defects": 2}}, "quality.defects", "is 2", "at most 1"),
    ("mail", {"callback": {"offer_over_seconds": 9, "acceptance": 0.5}}, "callback", "no call-back", "VOICE or CHAT"),
    ("calls", {"callback": {"offer_over_seconds": 9, "acceptance": 5}}, "callback.acceptance", "is 5", "at most 1"),
    ("records", {"patience": {"mean_seconds": 9}}, "patience", "never abandons", "remove patience"),
    ("calls", {"backlog": {"volume": 5}}, "backlog", "no work is deferred here", "EMAIL, SOCIAL, CASE or OUTBOUND"),
    ("mail", {"backlog": {"volume": 5.5}}, "backlog.volume", "is 5.5", "whole number"),
    ("calls", {"turnaround": {"target_hours": 4}}, "turnaround", "no work is deferred here", "remove turnaround"),
    ("mail", {"turnaround": {}}, "turnaround", "needs target_hours or due", "write one of"),
    ("mail", {"turnaround": {"target_hours": 4, "due": "WD3"}}, "turnaround.due", "exclude", "keep one"),
    ("mail", {"turnaround": {"due": "WD3", "clock": "OPENING"}}, "turnaround.clock", "no opening hours", "remove"),
    ("mail", {"turnaround": {"due": "WD0"}}, "turnaround.due", "'WD0' will not do", "WD1 or WD-1"),
    ("mail", {"turnaround": {"due": "WD6"}, "hours": [{"days": ["MON"], "open": "08:00", "close": "18:00"}]},
     "turnaround.due", "no month of the horizon has a WD6", "another working day"),
    ("mail", {"turnaround": {"target_hours": 4, "cut_off": "5 pm"}}, "turnaround.cut_off", "no", "08:30"),
    ("mail", {"turnaround": {"target_hours": 0}}, "turnaround.target_hours", "is 0", "over 0"),
    ("calls", {"route": ALLOCATED}, "route.allocation", "needs shares", "add allocation"),
    ("calls", {"route": {"allocation": [{"shares": HALF}]}}, "route.allocation", "allocates nothing", "ALLOCATION"),
    ("calls", {"route": ALLOCATED | {"allocation": [{"shares": {"acme": 0.5, "own": 0.4}}]}},
     "route.allocation.0.shares", "sum to 0.9", "sum to 1"),
    ("calls", {"route": ALLOCATED | {"allocation": [{"shares": {"acme": 0.5, "owm": 0.5}}]}},
     "route.allocation.0.shares.owm", "no vendor 'owm'", "write own"),
    ("calls", {"route": ALLOCATED | {"allocation": [{"shares": HALF}], "steps": [{"teams": ["voice"]}]}},
     "route.allocation.0.shares.own", "no team of own may answer", "a step of the route"),
    ("calls", {"route": ALLOCATED | {"allocation": [{"from": "2026-09-29", "shares": HALF}]}},
     "route.allocation.0.from", "nothing is allocated before", "2026-09-28 or earlier"),
    ("calls", {"route": ALLOCATED | {"allocation": [{"shares": HALF}, {"shares": HALF}]}},
     "route.allocation.1.from", "not after the entry before", "by date"),
]  # fmt: skip


@pytest.mark.parametrize(("queue", "given", "path", "message", "mend"), REFUSED)
def test_what_a_queue_cannot_ask_is_refused_once(queue: str, given: Data, path: str, message: str, mend: str) -> None:
    found = said_against(**{queue: given})
    assert len(found) == 1, found
    (problem,) = found
    assert problem.path.startswith(f"queues.{queue}.")
    assert problem.path.endswith(path)
    assert message in problem.message or message in str(problem)
    assert mend in problem.mend


OUTAGE: Data = {"kind": "OUTAGE", "start": "2026-09-30T09:00", "hours": 2}
RATE: Data = {"start": None, "per_year": 2}


@pytest.mark.parametrize(
    ("event", "path", "message", "mend"),
    [
        ({"kind": "OUTAGES"}, "kind", "'OUTAGES' is not known here", "write OUTAGE"),
        ({"site": "manilla"}, "site", "there is no site 'manilla'", "write manila"),
        ({"team": "hom"}, "team", "there is no team 'hom'", "write home"),
        ({"site": "manila", "team": "home"}, "team", "exclude each other", "keep one"),
        ({"hours": 0}, "hours", "is 0", "over 0"),
        ({"share": 1.2}, "share", "is 1.2", "at most 1"),
        ({"failover_minutes": 30}, "failover_share", "needs its share", "add failover_share"),
        ({"failover_share": 0.3}, "failover_minutes", "needs its time", "add failover_minutes"),
        ({"failover_minutes": 120, "failover_share": 1}, "failover_minutes", "over by then", "120 minutes"),
        ({"in_service": "GONE"}, "in_service", "'GONE' is not known", "LOST, REQUEUED"),
        ({"start": "2026-12-30T09:00"}, "start", "outside the horizon, 2026-09-28 to 2026-10-11", "move it"),
        ({"start": "2026-09-30"}, "start", "is not a local date and time", "2026-09-30T07:00"),
        ({"per_year": 2}, "per_year", "exclude each other", "keep one of start, per_year"),
        ({"start": None}, "start", "needs start or per_year", "add one of start, per_year"),
        ({"months": ["OCT"]}, "months", "only what comes at a rate has months", "add per_year"),
        ({"hours": "two"}, "hours", "is 'two'", "{mean: 10, cv: 1}"),
        ({"hours": {"mean": 2, "cv": 3}}, "hours.cv", "is 3", "at most 2"),
        ({"hours": {"mean": 2, "cvs": 1}}, "hours.cvs", "is not known here", "write cv"),
        (RATE | {"per_year": 0}, "per_year", "is 0", "over 0"),
        (RATE | {"months": ["OCTOBER"]}, "months.0", "'OCTOBER' is not known here", "write OCT"),
        (RATE | {"months": ["OCT", "OCT"]}, "months.1", "already names OCT", "name each month once"),
        (RATE | {"months": ["JAN"]}, "months", "none of these months has a day in the horizon", "SEP, OCT"),
    ],
)
def test_an_outage_that_cannot_be_is_refused_once(event: Data, path: str, message: str, mend: str) -> None:
    (problem,) = said_against(events=[OUTAGE | event])
    assert problem.path == f"events.0.{path}"
    assert message in problem.message
    assert mend in problem.mend


def test_an_outage_may_reach_into_the_horizon() -> None:
    scenario = from_data(centre(events=[OUTAGE | {"start": "2026-09-27T20:00", "hours": 12}]))
    assert scenario.events[0].hours == Lasting(mean=12, cv=0)


def test_a_resolution_is_a_probability() -> None:
    document = centre()
    skill = document["vendors"][1]["teams"][0]["skills"][0]
    skill["resolution"] = 0.85
    assert from_data(document).teams[1].skills[0].resolution == 0.85
    skill["resolution"] = 1.85
    with pytest.raises(ScenarioError) as refused:
        from_data(document)
    (problem,) = refused.value.problems
    assert problem.path == "vendors.own.teams.home.skills.0.resolution"


def test_a_queue_that_takes_a_transfer_to_itself_from_another_is_refused() -> None:
    like = {"id": "more", "like": "mail", "demand": DEMAND}
    document = centre(mail={"transfers": [{"to": "more", "probability": 0.1}]})
    document["queues"].append(like)
    document["vendors"][0]["teams"][0]["skills"].append({"queue": "more"})
    with pytest.raises(ScenarioError) as refused:
        from_data(document)
    (problem,) = refused.value.problems
    assert (problem.path, problem.message) == ("queues.more.transfers.0.to", "a queue does not transfer to itself")
