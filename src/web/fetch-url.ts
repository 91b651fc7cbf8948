import { present } from '../text/present.js';
import { canParseUrl } from '../text/url.js';
import type { AddressLimits } from './address-limit.js';
import { createAgent } from './agent.js';
import { classifyResponse, classifyTransportError } from './classify.js';
import { withoutCredentials } from './credentials.js';
import { remainingFreshnessMs } from './freshness.js';
import { decodeUtf8Header, type Header, headerLookup } from './headers.js';
import { AddressBusyError } from './limited-client.js';
import {
  type FailedFetch,
  type FetchOutcome,
  type FetchRequest,
  type FetchUrl,
  MAX_REDIRECTS,
  type PostForm,
  type PostJson,
} from './outcome.js';
import { postForm } from './post-form.js';
import { postJson } from './post-json.js';
import { ACCEPT_ENCODING, discardBody, readBody } from './read-body.js';
import { type Response, type Sending, sendRequest } from './send-request.js';

/** The settings of an HTTP client. */
export interface FetchOptions {
  /** What is fetched; decides the Accept header. */
  accept: 'feed' | 'page';
  userAgent: string;
  /** The time limit of a whole request, in ms: all redirects, headers and the body. */
  timeoutMs: number;
  /** The size limit of a body after decompression, in bytes. */
  maxBytes: number;
  /** Entries of ALLOW_PRIVATE_HOSTS. */
  allowPrivateHosts: readonly string[];
  /** Limits of all requests of this process to one address. */
  perAddress: AddressLimits;
}

/**
 * The share of its time limit that a request may wait until its address has a slot for it. The rest must be enough for the site
 * to answer. With the default settings, the 20 requests of a whole worker start within 2.5 of these 7.5 s.
 */
const WAITING_SHARE = 0.25;

/** The longest redirect target that is followed, in characters: what servers agree on, and what a Postgres index can hold. */
const MAX_LOCATION = 2_000;

const FEED_TYPES = 'application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml';

const ACCEPT = {
  feed: `${FEED_TYPES}, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.8`,
  page: 'text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8',
};

/** Creates an HTTP client. Feeds and pages have one each, with their own limits. */
export function createFetchUrl(options: FetchOptions): { fetchUrl: FetchUrl; postForm: PostForm; close(): Promise<void> } {
  const agent = createAgent(options);
  return {
    fetchUrl: (url, request = {}) =>
      withDeadline(options.timeoutMs, (timing) => fetchDocument(url, { ...options, ...request, agent, ...timing })),
    postForm: (url, form) => withDeadline(options.timeoutMs, (timing) => postForm(url, form, { ...options, agent, ...timing })),
    close: () => agent.destroy(),
  };
}

/** Creates an HTTP client for webhooks. */
export function createPostJson(options: Omit<FetchOptions, 'accept' | 'maxBytes'>): {
  postJson: PostJson;
  close(): Promise<void>;
} {
  const agent = createAgent(options);
  return {
    postJson: (url, body, headers) =>
      withDeadline(options.timeoutMs, (timing) => postJson(url, body, headers, { ...options, agent, ...timing })),
    close: () => agent.destroy(),
  };
}

interface Timing extends Pick<Sending, 'deadline' | 'startBy'> {
  /** Filled in while the request runs. */
  progress: { answered: boolean };
}

async function withDeadline<T>(timeoutMs: number, work: (timing: Timing) => Promise<T>): Promise<T | FailedFetch> {
  const timing: Timing = {
    deadline: AbortSignal.timeout(timeoutMs),
    startBy: performance.now() + WAITING_SHARE * timeoutMs,
    progress: { answered: false },
  };
  try {
    return await work(timing);
  } catch (error) {
    if (timing.deadline.aborted && !(error instanceof AddressBusyError))
      return { kind: 'too-slow', timeoutMs, ...present({ answered: timing.progress.answered || undefined }) };
    return classifyTransportError(error);
  }
}

interface RequestContext extends FetchOptions, FetchRequest, Timing, Pick<Sending, 'agent'> {}

/** Follows redirects itself, so that each target is checked before it is requested. */
async function fetchDocument(start: string, context: RequestContext): Promise<FetchOutcome> {
  const first = new URL(start);
  let url = first;
  const seen = new Set<string>();
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    if (!/^https?:$/.test(url.protocol)) return { kind: 'not-allowed', reason: 'scheme' };
    if (seen.has(url.href)) return { kind: 'bad-content', reason: 'redirect-loop' };
    seen.add(url.href);
    const response = await sendGet(url, { ...context, headers: url.origin === first.origin ? context.headers : undefined });
    context.progress.answered = true;
    const { statusCode: status } = response;
    const location = decodeUtf8Header(headerLookup(response.headers)('location'));
    const isRedirect = status >= 300 && status < 400 && status !== 304 && location !== undefined;
    if (!isRedirect) return readResponse(url, response, context);
    discardBody(response.body);
    const target = resolveRedirect(url, location, status);
    if (!(target instanceof URL)) return target;
    if (context.redirects === 'report')
      return { kind: 'moved', status, to: target.href, permanent: status === 301 || status === 308 };
    url = target;
  }
  return { kind: 'bad-content', reason: 'redirect-loop' };
}

function resolveRedirect(from: URL, location: string, status: number): URL | FailedFetch {
  if (!canParseUrl(location, from.href)) return { kind: 'rejected', status };
  const target = new URL(location, from);
  if (!/^https?:$/.test(target.protocol)) return { kind: 'not-allowed', reason: 'scheme' };
  if (target.href.length > MAX_LOCATION) return { kind: 'rejected', status };
  // Credentials in a URL are sent on to the same origin only.
  if (target.origin === from.origin && !target.username) [target.username, target.password] = [from.username, from.password];
  return target;
}

function sendGet(
  url: URL,
  context: Omit<RequestContext, 'headers'> & { headers: FetchRequest['headers'] | undefined },
): Promise<Response> {
  const { accept, validators = {} } = context;
  const headers = {
    accept: ACCEPT[accept],
    'accept-encoding': ACCEPT_ENCODING,
    ...present({
      'if-none-match': validators.etag || undefined,
      'if-modified-since': validators.lastModified || undefined,
    }),
    ...context.headers,
  };
  return sendRequest(url, { method: 'GET', headers }, context);
}

async function readResponse(url: URL, response: Response, context: RequestContext): Promise<FetchOutcome> {
  const header = headerLookup(response.headers);
  const status = response.statusCode;
  const freshness = present({ freshForMs: remainingFreshnessMs(header) });
  const bodiless = status === 304 ? ({ kind: 'unchanged', ...freshness } as const) : classifyResponse(status, header, url);
  if (bodiless) {
    discardBody(response.body);
    return bodiless;
  }
  const read = await readBody(response.body, header('content-encoding') ?? '', context);
  if ('kind' in read) return read;
  if (read.body.byteLength === 0) return { kind: 'bad-content', reason: 'empty' };
  return {
    kind: 'fetched',
    status,
    url: withoutCredentials(url),
    contentType: header('content-type') ?? '',
    ...read,
    ...readValidatorsAndLink(header),
    ...freshness,
  };
}

/** The validators and the Link header of a response; empty headers count as absent. */
const readValidatorsAndLink = (header: Header) => ({
  validators: present({ etag: header('etag') || undefined, lastModified: header('last-modified') || undefined }),
  ...present({ link: decodeUtf8Header(header('link')) || undefined }),
});
