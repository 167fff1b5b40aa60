"""A page with the gallery of charts, and what it complains of."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page

from tests.console.serving import GALLERY


@dataclass
class Gallery:
    """One page with all charts, or some."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def chart(self, name: str) -> Locator:
        return self.page.locator(f"#{name}")

    def names(self) -> list[str]:
        return list(self.page.evaluate("shown"))

    def marks(self, name: str) -> list[float]:
        """The figures of what is drawn."""
        return [float(told) for told in self.chart(name).locator("[data-mark]").evaluate_all(GIVEN)]

    def table(self, name: str) -> list[list[str]]:
        """Its cells as they are shown, without non-breaking spaces."""
        self.chart(name).locator("details.table").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        self.chart(name).locator("tbody tr").first.wait_for()
        rows: list[list[str]] = self.chart(name).locator("details.table tbody tr").evaluate_all(CELLS)
        return [[cell.replace("\u00a0", " ") for cell in row] for row in rows]

    def text(self, name: str, of: str) -> str:
        return self.chart(name).locator(of).first.inner_text().replace("\u00a0", " ")

    def saved(self, name: str, button: str) -> tuple[str, bytes]:
        """The file's name and bytes."""
        with self.page.expect_download() as waiting:
            self.chart(name).get_by_role("button", name=re.compile(f"^{button}: ")).click()
        return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


GIVEN = "all => all.map((one) => one.dataset.mark)"
CELLS = "all => all.map((row) => [...row.cells].map((cell) => cell.textContent))"


def recorded(name: str) -> Any:
    """An answer of the API, down to the outcomes, the study or the comparison."""
    answer = json.loads((GALLERY / "recorded" / f"{name}.json").read_text())
    (found,) = answer.values()
    return found.get("outcomes", found)


def open_gallery(browser: Browser, address: str, theme: str = "light", show: str = "", width: int = 1000) -> Gallery:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    gallery = Gallery(context.new_page())
    page = gallery.page
    page.on("console", lambda told: gallery.complaints.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: gallery.complaints.append(str(error)))
    page.on("request", lambda asked: gallery.hosts.add(urlsplit(asked.url).netloc))
    page.goto(f"{address}/gallery/{'?show=' + show if show else ''}#theme={theme}")
    page.locator("#gallery section").last.wait_for()
    canvases = page.locator(".uplot-box canvas")
    for place in range(page.locator(".uplot-box").count()):
        canvases.nth(place).wait_for(state="attached")
    return gallery
