CREATE TYPE "feedmill_data"."body" AS ("excerpt" text, "content_text" text, "content_html" text);
--> statement-breakpoint
CREATE TABLE "feedmill_data"."bodies" (
	"article_id" bigint PRIMARY KEY NOT NULL,
	"body" "feedmill_data"."body" NOT NULL
) PARTITION BY RANGE ("article_id");
