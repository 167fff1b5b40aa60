-- serves programs from 0002
-- What an organisation may use, whose turn it is at the queue, and for how long finished runs are kept.

ALTER TABLE organisations
  ADD COLUMN turn_at timestamptz NOT NULL DEFAULT now(), -- when a worker last took one of its runs
  ADD COLUMN retention_days integer CHECK (retention_days BETWEEN 1 AND 36500), -- null: until somebody deletes them
  ADD COLUMN closed_at timestamptz;                      -- it is being deleted: nothing new begins

-- what an operator has set; for what is not here the program has a default
CREATE TABLE limits (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  name text NOT NULL,
  most bigint CHECK (most >= 0), -- null: unlimited
  PRIMARY KEY (organisation_id, name)
);

-- expected contacts of the runs started on a day of UTC, less what ended runs did not simulate
CREATE TABLE contact_days (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  day date NOT NULL,
  contacts bigint NOT NULL,
  PRIMARY KEY (organisation_id, day)
);

-- of all outcomes kept, so that nobody has to add them up
CREATE TABLE stored_bytes (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  bytes bigint NOT NULL,
  PRIMARY KEY (organisation_id)
);

ALTER TABLE runs ADD COLUMN reserved_contacts bigint NOT NULL DEFAULT 0;
ALTER TABLE outcomes ADD COLUMN bytes bigint NOT NULL DEFAULT 0; -- with its columns and the counters kept

CREATE INDEX runs_queued ON runs (organisation_id, id) WHERE status = 'QUEUED';
CREATE INDEX runs_next ON runs (organisation_id, id) WHERE status IN ('QUEUED', 'RUNNING');
CREATE INDEX runs_running ON runs (organisation_id) WHERE status = 'RUNNING';
CREATE INDEX runs_finished ON runs (organisation_id, finished_at) WHERE finished_at IS NOT NULL;

-- the owner, too, sees no rows of a table that forces row security; until this transaction ends nobody else reads them
ALTER TABLE outcomes NO FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_columns NO FORCE ROW LEVEL SECURITY;
ALTER TABLE kept_counters NO FORCE ROW LEVEL SECURITY;
UPDATE outcomes SET bytes = octet_length(summary::text)
  + coalesce((SELECT sum(octet_length(figures)) FROM outcome_columns AS own
              WHERE own.organisation_id = outcomes.organisation_id AND own.run_id = outcomes.run_id), 0)
  + coalesce((SELECT octet_length(content) FROM kept_counters AS own
              WHERE own.organisation_id = outcomes.organisation_id AND own.run_id = outcomes.run_id), 0);
INSERT INTO stored_bytes SELECT organisation_id, sum(bytes) FROM outcomes GROUP BY organisation_id;
ALTER TABLE outcomes FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_columns FORCE ROW LEVEL SECURITY;
ALTER TABLE kept_counters FORCE ROW LEVEL SECURITY;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['limits', 'contact_days', 'stored_bytes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY organisation ON %I TO springtide_app '
      'USING (organisation_id = nullif(current_setting(''app.organisation_id'', true), '''')::uuid)', tenant_table);
  END LOOP;
END
$$;

-- an organisation says how long its runs are kept; an operator what it may use, and whether it is being deleted
CREATE POLICY retention ON organisations FOR UPDATE TO springtide_app
  USING (id = nullif(current_setting('app.organisation_id', true), '')::uuid);
GRANT UPDATE (retention_days) ON organisations TO springtide_app;
GRANT UPDATE (closed_at), DELETE ON organisations TO springtide_admin;
CREATE POLICY every ON limits TO springtide_admin USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON limits TO springtide_admin;
GRANT SELECT ON limits TO springtide_app;
GRANT SELECT, INSERT, UPDATE ON contact_days, stored_bytes TO springtide_app;
GRANT DELETE ON outcomes TO springtide_app; -- and tells how much went, whatever else is deleted at the same time

-- a worker goes from organisation to organisation in turn, passes over those with as many running runs as they may
-- have, and sweeps where runs are kept for so many days only
CREATE POLICY turns ON organisations TO springtide_worker USING (true);
GRANT SELECT (id, turn_at, retention_days), UPDATE (turn_at) ON organisations TO springtide_worker;
CREATE POLICY running ON limits FOR SELECT TO springtide_worker USING (name = 'RUNNING_RUNS');
GRANT SELECT (organisation_id, name, most) ON limits TO springtide_worker;
