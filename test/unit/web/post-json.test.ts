import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostJson } from '../../../src/web/fetch-url.js';

const TIMEOUT_MS = 400;
const options = { userAgent: 'T', timeoutMs: TIMEOUT_MS, perAddress: { concurrency: 50, gapMs: 0 } };
const client = createPostJson({ ...options, allowPrivateHosts: ['127.0.0.1'] });
const strict = createPostJson({ ...options, allowPrivateHosts: [] });
let server: Server;
let origin: string;
const received: { url: string; body: string; headers: IncomingMessage['headers'] }[] = [];
let sent = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const url = request.url ?? '';
      received.push({ url, body, headers: request.headers });
      if (url === '/moved') response.writeHead(307, { location: '/ok' }).end();
      else if (url === '/busy') response.writeHead(429, { 'retry-after': '7' }).end();
      else if (url === '/endless') {
        response.writeHead(200);
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
        };
        response.on('drain', more);
        more();
      } else if (url === '/drip') response.writeHead(200).write('a');
      else if (url !== '/hang') response.writeHead(Number(url.slice(1)) || 200).end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await Promise.all([client.close(), strict.close()]);
  server.closeAllConnections();
  server.close();
});

it.each([
  ['/ok', { kind: 'accepted', status: 200 }],
  ['/204', { kind: 'accepted', status: 204 }],
  ['/410', { kind: 'gone', status: 410 }],
  ['/500', { kind: 'server-error', status: 500 }],
  ['/400', { kind: 'rejected', status: 400 }],
  ['/moved', { kind: 'rejected', status: 307 }],
  ['/busy', { kind: 'throttled', status: 429, retryAfterMs: 7_000 }],
  ['/hang', { kind: 'too-slow', timeoutMs: TIMEOUT_MS }],
  ['/drip', { kind: 'accepted', status: 200 }],
])('%s: %j', async (path, outcome) => {
  expect(await client.postJson(origin + path, '{}', {})).toEqual(outcome);
});

it.each(['http://[::1/s3cret', 'http://a.example:99999/', 'http://1.2.3.999/'])('sends nothing to %s', async (url) => {
  expect(await client.postJson(url, '{}', {})).toEqual({ kind: 'not-allowed', reason: 'scheme' });
});

it('sends the body and the headers once, and follows no redirect', () => {
  expect(received.filter(({ url }) => url === '/ok')).toMatchObject([
    { body: '{}', headers: { 'content-type': 'application/json' } },
  ]);
});

it('reads little of an endless answer', async () => {
  expect(await client.postJson(`${origin}/endless`, '{}', {})).toEqual({ kind: 'accepted', status: 200 });
  // What the sockets of both sides buffer, and no more.
  expect(sent).toBeLessThan(20_000_000);
});

it('refuses private addresses', async () => {
  const before = received.length;
  expect(await strict.postJson(`${origin}/ok`, '{}', {})).toEqual({ kind: 'not-allowed', reason: 'address' });
  expect(received).toHaveLength(before);
});
