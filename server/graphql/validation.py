"""Validation at a price that is known before: whatever would make it dear is refused first.

Fields of one response name in one place are compared each with each, and what stands below them again, so 3,000 fields
took seconds; each message repeats the literal that it is about; and each name that is not known is compared with all
that are.
"""

from contextlib import suppress
from dataclasses import dataclass, field

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FieldsOnCorrectTypeRule,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    KnownArgumentNamesRule,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValuesOfCorrectTypeRule,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from server.graphql.limits import MOST_DEPTH, OverBudgetError, too_deep

MOST_PAIRS = 1_000
MOST_SPREAD = 3_000
MOST_VALUES = 250
MOST_ERRORS = 5
CHARACTERS_A_PAIR = 20
"""So many characters of arguments are compared in the time of two fields."""


class OneOfRule(OneOfInputValidationRule):
    def validate_one_of(self, node: ObjectValueNode, type_: GraphQLNamedType) -> None:
        with suppress(KeyError):  # a variable that nobody defines: another rule says so, this one fails
            super().validate_one_of(node, type_)


RULES = (*specified_rules, MaybeNullValidationRule, OneOfRule)
GUESSING = (FieldsOnCorrectTypeRule, KnownArgumentNamesRule, ValuesOfCorrectTypeRule)
"""Rules that say what may have been meant, each at a comparison with all that it could be; types are too many."""


def errors_in(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """What is wrong with a document, the first few of it; a single mistake with what may have been meant."""
    errors = validate(schema, document, (FieldsOnCorrectTypeRule,), max_errors=MOST_ERRORS, hide_suggestions=True)
    if len(errors) > MOST_ERRORS:
        return errors  # all rules together first look for variables in the whole document
    errors = validate(schema, document, RULES, max_errors=MOST_ERRORS, hide_suggestions=True)
    if len(errors) != 1:
        return errors
    return validate(schema, document, GUESSING, max_errors=MOST_ERRORS) or errors


def check_comparisons(document: DocumentNode) -> None:
    """Raises OverBudgetError for a document that is dear to validate."""
    comparisons = Comparisons(
        {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    )
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            for variable in node.variable_definitions or ():
                check_literal(variable.default_value)
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode):
            comparisons.merge([node.selection_set], 0)


@dataclass
class Comparisons:
    """Selections as they merge into an answer, and the pairs among them that validation compares."""

    fragments: dict[str, FragmentDefinitionNode]
    pairs: int = 0
    spread: int = 0
    """fields, counted wherever a fragment brings them"""
    literals: set[int] = field(default_factory=set)
    """of which fields they have been looked at"""

    def merge(self, selections: list[SelectionSetNode], level: int) -> None:
        if level > MOST_DEPTH:
            raise too_deep()
        fields, fragments = self.collect(selections)
        self.pairs += fragments * (fragments - 1) // 2
        self.pairs += sum(pairs_of(nodes) for nodes in fields.values() if len(nodes) > 1)
        self.check()
        for nodes in fields.values():
            if below := [node.selection_set for node in nodes if node.selection_set]:
                self.merge(below, level + 1)

    def collect(self, selections: list[SelectionSetNode]) -> tuple[dict[str, list[FieldNode]], int]:
        """The fields by response name, and how many fragments they come from."""
        fields: dict[str, list[FieldNode]] = {}
        known, waiting = set[str](), list(selections)
        while waiting:
            here = waiting.pop().selections
            self.spread += len(here)
            for node in here:
                if isinstance(node, FieldNode):
                    fields.setdefault((node.alias or node.name).value, []).append(node)
                    if node.arguments:
                        self.look_at(node)
                elif isinstance(node, InlineFragmentNode):
                    waiting.append(node.selection_set)
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in known:
                    known.add(node.name.value)
                    if node.name.value in self.fragments:
                        waiting.append(self.fragments[node.name.value].selection_set)
            self.check()
        return fields, len(known)

    def look_at(self, node: FieldNode) -> None:
        if id(node) not in self.literals:
            self.literals.add(id(node))
            for argument in node.arguments or ():
                check_literal(argument.value)

    def check(self) -> None:
        if self.spread > MOST_SPREAD:
            raise OverBudgetError(
                f"The document's fragments spread into more than {MOST_SPREAD} fields; ask for less at once."
            )
        if self.pairs > MOST_PAIRS:
            raise OverBudgetError(
                "The document asks for the same fields in the same place too often; ask for each of them once."
            )


def pairs_of(nodes: list[FieldNode]) -> int:
    written = sum(length(node.arguments) for node in nodes)
    return (len(nodes) - 1) * (len(nodes) + written // CHARACTERS_A_PAIR) // 2


def length(arguments: tuple[ArgumentNode, ...] | None) -> int:
    """In characters."""
    first, last = (arguments[0].loc, arguments[-1].loc) if arguments else (None, None)
    return last.end - first.start if first and last else 0


def check_literal(value: object) -> None:
    count, waiting = 0, [value]
    while waiting:
        found = waiting.pop()
        count += 1
        if isinstance(found, ListValueNode):
            waiting.extend(found.values)
        elif isinstance(found, ObjectValueNode):
            waiting.extend(entry.value for entry in found.fields)
    if count > MOST_VALUES:
        raise OverBudgetError(f"An argument holds more than {MOST_VALUES} values; send it as a variable.")
