import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import { createAddressGuard, PrivateAddressError } from './address.js';
import {
  type FailedFetch,
  type FetchOutcome,
  type FetchRequest,
  type FetchUrl,
  failureOf,
  freshFor,
  MAX_REDIRECTS,
  type PostForm,
  unreachable,
} from './outcome.js';

export interface FetchOptions {
  /** What is asked for: decides the Accept header. */
  accept: 'feed' | 'page';
  userAgent: string;
  /** For the whole of it: all hops, headers and body. */
  timeoutMs: number;
  /** Of the body after decompression: a small bomb is stopped as well as a large file. */
  maxBytes: number;
  /** Entries of ALLOW_PRIVATE_HOSTS. */
  allowPrivateHosts: readonly string[];
}

/** Longest address that is followed: what servers agree on, and an index of Postgres can hold. */
const MAX_LOCATION = 2_000;
/** A form is sent on less far: a hub that moved says so once. */
const MAX_FORM_REDIRECTS = 3;
/** Honest headers stay under 16 KiB; some consent cookies do not. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Connections to one origin: politeness keeps a host to one request at a time; feeds and pages each have a client. */
const CONNECTIONS_PER_ORIGIN = 4;
/** A connection that takes longer than this is not coming, in ms: TCP has given up its third SYN by then. */
const CONNECT_TIMEOUT_MS = 10_000;
/** More codings on top of each other than this are an attack, not a habit. */
const MAX_CODINGS = 3;
const ACCEPT = {
  feed: 'application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.8',
  page: 'text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8',
};
/** Node's zlib reads Zstandard from 22.15 on; before 24 it takes a body that is cut off for whole. */
const hasZstd = 'createZstdDecompress' in zlib && Number.parseInt(process.versions.node, 10) >= 24;
const ACCEPT_ENCODING = hasZstd ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br';

/** A client of the web; one for feeds and one for pages, with their own limits. */
export function createFetchUrl(options: FetchOptions): { fetchUrl: FetchUrl; postForm: PostForm; close(): Promise<void> } {
  const agent = createAgent(options);
  const inTime = async <T>(work: (deadline: AbortSignal, progress: Progress) => Promise<T>): Promise<T | FailedFetch> => {
    const deadline = AbortSignal.timeout(options.timeoutMs);
    const progress: Progress = { answered: false };
    try {
      return await work(deadline, progress);
    } catch (error) {
      if (deadline.aborted)
        return { kind: 'too-slow', timeoutMs: options.timeoutMs, ...(progress.answered ? { answered: true } : {}) };
      return transportFailure(error);
    }
  };
  return {
    fetchUrl: (url, request = {}) =>
      inTime((deadline, progress) => follow(url, { ...options, ...request, agent, deadline, progress })),
    postForm: (url, form) => inTime((deadline, progress) => post(url, form, { ...options, agent, deadline, progress })),
    close: () => agent.destroy(),
  };
}

/** Before the deadline of the whole, so that a host which never answers is told from a slow one; undici's timers may be a second late. */
const connectTimeout = (timeoutMs: number) => Math.max(Math.min(timeoutMs / 2, CONNECT_TIMEOUT_MS), Math.min(timeoutMs, 1_000));

function createAgent({ allowPrivateHosts, timeoutMs }: FetchOptions): Agent {
  const guard = createAddressGuard(allowPrivateHosts);
  const connect = (port: number) =>
    buildConnector({ lookup: guard.lookupFor(port), timeout: connectTimeout(timeoutMs), allowH2: true });
  return new Agent({
    connections: CONNECTIONS_PER_ORIGIN,
    pipelining: 1,
    allowH2: true,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    connect: (target, callback) => {
      const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
      const host = target.hostname.replace(/^\[|\]$/g, '');
      // net.connect asks no lookup for a literal address, so that is looked at here.
      if (/^[\d.]+$|:/.test(host) && !guard.allows(host, host, port)) {
        callback(new PrivateAddressError(`${host} is in a private network`), null);
        return;
      }
      connect(port)(target, callback);
    },
  });
}

/** How far a request has come. */
interface Progress {
  answered: boolean;
}

interface Hop extends FetchOptions, FetchRequest {
  agent: Agent;
  deadline: AbortSignal;
  progress: Progress;
}

/** Posts a form; 307 and 308 say to post it elsewhere (RFC 9110 §15.4.8). The answer's body is not read. */
async function post(start: string, form: string, { agent, deadline, userAgent }: Hop): ReturnType<PostForm> {
  let url = new URL(start);
  for (let hops = 0; hops <= MAX_FORM_REDIRECTS; hops += 1) {
    if (!/^https?:$/.test(url.protocol)) return { kind: 'not-allowed', reason: 'scheme' };
    const {
      statusCode: status,
      headers,
      body,
    } = await request(withoutCredentials(url), {
      method: 'POST',
      dispatcher: agent,
      signal: deadline,
      headers: {
        'user-agent': userAgent,
        'content-type': 'application/x-www-form-urlencoded',
        ...(url.username ? { authorization: basic(url) } : {}),
      },
      body: form,
    });
    discard(body);
    if (status >= 200 && status < 300) return { kind: 'accepted', status };
    const header = headerOf(headers);
    const location = header('location');
    if (location === undefined || (status !== 307 && status !== 308) || !URL.canParse(location, url.href))
      return failureOf(status, header, url, new Date()) ?? { kind: 'rejected', status };
    url = new URL(location, url);
  }
  return { kind: 'bad-content', reason: 'redirect-loop' };
}

/** Follows redirects by hand, so that each hop is checked. */
async function follow(start: string, hop: Hop): Promise<FetchOutcome> {
  let url = new URL(start);
  const seen = new Set<string>();
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    if (!/^https?:$/.test(url.protocol)) return { kind: 'not-allowed', reason: 'scheme' };
    if (seen.has(url.href)) return { kind: 'bad-content', reason: 'redirect-loop' };
    seen.add(url.href);
    const response = await get(url, hop);
    hop.progress.answered = true;
    const header = headerOf(response.headers);
    const location = inUtf8(header('location'));
    if (response.statusCode >= 300 && response.statusCode < 400 && response.statusCode !== 304 && location !== undefined) {
      discard(response.body);
      if (!URL.canParse(location, url.href)) return { kind: 'rejected', status: response.statusCode };
      const next = new URL(location, url);
      if (!/^https?:$/.test(next.protocol)) return { kind: 'not-allowed', reason: 'scheme' };
      if (next.href.length > MAX_LOCATION) return { kind: 'rejected', status: response.statusCode };
      // What is in the address of one origin is no business of another's.
      if (next.origin === url.origin && !next.username) [next.username, next.password] = [url.username, url.password];
      if (hop.redirects === 'report') {
        const permanent = response.statusCode === 301 || response.statusCode === 308;
        return { kind: 'moved', status: response.statusCode, to: next.href, permanent };
      }
      url = next;
      continue;
    }
    return finish(url, response, hop);
  }
  return { kind: 'bad-content', reason: 'redirect-loop' };
}

const get = (url: URL, { agent, deadline, userAgent, accept, validators = {} }: Hop) =>
  request(withoutCredentials(url), {
    dispatcher: agent,
    signal: deadline,
    headers: {
      'user-agent': userAgent,
      accept: ACCEPT[accept],
      'accept-encoding': ACCEPT_ENCODING,
      ...(validators.etag ? { 'if-none-match': validators.etag } : {}),
      ...(validators.lastModified ? { 'if-modified-since': validators.lastModified } : {}),
      ...(url.username ? { authorization: basic(url) } : {}),
    },
  });

const basic = (url: URL) => `Basic ${Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString('base64')}`;

/** A stranger's redirect may hold a `%` that escapes nothing: then it means itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

function withoutCredentials(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  return bare.href;
}

async function finish(url: URL, response: Dispatcher.ResponseData, hop: Hop): Promise<FetchOutcome> {
  const header = headerOf(response.headers);
  const now = new Date();
  const status = response.statusCode;
  const freshForMs = freshFor(header, now);
  const fresh = freshForMs === undefined ? {} : { freshForMs };
  const failure: FailedFetch | Extract<FetchOutcome, { kind: 'unchanged' }> | undefined =
    status === 304 ? { kind: 'unchanged', ...fresh } : failureOf(status, header, url, now);
  if (failure) {
    discard(response.body);
    return failure;
  }
  const body = await readBody(response.body, header('content-encoding') ?? '', hop);
  if (!(body instanceof Uint8Array)) return body;
  if (body.byteLength === 0) return { kind: 'bad-content', reason: 'empty' };
  const etag = header('etag');
  const lastModified = header('last-modified');
  const link = inUtf8(header('link'));
  return {
    kind: 'fetched',
    status,
    url: withoutCredentials(url),
    contentType: header('content-type') ?? '',
    body,
    validators: { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) },
    ...(link ? { link } : {}),
    ...fresh,
  };
}

/** A body that nobody reads would hold its connection. */
function discard(body: Readable): void {
  body.on('error', () => body.destroy());
  body.destroy();
}

/** Reads and decompresses up to the limit; what is beyond ends the transfer. */
async function readBody(
  raw: Readable,
  encoding: string,
  { maxBytes, readAtMost, deadline }: Hop,
): Promise<Uint8Array | FailedFetch> {
  const codings = encoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) {
    discard(raw);
    return { kind: 'bad-content', reason: 'encoding' };
  }
  const first = codings.length > 0 ? await firstByteOf(raw) : undefined;
  if (codings.length > 0 && first === undefined) return new Uint8Array();
  const decoders = codings.reverse().map((coding, i) => decoderOf(coding, i === 0 ? first : undefined));
  // The error of either end reaches the loop below through the stream that is read.
  const stream = decoders
    .filter((decoder) => decoder !== undefined)
    .reduce<Readable>((source, decoder) => pipeline(source, decoder, () => undefined), raw);
  const stop = () => raw.destroy(new Error('deadline'));
  deadline.addEventListener('abort', stop, { once: true });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > (readAtMost ?? maxBytes)) {
        discard(raw);
        if (readAtMost === undefined) return { kind: 'too-large', maxBytes };
        chunks.push(chunk.subarray(0, readAtMost - size));
        break;
      }
      chunks.push(chunk);
    }
  } catch (error) {
    discard(raw);
    if (/^(Z_|ZSTD_|ERR__ERROR_FORMAT)/.test(codeOf(error)))
      return { kind: 'bad-content', reason: codeOf(error) === 'Z_BUF_ERROR' ? 'truncated' : 'encoding' };
    throw error;
  } finally {
    deadline.removeEventListener('abort', stop);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** Looks at the first byte and puts it back; undefined for an empty body. */
async function firstByteOf(raw: Readable): Promise<number | undefined> {
  let chunk = raw.read(1) as Buffer | null;
  if (!chunk && !raw.readableEnded) {
    // An empty body may end without another 'readable'.
    await Promise.race([once(raw, 'readable'), once(raw, 'end')]);
    chunk = raw.read(1) as Buffer | null;
  }
  if (chunk) raw.unshift(chunk);
  return chunk?.[0];
}

function decoderOf(coding: string, first: number | undefined): Transform | undefined {
  if (coding === 'gzip' || coding === 'x-gzip') return zlib.createGunzip();
  // "deflate" means zlib (RFC 9110 §8.4.1.2), which begins with method 8; some servers send it bare.
  if (coding === 'deflate') return first === undefined || (first & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw();
  if (coding === 'br') return zlib.createBrotliDecompress();
  if (coding === 'zstd' && hasZstd) return (zlib as unknown as { createZstdDecompress(): Transform }).createZstdDecompress();
  return undefined;
}

const LISTS = new Set(['link', 'cache-control', 'content-encoding']);

const headerOf =
  (headers: IncomingHttpHeaders) =>
  (name: string): string | undefined => {
    const value = headers[name];
    // Several lines of one header are one list, where it is one (RFC 9110 §5.3).
    return Array.isArray(value) ? (LISTS.has(name) ? value.join(', ') : value[0]) : value;
  };

/** A header's bytes come as Latin-1; sites that put raw UTF-8 there mean that, as browsers read it. */
function inUtf8(header: string | undefined): string | undefined {
  if (header === undefined || !/[\x80-\xff]/.test(header)) return header;
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : header;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** The one place that classifies what the transport throws. Anything that it does not know is our own fault, and thrown on. */
function transportFailure(error: unknown): FailedFetch {
  for (
    let cause = error;
    cause instanceof Error;
    cause = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause.cause
  ) {
    if (cause instanceof PrivateAddressError) return { kind: 'not-allowed', reason: 'address' };
    // Its code is missing where llhttp gave none.
    const code = codeOf(cause) || (cause.name === 'HTTPParserError' ? 'HPE_INVALID' : '');
    if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW')
      return { kind: 'bad-content', reason: 'header-too-large' };
    if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return { kind: 'bad-content', reason: 'truncated' };
    if (code === 'UND_ERR_SOCKET' && !(cause.cause instanceof Error)) return { kind: 'bad-content', reason: 'truncated' };
    if (
      /^(E[A-Z_]+|CERT_|DEPTH_|SELF_|UNABLE_|HPE_|HOSTNAME_|UND_ERR_)/.test(code) &&
      !/^(ERR_INVALID_URL|UND_ERR_SOCKET|UND_ERR_DESTROYED|UND_ERR_CLOSED)$/.test(code)
    )
      return unreachable(code);
  }
  throw error;
}
