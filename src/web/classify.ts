import { errorCode } from '../text/error-code.js';
import { PrivateAddressError } from './address.js';
import type { Header } from './headers.js';
import { AddressBusyError } from './limited-client.js';
import type { FailedFetch, Gate, Unreachable } from './outcome.js';
import { parseRetryAfter } from './retry-after.js';

/** Statuses that say "this exists, but not for you". */
const REFUSALS = [401, 402, 403, 407, 451];

/**
 * The failure that a response means, by its status, headers and URL; undefined for a success. Redirects and 304 never come
 * here.
 */
export function classifyResponse(status: number, header: Header, url: URL): FailedFetch | undefined {
  const gate = findGate(header, url);
  if (gate) return { kind: 'refused', status, gate };
  if (status >= 200 && status < 300) return undefined;
  if (status === 429 || status === 503)
    return { kind: 'throttled', status, retryAfterMs: parseRetryAfter(header('retry-after'), header('date')) };
  if (status === 410) return { kind: 'gone', status };
  if (status === 404) return { kind: 'missing', status };
  if (REFUSALS.includes(status)) return { kind: 'refused', status };
  if (status >= 500) return { kind: 'server-error', status };
  return { kind: 'rejected', status };
}

/** The gate page that a response shows, by the headers that Cloudflare, AWS WAF and DataDome document, or by its URL. */
export function findGate(header: Header, url: URL): Gate | undefined {
  if (header('cf-mitigated') === 'challenge' || /^(challenge|captcha)$/.test(header('x-amzn-waf-action') ?? ''))
    return 'bot-check';
  if (header('x-datadome') === 'protected' && header('x-dd-b') !== undefined) return 'bot-check';
  return /^consent\./.test(url.hostname) ? 'consent' : undefined;
}

/**
 * The failure that an error of the transport means. This is the only place that knows those errors.
 * @throws the error itself when it is not one of the transport: then the fault is ours.
 */
export function classifyTransportError(error: unknown): FailedFetch {
  for (let cause = error; cause instanceof Error; cause = innerCause(cause)) {
    const failure = classifyCause(cause);
    if (failure) return failure;
  }
  throw error;
}

const innerCause = (error: Error): unknown => (error instanceof AggregateError ? (error.errors[0] as unknown) : error.cause);

function classifyCause(cause: Error): FailedFetch | undefined {
  if (cause instanceof PrivateAddressError) return { kind: 'not-allowed', reason: 'address' };
  if (cause instanceof AddressBusyError) return { kind: 'crowded' };
  // llhttp does not always set a code.
  const code = errorCode(cause) || (cause.name === 'HTTPParserError' ? 'HPE_INVALID' : '');
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW')
    return { kind: 'bad-content', reason: 'header-too-large' };
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return { kind: 'bad-content', reason: 'truncated' };
  if (code === 'UND_ERR_SOCKET' && !(cause.cause instanceof Error)) return { kind: 'bad-content', reason: 'truncated' };
  return TRANSPORT_CODE.test(code) && !OUR_FAULT.test(code) ? unreachable(code) : undefined;
}

/** Codes of the system, OpenSSL, llhttp and undici. */
const TRANSPORT_CODE = /^(E[A-Z_]+|CERT_|DEPTH_|SELF_|UNABLE_|HPE_|HOSTNAME_|UND_ERR_)/;
/** Codes among them that report our own fault (a bad URL, a closed client), or only wrap another error. */
const OUR_FAULT = /^(ERR_INVALID_URL|UND_ERR_SOCKET|UND_ERR_DESTROYED|UND_ERR_CLOSED)$/;

/** What the codes of the system and of OpenSSL mean; the first match counts. */
const CAUSES: [RegExp, Unreachable][] = [
  [/^(ENOTFOUND|EAI_|ENODATA|EDNS|ESERVFAIL|EBADNAME)/, 'dns'],
  [/^ECONNREFUSED/, 'refused'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|ERR_HTTP2_)/, 'reset'],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)/, 'timeout'],
  [/^(CERT_|DEPTH_|SELF_SIGNED|UNABLE_|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_|OUTDATED_)/, 'tls'],
];

const unreachable = (code: string): FailedFetch => ({
  kind: 'unreachable',
  cause: CAUSES.find(([pattern]) => pattern.test(code))?.[1] ?? 'network',
  code,
});
