-- Near-duplicates by simhash (src/articles/simhash.ts), found by the keys that migration 0015 makes of it.

-- The nearest of the fingerprints, within 10 bits.
CREATE OR REPLACE FUNCTION feedmill_data.simhash_nearest(wanted bigint, max integer)
RETURNS TABLE (article_id bigint, cluster_id bigint, distance bigint)
LANGUAGE sql STABLE PARALLEL SAFE
-- To start helpers takes longer than to look.
SET max_parallel_workers_per_gather = 0 AS $$
  SELECT * FROM (
    SELECT f.article_id, f.cluster_id, bit_count((f.simhash # wanted)::bit(64)) AS distance
    FROM feedmill_data.fingerprints f WHERE feedmill_data.simhash_keys(f.simhash) && feedmill_data.simhash_keys(wanted)
  ) AS found
  WHERE found.distance <= 10 ORDER BY found.distance, found.article_id LIMIT max;
$$;

-- How much of the words of two records is the same: shared words by all words.
CREATE OR REPLACE FUNCTION feedmill_data.shared_words(one bigint, other bigint) RETURNS float8
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT count(*) FILTER (WHERE n = 2)::float8 / nullif(count(*), 0)
  FROM (
    SELECT count(*) AS n FROM feedmill_data.search s, unnest(tsvector_to_array(s.words)) AS word WHERE s.article_id IN (one, other) GROUP BY word
  ) AS words;
$$;

-- Puts a record into the cluster of the nearest that says the same, or into one of its own. The hash finds, the words decide: among a million texts
-- of a few languages some are within 10 bits by chance.
CREATE OR REPLACE FUNCTION feedmill_data.assign_cluster(id bigint, simhash bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  cluster bigint;
  former bigint;
BEGIN
  SELECT n.cluster_id INTO cluster FROM feedmill_data.simhash_nearest(simhash, 10) n
  WHERE n.article_id <> assign_cluster.id AND feedmill_data.shared_words(assign_cluster.id, n.article_id) >= 0.5
  ORDER BY n.distance, n.article_id LIMIT 1;
  SELECT f.cluster_id INTO former FROM feedmill_data.fingerprints f WHERE f.article_id = assign_cluster.id;
  cluster := coalesce(cluster, assign_cluster.id);
  INSERT INTO feedmill_data.fingerprints (article_id, simhash, cluster_id) VALUES (assign_cluster.id, simhash, cluster)
  ON CONFLICT (article_id) DO UPDATE SET simhash = excluded.simhash, cluster_id = excluded.cluster_id;
  IF cluster <> coalesce(former, assign_cluster.id) THEN PERFORM feedmill_data.note_change(assign_cluster.id, 'update', '{cluster_id}'); END IF;
END $$;
