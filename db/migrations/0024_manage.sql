ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "paused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "removed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "headers" jsonb;