"""What reports of measurements have in common: processes of their own, tables, bars, the machine."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def child(module: str, *words: str, environment: dict[str, str] | None = None) -> Any:
    """What a benchmark module prints, run in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *words],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(told.stdout)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def table(*rows: Sequence[str], left: int = 1) -> str:
    """Markdown; the first row is the head, the first columns stand left."""
    head, *body = rows
    rule = [":--" if k < left else "--:" for k in range(len(head))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))


def verdict(value: float, bar: float | None, *, most: bool = False) -> str:
    if bar is None:
        return ""
    return "met" if (value <= bar if most else value >= bar) else "**missed**"


def machine() -> str:
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "")
    megahertz = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("cpu MHz")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(
        f"{name} {found}" for name in ("numpy", "scipy", "numba", "simpy", "ciw") if (found := _version(name))
    )
    return (
        f"{model or platform.processor()}{f' at {float(megahertz):,.0f} MHz' if megahertz else ''}, {os.cpu_count()} "
        f"cores, {memory:.0f} GB, {platform.system()} {platform.release()}, {platform.python_implementation()} "
        f"{platform.python_version()}, {packages}; {datetime.now(UTC):%Y-%m-%d}."
    )


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
