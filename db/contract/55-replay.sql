-- The host in an address, without its port.
CREATE OR REPLACE FUNCTION feedmill_data.host_name(url text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN lower(substring(url FROM '^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)'));

-- Gives hosts a turn for rows that have just become due, and wakes the poller. The settings of politeness are not known here, so a
-- host that is being asked gets its turn when the last of its requests ends; ending one brings that forward (db/turns.ts).
CREATE OR REPLACE FUNCTION feedmill_data.give_turns(hosts text[]) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  -- In sorted order, so that two transactions can't deadlock.
  INSERT INTO feedmill_data.hosts AS h (host, turn_at)
  SELECT DISTINCT name, now() FROM unnest($1) AS name WHERE name IS NOT NULL ORDER BY name
  ON CONFLICT (host) DO UPDATE SET turn_at = least(h.turn_at,
    greatest(now(), h.next_at, h.blocked_until, (SELECT max(lease) FROM unnest(h.leases) AS lease WHERE lease > now())));
  SELECT pg_notify('feedmill_wake', '');
$$;

-- Whether a worker has the article: its due time is the end of a lease that its host has too.
CREATE OR REPLACE FUNCTION feedmill_data.is_leased(host text, due_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp RETURN
  EXISTS (SELECT FROM feedmill_data.hosts h WHERE h.host = $1 AND $2 = ANY (h.leases) AND $2 > now());

-- Makes articles due now, to be fetched at their hosts' turns from their own addresses: where redirects once led may be gone. The page
-- of a merged story was found at another address than its own, which is kept. A record whose content is its page's can only be replaced by
-- content of its page. An edit that waits stays one.
CREATE OR REPLACE FUNCTION feedmill_data.fetch_again(ids bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  made_due record;
BEGIN
  PERFORM FROM feedmill_data.articles a WHERE a.id = ANY (ids) ORDER BY a.id FOR NO KEY UPDATE;
  WITH due AS (
    UPDATE feedmill_data.articles a SET
      due_at = now(),
      attempts = 0,
      hops = 0,
      pages_kept = 0,
      page_url = CASE WHEN own.own THEN NULL ELSE a.page_url END,
      revisit = coalesce(
        a.content_source = 'page' AND a.stored_at IS NOT NULL AND (a.due_at IS NULL OR a.revisit OR a.error IS NOT NULL), false),
      etag = NULL,
      last_modified = NULL,
      status = CASE WHEN a.stored_at IS NULL THEN 'pending' ELSE a.status END
    FROM (
      SELECT article.id, EXISTS (
        SELECT FROM feedmill_data.entries e WHERE e.article_id = article.id AND e.url = article.url) AS own
      FROM feedmill_data.articles article WHERE article.id = ANY (ids)
    ) own
    WHERE a.id = ANY (ids) AND own.id = a.id AND NOT feedmill_data.is_leased(a.host, a.due_at)
    RETURNING a.host
  )
  SELECT count(*) AS articles, array_agg(DISTINCT host) AS hosts INTO made_due FROM due;
  PERFORM feedmill_data.give_turns(made_due.hosts);
  RETURN made_due.articles;
END $$;

CREATE OR REPLACE FUNCTION feedmill_admin.retry_articles(ids bigint[], OUT retried bigint, OUT left_out bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  retried := feedmill_data.fetch_again(ARRAY(
    -- The link of an entry that is no address of a page can't be tried.
    SELECT id FROM feedmill_data.articles WHERE id = ANY (ids) AND error IS NOT NULL AND error <> 'bad-link'));
  left_out := (SELECT count(DISTINCT id) FROM unnest(ids) AS id) - retried;
END $$;
COMMENT ON FUNCTION feedmill_admin.retry_articles(bigint[]) IS 'Tries articles again whose page gave no content (record_id in feedmill.failures): they are due now, with all their attempts, each at its host''s turn. Left out: articles that have not failed, that are just being tried, or whose entry has no usable link.';

CREATE OR REPLACE FUNCTION feedmill_admin.reextract_records(
  ids bigint[], refetch boolean DEFAULT false, into_run bigint DEFAULT NULL,
  OUT run bigint, OUT marked bigint, OUT refetched bigint, OUT left_out bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  number constant bigint := coalesce(into_run, nextval('feedmill_data.reextraction_runs'));
BEGIN
  -- Retention skips articles that are locked, so it can't delete one of these meanwhile.
  PERFORM FROM feedmill_data.articles a WHERE a.id = ANY (ids) ORDER BY a.id FOR KEY SHARE;
  INSERT INTO feedmill_data.reextractions AS r (article_id, run)
  SELECT a.id, number FROM feedmill_data.articles a
  WHERE a.id = ANY (ids) AND a.stored_at IS NOT NULL
    AND (a.content_source = 'feed' OR EXISTS (SELECT FROM feedmill_data.pages p WHERE p.article_id = a.id AND p.number = 1))
  ORDER BY a.id
  ON CONFLICT (article_id) DO UPDATE SET
    run = excluded.run, asked_at = now(), due_at = now(), attempts = 0, outcome = NULL, note = NULL, done_at = NULL;
  GET DIAGNOSTICS marked = ROW_COUNT;
  refetched := 0;
  IF refetch THEN
    refetched := feedmill_data.fetch_again(ARRAY(
      SELECT a.id FROM feedmill_data.articles a
      WHERE a.id = ANY (ids) AND a.stored_at IS NOT NULL AND a.content_source = 'page' AND a.host IS NOT NULL
        AND NOT EXISTS (SELECT FROM feedmill_data.pages p WHERE p.article_id = a.id AND p.number = 1)));
  END IF;
  run := number;
  left_out := (SELECT count(DISTINCT id) FROM unnest(ids) AS id) - marked - refetched;
  PERFORM pg_notify('feedmill_wake', '');
END $$;
COMMENT ON FUNCTION feedmill_admin.reextract_records(bigint[], boolean, bigint) IS 'Has the workers extract records again: from their kept pages or, where the content is the feed''s, from what the feed says. With refetch, records whose page is no longer kept are fetched again, each at its host''s turn. Returns the run, for feedmill_admin.reextractions() and to add more records to it (into_run), and how many records were marked, how many are fetched again, and how many were left out: they do not exist, or their page is no longer kept.';

CREATE OR REPLACE FUNCTION feedmill_admin.reextractions(run bigint)
RETURNS TABLE (record_id bigint, asked_at timestamptz, outcome text, note text, done_at timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.article_id, r.asked_at, r.outcome, r.note, r.done_at FROM feedmill_data.reextractions r WHERE r.run = $1;
$$;
COMMENT ON FUNCTION feedmill_admin.reextractions(bigint) IS 'How far a run of feedmill_admin.reextract_records() is: one row per record. outcome is null while it waits, then changed (note: which columns), unchanged, kept (as it was, since nothing or less was found; note: why) or fault (a bug in Feedmill). Rows are kept for 30 days, and until the record is asked for again.';
