-- Splitting and indexing a text costs about as much as everything else that is written for a record. So it is not part of storing
-- a record; db/indexer.ts does it afterwards.

-- Records are in blocks by their ids, and the key of its block is one of a record's keys. With it, GIN alone finds the newest
-- records that have a common word; without, it would collect all that have it. No word begins with #.
CREATE OR REPLACE FUNCTION feedmill_data.search_block_ids() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 16384;
CREATE OR REPLACE FUNCTION feedmill_data.search_block_key(id bigint) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  feedmill_data.search_key('#' || id / feedmill_data.search_block_ids());

-- The keys of the blocks that have the ids from `lower` up to, but not including, `upper`; null if they are many, since GIN then finds
-- the words as fast in all blocks.
CREATE OR REPLACE FUNCTION feedmill_data.search_block_keys(lower bigint, upper bigint) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN count(*) <= 16 THEN array_agg(feedmill_data.search_block_key(block * feedmill_data.search_block_ids())) END
  FROM generate_series(lower / feedmill_data.search_block_ids(), (upper - 1) / feedmill_data.search_block_ids()) AS block;
$$;

-- The newest records that have all `wanted` keys, of the ids from `lower` up to, but not including, `upper`, which lie in one partition.
-- `blocks` are the keys of their blocks, or null. The rank is the share of the wanted words that are in the title, less
-- for a long title.
CREATE OR REPLACE FUNCTION feedmill_data.search_range(wanted integer[], blocks integer[], lower bigint, upper bigint, max integer)
RETURNS TABLE (record_id bigint, rank real)
LANGUAGE plpgsql STABLE
-- Planned for each call, so that only one partition is looked at, and by GIN only: the planner can't know which words occur in
-- recent records, and would read those one by one. The memory is for the places of all records that have a common word: with less,
-- Postgres notes pages only, and reads the keys of every record on them.
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off SET enable_indexscan = off SET work_mem = '32MB'
SET max_parallel_workers_per_gather = 0 SET jit = off SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT s.article_id, (
    (SELECT count(*) FROM unnest(s.title) AS key WHERE key = ANY (wanted))
    / (cardinality(wanted) * (1 + ln(1 + cardinality(s.title)))))::real
  FROM (
    SELECT k.article_id, k.title FROM feedmill_data.search_keys k
    WHERE k.keys @> wanted AND (blocks IS NULL OR k.keys && blocks)
      AND k.article_id >= search_range.lower AND k.article_id < search_range.upper
    -- Postgres 18 would walk the primary key for the order, although it may not.
    OFFSET 0
  ) AS s
  ORDER BY s.article_id DESC LIMIT search_range.max;
END $$;

-- The same among the records that the program before has indexed, which a backfill moves to search_keys.
CREATE OR REPLACE FUNCTION feedmill_data.search_former(wanted tsquery, max integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_indexscan = off SET max_parallel_workers_per_gather = 0 SET jit = off
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT s.article_id FROM (SELECT f.article_id FROM feedmill_data.search f WHERE f.words @@ wanted OFFSET 0) AS s
  ORDER BY s.article_id DESC LIMIT search_former.max;
END $$;

-- The first `max` of the given records that have none of the `unwanted` keys. The index can't tell which records don't have a word.
CREATE OR REPLACE FUNCTION feedmill_data.search_without(ids bigint[], unwanted integer[], max integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET jit = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  first constant bigint := (SELECT min(id) FROM unnest(ids) AS id);
  last constant bigint := (SELECT max(id) FROM unnest(ids) AS id);
BEGIN
  RETURN QUERY
  SELECT f.id FROM unnest(ids) AS f (id)
  WHERE NOT EXISTS (
    SELECT FROM feedmill_data.search_keys k
    WHERE k.article_id = f.id AND k.article_id BETWEEN first AND last AND k.keys && unwanted)
  LIMIT search_without.max;
END $$;

-- The first `max` of the given records in which all `wanted` patterns occur, and none of the `unwanted` ones.
CREATE OR REPLACE FUNCTION feedmill_data.search_check(ids bigint[], wanted text[], unwanted text[], max integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET jit = off SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  first constant bigint := (SELECT min(id) FROM unnest(ids) AS id);
  last constant bigint := (SELECT max(id) FROM unnest(ids) AS id);
BEGIN
  RETURN QUERY
  SELECT f.id FROM unnest(ids) AS f (id)
  JOIN feedmill_data.articles a ON a.id = f.id
  LEFT JOIN feedmill_data.bodies b ON b.article_id = f.id AND b.article_id BETWEEN first AND last
  CROSS JOIN LATERAL (SELECT feedmill_data.search_text(a.title, coalesce(a.content_text, (b.body).content_text)) OFFSET 0) AS t (words)
  WHERE t.words ~ ALL (wanted) AND NOT t.words ~ ANY (unwanted)
  LIMIT search_check.max;
END $$;

-- The newest records that a query finds, at most `max`. It goes from the newest ids to the oldest, partition by partition, and stops
-- when it has found enough. Phrases are looked for in the texts of records that have all wanted words, and unwanted words among the
-- keys of such records: of the newest 2,000 and 10,000, or `max` if that is more. That bounds how long it takes where words are common.
-- With more than ten phrases, fewer texts are read, since each is searched for each of them.
CREATE OR REPLACE FUNCTION feedmill_data.search_newest(query text, max integer) RETURNS TABLE (record_id bigint, rank real)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  block constant bigint := feedmill_data.search_block_ids();
  wanted integer[];
  unwanted integer[];
  former tsquery;
  phrases text[];
  unwanted_phrases text[];
  part record;
  lower bigint;
  upper bigint;
  -- Ids to look at next, and the rest of their block. At first so many that they have enough records with a common word.
  span bigint := block;
  ids bigint[];
  ranks real[];
  kept bigint[];
  left_to_find integer := max;
  left_to_read integer;
BEGIN
  SELECT array_agg(DISTINCT key) FILTER (WHERE t.is_wanted), coalesce(array_agg(key) FILTER (WHERE NOT t.is_wanted AND NOT t.is_phrase), '{}')
  INTO wanted, unwanted FROM feedmill_data.search_terms(query) AS t, unnest(t.keys) AS key;
  -- Unwanted words alone would match almost everything.
  IF wanted IS NULL THEN RETURN; END IF;
  SELECT coalesce(array_agg(DISTINCT t.pattern) FILTER (WHERE t.is_wanted AND t.is_phrase), '{}'),
    coalesce(array_agg(DISTINCT t.pattern) FILTER (WHERE NOT t.is_wanted AND t.is_phrase), '{}')
  INTO phrases, unwanted_phrases FROM feedmill_data.search_terms(query) AS t;
  left_to_read := greatest(max, CASE
    WHEN phrases || unwanted_phrases <> '{}' THEN 20000 / greatest(10, cardinality(phrases || unwanted_phrases))
    WHEN unwanted <> '{}' THEN 10000 ELSE 0 END);
  FOR part IN SELECT r.lower, r.upper FROM feedmill_data.id_ranges r ORDER BY r.lower DESC LOOP
    upper := (SELECT max(k.article_id) + 1 FROM feedmill_data.search_keys k WHERE k.article_id >= part.lower AND k.article_id < part.upper);
    WHILE upper > part.lower LOOP
      lower := greatest(part.lower, (upper - span) / block * block);
      SELECT array_agg(f.record_id ORDER BY f.record_id DESC), array_agg(f.rank ORDER BY f.record_id DESC) INTO ids, ranks
      FROM feedmill_data.search_range(wanted, feedmill_data.search_block_keys(lower, upper), lower, upper, left_to_read) AS f;
      kept := ids;
      IF unwanted <> '{}' THEN kept := ARRAY(SELECT feedmill_data.search_without(kept, unwanted, left_to_read)); END IF;
      IF phrases || unwanted_phrases <> '{}' THEN
        kept := ARRAY(SELECT feedmill_data.search_check(kept, phrases, unwanted_phrases, left_to_find));
      END IF;
      kept := kept[:left_to_find];
      RETURN QUERY SELECT f.id, f.rank FROM unnest(ids, ranks) AS f (id, rank) WHERE f.id IN (SELECT unnest(kept));
      left_to_find := left_to_find - coalesce(cardinality(kept), 0);
      left_to_read := left_to_read - coalesce(cardinality(ids), 0);
      IF left_to_find <= 0 OR left_to_read <= 0 THEN RETURN; END IF;
      -- As many as should have what is left to read, going by these; all if these have none.
      span := greatest(block, coalesce((upper - lower) * left_to_read / cardinality(ids), part.upper));
      upper := lower;
    END LOOP;
  END LOOP;
  IF NOT EXISTS (SELECT FROM feedmill_data.search) THEN RETURN; END IF;
  SELECT string_agg(replace(t.words::text, '<->', '&'), ' & ') FILTER (WHERE t.is_wanted)::tsquery,
    coalesce(array_agg(t.pattern) FILTER (WHERE NOT t.is_wanted), '{}')
  INTO former, unwanted_phrases FROM feedmill_data.search_terms(query) AS t;
  kept := ARRAY(SELECT feedmill_data.search_former(former, left_to_read));
  IF phrases || unwanted_phrases <> '{}' THEN
    kept := ARRAY(SELECT feedmill_data.search_check(kept, phrases, unwanted_phrases, left_to_find));
  END IF;
  RETURN QUERY SELECT id, 0::real FROM unnest(kept[:left_to_find]) AS id;
END $$;

CREATE OR REPLACE FUNCTION feedmill.search(query text, max integer DEFAULT 20, snippets boolean DEFAULT false)
RETURNS TABLE (record_id bigint, rank real, title text, url text, site_name text, published_at timestamptz, snippet text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  -- Only the newest matches are ranked; ranking a hundred thousand would take seconds.
  ranked constant integer := greatest(CASE WHEN EXISTS (SELECT FROM feedmill_data.search_terms(query) AS t WHERE t.is_phrase) THEN 200 ELSE 1000 END, max);
  -- A few results are compared with their texts, where one by a key that two words share would be seen.
  compared constant integer := 100;
  words constant text[] := ARRAY(SELECT t.pattern FROM feedmill_data.search_terms(query) AS t WHERE t.is_wanted);
BEGIN
  RETURN QUERY
  WITH best AS MATERIALIZED (
    SELECT n.record_id, n.rank, count(*) OVER () AS found FROM feedmill_data.search_newest(query, ranked) n ORDER BY 2 DESC, 1 DESC LIMIT max
  ), checked AS (
    SELECT feedmill_data.search_check(ARRAY(SELECT b.record_id FROM best b), words, '{}', max)
  )
  SELECT a.id, b.rank, a.title, a.url, a.site_name, a.published_at,
    CASE WHEN snippets THEN feedmill_data.search_snippet((feedmill_data.body_of(a)).content_text, query) END
  FROM best b JOIN feedmill_data.articles a ON a.id = b.record_id
  WHERE b.found > compared OR a.id IN (SELECT * FROM checked)
  ORDER BY b.rank DESC, a.id DESC;
END $$;
COMMENT ON FUNCTION feedmill.search(text, integer, boolean) IS 'Full-text search for words that must occur, "phrases", and -words that must not. Han, kana, Hangul, Thai, Lao, Burmese and Khmer match any run of characters, everything else whole words, ignoring accents and case. Titles count more than text. Returns at most max records, best first: those with the words in their titles, then the newest, among the 1000 newest matches (200 if the query has a phrase, max if that is more). A phrase is looked for in the newest 2000 records (or max; fewer with more than 10 phrases) that have all words, and a -word that must not occur in the newest 10000; with snippets => true, also a piece of the text around the first match. New records are found within seconds.';
