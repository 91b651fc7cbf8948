/** A record as the exports get it: columns of the view `feedmill.records`, and what its first feed said. */
export interface ExportRecord {
  id: number;
  url: string;
  title: string;
  authors: string[];
  /** As its first feed states it, else as the record has it, else when it was first seen. */
  dated_at: Date;
  published_at: Date | null;
  language: string | null;
  site_name: string | null;
  feed_id: number;
  feed_title: string | null;
  feed_url: string;
  excerpt: string;
  content_html: string;
  content_text: string;
  lead_image_url: string | null;
  word_count: number;
  content_source: string;
  /** As its first feed has them. */
  categories: string[];
  first_seen_at: Date;
  stored_at: Date;
  updated_at: Date;
  revision: number;
}

/** Which records to export: those of one feed, and those stored or changed since a time. */
export interface Selection {
  feedId?: number;
  since?: Date;
}

/** Longest host that is spelled out in a folder's name: with the id before it, far below the 255 bytes of file systems. */
const MAX_HOST = 100;

/**
 * Where a record's file lies: a folder for its feed, and its id. Of lower-case ASCII letters, digits, `.`, `-` and `_`, so that the name is the same on
 * every file system; digits come first, so it is none of those that Windows keeps for itself.
 */
export function recordPath({ id, feed_id, feed_url }: ExportRecord): { folder: string; file: string } {
  const host = URL.canParse(feed_url) ? new URL(feed_url).host : '';
  const safe = host
    .replace(/[^a-z0-9.-]/g, '_')
    .slice(0, MAX_HOST)
    .replace(/[._-]+$/, '');
  return { folder: safe ? `${feed_id}-${safe}` : String(feed_id), file: recordFileName(id) };
}

/** The name of a record's file, in whatever folder. */
export const recordFileName = (id: number): string => `${id}.md`;

/** The record that a file of that name is of; undefined for other files. */
export function parseRecordId(file: string): number | undefined {
  const [, id] = /^(\d{1,15})\.md$/.exec(file) ?? [];
  return id === undefined ? undefined : Number(id);
}
