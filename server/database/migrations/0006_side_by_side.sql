-- serves programs from 0002
-- A worker sees whether a run was begun, and by which engine: another version's is left to it for a while.
GRANT SELECT (engine_version, completed) ON runs TO springtide_worker;
