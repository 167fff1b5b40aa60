"""A page of Debian's Chromium with the gallery of charts, and what it complains of."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.console.serving import GALLERY, serving_gallery
from tests.server.browser import PROGRAM

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


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


@contextmanager
def browsing(**further: Path) -> Iterator[tuple[Browser, str]]:
    """A browser that reaches this machine only, and the gallery's address."""
    with serving_gallery(**further) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=list(FLAGS))
        yield browser, address
        browser.close()


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
