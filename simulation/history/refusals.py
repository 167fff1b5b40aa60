"""Why there is no forecast: what a history does not tell, and what is not installed."""

from collections.abc import Sequence


class UnforecastableError(ValueError):
    """A history that tells too little, or a scenario that it does not fit; `lines` say what of each queue, and what to
    do."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


class MissingExtraError(ImportError):
    """A model needs a library that is not installed; the message names the extra."""
