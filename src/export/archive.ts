import type { ExportRecord } from './record.js';

/**
 * A record in the archive format: the feed's date in epoch milliseconds as a comment, title and URL as a link, a line of six hyphens, an empty line,
 * and the content's HTML on one line: its lines trimmed of ASCII white space and joined. Ends with a newline.
 */
export function writeArchive({ dated_at, title, url, content_html }: ExportRecord): string {
  const content = content_html
    .split('\n')
    .map((line) => line.replace(/^[ \t\r\f\v]+|[ \t\r\f\v]+$/g, ''))
    .join('');
  return `<!--${dated_at.getTime()}-->\n[${title}](${url})\n------\n\n${content}\n`;
}
