-- Near-duplicates by simhash (src/articles/simhash.ts). Migration 0015 has the keys by which similar hashes are found.

-- The nearest fingerprints, at most 10 bits away.
CREATE OR REPLACE FUNCTION feedmill_data.simhash_nearest(wanted bigint, max integer)
RETURNS TABLE (article_id bigint, cluster_id bigint, distance bigint)
LANGUAGE sql STABLE PARALLEL SAFE
-- Starting parallel workers takes longer than the query.
SET max_parallel_workers_per_gather = 0 AS $$
  SELECT * FROM (
    SELECT f.article_id, f.cluster_id, bit_count((f.simhash # wanted)::bit(64)) AS distance
    FROM feedmill_data.fingerprints f WHERE feedmill_data.simhash_keys(f.simhash) && feedmill_data.simhash_keys(wanted)
  ) AS found
  WHERE found.distance <= 10 ORDER BY found.distance, found.article_id LIMIT max;
$$;

-- Similarity of two records: the share of their words that both have, from 0 to 1.
CREATE OR REPLACE FUNCTION feedmill_data.shared_words(one bigint, other bigint) RETURNS float8
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT count(*) FILTER (WHERE n = 2)::float8 / nullif(count(*), 0)
  FROM (
    SELECT count(*) AS n FROM feedmill_data.search s, unnest(tsvector_to_array(s.words)) AS word
    WHERE s.article_id IN (one, other) GROUP BY word
  ) AS words;
$$;

-- Whether a feed on the article's own site shows it: as in db/ownership.ts, such a feed has the better right to say what it is.
CREATE OR REPLACE FUNCTION feedmill_data.is_shown_by_own_site(id bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT EXISTS (
    SELECT FROM feedmill_data.articles a JOIN feedmill_data.entries e ON e.article_id = a.id AND e.site = a.site
    WHERE a.id = is_shown_by_own_site.id);
$$;

-- Merges two addresses of one story (its AMP page, a copy in a section) into one record, which gets the sightings of both; the
-- other is deleted. The canonical URL alone is not enough, since some sites declare the same one on every page: the words must
-- agree too. On one site the one that a feed of the site shows is kept, else the older. A record under another site's address,
-- which redirected to the story, goes: kept, it would put the story into the hands of whoever has that address.
-- Returns the record that is left: usually the given one; null if that is gone already.
CREATE OR REPLACE FUNCTION feedmill_data.merge_same_story(id bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  canonical text;
  own_site text;
  is_canonical boolean;
  other bigint;
  kept bigint;
BEGIN
  SELECT coalesce(a.canonical_url, a.url), a.site, coalesce(a.canonical_url, a.url) = a.url
  INTO canonical, own_site, is_canonical FROM feedmill_data.articles a
  WHERE a.id = merge_same_story.id AND a.stored_at IS NOT NULL;
  IF canonical IS NULL THEN RETURN NULL; END IF;
  SELECT b.id, CASE
    WHEN b.site = own_site AND feedmill_data.is_shown_by_own_site(b.id) <> feedmill_data.is_shown_by_own_site(merge_same_story.id)
      THEN CASE WHEN feedmill_data.is_shown_by_own_site(b.id) THEN b.id ELSE merge_same_story.id END
    WHEN b.site = own_site THEN least(b.id, merge_same_story.id) WHEN is_canonical THEN merge_same_story.id ELSE b.id END
  INTO other, kept FROM feedmill_data.articles b
  WHERE (b.url = canonical OR (b.canonical_url = canonical AND b.canonical_url <> b.url))
    AND (b.site = own_site OR b.url = canonical OR is_canonical)
    AND b.id <> merge_same_story.id AND b.stored_at IS NOT NULL
    AND feedmill_data.shared_words(merge_same_story.id, b.id) >= 0.5
  ORDER BY b.id LIMIT 1;
  IF other IS NULL THEN RETURN id; END IF;
  UPDATE feedmill_data.entries SET article_id = kept WHERE article_id IN (other, merge_same_story.id) AND article_id <> kept;
  DELETE FROM feedmill_data.articles a WHERE a.id IN (other, merge_same_story.id) AND a.id <> kept;
  PERFORM feedmill_data.note_change(kept, 'update', '{sightings}');
  RETURN kept;
END $$;

-- Puts a record into the cluster of the nearest record with the same text, or into one of its own. The hash finds candidates and
-- the words decide, since among a million texts some are within 10 bits by chance.
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
  IF cluster <> coalesce(former, assign_cluster.id) THEN
    PERFORM feedmill_data.note_change(assign_cluster.id, 'update', '{cluster_id}');
  END IF;
END $$;
