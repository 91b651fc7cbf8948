CREATE TABLE "feedmill_data"."count_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feedmill_data"."count_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"feed_id" bigint NOT NULL,
	"pending" integer NOT NULL,
	"stored" integer NOT NULL,
	"failed" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feedmill_data"."feed_counts" (
	"feed_id" bigint PRIMARY KEY NOT NULL,
	"pending" integer NOT NULL,
	"stored" integer NOT NULL,
	"failed" integer NOT NULL,
	"entries_per_week" double precision,
	"median_delay" interval,
	"measure_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."feed_counts" ADD CONSTRAINT "feed_counts_feed_id_feeds_id_fk" FOREIGN KEY ("feed_id") REFERENCES "feedmill_data"."feeds"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "count_changes_feed" ON "feedmill_data"."count_changes" USING btree ("feed_id");--> statement-breakpoint
CREATE INDEX "feed_counts_measure" ON "feedmill_data"."feed_counts" USING btree ("measure_at");--> statement-breakpoint
CREATE INDEX "articles_changed" ON "feedmill_data"."articles" USING btree (coalesce(changed_at, stored_at)) WHERE stored_at is not null;--> statement-breakpoint
CREATE INDEX "articles_first_seen" ON "feedmill_data"."articles" USING brin ("first_seen_at");--> statement-breakpoint
CREATE INDEX "articles_doubtful" ON "feedmill_data"."articles" USING btree ("stored_at") WHERE case when jsonb_typeof(published_as -> 'clamped') = 'boolean' then (published_as -> 'clamped')::boolean end or case when jsonb_typeof(published_as -> 'zoneAssumed') = 'boolean' then (published_as -> 'zoneAssumed')::boolean end;