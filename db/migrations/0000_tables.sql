-- Drizzle makes this schema itself when it keeps its ledger there.
CREATE SCHEMA IF NOT EXISTS "feedmill_data";
--> statement-breakpoint
CREATE TABLE "feedmill_data"."articles" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feedmill_data"."articles_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"url" text NOT NULL,
	"host" text,
	"feed_id" bigint NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"due_at" timestamp with time zone DEFAULT now(),
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"error_text" text,
	"title" text,
	"authors" text[] DEFAULT '{}' NOT NULL,
	"published_at" timestamp with time zone,
	"language" text,
	"site_name" text,
	"excerpt" text,
	"content_html" text,
	"content_text" text,
	"lead_image_url" text,
	"word_count" integer,
	"content_source" text,
	"first_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"stored_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "articles_url" UNIQUE("url")
);
--> statement-breakpoint
CREATE TABLE "feedmill_data"."entries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feedmill_data"."entries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"feed_id" bigint NOT NULL,
	"key" text NOT NULL,
	"article_id" bigint NOT NULL,
	"guid" text,
	"url" text,
	"title" text,
	"authors" text[] DEFAULT '{}' NOT NULL,
	"published_at" timestamp with time zone,
	"summary_html" text,
	"content_html" text,
	"language" text,
	"image_url" text,
	"categories" text[] DEFAULT '{}' NOT NULL,
	"enclosures" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"content_hash" text NOT NULL,
	"first_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "entries_feed_key" UNIQUE("feed_id","key")
);
--> statement-breakpoint
CREATE TABLE "feedmill_data"."feeds" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feedmill_data"."feeds_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"url" text NOT NULL,
	"host" text NOT NULL,
	"due_at" timestamp with time zone DEFAULT now(),
	"content" text DEFAULT 'page' NOT NULL,
	"poll_every_ms" integer,
	"format" text,
	"title" text,
	"site_url" text,
	"language" text,
	"etag" text,
	"last_modified" text,
	"body_hash" text,
	"identity" text DEFAULT 'guid' NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"polled_at" timestamp with time zone,
	"succeeded_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feeds_url" UNIQUE("url")
);
--> statement-breakpoint
CREATE TABLE "feedmill_data"."hosts" (
	"host" text PRIMARY KEY NOT NULL,
	"gap_ms" integer,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"turn_at" timestamp with time zone,
	"blocked_until" timestamp with time zone,
	"robots_txt" text,
	"robots_fetched_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "feedmill_data"."polls" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feedmill_data"."polls_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"feed_id" bigint NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"outcome" text NOT NULL,
	"status" integer,
	"bytes" integer DEFAULT 0 NOT NULL,
	"entries_seen" integer DEFAULT 0 NOT NULL,
	"entries_new" integer DEFAULT 0 NOT NULL,
	"possible_gap" boolean DEFAULT false NOT NULL,
	"error" text
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD CONSTRAINT "articles_feed_id_feeds_id_fk" FOREIGN KEY ("feed_id") REFERENCES "feedmill_data"."feeds"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedmill_data"."entries" ADD CONSTRAINT "entries_feed_id_feeds_id_fk" FOREIGN KEY ("feed_id") REFERENCES "feedmill_data"."feeds"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedmill_data"."entries" ADD CONSTRAINT "entries_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "feedmill_data"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedmill_data"."polls" ADD CONSTRAINT "polls_feed_id_feeds_id_fk" FOREIGN KEY ("feed_id") REFERENCES "feedmill_data"."feeds"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "articles_host_due" ON "feedmill_data"."articles" USING btree ("host","due_at") WHERE due_at is not null and host is not null;--> statement-breakpoint
CREATE INDEX "articles_hostless_due" ON "feedmill_data"."articles" USING btree ("due_at") WHERE due_at is not null and host is null;--> statement-breakpoint
CREATE INDEX "articles_feed" ON "feedmill_data"."articles" USING btree ("feed_id");--> statement-breakpoint
CREATE INDEX "articles_stored" ON "feedmill_data"."articles" USING btree ("stored_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE stored_at is not null;--> statement-breakpoint
CREATE INDEX "articles_failed" ON "feedmill_data"."articles" USING btree ("updated_at" DESC NULLS LAST) WHERE error is not null;--> statement-breakpoint
CREATE INDEX "entries_article" ON "feedmill_data"."entries" USING btree ("article_id","updated_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "feeds_host_due" ON "feedmill_data"."feeds" USING btree ("host","due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "feeds_due" ON "feedmill_data"."feeds" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "hosts_turn" ON "feedmill_data"."hosts" USING btree ("turn_at") WHERE turn_at is not null;--> statement-breakpoint
CREATE INDEX "polls_feed" ON "feedmill_data"."polls" USING btree ("feed_id","started_at" DESC NULLS LAST);