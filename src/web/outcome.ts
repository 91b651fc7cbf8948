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
  | { kind: 'unchanged'; freshForMs?: number }
  /** A redirect, where the caller follows redirects itself: `permanent` is 301 or 308 (RFC 9110 §15.4). */
  | { kind: 'moved'; status: number; to: string; permanent: boolean }
  /** 410: the server says that it is gone for good. */
  | { kind: 'gone'; status: 410 }
  | { kind: 'missing'; status: 404 }
  /** 401, 402, 403, 407, 451, or a wall in front of the site: there, but not for us. */
  | { kind: 'refused'; status: number; wall?: Wall }
  /** 429 or 503: the whole host waits, as long as Retry-After says. */
  | { kind: 'throttled'; status: number; retryAfterMs: number | undefined }
  | { kind: 'server-error'; status: number }
  /** Any other status that is not a success. */
  | { kind: 'rejected'; status: number }
  | { kind: 'too-large'; maxBytes: number }
  /** `answered`: it began to, so that its host is there. */
  | { kind: 'too-slow'; timeoutMs: number; answered?: true }
  /** No answer at all; `code` is the system's or library's own word (ENOTFOUND, ECONNREFUSED…). */
  | { kind: 'unreachable'; cause: Unreachable; code: string }
  /** We would not: a private address, a scheme that is not http(s), robots.txt, what ended its worker before. */
  | { kind: 'not-allowed'; reason: 'address' | 'scheme' | 'robots' | 'crashes' }
  | { kind: 'bad-content'; reason: 'encoding' | 'empty' | 'redirect-loop' | 'truncated' | 'header-too-large' };

/** What stands in front of a site: a check for robots (Cloudflare and the like), or a form that asks for consent. */
export type Wall = 'bot-check' | 'consent';

/** Where on the way to a host it failed. `network` is what is left: no route, no HTTP. */
export type Unreachable = 'dns' | 'refused' | 'reset' | 'timeout' | 'tls' | 'network';

export interface Fetched {
  kind: 'fetched';
  status: number;
  /** Where the document was found, after redirects. */
  url: string;
  /** The Content-Type header as sent, or an empty text. */
  contentType: string;
  body: Uint8Array;
  validators: Validators;
  /** The Link header, where there is one. */
  link?: string;
  /** How long the server says that the answer stays fresh (Cache-Control max-age less Age, else Expires), in ms. */
  freshForMs?: number;
}

export type FailedFetch = Exclude<FetchOutcome, { kind: 'fetched' | 'unchanged' | 'moved' }>;

export interface FetchRequest {
  /** Makes it a conditional GET. */
  validators?: Validators;
  /** `report` gives a redirect back as `moved`, so that the next hop can wait for its own host's turn; `follow` unless told. */
  redirects?: 'follow' | 'report';
  /** The body is read so far, in bytes, and what comes after is left: none of it makes it too large. */
  readAtMost?: number;
}

/** As many redirects as a page or feed may take; browsers follow twice as many (Fetch standard: 20), no honest site needs half. */
export const MAX_REDIRECTS = 10;

/** One POST of a form; a 2xx is `accepted`. Never throws for what the web does. */
export type PostForm = (url: string, form: string) => Promise<{ kind: 'accepted'; status: number } | FailedFetch>;

/** One GET. Never throws for what the web does. */
export type FetchUrl = (url: string, request?: FetchRequest) => Promise<FetchOutcome>;

/** The system's and OpenSSL's words by what they mean; longest match by pattern, in order. */
const CAUSES: [RegExp, Unreachable][] = [
  [/^(ENOTFOUND|EAI_|ENODATA|EDNS|ESERVFAIL|EBADNAME)/, 'dns'],
  [/^ECONNREFUSED/, 'refused'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|ERR_HTTP2_)/, 'reset'],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)/, 'timeout'],
  [/^(CERT_|DEPTH_|SELF_SIGNED|UNABLE_|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_|OUTDATED_)/, 'tls'],
];

/** An answer that never came, by the error's code. */
export const unreachable = (code: string): FailedFetch => ({
  kind: 'unreachable',
  cause: CAUSES.find(([pattern]) => pattern.test(code))?.[1] ?? 'network',
  code,
});

const UNREACHABLE_WORDS: Record<Unreachable, string> = {
  dns: 'there is no such host, or its name could not be looked up. Check the spelling',
  refused: 'the host refuses connections. The site may be down',
  reset: 'the connection was reset. The site may be overloaded, or keep robots out',
  timeout: 'the host does not answer. The site may be down',
  tls: 'its certificate or encryption is not in order. Only the site can mend that',
  network: 'the connection failed',
};

/** One sentence for people: what happened, and what to do about it. Holds no credentials. */
export function describe(outcome: FetchOutcome): string {
  switch (outcome.kind) {
    case 'fetched':
      return 'It was fetched.';
    case 'unchanged':
      return 'It has not changed.';
    case 'moved':
      return `It has moved ${outcome.permanent ? 'for good' : 'for now'} (${outcome.status}), to ${outcome.to.replace(/\/\/[^/@]*@/, '//')}.`;
    case 'gone':
      return 'The site says that it is gone for good (410); look for its new address, or unsubscribe.';
    case 'missing':
      return 'There is nothing at this address (404); check it on the site.';
    case 'refused':
      return {
        none: `The site refuses us (${outcome.status}); it may want a login, or keep robots out. Ask the site, or unsubscribe.`,
        'bot-check': `The site checks for robots and keeps us out (${outcome.status}); ask it to let your USER_AGENT in.`,
        consent: 'The site shows a consent form instead; it lets no aggregator in without one.',
      }[outcome.wall ?? 'none'];
    case 'throttled':
      return outcome.status === 429
        ? 'The site asks us to slow down (429); its whole host waits.'
        : `The site is overloaded or being mended (${outcome.status}); its whole host waits.`;
    case 'server-error':
      return `The site has a fault of its own (${outcome.status}); it is tried again later.`;
    case 'rejected':
      return `The site answers with status ${outcome.status}, which we can't use.`;
    case 'too-large':
      return `It is larger than the limit of ${outcome.maxBytes} bytes.`;
    case 'too-slow':
      return `It took longer than the limit of ${outcome.timeoutMs} ms; it is tried again later.`;
    case 'unreachable':
      return `The site can't be reached: ${UNREACHABLE_WORDS[outcome.cause]} (${outcome.code}); it is tried again later.`;
    case 'not-allowed':
      return {
        address: 'It is in a private network, which is not fetched from; if it is yours, name it in ALLOW_PRIVATE_HOSTS.',
        scheme: 'Its address is not http or https.',
        crashes: 'Each try at it ended with its worker gone; it is left alone for a while.',
        robots: "The site's robots.txt asks not to fetch it.",
      }[outcome.reason];
    case 'bad-content':
      return {
        encoding: 'Its compression is broken.',
        empty: 'The answer is empty.',
        'redirect-loop': 'It redirects in a circle, or too often.',
        truncated: 'The answer ends before it is whole; it is tried again later.',
        'header-too-large': "The answer's header is larger than the limit.",
      }[outcome.reason];
  }
}

/** One word for rows and logs: what kind of outcome, or which of that kind where that is what people ask for. */
export function nameOf(outcome: FetchOutcome): string {
  if (outcome.kind === 'bad-content') return outcome.reason === 'encoding' ? 'bad-encoding' : outcome.reason;
  if (outcome.kind === 'not-allowed') return outcome.reason === 'address' ? 'private-address' : outcome.reason;
  return outcome.kind;
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

/** A date as HTTP has it, and its obsolete forms (RFC 9110 §5.6.7): Date.parse takes "soon 5" for one as well. */
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i;

/**
 * Retry-After in ms from now, in either form (RFC 9110 §10.2.3); undefined when absent or unreadable, or when it names no time to
 * come: limiters round down to 0, and clocks differ.
 */
export function retryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : HTTP_DATE.test(text) ? Date.parse(text) - now.getTime() : Number.NaN;
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

type Header = (name: string) => string | undefined;

/** The wall that an answer shows by its headers or its address: what Cloudflare, AWS WAF and DataDome document of their challenges. */
export function wallOf(header: Header, url: URL): Wall | undefined {
  if (header('cf-mitigated') === 'challenge' || /^(challenge|captcha)$/.test(header('x-amzn-waf-action') ?? ''))
    return 'bot-check';
  if (header('x-datadome') === 'protected' && header('x-dd-b') !== undefined) return 'bot-check';
  return /^consent\./.test(url.hostname) ? 'consent' : undefined;
}

/** What a status that is no success, no redirect and no 304 means; undefined for a success. */
export function failureOf(status: number, header: Header, url: URL, now: Date): FailedFetch | undefined {
  const wall = wallOf(header, url);
  if (wall) return { kind: 'refused', status, wall };
  if (status >= 200 && status < 300) return undefined;
  const retryAfterMs = retryAfter(header('retry-after'), now);
  if (status === 429 || status === 503) return { kind: 'throttled', status, retryAfterMs };
  if (status === 410) return { kind: 'gone', status };
  if (status === 404) return { kind: 'missing', status };
  if ([401, 402, 403, 407, 451].includes(status)) return { kind: 'refused', status };
  if (status >= 500) return { kind: 'server-error', status };
  return { kind: 'rejected', status };
}

/** How long an answer stays fresh, in ms: max-age less Age, else Expires less Date (RFC 9111 §4.2.1). */
export function freshFor(header: Header, now: Date): number | undefined {
  // Nothing that these answer is fresh without asking (RFC 9111 §5.2.2.4, §5.2.2.5).
  if (/(?:^|[\s,])no-(?:cache|store)(?![\w=-])/i.test(header('cache-control') ?? '')) return undefined;
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})/i.exec(header('cache-control') ?? '')?.[1];
  if (maxAge !== undefined) return Math.max(0, Number(maxAge) - (Number(header('age')) || 0)) * 1000;
  const expires = Date.parse(header('expires') ?? '');
  const date = Date.parse(header('date') ?? '');
  return Number.isNaN(expires) ? undefined : Math.max(0, expires - (Number.isNaN(date) ? now.getTime() : date));
}
