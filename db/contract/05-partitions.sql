-- What belongs to articles and grows with them is partitioned by ranges of article ids (the table id_ranges), the same ones in all
-- tables. So what is old can be dropped as a whole, and what is new stays small enough for memory.

-- The tables that are partitioned by article_id.
CREATE OR REPLACE FUNCTION feedmill_data.partitioned_tables() RETURNS SETOF name
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.relname FROM pg_partitioned_table p
  JOIN pg_class c ON c.oid = p.partrelid
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
  WHERE c.relnamespace = 'feedmill_data'::regnamespace AND p.partstrat = 'r' AND p.partnatts = 1 AND a.attname = 'article_id';
$$;

-- The partitions that the tables lack.
CREATE OR REPLACE FUNCTION feedmill_data.missing_partitions() RETURNS TABLE (parent name, partition text, lower bigint, upper bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.parent, t.parent || '_' || r.lower, r.lower, r.upper
  FROM feedmill_data.partitioned_tables() AS t (parent) CROSS JOIN feedmill_data.id_ranges r
  WHERE to_regclass(format('feedmill_data.%I', t.parent || '_' || r.lower)) IS NULL
  ORDER BY r.lower, t.parent;
$$;

-- Makes the ranges that the next ids need, of `span` ids each, and all partitions that are missing. Any process may call it at any
-- time: a partition is made beside its table and then attached, which blocks neither readers nor writers. Returns how many it made.
CREATE OR REPLACE FUNCTION feedmill_data.make_partitions(span bigint DEFAULT 1000000) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  -- A new range is made while this many ids are left: more than are given out between two calls, a minute apart.
  ahead constant bigint := 250000;
  needed constant bigint := ahead + coalesce(pg_sequence_last_value(pg_get_serial_sequence('feedmill_data.articles', 'id')), 0);
  missing record;
  -- Storage parameters, which a partition does not get from its parent: those of the newest one.
  options text;
  made integer := 0;
BEGIN
  IF needed < (SELECT max(r.upper) FROM feedmill_data.id_ranges r)
    AND NOT EXISTS (SELECT FROM feedmill_data.missing_partitions()) THEN RETURN 0; END IF;
  -- One at a time.
  LOCK TABLE feedmill_data.id_ranges IN SHARE ROW EXCLUSIVE MODE;
  INSERT INTO feedmill_data.id_ranges (lower, upper)
  SELECT lower, lower + span
  FROM (SELECT max(r.upper) AS upper FROM feedmill_data.id_ranges r) last, generate_series(last.upper, needed, span) AS lower;
  FOR missing IN SELECT * FROM feedmill_data.missing_partitions() LOOP
    EXECUTE format(
      'CREATE TABLE feedmill_data.%I (LIKE feedmill_data.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMPRESSION)',
      missing.partition, missing.parent);
    -- Twice as fast to read as pglz and five times as fast to write. Where the server lacks it, pglz makes bodies about as small.
    IF missing.parent = 'bodies' AND 'lz4' = ANY ((SELECT s.enumvals FROM pg_settings s WHERE s.name = 'default_toast_compression')::text[]) THEN
      EXECUTE format('ALTER TABLE feedmill_data.%I ALTER COLUMN body SET COMPRESSION lz4', missing.partition);
    END IF;
    options := (SELECT array_to_string(c.reloptions, ', ') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = format('feedmill_data.%I', missing.parent)::regclass ORDER BY c.oid DESC LIMIT 1);
    IF options IS NOT NULL THEN EXECUTE format('ALTER TABLE feedmill_data.%I SET (%s)', missing.partition, options); END IF;
    EXECUTE format('ALTER TABLE feedmill_data.%I ATTACH PARTITION feedmill_data.%I FOR VALUES FROM (%s) TO (%s)',
      missing.parent, missing.partition, missing.lower, missing.upper);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

-- The oldest range of ids whose articles are all gone. Its ids are no longer given out once the article after it is a day old.
CREATE OR REPLACE FUNCTION feedmill_data.ended_range() RETURNS TABLE (lower bigint, upper bigint)
LANGUAGE sql STABLE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.lower, r.upper FROM feedmill_data.id_ranges r
  WHERE NOT EXISTS (SELECT FROM feedmill_data.articles a WHERE a.id >= r.lower AND a.id < r.upper)
    AND (SELECT a.first_seen_at FROM feedmill_data.articles a WHERE a.id >= r.upper ORDER BY a.id LIMIT 1) < now() - interval '1 day'
  ORDER BY r.lower LIMIT 1;
$$;

-- The lower end of that range once no entry names an article of it; else null.
CREATE OR REPLACE FUNCTION feedmill_data.empty_range() RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.lower FROM feedmill_data.ended_range() r
  WHERE NOT EXISTS (SELECT FROM feedmill_data.entries e WHERE e.article_id >= r.lower AND e.article_id < r.upper);
$$;

-- Locks all partitioned tables, but not their partitions. A reader of one of them may wait for another meanwhile, so the caller sets
-- statement_timeout: to less than deadlock_timeout, since it may be the reader that fails.
CREATE OR REPLACE FUNCTION feedmill_data.lock_partitioned_tables() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tables constant text := (SELECT string_agg(format('ONLY feedmill_data.%I', parent), ', ') FROM feedmill_data.partitioned_tables() AS parent);
BEGIN
  EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', tables);
END $$;

-- Drops the partitions of the empty range in all tables. The lock stops readers for the moment that it takes, so its caller sets
-- lock_timeout. Returns whether there was one.
CREATE OR REPLACE FUNCTION feedmill_data.drop_empty_range() RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gone constant bigint := feedmill_data.empty_range();
  parent name;
BEGIN
  IF gone IS NULL THEN RETURN false; END IF;
  LOCK TABLE feedmill_data.id_ranges IN SHARE ROW EXCLUSIVE MODE;
  FOR parent IN SELECT * FROM feedmill_data.partitioned_tables() ORDER BY 1 LOOP
    EXECUTE format('DROP TABLE IF EXISTS feedmill_data.%I', parent || '_' || gone);
  END LOOP;
  DELETE FROM feedmill_data.id_ranges r WHERE r.lower = gone;
  RETURN true;
END $$;

-- TRUNCATE fires no trigger for deleted rows.
CREATE OR REPLACE FUNCTION feedmill_data.articles_truncated() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE feedmill_data.bodies, feedmill_data.search, feedmill_data.search_keys, feedmill_data.fingerprints,
    feedmill_data.fingerprint_keys, feedmill_data.revisions, feedmill_data.pages, feedmill_data.reextractions, feedmill_data.unindexed;
  -- Not truncated: a TRUNCATE that cascades from the feeds has this table open.
  DELETE FROM feedmill_data.entries;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER articles_truncated AFTER TRUNCATE ON feedmill_data.articles
FOR EACH STATEMENT EXECUTE FUNCTION feedmill_data.articles_truncated();
