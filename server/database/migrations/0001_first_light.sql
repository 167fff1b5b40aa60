-- Every table of an organisation's rows: its key starts with the organisation, as do the keys that point to it, since
-- foreign keys look past row security; row security is forced; the organisation is that of the transaction.

CREATE TABLE organisations (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
  kind text NOT NULL CHECK (kind IN ('CLIENT', 'VENDOR')),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tokens (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  role text NOT NULL CHECK (role IN ('VIEWER', 'PLANNER', 'ADMIN')),
  label text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  PRIMARY KEY (organisation_id, id)
);
CREATE INDEX tokens_hash ON tokens (hash);

CREATE TABLE scenarios (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL,
  name text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  document json NOT NULL, -- json and not jsonb: the canonical text, whose digest stands beside it, byte for byte
  source text NOT NULL,   -- the text as it was given
  digest text NOT NULL,
  base_id uuid,
  changes json NOT NULL DEFAULT '[]',
  idempotency_key text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, base_id) REFERENCES scenarios ON DELETE SET NULL (base_id),
  UNIQUE (organisation_id, idempotency_key)
);

CREATE TABLE runs (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL,
  scenario_id uuid NOT NULL,
  document json NOT NULL, -- the scenario as it was when the run was started
  digest text NOT NULL,
  experiment json NOT NULL,
  engine_version text,
  status text NOT NULL DEFAULT 'QUEUED' CHECK (status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  completed integer NOT NULL DEFAULT 0,
  total integer NOT NULL CHECK (total > 0),
  failure_code text,
  failure_message text,
  sequence integer NOT NULL DEFAULT 1, -- grows with every change that a subscriber may see
  epoch integer NOT NULL DEFAULT 0,    -- grows with every claim: who writes under an older one has lost the run
  attempts integer NOT NULL DEFAULT 0, -- claims since the last stored shard
  lease_until timestamptz,
  idempotency_key text,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, scenario_id) REFERENCES scenarios ON DELETE CASCADE,
  UNIQUE (organisation_id, idempotency_key),
  CHECK ((status IN ('QUEUED', 'RUNNING')) = (finished_at IS NULL)),
  CHECK ((status = 'FAILED') = (failure_code IS NOT NULL))
);
CREATE INDEX runs_scenario ON runs (organisation_id, scenario_id);
CREATE INDEX runs_unfinished ON runs (id) WHERE status IN ('QUEUED', 'RUNNING');

CREATE TABLE shards (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  run_id uuid NOT NULL,
  number integer NOT NULL,
  replications integer NOT NULL,
  content bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, run_id, number),
  FOREIGN KEY (organisation_id, run_id) REFERENCES runs ON DELETE CASCADE
);

CREATE TABLE outcomes (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  run_id uuid NOT NULL,
  summary json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, run_id),
  FOREIGN KEY (organisation_id, run_id) REFERENCES runs ON DELETE CASCADE
);

CREATE TABLE outcome_columns (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  run_id uuid NOT NULL,
  kind text NOT NULL,
  entity text NOT NULL,
  resolution text NOT NULL,
  measure text NOT NULL,
  statistic text NOT NULL,
  figures bytea NOT NULL, -- little-endian float64, one a period, deflated before it is sent
  PRIMARY KEY (organisation_id, run_id, kind, entity, resolution, measure, statistic),
  FOREIGN KEY (organisation_id, run_id) REFERENCES outcomes ON DELETE CASCADE
);

ALTER TABLE outcome_columns ALTER figures SET STORAGE EXTERNAL;
ALTER TABLE shards ALTER content SET STORAGE EXTERNAL; -- deflated, too

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['tokens', 'scenarios', 'runs', 'shards', 'outcomes', 'outcome_columns'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY organisation ON %I TO springtide_app '
      'USING (organisation_id = nullif(current_setting(''app.organisation_id'', true), '''')::uuid)', tenant_table);
  END LOOP;
END
$$;

ALTER TABLE organisations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisations FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON organisations FOR SELECT TO springtide_app
  USING (id = nullif(current_setting('app.organisation_id', true), '')::uuid);
CREATE POLICY every ON organisations TO springtide_admin USING (true);

-- who bears a token may see that token's row, and learns from it which organisation's transaction to begin
CREATE POLICY bearer ON tokens FOR SELECT TO springtide_app
  USING (hash = decode(nullif(current_setting('app.token_hash', true), ''), 'hex'));

-- a worker claims from all organisations, and sees of a run only the columns granted below
CREATE POLICY unfinished ON runs FOR SELECT TO springtide_worker USING (status IN ('QUEUED', 'RUNNING'));
CREATE POLICY claim ON runs FOR UPDATE TO springtide_worker USING (status IN ('QUEUED', 'RUNNING'));

GRANT USAGE ON SCHEMA springtide TO springtide_app, springtide_worker, springtide_admin;
GRANT SELECT ON schema_migrations TO springtide_app;
GRANT SELECT ON organisations TO springtide_app;
GRANT SELECT, INSERT ON organisations TO springtide_admin;
GRANT SELECT, INSERT ON tokens TO springtide_app;
GRANT UPDATE (revoked_at, last_used_at) ON tokens TO springtide_app;
GRANT SELECT, INSERT ON scenarios, runs TO springtide_app;
GRANT UPDATE (status, engine_version, completed, total, failure_code, failure_message, sequence, epoch, attempts, lease_until,
              started_at, finished_at) ON runs TO springtide_app;
GRANT SELECT, INSERT, DELETE ON shards TO springtide_app;
GRANT SELECT, INSERT ON outcomes, outcome_columns TO springtide_app;
GRANT SELECT (organisation_id, id, status, sequence, epoch, attempts, lease_until, started_at),
      UPDATE (status, sequence, epoch, attempts, lease_until, started_at) ON runs TO springtide_worker;
