-- Tells changes() when what the views sightings and enclosures show of a record has changed: an entry is new, says something else,
-- leads to another record, belongs to another feed, or is gone.

-- An article that this transaction has made needs no change: no consumer knows it, and all of it is told when it is stored. Any other
-- may be stored at this moment by a transaction that can't be seen yet, so it counts as a record here. changes() leaves it out as long
-- as it is none.
CREATE OR REPLACE FUNCTION feedmill_data.note_sightings(article_ids bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM feedmill_data.note_changes(
    ARRAY(
      SELECT a.id FROM feedmill_data.articles a
      WHERE a.id = ANY (article_ids) AND (a.stored_at IS NOT NULL OR a.xmin <> pg_current_xact_id()::xid) ORDER BY a.id),
    'update', '{sightings}');
END $$;

CREATE OR REPLACE FUNCTION feedmill_data.entries_added() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM feedmill_data.note_sightings(ARRAY(SELECT DISTINCT article_id FROM added WHERE article_id IS NOT NULL));
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION feedmill_data.entry_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM feedmill_data.note_sightings(
    CASE TG_OP WHEN 'DELETE' THEN ARRAY[OLD.article_id] ELSE ARRAY[OLD.article_id, NEW.article_id] END);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER entries_added AFTER INSERT ON feedmill_data.entries
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION feedmill_data.entries_added();

-- For each row, with a condition: most updates and deletions are of entries whose record goes, or went long ago. It has a change of
-- its own, and a cascade is one statement for each record. Not for updated_at: a feed whose texts count visits changes at every poll.
CREATE OR REPLACE TRIGGER entry_changed AFTER UPDATE ON feedmill_data.entries FOR EACH ROW
WHEN (NEW.article_id IS NOT NULL AND
  (OLD.article_id, OLD.feed_id, OLD.guid, OLD.url, OLD.title, OLD.authors, OLD.categories, OLD.published_at,
    OLD.first_seen_at, OLD.enclosures)
  IS DISTINCT FROM
  (NEW.article_id, NEW.feed_id, NEW.guid, NEW.url, NEW.title, NEW.authors, NEW.categories, NEW.published_at,
    NEW.first_seen_at, NEW.enclosures))
EXECUTE FUNCTION feedmill_data.entry_changed();

CREATE OR REPLACE TRIGGER entry_deleted AFTER DELETE ON feedmill_data.entries FOR EACH ROW
WHEN (OLD.article_id IS NOT NULL) EXECUTE FUNCTION feedmill_data.entry_changed();
