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
