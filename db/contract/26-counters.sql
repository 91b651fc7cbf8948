-- How many articles each feed has by state: what `status`, `list` and the view feeds show. Counting a million articles takes seconds.
-- A writer only adds what it changed to `count_changes`; a total that it updated would make all writers of a feed wait for each other.

CREATE OR REPLACE FUNCTION feedmill_data.articles_counted() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  sign constant integer := CASE TG_OP WHEN 'DELETE' THEN -1 ELSE 1 END;
BEGIN
  INSERT INTO feedmill_data.count_changes (feed_id, pending, stored, failed)
  SELECT feed_id, sign * count(*) FILTER (WHERE status = 'pending'), sign * count(stored_at), sign * count(*) FILTER (WHERE status = 'failed')
  FROM written GROUP BY feed_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION feedmill_data.article_recounted() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO feedmill_data.count_changes (feed_id, pending, stored, failed)
  SELECT feed_id, sum(n * pending), sum(n * stored), sum(n * failed)
  FROM (VALUES
    (-1, OLD.feed_id, (OLD.status = 'pending')::int, (OLD.stored_at IS NOT NULL)::int, (OLD.status = 'failed')::int),
    (1, NEW.feed_id, (NEW.status = 'pending')::int, (NEW.stored_at IS NOT NULL)::int, (NEW.status = 'failed')::int)
  ) AS article (n, feed_id, pending, stored, failed)
  GROUP BY feed_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION feedmill_data.counts_truncated() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  -- Not truncated: a TRUNCATE that cascades from the feeds has these tables open.
  DELETE FROM feedmill_data.feed_counts;
  DELETE FROM feedmill_data.count_changes;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER articles_counted_in AFTER INSERT ON feedmill_data.articles
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION feedmill_data.articles_counted();

CREATE OR REPLACE TRIGGER articles_counted_out AFTER DELETE ON feedmill_data.articles
REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION feedmill_data.articles_counted();

-- For each row, and only these: a claim should not pay for it.
CREATE OR REPLACE TRIGGER article_recounted AFTER UPDATE OF status, stored_at, feed_id ON feedmill_data.articles
FOR EACH ROW WHEN (
  (OLD.status, OLD.stored_at IS NULL, OLD.feed_id) IS DISTINCT FROM (NEW.status, NEW.stored_at IS NULL, NEW.feed_id))
EXECUTE FUNCTION feedmill_data.article_recounted();

CREATE OR REPLACE TRIGGER counts_truncated AFTER TRUNCATE ON feedmill_data.articles
FOR EACH STATEMENT EXECUTE FUNCTION feedmill_data.counts_truncated();

-- A new feed has no articles yet, so it needs no counting.
CREATE OR REPLACE FUNCTION feedmill_data.feeds_counted() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO feedmill_data.feed_counts (feed_id, pending, stored, failed, measure_at)
  SELECT id, 0, 0, 0, now() + interval '1 day' FROM written;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER feeds_counted AFTER INSERT ON feedmill_data.feeds
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION feedmill_data.feeds_counted();

-- The truth: counts the articles of feeds, and returns a row for each feed that exists.
CREATE OR REPLACE FUNCTION feedmill_data.count_articles(feed_ids bigint[])
RETURNS TABLE (feed_id bigint, pending bigint, stored bigint, failed bigint)
LANGUAGE sql STABLE AS $$
  SELECT f.id, count(*) FILTER (WHERE a.status = 'pending'), count(a.stored_at), count(*) FILTER (WHERE a.status = 'failed')
  FROM feedmill_data.feeds f LEFT JOIN feedmill_data.articles a ON a.feed_id = f.id
  WHERE f.id = ANY (feed_ids) GROUP BY f.id;
$$;

-- The counts of all feeds, as of now. A feed that has not been counted yet is counted here.
CREATE OR REPLACE VIEW feedmill_data.current_counts AS
SELECT f.id AS feed_id, c.feed_id IS NOT NULL AS kept,
  coalesce(c.pending + coalesce(d.pending, 0), truth.pending) AS pending,
  coalesce(c.stored + coalesce(d.stored, 0), truth.stored) AS stored,
  coalesce(c.failed + coalesce(d.failed, 0), truth.failed) AS failed
FROM feedmill_data.feeds f
LEFT JOIN feedmill_data.feed_counts c ON c.feed_id = f.id
LEFT JOIN (
  SELECT feed_id, sum(pending) AS pending, sum(stored) AS stored, sum(failed) AS failed FROM feedmill_data.count_changes GROUP BY feed_id
) d ON d.feed_id = f.id
-- In ON, Postgres would look at the condition only once it has counted the articles of a feed; OFFSET 0 keeps it out of there.
LEFT JOIN LATERAL (SELECT t.* FROM feedmill_data.count_articles(ARRAY[f.id]) t WHERE c.feed_id IS NULL OFFSET 0) truth ON true;

-- The sum of all feeds' counts. Those that have not been counted yet are counted together.
CREATE OR REPLACE VIEW feedmill_data.total_counts AS
SELECT coalesce(sum(n.pending), 0) AS pending, coalesce(sum(n.stored), 0) AS stored, coalesce(sum(n.failed), 0) AS failed
FROM (
  SELECT pending, stored, failed FROM feedmill_data.feed_counts
  UNION ALL
  SELECT d.pending, d.stored, d.failed FROM feedmill_data.count_changes d JOIN feedmill_data.feed_counts c ON c.feed_id = d.feed_id
  UNION ALL
  SELECT t.pending, t.stored, t.failed FROM feedmill_data.count_articles(ARRAY(
    SELECT f.id FROM feedmill_data.feeds f WHERE NOT EXISTS (SELECT FROM feedmill_data.feed_counts c WHERE c.feed_id = f.id))) t
) n;

-- Counts feeds anew, in one snapshot of their articles and of the changes that these counts include already. One at a time: whoever
-- folds or counts has the lock, and sees what the one before it did.
CREATE OR REPLACE FUNCTION feedmill_data.recount_feeds(ids bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  -- A feed that is being removed waits, and so do its rows here. Feeds before the table, as a removal locks them.
  PERFORM FROM feedmill_data.feeds WHERE id = ANY (ids) ORDER BY id FOR KEY SHARE;
  LOCK TABLE feedmill_data.feed_counts IN SHARE ROW EXCLUSIVE MODE;
  WITH included AS (DELETE FROM feedmill_data.count_changes WHERE feed_id = ANY (ids))
  INSERT INTO feedmill_data.feed_counts AS c (feed_id, pending, stored, failed)
  SELECT * FROM feedmill_data.count_articles(ids)
  ON CONFLICT (feed_id) DO UPDATE SET pending = excluded.pending, stored = excluded.stored, failed = excluded.failed;
END $$;

-- Counts up to `max` feeds that have changes and were never counted: after an upgrade, each has all of its articles to count. Returns how
-- many it counted.
CREATE OR REPLACE FUNCTION feedmill_data.count_new_feeds(max integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  ids constant bigint[] := ARRAY(
    SELECT f.id FROM feedmill_data.feeds f
    WHERE f.id IN (SELECT d.feed_id FROM feedmill_data.count_changes d)
      AND NOT EXISTS (SELECT FROM feedmill_data.feed_counts c WHERE c.feed_id = f.id)
    ORDER BY f.id LIMIT max FOR KEY SHARE SKIP LOCKED);
BEGIN
  IF cardinality(ids) > 0 THEN PERFORM feedmill_data.recount_feeds(ids); END IF;
  RETURN cardinality(ids);
END $$;

-- Adds up to `max` changes to the counts of their feeds. Returns how many it took. Those of a feed that is being removed stay.
CREATE OR REPLACE FUNCTION feedmill_data.fold_counts(max integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
BEGIN
  LOCK TABLE feedmill_data.feed_counts IN SHARE ROW EXCLUSIVE MODE;
  ids := ARRAY(
    SELECT d.id FROM feedmill_data.count_changes d
    LEFT JOIN feedmill_data.feed_counts c ON c.feed_id = d.feed_id LEFT JOIN feedmill_data.feeds f ON f.id = d.feed_id
    WHERE c.feed_id IS NOT NULL OR f.id IS NULL
    ORDER BY d.id LIMIT max);
  -- News change the pace of a feed, which is measured at once the first time, and soon again, but not for each record.
  WITH taken AS (DELETE FROM feedmill_data.count_changes WHERE id = ANY (ids) RETURNING feed_id, pending, stored, failed),
  summed AS (SELECT feed_id, sum(pending) AS pending, sum(stored) AS stored, sum(failed) AS failed FROM taken GROUP BY feed_id)
  UPDATE feedmill_data.feed_counts c SET pending = c.pending + s.pending, stored = c.stored + s.stored, failed = c.failed + s.failed,
    measure_at = CASE WHEN c.entries_per_week IS NULL THEN now() ELSE least(c.measure_at, now() + interval '10 minutes') END
  FROM summed s WHERE c.feed_id = s.feed_id;
  RETURN cardinality(ids);
END $$;

-- Measures the pace of up to `max` feeds whose time has come. Returns how many.
CREATE OR REPLACE FUNCTION feedmill_data.measure_feeds(max integer) RETURNS bigint
LANGUAGE sql AS $$
  WITH next AS MATERIALIZED (
    SELECT c.feed_id, f.created_at FROM feedmill_data.feed_counts c JOIN feedmill_data.feeds f ON f.id = c.feed_id
    WHERE c.measure_at <= now() ORDER BY c.measure_at LIMIT max FOR UPDATE OF c SKIP LOCKED
  ), measured AS (
    UPDATE feedmill_data.feed_counts c SET
      entries_per_week = (
        -- Over the last four weeks, or as far as the feed's entries go back.
        SELECT round((count(*) / greatest(1, extract(epoch FROM now() - min(recent.at)) / 604800))::numeric, 1)::float8
        FROM (
          SELECT least(coalesce(e.published_at, e.first_seen_at), now()) AS at FROM feedmill_data.entries e
          WHERE e.feed_id = c.feed_id AND e.first_seen_at > now() - interval '28 days'
        ) recent
        WHERE recent.at > now() - interval '28 days'
      ),
      median_delay = (
        -- Articles published before the feed was subscribed to do not show how fast we are.
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY latest.delay)
        FROM (
          SELECT feedmill_data.subtractable(a.stored_at) - feedmill_data.subtractable(a.published_at) AS delay
          FROM feedmill_data.articles a
          WHERE a.feed_id = c.feed_id AND a.stored_at IS NOT NULL AND a.published_at >= next.created_at
          ORDER BY a.stored_at DESC LIMIT 100
        ) latest
      ),
      measure_at = now() + interval '1 day'
    FROM next WHERE c.feed_id = next.feed_id RETURNING 1
  )
  SELECT count(*) FROM measured;
$$;
