CREATE TABLE "feedmill_data"."backfills" (
	"name" text PRIMARY KEY NOT NULL,
	"position" bigint DEFAULT 0 NOT NULL,
	"last" bigint NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."contract" ADD COLUMN "program" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."contract" ADD COLUMN "compatible_from" bigint;