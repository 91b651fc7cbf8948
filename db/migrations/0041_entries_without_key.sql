ALTER TABLE "feedmill_data"."entries" DROP CONSTRAINT "entries_article_id_articles_id_fk";
