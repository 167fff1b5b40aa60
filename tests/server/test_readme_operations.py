"""The README's page for frontend developers: its operations are valid, and its answers have their shape."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
)

from server.graphql.schema import schema_text
from simulation.presets import presets

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
HEADING = "## A what-if in five operations"
SECTION = README.partition(f"\n{HEADING}\n")[2].partition("\n## ")[0]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)


DOCUMENT = parse("\n".join(blocks("graphql")) or "{ __typename }")
OPERATIONS = [node for node in DOCUMENT.definitions if isinstance(node, OperationDefinitionNode)]
FRAGMENTS = {n.name.value: n for n in DOCUMENT.definitions if isinstance(n, FragmentDefinitionNode)}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(schema_text())


def test_the_page_has_five_operations_and_an_answer_of_each() -> None:
    assert len(OPERATIONS) == 5
    assert len(blocks("json")) == 5
    assert [node.operation.value for node in OPERATIONS] == [
        "mutation",
        "mutation",
        "mutation",
        "subscription",
        "query",
    ]


def test_every_operation_of_the_readme_is_valid(schema: GraphQLSchema) -> None:
    every = re.findall(r"^```graphql\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert validate(schema, parse("\n".join(every))) == []


def test_the_page_asks_for_what_there_is() -> None:
    assert set(re.findall(r'presetId: "([\w-]+)"', SECTION)) <= {preset.id for preset in presets()}


@pytest.mark.parametrize("place", range(5))
def test_an_answer_of_the_page_has_the_fields_of_its_operation(place: int) -> None:
    """Those asked for and no others, all the way down; a line of a subscription is one of several."""
    lines = [json.loads(line.removeprefix("data: ")) for line in answers(blocks("json")[place])]
    assert lines
    for line in lines:
        assert mismatches(OPERATIONS[place], line["data"]) == []


def answers(block: str) -> list[str]:
    return block.strip().splitlines() if "data: " in block else [block]


def mismatches(node: Any, answer: Any, at: str = "data") -> list[str]:
    if isinstance(answer, list):
        return [each for item in answer for each in mismatches(node, item, at)]
    if node.selection_set is None or answer is None:
        return [] if not isinstance(answer, dict) else [f"{at} has fields that nobody asked for"]
    wanted = fields_of(node)
    wrong = [f"{at}: {name} is not in both" for name in sorted(wanted.keys() ^ answer.keys())]
    return wrong + [
        each
        for name in wanted.keys() & answer.keys()
        for each in mismatches(wanted[name], answer[name], f"{at}.{name}")
    ]


def fields_of(node: Any) -> dict[str, Any]:
    """The fields that a selection asks for, by the names of the answer."""
    found: dict[str, Any] = {}
    for chosen in node.selection_set.selections:
        if chosen.kind == "field":
            found[(chosen.alias or chosen.name).value] = chosen
        else:
            found |= fields_of(FRAGMENTS[chosen.name.value] if chosen.kind == "fragment_spread" else chosen)
    return found


@pytest.mark.parametrize("change", [("version digest", "version"), ("base { id }", "base { name }")])
def test_a_page_that_went_stale_is_noticed(schema: GraphQLSchema, change: tuple[str, str]) -> None:
    before, after = change
    text = "\n".join(blocks("graphql"))
    assert before in text
    stale = parse(text.replace(before, after))
    assert isinstance(stale, DocumentNode)
    operations = [node for node in stale.definitions if isinstance(node, OperationDefinitionNode)]
    answers_given = [json.loads(block)["data"] for block in blocks("json")[:2]]
    assert any(mismatches(node, answer) for node, answer in zip(operations, answers_given, strict=False))
    assert validate(schema, parse(text.replace("userErrors", "errors"))) != []
