CREATE TABLE "feedmill_data"."outages" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feedmill_data"."outages_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "feedmill_data"."robots" (
	"origin" text PRIMARY KEY NOT NULL,
	"body" text NOT NULL,
	"fetched_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "page_url" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "hops" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "ignore_robots" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "hop_url" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "hops" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "hops_permanent" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "moved_to" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "moved_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "moved_polls" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."feeds" ADD COLUMN "failing_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feedmill_data"."hosts" ADD COLUMN "crawl_delay_ms" integer;--> statement-breakpoint
ALTER TABLE "feedmill_data"."hosts" ADD COLUMN "leases" timestamp with time zone[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."hosts" ADD COLUMN "latency_ms" integer;--> statement-breakpoint
ALTER TABLE "feedmill_data"."hosts" ADD COLUMN "trouble" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."hosts" ADD COLUMN "reached_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feedmill_data"."hosts" ADD COLUMN "unreachable_at" timestamp with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "outages_open" ON "feedmill_data"."outages" USING btree ((ended_at is null)) WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "hosts_reached" ON "feedmill_data"."hosts" USING btree ("reached_at");--> statement-breakpoint
CREATE INDEX "hosts_unreachable" ON "feedmill_data"."hosts" USING btree ("unreachable_at");