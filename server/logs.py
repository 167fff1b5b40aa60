"""The log: one JSON object a line for machines, a readable line on a terminal; each with the ids of what it is about.

Ids lie in a context variable, so every line written within a request or a run has them, whoever writes it. What a log
must not keep is taken out as the line is made: tokens, passwords in addresses, e-mail addresses, and what an exception
quotes after its first line, where databases and validators repeat what they were given.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType

from server.settings import LogFormat

SECRETS = re.compile(
    r"springtide_[\w-]{43}"  # our tokens
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JSON Web Token
    r"|(?<=://)[^/@\s]+(?=@)"  # user and password in an address
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an e-mail address
)
BEARER = re.compile(r"(?i)\bbearer\s+\S+")
MOST_LETTERS = 500
"""Of what an exception says for itself."""
IDS = ("request_id", "organisation_id", "run_id", "epoch")
REQUEST_FIELDS = ("method", "path", "status", "operation", "operation_kind", "duration")

_about: ContextVar[Mapping[str, object]] = ContextVar("about", default=MappingProxyType({}))


@contextmanager
def about(**ids: object) -> Iterator[None]:
    """Every line written within names these ids, besides those that are named already."""
    before = _about.set({**_about.get(), **ids})
    try:
        yield
    finally:
        _about.reset(before)


def also_about(**ids: object) -> None:
    """From here on to the end of the surrounding `about`, these ids too."""
    _about.set({**_about.get(), **ids})


def current(name: str) -> str:
    """One of the ids, as text; empty outside what it names."""
    return str(_about.get().get(name, ""))


def without_secrets(text: str) -> str:
    return BEARER.sub("Bearer ***", SECRETS.sub("***", text)) if may_have_secrets(text) else text


def may_have_secrets(text: str) -> bool:
    """Most have none of their signs."""
    lowered = text.lower()
    return "@" in lowered or "eyj" in lowered or "springtide_" in lowered or "bearer" in lowered


def start_logging(form: LogFormat | None, level: str, *, of: str) -> LogFormat:
    """Send the log of this process, called `of` on a terminal, to stderr; the form that was taken."""
    leave_out_what_is_not_told()
    taken = form or (LogFormat.TEXT if sys.stderr.isatty() else LogFormat.JSON)
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if taken is LogFormat.JSON else Readable(of))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    if taken is LogFormat.JSON:
        sys.excepthook = _last_words
    for talkative in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(talkative).setLevel(max(logging.WARNING, logging.getLogger().level))
    return taken


def leave_out_what_is_not_told() -> None:
    """Threads, processes and places in the source, which logging finds out for every line: a third of its time."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # the way that its own documentation names


def _last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("springtide").critical("ended by a bug", exc_info=(kind, error, trace))


def fields(record: logging.LogRecord) -> dict[str, str | float]:
    """What is known beside the message: the ids, and of a request what the line gives with it."""
    given = {name: value for name in REQUEST_FIELDS if (value := getattr(record, name, None)) is not None}
    return {name: plain(value) for name, value in {**_about.get(), **given}.items()}


def plain(value: object) -> str | float:
    return value if isinstance(value, int | float) else str(value)


def tidy(value: str | float) -> str | float:
    return without_secrets(value) if isinstance(value, str) else value


def trace(error: BaseException) -> str:
    """Where an exception and its causes came from, and the first line of what each says."""
    whole = traceback.TracebackException.from_exception(error)
    parts: list[str] = []
    each: traceback.TracebackException | None = whole
    while each is not None:
        kind = each.exc_type.__qualname__ if each.exc_type else "exception"
        said = str(each).split("\n", 1)[0][:MOST_LETTERS]
        parts.append(f"{''.join(each.stack.format())}{kind}: {without_secrets(said)}")
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return "\n".join(reversed(parts))


class Discreet(logging.Formatter):
    """Shows an exception by its trace and its first line alone."""

    def formatException(  # noqa: N802 - the name that logging calls
        self, info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return trace(info[1]) if info[1] is not None else ""


class Json(Discreet):
    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **fields(record),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        line = json.dumps(told)
        return json.dumps({name: tidy(value) for name, value in told.items()}) if may_have_secrets(line) else line


class Readable(Discreet):
    def __init__(self, of: str) -> None:
        super().__init__(f"%(asctime)s {of} %(levelname)s %(message)s", datefmt="%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name that logging calls
        record.message = without_secrets(record.message)
        named = " ".join(f"{name}={tidy(value)}" for name, value in fields(record).items() if name in IDS)
        return super().formatMessage(record) + (f" ({named})" if named else "")
