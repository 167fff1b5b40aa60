"""Code generators make strict TypeScript of the committed schema and of every operation clients rely on, serverless."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.server.api import OPERATIONS, operations
from tests.server.npm import installed

SCHEMA = Path(__file__).parents[2] / "schema.graphql"
PROGRAMS = Path(__file__).parent / "generators"
SCALARS = {
    "DateTime": "string",
    "Date": "string",
    "LocalDateTime": "string",
    "FloatColumn": "ReadonlyArray<number | null>",
    "DateTimeColumn": "ReadonlyArray<string>",
    "DocumentValue": "unknown",
}
CODEGEN = {
    "@graphql-codegen/cli": "7.4.3",
    "@graphql-codegen/typescript": "6.1.0",
    "@graphql-codegen/typescript-operations": "6.1.9",
    "@graphql-codegen/client-preset": "6.2.0",
    "@graphql-typed-document-node/core": "3.2.0",
    "graphql": "16.11.0",
    "typescript": "5.9.3",
}
RELAY = {
    "relay-compiler": "21.0.1",
    "relay-runtime": "21.0.1",
    "graphql": "16.11.0",
    "typescript": "5.9.3",
}


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def workplace(packages: Path, tmp_path: Path) -> Path:
    """A folder of the test's own in which the packages are found."""
    (tmp_path / "node_modules").symlink_to(packages / "node_modules")
    return tmp_path


def named_as_relay_wants(name: str, text: str) -> str:
    """An operation whose name begins with that of its module and ends with its kind."""
    kind = text.split()[0]
    return re.sub(rf"^{kind} {name}\b", f"{kind} {name}{kind.capitalize()}", text)


@pytest.mark.bar
def test_graphql_codegen_makes_strict_typescript_of_every_operation(tmp_path: Path) -> None:
    folder = workplace(installed("codegen", CODEGEN), tmp_path)
    config = {"scalars": SCALARS, "strictScalars": True}
    made = {
        "types.ts": {"plugins": ["typescript"], "config": config},
        "operations.ts": {"plugins": ["typescript-operations"], "config": config},
        "client/": {"preset": "client", "config": config},
    }
    shutil.copy(PROGRAMS / "use.ts", folder)
    plan = {"schema": str(SCHEMA), "documents": [str(OPERATIONS), "use.ts"], "generates": made}
    (folder / "codegen.json").write_text(json.dumps(plan))
    run(folder, "node_modules/.bin/graphql-codegen", "--config", "codegen.json")
    module = ("--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext")
    run(folder, "node_modules/.bin/tsc", "--strict", "--noEmit", *module, "use.ts", "types.ts", "operations.ts")
    client = (folder / "client" / "graphql.ts").read_text()
    made_of = [name for name in operations() if f"export const {name}Document =" in client]
    print(f"graphql-codegen {CODEGEN['@graphql-codegen/cli']}: {len(made_of)} operations, tsc --strict: no errors")
    assert made_of == list(operations())


@pytest.mark.bar
def test_relay_compiles_every_operation_and_its_store_runs(tmp_path: Path) -> None:
    folder = workplace(installed("relay", RELAY), tmp_path)
    source = folder / "src"
    (source / "__generated__").mkdir(parents=True)
    shutil.copy(SCHEMA, folder)
    shutil.copy(PROGRAMS / "store.ts", source)
    for name, text in operations().items():
        tagged = f"graphql`\n{named_as_relay_wants(name, text)}\n`"
        (source / f"{name}.ts").write_text(f'import {{ graphql }} from "relay-runtime";\nexport default {tagged};\n')
    config = {"src": "./src", "schema": "./schema.graphql", "language": "typescript", "customScalarTypes": SCALARS}
    (folder / "relay.json").write_text(
        json.dumps(config | {"artifactDirectory": "./src/__generated__", "eagerEsModules": True})
    )
    run(folder, "node_modules/.bin/relay-compiler", "relay.json")
    compiled = list((source / "__generated__").glob("*.graphql.ts"))
    modules = ("--target", "es2022", "--module", "commonjs", "--esModuleInterop", "--skipLibCheck", "--outDir", "made")
    sources = [str(path.relative_to(folder)) for path in source.glob("*.ts")]
    run(folder, "node_modules/.bin/tsc", "--strict", *modules, *sources)
    told = run(folder, "node", "made/store.js").strip()
    print(
        f"relay-compiler {RELAY['relay-compiler']}: {len(compiled)} operations, tsc --strict: no errors; store: {told}"
    )
    assert len(compiled) == len(operations())
    assert told == "RUNNING SUCCEEDED Shop"
