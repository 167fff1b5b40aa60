"""Where the wall between organisations has a gap: a walk through the system catalogues of a migrated database.

The walk meets every relation, function, role and setting that is there, so what is added later is judged too. What
departs from a rule and is right stands in `privileges`, with its reason.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from server.database.connecting import SCHEMA, Connection
from server.database.privileges import (
    DEFINERS,
    FOREIGN_KEYS_ACROSS,
    GRANTS,
    KEYS_ACROSS,
    NUMBERED,
    ORGANISATION_POLICY,
    POLICIES,
    ROLES,
    SCHEMA_ITSELF,
    WITHOUT_ORGANISATION,
    WITHOUT_ROW_SECURITY,
)

HERE = f"'{SCHEMA}'::regnamespace"


@dataclass(frozen=True)
class Gap:
    """What lets one organisation's rows be seen or guessed by another, or would with one slip more."""

    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.problem}; {self.mend}"


@dataclass(frozen=True)
class Rule:
    """A query whose rows are gaps; `name` says of what, and with the other columns fills in the texts."""

    problem: str
    mend: str
    query: str
    right: Collection[str] = ()
    """Names that may depart from it."""

    async def broken(self, connection: Connection) -> list[Gap]:
        rows = [dict(row) for row in await connection.fetch(self.query) if row["name"] not in self.right]
        return [Gap(self.problem.format(**row), self.mend.format(**row)) for row in rows]


async def gaps(connection: Connection) -> list[Gap]:
    """Every gap that the catalogues of the connection's database tell; whoever may connect may ask."""
    found = [gap for rule in RULES for gap in await rule.broken(connection)]
    return [*found, *await _policies(connection), *await _grants(connection)]


RULES = (
    Rule(
        "table {name}: row security is not enabled and forced",
        f"ALTER TABLE {SCHEMA}.{{name}} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        f"""
        SELECT relname AS name FROM pg_class
        WHERE relnamespace = {HERE} AND relkind IN ('r', 'p', 'f') AND NOT (relrowsecurity AND relforcerowsecurity)
        """,
        WITHOUT_ROW_SECURITY,
    ),
    Rule(
        "table {name}: has no policy",
        f"CREATE POLICY organisation ON {SCHEMA}.{{name}}, also on a partition, which its parent's does not guard",
        f"""
        SELECT relname AS name FROM pg_class
        WHERE relnamespace = {HERE} AND relkind IN ('r', 'p') AND NOT EXISTS (
          SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polroles <> ARRAY['springtide_reader'::regrole::oid])
        """,
        WITHOUT_ROW_SECURITY,
    ),
    Rule(
        "table {name}: its rows do not all say whose they are",
        "give it a column organisation_id uuid NOT NULL, first in its key",
        f"""
        SELECT relname AS name FROM pg_class
        WHERE relnamespace = {HERE} AND relkind IN ('r', 'p', 'f') AND NOT EXISTS (
          SELECT FROM pg_attribute
          WHERE attrelid = pg_class.oid AND attname = 'organisation_id' AND attnotnull AND atttypid = 'uuid'::regtype)
        """,
        WITHOUT_ORGANISATION,
    ),
    Rule(
        "unique index {name} on {table}: starts with {first}, so a refusal tells of another organisation's row",
        "let it start with organisation_id",
        f"""
        SELECT indexed.relname AS name, indrelid::regclass::text AS table, coalesce(attname, 'an expression') AS first
        FROM pg_index JOIN pg_class AS indexed ON indexed.oid = indexrelid
        LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE indexed.relnamespace = {HERE} AND (indisunique OR indisexclusion)
          AND attname IS DISTINCT FROM 'organisation_id'
        """,
        KEYS_ACROSS,
    ),
    Rule(
        "foreign key {name} of {table}: does not tie organisation_id to organisation_id, and row security does not"
        " hold foreign keys back",
        "let both sides start with the organisation",
        f"""
        SELECT conname AS name, conrelid::regclass::text AS table FROM pg_constraint
        JOIN pg_class AS here ON here.oid = conrelid JOIN pg_class AS there ON there.oid = confrelid
        LEFT JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = conkey[1]
        LEFT JOIN pg_attribute AS other ON other.attrelid = confrelid AND other.attnum = confkey[1]
        WHERE contype = 'f' AND {HERE} IN (here.relnamespace, there.relnamespace) AND NOT (
          own.attname = 'organisation_id'
          AND (there.relname, other.attname) IN (('organisations', 'id'), (there.relname, 'organisation_id')))
        """,
        FOREIGN_KEYS_ACROSS,
    ),
    Rule(
        "column {name}: is numbered across organisations, so a number tells how many rows others have",
        "draw its values at random, or count within the organisation",
        f"""
        SELECT relname || '.' || attname AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = {HERE} AND relkind IN ('r', 'p') AND NOT attisdropped AND (attidentity <> '' OR EXISTS (
          SELECT FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum AND EXISTS (
            SELECT FROM pg_depend JOIN pg_class AS drawn ON drawn.oid = refobjid AND drawn.relkind = 'S'
            WHERE classid = 'pg_attrdef'::regclass AND objid = pg_attrdef.oid)))
        """,
        NUMBERED,
    ),
    Rule(
        "{kind} {name}: reads organisations' tables with its owner's eyes",
        "drop it, or let a view be WITH (security_invoker)",
        f"""
        WITH RECURSIVE reading (oid) AS (
          SELECT oid FROM pg_class WHERE relnamespace = {HERE} AND relkind IN ('r', 'p', 'f', 'm')
          UNION SELECT ev_class FROM reading
          JOIN pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = reading.oid
            AND classid = 'pg_rewrite'::regclass
          JOIN pg_rewrite ON pg_rewrite.oid = objid)
        SELECT pg_class.oid::regclass::text AS name,
          CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialised view' ELSE 'rule on' END AS kind
        FROM reading JOIN pg_class USING (oid)
        WHERE relkind = 'm' OR relkind = 'v' AND NOT EXISTS (
            SELECT FROM pg_options_to_table(reloptions)
            WHERE option_name = 'security_invoker' AND option_value::boolean)
          OR relkind IN ('r', 'p') AND relhasrules AND EXISTS (SELECT FROM pg_rewrite WHERE ev_class = pg_class.oid)
        """,
    ),
    Rule(
        "function {name}: SECURITY DEFINER, it runs with its owner's rights whoever calls it",
        "ALTER FUNCTION {name} SECURITY INVOKER, or drop it",
        f"""
        SELECT pg_proc.oid::regprocedure::text AS name FROM pg_proc
        WHERE prosecdef AND pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          AND NOT EXISTS (
            SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
          AND (pronamespace = {HERE}
            OR EXISTS (
              SELECT FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
              WHERE tgfoid = pg_proc.oid AND relnamespace = {HERE})
            OR EXISTS (
              SELECT FROM pg_roles WHERE rolname = ANY ('{{{",".join(ROLES)}}}')
                AND has_function_privilege(pg_roles.oid, pg_proc.oid, 'EXECUTE')
                AND has_schema_privilege(pg_roles.oid, pronamespace, 'USAGE')))
        """,
        DEFINERS,
    ),
    Rule(
        "{name}: belongs to {owner}",
        "let springtide_owner own the schema and all in it, and nobody else",
        f"""
        SELECT pg_describe_object(classid, objid, 0) AS name, refobjid::regrole::text AS owner FROM pg_shdepend
        LEFT JOIN pg_class ON classid = 'pg_class'::regclass AND pg_class.oid = objid
        LEFT JOIN pg_proc ON classid = 'pg_proc'::regclass AND pg_proc.oid = objid
        WHERE deptype = 'o' AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (
          refobjid::regrole::text IN ('springtide_app', 'springtide_worker', 'springtide_admin', 'springtide_reader')
          OR refobjid <> 'springtide_owner'::regrole AND (
            {HERE} IN (relnamespace, pronamespace) OR classid = 'pg_namespace'::regclass AND objid = {HERE}::oid))
        """,
    ),
    Rule(
        "role {name}: has {power}",
        "ALTER ROLE {name} NO{power}, or let the program sign in with an ordinary login",
        f"""
        SELECT rolname AS name, power FROM pg_roles, LATERAL (VALUES
          ('SUPERUSER', rolsuper), ('BYPASSRLS', rolbypassrls), ('REPLICATION', rolreplication),
          ('LOGIN', rolcanlogin AND rolname <> session_user), ('CREATEROLE', rolcreaterole AND rolname <> session_user),
          ('CREATEDB', rolcreatedb AND rolname <> session_user)) AS powers (power, has)
        WHERE has AND (rolname = ANY ('{{{",".join(ROLES)}}}') OR rolname = session_user)
        """,
    ),
    Rule(
        "role {name}: is a member of {group}, with all its rights",
        "REVOKE {group} FROM {name}",
        f"""
        SELECT member::regrole::text AS name, roleid::regrole::text AS group FROM pg_auth_members
        WHERE member = ANY ('{{{",".join(ROLES)}}}'::regrole[])
        """,
    ),
    Rule(
        "login {name}: reads by springtide_reader and {power}",
        "let it have nothing but springtide_reader, or REVOKE that",
        """
        SELECT rolname AS name, power FROM pg_roles, LATERAL (
          SELECT 'has ' || power FROM (VALUES ('SUPERUSER', rolsuper), ('BYPASSRLS', rolbypassrls),
            ('REPLICATION', rolreplication), ('CREATEROLE', rolcreaterole)) AS powers (power, has) WHERE has
          UNION ALL
          SELECT 'is a member of ' || roleid::regrole FROM pg_auth_members
          WHERE member = pg_roles.oid AND roleid <> 'springtide_reader'::regrole) AS told (power)
        WHERE rolname <> session_user AND rolname LIKE 'springtide\\_reader\\_%' AND EXISTS (
          SELECT FROM pg_auth_members WHERE member = pg_roles.oid AND roleid = 'springtide_reader'::regrole)
        """,
    ),
    Rule(
        "default privileges of {name}: what is made later is granted to others unseen",
        "ALTER DEFAULT PRIVILEGES ... REVOKE, and grant by name in the migration",
        f"""
        SELECT defaclrole::regrole::text AS name FROM pg_default_acl
        WHERE defaclnamespace = {HERE} OR defaclrole = 'springtide_owner'::regrole
        """,
    ),
    Rule(
        "setting {name}: holds for whole sessions{whose}, whoever they act for",
        "ALTER ROLE or DATABASE ... RESET it",
        """
        SELECT setting AS name, CASE setrole WHEN 0 THEN '' ELSE ' of ' || setrole::regrole END AS whose
        FROM pg_db_role_setting, unnest(setconfig) AS setting
        WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
          AND setting ~ '^(app\\.|row_security=|session_replication_role=)'
        """,
    ),
    Rule(
        "search path {name}: names are looked for where others may write",
        f"connect with search_path={SCHEMA} alone",
        f"SELECT path AS name FROM current_setting('search_path') AS path WHERE path <> '{SCHEMA}'",
    ),
)


async def _policies(connection: Connection) -> Iterator[Gap]:
    rows = await connection.fetch(
        f"""
        SELECT relname, polname,
          CASE WHEN polpermissive THEN '' ELSE 'RESTRICTIVE ' END
          || CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
             ELSE 'ALL' END
          || ' TO ' || (
            SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ' ORDER BY role)
            FROM unnest(polroles) AS role)
          || coalesce(' USING ' || pg_get_expr(polqual, polrelid), '')
          || coalesce(' WITH CHECK ' || pg_get_expr(polwithcheck, polrelid), '') AS says
        FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid WHERE relnamespace = {HERE} ORDER BY 1, 2
        """
    )
    return (
        Gap(
            f"policy {row['polname']} on {row['relname']}: {row['says']} is not what was agreed",
            f"DROP POLICY {row['polname']} ON {SCHEMA}.{row['relname']}, or agree on it in POLICIES of privileges.py",
        )
        for row in rows
        if row["says"] not in (ORGANISATION_POLICY, POLICIES.get((row["relname"], row["polname"]), ("", ""))[0])
    )


async def _grants(connection: Connection) -> Iterator[Gap]:
    """What is granted besides the agreed table, and what of it is not."""
    rows = await connection.fetch(
        f"""
        SELECT relation, privilege_type || says || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS what,
          CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS role
        FROM (
          SELECT '{SCHEMA_ITSELF}' AS relation, '' AS says, nspowner AS owner, granted.*
          FROM pg_namespace, aclexplode(nspacl) AS granted WHERE oid = {HERE}
          UNION ALL
          SELECT relname, '', relowner, granted.* FROM pg_class, aclexplode(relacl) AS granted
          WHERE relnamespace = {HERE}
          UNION ALL
          SELECT relname, '(' || attname || ')', relowner, granted.*
          FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl) AS granted
          WHERE relnamespace = {HERE}) AS every
        WHERE grantee <> owner
        """
    )
    granted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        granted[row["role"], row["relation"]].add(row["what"])
    return (
        Gap(f"{role} on {relation}: {verb} {', '.join(sorted(privileges))}", mend)
        for role, relation in sorted(granted.keys() | GRANTS.keys())
        for verb, privileges, mend in _differing(granted[role, relation], GRANTS.get((role, relation), set()))
        if privileges
    )


def _differing(granted: set[str], agreed: set[str]) -> list[tuple[str, set[str], str]]:
    return [
        ("may", granted - agreed, "REVOKE it, or agree on it in GRANTS of privileges.py"),
        ("may not", agreed - granted, "GRANT it, as the program's migrations did"),
    ]
