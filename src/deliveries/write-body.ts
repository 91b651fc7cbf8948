import type { Message } from './event.js';

/**
 * The longest text of a field, in characters. A long article has 60,000; the largest pages would make a request of ten megabytes,
 * which most receivers refuse.
 */
export const MAX_TEXT = 200_000;

/**
 * Writes the body of a webhook as the Standard Webhooks specification has it: type, timestamp and data.
 * A longer text is cut, and HTML, which can't be cut, is left out (null). `data.shortened` then names the fields.
 */
export function writeBody({ type, occurredAt, data }: Pick<Message, 'type' | 'occurredAt' | 'data'>): string {
  const isLong = ([, value]: [string, unknown]) => typeof value === 'string' && value.length > MAX_TEXT;
  const shortened = Object.entries(data).filter(isLong);
  const short = shortened.map(([name, text]) => [name, name.endsWith('_html') ? null : shorten(String(text))]);
  const shown =
    shortened.length === 0 ? data : { ...data, ...Object.fromEntries(short), shortened: shortened.map(([name]) => name) };
  return JSON.stringify({ type, timestamp: occurredAt.toISOString(), data: shown });
}

/** Cut without leaving half of a surrogate pair. */
const shorten = (text: string): string => text.slice(0, MAX_TEXT).replace(/[\ud800-\udbff]$/, '');
