-- serves programs from 0002
-- Files of measured demand that an organisation has sent and not yet imported, for an hour.

CREATE TABLE uploads (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL,
  bytes bigint NOT NULL CHECK (bytes > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, id)
);
CREATE INDEX uploads_end ON uploads (expires_at);

-- a file in the order of its parts, so that nobody holds it whole to write it
CREATE TABLE upload_parts (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  upload_id uuid NOT NULL,
  number integer NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (organisation_id, upload_id, number),
  FOREIGN KEY (organisation_id, upload_id) REFERENCES uploads ON DELETE CASCADE
);
ALTER TABLE upload_parts ALTER content SET STORAGE EXTERNAL; -- packing it takes longer than writing it

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['uploads', 'upload_parts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY organisation ON %I TO springtide_app
      USING (organisation_id = nullif(current_setting(''app.organisation_id'', true), '''')::uuid)', tenant_table);
  END LOOP;
END $$;
GRANT SELECT, INSERT, DELETE ON uploads TO springtide_app;
GRANT SELECT, INSERT ON upload_parts TO springtide_app;

-- sweeping goes through all organisations, and sees only what has expired
CREATE POLICY old ON uploads FOR SELECT TO springtide_worker USING (expires_at < now());
CREATE POLICY sweep ON uploads FOR DELETE TO springtide_worker USING (expires_at < now());
GRANT DELETE, SELECT (organisation_id, id, expires_at) ON uploads TO springtide_worker;
