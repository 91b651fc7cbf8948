-- Similarity of two records: the share of their words that both have, from 0 to 1. The indexer estimates it by sketches
-- (src/articles/sketch.ts); this is what the estimates are checked against.
CREATE OR REPLACE FUNCTION feedmill_data.shared_words(one bigint, other bigint) RETURNS float8
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT count(*) FILTER (WHERE n = 2)::float8 / nullif(count(*), 0)
  FROM (
    SELECT count(*) AS n FROM feedmill_data.search_keys s, unnest(s.keys) AS word
    WHERE s.article_id IN (one, other) GROUP BY word
  ) AS words;
$$;

-- The newest records of each key, at most `max` a key and `max` in all, by how many keys they share with the record.
CREATE OR REPLACE FUNCTION feedmill_data.fingerprint_candidates(ids bigint[], keys bigint[], max integer)
RETURNS TABLE (article_id bigint, candidate_id bigint)
LANGUAGE sql STABLE AS $$
  SELECT ranked.id, ranked.candidate_id
  FROM (
    SELECT wanted.id, found.article_id AS candidate_id,
      row_number() OVER (PARTITION BY wanted.id ORDER BY count(*) DESC, found.article_id DESC) AS rank
    FROM unnest(ids, keys) AS wanted (id, key)
    CROSS JOIN LATERAL (
      SELECT k.article_id FROM feedmill_data.fingerprint_keys k WHERE k.key = wanted.key ORDER BY k.article_id DESC LIMIT max
    ) AS found
    WHERE found.article_id <> ALL (ids)
    GROUP BY wanted.id, found.article_id
  ) AS ranked
  WHERE ranked.rank <= max;
$$;

-- Whether a feed on the article's own site shows it: as in db/ownership.ts, such a feed has the better right to say what it is.
CREATE OR REPLACE FUNCTION feedmill_data.is_shown_by_own_site(id bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT EXISTS (
    SELECT FROM feedmill_data.articles a JOIN feedmill_data.entries e ON e.article_id = a.id AND e.site = a.site
    WHERE a.id = is_shown_by_own_site.id);
$$;

-- Other addresses that may be those of the same story (its AMP page, a copy in a section), by canonical URL. That alone is not
-- enough, since some sites declare the same one on every page: the words must agree too. Of such a site, at most 100 are returned.
CREATE OR REPLACE FUNCTION feedmill_data.same_story_candidates(ids bigint[])
RETURNS TABLE (record_id bigint, other_id bigint)
LANGUAGE sql STABLE AS $$
  SELECT a.id, other.id
  FROM (
    SELECT id, url, site, coalesce(canonical_url, url) AS canonical FROM feedmill_data.articles
    WHERE id = ANY (ids) AND stored_at IS NOT NULL
  ) AS a
  CROSS JOIN LATERAL (
    SELECT b.id, b.site FROM feedmill_data.articles b WHERE b.url = a.canonical AND b.stored_at IS NOT NULL
    UNION
    (SELECT b.id, b.site FROM feedmill_data.articles b
     WHERE b.canonical_url = a.canonical AND b.canonical_url <> b.url AND b.stored_at IS NOT NULL
       AND (b.site = a.site OR a.canonical = a.url)
     LIMIT 100)
  ) AS other
  WHERE other.id <> a.id;
$$;

-- Merges two addresses of one story into one record, which gets the sightings of both; the other is deleted. On one site the one
-- that a feed of the site shows is kept, else the older. A record under another site's address, which redirected to the story,
-- goes: kept, it would put the story into the hands of whoever has that address. Returns the record that is left; null if one of
-- them is gone already, or if somebody else is writing to one of them or its sightings. To wait could be a deadlock: a writer may wait
-- for what the indexer has locked.
CREATE OR REPLACE FUNCTION feedmill_data.merge_records(id bigint, other bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  one feedmill_data.articles;
  two feedmill_data.articles;
  kept bigint;
  gone bigint;
  sightings bigint[];
BEGIN
  SELECT * INTO one FROM feedmill_data.articles a WHERE a.id = merge_records.id AND a.stored_at IS NOT NULL FOR UPDATE SKIP LOCKED;
  SELECT * INTO two FROM feedmill_data.articles a WHERE a.id = other AND a.stored_at IS NOT NULL FOR UPDATE SKIP LOCKED;
  IF one.id IS NULL OR two.id IS NULL THEN RETURN NULL; END IF;
  kept := CASE
    WHEN two.site = one.site AND feedmill_data.is_shown_by_own_site(two.id) <> feedmill_data.is_shown_by_own_site(one.id)
      THEN CASE WHEN feedmill_data.is_shown_by_own_site(two.id) THEN two.id ELSE one.id END
    WHEN two.site = one.site THEN least(two.id, one.id)
    WHEN coalesce(one.canonical_url, one.url) = one.url THEN one.id
    ELSE two.id END;
  gone := CASE kept WHEN one.id THEN two.id ELSE one.id END;
  sightings := ARRAY(SELECT e.id FROM feedmill_data.entries e WHERE e.article_id = gone FOR NO KEY UPDATE SKIP LOCKED);
  IF EXISTS (SELECT FROM feedmill_data.entries e WHERE e.article_id = gone AND e.id <> ALL (sightings)) THEN RETURN NULL; END IF;
  UPDATE feedmill_data.entries e SET article_id = kept WHERE e.id = ANY (sightings);
  DELETE FROM feedmill_data.articles a WHERE a.id = gone;
  RETURN kept;
END $$;

-- What the version before did here. Without arguments in common, the new functions would not replace them.
DROP FUNCTION IF EXISTS feedmill_data.merge_same_story(bigint);
DROP FUNCTION IF EXISTS feedmill_data.assign_cluster(bigint, bigint);
DROP FUNCTION IF EXISTS feedmill_data.simhash_nearest(bigint, integer);
