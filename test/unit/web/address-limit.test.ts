import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AddressLimits, takeSlot, toNetwork, waitForSlot } from '../../../src/web/address-limit.js';
import { createFetchUrl } from '../../../src/web/fetch-url.js';

// Every name of `.test` has the same address. (vi.mock would not reach modules that another test file has loaded.)
const { lookup } = dns;
type Answer = (error: null, addresses: dns.LookupAddress[]) => void;
const resolveTestNames = (name: string, options: dns.LookupAllOptions, answer: Answer) =>
  name.endsWith('.test') ? answer(null, [{ address: '127.0.0.1', family: 4 }]) : lookup(name, options, answer as never);
const useLookup = (chosen: unknown) => {
  Object.assign(dns, { lookup: chosen });
  syncBuiltinESMExports();
};
beforeAll(() => useLookup(resolveTestNames));
afterAll(() => useLookup(lookup));

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('the address %j belongs to %j', (address, network) => expect(toNetwork(address)).toBe(network));

describe('the slots of an address', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are as many as its limit, and are given back once', () => {
    const limits = { concurrency: 2, gapMs: 0 };
    const first = takeSlot('a', limits);
    expect(first).toBeDefined();
    expect(takeSlot('a', limits)).toBeDefined();
    expect(takeSlot('a', limits)).toBeUndefined();
    expect(takeSlot('other', limits)).toBeDefined();
    first?.release();
    first?.release();
    expect(takeSlot('a', limits)).toBeDefined();
    expect(takeSlot('a', limits)).toBeUndefined();
  });

  it('are a gap apart, and go to who waited first', async () => {
    const limits = { concurrency: 9, gapMs: 100 };
    expect(takeSlot('b', limits)).toBeDefined();
    const started: string[] = [];
    for (const name of ['first', 'second']) void waitForSlot('b', limits, 1_000).then(() => started.push(name));
    await vi.advanceTimersByTimeAsync(99);
    expect(started).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toEqual(['first']);
    expect(takeSlot('b', limits)).toBeUndefined();
    await vi.advanceTimersByTimeAsync(100);
    expect(started).toEqual(['first', 'second']);
  });

  it('are not waited for longer than allowed', async () => {
    const limits = { concurrency: 1, gapMs: 0 };
    const slot = takeSlot('c', limits);
    const late = waitForSlot('c', limits, 50);
    const patient = waitForSlot('c', limits, 500);
    await vi.advanceTimersByTimeAsync(50);
    expect(await late).toBeUndefined();
    slot?.release();
    expect(await patient).toBeDefined();
  });
});

const client = (perAddress: AddressLimits, timeoutMs = 30_000) =>
  createFetchUrl({
    accept: 'page',
    userAgent: 'Test/1',
    timeoutMs,
    maxBytes: 1_000_000,
    allowPrivateHosts: ['127.0.0.0/8', '::1'],
    perAddress,
  });
const portOf = (server: Server | Http2SecureServer) => (server.address() as AddressInfo).port;

/** Counts requests, and those that run at the same time. */
const seen = { running: 0, most: 0, connections: 0, starts: [] as number[] };
const answerLater = (response: Pick<ServerResponse, 'end'>) => {
  seen.running += 1;
  seen.most = Math.max(seen.most, seen.running);
  seen.starts.push(performance.now());
  setTimeout(() => {
    seen.running -= 1;
    response.end('hello');
  }, 5);
};

describe('many names of one address', () => {
  let server: Server;
  let http2: Http2SecureServer;
  const page = (name: string, path = '/') => `http://${name}.test:${portOf(server)}${path}`;

  beforeAll(async () => {
    server = createServer((request, response) => void (request.url === '/hang' || answerLater(response)));
    server.on('connection', () => {
      seen.connections += 1;
    });
    const tls = (end: string) => readFileSync(new URL(`../../fixtures/tls/localhost.${end}`, import.meta.url));
    http2 = createSecureServer({ key: tls('key'), cert: tls('crt') }, (_, response) => answerLater(response as never));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    await new Promise<void>((ready) => http2.listen(0, '127.0.0.1', ready));
  });
  beforeEach(() => void Object.assign(seen, { most: 0, connections: 0, starts: [] }));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    http2.close();
  });

  it('get no more requests than one address may get', { timeout: 30_000 }, async () => {
    const { fetchUrl, close } = client({ concurrency: 8, gapMs: 2 });
    const outcomes = await Promise.all(Array.from({ length: 400 }, (_, n) => fetchUrl(page(`n${n}`))));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['fetched']));
    expect(seen.starts).toHaveLength(400);
    expect(seen.most).toBeLessThanOrEqual(8);
    expect((seen.starts.at(-1) ?? 0) - (seen.starts[0] ?? 0)).toBeGreaterThan(390 * 2);
    await close();
  });

  it('share the limit across clients, and on connections that are kept', async () => {
    const clients = [client({ concurrency: 2, gapMs: 0 }), client({ concurrency: 2, gapMs: 0 })];
    const readTenTimes = async (name: string, { fetchUrl }: ReturnType<typeof client>) => {
      for (let n = 0; n < 10; n += 1) expect(await fetchUrl(page(name))).toMatchObject({ kind: 'fetched' });
    };
    await Promise.all(clients.flatMap((each) => ['a', 'b', 'c'].map((name) => readTenTimes(name, each))));
    expect(seen.starts).toHaveLength(60);
    expect(seen.connections).toBeLessThan(seen.starts.length);
    expect(seen.most).toBeLessThanOrEqual(2);
    await Promise.all(clients.map(({ close }) => close()));
  });

  it('share it in HTTP/2, where one connection has many requests', async () => {
    // Node reads this at each connection. It is the only way to trust our certificate without a setting just for tests.
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    const { fetchUrl, close } = client({ concurrency: 3, gapMs: 0 });
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, n) => fetchUrl(`https://n${n % 3}.test:${portOf(http2)}/`)),
    ).finally(() => delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['fetched']));
    expect(seen.most).toBeLessThanOrEqual(3);
    await close();
  });

  it('do not make a request too slow: one that could not start in time is crowded, and was not sent', async () => {
    const { fetchUrl, close } = client({ concurrency: 1, gapMs: 0 }, 1_000);
    const hanging = fetchUrl(page('a', '/hang'));
    await vi.waitUntil(() => seen.connections === 1);
    expect(await fetchUrl(page('b'))).toEqual({ kind: 'crowded' });
    expect(seen.starts).toEqual([]);
    expect(await hanging).toEqual({ kind: 'too-slow', timeoutMs: 1_000 });
    expect(await fetchUrl(page('b'))).toMatchObject({ kind: 'fetched' });
    await close();
  });
});
