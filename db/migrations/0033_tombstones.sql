DROP INDEX "feedmill_data"."entries_tombstones";--> statement-breakpoint
ALTER TABLE "feedmill_data"."entries" ADD COLUMN "gone_since" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "entries_tombstones" ON "feedmill_data"."entries" USING btree ("feed_id","gone_since") WHERE article_id is null;--> statement-breakpoint
ALTER TABLE "feedmill_data"."entries" DROP COLUMN "last_seen_at";--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" DROP COLUMN "read_at";
