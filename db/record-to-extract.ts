import { sql } from 'drizzle-orm';
import type { CurrentRecord } from '../src/articles/compare-records.js';
import type { LeasedRow } from '../src/jobs/leased-row.js';
import type { StartedReextraction } from '../src/jobs/reextract-record.js';
import type { RecordToExtract } from '../src/jobs/reextraction.js';
import { present } from '../src/text/present.js';
import type { Db } from './client.js';
import { ENTRY_COLUMNS, type EntryColumns, SPEAKING_ENTRY, toDate, toFeedVersion } from './speaking-entry.js';

/** Changes with all that a claim, a fetch or an edit does to article `a`. */
export const ARTICLE_VERSION = sql`concat_ws(' ', extract(epoch from a.due_at), '/', extract(epoch from a.updated_at))`;

interface RecordRow extends EntryColumns {
  version: string;
  url: string;
  host: string | null;
  read_at: Date | string;
  entry_id: string | null;
  title: string | null;
  authors: string[];
  published_at: Date | string | null;
  published_as: CurrentRecord['published'] | null;
  language: string | null;
  site_name: string | null;
  excerpt: string | null;
  content_html: string | null;
  content_text: string | null;
  lead_image_url: string | null;
  lead_image_width: number | null;
  lead_image_height: number | null;
  lead_image_caption: string | null;
  word_count: number | null;
  reading_minutes: number | null;
  content_source: 'page' | 'feed' | null;
  canonical_url: string | null;
  section: string | null;
  tags: string[];
  modified_at: Date | string | null;
  modified_as: CurrentRecord['modified'] | null;
  paywalled: boolean | null;
  page_count: number | null;
  first_seen_at: Date | string;
}

/** Loads a stored record with what its feed says now. Undefined when there is none. */
export async function loadRecordToExtract(
  db: Db,
  id: number,
): Promise<(Omit<RecordToExtract, 'attempts'> & { version: string }) | undefined> {
  const { rows } = await db.execute<RecordRow>(sql`
    select a.*, body.*, ${ARTICLE_VERSION} as version, greatest(a.stored_at, e.updated_at) as read_at, e.id as entry_id, ${ENTRY_COLUMNS}
    from feedmill_data.articles a cross join lateral feedmill_data.body_of(a) as body ${SPEAKING_ENTRY}
    where a.id = ${id} and a.stored_at is not null`);
  const [row] = rows;
  return (
    row && {
      id,
      url: row.url,
      version: row.version,
      current: toCurrentRecord(row),
      feedOnly: row.host === null,
      readAt: new Date(row.read_at),
      ...(row.entry_id !== null && { feed: toFeedVersion(row) }),
    }
  );
}

/** A record whose re-extraction was started under this lease. */
export async function loadStarted(db: Db, lease: LeasedRow & { attempts: number }): Promise<StartedReextraction | undefined> {
  const record = await loadRecordToExtract(db, lease.id);
  return record && { ...record, ...lease };
}

const toCurrentRecord = (row: RecordRow): CurrentRecord => ({
  title: row.title ?? '',
  authors: row.authors,
  excerpt: row.excerpt ?? '',
  contentHtml: row.content_html ?? '',
  contentText: row.content_text ?? '',
  wordCount: row.word_count ?? 0,
  readingMinutes: row.reading_minutes ?? 0,
  contentSource: row.content_source ?? 'page',
  tags: row.tags,
  pageCount: row.page_count ?? 0,
  firstSeenAt: new Date(row.first_seen_at),
  ...present({
    publishedAt: toDate(row.published_at),
    published: row.published_as,
    language: row.language,
    siteName: row.site_name,
    leadImageUrl: row.lead_image_url,
    leadImageWidth: row.lead_image_width,
    leadImageHeight: row.lead_image_height,
    leadImageCaption: row.lead_image_caption,
    canonicalUrl: row.canonical_url,
    section: row.section,
    modifiedAt: toDate(row.modified_at),
    modified: row.modified_as,
    paywalled: row.paywalled,
  }),
});
