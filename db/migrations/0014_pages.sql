CREATE TABLE "feedmill_data"."pages" (
	"article_id" bigint NOT NULL,
	"number" integer NOT NULL,
	"url" text NOT NULL,
	"content_type" text NOT NULL,
	"body" "bytea" NOT NULL,
	"fetched_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pages_pkey" PRIMARY KEY("article_id","number")
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "lead_image_width" integer;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "lead_image_height" integer;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "lead_image_caption" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "reading_minutes" integer;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "canonical_url" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "section" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "tags" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "modified_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "paywalled" boolean;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "page_count" integer;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "pages_kept" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."pages" ADD CONSTRAINT "pages_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "feedmill_data"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "pages_fetched" ON "feedmill_data"."pages" USING btree ("fetched_at");--> statement-breakpoint
-- Compressed already: Postgres need not try.
ALTER TABLE "feedmill_data"."pages" ALTER COLUMN "body" SET STORAGE EXTERNAL;--> statement-breakpoint
UPDATE feedmill_data.articles SET reading_minutes = greatest(1, round(word_count / 238.0)), page_count = CASE content_source WHEN 'page' THEN 1 ELSE 0 END
WHERE stored_at IS NOT NULL;
