"""One budget for every operation, counted once over its document before validation: tokens, depth, aliases, cost.

Each fragment is counted once and remembered, so the count is linear in the document however often fragments are
spread. Cost is the number of fields an answer may hold: a list multiplies what stands below it by its `first`, else by
its longest list argument, else by `ASSUMED_LIST`. A series multiplies further by its periods, a unit for every
`PERIODS_A_UNIT` of them: as many as its window may hold, at most those assumed of its resolution.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any, ClassVar

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
    get_operation_ast,
    is_leaf_type,
    parse,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from server.graphql.scenario_types import INNER_TYPES

MOST_CHARACTERS = 100_000
MOST_TOKENS = 4_000
MOST_DEPTH = 24
MOST_ALIASES = 60
MOST_DIRECTIVES = 60
MOST_COST = 50_000
BEYOND_COST = 1_000_000
"""Where counting stops: a cost may have thousands of digits."""
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
CACHED_DOCUMENTS = 128
CACHED_CHARACTERS = 20_000
UNREAD = "{ __typename }"
"""Stands in for a document that is too long to be read."""


@dataclass(frozen=True)
class Count:
    """What a selection holds, everything below it included."""

    depth: int = 0
    cost: int = 0
    aliases: int = 0
    directives: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            max(self.depth, other.depth),
            min(self.cost + other.cost, BEYOND_COST),
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


class OverBudgetError(GraphQLError):
    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "OVER_LIMIT"})


@dataclass
class Budget:
    schema: GraphQLSchema
    variables: Mapping[str, Any]
    fragments: dict[str, FragmentDefinitionNode]
    counted: dict[str, Count] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def check(self, operation: OperationDefinitionNode) -> None:
        root = self.schema.get_root_type(operation.operation)
        count = self.selections(operation.selection_set, root, 0)
        for name, spent, most in (
            ("aliases", count.aliases, MOST_ALIASES),
            ("directives", count.directives, MOST_DIRECTIVES),
            ("cost", count.cost, MOST_COST),
        ):
            if spent > most:
                told = f"{BEYOND_COST} or more" if spent >= BEYOND_COST else spent
                raise OverBudgetError(
                    f"The operation's {name} is {told}, over the limit of {most}; ask for less at once."
                )

    def selections(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None, level: int) -> Count:
        if level > MOST_DEPTH:
            raise OverBudgetError(f"The operation nests deeper than {MOST_DEPTH} levels; ask for less at once.")
        total = Count()
        for node in selections.selections if selections else ():
            here = Count(directives=len(node.directives or ()))
            match node:
                case FieldNode():
                    total += here + self.field_count(node, parent, level)
                case InlineFragmentNode():
                    narrowed = self.schema.get_type(node.type_condition.name.value) if node.type_condition else parent
                    total += here + deeper(self.selections(node.selection_set, narrowed, level + 1))
                case FragmentSpreadNode():
                    total += here + deeper(self.fragment(node.name.value, level + 1))
        return total

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
            raise OverBudgetError(f"The operation nests deeper than {MOST_DEPTH} levels; ask for less at once.")
        return count

    def field_count(self, node: FieldNode, parent: GraphQLNamedType | None, level: int) -> Count:
        known = parent.fields if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else {}
        found = known.get(node.name.value)
        below = self.selections(node.selection_set, get_named_type(found.type) if found else None, level + 1)
        return Count(
            depth=below.depth + 1,
            cost=min(1 + below.cost * (self.items(node, found) if found else 1), BEYOND_COST),
            aliases=below.aliases + (node.alias is not None),
            directives=below.directives,
        )

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
        given = self.variables.get(value.name.value) if isinstance(value, VariableNode) else None
        return given if isinstance(given, str) else ""

    def number(self, value: ValueNode) -> object:
        if isinstance(value, IntValueNode):
            return int(value.value) if len(value.value) <= DIGITS else BEYOND_COST
        return self.variables.get(value.name.value, 1) if isinstance(value, VariableNode) else 1

    def length(self, value: ValueNode) -> int:
        if isinstance(value, ListValueNode):
            return len(value.values)
        given = self.variables.get(value.name.value) if isinstance(value, VariableNode) else None
        return len(given) if isinstance(given, list) else 0


def deeper(count: Count) -> Count:
    return Count(count.depth + 1, count.cost, count.aliases, count.directives)


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


@dataclass
class Prepared:
    """A parsed document, and its validation errors once they are known."""

    document: DocumentNode
    errors: list[GraphQLError] | None = None


class Admission(SchemaExtension):
    """Parses, budgets and validates, remembering documents it has met.

    Refusals are left for validation to report, because an error raised while parsing kills a WebSocket's stream.
    """

    remembered: ClassVar[OrderedDict[str, Prepared]] = OrderedDict()
    prepared: Prepared | None = None
    too_long: bool = False

    def on_operation(self) -> Iterator[None]:
        context = self.execution_context
        context.context = context.context.for_operation()
        context.parse_options["max_tokens"] = MOST_TOKENS
        if len(context.query or "") > MOST_CHARACTERS:
            self.too_long = True
            context.query, context._provided_operation_name = UNREAD, None  # there is no public way to set the name
        yield

    def on_parse(self) -> Iterator[None]:
        query = self.execution_context.query or ""
        self.prepared = self.remembered.get(query)
        if self.prepared:
            self.remembered.move_to_end(query)
        else:
            try:
                self.prepared = Prepared(parse(query, max_tokens=MOST_TOKENS))
            except GraphQLError:
                self.prepared = None  # the schema parses it again and reports the error
            else:
                self.remember(query, self.prepared)
        if self.prepared:
            self.execution_context.graphql_document = self.prepared.document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if self.too_long:
            message = f"The operation has more than {MOST_CHARACTERS} characters; send long values as variables."
            context.pre_execution_errors = [OverBudgetError(message)]
            yield
            return
        schema = context.schema._schema  # as Strawberry's own validation extensions do: it has no public name
        if self.prepared:
            document = self.prepared.document
            try:
                self.budget(schema, document)
            except OverBudgetError as refusal:
                context.pre_execution_errors = [refusal]
            else:
                if self.prepared.errors is None:
                    self.prepared.errors = validate_document(schema, document, context.validation_rules)
                context.pre_execution_errors = self.prepared.errors
        yield

    def budget(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        operation = get_operation_ast(document, self.execution_context.operation_name)
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        if objects_in(self.execution_context.variables) > MOST_OBJECTS:
            raise OverBudgetError(
                f"The variables hold more than {MOST_OBJECTS} objects; send a scenario so large as `source.document`."
            )
        if operation:
            Budget(schema, self.execution_context.variables or {}, fragments).check(operation)

    def remember(self, query: str, prepared: Prepared) -> None:
        if len(query) > CACHED_CHARACTERS:
            return
        self.remembered[query] = prepared
        if len(self.remembered) > CACHED_DOCUMENTS:
            self.remembered.popitem(last=False)
