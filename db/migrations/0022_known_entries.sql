DROP INDEX "feedmill_data"."entries_same_name";--> statement-breakpoint
DROP INDEX "feedmill_data"."entries_tombstones";--> statement-breakpoint
DROP INDEX "feedmill_data"."entries_same_content";--> statement-breakpoint
CREATE INDEX "entries_same_link" ON "feedmill_data"."entries" USING btree ("feed_id",md5(url),"id");--> statement-breakpoint
CREATE INDEX "entries_same_headline" ON "feedmill_data"."entries" USING btree ("feed_id","published_at",md5(title),"id");--> statement-breakpoint
CREATE INDEX "entries_same_content" ON "feedmill_data"."entries" USING btree ("feed_id","content_hash","id");