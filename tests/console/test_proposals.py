"""The proposal flow by organisations that see nothing of each other: put out, answered, evaluated, awarded."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from server.store.organisations import OrganisationKind
from tests.console.axe import violations
from tests.console.browsing import NEEDED, Screen, screen
from tests.console.conftest import admitted, awaited
from tests.console.house import House
from tests.server.tender import SECRET, WAGE, WORK, offer

pytestmark = [NEEDED, pytest.mark.slow, pytest.mark.xdist_group("console")]

VENDORS = {"Acme Care": offer("acme"), "Borea Care": offer("borea", agents=2, number=1, rate=3.5)}
BOARD = """query($id: ID!) { request(id: $id) { evaluations(first: 1) { nodes { board { candidates {
  holds { mean } cost { mean } } } } } } }"""


@pytest.fixture
def desks(browser: Browser, house: House) -> Iterator[dict[str, Screen]]:
    """A client's and two vendors' screens, each signed in to its own organisation."""
    with ExitStack() as stack:
        tokens = {"client": house.token}
        for vendor in VENDORS:
            tokens[vendor] = awaited(admitted(house.database, vendor, OrganisationKind.VENDOR))
        yield {name: stack.enter_context(screen(browser, house.address, token)) for name, token in tokens.items()}


def test_work_is_put_out_answered_and_awarded(desks: dict[str, Screen], house: House) -> None:
    house.made(source={"document": WORK})
    client = desks.pop("client")
    request = put_out(client)
    client.page.locator("textarea[name=names]").fill("\n".join(VENDORS))
    client.page.get_by_role("button", name="Invite", exact=True).click()
    client.see("Borea Care")
    for name, desk in desks.items():
        answer(desk, request, VENDORS[name])
    for name, desk in desks.items():
        desk.open(request)
        told = desk.page.content()
        others = [other for other in VENDORS if other != name]
        assert not any(word in told for word in (*others, SECRET))
    client.page.get_by_role("button", name="Evaluate them").click()
    client.see("Scorecard")
    client.settle()
    board = house.ask(BOARD, id=request.split("/")[2])["request"]["evaluations"]["nodes"][0]["board"]
    shown = client.page.inner_text("main")
    assert all(f"{each['cost']['mean']:,.0f}" in shown for each in board["candidates"])
    assert str(WAGE) not in client.page.content()
    assert violations(client.page) == []
    client.page.get_by_role("button", name="Acme Care").click()
    client.page.get_by_role("button", name="Award", exact=True).click()
    client.page.wait_for_url("**/scenarios/*")
    desks["Acme Care"].see("It is yours")
    desks["Borea Care"].see("It went to others")
    assert [desk.complaints + desk.elsewhere for desk in (client, *desks.values())] == [[], [], []]


def put_out(client: Screen) -> str:
    """The path of a new request."""
    client.open("/requests/new")
    client.page.get_by_label("Work of").select_option(label="Night desk")
    client.settle()
    client.page.fill("#replications", "10")
    client.page.get_by_label("Sealed").uncheck()
    client.page.get_by_role("button", name="Put it out").click()
    client.page.wait_for_url("**/requests/U*")
    return client.page.url.removeprefix(client.address)


def answer(vendor: Screen, request: str, document: str) -> None:
    """Drafted, with an error first, then tested and submitted."""
    page = vendor.page
    vendor.open(request)
    assert "queue: orders" in page.get_by_label("Your proposal").input_value()
    page.get_by_label("Your proposal").fill("vendor: {id: x}")
    page.get_by_role("button", name="Save the draft").click()
    vendor.see("vendor.sites")
    page.get_by_label("Your proposal").fill(document)
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Test it").click()
    page.wait_for_url("**/runs/*")
    vendor.see("Queues over the whole horizon")
    vendor.open(request)
    page.get_by_role("button", name="Submit version 1").click()
    vendor.see("This version stands for the client")
