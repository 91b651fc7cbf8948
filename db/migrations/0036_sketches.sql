CREATE TABLE "feedmill_data"."fingerprint_keys" (
	"key" bigint NOT NULL,
	"article_id" bigint NOT NULL,
	CONSTRAINT "fingerprint_keys_key_article_id_pk" PRIMARY KEY("key","article_id")
);
--> statement-breakpoint
DROP INDEX "feedmill_data"."fingerprints_keys";--> statement-breakpoint
ALTER TABLE "feedmill_data"."fingerprints" ALTER COLUMN "simhash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."fingerprints" ADD COLUMN "sketch" "bytea";--> statement-breakpoint
CREATE INDEX "fingerprint_keys_article" ON "feedmill_data"."fingerprint_keys" USING btree ("article_id");
--> statement-breakpoint
-- Only its index used it.
DROP FUNCTION "feedmill_data"."simhash_keys"(bigint);--> statement-breakpoint
SELECT "feedmill_data"."partition_table"('fingerprints');--> statement-breakpoint
-- As many keys are deleted each day as are written: vacuumed after a day's, not after a fifth of two weeks'.
ALTER TABLE "feedmill_data"."fingerprint_keys" SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
--> statement-breakpoint
-- The records of the last two days get sketches and keys, so that copies that follow are found. Others keep their clusters.
INSERT INTO "feedmill_data"."unindexed" ("article_id")
SELECT "id" FROM "feedmill_data"."articles" WHERE "stored_at" > now() - interval '2 days'
ON CONFLICT DO NOTHING;
