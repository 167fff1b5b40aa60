"""Documents that are dear to admit, each of at most 10 kB: made to hurt, and drawn from the schema."""

import random
from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

LONGEST = 10_000


def adversarial() -> Iterator[tuple[str, str]]:
    """By what each of them tries."""
    yield "the same field", "{" + "__typename " * 900 + "}"
    yield "the same field, nearly too often", "{" + "__typename " * 44 + "}"
    yield "the same few fields", "{" + "".join(f"{name} " * 17 for name in "abcdefghij") + "}"
    yield "the same fields, nested", "{" + "runs{nodes{id}} " * 150 + "}"
    yield "the same fields in inline fragments", "{" + "...{viewer{role}}" * 170 + "}"
    yield "the same field with arguments", "{" + 'auditLog(first:1 after:"a"){totalCount}' * 90 + "}"
    yield "fields nobody knows", "{" + "".join(f"f{number} " for number in range(1_190)) + "}"
    yield "fields nearly known", "{" + "".join(f"scenario{number} " for number in range(830)) + "}"
    yield "one field nearly known", "{" + "scenariosscenarioss" + "}"
    yield "a long name", "{" + "a" * 9_900 + "}"
    yield "fragments in a chain", "{...F0}" + "".join(f"fragment F{n} on Query{{...F{n + 1}}}" for n in range(150))
    yield (
        "fragments spread twice",
        "{...F0}" + "".join(f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(100)),
    )
    yield (
        "fragments in circles",
        "{...F0}" + "".join(f"fragment F{n} on Query{{...F{(n + 7) % 40}}}" for n in range(40)),
    )
    yield "fragments side by side", spread(44, "x{n}:__typename")
    yield "fragments of the same", spread(30, "viewer{{role}}")
    yield "fragments across", "".join(
        f"fragment F{n} on Query{{" + "".join(f"...F{m} " for m in range(n + 1, 22)) + "a}" for n in range(22)
    ) + "{...F0}"  # fmt: skip
    yield "fragments of unknown types", "".join(f"fragment F{n} on Scenariu{n}{{id}} " for n in range(160))
    yield "operations", "".join(f"query q{n}{{...F}} " for n in range(120)) + "fragment F on Query{__typename}"
    yield "ten operations of fragments", "".join(f"query q{n}{{...F0 ...F1}} " for n in range(10)) + "".join(
        f"fragment F{n} on Query{{...F{n + 1} __typename}}" for n in range(90)
    )  # fmt: skip
    yield "variables", "query(" + "".join(f"$a{n}:ID " for n in range(290)) + "){__typename}"
    yield "variables in use", "query(" + "".join(f"$a{n}:ID! " for n in range(58)) + "){" + "".join(
        f"a{n}:run(id:$a{n}){{id}}" for n in range(58)
    ) + "}"  # fmt: skip
    yield "variables of unknown types", "query(" + "".join(f"$a{n}:Scenariu " for n in range(290)) + "){a}"
    yield (
        "a variable again and again",
        "query($a:ID!){rescoreRuns(runIds:[" + "$a " * 240 + "],contracts:[]){runs{id}}}",
    )
    yield "directives", "{" + "__typename @skip(if:true) @include(if:false) " * 28 + "}"
    yield "unknown directives", "{" + "__typename @skop " * 58 + "}"
    yield "arguments nobody knows", "{runs(" + "".join(f"frist{n}:1 " for n in range(390)) + "){totalCount}}"
    yield "aliases", "{" + "".join(f"a{n}:__typename " for n in range(390)) + "}"
    yield "a list", "{rescoreRuns(runIds:[" + '"a" ' * 245 + "],contracts:[]){runs{id}}}"
    yield "lists", "{" + "".join(
        f"a{n}:rescoreRuns(runIds:[" + '"a" ' * 210 + "],contracts:[]){runs{id}}" for n in range(5)
    ) + "}"  # fmt: skip
    yield "a deep list", "{runs(first:" + "[" * 150 + "]" * 150 + "){totalCount}}"
    yield "a deep object", "{runs(first:" + "{a:" * 150 + "1" + "}" * 150 + "){totalCount}}"
    yield "unknown fields of an input", made("".join(f"nam{n}:1 " for n in range(240)))
    yield (
        "unknown fields of a scenario",
        made("source:{definition:{" + "".join(f"queue{n}:1 " for n in range(230)) + "}}"),
    )
    yield "enum values nobody knows", "{auditLog(actions:[" + "STRT_RUN " * 240 + "]){totalCount}}"
    yield "long text", '{runs(after:"' + "x" * 9_900 + '"){totalCount}}'
    yield "text of escapes", '{run(id:"' + "\\u0041" * 1_600 + '"){id}}'
    yield "text of many lines", '{runs(after:"""' + "\n   x" * 1_900 + '"""){totalCount}}'
    yield "text that does not end", '"""' + '\\"""' * 2_400
    yield "quotes", '"' * LONGEST
    yield "texts", "{" + "".join(f'a{n}:runs(after:"{"x" * 130}"){{totalCount}}' for n in range(58)) + "}"
    yield "a long number", "{runs(first:" + "9" * 9_900 + "){totalCount}}"
    yield "a comment", "#" * 9_900 + "\n{a}"
    yield "commas", "," * 9_900 + "{a}"
    yield "braces", "{" * LONGEST
    yield "brackets", "{a(b:" + "[" * 9_900
    yield "no end", "{" + "a " * 1_190
    yield "type definitions", "type A{a:Int}" * 190
    yield "types that cannot be", "{" + "...on Int{a}" * 190 + "}"
    yield "all kinds of a node", '{node(id:""){' + "...on Run{id}...on Scenario{id}...on Token{id}" * 14 + "}}"
    yield "introspection in depth", "{__schema{types{" + "fields{type{" * 11 + "name" + "}}" * 11 + "}}}"


def spread(fragments: int, fields: str) -> str:
    spreads = "".join(f"...F{n} " for n in range(fragments))
    return f"{{{spreads}}}" + "".join(f"fragment F{n} on Query{{{fields.format(n=n)}}}" for n in range(fragments))


def made(fields: str) -> str:
    return f"mutation{{createScenario(input:{{{fields}}}){{userErrors{{code}}}}}}"


class Drawn:
    """Documents of real fields, arguments and fragments, some with mistakes."""

    def __init__(self, schema: GraphQLSchema, seed: int) -> None:
        self.schema, self.random = schema, random.Random(seed)

    def document(self) -> str:
        self.left = self.random.choice((50, 200, 400))
        self.fragments: list[str] = []
        self.mistaken = self.random.choice((0.0, 0.0, 0.02, 0.3))
        kind, root = self.random.choice((("query", self.schema.query_type), ("mutation", self.schema.mutation_type)))
        assert root is not None
        text = f"{kind}{self.selections(root, 0)}" + "".join(self.fragments)
        return text[:LONGEST]

    def selections(self, parent: GraphQLObjectType, level: int) -> str:
        known = list(parent.fields)
        names = [self.random.choice(known) for _ in range(self.width())]
        chosen = [self.field(name, parent.fields[name], level) for name in names]
        if self.random.random() < 0.1 and level < 12:
            name = f"F{len(self.fragments)}"
            self.fragments.append("")
            place = len(self.fragments) - 1
            self.fragments[place] = f" fragment {name} on {parent.name}{self.selections(parent, level + 1)}"
            chosen += [f"...{name}"] * self.random.choice((1, 1, 3))
        return "{" + " ".join(chosen) + " __typename}"

    def width(self) -> int:
        width = self.random.choice((1, 2, 4, 8, 20)) if self.left > 0 else 0
        self.left -= width
        return width

    def field(self, name: str, field: GraphQLField, level: int) -> str:
        alias = f"a{self.random.randrange(9)}:" if self.random.random() < 0.1 else ""
        spelt = name + "x" if self.random.random() < self.mistaken else name
        given = " ".join(f"{argument}:{self.value(told.type, 0)}" for argument, told in field.args.items())
        below = get_named_type(field.type)
        deeper = self.selections(below, level + 1) if isinstance(below, GraphQLObjectType) and level < 14 else ""
        if not deeper and not is_leaf_type(below):
            deeper = "{__typename}"
        return f"{alias}{spelt}{f'({given})' if given else ''}{deeper}"

    def value(self, kind: object, level: int) -> str:
        named = get_named_type(kind)  # type: ignore[call-overload]  # of arguments and of input fields alike
        if self.random.random() < self.mistaken or level > 5:
            return self.random.choice(("null", "{}", "[]", "NOBODY", '"text"', "3.5", "[[{a:1}]]"))
        if isinstance(named, GraphQLEnumType):
            return str(self.random.choice(list(named.values)))
        if isinstance(named, GraphQLInputObjectType):
            names = list(named.fields) if len(named.fields) < 4 else self.random.sample(list(named.fields), 3)
            return "{" + " ".join(f"{name}:{self.value(named.fields[name].type, level + 1)}" for name in names) + "}"
        return self.random.choice(('"a"', "1", "true", '"2026-01-01T00:00:00Z"'))
