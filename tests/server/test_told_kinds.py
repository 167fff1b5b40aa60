"""The kinds of money lines that both schemas tell are those that the engine writes."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from graphql import GraphQLObjectType, build_schema

from simulation.outcome.money.commitments import COMMITMENT
from simulation.outcome.money.credits import BONUS, CREDIT, EARN_BACK
from simulation.outcome.money.exit_rights import EXIT_FEE
from simulation.outcome.money.settlement import CostKind, OwnCostKind
from simulation.outcome.report.document_schema import result_schema

SCHEMA = Path(__file__).parents[2] / "schema.graphql"
KINDS = {
    "InvoiceLine": (COMMITMENT, CREDIT, BONUS, EARN_BACK, EXIT_FEE),
    "OwnLine": OwnCostKind,
    "CostLine": CostKind,
}
"""Of an invoice those that are not charged by a line of pricing."""


def words(text: str) -> list[str]:
    return re.findall(r"\b[A-Z][A-Z_]+\b", text)


@pytest.mark.parametrize(("line", "kinds"), KINDS.items(), ids=list(KINDS))
def test_both_schemas_name_the_kinds_of_a_line(line: str, kinds: Iterable[str]) -> None:
    documented = result_schema()["$defs"][f"{line}Shape"]["properties"]["kind"]["description"]
    served = build_schema(SCHEMA.read_text(encoding="utf-8")).get_type(line)
    assert isinstance(served, GraphQLObjectType)
    assert words(documented) == words(served.fields["kind"].description or "") == [str(kind) for kind in kinds]
