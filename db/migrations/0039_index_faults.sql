ALTER TABLE "feedmill_data"."unindexed" ADD COLUMN "faults" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."unindexed" ADD COLUMN "error" text;--> statement-breakpoint
CREATE INDEX "unindexed_faults" ON "feedmill_data"."unindexed" USING btree ("article_id") WHERE faults > 0;