import { type SQL, sql } from 'drizzle-orm';
import type { FeedVersion } from '../src/articles/article.js';
import type { WrittenAs } from '../src/text/date-words.js';
import { present } from '../src/text/present.js';
import { BY_RIGHT, MAY_SPEAK } from './ownership.js';

/** Joins to articles `a` the entry `e` that speaks for each (db/ownership.ts), and its feed `f`. Both may be missing. */
export const SPEAKING_ENTRY: SQL = sql`
  left join lateral (
    select e.* from feedmill_data.entries e where e.article_id = a.id and ${MAY_SPEAK} order by ${BY_RIGHT} limit 1
  ) e on true
  left join feedmill_data.feeds f on f.id = e.feed_id`;

/** What `toFeedVersion` needs to know of them. */
export const ENTRY_COLUMNS: SQL = sql`
  e.title as entry_title, e.authors as entry_authors, e.published_at as entry_published_at, e.published_as as entry_published_as,
  e.summary_html as entry_summary_html, e.content_html as entry_content_html, coalesce(e.language, f.language) as entry_language,
  e.image_url as entry_image_url, e.site = a.site as entry_own_site`;

/** A row with ENTRY_COLUMNS. */
export interface EntryColumns extends Record<string, unknown> {
  entry_title: string | null;
  entry_authors: string[] | null;
  entry_published_at: Date | string | null;
  entry_published_as: WrittenAs | null;
  entry_summary_html: string | null;
  entry_content_html: string | null;
  entry_language: string | null;
  entry_image_url: string | null;
  entry_own_site: boolean | null;
}

/** A time as the driver gives it in plain SQL. */
export const toDate = (value: Date | string | null): Date | null => (value === null ? null : new Date(value));

/** What the feed says about the article. */
export const toFeedVersion = (row: EntryColumns): FeedVersion => ({
  authors: row.entry_authors ?? [],
  ...present({
    title: row.entry_title,
    publishedAt: toDate(row.entry_published_at),
    publishedAs: row.entry_published_as,
    summaryHtml: row.entry_summary_html,
    contentHtml: row.entry_content_html,
    language: row.entry_language,
    imageUrl: row.entry_image_url,
    ownSite: row.entry_own_site || null,
  }),
});
