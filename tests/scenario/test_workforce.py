"""People and policies: described as planners write them, checked, written out and read again."""

from typing import Any

import pytest

from simulation.scenario.people.attrition import AttritionBand
from simulation.scenario.people.classes import Engagement, HiringReason
from simulation.scenario.people.learning import LearningShape
from simulation.scenario.people.policies import Basis, PolicyKind
from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.reading.canonical import canonical, digest, to_yaml
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.reading.notes import notes
from simulation.scenario.scenario import Scenario
from tests.scenario.documents import DEMAND, HANDLING, Data

TEAM = """\
site: manila
skills: [{queue: orders}, {queue: returns}]
workforce:
  headcount: 120
  tenure_weeks: {bands: [{from_week: 0, heads: 14}, {from_week: 12, heads: 106}]}
  hours_per_week: 40
  attrition: {annual_rate: 0.65, first_90_days: 0.20, months: {JAN: 1.5}}
  hiring: {lead_time_weeks: {mean: 3, cv: 0.3}, fill_rate: 0.9, class_size: 20, classes_per_month: 2,
    training_weeks: 4, blackout: [{from: 2026-11-20, to: 2026-12-26}]}
  nesting: {weeks: 4, multiplier: 1.8, queues: [orders], mentor_share: 0.08, resolution: 0.9}
  learning: {shape: AHT, new_hire_multiplier: 1.6, time_constant_weeks: 8, new_hire_resolution: 0.92}
  classes:
    - {start: 2026-08-24, size: 24}
    - {start: 2026-10-12, size: 30, until: 2027-01-10, employment: TEMPORARY, hours_per_week: 30, training_weeks: 2,
       graduates: 26, queues: [orders], reason: GROWTH}
  moves: [{from: mail, heads: 20, start: 2026-11-09, until: 2027-01-04, training_weeks: 1}]
  ramp: {max_up_per_week: 25, max_down_per_week: 20, notice_weeks: 8}
  surge: {agents: 30, notice_hours: 48, max_weeks: 6}
shifts: [{start: "08:00", hours: 8}]
policies:
  - {kind: HIRE_UP_TO, review_weeks: 1, buffer: 0.05}
  - {kind: SURGE, when_net_under: -0.03}
  - {kind: PLAN, heads: {2026-10-05: 140, 2026-11-02: 180}, basis: PRODUCTION}
  - {kind: REACTIVE, windows: 2, under: 0.75, over: 0.9, step: 0.1, see_after_days: 3, act_after_days: 5}
"""
SITE: Data = {"id": "manila", "country": "PH", "seats": 300, "training_seats": 60, "trainers": 3}
LENDER: Data = {"workforce": {"headcount": 40}, "shifts": [{"start": "08:00", "hours": 8}]}


def centre(team: Data, *, site: Data | None = None, mail: Data | None = None) -> Data:
    """Sixteen weeks of one vendor with two teams; the first one as told."""
    queues = [{"id": name, "demand": DEMAND, "handling": HANDLING} for name in ("orders", "returns")]
    crews = [
        {"id": "voice", "site": "manila", "skills": [{"queue": "orders"}, {"queue": "returns"}], **team},
        {"id": "mail", "site": "manila", "skills": [{"queue": "returns"}], **(mail or LENDER)},
    ]
    vendor = {"id": "acme", "sites": [SITE | (site or {})], "teams": crews}
    calendar = {"start": "2026-09-28", "weeks": 16, "timezone": "America/New_York"}
    return {"name": "Centre", **calendar, "queues": queues, "vendors": [vendor]}


def described() -> Scenario:
    indented = TEAM.replace("\n", "\n        ")
    return load(
        f"""\
name: Centre
start: 2026-09-28
weeks: 16
timezone: America/New_York
queues:
  - {{id: orders, demand: {{weekly_volume: 100}}, handling: {{mean_seconds: 300}}}}
  - {{id: returns, demand: {{weekly_volume: 100}}, handling: {{mean_seconds: 300}}}}
vendors:
  - id: acme
    sites: [{{id: manila, country: PH, timezone: Asia/Manila, seats: 300, training_seats: 60, trainers: 3}}]
    teams:
      - id: voice
        {indented}
      - id: mail
        site: manila
        skills: [{{queue: returns}}]
        workforce: {{headcount: 40}}
        shifts: [{{start: "08:00", hours: 8}}]
"""
    )


def test_a_team_is_read_as_written() -> None:
    team = described().teams[0]
    people = team.workforce

    assert people is not None
    assert people.tenure_weeks is not None
    assert [band.heads for band in people.tenure_weeks.bands or ()] == [14, 106]
    assert people.hiring is not None
    assert people.hiring.lead_time_weeks.cv == 0.3
    assert people.learning is not None
    assert people.learning.shape is LearningShape.AHT
    seasonal = people.classes[1]
    assert (seasonal.employment, seasonal.reason) == (Engagement.TEMPORARY, HiringReason.GROWTH)
    assert [people.training_weeks(entry) for entry in people.classes] == [4, 2]
    assert people.moves[0].from_ == "mail"
    assert [policy.kind for policy in team.policies] == [
        PolicyKind.HIRE_UP_TO,
        PolicyKind.SURGE,
        PolicyKind.PLAN,
        PolicyKind.REACTIVE,
    ]
    assert team.policies[2].heads == {"2026-10-05": 140, "2026-11-02": 180}
    assert team.policies[2].basis is Basis.PRODUCTION


def test_people_survive_yaml_and_their_canonical_form() -> None:
    scenario = described()

    assert load(to_yaml(scenario)) == load(canonical(scenario)) == scenario
    assert digest(load(to_yaml(scenario))) == digest(scenario)


def test_attrition_by_bands_is_the_other_form() -> None:
    bands = [{"from_week": 0, "weekly": 0.015}, {"from_week": 12, "weekly": 0.007}]
    workforce = {"headcount": 1, "attrition": {"training_weekly": 0.03, "bands": bands}}
    people = from_data(centre({"workforce": workforce, "shifts": LENDER["shifts"]})).teams[0].workforce

    assert people is not None
    assert people.attrition is not None
    assert people.attrition.bands == (
        AttritionBand(from_week=0, weekly=0.015),
        AttritionBand(from_week=12, weekly=0.007),
    )


def said_against(document: Data) -> list[Problem]:
    with pytest.raises(ScenarioError) as refused:
        from_data(document)
    return refused.value.problems


BANDS = [{"from_week": 0, "weekly": 0.01}]
HIRING: Data = {"hiring": {"training_weeks": 2}}
REFUSED: list[tuple[Data, str, str, str]] = [
    ({"tenure_weeks": {}}, "tenure_weeks", "needs mean or all or bands", "write one of"),
    ({"tenure_weeks": {"mean": 4, "all": 4}}, "tenure_weeks.all", "exclude each other", "keep one"),
    ({"tenure_weeks": {"bands": [{"from_week": 0, "heads": 9}]}}, "tenure_weeks.bands", "hold 9 heads", "sum to 10"),
    ({"tenure_weeks": {"bands": [{"from_week": 3, "heads": 5}, {"from_week": 3, "heads": 5}]}},
     "tenure_weeks.bands.1.from_week", "does not come after", "more than 3"),
    ({"attrition": {}}, "attrition", "needs annual_rate or bands", "write one of"),
    ({"attrition": {"annual_rate": 0.5, "bands": BANDS}}, "attrition.bands", "exclude each other", "keep one"),
    ({"attrition": {"annual_rate": 0.5, "first_90_days": 0.2, "training_weekly": 0.1}},
     "attrition.training_weekly", "first_90_days and training_weekly", "keep one"),
    ({"attrition": {"annual_rate": 0.5, "first_90_days": 1}}, "attrition.first_90_days", "is 1", "under 1"),
    ({"attrition": {"bands": [{"from_week": 2, "weekly": 0.1}]}},
     "attrition.bands.0.from_week", "nothing is said of the weeks before", "from_week: 0"),
    ({"attrition": {"bands": [*BANDS, *BANDS]}}, "attrition.bands.1.from_week", "does not come after", "sort"),
    ({"attrition": {"annual_rate": 1, "first_90_days": 0.2}, "hiring": {"training_pass": 0.9}},
     "hiring.training_pass", "first_90_days and training_pass", "keep one"),
    ({"hiring": {"fill_rate": 0}}, "hiring.fill_rate", "is 0", "over 0"),
    ({"hiring": {"classes_per_month": 0.5}}, "hiring.classes_per_month", "is 0.5", "a whole number"),
    ({"hiring": {"lead_time_weeks": 3}}, "hiring.lead_time_weeks", "is 3", "a map"),
    ({"hiring": {"blackout": [{"from": "2026-12-26", "to": "2026-11-20"}]}},
     "hiring.blackout.0.to", "ends before 2026-12-26", "2026-12-26 or a later date"),
    ({"nesting": {"weeks": 0}}, "nesting.weeks", "is 0", "at least 1"),
    ({"nesting": {"weeks": 2, "multiplier": 0.5}}, "nesting.multiplier", "is 0.5", "at least 1"),
    ({"nesting": {"weeks": 2, "queues": ["oders"]}}, "nesting.queues.0", "lacks the skill 'oders'", "write orders"),
    ({"learning": {"new_hire_multiplier": 1.5}}, "learning.time_constant_weeks", "is missing", "add time_constant"),
    ({"learning": {"time_constant_weeks": 4, "shape": "TIME"}}, "learning.shape", "'TIME' is not known", "AHT"),
    ({"classes": [{"start": "2026-10-12", "size": 3}]}, "classes.0.training_weeks", "how long", "add training_weeks"),
    ({**HIRING, "classes": [{"start": "2026-10-12", "size": 3, "employment": "TEMPORARY"}]},
     "classes.0.until", "need their last day", "add until"),
    ({**HIRING, "classes": [{"start": "2026-10-12", "size": 3, "graduates": 4}]},
     "classes.0.graduates", "more than the 3 who start", "at most 3"),
    ({**HIRING, "classes": [{"start": "2026-10-12", "size": 3, "until": "2026-10-26"}]},
     "classes.0.until", "leave before they are trained", "after 2026-10-26"),
    ({**HIRING, "nesting": {"weeks": 2}, "classes": [{"start": "2026-08-31", "size": 3}]},
     "classes.0", "finished training on 2026-09-28", "in headcount"),
    ({**HIRING, "nesting": {"weeks": 1, "queues": ["orders"]},
      "classes": [{"start": "2026-10-12", "size": 3, "queues": ["returns"]}]},
     "classes.0.queues", "while nesting they may serve none", "name one of orders"),
    ({**HIRING, "classes": [{"start": "2026-10-12", "size": 61}]}, "classes.0.size", "61 people", "60 training seats"),
    ({**HIRING, "classes": [{"start": "2026-10-12", "size": 3}] * 4}, "classes.0.start", "4 classes", "more trainers"),
    ({"moves": [{"from": "male", "heads": 3, "start": "2026-10-12"}]}, "moves.0.from", "no team 'male'", "write mail"),
    ({"moves": [{"from": "nobody", "heads": 3, "start": "2026-10-12"}]}, "moves.0.from", "no team", "write mail"),
    ({"moves": [{"from": "voice", "heads": 3, "start": "2026-10-12"}]}, "moves.0.from", "to itself", "mail"),
    ({"moves": [{"from": "mail", "heads": 3, "start": "2026-09-12"}]}, "moves.0.start", "before the start", "2026"),
    ({"moves": [{"from": "mail", "heads": 3, "start": "2026-10-12", "until": "2026-10-18", "training_weeks": 2}]},
     "moves.0.until", "before they are trained", "later date"),
    ({"ramp": {"max_up_per_week": 0}}, "ramp.max_up_per_week", "is 0", "at least 1"),
    ({"surge": {"agents": 0}}, "surge.agents", "is 0", "at least 1"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "path", "message", "mend"), REFUSED)
def test_people_who_cannot_be_are_refused(given: Data, path: str, message: str, mend: str) -> None:
    workforce = {"headcount": 10, **given}
    problems = said_against(centre({"workforce": workforce, "shifts": LENDER["shifts"]}))

    problem = next(one for one in problems if one.path == f"vendors.acme.teams.voice.workforce.{path}")
    assert message in str(problem)
    assert mend in str(problem)
    assert len(problems) == (4 if "4 classes" in message else 1)


ELSEWHERE: Data = {"id": "own", "sites": [SITE | {"id": "hub"}], "teams": [{"id": "chat", "site": "hub", **LENDER}]}


@pytest.mark.parametrize(
    ("source", "alone", "message", "mend"),
    [
        ("chat", False, "chat is another vendor's team, people move within a vendor", "write mail"),
        ("chat", True, "chat is another vendor's team", "leave the move out, or give this vendor another team with a"),
        ("nobody", True, "this vendor has no team 'nobody'", "leave the move out, or give this vendor another team"),
        ("mail", True, "its agents are given, nobody can move", "leave the move out"),
    ],
)
def test_a_move_from_no_team_says_what_to_write(source: str, alone: bool, message: str, mend: str) -> None:
    workforce = {"headcount": 10, "moves": [{"from": source, "heads": 3, "start": "2026-10-12"}]}
    data = centre(
        {"workforce": workforce, "shifts": LENDER["shifts"]}, mail={"staffing": {"agents": 2}} if alone else None
    )
    other = ELSEWHERE | {"teams": [ELSEWHERE["teams"][0] | {"skills": [{"queue": "returns"}]}]}
    data["vendors"].append(other)

    (problem,) = said_against(data)

    assert problem.path == "vendors.acme.teams.voice.workforce.moves.0.from"
    assert message in problem.message
    assert problem.mend.startswith(mend)


NEEDS_HIRING: Data = {"kind": "HIRE_UP_TO"}
UNDECIDED: list[tuple[list[Data], str, str, str]] = [
    ([{"kind": "PLAN"}], "0.heads", "needs heads", "add heads"),
    ([{"kind": "PLAN", "heads": {}}], "0.heads", "has no target", "2026-10-05"),
    ([{"kind": "PLAN", "heads": {"2026-10": 5}}], "0.heads.2026-10", "is no date", "2026-10-01"),
    ([{"kind": "PLAN", "heads": {"2026-10-05": 5}, "buffer": 0.1}], "0.buffer", "takes no buffer", "HIRE_UP_TO"),
    ([{"kind": "HIRE_UP"}], "0.kind", "'HIRE_UP' is not known", "HIRE_UP_TO"),
    ([{"kind": "REACTIVE", "under": 0.7}], "0.step", "needs step", "add step"),
    ([{"kind": "REACTIVE", "step": 0.1}], "0.under", "needs a line", "add under, over or both"),
    ([{"kind": "REACTIVE", "step": 0.1, "under": 0.8, "over": 0.7}], "0.over", "is not over 0.8", "higher"),
    ([{"kind": "SURGE"}], "0.when_net_under", "needs when_net_under", "add"),
    ([{"kind": "SURGE", "when_net_under": 0}], "0.kind", "needs a bench", "add surge"),
    ([NEEDS_HIRING, NEEDS_HIRING], "1.kind", "already a policy HIRE_UP_TO", "keep one"),
    ([NEEDS_HIRING, {"kind": "NONE"}], "1.kind", "excludes others", "remove it"),
]


@pytest.mark.parametrize(("policies", "path", "message", "mend"), UNDECIDED)
def test_policies_that_decide_nothing_are_refused_once(
    policies: list[Data], path: str, message: str, mend: str
) -> None:
    workforce: Data = {"headcount": 10, "hiring": {}}
    team = {"workforce": workforce, "shifts": LENDER["shifts"], "policies": policies}
    (problem,) = said_against(centre(team))

    assert problem.path == f"vendors.acme.teams.voice.policies.{path}"
    assert message in str(problem)
    assert mend in str(problem)


@pytest.mark.parametrize(
    ("team", "path", "message"),
    [
        ({"staffing": {"agents": 4}, "policies": [{"kind": "NONE"}]}, "policies", "agents are given"),
        ({"workforce": {"headcount": 4}, "shifts": LENDER["shifts"], "policies": [NEEDS_HIRING]},
         "policies.0.kind", "needs a way to hire"),
        ({"workforce": {"headcount": 4}, "shifts": LENDER["shifts"],
          "policies": [{"kind": "REACTIVE", "under": 0.7, "over": 0.9, "step": 0.1}]},
         "policies.0.under", "that grows needs a way to hire"),
    ],
)  # fmt: skip
def test_policies_need_people_and_a_way_to_hire(team: Data, path: str, message: str) -> None:
    (problem,) = said_against(centre(team))

    assert problem.path == f"vendors.acme.teams.voice.{path}"
    assert message in problem.message


def test_a_plan_whose_targets_all_lie_after_the_horizon_is_refused() -> None:
    """Sixteen weeks end with 17 January; a target of an earlier date holds from the start."""
    before, last, after = (
        planned_from(heads)
        for heads in ({"2026-01-05": 20}, {"2027-01-17": 20, "2027-01-18": 30}, {"2027-01-18": 20, "2028-01-10": 30})
    )
    from_data(before)
    from_data(last)

    (problem,) = said_against(after)

    assert problem.path == "vendors.acme.teams.voice.policies.0.heads"
    assert "every target" in problem.message
    assert "2027-01-17" in str(problem)


def planned_from(heads: dict[str, int]) -> Data:
    policies = [{"kind": "PLAN", "heads": heads}]
    return centre({"workforce": {"headcount": 10, "hiring": {}}, "shifts": LENDER["shifts"], "policies": policies})


@pytest.mark.parametrize("missing", ["trainers", "training_seats"])
def test_nobody_hires_where_nobody_can_be_trained(missing: str) -> None:
    def at_a_site_without(*policies: Data) -> Data:
        workforce: Data = {"headcount": 10, "hiring": {}}
        team = {"workforce": workforce, "shifts": LENDER["shifts"], "policies": list(policies)}
        return centre(team, site={missing: 0})

    (problem,) = said_against(at_a_site_without({"kind": "REACTIVE", "under": 0.7, "step": 0.1}))

    assert problem.path == "vendors.acme.teams.voice.policies.0.kind"
    assert f"manila has no {missing.replace('_', ' ')}" in problem.message
    assert f"{missing}: 1 or more at manila" in problem.mend
    assert from_data(at_a_site_without({"kind": "REACTIVE", "over": 0.9, "step": 0.1}))


@pytest.mark.parametrize(("hours", "told"), [(8.0, []), (4.0, ["pay an FTE 20 hours, hours_per_week says 40"])])
def test_shifts_of_other_hours_than_the_contract_s_are_noted(hours: float, told: list[str]) -> None:
    employment = [{"share": 1, "hours_per_week": 40, "days_per_week": 5}]
    shifts = [{"start": "08:00", "hours": hours}]
    found = notes(from_data(centre({"workforce": {"headcount": 10, "employment": employment}, "shifts": shifts})))

    assert [note.path for note in found] == ["vendors.acme.teams.voice.shifts"] * len(told)
    assert all(words in note.message for words, note in zip(told, found, strict=True))


def test_a_policy_that_only_shrinks_needs_no_way_to_hire() -> None:
    policies = [{"kind": "REACTIVE", "over": 0.9, "step": 0.1}]
    team = {"workforce": {"headcount": 4}, "shifts": LENDER["shifts"], "policies": policies}

    assert from_data(centre(team)).teams[0].policies[0].over == 0.9


def test_a_site_holds_no_more_heads_than_it_has_seats() -> None:
    people: dict[str, Any] = {"workforce": {"headcount": 45}, "shifts": LENDER["shifts"]}
    (problem,) = said_against(centre(people, site={"seats": 80}))

    assert problem.path == "vendors.acme.teams.mail.workforce.headcount"
    assert "85 heads share the 80 places of manila" in problem.message
    assert "at most 35" in problem.mend
    assert from_data(centre(people, site={"seats": 85})).vendors[0].sites[0].seats == 85


def test_people_at_home_take_no_seat() -> None:
    """Of a hundred heads forty are at home, sixty sit: one more would need a seat more."""
    people: dict[str, Any] = {"workforce": {"headcount": 60}, "shifts": LENDER["shifts"]}
    site = {"seats": 60, "remote_share": 0.4}
    assert from_data(centre(people, site=site)).vendors[0].sites[0].places == 100

    (problem,) = said_against(centre({**people, "workforce": {"headcount": 61}}, site=site))
    assert "101 heads share the 100 places of manila" in problem.message
    assert "at most 39" in problem.mend

    (problem,) = said_against(centre(people, site={"seats": None, "remote_share": 0.4}))
    assert problem.path == "vendors.acme.sites.manila.remote_share"
    assert "add seats" in problem.mend


FIRST: Data = {"start": "2026-10-12", "size": 10}
SECOND: Data = {"start": "2026-10-12", "size": 8}
LATER: Data = {"start": "2026-11-02", "size": 10}
LENT: Data = {"from": "mail", "heads": 8, "start": "2026-10-12", "until": "2026-11-01"}


def ten_and_forty(seats: int, *, policies: list[Data] | None = None, hub: bool = False, **workforce: Any) -> Data:
    """Ten heads, with a hub's seats of their own or not, and forty of mail; classes are trained for two weeks."""
    first = {"workforce": {"headcount": 10, **HIRING, **workforce}, "shifts": LENDER["shifts"]}
    data = centre(first | {"policies": policies or []}, site={"seats": None if hub else seats})
    if hub:
        data["vendors"][0]["sites"].append({"id": "hub", "country": "PH", "seats": seats})
        data["vendors"][0]["teams"][0]["site"] = "hub"
    return data


@pytest.mark.parametrize(
    ("given", "path", "message", "mend"),
    [
        (ten_and_forty(59, classes=[FIRST, SECOND]), "workforce.classes.0.size",
         "with it 60 heads share the 59 places of manila on 2026-10-12", "at most 9, or more seats at manila"),
        (ten_and_forty(61, classes=[FIRST, SECOND]), "workforce.classes.1.size", "68 heads", "at most 1,"),
        (ten_and_forty(60, classes=[FIRST | {"until": "2026-11-02"}, LATER]),
         "workforce.classes.1.size", "70 heads", "at most 0,"),
        (ten_and_forty(60, classes=[FIRST | {"reason": "REPLACEMENT"}, LATER]),
         "workforce.classes.1.size", "70", "at most 0"),
        (ten_and_forty(12, hub=True, moves=[LENT]),
         "workforce.moves.0.heads", "18 heads share the 12 places", "at most 2,"),
        (ten_and_forty(20, hub=True, moves=[LENT | {"until": "2026-11-02"}], classes=[LATER]),
         "workforce.classes.0.size", "28 heads share the 20 places of hub on 2026-11-02", "at most 2,"),
        (ten_and_forty(300, moves=[LENT | {"heads": 41}]), "workforce.moves.0.heads",
         "mail has 40 people past nesting on 2026-10-12", "at most 40"),
        (ten_and_forty(300, moves=[LENT, LENT | {"heads": 33, "start": "2026-11-01", "until": None}]),
         "workforce.moves.1.heads", "mail has 32 people past nesting on 2026-11-01", "at most 32"),
        (ten_and_forty(60, policies=[{"kind": "PLAN", "heads": {"2026-10-05": 60, "2026-11-02": 61}}]),
         "policies.0.heads.2026-11-02", "manila has 60 places", "at most 60"),
    ],
)  # fmt: skip
def test_more_heads_than_seats_or_people_are_refused(given: Data, path: str, message: str, mend: str) -> None:
    (problem,) = said_against(given)

    assert problem.path == f"vendors.acme.teams.voice.{path}"
    assert message in problem.message
    assert mend in problem.mend


@pytest.mark.parametrize(
    "given",
    [
        ten_and_forty(60, classes=[FIRST | {"until": "2026-11-01"}, LATER]),
        ten_and_forty(60, classes=[FIRST | {"graduates": 2}, {"start": "2026-10-26", "size": 8}]),
        ten_and_forty(60, classes=[FIRST | {"reason": "REPLACEMENT"}, LATER], attrition={"annual_rate": 0.6}),
        ten_and_forty(50, moves=[LENT]),
        ten_and_forty(20, hub=True, moves=[LENT], classes=[LATER]),
        ten_and_forty(300, moves=[LENT | {"heads": 33}, LENT | {"heads": 33, "start": "2026-11-02", "until": None}]),
    ],
)
def test_seats_are_free_again_when_people_have_gone(given: Data) -> None:
    assert from_data(given)


def test_a_team_that_hires_may_lend_more_than_it_has_today() -> None:
    given = ten_and_forty(300, moves=[LENT | {"heads": 41}])
    mail = given["vendors"][0]["teams"][1]
    mail["workforce"] = mail["workforce"] | HIRING
    mail["policies"] = [{"kind": "HIRE_UP_TO"}]
    assert from_data(given)


def test_nobody_moves_from_given_agents() -> None:
    move = {"from": "mail", "heads": 3, "start": "2026-10-12"}
    team = {"workforce": {"headcount": 9, "moves": [move]}, "shifts": LENDER["shifts"]}
    (problem,) = said_against(centre(team, mail={"staffing": {"agents": 9}}))

    assert problem.path == "vendors.acme.teams.voice.workforce.moves.0.from"
    assert "its agents are given" in problem.message
