import { escapeTags } from '../text/escape.js';
import { trimChars } from '../text/trim.js';
import type { ExportRecord } from './record.js';

/**
 * Writes a record in the archive format: a comment with the record's date in epoch milliseconds, its title as a link, a
 * line of six hyphens, an empty line, and its HTML on one line. The HTML's lines are trimmed of ASCII whitespace and
 * joined without a separator.
 *
 * Some programs render these files as Markdown. Text of the article that Markdown would read as a link is written with
 * character references, because such a link may run a script. In HTML they mean the same.
 */
export function writeArchive({ dated_at, title, url, content_html }: ExportRecord): string {
  const content = content_html
    .split('\n')
    .map((line) => trimChars(line, ' \t\r\f\v'))
    .join('');
  return `<!--${dated_at.getTime()}-->\n[${breakLinks(escapeTags(title))}](${url})\n------\n\n${breakLinks(content)}\n`;
}

/** Writes `](` and `]:`, which Markdown reads as a link and as the address of one, so that it does not. */
const breakLinks = (html: string): string => html.replaceAll('](', ']&#40;').replaceAll(']:', ']&#58;');
