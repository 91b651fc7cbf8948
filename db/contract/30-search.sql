-- One function splits texts and queries, so that they can't disagree. Written out rather than left to a dictionary or an extension: it gives the
-- same words whatever the locale of the database is.

-- Scripts that are written without spaces are found by pairs of characters: Han, kana, Hangul, bopomofo, and Thai, Lao, Burmese, Khmer.
-- All other text is parted at what is neither letter nor digit; accents (and the vowel points of Hebrew and Arabic) are dropped.
CREATE OR REPLACE FUNCTION feedmill_data.paired_scripts() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  '\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u318e\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff';

CREATE OR REPLACE FUNCTION feedmill_data.search_words(words text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  paired constant text := feedmill_data.paired_scripts();
  ascii constant text := '\x01-/:-@\[-`{-\x7f';
  marks constant text := '\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u064b-\u0655\u0670';
  other constant text := '\u0080-\u00bf\u00d7\u00f7\u0589\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u0e4f\u0e5a\u0e5b\u104a-\u104f\u17d4-\u17db\u2000-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30a0\u30fb\ufe10-\ufe6f\ufff9-\uffff\U0001f000-\U0001faff';
BEGIN
  -- Most text is ASCII but for quotes and dashes, and is done here.
  words := regexp_replace(words, '[' || ascii || '\u00a0\u2000-\u206f]+', ' ', 'g');
  IF octet_length(words) = length(words) THEN RETURN lower(words); END IF;
  IF words IS NOT NFKD NORMALIZED OR words ~ ('[' || marks || '\u1100-\u11ff\u3099\u309a]') THEN
    words := normalize(regexp_replace(normalize(words, NFKD), '[' || marks || ']', '', 'g'), NFKC);
  END IF;
  -- Not the database's own rules, which in locale C know ASCII alone.
  words := lower(words COLLATE "und-x-icu");
  words := regexp_replace(words, '[' || ascii || other || ']+', ' ', 'g');
  IF words ~ ('[' || paired || ']') THEN
    -- Each character twice, with a space between: 岸田文雄 becomes 岸 岸田 田文 文雄 雄.
    words := regexp_replace(regexp_replace(words, '([' || paired || ']+)', ' \1 ', 'g'), '([' || paired || '])', '\1 \1', 'g');
  END IF;
  RETURN words;
END $$;

-- So much of a text is searched, in characters: a tsvector holds a megabyte, and no text may fail for its length.
CREATE OR REPLACE FUNCTION feedmill_data.search_vector(title text, content text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  setweight(to_tsvector('simple', left(feedmill_data.search_words(left(coalesce(title, ''), 1000)), 4000)), 'A')
  || setweight(to_tsvector('simple', left(feedmill_data.search_words(left(coalesce(content, ''), 60000)), 200000)), 'D');

-- One term of a query, a word or a phrase: its words one after the other.
CREATE OR REPLACE FUNCTION feedmill_data.search_term(term text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  words text := btrim(feedmill_data.search_words(term));
  one constant text := '([' || feedmill_data.paired_scripts() || '])';
BEGIN
  -- At its ends a term may stand within a longer run: the pairs are sure, not the single characters before and after them.
  words := regexp_replace(words, '^' || one || ' \1', '\1');
  words := regexp_replace(words, one || ' \1$', '\1');
  IF words = '' THEN RETURN ''; END IF;
  -- A single character is found at the head of a pair, or alone at the end of a run.
  IF words ~ ('^' || one || '$') THEN RETURN to_tsquery('simple', words || ':*'); END IF;
  RETURN phraseto_tsquery('simple', words);
END $$;

-- The parts of a query: the sign, and the phrase or the word. Nobody asks for more than a thousand characters, and the depth of a query grows with its
-- words; the word that the cut goes through is left out, since it is another.
CREATE OR REPLACE FUNCTION feedmill_data.search_parts(query text) RETURNS SETOF text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_matches(
    CASE WHEN length(query) > 1000 THEN regexp_replace(left(query, 1000), '\S*$', '') ELSE query END,
    '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g');
$$;

-- Words and "phrases" that must be there, -words that must not.
CREATE OR REPLACE FUNCTION feedmill_data.search_query(query text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  part text[];
  term tsquery;
  wanted tsquery;
  unwanted tsquery;
BEGIN
  FOR part IN SELECT * FROM feedmill_data.search_parts(query) LOOP
    term := feedmill_data.search_term(coalesce(part[2], part[3]));
    CONTINUE WHEN numnode(term) = 0;
    IF part[1] = '-' THEN unwanted := coalesce(unwanted && !!term, !!term);
    ELSE wanted := coalesce(wanted && term, term);
    END IF;
  END LOOP;
  -- Nothing but what is not wanted would be all the rest.
  RETURN coalesce(wanted && unwanted, wanted);
END $$;

-- The text around the first term that stands in it as it was asked for.
CREATE OR REPLACE FUNCTION feedmill_data.search_snippet(content text, query text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(
    CASE WHEN start > 1 THEN '…' ELSE '' END || substr(content, start, 200) || CASE WHEN length(content) > start + 200 THEN '…' ELSE '' END,
    '\s+', ' ', 'g')
  FROM (
    SELECT greatest(1, coalesce(min(nullif(strpos(lower(content COLLATE "und-x-icu"), lower(coalesce(part[2], part[3]) COLLATE "und-x-icu")), 0)), 1) - 60) AS start
    FROM feedmill_data.search_parts(query) AS part
    WHERE part[1] = ''
  ) AS found;
$$;

-- To split and index a text costs about as much as all else that is written for a record, so it is not done where the record is stored: db/search.ts follows
-- the change cursor.

CREATE OR REPLACE FUNCTION feedmill.search(query text, max integer DEFAULT 20, snippets boolean DEFAULT false)
RETURNS TABLE (record_id bigint, rank real, title text, url text, site_name text, published_at timestamptz, snippet text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
-- Planned for the words at hand: how common they are decides between the index and the newest rows.
SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wanted constant tsquery := feedmill_data.search_query(query);
  -- So many of the newest that match are ranked; to rank a hundred thousand would take seconds.
  ranked constant integer := greatest(1000, max);
BEGIN
  RETURN QUERY
  WITH newest AS MATERIALIZED (
    SELECT s.article_id, s.words FROM feedmill_data.search s WHERE s.words @@ wanted ORDER BY s.article_id DESC LIMIT ranked
  ), best AS MATERIALIZED (
    SELECT n.article_id, ts_rank(n.words, wanted, 1) AS rank FROM newest n ORDER BY 2 DESC, 1 DESC LIMIT max
  )
  SELECT a.id, b.rank, a.title, a.url, a.site_name, a.published_at,
    CASE WHEN snippets THEN feedmill_data.search_snippet(a.content_text, query) END
  FROM best b JOIN feedmill_data.articles a ON a.id = b.article_id
  ORDER BY b.rank DESC, a.id DESC;
END $$;
COMMENT ON FUNCTION feedmill.search(text, integer, boolean) IS 'Full-text search: words that must be there, "phrases", -words that must not. Han, kana, Hangul, Thai, Lao, Burmese and Khmer are found by any run of characters, all else by whole words, without accents or case. Titles count more than text. Gives at most max records, the best first, of the 1000 newest (or max, if that is more) that match; with snippets => true, a piece of the text around the first match. New records are found within seconds.';
