"""What somebody sees who starts the server for the first time, how soon, and what they can print."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.console.browsing import NEEDED, screen
from tests.console.house import House
from tests.console.pages import Shown
from tests.console.screenshots import FIRST, first_start

pytestmark = [NEEDED, pytest.mark.xdist_group("console")]

USEFUL_MILLISECONDS = 1500
MEASURED = "() => performance.now()"
UNSEEN = "(all) => all.every((each) => !each.checkVisibility())"
ROW = "table tbody tr th a"


@pytest.mark.slow
def test_a_page_is_printed_on_white_whatever_the_screen_was(browser: Browser, house: House, there: Shown) -> None:
    with screen(browser, house.address, house.token, color_scheme="dark") as planner:
        planner.open(f"/runs/{there.run}")
        printed = planner.page.pdf(format="A4")
        planner.page.emulate_media(media="print")
        colour = planner.page.evaluate("getComputedStyle(document.querySelector('.panel')).backgroundColor")
        hidden = planner.page.locator(".bar nav, .actions, .tabs").evaluate_all(
            "(all) => all.every((e) => !e.checkVisibility())"
        )
    assert printed.startswith(b"%PDF")
    assert len(printed) > 20_000
    assert (colour, hidden) == ("rgb(255, 255, 255)", True)


@pytest.fixture(scope="module")
def begun() -> Iterator[House]:
    with first_start() as house:
        (scenario,) = house.ask(FIRST)["scenarios"]["nodes"]
        house.finished(scenario["runs"]["nodes"][0]["id"])
        yield house


@pytest.mark.bar
def test_a_first_start_shows_retail_peak_already_run(browser: Browser, begun: House) -> None:
    with screen(browser, begun.address) as newcomer:
        newcomer.open(f"/#token={begun.token}")
        row = newcomer.page.get_by_role("row", name="Retail peak")
        assert "Done" in row.inner_text()
        assert "USD" in row.inner_text()
        row.get_by_role("link", name="Done").click()
        newcomer.see("Queues over the whole horizon")
        newcomer.see("Orders by phone")
        assert (newcomer.complaints, newcomer.elsewhere) == ([], [])


@pytest.mark.bar
def test_the_first_page_is_soon_useful(browser: Browser, begun: House) -> None:
    """From the address typed to the list of scenarios, with nothing kept by the browser; the least of three."""
    taken = []
    for _ in range(3):
        with screen(browser, begun.address) as newcomer:
            newcomer.page.goto(f"{begun.address}/#token={begun.token}", wait_until="commit")
            newcomer.page.locator(ROW).first.wait_for()
            taken.append(newcomer.page.evaluate(MEASURED))
    print(f"\nfirst page useful after {', '.join(f'{each:.0f}' for each in taken)} ms")
    assert min(taken) < USEFUL_MILLISECONDS
