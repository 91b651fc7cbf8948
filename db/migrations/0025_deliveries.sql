CREATE TABLE "feedmill_data"."deliveries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feedmill_data"."deliveries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"url" text NOT NULL,
	"kind" text NOT NULL,
	"events" text[] NOT NULL,
	"feed_ids" bigint[],
	"folder" text,
	"query" text,
	"secret" text NOT NULL,
	"rate_per_minute" integer NOT NULL,
	"concurrency" integer NOT NULL,
	"digest_minutes" integer NOT NULL,
	"cursor" text,
	"paused_at" timestamp with time zone,
	"problem" text,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"last_sent_at" timestamp with time zone,
	"last_error" text,
	"last_error_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feedmill_data"."delivery_records" (
	"delivery_id" bigint NOT NULL,
	"record_id" bigint NOT NULL,
	CONSTRAINT "delivery_records_pkey" PRIMARY KEY("delivery_id","record_id")
);
--> statement-breakpoint
CREATE TABLE "feedmill_data"."messages" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feedmill_data"."messages_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"uid" uuid DEFAULT gen_random_uuid() NOT NULL,
	"delivery_id" bigint NOT NULL,
	"type" text NOT NULL,
	"subject" text NOT NULL,
	"record_id" bigint,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"occurred_at" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"lease_end" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"dead_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."delivery_records" ADD CONSTRAINT "delivery_records_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "feedmill_data"."deliveries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedmill_data"."messages" ADD CONSTRAINT "messages_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "feedmill_data"."deliveries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "messages_waiting" ON "feedmill_data"."messages" USING btree ("delivery_id","id") WHERE dead_at is null;--> statement-breakpoint
CREATE INDEX "messages_subject" ON "feedmill_data"."messages" USING btree ("delivery_id","subject","id") WHERE dead_at is null;--> statement-breakpoint
CREATE INDEX "messages_dead" ON "feedmill_data"."messages" USING btree ("delivery_id","id") WHERE dead_at is not null;