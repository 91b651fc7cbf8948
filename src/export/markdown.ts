import { htmlToMarkdown } from '../articles/output/markdown.js';
import type { ExportRecord } from './record.js';

/**
 * Formats a YAML 1.2 scalar. JSON strings are valid YAML if the line breaks and controls that JSON allows unescaped are
 * escaped too. Also escaped is what a Markdown renderer that does not know front matter would take for a tag or a link.
 */
const toYamlScalar = (value: string | number | Date): string =>
  value instanceof Date
    ? value.toISOString()
    : JSON.stringify(value).replace(
        /[\u007f-\u009f\u2028\u2029\ufeff]|<(?=[a-z/!?])|\](?=[(:])/gi,
        (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );

/** Writes a record as Markdown with YAML front matter. Fields without a value are left out. */
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
    return [`${name}: ${Array.isArray(value) ? `[${value.map(toYamlScalar).join(', ')}]` : toYamlScalar(value)}`];
  });
  return `---\n${lines.join('\n')}\n---\n\n${htmlToMarkdown(record.content_html)}\n`;
}
