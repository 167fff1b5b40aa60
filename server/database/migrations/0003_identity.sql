-- serves programs from 0002
-- People of an organisation, and tokens that may do less than their role. A person is invited by e-mail; the first
-- sign-in binds the row to an issuer's subject, and from then on only that counts.

CREATE TABLE members (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL,
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
  name text NOT NULL DEFAULT '' CHECK (length(name) <= 200),
  role text NOT NULL CHECK (role IN ('VIEWER', 'PLANNER', 'ADMIN')),
  issuer text,
  subject text,
  created_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,
  last_seen_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  CHECK ((issuer IS NULL) = (subject IS NULL))
);
-- who was removed may be invited again; an address belongs to one person at a time
CREATE UNIQUE INDEX members_of_an_organisation ON members (organisation_id, issuer, subject) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX members_by_address ON members (organisation_id, email) WHERE removed_at IS NULL;
CREATE INDEX members_of_a_person ON members (issuer, subject) WHERE removed_at IS NULL;
CREATE INDEX members_invited ON members (email) WHERE removed_at IS NULL AND subject IS NULL;

ALTER TABLE members ENABLE ROW LEVEL SECURITY;
ALTER TABLE members FORCE ROW LEVEL SECURITY;
CREATE POLICY organisation ON members TO springtide_app
  USING (organisation_id = nullif(current_setting('app.organisation_id', true), '')::uuid);
-- who has signed in sees their own rows, and the invitations to an address that the issuer has verified; both learn
-- from them which organisation's transaction to begin
CREATE POLICY person ON members FOR SELECT TO springtide_app
  USING (removed_at IS NULL AND issuer = nullif(current_setting('app.issuer', true), '')
         AND subject = nullif(current_setting('app.subject', true), ''));
CREATE POLICY invited ON members FOR SELECT TO springtide_app
  USING (removed_at IS NULL AND subject IS NULL AND email = nullif(current_setting('app.verified_email', true), ''));
GRANT SELECT, INSERT ON members TO springtide_app;
GRANT UPDATE (name, role, issuer, subject, removed_at, last_seen_at) ON members TO springtide_app;

-- null: all that the role allows, as for every token made before
ALTER TABLE tokens ADD COLUMN scopes text[] CHECK (
  cardinality(scopes) > 0
  AND scopes <@ CASE role WHEN 'VIEWER' THEN ARRAY['READ']
                          WHEN 'PLANNER' THEN ARRAY['READ', 'SCENARIOS', 'RUNS']
                          ELSE ARRAY['READ', 'SCENARIOS', 'RUNS', 'ADMINISTRATION'] END);
ALTER TABLE tokens ADD COLUMN created_by uuid; -- the member who has seen its text
ALTER TABLE tokens ADD FOREIGN KEY (organisation_id, created_by) REFERENCES members ON DELETE SET NULL (created_by);
CREATE INDEX tokens_of_a_member ON tokens (organisation_id, created_by);
