CREATE TABLE "feedmill_data"."websub_subscriptions" (
	"feed_id" bigint PRIMARY KEY NOT NULL,
	"hub_url" text NOT NULL,
	"topic" text NOT NULL,
	"secret" text NOT NULL,
	"token" text NOT NULL,
	"state" text DEFAULT 'asked' NOT NULL,
	"problem" text,
	"due_at" timestamp with time zone NOT NULL,
	"lease_expires_at" timestamp with time zone,
	"last_push_at" timestamp with time zone,
	"pushes_in_a_row" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "websub_subscriptions_token" UNIQUE("token")
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."polls" ADD COLUMN "via" text DEFAULT 'poll' NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."websub_subscriptions" ADD CONSTRAINT "websub_subscriptions_feed_id_feeds_id_fk" FOREIGN KEY ("feed_id") REFERENCES "feedmill_data"."feeds"("id") ON DELETE cascade ON UPDATE no action;