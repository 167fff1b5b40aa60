"""Types of the API for TypeScript, made from the schema, and TypeScript's own check of the console's modules."""

import json
import subprocess
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    is_required_input_field,
)

from server.pages import CONSOLE
from tests.console.modules import modules

PACKAGES = {"typescript": "5.9.3", "preact": "10.29.8", "htm": "3.1.1"}
SCALARS = {
    "ID": "string", "String": "string", "Boolean": "boolean", "Int": "number", "Float": "number",
    "Date": "string", "DateTime": "string", "LocalDateTime": "string", "DocumentValue": "any",
    "FloatColumn": "(number | null)[]", "DateTimeColumn": "string[]",
}  # fmt: skip
GLOBALS = """
import type * as Preact from "preact";
import type * as Hooks from "preact/hooks";
import type Htm from "htm";
declare global {
  var preact: typeof Preact;
  var preactHooks: typeof Hooks;
  var htm: typeof Htm;
}
"""
OPTIONS = {
    "strict": True, "checkJs": True, "allowJs": True, "noEmit": True, "target": "ES2024", "module": "ESNext",
    "moduleResolution": "bundler", "lib": ["ES2024", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    "types": [], "skipLibCheck": True, "noImplicitReturns": True, "noFallthroughCasesInSwitch": True,
}  # fmt: skip


def types_of(schema: GraphQLSchema) -> str:
    """A global namespace `Api` with every type of a schema: what is asked for of it is there, the rest is not."""
    declared = (declaration(type_) for name, type_ in schema.type_map.items() if not name.startswith("__"))
    return "declare namespace Api {\n" + "".join(declared) + "}\n"


def declaration(type_: GraphQLNamedType) -> str:
    if isinstance(type_, GraphQLEnumType):
        return f"  type {type_.name} = {' | '.join(json.dumps(value) for value in type_.values)};\n"
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        told = [f"{name}: {written(field.type)};" for name, field in type_.fields.items()]
    elif isinstance(type_, GraphQLInputObjectType):
        told = [f"{name}{needed(field)}: {written(field.type)};" for name, field in type_.fields.items()]
    else:
        return ""
    return f"  interface {type_.name} {{ {' '.join(told)} }}\n"


def needed(field: GraphQLInputField) -> str:
    return "" if is_required_input_field(field) else "?"


def written(type_: object) -> str:
    if isinstance(type_, GraphQLNonNull):
        return written(type_.of_type).removesuffix(" | null")
    if isinstance(type_, GraphQLList):
        return f"({written(type_.of_type)})[] | null"
    assert isinstance(type_, GraphQLNamedType)
    return f"{SCALARS.get(type_.name, type_.name)} | null"


def complaints(folder: Path, schema: GraphQLSchema) -> list[str]:
    """What TypeScript has against the console's modules; its packages are in the folder."""
    (folder / "api.d.ts").write_text(types_of(schema))
    (folder / "globals.d.ts").write_text(GLOBALS)
    files = [*map(str, modules()), str(folder / "api.d.ts"), str(folder / "globals.d.ts")]
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS, "files": files}))
    command = ["node", str(folder / "node_modules" / "typescript" / "bin" / "tsc"), "-p", str(folder / "tsconfig.json")]
    done = subprocess.run(command, cwd=CONSOLE, capture_output=True, text=True, check=False)
    return [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
