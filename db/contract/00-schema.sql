-- What consumers may rely on. Every file of this folder is applied, in the order of their names and in one transaction,
-- whenever one of them has changed (db/contract.ts). CREATE OR REPLACE VIEW lets columns be added at the end alone, so
-- Postgres itself refuses a change that would break a consumer.
COMMENT ON SCHEMA feedmill IS 'What consumers read. The tables behind it are in feedmill_data and may change; these views and functions do not, within a major version.';

-- A feed's address may carry a name and a password (http://user:secret@host/): no view shows them, nor the sentences that repeat the address.
CREATE OR REPLACE FUNCTION feedmill_data.without_secrets(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN regexp_replace(words, '([a-z][a-z0-9+.-]*://)[^\s/?#]*@', '\1', 'gi');
