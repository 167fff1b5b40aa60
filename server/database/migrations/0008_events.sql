-- serves programs from 0002
-- Every change of a run that a subscriber is told, each with its sequence, kept as long as the run: whoever comes back is
-- told what they have missed, in order and once. What an older program changes is told as the run's state, without a row.

CREATE TABLE run_changes (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  run_id uuid NOT NULL,
  sequence integer NOT NULL,
  status text NOT NULL,
  engine_version text,
  completed integer NOT NULL,
  started_at timestamptz,
  figures json, -- partial outcomes, while it runs
  PRIMARY KEY (organisation_id, run_id, sequence),
  FOREIGN KEY (organisation_id, run_id) REFERENCES runs ON DELETE CASCADE
);
ALTER TABLE run_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY organisation ON run_changes TO springtide_app
  USING (organisation_id = nullif(current_setting('app.organisation_id', true), '')::uuid);
GRANT SELECT, INSERT ON run_changes TO springtide_app;

-- a claim is a change, and is made from all organisations; what was told before cannot be read through this door
CREATE POLICY claim ON run_changes FOR INSERT TO springtide_worker WITH CHECK (status = 'RUNNING');
GRANT INSERT (organisation_id, run_id, sequence, status, engine_version, completed, started_at, figures) ON run_changes
  TO springtide_worker;
