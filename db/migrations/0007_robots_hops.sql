ALTER TABLE "feedmill_data"."robots" ALTER COLUMN "body" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."robots" ALTER COLUMN "fetched_at" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."robots" ADD COLUMN "hop_url" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."robots" ADD COLUMN "hops" integer DEFAULT 0 NOT NULL;