"""Kinds of policies and events: what their definitions name is there, and nothing else."""

from simulation.scenario.event_kinds import EventKind
from simulation.scenario.events import Event
from simulation.scenario.people.policies import Policy, PolicyKind
from simulation.scenario.people.workforce import Workforce


def test_every_field_of_a_policy_is_taken_by_a_kind() -> None:
    assert {name for kind in PolicyKind for name in kind.rules.takes} == Policy.model_fields.keys() - {"kind"}


def test_every_field_of_an_event_is_said_by_a_kind() -> None:
    said = {name for kind in EventKind for name in (*kind.rules.needs, *kind.rules.takes)}
    assert said == Event.model_fields.keys() - {"kind"}


def test_a_policy_needs_only_what_it_takes_and_acts_by_parts_of_a_workforce() -> None:
    for kind in PolicyKind:
        assert {*kind.rules.needs, *filter(None, [kind.rules.if_given])} <= {*kind.rules.takes}
        assert kind.rules.acts_by is None or kind.rules.acts_by.field in Workforce.model_fields
