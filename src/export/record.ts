import { trimEndChars } from '../text/trim.js';
import { canParseUrl } from '../text/url.js';

/** A record to export: columns of the view `feedmill.records`, and some that its first feed declared. */
export interface ExportRecord {
  id: number;
  url: string;
  title: string;
  authors: string[];
  /** The date that its first feed gives, or else the record's own, or else when it was first seen. */
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
  /** The categories that its first feed gives. */
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

/**
 * Longest part of the host in a folder's name, in characters. With the feed's id before it, far below the 255 bytes that
 * file systems allow.
 */
const MAX_HOST = 100;

/**
 * The folder and file name of a record: a folder per feed, and the record's id. Both consist of lower-case ASCII letters,
 * digits, `.`, `-` and `_` only, so they are the same on every file system. They begin with a digit, so they are never a
 * name that Windows reserves.
 */
export function recordPath({ id, feed_id, feed_url }: ExportRecord): { folder: string; file: string } {
  const host = canParseUrl(feed_url) ? new URL(feed_url).host : '';
  const safe = trimEndChars(host.replace(/[^a-z0-9.-]/g, '_').slice(0, MAX_HOST), '._-');
  return { folder: safe ? `${feed_id}-${safe}` : String(feed_id), file: recordFileName(id) };
}

/** The name of a record's file, without its folder. */
export const recordFileName = (id: number): string => `${id}.md`;

/** The id of the record that a file name stands for; undefined for other files. */
export function parseRecordId(file: string): number | undefined {
  const [, id] = /^(\d{1,15})\.md$/.exec(file) ?? [];
  return id === undefined ? undefined : Number(id);
}
