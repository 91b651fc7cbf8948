CREATE TABLE "feedmill_data"."unindexed" (
	"article_id" bigint PRIMARY KEY NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
-- A queue: nearly all rows that are read are dead. Room on each page keeps claims from writing to the index, and vacuum runs after
-- some thousands of rows whatever the size of the table was once.
ALTER TABLE "feedmill_data"."unindexed" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0);--> statement-breakpoint
-- The contract has the trigger (db/contract/25-unindexed.sql). It is needed here already: its lock waits for transactions that have
-- written changes without it, so that the statement after it sees them.
CREATE FUNCTION feedmill_data.note_unindexed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO feedmill_data.unindexed (article_id) VALUES (NEW.record_id)
  ON CONFLICT (article_id) DO UPDATE SET due_at = excluded.due_at;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER note_unindexed AFTER INSERT ON feedmill_data.changes
FOR EACH ROW WHEN (NEW.operation = 'insert' OR NEW.fields && '{title,content_text}') EXECUTE FUNCTION feedmill_data.note_unindexed();
--> statement-breakpoint
INSERT INTO feedmill_data.unindexed (article_id, since)
SELECT c.record_id, min(c.changed_at)
FROM feedmill_data.changes c, (SELECT coalesce((SELECT search_cursor FROM feedmill_data.contract), '0.0.0') AS cursor) AS indexed
WHERE (c.epoch, c.tx, c.id) > (
    split_part(cursor, '.', 1)::integer, split_part(cursor, '.', 2)::xid8, split_part(cursor, '.', 3)::bigint)
  AND (c.operation = 'insert' OR c.fields && '{title,content_text}')
GROUP BY c.record_id;
