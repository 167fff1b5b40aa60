"""Chats, outbound records and transitions: described, checked, written out and read again."""

import json
from typing import Any

import pytest

from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.reading.canonical import canonical, digest, json_schema, to_yaml
from simulation.scenario.reading.document import from_data, load
from tests.scenario.documents import DEMAND, HANDLING, Data, centre

RECORDS: Data = {
    "id": "records",
    "channel": "OUTBOUND",
    "demand": DEMAND,
    "handling": HANDLING,
    "outbound": {"max_attempts": 5, "connect": 0.18, "retry_hours": 4, "attempt_seconds": 35},
}
STEPS: list[Data] = [{"from": "2026-09-28", "share": 0.25}, {"from": "2026-10-05", "share": 1.0}]
MOVE: Data = {"queues": ["mail"], "from": "own", "to": "acme", "steps": STEPS}


def full(**changes: Any) -> Data:
    """The centre of the tests, with chats, records that are called and a queue that moves."""
    learning = {"multiplier": 1.2, "time_constant_weeks": 4}
    chats = {"concurrency": {"slots": 3, "slowdown": 0.15}}
    moving = MOVE | {"parallel_weeks": 4, "learning": learning}
    document = centre(**{"chats": chats, "transitions": [moving], **changes})
    document["queues"] = [RECORDS if queue["id"] == "records" else queue for queue in document["queues"]]
    return document


def said_against(document: Data) -> list[Problem]:
    with pytest.raises(ScenarioError) as refused:
        from_data(document)
    return refused.value.problems


def test_they_are_read_as_written() -> None:
    scenario = from_data(full())
    _, chats, _, records = scenario.queues
    assert (chats.concurrency.slots, chats.concurrency.slowdown) == (3, 0.15)
    assert records.outbound is not None
    assert (records.outbound.max_attempts, records.outbound.connect) == (5, 0.18)
    assert (records.outbound.retry_hours, records.outbound.attempt_seconds) == (4, 35)
    assert (records.target.threshold_seconds, records.target.share) == (86_400, 0.95)
    (move,) = scenario.transitions
    assert (move.queues, move.from_, move.to, move.parallel_weeks) == (("mail",), "own", "acme", 4)
    assert [(str(step.from_), step.share) for step in move.steps] == [("2026-09-28", 0.25), ("2026-10-05", 1)]
    assert move.learning is not None
    assert (move.learning.multiplier, move.learning.time_constant_weeks) == (1.2, 4)


def test_they_survive_yaml_and_the_canonical_form() -> None:
    scenario = from_data(full())
    assert load(to_yaml(scenario)) == load(canonical(scenario)) == scenario


def test_one_slot_and_no_transition_are_the_same_as_nothing() -> None:
    plain = digest(from_data(centre()))
    assert digest(from_data(centre(calls={"concurrency": {"slots": 1, "slowdown": 0}}, transitions=[]))) == plain


def test_the_json_schema_knows_them() -> None:
    text = json.dumps(json_schema())
    assert all(name in text for name in ("OUTBOUND", "max_attempts", "slowdown", "parallel_weeks"))


REFUSED: list[tuple[str, Data, str, str, str]] = [
    # queue, what it is given, path below the queue, what is wrong, mend
    ("chats", {"concurrency": {"slots": 0}}, "concurrency.slots", "is 0", "at least 1"),
    ("chats", {"concurrency": {"slots": 2.5}}, "concurrency.slots", "is 2.5", "whole number"),
    ("chats", {"concurrency": {"slots": 2, "slowdown": -1}}, "concurrency.slowdown", "is -1", "at least 0"),
    ("chats", {"concurrency": {"slots": 2, "slow": 1}}, "concurrency.slow", "not known", "write slowdown"),
    ("calls", {"concurrency": {"slots": 2}}, "concurrency.slots", "one contact by VOICE at a time", "channel CHAT"),
    ("mail", {"concurrency": {"slots": 2}}, "concurrency.slots", "one contact by EMAIL at a time", "channel CHAT"),
    ("calls", {"outbound": {"connect": 0.2}}, "outbound", "by VOICE come in", "channel OUTBOUND"),
    ("records", {"channel": "OUTBOUND", "turnaround": None}, "outbound", "needs to know", "add outbound"),
]  # fmt: skip


@pytest.mark.parametrize(("queue", "given", "path", "message", "mend"), REFUSED)
def test_what_a_queue_cannot_be_is_refused_once(queue: str, given: Data, path: str, message: str, mend: str) -> None:
    (problem,) = said_against(centre(**{queue: given}))
    assert problem.path == f"queues.{queue}.{path}"
    assert message in problem.message
    assert mend in problem.mend


CALLED_REFUSED: list[tuple[Data, str, str, str]] = [
    ({"outbound": {}}, "outbound.connect", "is missing", "add connect"),
    ({"outbound": {"connect": 0}}, "outbound.connect", "is 0", "over 0"),
    ({"outbound": {"connect": 1.5}}, "outbound.connect", "is 1.5", "at most 1"),
    ({"outbound": {"connect": 1, "max_attempts": 0}}, "outbound.max_attempts", "is 0", "at least 1"),
    ({"outbound": {"connect": 1, "retry_hours": 0}}, "outbound.retry_hours", "is 0", "over 0"),
    ({"outbound": {"connect": 1, "attempt_seconds": 0}}, "outbound.attempt_seconds", "is 0", "over 0"),
    ({"patience": {"mean_seconds": 9}}, "patience", "by OUTBOUND never abandons by waiting", "remove patience"),
    ({"balking_probability": 0.1}, "balking_probability", "by OUTBOUND does not balk", "remove"),
    ({"retrial": {"probability": 0.1}}, "retrial", "by OUTBOUND is neither", "remove retrial"),
    ({"callback": {"offer_over_seconds": 9, "acceptance": 0.5}}, "callback", "by OUTBOUND needs no", "remove"),
    ({"lines": 9}, "lines", "by OUTBOUND takes no line", "remove lines"),
    ({"concurrency": {"slots": 2}}, "concurrency.slots", "by OUTBOUND at a time", "remove concurrency"),
]


@pytest.mark.parametrize(("given", "path", "message", "mend"), CALLED_REFUSED)
def test_what_a_record_cannot_do_is_refused_once(given: Data, path: str, message: str, mend: str) -> None:
    document = full()
    document["queues"][3] = RECORDS | given
    (problem,) = said_against(document)
    assert problem.path == f"queues.records.{path}"
    assert message in problem.message
    assert mend in problem.mend


MOVES_REFUSED: list[tuple[Data, str, str, str]] = [
    ({"queues": []}, "queues", "has no entries", "at least 1"),
    ({"queues": ["mial"]}, "queues.0", "no queue 'mial'", "write mail"),
    ({"queues": ["mail", "mail"]}, "queues.1", "already moves", "once"),
    ({"queues": ["calls"]}, "queues.0", "allocated to vendors by its route", "leave the queue out"),
    ({"to": "akme"}, "to", "no vendor 'akme'", "write acme"),
    ({"from": "onw"}, "from", "no vendor 'onw'", "write own"),
    ({"from": "acme"}, "from", "to the vendor who has it", "another vendor"),
    ({"from": None, "parallel_weeks": 3}, "from", "no vendor to stay", "remove parallel_weeks"),
    ({"parallel_weeks": -1}, "parallel_weeks", "is -1", "at least 0"),
    ({"steps": []}, "steps", "has no entries", "at least 1"),
    ({"steps": [{"from": "2026-10-01", "share": 1.1}]}, "steps.0.share", "is 1.1", "at most 1"),
    ({"steps": STEPS[::-1]}, "steps.1.from", "not after the one before", "by date"),
    ({"steps": [{"from": "2026-12-24", "share": 1}]}, "steps.0.from", "outside the horizon", "move it"),
    ({"learning": {"multiplier": 0, "time_constant_weeks": 1}}, "learning.multiplier", "is 0", "over 0"),
    ({"learning": {"multiplier": 2}}, "learning.time_constant_weeks", "is missing", "add time_constant_weeks"),
    ({"hypercare_weeks": 4}, "hypercare_weeks", "is missing", "add hypercare_target"),
    ({"steps": STEPS[:1], "hypercare_target": 0.7}, "hypercare_target", "without weeks", "add hypercare_weeks"),
    ({"hyper_care": 4}, "hyper_care", "is not known here", "write"),
]


@pytest.mark.parametrize(("given", "path", "message", "mend"), MOVES_REFUSED)
def test_a_transition_that_cannot_be_is_refused_once(given: Data, path: str, message: str, mend: str) -> None:
    (problem,) = said_against(centre(transitions=[MOVE | given]))
    assert problem.path == f"transitions.0.{path}"
    assert message in problem.message
    assert mend in problem.mend


def test_a_queue_moves_once_only() -> None:
    (problem,) = said_against(centre(transitions=[MOVE, MOVE]))
    assert (problem.path, problem.message) == ("transitions.1.queues.0", "mail already moves")


def test_both_vendors_of_a_transition_must_be_able_to_answer() -> None:
    route = {"route": {"steps": [{"teams": ["voice"]}]}}
    (problem,) = said_against(centre(mail=route, transitions=[MOVE]))
    assert problem.path == "transitions.0.queues.0"
    assert problem.message == "no team of own may answer mail"
    assert "skill and a step" in problem.mend


def test_batches_may_be_records_to_call() -> None:
    document = full()
    document["queues"][3] = RECORDS | {
        "demand": {"weekly_volume": 0, "batches": [{"on": ["MON"], "at": "06:00", "volume": 9}]}
    }
    assert from_data(document).queues[3].demand.batches[0].volume == 9
