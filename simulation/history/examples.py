"""Small files of measured demand that come with the program, to try an import on; the figures are made up."""

from functools import cache
from importlib import resources

FOLDER = "history"


@cache
def examples() -> tuple[str, ...]:
    """Their ids."""
    folder = resources.files("simulation.presets").joinpath(FOLDER)
    return tuple(sorted(file.name.removesuffix(".csv") for file in folder.iterdir() if file.name.endswith(".csv")))


def example_content(example_id: str) -> bytes:
    """The content of one of them."""
    return resources.files("simulation.presets").joinpath(FOLDER, f"{example_id}.csv").read_bytes()
