import { createServer, type RequestListener, type Server } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFetchUrl } from '../../../src/web/fetch-url.js';

let server: Server;
let origin: string;
const routes: Record<string, RequestListener> = {
  '/ok': (_, response) =>
    response.writeHead(200, { 'content-type': 'text/plain', etag: '"v1"', 'cache-control': 'max-age=60' }).end('hello'),
  '/moved': (_, response) => response.writeHead(301, { location: '/ok' }).end(),
  '/found': (_, response) => response.writeHead(302, { location: '/ok' }).end(),
  '/loop': (_, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/private': (_, response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
  '/file': (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/bomb': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000))),
  '/gzip-gzip': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(gzipSync('hello'))),
  '/deflate': (_, response) => response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateSync('hello')),
  '/deflate-raw': (_, response) => response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateRawSync('hello')),
  '/br': (_, response) => response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync('hello')),
  '/deflate-empty': (_, response) => response.writeHead(200, { 'content-encoding': 'deflate' }).end(),
  '/mailto': (_, response) => response.writeHead(302, { location: 'mailto:a@b.example' }).end(),
  '/many': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip,gzip,gzip,gzip' }).end(gzipSync('hello')),
  '/challenge': (_, response) => response.writeHead(403, { 'cf-mitigated': 'challenge' }).end('Just a moment'),
  '/elsewhere': (_, response) => response.writeHead(302, { location: `http://localhost:${origin.split(':')[2]}/whoami` }).end(),
  '/here': (_, response) => response.writeHead(302, { location: '/whoami' }).end(),
  '/whoami': (request, response) => response.end(request.headers.authorization ?? 'nobody'),
  '/key': (request, response) => response.end(String(request.headers['x-key'] ?? 'none')),
  '/key-here': (_, response) => response.writeHead(302, { location: '/key' }).end(),
  '/key-elsewhere': (_, response) => response.writeHead(302, { location: `http://localhost:${origin.split(':')[2]}/key` }).end(),
  '/bad-credentials': (_, response) =>
    response.writeHead(302, { location: `http://%zz:%@127.0.0.1:${origin.split(':')[2]}/whoami` }).end(),
  '/noise': (_, response) => void response.socket?.end(Buffer.alloc(5_000, 0xff)),
  '/broken': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip at all'),
  '/empty': (_, response) => response.writeHead(200).end(),
  '/short': (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('only this');
    setImmediate(() => response.destroy());
  },
  '/slow': () => undefined,
  '/drip': (_, response) => response.write('begun'),
  '/header': (_, response) => response.writeHead(200, { 'x-long': 'a'.repeat(200_000) }).end('x'),
  '/later': (_, response) => response.writeHead(429, { 'retry-after': '7' }).end(),
  '/form': async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(request.method === 'POST' && body === 'a=1' ? 202 : 400).end();
  },
  '/form-moved': (_, response) => response.writeHead(307, { location: '/form' }).end(),
  '/form-found': (_, response) => response.writeHead(302, { location: '/form' }).end(),
  '/form-loop': (_, response) => response.writeHead(308, { location: '/form-loop' }).end(),
  '/hints': (_, response) => response.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => response.end('hello')),
  '/gone': (_, response) => response.writeHead(410).end(),
};

for (let left = 0; left < 12; left += 1)
  routes[`/chain/${left}`] = (_, response) =>
    left === 0 ? response.end('hello') : response.writeHead(307, { location: `/chain/${left - 1}` }).end();

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end();
    else (routes[request.url ?? ''] ?? ((_, other) => other.writeHead(404).end()))(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const client = (allowPrivateHosts: string[] = [origin.slice(7)]) =>
  createFetchUrl({
    accept: 'feed',
    userAgent: 'Test/1',
    timeoutMs: 1_000,
    maxBytes: 1_000_000,
    allowPrivateHosts,
    // A request that did not give back its slot would make all later ones fail.
    perAddress: { concurrency: 1, gapMs: 0 },
  });

it.each([
  ['/ok', { kind: 'fetched', status: 200, contentType: 'text/plain', validators: { etag: '"v1"' }, freshForMs: 60_000 }],
  ['/found', { kind: 'fetched' }],
  ['/loop', { kind: 'bad-content', reason: 'redirect-loop' }],
  ['/chain/10', { kind: 'fetched', status: 200 }],
  ['/chain/11', { kind: 'bad-content', reason: 'redirect-loop' }],
  ['/private', { kind: 'not-allowed', reason: 'address' }],
  ['/file', { kind: 'not-allowed', reason: 'scheme' }],
  ['/bomb', { kind: 'too-large', maxBytes: 1_000_000 }],
  ['/gzip-gzip', { kind: 'fetched', body: Buffer.from('hello') }],
  ['/deflate', { kind: 'fetched', body: Buffer.from('hello') }],
  ['/deflate-raw', { kind: 'fetched', body: Buffer.from('hello') }],
  ['/br', { kind: 'fetched', body: Buffer.from('hello') }],
  ['/deflate-empty', { kind: 'bad-content', reason: 'empty' }],
  ['/mailto', { kind: 'not-allowed', reason: 'scheme' }],
  ['/many', { kind: 'bad-content', reason: 'encoding' }],
  ['/challenge', { kind: 'refused', status: 403, gate: 'bot-check' }],
  ['/bad-credentials', { kind: 'fetched' }],
  ['/noise', { kind: 'unreachable', cause: 'network' }],
  ['/broken', { kind: 'bad-content', reason: 'encoding' }],
  ['/empty', { kind: 'bad-content', reason: 'empty' }],
  ['/short', { kind: 'bad-content', reason: 'truncated' }],
  ['/slow', { kind: 'too-slow', timeoutMs: 1_000 }],
  ['/drip', { kind: 'too-slow', timeoutMs: 1_000, answered: true }],
  ['/header', { kind: 'bad-content', reason: 'header-too-large' }],
  ['/later', { kind: 'throttled', status: 429, retryAfterMs: 7_000 }],
  ['/hints', { kind: 'fetched', status: 200, body: Buffer.from('hello') }],
  ['/gone', { kind: 'gone', status: 410 }],
  ['/nothing', { kind: 'missing', status: 404 }],
])('GET %s', async (path, expected) => {
  const { fetchUrl, close } = client();
  expect(await fetchUrl(`${origin}${path}`)).toMatchObject(expected);
  await close();
});

it('stops reading at readAtMost without failing', async () => {
  const { fetchUrl, close } = client();
  expect(await fetchUrl(`${origin}/gzip-gzip`, { readAtMost: 3 })).toMatchObject({ kind: 'fetched', body: Buffer.from('hel') });
  expect(await fetchUrl(`${origin}/bomb`, { readAtMost: 1_000 })).toMatchObject({ kind: 'fetched' });
  await close();
});

it('reports a redirect when asked to, and whether it is permanent', async () => {
  const { fetchUrl, close } = client();
  const report = { redirects: 'report' } as const;
  expect(await fetchUrl(`${origin}/moved`, report)).toEqual({ kind: 'moved', status: 301, to: `${origin}/ok`, permanent: true });
  expect(await fetchUrl(`${origin}/found`, report)).toMatchObject({ kind: 'moved', permanent: false });
  await close();
});

it.each([
  ['/key', 's3cret'],
  ['/key-here', 's3cret'],
  ['/key-elsewhere', 'none'],
])('sends further headers to the own origin of a URL only: %s', async (path, expected) => {
  const { fetchUrl, close } = client([origin.slice(7), 'localhost']);
  const outcome = await fetchUrl(`${origin}${path}`, { headers: { 'x-key': 's3cret' } });
  expect(outcome.kind === 'fetched' && Buffer.from(outcome.body).toString()).toBe(expected);
  await close();
});

it('prefers given headers to its own, and to the credentials of a URL', async () => {
  const { fetchUrl, close } = client();
  const outcome = await fetchUrl(`${origin.replace('//', '//user:secret@')}/whoami`, { headers: { authorization: 'Bearer x' } });
  expect(outcome.kind === 'fetched' && Buffer.from(outcome.body).toString()).toBe('Bearer x');
  await close();
});

it.each([
  ['/here', 'Basic dXNlcjpzZWNyZXQ='],
  ['/elsewhere', 'nobody'],
])('sends the credentials of a URL to its own origin only: %s', async (path, expected) => {
  const { fetchUrl, close } = client([origin.slice(7), 'localhost']);
  const outcome = await fetchUrl(`${origin.replace('//', '//user:secret@')}${path}`);
  expect(outcome.kind === 'fetched' && Buffer.from(outcome.body).toString()).toBe(expected);
  expect(JSON.stringify(outcome)).not.toContain('user:secret');
  await close();
});

it('sends validators, and reports an unchanged document', async () => {
  const { fetchUrl, close } = client();
  expect(await fetchUrl(`${origin}/ok`, { validators: { etag: '"v1"' } })).toEqual({ kind: 'unchanged' });
  await close();
});

it.each(['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'])('refuses the private host %s', async (host) => {
  const { fetchUrl, close } = client([]);
  expect(await fetchUrl(`http://${host}:${origin.split(':')[2]}/ok`)).toEqual({ kind: 'not-allowed', reason: 'address' });
  await close();
});

it('reports a refused connection', async () => {
  const { fetchUrl, close } = client(['127.0.0.1']);
  expect(await fetchUrl('http://127.0.0.1:1/')).toMatchObject({ kind: 'unreachable', cause: 'refused', code: 'ECONNREFUSED' });
  await close();
});

it.each([
  ['/form', { kind: 'accepted', status: 202 }],
  ['/form-moved', { kind: 'accepted', status: 202 }],
  ['/form-found', { kind: 'rejected', status: 302 }],
  ['/form-loop', { kind: 'bad-content', reason: 'redirect-loop' }],
  ['/chain/3', { kind: 'accepted', status: 200 }],
  ['/chain/4', { kind: 'bad-content', reason: 'redirect-loop' }],
  ['/file', { kind: 'rejected', status: 302 }],
  ['/gone', { kind: 'gone', status: 410 }],
])('posts a form to %s', async (path, expected) => {
  const { postForm, close } = client();
  expect(await postForm(`${origin}${path}`, 'a=1')).toEqual(expected);
  await close();
});

it('refuses to post a form to a private host, and times out like a GET', async () => {
  const guarded = client([]);
  expect(await guarded.postForm(`${origin}/form`, 'a=1')).toEqual({ kind: 'not-allowed', reason: 'address' });
  await guarded.close();
  const { postForm, close } = client();
  expect(await postForm(`${origin}/slow`, 'a=1')).toEqual({ kind: 'too-slow', timeoutMs: 1_000 });
  await close();
});

it('throws when the client is closed during a request, because that is not the fault of the site', async () => {
  const { fetchUrl, close } = client();
  const running = fetchUrl(`${origin}/slow`);
  const outcome = expect(running).rejects.toThrow(/destroyed|closed/i);
  await close();
  await outcome;
});
