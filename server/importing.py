"""A file of measured demand read in a process of its own: bounded in time and memory, whatever the file does.

`python -m server.importing` is that process: a line of JSON that says how, then the file, on stdin; what came of it as
JSON on stdout. It knows no database and gets no secrets.
"""

import asyncio
import json
import os
import resource
import sys
from dataclasses import dataclass
from typing import Any

from server.processes import die_with, name_process

SECONDS = 25.0
"""For reading one file; an operation has a little more."""
MEMORY = 2_000_000_000
OUT_OF_MEMORY = 3
"""How the process ends that had too little."""
AT_ONCE = 2
"""Files read at a time by one web process."""
KEPT = ("PATH", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "LD_LIBRARY_PATH", "HOME", "TZ")
"""Of the environment."""
turn = asyncio.Semaphore(AT_ONCE)
"""To be had before a file is fetched, too: those that wait hold none in memory."""


class UnreadError(Exception):
    """The file was not read to its end; the message says why, and what to do."""


@dataclass(frozen=True)
class Imported:
    """What came of a file: what is wrong with it, or a scenario as canonical JSON and as YAML; and the report."""

    problems: list[dict[str, Any]]
    document: str | None = None
    text: str | None = None
    report: dict[str, Any] | None = None


async def import_apart(content: bytes, asked: dict[str, Any]) -> Imported:
    """Raises UnreadError where the file takes too long or too much memory."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.importing", str(os.getpid()),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={name: value for name in KEPT if (value := os.environ.get(name)) is not None},
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            answer, trace = await process.communicate(json.dumps(asked).encode() + b"\n" + content)
    except TimeoutError:
        raise UnreadError(f"took longer than {SECONDS:g} s to read; split it, or import it by command line") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == OUT_OF_MEMORY or (process.returncode or 0) < 0:
        raise UnreadError("takes more memory to read than there is for it; split it by queue or by month")
    if process.returncode:
        raise RuntimeError(f"reading a file failed: {trace.decode(errors='replace')[-4000:]}")  # a mistake of ours
    return Imported(**json.loads(answer))


def main(parent: int) -> None:
    die_with(parent)
    name_process("import")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS) * 2, int(SECONDS) * 2))
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        answer = json.dumps(imported(sys.stdin.buffer.read(), asked))
    except MemoryError:
        raise SystemExit(OUT_OF_MEMORY) from None
    sys.stdout.write(answer)


def imported(content: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    """What came of a file, as data."""
    from server.tables.history import plain
    from simulation.history.drafting import into_scenario, new_scenario
    from simulation.history.options import Duplicates, ReadingOptions
    from simulation.history.problems import HistoryError
    from simulation.history.reading import read_history
    from simulation.history.required import staffed_as_required
    from simulation.scenario.problems import ScenarioError
    from simulation.scenario.reading.canonical import canonical, to_yaml
    from simulation.scenario.reading.document import from_data

    options = {**asked["options"], "duplicates": Duplicates(asked["options"]["duplicates"])}
    file, base = asked["file"], asked["base"]
    try:
        history, report = read_history(content, file, ReadingOptions(**options))
        if base is None:
            drafted = staffed_as_required(new_scenario(history, asked["name"] or file, file))
        else:
            drafted = into_scenario(from_data(json.loads(base)), history, file, fit=asked["fit"])
    except (HistoryError, ScenarioError) as error:
        return {"problems": [{"row": one.line, "column": one.path, "message": one.message, "mend": one.mend}
                             for one in error.problems]}  # fmt: skip
    told = plain(history, report, drafted)
    return {"problems": [], "document": canonical(drafted), "text": to_yaml(drafted), "report": told}


if __name__ == "__main__":
    main(int(sys.argv[1]))
