ALTER TABLE "feedmill_data"."contract" ADD COLUMN "expired_cursor" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."entries" ADD COLUMN "last_seen_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "read_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feedmill_data"."robots" ADD COLUMN "asked_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "entries_tombstones" ON "feedmill_data"."entries" USING btree ("feed_id","last_seen_at") WHERE article_id is null;--> statement-breakpoint
CREATE INDEX "hosts_unused" ON "feedmill_data"."hosts" USING btree ("next_at") WHERE turn_at is null and gap_ms is null;--> statement-breakpoint
CREATE INDEX "outages_ended" ON "feedmill_data"."outages" USING btree ("ended_at") WHERE ended_at is not null;--> statement-breakpoint
CREATE INDEX "robots_asked" ON "feedmill_data"."robots" USING btree ("asked_at");
