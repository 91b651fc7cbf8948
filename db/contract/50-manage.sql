-- Managing feeds: what the commands pause, resume, remove, set and move do. A poll that runs meanwhile works under a lease, and
-- feeds.due_at is its fencing token (db/fence.ts). These functions move due_at, so its results are dropped: a late worker can't
-- revive a feed, nor overwrite a setting. Feeds and articles are locked in the order of their ids, and before
-- hosts, as everywhere. give_turns() is in 55-replay.sql.

CREATE OR REPLACE FUNCTION feedmill_admin.pause_feeds(ids bigint[])
RETURNS TABLE (feed_id bigint, feed_url text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM feedmill_data.feeds f WHERE f.id = ANY (ids) ORDER BY f.id FOR UPDATE;
  RETURN QUERY
  UPDATE feedmill_data.feeds f SET paused_at = now(), due_at = NULL, attempts = 0, due_reasons = '{}'
  WHERE f.id = ANY (ids) AND f.due_at IS NOT NULL
  RETURNING f.id, feedmill_data.without_secrets(f.url);
END $$;
COMMENT ON FUNCTION feedmill_admin.pause_feeds(bigint[]) IS 'Stops polling feeds until they are resumed. Pages of their articles are still fetched. Returns the feeds that were paused: not those that were already, or are retired or removed.';

CREATE OR REPLACE FUNCTION feedmill_admin.resume_feeds(ids bigint[])
RETURNS TABLE (feed_id bigint, feed_url text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM feedmill_data.feeds f WHERE f.id = ANY (ids) ORDER BY f.id FOR UPDATE;
  RETURN QUERY
  UPDATE feedmill_data.feeds f SET paused_at = NULL, due_at = now(), due_reasons = '{It was resumed.}'
  WHERE f.id = ANY (ids) AND f.paused_at IS NOT NULL
  RETURNING f.id, feedmill_data.without_secrets(f.url);
  PERFORM feedmill_data.give_turns(ARRAY(SELECT f.host FROM feedmill_data.feeds f WHERE f.id = ANY (ids) AND f.due_at <= now()));
END $$;
COMMENT ON FUNCTION feedmill_admin.resume_feeds(bigint[]) IS 'Polls paused feeds again, at once. Returns the feeds that were paused.';

-- Hands articles that other feeds show too to the feed that showed them first, among the feeds that exist, are not among `leaving`
-- and, with only_subscribed, are not removed.
CREATE OR REPLACE FUNCTION feedmill_data.hand_over_articles(articles bigint[], leaving bigint[], only_subscribed boolean)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  handed_over bigint;
BEGIN
  UPDATE feedmill_data.articles a SET feed_id = oldest.feed_id
  FROM (
    SELECT DISTINCT ON (e.article_id) e.article_id, e.feed_id
    FROM feedmill_data.entries e JOIN feedmill_data.feeds f ON f.id = e.feed_id
    WHERE e.article_id = ANY (articles) AND e.feed_id <> ALL (leaving) AND NOT (only_subscribed AND f.removed_at IS NOT NULL)
    ORDER BY e.article_id, e.first_seen_at, e.id
  ) oldest
  WHERE a.id = oldest.article_id;
  GET DIAGNOSTICS handed_over = ROW_COUNT;
  RETURN handed_over;
END $$;

-- The last safeguard, for deletions by hand as well: the foreign keys of articles and entries cascade, but no article that another
-- feed shows goes with its feed. The articles are locked first, so that nobody adds a sighting meanwhile.
CREATE OR REPLACE FUNCTION feedmill_data.feed_deleted() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM feedmill_data.articles a WHERE a.feed_id = OLD.id ORDER BY a.id FOR UPDATE;
  PERFORM feedmill_data.hand_over_articles(
    ARRAY(SELECT a.id FROM feedmill_data.articles a WHERE a.feed_id = OLD.id), ARRAY[OLD.id], false);
  RETURN OLD;
END $$;

CREATE OR REPLACE TRIGGER feed_deleted BEFORE DELETE ON feedmill_data.feeds
FOR EACH ROW EXECUTE FUNCTION feedmill_data.feed_deleted();

CREATE OR REPLACE FUNCTION feedmill_admin.delete_records(ids bigint[], max integer DEFAULT 1000, OUT deleted bigint, OUT kept bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  removed constant bigint[] := ARRAY(SELECT f.id FROM feedmill_data.feeds f WHERE f.id = ANY (ids) AND f.removed_at IS NOT NULL);
  batch constant bigint[] := ARRAY(
    SELECT a.id FROM feedmill_data.articles a
    WHERE a.id = ANY (ARRAY(SELECT one.id FROM feedmill_data.articles one WHERE one.feed_id = ANY (removed) LIMIT max))
    ORDER BY a.id FOR UPDATE);
BEGIN
  kept := feedmill_data.hand_over_articles(batch, removed, false);
  DELETE FROM feedmill_data.articles a WHERE a.id = ANY (batch) AND a.feed_id = ANY (removed);
  GET DIAGNOSTICS deleted = ROW_COUNT;
END $$;
COMMENT ON FUNCTION feedmill_admin.delete_records(bigint[], integer) IS 'Deletes up to max records of feeds that were removed, and returns how many it deleted. Records that another feed shows too are kept: they get the feed that showed them first. For many records: call it, in a transaction each, until both numbers are 0, and then remove_feeds(ids, with_records => true).';

-- What is no longer wanted when these feeds, which are removed, have gone: articles without a record that no other subscribed feed
-- shows, and revisits.
CREATE OR REPLACE FUNCTION feedmill_data.drop_work(removed bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  unstored constant bigint[] := ARRAY(
    SELECT a.id FROM feedmill_data.articles a WHERE a.feed_id = ANY (removed) AND a.stored_at IS NULL ORDER BY a.id FOR UPDATE);
BEGIN
  PERFORM feedmill_data.hand_over_articles(unstored, removed, true);
  DELETE FROM feedmill_data.articles a WHERE a.id = ANY (unstored) AND a.feed_id = ANY (removed);
  UPDATE feedmill_data.articles a SET due_at = NULL, revisit = false
  WHERE a.feed_id = ANY (removed) AND a.due_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM feedmill_data.entries e JOIN feedmill_data.feeds f ON f.id = e.feed_id
    WHERE e.article_id = a.id AND f.removed_at IS NULL);
END $$;

CREATE OR REPLACE FUNCTION feedmill_admin.remove_feeds(ids bigint[], with_records boolean DEFAULT false)
RETURNS TABLE (feed_id bigint, feed_url text, records_deleted bigint, records_kept bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  removed bigint[];
BEGIN
  PERFORM FROM feedmill_data.feeds f WHERE f.id = ANY (ids) ORDER BY f.id FOR UPDATE;
  removed := ARRAY(SELECT f.id FROM feedmill_data.feeds f WHERE f.id = ANY (ids) AND (with_records OR f.removed_at IS NULL));
  -- Without validators, so that a feed that is added again is read in full: its articles without a record are gone.
  UPDATE feedmill_data.feeds f SET
    removed_at = coalesce(f.removed_at, now()), paused_at = NULL, due_at = NULL, due_reasons = '{}', attempts = 0, headers = NULL,
    etag = NULL, last_modified = NULL, body_hash = NULL, hop_url = NULL, hops = 0, hops_permanent = true,
    moved_to = NULL, moved_since = NULL, moved_polls = 0
  WHERE f.id = ANY (removed);
  DELETE FROM feedmill_data.websub_subscriptions s WHERE s.feed_id = ANY (removed);
  PERFORM feedmill_data.drop_work(removed);
  RETURN QUERY
  SELECT f.id, feedmill_data.without_secrets(f.url),
    CASE WHEN with_records THEN counted.records - counted.shared ELSE 0 END,
    CASE WHEN with_records THEN counted.shared ELSE counted.records END
  FROM feedmill_data.feeds f CROSS JOIN LATERAL feedmill_data.count_records(f.id, removed) counted
  WHERE f.id = ANY (removed) ORDER BY f.id;
  IF NOT with_records THEN RETURN; END IF;
  WHILE EXISTS (SELECT FROM feedmill_data.articles a WHERE a.feed_id = ANY (removed)) LOOP
    PERFORM feedmill_admin.delete_records(removed, 10000);
  END LOOP;
  DELETE FROM feedmill_data.feeds f WHERE f.id = ANY (removed);
END $$;
COMMENT ON FUNCTION feedmill_admin.remove_feeds(bigint[], boolean) IS 'Unsubscribes from feeds. They keep their records and are listed as removed; adding one again revives it. With with_records, their records are deleted too, and nothing is left of them, except records that another feed shows: those get the feed that showed them first. Returns the feeds, and how many of their records were deleted and kept. The whole is one transaction, which delays the change cursor: for many records see delete_records().';

-- The records of a feed, and how many of them are shown by other feeds than the leaving ones.
CREATE OR REPLACE FUNCTION feedmill_data.count_records(feed bigint, leaving bigint[], OUT records bigint, OUT shared bigint)
LANGUAGE sql STABLE AS $$
  SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM feedmill_data.entries e WHERE e.article_id = a.id AND e.feed_id <> ALL (leaving)))
  FROM feedmill_data.articles a WHERE a.feed_id = feed AND a.stored_at IS NOT NULL;
$$;

CREATE OR REPLACE FUNCTION feedmill_admin.move_folder(source text, target text)
RETURNS TABLE (feed_id bigint, feed_url text, folder text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  old_name constant text := feedmill_data.folder_name(source);
  new_name constant text := feedmill_data.folder_name(target);
BEGIN
  IF old_name IS NULL THEN
    RAISE EXCEPTION 'the name of the folder to move is empty' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM FROM feedmill_data.feeds f WHERE f.folder = old_name OR starts_with(f.folder, old_name || ' / ') ORDER BY f.id FOR UPDATE;
  RETURN QUERY
  UPDATE feedmill_data.feeds f
  SET folder = feedmill_data.folder_name(concat_ws(' / ', new_name, nullif(substr(f.folder, length(old_name || ' / ') + 1), '')))
  WHERE f.folder = old_name OR starts_with(f.folder, old_name || ' / ')
  RETURNING f.id, feedmill_data.without_secrets(f.url), f.folder;
END $$;
COMMENT ON FUNCTION feedmill_admin.move_folder(text, text) IS 'Renames or moves a folder with all that is in it; names of nested folders are joined by " / ". A target that is null or empty stands for the top level. Returns the feeds in it and their new folders.';

-- The name of a folder as it is stored: null for none. The limit is that of src/feeds/read-opml.ts.
CREATE OR REPLACE FUNCTION feedmill_data.folder_name(name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF length(name) > 1000 OR name ~ '[[:cntrl:]]' THEN
    RAISE EXCEPTION 'the name of a folder may have 1000 characters, and no control characters'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN nullif(btrim(name), '');
END $$;
