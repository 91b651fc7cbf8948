ALTER TABLE "feedmill_data"."hosts" DROP COLUMN "robots_txt";--> statement-breakpoint
ALTER TABLE "feedmill_data"."hosts" DROP COLUMN "robots_fetched_at";