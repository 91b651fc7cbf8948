import { isDeepStrictEqual } from 'node:util';
import type { ArticleRecord, Provenance } from './article.js';

/** A stored record, as a new reading of its page is compared with it. */
export interface CurrentRecord extends Omit<ArticleRecord, 'published' | 'extractorVersion'> {
  /** Absent in records that are older than provenance. */
  published?: Provenance | { source: 'first seen' };
  /** Its date when neither feed nor page has a usable one. */
  firstSeenAt: Date;
}

/** A column of the record that differs. */
export interface FieldChange {
  /** The name of the column in feedmill.records. */
  field: string;
  before: unknown;
  after: unknown;
}

type Comparable = Omit<CurrentRecord, 'firstSeenAt'>;

/** The fields that are compared, by the columns of feedmill.records, in the order in which people read them. */
const FIELDS: Record<string, keyof Comparable> = {
  title: 'title',
  authors: 'authors',
  published_at: 'publishedAt',
  published_at_source: 'published',
  modified_at: 'modifiedAt',
  modified_at_source: 'modified',
  language: 'language',
  site_name: 'siteName',
  section: 'section',
  tags: 'tags',
  excerpt: 'excerpt',
  content_text: 'contentText',
  content_html: 'contentHtml',
  content_source: 'contentSource',
  word_count: 'wordCount',
  reading_minutes: 'readingMinutes',
  page_count: 'pageCount',
  lead_image_url: 'leadImageUrl',
  lead_image_width: 'leadImageWidth',
  lead_image_height: 'leadImageHeight',
  lead_image_caption: 'leadImageCaption',
  canonical_url: 'canonicalUrl',
  paywalled: 'paywalled',
};

/** Lists what a new reading changes in a stored record. Call `settleDates` first. */
export function listChanges(current: CurrentRecord, record: ArticleRecord): FieldChange[] {
  const next: Comparable = {
    ...record,
    publishedAt: record.published?.clamped ? current.firstSeenAt : (record.publishedAt ?? current.firstSeenAt),
    published: record.published ?? { source: 'first seen' },
  };
  return Object.entries(FIELDS).flatMap(([field, key]) =>
    isDeepStrictEqual(current[key], next[key]) ? [] : [{ field, before: current[key], after: next[key] }],
  );
}

/** A date in the future was replaced by the time of reading. Read again, it stays what it was replaced by then. */
export function settleDates(record: ArticleRecord, current: CurrentRecord): ArticleRecord {
  const same = record.modified?.clamped && isDeepStrictEqual(record.modified, current.modified);
  return same && current.modifiedAt ? { ...record, modifiedAt: current.modifiedAt } : record;
}
