"""What is wrong with a scenario document, and what to write instead."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn

Path = tuple[str | int, ...]

MOST_PROBLEMS = 100
"""Problems said of one document; of those beyond, one last problem says that there are more."""
MOST_LOOKED_FOR = 10 * MOST_PROBLEMS
"""Problems between the parts of one document that are looked for; some say what others have said already."""
MOST_COMPARED = 500
"""Known words that a misspelt one is compared with."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a document.

    `file` names the document, `line` counts from 1 (None where the document has no lines), `path` leads to the value,
    list items by their id where they have one; `message` says what is wrong and `mend` what to write.
    """

    file: str
    line: int | None
    path: str
    message: str
    mend: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(filter(None, (place, self.path, f"{self.message}; {self.mend}")))


class ScenarioError(ValueError):
    """The document is no valid scenario; `problems` holds everything found wrong with it, in the order of its lines.

    Of a document with more than `MOST_PROBLEMS` things wrong it holds the first so many found, and last one without a
    line that says there are more.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Refusal:
    """What a rule finds wrong and what to write instead; `at` leads on from where the rule was asked."""

    message: str
    mend: str
    at: Path = ()

    def below(self, path: Path) -> "Refusal":
        """The same, said from further up."""
        return Refusal(self.message, self.mend, path + self.at)


class RefusedError(ValueError):
    """What validation raises when rules of the model refuse a value."""

    def __init__(self, *refusals: Refusal) -> None:
        self.refusals = refusals
        super().__init__(", ".join(f"{refusal.message}; {refusal.mend}" for refusal in refusals))


def refuse(message: str, mend: str, at: Path = ()) -> NoReturn:
    """Raises the refusal of a value."""
    raise RefusedError(Refusal(message, mend, at))


def shown(value: object) -> str:
    """A value as the document writes it, kept short."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, whatever its case; None when none is alike."""
    by_fold = {name.casefold(): name for name in known}
    folded = word[:100].casefold()
    if folded in by_fold:
        return by_fold[folded]
    short = (name for name in by_fold if len(name) <= 100)
    close = difflib.get_close_matches(folded, islice(short, MOST_COMPARED), n=1, cutoff=0.55)
    return by_fold[close[0]] if close else None


def choose(word: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown word: the nearest known one, else all of them (the first twelve)."""
    words = list(known)
    close = nearest(word, words)
    if close is not None:
        return f"write {close}"
    if not words:
        return "there is none to name yet"
    if len(words) == 1:
        return f"write {words[0]}"
    return f"write one of {', '.join(words[:12])}{' ...' if len(words) > 12 else ''}"
