"""The schema keeps its manners, and the changelog says what is taken from clients; each rule is proven by a defect."""

from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from server.graphql.schema import schema_text
from server.store.organisations import Role
from tests.server.api import Client, operations, token_of
from tests.server.breaking import untold
from tests.server.manners import RULES, WITHOUT_KEY, WITHOUT_UNIT, answers, name_of, places
from tests.server.tender import put_out

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "schema.graphql"
RELEASED = Path(__file__).parent / "previous" / "schema.graphql"
"""As the last release had it, or before the first the state that clients were last told of; a release replaces it."""
CHANGELOG = ROOT / "CHANGELOG.md"


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(COMMITTED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", RULES, ids=[rule.__name__ for rule in RULES])
def test_the_schema_keeps_the_rule(schema: GraphQLSchema, rule: object) -> None:
    assert callable(rule)
    assert list(rule(schema)) == []


GOOD = '''
"""What can be read."""
type Query {
  """The boats, newest first."""
  boats("""How many to return, from 1 to 100.""" first: Int! = 50, """A cursor.""" after: String): BoatConnection!
}
"""What can be done."""
type Mutation {
  """Make a boat."""
  createBoat("""The boat.""" input: CreateBoatInput!): CreateBoatPayload
  """Change a boat."""
  updateBoat("""The boat.""" input: UpdateBoatInput!): UpdateBoatPayload
}
"""A boat to make."""
input CreateBoatInput { """Any text.""" idempotencyKey: String """Of the boat.""" kind: BoatKind! }
"""A boat to change."""
input UpdateBoatInput { """The version it was read at.""" expectedVersion: Int! }
"""What came of createBoat."""
type CreateBoatPayload { """The boat; null when it was refused.""" boat: Boat """Why.""" userErrors: [UserError!]! }
"""What came of updateBoat."""
type UpdateBoatPayload { """The boat; null when it was refused.""" boat: Boat """Why.""" userErrors: [UserError!]! }
"""Something refused."""
type UserError { """What is wrong.""" message: String! }
"""A boat."""
type Boat {
  """What people call it."""
  name: String!
  """Hours under sail."""
  sailedHours: Float!
  """When it sank; null while it floats."""
  sankAt: String
  """Whether it floats."""
  afloat: Boolean!
  """Its crew."""
  crew: [String!]!
  """Its number on the sail."""
  sail: Int @deprecated(reason: "Use `name` instead; removed after 2027-06-01.")
}
"""What kind of boat it is."""
enum BoatKind { """With one mast.""" SLOOP """With two masts.""" KETCH_RIGGED }
"""One page of boats."""
type BoatConnection {
  """The boats.""" nodes: [Boat!]!  """With cursors.""" edges: [BoatEdge!]!
  """Where it stands.""" pageInfo: PageInfo! """How many there are.""" totalCount: Int!
}
"""A boat with its cursor."""
type BoatEdge { """Its cursor.""" cursor: String! """The boat.""" node: Boat! }
"""Where a page stands."""
type PageInfo { """Whether more follow.""" hasNextPage: Boolean! }
'''.replace('sail: Int @dep', 'sail: Int! @dep')  # fmt: skip

DEFECTS: list[tuple[str, str, str]] = [
    ("SLOOP", "sloop", "BoatKind.sloop: is not written as a value"),
    ("sailedHours", "sailed_hours", "Boat.sailed_hours: is not written as a field"),
    ("UserError", "userError", "userError: is not written as a type"),
    ("CreateBoatInput", "NewBoat", "NewBoat: an input whose name does not end with Input"),
    ("BoatKind", "BoatKindInput", "BoatKindInput: no input, but named Input"),
    ('"""Its crew."""', '"""  """', "Boat.crew: is not described"),
    ('"""A cursor."""', '""', "Query.boats(after): is not described"),
    ('"""With one mast."""', '"""Sloop."""', "BoatKind.SLOOP: 'Sloop.' repeats the name"),
    ('"""Its crew."""', '"""its crew."""', "Boat.crew: 'its crew.' is no sentence"),
    ('"""Its crew."""', '"""Its crew; or"""', "Boat.crew: 'Its crew; or' is no sentence"),
    ("createBoat(", "boatCreation(", "Mutation.boatCreation: does not begin with a verb"),
    (
        "input: CreateBoatInput!",
        "input: CreateBoatInput",
        "Mutation.createBoat: does not take `input: CreateBoatInput!`",
    ),
    ("): CreateBoatPayload", "): CreateBoatPayload!", "Mutation.createBoat: does not answer with a nullable"),
    ("userErrors: [UserError!]!", "userErrors: [UserError!]", "CreateBoatPayload: has no `userErrors: [UserError!]!`"),
    ('refused.""" boat: Boat', 'refused.""" boat: Boat!', "CreateBoatPayload.boat: cannot be left out"),
    ("idempotencyKey", "key", "Mutation.createBoat: has no idempotencyKey"),
    (
        "expectedVersion: Int!",
        "expectedVersion: Int",
        "Mutation.updateBoat: has no `expectedVersion` that must be given",
    ),
    ("totalCount: Int!", "count: Int!", "BoatConnection: does not have exactly"),
    ("nodes: [Boat!]!", "nodes: [Boat]!", "BoatConnection: does not have exactly"),
    ("node: Boat!", "node: Boat", "BoatEdge: does not have exactly a cursor and a node"),
    ("first: Int! = 50", "first: Int", "Query.boats: does not take `first: Int!`"),
    ("first: Int! = 50", "first: Int!", "Query.boats: `first` has no default"),
    ("from 1 to 100", "from 1 to 1000", "Query.boats: `first` does not say that it is at most 100"),
    ("crew: [String!]!", "crew: [String]!", "Boat.crew: items of a list may be null"),
    ("crew: [String!]!", "crew: [String!]", "Boat.crew: a list that may be null instead of empty"),
    ("afloat: Boolean!", "afloat: Boolean", "Boat.afloat: a flag that may be null"),
    ("; null while it floats", "", "Boat.sankAt: does not say when it is null"),
    ("sailedHours", "sailed", "Boat.sailed: is in hours, which its name does not say"),
    (" instead; removed after 2027-06-01.", " instead.", "Boat.sail: write `Use `x` instead; removed after"),
    ("2027-06-01", "2027-06-31", "Boat.sail: write `Use `x` instead; removed after"),
    ("Use `name`", "Use `title`", "Boat.sail: there is no title to use instead"),
]


def test_a_schema_with_manners_is_told_nothing() -> None:
    assert [told for rule in RULES for told in rule(build_schema(GOOD))] == []


@pytest.mark.parametrize(("good", "defect", "says"), DEFECTS, ids=[says for _, _, says in DEFECTS])
def test_a_planted_defect_is_told(good: str, defect: str, says: str) -> None:
    assert good in GOOD
    found = [told for rule in RULES for told in rule(build_schema(GOOD.replace(good, defect)))]
    assert any(told.startswith(says) for told in found), found


def test_every_rule_has_a_defect() -> None:
    schemas = [build_schema(GOOD.replace(good, defect)) for good, defect, _ in DEFECTS]
    assert [rule.__name__ for rule in RULES if not any(list(rule(each)) for each in schemas)] == []


def test_no_exception_is_left_without_its_reason_s_place(schema: GraphQLSchema) -> None:
    known = {place for place, _ in places(schema)}
    assert set(WITHOUT_UNIT) <= known
    assert {f"Mutation.{name}" for name in WITHOUT_KEY} <= known


def test_what_is_taken_from_clients_is_said_in_the_changelog(schema: GraphQLSchema) -> None:
    """Else: write each line where it says, or take the change back."""
    before = build_schema(RELEASED.read_text(encoding="utf-8"))
    assert untold(before, schema, CHANGELOG.read_text(encoding="utf-8")) == []


TAKEN: list[tuple[str, str, str]] = [
    ("name: String!", "", "### Breaking: - Field Boat.name was removed."),
    ('"""With two masts.""" KETCH_RIGGED', "", "### Breaking: - Enum value BoatKind.KETCH_RIGGED was removed."),
    ("KETCH_RIGGED", "KETCH_RIGGED YAWL", "anywhere: - Enum value BoatKind.YAWL was added."),
    ("first: Int! = 50", "first: Int! = 10", "anywhere: - Query.boats(first:) has changed defaultValue from 50 to 10."),
    ("afloat: Boolean!", "afloat: Boolean", "### Breaking: - Field Boat.afloat changed type from Boolean! to Boolean."),
    (
        "kind: BoatKind!",
        "kind: BoatKind! size: Int!",
        "### Breaking: - A required field CreateBoatInput.size was added.",
    ),
]


@pytest.mark.parametrize(("good", "defect", "says"), TAKEN, ids=[says for _, _, says in TAKEN])
def test_what_is_taken_must_stand_in_its_place(good: str, defect: str, says: str) -> None:
    text = GOOD.replace("`name` instead", "`crew` instead")
    described = text.replace('"""What people call it."""\n  name: String!', "name: String!")
    before, now = build_schema(described), build_schema(described.replace(good, defect))
    line = says.split(": ", 1)[1]
    elsewhere = f"# Changelog\n## Unreleased\n### Added\n- boats\n## 1.0\n### Breaking\n{line}\n"
    in_place = elsewhere.replace("### Added", f"### Breaking\n{line}\n### Added")
    assert untold(before, now, elsewhere) == [says]
    assert untold(before, now, in_place) == []
    beside = elsewhere.replace("- boats", line)
    assert untold(before, now, beside) == ([says] if says.startswith("### Breaking") else [])


def test_what_is_added_is_taken_from_nobody() -> None:
    added = GOOD.replace("kind: BoatKind!", "kind: BoatKind! size: Int").replace("crew:", "sails: Int! crew:")
    assert untold(build_schema(GOOD), build_schema(added), "") == []


def test_an_operation_that_is_not_valid_is_noticed(schema: GraphQLSchema) -> None:
    assert all(validate(schema, parse(text)) == [] for text in operations().values())
    assert validate(schema, parse(operations()["Status"].replace("createdAt", "madeAt"))) != []


async def test_no_connection_gives_more_than_a_hundred(client: Client) -> None:
    roots = [place for place, field in answers(build_schema(schema_text())) if "first" in field.args]
    assert len(roots) >= 6
    scenario = await client.create_scenario()
    started = (
        """mutation($scenario: ID!) { startStressTests(input: {base: {scenarioId: $scenario}}) { study { id } } }"""
    )
    study = (await client.ask(started, scenario=scenario))["startStressTests"]["study"]["id"]
    above = {
        "Query": "{ %s }",
        "Scenario": f'{{ scenario(id: "{scenario}") {{ %s }} }}',
        "Request": f'{{ request(id: "{await put_out(client)}") {{ %s }} }}',
        "Study": f'{{ study(id: "{study}") {{ %s }} }}',
    }
    assert {place.split(".")[0] for place in roots} == set(above), "teach this test what stands above the others"
    client.token = await token_of(client.database, client.organisation, Role.ADMIN)
    for place in roots:
        answer = await client.answer(above[place.split(".")[0]] % f"{name_of(place)}(first: 101) {{ totalCount }}")
        assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT", place
