"""The manners of a GraphQL schema: rules that clients rely on, each telling what departs from it."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_required_argument,
    specified_scalar_types,
)

Place = GraphQLNamedType | GraphQLField | GraphQLArgument | GraphQLInputField | object
Fielded = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType

VERBS = {
    *("add", "cancel", "change", "create", "delete", "explain", "remove", "revoke", "set", "start", "update"),
    *(
        "award",
        "close",
        "export",
        "extend",
        "import",
        "invite",
        "lock",
        "renew",
        "request",
        "roll",
        "save",
        "submit",
        "test",
        "withdraw",
    ),
}
"""With which mutations begin."""
KEYED = {"create", "explain", "export", "import", "roll", "save", "start", "test"}
"""Verbs that make or start something, so that a repeated request must not do it twice."""
WITHOUT_KEY = {
    "saveProposal": "there is one a request, and the same text again makes no further version",
    "createToken": "a secret cannot be shown twice; the list of tokens shows one that nobody has",
    "exportOutcomes": "likewise; a link that nobody has expires",
}
WITHOUT_UNIT = {
    "Handling.values": "times in seconds, as of all of Handling",
    "Patience.values": "times in seconds, as of all of Patience",
    "Lasting.mean": "the field that leads here is `hours`",
    "LeadTime.mean": "the field that leads here is `leadTimeWeeks`",
}
ALWAYS_THERE = {"ExitMonth.arisen", "ExitRight.arisen", "ClauseWindow.target", "ClauseWindow.value"}
"""Nullable though they are always there: what is promised there cannot be taken back."""
UNIT = r"(?:Mean in |Mean handling time in |Mean patience in )?(second|minute|hour|day|week|month)s\b"
DEPRECATED = r"Use `([A-Za-z.]+)` instead; removed after (\d{4}-\d{2}-\d{2})\."


def types(schema: GraphQLSchema) -> Iterator[GraphQLNamedType]:
    return (kind for name, kind in schema.type_map.items() if name[:2] != "__" and name not in specified_scalar_types)


def fielded(schema: GraphQLSchema) -> Iterator[Fielded]:
    return (kind for kind in types(schema) if isinstance(kind, Fielded))


def answers(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLField]]:
    """Every field of an answer, by its place."""
    for kind in fielded(schema):
        if not isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{kind.name}.{name}", field) for name, field in kind.fields.items())


def places(schema: GraphQLSchema) -> Iterator[tuple[str, object]]:
    """Everything that has a description, by its place."""
    for kind in types(schema):
        yield kind.name, kind
        if isinstance(kind, Fielded):
            for name, field in kind.fields.items():
                yield f"{kind.name}.{name}", field
                for argument, given in getattr(field, "args", {}).items():
                    yield f"{kind.name}.{name}({argument})", given
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{kind.name}.{name}", value) for name, value in kind.values.items())


def mutations(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLField]]:
    return iter(schema.mutation_type.fields.items() if schema.mutation_type else ())


def name_of(place: str) -> str:
    return re.split(r"[.(]", place.rstrip(")"))[-1]


def names_have_their_case(schema: GraphQLSchema) -> Iterator[str]:
    for place, here in places(schema):
        is_type, is_value = "." not in place, isinstance(schema.get_type(place.split(".")[0]), GraphQLEnumType)
        pattern = r"[A-Z][A-Za-z0-9]*" if is_type else r"[A-Z][A-Z0-9_]*" if is_value else r"[a-z][A-Za-z0-9]*"
        if not re.fullmatch(pattern, name_of(place)):
            yield f"{place}: is not written as {'a type' if is_type else 'a value' if is_value else 'a field'}"
        is_input = isinstance(here, GraphQLInputObjectType)
        if is_type and is_input != place.endswith("Input"):
            yield f"{place}: {'an input whose name does not end with' if is_input else 'no input, but named'} Input"


def everything_is_described_in_a_sentence(schema: GraphQLSchema) -> Iterator[str]:
    for place, here in places(schema):
        says = (getattr(here, "description", None) or "").strip()
        if not says:
            yield f"{place}: is not described"
        elif not re.match(r"[A-Z0-9`]", says) or not says.endswith("."):
            yield f"{place}: {says!r} is no sentence"
        elif re.sub(r"\W|_", "", says).lower() == re.sub(r"\W|_", "", name_of(place)).lower():
            yield f"{place}: {says!r} repeats the name"


def mutations_take_one_input_and_answer_with_a_payload(schema: GraphQLSchema) -> Iterator[str]:
    for name, field in mutations(schema):
        stem = name[0].upper() + name[1:]
        if re.match(r"[a-z]+", name)[0] not in VERBS:  # type: ignore[index]  # a field's name begins so
            yield f"Mutation.{name}: does not begin with a verb"
        if {argument: str(given.type) for argument, given in field.args.items()} != {"input": f"{stem}Input!"}:
            yield f"Mutation.{name}: does not take `input: {stem}Input!` alone"
        if str(field.type) != f"{stem}Payload":
            yield f"Mutation.{name}: does not answer with a nullable {stem}Payload"


def payloads_say_what_was_refused(schema: GraphQLSchema) -> Iterator[str]:
    for kind in fielded(schema):
        if kind.name.endswith("Payload"):
            if "userErrors" not in kind.fields or str(kind.fields["userErrors"].type) != "[UserError!]!":
                yield f"{kind.name}: has no `userErrors: [UserError!]!`"
            for name, field in kind.fields.items():
                if isinstance(field.type, GraphQLNonNull) and not is_list(field.type):
                    yield f"{kind.name}.{name}: cannot be left out when it was refused"


def what_is_made_has_a_key_and_what_is_updated_a_version(schema: GraphQLSchema) -> Iterator[str]:
    for name, field in mutations(schema):
        verb = re.split("[A-Z]", name)[0]
        given = get_named_type(field.args["input"].type) if "input" in field.args else None
        fields = given.fields if isinstance(given, GraphQLInputObjectType) else {}
        if verb in KEYED and name not in WITHOUT_KEY and "idempotencyKey" not in fields:
            yield f"Mutation.{name}: has no idempotencyKey"
        if verb == "update" and (
            "expectedVersion" not in fields or not isinstance(fields["expectedVersion"].type, GraphQLNonNull)
        ):
            yield f"Mutation.{name}: has no `expectedVersion` that must be given"


def connections_are_relay_s(schema: GraphQLSchema) -> Iterator[str]:
    parts = {"nodes": "[{}!]!", "edges": "[{}Edge!]!", "pageInfo": "PageInfo!", "totalCount": "Int!"}
    for kind in fielded(schema):
        if kind.name.endswith("Connection"):
            item = kind.name.removesuffix("Connection")
            wanted = {name: text.format(item) for name, text in parts.items()}
            if {name: str(field.type) for name, field in kind.fields.items()} != wanted:
                yield f"{kind.name}: does not have exactly {wanted}"
            edge = schema.get_type(f"{item}Edge")
            fields = edge.fields if isinstance(edge, GraphQLObjectType) else {}
            if {name: str(field.type) for name, field in fields.items()} != {"cursor": "String!", "node": f"{item}!"}:
                yield f"{item}Edge: does not have exactly a cursor and a node"
    for place, field in answers(schema):
        if get_named_type(field.type).name.endswith("Connection"):
            given = {name: str(argument.type) for name, argument in field.args.items()}
            if (given.get("first"), given.get("after")) != ("Int!", "String"):
                yield f"{place}: does not take `first: Int!` with a default and `after: String`"
            elif is_required_argument(field.args["first"]):
                yield f"{place}: `first` has no default"
            elif not re.search(r"from 1 to 100\b", field.args["first"].description or ""):
                yield f"{place}: `first` does not say that it is at most 100"


def lists_and_flags_are_not_null(schema: GraphQLSchema) -> Iterator[str]:
    for place, here in places(schema):
        kind = getattr(here, "type", None)
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if isinstance(inner, GraphQLList) and not isinstance(inner.of_type, GraphQLNonNull):
            yield f"{place}: items of a list may be null"
    for place, field in answers(schema):
        if str(field.type) == "Boolean":
            yield f"{place}: a flag that may be null"
        if isinstance(field.type, GraphQLList) and place.split(".")[0] not in described_by_models(schema):
            yield f"{place}: a list that may be null instead of empty"


def what_may_be_null_says_when(schema: GraphQLSchema) -> Iterator[str]:
    """Of a scenario's parts the models say what is left out, and of mutations the payload is null on an error only."""
    models = described_by_models(schema)
    for place, field in answers(schema):
        kind = place.split(".")[0]
        if isinstance(field.type, GraphQLNonNull) or kind in models or kind == "Mutation" or place in ALWAYS_THERE:
            continue
        if not re.search(r"\b[Nn]ull\b", field.description or ""):
            yield f"{place}: does not say when it is null"


def numbers_have_their_units_in_their_names(schema: GraphQLSchema) -> Iterator[str]:
    for kind in fielded(schema):
        for name, field in kind.fields.items():
            unit = re.match(UNIT, field.description or "", re.IGNORECASE)
            is_number = get_named_type(field.type).name in ("Int", "Float", "FloatColumn")
            place = f"{kind.name.removesuffix('Input')}.{name}"
            if unit and is_number and unit[1].lower() not in name.lower() and place not in WITHOUT_UNIT:
                yield f"{place}: is in {unit[1].lower()}s, which its name does not say"


def what_is_deprecated_names_a_date_and_what_to_use(schema: GraphQLSchema) -> Iterator[str]:
    known = {place for place, _ in places(schema)}
    for place, here in places(schema):
        reason = getattr(here, "deprecation_reason", None)
        if reason is None:
            continue
        said = re.fullmatch(DEPRECATED, reason)
        if said is None or not is_date(said[2]):
            yield f"{place}: write `Use `x` instead; removed after 2027-06-01.`, not {reason!r}"
        elif not {said[1], f"{place.rpartition('.')[0]}.{said[1]}"} & known:
            yield f"{place}: there is no {said[1]} to use instead"


def described_by_models(schema: GraphQLSchema) -> set[str]:
    """Names of the types that a scenario's definition is made of."""
    found: set[str] = set()
    waiting = ["ScenarioDefinition"]
    while waiting:
        name = waiting.pop()
        kind = schema.get_type(name)
        if name not in found and isinstance(kind, GraphQLObjectType):
            found.add(name)
            waiting += [get_named_type(field.type).name for field in kind.fields.values()]
    return found


def is_list(kind: object) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


RULES: tuple[Callable[[GraphQLSchema], Iterator[str]], ...] = (
    names_have_their_case,
    everything_is_described_in_a_sentence,
    mutations_take_one_input_and_answer_with_a_payload,
    payloads_say_what_was_refused,
    what_is_made_has_a_key_and_what_is_updated_a_version,
    connections_are_relay_s,
    lists_and_flags_are_not_null,
    what_may_be_null_says_when,
    numbers_have_their_units_in_their_names,
    what_is_deprecated_names_a_date_and_what_to_use,
)
