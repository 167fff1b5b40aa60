"""A headless Chromium with one page, driven over its debugging protocol; it reaches this machine and no other."""

import asyncio
import base64
import json
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import websockets
from websockets.asyncio.client import ClientConnection

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 60.0


@dataclass
class Page:
    socket: ClientConnection
    requested: list[str] = field(default_factory=list)
    """addresses of everything that it asked for"""
    complaints: list[str] = field(default_factory=list)
    """what its console has as errors"""
    _numbers: Any = field(default_factory=count)
    _waiting: dict[int, "asyncio.Future[Any]"] = field(default_factory=dict)

    async def listen(self) -> None:
        async for message in self.socket:
            told = json.loads(message)
            if "id" in told:
                self._waiting.pop(told["id"]).set_result(told)
            elif told["method"] == "Network.requestWillBeSent":
                self.requested.append(told["params"]["request"]["url"])
            elif told["method"] == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
                self.complaints.append(told["params"]["entry"]["text"])
            elif told["method"] == "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(told["params"]["exceptionDetails"])[:500])

    async def do(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        answer = await asyncio.wait_for(self._waiting[number], PATIENCE)
        assert "error" not in answer, answer
        return answer["result"]

    async def value(self, expression: str) -> Any:
        """Of an expression, or of the promise that it is."""
        found = await self.do("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def until(self, expression: str) -> Any:
        """As soon as it is true."""
        look = f"const look = () => {{ const found = {expression}; found ? done(found) : setTimeout(look, 50); }}"
        return await asyncio.wait_for(self.value(f"new Promise((done) => {{ {look}; look(); }})"), PATIENCE)

    async def screenshot(self) -> bytes:
        return base64.b64decode((await self.do("Page.captureScreenshot"))["data"])


@asynccontextmanager
async def browsing() -> AsyncIterator[Page]:
    assert PROGRAM is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = await asyncio.create_subprocess_exec(
            *(PROGRAM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--window-size=1500,900", "--remote-debugging-port=0", f"--user-data-dir={folder}"),
            *("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "about:blank"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            port = await asyncio.wait_for(debugging_port(browser), PATIENCE)
            async with httpx.AsyncClient() as http:
                targets = (await http.get(f"http://127.0.0.1:{port}/json")).json()
            address = next(each["webSocketDebuggerUrl"] for each in targets if each["type"] == "page")
            async with websockets.connect(address, max_size=None) as socket:
                page = Page(socket)
                listening = asyncio.create_task(page.listen())
                for domain in ("Network", "Log", "Page", "Runtime"):
                    await page.do(f"{domain}.enable")
                yield page
                listening.cancel()
        finally:
            browser.terminate()
            await browser.wait()


async def debugging_port(browser: asyncio.subprocess.Process) -> int:
    assert browser.stderr is not None
    async for line in browser.stderr:
        if found := re.search(rb"DevTools listening on ws://127.0.0.1:(\d+)/", line):
            return int(found[1])
    raise ChildProcessError("the browser ended before it listened")
