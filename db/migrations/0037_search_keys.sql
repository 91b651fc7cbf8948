CREATE TABLE "feedmill_data"."search_keys" (
	"article_id" bigint PRIMARY KEY NOT NULL,
	"title" integer[] NOT NULL,
	"keys" integer[] NOT NULL
);
--> statement-breakpoint
CREATE INDEX "search_keys_keys" ON "feedmill_data"."search_keys" USING gin ("keys");
--> statement-breakpoint
-- Hashes can't be compressed. Only the index and titles are read, so the keys go to another file, even those of short texts.
ALTER TABLE "feedmill_data"."search_keys" ALTER COLUMN "keys" SET STORAGE EXTERNAL, SET (toast_tuple_target = 128);
--> statement-breakpoint
SELECT "feedmill_data"."partition_table"('search_keys');
