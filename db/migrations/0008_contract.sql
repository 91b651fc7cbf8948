CREATE TABLE "feedmill_data"."contract" (
	"singleton" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"version" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "contract_singleton" CHECK (singleton)
);
--> statement-breakpoint
DROP INDEX "feedmill_data"."articles_feed";--> statement-breakpoint
DROP INDEX "feedmill_data"."articles_stored";--> statement-breakpoint
DROP INDEX "feedmill_data"."articles_failed";--> statement-breakpoint
DROP INDEX "feedmill_data"."polls_feed";--> statement-breakpoint
CREATE INDEX "articles_feed_stored" ON "feedmill_data"."articles" USING btree ("feed_id","stored_at");--> statement-breakpoint
CREATE INDEX "articles_published" ON "feedmill_data"."articles" USING btree ("published_at","id") WHERE stored_at is not null;--> statement-breakpoint
CREATE INDEX "entries_feed_seen" ON "feedmill_data"."entries" USING btree ("feed_id","first_seen_at");--> statement-breakpoint
CREATE INDEX "entries_enclosures" ON "feedmill_data"."entries" USING btree ("article_id") WHERE enclosures <> '[]';--> statement-breakpoint
CREATE INDEX "polls_started" ON "feedmill_data"."polls" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "polls_gaps" ON "feedmill_data"."polls" USING btree ("started_at") WHERE possible_gap;--> statement-breakpoint
CREATE INDEX "articles_stored" ON "feedmill_data"."articles" USING btree ("stored_at","id") WHERE stored_at is not null;--> statement-breakpoint
CREATE INDEX "articles_failed" ON "feedmill_data"."articles" USING btree ("updated_at") WHERE error is not null;--> statement-breakpoint
CREATE INDEX "polls_feed" ON "feedmill_data"."polls" USING btree ("feed_id","started_at");--> statement-breakpoint
-- Entries without a link were named after their feed's address, with the name and password that it may carry.
UPDATE feedmill_data.articles a SET url = bare.url
FROM (SELECT id, regexp_replace(url, '^([a-z][a-z0-9+.-]*://)[^/?#]*@', '\1', 'i') AS url FROM feedmill_data.articles WHERE host IS NULL AND url ~ '^[^/?#]*//[^/?#]*@') bare
WHERE a.id = bare.id AND NOT EXISTS (SELECT FROM feedmill_data.articles o WHERE o.url = bare.url);
