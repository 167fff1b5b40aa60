-- Roles belong to the whole server, not to one database, so this runs before every migration and repeats harmlessly.
-- None of them can sign in; a login takes one on for a connection or a transaction.
--   springtide_owner   owns schema and tables, and being subject to forced row security sees no row of them
--   springtide_app     reads and writes the rows of one organisation, named by app.organisation_id
--   springtide_worker  sees of unfinished runs what claiming one needs, and nothing else
--   springtide_admin   lists and makes organisations
--   springtide_reader  reads by SQL the outcomes of the organisation that its login belongs to
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['springtide_owner', 'springtide_app', 'springtide_worker', 'springtide_admin',
    'springtide_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- another migration was faster
      END;
    END IF;
    BEGIN
      EXECUTE format('SET LOCAL ROLE %I', wanted);
      RESET ROLE;
    EXCEPTION WHEN insufficient_privilege THEN
      EXECUTE format('GRANT %I TO %I', wanted, session_user);
    END;
  END LOOP;
END
$$;
CREATE SCHEMA IF NOT EXISTS springtide AUTHORIZATION springtide_owner;
