CREATE TABLE "feedmill_data"."changes" (
	"epoch" integer NOT NULL,
	"tx" "xid8" NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "feedmill_data"."changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"record_id" bigint NOT NULL,
	"operation" text NOT NULL,
	"fields" text[],
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "changes_epoch_tx_id_pk" PRIMARY KEY("epoch","tx","id")
);
--> statement-breakpoint
CREATE TABLE "feedmill_data"."revisions" (
	"article_id" bigint NOT NULL,
	"revision" integer NOT NULL,
	"revised_at" timestamp with time zone NOT NULL,
	"replaced_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revised_fields" text[],
	"revised_chars" integer,
	"title" text,
	"authors" text[] NOT NULL,
	"published_at" timestamp with time zone,
	"language" text,
	"excerpt" text,
	"content_html" text,
	"content_text" text,
	"lead_image_url" text,
	"word_count" integer,
	"content_source" text,
	CONSTRAINT "revisions_article_id_revision_pk" PRIMARY KEY("article_id","revision")
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "changed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "revised_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "revised_fields" text[];--> statement-breakpoint
ALTER TABLE "feedmill_data"."articles" ADD COLUMN "revised_chars" integer;--> statement-breakpoint
ALTER TABLE "feedmill_data"."contract" ADD COLUMN "epoch" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "feedmill_data"."revisions" ADD CONSTRAINT "revisions_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "feedmill_data"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- The change cursor begins with all that is stored already.
INSERT INTO feedmill_data.changes (epoch, tx, record_id, operation, changed_at)
SELECT 1, pg_current_xact_id(), id, 'insert', stored_at FROM feedmill_data.articles WHERE stored_at IS NOT NULL ORDER BY stored_at, id;
