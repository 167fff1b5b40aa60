"""Every page of the console in a real browser: sound for those who see it or hear it, without any other network."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.console.axe import contrast, violations
from tests.console.browsing import NEEDED, Screen, screen
from tests.console.house import House
from tests.console.pages import Shown

pytestmark = [NEEDED, pytest.mark.slow, pytest.mark.xdist_group("console")]
PAGES = Shown(*"abcdef").addresses()
SEEN = ("scenarios", "what-if", "run", "run-service", "compare")
"""Those that have every part that colours may spoil; the others are looked at with the long suites."""


@pytest.fixture(scope="package")
def planner(browser: Browser, house: House) -> Iterator[Screen]:
    with screen(browser, house.address, house.token) as opened:
        yield opened


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_open_to_everybody(planner: Screen, there: Shown, name: str) -> None:
    planner.open(there.addresses()[name])
    page = planner.page
    assert page.locator("h1").count() == 1
    assert page.title().endswith("· Springtide")
    assert "cannot be shown" not in page.inner_text("main")
    assert violations(page) == []
    assert planner.complaints == []
    assert planner.elsewhere == []


@pytest.mark.parametrize("name", [pytest.param(name, marks=[] if name in SEEN else pytest.mark.bar) for name in PAGES])
def test_a_page_is_legible_in_the_dark(planner: Screen, there: Shown, name: str) -> None:
    planner.page.emulate_media(color_scheme="dark")
    planner.open(there.addresses()[name])
    assert contrast(planner.page) == []
    planner.page.emulate_media(color_scheme="light")


def test_nobody_is_shown_anything_before_they_sign_in(browser: Browser, house: House, there: Shown) -> None:
    with screen(browser, house.address) as nobody:
        nobody.open(f"/runs/{there.run}")
        assert nobody.page.inner_text("h1") == "Sign in"
        assert violations(nobody.page) == []
        nobody.page.fill("#token", house.token)
        nobody.page.keyboard.press("Enter")
        nobody.see("Decision")
        assert nobody.page.url.endswith(f"/runs/{there.run}")
        assert nobody.complaints == []
