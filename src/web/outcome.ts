/** What a server gave us for the next conditional request (RFC 9110 §8.8). */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

/**
 * Every way in which one GET can end. Whatever the web does is a value; only our own faults are thrown.
 * The union is closed: callers switch on `kind`, and the compiler reports a missing case.
 *
 * `classify.ts` produces the failures, `describe-outcome.ts` has a sentence for each.
 */
export type FetchOutcome =
  | Fetched
  /** 304. */
  | { kind: 'unchanged'; freshForMs?: number }
  /** A redirect, when the caller asked for redirects to be reported. `permanent` means 301 or 308 (RFC 9110 §15.4). */
  | { kind: 'moved'; status: number; to: string; permanent: boolean }
  | { kind: 'gone'; status: 410 }
  | { kind: 'missing'; status: 404 }
  /** 401, 402, 403, 407 or 451, or a gate page instead of the document. */
  | { kind: 'refused'; status: number; gate?: Gate }
  /** 429 or 503. The whole host waits, for as long as Retry-After asks. */
  | { kind: 'throttled'; status: number; retryAfterMs: number | undefined }
  | { kind: 'server-error'; status: number }
  /** Any other status that is not a success. */
  | { kind: 'rejected'; status: number }
  | { kind: 'too-large'; maxBytes: number }
  /** `answered`: response headers arrived in time, so the host is up. */
  | { kind: 'too-slow'; timeoutMs: number; answered?: true }
  /** We did not send the request, because too many of ours waited for the same address. It is nobody's fault. */
  | { kind: 'crowded' }
  /** No response at all. `code` is the error code of the system or library (ENOTFOUND, ECONNREFUSED…). */
  | { kind: 'unreachable'; cause: Unreachable; code: string }
  /**
   * We did not send the request: a private address, a scheme other than http(s), robots.txt, or a URL that keeps crashing
   * workers.
   */
  | { kind: 'not-allowed'; reason: 'address' | 'scheme' | 'robots' | 'crashes' }
  | { kind: 'bad-content'; reason: 'encoding' | 'empty' | 'redirect-loop' | 'truncated' | 'header-too-large' };

/** A page shown instead of the document: a bot check (Cloudflare and the like) or a consent form. */
export type Gate = 'bot-check' | 'consent';

/** At which step a connection failed. `network` covers everything else, such as no route or a response that is not HTTP. */
export type Unreachable = 'dns' | 'refused' | 'reset' | 'timeout' | 'tls' | 'network';

/** A body as it was transferred: compressed. */
export interface EncodedBody {
  /** The Content-Encoding. */
  coding: 'br' | 'gzip';
  bytes: Uint8Array;
}

/** A document that was fetched. */
export interface Fetched {
  kind: 'fetched';
  status: number;
  /** Where the document was found, after redirects. */
  url: string;
  /** The Content-Type header as sent; empty when there is none. */
  contentType: string;
  body: Uint8Array;
  /** The body as it was transferred, if it was compressed by one of these codings. */
  encoded?: EncodedBody;
  validators: Validators;
  /** The Link header. */
  link?: string;
  /** How much longer the response is fresh (see `remainingFreshnessMs`), in ms. */
  freshForMs?: number;
}

/** The ways in which a GET can fail. */
export type FailedFetch = Exclude<FetchOutcome, { kind: 'fetched' | 'unchanged' | 'moved' }>;

/** Options of one GET. */
export interface FetchRequest {
  /** Makes the GET conditional. */
  validators?: Validators;
  /** Further headers, by lower-case name. They are sent to the origin of the URL only, whatever it redirects to. */
  headers?: Readonly<Record<string, string>>;
  /**
   * `report` returns a redirect as `moved`, so that the next request can wait for the turn of its own host.
   * The default, `follow`, follows redirects at once.
   */
  redirects?: 'follow' | 'report';
  /** Read this many bytes of the body and ignore the rest, instead of failing with `too-large`. */
  readAtMost?: number;
}

/** Redirects to follow for one document. Browsers follow 20 (Fetch standard); no honest site needs half of that. */
export const MAX_REDIRECTS = 10;

/** POSTs one form. Any 2xx is `accepted`. Never throws for what the web does. */
export type PostForm = (url: string, form: string) => Promise<{ kind: 'accepted'; status: number } | FailedFetch>;

/** POSTs JSON with these headers. Any 2xx is `accepted`; redirects are not followed. Never throws for what the web does. */
export type PostJson = (
  url: string,
  body: string,
  headers: Record<string, string>,
) => Promise<{ kind: 'accepted'; status: number } | FailedFetch>;

/** Sends one GET. Never throws for what the web does. */
export type FetchUrl = (url: string, request?: FetchRequest) => Promise<FetchOutcome>;

/** Whether the outcome is a failure: neither a document, nor "unchanged", nor a redirect. */
export const isFailure = (outcome: FetchOutcome): outcome is FailedFetch =>
  outcome.kind !== 'fetched' && outcome.kind !== 'unchanged' && outcome.kind !== 'moved';

/** Whether the same request may succeed later without anybody changing anything. */
export function isTransient(outcome: FailedFetch): boolean {
  switch (outcome.kind) {
    case 'throttled':
    case 'server-error':
    case 'too-slow':
    case 'crowded':
    case 'unreachable':
      return true;
    case 'bad-content':
      return outcome.reason === 'truncated';
    default:
      return false;
  }
}
