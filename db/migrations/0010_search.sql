CREATE TABLE "feedmill_data"."search" (
	"article_id" bigint PRIMARY KEY NOT NULL,
	"words" "tsvector" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."contract" ADD COLUMN "search_cursor" text;--> statement-breakpoint
ALTER TABLE "feedmill_data"."search" ADD CONSTRAINT "search_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "feedmill_data"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "search_words" ON "feedmill_data"."search" USING gin ("words");