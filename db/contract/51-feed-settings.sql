-- The settings of feeds. Whoever calls set_feeds, the values are checked here.

-- A duration in ms from a JSON text such as "30 minutes"; null for null.
CREATE OR REPLACE FUNCTION feedmill_data.setting_ms(settings jsonb, name text, shortest interval, longest interval) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  duration interval;
BEGIN
  IF settings ->> name IS NULL THEN RETURN NULL; END IF;
  duration := (settings ->> name)::interval;
  IF duration BETWEEN shortest AND longest THEN RETURN round(extract(epoch FROM duration) * 1000)::integer; END IF;
  RAISE EXCEPTION 'setting "%" must be a duration from % to %', name, shortest, longest USING ERRCODE = 'invalid_parameter_value';
END $$;

-- Headers of requests by lower-case name; null for none. Refused are those that belong to the connection (RFC 9110 §7.6.1) or to
-- how we fetch (Host, conditions, ranges, encodings, the body), and what would not be one line of printable ASCII. No message
-- repeats a value: they are secrets.
CREATE OR REPLACE FUNCTION feedmill_data.checked_headers(headers jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  max_headers constant integer := 20;
  max_name constant integer := 100;
  -- Tokens of sign-in services reach 2,000 characters; most servers read 8,000 of all headers together.
  max_value constant integer := 4000;
  names text[];
  wrong text;
BEGIN
  IF headers IS NULL OR headers IN ('null', '{}') THEN RETURN NULL; END IF;
  IF jsonb_typeof(headers) <> 'object' THEN
    RAISE EXCEPTION 'headers must be an object of names and values' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  names := ARRAY(SELECT lower(name) FROM jsonb_object_keys(headers) AS name);
  IF cardinality(names) > max_headers OR cardinality(names) > (SELECT count(DISTINCT name) FROM unnest(names) AS name) THEN
    RAISE EXCEPTION 'there may be % headers, and each name once', max_headers USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT name INTO wrong FROM unnest(names) AS name
  WHERE length(name) > max_name OR name !~ '^[a-z0-9!#$%&''*+.^_`|~-]+$'
    OR name IN ('host', 'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings', 'expect',
      'content-length', 'content-type', 'accept-encoding', 'range')
    OR name LIKE 'proxy-%' OR name LIKE 'if-%' OR name LIKE ':%';
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'a request may not have this header: %', left(wrong, max_name) USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT key INTO wrong FROM jsonb_each(headers)
  WHERE jsonb_typeof(value) <> 'string' OR btrim(value #>> '{}') = '' OR length(value #>> '{}') > max_value
    OR value #>> '{}' !~ '^[\x20-\x7e]*$';
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the value of the header % must be up to % printable ASCII characters', left(wrong, max_name), max_value
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN (SELECT jsonb_object_agg(lower(key), btrim(value #>> '{}')) FROM jsonb_each(headers));
END $$;

-- The settings in the form of the columns, all checked.
CREATE OR REPLACE FUNCTION feedmill_data.checked_settings(
  settings jsonb, OUT every_ms integer, OUT content text, OUT folder text, OUT ignore_robots boolean, OUT gap_ms integer,
  OUT headers jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  known constant text[] := '{every, content, folder, ignore_robots, gap, headers}';
  unknown text;
BEGIN
  IF jsonb_typeof(settings) IS DISTINCT FROM 'object' THEN
    RAISE EXCEPTION 'settings must be an object' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT name INTO unknown FROM jsonb_object_keys(settings) AS name WHERE name <> ALL (known);
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'there is no setting "%": they are %', left(unknown, 100), array_to_string(known, ', ')
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  content := coalesce(settings ->> 'content', 'page');
  IF content NOT IN ('page', 'feed') THEN
    RAISE EXCEPTION 'setting "content" must be page or feed' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF jsonb_typeof(settings -> 'ignore_robots') NOT IN ('boolean', 'null') THEN
    RAISE EXCEPTION 'setting "ignore_robots" must be true or false' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  ignore_robots := coalesce((settings -> 'ignore_robots')::text = 'true', false);
  -- As long as src/feeds/poll-interval.ts allows, where timers of Node end.
  every_ms := feedmill_data.setting_ms(settings, 'every', '1 minute', '35000 minutes');
  gap_ms := feedmill_data.setting_ms(settings, 'gap', '0', '1 hour');
  folder := feedmill_data.folder_name(settings ->> 'folder');
  headers := feedmill_data.checked_headers(settings -> 'headers');
END $$;

-- When a feed is due after its settings have changed. A poll that has started goes by the old ones, so it is made again. One that
-- is only claimed will start with the new ones.
CREATE OR REPLACE FUNCTION feedmill_data.due_after_change(feed feedmill_data.feeds, every_ms integer, headers_changed boolean)
RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN feed.due_at IS NULL THEN NULL
    WHEN EXISTS (SELECT FROM feedmill_data.hosts h WHERE h.host = feed.host AND feed.due_at = ANY (h.leases))
      THEN CASE WHEN feed.attempts = 0 THEN feed.due_at ELSE now() END
    WHEN headers_changed OR feed.polled_at IS NULL THEN least(feed.due_at, now())
    WHEN every_ms IS NULL THEN feed.due_at
    ELSE least(feed.due_at, greatest(now(), feed.polled_at + every_ms * interval '1 millisecond'))
  END;
$$;

-- Sets the gap of the hosts of feeds. A feed whose poll follows a redirect is under another host's name for the moment.
CREATE OR REPLACE FUNCTION feedmill_data.set_gaps(ids bigint[], gap_ms integer) RETURNS text[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  away bigint;
  changed text[];
BEGIN
  SELECT f.id INTO away FROM feedmill_data.feeds f
  WHERE f.id = ANY (ids)
    AND position('.' || f.host || ':' IN '.' || split_part(split_part(feedmill_data.without_secrets(f.url), '://', 2), '/', 1) || ':') = 0;
  IF away IS NOT NULL THEN
    RAISE EXCEPTION 'feed % is being redirected to another host at this moment', away
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Try again in a minute.';
  END IF;
  WITH hosts_of AS (SELECT DISTINCT f.host FROM feedmill_data.feeds f WHERE f.id = ANY (ids) ORDER BY f.host),
  written AS (
    INSERT INTO feedmill_data.hosts AS h (host, gap_ms) SELECT host, set_gaps.gap_ms FROM hosts_of
    ON CONFLICT (host) DO UPDATE SET gap_ms = excluded.gap_ms WHERE h.gap_ms IS DISTINCT FROM excluded.gap_ms
    RETURNING h.host)
  SELECT array_agg(host) INTO changed FROM written;
  RETURN coalesce(changed, '{}');
END $$;

CREATE OR REPLACE FUNCTION feedmill_admin.set_feeds(ids bigint[], settings jsonb)
RETURNS TABLE (feed_id bigint, feed_url text, changed text[])
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  given constant record := feedmill_data.checked_settings(settings);
  wanted bigint[];
  hosts_changed text[] := '{}';
BEGIN
  PERFORM FROM feedmill_data.feeds f WHERE f.id = ANY (ids) ORDER BY f.id FOR UPDATE;
  wanted := ARRAY(SELECT f.id FROM feedmill_data.feeds f WHERE f.id = ANY (ids) AND f.removed_at IS NULL);
  IF settings ? 'gap' THEN hosts_changed := feedmill_data.set_gaps(wanted, given.gap_ms); END IF;
  RETURN QUERY
  WITH compared AS (
    SELECT f, ARRAY(SELECT name FROM (VALUES
      ('every', f.poll_every_ms IS DISTINCT FROM given.every_ms),
      ('content', f.content IS DISTINCT FROM given.content),
      ('folder', f.folder IS DISTINCT FROM given.folder),
      ('ignore_robots', f.ignore_robots IS DISTINCT FROM given.ignore_robots),
      ('gap', f.host = ANY (hosts_changed)),
      ('headers', f.headers IS DISTINCT FROM given.headers)
    ) AS columns (name, differs) WHERE differs AND settings ? name) AS names
    FROM feedmill_data.feeds f WHERE f.id = ANY (wanted)
  )
  UPDATE feedmill_data.feeds f SET
    poll_every_ms = CASE WHEN 'every' = ANY (names) THEN given.every_ms ELSE f.poll_every_ms END,
    content = CASE WHEN 'content' = ANY (names) THEN given.content ELSE f.content END,
    folder = CASE WHEN 'folder' = ANY (names) THEN given.folder ELSE f.folder END,
    ignore_robots = CASE WHEN 'ignore_robots' = ANY (names) THEN given.ignore_robots ELSE f.ignore_robots END,
    headers = CASE WHEN 'headers' = ANY (names) THEN given.headers ELSE f.headers END,
    due_at = CASE WHEN names && '{every, headers}'
      THEN feedmill_data.due_after_change(f, given.every_ms, 'headers' = ANY (names)) ELSE f.due_at END
  FROM compared WHERE (compared.f).id = f.id AND names <> '{}'
  RETURNING f.id, feedmill_data.without_secrets(f.url), names;
  -- Other settings move no due time.
  IF settings ?| '{every, headers}' THEN
    PERFORM feedmill_data.give_turns(ARRAY(SELECT f.host FROM feedmill_data.feeds f WHERE f.id = ANY (wanted) AND f.due_at IS NOT NULL));
  END IF;
END $$;
COMMENT ON FUNCTION feedmill_admin.set_feeds(bigint[], jsonb) IS 'Changes settings of feeds: every (how often to poll, as an interval; null: as often as it publishes), content (page or feed), folder (null: none), ignore_robots, gap (between two requests to its host, as an interval; null: HOST_GAP_MS; it holds for all feeds of that host), headers (of requests to the feed''s own origin, an object of names and values, which replaces the former; null: none). Settings that are not given stay. Returns the feeds that changed, and what.';
