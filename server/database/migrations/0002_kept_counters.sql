-- What a run's contracts are scored from: counters by day of every replication, so that others can be tried on it.

CREATE TABLE kept_counters (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  run_id uuid NOT NULL,
  content bytea NOT NULL, -- deflated
  PRIMARY KEY (organisation_id, run_id),
  FOREIGN KEY (organisation_id, run_id) REFERENCES outcomes ON DELETE CASCADE
);
ALTER TABLE kept_counters ALTER content SET STORAGE EXTERNAL;
ALTER TABLE kept_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE kept_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY organisation ON kept_counters TO springtide_app
  USING (organisation_id = nullif(current_setting('app.organisation_id', true), '')::uuid);
GRANT SELECT, INSERT ON kept_counters TO springtide_app;
