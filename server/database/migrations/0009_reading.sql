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

-- figures by day, week, month and in total as PostgreSQL can read them; those by interval stay deflated
CREATE TABLE period_figures (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  run_id uuid NOT NULL,
  kind text NOT NULL,       -- queue or team; calendar: when the periods start, seconds since 1970, in `mean`
  entity text NOT NULL,
  resolution text NOT NULL, -- day, week, month or total
  measure text NOT NULL,
  mean double precision[] NOT NULL,
  sd double precision[],
  p05 double precision[],
  p95 double precision[],
  PRIMARY KEY (organisation_id, run_id, kind, entity, resolution, measure),
  FOREIGN KEY (organisation_id, run_id) REFERENCES outcomes ON DELETE CASCADE
);
ALTER TABLE period_figures ALTER mean SET STORAGE EXTERNAL, ALTER sd SET STORAGE EXTERNAL,
  ALTER p05 SET STORAGE EXTERNAL, ALTER p95 SET STORAGE EXTERNAL; -- packing them takes longer than writing them

-- logins of programs that read by SQL: each is of one organisation, whatever it sets for its session
CREATE TABLE readers (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  login text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, login)
);
CREATE INDEX readers_login ON readers (login);

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['period_figures', 'readers'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY organisation ON %I TO springtide_app '
      'USING (organisation_id = nullif(current_setting(''app.organisation_id'', true), '''')::uuid)', tenant_table);
  END LOOP;
END
$$;
CREATE POLICY self ON readers FOR SELECT TO springtide_reader USING (login = session_user);
CREATE POLICY every ON readers TO springtide_admin USING (true);
-- session_user is who signed in: neither SET nor SET ROLE changes it
CREATE POLICY reader ON period_figures FOR SELECT TO springtide_reader
  USING (organisation_id = (SELECT readers.organisation_id FROM readers WHERE login = session_user));
CREATE POLICY reader ON runs FOR SELECT TO springtide_reader
  USING (organisation_id = (SELECT readers.organisation_id FROM readers WHERE login = session_user));
CREATE POLICY reader ON scenarios FOR SELECT TO springtide_reader
  USING (organisation_id = (SELECT readers.organisation_id FROM readers WHERE login = session_user));

CREATE VIEW outcome_runs WITH (security_invoker) AS
  SELECT runs.id AS run_id, scenario_id, name AS scenario, runs.digest, (experiment->>'seed')::bigint AS seed,
    completed AS replications, engine_version, runs.created_at, finished_at
  FROM runs JOIN scenarios ON (scenarios.organisation_id, scenarios.id) = (runs.organisation_id, scenario_id)
  WHERE status = 'SUCCEEDED';
CREATE VIEW queue_outcomes WITH (security_invoker) AS
  SELECT own.run_id, own.entity AS queue, own.resolution, to_timestamp(period.start) AS start, own.measure,
    period.mean, period.sd, period.p05, period.p95
  FROM period_figures AS own
  JOIN period_figures AS calendar ON (calendar.organisation_id, calendar.run_id, calendar.resolution, calendar.kind)
    = (own.organisation_id, own.run_id, own.resolution, 'calendar'),
  unnest(calendar.mean, own.mean, own.sd, own.p05, own.p95) AS period (start, mean, sd, p05, p95)
  WHERE own.kind = 'queue';
CREATE VIEW team_outcomes WITH (security_invoker) AS
  SELECT own.run_id, own.entity AS team, own.resolution, to_timestamp(period.start) AS start, own.measure,
    period.mean, period.sd, period.p05, period.p95
  FROM period_figures AS own
  JOIN period_figures AS calendar ON (calendar.organisation_id, calendar.run_id, calendar.resolution, calendar.kind)
    = (own.organisation_id, own.run_id, own.resolution, 'calendar'),
  unnest(calendar.mean, own.mean, own.sd, own.p05, own.p95) AS period (start, mean, sd, p05, p95)
  WHERE own.kind = 'team';

COMMENT ON VIEW outcome_runs IS 'Runs that have succeeded: a row a run, with the scenario they simulate.';
COMMENT ON VIEW queue_outcomes IS 'What came of queues: a row for each run, queue, resolution (day, week, month, total), period and measure.';
COMMENT ON VIEW team_outcomes IS 'What came of teams: a row for each run, team, resolution (day, week, month, total), period and measure.';
COMMENT ON COLUMN queue_outcomes.queue IS 'The queue''s id in the scenario.';
COMMENT ON COLUMN queue_outcomes.start IS 'When the period starts.';
COMMENT ON COLUMN queue_outcomes.measure IS 'As in the result document, such as service_level; its unit is part of its description there.';
COMMENT ON COLUMN queue_outcomes.mean IS 'Mean over replications, of a ratio the ratio of sums; null where undefined.';
COMMENT ON COLUMN queue_outcomes.sd IS 'Standard deviation over replications.';
COMMENT ON COLUMN queue_outcomes.p05 IS '5th percentile over replications.';
COMMENT ON COLUMN queue_outcomes.p95 IS '95th percentile over replications.';
COMMENT ON COLUMN team_outcomes.team IS 'The team''s id in the scenario.';

GRANT SELECT, INSERT ON period_figures TO springtide_app;
GRANT SELECT ON readers TO springtide_app;
GRANT SELECT, INSERT, DELETE ON readers TO springtide_admin;
GRANT USAGE ON SCHEMA springtide TO springtide_reader;
GRANT SELECT ON readers, period_figures, outcome_runs, queue_outcomes, team_outcomes TO springtide_reader;
GRANT SELECT (organisation_id, id, scenario_id, digest, experiment, completed, engine_version, status, created_at, finished_at)
  ON runs TO springtide_reader;
GRANT SELECT (organisation_id, id, name) ON scenarios TO springtide_reader;
