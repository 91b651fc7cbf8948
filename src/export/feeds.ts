import type { ExportRecord } from './record.js';

/** What a feed of records says of itself. */
export interface FeedHead {
  title: string;
  /** The page that it stands for. */
  url: string;
}

/** What XML 1.0 can't hold (§2.2) is left out, and its own signs are written as references. */
const escapeXml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');

const newest = (records: readonly ExportRecord[]): Date =>
  new Date(Math.max(0, ...records.map(({ updated_at }) => updated_at.getTime())));

/** Records with their full text as RSS 2.0, with content:encoded and dc:creator. */
export function writeRss({ title, url }: FeedHead, records: readonly ExportRecord[]): string {
  const items = records.map(
    (record) => `<item>
<title>${escapeXml(record.title)}</title>
<link>${escapeXml(record.url)}</link>
<guid isPermaLink="false">${escapeXml(record.url)}</guid>
<pubDate>${record.dated_at.toUTCString()}</pubDate>
${record.authors.map((author) => `<dc:creator>${escapeXml(author)}</dc:creator>\n`).join('')}${record.categories
  .map((category) => `<category>${escapeXml(category)}</category>\n`)
  .join('')}<description>${escapeXml(record.excerpt)}</description>
<content:encoded>${escapeXml(record.content_html)}</content:encoded>
</item>
`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>${escapeXml(title)}</title>
<link>${escapeXml(url)}</link>
<description>${escapeXml(title)}</description>
<lastBuildDate>${newest(records).toUTCString()}</lastBuildDate>
${items.join('')}</channel>
</rss>
`;
}

/** Records with their full text as Atom (RFC 4287). */
export function writeAtom({ title, url }: FeedHead, records: readonly ExportRecord[]): string {
  const entries = records.map(
    (record) => `<entry>
<title>${escapeXml(record.title)}</title>
<id>${escapeXml(record.url)}</id>
<link href="${escapeXml(record.url)}"/>
<published>${record.dated_at.toISOString()}</published>
<updated>${record.updated_at.toISOString()}</updated>
${(record.authors.length > 0 ? record.authors : [record.site_name ?? record.feed_title ?? title])
  .map((author) => `<author><name>${escapeXml(author)}</name></author>\n`)
  .join(
    '',
  )}${record.categories.map((category) => `<category term="${escapeXml(category)}"/>\n`).join('')}<summary>${escapeXml(record.excerpt)}</summary>
<content type="html"${record.language ? ` xml:lang="${escapeXml(record.language)}"` : ''}>${escapeXml(record.content_html)}</content>
</entry>
`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>${escapeXml(title)}</title>
<id>${escapeXml(url)}</id>
<link href="${escapeXml(url)}"/>
<updated>${newest(records).toISOString()}</updated>
${entries.join('')}</feed>
`;
}
