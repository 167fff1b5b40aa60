"""Pictures of every page after a first start, in light and dark: `python -m tests.console.screenshots DIR`."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from tests.console.browsing import Screen, chromium, screen
from tests.console.house import House, serving
from tests.console.pages import Shown, prepared

FIRST = "{ scenarios(first: 1) { nodes { id runs(first: 1) { nodes { id } } } } }"
CANCEL = "mutation($input: CancelRunInput!) { cancelRun(input: $input) { run { id } } }"
THEMES = ("light", "dark")
WIDE = 1440
TALLEST = 6000


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with first_start() as house, chromium() as browser:
        (first,) = house.ask(FIRST)["scenarios"]["nodes"]
        house.finished(first["runs"]["nodes"][0]["id"])
        there = prepared(house, first["id"])
        for theme in THEMES:
            take_all(browser, house, there, folder, theme)


@contextmanager
def first_start() -> Iterator[House]:
    """A server that has never been started before."""
    with (
        tempfile.TemporaryDirectory(prefix="springtide-", dir="/tmp", ignore_cleanup_errors=True) as data,
        serving(SPRINGTIDE_DATA_DIR=data) as (address, token),
    ):
        assert token is not None
        yield House(address, token)


def take_all(browser: Browser, house: House, there: Shown, folder: Path, theme: str) -> None:
    with screen(browser, house.address, color_scheme=theme) as nobody:
        nobody.open("/")
        take(nobody, folder / f"sign-in-{theme}.png")
    with screen(browser, house.address, house.token, color_scheme=theme) as planner:
        for name, path in there.addresses().items():
            planner.open(path)
            take(planner, folder / f"{name}-{theme}.png")
        run = house.started(there.scenario, replications=200, seed=3 + THEMES.index(theme))
        planner.page.goto(f"{house.address}/runs/{run}")
        planner.until("() => document.querySelector('progress')?.value > 25")
        take(planner, folder / f"run-live-{theme}.png")
        house.ask(CANCEL, input={"runId": run})  # or the next theme's waits for it


def take(shown: Screen, file: Path) -> None:
    """All of a page, as it stands in a window that is as tall as it is."""
    page = shown.page
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": WIDE, "height": max(900, min(TALLEST, height))})
    page.wait_for_timeout(300)
    page.screenshot(path=file)
    page.set_viewport_size({"width": WIDE, "height": 900})
    print(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
