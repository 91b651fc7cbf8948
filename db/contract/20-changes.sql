-- Size of a change in characters: what remains of the longer text without the beginning and the end that both texts share.
CREATE OR REPLACE FUNCTION feedmill_data.changed_span(before text, after text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  shorter constant integer := least(length(before), length(after));
  head integer := 0;
  tail integer := 0;
  step integer;
BEGIN
  -- Binary search: the step is halved until the length of the shared beginning is exact.
  step := shorter;
  WHILE step > 0 LOOP
    WHILE head + step <= shorter AND substr(before, head + 1, step) = substr(after, head + 1, step) LOOP
      head := head + step;
    END LOOP;
    step := step / 2;
  END LOOP;
  step := shorter - head;
  WHILE step > 0 LOOP
    WHILE head + tail + step <= shorter
      AND right(left(before, length(before) - tail), step) = right(left(after, length(after) - tail), step) LOOP
      tail := tail + step;
    END LOOP;
    step := step / 2;
  END LOOP;
  RETURN greatest(length(before), length(after)) - head - tail;
END $$;

-- Changes are recorded by triggers, so that deletions that cascade from a feed and statements run by hand are recorded too.
CREATE OR REPLACE FUNCTION feedmill_data.note_changes(record_ids bigint[], operation text, fields text[] DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(record_ids) = 0 THEN RETURN; END IF;
  -- Also tested here, and not only when a process starts: processes survive a failover by connecting again.
  IF NOT EXISTS (SELECT FROM feedmill_data.contract WHERE server = feedmill_data.server_identity()) THEN
    PERFORM feedmill_data.begin_epoch_if_moved();
  END IF;
  INSERT INTO feedmill_data.changes (epoch, tx, record_id, operation, fields)
  SELECT (SELECT epoch FROM feedmill_data.contract), pg_current_xact_id(), record_id, $2, $3 FROM unnest($1) AS record_id;
  -- Postgres sends equal notifications once per transaction.
  PERFORM pg_notify('feedmill_records', '');
END $$;

CREATE OR REPLACE FUNCTION feedmill_data.note_change(record_id bigint, operation text, fields text[] DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$ SELECT feedmill_data.note_changes(ARRAY[$1], $2, $3); $$;

CREATE OR REPLACE FUNCTION feedmill_data.article_stored() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM feedmill_data.note_change(NEW.id, 'insert');
  RETURN NEW;
END $$;

-- What belongs to articles goes with them. One trigger per statement instead of foreign keys, which would visit each table once per
-- row. Whoever writes what belongs to an article has its row locked, so nothing is left behind.
CREATE OR REPLACE FUNCTION feedmill_data.articles_deleted() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  ids constant bigint[] := ARRAY(SELECT id FROM deleted ORDER BY id);
BEGIN
  IF cardinality(ids) = 0 THEN RETURN NULL; END IF;
  -- Retention leaves what is long, and entries, to the end of their range (db/retention.ts).
  IF current_setting('feedmill.ranges_end', true) IS DISTINCT FROM 'on' THEN
    DELETE FROM feedmill_data.bodies WHERE article_id = ANY (ids);
    DELETE FROM feedmill_data.revisions WHERE article_id = ANY (ids);
    DELETE FROM feedmill_data.pages WHERE article_id = ANY (ids);
    DELETE FROM feedmill_data.entries WHERE article_id = ANY (ids);
  END IF;
  DELETE FROM feedmill_data.search_keys WHERE article_id = ANY (ids);
  DELETE FROM feedmill_data.search WHERE article_id = ANY (ids);
  DELETE FROM feedmill_data.fingerprints WHERE article_id = ANY (ids);
  DELETE FROM feedmill_data.reextractions WHERE article_id = ANY (ids);
  PERFORM feedmill_data.note_changes(ARRAY(SELECT id FROM deleted WHERE stored_at IS NOT NULL ORDER BY id), 'delete');
  RETURN NULL;
END $$;

-- The body of an article: in `bodies`, or in its row until the backfill has moved it (db/backfills.ts).
CREATE OR REPLACE FUNCTION feedmill_data.body_of(article feedmill_data.articles) RETURNS feedmill_data.body
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF num_nonnulls(article.excerpt, article.content_text, article.content_html) > 0 THEN
    RETURN ROW(article.excerpt, article.content_text, article.content_html);
  END IF;
  RETURN (SELECT b.body FROM feedmill_data.bodies b WHERE b.article_id = article.id);
END $$;

CREATE OR REPLACE FUNCTION feedmill_data.keep_body(id bigint, body feedmill_data.body) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO feedmill_data.bodies (article_id, body) VALUES (id, body) ON CONFLICT (article_id) DO UPDATE SET body = excluded.body;
$$;

-- excerpt, content_text and content_html are written to `articles` with the other columns of a record, so that one statement under one
-- lease writes it, and one comparison finds what it changed. They are kept in `bodies`.
CREATE OR REPLACE FUNCTION feedmill_data.article_body_written() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM feedmill_data.keep_body(NEW.id, ROW(NEW.excerpt, NEW.content_text, NEW.content_html));
  NEW.excerpt := NULL;
  NEW.content_text := NULL;
  NEW.content_html := NULL;
  RETURN NEW;
END $$;

-- Compares the columns of a changed record. If readers see a different article (not only different markup), the earlier version
-- is kept as a revision.
CREATE OR REPLACE FUNCTION feedmill_data.article_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  -- Null stands for what the statement does not write.
  has_body constant boolean := num_nonnulls(NEW.excerpt, NEW.content_text, NEW.content_html) > 0;
  former feedmill_data.body;
  body feedmill_data.body;
  fields text[];
  revised text[];
BEGIN
  IF has_body THEN
    former := feedmill_data.body_of(OLD);
    body := ROW(
      coalesce(NEW.excerpt, former.excerpt), coalesce(NEW.content_text, former.content_text),
      coalesce(NEW.content_html, former.content_html));
    -- Also if the backfill has not reached it.
    IF num_nonnulls(OLD.excerpt, OLD.content_text, OLD.content_html) > 0 OR body IS DISTINCT FROM former THEN
      PERFORM feedmill_data.keep_body(NEW.id, body);
    END IF;
    NEW.excerpt := NULL;
    NEW.content_text := NULL;
    NEW.content_html := NULL;
  END IF;
  SELECT array_agg(name) INTO fields FROM (VALUES
    ('url', OLD.url IS DISTINCT FROM NEW.url),
    ('title', OLD.title IS DISTINCT FROM NEW.title),
    ('authors', OLD.authors IS DISTINCT FROM NEW.authors),
    ('published_at', OLD.published_at IS DISTINCT FROM NEW.published_at),
    ('language', OLD.language IS DISTINCT FROM NEW.language),
    ('site_name', OLD.site_name IS DISTINCT FROM NEW.site_name),
    ('feed_id', OLD.feed_id IS DISTINCT FROM NEW.feed_id),
    ('excerpt', former.excerpt IS DISTINCT FROM body.excerpt),
    ('content_html', former.content_html IS DISTINCT FROM body.content_html),
    ('content_text', former.content_text IS DISTINCT FROM body.content_text),
    ('lead_image_url', OLD.lead_image_url IS DISTINCT FROM NEW.lead_image_url),
    ('word_count', OLD.word_count IS DISTINCT FROM NEW.word_count),
    ('content_source', OLD.content_source IS DISTINCT FROM NEW.content_source),
    ('canonical_url', OLD.canonical_url IS DISTINCT FROM NEW.canonical_url),
    ('section', OLD.section IS DISTINCT FROM NEW.section),
    ('tags', OLD.tags IS DISTINCT FROM NEW.tags),
    ('modified_at', OLD.modified_at IS DISTINCT FROM NEW.modified_at),
    ('paywalled', OLD.paywalled IS DISTINCT FROM NEW.paywalled),
    ('lead_image_width', OLD.lead_image_width IS DISTINCT FROM NEW.lead_image_width),
    ('lead_image_height', OLD.lead_image_height IS DISTINCT FROM NEW.lead_image_height),
    ('lead_image_caption', OLD.lead_image_caption IS DISTINCT FROM NEW.lead_image_caption),
    ('page_count', OLD.page_count IS DISTINCT FROM NEW.page_count),
    ('published_at_source', OLD.published_as IS DISTINCT FROM NEW.published_as),
    ('modified_at_source', OLD.modified_as IS DISTINCT FROM NEW.modified_as),
    ('page_error', OLD.error IS DISTINCT FROM NEW.error),
    ('reading_minutes', OLD.reading_minutes IS DISTINCT FROM NEW.reading_minutes),
    -- Null in records older than the column, until it is filled: consumers would be told of all of them.
    ('site', OLD.site IS NOT NULL AND OLD.site IS DISTINCT FROM NEW.site)
  ) AS columns (name, differs) WHERE differs;
  IF fields IS NULL THEN RETURN NEW; END IF;
  NEW.changed_at := now();
  PERFORM feedmill_data.note_change(NEW.id, 'update', fields);

  revised := ARRAY(SELECT name FROM unnest(fields) AS name WHERE name IN ('title', 'authors', 'published_at', 'content_text'));
  IF cardinality(revised) = 0 THEN RETURN NEW; END IF;
  IF NOT has_body THEN former := feedmill_data.body_of(OLD); END IF;
  INSERT INTO feedmill_data.revisions (
    article_id, revision, revised_at, revised_fields, revised_chars, title, authors, published_at, language, excerpt, content_html,
    content_text, lead_image_url, word_count, content_source, extractor_version)
  VALUES (
    OLD.id, OLD.revision, coalesce(OLD.revised_at, OLD.stored_at), OLD.revised_fields, OLD.revised_chars, OLD.title, OLD.authors,
    OLD.published_at, OLD.language, former.excerpt, former.content_html, former.content_text, OLD.lead_image_url, OLD.word_count,
    OLD.content_source, OLD.extractor_version);
  NEW.revision := OLD.revision + 1;
  NEW.revised_at := now();
  NEW.revised_fields := revised;
  NEW.revised_chars := CASE
    WHEN has_body THEN feedmill_data.changed_span(coalesce(former.content_text, ''), coalesce(body.content_text, '')) ELSE 0 END;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER article_inserted AFTER INSERT ON feedmill_data.articles
FOR EACH ROW WHEN (NEW.stored_at IS NOT NULL) EXECUTE FUNCTION feedmill_data.article_stored();

CREATE OR REPLACE TRIGGER article_stored AFTER UPDATE OF stored_at ON feedmill_data.articles
FOR EACH ROW WHEN (OLD.stored_at IS NULL AND NEW.stored_at IS NOT NULL) EXECUTE FUNCTION feedmill_data.article_stored();

-- Only for these columns: claims and turns write others, and should not pay for comparing texts.
CREATE OR REPLACE TRIGGER article_changed
BEFORE UPDATE OF
  url, title, authors, published_at, language, site_name, feed_id, excerpt, content_html, content_text, lead_image_url, word_count,
  content_source, error, canonical_url, section, tags, modified_at, paywalled, lead_image_width, lead_image_height,
  lead_image_caption, page_count, published_as, modified_as, reading_minutes, site
ON feedmill_data.articles
FOR EACH ROW WHEN (OLD.stored_at IS NOT NULL) EXECUTE FUNCTION feedmill_data.article_changed();

-- The body of an article that is not stored yet: this and the trigger above never fire together.
CREATE OR REPLACE TRIGGER article_body_inserted BEFORE INSERT ON feedmill_data.articles FOR EACH ROW
WHEN (num_nonnulls(NEW.excerpt, NEW.content_text, NEW.content_html) > 0) EXECUTE FUNCTION feedmill_data.article_body_written();

CREATE OR REPLACE TRIGGER article_body_stored BEFORE UPDATE OF excerpt, content_html, content_text ON feedmill_data.articles FOR EACH ROW
WHEN (OLD.stored_at IS NULL AND num_nonnulls(NEW.excerpt, NEW.content_text, NEW.content_html) > 0)
EXECUTE FUNCTION feedmill_data.article_body_written();

-- A body that is changed by hand: written through its article, whose trigger records the change and comes back here, one level deeper.
CREATE OR REPLACE FUNCTION feedmill_data.body_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE feedmill_data.articles
  SET excerpt = (NEW.body).excerpt, content_text = (NEW.body).content_text, content_html = (NEW.body).content_html
  WHERE id = NEW.article_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER body_changed BEFORE UPDATE ON feedmill_data.bodies
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION feedmill_data.body_changed();

DROP TRIGGER IF EXISTS article_deleted ON feedmill_data.articles;
DROP FUNCTION IF EXISTS feedmill_data.article_deleted();
CREATE OR REPLACE TRIGGER articles_deleted AFTER DELETE ON feedmill_data.articles
REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION feedmill_data.articles_deleted();

-- The parts of a cursor; null is the beginning. Returns a set of one row, since only a set is inlined into the query.
CREATE OR REPLACE FUNCTION feedmill_data.parse_cursor(cursor text) RETURNS TABLE (epoch integer, tx xid8, id bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $$
  SELECT split_part(coalesce($1, '0.0.0'), '.', 1)::integer, split_part(coalesce($1, '0.0.0'), '.', 2)::xid8,
    split_part(coalesce($1, '0.0.0'), '.', 3)::bigint;
$$;

-- The parts of a cursor from outside. Every cursor that was given out is the key of a row, or ends in 0 if version 0.1 gave
-- it out by current_cursor(). Before the last change that was deleted for its age, it has missed some. Any other is ahead of this
-- database: it was restored to an earlier state, and the consumer knows changes that were lost.
CREATE OR REPLACE FUNCTION feedmill_data.read_cursor(cursor text, OUT epoch integer, OUT tx xid8, OUT id bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  expired record;
BEGIN
  IF coalesce(cursor, '0.0.0') !~ '^\d{1,9}\.\d{1,19}\.\d{1,18}$' THEN
    RAISE EXCEPTION 'not a cursor of feedmill.changes(): %', left(cursor, 100) USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT * INTO epoch, tx, id FROM feedmill_data.parse_cursor(cursor);
  SELECT last.* INTO expired FROM feedmill_data.contract c, feedmill_data.parse_cursor(c.expired_cursor) AS last;
  IF (epoch, tx, id) = (expired.epoch, expired.tx, expired.id) THEN RETURN; END IF;
  IF (epoch, tx, id) < (expired.epoch, expired.tx, expired.id) THEN
    RAISE EXCEPTION 'cursor % is older than the changes that are kept', coalesce(cursor, 'null, the beginning,')
      USING ERRCODE = 'invalid_parameter_value',
      DETAIL = 'Changes are deleted when they are KEEP_CHANGES_DAYS days old, so you have missed some.',
      HINT = 'Start again: read feedmill.current_cursor(), copy all records, and continue from that cursor.';
  END IF;
  IF id = 0 AND EXISTS (
    SELECT FROM feedmill_data.contract c
    WHERE c.epoch > read_cursor.epoch
      OR (c.epoch = read_cursor.epoch AND read_cursor.tx <= pg_snapshot_xmax(pg_current_snapshot()))
  ) THEN RETURN; END IF;
  IF EXISTS (
    SELECT FROM feedmill_data.changes c WHERE (c.epoch, c.tx, c.id) = (read_cursor.epoch, read_cursor.tx, read_cursor.id)
  ) THEN RETURN; END IF;
  -- A standby may be behind the server that gave the cursor out.
  IF pg_is_in_recovery() THEN RETURN; END IF;
  RAISE EXCEPTION 'cursor % is ahead of this database', cursor USING ERRCODE = 'invalid_parameter_value',
    DETAIL = 'The database was restored to a state before this cursor was given out, so changes that you have seen are lost.',
    HINT = 'Start again: read feedmill.current_cursor(), copy all records, and continue from that cursor.';
END $$;

CREATE OR REPLACE FUNCTION feedmill.changes(after text DEFAULT NULL, max integer DEFAULT 1000)
RETURNS TABLE (cursor text, operation text, record_id bigint, fields text[], changed_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  start constant record := feedmill_data.read_cursor(after);
BEGIN
  RETURN QUERY
  SELECT concat_ws('.', c.epoch, c.tx, c.id),
    -- If the record has been deleted since, every change to it is given as a deletion: a consumer that fetches it finds nothing.
    CASE WHEN a.stored_at IS NULL THEN 'delete' ELSE c.operation END,
    c.record_id, c.fields, c.changed_at
  FROM feedmill_data.changes c
  LEFT JOIN feedmill_data.articles a ON a.id = c.record_id
  WHERE (c.epoch, c.tx, c.id) > (start.epoch, start.tx, start.id)
    -- Sightings of an article that is not a record yet (27-sightings.sql). Once it is stored, that is told after them.
    AND (a.id IS NULL OR a.stored_at IS NOT NULL)
    -- Only changes below the oldest running transaction: nothing can be inserted before them.
    AND (c.tx < (SELECT pg_snapshot_xmin(pg_current_snapshot())) OR c.epoch < (SELECT contract.epoch FROM feedmill_data.contract))
  ORDER BY c.epoch, c.tx, c.id
  LIMIT max;
END $$;
COMMENT ON FUNCTION feedmill.changes(text, integer) IS 'What happened to the records after a cursor (null: from the beginning), oldest first: cursor (save it once the row is processed), operation (insert, update, delete), record_id, fields (what an update changed: columns of records, or sightings), changed_at. A change appears once no older transaction can still commit, so a cursor never skips one.';

-- The last change that feedmill.changes() gives out now, rather than the oldest running transaction: only the key of a row can be
-- told from a cursor that is ahead of the database.
CREATE OR REPLACE FUNCTION feedmill.current_cursor() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((
    SELECT concat_ws('.', c.epoch, c.tx, c.id) FROM feedmill_data.changes c
    WHERE c.tx < (SELECT pg_snapshot_xmin(pg_current_snapshot())) OR c.epoch < (SELECT contract.epoch FROM feedmill_data.contract)
    ORDER BY c.epoch DESC, c.tx DESC, c.id DESC LIMIT 1),
    -- A quiet installation may have no change that is young enough to be kept.
    (SELECT contract.expired_cursor FROM feedmill_data.contract), '0.0.0');
$$;
COMMENT ON FUNCTION feedmill.current_cursor() IS 'The cursor to start from after copying the view records: read it first, then copy, then follow feedmill.changes(). Changes made in the meantime may appear twice, but none is missed.';

CREATE OR REPLACE VIEW feedmill.record_revisions AS
SELECT
  a.id AS record_id,
  a.revision,
  true AS latest,
  a.revised_fields AS changed_fields,
  a.revised_chars AS changed_chars,
  a.title,
  a.authors,
  a.published_at,
  a.language,
  coalesce(a.excerpt, (SELECT (b.body).excerpt FROM feedmill_data.bodies b WHERE b.article_id = a.id)) AS excerpt,
  coalesce(a.content_html, (SELECT (b.body).content_html FROM feedmill_data.bodies b WHERE b.article_id = a.id)) AS content_html,
  coalesce(a.content_text, (SELECT (b.body).content_text FROM feedmill_data.bodies b WHERE b.article_id = a.id)) AS content_text,
  a.lead_image_url,
  a.word_count,
  a.content_source,
  coalesce(a.revised_at, a.stored_at) AS stored_at,
  NULL::timestamptz AS replaced_at,
  a.extractor_version
FROM feedmill_data.articles a
WHERE a.stored_at IS NOT NULL
UNION ALL
SELECT
  article_id, revision, false, revised_fields, revised_chars, title, authors, published_at, language, excerpt, content_html,
  content_text, lead_image_url, word_count, content_source, revised_at, replaced_at, extractor_version
FROM feedmill_data.revisions r
-- Retention deletes a record before its revisions (articles_deleted).
WHERE EXISTS (SELECT FROM feedmill_data.articles a WHERE a.id = r.article_id);

COMMENT ON VIEW feedmill.record_revisions IS 'One row per version of a record: the latest one and those that it replaced.';
COMMENT ON COLUMN feedmill.record_revisions.record_id IS 'The record: records.id.';
COMMENT ON COLUMN feedmill.record_revisions.revision IS 'Number of the version, from 1.';
COMMENT ON COLUMN feedmill.record_revisions.latest IS 'True for the version that the view records shows.';
COMMENT ON COLUMN feedmill.record_revisions.changed_fields IS 'What changed since the previous version: title, authors, published_at, content_text; null in the first version.';
COMMENT ON COLUMN feedmill.record_revisions.changed_chars IS 'Size of the change to content_text: the number of characters from the first to the last one that differs; null in the first version.';
COMMENT ON COLUMN feedmill.record_revisions.title IS 'Headline of this version.';
COMMENT ON COLUMN feedmill.record_revisions.authors IS 'Authors of this version.';
COMMENT ON COLUMN feedmill.record_revisions.published_at IS 'Publication date of this version.';
COMMENT ON COLUMN feedmill.record_revisions.language IS 'Language of this version.';
COMMENT ON COLUMN feedmill.record_revisions.excerpt IS 'Excerpt of this version.';
COMMENT ON COLUMN feedmill.record_revisions.content_html IS 'Body of this version as sanitized HTML.';
COMMENT ON COLUMN feedmill.record_revisions.content_text IS 'Body of this version as plain text.';
COMMENT ON COLUMN feedmill.record_revisions.lead_image_url IS 'Lead image of this version.';
COMMENT ON COLUMN feedmill.record_revisions.word_count IS 'Number of words in this version.';
COMMENT ON COLUMN feedmill.record_revisions.content_source IS 'Where the body of this version comes from: page or feed.';
COMMENT ON COLUMN feedmill.record_revisions.stored_at IS 'When this version was stored.';
COMMENT ON COLUMN feedmill.record_revisions.replaced_at IS 'When the next version replaced it; null in the latest version.';
COMMENT ON COLUMN feedmill.record_revisions.extractor_version IS 'Version of the extractor that made this version; null if it was made before this was recorded.';
