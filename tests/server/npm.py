"""Programs of npm that tests run: exact versions, in a folder of their own, installed by whoever needs them first."""

import shutil
import subprocess
from pathlib import Path

import pytest

from server.database.locks import FileLock

CACHE = Path.home() / ".cache" / "springtide"


def installed(name: str, **packages: str) -> Path:
    """The folder that holds the packages; the test is skipped where there is no Node or no registry."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node is not installed")
    folder = CACHE / f"npm-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [f"{package.replace('_', '-')}@{version}" for package, version in packages.items()]
    done = folder / "installed"
    with FileLock(folder / "lock"):
        if not done.exists() or done.read_text() != " ".join(wanted):
            command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--save-exact", *wanted]
            made = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            if made.returncode:
                pytest.skip(f"npm cannot install {' '.join(wanted)}: {made.stderr[-300:]}")
            done.write_text(" ".join(wanted))
    return folder
