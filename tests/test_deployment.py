"""Image and compose file, without an engine: what they say is held against what the program does."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.database.pool import CLOSE_SECONDS
from server.listening import FAREWELL_SECONDS
from server.settings import Settings
from server.workers.supervisor import STOP_SECONDS
from tests.test_house import ROOT, parsed

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
OURS = ("migrate", "web", "worker-1", "worker-2")
LASTING = ("postgres", "web", "worker-1", "worker-2")
INTERPOLATED = re.compile(r"\$\{(\w+):([-?])([^}]*)\}")
HOME = "/var/lib/springtide"
Service = dict[str, Any]


def interpolated(text: str, environment: dict[str, str]) -> str:
    """As compose does; what has no default must be given."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if kind == "?" and name not in environment:
            raise KeyError(f"{name}: {rest}")
        return environment.get(name) or (rest if kind == "-" else "")

    return INTERPOLATED.sub(value, text)


def compose(**environment: str) -> dict[str, dict[str, Service]]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    whole: dict[str, dict[str, Service]] = filled_in(loaded, environment)
    return whole


def filled_in(part: Any, environment: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: filled_in(value, environment) for key, value in part.items()}
    if isinstance(part, list):
        return [filled_in(value, environment) for value in part]
    return interpolated(part, environment) if isinstance(part, str) else part


SERVICES = compose(POSTGRES_PASSWORD="s3cret")["services"]


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> Service:
    return SERVICES[request.param]


def test_there_are_a_database_a_migration_a_web_process_and_two_workers() -> None:
    assert set(SERVICES) == {"postgres", *OURS}
    verbs = {name: parsed(SERVICES[name]["command"]) for name in OURS}
    assert verbs == {"migrate": "migrate", "web": "serve", "worker-1": "worker", "worker-2": "worker"}


def test_nothing_starts_before_the_schema_is_there() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "worker-1", "worker-2"):
        assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_no_service_has_more_rights_than_it_needs(service: Service) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0


def test_no_service_takes_the_whole_machine_or_its_disk(service: Service) -> None:
    limits = service["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert all(":size=" in mount for mount in service["tmpfs"])


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_has_a_health_check_and_the_time_to_stop(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries", "start_period"} < set(check)
    assert seconds(SERVICES[name]["stop_grace_period"]) >= 30


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))


def test_a_process_that_is_told_to_stop_has_the_time_for_it() -> None:
    drain = float(SERVICES["web"]["environment"]["SPRINGTIDE_DRAIN_SECONDS"])
    assert seconds(SERVICES["web"]["stop_grace_period"]) > drain + FAREWELL_SECONDS + CLOSE_SECONDS
    # the balancer in front of it has seen two failed checks by then
    assert drain >= 2 * seconds(SERVICES["web"]["healthcheck"]["interval"])
    for name in ("worker-1", "worker-2"):
        assert seconds(SERVICES[name]["stop_grace_period"]) > STOP_SECONDS + CLOSE_SECONDS


@pytest.mark.parametrize("name", ["web", "worker-1", "worker-2"])
def test_a_health_check_asks_the_port_and_path_that_answer(name: str) -> None:
    """The probe is run, with another port, against a server that says no and one that says yes."""
    _, program, *words = SERVICES[name]["healthcheck"]["test"]
    assert program == "python"
    port = "8000" if name == "web" else SERVICES[name]["environment"]["SPRINGTIDE_WORKER_METRICS_PORT"]
    path = "/readyz" if name == "web" else "/healthz"
    assert f"127.0.0.1:{port}{path}" in words[1]
    for status, code in ((200, 0), (503, 1)):
        answering = (
            "import http.server, sys\n"
            "class Handler(http.server.BaseHTTPRequestHandler):\n"
            "    def do_GET(self):\n"
            f"        self.send_response({status} if self.path == {path!r} else 404)\n"
            "        self.end_headers()\n"
            "    def log_message(self, *words): pass\n"
            "server = http.server.HTTPServer(('127.0.0.1', 0), Handler)\n"
            "print(server.server_port, flush=True)\n"
            "server.handle_request()\n"
        )
        with subprocess.Popen([sys.executable, "-c", answering], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            probe = words[1].replace(f":{port}", f":{server.stdout.readline().strip()}")
            assert subprocess.run([sys.executable, words[0], probe], capture_output=True).returncode == code


def known_variables() -> set[str]:
    read = [ROOT / "server" / "settings.py", ROOT / "simulation" / "world" / "floor" / "compiled" / "code.py"]
    return set(re.findall(r'"((?:SPRINGTIDE_)?[A-Z_]+)"', "".join(path.read_text() for path in read)))


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_program_reads(name: str) -> None:
    given = SERVICES[name]["environment"]
    assert set(given) <= known_variables()
    settings = Settings.from_env(given)
    assert settings.database_url == "postgresql://springtide:s3cret@postgres:5432/springtide"
    assert settings.log_format == "json"


def test_the_image_sets_no_variable_that_nobody_reads() -> None:
    set_there = {name for line in lines("ENV") for name in re.findall(r"(\w+)=", line)}
    theirs = {"PATH", "PYTHONDONTWRITEBYTECODE", "UV_COMPILE_BYTECODE", "UV_LINK_MODE", "UV_PYTHON_DOWNLOADS"}
    assert set_there - theirs <= known_variables()


def test_there_is_no_password_but_the_one_that_is_given() -> None:
    with pytest.raises(KeyError, match="POSTGRES_PASSWORD: write it into"):
        compose()
    assert "s3cret" not in (ROOT / "docker-compose.yml").read_text()
    assert not re.search(r"(?i)(password|token|secret)", DOCKERFILE)
    assert ".env" not in included()


def test_every_volume_is_declared_and_used() -> None:
    declared = set(
        yaml.safe_load(interpolated((ROOT / "docker-compose.yml").read_text(), {"POSTGRES_PASSWORD": "x"}))["volumes"]
    )
    used = {mount.split(":")[0] for service in SERVICES.values() for mount in service["volumes"]}
    assert {name for name in used if not name.startswith(".")} == declared
    for path in used - declared:
        assert (ROOT / path).is_file()


def test_what_the_image_writes_to_lies_in_its_volume() -> None:
    (environment,) = [line for line in lines("ENV") if "SPRINGTIDE_DATA_DIR" in line]
    assert {path.split("=")[1] for path in environment.split() if path.startswith("SPRINGTIDE_")} == {
        f"{HOME}/data",
        f"{HOME}/compiled",
    }
    assert lines("VOLUME") == [HOME]
    for name in OURS:
        assert SERVICES[name]["volumes"] == [f"compiled:{HOME}"]
        assert any(mount.startswith("/tmp") for mount in SERVICES[name]["tmpfs"])


def test_images_are_named_by_their_version() -> None:
    bases = [line.split()[0] for line in lines("FROM")]
    for image in (*bases, SERVICES["postgres"]["image"]):
        assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+", image), image
    assert len(set(bases)) == 1
    assert int(SERVICES["postgres"]["image"].split(":")[1].split(".")[0]) >= 15


def test_the_image_is_not_root_and_starts_a_verb_that_exists() -> None:
    last_stage = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER springtide$", last_stage, re.MULTILINE)
    uid, gid = re.findall(r"--uid (\d+) --gid (\d+)", last_stage)[0]
    assert {SERVICES[name]["user"] for name in OURS} == {f"{uid}:{gid}"}
    (words,) = [line for line in lines("CMD") if "springtide" in line]
    assert parsed(yaml.safe_load(words)) == "serve"


def lines(instruction: str) -> list[str]:
    return re.findall(rf"^{instruction} +(.+)$", DOCKERFILE, re.MULTILINE)


def copied() -> list[str]:
    return [word for line in lines("COPY") if "--from" not in line for word in line.split()[:-1]]


def included() -> list[str]:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    return [line.removeprefix("!") for line in ignored if line.startswith("!")]


def test_the_image_takes_in_every_file_that_the_dockerfile_copies_and_no_other() -> None:
    assert sorted(copied()) == sorted(included())
    for path in copied():
        assert (ROOT / path).exists(), path


@pytest.mark.bar
def test_the_steps_of_the_dockerfile_make_a_program_that_starts(tmp_path: Path) -> None:
    """Its COPY and `uv sync` lines, one after another, in an empty folder; needs the package index."""
    app = tmp_path / "app"
    app.mkdir()
    uv = str(ROOT / ".uv" / "bin" / "uv")
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV", "UV_"))
    }
    environment |= dict(item.split("=", 1) for item in lines("ENV")[0].split())
    build_stage = DOCKERFILE.split("\nFROM ")[1]
    ran = []
    for instruction, rest in re.findall(r"^(COPY|RUN) +(.+)$", build_stage, re.MULTILINE):
        if instruction == "COPY":
            *sources, target = rest.split()
            for source in sources:
                place = app / target if len(sources) == 1 and target != "./" else app / source
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy2
                copy(ROOT / source, place)
        elif rest.startswith("uv sync"):
            words = [word for word in shlex.split(rest)[1:] if word != "--no-cache"]  # kept packages are the same ones
            subprocess.run([uv, *words, "--python", sys.executable], cwd=app, env=environment, check=True)
            ran.append(rest)
    assert len(ran) == 2
    for folder in ("server", "simulation"):
        shutil.rmtree(app / folder)  # the image that runs has the packages alone
    program = str(app / ".venv" / "bin" / "springtide")

    def springtide(*words: str) -> str:
        done = subprocess.run([program, *words], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "Simulates the capacity" in springtide("--help")
    springtide("validate", "single-queue")
    assert springtide("schema", "graphql") == (ROOT / "schema.graphql").read_text()
