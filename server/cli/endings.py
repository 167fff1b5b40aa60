"""How the program ends: exit codes, and one line for each failure that a person can mend."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import NoReturn

from server.terminal import say


class Exit(IntEnum):
    DONE = 0
    FAILED = 1
    WRONG_USAGE = 2
    """Or an invalid scenario."""
    TARGET_MISSED = 3
    INTERRUPTED = 130


@contextmanager
def one_line_for_what_is_expected() -> Iterator[None]:
    """Every failure that a person can mend ends in lines that say how, and in its exit code, never in a traceback."""
    try:
        yield
    except SystemExit as ended:
        if ended.code == Exit.INTERRUPTED:  # so typer passes a Ctrl-C on, without a word
            say("interrupted")
        raise
    except Exception as error:
        # anything not known as expected goes on as it is, with its traceback: a mistake of ours
        from server.failures import expected

        failure = expected(error)
        if failure is None:
            raise
        leave(Exit.WRONG_USAGE if failure.wrong_usage else Exit.FAILED, *failure.lines)


def leave(code: Exit, *lines: str) -> NoReturn:
    for line in lines:
        say(line)
    raise SystemExit(code)
