CREATE SCHEMA feedmill;
--> statement-breakpoint
COMMENT ON SCHEMA feedmill IS 'What consumers read. The tables behind it are in feedmill_data and may change; these views do not, within a major version.';
--> statement-breakpoint
CREATE VIEW feedmill.records AS
SELECT
  a.id,
  a.url,
  a.title,
  a.authors,
  a.published_at,
  a.language,
  a.site_name,
  f.title AS feed_title,
  f.url AS feed_url,
  a.excerpt,
  a.content_html,
  a.content_text,
  a.lead_image_url,
  a.word_count,
  a.content_source,
  a.error AS page_error,
  a.first_seen_at,
  a.stored_at,
  a.updated_at
FROM feedmill_data.articles a
JOIN feedmill_data.feeds f ON f.id = a.feed_id
WHERE a.stored_at IS NOT NULL;
--> statement-breakpoint
COMMENT ON VIEW feedmill.records IS 'One row per stored article.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.id IS 'Stable id of the record.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.url IS 'Canonical URL of the article''s page.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.title IS 'Headline, plain text.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.authors IS 'Names, in the order of the byline.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.published_at IS 'When it was published, as the feed says, else the page; null when neither gives a sane date.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.language IS 'BCP 47 tag; at the least the lower-case primary code.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.site_name IS 'Name of the site, as its page gives it, else the title of its feed.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.feed_title IS 'Title of the feed that showed the article first.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.feed_url IS 'Address of the feed that showed the article first.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.excerpt IS 'The first sentences, plain text.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.content_html IS 'The body as sanitized HTML; links and images are absolute.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.content_text IS 'The body as plain text; paragraphs are parted by blank lines.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.lead_image_url IS 'The picture that the site shows with the article.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.word_count IS 'Words of content_text; CJK text is counted by characters.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.content_source IS 'Where the body came from: page or feed.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.page_error IS 'Why the page gave no content, when content_source is feed and the page was asked for.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.first_seen_at IS 'When a feed first showed the article.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.stored_at IS 'When the record was first stored.';
--> statement-breakpoint
COMMENT ON COLUMN feedmill.records.updated_at IS 'When the record last changed.';
