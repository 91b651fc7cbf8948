CREATE OR REPLACE VIEW feedmill.records AS
SELECT
  a.id,
  a.url,
  a.title,
  a.authors,
  a.published_at,
  a.language,
  a.site_name,
  f.title AS feed_title,
  feedmill_data.without_secrets(f.url) AS feed_url,
  -- A subquery of its own for each, which costs nothing where its column is not read. The row has them until they are moved.
  coalesce(a.excerpt, (SELECT (b.body).excerpt FROM feedmill_data.bodies b WHERE b.article_id = a.id)) AS excerpt,
  coalesce(a.content_html, (SELECT (b.body).content_html FROM feedmill_data.bodies b WHERE b.article_id = a.id)) AS content_html,
  coalesce(a.content_text, (SELECT (b.body).content_text FROM feedmill_data.bodies b WHERE b.article_id = a.id)) AS content_text,
  a.lead_image_url,
  a.word_count,
  a.content_source,
  a.error AS page_error,
  a.first_seen_at,
  a.stored_at,
  coalesce(a.changed_at, a.stored_at) AS updated_at,
  a.feed_id,
  a.revision,
  a.canonical_url,
  a.section,
  a.tags,
  a.modified_at,
  a.paywalled,
  a.lead_image_width,
  a.lead_image_height,
  a.lead_image_caption,
  a.reading_minutes,
  a.page_count,
  p.cluster_id,
  a.published_as ->> 'source' AS published_at_source,
  a.published_as ->> 'text' AS published_at_text,
  feedmill_data.json_boolean(a.published_as -> 'clamped') AS published_at_clamped,
  feedmill_data.json_boolean(a.published_as -> 'zoneAssumed') AS published_at_zone_assumed,
  a.modified_as ->> 'source' AS modified_at_source,
  a.modified_as ->> 'text' AS modified_at_text,
  feedmill_data.json_boolean(a.modified_as -> 'clamped') AS modified_at_clamped,
  feedmill_data.json_boolean(a.modified_as -> 'zoneAssumed') AS modified_at_zone_assumed,
  a.site,
  a.extractor_version,
  feedmill_data.url_host(a.url) AS host
FROM feedmill_data.articles a
JOIN feedmill_data.feeds f ON f.id = a.feed_id
LEFT JOIN feedmill_data.fingerprints p ON p.article_id = a.id
WHERE a.stored_at IS NOT NULL;

COMMENT ON VIEW feedmill.records IS 'One row per stored article.';
COMMENT ON COLUMN feedmill.records.id IS 'Stable id of the record, never reused.';
COMMENT ON COLUMN feedmill.records.url IS 'Normalized URL of the article''s page.';
COMMENT ON COLUMN feedmill.records.title IS 'Headline, as plain text.';
COMMENT ON COLUMN feedmill.records.authors IS 'Names of the authors, in the order of the byline.';
COMMENT ON COLUMN feedmill.records.published_at IS 'Publication date: as the feed gives it, else the page, else the time it was first seen. See published_at_source.';
COMMENT ON COLUMN feedmill.records.language IS 'Language as a BCP 47 tag, at least the lower-case primary code.';
COMMENT ON COLUMN feedmill.records.site_name IS 'Name of the site as its page gives it, else the title of the feed.';
COMMENT ON COLUMN feedmill.records.feed_title IS 'Title of the feed that showed the article first.';
COMMENT ON COLUMN feedmill.records.feed_url IS 'Address of the feed that showed the article first, without name and password.';
COMMENT ON COLUMN feedmill.records.excerpt IS 'The first sentences of the text, as plain text.';
COMMENT ON COLUMN feedmill.records.content_html IS 'The body as sanitized HTML. Links and images have absolute URLs.';
COMMENT ON COLUMN feedmill.records.content_text IS 'The body as plain text, with a blank line between paragraphs.';
COMMENT ON COLUMN feedmill.records.lead_image_url IS 'The image that the site shows with the article.';
COMMENT ON COLUMN feedmill.records.word_count IS 'Number of words in content_text; in scripts written without spaces, such as Chinese, Japanese and Thai, number of characters.';
COMMENT ON COLUMN feedmill.records.content_source IS 'Where the body comes from: page or feed.';
COMMENT ON COLUMN feedmill.records.page_error IS 'Why the page gave no content, if content_source is feed and the page was requested.';
COMMENT ON COLUMN feedmill.records.first_seen_at IS 'When a feed first showed the article.';
COMMENT ON COLUMN feedmill.records.stored_at IS 'When the record was first stored.';
COMMENT ON COLUMN feedmill.records.updated_at IS 'When the record last changed. feedmill.changes() lists what changed.';
COMMENT ON COLUMN feedmill.records.feed_id IS 'The feed that showed the article first: feeds.id.';
COMMENT ON COLUMN feedmill.records.cluster_id IS 'Shared by records with nearly the same text, such as a wire story on several sites: the id of the first of them, or its own id if it is alone. Null for the first few seconds, and for texts too short to compare.';
COMMENT ON COLUMN feedmill.records.published_at_source IS 'Where published_at comes from: feed, json-ld, meta, microdata, time (the element), url, text (a line of the page), or first seen. Null in records stored before this was recorded.';
COMMENT ON COLUMN feedmill.records.published_at_text IS 'The date as it was written there.';
COMMENT ON COLUMN feedmill.records.published_at_clamped IS 'True if the date was in the future, so that published_at is the time it was first seen.';
COMMENT ON COLUMN feedmill.records.published_at_zone_assumed IS 'True if the date had no known time zone, so that UTC was assumed.';
COMMENT ON COLUMN feedmill.records.modified_at_source IS 'Where modified_at comes from: json-ld or meta.';
COMMENT ON COLUMN feedmill.records.modified_at_text IS 'The date as it was written there.';
COMMENT ON COLUMN feedmill.records.modified_at_clamped IS 'True if the date was in the future, so that modified_at is the time it was read.';
COMMENT ON COLUMN feedmill.records.modified_at_zone_assumed IS 'True if the date had no known time zone, so that UTC was assumed.';
COMMENT ON COLUMN feedmill.records.site IS 'The site of url: its registrable domain, such as example.co.uk. Null in records older than this column.';
COMMENT ON COLUMN feedmill.records.host IS 'The host in url, such as news.example.co.uk.';
COMMENT ON COLUMN feedmill.records.revision IS 'Number of this version, from 1. Earlier versions are in record_revisions.';
COMMENT ON COLUMN feedmill.records.canonical_url IS 'The URL that the page declares as its own (link rel=canonical, og:url). Null if it declares none on its own site.';
COMMENT ON COLUMN feedmill.records.section IS 'The section of the site that the article is in, as the page gives it.';
COMMENT ON COLUMN feedmill.records.tags IS 'Tags and keywords, as the page gives them.';
COMMENT ON COLUMN feedmill.records.modified_at IS 'When the article was last modified, as the page gives it.';
COMMENT ON COLUMN feedmill.records.paywalled IS 'True if the page says that its full text is for subscribers, false if it says that it is free, null if it says neither.';
COMMENT ON COLUMN feedmill.records.lead_image_width IS 'Width of the lead image in pixels, as the page gives it.';
COMMENT ON COLUMN feedmill.records.lead_image_height IS 'Height of the lead image in pixels, as the page gives it.';
COMMENT ON COLUMN feedmill.records.lead_image_caption IS 'Caption of the lead image.';
COMMENT ON COLUMN feedmill.records.reading_minutes IS 'Estimated reading time of content_text in minutes, at least 1.';
COMMENT ON COLUMN feedmill.records.extractor_version IS 'Version of the extractor that made the record, or that last found nothing to change in it; null if that was before versions were recorded. A new version alone is no change.';
COMMENT ON COLUMN feedmill.records.page_count IS 'Number of pages that the body was joined from; 0 if it comes from the feed.';

CREATE OR REPLACE VIEW feedmill.sightings AS
SELECT
  e.id,
  e.article_id AS record_id,
  a.stored_at IS NOT NULL AS stored,
  e.feed_id,
  f.title AS feed_title,
  feedmill_data.without_secrets(f.url) AS feed_url,
  e.guid,
  e.url,
  e.title,
  e.authors,
  e.categories,
  e.published_at,
  e.first_seen_at,
  e.updated_at
FROM feedmill_data.entries e
JOIN feedmill_data.articles a ON a.id = e.article_id
JOIN feedmill_data.feeds f ON f.id = e.feed_id;

COMMENT ON VIEW feedmill.sightings IS 'One row per feed entry: which feed showed which record, when, and under what title. A story in several feeds is one record with several sightings.';
COMMENT ON COLUMN feedmill.sightings.id IS 'Stable id of the sighting.';
COMMENT ON COLUMN feedmill.sightings.record_id IS 'The record that it showed: records.id, once that is stored.';
COMMENT ON COLUMN feedmill.sightings.stored IS 'True once the record is stored. Until then it is being fetched, or listed in failures.';
COMMENT ON COLUMN feedmill.sightings.feed_id IS 'The feed: feeds.id.';
COMMENT ON COLUMN feedmill.sightings.feed_title IS 'Title of the feed.';
COMMENT ON COLUMN feedmill.sightings.feed_url IS 'Address of the feed, without name and password.';
COMMENT ON COLUMN feedmill.sightings.guid IS 'The entry''s own identifier (RSS guid, Atom id); null if it has none.';
COMMENT ON COLUMN feedmill.sightings.url IS 'Normalized URL that the entry links to; null if it has no usable link.';
COMMENT ON COLUMN feedmill.sightings.title IS 'Title as this feed gives it, as plain text.';
COMMENT ON COLUMN feedmill.sightings.authors IS 'Authors as this feed gives them.';
COMMENT ON COLUMN feedmill.sightings.categories IS 'Categories and tags as this feed gives them.';
COMMENT ON COLUMN feedmill.sightings.published_at IS 'Publication date as this feed gives it.';
COMMENT ON COLUMN feedmill.sightings.first_seen_at IS 'When a poll first found the entry.';
COMMENT ON COLUMN feedmill.sightings.updated_at IS 'When a poll last found that the entry had changed.';

CREATE OR REPLACE VIEW feedmill.enclosures AS
SELECT
  e.article_id AS record_id,
  e.id AS sighting_id,
  file.position::int AS position,
  feedmill_data.without_secrets(file.value ->> 'url') AS url,
  file.value ->> 'type' AS type,
  feedmill_data.json_number(file.value -> 'length', 9223372036854775807)::bigint AS bytes,
  round(feedmill_data.json_number(file.value -> 'duration', 1e300), 3)::float8 AS seconds
FROM feedmill_data.entries e
JOIN feedmill_data.articles a ON a.id = e.article_id
CROSS JOIN LATERAL jsonb_array_elements(feedmill_data.json_list(e.enclosures)) WITH ORDINALITY AS file (value, position);

COMMENT ON VIEW feedmill.enclosures IS 'One row per file that a feed entry points to, such as audio, video or images.';
COMMENT ON COLUMN feedmill.enclosures.record_id IS 'The record: records.id, once that is stored.';
COMMENT ON COLUMN feedmill.enclosures.sighting_id IS 'The entry that points to it: sightings.id.';
COMMENT ON COLUMN feedmill.enclosures.position IS 'Position among the entry''s files, from 1.';
COMMENT ON COLUMN feedmill.enclosures.url IS 'Address of the file.';
COMMENT ON COLUMN feedmill.enclosures.type IS 'Media type, as the feed gives it.';
COMMENT ON COLUMN feedmill.enclosures.bytes IS 'Size in bytes, as the feed gives it.';
COMMENT ON COLUMN feedmill.enclosures.seconds IS 'Duration in seconds, as the feed gives it.';

CREATE OR REPLACE VIEW feedmill.feeds AS
SELECT
  f.id,
  feedmill_data.without_secrets(f.url) AS url,
  f.title,
  f.folder,
  f.site_url,
  f.language,
  f.format,
  f.content,
  CASE
    WHEN f.removed_at IS NOT NULL THEN 'removed'
    WHEN f.paused_at IS NOT NULL THEN 'paused'
    WHEN f.due_at IS NULL THEN 'retired'
    WHEN f.failures > 0 THEN 'failing'
    WHEN h.blocked_until > now() THEN 'held back by its host'
    WHEN f.polled_at IS NULL THEN 'not polled yet'
    ELSE 'well'
  END AS state,
  f.polled_at AS last_poll_at,
  f.succeeded_at AS last_success_at,
  feedmill_data.without_secrets(f.last_error) AS last_error,
  f.failures AS failures_in_a_row,
  f.failing_since,
  CASE WHEN f.due_at IS NOT NULL THEN greatest(f.due_at, h.blocked_until) END AS next_due_at,
  feedmill_data.without_secrets(array_to_string(f.due_reasons, ' ')) AS next_due_reasons,
  c.entries_per_week,
  c.median_delay,
  CASE WHEN c.feed_id IS NOT NULL
    THEN c.stored + coalesce((SELECT sum(d.stored) FROM feedmill_data.count_changes d WHERE d.feed_id = f.id), 0)
    ELSE (SELECT count(*) FROM feedmill_data.articles a WHERE a.feed_id = f.id AND a.stored_at IS NOT NULL)
  END AS records,
  f.created_at,
  f.paused_at,
  f.removed_at,
  feedmill_data.interval_seconds(c.median_delay) AS median_delay_seconds,
  f.host
FROM feedmill_data.feeds f
LEFT JOIN feedmill_data.hosts h ON h.host = f.host
LEFT JOIN feedmill_data.feed_counts c ON c.feed_id = f.id;

COMMENT ON VIEW feedmill.feeds IS 'One row per feed, with its state. A feed that was removed but kept its records is still listed.';
COMMENT ON COLUMN feedmill.feeds.id IS 'Stable id of the feed.';
COMMENT ON COLUMN feedmill.feeds.url IS 'Address of the feed, without name and password.';
COMMENT ON COLUMN feedmill.feeds.title IS 'Title, as the feed gives it.';
COMMENT ON COLUMN feedmill.feeds.folder IS 'The user''s folder for it: names of folders, outermost first, joined by " / ".';
COMMENT ON COLUMN feedmill.feeds.site_url IS 'The site that the feed belongs to, as the feed gives it.';
COMMENT ON COLUMN feedmill.feeds.language IS 'Language, as the feed gives it.';
COMMENT ON COLUMN feedmill.feeds.format IS 'rss, atom, rdf or json; null until the feed has been read.';
COMMENT ON COLUMN feedmill.feeds.content IS 'What is stored for its entries: page (their pages) or feed (the feed''s own content).';
COMMENT ON COLUMN feedmill.feeds.state IS 'well, failing, held back by its host, not polled yet, retired (never polled again), paused (by the user), or removed (unsubscribed, its records were kept).';
COMMENT ON COLUMN feedmill.feeds.last_poll_at IS 'When the last poll started.';
COMMENT ON COLUMN feedmill.feeds.last_success_at IS 'When the last successful poll started.';
COMMENT ON COLUMN feedmill.feeds.last_error IS 'What is wrong and what to do about it, in a sentence; null if the last poll was successful.';
COMMENT ON COLUMN feedmill.feeds.failures_in_a_row IS 'Number of failed polls since the last successful one.';
COMMENT ON COLUMN feedmill.feeds.failing_since IS 'When the first of these polls failed.';
COMMENT ON COLUMN feedmill.feeds.next_due_at IS 'When it is polled next; null if it is retired, paused or removed.';
COMMENT ON COLUMN feedmill.feeds.next_due_reasons IS 'Why it is polled then, in sentences.';
COMMENT ON COLUMN feedmill.feeds.entries_per_week IS 'Average number of entries per week, over the last four weeks or as far as its entries go back. Measured at least once a day, and within about ten minutes of news; null before the first time.';
COMMENT ON COLUMN feedmill.feeds.median_delay IS 'Median time from publication to storage, over its last 100 records. Records published before the feed was subscribed to are left out. Measured as entries_per_week is.';
COMMENT ON COLUMN feedmill.feeds.median_delay_seconds IS 'median_delay in seconds, for tools that can''t read intervals.';
COMMENT ON COLUMN feedmill.feeds.host IS 'Host that the feed is fetched from, as turns and gaps count it (HOST_KEY).';
COMMENT ON COLUMN feedmill.feeds.records IS 'Number of stored records that it showed first.';
COMMENT ON COLUMN feedmill.feeds.created_at IS 'When it was subscribed to.';
COMMENT ON COLUMN feedmill.feeds.paused_at IS 'When the user paused it; null if it is not paused.';
COMMENT ON COLUMN feedmill.feeds.removed_at IS 'When the user unsubscribed; null if it is subscribed to.';

CREATE OR REPLACE VIEW feedmill.polls AS
SELECT
  p.id,
  p.feed_id,
  feedmill_data.without_secrets(f.url) AS feed_url,
  p.started_at,
  p.duration_ms,
  p.via,
  p.outcome,
  p.status,
  p.bytes,
  p.entries_seen,
  p.entries_new,
  p.possible_gap,
  feedmill_data.without_secrets(p.error) AS error,
  p.entries_left_out
FROM feedmill_data.polls p
-- Each has its feed. Where the address is not asked for, Postgres leaves out a left join, but not an inner one.
LEFT JOIN feedmill_data.feeds f ON f.id = p.feed_id;

COMMENT ON VIEW feedmill.polls IS 'One row per poll of a feed, or push from its WebSub hub.';
COMMENT ON COLUMN feedmill.polls.id IS 'Id of the poll.';
COMMENT ON COLUMN feedmill.polls.feed_id IS 'The feed: feeds.id.';
COMMENT ON COLUMN feedmill.polls.feed_url IS 'Address of the feed, without name and password.';
COMMENT ON COLUMN feedmill.polls.started_at IS 'When it started.';
COMMENT ON COLUMN feedmill.polls.duration_ms IS 'How long it took, in milliseconds.';
COMMENT ON COLUMN feedmill.polls.via IS 'poll: we fetched the document; push: its WebSub hub sent it.';
COMMENT ON COLUMN feedmill.polls.outcome IS 'news, steady (the document changed but has no new entries), unchanged, not-a-feed, or a code for the failure, such as missing, refused, throttled or unreachable.';
COMMENT ON COLUMN feedmill.polls.status IS 'HTTP status; null if there was no response.';
COMMENT ON COLUMN feedmill.polls.bytes IS 'Size of the document in bytes.';
COMMENT ON COLUMN feedmill.polls.entries_seen IS 'Number of entries in the document.';
COMMENT ON COLUMN feedmill.polls.entries_new IS 'How many of them were new.';
COMMENT ON COLUMN feedmill.polls.entries_left_out IS 'How many more were new, or had a new link, but were not taken because the feed had brought as many as a day may bring (FEED_MAX_NEW_PER_DAY), or linked to as many new hosts as a poll may (FEED_MAX_NEW_HOSTS). A later poll takes them.';
COMMENT ON COLUMN feedmill.polls.possible_gap IS 'True if the document shares no entry with the one before, so that entries may have come and gone between the two.';
COMMENT ON COLUMN feedmill.polls.error IS 'What went wrong, in a sentence; null if the poll was successful.';

CREATE OR REPLACE VIEW feedmill.failures AS
SELECT
  a.id AS record_id,
  a.url,
  coalesce(
    a.title,
    (
      -- As in db/ownership.ts.
      SELECT e.title FROM feedmill_data.entries e WHERE e.article_id = a.id AND (e.site = a.site OR e.feed_id = a.feed_id)
      ORDER BY (e.site = a.site) DESC NULLS LAST, e.updated_at DESC, e.id DESC LIMIT 1
    )
  ) AS title,
  a.feed_id,
  feedmill_data.without_secrets(f.url) AS feed_url,
  a.error AS kind,
  feedmill_data.without_secrets(coalesce(a.error_text, a.error)) AS reason,
  a.attempts,
  a.stored_at IS NOT NULL AS stored,
  a.first_seen_at,
  a.updated_at AS failed_at,
  feedmill_data.url_host(a.url) AS host
FROM feedmill_data.articles a
JOIN feedmill_data.feeds f ON f.id = a.feed_id
WHERE a.error IS NOT NULL AND a.due_at IS NULL;

COMMENT ON VIEW feedmill.failures IS 'One row per article whose page could not be read, and why. Articles that are still being tried are not listed.';
COMMENT ON COLUMN feedmill.failures.record_id IS 'The article: records.id, if it was stored from its feed''s content.';
COMMENT ON COLUMN feedmill.failures.url IS 'Normalized URL of the page.';
COMMENT ON COLUMN feedmill.failures.title IS 'Title, as far as known.';
COMMENT ON COLUMN feedmill.failures.feed_id IS 'The feed that showed the article first: feeds.id.';
COMMENT ON COLUMN feedmill.failures.feed_url IS 'Address of that feed, without name and password.';
COMMENT ON COLUMN feedmill.failures.kind IS 'A code for the cause, such as gone, missing, refused, robots, not-html, no-text or wall.';
COMMENT ON COLUMN feedmill.failures.reason IS 'The cause, in a sentence.';
COMMENT ON COLUMN feedmill.failures.attempts IS 'How many times the page was requested.';
COMMENT ON COLUMN feedmill.failures.stored IS 'True if the feed''s content is stored as a record.';
COMMENT ON COLUMN feedmill.failures.first_seen_at IS 'When a feed first showed the article.';
COMMENT ON COLUMN feedmill.failures.host IS 'The host in url.';
COMMENT ON COLUMN feedmill.failures.failed_at IS 'When the last attempt ended.';

CREATE OR REPLACE VIEW feedmill.possible_gaps AS
SELECT
  p.id AS poll_id,
  p.feed_id,
  f.title AS feed_title,
  feedmill_data.without_secrets(f.url) AS feed_url,
  (
    SELECT earlier.started_at FROM feedmill_data.polls earlier
    WHERE earlier.feed_id = p.feed_id AND earlier.started_at < p.started_at AND earlier.error IS NULL
    ORDER BY earlier.started_at DESC LIMIT 1
  ) AS missed_after,
  p.started_at AS missed_before,
  p.entries_new
FROM feedmill_data.polls p
JOIN feedmill_data.feeds f ON f.id = p.feed_id
WHERE p.possible_gap;

COMMENT ON VIEW feedmill.possible_gaps IS 'One row per period in which a feed may have shown entries that no poll saw, because two consecutive documents share none.';
COMMENT ON COLUMN feedmill.possible_gaps.poll_id IS 'The poll that found the gap: polls.id.';
COMMENT ON COLUMN feedmill.possible_gaps.feed_id IS 'The feed: feeds.id.';
COMMENT ON COLUMN feedmill.possible_gaps.feed_title IS 'Title of the feed.';
COMMENT ON COLUMN feedmill.possible_gaps.feed_url IS 'Address of the feed, without name and password.';
COMMENT ON COLUMN feedmill.possible_gaps.missed_after IS 'Start of the gap: the last successful poll before it; null if there is none.';
COMMENT ON COLUMN feedmill.possible_gaps.missed_before IS 'End of the gap: the poll that found it.';
COMMENT ON COLUMN feedmill.possible_gaps.entries_new IS 'Number of new entries in the poll that found it.';
