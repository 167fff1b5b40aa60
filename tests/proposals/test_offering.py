"""What a client sees of a proposal: everything but what its people cost the vendor."""

import copy
import random
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.proposals.proposal import OWN_COST, Proposal, offered
from simulation.proposals.putting_out import put_out
from simulation.proposals.reading import proposal_from_data
from simulation.scenario.money import Money
from simulation.scenario.problems import Path
from simulation.scenario.quantities import Described
from simulation.scenario.reading.canonical import canonical, canonical_data
from simulation.scenario.reading.tree import model_in
from simulation.scenario.vendors import Team
from tests.proposals.tenders import client, own_proposal, random_client


def random_proposal(seed: int) -> Proposal:
    """Of the only vendor of a random client, for its request."""
    scenario = random_client(seed, is_alone=True)
    return proposal_from_data(own_proposal(scenario, scenario.vendors[0].id), put_out(scenario).request)


def with_own_cost(proposal: Proposal, r: random.Random) -> Proposal:
    """The same with another own cost, or with none."""
    data = canonical_data(proposal)
    is_known = r.random() < 0.7
    for team in data["vendor"]["teams"]:
        team.pop("cost", None)
        if is_known:
            team["cost"] = {"hourly_wage": r.uniform(1, 30), "indexation": [{"from": "2026-10-01", "rate": 0.1}]}
        people = team.get("workforce")
        if people is not None:
            people.setdefault("ramp", {})["release_cost"] = r.uniform(0, 900)
            for name in ("overtime", "holidays"):
                if name in people:
                    people[name] = {**people[name], "premium": r.uniform(1, 3)}
    return Proposal.model_validate(data)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 1_000_000))
def test_proposals_that_differ_in_own_cost_only_are_offered_as_the_same_bytes(seed: int) -> None:
    one = random_proposal(seed)
    r = random.Random(seed)
    assert canonical(offered(one)) == canonical(offered(with_own_cost(one, r)))
    assert offered(offered(one)) == offered(one)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1_000_000))
def test_nothing_but_own_cost_is_kept_from_the_client(seed: int) -> None:
    one = random_proposal(seed)
    before, after = canonical_data(one), canonical_data(offered(one))
    for team in before["vendor"]["teams"]:
        for path in OWN_COST:
            pop(team, path)
    assert Proposal.model_validate(before) == Proposal.model_validate(after)


def pop(data: dict[str, Any], path: Path) -> None:
    *above, last = path
    for step in above:
        data = data.get(step, {})  # type: ignore[arg-type]
    data.pop(last, None)  # type: ignore[arg-type]


def test_by_hand_wages_premiums_and_the_cost_of_releases_are_kept_back() -> None:
    scenario = client()
    proposal = proposal_from_data(own_proposal(scenario, "zq-pacific"), put_out(scenario).request)
    text = canonical(offered(proposal))
    for word in ("hourly_wage", "release_cost", "premium", "cost"):
        assert word not in text, word
    assert '"overtime":{}' in text  # that there is overtime is how they serve
    assert '"headcount":60' in text
    assert '"rate":90.0137' in text


class Amount(Described):
    """An amount of money, as models hold it."""

    money: Money = 0.0


def own_money(model: type[Described], at: Path = ()) -> Iterator[Path]:
    """Where a model and the models in it hold money, or a factor on wages of which it says so."""
    for name, field in model.model_fields.items():
        path = (*at, field.alias or name)
        inner = model_in(field.annotation)
        is_money = field.annotation is float and field.metadata == Amount.model_fields["money"].metadata
        if is_money or Money in get_args(field.annotation) or "where the team has a cost" in meaning(model, name):
            yield path
        elif inner is not None:
            yield from own_money(inner, path)


def meaning(model: type[Described], name: str) -> str:
    return " ".join(model.meanings().get(name, "").split())


def test_every_amount_of_money_of_a_team_is_its_own_cost() -> None:
    found = list(own_money(Team))
    assert len(found) >= 9  # those of cost, and one each of holidays, ramp, overtime and surge
    for path in found:
        assert any(path[: len(own)] == own for own in OWN_COST), path
    for own in OWN_COST:
        assert any(path[: len(own)] == own for path in found), own


@pytest.mark.parametrize("path", OWN_COST)
def test_own_cost_leads_somewhere(path: Path) -> None:
    model: type[Described] | None = Team
    for step in path:
        assert model is not None
        field = model.model_fields[str(step)]
        model = model_in(field.annotation)


def test_a_proposal_stays_as_it_is_when_it_is_offered() -> None:
    one = random_proposal(3)
    before = copy.deepcopy(canonical_data(one))
    offered(one)
    assert canonical_data(one) == before
