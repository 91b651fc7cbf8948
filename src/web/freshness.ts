import type { Header } from './headers.js';

/**
 * How much longer a response is fresh, in ms: `max-age` less Age, else Expires less Date (RFC 9111 §4.2.1).
 * Undefined when the response does not say, or says `no-cache` or `no-store` (RFC 9111 §5.2.2.4, §5.2.2.5).
 */
export function remainingFreshnessMs(header: Header): number | undefined {
  const cacheControl = header('cache-control') ?? '';
  if (/(?:^|[\s,])no-(?:cache|store)(?![\w=-])/i.test(cacheControl)) return undefined;
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})/i.exec(cacheControl)?.[1];
  if (maxAge !== undefined) return Math.max(0, Number(maxAge) - (Number(header('age')) || 0)) * 1000;
  const expires = Date.parse(header('expires') ?? '');
  const date = Date.parse(header('date') ?? '');
  return Number.isNaN(expires) || Number.isNaN(date) ? undefined : Math.max(0, expires - date);
}
