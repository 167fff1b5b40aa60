"""axe-core's verdict on a page as it stands."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.server.npm import installed

VERSION = "4.14.1"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@cache
def source() -> str:
    folder = installed("console-axe", {"axe-core": VERSION})
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, **options: Any) -> list[str]:
    """Each rule that is broken, with the places."""
    page.evaluate(source())
    found = page.evaluate("(options) => axe.run(document, options)", {**RULES, **options})
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in found["violations"]
    ]


def contrast(page: Page) -> list[str]:
    """The part of the verdict that colours may change."""
    return violations(page, runOnly={"type": "rule", "values": ["color-contrast", "link-in-text-block"]})
