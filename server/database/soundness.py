"""What a look at a running database tells an operator: its version, its clock, and whether its roles are as made."""

import time
from dataclasses import dataclass

from server.database.connecting import Connection

ROLES = ("springtide_owner", "springtide_app", "springtide_worker", "springtide_admin")


@dataclass(frozen=True)
class Soundness:
    version: str
    ahead_seconds: float
    """how far its clock is ahead of this machine's"""
    wrong_roles: list[str]
    """what is wrong with them, one line each"""


async def look(connection: Connection) -> Soundness:
    version = connection.get_server_version()
    return Soundness(f"{version.major}.{version.minor}", await _ahead(connection), await _wrong_roles(connection))


async def _ahead(connection: Connection) -> float:
    asked = time.time()
    its = await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
    return float(its) - (asked + time.time()) / 2


async def _wrong_roles(connection: Connection) -> list[str]:
    rows = await connection.fetch(
        """
        SELECT wanted.name, roles.oid IS NOT NULL AS made, rolcanlogin, rolsuper, rolbypassrls,
          coalesce(pg_has_role(session_user, roles.oid, $2), false) AS ours
        FROM unnest($1::text[]) AS wanted (name) LEFT JOIN pg_roles AS roles ON rolname = wanted.name
        """,
        list(ROLES),
        "SET" if connection.get_server_version().major >= 16 else "MEMBER",
    )
    return [f"{row['name']} {wrong}" for row in rows for wrong in _wrong(row)]


def _wrong(role: dict[str, object]) -> list[str]:
    if not role["made"]:
        return ["is not there; run `springtide migrate`"]
    found = {
        "can sign in; ALTER ROLE it NOLOGIN": role["rolcanlogin"],
        "is a superuser; ALTER ROLE it NOSUPERUSER": role["rolsuper"],
        "looks past row security; ALTER ROLE it NOBYPASSRLS": role["rolbypassrls"],
        "is not granted to this login; run `springtide migrate` with it": not role["ours"],
    }
    return [wrong for wrong, so in found.items() if so]
