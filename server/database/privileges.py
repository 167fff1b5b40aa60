"""What the roles may do in the schema, and what departs from its rules for a reason: data, which `catalogue` compares.

Whatever is not here is a gap, so a migration that grants something or adds a policy of its own adds a line here.
"""

OWNER, APP, WORKER, ADMIN = "springtide_owner", "springtide_app", "springtide_worker", "springtide_admin"
READER = "springtide_reader"
ROLES = (OWNER, APP, WORKER, ADMIN, READER)

SCHEMA_ITSELF = "(schema)"
"""Stands where a relation's name does for the privileges on the schema."""


def on(privilege: str, *columns: str) -> set[str]:
    """A privilege on some columns only."""
    return {f"{privilege}({column})" for column in columns}


_ACTED = ("organisation_id", "id", "actor_kind", "actor_id", "actor_label", "action", "subject_kind", "subject_id")
_TOLD = ("sequence", "status", "engine_version", "completed", "started_at", "figures")
_CLAIMED = ("status", "sequence", "epoch", "attempts", "lease_until", "started_at")

GRANTS: dict[tuple[str, str], set[str]] = {
    (APP, SCHEMA_ITSELF): {"USAGE"},
    (WORKER, SCHEMA_ITSELF): {"USAGE"},
    (ADMIN, SCHEMA_ITSELF): {"USAGE"},
    (APP, "schema_migrations"): {"SELECT"},
    (APP, "organisations"): {"SELECT", *on("UPDATE", "retention_days")},
    (WORKER, "organisations"): {*on("SELECT", "id", "turn_at", "retention_days"), *on("UPDATE", "turn_at")},
    (ADMIN, "organisations"): {"SELECT", "INSERT", "DELETE", *on("UPDATE", "closed_at")},
    (ADMIN, "deleted_organisations"): {"SELECT", "INSERT"},
    (APP, "members"): {
        *("SELECT", "INSERT"),
        *on("UPDATE", "name", "role", "issuer", "subject", "removed_at", "last_seen_at"),
    },
    (APP, "limits"): {"SELECT"},
    (WORKER, "limits"): on("SELECT", "organisation_id", "name", "most"),
    (ADMIN, "limits"): {"SELECT", "INSERT", "UPDATE", "DELETE"},
    (APP, "contact_days"): {"SELECT", "INSERT", "UPDATE"},
    (APP, "stored_bytes"): {"SELECT", "INSERT", "UPDATE"},
    (APP, "audit_log"): {"SELECT", *on("INSERT", *_ACTED, "request_id", "facts")},
    (WORKER, "audit_log"): {"DELETE", *on("SELECT", "organisation_id", "id", "at")},
    (APP, "tokens"): {"SELECT", "INSERT", *on("UPDATE", "revoked_at", "last_used_at")},
    (APP, "scenarios"): {
        *("SELECT", "INSERT", "DELETE"),
        *on("UPDATE", "name", "version", "document", "source", "digest", "base_id", "changes", "updated_at"),
        *on("UPDATE", "locked_at", "locked_by", "lock_label"),
    },
    (APP, "runs"): {
        *("SELECT", "INSERT", "DELETE"),
        *on("UPDATE", *_CLAIMED, "engine_version", "completed", "total", "failure_code", "failure_message"),
        *on("UPDATE", "finished_at"),
    },
    (WORKER, "runs"): {
        *on("SELECT", "organisation_id", "id", *_CLAIMED, "engine_version", "completed", "study_id"),
        *on("UPDATE", *_CLAIMED),
    },
    (APP, "run_changes"): {"SELECT", "INSERT"},
    (WORKER, "run_changes"): on("INSERT", "organisation_id", "run_id", *_TOLD),
    (APP, "studies"): {
        *("SELECT", "INSERT", "DELETE"),
        *on("UPDATE", "status", "answer", "failure_code", "failure_message", "sequence", "epoch", "attempts"),
        *on("UPDATE", "lease_until", "started_at", "finished_at"),
    },
    (WORKER, "studies"): {*on("SELECT", "organisation_id", "id", *_CLAIMED), *on("UPDATE", *_CLAIMED)},
    (APP, "study_points"): {"SELECT", "INSERT", *on("UPDATE", "run_id", "reading")},
    (APP, "requests"): {"SELECT", "INSERT", *on("UPDATE", "closes_at", "awarded_at", "withdrawn_at")},
    (APP, "request_bases"): {"SELECT", "INSERT", *on("UPDATE", "awarded_scenario_id", "sequence")},
    (APP, "invitations"): {"SELECT", "INSERT", *on("UPDATE", "outcome", "share", "sequence")},
    (APP, "proposals"): {
        *("SELECT", "INSERT"),
        *on("UPDATE", "version", "submitted_version", "document", "source", "sequence", "updated_at"),
    },
    (APP, "submissions"): {"SELECT", "INSERT", *on("UPDATE", "submitted_at", "withdrawn_at", "sequence")},
    (APP, "offers"): {"SELECT", "INSERT", "DELETE", *on("UPDATE", "document")},
    (APP, "shards"): {"SELECT", "INSERT", "DELETE"},
    (APP, "outcomes"): {"SELECT", "INSERT", "DELETE"},
    (APP, "outcome_columns"): {"SELECT", "INSERT"},
    (APP, "kept_counters"): {"SELECT", "INSERT"},
    (APP, "export_links"): {"SELECT", "INSERT", "DELETE"},
    (APP, "uploads"): {"SELECT", "INSERT", "DELETE"},
    (APP, "upload_parts"): {"SELECT", "INSERT"},
    (WORKER, "uploads"): {"DELETE", *on("SELECT", "organisation_id", "id", "expires_at")},
    (APP, "period_figures"): {"SELECT", "INSERT"},
    (APP, "readers"): {"SELECT"},
    (ADMIN, "readers"): {"SELECT", "INSERT", "DELETE"},
    (READER, SCHEMA_ITSELF): {"USAGE"},
    **{
        (READER, relation): {"SELECT"}
        for relation in ("readers", "period_figures", "outcome_runs", "queue_outcomes", "team_outcomes")
    },
    (READER, "runs"): {
        *on("SELECT", "organisation_id", "id", "scenario_id", "digest", "experiment", "completed", "engine_version"),
        *on("SELECT", "status", "created_at", "finished_at"),
    },
    (READER, "scenarios"): on("SELECT", "organisation_id", "id", "name"),
}
"""By role and relation; the owner's own privileges aside."""

_OWN = "(NULLIF(current_setting('app.organisation_id'::text, true), ''::text))::uuid"
ORGANISATION_POLICY = f"ALL TO springtide_app USING (organisation_id = {_OWN})"
"""The rows of the transaction's organisation: every table of organisations' rows has it."""


def _of_its_request(table: str, condition: str) -> str:
    return (
        "(EXISTS ( SELECT\n   FROM requests\n"
        f"  WHERE ((requests.organisation_id = {table}.client_id) AND (requests.id = {table}.request_id)"
        f" AND {condition})))"
    )


_TAKES_ANSWERS = (
    "(requests.awarded_at IS NULL) AND (requests.withdrawn_at IS NULL) AND (requests.closes_at > clock_timestamp())"
)
_IN_TIME = (
    "to a request that the vendor sees, as it was invited, and that still takes answers, nothing else is answered"
)
_SOUGHT = "NULLIF(current_setting('app.sought_vendor'::text, true), ''::text)"
_OLD = "(at < (now() - '400 days'::interval))"
_EXPIRED = "(expires_at < now())"
_UNFINISHED = "(status = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text]))"

POLICIES: dict[tuple[str, str], tuple[str, str]] = {
    ("organisations", "own"): (
        f"SELECT TO springtide_app USING (id = {_OWN})",
        "an organisation's own row, in the one table whose key it is",
    ),
    ("organisations", "every"): ("ALL TO springtide_admin USING true", "administration finds and makes organisations"),
    ("organisations", "retention"): (
        f"UPDATE TO springtide_app USING (id = {_OWN})",
        "an organisation says how long its runs are kept: the one granted column",
    ),
    ("organisations", "turns"): (
        "ALL TO springtide_worker USING true",
        "workers go from organisation to organisation in turn; they see ids and days, no names",
    ),
    ("deleted_organisations", "every"): ("ALL TO springtide_admin USING true", "operators look up what is gone"),
    ("limits", "every"): ("ALL TO springtide_admin USING true", "operators set limits"),
    ("limits", "running"): (
        "SELECT TO springtide_worker USING (name = 'RUNNING_RUNS'::text)",
        "claims pass over organisations with as many running runs as they may have",
    ),
    ("members", "person"): (
        "SELECT TO springtide_app USING ((removed_at IS NULL) AND (issuer = NULLIF(current_setting('app.issuer'::text,"
        " true), ''::text)) AND (subject = NULLIF(current_setting('app.subject'::text, true), ''::text)))",
        "who has signed in sees their own memberships, and learns from them which organisation's transaction to begin",
    ),
    ("members", "invited"): (
        "SELECT TO springtide_app USING ((removed_at IS NULL) AND (subject IS NULL) AND (email ="
        " NULLIF(current_setting('app.verified_email'::text, true), ''::text)))",
        "who has a verified address sees the invitations to it",
    ),
    ("audit_log", "old"): (f"SELECT TO springtide_worker USING {_OLD}", "sweeping goes through all organisations"),
    ("audit_log", "sweep"): (f"DELETE TO springtide_worker USING {_OLD}", "sweeping goes through all organisations"),
    ("uploads", "old"): (f"SELECT TO springtide_worker USING {_EXPIRED}", "sweeping goes through all organisations"),
    ("uploads", "sweep"): (f"DELETE TO springtide_worker USING {_EXPIRED}", "sweeping goes through all organisations"),
    ("tokens", "bearer"): (
        "SELECT TO springtide_app USING (hash = decode(NULLIF(current_setting('app.token_hash'::text, true),"
        " ''::text), 'hex'::text))",
        "who bears a token may see its row, and learns from it which organisation's transaction to begin",
    ),
    ("invitations", "invited"): (
        f"SELECT TO springtide_app USING (vendor_id = {_OWN})",
        "a vendor sees that it was invited, and no other invitation",
    ),
    ("requests", "invited"): (
        "SELECT TO springtide_app USING (EXISTS ( SELECT\n   FROM invitations\n"
        "  WHERE ((invitations.organisation_id = requests.organisation_id) AND (invitations.request_id = requests.id)"
        f" AND (invitations.vendor_id = {_OWN}))))",
        "a vendor sees the requests that it was invited to; nothing stands in them that it may not know",
    ),
    ("submissions", "received"): (
        f"SELECT TO springtide_app USING (client_id = {_OWN})",
        "a client sees who has answered its requests, and when",
    ),
    ("offers", "opened"): (
        f"SELECT TO springtide_app USING ((client_id = {_OWN}) AND "
        + _of_its_request("offers", "((NOT requests.is_sealed) OR (requests.closes_at <= clock_timestamp()))")
        + ")",
        "a client sees what is offered to it once the request is closed, or at once where it is not sealed",
    ),
    **{
        (table, name): (f"RESTRICTIVE {command} ({_of_its_request(table, _TAKES_ANSWERS)[1:-1]})", _IN_TIME)
        for table in ("proposals", "submissions", "offers")
        for name, command in (
            ("answering", "INSERT TO springtide_app WITH CHECK"),
            ("changing", "UPDATE TO springtide_app USING"),
            ("taking_back", "DELETE TO springtide_app USING"),
        )
        if name != "taking_back" or table == "offers"
    },
    ("organisations", "sought"): (
        "SELECT TO springtide_app USING ((kind = 'VENDOR'::text) AND (closed_at IS NULL) AND"
        f" (({_SOUGHT} = (id)::text) OR ({_SOUGHT} = name)))",
        "who invites finds a vendor by its exact name or id, and sees no other organisation",
    ),
    ("readers", "self"): (
        "SELECT TO springtide_reader USING (login = SESSION_USER)",
        "a login that reads by SQL sees whose it is",
    ),
    ("readers", "every"): ("ALL TO springtide_admin USING true", "operators make and remove readers"),
    **{
        (table, "reader"): (
            "SELECT TO springtide_reader USING (organisation_id = ( SELECT readers.organisation_id\n   FROM readers\n"
            "  WHERE (readers.login = SESSION_USER)))",
            "a login that reads by SQL sees its organisation's, by who signed in and not by what it sets",
        )
        for table in ("period_figures", "runs", "scenarios")
    },
    ("export_links", "holder"): (
        "SELECT TO springtide_app USING (hash = decode(NULLIF(current_setting('app.export_hash'::text, true),"
        " ''::text), 'hex'::text))",
        "who holds a link may see its row, and learns from it which organisation's transaction to begin",
    ),
    ("runs", "unfinished"): (
        f"SELECT TO springtide_worker USING {_UNFINISHED}",
        "claims are from all organisations; of a run only the granted columns are seen",
    ),
    ("studies", "unfinished"): (
        f"SELECT TO springtide_worker USING {_UNFINISHED}",
        "claims are from all organisations; of a study only the granted columns are seen",
    ),
    ("studies", "claim"): (f"UPDATE TO springtide_worker USING {_UNFINISHED}", "claims are from all organisations"),
    ("run_changes", "claim"): (
        "INSERT TO springtide_worker WITH CHECK (status = 'RUNNING'::text)",
        "a claim, which is made from all organisations, is told to the run's subscribers",
    ),
    ("runs", "claim"): (f"UPDATE TO springtide_worker USING {_UNFINISHED}", "claims are from all organisations"),
}
"""Policies besides the organisation's, by table and name: exactly what each says, and why it is there."""

WITHOUT_ROW_SECURITY = {"schema_migrations": "numbers and checksums of migrations: no organisation's rows"}
WITHOUT_ORGANISATION = WITHOUT_ROW_SECURITY | {
    "organisations": "its key is the organisation",
    "deleted_organisations": "its key was the organisation; only administration reads it",
}
KEYS_ACROSS = {
    "deleted_organisations_pkey": "its key was the organisation",
    "organisations_pkey": "its key is the organisation",
    "organisations_name_key": "only administration writes names, so nobody is told of another's",
    "schema_migrations_pkey": "no organisation's rows",
}
"""Unique indexes that need not start with the organisation."""
FOREIGN_KEYS_ACROSS = {
    "invitations_vendor_id_fkey": "an invitation ends with the vendor, which was found by whoever invites it",
    **{
        f"{table}_client_id_fkey": "an answer ends with the client, whose request the vendor sees"
        for table in ("proposals", "submissions", "offers")
    },
}
"""Foreign keys that name an organisation of the other side."""
DEFINERS: dict[str, str] = {}
"""Functions that may run with their owner's rights."""
NUMBERED: dict[str, str] = {}
"""Columns that may be numbered across organisations, as `table.column`."""
