-- serves programs from 0002
-- Requests and proposals: what a client puts out and what vendors answer. Each row is its writer's; what the other side may
-- see of it is a row of its own, written across the border without what is private, and shown by a policy for reading.

-- a client's; an invited vendor sees it, so nothing stands here that it may not know
CREATE TABLE requests (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL,
  name text NOT NULL,
  client_name text NOT NULL,
  document json NOT NULL, -- canonical text: demand, targets, terms, experiment, stress tests
  digest text NOT NULL,
  is_sealed boolean NOT NULL, -- whether what is offered stays closed until the request closes
  created_at timestamptz NOT NULL DEFAULT now(),
  closes_at timestamptz NOT NULL,
  awarded_at timestamptz,
  withdrawn_at timestamptz,
  PRIMARY KEY (organisation_id, id),
  CHECK (num_nonnulls(awarded_at, withdrawn_at) < 2)
);

-- what of a request is the client's alone
CREATE TABLE request_bases (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  request_id uuid NOT NULL,
  scenario_id uuid NOT NULL,
  scenario_version integer NOT NULL,
  document json NOT NULL, -- the scenario that it was put out of, as it was
  shares json NOT NULL,   -- of each queue's volume, what is put out
  left_out json NOT NULL, -- what was left out of the request, in words
  awarded_scenario_id uuid,
  sequence integer NOT NULL DEFAULT 1, -- grows with every change that the client makes
  idempotency_key text,
  input_digest bytea CHECK (length(input_digest) = 32),
  PRIMARY KEY (organisation_id, request_id),
  FOREIGN KEY (organisation_id, request_id) REFERENCES requests ON DELETE CASCADE,
  FOREIGN KEY (organisation_id, scenario_id) REFERENCES scenarios,
  FOREIGN KEY (organisation_id, awarded_scenario_id) REFERENCES scenarios ON DELETE SET NULL (awarded_scenario_id),
  UNIQUE (organisation_id, idempotency_key)
);
CREATE INDEX request_bases_scenario ON request_bases (organisation_id, scenario_id);
CREATE INDEX request_bases_awarded ON request_bases (organisation_id, awarded_scenario_id);

-- a client's; the vendor sees its own, and by it the request. The row ends with either of the two
CREATE TABLE invitations (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  vendor_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
  vendor_name text NOT NULL,
  invited_at timestamptz NOT NULL DEFAULT now(),
  outcome text CHECK (outcome IN ('AWARDED', 'NOT_AWARDED')),
  share float8 CHECK (share > 0 AND share <= 1), -- of the volume that was put out, where it is awarded by shares
  sequence integer NOT NULL DEFAULT 1, -- grows with every change of the request that the vendor may see
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, request_id, vendor_id),
  FOREIGN KEY (organisation_id, request_id) REFERENCES requests ON DELETE CASCADE,
  CHECK (vendor_id <> organisation_id),
  CHECK (share IS NULL OR outcome = 'AWARDED')
);
CREATE INDEX invitations_of_a_vendor ON invitations (vendor_id, id);

-- a vendor's alone, with its wages; what it answers to a request of which it knows that it is there
CREATE TABLE proposals (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL, -- random: the client sees it, and must not read from it when the first draft was made
  request_id uuid NOT NULL,
  client_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
  version integer NOT NULL DEFAULT 1,
  submitted_version integer, -- null: none stands
  document json NOT NULL,
  source text NOT NULL, -- as it was given
  sequence integer NOT NULL DEFAULT 1, -- grows with every change of it
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, request_id),
  CHECK (client_id <> organisation_id)
);
CREATE INDEX proposals_of_a_client ON proposals (client_id);

-- the scenario of a proposal: request and proposal joined, of the proposal's version; it is changed and deleted with it
ALTER TABLE scenarios ADD COLUMN proposal_id uuid;
ALTER TABLE scenarios ADD FOREIGN KEY (organisation_id, proposal_id) REFERENCES proposals ON DELETE CASCADE;
CREATE UNIQUE INDEX scenarios_of_a_proposal ON scenarios (organisation_id, proposal_id);

-- a vendor's; the client sees who has submitted, and when
CREATE TABLE submissions (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  id uuid NOT NULL,
  proposal_id uuid NOT NULL,
  request_id uuid NOT NULL,
  client_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
  vendor_name text NOT NULL,
  submitted_at timestamptz NOT NULL DEFAULT now(),
  withdrawn_at timestamptz,
  sequence integer NOT NULL DEFAULT 1,
  PRIMARY KEY (organisation_id, id),
  UNIQUE (organisation_id, proposal_id),
  FOREIGN KEY (organisation_id, proposal_id) REFERENCES proposals ON DELETE CASCADE,
  CHECK (client_id <> organisation_id)
);
CREATE INDEX submissions_to_a_client ON submissions (client_id, request_id, id);

-- a vendor's: what stands of a proposal, without its own cost; the client opens it when the request is closed
CREATE TABLE offers (
  organisation_id uuid NOT NULL DEFAULT nullif(current_setting('app.organisation_id', true), '')::uuid REFERENCES organisations ON DELETE CASCADE,
  proposal_id uuid NOT NULL,
  request_id uuid NOT NULL,
  client_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
  document json NOT NULL,
  PRIMARY KEY (organisation_id, proposal_id),
  FOREIGN KEY (organisation_id, proposal_id) REFERENCES proposals ON DELETE CASCADE,
  CHECK (client_id <> organisation_id)
);
CREATE INDEX offers_to_a_client ON offers (client_id, request_id);

-- which request a client's study evaluates
ALTER TABLE studies ADD COLUMN request_id uuid;
ALTER TABLE studies ADD FOREIGN KEY (organisation_id, request_id) REFERENCES requests ON DELETE CASCADE;
CREATE INDEX studies_of_a_request ON studies (organisation_id, request_id, id) WHERE request_id IS NOT NULL;

DO $$
DECLARE
  tenant_table text;
  own text := 'nullif(current_setting(''app.organisation_id'', true), '''')::uuid';
  takes_answers text := 'EXISTS (SELECT FROM requests WHERE requests.organisation_id = client_id AND requests.id = request_id
    AND awarded_at IS NULL AND withdrawn_at IS NULL AND closes_at > clock_timestamp())';
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['requests', 'request_bases', 'invitations', 'proposals', 'submissions', 'offers'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY organisation ON %I TO springtide_app USING (organisation_id = %s)', tenant_table, own);
  END LOOP;
  -- an invited vendor sees its invitation and the request, nobody else's
  EXECUTE format('CREATE POLICY invited ON invitations FOR SELECT TO springtide_app USING (vendor_id = %s)', own);
  EXECUTE format('CREATE POLICY invited ON requests FOR SELECT TO springtide_app USING (EXISTS (SELECT FROM invitations
    WHERE invitations.organisation_id = requests.organisation_id AND invitations.request_id = requests.id
      AND invitations.vendor_id = %s))', own);
  -- a client sees who has submitted to its requests; what they offer only when it may be opened
  EXECUTE format('CREATE POLICY received ON submissions FOR SELECT TO springtide_app USING (client_id = %s)', own);
  EXECUTE format('CREATE POLICY opened ON offers FOR SELECT TO springtide_app USING (client_id = %s AND EXISTS (
    SELECT FROM requests WHERE requests.organisation_id = client_id AND requests.id = request_id
      AND (NOT is_sealed OR closes_at <= clock_timestamp())))', own);
  -- nothing is answered to a request that the vendor was not invited to, or that takes answers no more
  FOREACH tenant_table IN ARRAY ARRAY['proposals', 'submissions', 'offers'] LOOP
    EXECUTE format('CREATE POLICY answering ON %I AS RESTRICTIVE FOR INSERT TO springtide_app WITH CHECK (%s)',
      tenant_table, takes_answers);
    EXECUTE format('CREATE POLICY changing ON %I AS RESTRICTIVE FOR UPDATE TO springtide_app USING (%s)',
      tenant_table, takes_answers);
  END LOOP;
  EXECUTE format('CREATE POLICY taking_back ON offers AS RESTRICTIVE FOR DELETE TO springtide_app USING (%s)', takes_answers);
END
$$;
-- who invites finds a vendor by its exact name or id, and sees no other organisation
CREATE POLICY sought ON organisations FOR SELECT TO springtide_app
  USING (kind = 'VENDOR' AND closed_at IS NULL AND nullif(current_setting('app.sought_vendor', true), '') IN (id::text, name));

GRANT SELECT, INSERT ON requests, request_bases, invitations, proposals, submissions, offers TO springtide_app;
GRANT DELETE ON offers TO springtide_app;
GRANT UPDATE (closes_at, awarded_at, withdrawn_at) ON requests TO springtide_app;
GRANT UPDATE (awarded_scenario_id, sequence) ON request_bases TO springtide_app;
GRANT UPDATE (outcome, share, sequence) ON invitations TO springtide_app;
GRANT UPDATE (version, submitted_version, document, source, sequence, updated_at) ON proposals TO springtide_app;
GRANT UPDATE (submitted_at, withdrawn_at, sequence) ON submissions TO springtide_app;
GRANT UPDATE (document) ON offers TO springtide_app;

-- whether an actor has opened something before
CREATE INDEX audit_log_opened ON audit_log (organisation_id, subject_id) WHERE action IN ('OPEN_REQUEST', 'OPEN_OFFER');

-- a further scope: what binds an organisation to another
ALTER TABLE tokens DROP CONSTRAINT tokens_check;
ALTER TABLE tokens ADD CONSTRAINT tokens_check CHECK (
  cardinality(scopes) > 0
  AND scopes <@ CASE role WHEN 'VIEWER' THEN ARRAY['READ']
                          WHEN 'PLANNER' THEN ARRAY['READ', 'SCENARIOS', 'RUNS', 'REQUESTS']
                          ELSE ARRAY['READ', 'SCENARIOS', 'RUNS', 'REQUESTS', 'ADMINISTRATION'] END);
