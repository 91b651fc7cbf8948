ALTER TABLE "feedmill_data"."articles" ADD COLUMN "published_as" jsonb;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "modified_as" jsonb;--> statement-breakpoint
ALTER TABLE "feedmill_data"."entries" ADD COLUMN "published_as" jsonb;