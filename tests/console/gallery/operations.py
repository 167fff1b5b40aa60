"""The operations of the charts, read out of their modules: each template literal that begins one is whole."""

import re
from pathlib import Path

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, parse, print_ast

import server

CHARTS = Path(server.__file__).parent / "console" / "charts"
LITERAL = re.compile(r"`((?:query|fragment) [^`]*)`")


def document() -> DocumentNode:
    """All of them, with all fragments."""
    texts = [
        found for name in ("fragments.js", "operations.js") for found in LITERAL.findall((CHARTS / name).read_text())
    ]
    return parse("\n".join(texts))


def operations() -> dict[str, str]:
    """Each by its name, with the fragments that it spreads."""
    definitions = document().definitions
    fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
    whole = {}
    for node in definitions:
        if isinstance(node, OperationDefinitionNode) and node.name:
            spread = [fragments[name] for name in re.findall(r"\.\.\.(\w+)", print_ast(node))]
            whole[node.name.value] = print_ast(DocumentNode(definitions=(node, *spread)))
    return whole
