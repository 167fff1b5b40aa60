-- serves programs from 0002
-- What lists in other orders, exports and views read.

-- a scenario's runs and the forks of one, newest first, and the orders of lists
CREATE INDEX runs_of_a_scenario ON runs (organisation_id, scenario_id, id);
DROP INDEX runs_scenario; -- the beginning of the same
CREATE INDEX runs_by_end ON runs (organisation_id, (coalesce(finished_at, 'infinity')), id);
CREATE INDEX scenarios_by_name ON scenarios (organisation_id, name, id);
