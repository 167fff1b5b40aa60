"""The structure of the code in figures: `python -m benchmarks.house` prints the table that DESIGN.md holds.

Lines are all lines of a file, docstrings and comments too; a function's are those from its name to its end. What is
annotated counts arguments but self and cls, and returns. Fan-in and fan-out count modules of the same code.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parent.parent
ROOMS = ("simulation", "server")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file, parsed."""

    name: str
    lines: int
    tree: ast.Module

    @classmethod
    def read(cls, path: Path) -> "Module":
        text = path.read_text(encoding="utf-8")
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        return cls(name, len(text.splitlines()), ast.parse(text))

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @cached_property
    def public(self) -> list[Function | ast.ClassDef]:
        """Functions and classes of the module, and methods of its classes, whose names are public."""
        return [node for node in _defined(self.tree) if not node.name.startswith("_")]

    def imports(self, known: set[str], *, at_once: bool) -> set[str]:
        """Modules among the known that this one imports; at once: when it is imported itself, not in a function."""
        nodes = _at_once(self.tree) if at_once else ast.walk(self.tree)
        return {name for node in nodes for name in _imported(node, known)} - {self.name}


def _defined(tree: ast.Module) -> Iterator[Function | ast.ClassDef]:
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef):
            yield node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _methods(node)


def _at_once(tree: ast.Module) -> Iterator[ast.AST]:
    """All of a module but what its functions hold, and what only type checkers see."""
    ahead: list[ast.AST] = list(tree.body)
    while ahead:
        node = ahead.pop()
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not isinstance(node, Function) and not typing_only:
            yield node
            ahead += ast.iter_child_nodes(node)


def _imported(node: ast.AST, known: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in known)
    if isinstance(node, ast.ImportFrom) and node.module is not None:
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            if inner in known or node.module in known:
                yield inner if inner in known else node.module


def modules(*folders: str) -> list[Module]:
    """Every file of Python under the folders."""
    return [Module.read(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other, directly or not."""
    reach = {name: _reached(name, graph) for name in graph}
    found = {frozenset(other for other in reach[name] if name in reach[other]) for name in graph}
    return sorted(sorted(group) for group in found if len(group) > 1)


def _reached(name: str, graph: dict[str, set[str]]) -> set[str]:
    reached, ahead = set[str](), [name]
    while ahead:
        for other in graph[ahead.pop()] - reached:
            reached.add(other)
            ahead.append(other)
    return reached


def _annotated(functions: list[Function]) -> float:
    slots = [slot for function in functions for slot in _slots(function)]
    return sum(slots) / len(slots)


def _slots(function: Function) -> Iterator[bool]:
    """Whether each argument and the return of a function is annotated."""
    arguments = function.args
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        if argument.arg not in {"self", "cls"}:
            yield argument.annotation is not None
    yield function.returns is not None


def _spread(values: list[int]) -> str:
    return f"{median(values):.0f} / {quantiles(values, n=20)[-1]:.0f} / {max(values)}"


def undocumented(measured: list[Module]) -> list[str]:
    """Public functions and classes without a docstring; a method may have that of a base class."""
    every = [node for module in measured for node in module.tree.body if isinstance(node, ast.ClassDef)]
    classes = {node.name: node for node in every}
    told = {node.name: {child.name for child in _methods(node) if ast.get_docstring(child)} for node in every}
    owner: dict[ast.stmt, ast.ClassDef] = {child: node for node in every for child in _methods(node)}
    return [
        f"{module.name}.{node.name}"
        for module in measured
        for node in module.public
        if not ast.get_docstring(node)
        and not any(node.name in told.get(base, ()) for base in _bases(owner.get(node), classes))
    ]


def _methods(node: ast.ClassDef) -> list[Function]:
    return [child for child in node.body if isinstance(child, Function)]


def _bases(node: ast.AST | None, classes: dict[str, ast.ClassDef]) -> Iterator[str]:
    for base in node.bases if isinstance(node, ast.ClassDef) else ():
        name = ast.unparse(base).split("[")[0].split(".")[-1]
        yield name
        yield from _bases(classes.get(name), classes)


def _documented(measured: list[Module]) -> float:
    return 1 - len(undocumented(measured)) / sum(len(module.public) for module in measured)


def table() -> dict[str, str]:
    """Each figure by its name."""
    measured, tests = modules(*ROOMS), modules("tests")
    filled = [module for module in measured if module.functions or module.public or module.lines > 1]
    functions = [node for module in measured for node in module.functions]
    known = {module.name for module in measured}
    graph = {module.name: module.imports(known, at_once=True) for module in measured}
    fan_in = {name: sum(name in others for others in graph.values()) for name in known}
    widest, busiest = max(fan_in, key=lambda name: fan_in[name]), max(graph, key=lambda name: len(graph[name]))
    source = sum(module.lines for module in measured)
    inner = [module for module in measured if module.name.startswith("simulation")]
    return {
        "modules": str(len(filled)),
        "module lines, median / 95th percentile / largest": _spread([module.lines for module in filled]),
        "function lines, median / 95th percentile / largest": _spread(
            [(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]
        ),
        "annotated": f"{_annotated(functions):.0%}",
        "public docstrings of all, of `simulation`": f"{_documented(measured):.0%}, {_documented(inner):.0%}",
        "import cycles": str(len(cycles(graph)) or "none"),
        "fan-in, median / 95th percentile / largest": f"{_spread(list(fan_in.values()))} (`{widest}`)",
        "fan-out, median / 95th percentile / largest": (
            f"{_spread([len(others) for others in graph.values()])} (`{busiest}`)"
        ),
        "tests / source": f"{sum(module.lines for module in tests) / source:.2f}",
    }


def main() -> None:
    print("| figure | seen |\n| :-- | --: |")
    for name, seen in table().items():
        print(f"| {name} | {seen} |")


if __name__ == "__main__":
    main()
