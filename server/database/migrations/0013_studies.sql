-- serves programs from 0002
-- Studies: many runs that together answer one question about a scenario. A worker decides, step by step, what to simulate
-- next or what the answer is; what it has decided and read stands here, so whoever takes it up goes on from there.

CREATE TABLE studies (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL,
  scenario_id uuid NOT NULL,
  scenario_version integer, -- null: it is about a run that does not say
  kind text NOT NULL,
  description json NOT NULL, -- everything that the answer depends on, the scenario's document too
  most_replications bigint NOT NULL,
  status text NOT NULL DEFAULT 'QUEUED' CHECK (status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  answer json,
  failure_code text,
  failure_message text,
  sequence integer NOT NULL DEFAULT 1, -- grows with every change that a subscriber may see
  epoch integer NOT NULL DEFAULT 0,    -- grows with every claim: who writes under an older one has lost the study
  attempts integer NOT NULL DEFAULT 0, -- claims since the last step
  lease_until timestamptz,
  idempotency_key text,
  input_digest bytea CHECK (length(input_digest) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, scenario_id) REFERENCES scenarios ON DELETE CASCADE,
  UNIQUE (organisation_id, idempotency_key),
  CHECK ((status IN ('QUEUED', 'RUNNING')) = (finished_at IS NULL)),
  CHECK ((status = 'FAILED') = (failure_code IS NOT NULL)),
  CHECK ((status = 'SUCCEEDED') = (answer IS NOT NULL))
);
CREATE INDEX studies_unfinished ON studies (id) WHERE status IN ('QUEUED', 'RUNNING');
CREATE INDEX studies_of_a_scenario ON studies (organisation_id, scenario_id);

-- whose point a run is; null: it was started by itself
ALTER TABLE runs ADD COLUMN study_id uuid;
ALTER TABLE runs ADD FOREIGN KEY (organisation_id, study_id) REFERENCES studies ON DELETE CASCADE;
CREATE INDEX runs_of_a_study ON runs (organisation_id, study_id) WHERE study_id IS NOT NULL;

CREATE TABLE study_points (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  study_id uuid NOT NULL,
  name text NOT NULL,
  id uuid NOT NULL, -- in the order asked for
  label text NOT NULL,
  run_id uuid,      -- null: it was deleted
  reading json,     -- what the study keeps of it; null: it is not simulated yet
  PRIMARY KEY (organisation_id, study_id, name),
  FOREIGN KEY (organisation_id, study_id) REFERENCES studies ON DELETE CASCADE,
  FOREIGN KEY (organisation_id, run_id) REFERENCES runs ON DELETE SET NULL (run_id)
);
CREATE INDEX study_points_of_a_run ON study_points (organisation_id, run_id);

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['studies', 'study_points'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY organisation ON %I TO springtide_app '
      'USING (organisation_id = nullif(current_setting(''app.organisation_id'', true), '''')::uuid)', tenant_table);
  END LOOP;
END
$$;
-- a worker claims from all organisations those that no unfinished run is awaited for, and sees of a study only these columns
CREATE POLICY unfinished ON studies FOR SELECT TO springtide_worker USING (status IN ('QUEUED', 'RUNNING'));
CREATE POLICY claim ON studies FOR UPDATE TO springtide_worker USING (status IN ('QUEUED', 'RUNNING'));

GRANT SELECT, INSERT, DELETE ON studies TO springtide_app;
GRANT UPDATE (status, answer, failure_code, failure_message, sequence, epoch, attempts, lease_until, started_at, finished_at)
  ON studies TO springtide_app;
GRANT SELECT, INSERT ON study_points TO springtide_app;
GRANT UPDATE (run_id, reading) ON study_points TO springtide_app;
GRANT SELECT (organisation_id, id, status, sequence, epoch, attempts, lease_until, started_at),
      UPDATE (status, sequence, epoch, attempts, lease_until, started_at) ON studies TO springtide_worker;
GRANT SELECT (study_id) ON runs TO springtide_worker;
