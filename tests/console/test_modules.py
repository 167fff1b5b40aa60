"""The console's modules: their operations are the API's, their imports their own, and the page loads all of them."""

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from server.graphql.schema import schema_text
from server.pages import CONSOLE
from tests.console.modules import modules, named, operations, with_preloads

SCHEMA = build_schema(schema_text())
LONGEST = 300


@pytest.mark.parametrize("operation", operations())
def test_every_operation_is_one_of_the_api(operation: str) -> None:
    assert validate(SCHEMA, parse(operations()[operation])) == []


def test_operations_have_names_of_their_own() -> None:
    names = [each.rsplit(" ", 1)[-1] for each in operations()]
    assert len(names) > 30
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("module", modules(), ids=named)
def test_a_module_imports_its_neighbours_by_their_place(module: Path) -> None:
    text = module.read_text()
    for name in re.findall(r'(?:\bfrom |\bimport\()"([^"]+)"', text):
        assert name.startswith("."), name
        assert (module.parent / name).is_file(), name
    assert "http" not in re.sub(r"http://www\.w3\.org/\S+", "", text)
    assert len(text.splitlines()) <= LONGEST


def test_the_page_loads_every_module_at_once() -> None:
    page = (CONSOLE / "index.html").read_text()
    assert page == with_preloads(page), "write it anew with `python -m tests.golden`"


@pytest.mark.parametrize("module", modules(), ids=named)
def test_what_somebody_types_is_never_written_over(module: Path) -> None:
    """Preact writes `value` and `checked` at each drawing: only a field whose every change is heard may have them."""
    for field in re.findall(r"<input\b.*?/>", module.read_text(), re.S):
        if re.search(r"\schecked\b" if 'type="checkbox"' in field else r"\svalue\b", field):
            assert re.search(r"\s(?:onInput|onChange|readonly)\b", field), field
