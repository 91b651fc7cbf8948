CREATE SEQUENCE "feedmill_data"."reextraction_runs" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "feedmill_data"."reextractions" (
	"article_id" bigint PRIMARY KEY NOT NULL,
	"run" bigint NOT NULL,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone DEFAULT now(),
	"attempts" integer DEFAULT 0 NOT NULL,
	"outcome" text,
	"note" text,
	"done_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "extractor_version" integer;--> statement-breakpoint
ALTER TABLE "feedmill_data"."revisions" ADD COLUMN "extractor_version" integer;--> statement-breakpoint
ALTER TABLE "feedmill_data"."reextractions" ADD CONSTRAINT "reextractions_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "feedmill_data"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reextractions_due" ON "feedmill_data"."reextractions" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "reextractions_run" ON "feedmill_data"."reextractions" USING btree ("run","outcome");--> statement-breakpoint
CREATE INDEX "reextractions_done" ON "feedmill_data"."reextractions" USING btree ("done_at") WHERE done_at is not null;