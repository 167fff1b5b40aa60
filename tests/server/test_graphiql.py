"""GraphiQL from our own files: it loads offline, shows no data without a token, and its examples run."""

import asyncio
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from graphql import build_schema, parse, validate

import server
from server.graphql.schema import schema_text
from tests.server.api import Client, finish_next_run
from tests.server.browser import PROGRAM, Page, browsing
from tests.server.served import Served

FOLDER = Path(server.__file__).parent / "console" / "graphiql"


def examples() -> list[str]:
    return re.split(r"^# ===\n", (FOLDER / "examples.graphql").read_text(), flags=re.M)


async def test_the_page_is_public_and_names_no_other_host(client: Client) -> None:
    client.token = None
    page = await client.http.get("/graphiql")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "http" not in page.text
    for name in re.findall(r'(?:src|href)="(/console/[^"]+)"', page.text):
        assert (await client.http.get(name)).status_code == 200, name


@pytest.mark.parametrize("example", examples())
def test_every_example_is_valid(example: str) -> None:
    assert validate(build_schema(schema_text()), parse(example)) == []


async def test_the_schema_is_sent_once(client: Client) -> None:
    client.token = None
    first = await client.http.get("/schema.graphql")
    assert first.headers["content-type"] == "text/plain; charset=utf-8"
    assert build_schema(first.text).query_type is not None
    again = await client.http.get("/schema.graphql", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = await client.http.get("/schema.graphql", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


async def run_tab(page: Page, number: int, expected: str) -> str:
    """Press the button in a tab, and wait until the answer says what is expected."""
    await page.value(f"document.querySelectorAll('.graphiql-tab-button')[{number}].click()")
    await asyncio.sleep(0.5)
    await page.value("document.querySelector('.graphiql-execute-button').click()")
    answer = "document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue() ?? ''"
    try:
        await page.until(f"({answer}).includes({expected!r})")
    except TimeoutError:
        pytest.fail(f"tab {number}: {await page.value(answer)}")
    return str(await page.value(answer))


@pytest.mark.bar
@pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine")
async def test_the_examples_run_in_a_browser_that_reaches_no_other_host(served: Served, tmp_path: Path) -> None:
    here = f"http://127.0.0.1:{served.port}"
    async with browsing() as page:
        await page.do("Page.navigate", url=f"{here}/graphiql")
        await page.until("document.querySelectorAll('.graphiql-tab-button').length")
        nobody = await run_tab(page, 0, "Sign in above")
        await page.value(f"document.querySelector('[name=token]').value = {served.client.token!r}")
        await page.value("document.querySelector('#sign-in button').click()")
        await page.until("document.querySelector('#message').textContent.startsWith('Signed in')")
        await page.until(f"document.querySelectorAll('.graphiql-tab-button').length === {len(examples())}")
        assert "userErrors" in await run_tab(page, 0, '"digest"')
        assert "A fifth more" in await run_tab(page, 1, '"summary"')
        assert (await run_tab(page, 2, '"variantRun"')).count("QUEUED") == 2
        await run_tab(page, 3, '"QUEUED"')
        for _ in range(2):
            await finish_next_run(served.database)
        await page.until("document.querySelector('.result-window .CodeMirror').CodeMirror.getValue().includes('SUCC')")
        assert "serviceLevel" in await run_tab(page, 4, '"outcomes"')
        assert "userErrors" in await run_tab(page, 5, '"paired"')
        if shown := os.environ.get("SPRINGTIDE_SCREENSHOT"):
            await asyncio.to_thread(Path(shown).write_bytes, await page.screenshot())
    hosts = {urlsplit(address).netloc for address in page.requested if not address.startswith(("data:", "blob:"))}
    print(f"\nGraphiQL: {len(page.requested)} requests, all to {hosts}; complaints: {page.complaints}")
    assert "digest" not in nobody
    assert hosts == {f"127.0.0.1:{served.port}"}
    assert page.complaints == []
