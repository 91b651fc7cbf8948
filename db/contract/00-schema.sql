-- What consumers may rely on. Whenever a file of this folder has changed, all of them are applied in the order of their names,
-- in one transaction (db/contract.ts). CREATE OR REPLACE VIEW only allows new columns at the end, so Postgres itself refuses
-- a change that would break a consumer.
COMMENT ON SCHEMA feedmill IS 'What consumers read. Within a major version of the contract, these views and functions stay as they are and things are only added. The tables behind them, in feedmill_data, may change at any time.';

-- The address of a feed may contain a name and a password (http://user:secret@host/). Views remove them from addresses, and from
-- sentences that repeat an address.
CREATE OR REPLACE FUNCTION feedmill_data.without_secrets(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN regexp_replace(words, '([a-z][a-z0-9+.-]*://)[^\s/?#]*@', '\1', 'gi');
