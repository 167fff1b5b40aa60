-- serves programs from 0002
-- Scenarios that change by version, runs that know which version they are of, and keys that know what they were for.

-- null: it never changed
ALTER TABLE scenarios ADD COLUMN updated_at timestamptz;
-- what an idempotency key was sent with; null: without a key, or by a program that did not keep it
ALTER TABLE scenarios ADD COLUMN input_digest bytea CHECK (length(input_digest) = 32);
ALTER TABLE runs ADD COLUMN input_digest bytea CHECK (length(input_digest) = 32);
-- until now every scenario has had one version; a run that an older program starts from now on does not say which
ALTER TABLE runs ADD COLUMN scenario_version integer DEFAULT 1;
ALTER TABLE runs ALTER COLUMN scenario_version DROP DEFAULT;

GRANT UPDATE (name, version, document, source, digest, base_id, changes, updated_at) ON scenarios TO springtide_app;
