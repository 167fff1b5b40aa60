"""serve: from an empty folder to figures on the screen, stopped cleanly, started again; and what keeps it from it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.commands import PROGRAM, Commands

pytestmark = pytest.mark.xdist_group("serve")

START_SECONDS = 120
DEMONSTRATION_SECONDS = 600


class Server:
    """`springtide serve` in a process of its own, what it says kept in files."""

    def __init__(self, folder: Path, *words: str, **variables: str) -> None:
        logs = folder.with_name(f"{folder.name}-logs")
        logs.mkdir(exist_ok=True)
        self._out, self._err = logs / "out", logs / "err"
        environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "PORT")}
        self.process = subprocess.Popen(
            [*PROGRAM, "serve", "--port", "0", *words],
            stdout=self._out.open("w"),
            stderr=self._err.open("w"),
            env={**environment, "SPRINGTIDE_DATA_DIR": str(folder), **variables},
            start_new_session=True,
        )

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    @property
    def log(self) -> list[dict[str, Any]]:
        """Every line of stderr, each an object."""
        return [json.loads(line) for line in self.err.splitlines()]

    def await_line(self, pattern: str, seconds: float = START_SECONDS) -> re.Match[str]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if match := re.search(pattern, self.err + self.out, re.MULTILINE):
                return match
            assert self.process.poll() is None, self.err
            time.sleep(0.1)
        raise AssertionError(f"no {pattern!r} in\n{self.err}{self.out}")

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """To the whole group on SIGINT, as a terminal does, else to the server alone."""
        if with_signal is signal.SIGINT:
            os.killpg(self.process.pid, with_signal)
        else:
            self.process.send_signal(with_signal)
        return self.process.wait(timeout=60)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder with a short path below open folders, since as root the database is another user's."""
    with tempfile.TemporaryDirectory(prefix="springtide-", dir="/tmp", ignore_cleanup_errors=True) as name:
        yield Path(name)
    shutil.rmtree(f"{name}-logs", ignore_errors=True)


def ask(address: str, token: str, query: str, **variables: object) -> Any:
    answer = httpx.post(
        f"{address}graphql",
        json={"query": query, "variables": variables},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    told = answer.json()
    assert "errors" not in told, told
    return told["data"]


RUNS = "{ runs(first: 10) { nodes { id status progress { completed total } scenario { name } } } }"


def test_the_first_start_shows_the_demonstration_and_the_next_start_has_everything(folder: Path) -> None:
    server = Server(folder)
    try:
        address, token = server.await_line(r"^sign in: (http://127\.0\.0\.1:\d+/)#token=(springtide_\S+)$").groups()
        assert httpx.get(f"{address}readyz").status_code == 200
        assert httpx.post(f"{address}graphql", json={"query": RUNS}).status_code == 401
        server.await_line(r"^Retail peak: mean of \d+ replications", DEMONSTRATION_SECONDS)
        server.await_line(r"^team .*\n(.+\n)+")
        assert re.search(r"^orders +\d", server.out, re.MULTILINE)
        (run,) = ask(address, token, RUNS)["runs"]["nodes"]
        assert (run["status"], run["scenario"]["name"]) == ("SUCCEEDED", "Retail peak")
        assert server.stop(signal.SIGINT) == 0
        assert server.out.splitlines()[-1] == "stopped; nothing stored is lost"
        assert "Traceback" not in server.err
        assert token not in server.err
        assert {"springtide.access", "springtide.worker"} <= {line["logger"] for line in server.log}

        server = Server(folder, "--workers", "0")
        address = server.await_line(r"^ready: (http://127\.0\.0\.1:\d+/)")[1]
        assert ask(address, token, RUNS)["runs"]["nodes"] == [run]
        server.await_line(r"^to sign in: springtide token create --organisation Local ")
        assert token not in server.err + server.out
        assert server.stop() == 0
        assert "Retail peak" not in server.out
    finally:
        server.process.kill()


def test_an_interrupted_server_keeps_what_was_simulated_and_goes_on_from_there(folder: Path) -> None:
    server = Server(folder)
    try:
        address, token = server.await_line(r"^sign in: (\S+/)#token=(\S+)$").groups()
        server.await_line(r"^Retail peak: [1-9]\d* of \d+ replications", DEMONSTRATION_SECONDS)
        assert server.stop() == 0
        assert "given back" in server.err

        server = Server(folder, "--workers", "0")
        address = server.await_line(r"^ready: (\S+/)")[1]
        (run,) = ask(address, token, RUNS)["runs"]["nodes"]
        assert run["status"] == "QUEUED"
        assert 0 < run["progress"]["completed"] < run["progress"]["total"]
        assert server.stop() == 0

        server = Server(folder, SPRINGTIDE_LOG_LEVEL="warning")
        server.await_line(r"^Retail peak: mean of 30 replications", DEMONSTRATION_SECONDS)
        server.await_line(r"^orders +[1-9]\d* of 16 +2026-")
        assert server.stop() == 0
        assert "claimed" not in server.err
    finally:
        server.process.kill()


def test_a_server_told_to_stop_says_so_before_it_stops(folder: Path) -> None:
    server = Server(folder, "--workers", "0", SPRINGTIDE_DRAIN_SECONDS="4", SPRINGTIDE_LOG_FORMAT="json")
    try:
        server.await_line("to sign in: springtide token create")
        address = server.await_line(r'"ready: (http://127\.0\.0\.1:\d+/) ')[1]
        assert httpx.get(f"{address}readyz").status_code == 200
        server.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 3
        while (unready := httpx.get(f"{address}readyz")).status_code == 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (unready.status_code, unready.json()["reason"]) == (503, "the server is stopping")
        assert httpx.get(f"{address}healthz").status_code == 200  # what is under way is still answered
        assert server.process.wait(timeout=60) == 0
        assert server.log[-1]["message"] == "stopped; nothing stored is lost"
        assert "#token=" not in server.err + server.out
        assert server.out == ""
    finally:
        server.process.kill()


def test_a_signal_before_it_is_ready_stops_it_as_cleanly(folder: Path) -> None:
    server = Server(folder)
    try:
        server.await_line(r"starting on the embedded PostgreSQL")
        assert server.stop() == 0
        assert server.out.splitlines()[-1] == "stopped; nothing stored is lost"
    finally:
        server.process.kill()


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_in_use_is_one_line_and_starts_nothing(
    taken: int, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPRINGTIDE_DATA_DIR", str(commands.folder / "data"))
    said = commands("serve", "--port", str(taken))
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        f"port {taken} on 127.0.0.1 is in use; stop what listens there, or name another one with --port or PORT\n"
    )
    assert not (commands.folder / "data").exists()


def test_a_foreign_address_is_one_line(commands: Commands) -> None:
    said = commands("serve", "--host", "192.0.2.1", "--port", "0")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert said.err.startswith("192.0.2.1 is no address of this machine; ")


@pytest.mark.parametrize("verb", [("serve", "--port", "0"), ("migrate",), ("worker",)])
def test_an_unreachable_database_is_one_line(
    verb: tuple[str, ...], commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://planner:secret@127.0.0.1:1/springtide")
    done = subprocess.run([*PROGRAM, *verb], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if "starting on DATABASE_URL" not in line] == []
    last = done.stderr.splitlines()[-1]
    assert last.startswith("database 127.0.0.1:1/springtide: nobody listens there; ")
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://here"),
        ("PORT", "eighty"),
        ("SPRINGTIDE_LEASE_SECONDS", "0"),
        ("SPRINGTIDE_LOG_LEVEL", "loud"),
        ("SPRINGTIDE_LOG_FORMAT", "xml"),
        ("SPRINGTIDE_DRAIN_SECONDS", "-1"),
        ("SPRINGTIDE_CONNECTIONS_PER_CLIENT", "0"),
        ("SPRINGTIDE_WORKER_METRICS_PORT", "70000"),
    ],
)
def test_a_wrong_variable_is_one_line(
    variable: str, value: str, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    said = commands("serve")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert said.err.startswith(f"{variable}: ")


@pytest.mark.parametrize("verb", ["serve", "doctor"])
def test_a_data_folder_that_cannot_be_written_is_one_line(
    verb: str, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    (commands.folder / "file").touch()
    done = subprocess.run(
        [*PROGRAM, verb, *(["--port", "0"] if verb == "serve" else [])],
        env={**os.environ, "SPRINGTIDE_DATA_DIR": str(commands.folder / "file" / "data")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    last = (done.stdout + done.stderr).splitlines()[-1]
    assert f"data folder {commands.folder}/file/data: " in last
    assert "SPRINGTIDE_DATA_DIR" in last
    assert "Traceback" not in done.stderr


def test_a_token_stands_alone_on_stdout_and_its_organisation_is_made_once(folder: Path) -> None:
    environment = {**os.environ, "SPRINGTIDE_DATA_DIR": str(folder)}

    def create(kind: str) -> subprocess.CompletedProcess[str]:
        words = ("token", "create", "--organisation", "Acme", "--kind", kind, "--role", "planner")
        return subprocess.run(
            [*PROGRAM, *words], env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    first, second, wrong = create("VENDOR"), create("vendor"), create("CLIENT")
    for made in (first, second):
        assert made.returncode == 0, made.stderr
        assert re.fullmatch(r"springtide_\S{40,}\n", made.stdout)
    assert first.stdout != second.stdout
    assert (wrong.returncode, wrong.stderr) == (1, "organisation Acme is a VENDOR; write --kind VENDOR\n")


def examine(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "doctor"], env={**os.environ, "SPRINGTIDE_DATA_DIR": str(folder)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_doctor_makes_no_database_in_an_absent_folder(folder: Path) -> None:
    done = examine(folder / "absent")
    assert done.returncode == 0, done.stdout
    assert f"the first `springtide serve` makes it in {folder}/absent" in done.stdout
    assert not list(folder.iterdir())


def test_doctor_finds_this_machine_well(folder: Path) -> None:
    subprocess.run(
        [*PROGRAM, "migrate"], env={**os.environ, "SPRINGTIDE_DATA_DIR": str(folder)}, timeout=120, check=True
    )
    done = examine(folder)
    assert done.returncode == 0, done.stdout
    assert all(line.startswith("ok ") for line in done.stdout.splitlines())
    assert "schema current" in done.stdout
