"""What a schema takes from clients since another one, and what of it a changelog has not said."""

import re

from graphql import DangerousChangeType, GraphQLSchema, find_breaking_changes, find_dangerous_changes

HARMLESS = {DangerousChangeType.OPTIONAL_ARG_ADDED, DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED}
"""Dangerous by name, but who does not know of them leaves them out."""


def untold(before: GraphQLSchema, now: GraphQLSchema, changelog: str) -> list[str]:
    """What breaks a client and stands not under `### Breaking` of `## Unreleased`, and what may surprise one, such as
    another value of an enum or another default, and stands nowhere under `## Unreleased`."""
    unreleased = section(changelog, "## Unreleased", "## ")
    breaking = [change.description for change in find_breaking_changes(before, now)]
    surprising = [c.description for c in find_dangerous_changes(before, now) if c.type not in HARMLESS]
    told = plain(section(unreleased, "### Breaking", "### "))
    lost = [f"### Breaking: - {one}" for one in breaking if plain(one) not in told]
    return lost + [f"anywhere: - {one}" for one in surprising if plain(one) not in plain(unreleased)]


def section(text: str, heading: str, until: str) -> str:
    """What stands under a heading, up to the next of its kind."""
    _, _, rest = f"\n{text}".partition(f"\n{heading}\n")
    return rest.partition(f"\n{until}")[0]


def plain(text: str) -> str:
    return re.sub(r"[\s`]+", " ", text)
