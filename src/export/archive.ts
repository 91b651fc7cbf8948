import type { ExportRecord } from './record.js';

/**
 * Writes a record in the archive format: a comment with the record's date in epoch milliseconds, its title as a link, a
 * line of six hyphens, an empty line, and its HTML on one line. The HTML's lines are trimmed of ASCII whitespace and
 * joined without a separator.
 */
export function writeArchive({ dated_at, title, url, content_html }: ExportRecord): string {
  const content = content_html
    .split('\n')
    .map((line) => line.replace(/^[ \t\r\f\v]+|[ \t\r\f\v]+$/g, ''))
    .join('');
  return `<!--${dated_at.getTime()}-->\n[${title}](${url})\n------\n\n${content}\n`;
}
