"""A request and proposals for it that come with the program, to try them on; the figures are made up."""

from functools import cache
from importlib import resources

from simulation.scenario.problems import choose

FOLDER = "tender"
REQUEST = "help-desk"
"""The id of the request."""


@cache
def _texts() -> dict[str, str]:
    folder = resources.files("simulation.presets").joinpath(FOLDER)
    return {file.name.removesuffix(".yaml"): file.read_text("utf-8") for file in folder.iterdir()}


def example_proposals() -> list[str]:
    """Ids of the proposals for the example request."""
    return sorted(set(_texts()) - {REQUEST})


def example_text(example_id: str) -> str:
    """The document of the request or of a proposal. Raises LookupError, with what to write instead."""
    texts = _texts()
    if example_id not in texts:
        raise LookupError(f"there is no example {example_id!r}; {choose(example_id, sorted(texts))}")
    return texts[example_id]
