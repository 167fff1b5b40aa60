-- serves programs from 0002
-- Who did what, and the end of what is kept: runs, scenarios, entries of the log, whole organisations.

CREATE TABLE audit_log (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  actor_kind text NOT NULL,
  actor_id text, -- text, as those it names may be gone
  actor_label text NOT NULL DEFAULT '',
  action text NOT NULL,
  subject_kind text,
  subject_id text,
  request_id text,
  facts json NOT NULL DEFAULT '{}',
  PRIMARY KEY (organisation_id, id)
);
CREATE INDEX audit_log_at ON audit_log (organisation_id, at);
CREATE INDEX audit_log_old ON audit_log (at);
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY organisation ON audit_log TO springtide_app
  USING (organisation_id = nullif(current_setting('app.organisation_id', true), '')::uuid);
-- nobody changes an entry, and its time is the database's
GRANT SELECT, INSERT (organisation_id, id, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, request_id, facts)
  ON audit_log TO springtide_app;
-- only what is older than 400 days, a year and a month's grace, can be swept
CREATE POLICY old ON audit_log FOR SELECT TO springtide_worker USING (at < now() - interval '400 days');
CREATE POLICY sweep ON audit_log FOR DELETE TO springtide_worker USING (at < now() - interval '400 days');
GRANT SELECT (organisation_id, id, at), DELETE ON audit_log TO springtide_worker;

-- foreign keys take along what hangs on them
GRANT DELETE ON runs, scenarios TO springtide_app;

-- that an organisation was here and is gone, for operators; nothing else of it is left
CREATE TABLE deleted_organisations (
  id uuid PRIMARY KEY,
  closed_at timestamptz NOT NULL,
  deleted_at timestamptz NOT NULL DEFAULT now(),
  deleted_by text NOT NULL
);
ALTER TABLE deleted_organisations ENABLE ROW LEVEL SECURITY;
ALTER TABLE deleted_organisations FORCE ROW LEVEL SECURITY;
CREATE POLICY every ON deleted_organisations TO springtide_admin USING (true);
GRANT SELECT, INSERT ON deleted_organisations TO springtide_admin;
