"""Debian's Chromium, driven by Playwright: what a page asks of others, and what it complains of, is kept."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, sync_playwright

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NEEDED = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine: apt-get install chromium")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip
SETTLED = "() => document.querySelector('h1') !== null && !document.querySelector('.waiting, [aria-busy=true]')"
SIZE = {"width": 1440, "height": 900}
PATIENCE_MILLISECONDS = 40_000
LOOK_MILLISECONDS = 60


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Screen:
    """A page somebody is signed in to, or not."""

    page: Page
    address: str
    elsewhere: list[str] = field(default_factory=list)
    """what it asked of any other host, in vain"""
    complaints: list[str] = field(default_factory=list)
    """errors and warnings of its console"""

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.settle()

    def settle(self) -> None:
        """Until nothing is awaited: no request is under way, and no part of the page says that it waits."""
        self.until(SETTLED)

    def until(self, function: str, argument: object = None) -> None:
        """Until it says so; Playwright's own way is refused by the policy of the page now and then."""
        deadline = time.monotonic() + PATIENCE_MILLISECONDS / 1000
        while not self.page.evaluate(function, argument):
            assert time.monotonic() < deadline, function
            self.page.wait_for_timeout(LOOK_MILLISECONDS)

    def see(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def field(self, label: str) -> Locator:
        return self.page.get_by_role("textbox", name=label)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def pass_on(self, route: Route) -> None:
        if route.request.url.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.elsewhere.append(urlsplit(route.request.url).netloc)
            route.abort()


@contextmanager
def screen(browser: Browser, address: str, token: str | None = None, **options: Any) -> Iterator[Screen]:
    context = browser.new_context(viewport=SIZE, **options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    shown = Screen(page, address)
    page.on("console", shown.hear)
    page.on("pageerror", lambda error: shown.complaints.append(str(error)))
    page.route("**/*", shown.pass_on)
    if token:
        shown.open(f"/#token={token}")
    yield shown
    context.close()
