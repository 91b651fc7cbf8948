import { escapeAttribute, escapeTags, escapeText } from '../text/escape.js';
import type { ExportRecord } from './record.js';

/** What an exported feed says about itself. */
export interface FeedHead {
  title: string;
  /** Its home page. */
  url: string;
}

/**
 * Writes records with their full text as RSS 2.0, with `content:encoded` and `dc:creator`. A description is HTML (RSS 2.0
 * specification), so the excerpt is escaped for HTML first. Of titles, names and categories the specification does not say
 * whether they are text or HTML, and readers differ; nothing in them can begin a tag.
 */
export function writeRss({ title, url }: FeedHead, records: readonly ExportRecord[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>${escapeTagsInXml(title)}</title>
<link>${escapeXml(url)}</link>
<description>${escapeXml(escapeText(title))}</description>
<lastBuildDate>${newestUpdate(records).toUTCString()}</lastBuildDate>
${records.map(writeRssItem).join('')}</channel>
</rss>
`;
}

const writeRssItem = (record: ExportRecord) => `<item>
<title>${escapeTagsInXml(record.title)}</title>
<link>${escapeXml(record.url)}</link>
<guid isPermaLink="false">${escapeXml(record.url)}</guid>
<pubDate>${record.dated_at.toUTCString()}</pubDate>
${[
  ...record.authors.map((author) => `<dc:creator>${escapeTagsInXml(author)}</dc:creator>\n`),
  ...record.categories.map((category) => `<category>${escapeTagsInXml(category)}</category>\n`),
].join('')}<description>${escapeXml(escapeText(record.excerpt))}</description>
<content:encoded>${escapeXml(record.content_html)}</content:encoded>
</item>
`;

/** Writes records with their full text as Atom (RFC 4287). */
export function writeAtom({ title, url }: FeedHead, records: readonly ExportRecord[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>${escapeXml(title)}</title>
<id>${escapeXml(url)}</id>
<link href="${escapeXml(url)}"/>
<updated>${newestUpdate(records).toISOString()}</updated>
${records.map((record) => writeAtomEntry(record, title)).join('')}</feed>
`;
}

function writeAtomEntry(record: ExportRecord, feedTitle: string): string {
  // RFC 4287 §4.1.2 requires an author.
  const authors = record.authors.length > 0 ? record.authors : [record.site_name ?? record.feed_title ?? feedTitle];
  const language = record.language ? ` xml:lang="${escapeXml(record.language)}"` : '';
  return `<entry>
<title>${escapeXml(record.title)}</title>
<id>${escapeXml(record.url)}</id>
<link href="${escapeXml(record.url)}"/>
<published>${record.dated_at.toISOString()}</published>
<updated>${record.updated_at.toISOString()}</updated>
${[
  ...authors.map((author) => `<author><name>${escapeXml(author)}</name></author>\n`),
  ...record.categories.map((category) => `<category term="${escapeXml(category)}"/>\n`),
].join('')}<summary>${escapeXml(record.excerpt)}</summary>
<content type="html"${language}>${escapeXml(record.content_html)}</content>
</entry>
`;
}

/** When the newest of the records was updated; the epoch if there are none. */
const newestUpdate = (records: readonly ExportRecord[]): Date =>
  new Date(Math.max(0, ...records.map((record) => record.updated_at.getTime())));

/** Escapes text for XML content and attributes. */
const escapeXml = (text: string): string => escapeAttribute(dropNonXml(text));

/** The same for text that some readers take for HTML. Drops characters first: what is dropped later could join `<` and a name. */
const escapeTagsInXml = (text: string): string => escapeAttribute(escapeTags(dropNonXml(text)));

/** Drops the characters that XML 1.0 does not allow (§2.2). */
const dropNonXml = (text: string): string => text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
