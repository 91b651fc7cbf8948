ALTER TABLE "feedmill_data"."outages" ADD COLUMN "witnesses" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."outages" ADD COLUMN "believed_at" timestamp with time zone;--> statement-breakpoint
-- Those that are open were believed by the rule of before.
UPDATE feedmill_data.outages SET believed_at = started_at;
