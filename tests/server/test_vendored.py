"""What others wrote stands in one folder, as they published it, with its version, licence and bytes listed."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import server

FOLDER = Path(server.__file__).parent / "console" / "vendor"
PACKAGES: list[dict[str, Any]] = json.loads((FOLDER / "packages.json").read_text())


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_what_others_wrote_is_as_they_published_it(package: dict[str, Any]) -> None:
    there = {path.name: sha256(path.read_bytes()).hexdigest() for path in (FOLDER / package["name"]).iterdir()}
    assert there == package["files"]
    assert "LICENSE" in there
    assert package["version"]
    assert package["licence"] in {"MIT", "Apache-2.0", "BSD-3-Clause", "ISC"}


def test_every_package_is_listed() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) == [each["name"] for each in PACKAGES]
