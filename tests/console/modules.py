"""The console's own modules, and the operations that stand in them."""

import re
from pathlib import Path

from server.pages import CONSOLE

OTHERS = ("vendor", "graphiql")
WRITTEN = re.compile(r"/\* GraphQL \*/ `([^`]*)`")


def modules() -> list[Path]:
    """All but what others wrote, and GraphiQL's page, which is made of it."""
    return [path for path in sorted(CONSOLE.rglob("*.js")) if path.relative_to(CONSOLE).parts[0] not in OTHERS]


def named(path: Path) -> str:
    return path.relative_to(CONSOLE).as_posix()


def operations() -> dict[str, str]:
    """Every operation that is written as one text, by its module and name."""
    return {f"{named(path)}: {title(text)}": text for path in modules() for text in WRITTEN.findall(path.read_text())}


def title(operation: str) -> str:
    return re.split(r"[({]", operation, maxsplit=1)[0].strip()


def preload(path: Path) -> str:
    return f'<link rel="modulepreload" href="/console/{named(path)}">\n'


def with_preloads(page: str) -> str:
    """The page as it has to be, so that a browser fetches every module at once instead of one after another."""
    rest = re.sub(r'<link rel="modulepreload" [^\n]*\n', "", page)
    links = "".join(preload(path) for path in modules() if named(path) != "main.js")
    return rest.replace('<script type="module"', links + '<script type="module"')
