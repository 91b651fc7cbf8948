ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "entry_dates" timestamp with time zone[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "wishes" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "unchanged_in_row" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "due_reasons" text[] DEFAULT '{}' NOT NULL;