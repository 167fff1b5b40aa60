"""What fields and values mean: the docstrings below them, read from the source when somebody asks.

Pydantic reads them whenever it makes a class, which was half of what every start of a simulating process cost.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise


def documented(one: type) -> Mapping[str, str]:
    """The docstrings below a class's own attributes, by name; the class stands at the top of its module."""
    return _of_module(one.__module__).get(one.__name__, {})


@cache
def _of_module(name: str) -> Mapping[str, Mapping[str, str]]:
    body = ast.parse(inspect.getsource(sys.modules[name])).body
    return {one.name: dict(_below(one.body)) for one in body if isinstance(one, ast.ClassDef)}


def _below(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for attribute, text in pairwise(body):
        match attribute, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(says))),
            ):
                yield name, inspect.cleandoc(says)
