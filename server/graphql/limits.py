"""One budget for every operation, counted once over its document before validation: tokens, depth, aliases, cost.

Each fragment is counted once and remembered, so the count is linear in the document however often fragments are
spread. Cost is the number of fields an answer may hold: a list multiplies what stands below it by its `first`, else by
its longest list argument, else by `ASSUMED_LIST`. A series multiplies further by its periods, a unit for every
`PERIODS_A_UNIT` of them: as many as its window may hold, at most those assumed of its resolution.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from math import ceil
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
)

from server.graphql.scenario_types import INNER_TYPES

MOST_CHARACTERS = 100_000
MOST_TOKENS = 1_200
MOST_OPERATIONS = 10
MOST_DEPTH = 24
MOST_ALIASES = 60
MOST_DIRECTIVES = 60
MOST_COST = 50_000
BEYOND_COST = 1_000_000
"""Where counting stops: a cost may have thousands of digits."""
MOST_FIELDS = 50_000
"""That an answer has in fact: lists may be longer than their cost assumes, as of a scenario of a thousand queues."""
MOST_OBJECTS = 10_000
ASSUMED_LIST = 10
ASSUMED_INNER_LIST = 3
"""Of a list within a part of a scenario: ten of everything in ten of everything would be no scenario that there is."""
PERIODS_A_UNIT = 500
PERIODS = {
    "INTERVAL": (5_000, 15 * 60),
    "DAY": (120, 86_400),
    "WEEK": (20, 7 * 86_400),
    "MONTH": (5, 28 * 86_400),
}
"""By resolution: how many periods a series is assumed to have, and the fewest seconds that one may last."""
DIGITS = 10
"""Of the longest number that GraphQL's Int may have."""

TOKEN = re.compile(
    r'(?P<text>"""(?:\\"""|(?s:.))*?(?:"""|\Z)|"(?:\\.|[^"\\\n\r])*"?)'
    r"|(?:#[^\n\r]*|[\s,\ufeff]+)"
    r"|(?P<other>\.\.\.|[_A-Za-z][_0-9A-Za-z]*|-?[0-9][0-9.eE+-]*|.)"
)
"""Far faster than the parser, which is asked only where there are few: a token, or what stands between two."""


class OverBudgetError(GraphQLError):
    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "OVER_LIMIT"})


class Count(NamedTuple):
    """What a selection holds, everything below it included."""

    depth: int = 0
    cost: int = 0
    aliases: int = 0
    directives: int = 0


def check_length(query: str) -> None:
    """Raises OverBudgetError for a text that is too long to be parsed."""
    if len(query) > MOST_CHARACTERS:
        message = f"The operation has more than {MOST_CHARACTERS} characters; send long values as variables."
        raise OverBudgetError(message)
    tokens = (match for match in TOKEN.finditer(query) if match.lastgroup)
    if next(islice(tokens, MOST_TOKENS, None), None):
        message = f"The operation has more than {MOST_TOKENS} tokens; send long values as variables, or ask for less."
        raise OverBudgetError(message)


def check_variables(variables: Mapping[str, Any]) -> None:
    """Raises OverBudgetError for values that are dear to read."""
    if objects_in(variables) > MOST_OBJECTS:
        raise OverBudgetError(
            f"The variables hold more than {MOST_OBJECTS} objects; send a scenario so large as `source.document`."
        )


def check_budget(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> bool:
    """Whether the cost depends on variables. Raises OverBudgetError for a document that asks for too much."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) > MOST_OPERATIONS:
        raise OverBudgetError(f"The document has more than {MOST_OPERATIONS} operations; send the one that is meant.")
    budget = Budget(schema, variables, fragments)
    for operation in operations:
        budget.check(operation)
    return budget.asked_variables


@dataclass
class Budget:
    schema: GraphQLSchema
    variables: Mapping[str, Any]
    fragments: dict[str, FragmentDefinitionNode]
    counted: dict[str, Count] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    asked_variables: bool = False

    def check(self, operation: OperationDefinitionNode) -> None:
        root = self.schema.get_root_type(operation.operation)
        count = self.selections(operation.selection_set, root, 0)
        for name, spent, most in (
            ("aliases", count.aliases, MOST_ALIASES),
            ("directives", count.directives + len(operation.directives or ()), MOST_DIRECTIVES),
            ("cost", count.cost, MOST_COST),
        ):
            if spent > most:
                told = f"{BEYOND_COST} or more" if spent >= BEYOND_COST else spent
                raise OverBudgetError(
                    f"The operation's {name} is {told}, over the limit of {most}; ask for less at once."
                )

    def selections(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None, level: int) -> Count:
        if level > MOST_DEPTH:
            raise too_deep()
        depth = cost = aliases = directives = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode) and node.selection_set is None:  # most of all, so counted on the spot
                depth, cost, aliases = depth or 1, cost + 1, aliases + (node.alias is not None)
                directives += len(node.directives or ())
                continue
            below = self.selection(node, parent, level)
            depth, cost = max(depth, below.depth), min(cost + below.cost, BEYOND_COST)
            aliases += below.aliases
            directives += below.directives + len(node.directives or ())
        return Count(depth, cost, aliases, directives)

    def selection(self, node: object, parent: GraphQLNamedType | None, level: int) -> Count:
        match node:
            case FieldNode():
                return self.field_count(node, parent, level)
            case InlineFragmentNode():
                narrowed = self.schema.get_type(node.type_condition.name.value) if node.type_condition else parent
                return deeper(self.selections(node.selection_set, narrowed, level + 1))
            case FragmentSpreadNode():
                return deeper(self.fragment(node.name.value, level + 1))
        raise TypeError(f"no selection: {node!r}")

    def fragment(self, name: str, level: int) -> Count:
        if name in self.open or name not in self.fragments:
            return Count()  # a cycle or an unknown name: validation says so
        if name not in self.counted:
            definition = self.fragments[name]
            self.open.add(name)
            self.counted[name] = self.selections(
                definition.selection_set, self.schema.get_type(definition.type_condition.name.value), level
            )
            self.open.remove(name)
        count = self.counted[name]
        if level + count.depth > MOST_DEPTH:
            raise too_deep()
        return count

    def field_count(self, node: FieldNode, parent: GraphQLNamedType | None, level: int) -> Count:
        known = parent.fields if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else {}
        found = known.get(node.name.value)
        below = self.selections(node.selection_set, get_named_type(found.type) if found else None, level + 1)
        cost = min(1 + below.cost * (self.items(node, found) if found else 1), BEYOND_COST)
        return Count(below.depth + 1, cost, below.aliases + (node.alias is not None), below.directives)

    def items(self, node: FieldNode, found: GraphQLField) -> int:
        """How many items a field may answer with."""
        arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
        if "first" in found.args:
            default = found.args["first"].default_value
            first = self.number(arguments["first"]) if "first" in arguments else default
            return min(max(1, first), BEYOND_COST) if isinstance(first, int) else 1
        named = get_named_type(found.type)
        if not is_list(found) or is_leaf_type(named) or named.name.startswith("__"):
            return 1
        assumed = ASSUMED_INNER_LIST if named.name in INNER_TYPES else ASSUMED_LIST
        items = max((self.length(value) for value in arguments.values()), default=0) or assumed
        return items * self.period_units(arguments) if "resolution" in found.args else items

    def period_units(self, arguments: Mapping[str, ValueNode]) -> int:
        texts = {name: self.text(value) for name, value in arguments.items()}
        periods, seconds = PERIODS.get(texts.get("resolution", ""), PERIODS["INTERVAL"])
        try:
            since, until = (datetime.fromisoformat(texts.get(end, "")) for end in ("from", "to"))
            periods = min(periods, ceil((until - since).total_seconds() / seconds))
        except (ValueError, TypeError):
            pass  # a window open at an end; one that cannot be read is refused by the scalar
        return max(1, ceil(periods / PERIODS_A_UNIT))

    def text(self, value: ValueNode) -> str:
        if isinstance(value, EnumValueNode | StringValueNode):
            return value.value
        given = self.given(value)
        return given if isinstance(given, str) else ""

    def number(self, value: ValueNode) -> object:
        if isinstance(value, IntValueNode):
            return int(value.value) if len(value.value) <= DIGITS else BEYOND_COST
        return self.given(value, 1)

    def length(self, value: ValueNode) -> int:
        if isinstance(value, ListValueNode):
            return len(value.values)
        given = self.given(value)
        return len(given) if isinstance(given, list) else 0

    def given(self, value: ValueNode, otherwise: object = None) -> object:
        """What a variable holds."""
        if not isinstance(value, VariableNode):
            return otherwise
        self.asked_variables = True
        return self.variables.get(value.name.value, otherwise)


def too_deep() -> OverBudgetError:
    return OverBudgetError(f"The operation nests deeper than {MOST_DEPTH} levels; ask for less at once.")


def deeper(count: Count) -> Count:
    return count._replace(depth=count.depth + 1)


def is_list(found: GraphQLField) -> bool:
    inner = found.type.of_type if isinstance(found.type, GraphQLNonNull) else found.type
    return isinstance(inner, GraphQLList)


def objects_in(value: object) -> int:
    """Each is checked field by field, thousands of times slower than a number or a text of the same length."""
    count, waiting = 0, [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            count += 1
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
    return count
