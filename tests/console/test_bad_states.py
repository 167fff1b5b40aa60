"""What goes wrong while somebody works has a state of its own, and nothing that was written is lost."""

import pytest
from playwright.sync_api import Browser, expect

from server.database.pool import Database
from server.graphql.paging import key_of
from tests.console.browsing import NEEDED, PATIENCE_MILLISECONDS, Screen, screen
from tests.console.conftest import awaited
from tests.console.house import House
from tests.console.pages import QUAYSIDE, Shown
from tests.console.wire import wired

pytestmark = [NEEDED, pytest.mark.slow, pytest.mark.xdist_group("console")]

MAKE_TOKEN = """mutation($input: CreateTokenInput!) { createToken(input: $input) {
  text token { id } userErrors { message } } }"""
REVOKE = "mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { token { id } userErrors { message } } }"
DELETE = (
    "mutation($input: DeleteScenarioInput!) { deleteScenario(input: $input) { scenarioId userErrors { message } } }"
)
UPDATE = """mutation($input: UpdateScenarioInput!) { updateScenario(input: $input) {
  scenario { version } userErrors { message } } }"""
RUN_STATUS = "query($id: ID!) { run(id: $id) { status } }"
LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"
EDITED = "/scenarios/{}/edit?tab=queues&queue=calls"


def test_an_expired_token_leaves_the_page_where_it_was(browser: Browser, house: House, there: Shown) -> None:
    made = house.ask(MAKE_TOKEN, input={"role": "PLANNER", "label": "to be revoked"})["createToken"]
    with screen(browser, house.address, made["text"]) as planner:
        page = planner.page
        planner.open(EDITED.format(there.scenario))
        planner.field("Mean handling time").fill("270")
        planner.settle()
        house.ask(REVOKE, input={"tokenId": made["token"]["id"]})
        page.evaluate(LOOK_AGAIN)
        page.get_by_role("dialog", name="Signed out").wait_for()
        planner.see("has ended, or was revoked")
        page.fill("#token", house.token)
        page.keyboard.press("Enter")
        page.get_by_role("dialog").wait_for(state="detached")
        planner.settle()
        expect(planner.field("Mean handling time")).to_have_value("270", timeout=PATIENCE_MILLISECONDS)
        assert all("401 (Unauthorized)" in each for each in planner.complaints)


def test_a_lost_connection_is_told_and_resumed(browser: Browser, house: House, there: Shown) -> None:
    with wired(house.address) as wire, screen(browser, wire.address, house.token) as planner:
        run = house.started(there.scenario, replications=60, seed=8)
        planner.page.goto(f"{wire.address}/runs/{run}")
        planner.page.locator("progress").wait_for()
        wire.cut()
        planner.see("Connection lost.")
        house.finished(run)
        wire.mend()
        planner.see("Connected again.")
        planner.see("Queues over the whole horizon")


def test_a_deleted_scenario_is_told_and_its_draft_kept(shown: Screen, house: House) -> None:
    scenario = house.made(source={"document": QUAYSIDE}, name="Doomed")
    page = shown.page
    shown.open(EDITED.format(scenario))
    shown.field("Mean handling time").fill("260")
    shown.settle()
    house.ask(DELETE, input={"scenarioId": scenario, "withRuns": True})
    page.evaluate(LOOK_AGAIN)
    shown.see("This scenario was deleted meanwhile")
    page.get_by_role("button", name="Save as a new scenario").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Saved from the flames")
    page.get_by_label("Run it at once").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    shown.see("Saved from the flames")
    shown.open(f"/scenarios/{scenario}")
    shown.see("This scenario is not there")


def test_of_two_planners_the_second_is_told_and_nothing_overwritten(shown: Screen, house: House) -> None:
    scenario = house.made(source={"document": QUAYSIDE}, name="Shared")
    page = shown.page
    shown.open(EDITED.format(scenario))
    shown.field("Patience").fill("99")
    shown.settle()
    theirs = [{"setValue": {"path": "queues.calls.handling.mean_seconds", "value": 280}}]
    house.ask(UPDATE, input={"scenarioId": scenario, "expectedVersion": 1, "changes": theirs})
    page.get_by_role("button", name="Save into this one").click()
    shown.see("Not saved: somebody else saved version 2 meanwhile")
    shown.see("queues.calls.handling.meanSeconds")
    page.get_by_role("button", name="Take theirs").click()
    expect(shown.field("Mean handling time")).to_have_value("280", timeout=PATIENCE_MILLISECONDS)
    expect(shown.field("Patience")).to_have_value("99")
    page.get_by_role("button", name="Save into this one").click()
    shown.see("Saved as version 3")


def test_a_failed_run_says_why_and_what_mends_it(shown: Screen, house: House, there: Shown) -> None:
    run = house.ran(there.scenario, replications=2, seed=9)
    awaited(failed(house, run))
    shown.open(f"/runs/{run}")
    shown.see("This run failed")
    shown.see("no such queue")
    assert shown.page.get_by_role("button", name="Run it again").is_visible()
    assert shown.page.get_by_role("link", name="Change the scenario").is_visible()


async def failed(house: House, run: str) -> None:
    """Has a run end as if the engine had refused it."""
    async with Database.open(house.database, connections=1) as database:
        async with database.administration() as connection:
            organisation = await connection.fetchval("SELECT id FROM organisations")
        async with database.tenant(organisation) as connection:
            await connection.execute(
                "UPDATE runs SET status = 'FAILED', failure_code = 'SIMULATION_FAILED',"
                " failure_message = 'no such queue' WHERE id = $1",
                key_of(run, "Run"),
            )


def test_who_may_only_read_is_offered_nothing_else(browser: Browser, house: House, there: Shown) -> None:
    made = house.ask(MAKE_TOKEN, input={"role": "VIEWER", "label": "reads"})["createToken"]
    with screen(browser, house.address, made["text"]) as reader:
        reader.open(f"/scenarios/{there.scenario}")
        assert reader.page.get_by_role("button", name="Run").count() == 0
        assert reader.page.get_by_role("button", name="Delete").count() == 0
        reader.open(f"/scenarios/{there.scenario}/edit")
        reader.see("You may look and try, but not save")
        assert reader.complaints == []
