/** The longest Retry-After that we obey, in ms. A publisher who asks for more gets a day. */
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/** An HTTP date in any of its three forms (RFC 9110 §5.6.7). `Date.parse` alone would also accept "soon 5". */
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i;

/**
 * Parses a Retry-After header in either form, seconds or a date (RFC 9110 §10.2.3), into ms. A date is compared with the
 * response's own Date header, since our clock may differ from the server's.
 * Returns undefined when it is absent, unreadable or not in the future: rate limiters round down to 0.
 */
export function parseRetryAfter(value: string | undefined, date: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : HTTP_DATE.test(text)
      ? Date.parse(text) - Date.parse(date ?? '')
      : Number.NaN;
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}
