CREATE TABLE "feedmill_data"."id_ranges" (
	"lower" bigint PRIMARY KEY NOT NULL,
	"upper" bigint NOT NULL,
	CONSTRAINT "id_ranges_order" CHECK (lower < upper)
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."pages" DROP CONSTRAINT "pages_article_id_articles_id_fk";
--> statement-breakpoint
ALTER TABLE "feedmill_data"."revisions" DROP CONSTRAINT "revisions_article_id_articles_id_fk";
--> statement-breakpoint
ALTER TABLE "feedmill_data"."reextractions" DROP CONSTRAINT "reextractions_article_id_articles_id_fk";
--> statement-breakpoint
ALTER TABLE "feedmill_data"."fingerprints" DROP CONSTRAINT "fingerprints_article_id_articles_id_fk";
--> statement-breakpoint
ALTER TABLE "feedmill_data"."search" DROP CONSTRAINT "search_article_id_articles_id_fk";
--> statement-breakpoint
-- All ids so far are in the first range, since no row is copied.
INSERT INTO "feedmill_data"."id_ranges" ("lower", "upper")
SELECT 0, (coalesce(max("id"), 0) / 1000000 + 1) * 1000000 FROM "feedmill_data"."articles";
--> statement-breakpoint
-- Partitions a table by ranges of its column article_id. The table becomes the first partition as it is, with its indexes. Its rows
-- are scanned once, for the bound.
CREATE FUNCTION "feedmill_data"."partition_table"("name" text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  parent constant text := format('feedmill_data.%I', name);
  first constant text := format('feedmill_data.%I', name || '_0');
  -- Name and statement of each index, read before it is renamed. There is at least the primary key.
  indexes constant text[][] := ARRAY(
    SELECT ARRAY[c.relname::text, coalesce(
      'ALTER TABLE ' || parent || ' ADD CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid),
      pg_get_indexdef(c.oid))]
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.conrelid = i.indrelid
    WHERE i.indrelid = parent::regclass);
  index text[];
BEGIN
  EXECUTE format('ALTER TABLE %s RENAME TO %I', parent, name || '_0');
  FOREACH index SLICE 1 IN ARRAY indexes LOOP
    EXECUTE format('ALTER INDEX feedmill_data.%I RENAME TO %I', index[1], index[1] || '_0');
  END LOOP;
  EXECUTE format(
    'CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE) PARTITION BY RANGE (article_id)', parent, first);
  FOREACH index SLICE 1 IN ARRAY indexes LOOP
    EXECUTE index[2];
  END LOOP;
  EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (0) TO (%s)', parent, first,
    (SELECT upper FROM feedmill_data.id_ranges WHERE lower = 0));
END $$;
--> statement-breakpoint
SELECT "feedmill_data"."partition_table"('revisions');
--> statement-breakpoint
SELECT "feedmill_data"."partition_table"('pages');
