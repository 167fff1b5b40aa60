-- serves programs from 0002
-- Scenarios that are locked: what was decided on stays as it was. Runs of them, forks and the end of their organisation go on.

ALTER TABLE scenarios
  ADD COLUMN locked_at timestamptz,
  ADD COLUMN locked_by text,
  ADD COLUMN lock_label text,
  ADD CONSTRAINT scenarios_lock CHECK (num_nonnulls(locked_at, locked_by, lock_label) IN (0, 3));
GRANT UPDATE (locked_at, locked_by, lock_label) ON scenarios TO springtide_app;

-- the store refuses before; this is what holds whatever the store says. What follows from the deletion of a base or of an
-- organisation is done by the table's owner, and may be
CREATE FUNCTION refuse_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'scenario % is locked', OLD.id USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;
REVOKE EXECUTE ON FUNCTION refuse_locked() FROM PUBLIC;
CREATE TRIGGER scenarios_locked BEFORE UPDATE OR DELETE ON scenarios FOR EACH ROW
  WHEN (OLD.locked_at IS NOT NULL AND current_user = 'springtide_app') EXECUTE FUNCTION refuse_locked();
