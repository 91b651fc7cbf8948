import { UserError } from '../user-error.js';
import { isHeaderText } from '../web/headers.js';

/** Longest text, in characters: more than the headers that a feed may have (db/contract/51-feed-settings.sql). */
const MAX_CHARACTERS = 100_000;

/**
 * Reads the headers of requests, one `Name: value` a line. What a request may have is checked by the database.
 * @throws {UserError} for a line that is none. It names the line's number, not its text, which may be a secret.
 */
export function parseHeaderLines(text: string): Record<string, string> {
  if (text.length > MAX_CHARACTERS) throw new UserError('The headers are too long.', 2);
  const headers = new Map<string, string>();
  for (const [n, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    if (!isHeaderText(line.trim()))
      throw new UserError(`Line ${n + 1} of the headers may have printable ASCII characters only.`, 2);
    if (colon < 1 || name === '' || headers.has(name))
      throw new UserError(
        `Line ${n + 1} of the headers must look like "Name: value", with another name than the lines before.`,
        2,
      );
    headers.set(name, line.slice(colon + 1).trim());
  }
  return Object.fromEntries(headers);
}
