"""What the modules say in JSDoc holds, against types of the API made from the schema."""

import pytest
from graphql import build_schema

from server.graphql.schema import schema_text
from tests.console.typescript import PACKAGES, complaints, types_of
from tests.server.npm import installed

SCHEMA = build_schema(schema_text())


def test_types_say_what_may_be_null() -> None:
    types = types_of(SCHEMA)
    assert '  type Severity = "ERROR" | "WARNING" | "NOTE";\n' in types
    assert "interface Progress { completed: number; total: number; }" in types
    assert "scenarioId: string; expectedVersion: number; source?: ScenarioSourceInput | null;" in types
    assert "requirement: (AgentRequirement)[];" in types


@pytest.mark.slow
def test_the_modules_are_typed() -> None:
    assert complaints(installed("console-types", PACKAGES), SCHEMA) == []
