import { htmlToMarkdown } from '../articles/output/markdown.js';
import type { ExportRecord } from './record.js';

/** A scalar of YAML 1.2. A JSON string is one in any case, once the line breaks that JSON leaves as they are are escaped. */
const scalar = (value: string | number | Date): string =>
  value instanceof Date
    ? value.toISOString()
    : JSON.stringify(value).replace(
        /[\u007f-\u009f\u2028\u2029\ufeff]/g,
        (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );

/** A record as Markdown with YAML front matter; what is not known is left out. */
export function writeMarkdown(record: ExportRecord): string {
  const fields: Record<string, string | number | Date | null | string[]> = {
    id: record.id,
    title: record.title,
    url: record.url,
    authors: record.authors,
    published_at: record.published_at,
    updated_at: record.updated_at,
    language: record.language,
    site_name: record.site_name,
    feed: record.feed_title,
    feed_url: record.feed_url,
    categories: record.categories,
    image: record.lead_image_url,
    words: record.word_count,
    excerpt: record.excerpt,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) => {
    if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return [];
    return [`${name}: ${Array.isArray(value) ? `[${value.map(scalar).join(', ')}]` : scalar(value)}`];
  });
  return `---\n${lines.join('\n')}\n---\n\n${htmlToMarkdown(record.content_html)}\n`;
}
