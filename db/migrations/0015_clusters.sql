CREATE TABLE "feedmill_data"."fingerprints" (
	"article_id" bigint PRIMARY KEY NOT NULL,
	"simhash" bigint NOT NULL,
	"cluster_id" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "feedmill_data"."fingerprints" ADD CONSTRAINT "fingerprints_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "feedmill_data"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- Near-duplicates by simhash (src/articles/simhash.ts). Hashes that differ in few bits share whole bytes: each pair of its eight bytes is a key,
-- 28 in all. Two hashes with up to 6 bits between them share at least one (two bytes are free of them), with 10 bits four in five do.
CREATE FUNCTION feedmill_data.simhash_keys(simhash bigint) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(((i * 8 + j) << 16) | (get_byte(int8send(simhash), i) << 8) | get_byte(int8send(simhash), j))
  FROM generate_series(0, 6) AS i, generate_series(i + 1, 7) AS j;
$$;
--> statement-breakpoint
CREATE INDEX "fingerprints_keys" ON "feedmill_data"."fingerprints" USING gin (feedmill_data.simhash_keys(simhash)) WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "fingerprints_cluster" ON "feedmill_data"."fingerprints" USING btree ("cluster_id");