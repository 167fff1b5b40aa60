-- serves programs from 0002
-- What lists in other orders, exports and views read.

-- a scenario's runs and the forks of one, newest first, and the orders of lists
CREATE INDEX runs_of_a_scenario ON runs (organisation_id, scenario_id, id);
DROP INDEX runs_scenario; -- the beginning of the same
CREATE INDEX runs_by_end ON runs (organisation_id, (coalesce(finished_at, 'infinity')), id);
CREATE INDEX scenarios_by_name ON scenarios (organisation_id, name, id);

-- a link that opens a run's outcomes without a token, until it expires, the run is deleted, or the access of whoever
-- made it ends; the text of the link is kept nowhere
CREATE TABLE export_links (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  run_id uuid NOT NULL,
  format text NOT NULL,
  wanted json NOT NULL,
  token_id uuid,
  member_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id),
  FOREIGN KEY (organisation_id, run_id) REFERENCES runs ON DELETE CASCADE,
  FOREIGN KEY (organisation_id, token_id) REFERENCES tokens ON DELETE CASCADE,
  FOREIGN KEY (organisation_id, member_id) REFERENCES members ON DELETE CASCADE,
  CHECK ((token_id IS NULL) <> (member_id IS NULL))
);
CREATE INDEX export_links_hash ON export_links (hash);
CREATE INDEX export_links_of_a_run ON export_links (organisation_id, run_id);
CREATE INDEX export_links_of_a_token ON export_links (organisation_id, token_id) WHERE token_id IS NOT NULL;
CREATE INDEX export_links_of_a_member ON export_links (organisation_id, member_id) WHERE member_id IS NOT NULL;
ALTER TABLE export_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE export_links FORCE ROW LEVEL SECURITY;
CREATE POLICY organisation ON export_links TO springtide_app
  USING (organisation_id = nullif(current_setting('app.organisation_id', true), '')::uuid);
-- who holds a link sees its row, and learns from it which organisation's transaction to begin
CREATE POLICY holder ON export_links FOR SELECT TO springtide_app
  USING (hash = decode(nullif(current_setting('app.export_hash', true), ''), 'hex'));
GRANT SELECT, INSERT, DELETE ON export_links TO springtide_app;
