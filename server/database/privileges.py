"""What the roles may do in the schema, and what departs from its rules for a reason: data, which `catalogue` compares.

Whatever is not here is a gap, so a migration that grants something or adds a policy of its own adds a line here.
"""

OWNER, APP, WORKER, ADMIN = "springtide_owner", "springtide_app", "springtide_worker", "springtide_admin"
ROLES = (OWNER, APP, WORKER, ADMIN)

SCHEMA_ITSELF = "(schema)"
"""Stands where a relation's name does for the privileges on the schema."""


def on(privilege: str, *columns: str) -> set[str]:
    """A privilege on some columns only."""
    return {f"{privilege}({column})" for column in columns}


_CLAIMED = ("status", "sequence", "epoch", "attempts", "lease_until", "started_at")

GRANTS: dict[tuple[str, str], set[str]] = {
    (APP, SCHEMA_ITSELF): {"USAGE"},
    (WORKER, SCHEMA_ITSELF): {"USAGE"},
    (ADMIN, SCHEMA_ITSELF): {"USAGE"},
    (APP, "schema_migrations"): {"SELECT"},
    (APP, "organisations"): {"SELECT"},
    (ADMIN, "organisations"): {"SELECT", "INSERT"},
    (APP, "tokens"): {"SELECT", "INSERT", *on("UPDATE", "revoked_at", "last_used_at")},
    (APP, "scenarios"): {"SELECT", "INSERT"},
    (APP, "runs"): {
        *("SELECT", "INSERT"),
        *on("UPDATE", *_CLAIMED, "engine_version", "completed", "total", "failure_code", "failure_message"),
        *on("UPDATE", "finished_at"),
    },
    (WORKER, "runs"): {*on("SELECT", "organisation_id", "id", *_CLAIMED), *on("UPDATE", *_CLAIMED)},
    (APP, "shards"): {"SELECT", "INSERT", "DELETE"},
    (APP, "outcomes"): {"SELECT", "INSERT"},
    (APP, "outcome_columns"): {"SELECT", "INSERT"},
    (APP, "kept_counters"): {"SELECT", "INSERT"},
}
"""By role and relation; the owner's own privileges aside."""

_OWN = "(NULLIF(current_setting('app.organisation_id'::text, true), ''::text))::uuid"
ORGANISATION_POLICY = f"ALL TO springtide_app USING (organisation_id = {_OWN})"
"""The rows of the transaction's organisation: every table of organisations' rows has it."""

_UNFINISHED = "(status = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text]))"

POLICIES: dict[tuple[str, str], tuple[str, str]] = {
    ("organisations", "own"): (
        f"SELECT TO springtide_app USING (id = {_OWN})",
        "an organisation's own row, in the one table whose key it is",
    ),
    ("organisations", "every"): ("ALL TO springtide_admin USING true", "administration finds and makes organisations"),
    ("tokens", "bearer"): (
        "SELECT TO springtide_app USING (hash = decode(NULLIF(current_setting('app.token_hash'::text, true),"
        " ''::text), 'hex'::text))",
        "who bears a token may see its row, and learns from it which organisation's transaction to begin",
    ),
    ("runs", "unfinished"): (
        f"SELECT TO springtide_worker USING {_UNFINISHED}",
        "claims are from all organisations; of a run only the granted columns are seen",
    ),
    ("runs", "claim"): (f"UPDATE TO springtide_worker USING {_UNFINISHED}", "claims are from all organisations"),
}
"""Policies besides the organisation's, by table and name: exactly what each says, and why it is there."""

WITHOUT_ROW_SECURITY = {"schema_migrations": "numbers and checksums of migrations: no organisation's rows"}
WITHOUT_ORGANISATION = WITHOUT_ROW_SECURITY | {"organisations": "its key is the organisation"}
KEYS_ACROSS = {
    "organisations_pkey": "its key is the organisation",
    "organisations_name_key": "only administration writes names, so nobody is told of another's",
    "schema_migrations_pkey": "no organisation's rows",
}
"""Unique indexes that need not start with the organisation."""
DEFINERS: dict[str, str] = {}
"""Functions that may run with their owner's rights."""
NUMBERED: dict[str, str] = {}
"""Columns that may be numbered across organisations, as `table.column`."""
