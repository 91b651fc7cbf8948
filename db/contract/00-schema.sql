-- What consumers may rely on. Whenever a file of this folder has changed, all of them are applied in the order of their names,
-- in one transaction (db/contract.ts). CREATE OR REPLACE VIEW only allows new columns at the end, so Postgres itself refuses
-- a change that would break a consumer.
COMMENT ON SCHEMA feedmill IS 'What consumers read. Within a major version of the contract, these views and functions stay as they are and things are only added. The tables behind them, in feedmill_data, may change at any time.';

CREATE SCHEMA IF NOT EXISTS feedmill_admin;
COMMENT ON SCHEMA feedmill_admin IS 'Functions that manage the installation: what the commands of the CLI do, they do. Only the owner may call them. They follow the same rule as schema feedmill: within a major version, things are only added.';

-- The address of a feed may contain a name and a password (http://user:secret@host/). Views remove them from addresses, and from
-- sentences that repeat an address.
CREATE OR REPLACE FUNCTION feedmill_data.without_secrets(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN regexp_replace(words, '([a-z][a-z0-9+.-]*://)[^\s/?#]*@', '\1', 'gi');

-- No stored value may make a view fail, since one such row would hide all others. A value of the wrong type or size is shown as
-- null, and times are clamped before they are subtracted.
CREATE OR REPLACE FUNCTION feedmill_data.json_boolean(value jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE WHEN jsonb_typeof(value) = 'boolean' THEN value::boolean END;

CREATE OR REPLACE FUNCTION feedmill_data.json_number(value jsonb, max numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN jsonb_typeof(value) = 'number' THEN CASE WHEN value::numeric BETWEEN 0 AND max THEN value::numeric END END;

CREATE OR REPLACE FUNCTION feedmill_data.json_list(value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE WHEN jsonb_typeof(value) = 'array' THEN value ELSE '[]' END;

CREATE OR REPLACE FUNCTION feedmill_data.subtractable(moment timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  greatest(least(moment, timestamptz '9999-12-31 00:00+00'), timestamptz '0001-01-01 00:00+00');

-- The host of a normalized URL.
CREATE OR REPLACE FUNCTION feedmill_data.url_host(url text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN substring(url FROM '^[a-z]+://(?:[^/?#@]*@)?(\[[^]]*\]|[^/?#:]*)');

CREATE OR REPLACE FUNCTION feedmill_data.interval_seconds(value interval) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN extract(epoch FROM value)::float8;
