import { readFileSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFetchUrl } from '../../../src/web/fetch-url.js';

// A self-signed certificate for `localhost`.
const tls = (end: string) => readFileSync(new URL(`../../fixtures/tls/localhost.${end}`, import.meta.url));

const routes: Record<string, (request: Http2ServerRequest, response: Http2ServerResponse) => void> = {
  '/version': (request, response) => void response.end(request.httpVersion),
  '/slow': () => undefined,
  '/bomb': (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000_000))),
  '/reset': (_, response) => {
    response.write('begun');
    setImmediate(() => response.stream.close(2));
  },
  '/disconnect': (_, response) => {
    response.write('begun');
    setImmediate(() => response.stream.session?.destroy());
  },
};
let server: Http2SecureServer;
let origin: string;
const client = (options: { allowPrivateHosts?: string[] } = {}) =>
  createFetchUrl({
    accept: 'page',
    userAgent: 'Test/1',
    timeoutMs: 1_000,
    maxBytes: 1_000_000,
    allowPrivateHosts: ['localhost'],
    // A request that did not give back its slot would make all later ones fail.
    perAddress: { concurrency: 1, gapMs: 0 },
    ...options,
  });

beforeAll(async () => {
  server = createSecureServer({ key: tls('key'), cert: tls('crt') }, (request, response) => {
    routes[request.url]?.(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, 'localhost', ready));
  const address = server.address();
  origin = `https://localhost:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(() => void server.close());

it('refuses a self-signed certificate', async () => {
  const { fetchUrl, close } = client();
  expect(await fetchUrl(`${origin}/version`)).toMatchObject({ kind: 'unreachable', cause: 'tls' });
  await close();
});

it('uses HTTP/2 when the server offers it, with the same limits', async () => {
  // Node reads this at each connection. It is the only way to trust our certificate without a setting just for tests.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  try {
    const { fetchUrl, close } = client();
    expect(await fetchUrl(`${origin}/version`)).toMatchObject({ kind: 'fetched', body: Buffer.from('2.0') });
    expect(await fetchUrl(`${origin}/bomb`)).toMatchObject({ kind: 'too-large' });
    expect(await fetchUrl(`${origin}/slow`)).toMatchObject({ kind: 'too-slow' });
    expect(await fetchUrl(`${origin}/reset`)).toMatchObject({ kind: 'unreachable', cause: 'reset' });
    expect(await fetchUrl(`${origin}/disconnect`)).toMatchObject({ kind: 'bad-content', reason: 'truncated' });
    expect(await fetchUrl(`${origin}/version`)).toMatchObject({ kind: 'fetched' });
    await close();
  } finally {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  }
});

it('refuses private addresses over HTTPS too', async () => {
  const { fetchUrl, close } = client({ allowPrivateHosts: [] });
  expect(await fetchUrl(`${origin}/version`)).toEqual({ kind: 'not-allowed', reason: 'address' });
  await close();
});
