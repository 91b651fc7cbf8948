ALTER TABLE "feedmill_data"."articles" ADD COLUMN "site" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."entries" ADD COLUMN "site" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."hosts" ADD COLUMN "article_turns" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."polls" ADD COLUMN "entries_left_out" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "entries_same_content" ON "feedmill_data"."entries" USING btree ("feed_id","content_hash");--> statement-breakpoint
CREATE INDEX "entries_same_name" ON "feedmill_data"."entries" USING btree ("feed_id","published_at",md5(title));--> statement-breakpoint
CREATE INDEX "entries_tombstones" ON "feedmill_data"."entries" USING btree ("feed_id","url") WHERE article_id is null;