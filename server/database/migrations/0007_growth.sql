-- serves programs from 0002
-- What a million runs showed to be slow (benchmarks/growth.md).

-- whoever deletes a scenario lets go of those made from it: without this each deletion read all of the organisation's
CREATE INDEX scenarios_base ON scenarios (organisation_id, base_id) WHERE base_id IS NOT NULL;
