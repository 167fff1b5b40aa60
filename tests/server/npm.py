"""Packages of npm in exact versions, in a folder of their own that is kept between runs."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from server.database.locks import FileLock

FOLDER = Path.home() / ".cache" / "springtide"


def installed(name: str, packages: Mapping[str, str]) -> Path:
    """The folder with the packages; skips where Node is missing or the registry is not reached."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("no Node on this machine")
    folder = FOLDER / f"npm-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = json.dumps({"private": True, "type": "module", "dependencies": dict(packages)}, indent=1)
    told = folder / "package.json"
    with FileLock(folder / "lock"):
        if not (told.exists() and told.read_text() == wanted and (folder / "node_modules").exists()):
            told.write_text(wanted)
            command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode:
                told.unlink()
                pytest.skip(f"npm could not install: {done.stderr[-500:]}")
    return folder
