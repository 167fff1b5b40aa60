"""A real server with a real worker, and a client of its API, for whoever looks at the console."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

PATIENCE = 300.0
START = "from server.cli import main; main()"
CREATE = """mutation($input: CreateScenarioInput!) { createScenario(input: $input) {
  scenario { id name version } userErrors { message path } } }"""
RUN = "mutation($input: StartRunInput!) { startRun(input: $input) { run { id } userErrors { message } } }"
STUDIED = "query($id: ID!) { study(id: $id) { status failure { message } } }"
STATUS = "query($id: ID!) { run(id: $id) { status failure { message } } }"


@dataclass
class House:
    """An organisation on a server."""

    address: str
    token: str
    database: str = ""

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an operation that must go well."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = httpx.post(
            f"{self.address}/graphql", json={"query": query, "variables": variables}, headers=headers, timeout=60
        )
        told = answer.json()
        assert "errors" not in told, told["errors"]
        return told["data"]

    def made(self, **source: Any) -> str:
        """The id of a scenario of a document or preset."""
        payload = self.ask(CREATE, input=source)["createScenario"]
        assert payload["userErrors"] == []
        return str(payload["scenario"]["id"])

    def started(self, scenario: str, replications: int = 10, **more: Any) -> str:
        payload = self.ask(RUN, input={"scenarioId": scenario, "replications": replications, **more})["startRun"]
        assert payload["userErrors"] == []
        return str(payload["run"]["id"])

    def finished(self, run: str) -> str:
        """The run, when it has succeeded."""
        deadline = time.monotonic() + PATIENCE
        while (shown := self.ask(STATUS, id=run)["run"])["status"] in ("QUEUED", "RUNNING"):
            assert time.monotonic() < deadline, shown
            time.sleep(0.1)
        assert shown["status"] == "SUCCEEDED", shown
        return run

    def answered(self, study: str) -> str:
        """The study, when it has its answer."""
        deadline = time.monotonic() + PATIENCE
        while (shown := self.ask(STUDIED, id=study)["study"])["status"] in ("QUEUED", "RUNNING"):
            assert time.monotonic() < deadline, shown
            time.sleep(0.1)
        assert shown["status"] == "SUCCEEDED", shown
        return study

    def ran(self, scenario: str, **more: Any) -> str:
        return self.finished(self.started(scenario, **more))


@contextmanager
def serving(workers: int = 1, **environment: str) -> Iterator[tuple[str, str | None]]:
    """The address of `springtide serve`, and the token of its sign-in link if it was its first start."""
    command = [sys.executable, "-c", START, "serve", "--port", "0", "--workers", str(workers)]
    env = {**os.environ, **environment, "SPRINGTIDE_LOG_LEVEL": "ERROR"}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            yield told(server)
        finally:
            server.terminate()
            server.communicate(timeout=60)


def told(server: "subprocess.Popen[str]") -> tuple[str, str | None]:
    assert server.stdout is not None
    address = None
    for line in server.stdout:
        if found := re.search(r"ready: (http://\S+?)/ ", line):
            address = found[1]
        if found := re.search(r"#token=(\S+)", line):
            assert address is not None
            return address, found[1]
        if "springtide token create" in line:
            assert address is not None
            return address, None
    raise ChildProcessError("the server ended before it was ready")
