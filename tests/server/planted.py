"""Defects of a schema: what plants each in a migrated database, and the gaps that the catalogue then tells."""

OWN = "organisation_id = nullif(current_setting('app.organisation_id', true), '')::uuid"
GUARDED = (
    "ALTER TABLE {0} OWNER TO springtide_owner",
    "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {0} FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY organisation ON {{0}} TO springtide_app USING ({OWN})",
)


def guarded(table: str) -> tuple[str, ...]:
    return tuple(statement.format(table) for statement in GUARDED)


PARTITIONED = (
    "CREATE TABLE usage (organisation_id uuid NOT NULL, day date, PRIMARY KEY (organisation_id, day))"
    " PARTITION BY RANGE (day)",
    "CREATE TABLE usage_2026 PARTITION OF usage FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    "ALTER TABLE usage_2026 OWNER TO springtide_owner",
    *guarded("usage"),
)
NOTES = (
    "CREATE TABLE notes (organisation_id uuid NOT NULL REFERENCES organisations, id uuid NOT NULL, {}"
    "PRIMARY KEY (organisation_id, id))"
)

DEFECTS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "row security not forced": (
        ("ALTER TABLE runs NO FORCE ROW LEVEL SECURITY",),
        ["table runs: row security is not enabled and forced"],
    ),
    "row security off": (
        ("ALTER TABLE tokens DISABLE ROW LEVEL SECURITY",),
        ["table tokens: row security is not enabled and forced"],
    ),
    "policy missing": (("DROP POLICY organisation ON scenarios",), ["table scenarios: has no policy"]),
    "partition without a policy, granted": (
        (*PARTITIONED, "GRANT SELECT ON usage_2026 TO springtide_app"),
        [
            "table usage_2026: row security is not enabled and forced",
            "table usage_2026: has no policy",
            "springtide_app on usage_2026: may SELECT",
        ],
    ),
    "partition without a policy, reached through its parent only": (
        (*PARTITIONED, "ALTER TABLE usage_2026 ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"),
        ["table usage_2026: has no policy"],
    ),
    "policy for everybody": (
        ("CREATE POLICY everybody ON runs TO springtide_app USING (true)",),
        ["policy everybody on runs: ALL TO springtide_app USING true is not what was agreed"],
    ),
    "an agreed policy under which more is seen": (
        ("ALTER POLICY unfinished ON runs USING (true)",),
        ["policy unfinished on runs: SELECT TO springtide_worker USING true is not what was agreed"],
    ),
    "policy of another role": (
        ("ALTER POLICY organisation ON outcomes TO public",),
        ["policy organisation on outcomes: ALL TO PUBLIC USING"],
    ),
    "policy that checks less than it shows": (
        ("ALTER POLICY organisation ON outcomes WITH CHECK (true)",),
        ["policy organisation on outcomes: ALL TO springtide_app USING"],
    ),
    "table without an organisation": (
        ("CREATE TABLE rates (id uuid PRIMARY KEY)", *guarded("rates")[:3], "CREATE POLICY x ON rates USING (true)"),
        [
            "table rates: its rows do not all say whose they are",
            "unique index rates_pkey on rates: starts with id",
            "policy x on rates: ALL TO PUBLIC USING true is not what was agreed",
        ],
    ),
    "organisation that may be null": (
        ("CREATE TABLE rates (organisation_id uuid)", *guarded("rates")),
        ["table rates: its rows do not all say whose they are"],
    ),
    "foreign key across organisations": (
        (
            "CREATE UNIQUE INDEX runs_id ON runs (id)",
            NOTES.format("run_id uuid REFERENCES runs (id), "),
            *guarded("notes"),
        ),
        [
            "unique index runs_id on runs: starts with id",
            "foreign key notes_run_id_fkey of notes: does not tie organisation_id to organisation_id",
        ],
    ),
    "foreign key that starts with another column": (
        (
            "CREATE UNIQUE INDEX runs_id ON runs (organisation_id, id)",
            NOTES.format("run_id uuid, FOREIGN KEY (run_id, organisation_id) REFERENCES runs (id, organisation_id), "),
            *guarded("notes"),
        ),
        ["foreign key notes_run_id_organisation_id_fkey of notes: does not tie organisation_id to organisation_id"],
    ),
    "unique in one column": (
        ("ALTER TABLE scenarios ADD UNIQUE (name)",),
        ["unique index scenarios_name_key on scenarios: starts with name"],
    ),
    "unique by an expression": (
        ("CREATE UNIQUE INDEX scenarios_lower ON scenarios (lower(name), organisation_id)",),
        ["unique index scenarios_lower on scenarios: starts with an expression"],
    ),
    "numbers shared by organisations": (
        (NOTES.format("number bigint GENERATED ALWAYS AS IDENTITY, "), *guarded("notes")),
        ["column notes.number: is numbered across organisations"],
    ),
    "serial shared by organisations": (
        (NOTES.format("number serial, "), *guarded("notes")),
        ["column notes.number: is numbered across organisations"],
    ),
    "sequence that can be read": (
        (NOTES.format("number serial, "), *guarded("notes"), "GRANT SELECT ON notes_number_seq TO springtide_app"),
        ["column notes.number: is numbered", "springtide_app on notes_number_seq: may SELECT"],
    ),
    "owner's view": (
        ("CREATE VIEW public.all_runs AS SELECT id FROM runs",),
        ["view public.all_runs: reads organisations' tables with its owner's eyes"],
    ),
    "owner's view of an honest view": (
        (
            "CREATE VIEW public.own_runs WITH (security_invoker = on) AS SELECT id FROM runs",
            "CREATE VIEW public.all_runs AS SELECT id FROM public.own_runs",
        ),
        ["view public.all_runs: reads organisations' tables with its owner's eyes"],
    ),
    "materialised view": (
        ("CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) FROM runs",),
        ["materialised view public.counted: reads organisations' tables with its owner's eyes"],
    ),
    "rule on a table": (
        ("CREATE RULE copied AS ON UPDATE TO runs DO ALSO NOTIFY springtide_copied",),
        ["rule on runs: reads organisations' tables with its owner's eyes"],
    ),
    "definer function": (
        (
            "CREATE FUNCTION public.every_run() RETURNS bigint SECURITY DEFINER LANGUAGE sql"
            " AS 'SELECT count(*) FROM springtide.runs'",
        ),
        ["function public.every_run(): SECURITY DEFINER"],
    ),
    "definer function of a trigger": (
        (
            "CREATE FUNCTION public.noted() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NEW; END'",
            "REVOKE EXECUTE ON FUNCTION public.noted() FROM public",
            "CREATE TRIGGER noted BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION public.noted()",
        ),
        ["function public.noted(): SECURITY DEFINER"],
    ),
    "app that owns a table": (
        ("ALTER TABLE shards OWNER TO springtide_app",),
        [
            "table shards: belongs to springtide_app",
            "springtide_app on shards: may not DELETE, INSERT, SELECT",
        ],
    ),
    "app that is the owner": (
        ("GRANT springtide_owner TO springtide_app",),
        ["role springtide_app: is a member of springtide_owner"],
    ),
    "app past row security": (("ALTER ROLE springtide_app BYPASSRLS",), ["role springtide_app: has BYPASSRLS"]),
    "superuser": (("ALTER ROLE springtide_worker SUPERUSER",), ["role springtide_worker: has SUPERUSER"]),
    "owner that signs in": (("ALTER ROLE springtide_owner LOGIN",), ["role springtide_owner: has LOGIN"]),
    "grant to everybody": (("GRANT SELECT ON runs TO public",), ["PUBLIC on runs: may SELECT"]),
    "grant on a column": (
        ("GRANT UPDATE (organisation_id) ON runs TO springtide_app",),
        ["springtide_app on runs: may UPDATE(organisation_id)"],
    ),
    "grant that looks past row security": (
        ("GRANT TRUNCATE, REFERENCES ON runs TO springtide_app WITH GRANT OPTION",),
        ["springtide_app on runs: may REFERENCES WITH GRANT OPTION, TRUNCATE WITH GRANT OPTION"],
    ),
    "worker that reads documents": (
        ("GRANT SELECT (document) ON runs TO springtide_worker",),
        ["springtide_worker on runs: may SELECT(document)"],
    ),
    "grant taken away": (
        ("REVOKE INSERT ON runs FROM springtide_app",),
        ["springtide_app on runs: may not INSERT"],
    ),
    "functions planted in the search path": (
        ("GRANT CREATE ON SCHEMA springtide TO public",),
        ["PUBLIC on (schema): may CREATE"],
    ),
    "search path that others write to": (
        ("SET LOCAL search_path TO public, springtide",),
        ["search path public, springtide: names are looked for where others may write"],
    ),
    "default privileges": (
        ("ALTER DEFAULT PRIVILEGES FOR ROLE springtide_owner GRANT SELECT ON TABLES TO springtide_worker",),
        ["default privileges of springtide_owner: what is made later is granted to others unseen"],
    ),
    "organisation of a whole session": (
        ("ALTER ROLE springtide_app SET app.organisation_id TO 'f'",),
        ["setting app.organisation_id=f: holds for whole sessions of springtide_app"],
    ),
    "foreign keys and triggers off": (
        ("ALTER ROLE springtide_owner SET session_replication_role TO replica",),
        ["setting session_replication_role=replica: holds for whole sessions of springtide_owner"],
    ),
}
