-- One function splits both texts and queries into words, so that they always agree. It uses no dictionary, extension or parser of
-- Postgres, and gives the same words in every locale. src/text/search-words.ts splits the texts that are indexed, in the same way
-- and several times as fast; a test compares the two.

-- Han, kana, Hangul, bopomofo, Thai, Lao, Burmese and Khmer are indexed by pairs of characters, since they are written without
-- spaces or with endings attached. All other text is split at characters that are neither letters nor digits; accents (and the
-- vowel points of Hebrew and Arabic) are removed.
CREATE OR REPLACE FUNCTION feedmill_data.paired_scripts() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  '\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u318e\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff';
CREATE OR REPLACE FUNCTION feedmill_data.search_marks() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  '\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u064b-\u0655\u0670';
CREATE OR REPLACE FUNCTION feedmill_data.search_separators() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  '\x01-/:-@\[-`{-\x7f\u0080-\u00bf\u00d7\u00f7\u0589\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u0e4f\u0e5a\u0e5b\u104a-\u104f\u1680\u17d4-\u17db\u180e\u2000-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30a0\u30fb\ufe10-\ufe6f\ufff9-\uffff\U0001f000-\U0001faff';

-- Lower-case words without marks, and spaces.
CREATE OR REPLACE FUNCTION feedmill_data.search_runs(words text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  -- Most text is ASCII except for quotes and dashes, and is finished here.
  words := regexp_replace(words, '[\x01-/:-@\[-`{-\x7f\u00a0\u2000-\u206f]+', ' ', 'g');
  IF octet_length(words) = length(words) THEN RETURN lower(words COLLATE "C"); END IF;
  words := normalize(regexp_replace(normalize(words, NFKD), '[' || feedmill_data.search_marks() || ']', '', 'g'), NFKC);
  -- With an explicit collation: in locale C the database's own only lower-cases ASCII.
  RETURN regexp_replace(lower(words COLLATE "und-x-icu"), '[' || feedmill_data.search_separators() || ']+', ' ', 'g');
END $$;

CREATE OR REPLACE FUNCTION feedmill_data.search_words(words text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  paired constant text := feedmill_data.paired_scripts();
BEGIN
  words := feedmill_data.search_runs(words);
  IF octet_length(words) = length(words) OR words !~ ('[' || paired || ']') THEN RETURN words; END IF;
  -- Each character is written twice with a space between: 岸田文雄 becomes 岸 岸田 田文 文雄 雄.
  RETURN regexp_replace(regexp_replace(words, '([' || paired || ']+)', ' \1 ', 'g'), '([' || paired || '])', '\1 \1', 'g');
END $$;

-- Texts are cut at these lengths, in characters, and longer words left out: a tsvector holds at most a megabyte, its words at most
-- 2046 bytes, and a long text must not fail. Positions begin at 2, since no phrase goes from the title on into the text.
CREATE OR REPLACE FUNCTION feedmill_data.search_positions(content text, max_chars integer) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
  SELECT coalesce(string_agg(word || ':' || n, ' '), '')::tsvector
  FROM (
    SELECT word, row_number() OVER () + 1 AS n
    FROM string_to_table(left(feedmill_data.search_words(left(coalesce(content, ''), max_chars)), 200000), ' ') AS word
    WHERE word <> '' AND octet_length(word) <= 2046
  ) AS words);

-- The words of a record with their positions, for a filter that reads one record.
CREATE OR REPLACE FUNCTION feedmill_data.search_vector(title text, content text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  setweight(feedmill_data.search_positions(title, 1000), 'A') || setweight(feedmill_data.search_positions(content, 60000), 'D');

-- The words of one term of a query, which is a word or a phrase.
CREATE OR REPLACE FUNCTION feedmill_data.search_term_words(term text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  words text := btrim(feedmill_data.search_words(term));
  one constant text := '([' || feedmill_data.paired_scripts() || '])';
BEGIN
  -- The term may be part of a longer run of characters: there, the single characters at its ends do not occur, only the pairs.
  words := regexp_replace(words, '^' || one || ' \1', '\1');
  words := regexp_replace(words, one || ' \1$', '\1');
  RETURN ARRAY(SELECT word FROM string_to_table(words, ' ') AS word WHERE word <> '' AND octet_length(word) <= 2046);
END $$;

-- One term of a query as a phrase of words, for search_vector. A single character matches the start of a pair, or itself at the end
-- of a run.
CREATE OR REPLACE FUNCTION feedmill_data.search_term(term text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (array_to_string(words, ' <-> ') || CASE WHEN words[1] ~ ('^[' || feedmill_data.paired_scripts() || ']$') AND cardinality(words) = 1
    THEN ':*' ELSE '' END)::tsquery
  FROM feedmill_data.search_term_words(term) AS words;
$$;

-- A text as search_pattern searches it.
CREATE OR REPLACE FUNCTION feedmill_data.search_text(title text, content text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  -- A control character between them, since no phrase goes from the title on into the text. To cut a text takes as long as to unpack
  -- it, so only those are cut that may be too long.
  words constant text := concat(left(title, 1000), E'\x01', CASE WHEN octet_length(content) > 60000 THEN left(content, 60000) ELSE content END);
BEGIN
  IF octet_length(words) = length(words) THEN RETURN lower(words COLLATE "C"); END IF;
  IF words ~ '[^\x01-\x7f\u00a0\u2000-\u206f]' THEN RETURN lower(normalize(words, NFKD) COLLATE "und-x-icu"); END IF;
  RETURN lower(words COLLATE "C");
END $$;

-- Which vowels and consonants of Hangul and which sound marks of kana make another character of this one.
CREATE OR REPLACE FUNCTION feedmill_data.search_combining(letter text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg(chr(code), '')
  FROM (SELECT generate_series(4449, 4469) UNION ALL SELECT generate_series(4520, 4546) UNION ALL VALUES (12441), (12442)) AS part (code)
  WHERE length(normalize(letter || chr(code), NFKC)) = 1;
$$;

-- The regular expression that finds a phrase. It finds what search_vector and search_term find, in a tenth of the time.
CREATE OR REPLACE FUNCTION feedmill_data.search_pattern(term text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  paired constant text := feedmill_data.paired_scripts();
  marks constant text := '[' || feedmill_data.search_marks() || ']*';
  separators constant text := replace(feedmill_data.search_separators(), '\x01', '\x02');
  gap constant text := '[' || separators || feedmill_data.search_marks() || ']*';
  words text := normalize(btrim(feedmill_data.search_runs(term)), NFKD);
BEGIN
  -- Between a letter and a character of a paired script there need be no separator: _ stands for that.
  words := regexp_replace(words, '(?<=[' || paired || ']) ?(?=[^ ' || paired || '])|(?<=[^ ' || paired || ']) ?(?=[' || paired || '])', '_', 'g');
  words := regexp_replace(words, '[^ _]', '\&' || marks, 'g');
  words := replace(replace(words, ' ', '[' || separators || ']' || gap), '_', gap);
  -- Which of the two letters ends a word depends on what comes after it.
  words := regexp_replace(words, '[σς]', '[σς]', 'g');
  -- A word begins and ends at a separator or at a paired script. A character does not end where what follows is a part of it.
  RETURN CASE WHEN words ~ ('^[' || paired || ']') THEN '' ELSE '(?:^|[' || feedmill_data.search_separators() || paired || '])' || marks END
    || words
    || CASE WHEN words ~ ('[' || paired || ']\[[^]]*\]\*$') 
         THEN coalesce('(?!' || marks || '[' || feedmill_data.search_combining(right(btrim(feedmill_data.search_runs(term)), 1)) || '])', '')
       ELSE '(?:$|[' || feedmill_data.search_separators() || paired || '])' END;
END $$;

-- Splits a query into parts: the sign, and the phrase or the word. Only the first 1000 characters count, since the depth of a
-- tsquery grows with its words; a word that is cut in two is left out. Where characters stand for several (ﷺ for 18), fewer count.
CREATE OR REPLACE FUNCTION feedmill_data.search_parts(query text) RETURNS SETOF text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_matches(
    CASE WHEN length(query) > longest THEN regexp_replace(left(query, longest), '\S*$', '') ELSE query END,
    '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g')
  FROM (SELECT 1000 * 1000 / greatest(1000, length(normalize(left(query, 1000), NFKC))) AS longest) AS cut;
$$;

-- A word in the index: its 32-bit hash (FNV-1a over its code points), signed. Two words have the same key once in four billion.
CREATE OR REPLACE FUNCTION feedmill_data.search_key(word text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  hash bigint := 2166136261;
  letter text;
BEGIN
  FOREACH letter IN ARRAY string_to_array(word, NULL) LOOP
    hash := ((hash # ascii(letter)) * 16777619) & 4294967295;
  END LOOP;
  RETURN hash::bit(32)::integer;
END $$;

-- The terms of a query: the keys of its words, its words for a search_vector, and the regular expression that finds it in a text.
CREATE OR REPLACE FUNCTION feedmill_data.search_terms(query text)
RETURNS TABLE (is_wanted boolean, is_phrase boolean, keys integer[], words tsquery, pattern text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT t.sign = '', cardinality(t.words) > 1, ARRAY(SELECT feedmill_data.search_key(word) FROM unnest(t.words) AS word),
    feedmill_data.search_term(t.term), feedmill_data.search_pattern(t.term)
  FROM (
    SELECT part[1] AS sign, coalesce(part[2], part[3]) AS term,
      feedmill_data.search_term_words(coalesce(part[2], part[3])) AS words
    FROM feedmill_data.search_parts(query) AS part
  ) AS t
  WHERE cardinality(t.words) > 0;
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
