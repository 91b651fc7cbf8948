ALTER TABLE "feedmill_data"."articles" ADD COLUMN "look" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "etag" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "last_modified" text;