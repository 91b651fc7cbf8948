/** What a server gave us to ask "has it changed?" next time (RFC 9110 §8.8). */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

/**
 * What one GET can come to. The web's failures are values; only our own failures are thrown.
 * Closed: handlers switch on `kind`, and the compiler finds the case that is missing.
 */
export type FetchOutcome =
  | Fetched
  | { kind: 'unchanged' }
  /** 410: the server says that it is gone for good. */
  | { kind: 'gone'; status: 410 }
  | { kind: 'missing'; status: 404 }
  /** 401, 402, 403, 407, 451: there, but not for us. */
  | { kind: 'refused'; status: number }
  /** 429, or 503 with Retry-After: the whole host waits. */
  | { kind: 'throttled'; status: number; retryAfterMs: number | undefined }
  | { kind: 'server-error'; status: number }
  /** Any other status that is not a success. */
  | { kind: 'rejected'; status: number }
  | { kind: 'too-large'; maxBytes: number }
  | { kind: 'too-slow'; timeoutMs: number }
  /** DNS, connection or TLS failed; `code` is the system's or library's own (ENOTFOUND, ECONNREFUSED…). */
  | { kind: 'unreachable'; code: string }
  /** We would not: a private address, a scheme that is not http(s), robots.txt. */
  | { kind: 'not-allowed'; reason: 'address' | 'scheme' | 'robots' }
  | { kind: 'bad-content'; reason: 'encoding' | 'empty' | 'redirect-loop' | 'truncated' | 'header' };

export interface Fetched {
  kind: 'fetched';
  status: number;
  /** Where the document was found, after redirects. */
  url: string;
  /** The address that permanent redirects (301, 308) alone led to; absent when there were none. */
  movedTo?: string;
  /** The Content-Type header as sent, or an empty text. */
  contentType: string;
  body: Uint8Array;
  validators: Validators;
  /** How long the server says that the answer stays fresh (Cache-Control max-age less Age, else Expires), in ms. */
  freshForMs?: number;
}

export type FailedFetch = Exclude<FetchOutcome, { kind: 'fetched' | 'unchanged' }>;

/** One GET. Never throws for what the web does. */
export type FetchUrl = (url: string, validators?: Validators) => Promise<FetchOutcome>;

const ADDRESS_WORDS: Record<string, string> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'the host refuses connections',
  ECONNRESET: 'the connection was reset',
  ETIMEDOUT: 'the host does not answer',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/** One sentence for people: what happened, and what to do about it. Holds no credentials. */
export function describe(outcome: FetchOutcome): string {
  switch (outcome.kind) {
    case 'fetched':
      return 'It was fetched.';
    case 'unchanged':
      return 'It has not changed.';
    case 'gone':
      return 'The site says that it is gone for good (410); look for its new address, or unsubscribe.';
    case 'missing':
      return 'There is nothing at this address (404); check it on the site.';
    case 'refused':
      return `The site refuses us (${outcome.status}); it may want a login, or keep robots out.`;
    case 'throttled':
      return `The site asks us to slow down (${outcome.status}); its whole host waits.`;
    case 'server-error':
      return `The site has a fault of its own (${outcome.status}); it is tried again later.`;
    case 'rejected':
      return `The site answers with status ${outcome.status}, which we can't use.`;
    case 'too-large':
      return `It is larger than the limit of ${outcome.maxBytes} bytes.`;
    case 'too-slow':
      return `It took longer than the limit of ${outcome.timeoutMs} ms; it is tried again later.`;
    case 'unreachable':
      return `The site can't be reached: ${ADDRESS_WORDS[outcome.code] ?? outcome.code}; it is tried again later.`;
    case 'not-allowed':
      return {
        address: 'It is in a private network, which is not fetched from; if it is yours, name it in ALLOW_PRIVATE_HOSTS.',
        scheme: 'Its address is not http or https.',
        robots: "The site's robots.txt asks not to fetch it.",
      }[outcome.reason];
    case 'bad-content':
      return {
        encoding: 'Its compression is broken.',
        empty: 'The answer is empty.',
        'redirect-loop': 'It redirects in a circle, or too often.',
        truncated: 'The answer ends before it is whole; it is tried again later.',
        header: "The answer's header is larger than the limit.",
      }[outcome.reason];
  }
}

/** Whether the same request may go well later without anybody's doing. */
export function isTemporary(outcome: FailedFetch): boolean {
  switch (outcome.kind) {
    case 'throttled':
    case 'server-error':
    case 'too-slow':
    case 'unreachable':
      return true;
    case 'bad-content':
      return outcome.reason === 'truncated';
    default:
      return false;
  }
}

/** No publisher's Retry-After is obeyed for longer than this, in ms. */
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/** Retry-After in ms from now, in either form (RFC 9110 §10.2.3); undefined when absent or unreadable. */
export function retryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/** What a status that is no success, no redirect and no 304 means; undefined for a success. */
export function failureOf(status: number, retryAfterHeader: string | undefined, now: Date): FailedFetch | undefined {
  if (status >= 200 && status < 300) return undefined;
  const retryAfterMs = retryAfter(retryAfterHeader, now);
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) return { kind: 'throttled', status, retryAfterMs };
  if (status === 410) return { kind: 'gone', status };
  if (status === 404) return { kind: 'missing', status };
  if ([401, 402, 403, 407, 451].includes(status)) return { kind: 'refused', status };
  if (status >= 500) return { kind: 'server-error', status };
  return { kind: 'rejected', status };
}

/** How long an answer stays fresh, in ms: max-age less Age, else Expires less Date (RFC 9111 §4.2.1). */
export function freshFor(header: (name: string) => string | undefined, now: Date): number | undefined {
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})/i.exec(header('cache-control') ?? '')?.[1];
  if (maxAge !== undefined) return Math.max(0, Number(maxAge) - (Number(header('age')) || 0)) * 1000;
  const expires = Date.parse(header('expires') ?? '');
  const date = Date.parse(header('date') ?? '');
  return Number.isNaN(expires) ? undefined : Math.max(0, expires - (Number.isNaN(date) ? now.getTime() : date));
}
