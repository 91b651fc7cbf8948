-- Notes that a record must be indexed (db/indexer.ts): it was stored, or its words have changed. Reads the log of changes, so that
-- it counts no matter which program or statement made the change.
CREATE OR REPLACE FUNCTION feedmill_data.note_unindexed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  -- Due again even if an indexer has claimed it: what that one has read may be out of date.
  INSERT INTO feedmill_data.unindexed (article_id) VALUES (NEW.record_id)
  ON CONFLICT (article_id) DO UPDATE SET due_at = excluded.due_at;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER note_unindexed AFTER INSERT ON feedmill_data.changes
FOR EACH ROW WHEN (NEW.operation = 'insert' OR NEW.fields && '{title,content_text}') EXECUTE FUNCTION feedmill_data.note_unindexed();
