-- One function splits both texts and queries into words, so that they always agree. It uses no dictionary or extension, and gives
-- the same words in every locale.

-- Han, kana, Hangul, bopomofo, Thai, Lao, Burmese and Khmer are indexed by pairs of characters, since they are written without
-- spaces or with endings attached. All other text is split at characters that are neither letters nor digits; accents (and the
-- vowel points of Hebrew and Arabic) are removed.
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
  -- Most text is ASCII except for quotes and dashes, and is finished here.
  words := regexp_replace(words, '[' || ascii || '\u00a0\u2000-\u206f]+', ' ', 'g');
  IF octet_length(words) = length(words) THEN RETURN lower(words); END IF;
  IF words IS NOT NFKD NORMALIZED OR words ~ ('[' || marks || '\u1100-\u11ff\u3099\u309a]') THEN
    words := normalize(regexp_replace(normalize(words, NFKD), '[' || marks || ']', '', 'g'), NFKC);
  END IF;
  -- With an explicit collation: in locale C the database's own only lower-cases ASCII.
  words := lower(words COLLATE "und-x-icu");
  words := regexp_replace(words, '[' || ascii || other || ']+', ' ', 'g');
  IF words ~ ('[' || paired || ']') THEN
    -- Each character is written twice with a space between: 岸田文雄 becomes 岸 岸田 田文 文雄 雄.
    words := regexp_replace(regexp_replace(words, '([' || paired || ']+)', ' \1 ', 'g'), '([' || paired || '])', '\1 \1', 'g');
  END IF;
  RETURN words;
END $$;

-- Texts are cut at these lengths, in characters: a tsvector holds at most a megabyte, and a long text must not fail.
CREATE OR REPLACE FUNCTION feedmill_data.search_vector(title text, content text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  setweight(to_tsvector('simple', left(feedmill_data.search_words(left(coalesce(title, ''), 1000)), 4000)), 'A')
  || setweight(to_tsvector('simple', left(feedmill_data.search_words(left(coalesce(content, ''), 60000)), 200000)), 'D');

-- One term of a query, a word or a phrase, as a phrase of words.
CREATE OR REPLACE FUNCTION feedmill_data.search_term(term text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  words text := btrim(feedmill_data.search_words(term));
  one constant text := '([' || feedmill_data.paired_scripts() || '])';
BEGIN
  -- The term may be part of a longer run of characters: there, the single characters at its ends do not occur, only the pairs.
  words := regexp_replace(words, '^' || one || ' \1', '\1');
  words := regexp_replace(words, one || ' \1$', '\1');
  IF words = '' THEN RETURN ''; END IF;
  -- A single character matches the start of a pair, or itself at the end of a run.
  IF words ~ ('^' || one || '$') THEN RETURN to_tsquery('simple', words || ':*'); END IF;
  RETURN phraseto_tsquery('simple', words);
END $$;

-- Splits a query into parts: the sign, and the phrase or the word. Only the first 1000 characters count, since the depth of a
-- tsquery grows with its words; a word that is cut in two is left out.
CREATE OR REPLACE FUNCTION feedmill_data.search_parts(query text) RETURNS SETOF text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_matches(
    CASE WHEN length(query) > 1000 THEN regexp_replace(left(query, 1000), '\S*$', '') ELSE query END,
    '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g');
$$;

-- A query for words and "phrases" that must occur, and -words that must not.
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
  -- Null if there are only unwanted words, since these would match almost everything.
  RETURN coalesce(wanted && unwanted, wanted);
END $$;

-- The text around the first term that occurs literally.
CREATE OR REPLACE FUNCTION feedmill_data.search_snippet(content text, query text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(
    CASE WHEN start > 1 THEN '…' ELSE '' END || substr(content, start, 200)
    || CASE WHEN length(content) > start + 200 THEN '…' ELSE '' END,
    '\s+', ' ', 'g')
  FROM (
    SELECT greatest(1, coalesce(min(nullif(
      strpos(lower(content COLLATE "und-x-icu"), lower(coalesce(part[2], part[3]) COLLATE "und-x-icu")), 0)), 1) - 60) AS start
    FROM feedmill_data.search_parts(query) AS part
    WHERE part[1] = ''
  ) AS found;
$$;

-- Splitting and indexing a text costs about as much as everything else that is written for a record. So it is not part of storing
-- a record; db/indexer.ts does it afterwards.

CREATE OR REPLACE FUNCTION feedmill.search(query text, max integer DEFAULT 20, snippets boolean DEFAULT false)
RETURNS TABLE (record_id bigint, rank real, title text, url text, site_name text, published_at timestamptz, snippet text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
-- Planned for each query: whether the index or the newest rows are faster depends on how common its words are.
SET plan_cache_mode = force_custom_plan SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wanted constant tsquery := feedmill_data.search_query(query);
  -- Only the newest matches are ranked; ranking a hundred thousand would take seconds.
  ranked constant integer := greatest(1000, max);
BEGIN
  RETURN QUERY
  WITH newest AS MATERIALIZED (
    SELECT s.article_id, s.words FROM feedmill_data.search s WHERE s.words @@ wanted ORDER BY s.article_id DESC LIMIT ranked
  ), best AS MATERIALIZED (
    SELECT n.article_id, ts_rank(n.words, wanted, 1) AS rank FROM newest n ORDER BY 2 DESC, 1 DESC LIMIT max
  )
  SELECT a.id, b.rank, a.title, a.url, a.site_name, a.published_at,
    CASE WHEN snippets THEN feedmill_data.search_snippet((feedmill_data.body_of(a)).content_text, query) END
  FROM best b JOIN feedmill_data.articles a ON a.id = b.article_id
  ORDER BY b.rank DESC, a.id DESC;
END $$;
COMMENT ON FUNCTION feedmill.search(text, integer, boolean) IS 'Full-text search for words that must occur, "phrases", and -words that must not. Han, kana, Hangul, Thai, Lao, Burmese and Khmer match any run of characters, everything else whole words, ignoring accents and case. Titles count more than text. Returns at most max records, best first, ranked among the 1000 newest matches (or max, if that is more); with snippets => true, also a piece of the text around the first match. New records are found within seconds.';
