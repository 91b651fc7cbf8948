-- Who is told of what happens (docs/deliveries.md). Events of records are read off the change cursor (db/fan-out.ts). Events of feeds
-- and outages become messages in the transaction that makes them, by triggers: whoever changes a feed, its deliveries are told.

CREATE OR REPLACE FUNCTION feedmill_data.event_types() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
  'record.stored', 'record.changed', 'record.deleted',
  'feed.failing', 'feed.recovered', 'feed.retired',
  'outage.began', 'outage.ended'];

-- Whether a delivery follows the records of a feed and its troubles.
CREATE OR REPLACE FUNCTION feedmill_data.is_delivered(d feedmill_data.deliveries, feed_id bigint, folder text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (d.feed_ids IS NULL OR feed_id = ANY (d.feed_ids))
  AND (d.folder IS NULL OR coalesce(folder = d.folder OR starts_with(folder, d.folder || ' / '), false));

-- Only three failures in a row are an event: one is common, and the next poll mends it.
-- A feed that was not due (retired, removed) has not recovered when it is added again: nobody has polled it yet.
CREATE OR REPLACE FUNCTION feedmill_data.tell_of_feed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  types constant text[] := array_remove(ARRAY[
    CASE WHEN OLD.failures < 3 AND NEW.failures >= 3 THEN 'feed.failing' END,
    CASE WHEN OLD.failures >= 3 AND NEW.failures < 3 AND OLD.due_at IS NOT NULL THEN 'feed.recovered' END,
    CASE WHEN OLD.due_at IS NOT NULL AND NEW.due_at IS NULL AND NEW.paused_at IS NULL AND NEW.removed_at IS NULL THEN 'feed.retired' END
  ], NULL);
BEGIN
  -- The lock waits for a delivery that is being removed: a message to it would fail, and the poll with it.
  INSERT INTO feedmill_data.messages (delivery_id, type, subject, data)
  SELECT d.id, told.type, 'feed:' || NEW.id, jsonb_build_object(
    'feed_id', NEW.id,
    'url', feedmill_data.without_secrets(NEW.url),
    'title', NEW.title,
    'folder', NEW.folder,
    'failures_in_a_row', NEW.failures,
    'failing_since', NEW.failing_since,
    'last_error', feedmill_data.without_secrets(NEW.last_error))
  FROM feedmill_data.deliveries d CROSS JOIN unnest(types) AS told (type)
  WHERE told.type = ANY (d.events) AND feedmill_data.is_delivered(d, NEW.id, NEW.folder)
  FOR KEY SHARE OF d;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER feed_told AFTER UPDATE OF failures, due_at ON feedmill_data.feeds
FOR EACH ROW WHEN ((OLD.failures < 3) <> (NEW.failures < 3) OR (OLD.due_at IS NOT NULL AND NEW.due_at IS NULL))
EXECUTE FUNCTION feedmill_data.tell_of_feed();

CREATE OR REPLACE FUNCTION feedmill_data.tell_of_outage() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  told constant text := CASE WHEN NEW.ended_at IS NULL THEN 'outage.began' ELSE 'outage.ended' END;
BEGIN
  INSERT INTO feedmill_data.messages (delivery_id, type, subject, data)
  SELECT d.id, told, 'outage:' || NEW.id, jsonb_build_object(
    'outage_id', NEW.id, 'started_at', NEW.started_at, 'confirmed_at', NEW.believed_at, 'ended_at', NEW.ended_at)
  FROM feedmill_data.deliveries d WHERE told = ANY (d.events)
  FOR KEY SHARE OF d;
  RETURN NULL;
END $$;

-- A suspicion that was not confirmed is no event.
CREATE OR REPLACE TRIGGER outage_told AFTER UPDATE OF believed_at, ended_at ON feedmill_data.outages
FOR EACH ROW WHEN (
  NEW.believed_at IS NOT NULL AND (OLD.believed_at IS NULL OR (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)))
EXECUTE FUNCTION feedmill_data.tell_of_outage();

CREATE OR REPLACE FUNCTION feedmill_data.refuse(problem text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', problem USING ERRCODE = 'invalid_parameter_value';
END $$;

-- Raises an error that says what is wrong with a delivery. The patterns also keep line breaks out of headers of requests and mails.
CREATE OR REPLACE FUNCTION feedmill_data.check_delivery(url text, events text[], query text, secret text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  unknown constant text := (SELECT string_agg(type, ', ') FROM unnest(events) AS type WHERE type <> ALL (feedmill_data.event_types()));
BEGIN
  IF length(url) > 2000 OR url !~* '^(https?://[^\s/?#]+[^\s]*|mailto:[a-z0-9._+-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)*)$' THEN
    PERFORM feedmill_data.refuse('A delivery needs an http or https URL, or mailto: and one address such as mailto:news@example.org.');
  END IF;
  IF unknown IS NOT NULL THEN
    PERFORM feedmill_data.refuse(format('Unknown events: %s. There are: %s.', left(unknown, 200), array_to_string(feedmill_data.event_types(), ', ')));
  END IF;
  IF coalesce(cardinality(events), 0) = 0 THEN PERFORM feedmill_data.refuse('Name the events that it is told of.'); END IF;
  IF url ILIKE 'mailto:%' AND EXISTS (SELECT FROM unnest(events) AS type WHERE type LIKE 'record.%') THEN
    PERFORM feedmill_data.refuse('Mails tell of feeds and outages only. For records, add a webhook.');
  END IF;
  IF query IS NOT NULL AND feedmill_data.search_query(query) IS NULL THEN
    PERFORM feedmill_data.refuse('The query has no word that must occur.');
  END IF;
  IF secret IS NOT NULL AND secret !~ '^whsec_[A-Za-z0-9+/]{32,86}={0,2}$' THEN
    PERFORM feedmill_data.refuse('A secret is whsec_ and 24 to 64 random bytes in Base64.');
  END IF;
END $$;

CREATE OR REPLACE FUNCTION feedmill_admin.add_delivery(
  url text, events text[], feed_ids bigint[] DEFAULT NULL, folder text DEFAULT NULL, query text DEFAULT NULL,
  secret text DEFAULT NULL, rate_per_minute integer DEFAULT 600, concurrency integer DEFAULT 4, digest_minutes integer DEFAULT 10)
RETURNS TABLE (delivery_id bigint, signing_secret text)
LANGUAGE plpgsql AS $$
DECLARE
  is_mail constant boolean := url ILIKE 'mailto:%';
  -- Two random UUIDs have 244 random bits.
  key constant text := coalesce(secret, 'whsec_' || encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'));
BEGIN
  PERFORM feedmill_data.check_delivery(url, events, query, secret);
  RETURN QUERY
  INSERT INTO feedmill_data.deliveries AS d (
    url, kind, events, feed_ids, folder, query, secret, rate_per_minute, concurrency, digest_minutes, cursor)
  VALUES (
    add_delivery.url, CASE WHEN is_mail THEN 'mail' ELSE 'webhook' END, add_delivery.events, add_delivery.feed_ids,
    add_delivery.folder, add_delivery.query, key, greatest(1, least(add_delivery.rate_per_minute, 60000)),
    greatest(1, least(add_delivery.concurrency, 100)), greatest(1, least(add_delivery.digest_minutes, 1440)),
    CASE WHEN EXISTS (SELECT FROM unnest(add_delivery.events) AS type WHERE type LIKE 'record.%') THEN feedmill.current_cursor() END)
  RETURNING d.id, d.secret;
END $$;
COMMENT ON FUNCTION feedmill_admin.add_delivery(text, text[], bigint[], text, text, text, integer, integer, integer) IS 'Adds a receiver of events from now on: a webhook (http or https URL) or a mail address (mailto:). feed_ids, folder and query select feeds and records; query is as in feedmill.search(). Returns its id and the secret that signs its webhooks, which is generated unless given. rate_per_minute is at most 60000, concurrency at most 100, digest_minutes (between two mails) at most 1440.';

CREATE OR REPLACE FUNCTION feedmill_admin.pause_deliveries(ids bigint[]) RETURNS SETOF bigint
LANGUAGE sql AS $$
  UPDATE feedmill_data.deliveries SET paused_at = now(), problem = NULL WHERE id = ANY (ids) AND paused_at IS NULL RETURNING id;
$$;
COMMENT ON FUNCTION feedmill_admin.pause_deliveries(bigint[]) IS 'Sends nothing to these deliveries until they are resumed. Nothing is lost meanwhile. Returns the ids of those that were not paused.';

CREATE OR REPLACE FUNCTION feedmill_admin.resume_deliveries(ids bigint[]) RETURNS SETOF bigint
LANGUAGE sql AS $$
  UPDATE feedmill_data.deliveries SET paused_at = NULL, problem = NULL, failures = 0, next_at = now()
  WHERE id = ANY (ids) AND (paused_at IS NOT NULL OR failures > 0) RETURNING id;
$$;
COMMENT ON FUNCTION feedmill_admin.resume_deliveries(bigint[]) IS 'Resumes paused deliveries where they stopped, and tries failing ones now. Returns their ids.';

CREATE OR REPLACE FUNCTION feedmill_admin.remove_deliveries(ids bigint[]) RETURNS SETOF bigint
LANGUAGE sql AS $$
  DELETE FROM feedmill_data.deliveries WHERE id = ANY (ids) RETURNING id;
$$;
COMMENT ON FUNCTION feedmill_admin.remove_deliveries(bigint[]) IS 'Removes deliveries, with what they still had to be told. Returns their ids.';

CREATE OR REPLACE FUNCTION feedmill_admin.retry_deliveries(ids bigint[]) RETURNS bigint
LANGUAGE sql AS $$
  WITH retried AS (
    UPDATE feedmill_data.messages SET dead_at = NULL, attempts = 0, due_at = now()
    WHERE delivery_id = ANY (ids) AND dead_at IS NOT NULL RETURNING delivery_id
  ), eager AS (
    UPDATE feedmill_data.deliveries SET next_at = now() WHERE id IN (SELECT delivery_id FROM retried)
  )
  SELECT count(*) FROM retried;
$$;
COMMENT ON FUNCTION feedmill_admin.retry_deliveries(bigint[]) IS 'Sends the dead letters of these deliveries again. Returns how many there were.';

-- Paths and queries of webhook URLs are often secrets, so the view shows the origin only, and of a mail address only its domain.
CREATE OR REPLACE VIEW feedmill.deliveries AS
SELECT
  d.id,
  d.kind,
  CASE d.kind
    WHEN 'mail' THEN substring(d.url FROM '@(.*)$')
    ELSE substring(feedmill_data.without_secrets(d.url) FROM '^[a-zA-Z]+://[^/?#]+')
  END AS receiver,
  d.events,
  d.feed_ids,
  d.folder,
  d.query,
  CASE
    WHEN d.problem IS NOT NULL THEN 'disabled'
    WHEN d.paused_at IS NOT NULL THEN 'paused'
    WHEN d.failures > 0 THEN 'failing'
    ELSE 'well'
  END AS state,
  d.problem,
  d.paused_at,
  waiting.messages AS waiting,
  (SELECT count(*) FROM feedmill_data.messages m WHERE m.delivery_id = d.id AND m.dead_at IS NOT NULL) AS dead_letters,
  greatest(now() - least(waiting.oldest, unread.oldest), interval '0') AS lag,
  d.failures AS failures_in_a_row,
  CASE WHEN d.paused_at IS NULL AND d.failures > 0 THEN d.next_at END AS next_attempt_at,
  d.last_sent_at,
  d.last_error,
  d.last_error_at,
  d.rate_per_minute,
  d.concurrency,
  d.digest_minutes,
  d.created_at
FROM feedmill_data.deliveries d
CROSS JOIN LATERAL (
  SELECT count(*) AS messages, min(m.occurred_at) AS oldest
  FROM feedmill_data.messages m WHERE m.delivery_id = d.id AND m.dead_at IS NULL
) AS waiting
LEFT JOIN LATERAL (
  SELECT c.changed_at AS oldest FROM feedmill_data.changes c, feedmill_data.parse_cursor(d.cursor) told
  WHERE (c.epoch, c.tx, c.id) > (told.epoch, told.tx, told.id)
  ORDER BY c.epoch, c.tx, c.id LIMIT 1
) AS unread ON d.cursor IS NOT NULL;

COMMENT ON VIEW feedmill.deliveries IS 'One row per delivery: a receiver that is told of events. Shows no secrets.';
COMMENT ON COLUMN feedmill.deliveries.id IS 'Stable id of the delivery.';
COMMENT ON COLUMN feedmill.deliveries.kind IS 'webhook or mail.';
COMMENT ON COLUMN feedmill.deliveries.receiver IS 'Scheme and host of the webhook, or the domain of the mail address. The rest may be secret.';
COMMENT ON COLUMN feedmill.deliveries.events IS 'The types of events that it is told of.';
COMMENT ON COLUMN feedmill.deliveries.feed_ids IS 'The feeds (feeds.id) that it is limited to; null: any.';
COMMENT ON COLUMN feedmill.deliveries.folder IS 'The folder that it is limited to; null: any.';
COMMENT ON COLUMN feedmill.deliveries.query IS 'The full-text query that records must match; null: any.';
COMMENT ON COLUMN feedmill.deliveries.state IS 'well, failing (the last attempt failed), paused (by the user), or disabled (by Feedmill, see problem).';
COMMENT ON COLUMN feedmill.deliveries.problem IS 'Why Feedmill disabled it, in a sentence; null if it did not.';
COMMENT ON COLUMN feedmill.deliveries.paused_at IS 'When it was paused or disabled; null if it is not.';
COMMENT ON COLUMN feedmill.deliveries.waiting IS 'Number of messages that wait to be sent. At most about a thousand are written ahead; lag also counts the changes behind them.';
COMMENT ON COLUMN feedmill.deliveries.dead_letters IS 'Number of messages that were given up. feedmill_admin.retry_deliveries() sends them again.';
COMMENT ON COLUMN feedmill.deliveries.lag IS 'Age of the oldest event that it has not been told of, dead letters aside; null if there is none.';
COMMENT ON COLUMN feedmill.deliveries.failures_in_a_row IS 'Number of failed attempts since the last successful one.';
COMMENT ON COLUMN feedmill.deliveries.next_attempt_at IS 'When it is tried again, if it is failing.';
COMMENT ON COLUMN feedmill.deliveries.last_sent_at IS 'When it last took a message.';
COMMENT ON COLUMN feedmill.deliveries.last_error IS 'Why the last failed attempt failed, in a sentence.';
COMMENT ON COLUMN feedmill.deliveries.last_error_at IS 'When that was.';
COMMENT ON COLUMN feedmill.deliveries.rate_per_minute IS 'The most messages that it is sent per minute.';
COMMENT ON COLUMN feedmill.deliveries.concurrency IS 'The most requests to it at the same time.';
COMMENT ON COLUMN feedmill.deliveries.digest_minutes IS 'The shortest time between two mails, in minutes.';
COMMENT ON COLUMN feedmill.deliveries.created_at IS 'When it was added.';
