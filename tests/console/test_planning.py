"""What planners do in the console, from beginning to end, and that its figures are those of the API."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.console.browsing import NEEDED, Screen
from tests.console.house import House
from tests.console.pages import QUAYSIDE, Shown

pytestmark = [NEEDED, pytest.mark.slow, pytest.mark.xdist_group("console")]

FIGURES = """query($id: ID!) { run(id: $id) { outcomes { allMet { mean } cost { total { mean } }
  queues { id total { offered { mean } serviceLevel { mean } } } } } }"""
PREVIEW = """query($input: PreviewScenarioInput!) { previewScenario(input: $input) { cost { total } } }"""
DIFFERENCES = """query($baseline: ID!, $runs: [ID!]!) { compareRuns(baselineRunId: $baseline, runIds: $runs) {
  candidates { paired differences(measures: [CLIENT_COST]) { difference { mean } } } } }"""
WHOSE = "query($id: ID!) { run(id: $id) { scenario { id } } }"
VERSION = "query($id: ID!) { scenario(id: $id) { version definition { queues { handling { meanSeconds } } } } }"
SELECTED = """(text) => { const box = document.querySelector('textarea');
  return box.value.slice(box.selectionStart, box.selectionEnd).includes(text); }"""


def number(text: str) -> float:
    return float(re.sub(r"[^\d.]", "", text))


def id_in(address: str) -> str:
    return urlsplit(address).path.split("/")[2]


def test_from_a_scenario_to_a_compared_what_if(shown: Screen, house: House, there: Shown) -> None:
    page = shown.page
    shown.open(f"/scenarios/{there.scenario}")
    page.get_by_role("link", name="What if …").click()
    page.get_by_label("Contacts, factor").fill("1.3")
    page.get_by_label("Contacts, factor").press("Tab")
    shown.see("against the saved plan")
    changes = [{"scaleDemand": {"factor": 1.3}}]
    expected = house.ask(PREVIEW, input={"source": {"scenarioId": there.scenario}, "changes": changes})
    assert number(page.inner_text("#expected-cost")) == round(expected["previewScenario"]["cost"]["total"])

    page.get_by_role("button", name="Save as a new scenario").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Thirty percent more")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/runs/*")
    page.get_by_role("link", name="Compare with Quayside").click()
    shown.see("Side by side")
    query = parse_qs(urlsplit(page.url).query)
    (baseline,), (run,) = query["baseline"], query["runs"]
    told = house.ask(DIFFERENCES, baseline=baseline, runs=[run])["compareRuns"]["candidates"][0]
    assert house.ask(WHOSE, id=baseline)["run"]["scenario"]["id"] == there.scenario
    assert told["paired"]
    row = page.get_by_role("row", name="Thirty percent more").first
    assert number(row.locator("td").nth(3).inner_text()) == round(told["differences"][0]["difference"]["mean"])


def test_a_run_is_watched_from_start_to_end(shown: Screen, house: House, there: Shown) -> None:
    page = shown.page
    run = house.started(there.scenario, replications=60, seed=7)
    page.goto(f"{house.address}/runs/{run}")
    page.locator(".narrowing").first.wait_for()
    first = page.locator("progress").get_attribute("value")
    shown.until("(first) => !(document.querySelector('progress')?.value <= Number(first))", first)
    shown.see("Figures move until the last is in")
    shown.see("Queues over the whole horizon")
    figures = house.ask(FIGURES, id=run)["run"]["outcomes"]
    calls = page.locator("#queues tbody tr").first.inner_text()
    assert f"{figures['queues'][0]['total']['offered']['mean']:,.0f}" in calls
    assert f"{100 * figures['queues'][0]['total']['serviceLevel']['mean']:.1f}\xa0%" in calls
    assert f"{figures['cost']['total']['mean']:,.0f}" in page.inner_text("main")


def test_an_error_stands_beside_its_field_and_is_mended(shown: Screen, house: House) -> None:
    scenario = house.made(source={"document": QUAYSIDE}, name="To be edited")
    page = shown.page
    shown.open(f"/scenarios/{scenario}/edit?tab=queues&queue=calls")
    field = shown.field("Mean handling time")
    field.fill("minus five")
    page.locator(".field", has=field).get_by_text("write a number").wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    assert page.get_by_role("button", name="Save into this one").is_disabled()
    field.fill("250")
    page.locator(".field", has=field).get_by_text("write a number").wait_for(state="detached")
    page.get_by_role("button", name="Save into this one").click()
    shown.see("Saved as version 2")
    told = house.ask(VERSION, id=scenario)["scenario"]
    assert (told["version"], told["definition"]["queues"][0]["handling"]["meanSeconds"]) == (2, 250)
    assert "changes=" not in page.url


def test_the_document_is_edited_as_text(shown: Screen, house: House) -> None:
    scenario = house.made(source={"document": QUAYSIDE}, name="As text")
    page = shown.page
    shown.open(f"/scenarios/{scenario}/edit?tab=document")
    text = page.get_by_label("Scenario document")
    text.fill(QUAYSIDE.replace("mean_seconds: 300", "mean_seconds: 0"))
    page.locator("aside").get_by_role("button", name="calls, handling, mean seconds").click()
    shown.until(SELECTED, "mean_seconds: 0")
    text.fill(QUAYSIDE.replace("mean_seconds: 300", "mean_seconds: 240"))
    page.get_by_role("button", name="Save into this one").click()
    shown.see("Saved as version 2")
    assert house.ask(VERSION, id=scenario)["scenario"]["definition"]["queues"][0]["handling"]["meanSeconds"] == 240


def test_an_address_holds_the_whole_view(shown: Screen, there: Shown) -> None:
    page = shown.page
    shown.open(there.addresses()["run-service"])
    page.get_by_label("Queue").select_option("mail")
    page.get_by_label("Periods").select_option("DAY")
    shown.settle()
    address = page.url
    assert "queue=mail" in address
    page.reload()
    shown.settle()
    assert page.get_by_label("Queue").input_value() == "mail"
    page.get_by_role("link", name="Money").click()
    shown.see("Cost to the client")
    page.go_back()
    assert page.url == address


def test_the_keyboard_reaches_everything(shown: Screen, there: Shown) -> None:
    page = shown.page
    shown.open("/")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/runs")
    shown.settle()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    shown.open(there.addresses()["what-if"])
    slider = page.get_by_role("slider", name="Handling time")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**scaleHandling**")
