"""The canonical form of a document: the same text for the same description, however it was written."""

import hashlib
import json
from typing import Any

import yaml

from simulation.scenario.quantities import Described
from simulation.scenario.queues.channels import DEFERRED_CHANNELS
from simulation.scenario.reading.yaml_text import reads_as_text
from simulation.scenario.scenario import Scenario
from simulation.scenario.work import Work

EXACT = 1 << 53
"""Whole numbers up to here are exact as floats."""


def canonical_data(document: Described) -> dict[str, Any]:
    """A document as plain data in the order of its fields: defaults left out, whole numbers without a fraction."""
    data: dict[str, Any] = _plain(document.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    for queue, of in zip(data["queues"], document.queues, strict=True) if isinstance(document, Work) else ():
        if of.channel in DEFERRED_CHANNELS:
            queue.setdefault("target", {})  # the target of calls: left out, deferred work would get one of its own
    return data


def canonical(document: Described) -> str:
    """The canonical JSON: keys in order, no blanks, defaults left out. Read again it gives the same document."""
    return json.dumps(canonical_data(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(document: Described) -> str:
    """SHA-256 of the canonical JSON in hexadecimal; the name is part of it."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def to_yaml(document: Described) -> str:
    """The document as YAML that loads to the same document."""
    return yaml.dump(
        canonical_data(document),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=120,
        default_flow_style=None,
    )


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the scenario document."""
    schema = Scenario.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return int(value)
    return value


class _Dumper(yaml.SafeDumper):
    """Quotes text that would read as something else, shares nothing by anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    quoted = None if reads_as_text(value) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=quoted)


_Dumper.add_representer(str, _text)
